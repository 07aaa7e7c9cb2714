use kapok_show::MAX_VEHICLES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EaseTable, MotionTable, SourceTable};
use crate::light::Lights;

/// One picture: one or more formations that stand together.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SceneTable {
    /// Its name, shown on the timeline. No two scenes have the same.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// How long the picture stands, seconds; a multiple of 0.02.
    #[schemars(range(min = 0.0, max = 3600.0), extend("multipleOf" = 0.02))]
    pub hold_s: f64,
    /// How the fleet gets here from what was before.
    #[serde(default)]
    pub transition: TransitionTable,
    /// How the motion of the formations begins and ends. Without it from rest and to rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ease: Option<EaseTable>,
    /// The formations the picture is made of.
    #[schemars(length(min = 1, max = 100))]
    pub formation: Vec<FormationTable>,
    /// Where the vehicles wait, dark, that no formation uses. Without it places are found by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<ReserveTable>,
}

/// How the fleet gets to a picture.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitionTable {
    /// Duration, seconds; a multiple of 0.02. Without it as short as the limits allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 3600.0), extend("multipleOf" = 0.02))]
    pub duration_s: Option<f64>,
    /// What the lights do meanwhile.
    #[serde(default)]
    pub lights: TransitionLightsName,
    /// Which vehicle flies to which place.
    #[serde(default)]
    pub assignment: AssignmentName,
    /// CSV file with one line per vehicle: the number of its place, counted from 1 through the scene's formations and then
    /// its reserve places. Instead of `assignment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub assignment_file: Option<String>,
    /// Pairs [vehicle, place] that are fixed, both counted from 1; the others fly where the planner finds best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_VEHICLES), inner(inner(range(min = 1, max = MAX_VEHICLES))))]
    pub pins: Vec<[u32; 2]>,
}

/// Which vehicle flies to which place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssignmentName {
    /// As the planner finds best.
    #[default]
    Free,
    /// Vehicle 1 to place 1, vehicle 2 to place 2 and so on.
    Keep,
}

/// What the lights do during a transition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransitionLightsName {
    /// Fade from the old colour to the new one on the way.
    #[default]
    Fade,
    /// Dark on the way.
    Dark,
}

/// Vehicles that show one source at one place.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormationTable {
    /// What it shows.
    pub source: SourceTable,
    /// Number of vehicles. One formation of a scene may leave it out: it takes those that the others leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_VEHICLES))]
    pub count: Option<u32>,
    /// Least distance of neighbours, metres. Without it 1.005·√2 times the minimum separation (times the downwash
    /// scale), at which straight transitions keep the separation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.05, max = 1000.0))]
    pub spacing_m: Option<f64>,
    /// Where it stands.
    pub place: PlaceTable,
    /// Name of the vehicle group that must take its places. Without it any vehicle may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub group: Option<String>,
    /// How it moves during the hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub motion: Vec<MotionTable>,
    /// How it is lit while it stands.
    #[serde(default)]
    pub lights: Lights,
}

/// A source with a name, for formations of several scenes: the same dots, each time with a place and lights of its own.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureTable {
    /// Its name, for `source = { kind = "picture", name = "..." }`. No two pictures have the same.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// What it shows.
    pub source: SourceTable,
    /// Number of vehicles of a formation that shows it and does not say `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_VEHICLES))]
    pub count: Option<u32>,
    /// Least distance of neighbours, metres, of a formation that shows it and does not say `spacing_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.05, max = 1000.0))]
    pub spacing_m: Option<f64>,
}

/// Where a formation stands. Its picture is upright in the x–z plane, facing the audience, until it is turned: first
/// by `roll_deg`, then by `pitch_deg`, then by `yaw_deg`, about its centre.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceTable {
    /// Middle of the formation's bounding box [x, y, z] in the site frame, metres.
    #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
    pub centre_m: [f64; 3],
    /// Turn about the upright axis, counter-clockwise seen from above, degrees.
    #[serde(default)]
    #[schemars(range(min = -360.0, max = 360.0))]
    pub yaw_deg: f64,
    /// Turn about the axis to the right, degrees: positive leans the top towards the audience.
    #[serde(default)]
    #[schemars(range(min = -360.0, max = 360.0))]
    pub pitch_deg: f64,
    /// Turn about the axis away from the audience, degrees: positive turns the picture clockwise as the audience sees it.
    #[serde(default)]
    #[schemars(range(min = -360.0, max = 360.0))]
    pub roll_deg: f64,
    /// Size of the source as a multiple of what it says. The spacing of the vehicles is not scaled.
    #[serde(default = "as_it_is")]
    #[schemars(range(min = 0.001, max = 1000.0))]
    pub scale: f64,
}

/// A level grid of reserve places, filled row by row.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveTable {
    /// Middle of the grid [x, y, z] in the site frame, metres.
    #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
    pub centre_m: [f64; 3],
    /// Distance of neighbours, metres. Without it 1.005·√2 times the minimum separation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.05, max = 1000.0))]
    pub spacing_m: Option<f64>,
    /// Places in a row. Without it the grid is as square as can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_VEHICLES))]
    pub columns: Option<u32>,
    /// Turn of the grid, counter-clockwise seen from above, degrees.
    #[serde(default)]
    #[schemars(range(min = -360.0, max = 360.0))]
    pub yaw_deg: f64,
}

fn as_it_is() -> f64 {
    1.0
}

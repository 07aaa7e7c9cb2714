//! The fields of a show script. These types are the single source of truth: serde reads them, schemars publishes them as
//! the JSON Schema, and the checker walks that schema. Every number's name carries its unit.

mod environment;
mod fleet;
mod limits;
mod motion;
mod scene;
mod site;
mod source;

pub use environment::{
    AudienceTable, BlockTable, EnvironmentTable, GeofenceTable, KeepOutTable, LandmarkTable, MeshTable, TowerTable,
    UpName, WaterTable,
};
pub use fleet::{FleetTable, GridTable, GroupTable, LandingTable, SlotTable, TakeoffTable, VehicleTable};
pub use limits::LimitsTable;
pub use motion::{EaseName, EaseTable, MotionTable};
pub use scene::{
    AssignmentName, FormationTable, PictureTable, PlaceTable, ReserveTable, SceneTable, TransitionLightsName,
    TransitionTable,
};
pub use site::{OriginTable, SiteTable};
pub use source::{BuiltInFont, LetterStyle, SourceTable};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A show script: what shall be shown, where, by which fleet and within which limits.
///
/// Lengths are in metres and times in seconds. Positions are in the site frame: x to the right and y straight ahead for
/// the audience that looks along the site's heading, z up.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Kapok show script")]
pub struct Script {
    /// Title of the show.
    #[schemars(length(min = 1, max = 200))]
    pub title: String,
    /// Seed of everything random. The same script with the same seed gives the same show, bit by bit.
    #[serde(default = "first_seed")]
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    pub seed: u64,
    /// Where the show stands and which way it looks.
    pub site: SiteTable,
    /// What stands around the show.
    #[serde(default)]
    pub environment: EnvironmentTable,
    /// The vehicles and their places on the ground.
    pub fleet: FleetTable,
    /// What the vehicles may do.
    #[serde(default)]
    pub limits: LimitsTable,
    /// How the fleet rises.
    #[serde(default)]
    pub takeoff: TakeoffTable,
    /// How the fleet comes down.
    #[serde(default)]
    pub landing: LandingTable,
    /// Folders outside the script's own whose files it may name, relative to the script: `["../brand"]` allows
    /// `file = "../brand/logo.svg"`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20), inner(length(min = 1, max = 1000)))]
    pub asset_folders: Vec<String>,
    /// Sources that formations of several scenes show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000))]
    pub picture: Vec<PictureTable>,
    /// The pictures, in order.
    #[schemars(length(min = 1, max = 1000))]
    pub scene: Vec<SceneTable>,
}

fn first_seed() -> u64 {
    1
}

use glam::{DVec2, DVec3};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands around the show. All positions in the site frame, metres.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Where vehicles may be, horizontally. None: nowhere is forbidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geofence: Option<Geofence>,
    /// What is stated of the fence beside its outline.
    #[serde(default, skip_serializing_if = "FenceLimits::is_empty")]
    pub fence_limits: FenceLimits,
    /// Under a roof, where no wind blows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub indoor: bool,
    /// Volumes no vehicle may enter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep_outs: Vec<KeepOut>,
    /// Where the spectators are; the first one has the audience camera.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<Audience>,
    /// Rivers, lakes, harbours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waters: Vec<Water>,
    /// Streets and railways that stay in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roads: Vec<Road>,
    /// Buildings to be drawn. They forbid nothing: that is what `keep_outs` are for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub landmarks: Vec<Landmark>,
}

impl Environment {
    /// The areas with spectators: those audiences of which more is known than a camera.
    pub fn audience_areas(&self) -> impl Iterator<Item = &Audience> {
        self.audiences.iter().filter(|a| !a.polygon_m.is_empty())
    }
}

/// The horizontal bound of the flight: a simple polygon without its holes; either orientation, first points not repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Geofence {
    /// At least three corners.
    #[schemars(with = "Vec<[f64; 2]>", length(min = 3))]
    pub polygon_m: Vec<DVec2>,
    /// Outlines that are not part of it, at any altitude; each at least three corners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Vec<[f64; 2]>>", inner(length(min = 3)))]
    pub holes_m: Vec<Vec<DVec2>>,
    /// Further outlines: a vehicle must be inside of each of them, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Vec<[f64; 2]>>", inner(length(min = 3)))]
    pub also_inside_m: Vec<Vec<DVec2>>,
}

/// Heights and a distance that a fence allows, as vehicles measure them: from their own pads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FenceLimits {
    /// Greatest height, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_altitude_m: Option<f64>,
    /// Least height, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_altitude_m: Option<f64>,
    /// Greatest horizontal distance from the vehicle's own pad, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance_m: Option<f64>,
    /// What the file states of the fence and nothing here understands, by its name: with any of it the fence is not decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_understood: Vec<String>,
}

impl FenceLimits {
    /// Nothing is stated.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Geofence {
    /// A fence of one outline without holes.
    pub fn around(polygon_m: Vec<DVec2>) -> Self {
        Self { polygon_m, holes_m: Vec::new(), also_inside_m: Vec::new() }
    }
}

/// A volume no vehicle may enter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeepOut {
    /// What it is.
    pub name: String,
    /// Its extent.
    pub shape: KeepOutShape,
}

/// Shape of a keep-out volume, upright, between two altitudes above the site's origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum KeepOutShape {
    /// An upright circular cylinder.
    Cylinder {
        /// Axis.
        #[schemars(with = "[f64; 2]")]
        centre_m: DVec2,
        /// Radius, metres.
        radius_m: f64,
        /// Lower end, metres.
        bottom_m: f64,
        /// Upper end, metres.
        top_m: f64,
    },
    /// An upright prism over a simple polygon.
    Prism {
        /// At least three corners.
        #[schemars(with = "Vec<[f64; 2]>", length(min = 3))]
        polygon_m: Vec<DVec2>,
        /// Lower end, metres.
        bottom_m: f64,
        /// Upper end, metres.
        top_m: f64,
    },
}

/// An area with spectators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Audience {
    /// What it is.
    pub name: String,
    /// Its outline; without corners it is no area, but only the place of a camera.
    #[schemars(with = "Vec<[f64; 2]>")]
    pub polygon_m: Vec<DVec2>,
    /// Eye of the audience camera.
    #[schemars(with = "[f64; 3]")]
    pub eye_m: DVec3,
    /// Point the audience camera looks at.
    #[schemars(with = "[f64; 3]")]
    pub look_at_m: DVec3,
    /// Angle that the audience's eye takes in from left to right, degrees; the audience camera shows just this. None:
    /// the camera turns and opens as far as all pictures of the show need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 5.0, max = 120.0))]
    pub fov_deg: Option<f64>,
}

/// A body of water.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Water {
    /// What it is.
    pub name: String,
    /// Its outline.
    #[schemars(with = "Vec<[f64; 2]>", length(min = 3))]
    pub polygon_m: Vec<DVec2>,
}

/// A street or a railway that stays in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Road {
    /// What it is.
    pub name: String,
    /// Its outline.
    #[schemars(with = "Vec<[f64; 2]>", length(min = 3))]
    pub polygon_m: Vec<DVec2>,
}

/// A building to be drawn to scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Landmark {
    /// What it is.
    pub name: String,
    /// Centre of its foot.
    #[schemars(with = "[f64; 2]")]
    pub centre_m: DVec2,
    /// Its shape.
    pub shape: LandmarkShape,
}

/// Shape of a landmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LandmarkShape {
    /// A lattice tower of straight leaning columns between two ellipses, turned against each other so that the lattice
    /// narrows to a waist, with a mast on top: the Canton Tower's construction.
    HyperboloidTower {
        /// Semi-axes of the foot ellipse, metres.
        #[schemars(with = "[f64; 2]")]
        base_radii_m: DVec2,
        /// Semi-axes of the top ellipse, metres.
        #[schemars(with = "[f64; 2]")]
        top_radii_m: DVec2,
        /// How far the top ends of the columns are turned against their feet, degrees.
        twist_deg: f64,
        /// Height of the lattice, metres.
        body_height_m: f64,
        /// Height of the mast's tip, metres.
        total_height_m: f64,
        /// Number of columns.
        columns: u32,
        /// Number of rings.
        rings: u32,
    },
    /// A box, for city blocks.
    Block {
        /// Extent along x, y and z, metres.
        #[schemars(with = "[f64; 3]")]
        size_m: DVec3,
    },
}

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands around the show. A place is given either in metres of the site frame or as latitude and longitude.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentTable {
    /// Under a roof, where no wind blows: the largest wind is 0 unless `max_wind_m_s` of the limits says otherwise.
    #[serde(default)]
    pub indoor: bool,
    /// Where vehicles may be, horizontally. Without it nowhere is forbidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geofence: Option<GeofenceTable>,
    /// Volumes no vehicle may enter.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub keep_out: Vec<KeepOutTable>,
    /// Where the spectators are; the first one has the audience camera. Reserve places are never above them.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub audience: Vec<AudienceTable>,
    /// Rivers, lakes, harbours.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub water: Vec<WaterTable>,
    /// Streets and railways that stay in use.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub road: Vec<RoadTable>,
    /// Buildings to be drawn. They forbid nothing: that is what keep-outs are for.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub landmark: Vec<LandmarkTable>,
}

/// The horizontal bound of the flight, a simple polygon without its holes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeofenceTable {
    /// Corners [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_m: Option<Vec<[f64; 2]>>,
    /// Corners [latitude, longitude], degrees. Instead of `polygon_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_lat_lon_deg: Option<Vec<[f64; 2]>>,
    /// Outlines inside it that are not part of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub hole: Vec<HoleTable>,
}

/// A hole of the geofence, a simple polygon.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoleTable {
    /// Corners [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_m: Option<Vec<[f64; 2]>>,
    /// Corners [latitude, longitude], degrees. Instead of `polygon_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_lat_lon_deg: Option<Vec<[f64; 2]>>,
}

/// A volume no vehicle may enter.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum KeepOutTable {
    /// An upright circular cylinder.
    Cylinder {
        /// What it is.
        #[schemars(length(max = 200))]
        name: String,
        /// Axis [x, y] in the site frame, metres.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        centre_m: Option<[f64; 2]>,
        /// Axis [latitude, longitude], degrees. Instead of `centre_m`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        centre_lat_lon_deg: Option<[f64; 2]>,
        /// Radius, metres.
        #[schemars(range(min = 0.1, max = 100_000.0))]
        radius_m: f64,
        /// Lower end above the site's origin, metres.
        #[serde(default = "far_below")]
        #[schemars(range(min = -1000.0, max = 10_000.0))]
        bottom_m: f64,
        /// Upper end above the site's origin, metres.
        #[schemars(range(min = -1000.0, max = 10_000.0))]
        top_m: f64,
    },
    /// An upright prism over a simple polygon.
    Prism {
        /// What it is.
        #[schemars(length(max = 200))]
        name: String,
        /// Corners [x, y] in the site frame, metres.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 3, max = 1000))]
        polygon_m: Option<Vec<[f64; 2]>>,
        /// Corners [latitude, longitude], degrees. Instead of `polygon_m`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 3, max = 1000))]
        polygon_lat_lon_deg: Option<Vec<[f64; 2]>>,
        /// Lower end above the site's origin, metres.
        #[serde(default = "far_below")]
        #[schemars(range(min = -1000.0, max = 10_000.0))]
        bottom_m: f64,
        /// Upper end above the site's origin, metres.
        #[schemars(range(min = -1000.0, max = 10_000.0))]
        top_m: f64,
    },
    /// The solid of a triangle mesh. It becomes a stack of upright prisms that contains it.
    Mesh(MeshTable),
}

/// A mesh to keep out of.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeshTable {
    /// What it is.
    #[schemars(length(max = 200))]
    pub name: String,
    /// Wavefront OBJ (.obj) or STL (.stl) of up to 200 000 triangles, path relative to the script. Everything inside a
    /// closed surface is kept out of, too; lines and points of the file count as walls of no thickness.
    #[schemars(length(min = 1, max = 1000))]
    pub file: String,
    /// Which axis of the file points up. With `"y"` the file's −z points ahead. Nothing in a file says it.
    pub up: UpName,
    /// Metres to a unit of the file.
    #[serde(default = "as_it_is")]
    #[schemars(range(min = 0.000_001, max = 1000.0))]
    pub scale: f64,
    /// Turn about the upright axis, counter-clockwise seen from above, degrees.
    #[serde(default)]
    #[schemars(range(min = -360.0, max = 360.0))]
    pub yaw_deg: f64,
    /// Where the middle of the mesh stands, seen from above, [x, y] in the site frame, metres: the middle of its bounding box
    /// before it is turned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_m: Option<[f64; 2]>,
    /// The same as [latitude, longitude], degrees. Instead of `centre_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_lat_lon_deg: Option<[f64; 2]>,
    /// Altitude of the lowest point of the mesh above the site's origin, metres. Without it 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1000.0, max = 10_000.0))]
    pub bottom_m: Option<f64>,
    /// Where the origin of the file stands [x, y, z] in the site frame, metres: for meshes that know their place. Instead of
    /// `centre_m` and `bottom_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
    pub origin_m: Option<[f64; 3]>,
    /// Room to be left on all sides of the mesh, metres.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub clearance_m: f64,
    /// Height of the layers the mesh is cut into, at most, metres. Gaps and details up to an eighth of it are smoothed away,
    /// always to the outside. Without it 1 m or a thirty-second of the height, whichever is more, and as much more as it takes
    /// to come by with 64 prisms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.05, max = 1000.0))]
    pub layer_m: Option<f64>,
}

/// An axis of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UpName {
    /// z points up, as in most programs for building and printing.
    Z,
    /// y points up, as in most programs for pictures and games.
    Y,
}

/// An area with spectators.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceTable {
    /// What it is.
    #[schemars(length(max = 200))]
    pub name: String,
    /// Corners [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_m: Option<Vec<[f64; 2]>>,
    /// Corners [latitude, longitude], degrees. Instead of `polygon_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_lat_lon_deg: Option<Vec<[f64; 2]>>,
    /// Eye of the audience camera [x, y, z] in the site frame, metres.
    #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
    pub eye_m: [f64; 3],
    /// Point the audience camera looks at [x, y, z] in the site frame, metres.
    #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
    pub look_at_m: [f64; 3],
    /// Angle that the audience's eye takes in from left to right, degrees: its camera shows just this, and pictures that
    /// reach out of it are warned of. Without it the camera turns and opens as far as all pictures need, and pictures
    /// wider than 60 degrees are warned of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 5.0, max = 120.0))]
    pub fov_deg: Option<f64>,
}

/// A body of water.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaterTable {
    /// What it is.
    #[schemars(length(max = 200))]
    pub name: String,
    /// Corners [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_m: Option<Vec<[f64; 2]>>,
    /// Corners [latitude, longitude], degrees. Instead of `polygon_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_lat_lon_deg: Option<Vec<[f64; 2]>>,
}

/// A street or a railway that stays in use.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoadTable {
    /// What it is.
    #[schemars(length(max = 200))]
    pub name: String,
    /// Corners [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_m: Option<Vec<[f64; 2]>>,
    /// Corners [latitude, longitude], degrees. Instead of `polygon_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 1000))]
    pub polygon_lat_lon_deg: Option<Vec<[f64; 2]>>,
}

/// A building to be drawn to scale.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LandmarkTable {
    /// A lattice tower with a waist and a mast: straight leaning columns between two ellipses turned against each other.
    HyperboloidTower(TowerTable),
    /// A box, for city blocks.
    Block(BlockTable),
}

/// A lattice tower with a waist and a mast.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TowerTable {
    /// What it is.
    #[schemars(length(max = 200))]
    pub name: String,
    /// Centre of the foot [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_m: Option<[f64; 2]>,
    /// Centre of the foot [latitude, longitude], degrees. Instead of `centre_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_lat_lon_deg: Option<[f64; 2]>,
    /// Semi-axes of the foot ellipse, metres.
    #[schemars(inner(range(min = 0.1, max = 1000.0)))]
    pub base_radii_m: [f64; 2],
    /// Semi-axes of the top ellipse, metres.
    #[schemars(inner(range(min = 0.1, max = 1000.0)))]
    pub top_radii_m: [f64; 2],
    /// How far the top ends of the columns are turned against their feet, degrees.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub twist_deg: f64,
    /// Height of the lattice, metres.
    #[schemars(range(min = 1.0, max = 2000.0))]
    pub body_height_m: f64,
    /// Height of the mast's tip, metres.
    #[schemars(range(min = 1.0, max = 2000.0))]
    pub total_height_m: f64,
    /// Number of columns.
    #[schemars(range(min = 3, max = 500))]
    pub columns: u32,
    /// Number of rings.
    #[schemars(range(min = 2, max = 500))]
    pub rings: u32,
}

/// A box, for city blocks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockTable {
    /// What it is.
    #[schemars(length(max = 200))]
    pub name: String,
    /// Centre of the foot [x, y] in the site frame, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_m: Option<[f64; 2]>,
    /// Centre of the foot [latitude, longitude], degrees. Instead of `centre_m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre_lat_lon_deg: Option<[f64; 2]>,
    /// Extent along x, y and z, metres.
    #[schemars(inner(range(min = 0.1, max = 5000.0)))]
    pub size_m: [f64; 3],
}

fn as_it_is() -> f64 {
    1.0
}

/// Lower end of a keep-out that begins under the ground.
fn far_below() -> f64 {
    -100.0
}

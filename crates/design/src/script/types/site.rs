use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the show stands and which way it looks.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteTable {
    /// Origin of the site frame.
    pub origin: OriginTable,
    /// Compass bearing the audience looks along, degrees from north towards east: the site's y axis.
    #[schemars(range(min = 0.0, max = 360.0))]
    pub heading_deg: f64,
}

/// A geodetic position on WGS-84.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginTable {
    /// Latitude, degrees north.
    #[schemars(range(min = -89.9, max = 89.9))]
    pub latitude_deg: f64,
    /// Longitude, degrees east.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude_deg: f64,
    /// Height above mean sea level, metres.
    #[serde(default)]
    #[schemars(range(min = -500.0, max = 9000.0))]
    pub amsl_m: f64,
}

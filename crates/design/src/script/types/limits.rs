use kapok_show::Limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the show may do. The defaults are at or below the published limits of fielded show systems.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsTable {
    /// Least distance of two vehicles in flight, metres, measured with z divided by `downwash_scale`.
    #[schemars(range(min = 0.05, max = 100.0))]
    pub min_separation_m: f64,
    /// How many times longer the separation ellipsoid is vertically than horizontally; 1 is a sphere.
    #[schemars(range(min = 1.0, max = 20.0))]
    pub downwash_scale: f64,
    /// Least distance of two vehicles while both are below the minimum navigation altitude, metres.
    #[schemars(range(min = 0.01, max = 100.0))]
    pub ground_separation_m: f64,
    /// Largest horizontal speed, metres per second.
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_velocity_xy_m_s: f64,
    /// Largest speed upwards, metres per second.
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_velocity_up_m_s: f64,
    /// Largest speed downwards, metres per second.
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_velocity_down_m_s: f64,
    /// Largest acceleration (length of the vector), metres per second squared.
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_acceleration_m_s2: f64,
    /// Largest jerk (length of the vector), metres per second cubed.
    #[schemars(range(min = 0.1, max = 500.0))]
    pub max_jerk_m_s3: f64,
    /// Largest rate of turn about the vertical, degrees per second.
    #[schemars(range(min = 1.0, max = 720.0))]
    pub max_yaw_rate_deg_s: f64,
    /// Highest altitude above the site's origin, metres.
    #[schemars(range(min = 1.0, max = 3000.0))]
    pub max_altitude_m: f64,
    /// Below this altitude there is no sideways motion, metres.
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub min_navigation_altitude_m: f64,
    /// Wind up to which the show may fly, metres per second. Without it 8, and 0 where the environment is `indoor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 50.0))]
    pub max_wind_m_s: Option<f64>,
    /// Share of the vehicle's endurance that must be left after landing, 0 to 1.
    #[schemars(range(min = 0.0, max = 0.95))]
    pub battery_reserve: f64,
}

impl Default for LimitsTable {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            min_separation_m: limits.min_separation_m,
            downwash_scale: limits.downwash_scale,
            ground_separation_m: limits.ground_separation_m,
            max_velocity_xy_m_s: limits.max_velocity_xy_m_s,
            max_velocity_up_m_s: limits.max_velocity_up_m_s,
            max_velocity_down_m_s: limits.max_velocity_down_m_s,
            max_acceleration_m_s2: limits.max_acceleration_m_s2,
            max_jerk_m_s3: limits.max_jerk_m_s3,
            max_yaw_rate_deg_s: limits.max_yaw_rate_deg_s,
            max_altitude_m: limits.max_altitude_m,
            min_navigation_altitude_m: limits.min_navigation_altitude_m,
            max_wind_m_s: None,
            battery_reserve: limits.battery_reserve,
        }
    }
}

impl From<LimitsTable> for Limits {
    fn from(table: LimitsTable) -> Self {
        Self {
            min_separation_m: table.min_separation_m,
            downwash_scale: table.downwash_scale,
            ground_separation_m: table.ground_separation_m,
            max_velocity_xy_m_s: table.max_velocity_xy_m_s,
            max_velocity_up_m_s: table.max_velocity_up_m_s,
            max_velocity_down_m_s: table.max_velocity_down_m_s,
            max_acceleration_m_s2: table.max_acceleration_m_s2,
            max_jerk_m_s3: table.max_jerk_m_s3,
            max_yaw_rate_deg_s: table.max_yaw_rate_deg_s,
            max_altitude_m: table.max_altitude_m,
            min_navigation_altitude_m: table.min_navigation_altitude_m,
            max_wind_m_s: table.max_wind_m_s.unwrap_or(Self::default().max_wind_m_s),
            battery_reserve: table.battery_reserve,
        }
    }
}

#[cfg(test)]
mod tests {
    use kapok_show::LimitField;

    use super::*;

    /// The table declares the fields anew, with ranges and texts for the schema; its names are those of the one list.
    #[test]
    fn the_fields_are_those_of_the_list() {
        let schema = serde_json::to_value(schemars::schema_for!(LimitsTable)).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), LimitField::ALL.len());
        assert!(LimitField::ALL.iter().all(|field| properties.contains_key(field.name())));
    }

    #[test]
    fn the_defaults_are_those_of_the_vocabulary() {
        assert_eq!(Limits::from(LimitsTable::default()), Limits::default());
    }
}

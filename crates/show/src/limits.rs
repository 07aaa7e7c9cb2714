use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::LimitField;

/// A setting that makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field} is {value}, but {why}")]
pub struct BadSetting {
    /// Name of the field, unit included.
    pub field: &'static str,
    /// The value found.
    pub value: f64,
    /// What the value must be.
    pub why: &'static str,
}

/// What a show may do. Planner and proof read the same values.
///
/// The defaults are at or below the published limits of fielded show systems (Drotek LSC, Skybrush, Intel).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Least distance of two vehicles in flight, metres, measured with z divided by `downwash_scale`.
    pub min_separation_m: f64,
    /// How many times longer the separation ellipsoid is vertically than horizontally; 1 is a sphere.
    pub downwash_scale: f64,
    /// Least distance of two vehicles while both are near the ground ([`Limits::ground_rule_altitude_m`]), metres.
    pub ground_separation_m: f64,
    /// Largest horizontal speed, m/s.
    pub max_velocity_xy_m_s: f64,
    /// Largest speed upwards, m/s.
    pub max_velocity_up_m_s: f64,
    /// Largest speed downwards, m/s.
    pub max_velocity_down_m_s: f64,
    /// Largest acceleration (length of the vector), m/s².
    pub max_acceleration_m_s2: f64,
    /// Largest jerk (length of the vector), m/s³.
    pub max_jerk_m_s3: f64,
    /// Largest rate of turn about the vertical, degrees per second.
    #[serde(default = "default_yaw_rate")]
    pub max_yaw_rate_deg_s: f64,
    /// Highest altitude above the site's origin, metres.
    pub max_altitude_m: f64,
    /// Below this altitude there is no sideways motion, metres.
    pub min_navigation_altitude_m: f64,
    /// Wind up to which the show may fly, m/s.
    pub max_wind_m_s: f64,
    /// Share of the vehicle's endurance that must be left after landing, 0 to 1.
    pub battery_reserve: f64,
}

/// The published default of the field; for files from before the limit was written.
const fn default_yaw_rate() -> f64 {
    30.0
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_separation_m: 1.5,
            downwash_scale: 1.0,
            ground_separation_m: 0.4,
            max_velocity_xy_m_s: 5.0,
            max_velocity_up_m_s: 2.0,
            max_velocity_down_m_s: 2.0,
            max_acceleration_m_s2: 2.0,
            max_jerk_m_s3: 4.0,
            max_yaw_rate_deg_s: default_yaw_rate(),
            max_altitude_m: 120.0,
            min_navigation_altitude_m: 2.5,
            max_wind_m_s: 8.0,
            battery_reserve: 0.2,
        }
    }
}

/// The rule of the ground ends here at the latest, metres: a vehicle that is higher flies, whatever altitude a file calls
/// that of navigation.
pub const HIGHEST_GROUND_RULE_M: f64 = 5.0;

impl Limits {
    /// Two vehicles that are both strictly below this altitude are under the rule of the ground, all other pairs under that
    /// of flight, metres: the minimum navigation altitude, and never more than 5 m. Columns of rising vehicles may be as
    /// narrow as pads near the ground only, however high up sideways motion begins.
    pub fn ground_rule_altitude_m(&self) -> f64 {
        self.min_navigation_altitude_m.min(HIGHEST_GROUND_RULE_M)
    }

    /// Every value finite and inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        LimitField::ALL.into_iter().try_for_each(|field| field.validate(self))
    }
}

/// The kind of vehicle a fleet is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VehicleProfile {
    /// Name of the type.
    pub name: String,
    /// Take-off mass, kilograms.
    pub mass_kg: f64,
    /// Largest extent, rotor tip to rotor tip, metres.
    pub diameter_m: f64,
    /// Flight time on a full battery, seconds.
    pub endurance_s: f64,
    /// Drag coefficient times area of the vehicle as it tumbles, m²: what slows its fall and lets the wind carry it.
    #[serde(default = "default_drag_area")]
    pub drag_area_m2: f64,
    /// Greatest airspeed that it holds in level flight, m/s; `None`: not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_airspeed_m_s: Option<f64>,
}

/// For files from before the figure was written.
const fn default_drag_area() -> f64 {
    0.05
}

impl Default for VehicleProfile {
    /// A show quadrotor of the 2017 class: about 1 kg, 25 minutes claimed.
    fn default() -> Self {
        Self {
            name: "show-quad".into(),
            mass_kg: 1.0,
            diameter_m: 0.45,
            endurance_s: 1500.0,
            drag_area_m2: default_drag_area(),
            max_airspeed_m_s: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_legal_and_bad_values_are_named() {
        assert_eq!(Limits::default().validate(), Ok(()));
        let nan = Limits { max_jerk_m_s3: f64::NAN, ..Limits::default() };
        assert_eq!(nan.validate().unwrap_err().field, "max_jerk_m_s3");
        let flat = Limits { downwash_scale: 0.5, ..Limits::default() };
        assert_eq!(flat.validate().unwrap_err().field, "downwash_scale");
        assert_eq!(Limits::default().ground_rule_altitude_m(), 2.5);
        assert_eq!(Limits { min_navigation_altitude_m: 100.0, ..Limits::default() }.ground_rule_altitude_m(), 5.0);
        let high = Limits { min_navigation_altitude_m: 500.0, ..Limits::default() };
        assert_eq!(high.validate().unwrap_err().field, "min_navigation_altitude_m");
    }
}

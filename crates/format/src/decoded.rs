use kapok_show::{Limits, Show};

use crate::Format;

/// A show read from a file, with what the reader had to assume.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The show.
    pub show: Show,
    /// The format it was in.
    pub format: Format,
    /// What was assumed, rounded, defaulted or left out, one plain sentence each; empty if nothing was.
    pub notes: Vec<String>,
    /// Which of the limits the file states.
    pub limits_from_file: LimitSources,
    /// Step to which the file rounds coordinates, metres, where it is on a grid (.skyb): a proof has to be told of it.
    pub coordinate_step_m: Option<f64>,
    /// Content hash of each vehicle, see [`crate::vehicle_sha256`].
    pub vehicle_sha256: Vec<String>,
}

/// Where each field of [`Limits`] came from. Names as in [`Limits`], in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSources {
    /// Stated by the file.
    pub from_file: Vec<&'static str>,
    /// Not stated: the default of [`Limits`].
    pub defaulted: Vec<&'static str>,
}

/// Names of the fields of [`Limits`], in order.
pub(crate) const LIMIT_FIELDS: [&str; 13] = [
    "min_separation_m",
    "downwash_scale",
    "ground_separation_m",
    "max_velocity_xy_m_s",
    "max_velocity_up_m_s",
    "max_velocity_down_m_s",
    "max_acceleration_m_s2",
    "max_jerk_m_s3",
    "max_yaw_rate_deg_s",
    "max_altitude_m",
    "min_navigation_altitude_m",
    "max_wind_m_s",
    "battery_reserve",
];

impl LimitSources {
    /// Every field came from the file if `stated` says so, else from the default.
    pub(crate) fn by(stated: impl Fn(&str) -> bool) -> Self {
        let (from_file, defaulted) = LIMIT_FIELDS.into_iter().partition(|field| stated(field));
        Self { from_file, defaulted }
    }

    /// Nothing is stated.
    pub(crate) fn all_default() -> Self {
        Self::by(|_| false)
    }

    /// The note that goes with the defaulted fields.
    pub(crate) fn note(&self) -> Option<String> {
        if self.defaulted.is_empty() {
            return None;
        }
        let default = Limits::default();
        let values: Vec<String> =
            self.defaulted.iter().map(|field| format!("{field} = {}", limit_value(&default, field))).collect();
        Some(format!("the file does not state these limits, defaults are used: {}", values.join(", ")))
    }
}

fn limit_value(limits: &Limits, field: &str) -> f64 {
    match field {
        "min_separation_m" => limits.min_separation_m,
        "downwash_scale" => limits.downwash_scale,
        "ground_separation_m" => limits.ground_separation_m,
        "max_velocity_xy_m_s" => limits.max_velocity_xy_m_s,
        "max_velocity_up_m_s" => limits.max_velocity_up_m_s,
        "max_velocity_down_m_s" => limits.max_velocity_down_m_s,
        "max_acceleration_m_s2" => limits.max_acceleration_m_s2,
        "max_jerk_m_s3" => limits.max_jerk_m_s3,
        "max_yaw_rate_deg_s" => limits.max_yaw_rate_deg_s,
        "max_altitude_m" => limits.max_altitude_m,
        "min_navigation_altitude_m" => limits.min_navigation_altitude_m,
        "max_wind_m_s" => limits.max_wind_m_s,
        _ => limits.battery_reserve,
    }
}

use std::collections::BTreeMap;

use crate::args::LimitArgs;

impl LimitArgs {
    /// The limits that the flags replace, by the name of the field.
    pub fn replacing(&self) -> BTreeMap<String, f64> {
        let all = [
            ("min_separation_m", self.separation),
            ("downwash_scale", self.downwash_scale),
            ("ground_separation_m", self.ground_separation),
            ("max_velocity_xy_m_s", self.max_velocity_xy),
            ("max_velocity_up_m_s", self.max_velocity_up),
            ("max_velocity_down_m_s", self.max_velocity_down),
            ("max_acceleration_m_s2", self.max_acceleration),
            ("max_jerk_m_s3", self.max_jerk),
            ("max_yaw_rate_deg_s", self.max_yaw_rate),
            ("max_altitude_m", self.max_altitude),
            ("min_navigation_altitude_m", self.min_navigation_altitude),
            ("max_wind_m_s", self.max_wind),
            ("battery_reserve", self.battery_reserve),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

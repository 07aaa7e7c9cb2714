// Written by `cargo xtask generate` from the Rust types.

export interface LimitField {
  /** Name of the field, unit included. */
  name: string;
  title: string;
  /** Empty for a ratio, `share` for a share of 1. */
  unit: string;
}

/** All limits of a show, in order. */
export const LIMIT_FIELDS: readonly LimitField[] = [
  { name: "min_separation_m", title: "Separation in flight", unit: "m" },
  { name: "downwash_scale", title: "Downwash scale", unit: "" },
  { name: "ground_separation_m", title: "Separation near the ground", unit: "m" },
  { name: "max_velocity_xy_m_s", title: "Horizontal speed", unit: "m/s" },
  { name: "max_velocity_up_m_s", title: "Climb speed", unit: "m/s" },
  { name: "max_velocity_down_m_s", title: "Descent speed", unit: "m/s" },
  { name: "max_acceleration_m_s2", title: "Acceleration", unit: "m/s²" },
  { name: "max_jerk_m_s3", title: "Jerk", unit: "m/s³" },
  { name: "max_yaw_rate_deg_s", title: "Yaw rate", unit: "deg/s" },
  { name: "max_altitude_m", title: "Altitude", unit: "m" },
  { name: "min_navigation_altitude_m", title: "Minimum navigation altitude", unit: "m" },
  { name: "max_wind_m_s", title: "Wind", unit: "m/s" },
  { name: "battery_reserve", title: "Battery reserve", unit: "share" },
];

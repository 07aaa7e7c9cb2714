/** The limits by their names with units, as people read them. */

import { formatNumber, formatQuantity } from "../../../kit/format";

interface LimitName {
  title: string;
  /** Empty: a plain number. Percent: the value is a share of 1. */
  unit: string;
}

const LIMIT_NAMES: Readonly<Record<string, LimitName>> = {
  min_separation_m: { title: "Separation in flight", unit: "m" },
  downwash_scale: { title: "Downwash scale", unit: "" },
  ground_separation_m: { title: "Separation on the ground", unit: "m" },
  max_velocity_xy_m_s: { title: "Horizontal speed", unit: "m/s" },
  max_velocity_up_m_s: { title: "Climb", unit: "m/s" },
  max_velocity_down_m_s: { title: "Descent", unit: "m/s" },
  max_acceleration_m_s2: { title: "Acceleration", unit: "m/s²" },
  max_jerk_m_s3: { title: "Jerk", unit: "m/s³" },
  max_yaw_rate_deg_s: { title: "Turn about the vertical", unit: "°/s" },
  max_altitude_m: { title: "Altitude", unit: "m" },
  min_navigation_altitude_m: { title: "Sideways motion above", unit: "m" },
  max_wind_m_s: { title: "Wind", unit: "m/s" },
  battery_reserve: { title: "Battery reserve", unit: "percent" },
};

/** A limit in words. */
export interface NamedLimit {
  name: string;
  title: string;
  text: string;
}

/** All limits of a table in a fixed order; a name that is not known here stands as it is, after the others. */
export function nameLimits(values: Readonly<Record<string, number>>): NamedLimit[] {
  const known = Object.keys(LIMIT_NAMES).filter((name) => name in values);
  const others = Object.keys(values).filter((name) => !(name in LIMIT_NAMES));
  return [...known, ...others.sort()].map((name) => {
    const { title, unit } = LIMIT_NAMES[name] ?? { title: name, unit: "" };
    const text = unit === "percent" ? formatQuantity(100 * values[name], "%") : unit === "" ? formatNumber(values[name]) : formatQuantity(values[name], unit);
    return { name, title, text };
  });
}

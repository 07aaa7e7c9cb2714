use kapok_show::{BadSetting, DVec3, Limits, math};

use super::double_s::{farthest_m, rest_to_rest_s};

/// How fast vehicles may move.
///
/// ```
/// use kapok_motion::timing::MotionLimits;
/// use kapok_show::DVec3;
/// let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
/// // Long enough to reach full speed: D/v + v/a + a/j.
/// assert!((limits.trip_bound_s(DVec3::X * 60.0) - (10.0 + 2.0 + 0.5)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotionLimits {
    /// Largest speed in any direction, m/s; `None`: only the limits by axis count.
    pub max_velocity_m_s: Option<f64>,
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
}

/// Directions from the horizontal to the vertical that a bound looks along, less one. They do not depend on the limits, so that
/// tighter limits never have a smaller bound.
const DIRECTIONS: u32 = 12;

impl From<&Limits> for MotionLimits {
    fn from(limits: &Limits) -> Self {
        Self {
            max_velocity_m_s: None,
            max_velocity_xy_m_s: limits.max_velocity_xy_m_s,
            max_velocity_up_m_s: limits.max_velocity_up_m_s,
            max_velocity_down_m_s: limits.max_velocity_down_m_s,
            max_acceleration_m_s2: limits.max_acceleration_m_s2,
            max_jerk_m_s3: limits.max_jerk_m_s3,
        }
    }
}

impl MotionLimits {
    /// One speed limit for all directions.
    pub const fn isotropic(max_velocity_m_s: f64, max_acceleration_m_s2: f64, max_jerk_m_s3: f64) -> Self {
        Self {
            max_velocity_m_s: Some(max_velocity_m_s),
            max_velocity_xy_m_s: max_velocity_m_s,
            max_velocity_up_m_s: max_velocity_m_s,
            max_velocity_down_m_s: max_velocity_m_s,
            max_acceleration_m_s2,
            max_jerk_m_s3,
        }
    }

    /// Every value finite and above 0?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        let values = [
            ("max_velocity_m_s", self.max_velocity_m_s.unwrap_or(1.0)),
            ("max_velocity_xy_m_s", self.max_velocity_xy_m_s),
            ("max_velocity_up_m_s", self.max_velocity_up_m_s),
            ("max_velocity_down_m_s", self.max_velocity_down_m_s),
            ("max_acceleration_m_s2", self.max_acceleration_m_s2),
            ("max_jerk_m_s3", self.max_jerk_m_s3),
        ];
        match values.into_iter().find(|(_, v)| !(v.is_finite() && *v > 0.0)) {
            Some((field, value)) => Err(BadSetting { field, value, why: "it must be a finite number above 0" }),
            None => Ok(()),
        }
    }

    /// No motion over the offset `trip_m`, from rest to rest, on whatever path, is shorter than this, seconds.
    ///
    /// # Guarantees
    /// Projected on any direction, a motion covers that part of the trip under the largest speed the limits allow along it
    /// and under the same acceleration and jerk. The largest of the least times is returned: of the trip's own direction, the
    /// horizontal, the vertical, and some in between.
    #[inline]
    pub fn trip_bound_s(&self, trip_m: DVec3) -> f64 {
        self.bound_s(trip_m.truncate().length(), trip_m.z)
    }

    /// As [`Self::trip_bound_s`] from the horizontal distance and the climb.
    #[inline]
    pub fn bound_s(&self, horizontal_m: f64, climb_m: f64) -> f64 {
        let (a, j) = (self.max_acceleration_m_s2, self.max_jerk_m_s3);
        let cap = self.max_velocity_m_s.unwrap_or(f64::INFINITY);
        let v_z = if climb_m >= 0.0 { self.max_velocity_up_m_s } else { self.max_velocity_down_m_s };
        let distance_m = (horizontal_m * horizontal_m + climb_m * climb_m).sqrt();
        if distance_m == 0.0 {
            return 0.0;
        }
        if cap <= self.max_velocity_xy_m_s.min(v_z) {
            return rest_to_rest_s(distance_m, cap, a, j);
        }
        let v_xy = self.max_velocity_xy_m_s;
        // Along a direction of length 1: how far it is, and the fastest that the limits allow.
        let along =
            |x: f64, z: f64| rest_to_rest_s(horizontal_m * x + climb_m.abs() * z, (v_xy * x + v_z * z).min(cap), a, j);
        let chord_s = along(horizontal_m / distance_m, climb_m.abs() / distance_m);
        (0..=DIRECTIONS).fold(chord_s, |most_s, k| {
            let z = f64::from(k) / f64::from(DIRECTIONS);
            let x = 1.0 - z;
            let length = (x * x + z * z).sqrt();
            most_s.max(along(x / length, z / length))
        })
    }

    /// Does one speed limit cover all directions?
    #[inline]
    pub fn is_isotropic(&self) -> bool {
        let slowest = self.max_velocity_xy_m_s.min(self.max_velocity_up_m_s).min(self.max_velocity_down_m_s);
        self.max_velocity_m_s.is_some_and(|v| v <= slowest)
    }

    /// Least time of a motion straight along the trip, seconds.
    #[inline]
    pub fn straight_s(&self, trip_m: DVec3) -> f64 {
        let (length, horizontal) = (trip_m.length(), trip_m.truncate().length());
        let v_z = if trip_m.z >= 0.0 { self.max_velocity_up_m_s } else { self.max_velocity_down_m_s };
        let along = |v: f64, part: f64| if part > 0.0 { v * length / part } else { f64::INFINITY };
        let v = along(self.max_velocity_xy_m_s, horizontal)
            .min(along(v_z, trip_m.z.abs()))
            .min(self.max_velocity_m_s.unwrap_or(f64::INFINITY));
        rest_to_rest_s(length, v, self.max_acceleration_m_s2, self.max_jerk_m_s3)
    }

    /// Not above [`Self::trip_bound_s`] of any trip whose parts along the axes are at least `gap_m`.
    #[inline]
    pub fn box_bound_s(&self, gap_m: DVec3, upwards: bool) -> f64 {
        let (a, j) = (self.max_acceleration_m_s2, self.max_jerk_m_s3);
        let cap = self.max_velocity_m_s.unwrap_or(f64::INFINITY);
        let v_z = if upwards { self.max_velocity_up_m_s } else { self.max_velocity_down_m_s };
        let v_any = self.max_velocity_up_m_s.max(self.max_velocity_down_m_s);
        let fastest = math::hypot(self.max_velocity_xy_m_s, v_any).min(cap);
        rest_to_rest_s(gap_m.length(), fastest, a, j)
            .max(rest_to_rest_s(gap_m.truncate().length(), self.max_velocity_xy_m_s.min(cap), a, j))
            .max(rest_to_rest_s(gap_m.z, v_z.min(cap), a, j))
    }

    /// How far a trip whose [`Self::trip_bound_s`] is at most `time_s` may lead.
    pub fn radii(&self, time_s: f64) -> Radii {
        let (a, j) = (self.max_acceleration_m_s2, self.max_jerk_m_s3);
        let cap = self.max_velocity_m_s.unwrap_or(f64::INFINITY);
        let v_any = self.max_velocity_up_m_s.max(self.max_velocity_down_m_s);
        let far = |v: f64| farthest_m(time_s, v.min(cap), a, j);
        let (any_m, xy_m) = (far(math::hypot(self.max_velocity_xy_m_s, v_any)), far(self.max_velocity_xy_m_s));
        Radii {
            any_m2: any_m * any_m,
            xy_m2: xy_m * xy_m,
            up_m: far(self.max_velocity_up_m_s),
            down_m: far(self.max_velocity_down_m_s),
        }
    }
}

/// How far a trip may lead: in all, horizontally, up and down.
#[derive(Clone, Copy, Debug)]
pub struct Radii {
    any_m2: f64,
    xy_m2: f64,
    up_m: f64,
    down_m: f64,
}

impl Radii {
    /// The same in all directions, metres.
    pub const fn all(radius_m: f64) -> Self {
        let radius_m2 = radius_m * radius_m;
        Self { any_m2: radius_m2, xy_m2: radius_m2, up_m: radius_m, down_m: radius_m }
    }

    /// Do trips whose parts along the axes are at least these lead too far?
    #[inline]
    pub fn exclude(&self, least_m: DVec3, upwards: bool) -> bool {
        least_m.length_squared() > self.any_m2
            || least_m.truncate().length_squared() > self.xy_m2
            || least_m.z > if upwards { self.up_m } else { self.down_m }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// On the slant both axes may be at full speed, but not accelerate as if the other did not.
    #[test]
    fn a_trip_on_the_slant_takes_as_long_as_it_does_straight() {
        let limits = MotionLimits { max_velocity_m_s: None, ..MotionLimits::isotropic(6.0, 3.0, 6.0) };
        for (xy, z) in [(40.0, 40.0), (20.0, -20.0), (8.0, 8.0)] {
            let (bound_s, straight_s) = (limits.bound_s(xy, z), limits.straight_s(DVec3::new(xy, 0.0, z)));
            assert!((bound_s - straight_s).abs() < 1e-9, "{bound_s} {straight_s}");
        }
        // Off the slant neither its own direction (9.252 s) nor an axis (9.167 s) says most.
        let bound_s = limits.bound_s(30.0, 40.0);
        assert!((9.28..9.6667).contains(&bound_s), "{bound_s}");
    }

    proptest! {
        /// Longer trips never have a smaller bound, and looser limits never a larger one.
        #[test]
        fn bound_is_monotone(
            xy in 0.0..200.0f64, z in -80.0..80.0f64, more in 1.0..2.0f64,
            v in 0.5..9.0f64, up in 0.5..4.0f64, down in 0.5..4.0f64, a in 0.5..5.0f64, j in 0.5..9.0f64,
        ) {
            let limits = MotionLimits {
                max_velocity_m_s: None, max_velocity_xy_m_s: v, max_velocity_up_m_s: up, max_velocity_down_m_s: down,
                max_acceleration_m_s2: a, max_jerk_m_s3: j,
            };
            let base = limits.bound_s(xy, z);
            prop_assert!(limits.bound_s(xy * more, z * more) >= base - 1e-12);
            prop_assert!(limits.straight_s(DVec3::new(xy, 0.0, z)) >= base - 1e-12);
            prop_assert!(limits.box_bound_s(DVec3::new(xy / more, 0.0, z.abs() / more), z > 0.0) <= base + 1e-12);
            let trip = DVec3::new(xy, 0.0, z);
            prop_assert!(!limits.radii(base).exclude(trip.abs(), z > 0.0));
            let capped = MotionLimits { max_velocity_m_s: Some(v), ..limits };
            prop_assert!(capped.bound_s(xy, z) >= base - 1e-12);
            // The three directions that are seen at once, each by itself.
            let length = (xy * xy + z * z).sqrt().max(1e-9);
            let v_z = if z >= 0.0 { up } else { down };
            for (x, y) in [(1.0, 0.0), (0.0, 1.0), (xy / length, z.abs() / length)] {
                prop_assert!(base >= rest_to_rest_s(xy * x + z.abs() * y, v * x + v_z * y, a, j) - 1e-12);
            }
            let quick = MotionLimits { max_velocity_xy_m_s: v * more, max_jerk_m_s3: j * more, ..limits };
            prop_assert!(quick.bound_s(xy, z) <= base + 1e-12);
        }
    }
}

use kapok_show::{DVec3, Limits};

/// The metric in which separation is measured: z counts 1 / `downwash_scale`.
///
/// ```
/// use kapok_motion::Metric;
/// use kapok_show::DVec3;
/// let metric = Metric { downwash_scale: 2.0 };
/// assert_eq!(metric.distance_m(DVec3::ZERO, DVec3::Z * 3.0), 1.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// How many times longer the separation ellipsoid is vertically; from 1 up.
    pub downwash_scale: f64,
}

impl From<&Limits> for Metric {
    fn from(limits: &Limits) -> Self {
        Self { downwash_scale: limits.downwash_scale }
    }
}

impl Metric {
    /// All directions count alike.
    pub const PLAIN: Self = Self { downwash_scale: 1.0 };

    /// The point, or the difference of two, in the space where the plain distance is the one that counts; metres.
    #[inline]
    pub fn flatten(self, p_m: DVec3) -> DVec3 {
        DVec3::new(p_m.x, p_m.y, p_m.z / self.downwash_scale)
    }

    /// [`Self::flatten`] of each.
    pub fn flatten_all(self, points_m: &[DVec3]) -> Vec<DVec3> {
        points_m.iter().map(|&p| self.flatten(p)).collect()
    }

    /// The distance that counts, metres.
    #[inline]
    pub fn distance_m(self, a_m: DVec3, b_m: DVec3) -> f64 {
        self.flatten(a_m - b_m).length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// d² = dx² + dy² + (dz / c)², whatever way it is computed.
        #[test]
        fn heights_count_less(
            a in prop::array::uniform3(-9.0..9.0f64), b in prop::array::uniform3(-9.0..9.0f64), scale in 1.0..4.0f64,
        ) {
            let metric = Metric { downwash_scale: scale };
            let (p, q) = (DVec3::from_array(a), DVec3::from_array(b));
            let squared = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + ((a[2] - b[2]) / scale).powi(2);
            prop_assert!((metric.distance_m(p, q).powi(2) - squared).abs() < 1e-9);
            let flat = metric.flatten_all(&[p, q]);
            prop_assert!((flat[0].distance(flat[1]) - metric.distance_m(p, q)).abs() < 1e-12);
            prop_assert_eq!(Metric::PLAIN.flatten(p), p);
        }
    }
}

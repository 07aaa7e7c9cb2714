use kapok_show::{BadSetting, DVec3};

/// The decimal grid on which all written positions lie.
///
/// # Guarantees
/// A snapped coordinate is the f64 nearest to a decimal number with [`Self::decimals`] digits: it survives being
/// written with that many digits and read again.
///
/// ```
/// use kapok_motion::PositionGrid;
/// use kapok_show::DVec3;
/// let grid = PositionGrid::new(0.01)?;
/// assert_eq!(grid.snap(DVec3::new(1.2345, -0.001, 7.0)), DVec3::new(1.23, 0.0, 7.0));
/// # Ok::<(), kapok_show::BadSetting>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionGrid {
    steps_per_m: f64,
    decimals: u32,
}

impl PositionGrid {
    /// A grid from its step, which must be 1 m divided by a power of ten up to 10⁶.
    ///
    /// # Errors
    /// [`BadSetting`] otherwise.
    pub fn new(step_m: f64) -> Result<Self, BadSetting> {
        (0..=6u32)
            .map(|decimals| Self { steps_per_m: 10f64.powi(decimals as i32), decimals })
            .find(|grid| grid.step_m().to_bits() == step_m.to_bits())
            .ok_or(BadSetting {
                field: "position_grid_m",
                value: step_m,
                why: "it must be one of 1, 0.1, 0.01 and so on down to 0.000001",
            })
    }

    /// Distance of neighbouring grid values, metres.
    #[inline]
    pub fn step_m(&self) -> f64 {
        1.0 / self.steps_per_m
    }

    /// Digits behind the decimal point.
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// The grid point nearest to `point_m`.
    #[inline]
    pub fn snap(&self, point_m: DVec3) -> DVec3 {
        // A whole number divided by a power of ten is correctly rounded: the f64 nearest to that decimal.
        // Adding 0 turns −0 into 0.
        (point_m * self.steps_per_m).round() / self.steps_per_m + DVec3::ZERO
    }

    /// Difference of two grid points in whole steps: exact, unlike the difference in metres.
    #[inline]
    pub fn steps_between(&self, a_m: DVec3, b_m: DVec3) -> DVec3 {
        (a_m * self.steps_per_m).round() - (b_m * self.steps_per_m).round()
    }

    /// How far a point of a Bézier piece can be from where it was before its control points were snapped, metres.
    pub fn rounding_m(&self) -> f64 {
        self.step_m() * 3f64.sqrt() / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_decimal_steps_are_taken() {
        assert_eq!(PositionGrid::new(1e-4).unwrap().decimals(), 4);
        assert_eq!(PositionGrid::new(0.001).unwrap().decimals(), 3);
        for bad in [0.0, -1e-4, 2e-4, 1e-9, f64::NAN] {
            assert!(PositionGrid::new(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn snapped_values_survive_being_written(x in -5e3..5e3f64, decimals in 0u32..=6) {
            let grid = PositionGrid::new(1.0 / 10f64.powi(decimals as i32)).unwrap();
            let snapped = grid.snap(DVec3::new(x, -x, 0.0)).x;
            let text = format!("{snapped:.*}", decimals as usize);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), snapped.to_bits());
            prop_assert!((snapped - x).abs() <= grid.step_m() / 2.0 * (1.0 + 1e-9));
            prop_assert_eq!(grid.snap(DVec3::splat(snapped)).x.to_bits(), snapped.to_bits());
        }
    }
}

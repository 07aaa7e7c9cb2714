//! The collective hold: all vehicles slow the show's clock down together.
//!
//! Let p_i(t) be the show and σ(τ) the show time at time τ after the stop, the same for all. The fleet flies
//! q_i(τ) = p_i(σ(τ)). At every τ the configuration of the fleet is the show's own at σ(τ): distances, altitudes, fence and
//! keep-outs hold as they are proved for the show, whatever σ is. Only derivatives change. With the rate r = σ':
//!
//! - q'   = r p',
//! - q''  = r² p'' + r' p',
//! - q''' = r³ p''' + 3 r r' p'' + r'' p'.
//!
//! With r(τ) = 1 − 3x² + 2x³, x = τ/T: 0 ≤ r ≤ 1, |r'| ≤ 3/(2T), |r''| ≤ 6/T², and σ advances by T/2 in all. So with the
//! largest speed V, acceleration A and jerk J of the show, |q'| ≤ V, |q''| ≤ A + 3V/(2T), |q'''| ≤ J + 9A/(2T) + 6V/T².
//! At the end r = r' = 0: all are at rest and without acceleration.

use kapok_motion::bezier::{Curve, quintic};
use kapok_show::{BadSetting, Segment, Trajectory, TrajectoryFault};

/// Longest braking that is looked for, seconds.
const MAX_DURATION_S: f64 = 3600.0;
/// Step of the pieces a held motion is written in, milliseconds.
const STEP_MS: i64 = 50;

/// Upper bounds of speed, acceleration and jerk, from control points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DerivativeBounds {
    /// Speed, m/s.
    pub velocity_m_s: f64,
    /// Acceleration, m/s².
    pub acceleration_m_s2: f64,
    /// Jerk, m/s³.
    pub jerk_m_s3: f64,
}

impl DerivativeBounds {
    /// Upper bounds for a set of motions at all times, from their control points.
    pub fn of<'a>(motions: impl IntoIterator<Item = &'a Trajectory>) -> Self {
        let mut peaks = [0.0f64; 3];
        for segment in motions.into_iter().flat_map(Trajectory::segments) {
            let bounds = derivative_bounds(&segment);
            for (peak, bound) in peaks.iter_mut().zip(bounds) {
                *peak = peak.max(bound);
            }
        }
        Self { velocity_m_s: peaks[0], acceleration_m_s2: peaks[1], jerk_m_s3: peaks[2] }
    }
}

/// A derivative of a Bézier piece lies in the hull of its own control points.
fn derivative_bounds(segment: &Segment<'_>) -> [f64; 3] {
    let mut curve = Curve::from(*segment);
    let mut bounds = [0.0; 3];
    for bound in &mut bounds {
        if curve.degree() == 0 {
            break;
        }
        curve = curve.derivative(segment.duration_s());
        *bound = curve.control().iter().fold(0.0f64, |m, p| m.max(p.length()));
    }
    bounds
}

/// How the clock of a show is brought to rest: its rate goes from 1 to 0 without a jump of its first derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrakingLaw {
    duration_ms: i64,
}

impl BrakingLaw {
    /// The shortest law of an even number of milliseconds under which a show with these peaks keeps the limits; `None` if
    /// the show leaves nothing of them, or so little that braking would take more than an hour.
    ///
    /// # Errors
    /// [`BadSetting`] for values that are not finite or negative.
    pub fn within(show: &DerivativeBounds, limits: &DerivativeBounds) -> Result<Option<Self>, BadSetting> {
        let (v, a, j) = (show.velocity_m_s, show.acceleration_m_s2, show.jerk_m_s3);
        let named = [
            ("velocity_m_s", v),
            ("acceleration_m_s2", a),
            ("jerk_m_s3", j),
            ("limit acceleration_m_s2", limits.acceleration_m_s2),
            ("limit jerk_m_s3", limits.jerk_m_s3),
        ];
        if let Some((field, value)) = named.into_iter().find(|(_, x)| !(x.is_finite() && *x >= 0.0)) {
            return Err(BadSetting { field, value, why: "it must be a finite number from 0 up" });
        }
        if v == 0.0 {
            return Ok(Some(Self { duration_ms: 0 }));
        }
        let (room_a, room_j) = (limits.acceleration_m_s2 - a, limits.jerk_m_s3 - j);
        if room_a <= 0.0 || room_j <= 0.0 {
            return Ok(None);
        }
        // A + 3V/(2T) within the acceleration; room_j·T² − (9A/2)·T − 6V ≥ 0 for the jerk.
        let for_jerk_s = (4.5 * a + (20.25 * a * a + 24.0 * v * room_j).sqrt()) / (2.0 * room_j);
        let duration_s = (1.5 * v / room_a).max(for_jerk_s);
        Ok((duration_s <= MAX_DURATION_S).then(|| Self { duration_ms: 2 * (duration_s * 500.0).ceil() as i64 }))
    }

    /// From the stop to rest, milliseconds; even.
    pub fn duration_ms(self) -> i64 {
        self.duration_ms
    }

    /// How far the show still goes on, milliseconds of show time: half the duration.
    pub fn advance_ms(self) -> i64 {
        self.duration_ms / 2
    }

    /// Rate of the clock: 1 before, 0 after.
    pub fn rate(self, after_ms: f64) -> f64 {
        let x = self.share(after_ms);
        1.0 - x * x * (3.0 - 2.0 * x)
    }

    /// How far the show has gone on since the stop, milliseconds of show time.
    pub fn progress_ms(self, after_ms: f64) -> f64 {
        let x = self.share(after_ms);
        self.duration_ms as f64 * x * (1.0 - x * x * (1.0 - x / 2.0))
    }

    /// d rate / d τ, 1/s.
    fn slope(self, after_ms: f64) -> f64 {
        let x = self.share(after_ms);
        if self.duration_ms == 0 { 0.0 } else { -6.0 * x * (1.0 - x) * 1000.0 / self.duration_ms as f64 }
    }

    fn share(self, after_ms: f64) -> f64 {
        if self.duration_ms == 0 { 1.0 } else { (after_ms / self.duration_ms as f64).clamp(0.0, 1.0) }
    }

    /// The motion from a stop at `stop_ms` to rest: quintic pieces of 50 ms that agree with the held motion in place,
    /// velocity and acceleration at their ends.
    ///
    /// # Guarantees
    /// The exact motion is a polynomial of a degree that no file carries; between the ends the pieces differ from it by at
    /// most max|q⁽⁶⁾| h⁶ / 46,080 where the show is smooth (h = 0.05 s), and by about ΔJ h³ / 100 where its jerk jumps by
    /// ΔJ: hundredths of a millimetre.
    ///
    /// # Errors
    /// [`TrajectoryFault`] for a show that ends at absurd times.
    pub fn held(self, show: &Trajectory, stop_ms: i64) -> Result<Trajectory, TrajectoryFault> {
        let at = |after_ms: i64| {
            let after_ms = after_ms as f64;
            let m = show.sample(stop_ms as f64 + self.progress_ms(after_ms));
            let (rate, slope) = (self.rate(after_ms), self.slope(after_ms));
            [m.position_m, m.velocity_m_s * rate, m.acceleration_m_s2 * (rate * rate) + m.velocity_m_s * slope]
        };
        let mut held = Trajectory::starting_at(stop_ms, at(0)[0])?;
        let mut from = 0;
        while from < self.duration_ms {
            let to = (from + STEP_MS).min(self.duration_ms);
            let h = (to - from) as f64 / 1000.0;
            let control = quintic(at(from), at(to), h);
            held.push(stop_ms + to, &control[1..])?;
            from = to;
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peaks(velocity_m_s: f64, acceleration_m_s2: f64, jerk_m_s3: f64) -> DerivativeBounds {
        DerivativeBounds { velocity_m_s, acceleration_m_s2, jerk_m_s3 }
    }

    #[test]
    fn the_clock_goes_from_one_to_zero_and_advances_half_the_time() {
        let law = BrakingLaw::within(&peaks(6.0, 2.0, 4.0), &peaks(6.0, 4.0, 10.0)).unwrap().unwrap();
        assert_eq!((law.rate(0.0), law.rate(law.duration_ms() as f64)), (1.0, 0.0));
        assert_eq!(law.progress_ms(law.duration_ms() as f64), law.advance_ms() as f64);
        // The rate is the derivative of the progress, the slope that of the rate.
        for k in 1..40 {
            let t = law.duration_ms() as f64 * f64::from(k) / 40.0;
            assert!((law.progress_ms(t + 0.5) - law.progress_ms(t - 0.5) - law.rate(t)).abs() < 1e-6);
            assert!((law.rate(t + 0.5) - law.rate(t - 0.5) - law.slope(t) / 1000.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_show_at_its_limits_cannot_be_held_and_one_at_rest_need_not_be() {
        assert_eq!(BrakingLaw::within(&peaks(6.0, 4.0, 4.0), &peaks(6.0, 4.0, 10.0)), Ok(None));
        let at_rest = BrakingLaw::within(&peaks(0.0, 0.0, 0.0), &peaks(6.0, 4.0, 10.0)).unwrap().unwrap();
        assert_eq!((at_rest.duration_ms(), at_rest.rate(0.0)), (0, 0.0));
        assert!(BrakingLaw::within(&peaks(f64::NAN, 0.0, 0.0), &peaks(6.0, 4.0, 10.0)).is_err());
    }
}

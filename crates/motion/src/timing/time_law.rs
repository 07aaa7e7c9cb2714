use kapok_show::DVec3;

use super::motion_limits::MotionLimits;
use crate::position_grid::PositionGrid;

/// Largest step of speed that rounding may make at a joint of the straight piece, m/s: a cruise of a millisecond would
/// turn half a grid step into a jump that a proof must refuse.
const MAX_SPEED_STEP_M_S: f64 = 1.0 / 80.0;

/// Longest law this planner looks for, milliseconds.
const MAX_LAW_MS: i64 = 86_400_000;

/// A jerk-limited S-curve from 0 to 1 whose phases last whole milliseconds: jerk +J for `ramp_ms`, 0 for `push_ms`, −J
/// for `ramp_ms`, rest of acceleration for `cruise_ms`, then the mirror image.
///
/// # Guarantees
/// β(0) = 0, β(end) = 1, β' = β'' = 0 at both ends, β is non-decreasing; J = 1 / (r (r + p) (2r + p + c)) for the three
/// durations r, p, c in seconds makes the move exactly 1 long.
///
/// ```
/// use kapok_motion::timing::TimeLaw;
/// let law = TimeLaw { ramp_ms: 500, push_ms: 1500, cruise_ms: 8000 };
/// assert_eq!(law.duration_ms(), 13_000);
/// assert_eq!((law.share(0.0), law.share(6500.0), law.share(13_000.0)), (0.0, 0.5, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLaw {
    /// Duration of each of the four jerk phases, milliseconds.
    pub ramp_ms: i64,
    /// Duration of each of the two phases of constant acceleration, milliseconds.
    pub push_ms: i64,
    /// Duration of the phase of constant speed, milliseconds.
    pub cruise_ms: i64,
}

/// The largest trips of a move, which decide its law.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TripExtent {
    /// Length of the longest trip, metres.
    pub distance_m: f64,
    /// Longest horizontal part, metres.
    pub horizontal_m: f64,
    /// Largest climb, metres, at least 0.
    pub up_m: f64,
    /// Largest descent, metres, at least 0.
    pub down_m: f64,
}

impl TripExtent {
    /// Of straight trips from each of these places to the goal of the same index.
    pub fn of(from_m: &[DVec3], to_m: &[DVec3]) -> Self {
        from_m.iter().zip(to_m).fold(Self::default(), |e, (a, b)| {
            let d = *b - *a;
            Self {
                distance_m: e.distance_m.max(d.length()),
                horizontal_m: e.horizontal_m.max(d.truncate().length()),
                up_m: e.up_m.max(d.z),
                down_m: e.down_m.max(-d.z),
            }
        })
    }
}

/// One piece of a law as the control values of a Bézier piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LawPiece {
    /// Duration, milliseconds.
    pub duration_ms: i64,
    /// Control values after the start: three of a cubic, or one of a line.
    pub values: [f64; 3],
    /// Is it a line?
    pub is_line: bool,
}

impl TimeLaw {
    /// Duration of the whole move, milliseconds.
    pub fn duration_ms(&self) -> i64 {
        4 * self.ramp_ms + 2 * self.push_ms + self.cruise_ms
    }

    /// Jerk of the law, 1/s³.
    fn jerk(&self) -> f64 {
        let (r, p, c) = self.seconds();
        1.0 / (r * (r + p) * (2.0 * r + p + c))
    }

    /// Largest β', 1/s.
    fn peak_rate(&self) -> f64 {
        let (r, p, c) = self.seconds();
        1.0 / (2.0 * r + p + c)
    }

    /// Largest first, second and third derivative of β in 1/s, 1/s², 1/s³; zero for a law of no duration.
    pub fn peaks(&self) -> (f64, f64, f64) {
        if self.duration_ms() == 0 {
            return (0.0, 0.0, 0.0);
        }
        (self.peak_rate(), self.jerk() * self.seconds().0, self.jerk())
    }

    fn seconds(&self) -> (f64, f64, f64) {
        let s = |ms: i64| ms as f64 / 1000.0;
        (s(self.ramp_ms), s(self.push_ms), s(self.cruise_ms))
    }

    /// β at a time after the start, 0 before and 1 after.
    pub fn share(&self, t_ms: f64) -> f64 {
        let end_ms = self.duration_ms() as f64;
        if t_ms <= 0.0 {
            return 0.0;
        }
        if t_ms >= end_ms {
            return 1.0;
        }
        if t_ms > end_ms / 2.0 {
            return 1.0 - self.share(end_ms - t_ms);
        }
        let (j, (r, p, _)) = (self.jerk(), self.seconds());
        let t = t_ms / 1000.0;
        if t <= r {
            return j * t * t * t / 6.0;
        }
        let (s, v, a) = (j * r * r * r / 6.0, j * r * r / 2.0, j * r);
        let t = t - r;
        if t <= p {
            return s + v * t + a * t * t / 2.0;
        }
        let (s, v) = (s + v * p + a * p * p / 2.0, v + a * p);
        let t = t - p;
        if t <= r {
            return s + v * t + a * t * t / 2.0 - j * t * t * t / 6.0;
        }
        s + v * r + a * r * r / 2.0 - j * r * r * r / 6.0 + self.peak_rate() * (t - r)
    }

    /// Time after the start at which β has a value, milliseconds.
    pub fn when_ms(&self, share: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.duration_ms() as f64);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.share(middle) < share { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }

    /// The law as Bézier pieces, exact but for rounding of the values to f64; none for a law of no duration.
    pub fn pieces(&self) -> Vec<LawPiece> {
        if self.duration_ms() == 0 {
            return Vec::new();
        }
        let j = self.jerk();
        let phases = [
            (self.ramp_ms, j),
            (self.push_ms, 0.0),
            (self.ramp_ms, -j),
            (self.cruise_ms, 0.0),
            (self.ramp_ms, -j),
            (self.push_ms, 0.0),
            (self.ramp_ms, j),
        ];
        let (mut start, mut v, mut a) = (0.0, 0.0, 0.0);
        let mut pieces = Vec::with_capacity(7);
        for (index, (duration_ms, jerk)) in phases.into_iter().enumerate() {
            if duration_ms == 0 {
                continue;
            }
            let t = duration_ms as f64 / 1000.0;
            let is_line = index == 3;
            if is_line {
                a = 0.0;
            }
            let end = start + v * t + a * t * t / 2.0 + jerk * t * t * t / 6.0;
            let end_v = v + a * t + jerk * t * t / 2.0;
            let values = if is_line { [end; 3] } else { [start + v * t / 3.0, end - end_v * t / 3.0, end] };
            pieces.push(LawPiece { duration_ms, values, is_line });
            (start, v, a) = (end, end_v, a + jerk * t);
        }
        // The sum of the phases is 1 up to rounding; the end must be the goal itself.
        if let Some(last) = pieces.last_mut() {
            last.values[1] = 1.0;
            last.values[2] = 1.0;
        }
        pieces
    }

    /// Do pieces of this law, with control points rounded to the grid, keep the limits for trips up to `extent`?
    ///
    /// Rounding moves a control point by at most half a grid step per axis. The derivatives of a piece of duration T are
    /// differences of its control points: 3Δ/T, 6Δ²/T², 6Δ³/T³ for a cubic, so they move by at most 3g/T, 12g/T² and
    /// 24g/T³ per axis; for a line the speed moves by at most g/T.
    pub fn keeps(&self, limits: &MotionLimits, extent: &TripExtent, grid: &PositionGrid, margin: f64) -> bool {
        let (r, p, c) = self.seconds();
        let g = grid.step_m();
        let cap = 1.0 - margin;
        let (rate, jerk) = (self.peak_rate(), self.jerk());
        let speed_ok = |noise: f64| {
            extent.horizontal_m * rate + noise * 2f64.sqrt() <= limits.max_velocity_xy_m_s * cap
                && (extent.up_m == 0.0 || extent.up_m * rate + noise <= limits.max_velocity_up_m_s * cap)
                && (extent.down_m == 0.0 || extent.down_m * rate + noise <= limits.max_velocity_down_m_s * cap)
                && limits.max_velocity_m_s.is_none_or(|v| extent.distance_m * rate + noise * 3f64.sqrt() <= v * cap)
        };
        let cubic_ok = |t: f64, jerk: f64| {
            let noise = 3f64.sqrt() * g;
            speed_ok(3.0 * g / t)
                && extent.distance_m * self.jerk() * r + 12.0 * noise / (t * t) <= limits.max_acceleration_m_s2 * cap
                && extent.distance_m * jerk + 24.0 * noise / (t * t * t) <= limits.max_jerk_m_s3 * cap
        };
        self.ramp_ms > 0
            && cubic_ok(r, jerk)
            && (self.push_ms == 0 || cubic_ok(p, 0.0))
            && (self.cruise_ms == 0 || (speed_ok(g / c) && g / c <= MAX_SPEED_STEP_M_S))
    }

    /// The shortest law, up to a few milliseconds, that keeps the limits after rounding; `None` if a day is not enough:
    /// then the grid is too coarse for such limits. No motion at all takes no time.
    pub fn shortest(limits: &MotionLimits, extent: &TripExtent, grid: &PositionGrid, margin: f64) -> Option<Self> {
        if extent.distance_m == 0.0 {
            return Some(Self { ramp_ms: 0, push_ms: 0, cruise_ms: 0 });
        }
        let cap = 1.0 - margin;
        let rate_of = |v: f64, d: f64| if d > 0.0 { v / d } else { f64::INFINITY };
        let v = cap
            * rate_of(limits.max_velocity_xy_m_s, extent.horizontal_m)
                .min(rate_of(limits.max_velocity_up_m_s, extent.up_m))
                .min(rate_of(limits.max_velocity_down_m_s, extent.down_m))
                .min(limits.max_velocity_m_s.map_or(f64::INFINITY, |v| rate_of(v, extent.distance_m)));
        let a = cap * limits.max_acceleration_m_s2 / extent.distance_m;
        let j = cap * limits.max_jerk_m_s3 / extent.distance_m;
        // The longest useful ramp without rounding is the least of these three; rounding may need a longer one.
        let ideal_ms = 1000.0 * (a / j).min((v / j).sqrt()).min(kapok_show::math::cbrt(1.0 / (2.0 * j)));
        let mut best: Option<Self> = None;
        let mut ramp_ms = (ideal_ms as i64 - 3).max(1);
        let mut beyond = 0;
        while ramp_ms <= MAX_LAW_MS / 4 {
            let found = Self::with_ramp(ramp_ms, v, a, j, |law| law.keeps(limits, extent, grid, margin));
            match (found, best) {
                (Some(law), Some(old)) if law.duration_ms() >= old.duration_ms() => beyond += 1,
                (Some(law), _) => (best, beyond) = (Some(law), 0),
                (None, Some(_)) => beyond += 1,
                (None, None) => {}
            }
            if beyond > 16 {
                break;
            }
            ramp_ms += if best.is_some() { 1 } else { (ramp_ms / 200).max(1) };
        }
        best
    }

    /// The shortest law with the given ramps among a few candidates near the ideal one.
    fn with_ramp(ramp_ms: i64, v: f64, a: f64, j: f64, keeps: impl Fn(&Self) -> bool) -> Option<Self> {
        let r = ramp_ms as f64 / 1000.0;
        // With w = r + p and s = 2r + p + c: peak rate 1/s, acceleration 1/(w s), jerk 1/(r w s).
        let area = (1.0 / a).max(1.0 / (r * j));
        let slowest = 1.0 / v;
        let balanced = f64::midpoint(-r, (r * r + 4.0 * area).sqrt());
        let w = if balanced + r >= slowest { balanced } else { area / slowest };
        let ms = |s: f64| ((s * 1000.0).ceil().min(MAX_LAW_MS as f64)) as i64;
        let ideal_push = (ms(w) - ramp_ms).max(0);
        let mut best: Option<Self> = None;
        for push_ms in [0, 20, 40, 80, 160, 320]
            .into_iter()
            .chain([-2, -1, 0, 1, 2, 4, 8, 16].map(|d| ideal_push + d))
            .filter(|&p| p >= 0 && p <= ideal_push + 320)
        {
            let w = (ramp_ms + push_ms) as f64 / 1000.0;
            let least = (ms(slowest.max(area / w)) - 2 * ramp_ms - push_ms).max(0);
            for cruise_ms in [least, least + 1, least + 2, least + 4, least + 8, least + 16, 20, 40, 80, 160] {
                let law = Self { ramp_ms, push_ms, cruise_ms };
                if cruise_ms >= least && best.is_none_or(|b| law.duration_ms() < b.duration_ms()) && keeps(&law) {
                    best = Some(law);
                }
            }
        }
        best
    }

    /// This law slowed down to at most `duration_ms`, the longest that the whole-millisecond phases allow: at most
    /// 9 ms less. Every limit the law keeps is kept.
    #[must_use]
    pub fn stretched(&self, duration_ms: i64) -> Self {
        let now_ms = self.duration_ms();
        if now_ms == 0 || duration_ms <= now_ms {
            return *self;
        }
        let scaled = |ms: i64| ms * duration_ms / now_ms;
        let (mut ramp_ms, mut push_ms, mut cruise_ms) =
            (scaled(self.ramp_ms), scaled(self.push_ms), scaled(self.cruise_ms));
        let left = |r: i64, p: i64, c: i64| duration_ms - 4 * r - 2 * p - c;
        // Longer phases only lower the peaks; a phase that is absent stays absent.
        if self.cruise_ms > 0 {
            cruise_ms += left(ramp_ms, push_ms, cruise_ms);
        } else {
            ramp_ms += left(ramp_ms, push_ms, cruise_ms) / 4;
            if self.push_ms > 0 {
                push_ms += left(ramp_ms, push_ms, cruise_ms) / 2;
            }
        }
        Self { ramp_ms, push_ms, cruise_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid() -> PositionGrid {
        PositionGrid::new(1e-4).unwrap()
    }

    fn extent(xy: f64, z: f64) -> TripExtent {
        TripExtent { distance_m: (xy * xy + z * z).sqrt(), horizontal_m: xy, up_m: z.max(0.0), down_m: (-z).max(0.0) }
    }

    #[test]
    fn loses_only_milliseconds_against_the_ideal_curve() {
        for d in [0.2, 1.0, 4.0, 12.0, 71.0, 400.0] {
            let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
            let law = TimeLaw::shortest(&limits, &extent(d, 0.0), &grid(), 1e-6).unwrap();
            let ideal_ms = 1000.0 * crate::timing::rest_to_rest_s(d, 6.0, 3.0, 6.0);
            let loss = law.duration_ms() as f64 - ideal_ms;
            assert!((0.0..16.0 + 3e-4 * ideal_ms).contains(&loss), "{d} m: {law:?} loses {loss} ms of {ideal_ms}");
        }
    }

    #[test]
    fn impossible_limits_are_found_out() {
        let limits = MotionLimits::isotropic(1e-9, 1.0, 1.0);
        assert_eq!(TimeLaw::shortest(&limits, &extent(1.0, 0.0), &grid(), 1e-6), None);
    }

    proptest! {
        #[test]
        fn is_smooth_and_keeps_its_word(
            xy in 0.0..150.0f64, z in -60.0..60.0f64, small in prop::bool::ANY,
            v in 0.5..9.0f64, up in 0.5..4.0f64, a in 0.5..5.0f64, j in 0.5..9.0f64, slower in 1.0..4.0f64,
        ) {
            let (xy, z) = if small { (xy / 1e4, z / 1e4) } else { (xy, z) };
            let limits = MotionLimits {
                max_velocity_m_s: None, max_velocity_xy_m_s: v, max_velocity_up_m_s: up, max_velocity_down_m_s: up,
                max_acceleration_m_s2: a, max_jerk_m_s3: j,
            };
            let extent = extent(xy, z);
            let law = TimeLaw::shortest(&limits, &extent, &grid(), 1e-6).unwrap();
            prop_assert!(law.duration_ms() as f64 >= 1000.0 * limits.bound_s(xy, z));
            for law in [law, law.stretched((law.duration_ms() as f64 * slower) as i64)] {
                prop_assert!(law.keeps(&limits, &extent, &grid(), 1e-6));
                // A cruise of a millisecond would turn rounding into a jump of speed.
                prop_assert!(law.cruise_ms == 0 || law.cruise_ms >= 8, "{law:?}");
                // Pieces agree with the closed form, are continuous, and keep the limits when differentiated.
                let (mut at_ms, mut start, mut last_v) = (0, 0.0, 0.0);
                for piece in law.pieces() {
                    let t = piece.duration_ms as f64 / 1000.0;
                    let c = if piece.is_line {
                        let end = piece.values[2];
                        [start, start + (end - start) / 3.0, start + (end - start) * 2.0 / 3.0, end]
                    } else {
                        [start, piece.values[0], piece.values[1], piece.values[2]]
                    };
                    let first_v = 3.0 * (c[1] - c[0]) / t;
                    prop_assert!((first_v - last_v).abs() <= 1e-9 * law.peak_rate());
                    for k in 0..=8 {
                        let u = f64::from(k) / 8.0;
                        let w = 1.0 - u;
                        let value = w*w*w*c[0] + 3.0*w*w*u*c[1] + 3.0*w*u*u*c[2] + u*u*u*c[3];
                        prop_assert!((value - law.share(at_ms as f64 + u * piece.duration_ms as f64)).abs() < 1e-12);
                    }
                    last_v = 3.0 * (c[3] - c[2]) / t;
                    start = c[3];
                    at_ms += piece.duration_ms;
                }
                prop_assert_eq!(start.to_bits(), 1f64.to_bits());
                prop_assert!(last_v.abs() < 1e-12);
                prop_assert_eq!(at_ms, law.duration_ms());
                let middle = law.when_ms(0.5);
                prop_assert!((middle - law.duration_ms() as f64 / 2.0).abs() < 1e-6);
            }
            let asked = (law.duration_ms() as f64 * slower) as i64;
            prop_assert!((0..=9).contains(&(asked - law.stretched(asked).duration_ms())));
        }
    }
}

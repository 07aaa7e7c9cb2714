use glam::DVec3;

use crate::math;

/// How the places of a picture move while it stands: a share s of the motion runs from 0 to 1 during the hold, and every
/// place is a smooth function of s.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneMotion {
    /// How s runs.
    pub ease: Ease,
    /// The places that move. Places in none of them rest. No place is in two of them.
    pub parts: Vec<MovingPart>,
}

/// How long a motion takes to come to its full rate and back to rest, milliseconds. 0: it is at full rate right at the
/// start (or the end), and the transition before (or after) joins it with the same velocity and acceleration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ease {
    /// At the start.
    pub start_ms: i64,
    /// At the end.
    pub end_ms: i64,
}

/// Places in a row that move alike.
#[derive(Clone, Debug, PartialEq)]
pub struct MovingPart {
    /// Index of the first place.
    pub first: usize,
    /// Number of places.
    pub count: usize,
    /// What they do, one after the other applied at the same time: turn, then grow, then be carried away.
    pub steps: Vec<MotionStep>,
}

/// One thing that places do as s runs from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub enum MotionStep {
    /// Turn about an axis through a point, right-handed, by an angle in proportion to s.
    Rotate {
        /// A point of the axis, metres.
        about_m: DVec3,
        /// Its direction, of length 1.
        axis: DVec3,
        /// The whole turn, radians.
        angle_rad: f64,
    },
    /// Shift straight, in proportion to s.
    Translate {
        /// The whole shift, metres.
        offset_m: DVec3,
    },
    /// Grow or shrink about a point, by a factor that goes from 1 to this.
    Scale {
        /// The point that stays, metres.
        about_m: DVec3,
        /// The last factor.
        factor: f64,
    },
    /// Be carried along a smooth curve: every place is shifted by the curve's way from its first point.
    Path {
        /// The curve.
        along: Spline,
    },
    /// Swing to and fro as a running wave does: by `amplitude_m`·sin(2π(`cycles`·s − phase)), the phase growing with the
    /// place's position before the motion.
    Wave {
        /// Direction and size of the swing, metres.
        amplitude_m: DVec3,
        /// Phases per metre along each axis, in cycles: the direction of the wave over its length.
        cycles_per_m: DVec3,
        /// Cycles during the whole motion.
        cycles: f64,
    },
    /// Each place goes its own smooth way. Only as the first step.
    Keyframes {
        /// One curve for each place of the part.
        ways: Vec<Spline>,
    },
}

/// A natural cubic spline through points: twice continuously differentiable, without curvature at its ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Spline {
    shares: Vec<f64>,
    points_m: Vec<DVec3>,
    /// Second derivatives at the points.
    moments: Vec<DVec3>,
}

/// A place and its first and second derivative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Jet {
    /// Metres.
    pub position: DVec3,
    /// By s or by seconds.
    pub first: DVec3,
    /// Twice by s or by seconds.
    pub second: DVec3,
}

impl Spline {
    /// The spline that passes the points at these shares; `None` if there are fewer than two, the counts differ, the
    /// shares do not increase strictly from 0 to 1 or a number is not finite.
    pub fn through(shares: Vec<f64>, points_m: Vec<DVec3>) -> Option<Self> {
        let n = points_m.len();
        let ends = n >= 2 && shares.len() == n && shares[0] == 0.0 && shares[n - 1] == 1.0;
        let fine = ends && shares.windows(2).all(|w| w[0] < w[1]) && points_m.iter().all(|p| p.is_finite());
        if !fine {
            return None;
        }
        // Thomas' method for h₀M₀ + 2(h₀+h₁)M₁ + h₁M₂ = 6((p₂−p₁)/h₁ − (p₁−p₀)/h₀).
        let h = |k: usize| shares[k + 1] - shares[k];
        let slope = |k: usize| (points_m[k + 1] - points_m[k]) / h(k);
        let mut moments = vec![DVec3::ZERO; n];
        let mut upper = vec![0.0; n];
        for k in 1..n - 1 {
            let pivot = 2.0 * (h(k - 1) + h(k)) - h(k - 1) * upper[k - 1];
            upper[k] = h(k) / pivot;
            moments[k] = (6.0 * (slope(k) - slope(k - 1)) - h(k - 1) * moments[k - 1]) / pivot;
        }
        for k in (1..n - 1).rev() {
            let next = moments[k + 1];
            moments[k] -= upper[k] * next;
        }
        moments.iter().all(|m| m.is_finite()).then_some(Self { shares, points_m, moments })
    }

    /// The shares at which the points are passed, from 0 to 1.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The points.
    pub fn points_m(&self) -> &[DVec3] {
        &self.points_m
    }

    /// Place and derivatives by the share; held to 0..1.
    pub fn at(&self, share: f64) -> Jet {
        let s = share.clamp(0.0, 1.0);
        let last = self.shares.len() - 2;
        let k = self.shares[1..].partition_point(|&x| x < s).min(last);
        let h = self.shares[k + 1] - self.shares[k];
        let (a, b) = (self.shares[k + 1] - s, s - self.shares[k]);
        let ([p, q], [m, n]) = ([self.points_m[k], self.points_m[k + 1]], [self.moments[k], self.moments[k + 1]]);
        Jet {
            position: (m * (a * a * a) + n * (b * b * b)) / (6.0 * h)
                + (p / h - m * (h / 6.0)) * a
                + (q / h - n * (h / 6.0)) * b,
            first: (n * (b * b) - m * (a * a)) / (2.0 * h) + (q - p) / h - (n - m) * (h / 6.0),
            second: (m * a + n * b) / h,
        }
    }
}

impl Ease {
    /// The share s of a motion of `total_ms` at a time after its start, and its first and second derivative by seconds:
    /// the rate rises from 0 as 3u² − 2u³ does, stays, and falls alike.
    pub fn share(&self, t_ms: f64, total_ms: i64) -> [f64; 3] {
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let (total, rise, fall) = (seconds(total_ms), seconds(self.start_ms), seconds(self.end_ms));
        let rate = 1.0 / (total - f64::midpoint(rise, fall));
        let t = (t_ms / 1000.0).clamp(0.0, total);
        let ramp = |u: f64, length: f64| {
            [
                rate * length * u * u * u * (1.0 - u / 2.0),
                rate * u * u * (3.0 - 2.0 * u),
                6.0 * rate * u * (1.0 - u) / length,
            ]
        };
        if t < rise {
            ramp(t / rise, rise)
        } else if total - t < fall {
            let [s, first, second] = ramp((total - t) / fall, fall);
            [1.0 - s, first, -second]
        } else {
            [rate * (t - rise / 2.0), rate, 0.0]
        }
    }
}

impl MotionStep {
    /// Adds this step to a place that is at `jet` by now. `base_m` is the place before any motion, `index` its number in
    /// the part.
    fn apply(&self, jet: Jet, base_m: DVec3, index: usize, s: f64) -> Jet {
        match self {
            Self::Rotate { about_m, axis, angle_rad } => {
                let (sin, cos) = math::sin_cos(angle_rad * s);
                // Rodrigues' formula, and its derivatives by the angle.
                let turn = |v: DVec3| v * cos + axis.cross(v) * sin + *axis * (axis.dot(v) * (1.0 - cos));
                let arm = turn(jet.position - *about_m);
                let (w, first) = (*axis * *angle_rad, turn(jet.first));
                Jet {
                    position: *about_m + arm,
                    first: w.cross(arm) + first,
                    second: w.cross(w.cross(arm)) + 2.0 * w.cross(first) + turn(jet.second),
                }
            }
            Self::Translate { offset_m } => {
                Jet { position: jet.position + *offset_m * s, first: jet.first + *offset_m, second: jet.second }
            }
            Self::Scale { about_m, factor } => {
                let (f, rate, arm) = (1.0 + (factor - 1.0) * s, factor - 1.0, jet.position - *about_m);
                Jet {
                    position: *about_m + arm * f,
                    first: arm * rate + jet.first * f,
                    second: jet.first * (2.0 * rate) + jet.second * f,
                }
            }
            Self::Path { along } => {
                let at = along.at(s);
                Jet {
                    position: jet.position + at.position - along.points_m[0],
                    first: jet.first + at.first,
                    second: jet.second + at.second,
                }
            }
            Self::Wave { amplitude_m, cycles_per_m, cycles } => {
                let turn = std::f64::consts::TAU;
                let rate = turn * cycles;
                let (sin, cos) = math::sin_cos(rate * s - turn * cycles_per_m.dot(base_m));
                Jet {
                    position: jet.position + *amplitude_m * sin,
                    first: jet.first + *amplitude_m * (rate * cos),
                    second: jet.second - *amplitude_m * (rate * rate * sin),
                }
            }
            Self::Keyframes { ways } => ways.get(index).map_or(jet, |way| way.at(s)),
        }
    }

    fn is_finite(&self) -> bool {
        match self {
            Self::Rotate { about_m, axis, angle_rad } => {
                about_m.is_finite() && angle_rad.is_finite() && (axis.length() - 1.0).abs() < 1e-6
            }
            Self::Translate { offset_m } => offset_m.is_finite(),
            Self::Scale { about_m, factor } => about_m.is_finite() && factor.is_finite(),
            Self::Wave { amplitude_m, cycles_per_m, cycles } => {
                amplitude_m.is_finite() && cycles_per_m.is_finite() && cycles.is_finite()
            }
            Self::Path { .. } | Self::Keyframes { .. } => true,
        }
    }
}

impl SceneMotion {
    /// The part a place belongs to.
    pub fn part_of(&self, place: usize) -> Option<&MovingPart> {
        self.parts.iter().find(|part| (part.first..part.first + part.count).contains(&place))
    }

    /// Is every ease inside a hold of `hold_ms`, every part inside `places` and every number finite?
    pub(crate) fn is_whole(&self, places: usize, hold_ms: i64) -> bool {
        let Ease { start_ms, end_ms } = self.ease;
        let parts_fit = self.parts.iter().all(|part| {
            let ways_fit = part.steps.iter().enumerate().all(|(k, step)| {
                step.is_finite()
                    && if let MotionStep::Keyframes { ways } = step { k == 0 && ways.len() == part.count } else { true }
            });
            ways_fit && part.first.checked_add(part.count).is_some_and(|end| end <= places)
        });
        let mut ranges: Vec<(usize, usize)> = self.parts.iter().map(|p| (p.first, p.count)).collect();
        ranges.sort_unstable();
        let apart = ranges.windows(2).all(|w| w[0].0 + w[0].1 <= w[1].0);
        hold_ms > 0 && start_ms >= 0 && end_ms >= 0 && start_ms.saturating_add(end_ms) <= hold_ms && parts_fit && apart
    }
}

impl MovingPart {
    /// Where a place is at a share s of the motion, with derivatives by s. `base_m` is the place as the scene states it,
    /// `index` its number in the part.
    pub fn by_share(&self, base_m: DVec3, index: usize, s: f64) -> Jet {
        let rest = Jet { position: base_m, ..Jet::default() };
        self.steps.iter().fold(rest, |jet, step| step.apply(jet, base_m, index, s))
    }

    /// Position, velocity and acceleration of a place at a time after the start of a hold of `total_ms`, in seconds.
    pub fn by_time(&self, base_m: DVec3, index: usize, ease: &Ease, t_ms: f64, total_ms: i64) -> Jet {
        let [s, rate, push] = ease.share(t_ms, total_ms);
        let jet = self.by_share(base_m, index, s);
        Jet { position: jet.position, first: jet.first * rate, second: jet.second * (rate * rate) + jet.first * push }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vector(reach: f64) -> impl Strategy<Value = DVec3> {
        (-reach..reach, -reach..reach, -reach..reach).prop_map(|(x, y, z)| DVec3::new(x, y, z))
    }

    #[test]
    fn a_spline_passes_its_points_and_a_straight_one_is_straight() {
        let points = vec![DVec3::ZERO, DVec3::new(1.0, 2.0, 0.0), DVec3::new(4.0, 0.0, 1.0), DVec3::new(5.0, 5.0, 5.0)];
        let shares = vec![0.0, 0.2, 0.7, 1.0];
        let spline = Spline::through(shares.clone(), points.clone()).unwrap();
        for (s, p) in shares.iter().zip(&points) {
            assert!((spline.at(*s).position - *p).length() < 1e-12);
        }
        let line = Spline::through(vec![0.0, 0.3, 1.0], [0.0, 0.3, 1.0].map(DVec3::splat).to_vec()).unwrap();
        assert!(line.at(0.45).second.length() < 1e-12 && (line.at(0.8).first - DVec3::ONE).length() < 1e-12);
        assert_eq!(Spline::through(vec![0.0, 0.5], vec![DVec3::ZERO; 2]), None, "it must end at 1");
        assert_eq!(Spline::through(vec![0.0, 0.0, 1.0], vec![DVec3::ZERO; 3]), None, "shares must increase");
        assert_eq!(Spline::through(vec![0.0, 1.0], vec![DVec3::NAN; 2]), None);
    }

    #[test]
    fn a_turn_is_right_handed_and_whole_at_the_end() {
        let step = MotionStep::Rotate { about_m: DVec3::Z, axis: DVec3::Z, angle_rad: std::f64::consts::FRAC_PI_2 };
        let part = MovingPart { first: 0, count: 1, steps: vec![step] };
        let end = part.by_share(DVec3::new(2.0, 0.0, 3.0), 0, 1.0).position;
        assert!((end - DVec3::new(0.0, 2.0, 3.0)).length() < 1e-12, "{end}");
    }

    proptest! {
        /// The derivatives of every step, alone and one after the other, agree with differences.
        #[test]
        fn derivatives_agree_with_differences(
            base in vector(20.0), about in vector(20.0), axis in vector(1.0), offset in vector(30.0), end in vector(30.0),
            angle in -9.0..9.0f64, factor in 0.3..3.0f64, share in 0.05..0.95f64, order in 0usize..6, rise in 0i64..4000,
        ) {
            prop_assume!(axis.length() > 0.1);
            let along = Spline::through(vec![0.0, 0.4, 1.0], vec![about, offset, end]).unwrap();
            let mut steps = vec![
                MotionStep::Rotate { about_m: about, axis: axis.normalize(), angle_rad: angle },
                MotionStep::Scale { about_m: offset, factor },
                MotionStep::Translate { offset_m: offset },
                MotionStep::Path { along: along.clone() },
                MotionStep::Wave { amplitude_m: axis, cycles_per_m: axis * 0.05, cycles: angle / 3.0 },
            ];
            steps.rotate_left(order % 5);
            if order == 5 {
                steps.insert(0, MotionStep::Keyframes { ways: vec![along] });
            }
            let part = MovingPart { first: 0, count: 1, steps };
            let ease = Ease { start_ms: rise, end_ms: 5000 - rise };
            // Away from the spline's knot, where the third derivative jumps.
            let (total_ms, h_ms) = (10_000, 1.0);
            let t_ms = share * 10_000.0;
            prop_assume!((ease.share(t_ms, total_ms)[0] - 0.4).abs() > 0.01);
            let at = |t: f64| part.by_time(base, 0, &ease, t, total_ms);
            let (before, here, after) = (at(t_ms - h_ms), at(t_ms), at(t_ms + h_ms));
            let velocity = (after.position - before.position) / (2.0 * h_ms / 1000.0);
            let acceleration = (after.first - before.first) / (2.0 * h_ms / 1000.0);
            prop_assert!((velocity - here.first).length() < 1e-3 * (1.0 + here.first.length()), "{velocity} {here:?}");
            let size = 1.0 + here.second.length() + here.first.length();
            prop_assert!((acceleration - here.second).length() < 1e-2 * size, "{acceleration} {here:?}");
        }

        /// The share runs from 0 to 1 without a jump of rate or of its change, at rest where it is eased.
        #[test]
        fn the_share_is_smooth(rise in 0i64..6000, fall in 0i64..6000) {
            let (ease, total_ms) = (Ease { start_ms: rise, end_ms: fall }, 12_000);
            let [start, end] = [ease.share(0.0, total_ms), ease.share(12_000.0, total_ms)];
            prop_assert!(start[0].abs() < 1e-12 && (end[0] - 1.0).abs() < 1e-12);
            prop_assert_eq!(start[1] == 0.0, rise > 0);
            prop_assert_eq!(end[1] == 0.0, fall > 0);
            for joint in [rise, total_ms - fall] {
                if (1..total_ms).contains(&joint) {
                    let (a, b) = (ease.share(joint as f64 - 1e-6, total_ms), ease.share(joint as f64 + 1e-6, total_ms));
                    prop_assert!((a[0] - b[0]).abs() < 1e-8 && (a[1] - b[1]).abs() < 1e-7, "{a:?} {b:?}");
                    // Within the microsecond a very short ease changes more.
                    prop_assert!((a[2] - b[2]).abs() < 1e-5 || rise < 50 || fall < 50, "{a:?} {b:?}");
                }
            }
        }
    }
}

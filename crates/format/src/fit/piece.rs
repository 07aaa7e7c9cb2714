//! Pieces: the longest cubic from a knot on that keeps what is promised.

use kapok_show::{DVec3, Trajectory};

use super::slope::velocity_m_s;
use super::stretch::{Samples, Span, Stretch};
use super::{
    ACCELERATION_FLOOR_M_S2, ACCELERATION_SHARE, FitError, SHORT_SPEED_SHARE, SLOW_M_S, SPEED_FLOOR_M_S, SPEED_SHARE,
    STRAIGHT_FACTOR,
};

/// A cubic whose control points are off a line by less than this is written as one, metres.
const STRAIGHT_M: f64 = 1e-9;

/// Share of the next interval below which one at an end of a stretch is short.
const SHORT_SHARE: f64 = 0.5;

/// How far a piece may be beyond the level of a rest, metres: the rounding of numbers.
const RANGE_M: f64 = 1e-9;

/// What every piece is held against, and how far the search got.
pub(super) struct Pieces<'a> {
    data: &'a Samples<'a>,
    tolerance_m: f64,
    /// Greatest speed per interval, m/s.
    speed_cap_m_s: Vec<f64>,
    /// Greatest distance from the straight line per interval, metres.
    line_cap_m: Vec<f64>,
    /// Acceleration that the samples imply at each of them, m/s².
    acceleration_m_s2: Vec<f64>,
    /// Acceleration that is legal in a piece that starts or ends at rest, m/s².
    max_acceleration_m_s2: Option<f64>,
    /// Length of the last piece, in intervals: the first guess for the next.
    guess: usize,
}

/// A cubic in powers of the seconds since its start.
struct Cubic {
    start_m: DVec3,
    velocity: DVec3,
    square: DVec3,
    cube: DVec3,
}

impl<'a> Pieces<'a> {
    pub fn new(data: &'a Samples<'a>, spans: &[Span], tolerance_m: f64, max_acceleration_m_s2: Option<f64>) -> Self {
        let speeds: Vec<f64> = data.chord_m_s.iter().map(|v| v.length()).collect();
        let near =
            |k: usize| speeds[k.saturating_sub(1)..(k + 2).min(speeds.len())].iter().copied().fold(0.0, f64::max);
        let cap = |v: f64| (v * (1.0 + SPEED_SHARE)).max((v + SPEED_FLOOR_M_S).min(SLOW_M_S));
        let speed_cap_m_s = (0..speeds.len()).map(|k| cap(near(k))).collect();
        // Acceleration at each sample; corners have none that a curve should follow.
        let mut acceleration_m_s2 = vec![0.0; data.points.len()];
        for (k, pair) in data.chord_m_s.windows(2).enumerate() {
            let apart_s = (data.t_s[k + 2] - data.t_s[k]) / 2.0;
            acceleration_m_s2[k + 1] = pair[1].distance(pair[0]) / apart_s;
        }
        for span in spans {
            if let Span::Motion(stretch) = span {
                for (k, is_corner) in [(stretch.first, stretch.first_is_corner), (stretch.last, stretch.last_is_corner)]
                {
                    if is_corner {
                        acceleration_m_s2[k] = 0.0;
                    }
                }
            }
        }
        let line_cap_m = (0..speeds.len())
            .map(|k| {
                let sag_m = data.interval_s(k).powi(2) / 8.0 * acceleration_m_s2[k].max(acceleration_m_s2[k + 1]);
                STRAIGHT_FACTOR * sag_m.max(tolerance_m)
            })
            .collect();
        Self { data, tolerance_m, speed_cap_m_s, line_cap_m, acceleration_m_s2, max_acceleration_m_s2, guess: 8 }
    }

    /// Appends the pieces of a stretch; returns how far they are off its samples.
    pub fn push_stretch(&mut self, stretch: &Stretch, trajectory: &mut Trajectory) -> Result<f64, FitError> {
        let mut max_error_m: f64 = 0.0;
        let mut i = stretch.first;
        let mut from_m_s = self.velocity_at(stretch, i);
        while i < stretch.last {
            if let Some((j, to_m_s, error_m)) = self.longest(stretch, i, from_m_s) {
                self.push_cubic(trajectory, (i, j), from_m_s, to_m_s)?;
                max_error_m = max_error_m.max(error_m);
                self.guess = j - i;
                (i, from_m_s) = (j, to_m_s);
            } else {
                i += 1;
                trajectory.push(self.data.points[i].0, &[self.data.point(i)])?;
                from_m_s = self.velocity_at(stretch, i);
            }
        }
        Ok(max_error_m)
    }

    fn velocity_at(&self, stretch: &Stretch, k: usize) -> DVec3 {
        let (first, last) = (stretch.first, stretch.last);
        if (k == first && !stretch.first_is_corner) || (k == last && !stretch.last_is_corner) {
            return DVec3::ZERO;
        }
        let mut velocity = velocity_m_s(self.data, (first, last), k, self.tolerance_m);
        // Next to a rest: no faster than a monotone cubic from there allows (Fritsch and Carlson).
        for (is_next, interval) in
            [(k == first + 1 && !stretch.first_is_corner, first), (k + 1 == last && !stretch.last_is_corner, k)]
        {
            if is_next {
                let most = 3.0 * self.data.chord_m_s[interval];
                velocity = velocity.clamp(most.min(DVec3::ZERO), most.max(DVec3::ZERO));
            }
        }
        velocity = self.within_levels(stretch, k, velocity);
        let before = if k > first { self.speed_cap_m_s[k - 1] } else { 0.0 };
        let behind = if k < last { self.speed_cap_m_s[k] } else { 0.0 };
        let (speed, cap) = (velocity.length(), before.max(behind));
        if speed > cap { velocity * (cap / speed) } else { velocity }
    }

    /// The velocity, no faster on any axis than the shortest pieces around the sample can have it without crossing the level
    /// of a rest that their samples do not cross: their control points are then on the same side.
    fn within_levels(&self, stretch: &Stretch, k: usize, mut velocity: DVec3) -> DVec3 {
        let data = self.data;
        for (rest, is_corner) in [(stretch.first, stretch.first_is_corner), (stretch.last, stretch.last_is_corner)] {
            if is_corner {
                continue;
            }
            let height = data.point(k) - data.point(rest);
            for (neighbour, interval, sign) in [(k.wrapping_sub(1), k.wrapping_sub(1), -1.0), (k + 1, k, 1.0)] {
                if neighbour < stretch.first || neighbour > stretch.last || neighbour >= data.points.len() {
                    continue;
                }
                let other = data.point(neighbour) - data.point(rest);
                for axis in 0..3 {
                    let (h, o, v) = (height[axis], other[axis], sign * velocity[axis]);
                    let most = 3.0 * h.abs() / data.interval_s(interval);
                    // Towards the level, and its other side is not where the samples go.
                    if (h >= 0.0 && o >= 0.0 && v < -most) || (h <= 0.0 && o <= 0.0 && v > most) {
                        velocity[axis] = sign * v.clamp(-most, most);
                    }
                }
            }
        }
        velocity
    }

    /// The last sample that a piece from `i` reaches, the velocity there and the piece's error. `None`: not even one
    /// interval.
    fn longest(&self, stretch: &Stretch, i: usize, from_m_s: DVec3) -> Option<(usize, DVec3, f64)> {
        let best = self.longest_to(stretch, i, from_m_s, |j| !self.is_short(stretch, j));
        best.or_else(|| self.longest_to(stretch, i, from_m_s, |_| true))
    }

    /// Is sample `j` so near an end of its stretch that a knot there would weigh its rounding too much?
    fn is_short(&self, stretch: &Stretch, j: usize) -> bool {
        let shorter = |k: usize, than: usize| {
            than < self.data.chord_m_s.len() && self.data.interval_s(k) < SHORT_SHARE * self.data.interval_s(than)
        };
        (j == stretch.first + 1 && shorter(stretch.first, stretch.first + 1))
            || (j + 1 == stretch.last && j > stretch.first && shorter(j, j - 1))
    }

    /// The same among the samples that may be knots.
    fn longest_to(
        &self,
        stretch: &Stretch,
        i: usize,
        from_m_s: DVec3,
        may_be_knot: impl Fn(usize) -> bool,
    ) -> Option<(usize, DVec3, f64)> {
        let attempt = |j: usize| {
            if !may_be_knot(j) {
                return None;
            }
            let to_m_s = self.velocity_at(stretch, j);
            self.error_m(stretch, (i, j), from_m_s, to_m_s).map(|error_m| (j, to_m_s, error_m))
        };
        let last = stretch.last;
        let reach = |times: usize| (i + self.guess.max(1).saturating_mul(times)).min(last);
        // Short pieces can be impossible where longer ones are not: what a velocity is off weighs more in them.
        let mut best = [1, 2, 4].into_iter().find_map(|times| attempt(reach(times)));
        let mut too_far = if best.is_some() { last + 1 } else { reach(1) };
        loop {
            let reached = best.map_or(i, |b| b.0);
            // Beyond what has worked twice as far, once something has failed half the way to that.
            let j = if too_far > last { (2 * reached - i).min(last) } else { usize::midpoint(reached, too_far) };
            if j == reached {
                return best;
            }
            match attempt(j) {
                Some(found) => best = Some(found),
                None => too_far = j,
            }
        }
    }

    fn cubic(&self, i: usize, j: usize, from_m_s: DVec3, to_m_s: DVec3) -> Cubic {
        let span_s = self.data.t_s[j] - self.data.t_s[i];
        let mean = (self.data.point(j) - self.data.point(i)) / span_s;
        Cubic {
            start_m: self.data.point(i),
            velocity: from_m_s,
            square: (3.0 * mean - 2.0 * from_m_s - to_m_s) / span_s,
            cube: (from_m_s + to_m_s - 2.0 * mean) / (span_s * span_s),
        }
    }

    /// How far the piece is off its samples, if it keeps what is promised.
    fn error_m(&self, stretch: &Stretch, (i, j): (usize, usize), from_m_s: DVec3, to_m_s: DVec3) -> Option<f64> {
        let (data, cubic) = (self.data, self.cubic(i, j, from_m_s, to_m_s));
        let start_s = data.t_s[i];
        // What is going to fail mostly fails in the middle.
        let middle = usize::midpoint(i, j);
        let off = |k: usize| (cubic.at(data.t_s[k] - start_s) - data.point(k)).length();
        if off(middle) > self.tolerance_m {
            return None;
        }
        let jerk = 6.0 * cubic.cube.length();
        // Across a single interval the other choice is a straight line, and its jumps.
        let slack = if j == i + 1 { 1.0 + SHORT_SPEED_SHARE } else { 1.0 };
        let (mut max_error_m, mut max_bend): (f64, f64) = (0.0, 0.0);
        let mut implied = self.acceleration_m_s2[i].max(self.acceleration_m_s2[i.saturating_sub(1)]);
        let (mut last_error_m, mut last_place_m) = (0.0, cubic.start_m);
        let (mut last_velocity, mut last_bend) = (from_m_s, 2.0 * cubic.square);
        for k in i + 1..=j {
            let s = data.t_s[k] - start_s;
            let error_m = if k == j { 0.0 } else { off(k) };
            let velocity = cubic.velocity + (2.0 * cubic.square + 3.0 * s * cubic.cube) * s;
            let bend = 2.0 * cubic.square + 6.0 * s * cubic.cube;
            let h = data.interval_s(k - 1);
            max_bend = max_bend.max(bend.length().max(last_bend.length()));
            let place_m = cubic.at(s);
            let off_line_m =
                f64::max(error_m, last_error_m) + sag_m((place_m - last_place_m) / h, last_velocity, velocity, h);
            // A velocity leaves its chord by no more than h²/8 of the jerk; and it is a parabola within its control
            // points, too.
            let between = last_velocity + last_bend * (h / 2.0);
            let at_ends = velocity.length().max(last_velocity.length());
            let fastest = at_ends.max(between.length()).min(at_ends + h * h / 8.0 * jerk);
            let keeps = error_m <= self.tolerance_m
                && off_line_m <= self.line_cap_m[k - 1]
                && fastest <= self.speed_cap_m_s[k - 1] * slack;
            if !keeps {
                return None;
            }
            max_error_m = max_error_m.max(error_m);
            implied = implied.max(self.acceleration_m_s2[k]);
            (last_error_m, last_place_m, last_velocity, last_bend) = (error_m, place_m, velocity, bend);
        }
        implied = implied.max(self.acceleration_m_s2.get(j + 1).copied().unwrap_or(0.0));
        let touches_rest =
            (i == stretch.first && !stretch.first_is_corner) || (j == stretch.last && !stretch.last_is_corner);
        let cap = match self.max_acceleration_m_s2 {
            Some(limit) if touches_rest && implied <= limit => limit,
            _ => implied * (1.0 + ACCELERATION_SHARE) + ACCELERATION_FLOOR_M_S2,
        };
        let keeps = (j == i + 1 || max_bend <= cap) && self.keeps_levels(stretch, &cubic, i, j);
        keeps.then_some(max_error_m)
    }

    /// Does the piece cross, on any axis, the level of a rest at an end of its stretch only if its samples do?
    fn keeps_levels(&self, stretch: &Stretch, cubic: &Cubic, i: usize, j: usize) -> bool {
        let rests = [(stretch.first, stretch.first_is_corner), (stretch.last, stretch.last_is_corner)];
        let mut rests = rests.into_iter().filter(|(_, is_corner)| !is_corner).map(|(k, _)| self.data.point(k));
        let start_m = self.data.point(i);
        let (low, high) =
            (i..=j).map(|k| self.data.point(k)).fold((start_m, start_m), |(low, high), p| (low.min(p), high.max(p)));
        let span_s = self.data.t_s[j] - self.data.t_s[i];
        let crosses = |axis: usize, level: f64| {
            let (a, b, c) = (3.0 * cubic.cube[axis], 2.0 * cubic.square[axis], cubic.velocity[axis]);
            // Where the velocity of the axis is zero; both roots without cancellation.
            let discriminant = b * b - 4.0 * a * c;
            let q = -0.5 * (b + discriminant.max(0.0).sqrt().copysign(b));
            let turns = [q / a, c / q].into_iter().filter(|s| discriminant >= 0.0 && *s > 0.0 && *s < span_s);
            turns.map(|s| cubic.at(s)[axis]).any(|value| {
                (low[axis] >= level && value < level - RANGE_M) || (high[axis] <= level && value > level + RANGE_M)
            })
        };
        rests.all(|rest_m| (0..3).all(|axis| !crosses(axis, rest_m[axis])))
    }

    fn push_cubic(
        &self,
        trajectory: &mut Trajectory,
        (i, j): (usize, usize),
        from_m_s: DVec3,
        to_m_s: DVec3,
    ) -> Result<(), FitError> {
        let (start_m, end_m) = (self.data.point(i), self.data.point(j));
        let third_s = (self.data.t_s[j] - self.data.t_s[i]) / 3.0;
        let third_m = (end_m - start_m) / 3.0;
        let (leave, arrive) = (from_m_s * third_s, to_m_s * third_s);
        let end_ms = self.data.points[j].0;
        if leave.distance(third_m) < STRAIGHT_M && arrive.distance(third_m) < STRAIGHT_M {
            trajectory.push(end_ms, &[end_m])?;
        } else {
            trajectory.push(end_ms, &[start_m + leave, end_m - arrive, end_m])?;
        }
        Ok(())
    }
}

/// Not below the distance of a cubic of duration `h` from its chord, flown at these velocities: that of the control points
/// from the chord once the curve is halved.
fn sag_m(chord: DVec3, from: DVec3, to: DVec3, h: f64) -> f64 {
    let (leave, arrive) = ((from - chord) * (h / 3.0), (chord - to) * (h / 3.0));
    let halved = [
        leave / 2.0,
        (2.0 * leave + arrive) / 4.0,
        0.375 * (leave + arrive),
        (leave + 2.0 * arrive) / 4.0,
        arrive / 2.0,
    ];
    halved.into_iter().map(DVec3::length).fold(0.0, f64::max)
}

impl Cubic {
    fn at(&self, s: f64) -> DVec3 {
        self.start_m + (self.velocity + (self.square + self.cube * s) * s) * s
    }
}

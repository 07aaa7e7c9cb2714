//! Motion over windows: what rounding of points cannot explain, because it does not add up.
//!
//! Rounding moves a derivative of one short piece by a lot (`motion.rs`), so by piece alone every piece of a show could be
//! over a limit. But rounding moves a point by at most e, and points far apart know the mean of a derivative well. So
//! divided differences of points that stand on the trajectory are held against the limits, too:
//!
//! | over instants | what it is | what it may be |
//! | --- | --- | --- |
//! | t₀, t₁ | mean velocity `v₁ = (x₁−x₀)/T₁` | `v + 2e/T₁` |
//! | t₀ … t₂ | mean acceleration `a₁ = 2(v₂−v₁)/(T₁+T₂)` | `A + 2/(T₁+T₂) · (J + 2e/T₁ + 2e/T₂)` |
//! | t₀ … t₃ | mean jerk `3(a₂−a₁)/(T₁+T₂+T₃)` | `j + 3/(T₁+T₂+T₃) · (Jₐ + c·J + errors of a₁ and a₂)`, `c = max(2/(T₁+T₂), 2/(T₂+T₃))` |
//!
//! With equal intervals these are `|Δx| ≤ vT + 2e`, `|Δ²x| ≤ AT² + JT + 4e` and `|Δ³x| ≤ jT³ + JₐT² + JT + 8e`.
//!
//! **Why nothing honest breaks them.** m! times the m-th divided difference is the mean of the m-th derivative, weighted
//! with the B-spline M over these instants, whose integral is 1. A motion that keeps the limit has a mean that keeps it.
//! One jump J of velocity that the rule of continuity allows adds J times the greatest M of order 2, `2/(T₁+T₂)`, or its
//! greatest slope of order 3; one jump Jₐ of acceleration Jₐ times the greatest M of order 3, at most `3/(T₁+T₂+T₃)`.
//! Each point that is off by e adds its own weight. Jumps that break their own rule are taken off in full: that rule speaks of
//! them. So whatever breaks a window breaks it for every motion within e of the points.
//!
//! **What stays undetected.** Every knot begins a window for each T of a ladder from the shortest piece on, each step at most
//! one and a half times the one before (twice from 1 ms); every interval ends at the first knot that is T or more away. So in a
//! stretch of duration D, whose longest piece is P, there is a window of order m with all intervals at least
//! `⅔((D−P)/m − P)`: for P much below D that is 0.66 D, 0.33 D and 0.22 D. An excess in one direction that lasts D is proved only
//! while it is at most `2e/T`, `J/T + 4e/T²` or `Jₐ/T + J/T² + 8e/T³` for that T: for millimetres and D = 1 s that is 0.003 m/s and
//! 0.19 m/s². Speeds are looked at up to the duration of the show, the others up to [`LONGEST_MS`].
//!
//! **Chains of legal jumps of acceleration.** Jₐ is as large as the limit of acceleration, so a chain of small jumps would hide any
//! jerk. Where a window keeps its limit only thanks to Jₐ, and no joint in it shows a jump of that size beyond its own rounding,
//! jerk is undecided.
//!
//! **Samples** are known at their rows only, and knots are rows. Readers merge the rows of one rest: it has rows as far
//! apart as its neighbour's.

use std::ops::Range;

use kapok_show::{DVec3, Limits, Trajectory, math};

use crate::kernel::fall::Speeds;
use crate::kernel::rounding::U;
use crate::kernel::tally::Tally;
use crate::kernel::track::Track;
use crate::kernel::window::Window;
use crate::settings::ProofSettings;

/// Longest interval over which acceleration and jerk are looked at, milliseconds. A jump J explains J/T: at 0.05 m/s that
/// is below 0.01 m/s² there, and longer intervals would tell no more.
const LONGEST_MS: i64 = 8000;

/// Greatest error of a point in time and place, metres, by direction.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_field_names, reason = "the unit stands in every name")]
pub struct PointError {
    pub xy_m: f64,
    pub z_m: f64,
    pub all_m: f64,
}

impl PointError {
    /// Half a step on each axis, and what the vehicle moves in the error of a time: at most as fast as the limits of speed
    /// allow, and as the trajectory can have been flown. A limit alone would not do: a large one would excuse any window.
    pub fn of(limits: &Limits, settings: &ProofSettings, trajectory: &Trajectory) -> Self {
        let half_m = 0.5 * settings.coordinate_step_m;
        let (xy, z) = if settings.time_error_ms == 0.0 { (0.0, 0.0) } else { flown_m_s(limits, settings, trajectory) };
        let moved_m = |speed_m_s: f64| speed_m_s * settings.time_error_ms / 1000.0;
        Self {
            xy_m: 2f64.sqrt() * half_m + moved_m(xy),
            z_m: half_m + moved_m(z),
            all_m: 3f64.sqrt() * half_m + moved_m(math::hypot(xy, z)),
        }
    }
}

/// Greatest horizontal and vertical speed of any motion within the limits of speed that the trajectory can stand for: on
/// pieces that were shorter in truth, between points that were rounded. Between samples it changes by at most A·T.
fn flown_m_s(limits: &Limits, settings: &ProofSettings, trajectory: &Trajectory) -> (f64, f64) {
    let pieces = trajectory.segments().map(|s| {
        let stated = Speeds::of_piece(s.control_m, s.duration_s());
        let rounded_m_s = (s.control_m.len() - 1) as f64 * settings.coordinate_step_m / s.duration_s();
        let shorter = 1.0 + settings.warp(s.end_ms - s.start_ms, 1);
        // Readers merge the rows of one rest; between two of them the speed changes no more than beside the rest.
        let moves = s.control_m.iter().any(|p| *p != s.control_m[0]);
        let between_m_s = if settings.samples && moves {
            limits.max_acceleration_m_s2 * (s.duration_s() + 2.0 * settings.time_error_ms / 1000.0)
        } else {
            0.0
        };
        let true_m_s = |stated: f64, axes: f64| (stated + axes.sqrt() * rounded_m_s) * shorter + between_m_s;
        (true_m_s(stated.xy_m_s, 2.0), true_m_s(stated.up_m_s.max(stated.down_m_s), 1.0))
    });
    let (xy, z) = pieces.fold((0.0, 0.0), |most: (f64, f64), of| (most.0.max(of.0), most.1.max(of.1)));
    let limit_z = limits.max_velocity_up_m_s.max(limits.max_velocity_down_m_s);
    (xy.min(limits.max_velocity_xy_m_s), z.min(limit_z))
}

/// A jump at a knot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jump {
    /// As the pieces have it.
    pub stated: f64,
    /// Beyond what is excused at this knot.
    pub certain: f64,
}

/// Jumps at the knots of a trajectory, beyond what the rounding of their own pieces explains.
pub struct Joints {
    /// Largest legal jumps of velocity and acceleration, m/s and m/s².
    legal: [f64; 2],
    /// Sums of the jumps that are larger, over all knots before the k-th.
    illegal: [Vec<f64>; 2],
    /// Jumps of acceleration.
    acceleration: Vec<f64>,
}

impl Joints {
    pub fn new(legal: [f64; 2]) -> Self {
        Self { legal, illegal: [vec![0.0], vec![0.0]], acceleration: Vec::new() }
    }

    /// The next knot's jumps, of velocity and of acceleration: what is certain, and what the file has.
    pub fn push(&mut self, jumps: [Jump; 2]) {
        for ((sums, legal), jump) in self.illegal.iter_mut().zip(self.legal).zip(jumps) {
            let sum = sums.last().copied().unwrap_or(0.0);
            sums.push(if jump.certain > legal { sum + jump.stated } else { sum });
        }
        self.acceleration.push(jumps[1].certain);
    }

    /// What jumps at these knots may amount to: one that is legal, and all that are not.
    fn allowed(&self, order: usize, knots: &Range<usize>) -> f64 {
        self.legal[order] + self.illegal(order, knots)
    }

    fn illegal(&self, order: usize, knots: &Range<usize>) -> f64 {
        self.illegal[order][knots.end.max(knots.start)] - self.illegal[order][knots.start]
    }
}

/// A point of the trajectory at which windows begin and end.
#[derive(Clone, Copy)]
struct Node {
    t_ms: i64,
    at_m: DVec3,
    /// How many knots are before it, and how many not after it.
    knots: (usize, usize),
}

/// The knots of consecutive pieces of a trajectory.
pub struct Nodes {
    at_ms: Vec<i64>,
    at_m: Vec<DVec3>,
    /// Of what comes before each knot, and after the last: how far apart the rows of a rest are; 0 if it moves.
    rest_ms: Vec<i64>,
    shortest_ms: i64,
    reach_m: f64,
}

impl Nodes {
    /// The knots of these pieces, with the rests before and after if these are all; `None` if no piece moves.
    pub fn of(trajectory: &Trajectory, pieces: Range<usize>) -> Option<Self> {
        let track = Track::new(trajectory);
        let moving_ms = |k: usize| {
            let piece = track.piece(k + 1);
            (!piece.is_rest()).then_some(piece.end_ms - piece.start_ms)
        };
        let shortest_ms = pieces.clone().filter_map(moving_ms).min()?;
        let mut neighbour_ms = pieces.clone().find_map(moving_ms)?;
        let all = pieces == (0..trajectory.segment_count());
        let first = track.piece(pieces.start + 1);
        let mut nodes = Self {
            at_ms: vec![first.start_ms],
            at_m: vec![first.control_m[0]],
            rest_ms: vec![if all { neighbour_ms } else { 0 }],
            shortest_ms,
            reach_m: first.control_m[0].abs().max_element(),
        };
        for k in pieces {
            let piece = track.piece(k + 1);
            let moving_ms = moving_ms(k);
            neighbour_ms = moving_ms.unwrap_or(neighbour_ms);
            let end_m = piece.control_m[piece.control_m.len() - 1];
            nodes.at_ms.push(piece.end_ms);
            nodes.at_m.push(end_m);
            nodes.rest_ms.push(if moving_ms.is_none() { neighbour_ms } else { 0 });
            nodes.reach_m = nodes.reach_m.max(end_m.abs().max_element());
        }
        nodes.rest_ms.push(if all { neighbour_ms } else { 0 });
        Some(nodes)
    }

    fn knot(&self, k: usize) -> Node {
        Node { t_ms: self.at_ms[k], at_m: self.at_m[k], knots: (k, k + 1) }
    }

    /// The first node at or after an instant after the first knot. `next` is no knot after it, and moves on to the knot
    /// that is the first at or after it.
    fn from(&self, t_ms: i64, next: &mut usize) -> Option<Node> {
        while self.at_ms.get(*next).is_some_and(|&k| k < t_ms) {
            *next += 1;
        }
        let (k, rows_ms) = (*next, self.rest_ms[*next]);
        let moving = || (k < self.at_ms.len()).then(|| self.knot(k));
        if rows_ms == 0 || k == 0 {
            return moving();
        }
        let row_ms = self.at_ms[k - 1] + up_to(t_ms - self.at_ms[k - 1], rows_ms);
        if self.at_ms.get(k).is_some_and(|&end_ms| row_ms >= end_ms) {
            return moving();
        }
        Some(Node { t_ms: row_ms, at_m: self.at_m[k - 1], knots: (k, k) })
    }

    /// Completes a window from the given number of nodes on; is there one?
    fn complete(&self, window: &mut [Node], given: usize, step_ms: i64, next: &mut [usize; 4]) -> bool {
        for m in given..window.len() {
            let Some(node) = self.from(window[m - 1].t_ms + step_ms, &mut next[m]) else { return false };
            window[m] = node;
        }
        true
    }

    /// Every window of N instants, each at least `step_ms` after the one before.
    fn each<const N: usize>(&self, step_ms: i64, mut found: impl FnMut(&[Node; N])) {
        let mut next = [0; 4];
        let mut window = [self.knot(0); N];
        for k in 0..self.at_ms.len() {
            window[0] = self.knot(k);
            if self.complete(&mut window, 1, step_ms, &mut next) {
                found(&window);
            }
        }
        // In a rest that ends here, windows begin so that its end is one of their instants.
        let ends = (0..self.at_ms.len() - 1).filter(|&k| self.rest_ms[k] > 0 && self.rest_ms[k + 1] == 0);
        for k in ends {
            let back_ms = up_to(step_ms, self.at_ms[k + 1] - self.at_ms[k]);
            for before in 1..N - 1 {
                let start_ms = self.at_ms[k] - back_ms * before as i64;
                if k > 0 && start_ms < self.at_ms[k - 1] {
                    break;
                }
                for (m, node) in window[..before].iter_mut().enumerate() {
                    *node = Node { t_ms: start_ms + back_ms * m as i64, at_m: self.at_m[k], knots: (k, k) };
                }
                window[before] = self.knot(k);
                if self.complete(&mut window, before + 1, step_ms, &mut [k; 4]) {
                    found(&window);
                }
            }
        }
    }

    /// Intervals to look at.
    fn ladder(&self, longest_ms: i64) -> impl Iterator<Item = i64> + use<> {
        let longest_ms = longest_ms.min(self.at_ms[self.at_ms.len() - 1] - self.at_ms[0]);
        let steps = |&t: &i64| Some(t + (t / 2).max(1));
        std::iter::successors(Some(self.shortest_ms), steps).take_while(move |&t| t <= longest_ms)
    }

    /// Error of a point and what evaluating it may lose, metres.
    fn errors_m(&self, point_m: f64) -> [f64; 2] {
        [point_m, 8.0 * U * self.reach_m]
    }

    /// Adds mean horizontal speeds.
    pub fn drift(&self, e: PointError, tally: &mut Tally) {
        let e = self.errors_m(e.xy_m);
        for step_ms in self.ladder(i64::MAX) {
            self.each::<2>(step_ms, |w| {
                let (v, per_m) = velocity(w);
                add(tally, w, v.truncate().length(), e.map(|e| e * per_m));
            });
        }
    }

    /// Adds mean climbs and descents.
    pub fn climb(&self, e: PointError, up: &mut Tally, down: &mut Tally) {
        let e = self.errors_m(e.z_m);
        for step_ms in self.ladder(i64::MAX) {
            self.each::<2>(step_ms, |w| {
                let (v, per_m) = velocity(w);
                add(up, w, v.z, e.map(|e| e * per_m));
                add(down, w, -v.z, e.map(|e| e * per_m));
            });
        }
    }

    /// Adds mean accelerations.
    pub fn acceleration(&self, e: PointError, joints: &Joints, tally: &mut Tally) {
        let e = self.errors_m(e.all_m);
        for step_ms in self.ladder(LONGEST_MS) {
            self.each::<3>(step_ms, |w| {
                let (a, per_m, peak) = acceleration(w);
                let [rounding, fuzz] = e.map(|e| e * per_m);
                add(tally, w, a.length(), [rounding + peak * joints.allowed(0, &inside(w)), fuzz]);
            });
        }
    }

    /// Adds mean jerks. Of `samples` the jumps are not known: what a legal one may explain is taken off.
    pub fn jerk(&self, e: PointError, joints: &Joints, limit: f64, samples: bool, tally: &mut Tally) {
        let e = self.errors_m(e.all_m);
        let mut largest = None;
        for step_ms in self.ladder(LONGEST_MS) {
            self.each::<4>(step_ms, |w| {
                let ((a, a_m, a_peak), (b, b_m, b_peak)) = (acceleration(&w[..3]), acceleration(&w[1..]));
                let peak = 3000.0 / (w[3].t_ms - w[0].t_ms) as f64;
                let mean = (b - a).length() * peak;
                let knots = inside(w);
                let [rounding, fuzz] = e.map(|e| e * peak * (a_m + b_m));
                let explained =
                    rounding + peak * (a_peak.max(b_peak) * joints.allowed(0, &knots) + joints.illegal(1, &knots));
                let excess = mean - explained;
                let legal = peak * joints.legal[1];
                if !samples && excess + fuzz > limit && legal > 0.0 {
                    let table = largest.get_or_insert_with(|| Largest::new(&joints.acceleration));
                    let shown = peak * table.of(&knots).min(joints.legal[1]);
                    tally.add_doubt(shown - excess - fuzz);
                }
                add(tally, w, mean, [explained + legal, fuzz]);
            });
        }
    }
}

/// Adds a mean less what is explained and what arithmetic may lose, turned round.
fn add(tally: &mut Tally, nodes: &[Node], mean: f64, [explained, fuzz]: [f64; 2]) {
    let value = mean - explained;
    if value.is_nan() || fuzz.is_nan() {
        tally.add_doubt(f64::NEG_INFINITY);
        return;
    }
    if value > 0.0 && -value < tally.best() {
        tally.add_window(Window::of(nodes.iter().map(|n| n.t_ms)), -(value + fuzz), -(value - fuzz).max(0.0));
    }
}

/// Mean velocity between two instants, and by how much an error of both points, one metre each, can move it.
fn velocity(w: &[Node]) -> (DVec3, f64) {
    let per_s = 1000.0 / (w[1].t_ms - w[0].t_ms) as f64;
    ((w[1].at_m - w[0].at_m) * per_s, 2.0 * per_s)
}

/// Mean acceleration over three instants, the same of it, and the greatest weight of an instant in the mean, 1/s.
fn acceleration(w: &[Node]) -> (DVec3, f64, f64) {
    let ((a, a_m), (b, b_m)) = (velocity(&w[..2]), velocity(&w[1..]));
    let peak = 2000.0 / (w[2].t_ms - w[0].t_ms) as f64;
    ((b - a) * peak, (a_m + b_m) * peak, peak)
}

/// The knots strictly inside a window: elsewhere a jump has no weight.
fn inside(w: &[Node]) -> Range<usize> {
    w[0].knots.1..w[w.len() - 1].knots.0
}

/// The least multiple of `step` that is not below `value`; both above 0.
fn up_to(value: i64, step: i64) -> i64 {
    (value + step - 1) / step * step
}

/// Greatest value of any stretch of a list: a table of stretches whose lengths are powers of two.
struct Largest {
    table: Vec<Vec<f64>>,
}

impl Largest {
    fn new(values: &[f64]) -> Self {
        let mut table = vec![values.to_vec()];
        let mut half = 1;
        while 2 * half <= values.len() {
            let last = &table[table.len() - 1];
            let next = (0..=values.len() - 2 * half).map(|k| last[k].max(last[k + half])).collect();
            table.push(next);
            half *= 2;
        }
        Self { table }
    }

    fn of(&self, stretch: &Range<usize>) -> f64 {
        let Some(level) = stretch.len().checked_ilog2() else { return 0.0 };
        let row = &self.table[level as usize];
        row[stretch.start].max(row[stretch.end - (1 << level)])
    }
}

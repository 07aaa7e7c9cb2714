use std::collections::HashMap;

use crate::kernel::bernstein::Bernstein;
use crate::kernel::rounding::U;
use crate::kernel::search::SearchGoal;
use crate::kernel::track::{CachedPiece, Curve, Track};
use crate::rules::separation::grid::{Ball, Grid};
use crate::rules::separation::pair::{PairBounds, PairRule, PairVerdict, Regime, examine};

/// Pairs of one slab that break a rule, at most; after that the slab is given up as thoroughly broken.
const MAX_BROKEN: usize = 1000;
/// How far beyond its slab a pair is looked at when its pieces last longer, milliseconds.
const MAX_AHEAD_MS: i64 = 60_000;
/// Pairs kept waiting for a closer look, at most.
const MAX_WAITING: usize = 1 << 20;

/// The fleet and the two rules of distance.
pub struct SeparationFleet<'a> {
    pub tracks: Vec<Track<'a>>,
    /// In flight, near the ground.
    pub rules: [PairRule; 2],
    /// Largest coordinate without sign, metres.
    pub reach_m: f64,
    pub max_nodes: u32,
}

/// How far a slab is searched, per rule.
#[allow(clippy::struct_field_names, reason = "the unit is part of each name")]
#[derive(Clone, Copy, Debug)]
pub struct SlabSearch {
    /// First radius to search, metres, and the last.
    pub radius_m: [f64; 2],
    pub max_radius_m: [f64; 2],
    /// Distances from here up are known elsewhere.
    pub cutoff_m: [f64; 2],
    pub tolerance_m: f64,
}

/// How far apart two vehicles are at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairDistance {
    /// Their places in the show, from 0, the lower first.
    pub pair: (u32, u32),
    /// Distance, metres, in the metric of the rule.
    pub distance_m: f64,
    /// Show time, milliseconds.
    pub t_ms: f64,
}

/// Distances in one slab under one rule.
#[derive(Clone, Debug)]
pub struct SlabDistances {
    /// No pair is closer, unless above the cutoff less the tolerance.
    pub lower_m: f64,
    /// The closest distance known.
    pub closest: Option<PairDistance>,
    pub broken: Vec<PairDistance>,
    pub undecided: Vec<PairDistance>,
    /// More pairs than [`MAX_BROKEN`] break the rule.
    pub overflow: bool,
    pub cut_short: bool,
}

/// How much work a slab was.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchWork {
    pub candidates: u64,
    pub searches: u64,
    pub nodes: u64,
    pub exact: u64,
}

/// One vehicle in one slab: `start·(1−u) + end·u + bow·2u(1−u)`, and never further than `off_m` from that. z is divided
/// by the downwash scale.
///
/// Neighbours in a moving picture have nearly the same bow, so it hardly counts in their difference; the rest is of
/// third order in the length of the slab.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: [f64; 3],
    end: [f64; 3],
    bow: [f64; 3],
    off_m: f64,
    z_m: (f64, f64),
    z_ends_m: (f64, f64),
    piece: u32,
}

/// A pair that may break or undercut something.
#[derive(Clone, Copy, Debug)]
struct WaitingPair {
    pair: (u32, u32),
    rule: usize,
    lower_m: f64,
}

/// What is known of a pair beyond the slab at hand.
#[derive(Clone, Copy, Debug)]
struct PairAhead {
    until_ms: i64,
    /// It keeps its limit until then and is never nearer than this; 0 if it must be looked at slab by slab.
    lower_m: f64,
}

/// Looks at slabs of time one after the other; keeps its memory between them.
pub struct Scanner<'a> {
    fleet: &'a SeparationFleet<'a>,
    /// The piece of each vehicle that holds the time just after the start of the slab.
    held: Vec<CachedPiece>,
    spans: Vec<Span>,
    curves: Vec<(i64, i64, Curve)>,
    offsets: Vec<(f64, [f64; 3])>,
    grid: Grid,
    waiting: Vec<WaitingPair>,
    /// By rule and pair. Only ever asked for single pairs, so its order does not matter.
    ahead: HashMap<(usize, u32, u32), PairAhead>,
    pub work: SearchWork,
}

impl<'a> Scanner<'a> {
    /// Ready for slabs from `t_ms` on.
    pub fn starting_at(fleet: &'a SeparationFleet<'a>, t_ms: i64) -> Self {
        let held = fleet.tracks.iter().map(|&t| CachedPiece::new(t, t.index_after(t_ms))).collect();
        let spans = vec![Span::default(); fleet.tracks.len()];
        Self {
            fleet,
            held,
            spans,
            curves: Vec::new(),
            offsets: Vec::new(),
            grid: Grid::default(),
            waiting: Vec::new(),
            ahead: HashMap::new(),
            work: SearchWork::default(),
        }
    }

    /// Prepares the slab `[from_ms, to_ms]`, which must not begin before the one prepared last. Are all vehicles at rest?
    pub fn enter(&mut self, from_ms: i64, to_ms: i64) -> bool {
        let mut still = true;
        for v in 0..self.spans.len() {
            while self.held[v].end_ms <= from_ms {
                self.held[v] = CachedPiece::new(self.fleet.tracks[v], self.held[v].index + 1);
            }
            let span = self.span(v, from_ms, to_ms);
            still &= span.off_m == 0.0;
            self.spans[v] = span;
        }
        still
    }

    fn span(&mut self, vehicle: usize, from_ms: i64, to_ms: i64) -> Span {
        let inverse = 1.0 / self.fleet.rules[0].scale;
        let held = &self.held[vehicle];
        let first = held.index;
        let (mut at, mut t, mut err) = (first, held.end_ms.min(to_ms), 0.0);
        self.curves.clear();
        self.curves.push((from_ms, t, held.curve(from_ms, t)));
        while t < to_ms {
            at += 1;
            let piece = self.fleet.tracks[vehicle].piece(at);
            let end = piece.end_ms.min(to_ms);
            self.curves.push((t, end, piece.curve(t, end)));
            t = end;
        }
        let (a, b) = (&self.curves[0].2, &self.curves[self.curves.len() - 1].2);
        let start = [a[0].start(), a[1].start(), a[2].start() * inverse];
        let end = [b[0].end(), b[1].end(), b[2].end() * inverse];
        let mut z_m = (f64::INFINITY, f64::NEG_INFINITY);
        for (_, _, curve) in &self.curves {
            let range = curve[2].range();
            z_m = (z_m.0.min(range.0), z_m.1.max(range.1));
            err = curve.iter().fold(err, |m: f64, c| m.max(c.err()));
        }
        let span =
            Span { start, end, z_m, z_ends_m: (a[2].start(), b[2].end()), piece: first as u32, ..Span::default() };
        if self.curves.len() == 1 && a.iter().all(|c| c.degree() == 0) {
            return span;
        }
        // Control points less those of the straight motion, with the weights that the bow has there.
        self.offsets.clear();
        let whole = (to_ms - from_ms) as f64;
        for (s, e, curve) in &self.curves {
            let degree = curve.iter().map(Bernstein::degree).fold(2, usize::max);
            let axes = curve.map(|c| c.elevated(degree));
            let (ua, ub) = ((s - from_ms) as f64 / whole, (e - from_ms) as f64 / whole);
            for k in 0..=degree {
                // A straight motion has its control points evenly spaced in time.
                let u = ua + (ub - ua) * (k as f64 / degree as f64);
                let off = |axis: usize, factor: f64| {
                    axes[axis].coefficients()[k] * factor - (start[axis] + (end[axis] - start[axis]) * u)
                };
                self.offsets.push((bow_weight(degree, k, ua, ub), [off(0, 1.0), off(1, 1.0), off(2, inverse)]));
            }
        }
        // Any bow would do; the least squares are cheap and near the best.
        let weight2: f64 = self.offsets.iter().map(|(w, _)| w * w).sum();
        let share = |axis: usize| self.offsets.iter().map(|(w, o)| w * o[axis]).sum::<f64>() / weight2.max(1e-300);
        let bow = [share(0), share(1), share(2)];
        let left2 = self.offsets.iter().fold(0.0f64, |m, (w, o)| {
            let [x, y, z] = [0, 1, 2].map(|axis| o[axis] - w * bow[axis]);
            m.max(x * x + y * y + z * z)
        });
        Span { bow, off_m: left2.sqrt() + 2.0 * err + self.slop_m(), ..span }
    }

    /// More than the bounding volumes can lose to rounding: fewer than 32 roundings of numbers up to `reach_m`.
    fn slop_m(&self) -> f64 {
        64.0 * U * (self.fleet.reach_m + 1.0)
    }

    /// Answers for the slab that was entered last.
    pub fn scan(&mut self, window_ms: (i64, i64), search: &SlabSearch) -> [SlabDistances; 2] {
        let altitude_m = self.fleet.rules[0].altitude_m;
        let mut low = 0;
        let mut high = 0;
        for s in &self.spans {
            low += usize::from(s.z_m.0 < altitude_m);
            high += usize::from(s.z_m.1 >= altitude_m);
        }
        let asked = [high > 0 && self.spans.len() > 1, low > 1];
        let mut results = [SlabDistances::nothing(), SlabDistances::nothing()];
        let mut open = asked;
        let mut radius_m = search.radius_m;
        while open[0] || open[1] {
            let scanned = self.scan_radius(window_ms, search, radius_m, open);
            for (rule, result) in scanned.into_iter().enumerate() {
                if !open[rule] {
                    continue;
                }
                let near = result.closest.is_some_and(|m| m.distance_m <= radius_m[rule]);
                open[rule] = !(near || result.overflow || radius_m[rule] >= search.max_radius_m[rule]);
                results[rule] = result;
                radius_m[rule] = (radius_m[rule] * 2.0).min(search.max_radius_m[rule]);
            }
        }
        results
    }

    fn scan_radius(
        &mut self,
        window_ms: (i64, i64),
        search: &SlabSearch,
        radius_m: [f64; 2],
        open: [bool; 2],
    ) -> [SlabDistances; 2] {
        let fleet = self.fleet;
        let (slop_m, altitude_m, scale) = (self.slop_m(), fleet.rules[0].altitude_m, fleet.rules[0].scale);
        let mut results = [0, 1].map(|rule| SlabDistances { lower_m: radius_m[rule], ..SlabDistances::nothing() });
        let reach = [0, 1].map(|rule| if open[rule] { radius_m[rule] } else { 0.0 });
        let mut grid = std::mem::take(&mut self.grid);
        let balls = self.spans.iter().map(Span::ball);
        grid.fill(balls, reach[0].max(reach[1]) + slop_m);
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut candidates = 0;
        grid.pairs(|i, j| {
            candidates += 1;
            let (a, b) = (&self.spans[i as usize], &self.spans[j as usize]);
            let pair = (i.min(j), i.max(j));
            let above = a.z_m.0 >= altitude_m || b.z_m.0 >= altitude_m;
            let below = a.z_m.1 < altitude_m && b.z_m.1 < altitude_m;
            for rule in 0..2 {
                let (out, inside) = if rule == 0 { (below, above) } else { (above, below) };
                if !open[rule] || out {
                    continue;
                }
                let stretch = if rule == 0 { 1.0 } else { scale };
                let d0 = difference(&a.start, &b.start, stretch);
                let d1 = difference(&a.end, &b.end, stretch);
                let bow_m = 0.5 * length(difference(&a.bow, &b.bow, stretch));
                let lower_m = segment_to_origin(d0, d1) - bow_m - (a.off_m + b.off_m + slop_m) * stretch;
                if lower_m >= radius_m[rule] {
                    continue;
                }
                let result: &mut SlabDistances = &mut results[rule];
                let counts = |za: f64, zb: f64| {
                    inside || {
                        let above = za >= altitude_m + slop_m || zb >= altitude_m + slop_m;
                        let below = za < altitude_m - slop_m && zb < altitude_m - slop_m;
                        if rule == 0 { above } else { below }
                    }
                };
                if counts(a.z_ends_m.0, b.z_ends_m.0) {
                    result.record(pair, length(d0) + slop_m * stretch, window_ms.0 as f64);
                }
                if counts(a.z_ends_m.1, b.z_ends_m.1) {
                    result.record(pair, length(d1) + slop_m * stretch, window_ms.1 as f64);
                }
                if result.interesting(lower_m, fleet.rules[rule].limit_m, search, rule) {
                    waiting.push(WaitingPair { pair, rule, lower_m });
                } else {
                    result.lower_m = result.lower_m.min(lower_m);
                }
            }
            if waiting.len() >= MAX_WAITING {
                self.settle(window_ms, search, &mut waiting, &mut results);
            }
            (0..2).any(|rule| open[rule] && !results[rule].overflow)
        });
        self.settle(window_ms, search, &mut waiting, &mut results);
        self.work.candidates += candidates;
        (self.grid, self.waiting) = (grid, waiting);
        results
    }

    /// Looks closely at the pairs that wait.
    fn settle(
        &mut self,
        window_ms: (i64, i64),
        search: &SlabSearch,
        waiting: &mut Vec<WaitingPair>,
        results: &mut [SlabDistances; 2],
    ) {
        let fleet = self.fleet;
        for w in waiting.drain(..) {
            let (result, rule) = (&mut results[w.rule], &fleet.rules[w.rule]);
            if result.overflow {
                continue;
            }
            if !result.interesting(w.lower_m, rule.limit_m, search, w.rule) {
                result.lower_m = result.lower_m.min(w.lower_m);
                continue;
            }
            let known_m = result.closest.map_or(f64::INFINITY, |m| m.distance_m);
            let goal = SearchGoal {
                limit: rule.limit_m,
                band: 1e-9,
                tolerance: search.tolerance_m,
                cutoff: search.cutoff_m[w.rule].min(known_m),
                max_nodes: fleet.max_nodes,
            };
            let needed_m = rule.limit_m.max(goal.cutoff - goal.tolerance);
            let lower_m = self.ahead(&w, window_ms, rule, goal);
            if lower_m >= needed_m {
                result.lower_m = result.lower_m.min(lower_m.max(w.lower_m));
                continue;
            }
            let found = self.examine(w.pair, window_ms, rule, goal);
            result.cut_short |= found.cut_short;
            result.lower_m = result.lower_m.min(found.lower_m.max(w.lower_m).min(found.upper_m));
            result.record(w.pair, found.upper_m, found.t_ms);
            let distance = PairDistance { pair: w.pair, distance_m: found.upper_m, t_ms: found.t_ms };
            match found.verdict {
                PairVerdict::Kept => {}
                PairVerdict::Undecided => result.undecided.push(distance),
                PairVerdict::Broken => result.broken.push(distance),
            }
            if result.broken.len() >= MAX_BROKEN {
                (result.overflow, result.lower_m) = (true, 0.0);
            }
        }
    }
}

impl Scanner<'_> {
    fn examine(&mut self, pair: (u32, u32), window_ms: (i64, i64), rule: &PairRule, goal: SearchGoal) -> PairBounds {
        let (i, j) = (pair.0 as usize, pair.1 as usize);
        let at = [self.spans[i].piece as usize, self.spans[j].piece as usize];
        let found = examine([self.fleet.tracks[i], self.fleet.tracks[j]], at, window_ms, rule, goal);
        self.work.searches += 1;
        self.work.nodes += found.nodes;
        self.work.exact += found.exact;
        found
    }

    /// A lower bound for a pair that holds to the end of the pieces that both are in at the end of the slab: vehicles
    /// that fly side by side are looked at once per piece instead of once per slab. 0 if there is none.
    fn ahead(&mut self, w: &WaitingPair, window_ms: (i64, i64), rule: &PairRule, goal: SearchGoal) -> f64 {
        let key = (w.rule, w.pair.0, w.pair.1);
        if let Some(known) = self.ahead.get(&key)
            && known.until_ms >= window_ms.1
        {
            return known.lower_m;
        }
        let until = |v: u32| {
            let (track, mut at) = (self.fleet.tracks[v as usize], self.spans[v as usize].piece as usize);
            while track.piece(at).end_ms < window_ms.1 {
                at += 1;
            }
            track.piece(at).end_ms
        };
        let until_ms = until(w.pair.0).min(until(w.pair.1)).min(window_ms.1 + MAX_AHEAD_MS);
        let mut lower_m = 0.0;
        if until_ms > window_ms.1 {
            let found = self.examine(w.pair, (window_ms.0, until_ms), rule, goal);
            if found.verdict == PairVerdict::Kept {
                lower_m = found.lower_m.min(found.upper_m);
            }
        }
        self.ahead.insert(key, PairAhead { until_ms, lower_m });
        lower_m
    }
}

impl Span {
    fn ball(&self) -> Ball {
        let centre = [0, 1, 2].map(|k| 0.5 * (self.start[k] + self.end[k]));
        let radius = 0.5 * (length(difference(&self.start, &self.end, 1.0)) + length(self.bow)) + self.off_m;
        Ball { centre, radius }
    }
}

impl SlabDistances {
    pub fn nothing() -> Self {
        Self {
            lower_m: f64::INFINITY,
            closest: None,
            broken: Vec::new(),
            undecided: Vec::new(),
            overflow: false,
            cut_short: false,
        }
    }

    fn record(&mut self, pair: (u32, u32), distance_m: f64, t_ms: f64) {
        // Ties go to the lowest pair, so that the order of looking does not matter.
        let closer = self.closest.is_none_or(|m| {
            distance_m < m.distance_m || (distance_m == m.distance_m && (t_ms, pair) < (m.t_ms, m.pair))
        });
        if distance_m.is_finite() && closer {
            self.closest = Some(PairDistance { pair, distance_m, t_ms });
        }
    }

    /// Must a pair that may come as close as `lower_m` be looked at closely?
    fn interesting(&self, lower_m: f64, limit_m: f64, search: &SlabSearch, rule: usize) -> bool {
        let known_m = self.closest.map_or(f64::INFINITY, |m| m.distance_m).min(search.cutoff_m[rule]);
        lower_m < limit_m || lower_m < known_m - search.tolerance_m
    }
}

fn difference(a: &[f64; 3], b: &[f64; 3], stretch: f64) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], (a[2] - b[2]) * stretch]
}

fn length(d: [f64; 3]) -> f64 {
    (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt()
}

/// Least distance from the origin to the segment between two points.
fn segment_to_origin(a: [f64; 3], b: [f64; 3]) -> f64 {
    let d = difference(&b, &a, 1.0);
    let (dd, ad) = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2], a[0] * d[0] + a[1] * d[1] + a[2] * d[2]);
    let u = if dd > 0.0 { (-ad / dd).clamp(0.0, 1.0) } else { 0.0 };
    length([0, 1, 2].map(|k| a[k] + d[k] * u))
}

/// Coefficient k of `2u(1−u)` on `[a, b]`, written with degree d ≥ 2: a mean of the values of its polar form.
fn bow_weight(degree: usize, k: usize, a: f64, b: f64) -> f64 {
    let polar = |x: f64, y: f64| x * (1.0 - y) + y * (1.0 - x);
    let (d, k) = (degree as f64, k as f64);
    let rest = d - k;
    let sum = rest * (rest - 1.0) * polar(a, a) + 2.0 * k * rest * polar(a, b) + k * (k - 1.0) * polar(b, b);
    sum / (d * (d - 1.0))
}

/// Which rule has which place in arrays of two.
pub const REGIMES: [Regime; 2] = [Regime::Flight, Regime::Ground];

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::{DVec3, Trajectory};
    use proptest::prelude::*;

    use crate::rules::separation::pair::Regime;

    proptest! {
        /// The bounding volume of a slab holds the motion, across joints too.
        #[test]
        fn spans_hold_the_motion(
            points in prop::collection::vec(prop::array::uniform3(-30.0..30.0f64), 8),
            from in -200..900i64, len in 1..900i64, scale in 1.0..3.0f64, u in 0.0..1.0f64,
        ) {
            let p: Vec<DVec3> = points.iter().map(|c| DVec3::from_array(*c)).collect();
            let mut t = Trajectory::starting_at(0, p[0]).unwrap();
            t.push(300, &p[1..4]).unwrap();
            t.push(500, &p[4..5]).unwrap();
            t.push(900, &p[5..8]).unwrap();
            let rule = PairRule { limit_m: 1.0, scale, regime: Regime::Flight, altitude_m: 0.0 };
            let fleet = SeparationFleet { tracks: vec![Track::new(&t)], rules: [rule; 2], reach_m: 30.0, max_nodes: 100 };
            let mut scanner = Scanner::starting_at(&fleet, from);
            scanner.enter(from, from + len);
            let (s, b) = (scanner.spans[0], scanner.spans[0].ball());
            let at = t.sample(from as f64 + u * len as f64).position_m;
            let at = [at.x, at.y, at.z / scale];
            let on = [0, 1, 2].map(|k| s.start[k] * (1.0 - u) + s.end[k] * u + s.bow[k] * 2.0 * u * (1.0 - u));
            prop_assert!(length(difference(&at, &on, 1.0)) <= s.off_m + 1e-12);
            prop_assert!(length(difference(&at, &b.centre, 1.0)) <= b.radius + 1e-12);
            prop_assert!(s.z_m.0 <= at[2] * scale + 1e-12 && at[2] * scale <= s.z_m.1 + 1e-12);
        }
    }
}

use crate::kernel::bernstein::{Bernstein, COORDINATE};
use crate::kernel::rounding::{root_high, root_low};
use crate::kernel::search::{Minimum, Objective, Poly, SearchGoal, least};
use crate::kernel::track::{Curve, Piece, Track};
use crate::rules::separation::critical;

/// When a rule governs a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// At all times.
    Always,
    /// While at least one of the two is at or above the altitude.
    Flight,
    /// While both are below it.
    Ground,
}

/// How far apart a pair must stay, and when.
#[derive(Clone, Copy, Debug)]
pub struct PairRule {
    pub limit_m: f64,
    /// z counts divided by this.
    pub scale: f64,
    pub regime: Regime,
    pub altitude_m: f64,
}

/// What became of a pair in a window of time.
#[derive(Clone, Copy, Debug)]
pub struct PairBounds {
    pub lower_m: f64,
    pub upper_m: f64,
    pub t_ms: f64,
    pub verdict: PairVerdict,
    pub nodes: u64,
    pub exact: u64,
    /// Some search ended at its limit of nodes.
    pub cut_short: bool,
}

/// Does the pair keep its distance?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairVerdict {
    Kept,
    Undecided,
    Broken,
}

/// Looks at one pair from `from_ms` to `to_ms`. `at` are the pieces that hold the time just after `from_ms`.
pub fn examine(
    tracks: [Track; 2],
    at: [usize; 2],
    (from_ms, to_ms): (i64, i64),
    rule: &PairRule,
    goal: SearchGoal,
) -> PairBounds {
    let mut sum = PairBounds {
        lower_m: f64::INFINITY,
        upper_m: f64::INFINITY,
        t_ms: from_ms as f64,
        verdict: PairVerdict::Kept,
        nodes: 0,
        exact: 0,
        cut_short: false,
    };
    let ([mut ia, mut ib], mut t) = (at, from_ms);
    while t < to_ms {
        let pieces = [tracks[0].piece(ia), tracks[1].piece(ib)];
        let end = pieces[0].end_ms.min(pieces[1].end_ms).min(to_ms);
        common(pieces, (t, end), rule, SearchGoal { cutoff: goal.cutoff.min(sum.upper_m), ..goal }, &mut sum);
        ia += usize::from(pieces[0].end_ms == end);
        ib += usize::from(pieces[1].end_ms == end);
        t = end;
    }
    sum
}

/// One interval on which both motions are polynomials.
fn common(pieces: [Piece; 2], (from_ms, to_ms): (i64, i64), rule: &PairRule, goal: SearchGoal, sum: &mut PairBounds) {
    let [a, b] = pieces.map(|p| p.curve(from_ms, to_ms));
    let (za, zb) = (a[2].range(), b[2].range());
    let below = za.1 < rule.altitude_m && zb.1 < rule.altitude_m;
    let above = za.0 >= rule.altitude_m || zb.0 >= rule.altitude_m;
    let whole = match rule.regime {
        Regime::Always => true,
        Regime::Flight if below => return,
        Regime::Ground if above => return,
        Regime::Flight => above,
        Regime::Ground => below,
    };
    let square = squared_distance(&a, &b, rule.scale);
    let found = if whole {
        least([square], &Distance, &goal)
    } else {
        let ground = rule.regime == Regime::Ground;
        least([square, a[2].widen(), b[2].widen()], &DistanceIn { altitude_m: rule.altitude_m, ground }, &goal)
    };
    sum.nodes += u64::from(found.nodes);
    sum.cut_short |= found.nodes >= goal.max_nodes;
    let Minimum { mut lower, mut upper, at, .. } = found;
    let mut verdict = PairVerdict::Kept;
    if upper < goal.limit {
        verdict = PairVerdict::Broken;
    } else if lower < goal.limit {
        sum.exact += 1;
        if critical::keeps(pieces, (from_ms, to_ms), rule) {
            lower = goal.limit;
        } else if whole {
            (verdict, upper) = (PairVerdict::Broken, upper.min(goal.limit.next_down()));
        } else {
            verdict = PairVerdict::Undecided;
        }
    }
    sum.verdict = sum.verdict.max(verdict);
    sum.lower_m = sum.lower_m.min(lower.min(upper));
    if upper < sum.upper_m {
        sum.upper_m = upper;
        sum.t_ms = from_ms as f64 + at * (to_ms - from_ms) as f64;
    }
}

fn squared_distance(a: &Curve, b: &Curve, scale: f64) -> Poly {
    let axis = |k: usize| -> Bernstein<COORDINATE> { a[k].minus_coordinate(&b[k]) };
    let dz = if scale == 1.0 { axis(2) } else { axis(2).times(1.0 / scale) };
    axis(0).squared().plus(&axis(1).squared()).plus(&dz.squared())
}

/// Distance from its square.
struct Distance;

impl Objective<1> for Distance {
    fn bound(&self, p: &[Poly; 1]) -> Option<f64> {
        Some(root_low(p[0].low()))
    }

    fn value(&self, p: &[Poly; 1], at_end: bool) -> Option<f64> {
        Some(root_high(if at_end { p[0].end() } else { p[0].start() } + p[0].err()))
    }
}

/// Distance, where only the part counts on which both are below an altitude (`ground`), or the other part.
struct DistanceIn {
    altitude_m: f64,
    ground: bool,
}

impl Objective<3> for DistanceIn {
    fn bound(&self, p: &[Poly; 3]) -> Option<f64> {
        let out = if self.ground {
            p[1].low() >= self.altitude_m || p[2].low() >= self.altitude_m
        } else {
            p[1].high() < self.altitude_m && p[2].high() < self.altitude_m
        };
        if out { None } else { Distance.bound(&[p[0]]) }
    }

    fn value(&self, p: &[Poly; 3], at_end: bool) -> Option<f64> {
        let z = |q: &Poly| if at_end { q.end() } else { q.start() };
        let above = |q: &Poly| z(q) - q.err() >= self.altitude_m;
        let below = |q: &Poly| z(q) + q.err() < self.altitude_m;
        let counts = if self.ground { below(&p[1]) && below(&p[2]) } else { above(&p[1]) || above(&p[2]) };
        if counts { Distance.value(&[p[0]], at_end) } else { None }
    }
}

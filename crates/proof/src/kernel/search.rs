use crate::kernel::bernstein::{Bernstein, SQUARE};

/// A polynomial on its way through a search.
pub type Poly = Bernstein<SQUARE>;

/// What is sought: the least value on 0..1, where small is bad.
#[derive(Clone, Copy, Debug)]
pub struct SearchGoal {
    /// Values from here up are good. The search goes on until it knows on which side the minimum lies.
    pub limit: f64,
    /// Bounds this close below the limit are as good as rounding allows: no use in splitting further.
    pub band: f64,
    /// How closely the minimum is wanted.
    pub tolerance: f64,
    /// Something this small is known elsewhere: larger good values are of no interest.
    pub cutoff: f64,
    /// Intervals to look at, at most.
    pub max_nodes: u32,
}

/// What a search found. The least value on the part that counts lies between `lower` and `upper`.
#[derive(Clone, Copy, Debug)]
pub struct Minimum {
    /// No value that counts is below this, unless above the cutoff less the tolerance.
    pub lower: f64,
    /// A value that counts is at most this; infinite if none was met.
    pub upper: f64,
    /// Where, in 0..1.
    pub at: f64,
    /// Intervals looked at.
    pub nodes: u32,
}

impl Minimum {
    /// Nothing counts.
    pub const NOTHING: Self = Self { lower: f64::INFINITY, upper: f64::INFINITY, at: 0.0, nodes: 0 };
}

/// A function of polynomials whose minimum is sought.
pub trait Objective<const K: usize> {
    /// A lower bound on the whole interval; `None` if for certain no point of it counts.
    fn bound(&self, p: &[Poly; K]) -> Option<f64>;
    /// An upper bound of the value at the start or the end; `None` unless that point counts for certain.
    fn value(&self, p: &[Poly; K], at_end: bool) -> Option<f64>;
}

const MAX_DEPTH: u32 = 50;

struct Node<const K: usize> {
    p: [Poly; K],
    bound: f64,
    start: f64,
    depth: u32,
}

/// Branch and bound: halves intervals until each is either bounded well enough or as small as floats allow.
///
/// # Guarantees
/// As stated at [`Minimum`], whether or not `max_nodes` was reached.
pub fn least<const K: usize>(polynomials: [Poly; K], objective: &impl Objective<K>, goal: &SearchGoal) -> Minimum {
    let mut found = Minimum { nodes: 1, ..Minimum::NOTHING };
    for (at, at_end) in [(0.0, false), (1.0, true)] {
        if let Some(value) = objective.value(&polynomials, at_end)
            && value < found.upper
        {
            (found.upper, found.at) = (value, at);
        }
    }
    let Some(bound) = objective.bound(&polynomials) else {
        return found;
    };
    let settled = |bound: f64, upper: f64| {
        let (low, near) = (bound >= goal.limit, bound >= goal.limit - goal.band);
        bound >= upper.min(goal.cutoff) - goal.tolerance && (low || near || upper < goal.limit)
    };
    if settled(bound, found.upper) {
        found.lower = bound.min(found.upper);
        return found;
    }
    let mut open = vec![Node { p: polynomials, bound, start: 0.0, depth: 0 }];
    while let Some(node) = open.pop() {
        if node.depth >= MAX_DEPTH || found.nodes >= goal.max_nodes || settled(node.bound, found.upper) {
            found.lower = found.lower.min(node.bound);
            continue;
        }
        found.nodes += 2;
        let halves = node.p.map(|p| p.split());
        let (left, right) = (halves.map(|h| h.0), halves.map(|h| h.1));
        let depth = node.depth + 1;
        let middle = node.start + 0.5f64.powi(depth as i32);
        if let Some(value) = objective.value(&left, true)
            && value < found.upper
        {
            (found.upper, found.at) = (value, middle);
        }
        let child = |p, start| objective.bound(&p).map(|b: f64| Node { p, bound: b.max(node.bound), start, depth });
        let (a, b) = (child(left, node.start), child(right, middle));
        // The more promising half is looked at first: it lowers `upper`, which prunes.
        let a_first = matches!((&a, &b), (Some(x), Some(y)) if x.bound <= y.bound);
        let (first, second) = if a_first { (a, b) } else { (b, a) };
        open.extend(second);
        open.extend(first);
    }
    found.lower = found.lower.min(found.upper);
    found
}

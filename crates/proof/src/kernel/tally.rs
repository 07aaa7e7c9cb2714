use crate::kernel::rounding::{root_high, root_low};
use crate::kernel::search::{Objective, Poly, SearchGoal, least};
use crate::kernel::window::Window;
use crate::settings::{DECISION_SLACK, ProofSettings};

/// The worst of one vehicle under one rule. Values as reported; `bound` on the bad side of `value`.
#[derive(Clone, Copy, Debug)]
pub struct VehicleWorst {
    pub value: f64,
    pub bound: f64,
    pub t_ms: f64,
    /// Instants over which it is a mean; none for a value at `t_ms`.
    pub window: Window,
    pub cut_short: bool,
}

/// The least value one vehicle reaches under one rule, gathered piece by piece. Small is bad here; a rule for which
/// large is bad turns its values round.
pub struct Tally {
    goal: SearchGoal,
    lower: f64,
    upper: f64,
    t_ms: f64,
    window: Window,
    cut_short: bool,
}

impl Tally {
    /// Values from `limit` up are good; `slack` below it they are still taken.
    pub fn new(limit: f64, slack: f64, settings: &ProofSettings) -> Self {
        let goal = SearchGoal {
            limit: limit - slack.max(DECISION_SLACK),
            band: 1e-10,
            tolerance: settings.tolerance,
            cutoff: f64::INFINITY,
            max_nodes: settings.max_nodes,
        };
        Self {
            goal,
            lower: f64::INFINITY,
            upper: f64::INFINITY,
            t_ms: 0.0,
            window: Window::default(),
            cut_short: false,
        }
    }

    /// Adds an interval of show time on which the objective's polynomials are these.
    pub fn add<const K: usize>(&mut self, window_ms: (i64, i64), p: [Poly; K], objective: &impl Objective<K>) {
        let found = least(p, objective, &SearchGoal { cutoff: self.upper, ..self.goal });
        self.cut_short |= found.nodes >= self.goal.max_nodes;
        let t_ms = window_ms.0 as f64 + found.at * (window_ms.1 - window_ms.0) as f64;
        self.add_point(t_ms, found.lower, found.upper);
    }

    /// Adds an enclosed value at one instant.
    pub fn add_point(&mut self, t_ms: f64, lower: f64, upper: f64) {
        self.lower = self.lower.min(lower);
        if upper < self.upper {
            (self.upper, self.t_ms, self.window) = (upper, t_ms, Window::default());
        }
    }

    /// Adds an enclosed mean over a window.
    pub fn add_window(&mut self, window: Window, lower: f64, upper: f64) {
        self.lower = self.lower.min(lower);
        if upper < self.upper {
            (self.upper, self.t_ms, self.window) = (upper, window.start_ms(), window);
        }
    }

    /// A value that may be reached: a lower bound without an instant at which it is.
    pub fn add_doubt(&mut self, lower: f64) {
        self.lower = self.lower.min(lower);
    }

    /// The least value met so far.
    pub fn best(&self) -> f64 {
        self.upper
    }

    /// As it is, for a rule for which small is bad; `None` if nothing counted.
    pub fn small(&self) -> Option<VehicleWorst> {
        self.upper.is_finite().then(|| VehicleWorst {
            value: self.upper,
            bound: self.lower.min(self.upper),
            t_ms: self.t_ms,
            window: self.window,
            cut_short: self.cut_short,
        })
    }

    /// Turned round, for a rule for which large is bad.
    pub fn large(&self) -> Option<VehicleWorst> {
        self.small().map(|w| VehicleWorst { value: 0.0 - w.value, bound: 0.0 - w.bound, ..w })
    }
}

/// The polynomial itself.
pub struct Value;

impl Objective<1> for Value {
    fn bound(&self, p: &[Poly; 1]) -> Option<f64> {
        Some(p[0].low())
    }

    fn value(&self, p: &[Poly; 1], at_end: bool) -> Option<f64> {
        Some(if at_end { p[0].end() } else { p[0].start() } + p[0].err())
    }
}

/// Minus the root of the polynomial less an allowance, for the largest length of a vector; 0 within the allowance.
pub struct MinusLength {
    pub allowance: f64,
}

impl Objective<1> for MinusLength {
    fn bound(&self, p: &[Poly; 1]) -> Option<f64> {
        Some((self.allowance - root_high(p[0].high())).min(0.0))
    }

    fn value(&self, p: &[Poly; 1], at_end: bool) -> Option<f64> {
        let square = if at_end { p[0].end() } else { p[0].start() } - p[0].err();
        Some((self.allowance - root_low(square)).min(0.0))
    }
}

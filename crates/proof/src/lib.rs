//! Is a show safe? Decided in continuous time, on the trajectories that are flown, whoever planned them.
//!
//! Row of the architecture: **knows** whether a show is safe, independently of how it was planned; small enough to be
//! read in an evening; **imports** `kapok-show` only, never the planner: a proof that shares code with the planner shares
//! its mistakes.
//!
//! # The problem
//! Vehicle i moves along `p_i(t)`, Bézier pieces of degree d ≤ 7 on whole-millisecond intervals. For every pair, at every
//! instant, `|W(p_i − p_j)| ≥ limit` with `W = diag(1, 1, 1/c)`, c the downwash scale; below the minimum navigation
//! altitude (both vehicles) plain distance and a limit of its own; for every vehicle limits on speed, acceleration,
//! jerk, altitude, fence, keep-out volumes.
//!
//! # How it is decided
//! Each condition is that a polynomial (or a simple function of a few) has a minimum on an interval that is good enough.
//! The distance of a pair, for example, gives `s(u) = |W(p_i − p_j)|²`, of degree 2d on the interval both pieces share,
//! with Bernstein coefficients `s_k = Σ_{i+j=k} C(d,i) C(d,j) / C(2d,k) · q_i·q_j`. A polynomial lies between its least
//! and its greatest Bernstein coefficient, and halving the interval by de Casteljau's scheme brings these to the true
//! extremes with quadratic convergence. So: all coefficients good, proved; an end value bad, a witness; else halve. The
//! search encloses the worst value to 1e-6 by default.
//!
//! # Why it is sound
//! Arithmetic is f64 with bounds on rounding that are derived in advance (`rounding.rs` has the table). Where a pair is
//! so near to its limit that these bounds do not decide, exact integers do (`exact.rs`): a pair that flies side by side
//! at exactly the limit, or touches it at one instant, is proved. Outcomes are proved, violated with a witness, and
//! undecided, which counts as not safe.
//!
//! # The rules' fine print
//! - A pair is under the ground rule at the instants at which both are strictly below the minimum navigation altitude, but
//!   never above 5 m, and under the flight rule at all others. There is no instant without a rule.
//! - A vehicle stands on its pad until its trajectory begins and where it ends afterwards, and is held against the others
//!   there too. Trajectories begin on their pads and end on a pad or on the ground ([`Rule::Ends`]), unless
//!   [`ProofSettings::airborne_ends`] says that they are a part of a show.
//! - Speed, acceleration, jerk and their jumps are reported less what rounding of control points to
//!   [`ProofSettings::coordinate_step_m`] can explain in a piece of that degree and duration; their means over windows of
//!   pieces, less what it can explain there (`windows.rs` derives it).
//! - Times that a reader moved by [`ProofSettings::time_error_ms`] are charged to what depends on them; paths in space do not.
//! - Falls of failing vehicles are bounded (`fall.rs` derives how), and returns to home are flown by the whole fleet from every
//!   instant at which the show can be stopped (`return_to_home.rs`).
//! - Vehicles are at rest before and after their trajectories: a start at speed is a jump.

#![allow(clippy::float_cmp, reason = "limits, ties and exact cases are compared as they are; rounding is bounded")]

mod figures;
mod findings;
mod help;
mod invalid_input;
mod kernel;
mod prove;
mod report;
mod rule;
mod rules;
mod settings;
mod statistics;
mod witness;

pub use figures::{Extremes, Margin, MotionBox, area_margins, extremes, fence_margins};
pub use findings::{Checker, Evidence, Findings};
pub use invalid_input::invalid_input;
pub use kernel::fall::{Fall, GRAVITY_M_S2, Speeds};
pub use prove::{assumptions, prove};
pub use rule::{Remedy, Rule, RuleLimit, RuleReport, VehicleRef, Verdict, Witness};
pub use rules::return_to_home::{ReturnEntryReport, verify_return_witness};
pub use rules::separation::{
    ClosestApproach, Distances, PairDistance, PairWitness, SearchEnd, TimeWindow, closest_approach,
};
pub use rules::site::{SiteError, SiteErrorReport, SiteMargin, site_error};
pub use settings::ProofSettings;
pub use statistics::Statistics;
pub use witness::{WitnessFault, verify_witness};

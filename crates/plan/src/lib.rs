//! The planner of Kapok: from a storyboard to a show.
//!
//! Row of the architecture: **knows** assignment, bound, transitions, take-off, landing; **imports** `show`. No I/O, no
//! clock.
//!
//! # The problem
//! n vehicles rest at n starts and must rest at n goals, any vehicle at any goal, within limits on speed, acceleration
//! and jerk, at any instant at least a separation apart in the metric |(x, y, z / c)|, c the downwash scale.
//!
//! # The method
//! Vehicle i flies straight from x_i to its goal g_i, all with one time law β(t) from 0 to 1: p_i = (1−β)x_i + βg_i. With
//! a = x_i − x_j and b = g_i − g_j the difference of a pair is (1−β)a + βb.
//!
//! - **Assignment** ([`assign`]): swapping the goals of i and j changes Σd² by 2 a·b. So the least Σd² has a·b ≥ 0 for all
//!   pairs, and every pair keeps at least |a||b|/√(|a|² + |b|²): spacing/√2 for equal spacings.
//! - **Bound** ([`makespan_bound`]): in every plan some vehicle covers at least the longest trip of the bottleneck
//!   assignment, and no rest-to-rest motion over a trip is faster than the jerk-limited double S ([`rest_to_rest_s`]).
//! - **Longest trips**: the least Σd² among assignments without trips above a radius, the radius as near to the bottleneck as
//!   the exact pair test allows.
//! - **Tight spacing**: where straight lines would come too close the formation spreads out about its centre, flies spread and
//!   draws together: all distances scale with the spread, so this ends wherever there is room. It costs two rests.
//! - **Time law** ([`TimeLaw`]): one jerk-limited S-curve, phases of whole milliseconds, as exact cubic Bézier pieces.
//! - **Pair minima**: the difference of a pair is a segment, so its least distance is a closed form whatever β is;
//!   a grid finds the pairs that matter.
//! - **Rounding**: control points are rounded to a decimal grid ([`PositionGrid`]) before anything is promised; limits
//!   and separation hold for the rounded pieces.

mod assignment;
mod environment;
mod escape;
mod infeasible;
mod lattice;
mod show;
mod spatial;
mod transition;

pub use assignment::{AssignError, AssignSettings, Assignment, AssignmentFault, MakespanBound, assign, makespan_bound};
pub use escape::{
    BrakingLaw, EscapeError, EscapeOutcome, EscapeSettings, InstantOutcome, MotionPeaks, NoWay, return_plans,
};
pub use infeasible::{ClosePair, FormationName, Infeasibility, Place};
pub use lattice::PositionGrid;
pub use show::{Plan, PlanError, PlanSettings, PlanSummary, Planned, plan};
pub use transition::{
    MotionLimits, TimeLaw, TransitionError, TransitionOutcome, TransitionPlan, TransitionReport, TransitionSettings,
    rest_to_rest_s, transition,
};

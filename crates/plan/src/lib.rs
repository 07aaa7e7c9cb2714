//! The planner of Kapok: from a storyboard to a show.
//!
//! Row of the architecture: **knows** assignment, bound, conflicts, airspace, transitions, staging, the sequence of a show,
//! returns to home; **imports** `show`, `motion`. No I/O, no clock.
//!
//! # The problem
//! n vehicles rest at n starts and must rest at n goals, any vehicle at any goal, within limits on speed, acceleration
//! and jerk, at any instant at least a separation apart in the metric |(x, y, z / c)|, c the downwash scale.
//!
//! # The method
//! Vehicle i flies p_i = x_i + β(g_i − x_i) + Σ_k γ_k w_ik to its goal g_i, all with one time law β(t) from 0 to 1 and the
//! same detour functions γ_k(t); for most the w_ik are zero. With a = x_i − x_j and b = g_i − g_j the difference of a pair on straight lines
//! is (1−β)a + βb.
//!
//! - **Assignment** ([`assign`]): swapping the goals of i and j changes Σd² by 2 a·b. So the least Σd² has a·b ≥ 0 for all
//!   pairs, and every pair keeps at least |a||b|/√(|a|² + |b|²): spacing/√2 for equal spacings.
//! - **Bound** ([`makespan_bound`]): in every plan some vehicle covers at least the longest trip of the bottleneck
//!   assignment, and no rest-to-rest motion over a trip is faster than the jerk-limited double S
//!   ([`rest_to_rest_s`](kapok_motion::timing::rest_to_rest_s)).
//! - **Longest trips**: a small Σd² among assignments without trips above a radius, the radius as near to the bottleneck as
//!   pays.
//! - **Detours**: pairs that come too close are pushed apart at their closest moment, and vehicles out of fence and
//!   keep-outs, by the smoothest combination of the law's cubic B-splines, round by round until nothing is left to push.
//! - **Stages**: where no detours are found the formation spreads out about its centre (and rises above obstacles), flies so and
//!   draws together: all distances scale with the spread, so this ends wherever there is room. It costs two rests.
//! - **Time law** ([`TimeLaw`]): one jerk-limited S-curve, phases of whole milliseconds, as exact cubic Bézier pieces.
//! - **Motion**: a scene that moves becomes Bézier pieces with the motion's place, velocity and acceleration at both ends;
//!   pairs are checked by the Bernstein coefficients of their squared distance, in flight and near the ground.
//! - **Layers**: where pads are closer than the separation, the classes of a colouring rise one after the other.
//! - **Pair minima**: without detours the difference of a pair is a segment, so its least distance is a closed form whatever β
//!   is; with detours it is made of cubics, whose squared length the Bernstein coefficients bound. A grid finds the pairs that
//!   matter.
//! - **Rounding**: control points are rounded to a decimal grid ([`PositionGrid`]) before anything is promised; limits
//!   and separation hold for the rounded pieces.
//!
//! # Where things are
//! | question | folder |
//! | --- | --- |
//! | which vehicle flies to which place? | `assignment` |
//! | do vehicles keep apart? | `conflict`: a broad and a narrow phase |
//! | is there room? | `airspace`: fence, keep-outs, altitudes |
//! | how from rest to rest, and out of a motion? | `transition` |
//! | how into the air and down again? | `staging` |
//! | what after what? | `sequence`: the show from the ground to the ground |
//! | what if it is stopped? | `contingency` |
//! | what came of it? | `outcome`: reports, reasons, errors |

mod airspace;
mod assignment;
mod conflict;
mod contingency;
mod limit_check;
mod outcome;
mod sequence;
mod staging;
mod trajectory_writer;
mod transition;
mod vehicle_scale;

pub use assignment::{
    AssignError, AssignSettings, Assignment, AssignmentFault, ExchangeSettings, Exchanged, MakespanBound, assign,
    assign_some, exchange_for_clearance, makespan_bound,
};
pub use contingency::{
    BrakingLaw, DerivativeBounds, InstantOutcome, NoReturn, NoSmartReturn, ReturnEnd, ReturnToHomeError,
    ReturnToHomeOutcome, ReturnToHomeSettings, SmartReturn, SmartReturnError, SmartReturnLimits, SmartReturnOutcome,
    return_to_home, smart_return,
};
pub use kapok_motion::PositionGrid;
pub use kapok_motion::timing::{MotionLimits, TimeLaw};
pub use outcome::{
    AirspaceConflict, ClosePair, ClosestApproach, FormationName, Infeasibility, LimitConflict, LimitExcess,
    MotionPeaks, PlaceName, PlanError, SeparationConflict, TransitionError, TransitionReport,
};
pub use sequence::{Plan, PlanMemory, PlanSettings, PlanSummary, Planned, plan, plan_with};
pub use staging::{LandingError, LandingSchedule, LandingSettings, LayerGroupsError, landing_schedule, layer_groups};
pub use transition::{
    StraightLimits, StraightMatch, TransitionOutcome, TransitionPlan, TransitionSettings, match_straight,
    straight_duration_s, transition,
};

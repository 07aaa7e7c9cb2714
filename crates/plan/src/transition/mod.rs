//! From one point set to another, from rest to rest: the common time law, straight synchronised ways, detours round conflicts and
//! obstacles, stages where none are found; and the moves of a show's fleet, from rest or out of a motion.

mod axis;
mod candidate;
mod curves;
mod detour_basis;
mod expand;
mod fleet_move;
mod fleet_rules;
mod moving_ends;
mod obstacle_clearance;
mod outcome;
mod plan;
mod polish;
mod repair;
mod settings;
mod straight;
mod straight_move;
mod ways;

pub use fleet_rules::{FleetMotion, FleetRules, MoveRequest, PlannedMove, Stretch, all_rest, resting};
pub use outcome::{TransitionOutcome, TransitionPlan};
pub use plan::transition;
pub use settings::TransitionSettings;
pub use straight::{StraightLimits, StraightMatch, match_straight, straight_duration_s};
pub use straight_move::SNAPPED_M;

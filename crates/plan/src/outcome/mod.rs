//! What planning ends with: reports, reasons why something cannot be flown, errors of the input.

mod error;
mod infeasible;
mod names;
mod report;
mod step;

pub use error::{PlanError, TransitionError};
pub use infeasible::{
    AirspaceConflict, ClosePair, Infeasibility, LimitConflict, LimitExcess, MAX_NAMED_PAIRS, SeparationConflict,
};
pub use names::{FormationName, PlaceName, TransitionNames};
pub use report::{ClosestApproach, MotionPeaks, TransitionReport};
pub use step::{Step, Stop, refuse};

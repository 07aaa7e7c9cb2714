//! Who flies where: assignment of least Σd² with its certificate, what a storyboard fixes of it, the bottleneck assignment that
//! bounds the time, exchanges afterwards.

mod augment;
mod bottleneck;
mod check;
mod clearance_exchange;
mod constraints;
mod goals;
mod idle;
mod input;
mod least_squares;
mod levels;
mod measure;
mod path_search;
mod place_swaps;
mod precondition;
mod solver;

pub use bottleneck::{Bottleneck, MakespanBound, bottleneck, makespan_bound, matching_within};
pub use check::AssignmentFault;
pub use clearance_exchange::{ExchangeSettings, Exchanged, exchange_for_clearance};
pub use constraints::AssignmentConstraints;
pub use input::{AssignError, check_points};
pub use least_squares::{AssignSettings, Assigner, Assignment, assign, assign_some, cost};
pub use measure::Measure;

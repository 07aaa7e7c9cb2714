mod airspace;
mod limits;
mod reason;
mod separation;
mod subject;
mod text;

pub use airspace::AirspaceConflict;
pub use limits::{LimitConflict, LimitExcess};
pub use reason::Infeasibility;
pub use separation::SeparationConflict;
pub use text::{ClosePair, MAX_NAMED_PAIRS};

//! Faults by a timetable: a script, and what it does to a fleet.

mod document;
mod read;
mod script;
mod timeline;

pub use document::FaultDocument;
pub use read::{MAX_FAULT_SCRIPT_BYTES, MAX_FAULTS};
pub use script::{Affected, Fault, FaultScript, TimedFault};
pub use timeline::FaultTimeline;

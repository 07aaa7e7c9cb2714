//! What all readers of shows share: bounds on what they take, vehicles in batches, names, notes and defaults.

pub mod bounds;
pub mod clutter;
pub mod decoded;
pub mod format;
pub mod notes;
pub mod reader;
pub mod rounding;
pub mod step;
pub mod vehicle_files;

pub use bounds::ReadBounds;
pub use decoded::{Decoded, IllegalLimit, LimitSources};
pub use format::Format;
pub use step::{SAMPLE_STEP_M, SKYC_STEP_M};

//! Least times from rest to rest, and the common time law that reaches them up to milliseconds.

mod double_s;
mod motion_limits;
mod time_law;

pub use double_s::rest_to_rest_s;
pub use motion_limits::{MotionLimits, Radii};
pub use time_law::{LawPiece, TimeLaw, TripExtent};

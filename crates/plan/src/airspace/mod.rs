//! Does a way stay inside the geofence and out of the keep-outs, between floor and ceiling, and which way out is there?

mod obstacle;
mod room;
mod surroundings;
mod tracks;

pub use obstacle::Obstacle;
pub use room::Airspace;
pub use surroundings::{Surroundings, with_holes_kept_out};
pub use tracks::track_conflict;

//! Which pairs are near enough that their distance matters: grids over slabs of time.

mod conflict_grid;
mod cubics;
mod lines;
mod tracks;

pub use conflict_grid::ConflictGrid;
pub use cubics::{CubicSwarm, NearestMoment};
pub use lines::approaches;
pub use tracks::{SeparationRules, TrackClearance, clearance};

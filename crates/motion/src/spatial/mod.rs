//! Spatial indices over points, each for one pattern of use.
//!
//! | index | points | asks |
//! | --- | --- | --- |
//! | [`CellGrid`] | fixed | every pair within a cell's side, once: [`pairs_within`], [`closest_pair`] |
//! | [`BucketGrid`] | fixed, dense | all points within a radius of a place |
//! | [`CellIndex`] | fixed in number, may move one by one | all points in the cells around a place |
//! | [`GrowingGrid`], [`Sieve`] | added one by one | all points within a radius; is a place far enough from all? |
//! | [`KdTree`] | fixed | nearest by any measure that boxes bound |
//! | [`PowerTree`] | fixed, with prices that rise | least squared distance plus price |
//!
//! All visit in an order that depends on the points alone.

mod bucket_grid;
mod cell_grid;
mod cell_index;
mod growing_grid;
mod kd_tree;
mod power_tree;
mod sieve;

pub use bucket_grid::BucketGrid;
pub use cell_grid::{CellGrid, closest_pair, neighbours_within, pairs_within};
pub use cell_index::CellIndex;
pub use growing_grid::GrowingGrid;
pub use kd_tree::{Bounds, KdTree};
pub use power_tree::{Nearest, PowerTree};
pub use sieve::{Sieve, closest_pair_below};

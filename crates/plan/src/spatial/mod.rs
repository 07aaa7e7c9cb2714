//! Spatial indices: a k-d tree, the same tree with prices (a power diagram query), a hashed uniform grid.

mod grid;
mod kd_tree;
mod power_tree;

pub(crate) use grid::{CellGrid, closest_pair, pairs_within};
pub(crate) use kd_tree::{Bounds, KdTree};
pub(crate) use power_tree::{Nearest, PowerTree};

//! Polynomial CSV of Crazyswarm and uav_trajectories: one file a vehicle, one row a piece.
//!
//! The header is `duration,x^0,…,x^7,y^0,…,y^7,z^0,…,z^7,yaw^0,…,yaw^7`. A row holds the duration in seconds and the
//! coefficients of four polynomials in the seconds since the piece began: x ahead, y to the left, z up (metres), yaw
//! counter-clockwise seen from above (radians). Vehicles are named after their files; all begin at time 0. Lights, site,
//! limits and pads do not exist here.
//!
//! # Loss
//! A polynomial of degree 7 over `[0, T]` is a Bézier piece with `c_k = Σ_{i≤k} C(k,i)/C(7,i) a_i T^i`, so motion is exact
//! but for the rounding of `f64`, which is measured when writing, and for durations that are no whole milliseconds. Yaw of
//! degree 2 and more becomes straight lines between instants; how far these are off is stated. Yaw that is 0 throughout
//! counts as not said.

mod power;
mod read;
mod write;

pub use read::{read_crazyswarm, read_crazyswarm_files};
pub use write::{CrazyswarmExport, write_crazyswarm};

pub(crate) use read::read_files;

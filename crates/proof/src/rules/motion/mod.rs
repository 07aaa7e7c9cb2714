//! Speed, acceleration and jerk: in every piece (`limits`) and in the mean over windows of pieces (`windows`).

pub mod limits;
pub mod windows;

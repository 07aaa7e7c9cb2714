//! Bézier curves of low degree: parts, degree elevation, hodographs, bounds, end conditions.
//!
//! [`Curve`] holds any degree up to 7; the functions on arrays of control points are for kernels of one degree; those on
//! slices change control points in place, of numbers and of points alike.

mod curve;
mod fixed_degree;
mod in_place;
mod quintic;

pub use curve::Curve;
pub use fixed_degree::{
    CubicDerivatives, cubic_at, halves, least_coefficient, line_as_cubic, nearest_to_origin, part, squared_cubic,
    squared_quadratic,
};
pub use in_place::{elevate, restrict};
pub use quintic::quintic;

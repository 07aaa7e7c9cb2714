//! Transcendental functions that give the same bits on every platform (the `libm` crate, a port of musl).
//!
//! The standard library forwards these to the platform; two machines may then differ in the last bit and a show would
//! not be reproducible. `sqrt` and the four operations are exact by IEEE 754 and need no wrapper.

/// Sine of an angle in radians.
pub fn sin(x_rad: f64) -> f64 {
    libm::sin(x_rad)
}

/// Cosine of an angle in radians.
pub fn cos(x_rad: f64) -> f64 {
    libm::cos(x_rad)
}

/// Sine and cosine of an angle in radians.
pub fn sin_cos(x_rad: f64) -> (f64, f64) {
    libm::sincos(x_rad)
}

/// Tangent of an angle in radians.
pub fn tan(x_rad: f64) -> f64 {
    libm::tan(x_rad)
}

/// Arc cosine in radians, 0 to π; NaN outside −1..1.
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Arc sine in radians, −π/2 to π/2; NaN outside −1..1.
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Angle of the point (x, y) in radians, −π to π.
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Cube root.
pub fn cbrt(x: f64) -> f64 {
    libm::cbrt(x)
}

/// √(x² + y²) without overflow.
pub fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

/// e to the power x.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// x to the power y.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

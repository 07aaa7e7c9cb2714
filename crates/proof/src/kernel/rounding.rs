//! What f64 arithmetic may lose, bounded in advance.
//!
//! The model is IEEE 754 round-to-nearest: `fl(x ∘ y) = (x ∘ y)(1 + δ)`, `|δ| ≤ U = 2⁻⁵³`, for `+ − × ÷ √`. Coordinates
//! are at most [`MAX_COORDINATE_M`], so nothing overflows; results below 2⁻¹⁰²² lose less than 2⁻¹⁰⁷⁴, which the factors
//! below outweigh wherever a bound is not zero, and where it is zero the operation was exact.
//!
//! A is the largest coefficient without sign (R: of the result), S the largest less the smallest, d the degree, e the
//! error so far.
//! Coefficients of all the de Casteljau schemes are convex combinations, so an error that is there already is passed on
//! and never grows. What a step adds:
//!
//! | operation | derivation | bound used |
//! | --- | --- | --- |
//! | `split` | `fl(½(a+b))` loses `U·A`; d levels | `2 d U A` |
//! | `part` | `p + (q−p)·w` with `w` itself one rounding off loses `3US + UA`; two passes of d levels | `10 d U (S+A)` |
//! | `elevated` | one such step per degree: `3US + UA` | `5 U (S+A)` |
//! | `plus`, `minus` | one rounding of the result | `2 U R` |
//! | `minus_coordinate` | as above; and each operand may stand for the decimal that it was read from: `U A` each | also `U (A₁+A₂)` |
//! | `times` | the factor up to five roundings off (a unit normal), the product one | `8 U R` |
//! | `derivative` | the difference of two coefficients: `2e`; factor, difference and product rounded: `3 U R` | `2e·factor + 4 U R` |
//! | `squared` | weights convex; term: weight 1, two products 2; at most 8 terms summed: 7 → `11 U A²` | `16 U A² + 2Ae + e²` |
//!
//! The bounds used exceed the derived ones by a quarter or more, and sums of bounds are multiplied by [`GROW`]: that
//! covers second-order terms and the rounding of the bound's own computation.

/// Unit roundoff, 2⁻⁵³.
pub const U: f64 = f64::EPSILON / 2.0;

/// Slightly more than 1.
pub const GROW: f64 = 1.0 + 1.0 / 1_048_576.0;

/// Coordinates beyond this are refused: a show does not span a thousand kilometres.
pub const MAX_COORDINATE_M: f64 = 1e6;

/// A lower bound of the root, from a lower bound of the square.
pub fn root_low(square: f64) -> f64 {
    if square > 0.0 { square.sqrt().next_down() } else { 0.0 }
}

/// An upper bound of the root, from an upper bound of the square.
pub fn root_high(square: f64) -> f64 {
    if square > 0.0 { square.sqrt().next_up() } else { 0.0 }
}

//! The scale of the files that vehicles fly: a .skyb file holds positions as 16-bit multiples of whole millimetres.

/// The step of that scale, metres: whole millimetres, the finest with which 16 bits reach `farthest_m`.
pub fn vehicle_step_m(farthest_m: f64) -> f64 {
    (farthest_m * 1000.0 / 32_767.0).ceil().max(1.0) / 1000.0
}

/// By how much rounding to that scale can bring two vehicles together, metres: half a step on each axis, both ways.
pub fn vehicle_rounding_m(farthest_m: f64) -> f64 {
    vehicle_step_m(farthest_m) * 3f64.sqrt()
}

//! What the new format lost, as its writers measured it.

use serde::Serialize;

/// What the new format lost, as its writer measured it. `None`: not measured, or nothing of the kind is written.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Loss {
    /// Upper bound of the distance of any vehicle from its source at any instant, metres.
    pub(super) max_deviation_m: Option<f64>,
    /// The vehicle where it is largest.
    pub(super) worst_vehicle: Option<String>,
    /// Samples a second.
    pub(super) rate_hz: Option<f64>,
    /// Coarsest grid of a .skyb, millimetres a unit.
    pub(super) scale_mm: Option<u8>,
    /// Latest that a change of colour comes, or farthest that a light key was moved, milliseconds.
    pub(super) worst_light_shift_ms: Option<f64>,
    /// Largest error of a colour channel in fades, 0 to 255, apart from that.
    pub(super) worst_light_error: Option<u8>,
    /// How curves went through samples.
    pub(super) fit: Option<FitLoss>,
    /// Sizes and further losses of .skyb files.
    pub(super) skyb: Option<SkybLoss>,
    /// What the format has no place for.
    pub(super) left_out: String,
}

/// How curves went through samples.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FitLoss {
    pub(super) tolerance_m: f64,
    /// Farthest that a curve is off a sample, metres.
    pub(super) max_error_m: f64,
    /// Upper bound of its distance from the straight lines between samples, metres.
    pub(super) max_deviation_m: f64,
    /// The vehicle where that is largest.
    pub(super) worst_vehicle: String,
    /// Straight lines of all vehicles.
    pub(super) lines: usize,
    /// Pieces in their place.
    pub(super) pieces: usize,
}

/// Sizes and further losses of .skyb files.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SkybLoss {
    /// Segments of all files, and of the one with most.
    pub(super) segments: usize,
    pub(super) max_segments: usize,
    /// Size of the largest file, and which it is.
    pub(super) max_bytes: usize,
    pub(super) largest_vehicle: String,
    /// Bytes of the longest light program.
    pub(super) max_light_bytes: usize,
    /// Farthest that a yaw is off at any instant, degrees.
    pub(super) max_yaw_error_deg: f64,
    /// Layout of the return plans, if there are any.
    pub(super) rth_layout: Option<&'static str>,
    /// Farthest that a target, altitude or neck of a return plan was moved, metres.
    pub(super) max_return_error_m: f64,
    /// Largest change of a duration of a return plan, milliseconds.
    pub(super) max_return_shift_ms: i64,
}

impl SkybLoss {
    /// What there is to tell people.
    pub(super) fn rows(&self, vehicles: usize, bytes: usize) -> Vec<(&'static str, String)> {
        let each = |total: usize| total as f64 / vehicles.max(1) as f64;
        let mut rows = vec![
            ("pieces", format!("{:.1} per vehicle, at most {}", each(self.segments), self.max_segments)),
            (
                "bytes",
                format!(
                    "{:.0} per vehicle, at most {} (vehicle {}), at most {} of lights",
                    each(bytes),
                    self.max_bytes,
                    self.largest_vehicle,
                    self.max_light_bytes
                ),
            ),
        ];
        if self.max_yaw_error_deg > 0.0 {
            rows.push(("yaw", format!("off by at most {:.3} degrees", self.max_yaw_error_deg)));
        }
        if let Some(layout) = self.rth_layout {
            let (off_mm, shift_ms) = (self.max_return_error_m * 1000.0, self.max_return_shift_ms);
            let value = format!("layout {layout}, points moved by at most {off_mm:.2} mm, durations by {shift_ms} ms");
            rows.push(("returns to home", value));
        }
        rows
    }
}

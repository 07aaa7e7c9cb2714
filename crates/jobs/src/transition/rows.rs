use std::fmt::Write as _;

use kapok_show::{DVec3, Show};

use crate::error::JobError;

/// Most rows of a CSV file that is written.
const MAX_CSV_ROWS: u64 = 100_000_000;

/// Rows `vehicle,t,x,y,z`, vehicle by vehicle, at the multiples of the period (to the millisecond) and at the end.
pub(super) fn csv(show: &Show, rate_hz: u32, lift_m: f64) -> Result<Vec<u8>, JobError> {
    let end_ms = show.duration_ms();
    let rate = i64::from(rate_hz);
    let rows = (end_ms.max(0) * rate / 1000 + 2) as u64 * show.vehicles.len() as u64;
    if rows > MAX_CSV_ROWS {
        return Err(JobError::TooManyRows { rows, most: MAX_CSV_ROWS });
    }
    let mut times_ms: Vec<i64> =
        (0..=end_ms * rate / 1000).map(|k| (k * 1000 + rate / 2) / rate).filter(|&t_ms| t_ms < end_ms).collect();
    times_ms.push(end_ms);
    let mut text = String::from("vehicle,t,x,y,z\n");
    for vehicle in &show.vehicles {
        for &t_ms in &times_ms {
            let p = vehicle.trajectory.sample(t_ms as f64).position_m - DVec3::new(0.0, 0.0, lift_m);
            // Adding zero turns a rounded −0 into 0.
            let [x, y, z] = p.to_array().map(|c| (c * 1e4).round() / 1e4 + 0.0);
            let _ = writeln!(text, "{},{},{x:.4},{y:.4},{z:.4}", vehicle.name, t_ms as f64 / 1000.0);
        }
    }
    Ok(text.into_bytes())
}

//! What formats of samples share: when to sample, and how far straight lines between samples are off.

mod deviation;

use kapok_show::{Show, Vehicle};

use crate::WriteError;

pub(crate) use deviation::max_chord_deviation_m;

/// Farthest coordinate that is written, metres.
const MAX_COORDINATE_M: f64 = 1e6;
/// Most samples of one vehicle: an hour at 1000 a second, a day at 40.
const MAX_ROWS: f64 = 4e6;
/// Most samples of all vehicles where they are compressed one after the other, or most of them leave no text.
pub(crate) const MAX_PACKED_ROWS: f64 = 4e8;
/// Most samples of all vehicles where they stand in memory as text: some gigabytes too.
pub(crate) const MAX_PLAIN_ROWS: f64 = 1e8;

/// Is every coordinate of a size that fixed decimals hold?
pub(crate) fn check_extent(vehicle: &Vehicle, format: &'static str) -> Result<(), WriteError> {
    let farthest_m = vehicle.trajectory.control_points_m().iter().map(|p| p.abs().max_element()).fold(0.0, f64::max);
    if farthest_m <= MAX_COORDINATE_M {
        return Ok(());
    }
    Err(WriteError::TooLarge {
        what: format!("a coordinate of vehicle \"{}\" in metres", vehicle.name),
        value: farthest_m,
        limit: MAX_COORDINATE_M,
        format,
        remedy: "check the unit of the positions",
    })
}

/// The multiples of the period, rounded to milliseconds, from 0 (or before, if something moves before) until all rest
/// and no light changes any more.
pub(crate) fn row_times(
    show: &Show,
    rate_hz: f64,
    max_rows: f64,
    format: &'static str,
) -> Result<Vec<i64>, WriteError> {
    let start_ms = show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap_or(0).min(0);
    let last_key_ms = show.vehicles.iter().filter_map(|v| v.lights.keys().last()).map(|k| k.t_ms).max().unwrap_or(0);
    let first = (start_ms as f64 * rate_hz / 1000.0).floor();
    let last = (show.duration_ms().max(last_key_ms) as f64 * rate_hz / 1000.0).ceil().max(first);
    let rows = last - first + 1.0;
    let checks = [
        ("the number of samples of a drone", rows, MAX_ROWS),
        ("the number of samples of all drones", rows * show.vehicles.len() as f64, max_rows),
    ];
    if let Some((what, value, limit)) = checks.into_iter().find(|(_, value, limit)| value > limit) {
        return Err(WriteError::TooLarge { what: what.into(), value, limit, format, remedy: "lower the rate" });
    }
    Ok((first as i64..=last as i64).map(|k| (k as f64 * 1000.0 / rate_hz).round() as i64).collect())
}

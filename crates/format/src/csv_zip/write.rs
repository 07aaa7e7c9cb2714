use std::fmt::Write as _;

use kapok_show::{BadSetting, DVec3, Nwu, Rgb, Show, Vehicle};
use rayon::prelude::*;

use crate::WriteError;
use crate::archive::write_archive;
use crate::sampled::{check_extent, max_chord_deviation_m, row_times};

/// Rows per second if nothing else is asked for: every second tick of light programs.
pub const DEFAULT_CSV_RATE_HZ: f64 = 25.0;

/// Positions are written in units of this, metres.
const GRID_M: f64 = 1e-4;
/// A show as zipped CSV, and what sampling lost.
#[derive(Clone, Debug, PartialEq)]
pub struct CsvExport {
    /// The ZIP archive.
    pub bytes: Vec<u8>,
    /// Rows per second.
    pub rate_hz: f64,
    /// Rows of each drone.
    pub rows: usize,
    /// Upper bound of the distance between the true curves and the straight lines through the rows as written, metres.
    pub max_deviation_m: f64,
    /// The vehicle and the row's time in milliseconds where that bound is largest.
    pub worst_at: (String, i64),
}

/// Writes a show as a ZIP archive of one CSV file per drone, `rate_hz` rows a second ([`DEFAULT_CSV_RATE_HZ`]).
///
/// All drones have rows at the same times: the multiples of the period, rounded to milliseconds, from 0 (or before, if
/// the show begins before) until all have come to rest and no light changes any more. Knots between these times are not written. Positions are
/// rounded to 0.1 mm, colours are those of the row's instant; a change of colour thus shows up to one period late.
///
/// # Errors
/// [`WriteError::Setting`] for a rate outside 0.1 to 1000; [`WriteError::Show`] for a show that is not well formed;
/// [`WriteError::NotCarried`] for vehicle names that make no file names; [`WriteError::TooLarge`] for positions beyond
/// 1000 km or more than 100 million rows of one drone.
///
/// # Determinism
/// The same show gives the same bytes, on any number of threads.
pub fn write_csv_zip(show: &Show, rate_hz: f64) -> Result<CsvExport, WriteError> {
    show.check()?;
    if !(0.1..=1000.0).contains(&rate_hz) {
        return Err(BadSetting { field: "rate_hz", value: rate_hz, why: "it must be from 0.1 to 1000" }.into());
    }
    for vehicle in &show.vehicles {
        check(vehicle)?;
    }
    let times_ms = row_times(show, rate_hz, "zipped CSV")?;
    let measured: Vec<(f64, i64)> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let rows: Vec<(i64, DVec3)> = times_ms.iter().map(|&t_ms| (t_ms, from_grid(on_grid(v, t_ms)))).collect();
            max_chord_deviation_m(&v.trajectory, &rows)
        })
        .collect();
    let mut max_deviation_m = 0.0;
    let mut worst_at = (show.vehicles[0].name.clone(), times_ms.first().copied().unwrap_or(0));
    for (vehicle, &(off_m, t_ms)) in show.vehicles.iter().zip(&measured) {
        if off_m > max_deviation_m {
            max_deviation_m = off_m;
            worst_at = (vehicle.name.clone(), t_ms);
        }
    }
    let bytes = write_archive(show.vehicles.len(), |i| {
        let vehicle = &show.vehicles[i];
        Ok((format!("{}.csv", vehicle.name), text(vehicle, &times_ms).into_bytes()))
    })?;
    Ok(CsvExport { bytes, rate_hz, rows: times_ms.len(), max_deviation_m, worst_at })
}

fn check(vehicle: &Vehicle) -> Result<(), WriteError> {
    let name = vehicle.name.as_str();
    if name.is_empty() || name.contains(['/', '\\']) || name.chars().any(char::is_control) || name.len() > 200 {
        return Err(WriteError::NotCarried {
            what: format!("the vehicle name {name:?}"),
            format: "zipped CSV",
            why: "it is the name of a file: use a short one without / and \\",
        });
    }
    check_extent(vehicle, "zipped CSV")
}

/// Position at an instant in whole tenths of a millimetre, NWU.
fn on_grid(vehicle: &Vehicle, t_ms: i64) -> [i64; 3] {
    let nwu = Nwu::from_site(vehicle.trajectory.sample(t_ms as f64).position_m).0;
    nwu.to_array().map(|c| (c / GRID_M).round() as i64)
}

/// The position as a reader gets it from the text.
fn from_grid(units: [i64; 3]) -> DVec3 {
    Nwu(DVec3::from_array(units.map(|u| u as f64 / 10_000.0))).to_site()
}

fn text(vehicle: &Vehicle, times_ms: &[i64]) -> String {
    let mut out = String::with_capacity(48 * (times_ms.len() + 1));
    out.push_str("Time [msec],x [m],y [m],z [m],Red,Green,Blue\n");
    for &t_ms in times_ms {
        let Rgb { r, g, b } = vehicle.lights.sample(t_ms as f64);
        let written = write!(out, "{t_ms}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        for u in on_grid(vehicle, t_ms) {
            let sign = if u < 0 { "-" } else { "" };
            let written = write!(out, ",{sign}{}.{:04}", u.unsigned_abs() / 10_000, u.unsigned_abs() % 10_000);
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
        let written = writeln!(out, ",{r},{g},{b}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    out
}

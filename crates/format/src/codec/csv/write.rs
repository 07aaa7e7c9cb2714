use std::sync::OnceLock;

use kapok_show::{BadSetting, DVec3, Nwu, Rgb, Show, Vehicle};

use crate::WriteError;
use crate::container::zip::{Effort, write_archive};
use crate::sampled::{MAX_PACKED_ROWS, check_extent, max_chord_deviation_m, row_times};

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
/// 1000 km, 4 million rows of one drone, or 400 million of all.
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
    let times_ms = row_times(show, rate_hz, MAX_PACKED_ROWS, "zipped CSV")?;
    // Each drone is sampled once, for the text and for what its lines are off.
    let measured: Vec<OnceLock<(f64, i64)>> = show.vehicles.iter().map(|_| OnceLock::new()).collect();
    let bytes = write_archive(show.vehicles.len(), Effort::Quick, |i| {
        let vehicle = &show.vehicles[i];
        let rows: Vec<[i64; 3]> = times_ms.iter().map(|&t_ms| on_grid(vehicle, t_ms)).collect();
        let lines: Vec<(i64, DVec3)> = times_ms.iter().zip(&rows).map(|(&t_ms, &row)| (t_ms, from_grid(row))).collect();
        measured[i].get_or_init(|| max_chord_deviation_m(&vehicle.trajectory, &lines));
        Ok((format!("{}.csv", vehicle.name), text(vehicle, &times_ms, &rows).into_bytes()))
    })?;
    let mut max_deviation_m = 0.0;
    let mut worst_at = (show.vehicles[0].name.clone(), times_ms.first().copied().unwrap_or(0));
    for (vehicle, &(off_m, t_ms)) in show.vehicles.iter().zip(measured.iter().filter_map(OnceLock::get)) {
        if off_m > max_deviation_m {
            max_deviation_m = off_m;
            worst_at = (vehicle.name.clone(), t_ms);
        }
    }
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

fn text(vehicle: &Vehicle, times_ms: &[i64], rows: &[[i64; 3]]) -> String {
    let mut out = String::with_capacity(48 * (times_ms.len() + 1));
    out.push_str("Time [msec],x [m],y [m],z [m],Red,Green,Blue\n");
    for (&t_ms, row) in times_ms.iter().zip(rows) {
        push_signed(&mut out, t_ms, 0);
        for &units in row {
            out.push(',');
            push_signed(&mut out, units, 4);
        }
        let Rgb { r, g, b } = vehicle.lights.sample(t_ms as f64);
        for channel in [r, g, b] {
            out.push(',');
            push_signed(&mut out, channel.into(), 0);
        }
        out.push('\n');
    }
    out
}

/// Appends `units` · 10^-`decimals` with all decimals. By hand: formatting machinery takes as long as the compression.
fn push_signed(out: &mut String, units: i64, decimals: usize) {
    // The longest number has 19 digits, and a point.
    let mut digits = [b'0'; 24];
    let mut at = digits.len();
    let mut rest = units.unsigned_abs();
    let mut written = 0;
    while rest > 0 || written <= decimals {
        if written == decimals && decimals > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        written += 1;
    }
    if units < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|&d| char::from(d)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_all_their_decimals() {
        let of = |units, decimals| {
            let mut out = String::new();
            push_signed(&mut out, units, decimals);
            out
        };
        assert_eq!(of(0, 0), "0");
        assert_eq!(of(0, 4), "0.0000");
        assert_eq!(of(-1, 4), "-0.0001");
        assert_eq!(of(12_345, 4), "1.2345");
        assert_eq!(of(-10_000, 4), "-1.0000");
        assert_eq!(of(i64::MIN, 0), i64::MIN.to_string());
    }

    proptest! {
        #[test]
        fn numbers_read_as_the_formatter_writes_them(units in any::<i64>(), shift in 0u32..63) {
            let units = units >> shift;
            let mut out = String::new();
            push_signed(&mut out, units, 4);
            let (sign, abs) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
            prop_assert_eq!(out, format!("{sign}{}.{:04}", abs / 10_000, abs % 10_000));
        }
    }
}

use std::fmt::Write as _;

use kapok_show::{BadSetting, DVec3, Rgb, Show, Vehicle};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::WriteError;
use crate::sampled::{MAX_PACKED_ROWS, MAX_PLAIN_ROWS, check_extent, max_chord_deviation_m, row_times};

/// Positions are written in units of this, metres.
const GRID_M: f64 = 1e-4;

/// A show as .vviz, and what sampling lost.
#[derive(Clone, Debug, PartialEq)]
pub struct VvizExport {
    /// The file.
    pub bytes: Vec<u8>,
    /// Upper bound of the distance between the true curves and straight lines through the samples as written, metres.
    pub max_deviation_m: f64,
    /// The vehicle where that bound is largest.
    pub worst_vehicle: String,
}

/// Writes a show as .vviz, with so many positions and colours a second. Every vehicle leaves its first position at time 0.
///
/// The vehicles' names are added as `agentName`, which is not part of the format.
///
/// # Errors
/// [`WriteError::Setting`] for rates outside 0.1 to 1000; [`WriteError::Show`]; [`WriteError::NotCarried`] for a show
/// that begins before time 0; [`WriteError::TooLarge`] beyond 1000 km, 4 million samples of one drone, or 100 million positions or 400
/// million colours of all.
///
/// # Determinism
/// The same show gives the same bytes, on any number of threads.
pub fn write_vviz(show: &Show, position_rate_hz: f64, colour_rate_hz: f64) -> Result<VvizExport, WriteError> {
    show.check()?;
    for (field, value) in [("position_rate_hz", position_rate_hz), ("colour_rate_hz", colour_rate_hz)] {
        if !(0.1..=1000.0).contains(&value) {
            return Err(BadSetting { field, value, why: "it must be from 0.1 to 1000" }.into());
        }
    }
    if let Some(early) = show.vehicles.iter().find(|v| v.trajectory.start_ms() < 0) {
        return Err(WriteError::NotCarried {
            what: format!("vehicle \"{}\", which moves before time 0,", early.name),
            format: ".vviz",
            why: "the file begins at time 0: move the show so that nothing happens before",
        });
    }
    show.vehicles.iter().try_for_each(|v| check_extent(v, ".vviz"))?;
    let position_times_ms = row_times(show, position_rate_hz, MAX_PLAIN_ROWS, ".vviz")?;
    let colour_times_ms = row_times(show, colour_rate_hz, MAX_PACKED_ROWS, ".vviz")?;
    let parts: Vec<(String, f64)> = show
        .vehicles
        .par_iter()
        .enumerate()
        .map(|(i, vehicle)| {
            let mut out = String::new();
            let off_m =
                push_performance(&mut out, i, vehicle, (&position_times_ms, position_rate_hz), &colour_times_ms);
            (out, off_m)
        })
        .collect();
    let origin = show.site.origin;
    let mut out = String::from("{\"version\":\"1.0\",\"performanceName\":");
    out.push_str(&Value::from(show.title.as_str()).to_string());
    out.push_str(",\"coordinateFrame\":\"ogl\",\"globalReferenceFrame\":");
    out.push_str(&json!({"lat": origin.latitude_deg, "lon": origin.longitude_deg, "alt": origin.amsl_m}).to_string());
    push(&mut out, format_args!(",\"defaultPositionRate\":{position_rate_hz},\"defaultColorRate\":{colour_rate_hz}"));
    out.push_str(",\"timeOffsetSecs\":0,\"performances\":[");
    let mut max_deviation_m = 0.0;
    let mut worst_vehicle = show.vehicles[0].name.clone();
    for (i, (part, off_m)) in parts.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(part);
        if *off_m > max_deviation_m {
            max_deviation_m = *off_m;
            worst_vehicle.clone_from(&show.vehicles[i].name);
        }
    }
    out.push_str("\n]}\n");
    Ok(VvizExport { bytes: out.into_bytes(), max_deviation_m, worst_vehicle })
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Right, up, forward in whole grid units.
fn on_grid(p_m: DVec3) -> [i64; 3] {
    [p_m.x, p_m.z, p_m.y].map(|c| (c / GRID_M).round() as i64)
}

fn from_grid(units: [i64; 3]) -> DVec3 {
    let [x, up, forward] = units.map(|u| u as f64 * GRID_M);
    DVec3::new(x, forward, up)
}

/// Appends whole grid units as metres.
fn push_units(out: &mut String, units: i64) {
    let sign = if units < 0 { "-" } else { "" };
    let magnitude = units.unsigned_abs();
    push(out, format_args!("{sign}{}", magnitude / 10_000));
    if !magnitude.is_multiple_of(10_000) {
        push(out, format_args!(".{:04}", magnitude % 10_000));
    }
}

/// Appends one vehicle; returns the bound of its deviation.
fn push_performance(
    out: &mut String,
    id: usize,
    vehicle: &Vehicle,
    (position_times_ms, position_rate_hz): (&[i64], f64),
    colour_times_ms: &[i64],
) -> f64 {
    let positions: Vec<[i64; 3]> =
        position_times_ms.iter().map(|&t_ms| on_grid(vehicle.trajectory.sample(t_ms as f64).position_m)).collect();
    let rows: Vec<(i64, DVec3)> =
        position_times_ms.iter().zip(&positions).map(|(&t_ms, &units)| (t_ms, from_grid(units))).collect();
    let home = positions.first().copied().unwrap_or_default();
    push(
        out,
        format_args!("{{\"id\":{id},\"agentName\":{},\"agentDescription\":{{", Value::from(vehicle.name.as_str())),
    );
    for (name, units) in ["homeX", "homeY", "homeZ"].into_iter().zip(home) {
        push(out, format_args!("\"{name}\":"));
        push_units(out, units);
        out.push(',');
    }
    out.push_str("\"agentTraversal\":[");
    let mut last = home;
    // Home is the first position; each delta leads to the end of a line or of a rest, and takes its time.
    for (k, (i, periods)) in ends_of_rests(&positions).into_iter().skip(1).enumerate() {
        out.push_str(if k == 0 { "{" } else { ",{" });
        if periods > 1 {
            push(out, format_args!("\"dt\":{},", periods as f64 / position_rate_hz));
        }
        for (c, name) in ["\"dx\":", ",\"dy\":", ",\"dz\":"].into_iter().enumerate() {
            out.push_str(name);
            push_units(out, positions[i][c] - last[c]);
        }
        out.push('}');
        last = positions[i];
    }
    out.push_str("]},\"payloadDescription\":[{\"id\":0,\"type\":\"Light\",\"payloadActions\":[");
    let colours: Vec<Rgb> = colour_times_ms.iter().map(|&t_ms| vehicle.lights.sample(t_ms as f64)).collect();
    for (k, held) in colours.chunk_by(|a, b| a == b).enumerate() {
        let (Rgb { r, g, b }, periods) = (held[0], held.len());
        out.push_str(if k == 0 { "{" } else { ",{" });
        if periods > 1 {
            push(out, format_args!("\"frames\":{periods},"));
        }
        push(out, format_args!("\"r\":{r},\"g\":{g},\"b\":{b}}}"));
    }
    out.push_str("]}]}");
    max_chord_deviation_m(&vehicle.trajectory, &rows).0
}

/// The samples to be written, with the periods since the one before: all but those inside a run of equal values.
fn ends_of_rests<T: PartialEq>(samples: &[T]) -> Vec<(usize, usize)> {
    let mut kept = Vec::new();
    let mut last = 0;
    for i in 0..samples.len() {
        let inside = i > 0 && i + 1 < samples.len() && samples[i - 1] == samples[i] && samples[i] == samples[i + 1];
        if !inside {
            kept.push((i, i - last));
            last = i;
        }
    }
    kept
}

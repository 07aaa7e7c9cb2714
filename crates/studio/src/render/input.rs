use std::borrow::Cow;
use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_format::fit::{DEFAULT_FIT_TOLERANCE_M, fit_trajectory};
use kapok_format::{ReadBounds, read_skyc};
use kapok_motion::PositionGrid;
use kapok_show::{DVec3, LightKey, LightProgram, LimitField, Nwu, Rgb, Show, Trajectory, pad_below};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::json::read_part;
use crate::refusal::Refusal;

/// Grid of written positions, metres: well below what a vehicle can hold, and it takes off the noise of 32-bit floats.
const POSITION_GRID_M: f64 = 1e-4;
/// Longest show, seconds.
const MAX_TIME_S: f64 = 86_400.0;

#[derive(Deserialize)]
struct ShowJson<'a> {
    #[serde(default)]
    version: Option<f64>,
    #[serde(borrow, default)]
    environment: Option<&'a RawValue>,
    #[serde(borrow, default)]
    settings: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    media: Option<&'a RawValue>,
    #[serde(borrow)]
    swarm: SwarmJson<'a>,
}

#[derive(Deserialize)]
struct SwarmJson<'a> {
    #[serde(borrow)]
    drones: Vec<DroneJson<'a>>,
}

#[derive(Deserialize)]
struct DroneJson<'a> {
    #[serde(borrow)]
    settings: DroneSettings<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DroneSettings<'a> {
    #[serde(default)]
    name: Option<String>,
    #[serde(borrow)]
    trajectory: &'a RawValue,
    #[serde(borrow, default)]
    lights: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pyro: Option<&'a RawValue>,
    #[serde(borrow, default)]
    yaw_control: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct LightsJson {
    #[serde(default)]
    version: Option<f64>,
    data: Vec<(f64, [f64; 3], f64)>,
}

/// A drone's own part.
struct Flown {
    /// `None`: the request states final pieces, which the reader of .skyc reads.
    samples: Option<Vec<(i64, DVec3)>>,
    lights: LightProgram,
}

/// A show made of a request.
pub struct ShowRead {
    pub show: Show,
    /// Names of the limits that the request states.
    pub stated: Vec<LimitField>,
    /// What was assumed or lost, one sentence each.
    pub notes: Vec<String>,
}

/// The show of `input.data`.
///
/// Samples become curves ([`fit_trajectory`]), light keys programs. Everything else is what .skyc files hold too and is
/// read by the reader of those.
pub fn read(data: &RawValue) -> Result<ShowRead, Refusal> {
    let wrong = |why: String| Refusal::BadRequest(format!("the show cannot be read: {why}"));
    let scene: ShowJson = read_part(data, "data").map_err(wrong)?;
    if let Some(other) = scene.version.filter(|v| *v != 1.0) {
        return Err(Refusal::BadRequest(format!("the show is of version {other}, but version 1 is read")));
    }
    let drones = scene.swarm.drones;
    let most = ReadBounds::default().max_vehicles;
    if drones.is_empty() || drones.len() > most {
        return Err(Refusal::BadRequest(format!(
            "the show has {} drones, but 1 to {most} can be written",
            drones.len()
        )));
    }
    let flown: Vec<Result<Flown, String>> = drones.par_iter().map(|d| fly(&d.settings)).collect();
    let mut parts = Vec::with_capacity(drones.len());
    for (i, (drone, part)) in drones.iter().zip(flown).enumerate() {
        let name = drone.settings.name.clone().unwrap_or_else(|| format!("Drone {}", i + 1));
        parts.push((part.map_err(|why| Refusal::BadRequest(format!("drone \"{name}\": {why}")))?, name));
    }
    let swarm: Vec<String> =
        drones.iter().zip(&parts).map(|(d, (flown, name))| skeleton(&d.settings, flown, name)).collect();
    let or_empty = |raw: Option<&RawValue>| raw.map_or("{}", RawValue::get).to_owned();
    let text = format!(
        "{{\"version\":1,\"environment\":{},\"settings\":{},\"meta\":{},\"media\":{},\"swarm\":{{\"drones\":[{}]}}}}",
        or_empty(scene.environment),
        or_empty(scene.settings),
        or_empty(scene.meta),
        or_empty(scene.media),
        swarm.join(",")
    );
    let decoded = read_skyc(&packed(text.as_bytes())?, &ReadBounds::default()).map_err(Refusal::bad)?;
    if let Some(illegal) = decoded.limits_from_file.illegal {
        return Err(Refusal::bad(illegal.error));
    }
    let mut show = decoded.show;
    let mut notes = decoded.notes;
    let limit_m_s2 = show.limits.max_acceleration_m_s2;
    let fitted: Vec<Option<Result<(Trajectory, f64), String>>> =
        parts.par_iter().map(|(part, _)| part.samples.as_ref().map(|samples| curve(samples, limit_m_s2))).collect();
    let mut off_m = 0.0_f64;
    for ((vehicle, (part, name)), fitted) in show.vehicles.iter_mut().zip(parts).zip(fitted) {
        if let Some(fitted) = fitted {
            let (trajectory, error_m) =
                fitted.map_err(|why| Refusal::BadRequest(format!("drone \"{name}\": {why}")))?;
            off_m = off_m.max(error_m);
            vehicle.trajectory = trajectory;
        }
        vehicle.home_m = pad_below(vehicle.trajectory.start_point_m());
        vehicle.lights = part.lights;
    }
    show.check().map_err(Refusal::bad)?;
    if off_m > 0.0 {
        notes.push(format!(
            "curves were fitted to the samples of the request, nowhere more than {:.1} mm off a sample",
            1000.0 * off_m
        ));
    }
    Ok(ShowRead { show, stated: decoded.limits_from_file.from_file, notes })
}

/// A drone as a .skyc file states it, with its first and last place for a trajectory.
fn skeleton(settings: &DroneSettings, flown: &Flown, name: &str) -> String {
    let mut json = json!({ "name": name, "lights": { "version": 1, "data": "AA==" } });
    let stated = match flown.samples.as_deref() {
        None | Some([]) => Some(settings.trajectory),
        Some([first, rest @ ..]) => {
            let at = |p: DVec3| Nwu::from_site(p).0.to_array();
            let point = |&(t_ms, p): &(i64, DVec3)| json!([t_ms as f64 / 1000.0, at(p), []]);
            let points: Vec<_> = [Some(first), rest.last()].into_iter().flatten().map(point).collect();
            json["home"] = json!(at(pad_below(first.1)));
            json["trajectory"] = json!({ "version": 1, "points": points });
            None
        }
    };
    let mut text = json.to_string();
    text.pop();
    for (key, raw) in [("trajectory", stated), ("pyro", settings.pyro), ("yawControl", settings.yaw_control)] {
        if let Some(raw) = raw {
            for part in [",\"", key, "\":", raw.get()] {
                text.push_str(part);
            }
        }
    }
    format!("{{\"type\":\"generic\",\"settings\":{text}}}}}")
}

/// One uncompressed member `show.json`.
fn packed(show_json: &[u8]) -> Result<Vec<u8>, Refusal> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("show.json", options).map_err(Refusal::internal)?;
    zip.write_all(show_json).map_err(Refusal::internal)?;
    Ok(zip.finish().map_err(Refusal::internal)?.into_inner())
}

fn fly(settings: &DroneSettings) -> Result<Flown, String> {
    let grid = PositionGrid::new(POSITION_GRID_M).map_err(|e| e.to_string())?;
    let snapped = |list: Vec<(i64, DVec3)>| list.into_iter().map(|(t_ms, p)| (t_ms, grid.snap(p))).collect();
    Ok(Flown { samples: samples(settings.trajectory)?.map(snapped), lights: lights(settings.lights)? })
}

/// The curve through samples, and the farthest that it is off one.
fn curve(samples: &[(i64, DVec3)], limit_m_s2: f64) -> Result<(Trajectory, f64), String> {
    let grid = PositionGrid::new(POSITION_GRID_M).map_err(|e| e.to_string())?;
    let fitted = fit_trajectory(samples, DEFAULT_FIT_TOLERANCE_M, Some(limit_m_s2)).map_err(|e| e.to_string())?;
    let curve = &fitted.trajectory;
    let mut trajectory =
        Trajectory::starting_at(curve.start_ms(), grid.snap(curve.start_point_m())).map_err(|e| e.to_string())?;
    for piece in curve.segments() {
        let control_m: Vec<DVec3> = piece.control_m[1..].iter().map(|&p| grid.snap(p)).collect();
        // A piece of no motion is a rest.
        let still = control_m.iter().all(|p| *p == trajectory.end_point_m());
        let control_m = if still { &control_m[..1] } else { &control_m[..] };
        trajectory.push(piece.end_ms, control_m).map_err(|e| e.to_string())?;
    }
    Ok((trajectory, fitted.max_error_m + grid.rounding_m()))
}

/// Times in milliseconds, strictly increasing, and places in the site frame; `None` if the trajectory is of version 1, which
/// states final pieces.
fn samples(raw: &RawValue) -> Result<Option<Vec<(i64, DVec3)>>, String> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(default)]
        version: Option<f64>,
        #[serde(borrow)]
        points: &'a RawValue,
    }
    let wrong = |why: String| format!("its trajectory cannot be read: {why}");
    let head: Head = read_part(raw, "trajectory").map_err(wrong)?;
    let quads: Vec<[f64; 4]> = match head.version.unwrap_or(0.0) {
        1.0 => return Ok(None),
        0.0 => read_part(head.points, "points").map_err(wrong)?,
        2.0 => {
            #[derive(Deserialize)]
            struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
            let Text(text) = read_part(head.points, "points").map_err(wrong)?;
            let bytes = STANDARD.decode(text.as_bytes()).map_err(|e| format!("its trajectory is no base64: {e}"))?;
            let (quads, rest) = bytes.as_chunks::<16>();
            if !rest.is_empty() {
                return Err(format!("its trajectory has {} bytes, but a sample has 16 each", bytes.len()));
            }
            let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            quads.iter().map(|q| std::array::from_fn(|k| f64::from(float(&q[4 * k..4 * k + 4])))).collect()
        }
        other => {
            return Err(format!(
                "its trajectory is of version {other}: versions 0 and 2 are samples, 1 is final pieces"
            ));
        }
    };
    if quads.is_empty() {
        return Err("its trajectory has no samples".into());
    }
    let mut list: Vec<(i64, DVec3)> = Vec::with_capacity(quads.len());
    for (index, [t, x, y, z]) in quads.into_iter().enumerate() {
        if ![t, x, y, z].iter().all(|c| c.is_finite()) || t.abs() > MAX_TIME_S {
            return Err(format!("sample {index} has a number that is not finite, or is more than a day away"));
        }
        let t_ms = (1000.0 * t).round() as i64;
        if list.last().is_some_and(|last| last.0 >= t_ms) {
            return Err(format!("sample {index} at {t} s is not a millisecond later than the one before"));
        }
        list.push((t_ms, Nwu(DVec3::new(x, y, z)).to_site()));
    }
    Ok(Some(list))
}

fn lights(raw: Option<&RawValue>) -> Result<LightProgram, String> {
    let Some(raw) = raw else { return Ok(LightProgram::dark()) };
    let json: LightsJson = read_part(raw, "lights").map_err(|why| format!("its lights cannot be read: {why}"))?;
    if let Some(other) = json.version.filter(|v| *v != 1.0) {
        return Err(format!("its lights are of version {other}, but version 1 is read"));
    }
    let mut keys = Vec::with_capacity(json.data.len());
    for (index, (t, rgb, fade)) in json.data.into_iter().enumerate() {
        if t.abs() > MAX_TIME_S || !rgb.iter().all(|c| (0.0..=255.0).contains(c)) {
            return Err(format!("light key {index} is more than a day away, or a colour is outside 0 to 255"));
        }
        let [r, g, b] = rgb.map(|c| c.round() as u8);
        keys.push(LightKey { t_ms: (1000.0 * t).round() as i64, colour: Rgb::new(r, g, b), fade: fade != 0.0 });
    }
    LightProgram::from_keys(keys).ok_or_else(|| "its light keys are not in the order of time".into())
}

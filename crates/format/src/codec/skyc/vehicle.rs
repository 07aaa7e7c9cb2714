use std::sync::Arc;

use base64::Engine;
use kapok_show::{DVec3, LightKey, LightProgram, Nwu, Rgb, Vehicle, pad_below};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parts::{BASE64, Part, Resolver, missing};
use super::pyro::read_pyro;
use super::return_to_home::read_plan;
use super::times::Times;
use super::trajectory::TrajectoryJson;
use super::yaw::read_yaw;
use crate::container::zip::Archive;
use crate::error::shortened;
use crate::light::{compile_lights, decode_lights_until};
use crate::swarm::notes::Note;
use crate::swarm::reader::VehicleRead;
use crate::text::json::Known;
use crate::{ReadBounds, ReadError};

/// How far the landing place may be from the end of the trajectory without a note, metres.
const LANDING_TOLERANCE_M: f64 = 0.001;

/// What is counted over all drones.
pub(super) struct More {
    pub loaded_bytes: u64,
    /// The drone states no name.
    pub nameless: bool,
}

#[derive(Deserialize)]
struct DroneJson<'a> {
    #[serde(default, rename = "type")]
    _kind: Known,
    #[serde(borrow, default)]
    settings: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SettingsJson<'a> {
    #[serde(default)]
    name: Option<String>,
    #[serde(borrow, default)]
    trajectory: Option<&'a RawValue>,
    #[serde(borrow, default)]
    lights: Option<&'a RawValue>,
    #[serde(default)]
    home: Option<[f64; 3]>,
    #[serde(default)]
    land_at: Option<[f64; 3]>,
    #[serde(borrow, default)]
    pyro: Option<&'a RawValue>,
    #[serde(borrow, default)]
    yaw_control: Option<&'a RawValue>,
    #[serde(borrow, default)]
    rth_plan: Option<&'a RawValue>,
    #[serde(default)]
    group: Option<f64>,
}

#[derive(Deserialize)]
struct LightsJson {
    #[serde(default)]
    version: Option<f64>,
    data: String,
}

/// What the added object knows of one vehicle.
#[derive(Clone, Debug, Default)]
pub(super) struct Added {
    /// Its exact light keys.
    pub lights: Option<LightProgram>,
    /// Largest acceleration of its return plan, m/s².
    pub return_acceleration_m_s2: Option<f64>,
}

/// Reads one entry of `swarm.drones`.
pub(super) fn read_vehicle(
    archive: &Archive,
    bounds: &ReadBounds,
    drones: &Part,
    index: usize,
    raw: &RawValue,
    added: &Added,
) -> Result<VehicleRead<More>, ReadError> {
    let resolver = Resolver::new(archive, bounds, Arc::clone(&drones.skipped));
    let mut name = String::new();
    read(&resolver, bounds, drones, index, raw, added, &mut name).map_err(|e| e.of_vehicle(index, &name))
}

fn read(
    resolver: &Resolver,
    bounds: &ReadBounds,
    drones: &Part,
    index: usize,
    raw: &RawValue,
    added: &Added,
    name: &mut String,
) -> Result<VehicleRead<More>, ReadError> {
    let mut notes = Vec::new();
    let drone = resolver.resolve(drones, &format!("[{index}]"), raw)?;
    let Some(settings) = drone.parse::<DroneJson>()?.settings else {
        return Err(missing(drone.place(), "settings", "a drone needs settings with a trajectory"));
    };
    let settings = resolver.resolve(&drone, "settings", settings)?;
    let json: SettingsJson = settings.parse()?;
    let nameless = json.name.is_none();
    if let Some(given) = json.name {
        *name = given;
    } else {
        *name = format!("Drone {}", index + 1);
        notes.push("it has no name and was numbered".into());
    }
    if name.len() > bounds.max_name_bytes {
        return Err(ReadError::OverLimit {
            place: settings.place_at("name"),
            what: "the length of the name in bytes",
            value: name.len() as u64,
            limit: bounds.max_name_bytes as u64,
            field: "max_name_bytes",
        });
    }
    let Some(trajectory) = json.trajectory else {
        return Err(missing(settings.place(), "trajectory", "every drone needs one"));
    };
    let part = resolver.expanded(resolver.resolve(&settings, "trajectory", trajectory)?)?;
    let (trajectory, mut rounding) = part.parse::<TrajectoryJson>()?.build(&part.place(), bounds)?;
    drop(part);

    let mut unending = None;
    let lights = if let Some(lights) = json.lights {
        let part = resolver.expanded(resolver.resolve(&settings, "lights", lights)?)?;
        read_lights(&part, bounds, trajectory.end_ms().max(0), added.lights.as_ref(), &mut notes, &mut unending)?
    } else {
        notes.push("it has no lights: constantly white, as players show it".into());
        constantly_white()
    };
    let home_m = if let Some(home) = json.home {
        Nwu(DVec3::from_array(home)).to_site() + 0.0
    } else {
        notes.push("it has no home: the ground (z = 0) below the start of the trajectory is taken".into());
        pad_below(trajectory.start_point_m())
    };
    let land_at_m = json.land_at.map(|land_at| Nwu(DVec3::from_array(land_at)).to_site() + 0.0);
    let land_at_m = land_at_m.filter(|at| at.distance(trajectory.end_point_m()) > LANDING_TOLERANCE_M);
    if land_at_m.is_some() {
        notes.push("its place to land is not where its trajectory ends; the trajectory counts".into());
    }
    let mut times = Times::new(bounds);
    let part = |name: &str, raw: Option<&RawValue>| -> Result<Option<Part>, ReadError> {
        let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok(None) };
        resolver.expanded(resolver.resolve(&settings, name, raw)?).map(|part| Some(into_owned(part)))
    };
    let yaw = part("yawControl", json.yaw_control)?.map(|part| read_yaw(&part, bounds, &mut times)).transpose()?;
    let pyro = part("pyro", json.pyro)?.map(|part| read_pyro(&part, bounds, &mut times)).transpose()?;
    let return_to_home = part("rthPlan", json.rth_plan)?
        .map(|part| read_plan(&part, bounds, &trajectory, added.return_acceleration_m_s2, &mut times))
        .transpose()?;
    if return_to_home.is_none() && added.return_acceleration_m_s2.is_some() {
        let text = "the object `kapok` states the acceleration of a return plan that is not there: left out";
        notes.push(Note::left_out(text));
    }
    let group = json.group.unwrap_or(0.0);
    if group.fract() != 0.0 || !(0.0..=255.0).contains(&group) {
        return Err(ReadError::BadValue {
            place: settings.place_at("group"),
            value: format!("group {group}"),
            why: "is no number of a group".into(),
            remedy: "groups are whole, from 0 to 255",
        });
    }
    rounding.merge(times.rounding);
    notes.append(&mut times.notes);
    let mut vehicle = Vehicle::new(std::mem::take(name), home_m, trajectory, lights);
    vehicle.group = group as u8;
    vehicle.land_at_m = land_at_m;
    (vehicle.yaw, vehicle.pyro, vehicle.return_to_home) = (yaw, pyro, return_to_home);
    let more = More { loaded_bytes: resolver.loaded_bytes(), nameless };
    Ok(VehicleRead { vehicle, notes, rounding, unending, more })
}

/// The part with its text, so that it no longer borrows from the settings.
fn into_owned(part: Part) -> Part<'static> {
    Part { member: part.member.into_owned().into(), text: part.text.into_owned().into(), ..part }
}

/// What players show for a drone without lights.
fn constantly_white() -> LightProgram {
    LightProgram::from_keys(vec![LightKey { t_ms: 0, colour: Rgb::WHITE, fade: false }]).unwrap_or_default()
}

fn read_lights(
    part: &Part,
    bounds: &ReadBounds,
    horizon_ms: i64,
    exact: Option<&LightProgram>,
    notes: &mut Vec<Note>,
    unending: &mut Option<Vec<u8>>,
) -> Result<LightProgram, ReadError> {
    let json: LightsJson = part.parse()?;
    part.check_version(json.version, "lights")?;
    let bytes = BASE64.decode(json.data.as_bytes()).map_err(|e| ReadError::BadValue {
        place: part.place_at("data"),
        value: format!("\"{}\"", shortened(&json.data)),
        why: format!("is no base64 ({e})"),
        remedy: "export the lights again",
    })?;
    if let Some(exact) = exact {
        // The same program may be written in other commands, by an earlier version.
        let program = |code: &[u8]| decode_lights_until(code, horizon_ms, bounds).map(|decoded| decoded.program);
        let is_same = |code: &[u8]| code == bytes || program(code).is_ok_and(|a| program(&bytes).is_ok_and(|b| a == b));
        if compile_lights(exact).is_ok_and(|compiled| is_same(&compiled.bytes)) {
            return Ok(exact.clone());
        }
        notes.push(
            "its light byte code is not that of the exact keys in the object `kapok` (another program changed it): the \
             byte code counts"
                .into(),
        );
    }
    let decoded = decode_lights_until(&bytes, horizon_ms, bounds).map_err(|mut error| {
        // The decoder knows the byte; the member is known here.
        if let ReadError::Damaged { place, .. }
        | ReadError::OverLimit { place, .. }
        | ReadError::BadValue { place, .. } = &mut error
        {
            place.member = part.member.as_ref().into();
            place.at = part.place_at(&format!("data, {}", place.at)).at;
        }
        error
    })?;
    notes.extend(decoded.other_notes().map(|note| Note::left_out(note.to_string())));
    if decoded.is_unending() {
        *unending = Some(bytes);
    }
    Ok(decoded.program)
}

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use kapok_show::{DVec3, LightKey, LightProgram, Nwu, Rgb, Vehicle};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parts::{Part, Resolver};
use super::read::missing;
use super::trajectory::TrajectoryJson;
use crate::archive::Archive;
use crate::error::shortened;
use crate::light::{compile_lights, decode_lights_until};
use crate::rounding::Rounding;
use crate::{ReadError, ReadLimits};

/// Standard base64, with or without the padding at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How far the landing place may be from the end of the trajectory without a note, metres.
const LANDING_TOLERANCE_M: f64 = 0.001;

/// One drone as read.
pub(super) struct VehicleRead {
    pub vehicle: Vehicle,
    pub notes: Vec<String>,
    pub rounding: Rounding,
    pub loaded_bytes: u64,
}

#[derive(Deserialize)]
struct DroneJson<'a> {
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
    #[serde(borrow, default)]
    group: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct LightsJson {
    #[serde(default)]
    version: Option<f64>,
    data: String,
}

/// Reads one entry of `swarm.drones`. `exact` are its light keys as the added object states them.
pub(super) fn read_vehicle(
    archive: &Archive,
    limits: &ReadLimits,
    drones: &Part,
    index: usize,
    raw: &RawValue,
    exact: Option<&LightProgram>,
) -> Result<VehicleRead, ReadError> {
    let resolver = Resolver::new(archive, limits);
    let mut name = String::new();
    read(&resolver, limits, drones, index, raw, exact, &mut name).map_err(|e| e.of_vehicle(index, &name))
}

fn read(
    resolver: &Resolver,
    limits: &ReadLimits,
    drones: &Part,
    index: usize,
    raw: &RawValue,
    exact: Option<&LightProgram>,
    name: &mut String,
) -> Result<VehicleRead, ReadError> {
    let mut notes = Vec::new();
    let drone = resolver.resolve(drones, &format!("[{index}]"), raw)?;
    let Some(settings) = drone.parse::<DroneJson>()?.settings else {
        return Err(missing(drone.place(), "settings", "a drone needs settings with a trajectory"));
    };
    let settings = resolver.resolve(&drone, "settings", settings)?;
    let json: SettingsJson = settings.parse()?;
    if let Some(given) = json.name {
        *name = given;
    } else {
        *name = format!("Drone {}", index + 1);
        notes.push("it has no name and was numbered".into());
    }
    if name.len() > limits.max_name_bytes {
        return Err(ReadError::OverLimit {
            place: settings.place_at("name"),
            what: "the length of the name in bytes",
            value: name.len() as u64,
            limit: limits.max_name_bytes as u64,
            field: "max_name_bytes",
        });
    }
    let Some(trajectory) = json.trajectory else {
        return Err(missing(settings.place(), "trajectory", "every drone needs one"));
    };
    let part = resolver.expanded(resolver.resolve(&settings, "trajectory", trajectory)?)?;
    let (trajectory, rounding) = part.parse::<TrajectoryJson>()?.build(&part.place(), limits)?;
    drop(part);

    let lights = if let Some(lights) = json.lights {
        let part = resolver.expanded(resolver.resolve(&settings, "lights", lights)?)?;
        read_lights(&part, limits, trajectory.end_ms().max(0), exact, &mut notes)?
    } else {
        notes.push("it has no lights: constantly white, as players show it".into());
        constantly_white()
    };
    let home_m = if let Some(home) = json.home {
        Nwu(DVec3::from_array(home)).to_site() + 0.0
    } else {
        notes.push("it has no home: the start of the trajectory is taken".into());
        trajectory.start_point_m()
    };
    if let Some(land_at) = json.land_at {
        let land_at_m = Nwu(DVec3::from_array(land_at)).to_site();
        if land_at_m.distance(trajectory.end_point_m()) > LANDING_TOLERANCE_M {
            notes.push("its place to land is not where its trajectory ends; the trajectory counts".into());
        }
    }
    for (what, present) in [
        ("pyrotechnics are", json.pyro.is_some()),
        ("yaw control is", json.yaw_control.is_some()),
        ("the return plan is", json.rth_plan.is_some()),
        ("the group is", json.group.is_some()),
    ] {
        if present {
            notes.push(format!("{what} left out"));
        }
    }
    let vehicle = Vehicle::new(std::mem::take(name), home_m, trajectory, lights);
    Ok(VehicleRead { vehicle, notes, rounding, loaded_bytes: resolver.loaded_bytes() })
}

/// What players show for a drone without lights.
fn constantly_white() -> LightProgram {
    LightProgram::from_keys(vec![LightKey { t_ms: 0, colour: Rgb::WHITE, fade: false }]).unwrap_or_default()
}

fn read_lights(
    part: &Part,
    limits: &ReadLimits,
    horizon_ms: i64,
    exact: Option<&LightProgram>,
    notes: &mut Vec<String>,
) -> Result<LightProgram, ReadError> {
    let json: LightsJson = part.parse()?;
    if let Some(version) = json.version.filter(|v| v.total_cmp(&1.0).is_ne()) {
        return Err(ReadError::BadValue {
            place: part.place_at("version"),
            value: version.to_string(),
            why: "is no known version of lights".into(),
            remedy: "export them as version 1",
        });
    }
    let bytes = BASE64.decode(json.data.as_bytes()).map_err(|e| ReadError::BadValue {
        place: part.place_at("data"),
        value: format!("\"{}\"", shortened(&json.data)),
        why: format!("is no base64 ({e})"),
        remedy: "export the lights again",
    })?;
    if let Some(exact) = exact {
        if compile_lights(exact).is_ok_and(|compiled| compiled.bytes == bytes) {
            return Ok(exact.clone());
        }
        notes.push(
            "its light byte code is not that of the exact keys in the object `kapok` (another program changed it): the \
             byte code counts"
                .into(),
        );
    }
    let decoded = decode_lights_until(&bytes, horizon_ms, limits).map_err(|mut error| {
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
    notes.extend(decoded.notes.iter().map(ToString::to_string));
    Ok(decoded.program)
}

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_show::{LightProgram, ReturnAction, Show, Vehicle, seconds};
use rayon::prelude::*;
use serde_json::Value;

use super::extension::{ExactLights, KapokJson, VERSION};
use super::pyro::push_pyro;
use super::return_to_home::push_plan;
use super::trajectory::{INNER_POINTS, push_point, push_trajectory};
use super::yaw::push_yaw;
use super::{audio, camera, chapters, settings};
use crate::container::zip::{Effort, write_archive};
use crate::light::{compile_lights, decode_lights_until};
use crate::text::number::{push_f64, push_member};
use crate::{ReadBounds, WriteError};

/// Degrees that the format holds.
const DEGREES: [usize; 4] = [INNER_POINTS[0] + 1, INNER_POINTS[1] + 1, INNER_POINTS[2] + 1, INNER_POINTS[3] + 1];

/// Writes a show as a .skyc file.
///
/// # Guarantees
/// [`crate::read_skyc`] gives back a show equal to this one, without notes.
///
/// # Errors
/// [`WriteError::Show`] and [`WriteError::Setting`] for a show that is not well formed; [`WriteError::NotCarried`] for
/// pyrotechnics and return plans that are not; [`WriteError::Degree`] for
/// segments of degree 4, 5 or 6; [`WriteError::NotFinite`]; [`WriteError::TooLarge`] for lights longer than 2.7 years and
/// music above 256 MiB.
/// Segments of degree 7 are written, but the format's JavaScript player does not take them.
///
/// # Determinism
/// The same show gives the same bytes, on any number of threads.
pub fn write_skyc(show: &Show) -> Result<Vec<u8>, WriteError> {
    show.check()?;
    show.limits.validate()?;
    let folders = member_folders(show);
    let lights: Vec<Result<(Vec<u8>, bool), WriteError>> =
        show.vehicles.par_iter().map(|v| compiled(&v.lights)).collect();
    let lights: Vec<(Vec<u8>, bool)> = lights.into_iter().collect::<Result<_, _>>()?;
    show.vehicles.iter().try_for_each(check_vehicle)?;
    if let Some(audio) = &show.audio {
        let limits = ReadBounds::default();
        let checks = [
            ("the music, in bytes,", audio.bytes.len() as f64, limits.max_audio_bytes as f64),
            ("the start of the music, in milliseconds,", audio.start_ms as f64, limits.max_time_ms as f64),
        ];
        if let Some((what, value, limit)) = checks.into_iter().find(|(_, value, limit)| value > limit) {
            let remedy = "give a shorter or more strongly compressed file";
            return Err(WriteError::TooLarge { what: what.into(), value, limit, format: ".skyc", remedy });
        }
    }
    let kapok = KapokJson {
        version: VERSION,
        site: show.site,
        environment: show.environment.clone(),
        limits: show.limits,
        profile: show.profile.clone(),
        chapters: show.chapters.clone(),
        draft: show.draft,
        exact_lights: (0..)
            .zip(&show.vehicles)
            .zip(&lights)
            .filter(|(_, (_, exact))| !exact)
            .map(|((i, vehicle), _)| ExactLights::of(i, &vehicle.lights))
            .collect(),
        return_accelerations: (0..)
            .zip(&show.vehicles)
            .filter_map(|(i, v)| Some((i, v.return_to_home.as_ref()?.max_acceleration_m_s2?)))
            .collect(),
    };
    let head = show_json(show, &folders, &kapok)?;
    let members: Vec<(usize, &str)> =
        (0..).zip(&show.vehicles).flat_map(|(i, v)| parts_of(v).map(move |part| (i, part))).collect();
    let before = 1 + usize::from(show.audio.is_some());
    write_archive(before + members.len(), Effort::Usual, |i| {
        let Some(&(index, part)) = i.checked_sub(before).and_then(|i| members.get(i)) else {
            return Ok(match &show.audio {
                Some(audio) if i > 0 => (audio::member_name(audio).into(), audio.bytes.to_vec()),
                _ => ("show.json".into(), head.clone().into_bytes()),
            });
        };
        let (folder, vehicle) = (&folders[index], &show.vehicles[index]);
        let mut text = String::new();
        match part {
            "trajectory" => push_trajectory(&mut text, &vehicle.trajectory),
            "lights" => {
                text = format!("{{\"version\":1,\"data\":\"{}\"}}", STANDARD.encode(&lights[index].0));
            }
            "yawControl" => vehicle.yaw.iter().for_each(|yaw| push_yaw(&mut text, yaw)),
            "pyro" => vehicle.pyro.iter().for_each(|pyro| push_pyro(&mut text, pyro)),
            _ => vehicle.return_to_home.iter().for_each(|plan| push_plan(&mut text, plan, &vehicle.trajectory)),
        }
        Ok((format!("drones/{folder}/{part}.json"), text.into_bytes()))
    })
}

/// The parts that a vehicle has, each a member of its own.
fn parts_of(vehicle: &Vehicle) -> impl Iterator<Item = &'static str> + use<> {
    let parts = [
        ("trajectory", true),
        ("lights", true),
        ("yawControl", vehicle.yaw.is_some()),
        ("pyro", vehicle.pyro.is_some()),
        ("rthPlan", vehicle.return_to_home.is_some()),
    ];
    parts.into_iter().filter(|(_, present)| *present).map(|(part, _)| part)
}

/// What the format cannot say, or what a reader would refuse.
fn check_vehicle(vehicle: &Vehicle) -> Result<(), WriteError> {
    let name = &vehicle.name;
    let not_finite = |what: &str| Err(WriteError::NotFinite { what: format!("{what} of vehicle \"{name}\"") });
    let refused = |what: String, why| Err(WriteError::NotCarried { what, format: ".skyc", why });
    if !vehicle.home_m.is_finite() {
        return not_finite("the pad");
    }
    if vehicle.land_at_m.is_some_and(|at| !at.is_finite()) {
        return not_finite("the landing place");
    }
    if let Some((segment, degree)) =
        vehicle.trajectory.segments().map(|s| s.degree()).enumerate().find(|(_, d)| !DEGREES.contains(d))
    {
        return Err(WriteError::Degree { vehicle: name.clone(), segment, degree, format: ".skyc", allowed: &DEGREES });
    }
    if let Some(pyro) = &vehicle.pyro {
        if let Some(event) = pyro.fault() {
            let what = format!("the event at {} of vehicle \"{name}\"", seconds(event.t_ms));
            return refused(what, "events must be in the order of time and name a payload that is described");
        }
        let payloads = || pyro.payloads.values();
        if payloads().any(|p| [p.yaw_deg, p.pitch_deg].into_iter().flatten().any(|deg| !deg.is_finite())) {
            return not_finite("a payload");
        }
        if payloads().any(|p| [p.prefire_ms, p.duration_ms].into_iter().flatten().any(|ms| ms < 0)) {
            return refused(format!("a payload of vehicle \"{name}\""), "its durations must not be negative");
        }
    }
    let Some(plan) = &vehicle.return_to_home else { return Ok(()) };
    let what = || format!("the return plan of vehicle \"{name}\"");
    let positive = |value: f64| value.is_finite() && value > 0.0;
    if !positive(plan.landing_speed_m_s) || plan.max_acceleration_m_s2.is_some_and(|a| !positive(a)) {
        return refused(what(), "landing speed and largest acceleration must be finite and above 0");
    }
    if plan.entries.windows(2).any(|w| w[0].time_s >= w[1].time_s) {
        return refused(what(), "the times of its entries must increase strictly");
    }
    let mut numbers = vec![plan.landing_altitude_m];
    for entry in &plan.entries {
        numbers.extend(entry.landing_altitude_m);
        let (duration_ms, neck) = match entry.action {
            ReturnAction::Land => (0, None),
            ReturnAction::KeepAltitude { target_m, duration_ms } => {
                numbers.extend(target_m.to_array());
                (duration_ms, None)
            }
            ReturnAction::Straight { target_m, duration_ms, neck } => {
                numbers.extend(target_m.to_array());
                (duration_ms, neck)
            }
        };
        numbers.extend(neck.map(|n| n.height_m));
        let durations = [entry.pre_delay_ms, entry.post_delay_ms, duration_ms, neck.map_or(0, |n| n.duration_ms)];
        if durations.iter().any(|&ms| ms < 0) {
            return refused(what(), "its durations must not be negative");
        }
        if neck.is_some_and(|n| n.height_m != 0.0 && n.duration_ms == 0) {
            return refused(what(), "a neck must take time");
        }
    }
    if numbers.iter().any(|n| !n.is_finite()) {
        return not_finite("the return plan");
    }
    Ok(())
}

/// Byte code, and whether it gives back exactly the same keys.
fn compiled(program: &LightProgram) -> Result<(Vec<u8>, bool), WriteError> {
    let bytes = compile_lights(program)?.bytes;
    let back = decode_lights_until(&bytes, i64::MAX, &ReadBounds::default());
    let exact = back.is_ok_and(|decoded| decoded.program == *program);
    Ok((bytes, exact))
}

/// A folder name per vehicle: its own name with everything but ASCII letters, digits, space, `-`, `_` and `.`
/// replaced; numbered where that leaves two alike or nothing usable.
fn member_folders(show: &Show) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut folders = Vec::with_capacity(show.vehicles.len());
    for (i, vehicle) in show.vehicles.iter().enumerate() {
        let plain = |c: char| if c.is_ascii_alphanumeric() || " -_.".contains(c) { c } else { '_' };
        let mut folder: String = vehicle.name.trim().chars().take(64).map(plain).collect();
        // Some systems do not tell upper from lower case, or drop points at the end.
        while folder.trim_matches(['.', ' ']).len() != folder.len()
            || folder.is_empty()
            || !taken.insert(folder.to_ascii_lowercase())
        {
            folder = format!("{}_{}", folder.trim_matches(['.', ' ']), i + 1);
        }
        folders.push(folder);
    }
    folders
}

/// The text of `show.json`, one line per drone.
fn show_json(show: &Show, folders: &[String], kapok: &KapokJson) -> Result<String, WriteError> {
    let not_finite = || WriteError::NotFinite { what: "site, environment, limits or profile".into() };
    let added = serde_json::to_string(kapok).map_err(|_| not_finite())?;
    // JSON has no NaN and no infinity: whatever does not read back equal had one.
    if serde_json::from_str::<KapokJson>(&added).ok().as_ref() != Some(kapok) {
        return Err(not_finite());
    }
    let text = |value: &Value| value.to_string();
    let mut out = String::with_capacity(1024 + added.len() + 256 * folders.len());
    out.push_str("{\"version\":1,\n\"environment\":{\"type\":\"");
    out.push_str(if show.environment.indoor { "indoor" } else { "outdoor" });
    out.push_str("\",\"location\":");
    out.push_str(&text(&settings::location(&show.site)));
    out.push_str(",\"cameras\":");
    out.push_str(&text(&camera::cameras(&show.environment.audiences)));
    out.push_str("},\n\"meta\":{\"title\":");
    out.push_str(&text(&Value::from(show.title.as_str())));
    out.push_str(",\"segments\":");
    out.push_str(&text(&chapters::segments(&show.chapters)));
    out.push('}');
    if let Some(audio) = &show.audio {
        out.push_str(",\n\"media\":");
        audio::push_media(&mut out, audio);
    }
    out.push_str(",\n\"settings\":{\"cues\":");
    out.push_str(&text(&chapters::cues(&show.chapters)));
    if let Some(fence) = settings::geofence(&show.environment) {
        out.push_str(",\"geofence\":");
        out.push_str(&text(&fence));
    }
    out.push_str(",\"validation\":");
    out.push_str(&text(&settings::validation(&show.limits)));
    out.push_str("},\n\"swarm\":{\"drones\":[");
    for (i, (vehicle, folder)) in show.vehicles.iter().zip(folders).enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str("{\"type\":\"generic\",\"settings\":{\"name\":");
        out.push_str(&text(&Value::from(vehicle.name.as_str())));
        out.push_str(",\"home\":");
        push_point(&mut out, vehicle.home_m);
        out.push_str(",\"landAt\":");
        push_point(&mut out, vehicle.land_at_m.unwrap_or(vehicle.trajectory.end_point_m()));
        if vehicle.group != 0 {
            push_member(&mut out, "group");
            push_f64(&mut out, f64::from(vehicle.group));
        }
        for part in parts_of(vehicle) {
            for piece in [",\"", part, "\":{\"$ref\":\"./drones/", folder, "/", part, ".json#\"}"] {
                out.push_str(piece);
            }
        }
        out.push_str("}}");
    }
    out.push_str("\n]},\n\"kapok\":");
    out.push_str(&added);
    out.push_str("}\n");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::{DVec3, Trajectory};

    #[test]
    fn folders_are_unique_and_harmless() {
        let names = ["A", "a", "../../etc/passwd", "..", "", "中", "福", "Drone 1"];
        let show = Show::of_vehicles(
            names
                .map(|name| {
                    Vehicle::new(
                        name,
                        DVec3::ZERO,
                        Trajectory::starting_at(0, DVec3::ZERO).unwrap(),
                        LightProgram::dark(),
                    )
                })
                .into(),
        );
        let folders = member_folders(&show);
        assert_eq!(folders, ["A", "a_2", "_.._etc_passwd_3", "_4", "_5", "_", "__7", "Drone 1"]);
    }
}

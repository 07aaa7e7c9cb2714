use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_show::{LightProgram, Show};
use rayon::prelude::*;
use serde_json::Value;

use super::extension::{ExactLights, KapokJson, VERSION};
use super::trajectory::{INNER_POINTS, push_point, push_trajectory};
use super::{camera, chapters, settings};
use crate::archive::write_archive;
use crate::light::{compile_lights, decode_lights_until};
use crate::{ReadLimits, WriteError};

/// Degrees that the format holds.
const DEGREES: [usize; 4] = [INNER_POINTS[0] + 1, INNER_POINTS[1] + 1, INNER_POINTS[2] + 1, INNER_POINTS[3] + 1];

/// Writes a show as a .skyc file.
///
/// # Guarantees
/// [`crate::read_skyc`] gives back a show equal to this one, without notes.
///
/// # Errors
/// [`WriteError::Show`] and [`WriteError::Setting`] for a show that is not well formed; [`WriteError::Degree`] for
/// segments of degree 4, 5 or 6; [`WriteError::NotFinite`]; [`WriteError::TooLarge`] for lights longer than 2.7 years.
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
    for vehicle in &show.vehicles {
        if !vehicle.home_m.is_finite() {
            return Err(WriteError::NotFinite { what: format!("the pad of vehicle \"{}\"", vehicle.name) });
        }
        if let Some((segment, degree)) =
            vehicle.trajectory.segments().map(|s| s.degree()).enumerate().find(|(_, d)| !DEGREES.contains(d))
        {
            let vehicle = vehicle.name.clone();
            return Err(WriteError::Degree { vehicle, segment, degree, format: ".skyc", allowed: &DEGREES });
        }
    }
    let kapok = KapokJson {
        version: VERSION,
        site: show.site,
        environment: show.environment.clone(),
        limits: show.limits,
        profile: show.profile.clone(),
        chapters: show.chapters.clone(),
        exact_lights: (0..)
            .zip(&show.vehicles)
            .zip(&lights)
            .filter(|(_, (_, exact))| !exact)
            .map(|((i, vehicle), _)| ExactLights::of(i, &vehicle.lights))
            .collect(),
    };
    let head = show_json(show, &folders, &kapok)?;
    write_archive(1 + 2 * show.vehicles.len(), |i| {
        if i == 0 {
            return Ok(("show.json".into(), head.clone().into_bytes()));
        }
        let index = (i - 1) / 2;
        let folder = &folders[index];
        if i % 2 == 0 {
            let data = STANDARD.encode(&lights[index].0);
            let text = format!("{{\"version\":1,\"data\":\"{data}\"}}");
            return Ok((format!("drones/{folder}/lights.json"), text.into_bytes()));
        }
        let mut text = String::with_capacity(96 * show.vehicles[index].trajectory.point_count());
        push_trajectory(&mut text, &show.vehicles[index].trajectory);
        Ok((format!("drones/{folder}/trajectory.json"), text.into_bytes()))
    })
}

/// Byte code, and whether it gives back exactly the same keys.
fn compiled(program: &LightProgram) -> Result<(Vec<u8>, bool), WriteError> {
    let bytes = compile_lights(program)?.bytes;
    let back = decode_lights_until(&bytes, i64::MAX, &ReadLimits::default());
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
    out.push_str("{\"version\":1,\n\"environment\":{\"type\":\"outdoor\",\"location\":");
    out.push_str(&text(&settings::location(&show.site)));
    out.push_str(",\"cameras\":");
    out.push_str(&text(&camera::cameras(&show.environment.audiences)));
    out.push_str("},\n\"meta\":{\"title\":");
    out.push_str(&text(&Value::from(show.title.as_str())));
    out.push_str(",\"segments\":");
    out.push_str(&text(&chapters::segments(&show.chapters)));
    out.push_str("},\n\"settings\":{\"cues\":");
    out.push_str(&text(&chapters::cues(&show.chapters)));
    if let Some(fence) = &show.environment.geofence {
        out.push_str(",\"geofence\":");
        out.push_str(&text(&settings::geofence(fence)));
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
        push_point(&mut out, vehicle.trajectory.end_point_m());
        for part in ["trajectory", "lights"] {
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
    use kapok_show::{DVec3, Environment, Limits, Site, Trajectory, Vehicle, VehicleProfile, Wgs84};

    #[test]
    fn folders_are_unique_and_harmless() {
        let names = ["A", "a", "../../etc/passwd", "..", "", "中", "福", "Drone 1"];
        let show = Show {
            title: String::new(),
            site: Site { origin: Wgs84 { latitude_deg: 0.0, longitude_deg: 0.0, amsl_m: 0.0 }, heading_deg: 0.0 },
            environment: Environment::default(),
            limits: Limits::default(),
            profile: VehicleProfile::default(),
            vehicles: names
                .map(|name| {
                    Vehicle::new(
                        name,
                        DVec3::ZERO,
                        Trajectory::starting_at(0, DVec3::ZERO).unwrap(),
                        LightProgram::dark(),
                    )
                })
                .into(),
            chapters: Vec::new(),
            audio: None,
        };
        let folders = member_folders(&show);
        assert_eq!(folders, ["A", "a_2", "_.._etc_passwd_3", "_4", "_5", "_", "__7", "Drone 1"]);
    }
}

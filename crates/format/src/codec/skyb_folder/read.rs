use std::collections::BTreeMap;

use kapok_show::{Environment, Show, Site, Trajectory, VehicleProfile, natural_order};

use super::site_file::{self, SITE_FILE_NAME, SiteFile, VehicleJson};
use crate::codec::skyb::{self, RthLayout, RthReading, read_vehicle, step_m, vehicle_name};
use crate::error::shortened;
use crate::swarm::clutter::{ends_with, hidden_vehicle, is_clutter};
use crate::swarm::decoded::{check_show, field_limits, finished};
use crate::swarm::notes::{Note, Notes};
use crate::swarm::reader::{VehicleRead, check_count, read_vehicles};
use crate::swarm::rounding::Rounding;
use crate::{Decoded, Format, LimitSources, Place, ReadBounds, ReadError};

/// Reads a show from the files of a folder: .skyb files and, if there is one, the site file. Others are left out with a
/// note. `rth_layout` is the layout of the return plans if the caller states it; it must not contradict the site file.
///
/// # Guarantees
/// Every .skyb of the folder is a vehicle of the show, or the folder is refused: no vehicle file is skipped.
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`]; of several faults the first in the order of the vehicles.
///
/// # Determinism
/// The order of `files` does not matter.
pub fn read_skyb_folder(
    files: &[(String, Vec<u8>)],
    rth_layout: Option<RthLayout>,
    bounds: &ReadBounds,
) -> Result<Decoded, ReadError> {
    let mut notes = Notes::default();
    let place = || Place::in_member("the folder", "");
    let by_name: BTreeMap<&str, &[u8]> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    if by_name.len() < files.len() {
        return Err(ReadError::BadValue {
            place: place(),
            value: "one file name".into(),
            why: "occurs twice".into(),
            remedy: "remove one of them",
        });
    }
    let is_skyb = |name: &str| ends_with(name, "skyb") && !is_clutter(name);
    if let Some(name) = by_name.iter().find(|(name, bytes)| is_clutter(name) && bytes.starts_with(b"skyb")).map(|f| f.0)
    {
        return Err(hidden_vehicle(name));
    }
    let mut names: Vec<&str> = by_name.keys().copied().filter(|name| is_skyb(name)).collect();
    names.sort_by(|a, b| natural_order(a, b));
    if names.is_empty() {
        return Err(ReadError::Missing {
            place: place(),
            what: "every .skyb file".into(),
            remedy: "give a folder with one file a vehicle",
        });
    }
    check_count(&place(), names.len(), bounds)?;
    let others = by_name.keys().filter(|name| !is_skyb(name) && **name != SITE_FILE_NAME).count();
    if others > 0 {
        let text = format!("{others} files of the folder are neither .skyb nor {SITE_FILE_NAME}: left out");
        notes.add(Note::left_out(text));
    }
    let site_file = match by_name.get(SITE_FILE_NAME) {
        Some(bytes) => site_file::read(bytes, bounds)?,
        None => assumed(&mut notes),
    };
    let listed = listed(&site_file, &names)?;
    let reading = reading(&site_file, rth_layout)?;

    let mut coarsest = 1;
    let read = |index: usize, entry: &VehicleJson| {
        let bytes = by_name.get(entry.file.as_str()).copied().unwrap_or_default();
        read_one(entry, bytes, &reading, bounds).map_err(|e| e.of_vehicle(index, &entry.file))
    };
    let mut swarm = read_vehicles(&listed, &place(), bounds, &mut notes, read, |_, scale| {
        coarsest = coarsest.max(scale);
        Ok(())
    })?;
    swarm.unroll_lights(bounds, &mut notes)?;
    let vehicles = swarm.vehicles;
    site_file.limits_from_file.note(&site_file.limits).into_iter().for_each(|note| notes.add(note));
    let SiteFile { title, site, limits: show_limits, limits_from_file, profile, environment, chapters, .. } = site_file;
    let show =
        Show { title, site, environment, limits: show_limits, profile, vehicles, chapters, audio: None, draft: false };
    check_show(&show, place(), "correct site.json")?;
    let decoded = finished(show, Format::SkybFolder, notes, limits_from_file);
    Ok(Decoded { grid_m: Some(step_m(coarsest)), ..decoded })
}

/// What is assumed without a site file.
fn assumed(notes: &mut Notes) -> SiteFile {
    notes.add(format!(
        "there is no {SITE_FILE_NAME} in the folder: latitude, longitude and heading 0, no fence and no volumes, the \
         default vehicle and pads on the ground (z = 0) below the first points are assumed"
    ));
    SiteFile {
        title: String::new(),
        site: Site::default(),
        rth_layout: None,
        landing_speed_m_s: None,
        limits: field_limits(false),
        limits_from_file: LimitSources::all_default(),
        profile: VehicleProfile::default(),
        environment: Environment::default(),
        chapters: Vec::new(),
        vehicles: Vec::new(),
    }
}

/// The vehicles in the order of the show: those that the site file lists, which must be all, or all by their names.
fn listed(site_file: &SiteFile, names: &[&str]) -> Result<Vec<VehicleJson>, ReadError> {
    if site_file.vehicles.is_empty() {
        let plain = |file: &&str| VehicleJson { file: (*file).to_owned(), name: None, home_m: None, group: 0 };
        return Ok(names.iter().map(plain).collect());
    }
    let bad = |at: String, file: &str, why: &str| ReadError::BadValue {
        place: Place::in_member(SITE_FILE_NAME, at),
        value: format!("the file \"{}\"", shortened(file)),
        why: why.into(),
        remedy: "list each .skyb of the folder once, or leave out the list to take all",
    };
    let mut open: BTreeMap<&str, bool> = names.iter().map(|name| (*name, true)).collect();
    for (i, entry) in site_file.vehicles.iter().enumerate() {
        let at = || format!("vehicles[{i}].file");
        match open.get_mut(entry.file.as_str()) {
            None => return Err(bad(at(), &entry.file, "is no .skyb of the folder")),
            Some(open) if !*open => return Err(bad(at(), &entry.file, "is listed twice")),
            Some(open) => *open = false,
        }
    }
    match open.into_iter().find(|(_, open)| *open) {
        Some((file, _)) => Err(bad("vehicles".into(), file, "is in the folder but not listed")),
        None => Ok(site_file.vehicles.clone()),
    }
}

fn reading(site_file: &SiteFile, stated: Option<RthLayout>) -> Result<RthReading, ReadError> {
    if let (Some(a), Some(b)) = (stated, site_file.rth_layout)
        && a != b
    {
        return Err(ReadError::BadValue {
            place: Place::in_member(SITE_FILE_NAME, "rth_layout"),
            value: format!("\"{}\"", b.name()),
            why: format!("is not the layout \"{}\" that is asked for", a.name()),
            remedy: "state the one that the files were written in",
        });
    }
    Ok(RthReading { layout: stated.or(site_file.rth_layout), landing_speed_m_s: site_file.landing_speed_m_s })
}

/// A vehicle, with the scale of its coordinates.
fn read_one(
    entry: &VehicleJson,
    bytes: &[u8],
    reading: &RthReading,
    bounds: &ReadBounds,
) -> Result<VehicleRead<u8>, ReadError> {
    let name = entry.name.clone().unwrap_or_else(|| vehicle_name(&entry.file));
    let bad = |value: String, why: &str, remedy| {
        Err(ReadError::BadValue { place: Place::in_member(SITE_FILE_NAME, "vehicles"), value, why: why.into(), remedy })
    };
    if name.len() > bounds.max_name_bytes {
        return bad(format!("a name of {} bytes", name.len()), "is too long", "shorten it");
    }
    let mut notes = Vec::new();
    let skyb::VehicleRead { mut vehicle, scale, unending } =
        read_vehicle(bytes, name, reading, bounds, &mut |note| notes.push(note))?;
    match entry.home_m {
        Some(home_m) if !home_m.is_finite() => return bad("a pad".into(), "is no point", "state three finite numbers"),
        Some(home_m) => {
            if scale == 0 {
                let fault = |fault| ReadError::from_fault(Place::in_member(SITE_FILE_NAME, "vehicles"), &fault);
                vehicle.trajectory = Trajectory::starting_at(0, home_m).map_err(fault)?;
            }
            vehicle.home_m = home_m;
        }
        None => {
            notes.push("its pad is not stated: the ground (z = 0) below the start of the trajectory is taken".into());
        }
    }
    vehicle.group = entry.group;
    Ok(VehicleRead { vehicle, notes, rounding: Rounding::default(), unending, more: scale })
}

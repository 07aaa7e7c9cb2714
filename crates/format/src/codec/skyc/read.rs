use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kapok_show::{Show, Vehicle, VehicleProfile};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::audio;
use super::extension::{KapokJson, VERSION};
use super::head::{self, Head};
use super::parts::{Part, Resolver, missing};
use super::vehicle::{Added, More, read_vehicle};
use crate::container::zip::Archive;
use crate::error::shortened;
use crate::swarm::decoded::{check_show, finished};
use crate::swarm::notes::{Note, Notes};
use crate::swarm::reader::{check_count, read_vehicles};
use crate::text::json::{self, Skipped};
use crate::{Decoded, Format, ReadBounds, ReadError};

/// `show.json` with its parts still unread.
#[derive(Deserialize)]
struct ShowJson<'a> {
    #[serde(borrow, default)]
    version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    environment: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    settings: Option<&'a RawValue>,
    #[serde(borrow, default)]
    media: Option<&'a RawValue>,
    #[serde(borrow, default)]
    swarm: Option<&'a RawValue>,
    #[serde(borrow, default)]
    kapok: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct SwarmJson<'a> {
    #[serde(borrow, default)]
    drones: Option<&'a RawValue>,
}

/// Reads a .skyc file, written by Kapok or by any other program.
///
/// What the file does not say is taken from defaults, and a note says so. Times that are no whole milliseconds are
/// rounded to the nearest, absolute ones (take-off time included), so that nothing drifts. Lines, quadratics, cubics
/// and the 7th degree are read; a drone without lights is constantly white.
///
/// # Guarantees
/// Memory stays within a small multiple of the file's content, which [`ReadBounds`] bounds.
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`]; of several faults the first in the order of the drones.
///
/// # Complexity
/// Linear in the size of the content; drones are decoded in parallel.
///
/// # Determinism
/// The same bytes and limits give the same result or the same error, on any number of threads.
pub fn read_skyc(bytes: &[u8], bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    let archive = Archive::open(bytes, bounds)?;
    read_archive(&archive, bounds)
}

/// Reads a .skyc file from an opened archive.
pub(crate) fn read_archive(archive: &Archive, bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    let skipped = Arc::new(Skipped::default());
    let resolver = Resolver::new(archive, bounds, Arc::clone(&skipped));
    let file = resolver.member("show.json")?;
    let raw: ShowJson = file.parse()?;
    check_version(&file, raw.version)?;
    let mut notes = Notes::default();
    let kapok = match raw.kapok {
        Some(part) => read_kapok(&resolver, &file, part, &mut notes)?,
        None => None,
    };
    let audio = match raw.media.filter(|raw| raw.get() != "null") {
        Some(part) => audio::read_media(&resolver, &file, part, bounds, &mut notes)?,
        None => None,
    };

    let Some(swarm) = raw.swarm else {
        return Err(missing(file.place(), "swarm", "a show needs drones"));
    };
    let swarm = resolver.resolve(&file, "swarm", swarm)?;
    let Some(drones) = swarm.parse::<SwarmJson>()?.drones else {
        return Err(missing(swarm.place(), "drones", "a show needs drones"));
    };
    let drones = resolver.resolve(&swarm, "drones", drones)?;
    let list: Vec<&RawValue> = drones.parse()?;
    check_count(&drones.place(), list.len(), bounds)?;
    if list.is_empty() {
        return Err(missing(drones.place(), "every drone (the list is empty)", "a show needs drones"));
    }

    let added = added(&file, kapok.as_ref(), list.len())?;
    let nothing = Added::default();
    let mut bytes = resolver.loaded_bytes();
    let mut nameless = Vec::new();
    let read = |index: usize, raw: &&RawValue| {
        read_vehicle(archive, bounds, &drones, index, raw, added.get(&index).unwrap_or(&nothing))
    };
    let measure = |index: usize, more: More| {
        nameless.extend(more.nameless.then_some(index));
        bytes = bytes.saturating_add(more.loaded_bytes);
        if bytes <= bounds.max_total_bytes {
            return Ok(());
        }
        let (what, limit) = ("the size of all parts read in bytes", bounds.max_total_bytes);
        Err(ReadError::OverLimit { place: drones.place(), what, value: bytes, limit, field: "max_total_bytes" })
    };
    let mut swarm = read_vehicles(&list, &drones.place(), bounds, &mut notes, read, measure)?;
    name_the_nameless(&mut swarm.vehicles, &nameless);
    check_names(&swarm.vehicles, &drones)?;
    swarm.unroll_lights(bounds, &mut notes)?;
    swarm.rounding.note(&mut notes);
    let vehicles = swarm.vehicles;

    let end_ms = vehicles.iter().map(|v| v.trajectory.end_ms()).max().unwrap_or(0);
    let context = head::Context { resolver: &resolver, file: &file, kapok: kapok.as_ref(), bounds, end_ms };
    let head = head::read(&context, raw.environment, raw.meta, raw.settings, &mut notes)?;
    let Head { title, site, environment, limits: show_limits, limits_from_file, chapters } = head;
    let draft = kapok.as_ref().is_some_and(|kapok| kapok.draft);
    let profile = if let Some(kapok) = kapok {
        kapok.profile
    } else {
        let profile = VehicleProfile::default();
        notes.add(format!("the file does not describe the vehicles; the profile \"{}\" is assumed", profile.name));
        profile
    };
    let show = Show { title, site, environment, limits: show_limits, profile, vehicles, chapters, audio, draft };
    check_show(&show, file.place(), "correct show.json or export it again")?;
    skipped.note().into_iter().for_each(|text| notes.add(Note::left_out(text)));
    let mut unread = archive.unread();
    if let Some(first) = unread.next() {
        let text = format!("{} members of the archive are not read (\"{}\")", 1 + unread.count(), shortened(first));
        notes.add(Note::left_out(text));
    }
    Ok(finished(show, Format::Skyc, notes, limits_from_file))
}

fn check_version(file: &Part, version: Option<&RawValue>) -> Result<(), ReadError> {
    let Some(version) = version else {
        return Err(missing(file.place(), "version", "a show file states version 1"));
    };
    if serde_json::from_str::<f64>(version.get()).is_ok_and(|v| v.total_cmp(&1.0).is_eq()) {
        return Ok(());
    }
    Err(ReadError::BadValue {
        place: file.place_at("version"),
        value: shortened(version.get()),
        why: "is no known version of show.json".into(),
        remedy: "export the show as version 1",
    })
}

/// The added object; `None` with a note if it is of a version not known here.
fn read_kapok(
    resolver: &Resolver,
    file: &Part,
    raw: &RawValue,
    notes: &mut Notes,
) -> Result<Option<KapokJson>, ReadError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let part = resolver.resolve(file, "kapok", raw)?;
    // The other members are read below, or told of here.
    let version = json::parse::<Versioned>(&part.text, || part.place(), &Skipped::default())?.version;
    if version != VERSION {
        let text = format!("the object `kapok` is of version {version}, known is {VERSION}: it is left out");
        notes.add(Note::left_out(text));
        return Ok(None);
    }
    part.parse().map(Some)
}

/// What the added object knows of vehicles, by their index.
fn added(file: &Part, kapok: Option<&KapokJson>, vehicles: usize) -> Result<BTreeMap<usize, Added>, ReadError> {
    let mut map: BTreeMap<usize, Added> = BTreeMap::new();
    let Some(kapok) = kapok else { return Ok(map) };
    let bad = |list: &str, i: usize, value, why: &str| ReadError::BadValue {
        place: file.place_at(&format!("kapok.{list}[{i}]")),
        value,
        why: why.into(),
        remedy: "remove the object `kapok` or export the file again",
    };
    let unknown = |list, i, vehicle: usize| bad(list, i, format!("vehicle {vehicle}"), "is not in the list of drones");
    for (i, exact) in kapok.exact_lights.iter().enumerate() {
        let list = "exact_lights";
        if exact.vehicle >= vehicles {
            return Err(unknown(list, i, exact.vehicle));
        }
        let program = exact.program();
        let program = program.ok_or_else(|| bad(list, i, "the list of keys".into(), "is not in the order of time"))?;
        map.entry(exact.vehicle).or_default().lights = Some(program);
    }
    for (i, &(vehicle, acceleration_m_s2)) in kapok.return_accelerations.iter().enumerate() {
        let list = "return_accelerations";
        if vehicle >= vehicles {
            return Err(unknown(list, i, vehicle));
        }
        if acceleration_m_s2 <= 0.0 {
            return Err(bad(list, i, format!("{acceleration_m_s2} m/s²"), "is no largest acceleration"));
        }
        map.entry(vehicle).or_default().return_acceleration_m_s2 = Some(acceleration_m_s2);
    }
    Ok(map)
}

/// Drones without a name have their numbers; where another drone is called so, a number behind.
fn name_the_nameless(vehicles: &mut [Vehicle], nameless: &[usize]) {
    let mut taken: BTreeSet<String> = vehicles
        .iter()
        .enumerate()
        .filter(|(i, _)| nameless.binary_search(i).is_err())
        .map(|(_, v)| v.name.clone())
        .collect();
    for &i in nameless {
        let plain = vehicles[i].name.clone();
        let name = std::iter::once(plain.clone()).chain((2_usize..).map(|k| format!("{plain} ({k})")));
        if let Some(free) = name.into_iter().find(|name| !taken.contains(name)) {
            taken.insert(free.clone());
            vehicles[i].name = free;
        }
    }
}

fn check_names(vehicles: &[Vehicle], drones: &Part) -> Result<(), ReadError> {
    let mut seen = BTreeMap::new();
    for (i, vehicle) in vehicles.iter().enumerate() {
        if let Some(first) = seen.insert(vehicle.name.as_str(), i) {
            return Err(ReadError::BadValue {
                place: drones.place().of_vehicle(i, &vehicle.name),
                value: format!("the name \"{}\"", shortened(&vehicle.name)),
                why: format!("is the name of drone {first} too"),
                remedy: "give each drone a name of its own",
            });
        }
    }
    Ok(())
}

//! Formats with one text file a vehicle: which files are vehicles, and in which order.

use std::collections::BTreeMap;

use kapok_show::natural_order;

use super::bounds::ReadBounds;
use super::clutter::{ends_with, hidden_vehicle, is_clutter, vehicle_name};
use super::notes::{MAX_NAMED, Note, Notes};
use super::reader::{Swarm, VehicleRead, check_count, read_vehicles};
use crate::container::Files;
use crate::error::shortened;
use crate::text::header::is_vehicle;
use crate::{Place, ReadError};

/// The files that are vehicles, in the order of the show; a note tells of the others.
///
/// # Errors
/// [`ReadError::BadValue`] for a vehicle whose name hides it.
fn vehicle_files<'a>(files: &Files<'a>, notes: &mut Notes) -> Result<Vec<&'a str>, ReadError> {
    if let Files::Single(name, _) = files {
        return Ok(vec![name]);
    }
    let (clutter, rest): (Vec<&str>, Vec<&str>) = files.names().into_iter().partition(|name| is_clutter(name));
    let (mut vehicles, others): (Vec<&str>, Vec<&str>) = rest.into_iter().partition(|name| ends_with(name, "csv"));
    vehicles.sort_by(|a, b| natural_order(a, b));
    let hides = |name: &&&str| ends_with(name, "csv") && files.text(name).is_ok_and(|text| is_vehicle(&text));
    if let Some(name) = clutter.iter().find(hides) {
        return Err(hidden_vehicle(name));
    }
    let (one, many) = if let Files::Archive(_) = files {
        ("member of the archive", "members of the archive")
    } else {
        ("file", "files")
    };
    for (names, what) in [(others, "no CSV"), (clutter, "of an operating system or office program")] {
        let named: Vec<String> = names.iter().take(MAX_NAMED).map(|name| format!("\"{}\"", shortened(name))).collect();
        let named = named.join(", ");
        let (is, are) =
            (format!("is {what} and was left out: {named}"), format!("are {what} and were left out: {named}"));
        if let Some(note) = Note::count_left_out(names.len(), (one, &is), (many, &are)) {
            notes.add(note);
        }
    }
    Ok(vehicles)
}

/// Reads all vehicles; `read_one` gets the text, the member and the vehicle's name, `measure` what it measured.
///
/// # Errors
/// Of several faults the first in the order of the vehicles.
pub(crate) fn read_vehicle_files<M: Send>(
    files: &Files,
    bounds: &ReadBounds,
    notes: &mut Notes,
    read_one: impl Fn(&str, &str, &str) -> Result<VehicleRead<M>, ReadError> + Sync,
    mut measure: impl FnMut(M),
) -> Result<Swarm, ReadError> {
    let members = vehicle_files(files, notes)?;
    if members.is_empty() {
        return Err(ReadError::Missing {
            place: files.place(),
            what: "every CSV file".into(),
            remedy: "put in one file a vehicle",
        });
    }
    check_count(&files.place(), members.len(), bounds)?;
    check_names(&members, bounds)?;
    let read = |index: usize, member: &&str| {
        let name = vehicle_name(member);
        let text = files.text(member);
        text.and_then(|text| read_one(&text, member, name)).map_err(|e| e.of_vehicle(index, name))
    };
    read_vehicles(&members, &files.place(), bounds, notes, read, |_, more| {
        measure(more);
        Ok(())
    })
}

/// Every vehicle has a name of its own, not longer than names may be.
fn check_names(members: &[&str], bounds: &ReadBounds) -> Result<(), ReadError> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for &member in members {
        let name = vehicle_name(member);
        let place = || Place::in_member(member, "");
        if name.len() > bounds.max_name_bytes {
            return Err(ReadError::OverLimit {
                place: place(),
                what: "the length of the name in bytes",
                value: name.len() as u64,
                limit: bounds.max_name_bytes as u64,
                field: "max_name_bytes",
            });
        }
        if let Some(first) = seen.insert(name, member) {
            return Err(ReadError::BadValue {
                place: place(),
                value: format!("the drone name \"{}\"", shortened(name)),
                why: format!("is that of \"{}\" too", shortened(first)),
                remedy: "give each drone's file a name of its own",
            });
        }
    }
    Ok(())
}

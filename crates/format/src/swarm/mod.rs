//! What formats with one file a vehicle share: which files are vehicles, in which order, and what is counted over all.

pub mod bounds;
pub mod decoded;
pub mod notes;
pub mod rounding;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use kapok_show::{Vehicle, natural_order};
use rayon::prelude::*;

use crate::container::zip::Archive;
use crate::error::shortened;
use crate::swarm::notes::{MAX_NAMED, Note, Notes};
use crate::swarm::rounding::Rounding;
use crate::text::header::is_vehicle;
use crate::text::json::text_of;
use crate::{Place, ReadError};

pub use bounds::ReadBounds;
pub use decoded::{Decoded, IllegalLimit, LimitSources};

/// Vehicles decoded at once; limits on totals are looked at after each batch.
const BATCH: usize = 32;

/// Is this a file that an operating system or office program puts beside others?
pub(crate) fn is_clutter(path: &str) -> bool {
    const NAMES: [&str; 4] = [".ds_store", "thumbs.db", "desktop.ini", "icon\r"];
    const BEGINNINGS: [&str; 3] = ["._", "~$", ".~"];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    path.split('/').any(|part| part == "__MACOSX")
        || NAMES.contains(&name.as_str())
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// What is named like clutter and is a vehicle all the same: it would fly and not be judged.
pub(crate) fn hidden_vehicle(name: &str) -> ReadError {
    ReadError::BadValue {
        place: Place::in_member(name, ""),
        value: "a vehicle's file".into(),
        why: "is named like a file that operating systems put beside others".into(),
        remedy: "rename it, or remove it if it is no vehicle of the show",
    }
}

/// Ends a file's name so?
pub(crate) fn ends_with(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// File name without folder and extension.
pub(crate) fn vehicle_name(member: &str) -> &str {
    let file = member.rsplit('/').next().unwrap_or(member);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// File name without extension, as a title.
pub(crate) fn title_of(file_name: &str) -> String {
    Path::new(file_name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The files of a show, wherever they stand.
pub(crate) enum Files<'a> {
    Archive(&'a Archive<'a>),
    Folder(BTreeMap<&'a str, &'a [u8]>),
    /// One file that is a vehicle, whatever its name.
    Single(&'a str, &'a [u8]),
}

impl<'a> Files<'a> {
    /// The files of a folder, name and bytes each.
    pub fn of_folder(files: &'a [(String, Vec<u8>)]) -> Self {
        Self::Folder(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect())
    }

    pub fn names(&self) -> Vec<&'a str> {
        match self {
            Self::Archive(archive) => archive.members().map(|(name, _)| name).collect(),
            Self::Folder(files) => files.keys().copied().collect(),
            Self::Single(name, _) => vec![name],
        }
    }

    pub fn place(&self) -> Place {
        let whole = match self {
            Self::Archive(_) => "the archive",
            Self::Folder(_) => "the folder",
            Self::Single(name, _) => name,
        };
        Place::in_member(whole, "")
    }

    /// The text of a file.
    pub fn text(&self, name: &str) -> Result<Cow<'a, str>, ReadError> {
        let bytes = match self {
            Self::Archive(archive) => return archive.read_text(name).map(Cow::Owned),
            Self::Folder(files) => files.get(name).copied(),
            Self::Single(_, bytes) => Some(*bytes),
        };
        text_of(bytes.unwrap_or_default(), || Place::in_member(name, "")).map(Cow::Borrowed)
    }

    /// The files that are vehicles, in the order of the show; a note tells of the others.
    ///
    /// # Errors
    /// [`ReadError::BadValue`] for a vehicle whose name hides it.
    pub fn vehicles(&self, notes: &mut Notes) -> Result<Vec<&'a str>, ReadError> {
        if let Self::Single(name, _) = self {
            return Ok(vec![name]);
        }
        let (clutter, rest): (Vec<&str>, Vec<&str>) = self.names().into_iter().partition(|name| is_clutter(name));
        let (mut vehicles, others): (Vec<&str>, Vec<&str>) = rest.into_iter().partition(|name| ends_with(name, "csv"));
        vehicles.sort_by(|a, b| natural_order(a, b));
        let hides = |name: &&&str| ends_with(name, "csv") && self.text(name).is_ok_and(|text| is_vehicle(&text));
        if let Some(name) = clutter.iter().find(hides) {
            return Err(hidden_vehicle(name));
        }
        let (one, many) = if let Self::Archive(_) = self {
            ("member of the archive", "members of the archive")
        } else {
            ("file", "files")
        };
        for (names, what) in [(others, "no CSV"), (clutter, "of an operating system or office program")] {
            let named: Vec<String> =
                names.iter().take(MAX_NAMED).map(|name| format!("\"{}\"", shortened(name))).collect();
            let named = named.join(", ");
            let (is, are) =
                (format!("is {what} and was left out: {named}"), format!("are {what} and were left out: {named}"));
            if let Some(note) = Note::count_left_out(names.len(), (one, &is), (many, &are)) {
                notes.add(note);
            }
        }
        Ok(vehicles)
    }
}

/// One vehicle as read.
pub(crate) struct VehicleRead<M> {
    pub vehicle: Vehicle,
    pub notes: Vec<Note>,
    pub rounding: Rounding,
    /// What else the format measures.
    pub more: M,
}

/// Reads all vehicles; `read_one` gets the text, the member and the vehicle's name, `measure` what it measured.
///
/// # Errors
/// Of several faults the first in the order of the vehicles.
pub(crate) fn read_vehicles<M: Send>(
    files: &Files,
    limits: &ReadBounds,
    notes: &mut Notes,
    read_one: impl Fn(&str, &str, &str) -> Result<VehicleRead<M>, ReadError> + Sync,
    mut measure: impl FnMut(M),
) -> Result<(Vec<Vehicle>, Rounding), ReadError> {
    let members = files.vehicles(notes)?;
    if members.is_empty() {
        return Err(ReadError::Missing {
            place: files.place(),
            what: "every CSV file".into(),
            remedy: "put in one file a vehicle",
        });
    }
    let over = |what, value: usize, limit: usize, field| {
        Err(ReadError::OverLimit { place: files.place(), what, value: value as u64, limit: limit as u64, field })
    };
    if members.len() > limits.max_vehicles {
        return over("the number of drones", members.len(), limits.max_vehicles, "max_vehicles");
    }
    check_names(&members, limits)?;
    let mut vehicles: Vec<Vehicle> = Vec::with_capacity(members.len());
    let mut rounding = Rounding::default();
    let (mut segments, mut keys, mut yaw_keys) = (0, 0, 0);
    for (start, batch) in (0..).step_by(BATCH).zip(members.chunks(BATCH)) {
        let read: Vec<Result<VehicleRead<M>, ReadError>> = batch
            .par_iter()
            .enumerate()
            .map(|(k, member)| {
                let name = vehicle_name(member);
                files
                    .text(member)
                    .and_then(|text| read_one(&text, member, name))
                    .map_err(|e| e.of_vehicle(start + k, name))
            })
            .collect();
        for item in read {
            let read = item?;
            segments += read.vehicle.trajectory.segment_count();
            keys += read.vehicle.lights.keys().len();
            yaw_keys += read.vehicle.yaw.as_ref().map_or(0, |yaw| yaw.keys().len());
            for (what, value, limit, field) in [
                ("the number of all segments", segments, limits.max_segments, "max_segments"),
                ("the number of all light keys", keys, limits.max_light_keys, "max_light_keys"),
                ("the number of all yaw set points", yaw_keys, limits.max_light_keys, "max_light_keys"),
            ] {
                if value > limit {
                    return over(what, value, limit, field);
                }
            }
            rounding.merge(read.rounding);
            for note in read.notes {
                notes.add_vehicle(&read.vehicle.name, note);
            }
            measure(read.more);
            vehicles.push(read.vehicle);
        }
    }
    Ok((vehicles, rounding))
}

/// Every vehicle has a name of its own, not longer than names may be.
fn check_names(members: &[&str], limits: &ReadBounds) -> Result<(), ReadError> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for &member in members {
        let name = vehicle_name(member);
        let place = || Place::in_member(member, "");
        if name.len() > limits.max_name_bytes {
            return Err(ReadError::OverLimit {
                place: place(),
                what: "the length of the name in bytes",
                value: name.len() as u64,
                limit: limits.max_name_bytes as u64,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_vehicle() {
        for name in [
            "__MACOSX/._a.csv",
            "x/__MACOSX/a.csv",
            "._a.csv",
            "b/~$a.csv",
            ".~lock.a.csv#",
            ".DS_Store",
            "a/Thumbs.db",
            "desktop.ini",
            "show/Icon\r",
        ] {
            assert!(is_clutter(name), "{name}");
        }
        for name in ["a.csv", "x.__MACOSX.csv", "_a.csv", "$a.csv", ".a.csv", "MACOSX/a.csv"] {
            assert!(!is_clutter(name), "{name}");
        }
    }
}

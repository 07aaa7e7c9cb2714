use std::collections::BTreeMap;

use kapok_show::{
    DVec3, Environment, LightKey, LightProgram, Nwu, Rgb, Show, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use rayon::prelude::*;

use crate::archive::Archive;
use crate::decoded::field_limits;
use crate::error::shortened;
use crate::natural::natural_order;
use crate::notes::Notes;
use crate::number::millis;
use crate::rounding::Rounding;
use crate::skyc::finished;
use crate::{Decoded, Format, LimitSources, Place, ReadError, ReadLimits};

/// Drones decoded at once; limits on totals are looked at after each batch.
const BATCH: usize = 32;

/// Is this the name of a CSV member?
pub(crate) fn is_csv(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"))
}

/// Reads a ZIP archive of one CSV file per drone. Members in other formats are left out with a note.
///
/// Between rows the vehicle flies straight at constant speed, and holds the row's colour: the format does not say, so
/// this is noted. Drones come in the natural order of their file names (2 before 10).
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`], with member and line.
///
/// # Complexity
/// Linear in the size of the content; drones are decoded in parallel. Rows at rest are merged.
pub fn read_csv_zip(bytes: &[u8], limits: &ReadLimits) -> Result<Decoded, ReadError> {
    read_archive(&Archive::open(bytes, limits)?, "", limits)
}

/// Reads from an opened archive; the file's name gives the title.
pub(crate) fn read_archive(archive: &Archive, file_name: &str, limits: &ReadLimits) -> Result<Decoded, ReadError> {
    let mut notes = Notes::default();
    let (mut members, others): (Vec<&str>, Vec<&str>) =
        archive.members().map(|(name, _)| name).partition(|name| is_csv(name));
    if let Some(first) = others.first() {
        let count = others.len();
        notes.add(format!("{count} members of the archive are no CSV and were left out (\"{}\")", shortened(first)));
    }
    members.sort_by(|a, b| natural_order(a, b));
    let archive_place = || Place::in_member("the archive", "");
    if members.is_empty() {
        return Err(ReadError::Missing {
            place: archive_place(),
            what: "every CSV member".into(),
            remedy: "put one file per drone into the archive",
        });
    }
    let over = |what, value: usize, limit: usize, field| {
        Err(ReadError::OverLimit { place: archive_place(), what, value: value as u64, limit: limit as u64, field })
    };
    if members.len() > limits.max_vehicles {
        return over("the number of drones", members.len(), limits.max_vehicles, "max_vehicles");
    }
    let names: Vec<&str> = members.iter().map(|m| drone_name(m)).collect();
    let mut seen = BTreeMap::new();
    for (i, name) in names.iter().enumerate() {
        if let Some(first) = seen.insert(*name, i) {
            return Err(ReadError::BadValue {
                place: Place::in_member(members[i], ""),
                value: format!("the drone name \"{}\"", shortened(name)),
                why: format!("is that of \"{}\" too", shortened(members[first])),
                remedy: "give each drone's file a name of its own",
            });
        }
    }
    let mut vehicles = Vec::with_capacity(members.len());
    let (mut segments, mut keys) = (0, 0);
    let mut rounding = Rounding::default();
    for (start, batch) in (0..).step_by(BATCH).zip(members.chunks(BATCH)) {
        let read: Vec<Result<DroneRead, ReadError>> = batch
            .par_iter()
            .enumerate()
            .map(|(k, member)| {
                let name = names[start + k];
                read_drone(archive, member, name, limits).map_err(|e| e.of_vehicle(start + k, name))
            })
            .collect();
        for item in read {
            let drone = item?;
            segments += drone.vehicle.trajectory.segment_count();
            keys += drone.vehicle.lights.keys().len();
            if segments > limits.max_segments {
                return over("the number of all segments", segments, limits.max_segments, "max_segments");
            }
            if keys > limits.max_light_keys {
                return over("the number of all light keys", keys, limits.max_light_keys, "max_light_keys");
            }
            rounding.merge(drone.rounding);
            for note in drone.notes {
                notes.add_vehicle(&drone.vehicle.name, note);
            }
            vehicles.push(drone.vehicle);
        }
    }
    notes.add("CSV has only rows: straight lines at constant speed and held colours between them are assumed");
    notes.add("CSV does not say where the show stands: latitude, longitude and heading 0 are assumed");
    notes.add("CSV does not state pads: each drone's first row is taken");
    rounding.note(&mut notes);
    let limits_from_file = LimitSources::all_default();
    let show_limits = field_limits(false);
    limits_from_file.note(&show_limits).into_iter().for_each(|note| notes.add(note));
    let show = Show {
        title: std::path::Path::new(file_name)
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default(),
        site: Site { origin: Wgs84 { latitude_deg: 0.0, longitude_deg: 0.0, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: show_limits,
        profile: VehicleProfile::default(),
        vehicles,
        chapters: Vec::new(),
        audio: None,
    };
    Ok(finished(show, Format::CsvZip, notes, limits_from_file))
}

/// File name without folder and extension.
pub(crate) fn drone_name(member: &str) -> &str {
    let file = member.rsplit('/').next().unwrap_or(member);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

struct DroneRead {
    vehicle: Vehicle,
    notes: Vec<String>,
    rounding: Rounding,
}

fn read_drone(archive: &Archive, member: &str, name: &str, limits: &ReadLimits) -> Result<DroneRead, ReadError> {
    if name.len() > limits.max_name_bytes {
        return Err(ReadError::OverLimit {
            place: Place::in_member(member, ""),
            what: "the length of the name in bytes",
            value: name.len() as u64,
            limit: limits.max_name_bytes as u64,
            field: "max_name_bytes",
        });
    }
    let content = archive.read_text(member)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(content.as_bytes());
    let mut builder = Builder::default();
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    loop {
        let line = reader.position().line();
        let at = || Place::in_member(member, format!("line {line}"));
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => return Err(ReadError::Damaged { place: at(), fault: shortened(&e.to_string()) }),
        }
        let first = record.get(0).unwrap_or("");
        if rows == 0 && (starts_with(first, "time_msec") || starts_with(first, "time [msec]")) {
            rows += 1;
            continue;
        }
        rows += 1;
        // A line of blanks has one empty field.
        if record.len() <= 1 && first.is_empty() {
            continue;
        }
        let (row, off_ms) = Row::parse(&record, limits).map_err(|(value, why, remedy)| ReadError::BadValue {
            place: at(),
            value,
            why: why.into(),
            remedy,
        })?;
        builder.rounding.add(off_ms);
        builder.add(&row, at)?;
        if builder.rows > limits.max_segments_per_vehicle {
            return Err(ReadError::OverLimit {
                place: at(),
                what: "the number of rows",
                value: builder.rows as u64,
                limit: limits.max_segments_per_vehicle as u64,
                field: "max_segments_per_vehicle",
            });
        }
    }
    builder.finish(member, name)
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

struct Row {
    t_ms: i64,
    position_m: DVec3,
    colour: Option<Rgb>,
}

/// The value found, what is wrong with it, what to do.
type Fault = (String, &'static str, &'static str);

impl Row {
    fn parse(record: &csv::StringRecord, limits: &ReadLimits) -> Result<(Self, f64), Fault> {
        let number = |i: usize, what: &str| -> Result<f64, Fault> {
            let field = record.get(i).unwrap_or("");
            let value: Option<f64> = field.parse().ok().filter(|v: &f64| v.is_finite());
            value.ok_or_else(|| {
                let value = format!("{what} \"{}\"", shortened(field));
                (value, "is no finite number", "a row is: milliseconds, x, y, z in metres, red, green, blue")
            })
        };
        let t = number(0, "the time")?;
        let (t_ms, off_ms) = millis(t, limits.max_time_ms)
            .ok_or_else(|| (format!("the time {t} ms"), "is beyond any show", "correct it or raise `max_time_ms`"))?;
        let nwu = DVec3::new(number(1, "x")?, number(2, "y")?, number(3, "z")?);
        let channel = |i: usize| -> Result<u8, Fault> {
            let field = record.get(i).unwrap_or("");
            field.parse().map_err(|_| {
                let value = format!("the colour \"{}\"", shortened(field));
                (value, "is no whole number from 0 to 255", "give three of them, or none for white")
            })
        };
        let colour = match record.len() {
            0..=4 => None,
            _ => Some(Rgb::new(channel(4)?, channel(5)?, channel(6)?)),
        };
        Ok((Self { t_ms, position_m: Nwu(nwu).to_site() + 0.0, colour }, off_ms))
    }
}

#[derive(Default)]
struct Builder {
    trajectory: Option<Trajectory>,
    /// End of a rest that is not yet appended.
    rest_until_ms: Option<i64>,
    last_ms: i64,
    lights: LightProgram,
    rows: usize,
    without_colour: bool,
    rounding: Rounding,
}

impl Builder {
    fn add(&mut self, row: &Row, at: impl Fn() -> Place) -> Result<(), ReadError> {
        let fault = |f| ReadError::from_fault(at(), &f);
        self.without_colour |= row.colour.is_none();
        let colour = row.colour.unwrap_or(Rgb::WHITE);
        if self.lights.keys().last().is_none_or(|k| k.colour != colour) {
            // Rows come in time order, or the next lines refuse them.
            if self.rows > 0 && row.t_ms <= self.last_ms {
                return Err(not_increasing(at(), row.t_ms, self.last_ms));
            }
            self.lights.push(LightKey { t_ms: row.t_ms, colour, fade: false });
        }
        match &mut self.trajectory {
            None => self.trajectory = Some(Trajectory::starting_at(row.t_ms, row.position_m).map_err(fault)?),
            Some(_) if row.t_ms <= self.last_ms => return Err(not_increasing(at(), row.t_ms, self.last_ms)),
            Some(trajectory) if trajectory.end_point_m() == row.position_m => self.rest_until_ms = Some(row.t_ms),
            Some(trajectory) => {
                if let Some(until_ms) = self.rest_until_ms.take() {
                    trajectory.push_hold(until_ms).map_err(fault)?;
                }
                trajectory.push(row.t_ms, &[row.position_m]).map_err(fault)?;
            }
        }
        self.last_ms = row.t_ms;
        self.rows += 1;
        Ok(())
    }

    fn finish(self, member: &str, name: &str) -> Result<DroneRead, ReadError> {
        let place = || Place::in_member(member, "");
        let Some(mut trajectory) = self.trajectory else {
            return Err(ReadError::Missing {
                place: place(),
                what: "every row of numbers".into(),
                remedy: "a drone needs at least one",
            });
        };
        if let Some(until_ms) = self.rest_until_ms {
            trajectory.push_hold(until_ms).map_err(|f| ReadError::from_fault(place(), &f))?;
        }
        let notes =
            if self.without_colour { vec!["it has rows without a colour: white".to_owned()] } else { Vec::new() };
        let home_m = trajectory.start_point_m();
        let vehicle = Vehicle::new(name, home_m, trajectory, self.lights);
        Ok(DroneRead { vehicle, notes, rounding: self.rounding })
    }
}

fn not_increasing(place: Place, t_ms: i64, last_ms: i64) -> ReadError {
    ReadError::BadValue {
        place,
        value: format!("time {t_ms} ms"),
        why: format!("is not later than the row before it, which is at {last_ms} ms"),
        remedy: "sort the rows and remove repeated times (times are rounded to whole milliseconds)",
    }
}

use std::borrow::Cow;

use kapok_show::{DVec3, LightKey, LightProgram, Nwu, Rgb, Trajectory, Vehicle, pad_below};

use super::columns::Columns;
use crate::container::Files;
use crate::container::zip::Archive;
use crate::error::shortened;
use crate::light::with_white;
use crate::swarm::clutter::title_of;
use crate::swarm::decoded::{finished, plain};
use crate::swarm::notes::{Note, Notes};
use crate::swarm::reader::VehicleRead;
use crate::swarm::rounding::Rounding;
use crate::swarm::vehicle_files::read_vehicle_files;
use crate::text::number::millis;
use crate::text::table::{Row, check_separator, column, rows};
use crate::{Decoded, Format, Place, ReadBounds, ReadError};

/// Reads a ZIP archive of one CSV file per drone. Members in other formats are left out with a note.
///
/// Columns are known by their names and units, in any order; metres, centimetres, millimetres, feet and inches are read,
/// milliseconds and seconds. Between rows the vehicle flies straight at constant speed, and holds the row's colour: the format
/// does not say, so this is noted. Drones come in the natural order of their file names (2 before 10).
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`], with member and line.
///
/// # Complexity
/// Linear in the size of the content; drones are decoded in parallel. Rows at rest are merged.
pub fn read_csv_zip(bytes: &[u8], bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    read_files(&Files::Archive(&Archive::open(bytes, bounds)?), "", bounds)
}

/// Reads the files of a show; the file's name gives the title.
pub(crate) fn read_files(files: &Files, file_name: &str, bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    let mut notes = Notes::default();
    let read_one = |text: &str, member: &str, name: &str| read_drone(text, member, name, bounds);
    let swarm = read_vehicle_files(files, bounds, &mut notes, read_one, |()| {})?;
    notes.add("CSV has only rows: straight lines at constant speed and held colours between them are assumed");
    notes.add("CSV does not say where the show stands: latitude, longitude and heading 0 are assumed");
    notes.add("CSV does not state pads: the ground (z = 0) at each drone's first row is taken");
    swarm.rounding.note(&mut notes);
    let (show, limits_from_file) = plain(title_of(file_name), swarm.vehicles, &mut notes);
    Ok(finished(show, Format::CsvZip, notes, limits_from_file))
}

fn read_drone(text: &str, member: &str, name: &str, bounds: &ReadBounds) -> Result<VehicleRead, ReadError> {
    let place = || Place::in_member(member, "");
    let mut lines = rows(text).filter(|row| !row.text.trim().eq_ignore_ascii_case("sep=,"));
    let mut fields = Vec::new();
    let (mut remarks, mut columns) = (0, None);
    // The header may stand behind a `#`, and so may remarks before it.
    for row in lines.by_ref() {
        check_separator(&row, place)?;
        row.fields(place, &mut fields)?;
        match Columns::of_header(&fields) {
            Ok(found) => {
                columns = Some(found);
                break;
            }
            Err(_) if row.is_remark() => remarks += 1,
            Err(_) if fields.is_empty() => {}
            Err(fault) => {
                let at = fault.column.map_or_else(|| format!("line {}", row.line), |k| column(row.line, k));
                let value = fault.value;
                return Err(ReadError::BadValue {
                    place: place().at(at),
                    value,
                    why: fault.why.into(),
                    remedy: fault.remedy,
                });
            }
        }
    }
    let mut builder = Builder::default();
    if let Some(columns) = &columns {
        for row in lines {
            if row.is_remark() {
                remarks += 1;
                continue;
            }
            row.fields(place, &mut fields)?;
            // Spreadsheets leave rows of commas behind.
            if fields.is_empty() {
                continue;
            }
            let at = || place().at(format!("line {}", row.line));
            let (sample, off_ms) = Sample::parse(&row, &fields, columns, &place, bounds)?;
            builder.rounding.add(off_ms);
            builder.add(&sample, at)?;
            if builder.rows > bounds.max_segments_per_vehicle {
                return Err(ReadError::OverLimit {
                    place: at(),
                    what: "the number of rows",
                    value: builder.rows as u64,
                    limit: bounds.max_segments_per_vehicle as u64,
                    field: "max_segments_per_vehicle",
                });
            }
        }
    }
    builder.finish(&place, name, columns.as_ref(), remarks)
}

/// One row.
struct Sample {
    t_ms: i64,
    position_m: DVec3,
    colour: Option<Rgb>,
    /// Was white light of its own mixed in?
    whitened: bool,
}

impl Sample {
    fn parse(
        row: &Row,
        fields: &[Cow<str>],
        columns: &Columns,
        place: &impl Fn() -> Place,
        bounds: &ReadBounds,
    ) -> Result<(Self, f64), ReadError> {
        let bad = |k: usize, value: String, why: &str, remedy| ReadError::BadValue {
            place: place().at(column(row.line, k)),
            value,
            why: why.into(),
            remedy,
        };
        let field = |k: usize| fields.get(k).map_or("", |field| field.as_ref());
        if fields.len() > columns.count {
            let value = format!("a row of {} fields", fields.len());
            let remedy = "write decimals with a point, and a name above each column";
            return Err(bad(columns.count, value, &format!("has more than the header's {}", columns.count), remedy));
        }
        let number = |k: usize, what: &str| {
            let value: Option<f64> = field(k).parse().ok().filter(|v: &f64| v.is_finite());
            value.ok_or_else(|| {
                let value = format!("{what} \"{}\"", shortened(field(k)));
                bad(k, value, "is no finite number", "write decimals with a point, and nothing else")
            })
        };
        let (k, ms) = columns.time;
        let t = number(k, "the time")? * ms;
        let (t_ms, off_ms) = millis(t, bounds.max_time_ms).ok_or_else(|| {
            bad(k, format!("the time {t} ms"), "is beyond any show", "correct it: times are within 24 hours")
        })?;
        let mut nwu = [0.0; 3];
        for ((slot, &(k, m)), what) in nwu.iter_mut().zip(&columns.axes).zip(["x", "y", "z"]) {
            *slot = number(k, what)? * m;
        }
        let channel = |k: usize| -> Result<u8, ReadError> {
            field(k).parse().map_err(|_| {
                let value = format!("the colour \"{}\"", shortened(field(k)));
                bad(
                    k,
                    value,
                    "is no whole number from 0 to 255",
                    "give one for each colour, or none in the row for white",
                )
            })
        };
        let has_colour = |list: &[usize; 3]| list.iter().chain(&columns.white).any(|&k| !field(k).is_empty());
        let mut colour = match columns.colour.filter(has_colour) {
            Some([r, g, b]) => Some(Rgb::new(channel(r)?, channel(g)?, channel(b)?)),
            None => None,
        };
        let white = match columns.white.filter(|&k| colour.is_some() || !field(k).is_empty()) {
            Some(k) => channel(k)?,
            None => 0,
        };
        if white > 0 {
            colour = Some(with_white(colour.unwrap_or(Rgb::BLACK), white));
        }
        let position_m = Nwu(DVec3::from_array(nwu)).to_site() + 0.0;
        Ok((Self { t_ms, position_m, colour, whitened: white > 0 }, off_ms))
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
    whitened: bool,
    rounding: Rounding,
}

impl Builder {
    fn add(&mut self, row: &Sample, at: impl Fn() -> Place) -> Result<(), ReadError> {
        let fault = |f| ReadError::from_fault(at(), &f);
        self.without_colour |= row.colour.is_none();
        self.whitened |= row.whitened;
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

    fn finish(
        self,
        place: &impl Fn() -> Place,
        name: &str,
        columns: Option<&Columns>,
        remarks: usize,
    ) -> Result<VehicleRead, ReadError> {
        let (Some(mut trajectory), Some(columns)) = (self.trajectory, columns) else {
            return Err(ReadError::Missing {
                place: place(),
                what: "every row of numbers".into(),
                remedy: "a drone needs at least one, below the names of the columns",
            });
        };
        if let Some(until_ms) = self.rest_until_ms {
            trajectory.push_hold(until_ms).map_err(|f| ReadError::from_fault(place(), &f))?;
        }
        let mut notes: Vec<Note> = Vec::new();
        if self.without_colour {
            notes.push("it has rows without a colour: white".into());
        }
        if self.whitened {
            notes.push("its white was mixed into red, green and blue".into());
        }
        if columns.without_unit {
            notes.push("its columns of x, y and z state no unit: metres are taken".into());
        }
        if columns.axes.iter().any(|&(_, m)| m != 1.0) {
            notes.push("its positions were converted to metres from the units that the columns state".into());
        }
        notes.extend(Note::unknown_columns(columns.unknown.iter().map(String::as_str)));
        notes.extend(Note::remarks(remarks));
        let home_m = pad_below(trajectory.start_point_m());
        let vehicle = Vehicle::new(name, home_m, trajectory, self.lights);
        Ok(VehicleRead::new(vehicle, notes, self.rounding, ()))
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

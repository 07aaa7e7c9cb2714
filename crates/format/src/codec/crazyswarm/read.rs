use std::borrow::Cow;

use kapok_show::{DVec3, LightProgram, Nwu, Trajectory, Vehicle, YawKey, YawProgram, pad_below};

use super::power::{COEFFICIENTS, control_from_powers};
use crate::container::Files;
use crate::container::zip::Archive;
use crate::error::shortened;
use crate::swarm::clutter::title_of;
use crate::swarm::decoded::{check_show, finished, plain};
use crate::swarm::notes::{Note, Notes};
use crate::swarm::reader::VehicleRead;
use crate::swarm::rounding::Rounding;
use crate::swarm::vehicle_files::read_vehicle_files;
use crate::text::number::millis_from_seconds;
use crate::text::table::{check_separator, column, rows};
use crate::{Decoded, Format, Place, ReadBounds, ReadError};
use kapok_motion::bezier::restrict;

/// Largest coordinate that is read, metres: rounding stays far below a millimetre there.
const MAX_COORDINATE_M: f64 = 1e7;
/// Fields of a row.
const FIELDS: usize = 1 + 4 * COEFFICIENTS;
/// Largest gap between the end of a piece and the start of the next that is closed, metres.
const MAX_GAP_M: f64 = 0.01;
/// Longest straight line that a bent yaw becomes, seconds; and most lines of a piece.
const YAW_STEP_S: f64 = 0.1;
const MAX_YAW_STEPS: i64 = 64;

/// Reads a ZIP archive of one polynomial CSV a vehicle. Members in other formats are left out with a note.
///
/// Columns are known by their names, in any order. Vehicles come in the natural order of their file names (2 before 10). Gaps
/// of up to 1 cm between pieces are closed and noted.
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`], with member and line.
pub fn read_crazyswarm(bytes: &[u8], bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    read_files(&Files::Archive(&Archive::open(bytes, bounds)?), "", bounds)
}

/// Reads the files of a folder, name and bytes each, in any order.
///
/// # Errors
/// As [`read_crazyswarm`].
pub fn read_crazyswarm_files(
    files: &[(String, Vec<u8>)],
    title: &str,
    bounds: &ReadBounds,
) -> Result<Decoded, ReadError> {
    read_files(&Files::of_folder(files), title, bounds)
}

/// Reads the files of a show; the file's name gives the title.
pub(crate) fn read_files(files: &Files, file_name: &str, bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    let mut notes = Notes::default();
    let (mut gap_m, mut yaw_off_deg): (f64, f64) = (0.0, 0.0);
    let read_one = |text: &str, member: &str, name: &str| read_vehicle(text, member, name, bounds);
    let swarm = read_vehicle_files(files, bounds, &mut notes, read_one, |off: Off| {
        gap_m = gap_m.max(off.gap_m);
        yaw_off_deg = yaw_off_deg.max(off.yaw_deg);
    })?;
    if gap_m > 0.0 {
        notes.add(format!("pieces begin up to {gap_m:.6} m from where the one before ends: the gaps were closed"));
    }
    if yaw_off_deg > 0.0 {
        notes.add(format!("bent yaw became straight lines, which are off by at most {yaw_off_deg:.3} degrees"));
    }
    swarm.rounding.note(&mut notes);
    notes.add("polynomial CSV has no lights: dark");
    notes.add("polynomial CSV does not say where the show stands: latitude, longitude and heading 0 are assumed");
    notes.add("polynomial CSV does not state pads: the ground (z = 0) below the start of each trajectory is taken");
    let (show, limits_from_file) = plain(title_of(file_name), swarm.vehicles, &mut notes);
    check_show(&show, files.place(), "give each vehicle's file a name of its own")?;
    Ok(finished(show, Format::Crazyswarm, notes, limits_from_file))
}

/// How far the vehicle as read is off what the file says.
struct Off {
    gap_m: f64,
    yaw_deg: f64,
}

fn read_vehicle(text: &str, member: &str, name: &str, bounds: &ReadBounds) -> Result<VehicleRead<Off>, ReadError> {
    let place = || Place::in_member(member, "");
    let mut fields = Vec::new();
    let mut columns: Option<[usize; FIELDS]> = None;
    let mut builder: Option<Builder> = None;
    let (mut pieces, mut remarks, mut unknown) = (0, 0, Vec::new());
    for row in rows(text) {
        if row.is_remark() {
            remarks += 1;
            continue;
        }
        check_separator(&row, place)?;
        row.fields(place, &mut fields)?;
        if fields.is_empty() {
            continue;
        }
        let at = || place().at(format!("line {}", row.line));
        let Some(columns) = &columns else {
            let (found, others) = header(&fields, &at)?;
            (columns, unknown) = (Some(found), others);
            continue;
        };
        pieces += 1;
        if pieces > bounds.max_segments_per_vehicle {
            return Err(ReadError::OverLimit {
                place: at(),
                what: "the number of rows",
                value: pieces as u64,
                limit: bounds.max_segments_per_vehicle as u64,
                field: "max_segments_per_vehicle",
            });
        }
        let count = FIELDS + unknown.len();
        if fields.len() != count {
            return Err(ReadError::BadValue {
                place: at(),
                value: format!("a row of {} fields", fields.len()),
                why: format!("is no piece ({count} are needed)"),
                remedy: "a row is: duration, then eight coefficients each of x, y, z and yaw",
            });
        }
        let mut values = [0.0; FIELDS];
        for (slot, &k) in values.iter_mut().zip(columns) {
            let field = fields.get(k).map_or("", |field| field.as_ref());
            *slot = field.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| ReadError::BadValue {
                place: place().at(column(row.line, k)),
                value: format!("\"{}\"", shortened(field)),
                why: "is no finite number".into(),
                remedy: "write decimals with a point, and nothing else",
            })?;
        }
        builder.get_or_insert_with(Builder::default).add(&values, bounds, &at)?;
    }
    let Some(builder) = builder else {
        return Err(ReadError::Missing {
            place: place(),
            what: "every row of numbers".into(),
            remedy: "a vehicle needs at least one piece, below the names of the columns",
        });
    };
    let mut read = builder.finish(name, place)?;
    read.notes.extend(Note::unknown_columns(unknown.iter().map(String::as_str)));
    read.notes.extend(Note::remarks(remarks));
    Ok(read)
}

/// The columns of duration, then of the coefficients of x, y, z and yaw, by their names; and the names that are not known.
fn header(fields: &[Cow<str>], at: &impl Fn() -> Place) -> Result<([usize; FIELDS], Vec<String>), ReadError> {
    let bad = |value: String, why: &str| {
        let remedy = "begin the file with the names duration,x^0,...,x^7,y^0,...,y^7,z^0,...,z^7,yaw^0,...,yaw^7";
        Err(ReadError::BadValue { place: at(), value, why: why.into(), remedy })
    };
    let names = std::iter::once("duration".to_owned()).chain(
        ["x", "y", "z", "yaw"].into_iter().flat_map(|axis| (0..COEFFICIENTS).map(move |i| format!("{axis}^{i}"))),
    );
    let mut columns = [0; FIELDS];
    let mut known = vec![false; fields.len()];
    for (slot, name) in columns.iter_mut().zip(names) {
        let mut found = (0..fields.len()).filter(|&k| fields[k].eq_ignore_ascii_case(&name));
        match (found.next(), found.next()) {
            (Some(k), None) => (*slot, known[k]) = (k, true),
            (None, _) => return bad(format!("the column \"{name}\""), "is missing"),
            (Some(_), Some(_)) => return bad(format!("the column \"{name}\""), "is there twice"),
        }
    }
    let unknown = known.iter().zip(fields).filter(|(known, _)| !**known).map(|(_, field)| shortened(field));
    Ok((columns, unknown.collect()))
}

#[derive(Default)]
struct Builder {
    trajectory: Option<Trajectory>,
    /// Sum of the durations as stated, seconds.
    t_s: f64,
    yaw: Vec<YawKey>,
    rounding: Rounding,
    gap_m: f64,
    yaw_off_deg: f64,
}

impl Builder {
    fn add(&mut self, row: &[f64; FIELDS], bounds: &ReadBounds, at: &impl Fn() -> Place) -> Result<(), ReadError> {
        let bad =
            |value: String, why: &str, remedy| Err(ReadError::BadValue { place: at(), value, why: why.into(), remedy });
        let duration_s = row[0];
        if duration_s <= 0.0 {
            return bad(format!("duration {duration_s} s"), "does not let time pass", "it must be above 0");
        }
        let start_ms = self.trajectory.as_ref().map_or(0, Trajectory::end_ms);
        self.t_s += duration_s;
        let Some((end_ms, off_ms)) = millis_from_seconds(self.t_s, bounds.max_time_ms) else {
            let value = format!("the end at {} s", self.t_s);
            return bad(value, "is beyond any show", "durations are in seconds, and shows last at most 24 hours");
        };
        self.rounding.add(off_ms);
        let scaled = |first: usize| {
            let mut power = 1.0;
            std::array::from_fn::<f64, COEFFICIENTS, _>(|i| {
                let value = row[first + i] * power;
                power *= duration_s;
                value
            })
        };
        let [x, y, z, yaw] = [1, 9, 17, 25].map(scaled);
        let point = |i: usize| Nwu(DVec3::new(x[i], y[i], z[i])).to_site();
        let degree = (1..COEFFICIENTS).rev().find(|&i| point(i) != DVec3::ZERO).unwrap_or(1);
        // Degrees that every format holds.
        let degree = if degree <= 3 { degree } else { COEFFICIENTS - 1 };
        let powers: Vec<DVec3> = (0..=degree).map(point).collect();
        let control_m = control_from_powers(&powers);
        if let Some(far) = control_m.iter().find(|p| p.abs().max_element() > MAX_COORDINATE_M) {
            let value = format!("a control point at ({}, {}, {}) m", far.x, far.y, far.z);
            return bad(value, "is farther out than any show", "write coordinates of at most 10,000 km");
        }
        let fault = |f| ReadError::from_fault(at(), &f);
        let start_m = control_m[0] + 0.0;
        match &mut self.trajectory {
            None => {
                let mut first = Trajectory::starting_at(0, start_m).map_err(fault)?;
                first.push(end_ms, &with_plain_zeros(&control_m[1..])).map_err(fault)?;
                self.trajectory = Some(first);
            }
            Some(trajectory) => {
                let gap_m = trajectory.end_point_m().distance(start_m);
                if gap_m > MAX_GAP_M || gap_m.is_nan() {
                    let value = format!("a start {gap_m:.3} m from the end of the piece before");
                    return bad(value, "is a jump", "pieces must join within 1 cm");
                }
                self.gap_m = self.gap_m.max(gap_m);
                trajectory.push(end_ms, &with_plain_zeros(&control_m[1..])).map_err(fault)?;
            }
        }
        self.add_yaw(&yaw, (start_ms, end_ms), duration_s);
        if self.yaw.len() > bounds.max_segments_per_vehicle {
            return Err(ReadError::OverLimit {
                place: at(),
                what: "the number of straight lines that its bent yaw becomes",
                value: self.yaw.len() as u64,
                limit: bounds.max_segments_per_vehicle as u64,
                field: "max_segments_per_vehicle",
            });
        }
        Ok(())
    }

    /// Straight lines in place of one polynomial of yaw.
    fn add_yaw(&mut self, powers: &[f64; COEFFICIENTS], (start_ms, end_ms): (i64, i64), duration_s: f64) {
        // Clockwise degrees from counter-clockwise radians.
        let control_deg: Vec<f64> = control_from_powers(powers).iter().map(|rad| -rad.to_degrees() + 0.0).collect();
        let is_bent = powers[2..].iter().any(|a| *a != 0.0);
        let span_ms = end_ms - start_ms;
        let parts =
            if is_bent { ((duration_s / YAW_STEP_S).ceil() as i64).clamp(1, MAX_YAW_STEPS).min(span_ms) } else { 1 };
        if self.yaw.is_empty() {
            self.yaw.push(YawKey { t_ms: start_ms, yaw_deg: control_deg[0] });
        }
        for k in 0..parts {
            let (from_ms, to_ms) = (span_ms * k / parts, span_ms * (k + 1) / parts);
            let mut part = control_deg.clone();
            restrict(&mut part, from_ms as f64 / span_ms as f64, to_ms as f64 / span_ms as f64);
            let from_deg = self.yaw.last().map_or(part[0], |key| key.yaw_deg);
            let to_deg = part[COEFFICIENTS - 1];
            for (i, deg) in part.iter().enumerate().filter(|_| is_bent) {
                let share = i as f64 / (COEFFICIENTS - 1) as f64;
                self.yaw_off_deg = self.yaw_off_deg.max((deg - (from_deg * (1.0 - share) + to_deg * share)).abs());
            }
            self.yaw.push(YawKey { t_ms: start_ms + to_ms, yaw_deg: to_deg });
        }
    }

    fn finish(self, name: &str, place: impl Fn() -> Place) -> Result<VehicleRead<Off>, ReadError> {
        let Some(trajectory) = self.trajectory else {
            return Err(ReadError::Missing {
                place: place(),
                what: "every piece".into(),
                remedy: "a vehicle needs at least one",
            });
        };
        let mut vehicle = Vehicle::new(name, pad_below(trajectory.start_point_m()), trajectory, LightProgram::dark());
        if self.yaw.iter().any(|key| key.yaw_deg != 0.0) {
            let yaw = YawProgram::from_keys(self.yaw, None);
            vehicle.yaw = Some(yaw.ok_or_else(|| ReadError::BadValue {
                place: place(),
                value: "the yaw".into(),
                why: "grows beyond all numbers".into(),
                remedy: "coefficients are in radians and seconds",
            })?);
        }
        let more = Off { gap_m: self.gap_m, yaw_deg: self.yaw_off_deg };
        Ok(VehicleRead::new(vehicle, Vec::new(), self.rounding, more))
    }
}

/// Without negative zeros.
fn with_plain_zeros(points: &[DVec3]) -> Vec<DVec3> {
    points.iter().map(|p| *p + 0.0).collect()
}

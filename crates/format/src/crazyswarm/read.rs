use std::collections::BTreeMap;

use kapok_show::{
    DVec3, Environment, LightProgram, Nwu, Show, Site, Trajectory, Vehicle, VehicleProfile, Wgs84, YawKey, YawProgram,
};
use rayon::prelude::*;

use super::{COEFFICIENTS, control_from_powers};
use crate::archive::Archive;
use crate::bezier::restrict;
use crate::csv_zip::is_csv;
use crate::decoded::field_limits;
use crate::error::shortened;
use crate::natural::natural_order;
use crate::notes::Notes;
use crate::number::millis_from_seconds;
use crate::rounding::Rounding;
use crate::skyc::finished;
use crate::{Decoded, Format, LimitSources, Place, ReadError, ReadLimits};

/// Largest coordinate that is read, metres: rounding stays far below a millimetre there.
const MAX_COORDINATE_M: f64 = 1e7;
/// Vehicles decoded at once; limits on totals are looked at after each batch.
const BATCH: usize = 32;
/// Fields of a row.
const FIELDS: usize = 1 + 4 * COEFFICIENTS;
/// Largest gap between the end of a piece and the start of the next that is closed, metres.
const MAX_GAP_M: f64 = 0.01;
/// Longest straight line that a bent yaw becomes, seconds; and most lines of a piece.
const YAW_STEP_S: f64 = 0.1;
const MAX_YAW_STEPS: i64 = 64;

/// Is this the beginning of such a file?
pub(crate) fn looks_like_crazyswarm(text: &str) -> bool {
    let head = text.trim_start();
    head.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("duration"))
}

/// Reads a ZIP archive of one polynomial CSV a vehicle. Members in other formats are left out with a note.
///
/// Vehicles come in the natural order of their file names (2 before 10). Gaps of up to 1 cm between pieces are closed and
/// noted.
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`], with member and line.
pub fn read_crazyswarm(bytes: &[u8], limits: &ReadLimits) -> Result<Decoded, ReadError> {
    read_archive(&Archive::open(bytes, limits)?, "", limits)
}

/// The same from an opened archive; the file's name gives the title.
pub(crate) fn read_archive(archive: &Archive, file_name: &str, limits: &ReadLimits) -> Result<Decoded, ReadError> {
    let names: Vec<&str> = archive.members().map(|(name, _)| name).collect();
    read_all(&names, file_name, limits, |member| archive.read_text(member))
}

/// Reads the files of a folder, name and bytes each, in any order.
///
/// # Errors
/// As [`read_crazyswarm`].
pub fn read_crazyswarm_files(
    files: &[(String, Vec<u8>)],
    title: &str,
    limits: &ReadLimits,
) -> Result<Decoded, ReadError> {
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let by_name: BTreeMap<&str, &[u8]> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    read_all(&names, title, limits, |name| {
        let bytes = by_name.get(name).copied().unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|e| ReadError::Damaged {
            place: Place::in_member(name, ""),
            fault: format!("the text is not UTF-8 at byte {}", e.valid_up_to()),
        })?;
        Ok(text.trim_start_matches('\u{feff}').to_owned())
    })
}

fn read_all(
    names: &[&str],
    title: &str,
    limits: &ReadLimits,
    text_of: impl Fn(&str) -> Result<String, ReadError> + Sync,
) -> Result<Decoded, ReadError> {
    let mut notes = Notes::default();
    let (mut members, others): (Vec<&str>, Vec<&str>) = names.iter().copied().partition(|name| is_csv(name));
    members.sort_by(|a, b| natural_order(a, b));
    if let Some(first) = others.first() {
        notes.add(format!("{} files are no CSV and were left out (\"{}\")", others.len(), shortened(first)));
    }
    let place = || Place::in_member("the archive", "");
    if members.is_empty() {
        return Err(ReadError::Missing {
            place: place(),
            what: "every CSV file".into(),
            remedy: "give one file a vehicle",
        });
    }
    let over = |what, value: usize, limit: usize, field| {
        Err(ReadError::OverLimit { place: place(), what, value: value as u64, limit: limit as u64, field })
    };
    if members.len() > limits.max_vehicles {
        return over("the number of vehicles", members.len(), limits.max_vehicles, "max_vehicles");
    }
    let mut vehicles: Vec<Vehicle> = Vec::with_capacity(members.len());
    let mut segments = 0;
    let (mut rounding, mut gap_m, mut yaw_off_deg): (_, f64, f64) = (Rounding::default(), 0.0, 0.0);
    for (start, batch) in (0..).step_by(BATCH).zip(members.chunks(BATCH)) {
        let read: Vec<Result<VehicleRead, ReadError>> = batch
            .par_iter()
            .enumerate()
            .map(|(k, member)| {
                let name = crate::csv_zip::drone_name(member);
                let text = text_of(member)?;
                read_vehicle(&text, member, name, limits).map_err(|e| e.of_vehicle(start + k, name))
            })
            .collect();
        for item in read {
            let read = item?;
            segments += read.vehicle.trajectory.segment_count();
            if segments > limits.max_segments {
                return over("the number of all segments", segments, limits.max_segments, "max_segments");
            }
            rounding.merge(read.rounding);
            gap_m = gap_m.max(read.gap_m);
            yaw_off_deg = yaw_off_deg.max(read.yaw_off_deg);
            vehicles.push(read.vehicle);
        }
    }
    if gap_m > 0.0 {
        notes.add(format!("pieces begin up to {gap_m:.6} m from where the one before ends: the gaps were closed"));
    }
    if yaw_off_deg > 0.0 {
        notes.add(format!("bent yaw became straight lines, which are off by at most {yaw_off_deg:.3} degrees"));
    }
    rounding.note(&mut notes);
    notes.add("polynomial CSV has no lights: dark");
    notes.add("polynomial CSV does not say where the show stands: latitude, longitude and heading 0 are assumed");
    notes.add("polynomial CSV does not state pads: the start of each trajectory is taken");
    let limits_from_file = LimitSources::all_default();
    let show_limits = field_limits(false);
    limits_from_file.note(&show_limits).into_iter().for_each(|note| notes.add(note));
    let show = Show {
        title: std::path::Path::new(title).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
        site: Site { origin: Wgs84 { latitude_deg: 0.0, longitude_deg: 0.0, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: show_limits,
        profile: VehicleProfile::default(),
        vehicles,
        chapters: Vec::new(),
        audio: None,
    };
    show.check().map_err(|fault| ReadError::BadValue {
        place: place(),
        value: "the show".into(),
        why: format!("is not well formed ({fault})"),
        remedy: "give each vehicle's file a name of its own",
    })?;
    Ok(finished(show, Format::Crazyswarm, notes, limits_from_file))
}

struct VehicleRead {
    vehicle: Vehicle,
    rounding: Rounding,
    gap_m: f64,
    yaw_off_deg: f64,
}

fn read_vehicle(text: &str, member: &str, name: &str, limits: &ReadLimits) -> Result<VehicleRead, ReadError> {
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
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut builder: Option<Builder> = None;
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
        if (rows == 0 && looks_like_crazyswarm(first)) || (record.len() <= 1 && first.is_empty()) {
            rows += 1;
            continue;
        }
        rows += 1;
        if rows > limits.max_segments_per_vehicle {
            return Err(ReadError::OverLimit {
                place: at(),
                what: "the number of rows",
                value: rows as u64,
                limit: limits.max_segments_per_vehicle as u64,
                field: "max_segments_per_vehicle",
            });
        }
        let row = parse(&record, &at)?;
        builder.get_or_insert_with(Builder::default).add(&row, limits, &at)?;
    }
    let Some(builder) = builder else {
        return Err(ReadError::Missing {
            place: place(),
            what: "every row of numbers".into(),
            remedy: "a vehicle needs at least one piece",
        });
    };
    builder.finish(name, place)
}

/// Duration, then the coefficients of x, y, z and yaw.
fn parse(record: &csv::StringRecord, at: &impl Fn() -> Place) -> Result<[f64; FIELDS], ReadError> {
    let bad = |value: String, why: &str| {
        Err(ReadError::BadValue {
            place: at(),
            value,
            why: why.into(),
            remedy: "a row is: duration, then eight coefficients each of x, y, z and yaw",
        })
    };
    // Some writers end every row with a comma.
    let count = if record.iter().next_back() == Some("") { record.len() - 1 } else { record.len() };
    if count != FIELDS {
        return bad(format!("a row of {count} fields"), "is no piece (33 are needed)");
    }
    let mut row = [0.0; FIELDS];
    for (slot, field) in row.iter_mut().zip(record) {
        *slot = match field.parse() {
            Ok(value) if f64::is_finite(value) => value,
            _ => return bad(format!("\"{}\"", shortened(field)), "is no finite number"),
        };
    }
    Ok(row)
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
    fn add(&mut self, row: &[f64; FIELDS], limits: &ReadLimits, at: &impl Fn() -> Place) -> Result<(), ReadError> {
        let bad =
            |value: String, why: &str, remedy| Err(ReadError::BadValue { place: at(), value, why: why.into(), remedy });
        let duration_s = row[0];
        if duration_s <= 0.0 {
            return bad(format!("duration {duration_s} s"), "does not let time pass", "it must be above 0");
        }
        let start_ms = self.trajectory.as_ref().map_or(0, Trajectory::end_ms);
        self.t_s += duration_s;
        let Some((end_ms, off_ms)) = millis_from_seconds(self.t_s, limits.max_time_ms) else {
            let value = format!("the end at {} s", self.t_s);
            return bad(value, "is beyond any show", "durations are in seconds; correct it or raise `max_time_ms`");
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

    fn finish(self, name: &str, place: impl Fn() -> Place) -> Result<VehicleRead, ReadError> {
        let Some(trajectory) = self.trajectory else {
            return Err(ReadError::Missing {
                place: place(),
                what: "every piece".into(),
                remedy: "a vehicle needs at least one",
            });
        };
        let mut vehicle = Vehicle::new(name, trajectory.start_point_m(), trajectory, LightProgram::dark());
        if self.yaw.iter().any(|key| key.yaw_deg != 0.0) {
            let yaw = YawProgram::from_keys(self.yaw, None);
            vehicle.yaw = Some(yaw.ok_or_else(|| ReadError::BadValue {
                place: place(),
                value: "the yaw".into(),
                why: "grows beyond all numbers".into(),
                remedy: "coefficients are in radians and seconds",
            })?);
        }
        Ok(VehicleRead { vehicle, rounding: self.rounding, gap_m: self.gap_m, yaw_off_deg: self.yaw_off_deg })
    }
}

/// Without negative zeros.
fn with_plain_zeros(points: &[DVec3]) -> Vec<DVec3> {
    points.iter().map(|p| *p + 0.0).collect()
}

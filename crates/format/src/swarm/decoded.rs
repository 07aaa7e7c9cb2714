use kapok_show::{LimitField, Limits, Show, Vehicle};

use rayon::prelude::*;

use crate::swarm::notes::{Lines, Notes};
use crate::{Format, Place, ReadError, vehicle_sha256};

/// A show read from a file, with what the reader had to assume.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The show.
    pub show: Show,
    /// The format it was in.
    pub format: Format,
    /// What was assumed, rounded, defaulted or left out, one plain sentence each; empty if nothing was.
    pub notes: Vec<String>,
    /// Those of the notes that tell what the file has and the show has not: members, columns, files, settings.
    pub left_out: Vec<String>,
    /// Which of the limits the file states.
    pub limits_from_file: LimitSources,
    /// Step to which the file rounds coordinates, metres, where it is on a grid (.skyb): a proof has to be told of it.
    pub grid_m: Option<f64>,
    /// Farthest that a time of the file was moved to become whole milliseconds, milliseconds: a proof has to charge it.
    pub time_error_ms: f64,
    /// Content hash of each vehicle, see [`crate::vehicle_sha256`].
    pub vehicle_sha256: Vec<String>,
}

/// The result with its hashes.
pub(crate) fn finished(show: Show, format: Format, notes: Notes, limits_from_file: LimitSources) -> Decoded {
    let vehicle_sha256 = show.vehicles.par_iter().map(vehicle_sha256).collect();
    let time_error_ms = notes.time_error_ms;
    let Lines { all, left_out } = notes.into_lines();
    Decoded { show, format, notes: all, left_out, limits_from_file, grid_m: None, time_error_ms, vehicle_sha256 }
}

/// A show of vehicles alone, from a format that says nothing else; a note tells which limits are taken.
pub(crate) fn plain(title: String, vehicles: Vec<Vehicle>, notes: &mut Notes) -> (Show, LimitSources) {
    let show = unplaced(title, vehicles);
    let limits_from_file = LimitSources::all_default();
    limits_from_file.note(&show.limits).into_iter().for_each(|note| notes.add(note));
    (show, limits_from_file)
}

/// Is the show well formed?
///
/// # Errors
/// [`ReadError::BadValue`] at this place.
pub(crate) fn check_show(show: &Show, place: Place, remedy: &'static str) -> Result<(), ReadError> {
    show.check().map_err(|fault| ReadError::BadValue {
        place,
        value: "the show".into(),
        why: format!("is not well formed ({fault})"),
        remedy,
    })
}

/// The same without the note.
pub(crate) fn unplaced(title: String, vehicles: Vec<Vehicle>) -> Show {
    Show { title, limits: field_limits(false), ..Show::of_vehicles(vehicles) }
}

/// Where each field of [`Limits`] came from, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSources {
    /// Stated by the file.
    pub from_file: Vec<LimitField>,
    /// Not stated: the default of [`Limits`].
    pub defaulted: Vec<LimitField>,
    /// The first of the limits that makes no sense. Readers do not refuse a file for it, because a caller may put another
    /// limit in its place; one that does not has to.
    pub illegal: Option<IllegalLimit>,
}

/// A limit of a file that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IllegalLimit {
    /// Name of the field in [`Limits`].
    pub field: &'static str,
    /// Where it stands, what it is and what it must be.
    pub error: ReadError,
}

impl IllegalLimit {
    /// The first of the limits that were read at a place, if one is illegal.
    pub(crate) fn among(limits: &Limits, place: impl FnOnce() -> Place) -> Option<Self> {
        let bad = limits.validate().err()?;
        let error = ReadError::BadValue {
            place: place(),
            value: format!("{} = {}", bad.field, bad.value),
            why: "is no limit".into(),
            remedy: bad.why,
        };
        Some(Self { field: bad.field, error })
    }
}

impl LimitSources {
    /// Every field came from the file if `stated` says so, else from the default.
    pub(crate) fn by(stated: impl Fn(LimitField) -> bool) -> Self {
        let (from_file, defaulted) = LimitField::ALL.into_iter().partition(|&field| stated(field));
        Self { from_file, defaulted, illegal: None }
    }

    /// Nothing is stated.
    pub(crate) fn all_default() -> Self {
        Self::by(|_| false)
    }

    /// The note that goes with the defaulted fields, which have these values.
    pub(crate) fn note(&self, limits: &Limits) -> Option<String> {
        if self.defaulted.is_empty() {
            return None;
        }
        let values: Vec<String> =
            self.defaulted.iter().map(|field| format!("{} = {}", field.name(), field.get(limits))).collect();
        Some(format!("the file does not state these limits, defaults are used: {}", values.join(", ")))
    }
}

/// What files of other programs are held against where they do not state a limit.
///
/// # Source
/// Distance, speeds and altitude: what the field's viewer takes for files without limits of their own, outdoors and indoors.
/// Outdoors also acceleration, rate of turn, distance of pads and the altitude below which no vehicle moves sideways: the
/// defaults of its safety check. For jerk no figure is published: from one extreme of acceleration to the other in 0.2 s.
/// Indoors the altitude of sideways motion and the acceleration are choices of this project. Wind (none indoors) and
/// battery are those of [`Limits::default`].
pub(crate) fn field_limits(indoor: bool) -> Limits {
    let outdoors = Limits {
        min_separation_m: 3.0,
        ground_separation_m: 0.4,
        max_velocity_xy_m_s: 10.0,
        max_velocity_up_m_s: 2.0,
        max_velocity_down_m_s: 2.0,
        max_acceleration_m_s2: 4.0,
        max_jerk_m_s3: 40.0,
        max_yaw_rate_deg_s: 30.0,
        max_altitude_m: 150.0,
        min_navigation_altitude_m: 2.5,
        ..Limits::default()
    };
    if !indoor {
        return outdoors;
    }
    Limits {
        min_separation_m: 0.5,
        ground_separation_m: 0.2,
        max_velocity_xy_m_s: 2.5,
        max_velocity_up_m_s: 1.0,
        max_velocity_down_m_s: 1.0,
        max_altitude_m: 6.0,
        min_navigation_altitude_m: 0.5,
        max_wind_m_s: 0.0,
        ..outdoors
    }
}

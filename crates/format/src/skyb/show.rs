use kapok_show::{Environment, LightProgram, Limits, Show, Site, Trajectory, Vehicle, VehicleProfile, Wgs84};

use super::file::{Metadata, Skyb, SkybEvent, SkybHeader, SkybYaw};
use super::rth::{RthLayout, RthPlan};
use super::trajectory::SkybTrajectory;
use crate::light::{compile_lights, decode_lights_until};
use crate::notes::Notes;
use crate::skyc::finished;
use crate::{Decoded, Format, LimitSources, ReadError, ReadLimits, WriteError};

/// What goes into a .skyb file beside motion and light.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkybOptions {
    /// Head of the file.
    pub header: SkybHeader,
    /// Coarsest grid that is forced on the trajectory, millimetres per unit; 0 or 1: the finest that fits.
    pub min_scale: u8,
    /// Return plan, in a layout agreed with whoever built the firmware.
    pub rth: Option<(RthLayout, RthPlan)>,
    /// Yaw control.
    pub yaw: Option<SkybYaw>,
    /// Events in the order of time.
    pub events: Vec<SkybEvent>,
    /// Show metadata, for firmware that knows it.
    pub metadata: Option<Metadata>,
}

/// A .skyb file, and what it lost.
#[derive(Clone, Debug, PartialEq)]
pub struct SkybExport {
    /// The file.
    pub bytes: Vec<u8>,
    /// Millimetres per unit of its coordinates.
    pub scale: u8,
    /// Farthest that a point of the curve was moved, metres (upper bound). The proof has to run on the file as read.
    pub max_error_m: f64,
    /// Farthest that a light key was moved, milliseconds.
    pub worst_light_shift_ms: i64,
}

/// Writes what one vehicle carries.
///
/// # Guarantees
/// [`read_skyb`] gives back a motion within `max_error_m` of the vehicle's at every instant, and the light keys, those
/// off the 20 ms grid moved by at most `worst_light_shift_ms`.
///
/// # Errors
/// [`WriteError::TooLarge`] beyond 4161 m or 65,535 bytes of a block; [`WriteError::NotCarried`].
pub fn write_skyb(vehicle: &Vehicle, options: &SkybOptions) -> Result<SkybExport, WriteError> {
    let (trajectory, max_error_m) = SkybTrajectory::from_trajectory(&vehicle.trajectory, options.min_scale)?;
    let lights = compile_lights(&vehicle.lights)?;
    let rth = options.rth.as_ref().map(|(layout, plan)| plan.encode(*layout)).transpose()?;
    let scale = trajectory.scale;
    let file = Skyb {
        header: options.header,
        trajectory: Some(trajectory),
        lights: Some(lights.bytes),
        events: (!options.events.is_empty()).then(|| options.events.clone()),
        rth,
        yaw: options.yaw.clone(),
        metadata: options.metadata,
        ..Skyb::default()
    };
    Ok(SkybExport { bytes: file.encode()?, scale, max_error_m, worst_light_shift_ms: lights.worst_shift_ms })
}

/// Reads a .skyb file as a show of one vehicle, named after the file.
///
/// Blocks that the show model does not hold are named in the notes; [`Skyb::decode`] gives them all.
///
/// # Errors
/// As [`Skyb::decode`], and [`ReadError::Missing`] for a file without a trajectory.
pub fn read_skyb(bytes: &[u8], file_name: &str, limits: &ReadLimits) -> Result<Decoded, ReadError> {
    let file = Skyb::decode(bytes, limits)?;
    let name = std::path::Path::new(file_name)
        .file_stem()
        .map_or_else(|| "Drone 1".to_owned(), |stem| crate::error::shortened(&stem.to_string_lossy()));
    let mut notes = Notes::default();
    let Some(stored) = &file.trajectory else {
        return Err(ReadError::Missing {
            place: crate::Place::in_member("the .skyb file", ""),
            what: "the trajectory block".into(),
            remedy: "export the file again",
        });
    };
    let trajectory: Trajectory = stored.to_trajectory()?;
    if stored.has_retired_yaw {
        notes.add("yaw inside the trajectory block is left out, as vehicles do it");
    }
    let lights = if let Some(code) = &file.lights {
        let decoded = decode_lights_until(code, trajectory.end_ms(), limits)?;
        for note in &decoded.notes {
            notes.add(note.to_string());
        }
        decoded.program
    } else {
        notes.add("the file has no light program: dark");
        LightProgram::dark()
    };
    for (what, present) in [
        ("events", file.events.is_some()),
        ("the return plan", file.rth.is_some()),
        ("yaw control", file.yaw.is_some()),
        ("the comment", file.comment.is_some()),
        ("the light set-up", file.light_setup.is_some()),
        ("the show metadata", file.metadata.is_some()),
    ] {
        if present {
            notes.add(format!("{what} left out"));
        }
    }
    for note in file.notes {
        notes.add(note);
    }
    notes.add("a .skyb file does not say where the show stands: latitude, longitude and heading 0 are assumed");
    let limits_from_file = LimitSources::all_default();
    if let Some(note) = limits_from_file.note() {
        notes.add(note);
    }
    let vehicle = Vehicle::new(name.clone(), trajectory.start_point_m(), trajectory, lights);
    let show = Show {
        title: name,
        site: Site { origin: Wgs84 { latitude_deg: 0.0, longitude_deg: 0.0, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: vec![vehicle],
        chapters: Vec::new(),
        audio: None,
    };
    Ok(finished(show, Format::Skyb, notes, limits_from_file))
}

use kapok_show::{LightProgram, Trajectory, Vehicle, YawProgram, pad_below};

use super::file::{Metadata, Skyb, SkybHeader, SkybYaw};
use super::pyro::{events_from_pyro, pyro_from_events};
use super::return_to_home::ReturnToHomeLoss;
use super::rth::{RthLayout, RthPlan};
use super::trajectory::SkybTrajectory;
use crate::light::{Unending, compile_lights, decode_lights_until, unroll};
use crate::swarm::decoded::{finished, plain};
use crate::swarm::notes::{Note, Notes};
use crate::{Decoded, Format, ReadBounds, ReadError, WriteError};

/// How a .skyb file is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkybOptions {
    /// Head of the file.
    pub header: SkybHeader,
    /// Coarsest grid that is forced on the trajectory, millimetres per unit; 0 or 1: the finest that fits.
    pub min_scale: u8,
    /// What becomes of the vehicle's return plan.
    pub rth: RthWriting,
    /// Show metadata, for firmware that knows it.
    pub metadata: Option<Metadata>,
}

/// What becomes of a return plan. There are three layouts, and nothing in a file tells them apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RthWriting {
    /// A vehicle with a plan is refused: without its plan it would land where it is, over whatever is below.
    #[default]
    Refuse,
    /// The plan is knowingly left out.
    LeaveOut,
    /// In a layout agreed with the builder of the firmware.
    Layout(RthLayout),
}

/// A .skyb file, and what it lost.
#[derive(Clone, Debug, PartialEq)]
pub struct SkybExport {
    /// The file.
    pub bytes: Vec<u8>,
    /// Millimetres per unit of its coordinates.
    pub scale: u8,
    /// Number of segments of its trajectory.
    pub segments: usize,
    /// Farthest that a point of the curve was moved, metres (upper bound). The proof has to run on the file as read.
    pub max_error_m: f64,
    /// Farthest that a light key was moved, milliseconds.
    pub worst_light_shift_ms: i64,
    /// Largest error of a colour channel in fades, see [`crate::light::CompiledLights`].
    pub worst_light_error: u8,
    /// Bytes of its light program.
    pub light_bytes: usize,
    /// Farthest that the yaw is off at any instant, degrees; 0 without yaw.
    pub max_yaw_error_deg: f64,
    /// What the return plan lost, if there is one in the file.
    pub return_to_home: Option<ReturnToHomeLoss>,
    /// What the vehicle has and the file has no place for.
    pub left_out: Vec<&'static str>,
}

/// Writes what one vehicle carries: motion, lights, yaw, pyrotechnics and, in a named layout, its return to home.
///
/// # Guarantees
/// [`read_skyb`] gives back a motion within `max_error_m` of the vehicle's at every instant, the light keys, those
/// off the 20 ms grid moved by at most `worst_light_shift_ms`, a yaw within `max_yaw_error_deg`, and the same ignitions.
///
/// # Errors
/// [`WriteError::TooLarge`] beyond 4161 m or 65,535 bytes of a block; [`WriteError::NotCarried`], also for a return plan
/// under [`RthWriting::Refuse`]. All name the vehicle.
pub fn write_skyb(vehicle: &Vehicle, options: &SkybOptions) -> Result<SkybExport, WriteError> {
    write(vehicle, options).map_err(|error| error.of_vehicle(&vehicle.name))
}

fn write(vehicle: &Vehicle, options: &SkybOptions) -> Result<SkybExport, WriteError> {
    let (trajectory, max_error_m) = SkybTrajectory::from_trajectory(&vehicle.trajectory, options.min_scale)?;
    let lights = compile_lights(&vehicle.lights)?;
    let mut left_out = Vec::new();
    let (yaw, max_yaw_error_deg) = match &vehicle.yaw {
        Some(yaw) => SkybYaw::from_program(yaw).map(|(yaw, error_deg)| (Some(yaw), error_deg))?,
        None => (None, 0.0),
    };
    if vehicle.yaw.as_ref().and_then(YawProgram::auto_offset_deg).is_some_and(|deg| deg != 0.0) {
        left_out.push("the offset of automatic yaw");
    }
    let events = vehicle.pyro.as_ref().map(events_from_pyro).transpose()?.filter(|events| !events.is_empty());
    if events.is_some() {
        left_out.push("names and directions of pyrotechnic payloads");
    }
    if vehicle.group != 0 {
        left_out.push("the number of the group");
    }
    // Without entries a plan says nothing but "land in place", as no plan does.
    let plan = vehicle.return_to_home.as_ref().filter(|plan| !plan.entries.is_empty());
    let (mut rth, mut return_to_home) = (None, None);
    match (plan, options.rth) {
        (Some(_), RthWriting::Refuse) => {
            return Err(WriteError::NotCarried {
                what: "the return plan".into(),
                format: ".skyb",
                why: "it has three layouts that no file tells apart, and a vehicle without its plan lands where it is: \
                      name the layout that the firmware reads, or leave the plan out knowingly",
            });
        }
        (Some(_), RthWriting::LeaveOut) => {
            left_out.push("the return plan: when stopped, the vehicle lands where it is");
        }
        (Some(plan), RthWriting::Layout(layout)) => {
            let (stored, loss) = RthPlan::from_plan(plan, layout)?;
            rth = Some(stored.encode(layout)?);
            return_to_home = Some(loss);
        }
        (None, _) => {}
    }
    let light_bytes = lights.bytes.len();
    let (scale, segments) = (trajectory.scale, trajectory.segments.len());
    let file = Skyb {
        header: options.header,
        trajectory: Some(trajectory),
        lights: Some(lights.bytes),
        events,
        rth,
        yaw,
        metadata: options.metadata,
        ..Skyb::default()
    };
    Ok(SkybExport {
        bytes: file.encode()?,
        scale,
        segments,
        max_error_m,
        worst_light_shift_ms: lights.worst_shift_ms,
        worst_light_error: lights.worst_error,
        light_bytes,
        max_yaw_error_deg,
        return_to_home,
        left_out,
    })
}

/// Reads a .skyb file as a show of one vehicle, named after the file. A return plan is read if it fits exactly one of
/// the layouts; [`read_skyb_as`] takes the layout from the caller.
///
/// Blocks that the show model does not hold are named in the notes; [`Skyb::decode`] gives them all.
///
/// # Errors
/// As [`Skyb::decode`]; [`ReadError::Missing`] for a file without a trajectory; [`ReadError::BadValue`] for a return plan
/// that fits no layout or several.
pub fn read_skyb(bytes: &[u8], file_name: &str, bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    read_skyb_as(bytes, file_name, None, bounds)
}

/// The same with the layout of the return plan, if the caller states it.
///
/// # Errors
/// As [`read_skyb`].
pub fn read_skyb_as(
    bytes: &[u8],
    file_name: &str,
    rth_layout: Option<RthLayout>,
    bounds: &ReadBounds,
) -> Result<Decoded, ReadError> {
    let name = vehicle_name(file_name);
    let mut notes = Notes::default();
    let reading = RthReading { layout: rth_layout, landing_speed_m_s: None };
    let VehicleRead { vehicle, scale, unending } =
        read_vehicle(bytes, name.clone(), &reading, bounds, &mut |note| notes.add(note))?;
    let mut vehicles = vec![vehicle];
    let unending: Vec<Unending> = unending.into_iter().map(|code| Unending { vehicle: 0, code }).collect();
    unroll(&mut vehicles, &unending, bounds, &mut notes)?;
    notes.add("a .skyb file does not state a pad: the ground (z = 0) below the start of its trajectory is taken");
    notes.add("a .skyb file does not say where the show stands: latitude, longitude and heading 0 are assumed");
    let (show, limits_from_file) = plain(name, vehicles, &mut notes);
    Ok(Decoded { grid_m: Some(step_m(scale)), ..finished(show, Format::Skyb, notes, limits_from_file) })
}

/// What a caller states of the return plans of files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RthReading {
    /// Their layout.
    pub layout: Option<RthLayout>,
    /// Speed of the final descent where they do not state it, m/s.
    pub landing_speed_m_s: Option<f64>,
}

/// The name of a vehicle whose file has this name.
pub(crate) fn vehicle_name(file_name: &str) -> String {
    std::path::Path::new(file_name)
        .file_stem()
        .map_or_else(|| "Drone 1".to_owned(), |stem| crate::error::shortened(&stem.to_string_lossy()))
}

/// The grid of a scale, metres.
pub(crate) fn step_m(scale: u8) -> f64 {
    f64::from(scale.max(1)) / 1000.0
}

/// One vehicle as read.
pub(crate) struct VehicleRead {
    pub vehicle: Vehicle,
    /// Of its coordinates.
    pub scale: u8,
    /// The byte code of lights that never end.
    pub unending: Option<Vec<u8>>,
}

/// What one vehicle does, and the scale of its coordinates; what the show does not hold goes to `note`.
pub(crate) fn read_vehicle(
    bytes: &[u8],
    name: String,
    reading: &RthReading,
    bounds: &ReadBounds,
    note: &mut dyn FnMut(Note),
) -> Result<VehicleRead, ReadError> {
    let file = Skyb::decode(bytes, bounds)?;
    let Some(stored) = &file.trajectory else {
        return Err(ReadError::Missing {
            place: crate::Place::in_member("the .skyb file", ""),
            what: "the trajectory block".into(),
            remedy: "export the file again",
        });
    };
    let scale = stored.scale;
    let trajectory: Trajectory = stored.to_trajectory()?;
    if stored.has_retired_yaw {
        note(Note::left_out("yaw inside the trajectory block is left out, as vehicles do it"));
    }
    let mut unending = None;
    let lights = if let Some(code) = &file.lights {
        let decoded = decode_lights_until(code, trajectory.end_ms(), bounds)?;
        decoded.other_notes().for_each(|n| note(Note::left_out(n.to_string())));
        unending = decoded.is_unending().then(|| code.clone());
        decoded.program
    } else {
        note("the file has no light program: dark".into());
        LightProgram::dark()
    };
    if scale == 0 {
        note("its trajectory is empty: it stays on its pad".into());
    }
    let mut vehicle = Vehicle::new(name, pad_below(trajectory.start_point_m()), trajectory, lights);
    vehicle.yaw = file.yaw.as_ref().map(SkybYaw::to_program).transpose()?;
    if let Some(events) = &file.events {
        let (pyro, more) = pyro_from_events(events);
        vehicle.pyro = pyro;
        more.into_iter().map(Note::left_out).for_each(&mut *note);
    }
    if let Some(body) = &file.rth {
        let (layout, stored) = match reading.layout {
            Some(layout) => (layout, RthPlan::decode(body, layout)?),
            None => RthPlan::decode_unstated(body)?,
        };
        if reading.layout.is_none() {
            let text = "nothing says in which layout the return plan is; only";
            note(format!("{text} \"{}\" fits and is taken", layout.name()).into());
        }
        let (plan, more) = stored.to_plan(layout, &vehicle.trajectory, reading.landing_speed_m_s);
        vehicle.return_to_home = Some(plan);
        more.into_iter().map(Note::from).for_each(&mut *note);
    }
    for (what, present) in [
        ("the comment", file.comment.is_some()),
        ("the light set-up", file.light_setup.is_some()),
        ("the show metadata", file.metadata.is_some()),
    ] {
        if present {
            note(Note::left_out(format!("{what} left out")));
        }
    }
    file.notes.into_iter().map(Note::left_out).for_each(note);
    Ok(VehicleRead { vehicle, scale, unending })
}

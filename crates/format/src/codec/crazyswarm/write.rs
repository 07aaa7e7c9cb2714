use kapok_show::{DVec3, Nwu, Segment, Show, Trajectory, Vehicle};
use rayon::prelude::*;

use super::power::{COEFFICIENTS, control_from_powers, powers_from_control};
use crate::WriteError;
use crate::container::zip::{Effort, write_archive};
use crate::text::number::{push_f64, push_seconds};
use kapok_motion::bezier::restrict;

/// A show as polynomial CSV, and what rounding lost.
#[derive(Clone, Debug, PartialEq)]
pub struct CrazyswarmExport {
    /// Name and content of each file, in the order of the vehicles.
    pub files: Vec<(String, Vec<u8>)>,
    /// Upper bound of the distance between the curves and the polynomials as written, metres.
    pub max_error_m: f64,
    /// What the format has no place for.
    pub left_out: Vec<&'static str>,
}

impl CrazyswarmExport {
    /// The files in a ZIP archive.
    ///
    /// # Errors
    /// [`WriteError::Archive`].
    pub fn to_zip(&self) -> Result<Vec<u8>, WriteError> {
        write_archive(self.files.len(), Effort::Usual, |i| Ok(self.files[i].clone()))
    }
}

/// Writes one polynomial CSV a vehicle; its file is named after it, with `names` giving the names without ending.
///
/// Pieces are cut where the yaw has a key, so that it is linear in each of them. A start after time 0 becomes a rest.
///
/// # Errors
/// [`WriteError::Show`]; [`WriteError::NotCarried`] for motion before time 0 and another number of names than vehicles;
/// [`WriteError::NotFinite`].
///
/// # Determinism
/// The same show gives the same bytes, on any number of threads.
pub fn write_crazyswarm(show: &Show, names: &[String]) -> Result<CrazyswarmExport, WriteError> {
    show.check()?;
    if names.len() != show.vehicles.len() {
        return Err(WriteError::NotCarried {
            what: format!("a list of {} names for {} vehicles", names.len(), show.vehicles.len()),
            format: "polynomial CSV",
            why: "each vehicle has one file",
        });
    }
    let parts: Vec<Result<(Vec<u8>, f64), WriteError>> = show.vehicles.par_iter().map(write_vehicle).collect();
    let mut out = CrazyswarmExport { files: Vec::with_capacity(names.len()), max_error_m: 0.0, left_out: Vec::new() };
    for (name, part) in names.iter().zip(parts) {
        let (bytes, error_m) = part?;
        out.max_error_m = out.max_error_m.max(error_m);
        out.files.push((format!("{name}.csv"), bytes));
    }
    let any = |has: &dyn Fn(&Vehicle) -> bool| show.vehicles.iter().any(has);
    for (what, present) in [
        ("lights", any(&|v| !v.lights.keys().is_empty())),
        ("automatic yaw", any(&|v| v.yaw.as_ref().is_some_and(|y| y.auto_offset_deg().is_some()))),
        ("pyrotechnics", any(&|v| v.pyro.is_some())),
        ("return plans", any(&|v| v.return_to_home.is_some())),
        ("groups", any(&|v| v.group != 0)),
    ] {
        if present {
            out.left_out.push(what);
        }
    }
    Ok(out)
}

fn write_vehicle(vehicle: &Vehicle) -> Result<(Vec<u8>, f64), WriteError> {
    let trajectory = &vehicle.trajectory;
    let refused = |what: &str| WriteError::NotCarried {
        what: format!("vehicle \"{}\", which {what} before time 0,", vehicle.name),
        format: "polynomial CSV",
        why: "the file begins at time 0: move the show so that nothing happens before",
    };
    if trajectory.start_ms() < 0 {
        return Err(refused("moves"));
    }
    let mut out = String::from("duration");
    for name in ["x", "y", "z", "yaw"] {
        for power in ["0", "1", "2", "3", "4", "5", "6", "7"] {
            for piece in [",", name, "^", power] {
                out.push_str(piece);
            }
        }
    }
    out.push('\n');
    let yaw_keys = vehicle.yaw.as_ref().map(kapok_show::YawProgram::keys).unwrap_or_default();
    let knots = knots_ms(trajectory, yaw_keys.iter().map(|k| k.t_ms));
    let yaw_at = |t_ms: i64| vehicle.yaw.as_ref().map_or(0.0, |yaw| yaw.sample_deg(t_ms as f64));
    let mut max_error_m: f64 = 0.0;
    for pair in knots.windows(2) {
        let (from_ms, to_ms) = (pair[0], pair[1]);
        let control_m = control(trajectory, from_ms, to_ms);
        // Counter-clockwise radians.
        let yaw_rad = [from_ms, to_ms].map(|t_ms| -yaw_at(t_ms).to_radians());
        let error_m = push_row(&mut out, to_ms - from_ms, &control_m, yaw_rad);
        if !error_m.is_finite() {
            return Err(WriteError::NotFinite { what: format!("the motion of vehicle \"{}\"", vehicle.name) });
        }
        max_error_m = max_error_m.max(error_m);
    }
    Ok((out.into_bytes(), max_error_m))
}

/// Where pieces begin and end: at knots of the motion and keys of the yaw, from 0 on.
fn knots_ms(trajectory: &Trajectory, yaw_ms: impl Iterator<Item = i64>) -> Vec<i64> {
    let motion = [0, trajectory.start_ms()].into_iter().chain(trajectory.segments().map(|s| s.end_ms));
    let mut knots: Vec<i64> = motion.chain(yaw_ms.filter(|t_ms| *t_ms > 0)).collect();
    knots.sort_unstable();
    knots.dedup();
    if knots.len() == 1 {
        // A vehicle that only stands needs a row all the same.
        knots.push(1);
    }
    knots
}

/// Control points of the motion between two instants inside one piece, or of its rest outside, north-west-up.
fn control(trajectory: &Trajectory, from_ms: i64, to_ms: i64) -> Vec<DVec3> {
    let nwu = |p: DVec3| Nwu::from_site(p).0;
    let middle_ms = f64::midpoint(from_ms as f64, to_ms as f64);
    let Some(i) = trajectory.segment_at(middle_ms) else {
        return vec![nwu(trajectory.sample(middle_ms).position_m); 2];
    };
    let Segment { start_ms, end_ms, control_m } = trajectory.segment(i);
    let mut part: Vec<DVec3> = control_m.iter().map(|&p| nwu(p)).collect();
    if (from_ms, to_ms) != (start_ms, end_ms) {
        let share = |t_ms: i64| (t_ms - start_ms) as f64 / (end_ms - start_ms) as f64;
        restrict(&mut part, share(from_ms), share(to_ms));
    }
    part
}

/// Appends one piece; returns how far the polynomial as written is off its control points.
fn push_row(out: &mut String, duration_ms: i64, control_m: &[DVec3], yaw_rad: [f64; 2]) -> f64 {
    let duration_s = duration_ms as f64 / 1000.0;
    push_seconds(out, duration_ms);
    let in_u = powers_from_control(control_m);
    let mut divisor = 1.0;
    let powers: Vec<DVec3> = in_u
        .iter()
        .map(|a| {
            let value = *a / divisor;
            divisor *= duration_s;
            value
        })
        .collect();
    let coordinates: [fn(&DVec3) -> f64; 3] = [|p| p.x, |p| p.y, |p| p.z];
    for of in coordinates {
        for i in 0..COEFFICIENTS {
            out.push(',');
            push_f64(out, powers.get(i).map_or(0.0, of));
        }
    }
    for i in 0..COEFFICIENTS {
        out.push(',');
        push_f64(out, [yaw_rad[0], (yaw_rad[1] - yaw_rad[0]) / duration_s].get(i).copied().unwrap_or(0.0));
    }
    out.push('\n');
    // As a reader sees it.
    let mut factor = 1.0;
    let back: Vec<DVec3> = powers
        .iter()
        .map(|a| {
            let value = *a * factor;
            factor *= duration_s;
            value
        })
        .collect();
    let read = control_from_powers(&back);
    read.iter()
        .zip(control_m)
        .map(|(a, b)| a.distance(*b))
        .fold(0.0, |worst, off| if off > worst { off } else { worst })
}

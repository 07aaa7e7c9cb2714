use kapok_show::{
    Chapter, ChapterKind, DVec3, LightKey, LightProgram, Limits, Rgb, Show, Trajectory, Vehicle, VehicleProfile,
};

use crate::error::JobError;

/// No transition is this long; the battery and the ceiling are not what is asked here.
const DAY_S: f64 = 86_400.0;

/// A transition as a show, and by how much it stands higher there.
pub(super) struct Staged {
    pub show: Show,
    pub lift_m: f64,
}

/// The curves as a show of white lights.
///
/// Points have no ground, a show has one at z = 0 with rules of its own. So unless the show itself is wanted, what lies
/// lower is lifted above it, by whole metres: no limit of a transition depends on the height.
pub(super) fn show_of(trajectories: Vec<Trajectory>, limits: Limits, as_it_is: bool) -> Result<Staged, JobError> {
    let lowest_m = trajectories.iter().flat_map(Trajectory::control_points_m).map(|p| p.z).fold(0.0, f64::min);
    let lift_m = if as_it_is { 0.0 } else { (-lowest_m).ceil() };
    let mut vehicles = Vec::with_capacity(trajectories.len());
    for (i, trajectory) in trajectories.into_iter().enumerate() {
        let trajectory = if lift_m > 0.0 { lifted(&trajectory, lift_m)? } else { trajectory };
        vehicles.push(Vehicle::new(i.to_string(), trajectory.start_point_m(), trajectory, white()));
    }
    let mut show = Show {
        title: "Transition".into(),
        limits,
        profile: VehicleProfile { endurance_s: DAY_S, ..VehicleProfile::default() },
        ..Show::of_vehicles(vehicles)
    };
    let end_ms = show.duration_ms();
    if end_ms > 0 {
        show.chapters.push(Chapter { name: "Transition".into(), kind: ChapterKind::Transition, start_ms: 0, end_ms });
    }
    Ok(Staged { show, lift_m })
}

fn lifted(trajectory: &Trajectory, lift_m: f64) -> Result<Trajectory, JobError> {
    // Decimals stay what they were: the sum is rounded to the planner's grid of 0.1 mm.
    let up = |p: DVec3| DVec3::new(p.x, p.y, ((p.z + lift_m) * 1e4).round() / 1e4);
    let mut out = Trajectory::starting_at(trajectory.start_ms(), up(trajectory.start_point_m()))?;
    let mut control_m = Vec::new();
    for segment in trajectory.segments() {
        control_m.clear();
        control_m.extend(segment.control_m.iter().skip(1).map(|&p| up(p)));
        out.push(segment.end_ms, &control_m)?;
    }
    Ok(out)
}

fn white() -> LightProgram {
    let mut lights = LightProgram::dark();
    lights.push(LightKey { t_ms: 0, colour: Rgb { r: 255, g: 255, b: 255 }, fade: false });
    lights
}

//! The pictures of a script as a show that can be looked at: vehicles stand in each scene, and change places in the dark.

use kapok_show::{
    Chapter, ChapterKind, DVec3, LightKey, LightProgram, Rgb, Scene, ScenePoint, Show, Storyboard, Trajectory,
    TrajectoryFault, Vehicle,
};

/// How long a flight is taken to be that was never planned, milliseconds.
const FLIGHT_MS: i64 = 10_000;

/// When a scene is flown to, and when it stands.
#[allow(clippy::struct_field_names, reason = "units stand in names")]
struct Times {
    start_ms: i64,
    hold_ms: i64,
    end_ms: i64,
}

/// The show. `like` are the chapters of a plan: scenes of the same name are flown to in the same time.
///
/// # Guarantees
/// Vehicle i stands on pad i, then in place i of every scene. It is dark wherever it changes its place.
pub fn pictures(storyboard: &Storyboard, like: &[Chapter]) -> Result<Show, TrajectoryFault> {
    let begin_ms = first(like, ChapterKind::Takeoff).unwrap_or(FLIGHT_MS);
    let mut chapters = vec![chapter("take-off", ChapterKind::Takeoff, [0, begin_ms])];
    let (mut times, mut now_ms, mut from) = (Vec::new(), begin_ms, "take-off");
    for scene in &storyboard.scenes {
        let flight_ms = flight_ms(like, scene);
        let (start_ms, hold_ms) = (now_ms, now_ms + flight_ms);
        now_ms = hold_ms + scene.hold_ms.max(1);
        let way = format!("{from} → {}", scene.name);
        chapters.push(chapter(&way, ChapterKind::Transition, [start_ms, hold_ms]));
        chapters.push(chapter(&scene.name, ChapterKind::Formation, [hold_ms, now_ms]));
        times.push(Times { start_ms, hold_ms, end_ms: now_ms });
        from = &scene.name;
    }
    let end_ms = now_ms + first(like, ChapterKind::Landing).unwrap_or(FLIGHT_MS);
    chapters.push(chapter("landing", ChapterKind::Landing, [now_ms, end_ms]));
    let fleet = &storyboard.fleet;
    let groups = storyboard.group_of_vehicle();
    let all_pads = fleet.pads_m.iter().chain(&fleet.spare_pads_m);
    let digits = (fleet.pads_m.len() + fleet.spare_pads_m.len()).to_string().len().max(4);
    let mut vehicles = Vec::new();
    for (i, &pad_m) in all_pads.enumerate() {
        let stations: Vec<(&Times, &ScenePoint)> =
            times.iter().zip(&storyboard.scenes).filter_map(|(t, scene)| Some((t, scene.points.get(i)?))).collect();
        let vehicle =
            Vehicle::new(format!("{:0digits$}", i + 1), pad_m, track(pad_m, &stations, end_ms)?, lights(&stations));
        vehicles.push(Vehicle { group: groups.get(i).copied().unwrap_or(0), ..vehicle });
    }
    Ok(Show {
        title: storyboard.title.clone(),
        site: storyboard.site,
        environment: storyboard.environment.clone(),
        limits: storyboard.limits,
        profile: fleet.profile.clone(),
        vehicles,
        chapters,
        audio: None,
        draft: true,
    })
}

fn chapter(name: &str, kind: ChapterKind, [start_ms, end_ms]: [i64; 2]) -> Chapter {
    Chapter { name: name.to_owned(), kind, start_ms, end_ms }
}

/// Length of the first chapter of a kind.
fn first(chapters: &[Chapter], kind: ChapterKind) -> Option<i64> {
    chapters.iter().find(|c| c.kind == kind).map(|c| c.end_ms - c.start_ms)
}

/// How long the flight to a scene takes: as in the plan, or as the script says.
fn flight_ms(like: &[Chapter], scene: &Scene) -> i64 {
    let stands = |c: &Chapter| c.kind == ChapterKind::Formation && c.name == scene.name;
    let before = like.windows(2).find(|w| w[0].kind == ChapterKind::Transition && stands(&w[1])).map(|w| &w[0]);
    let planned_ms = before.map(|c| c.end_ms - c.start_ms);
    // At least so long that there is a middle in which places are changed.
    scene.transition.duration_ms.or(planned_ms).unwrap_or(FLIGHT_MS).max(4)
}

/// Stands, changes its place in the middle of each flight, stands.
fn track(pad_m: DVec3, stations: &[(&Times, &ScenePoint)], end_ms: i64) -> Result<Trajectory, TrajectoryFault> {
    let mut track = Trajectory::starting_at(0, pad_m)?;
    let mut at_m = pad_m;
    for (times, point) in stations {
        let middle_ms = i64::midpoint(times.start_ms, times.hold_ms);
        track.push(middle_ms, &[at_m])?;
        at_m = point.position_m;
        track.push(middle_ms + 1, &[at_m])?;
    }
    track.push(end_ms, &[at_m])?;
    Ok(track)
}

/// Goes out until the middle of each flight, comes on after it; the lights of the scene while it stands.
fn lights(stations: &[(&Times, &ScenePoint)]) -> LightProgram {
    let mut program = LightProgram::dark();
    let mut colour = Rgb::BLACK;
    let mut push = |t_ms: i64, colour: Rgb, fade: bool| {
        if program.keys().last().is_none_or(|last| last.t_ms < t_ms) {
            program.push(LightKey { t_ms, colour, fade });
        }
    };
    for (times, point) in stations {
        let middle_ms = i64::midpoint(times.start_ms, times.hold_ms);
        push(times.start_ms, colour, false);
        push(middle_ms, Rgb::BLACK, true);
        push(middle_ms + 1, Rgb::BLACK, false);
        push(times.hold_ms, point.lights.sample(0.0), true);
        for key in point.lights.keys().iter().filter(|key| key.t_ms > 0 && times.hold_ms + key.t_ms < times.end_ms) {
            push(times.hold_ms + key.t_ms, key.colour, key.fade);
        }
        let hold_ms = times.end_ms - times.hold_ms;
        colour = point.lights.sample(hold_ms as f64);
    }
    if let Some((last, _)) = stations.last() {
        push(last.end_ms, colour, false);
        push(last.end_ms + 1, Rgb::BLACK, false);
    }
    program
}

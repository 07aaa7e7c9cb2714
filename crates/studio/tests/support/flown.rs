//! The motion that the add-on builds from answers, as shows that can be proved.

use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{DVec3, LightProgram, Limits, Show, Silent, Trajectory, Vehicle};
use serde_json::Value;

use super::{numbers, points};

/// A show of nothing but motion. Pads may be closer than the separation: below it all go up and down only.
pub fn show_of(trajectories: Vec<Trajectory>, limits: Limits) -> Show {
    let vehicles = trajectories
        .into_iter()
        .enumerate()
        .map(|(i, t)| Vehicle::new(i.to_string(), t.start_point_m(), t, LightProgram::dark()))
        .collect();
    Show { title: "flown".into(), limits, ..Show::of_vehicles(vehicles) }
}

/// Limits of a separation in flight, with room for everything else.
pub fn separated(min_separation_m: f64) -> Limits {
    Limits {
        min_separation_m,
        min_navigation_altitude_m: min_separation_m,
        max_altitude_m: 1000.0,
        max_velocity_xy_m_s: 1000.0,
        max_velocity_up_m_s: 1000.0,
        max_velocity_down_m_s: 1000.0,
        max_acceleration_m_s2: 1000.0,
        ..Limits::default()
    }
}

/// Proved in continuous time.
pub fn assert_proved(show: &Show, rules: &[Rule], what: &str) {
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    for &rule in rules {
        let report = certificate.rule(rule).unwrap();
        assert_eq!(report.verdict, Verdict::Proved, "{what}: {rule:?} {} {:?}", report.detail, report.worst);
    }
}

/// Milliseconds of a frame.
fn frame_ms(frame: f64, fps: f64) -> i64 {
    (1000.0 * frame / fps).round() as i64
}

/// Take-off: straight up at constant speed in whole frames, late departures, so that all arrive together. Group 0 goes
/// to the highest layer.
pub fn takeoff(
    pads: &[[f64; 3]],
    groups: &[usize],
    velocity_m_s: f64,
    base_m: f64,
    layer_m: f64,
    fps: f64,
) -> Vec<Trajectory> {
    let layers = groups.iter().max().map_or(0, |g| g + 1);
    let height = |group: usize| base_m + layer_m * (layers - group - 1) as f64;
    let frames = |i: usize| ((height(groups[i]) - pads[i][2]) / velocity_m_s * fps).ceil();
    let last = (0..pads.len()).map(frames).fold(0.0, f64::max);
    (0..pads.len())
        .map(|i| {
            let mut t = Trajectory::starting_at(0, DVec3::from_array(pads[i])).unwrap();
            let start_ms = frame_ms(last - frames(i), fps);
            if start_ms > 0 {
                t.push_hold(start_ms).unwrap();
            }
            t.push(frame_ms(last, fps), &[DVec3::new(pads[i][0], pads[i][1], height(groups[i]))]).unwrap();
            t
        })
        .collect()
}

/// A move with the add-on's smooth profile, 3u² − 2u³, after a wait; start and duration are rounded up to frames.
pub fn eased(from: [f64; 3], to: [f64; 3], start_s: f64, duration_s: f64, fps: f64) -> Trajectory {
    let (a, b) = (DVec3::from_array(from), DVec3::from_array(to));
    let up = |s: f64| (s * fps - 1e-9).ceil();
    let mut t = Trajectory::starting_at(0, a).unwrap();
    let start_ms = frame_ms(up(start_s), fps);
    if start_ms > 0 {
        t.push_hold(start_ms).unwrap();
    }
    let end_ms = frame_ms(up(start_s) + up(duration_s), fps);
    if end_ms > start_ms {
        t.push(end_ms, &[a, b, b]).unwrap();
    }
    t
}

/// Landing from the answer to a landing request.
pub fn landing(body: &Value, answer: &Value, fps: f64) -> Vec<Trajectory> {
    let hover = points(&body["points"]);
    let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
    assert_eq!([starts.len(), durations.len()], [hover.len(); 2], "one of each per point");
    let ground = body["target_altitude"].as_f64().unwrap();
    let one = |i: usize| eased(hover[i], [hover[i][0], hover[i][1], ground], starts[i], durations[i], fps);
    (0..hover.len()).map(one).collect()
}

/// Smart return: wait, then straight lines with keys at the nearest frame, then straight down at no more than 0.5 m/s.
pub fn smart_return(body: &Value, answer: &Value, fps: f64) -> Show {
    let (source, target) = (points(&body["source"]), points(&body["target"]));
    let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
    let inner: Vec<Vec<[f64; 4]>> = serde_json::from_value(answer["inner_points"].clone()).unwrap();
    assert_eq!([starts.len(), durations.len(), inner.len()], [source.len(); 3], "exactly one of each per drone");
    let vertical = body["max_velocity_z"].as_f64().unwrap() + 0.002;
    let lands = body["rth_model"] == "straight_line_with_neck";
    let trajectories = (0..source.len())
        .map(|i| {
            let mut keys: Vec<(f64, [f64; 3])> = vec![(starts[i], source[i])];
            for [t, x, y, z] in &inner[i] {
                assert!(*t > starts[i] && *t < starts[i] + durations[i], "times count from the start of the manoeuvre");
                keys.push((*t, [*x, *y, *z]));
            }
            keys.push((starts[i] + durations[i], target[i]));
            if lands {
                let t = starts[i] + durations[i] + target[i][2] / vertical.min(0.5);
                keys.push((t, [target[i][0], target[i][1], 0.0]));
            }
            let mut t = Trajectory::starting_at(0, DVec3::from_array(source[i])).unwrap();
            for (seconds, place) in keys {
                let ms = frame_ms((seconds * fps).round(), fps);
                if ms > t.end_ms() {
                    t.push(ms, &[DVec3::from_array(place)]).unwrap();
                } else {
                    assert_eq!(DVec3::from_array(place), t.end_point_m(), "two keys in one frame");
                }
            }
            t
        })
        .collect();
    // The add-on's tolerance is 1 cm; pads are closer than the least distance, and below it all go up and down.
    let distance = body["min_distance"].as_f64().unwrap();
    let limits = Limits {
        min_separation_m: distance - 0.01,
        min_navigation_altitude_m: distance,
        max_velocity_xy_m_s: body["max_velocity_xy"].as_f64().unwrap() + 0.002,
        max_velocity_up_m_s: vertical,
        max_velocity_down_m_s: vertical,
        ..separated(distance)
    };
    show_of(trajectories, limits)
}

/// What a smart return must keep.
pub const RETURN_RULES: [Rule; 5] =
    [Rule::Separation, Rule::VelocityXy, Rule::VelocityUp, Rule::VelocityDown, Rule::GroundMotion];

//! What the behaviour tests share: instances, storyboards, an independent check of shows.
#![allow(dead_code, reason = "every test binary uses its part of this")]
#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use kapok_plan::{Infeasibility, Plan, PlanSettings, Planned, plan};
use kapok_show::*;

/// Starts and goals of a file in `data` beside this folder.
pub fn instance(name: &str) -> (Vec<DVec3>, Vec<DVec3>) {
    // Other rooms use this file too.
    let path = format!("{}/../plan/tests/data/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let v: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            (DVec3::new(v[0], v[1], v[2]), DVec3::new(v[3], v[4], v[5]))
        })
        .unzip()
}

/// A square grid of pads with its centre at the origin.
pub fn pads(side: usize, pitch_m: f64) -> Vec<DVec3> {
    let middle = (side - 1) as f64 / 2.0;
    (0..side * side)
        .map(|k| DVec3::new((k % side) as f64 - middle, (k / side) as f64 - middle, 0.0) * pitch_m)
        .collect()
}

pub fn lit(colour: Rgb) -> LightProgram {
    LightProgram::from_keys(vec![LightKey { t_ms: 0, colour, fade: false }]).unwrap()
}

pub fn scene(name: &str, points: &[DVec3], colour: Rgb) -> Scene {
    Scene {
        name: name.into(),
        points: points.iter().map(|&position_m| ScenePoint { position_m, lights: lit(colour), group: 0 }).collect(),
        transition: Transition { duration_ms: None, lights: TransitionLights::Fade, places: PlaceChoice::Free },
        hold_ms: 4000,
        motion: None,
        readability: None,
        readable_count: None,
    }
}

/// 36 vehicles, 3 m apart, a wavy upright ring and an upright slanted sheet: no symmetry, so no tie.
pub fn small_show() -> Storyboard {
    let circle: Vec<DVec3> = (0..36)
        .map(|k| {
            let (s, c) = math::sin_cos(f64::from(k) * std::f64::consts::TAU / 36.0);
            DVec3::new(18.0 * c, 2.0 + 0.3 * f64::from(k * 7 % 11) + 0.01 * f64::from(k), 40.0 + 18.0 * s)
        })
        .collect();
    let sheet: Vec<DVec3> = (0..36)
        .map(|k| {
            DVec3::new(3.1 * f64::from(k % 9) - 12.0 + 0.4 * f64::from(k / 9), -6.0, 20.0 + 3.1 * f64::from(k / 9))
        })
        .collect();
    Storyboard {
        title: "small".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 8.0 }, heading_deg: 10.0 },
        environment: Environment::default(),
        fleet: Fleet {
            profile: VehicleProfile::default(),
            pads_m: pads(6, 3.0),
            spare_pads_m: Vec::new(),
            groups: Vec::new(),
        },
        limits: Limits::default(),
        takeoff: Takeoff { altitude_m: 6.0, delay_ms: 2000, hold_ms: 1000, layer_spacing_m: None },
        scenes: vec![scene("ring", &circle, Rgb::new(255, 0, 0)), scene("sheet", &sheet, Rgb::new(0, 0, 255))],
        landing: Landing { altitude_m: 8.0, own_pad: false, hold_ms: 1000, layer_spacing_m: None },
        seed: 1,
    }
}

pub fn complete(storyboard: &Storyboard) -> Plan {
    match plan(storyboard, &PlanSettings::default(), &Silent).unwrap() {
        Planned::Complete(plan) => *plan,
        Planned::Infeasible(reason) => panic!("refused: {reason}"),
    }
}

pub fn refused(storyboard: &Storyboard) -> Infeasibility {
    match plan(storyboard, &PlanSettings::default(), &Silent).unwrap() {
        Planned::Complete(_) => panic!("this must not be planned"),
        Planned::Infeasible(reason) => reason,
    }
}

/// Largest speed (horizontal, up, down), acceleration and jerk on a stored trajectory, from its control points: the hull
/// of the derivative's control points bounds the derivative, and its ends are attained.
pub fn peaks(trajectory: &Trajectory) -> [f64; 5] {
    let mut peak = [0.0f64; 5];
    for segment in trajectory.segments() {
        let s = segment.duration_s();
        let differ = |points: &[DVec3]| -> Vec<DVec3> {
            let degree = (points.len() - 1) as f64;
            points.windows(2).map(|w| (w[1] - w[0]) * (degree / s)).collect()
        };
        let velocity = differ(segment.control_m);
        for v in &velocity {
            peak[0] = peak[0].max(v.truncate().length());
            peak[1] = peak[1].max(v.z);
            peak[2] = peak[2].max(-v.z);
        }
        let acceleration = if velocity.len() > 1 { differ(&velocity) } else { Vec::new() };
        let jerk = if acceleration.len() > 1 { differ(&acceleration) } else { Vec::new() };
        peak[3] = acceleration.iter().fold(peak[3], |m, a| m.max(a.length()));
        peak[4] = jerk.iter().fold(peak[4], |m, j| m.max(j.length()));
    }
    peak
}

/// Least sampled distance of any two vehicles over the whole show, z divided by the downwash scale.
pub fn sampled_separation_m(show: &Show, step_ms: f64) -> f64 {
    let mut least = f64::INFINITY;
    let steps = (show.duration_ms() as f64 / step_ms).ceil() as usize;
    for k in 0..=steps {
        let at: Vec<DVec3> = show
            .vehicles
            .iter()
            .map(|v| {
                let p = v.trajectory.sample(k as f64 * step_ms).position_m;
                DVec3::new(p.x, p.y, p.z / show.limits.downwash_scale)
            })
            .collect();
        for i in 0..at.len() {
            for j in i + 1..at.len() {
                least = least.min(at[i].distance_squared(at[j]));
            }
        }
    }
    least.sqrt()
}

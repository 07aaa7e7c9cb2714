use kapok_show::{Reporter, Show, Vehicle};
use rayon::prelude::*;

use crate::kernel::search::{Objective, Poly};
use crate::kernel::tally::{MinusLength, Tally, Value, VehicleWorst};
use crate::kernel::track::Track;
use crate::report::fold;
use crate::rule::{Rule, RuleReport};
use crate::rules::motion::windows::{Nodes, PointError};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Ceiling, floor, and no sideways motion near the ground.
pub fn altitudes(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<RuleReport> {
    let each: Vec<[Option<VehicleWorst>; 3]> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let done = vehicle(v, show, settings);
            reporter.advance(1);
            done
        })
        .collect();
    let l = &show.limits;
    let of = |k: usize| each.iter().map(move |e| e[k]);
    let below = format!("Below {} m no vehicle moves sideways.", l.min_navigation_altitude_m);
    vec![
        fold(
            show,
            Rule::Altitude,
            (l.max_altitude_m, DECISION_SLACK),
            of(0),
            "No vehicle flies higher. The value is the highest altitude.",
        ),
        fold(
            show,
            Rule::Floor,
            (0.0, settings.coordinate_step_m.max(DECISION_SLACK)),
            of(1),
            "No vehicle sinks below the ground. The value is the least height above 0, or above its own pad if that lies lower.",
        ),
        fold(show, Rule::GroundMotion, (settings.ground_drift_m_s, DECISION_SLACK), of(2), &below),
    ]
}

/// Where the ground is for a vehicle: at the site's origin, or at its own pad if that lies lower.
pub fn ground_m(v: &Vehicle, settings: &ProofSettings) -> f64 {
    if v.home_m.z >= -settings.pad_height_m { v.home_m.z.min(0.0) } else { 0.0 }
}

fn vehicle(v: &Vehicle, show: &Show, settings: &ProofSettings) -> [Option<VehicleWorst>; 3] {
    let l = &show.limits;
    let ground_m = ground_m(v, settings);
    let trajectory = &v.trajectory;
    let mut ceiling = Tally::new(-l.max_altitude_m, 0.0, settings);
    let mut floor = Tally::new(0.0, settings.coordinate_step_m, settings);
    let mut drift = Tally::new(-settings.ground_drift_m_s, 0.0, settings);
    let altitude_m = l.min_navigation_altitude_m - settings.coordinate_step_m;
    let track = Track::new(trajectory);
    // Pieces that are below that altitude from end to end, and touch each other.
    let mut low = 0..0;
    let mut near_ground = Vec::new();
    for index in 0..=trajectory.segment_count() {
        let piece = track.piece(index);
        let (from, to) = piece.window_ms();
        let curve = piece.curve(from, to);
        let z: Poly = curve[2].widen();
        ceiling.add((from, to), [z.times(-1.0)], &Value);
        floor.add((from, to), [z.minus(ground_m)], &Value);
        let (vx, vy) = (curve[0].derivative(to - from), curve[1].derivative(to - from));
        let degree = piece.control_m.len() - 1;
        let allowance = 2f64.sqrt() * degree as f64 * settings.coordinate_step_m * 1000.0 / (to - from) as f64;
        let coefficients = vx.coefficients().iter().chain(vy.coefficients());
        let fastest = coefficients.fold(0.0, |m: f64, c| m.max(c.abs()));
        let allowance = allowance + 2f64.sqrt() * fastest * settings.warp(to - from, 1);
        let objective = Drift { altitude_m, speed: MinusLength { allowance } };
        drift.add((from, to), [vx.squared().plus(&vy.squared()), z], &objective);
        if index > 0 && piece.control_m.iter().all(|p| p.z < altitude_m) {
            if low.end != index - 1 {
                near_ground.push(std::mem::replace(&mut low, index - 1..index - 1));
            }
            low.end = index;
        }
    }
    near_ground.push(low);
    let error = PointError::of(l, settings, trajectory);
    for nodes in near_ground.into_iter().filter_map(|pieces| Nodes::of(trajectory, pieces)) {
        nodes.drift(error, &mut drift);
    }
    [ceiling.large(), floor.small(), drift.large()]
}

/// Horizontal speed, where the second polynomial, the altitude, is below this.
struct Drift {
    altitude_m: f64,
    speed: MinusLength,
}

impl Objective<2> for Drift {
    fn bound(&self, p: &[Poly; 2]) -> Option<f64> {
        if p[1].low() >= self.altitude_m { None } else { self.speed.bound(&[p[0]]) }
    }

    fn value(&self, p: &[Poly; 2], at_end: bool) -> Option<f64> {
        let z = if at_end { p[1].end() } else { p[1].start() } + p[1].err();
        if z < self.altitude_m { self.speed.value(&[p[0]], at_end) } else { None }
    }
}

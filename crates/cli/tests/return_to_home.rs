//! A return to home from every instant of the demo show, and the collective hold, judged by the proof, which knows nothing of the
//! planner.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use kapok_plan::{BrakingLaw, DerivativeBounds, ReturnToHomeOutcome, ReturnToHomeSettings, return_to_home};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{ChapterKind, Show, Silent};

/// Seconds between two instants that are proved here.
const STEP: usize = 13;

/// What a return to home has to keep. Not among them: the vehicle stops at once and starts to descend at once, so speed jumps.
const RULES: [Rule; 11] = [
    Rule::Separation,
    Rule::GroundSeparation,
    Rule::Altitude,
    Rule::Floor,
    Rule::GroundMotion,
    Rule::Geofence,
    Rule::KeepOut,
    Rule::VelocityXy,
    Rule::VelocityUp,
    Rule::VelocityDown,
    Rule::Acceleration,
];

fn demo() -> Show {
    let bytes = common::plan_to_skyc(&common::shows().join("guangzhou-2017.toml"));
    kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show
}

/// The fleet from the stop at an instant until every vehicle is down, as a show of its own.
fn stopped_at(show: &Show, time_s: u32) -> Show {
    let mut home = show.clone();
    home.chapters.clear();
    for vehicle in &mut home.vehicles {
        let plan = vehicle.return_to_home.take().unwrap();
        let entry = plan.entry_at(f64::from(time_s) * 1000.0).unwrap();
        assert_eq!(entry.time_s, time_s);
        vehicle.trajectory = plan.trajectory_of(entry, &vehicle.trajectory).unwrap();
    }
    home
}

fn judge(show: &Show, rules: &[Rule], what: &str) {
    // The motion begins in the air: it is a part of a show.
    let settings = ProofSettings { airborne_ends: true, ..ProofSettings::default() };
    let certificate = prove(show, &settings, &Silent);
    for &rule in rules {
        let report = certificate.rule(rule).unwrap();
        assert_eq!(report.verdict, Verdict::Proved, "{what}: {report:?}");
    }
}

/// The plans are written into a file and read back before they are judged.
#[test]
fn there_is_a_proved_return_to_home_from_every_instant_of_the_demo() {
    let mut show = demo();
    let found: ReturnToHomeOutcome = return_to_home(&show, &ReturnToHomeSettings::default(), &Silent).unwrap();
    assert_eq!(found.instants.len() as i64, (show.duration_ms() + 999) / 1000 + 1);
    assert_eq!(found.safe_count(), found.instants.len());
    for (vehicle, plan) in show.vehicles.iter_mut().zip(found.plans) {
        vehicle.return_to_home = Some(plan);
    }
    let bytes = kapok_format::write_skyc(&show).unwrap();
    let read = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    for (a, b) in show.vehicles.iter().zip(&read.vehicles) {
        assert_eq!(a.return_to_home, b.return_to_home);
    }
    for instant in found.instants.iter().step_by(STEP) {
        judge(&stopped_at(&read, instant.time_s), &RULES, &format!("stop at {} s", instant.time_s));
    }
}

/// In the middle of every transition the fleet brakes on the show's own way, under limits somewhat above the show's.
#[test]
fn a_held_fleet_keeps_the_separation_and_the_limits_of_the_hold() {
    let mut show = demo();
    let peaks = DerivativeBounds::of(show.vehicles.iter().map(|v| &v.trajectory));
    let limits = DerivativeBounds {
        acceleration_m_s2: 1.8 * peaks.acceleration_m_s2,
        jerk_m_s3: 2.5 * peaks.jerk_m_s3,
        ..peaks
    };
    let law = BrakingLaw::within(&peaks, &limits).unwrap().unwrap();
    assert!((2000..20_000).contains(&law.duration_ms()), "{law:?}");
    show.limits.max_acceleration_m_s2 = limits.acceleration_m_s2;
    // The hold takes accelerations over from the file, whose grid shows in those of short pieces: up to a tenth more was seen, in the mean over
    // windows. By piece the proof excuses far more at 50 ms.
    show.limits.max_jerk_m_s3 = 1.25 * limits.jerk_m_s3;
    let transitions: Vec<i64> = show
        .chapters
        .iter()
        .filter(|c| c.kind == ChapterKind::Transition)
        .map(|c| c.start_ms + (c.end_ms - c.start_ms) * 2 / 5)
        .collect();
    assert!(transitions.len() > 5);
    let rules: Vec<Rule> = RULES.into_iter().chain([Rule::Jerk]).collect();
    for stop_ms in transitions {
        let mut held = show.clone();
        held.chapters.clear();
        for (vehicle, original) in held.vehicles.iter_mut().zip(&show.vehicles) {
            vehicle.trajectory = law.held(&original.trajectory, stop_ms).unwrap();
            let rest_m = original.trajectory.sample((stop_ms + law.advance_ms()) as f64).position_m;
            assert!(vehicle.trajectory.end_point_m().distance(rest_m) < 1e-9);
        }
        judge(&held, &rules, &format!("held from {stop_ms} ms"));
    }
}

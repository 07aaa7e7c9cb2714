//! A way home from every instant of the demo show, each judged by the proof, which knows nothing of the planner.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;

use kapok_plan::{EscapeOutcome, EscapeSettings, return_plans};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{Show, Silent};

/// What a way home has to keep. Not among them: the vehicle stops at once and starts to descend at once, so speed jumps.
const RULES: [Rule; 10] = [
    Rule::Separation,
    Rule::GroundSeparation,
    Rule::Altitude,
    Rule::Floor,
    Rule::GroundMotion,
    Rule::Geofence,
    Rule::KeepOut,
    Rule::VelocityXy,
    Rule::VelocityUp,
    Rule::Acceleration,
];

fn demo() -> Show {
    let bytes = common::plan_to_skyc(&common::shows().join("guangzhou-2017.toml"));
    kapok_format::read_skyc(&bytes, &kapok_format::ReadLimits::default()).unwrap().show
}

/// The fleet from the stop at an instant until everybody is down, as a show of its own.
fn way_home(show: &Show, found: &EscapeOutcome, time_s: u32) -> Show {
    let mut home = show.clone();
    home.chapters.clear();
    for (vehicle, plan) in home.vehicles.iter_mut().zip(&found.plans) {
        let entry = plan.entry_at(f64::from(time_s) * 1000.0).unwrap();
        assert_eq!(entry.time_s, time_s);
        vehicle.trajectory = plan.trajectory_of(entry, &vehicle.trajectory).unwrap();
    }
    home
}

fn judge(show: &Show, found: &EscapeOutcome, time_s: u32) {
    let certificate = prove(&way_home(show, found, time_s), &ProofSettings::default(), &Silent);
    for rule in RULES.into_iter().chain([Rule::VelocityDown]) {
        let report = certificate.rule(rule).unwrap();
        assert_eq!(report.verdict, Verdict::Proved, "stop at {time_s} s: {report:?}");
    }
}

#[test]
fn there_is_a_proved_way_home_from_every_instant_of_the_demo() {
    let show = demo();
    let began = std::time::Instant::now();
    let found = return_plans(&show, &EscapeSettings::default(), &Silent).unwrap();
    eprintln!("{:?}", began.elapsed());
    for i in &found.instants {
        if let Err(why) = i.found {
            eprintln!("{} {why}", i.time_s);
        }
    }
    eprintln!("{} of {} {:?}", found.safe_count(), found.instants.len(), found.longest());
    assert_eq!(found.instants.len() as i64, (show.duration_ms() + 999) / 1000 + 1);
    for i in found.instants.iter().filter(|i| i.found.is_ok()).step_by(13) {
        judge(&show, &found, i.time_s);
    }
    assert_eq!(found.safe_count(), found.instants.len());
}

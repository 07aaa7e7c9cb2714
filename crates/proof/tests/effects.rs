//! Lights, pyrotechnics and what is loaded into vehicles.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::{certify, fly, hover, judge, p, show, verdict};
use kapok_proof::{ProofSettings, Rule, Verdict, prove, verify_witness};
use kapok_show::{
    Audience, DVec2, LightKey, LightProgram, PyroEvent, PyroPayload, PyroProgram, Rgb, Show, Silent, Trajectory,
};

/// Fires once at `t_ms`, sparks from half a second later for four seconds.
fn fountain(t_ms: i64) -> PyroProgram {
    let payload = PyroPayload { prefire_ms: Some(500), duration_ms: Some(4000), ..PyroPayload::default() };
    PyroProgram {
        events: vec![PyroEvent { t_ms, channel: 1, payload: "fountain".into() }],
        payloads: [("fountain".to_owned(), payload)].into(),
    }
}

fn fires(t: Trajectory, t_ms: i64) -> Show {
    let mut s = show(vec![t]);
    s.vehicles[0].pyro = Some(fountain(t_ms));
    s
}

#[test]
fn without_programs_the_rules_do_not_apply() {
    let c = certify(&show(vec![hover(p(0.0, 0.0, 20.0), 1000)]));
    for rule in [Rule::Lights, Rule::Pyro, Rule::PyroAltitude, Rule::PyroNeighbours, Rule::PyroAudience, Rule::Payload]
    {
        assert_eq!(c.rule(rule).unwrap().verdict, Verdict::NotApplicable, "{rule:?}");
    }
}

#[test]
fn lights_that_cannot_be_played_are_counted() {
    let mut s = show(vec![hover(p(0.0, 0.0, 20.0), 1000)]);
    let key = |t_ms| LightKey { t_ms, colour: Rgb::WHITE, fade: false };
    s.vehicles[0].lights = LightProgram::from_keys(vec![key(0), key(500), key(500)]).unwrap();
    assert_eq!(verdict(&s, Rule::Lights), Verdict::Proved);
    s.vehicles[0].lights = LightProgram::from_keys(vec![key(0), key(i64::MAX)]).unwrap();
    assert_eq!(verdict(&s, Rule::Lights), Verdict::Violated);
}

#[test]
fn events_must_be_during_the_flight_and_name_what_is_described() {
    let at = || hover(p(0.0, 0.0, 40.0), 20_000);
    assert_eq!(verdict(&fires(at(), 5000), Rule::Pyro), Verdict::Proved);
    assert_eq!(verdict(&fires(at(), 20_001), Rule::Pyro), Verdict::Violated);
    let mut s = fires(at(), 5000);
    s.vehicles[0].pyro.as_mut().unwrap().payloads.clear();
    assert_eq!(verdict(&s, Rule::Pyro), Verdict::Violated);
    let mut s = fires(at(), 5000);
    s.vehicles[0].pyro.as_mut().unwrap().payloads.get_mut("fountain").unwrap().duration_ms = Some(-1);
    assert_eq!(verdict(&s, Rule::Pyro), Verdict::Violated);
}

#[test]
fn the_altitude_counts_from_the_first_spark_to_the_last() {
    // Sinks through 20 m at 10 s; sparks end four and a half seconds after the signal.
    let sinking = || fly(0, p(0.0, 0.0, 30.0), &[(20_000, &[p(0.0, 0.0, 10.0)])]);
    let kept = judge(&fires(sinking(), 5500), Rule::PyroAltitude);
    assert_eq!(kept.verdict, Verdict::Proved);
    assert!((kept.worst.unwrap().value - 20.0).abs() < 1e-6);
    let broken = judge(&fires(sinking(), 5501), Rule::PyroAltitude);
    assert_eq!(broken.verdict, Verdict::Violated);
    let s = fires(sinking(), 5501);
    verify_witness(&s, Rule::PyroAltitude, &broken.worst.unwrap(), &ProofSettings::default()).unwrap();
    // Below before the first spark does not count.
    let rising = fly(0, p(0.0, 0.0, 10.0), &[(20_000, &[p(0.0, 0.0, 30.0)])]);
    assert_eq!(verdict(&fires(rising, 9500), Rule::PyroAltitude), Verdict::Proved);
}

#[test]
fn neighbours_keep_away_while_it_burns_and_only_then() {
    // Passes at 4 m at 10 s, moving at 2 m/s: within 5 m from 8.5 to 11.5 s.
    let with_pass = |fire_ms: i64| {
        let mut s = fires(hover(p(0.0, 0.0, 40.0), 20_000), fire_ms);
        let pass = fly(0, p(-20.0, 4.0, 40.0), &[(20_000, &[p(20.0, 4.0, 40.0)])]);
        s.vehicles.push(show(vec![pass.clone(), pass]).vehicles.remove(1));
        s
    };
    let near = with_pass(7000);
    let r = judge(&near, Rule::PyroNeighbours);
    assert_eq!((r.verdict, r.violations), (Verdict::Violated, 1));
    let worst = r.worst.unwrap();
    assert!((worst.value - 4.0).abs() < 1e-5 && (worst.t_ms - 10_000.0).abs() < 5.0);
    verify_witness(&near, Rule::PyroNeighbours, &worst, &ProofSettings::default()).unwrap();
    // Over at 8.5 s exactly; one millisecond later it is too late.
    assert_eq!(verdict(&with_pass(4000), Rule::PyroNeighbours), Verdict::Proved);
    assert_eq!(verdict(&with_pass(4001), Rule::PyroNeighbours), Verdict::Violated);
    assert_eq!(verdict(&with_pass(11_000), Rule::PyroNeighbours), Verdict::Proved);
    assert_eq!(verdict(&with_pass(10_999), Rule::PyroNeighbours), Verdict::Violated);
}

#[test]
fn the_nearest_neighbour_need_not_be_the_one_whose_box_is_nearest() {
    // Two whose boxes hold the burning vehicle: one flies round it at 9 m and more, one comes to 6 m. Others are far away.
    let mut s = fires(hover(p(0.0, 0.0, 40.0), 20_000), 7000);
    let round = fly(0, p(9.0, -9.0, 40.0), &[(10_000, &[p(9.0, 9.0, 40.0)]), (20_000, &[p(-9.0, 9.0, 40.0)])]);
    let pass = fly(0, p(-20.0, 6.0, 40.0), &[(20_000, &[p(20.0, 6.0, 40.0)])]);
    let far = hover(p(50.0, 0.0, 40.0), 20_000);
    for others in [vec![far.clone(), round.clone(), pass.clone()], vec![pass, round, far]] {
        s.vehicles.truncate(1);
        s.vehicles.extend(show(others).vehicles);
        let r = judge(&s, Rule::PyroNeighbours);
        let worst = r.worst.unwrap();
        assert_eq!(r.verdict, Verdict::Proved);
        assert!((worst.value - 6.0).abs() < 1e-5 && worst.bound > 6.0 - 1e-5, "{worst:?}");
    }
}

#[test]
fn spectators_are_further_away_than_sparks_drift() {
    let at = |x: f64| {
        let mut s = fires(hover(p(x, 0.0, 40.0), 20_000), 5000);
        let corners = [(-20.0, -20.0), (0.0, -20.0), (0.0, 20.0), (-20.0, 20.0)];
        s.environment.audiences.push(Audience {
            name: "shore".into(),
            polygon_m: corners.map(|(x, y)| DVec2::new(x, y)).to_vec(),
            eye_m: p(0.0, 0.0, 2.0),
            look_at_m: p(50.0, 0.0, 20.0),
            fov_deg: None,
        });
        s
    };
    // 30 m and 4 s of 8 m/s.
    assert_eq!(verdict(&at(62.0), Rule::PyroAudience), Verdict::Proved);
    assert_eq!(verdict(&at(61.99), Rule::PyroAudience), Verdict::Violated);
}

#[test]
fn what_is_loaded_must_fit() {
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(5.0, 0.0, 20.0), 1000)]);
    let with = |payload_bytes: Vec<u64>| {
        let settings = ProofSettings { max_payload_bytes: Some(100_000), payload_bytes, ..ProofSettings::default() };
        prove(&s, &settings, &Silent).rule(Rule::Payload).unwrap().clone()
    };
    assert_eq!(with(vec![100_000, 5]).verdict, Verdict::Proved);
    let broken = with(vec![4, 100_001]);
    assert_eq!((broken.verdict, broken.worst.unwrap().vehicles[0].index), (Verdict::Violated, 1));
    assert_eq!(with(vec![4]).verdict, Verdict::Undecided);
}

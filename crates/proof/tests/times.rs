//! Times that a reader moved: what vehicles fly in that time is charged.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::{fly, line, p, show};
use kapok_proof::{ProofSettings, Rule, RuleReport, Verdict, prove, verify_witness};
use kapok_show::{Audience, DVec2, DVec3, Show, Silent, YawKey, YawProgram};

fn judged(s: &Show, rule: Rule, time_error_ms: f64) -> RuleReport {
    let settings = ProofSettings { time_error_ms, ..ProofSettings::default() };
    let r = prove(s, &settings, &Silent).rule(rule).unwrap().clone();
    for case in r.worst.iter().chain(&r.witnesses) {
        assert_eq!(verify_witness(s, rule, case, &settings), Ok(()));
    }
    r
}

/// Two that follow each other at 7.5 m/s, so far apart.
fn following(apart_m: f64) -> Show {
    let along = |x: f64| line(p(x, 0.0, 20.0), p(x + 75.0, 0.0, 20.0), 0, 10_000);
    let mut s = show(vec![along(0.0), along(apart_m)]);
    s.limits.min_separation_m = 3.0;
    s
}

#[test]
fn distances_are_charged_with_what_both_move_in_the_error() {
    // 0.49 ms each at 7.5 m/s: 7.35 mm.
    assert_eq!(judged(&following(3.0), Rule::Separation, 0.0).verdict, Verdict::Proved);
    let r = judged(&following(3.0), Rule::Separation, 0.49);
    assert_eq!(r.verdict, Verdict::Undecided);
    assert!((r.margin.unwrap() + 0.00735).abs() < 1e-5, "{r:?}");
    assert!(r.detail.contains("Times between whole milliseconds were moved"), "{}", r.detail);
    assert_eq!(judged(&following(3.008), Rule::Separation, 0.49).verdict, Verdict::Proved);
    assert_eq!(
        judged(&following(2.995), Rule::Separation, 0.49).verdict,
        Verdict::Undecided,
        "they may be 3.002 m apart"
    );
    assert_eq!(judged(&following(2.99), Rule::Separation, 0.49).verdict, Verdict::Violated);
}

#[test]
fn pairs_far_apart_stay_proved_and_pieces_of_no_duration_are_not() {
    assert_eq!(judged(&following(50.0), Rule::Separation, 0.49).verdict, Verdict::Proved);
    // A piece of 1 ms may have lasted 0.02 ms: its speed is unknown.
    let mut s = following(50.0);
    let steps: Vec<DVec3> = (1..=3).map(|k| p(0.2 * f64::from(k), 0.0, 20.0)).collect();
    s.vehicles[0].trajectory = fly(0, p(0.0, 0.0, 20.0), &[(1, &steps[..1]), (2, &steps[1..2]), (3, &steps[2..])]);
    let r = judged(&s, Rule::Separation, 0.49);
    assert!(r.margin.unwrap() < 0.0 && r.verdict == Verdict::Undecided, "{r:?}");
}

#[test]
fn rows_at_thirty_a_second_are_no_jumps_and_an_excess_is_still_found() {
    // Rows every 33.333 ms, times rounded to whole ones, at an even speed from a slow start on.
    let at = |speed: f64, samples: bool| {
        let s_m = |t: f64| if t < 2.0 { 0.25 * speed * t * t } else { speed * (t - 1.0) };
        let rows: Vec<(i64, DVec3)> = (1..300)
            .map(|k| {
                let t_s = f64::from(k) / 30.0;
                ((t_s * 1000.0).round() as i64, p((s_m(t_s) * 1e4).round() / 1e4, 0.0, 20.0))
            })
            .collect();
        let pieces: Vec<(i64, &[DVec3])> = rows.iter().map(|(t, x)| (*t, std::slice::from_ref(x))).collect();
        let mut s = show(vec![fly(0, p(0.0, 0.0, 20.0), &pieces)]);
        s.limits.max_velocity_xy_m_s = 6.0;
        s.limits.max_acceleration_m_s2 = 4.0;
        let settings =
            ProofSettings { time_error_ms: 0.334, samples, coordinate_step_m: 1e-4, ..ProofSettings::default() };
        let c = prove(&s, &settings, &Silent);
        [Rule::VelocityXy, Rule::Acceleration].map(|rule| {
            let r = c.rule(rule).unwrap();
            for case in r.worst.iter().chain(&r.witnesses) {
                assert_eq!(verify_witness(&s, rule, case, &settings), Ok(()));
            }
            r.verdict
        })
    };
    assert_eq!(at(5.99, true), [Verdict::Proved; 2]);
    assert_eq!(at(6.05, true)[0], Verdict::Violated);
}

#[test]
fn turning_and_endurance_are_charged_too() {
    let mut s = show(vec![common::hover(p(0.0, 0.0, 20.0), 9000)]);
    let keys = [(0, 0.0), (1000, 29.99), (9000, 29.99)].map(|(t_ms, yaw_deg)| YawKey { t_ms, yaw_deg });
    s.vehicles[0].yaw = YawProgram::from_keys(keys.to_vec(), None);
    assert_eq!(judged(&s, Rule::YawRate, 0.0).verdict, Verdict::Proved);
    assert_eq!(judged(&s, Rule::YawRate, 0.49).verdict, Verdict::Undecided);
    let s = show(vec![common::hover(p(0.0, 0.0, 20.0), 1_200_000)]);
    assert_eq!(judged(&s, Rule::Energy, 0.0).verdict, Verdict::Proved);
    assert_eq!(judged(&s, Rule::Energy, 0.49).verdict, Verdict::Undecided);
}

/// A metre in 100 ms may have been flown in 99 ms, and what fails in it then comes down farther.
#[test]
fn falls_are_charged_with_the_speed_that_moved_times_hide() {
    let margin = |duration_ms: i64, edge_m: f64, time_error_ms: f64| {
        let (from, to) = (p(0.0, 0.0, 20.0), p(1.0, 0.0, 20.0));
        let end_ms = 1000 + duration_ms;
        let mut s = show(vec![fly(0, from, &[(1000, &[from]), (end_ms, &[to]), (end_ms + 1000, &[to])])]);
        let corners = [(0.0, -50.0), (30.0, -50.0), (30.0, 50.0), (0.0, 50.0)];
        s.environment.audiences.push(Audience {
            name: "Meadow".into(),
            polygon_m: corners.map(|(x, y)| DVec2::new(edge_m + x, y)).to_vec(),
            eye_m: DVec3::ZERO,
            look_at_m: DVec3::Y,
            fov_deg: None,
        });
        let r = judged(&s, Rule::FallOnAudience, time_error_ms);
        (r.margin.unwrap(), r)
    };
    let far_m = 200.0;
    let (as_stated, as_flown) = (margin(100, far_m, 0.0).0, margin(99, far_m, 0.0).0);
    assert!(as_stated > as_flown + 0.01, "{as_stated} {as_flown}");
    let (charged, r) = margin(100, far_m, 0.5);
    assert!(
        charged <= as_flown && charged > as_flown - 0.1 * (as_stated - as_flown),
        "{charged} {as_flown} {as_stated}: {}",
        r.detail
    );
    assert!(r.detail.contains("Times between whole milliseconds were moved"), "{}", r.detail);
    // Between what is stated and what may have been flown nothing is decided.
    let edge_m = far_m - 0.5 * (as_stated + as_flown);
    assert_eq!(margin(100, edge_m, 0.0).1.verdict, Verdict::Proved);
    assert_eq!(margin(99, edge_m, 0.0).1.verdict, Verdict::Violated);
    assert_eq!(margin(100, edge_m, 0.5).1.verdict, Verdict::Undecided);
}

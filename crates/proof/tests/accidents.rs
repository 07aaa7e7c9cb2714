//! What happened at real shows, and whether it would have been seen. One test per accident that trajectories and site
//! data can show.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::layers::{layered_show, with_return_to_home, with_shore_further};
use common::{certify, fly, p};
use kapok_proof::{ProofSettings, Rule, SiteError, Verdict, site_error};
use kapok_show::{
    DVec2, DVec3, PyroEvent, PyroPayload, PyroProgram, ReturnAction, Road, Show, Silent, Trajectory, math,
};

#[test]
fn the_show_as_designed_is_safe() {
    let c = certify(&layered_show());
    let bad: Vec<_> = c.rules.iter().filter(|r| r.verdict == Verdict::Violated).collect();
    assert_eq!(c.verdict, Verdict::Proved, "{bad:#?}");
}

#[test]
fn orlando_2024_show_centre_rotated_by_seven_degrees() {
    let mut s = layered_show();
    let (sin, cos) = math::sin_cos(7f64.to_radians());
    for v in &mut s.vehicles {
        let turn = |q: DVec3| p(q.x * cos - q.y * sin, q.x * sin + q.y * cos, q.z);
        let mut t = Trajectory::starting_at(0, turn(v.trajectory.start_point_m())).unwrap();
        for piece in v.trajectory.segments() {
            let control: Vec<DVec3> = piece.control_m[1..].iter().map(|&q| turn(q)).collect();
            t.push(piece.end_ms, &control).unwrap();
        }
        v.trajectory = t;
    }
    // Within itself the turned show is as safe as before. The hard fence alone does not show the turn when it is wide:
    // what shows it beforehand is to hold the show, turned and shifted by the error, against the site.
    let c = certify(&s);
    assert_eq!(c.rule(Rule::Separation).unwrap().verdict, Verdict::Proved);
    let shift = c.rule(Rule::Geofence).unwrap().worst.clone().unwrap().value;
    assert!(shift < certify(&layered_show()).rule(Rule::Geofence).unwrap().worst.clone().unwrap().value - 1.0);
    let report = site_error(&layered_show(), &SiteError::default(), &ProofSettings::default(), &Silent).unwrap();
    let fence = report.geofence.unwrap();
    assert!(fence.lower_m.unwrap() <= shift - 5.0 && fence.worst_m.unwrap() <= shift - 5.0 + 1e-6);
    assert!((fence.at_rotation_rad.abs() - 7f64.to_radians()).abs() < 1e-9);
}

#[test]
fn orlando_2024_fence_too_close_to_the_audience() {
    let mut s = layered_show();
    let nominal =
        |s: &Show, error| site_error(s, &error, &ProofSettings::default(), &Silent).unwrap().audience.unwrap();
    let exact = SiteError { rotation_rad: 0.0, shift_m: 0.0, ..SiteError::default() };
    let margin = nominal(&s, exact);
    assert!((margin.nominal_m.unwrap() - 20.0).abs() < 1e-5 && margin.verdict == Verdict::Proved);
    // The shore comes 15 m nearer: 5 m are left, and a wrong pose reaches the spectators.
    for corner in &mut s.environment.audiences[0].polygon_m {
        corner.y += 15.0;
    }
    assert_eq!(nominal(&s, exact).verdict, Verdict::Proved);
    let wrong = nominal(&s, SiteError::default());
    assert_eq!(wrong.verdict, Verdict::Violated);
    assert!(wrong.worst_m.unwrap() < 0.0 && wrong.lower_m.unwrap() <= wrong.worst_m.unwrap());
}

#[test]
fn orlando_2024_layers_that_do_not_lift_together() {
    // Some vehicles have kept an older launch file: they stay where the others come back to.
    let mut s = layered_show();
    for v in s.vehicles.iter_mut().skip(9) {
        let pad = v.trajectory.start_point_m();
        let below = p(pad.x - 2.0, pad.y, 12.0);
        v.trajectory = fly(0, pad, &[(30_000, &[pad, pad, below, below, below]), (125_000, &[below])]);
    }
    let c = certify(&s);
    assert_eq!(c.rule(Rule::Separation).unwrap().verdict, Verdict::Violated);
    assert!(c.rule(Rule::Separation).unwrap().violations >= 9);
}

#[test]
fn ho_chi_minh_2025_last_minute_edit_of_one_point() {
    let mut s = layered_show();
    let t = s.vehicles[4].trajectory.clone();
    let mut edited = Trajectory::starting_at(0, t.start_point_m()).unwrap();
    for (k, piece) in t.segments().enumerate() {
        let move_by = if k == 1 || k == 2 { p(3.0, 0.0, 0.0) } else { DVec3::ZERO };
        let control: Vec<DVec3> = piece.control_m[1..].iter().map(|&q| q + move_by).collect();
        edited.push(piece.end_ms, &control).unwrap();
    }
    s.vehicles[4].trajectory = edited;
    assert_eq!(certify(&s).rule(Rule::Separation).unwrap().verdict, Verdict::Violated);
}

#[test]
fn partial_upload_that_lost_its_last_pieces() {
    // As a lost waypoint that is reported as success: the vehicle stays where it should turn back, in the way of others.
    let mut s = layered_show();
    let t = s.vehicles[9].trajectory.clone();
    let mut cut = Trajectory::starting_at(0, t.start_point_m()).unwrap();
    for piece in t.segments().take(2) {
        cut.push(piece.end_ms, &piece.control_m[1..]).unwrap();
    }
    s.vehicles[9].trajectory = cut;
    let c = certify(&s);
    assert_eq!(c.rule(Rule::Separation).unwrap().verdict, Verdict::Violated);
}

#[test]
fn site_error_settings_are_checked() {
    let s = layered_show();
    let refused = |error| site_error(&s, &error, &ProofSettings::default(), &Silent).unwrap_err().field;
    assert_eq!(refused(SiteError { rotation_rad: f64::NAN, ..SiteError::default() }), "rotation_rad");
    assert_eq!(refused(SiteError { shift_m: -1.0, ..SiteError::default() }), "shift_m");
    assert_eq!(refused(SiteError { step_rad: 0.0, ..SiteError::default() }), "step_rad");
}

#[test]
fn zhengzhou_2021_fall_footprint_over_the_crowd() {
    // The fence is kept, no vehicle flies over the crowd, and yet one that fails comes down in it.
    let near = certify(&with_shore_further(-15.0));
    assert_eq!(near.rule(Rule::Geofence).unwrap().verdict, Verdict::Proved);
    let fall = near.rule(Rule::FallOnAudience).unwrap();
    assert_eq!(fall.verdict, Verdict::Violated);
    let worst = fall.worst.as_ref().unwrap();
    assert!(worst.value < 0.0 && fall.detail.contains("shore"));
    // As many metres further away as the witness says are missing, and it is proved.
    let far = certify(&with_shore_further(-15.0 + 0.01 - worst.bound));
    assert_eq!(far.rule(Rule::FallOnAudience).unwrap().verdict, Verdict::Proved);
}

#[test]
fn chongqing_2021_and_zhengzhou_2021_falls_on_cars() {
    let mut s = with_shore_further(100.0);
    let road = [(115.0, -20.0), (125.0, -20.0), (125.0, 90.0), (115.0, 90.0)];
    s.environment
        .roads
        .push(Road { name: "ring road".into(), polygon_m: road.map(|(x, y)| DVec2::new(x, y)).to_vec() });
    assert_eq!(certify(&s).rule(Rule::FallOnRoad).unwrap().verdict, Verdict::Violated);
}

#[test]
fn orlando_2024_a_pause_and_a_return_to_home_from_every_instant() {
    let good = certify(&with_return_to_home(layered_show(), 30_000));
    let rule = good.rule(Rule::ReturnToHome).unwrap();
    assert_eq!(rule.verdict, Verdict::Proved, "{}", rule.detail);
    assert_eq!(good.return_entries.len(), 126);
    // The recovery that was never checked: the upper layer goes home at the altitude of the lower one.
    let mut bad = with_return_to_home(layered_show(), 30_000);
    for v in bad.vehicles.iter_mut().skip(9) {
        for e in &mut v.return_to_home.as_mut().unwrap().entries {
            if let ReturnAction::Straight { target_m, .. } = &mut e.action {
                *target_m -= p(2.0, 0.0, 2.0);
            }
        }
    }
    let bad = certify(&bad);
    assert_eq!(bad.rule(Rule::ReturnToHome).unwrap().verdict, Verdict::Violated);
    let first = bad.return_entries.iter().find(|e| e.verdict == Verdict::Violated).unwrap();
    assert_eq!(first.rule, Some(Rule::Separation));
}

#[test]
fn nanning_2024_a_return_to_home_that_the_wind_does_not_allow() {
    let with = |duration_ms: i64, wind_m_s: f64| {
        let mut s = with_return_to_home(layered_show(), duration_ms);
        s.limits.max_wind_m_s = wind_m_s;
        certify(&s)
    };
    // Faster than the limit: 60 m in 10 s with ramps.
    let fast = with(12_000, 8.0);
    assert_eq!(fast.rule(Rule::ReturnToHome).unwrap().verdict, Verdict::Violated);
    assert_eq!(fast.return_entries.iter().find_map(|e| e.rule), Some(Rule::VelocityXy));
}

#[test]
fn liuyang_2025_sparks_over_the_crowd() {
    let mut s = with_shore_further(15.0);
    let sparks = PyroPayload { prefire_ms: Some(0), duration_ms: Some(30_000), ..PyroPayload::default() };
    s.vehicles[0].pyro = Some(PyroProgram {
        events: vec![PyroEvent { t_ms: 70_000, channel: 1, payload: "waterfall".into() }],
        payloads: [("waterfall".to_owned(), sparks)].into(),
    });
    // Fired far out over the field; still burning when the vehicle is back at 35 m from the crowd.
    let r = certify(&s).rule(Rule::PyroAudience).unwrap().clone();
    assert_eq!(r.verdict, Verdict::Violated);
    assert!(r.worst.unwrap().t_ms > 80_000.0);
    assert_eq!(certify(&s).rule(Rule::PyroNeighbours).unwrap().verdict, Verdict::Violated);
    s.vehicles[0].pyro.as_mut().unwrap().payloads.get_mut("waterfall").unwrap().duration_ms = Some(3000);
    assert_eq!(certify(&s).rule(Rule::PyroAudience).unwrap().verdict, Verdict::Proved);
}

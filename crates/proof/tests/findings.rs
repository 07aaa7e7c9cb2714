//! The findings as JSON, and what is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::{certify, hover, line, p, show};
use kapok_proof::{Evidence, Findings, ProofSettings, Rule, Verdict, prove};
use kapok_show::{DVec3, Silent};

#[test]
fn json_has_the_fields_readers_rely_on() {
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 2500), hover(p(2.0, 0.0, 20.0), 2500)]);
    let c = certify(&s);
    let v: serde_json::Value = serde_json::to_value(&c).unwrap();
    assert_eq!((&v["vehicle_count"], &v["duration_ms"], &v["verdict"]), (&2.into(), &2500.into(), &"proved".into()));
    assert_eq!(v["limits"]["min_separation_m"], 1.5);
    let separation = &v["rules"][0];
    assert_eq!((&separation["rule"], &separation["title"]), (&"separation".into(), &"Separation in flight".into()));
    assert_eq!(separation["limit"], serde_json::json!({ "value": 1.5, "unit": "m" }));
    assert_eq!(separation["worst"]["vehicles"][1], serde_json::json!({ "index": 1, "name": "0002" }));
    assert_eq!(separation["worst"]["positions_m"][1], serde_json::json!([2.0, 0.0, 20.0]));
    assert_eq!(separation["violations"], 0);
    assert!((separation["margin"].as_f64().unwrap() - 0.5).abs() < 1e-6);
    let rules: Vec<&str> = v["rules"].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap()).collect();
    let all = "separation ground_separation velocity_xy velocity_up velocity_down acceleration jerk continuity \
               acceleration_jump altitude floor ground_motion geofence keep_out ends energy \
         yaw_rate fall_on_audience fall_on_road return_to_home airspeed lights pyro pyro_altitude pyro_neighbours pyro_audience \
         payload";
    assert_eq!(rules.join(" "), all);
    assert_eq!(v["rules"][12]["verdict"], "not-applicable");
    assert_eq!(v["separation_per_second_m"].as_array().unwrap().len(), 3);
    let back: Findings = serde_json::from_value(v).unwrap();
    assert_eq!(back, Findings { evidence: Evidence::default(), ..c }, "all but what is not a part of what is written");
}

#[test]
fn every_second_has_its_least_distance() {
    let s = show(vec![line(p(0.0, 0.0, 20.0), p(4.0, 0.0, 20.0), 1000, 5000), hover(p(6.0, 0.0, 20.0), 6000)]);
    let c = certify(&s);
    let want = [6.0, 5.0, 4.0, 3.0, 2.0, 2.0];
    assert_eq!(c.separation_per_second_m.len(), want.len());
    for (got, want) in c.separation_per_second_m.iter().zip(want) {
        assert!(*got <= want + 1e-9 && want - got <= 0.01 + 1e-9, "{got} for {want}");
    }
}

#[test]
fn what_makes_no_sense_is_undecided_with_the_reason() {
    let detail = |c: Findings| {
        assert_eq!(c.verdict, Verdict::Undecided);
        assert!(c.rules.iter().all(|r| r.verdict == Verdict::Undecided));
        c.rule(Rule::Separation).unwrap().detail.clone()
    };
    assert_eq!(detail(certify(&show(vec![]))), "The show has no vehicles.");
    let mut s = show(vec![hover(DVec3::Z, 1000)]);
    s.limits.max_jerk_m_s3 = f64::NAN;
    assert!(detail(certify(&s)).contains("max_jerk_m_s3"));
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1000)]);
    let settings = ProofSettings { coordinate_step_m: f64::NAN, ..ProofSettings::default() };
    assert!(detail(prove(&s, &settings, &Silent)).contains("coordinate_step_m"));
    assert!(detail(certify(&show(vec![hover(DVec3::splat(1e200), 1000)]))).contains("leaves the site"));
    assert!(detail(certify(&show(vec![hover(DVec3::Z, i64::MAX / 2)]))).contains("a day"));
}

#[test]
fn a_single_vehicle_and_a_show_of_no_motion() {
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1)]);
    assert_eq!(certify(&s).verdict, Verdict::Proved);
    let mut s = show(vec![hover(p(0.0, 0.0, 0.0), 1), hover(p(9.0, 0.0, 0.0), 1)]);
    for v in &mut s.vehicles {
        v.trajectory = kapok_show::Trajectory::starting_at(0, v.home_m).unwrap();
    }
    let c = certify(&s);
    assert_eq!((c.verdict, c.duration_ms), (Verdict::Proved, 0));
}

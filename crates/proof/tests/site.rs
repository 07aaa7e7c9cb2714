//! Ceiling, floor, fence, keep-out volumes.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

mod common;

use common::{certify, fly, hover, judge, line, p, show, verdict};
use kapok_proof::{Rule, Verdict};
use kapok_show::{DVec2, Geofence, KeepOut, KeepOutShape, Show, Trajectory};

fn fenced(t: Trajectory, corners: &[(f64, f64)]) -> Show {
    let mut s = show(vec![t]);
    let polygon_m = corners.iter().map(|&(x, y)| DVec2::new(x, y)).collect();
    s.environment.geofence = Some(Geofence::around(polygon_m));
    s
}

fn kept_out(t: Trajectory, shape: KeepOutShape) -> Show {
    let mut s = show(vec![t]);
    s.environment.keep_outs.push(KeepOut { name: "tower".into(), shape });
    s
}

const SQUARE: [(f64, f64); 4] = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)];
const ELL: [(f64, f64); 6] = [(0.0, 0.0), (100.0, 0.0), (100.0, 40.0), (40.0, 40.0), (40.0, 100.0), (0.0, 100.0)];

#[track_caller]
fn worst(s: &Show, rule: Rule, verdict: Verdict, value: f64) {
    let r = judge(s, rule);
    assert_eq!(r.verdict, verdict, "{r:?}");
    let w = r.worst.unwrap();
    assert!((w.value - value).abs() < 2e-6, "{} is not {value}", w.value);
    assert!((w.value - w.bound).abs() <= 1e-6);
}

#[test]
fn without_data_a_rule_does_not_apply() {
    let c = certify(&show(vec![hover(p(0.0, 0.0, 20.0), 1000)]));
    assert_eq!(c.rule(Rule::Geofence).unwrap().verdict, Verdict::NotApplicable);
    assert_eq!(c.rule(Rule::KeepOut).unwrap().verdict, Verdict::NotApplicable);
    assert_eq!(c.verdict, Verdict::Proved);
}

#[test]
fn a_bulge_over_the_fence() {
    let bulge = |y: f64| fly(0, p(10.0, 10.0, 20.0), &[(4000, &[p(50.0, y, 20.0), p(90.0, 10.0, 20.0)])]);
    // The lowest point of the parabola is at (10 + y)/2.
    worst(&fenced(bulge(-9.0), &SQUARE), Rule::Geofence, Verdict::Proved, 0.5);
    worst(&fenced(bulge(-10.0), &SQUARE), Rule::Geofence, Verdict::Proved, 0.0);
    worst(&fenced(bulge(-10.02), &SQUARE), Rule::Geofence, Verdict::Violated, -0.01);
}

#[test]
fn along_the_fence_itself() {
    worst(
        &fenced(line(p(10.0, 0.0, 20.0), p(90.0, 0.0, 20.0), 0, 4000), &SQUARE),
        Rule::Geofence,
        Verdict::Proved,
        0.0,
    );
}

#[test]
fn a_fence_that_is_not_convex() {
    // Cutting the inner corner of the L leaves it; passing it at a distance of √2 does not.
    let cut = line(p(20.0, 80.0, 20.0), p(80.0, 20.0, 20.0), 0, 9000);
    let r = judge(&fenced(cut, &ELL), Rule::Geofence);
    assert_eq!(r.verdict, Verdict::Violated);
    let passing = line(p(18.0, 60.0, 20.0), p(60.0, 18.0, 20.0), 0, 9000);
    worst(&fenced(passing, &ELL), Rule::Geofence, Verdict::Proved, 2f64.sqrt());
    // Along an inner side at 1 m: many nearest points, still decided.
    let along = line(p(45.0, 39.0, 20.0), p(95.0, 39.0, 20.0), 0, 9000);
    worst(&fenced(along, &ELL), Rule::Geofence, Verdict::Proved, 1.0);
    // Out and in again through the mouth, both ends inside.
    let mut reversed = ELL;
    reversed.reverse();
    let jump = line(p(20.0, 90.0, 20.0), p(90.0, 20.0, 20.0), 0, 9000);
    assert_eq!(verdict(&fenced(jump, &reversed), Rule::Geofence), Verdict::Violated);
}

#[test]
fn a_fence_that_is_no_polygon_is_not_guessed_at() {
    let r = judge(
        &fenced(hover(p(1.0, 1.0, 20.0), 1000), &[(0.0, 0.0), (9.0, 9.0), (9.0, 0.0), (0.0, 8.0)]),
        Rule::Geofence,
    );
    assert_eq!(r.verdict, Verdict::Undecided);
    assert!(r.detail.contains("cross"));
}

#[test]
fn past_a_cylinder() {
    let cylinder =
        || KeepOutShape::Cylinder { centre_m: DVec2::new(0.0, 0.0), radius_m: 10.0, bottom_m: 0.0, top_m: 50.0 };
    let at = |y: f64, z: f64| line(p(-60.0, y, z), p(60.0, y, z), 0, 30_000);
    worst(&kept_out(at(12.0, 20.0), cylinder()), Rule::KeepOut, Verdict::Proved, 2.0);
    worst(&kept_out(at(10.0, 20.0), cylinder()), Rule::KeepOut, Verdict::Proved, 0.0);
    worst(&kept_out(at(9.99, 20.0), cylinder()), Rule::KeepOut, Verdict::Violated, -0.01);
    worst(&kept_out(at(0.0, 53.0), cylinder()), Rule::KeepOut, Verdict::Proved, 3.0);
    worst(&kept_out(at(13.0, 54.0), cylinder()), Rule::KeepOut, Verdict::Proved, 5.0);
    worst(&kept_out(at(0.0, 49.5), cylinder()), Rule::KeepOut, Verdict::Violated, -0.5);
}

#[test]
fn past_a_prism() {
    let prism = |c: &[(f64, f64)]| KeepOutShape::Prism {
        polygon_m: c.iter().map(|&(x, y)| DVec2::new(x, y)).collect(),
        bottom_m: 10.0,
        top_m: 50.0,
    };
    let at = |y: f64, z: f64| line(p(-60.0, y, z), p(160.0, y, z), 0, 30_000);
    worst(&kept_out(at(-2.0, 20.0), prism(&SQUARE)), Rule::KeepOut, Verdict::Proved, 2.0);
    worst(&kept_out(at(103.0, 54.0), prism(&SQUARE)), Rule::KeepOut, Verdict::Proved, 5.0);
    worst(&kept_out(at(50.0, 7.0), prism(&SQUARE)), Rule::KeepOut, Verdict::Proved, 3.0);
    assert_eq!(verdict(&kept_out(at(50.0, 20.0), prism(&SQUARE)), Rule::KeepOut), Verdict::Violated);
    // Inside the notch of the L, never nearer than 5 m to its walls.
    let notch = fly(0, p(120.0, 70.0, 20.0), &[(9000, &[p(45.0, 45.0, 20.0), p(70.0, 120.0, 20.0)])]);
    let r = judge(&kept_out(notch, prism(&ELL)), Rule::KeepOut);
    assert_eq!(r.verdict, Verdict::Proved);
    assert!(r.detail.contains("tower"));
}

#[test]
fn ceiling_and_floor() {
    let arc = |top: f64| fly(0, p(0.0, 0.0, 0.0), &[(60_000, &[p(0.0, 0.0, top), p(0.0, 0.0, 0.0)])]);
    let mut s = show(vec![arc(240.0)]);
    s.limits.max_altitude_m = 120.0;
    worst(&s, Rule::Altitude, Verdict::Proved, 120.0);
    s.vehicles[0].trajectory = arc(240.01);
    worst(&s, Rule::Altitude, Verdict::Violated, 120.005);
    s.vehicles[0].trajectory = arc(-0.02);
    worst(&s, Rule::Floor, Verdict::Violated, -0.01);
    assert_eq!(verdict(&show(vec![hover(p(0.0, 0.0, -3.0), 1000)]), Rule::Floor), Verdict::Proved);
}

//! Ceiling, floor, fence, keep-out volumes.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{certify, fly, hover, judge, line, p, show, verdict};
use kapok_proof::{ProofSettings, Rule, SiteError, Verdict, site_error};
use kapok_show::{DVec2, Geofence, KeepOut, KeepOutShape, Show, Silent, Trajectory};

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

/// The square with a pond of 20 m cut out of its middle.
fn with_pond(t: Trajectory) -> Show {
    let mut s = fenced(t, &SQUARE);
    let pond = [(40.0, 40.0), (60.0, 40.0), (60.0, 60.0), (40.0, 60.0)];
    let hole = pond.iter().map(|&(x, y)| DVec2::new(x, y)).collect();
    s.environment.geofence.as_mut().unwrap().holes_m.push(hole);
    s
}

#[test]
fn a_hole_of_the_fence_is_as_forbidden_as_outside() {
    let at = |y: f64| line(p(10.0, y, 20.0), p(90.0, y, 20.0), 0, 30_000);
    worst(&with_pond(at(38.0)), Rule::Geofence, Verdict::Proved, 2.0);
    worst(&with_pond(at(40.0)), Rule::Geofence, Verdict::Proved, 0.0);
    worst(&with_pond(at(39.0)), Rule::Geofence, Verdict::Proved, 1.0);
    worst(&with_pond(at(40.01)), Rule::Geofence, Verdict::Violated, -0.01);
    assert_eq!(verdict(&with_pond(hover(p(50.0, 50.0, 20.0), 1000)), Rule::Geofence), Verdict::Violated);
    // A bulge that dips into the hole between two instants far from it.
    let dip = fly(0, p(10.0, 10.0, 20.0), &[(9000, &[p(50.0, 70.2, 20.0), p(90.0, 10.0, 20.0)])]);
    assert_eq!(verdict(&with_pond(dip), Rule::Geofence), Verdict::Violated);
    // Nearer to the outline than to the hole: the outline is what counts.
    worst(&with_pond(at(1.0)), Rule::Geofence, Verdict::Proved, 1.0);
}

#[test]
fn a_hole_that_is_no_polygon_is_not_guessed_at() {
    let mut s = with_pond(hover(p(1.0, 1.0, 20.0), 1000));
    s.environment.geofence.as_mut().unwrap().holes_m.push(vec![DVec2::ZERO, DVec2::ONE]);
    let r = judge(&s, Rule::Geofence);
    assert_eq!(r.verdict, Verdict::Undecided);
    assert!(r.detail.contains("Hole 2"), "{}", r.detail);
}

#[test]
fn a_show_set_up_wrongly_is_held_against_the_holes_too() {
    // 1 m beside the pond, and 5 m of shift: the hole is reached though the outline is far.
    let s = with_pond(hover(p(50.0, 39.0, 20.0), 1000));
    let error = SiteError { rotation_rad: 0.0, ..SiteError::default() };
    let margin = site_error(&s, &error, &ProofSettings::default(), &Silent).unwrap().geofence.unwrap();
    assert_eq!(margin.verdict, Verdict::Violated);
    assert!((margin.worst_m.unwrap() + 4.0).abs() < 1e-6);
}

//! What a fence states beside its outline: heights, a distance, further outlines.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{fly, hover, in_the_air, judge, line, p, show};
use kapok_proof::{Rule, Verdict, verify_witness};
use kapok_show::{DVec2, DVec3, FenceLimits, Geofence, Show};

fn bounded(s: Show, limits: FenceLimits) -> Show {
    let mut s = s;
    s.environment.fence_limits = limits;
    s
}

/// The value is the distance to the nearest bound, and its witness is attained.
#[track_caller]
fn fence(s: &Show, verdict: Verdict, value: f64) {
    let r = judge(s, Rule::Geofence);
    assert_eq!(r.verdict, verdict, "{r:?}");
    let w = r.worst.unwrap();
    assert!((w.value - value).abs() < 2e-6, "{} is not {value}", w.value);
    verify_witness(s, Rule::Geofence, &w, &in_the_air()).unwrap();
}

fn ceiling(m: f64) -> FenceLimits {
    FenceLimits { max_altitude_m: Some(m), ..FenceLimits::default() }
}

fn radius(m: f64) -> FenceLimits {
    FenceLimits { max_distance_m: Some(m), ..FenceLimits::default() }
}

fn foot(m: f64) -> FenceLimits {
    FenceLimits { min_altitude_m: Some(m), ..FenceLimits::default() }
}

/// Up in an arc to 20 m and down again.
fn arc() -> Show {
    show(vec![fly(0, DVec3::ZERO, &[(40_000, &[p(0.0, 0.0, 40.0), DVec3::ZERO])])])
}

#[test]
fn the_height_of_a_fence_is_held_against_the_show() {
    fence(&bounded(arc(), ceiling(20.0)), Verdict::Proved, 0.0);
    fence(&bounded(arc(), ceiling(25.0)), Verdict::Proved, 5.0);
    fence(&bounded(arc(), ceiling(19.99)), Verdict::Violated, -0.01);
    // Vehicles measure from their own pads: one on a barge meets the fence earlier than the site's origin would say.
    let mut s = bounded(arc(), ceiling(20.0));
    s.vehicles[0].home_m.z = -3.0;
    fence(&s, Verdict::Violated, -3.0);
    s.vehicles[0].home_m.z = 3.0;
    fence(&s, Verdict::Proved, 0.0);
}

#[test]
fn the_distance_of_a_fence_counts_from_the_vehicles_own_pad() {
    let trip = fly(0, p(3.0, 4.0, 20.0), &[(9000, &[p(33.0, 44.0, 20.0)])]);
    fence(&bounded(show(vec![trip.clone()]), radius(50.0)), Verdict::Proved, 0.0);
    fence(&bounded(show(vec![trip.clone()]), radius(49.99)), Verdict::Violated, -0.01);
    let mut s = bounded(show(vec![trip]), radius(50.0));
    s.vehicles[0].home_m = DVec3::ZERO;
    fence(&s, Verdict::Violated, -5.0);
}

#[test]
fn a_foot_above_the_ground_cannot_hold_for_those_that_take_off() {
    let r = judge(&bounded(arc(), foot(5.0)), Rule::Geofence);
    assert_eq!(r.verdict, Verdict::Undecided);
    assert!(r.detail.contains("5 m above the ground"), "{}", r.detail);
    assert_eq!(
        judge(&bounded(show(vec![hover(p(0.0, 0.0, 9.0), 1000)]), foot(5.0)), Rule::Geofence).verdict,
        Verdict::Proved
    );
    // At or below the ground it is a bound like any other.
    fence(&bounded(arc(), foot(0.0)), Verdict::Proved, 0.0);
    fence(&bounded(arc(), foot(-1.0)), Verdict::Proved, 1.0);
    let low = line(p(0.0, 0.0, 3.0), p(0.0, 0.0, -2.0), 0, 9000);
    let mut s = bounded(show(vec![low]), foot(-1.0));
    s.vehicles[0].home_m = DVec3::ZERO;
    fence(&s, Verdict::Violated, -1.0);
}

#[test]
fn what_is_not_understood_is_undecided_and_a_violation_stays_one() {
    let strange = FenceLimits { not_understood: vec!["circles".into()], ..ceiling(25.0) };
    let r = judge(&bounded(arc(), strange.clone()), Rule::Geofence);
    assert_eq!(r.verdict, Verdict::Undecided);
    assert!(r.detail.contains("`circles`"), "{}", r.detail);
    let r = judge(&bounded(arc(), FenceLimits { max_altitude_m: Some(10.0), ..strange }), Rule::Geofence);
    assert_eq!(r.verdict, Verdict::Violated);
}

#[test]
fn a_vehicle_must_be_inside_of_every_outline() {
    let square = |a: f64, b: f64| [(a, a), (b, a), (b, b), (a, b)].map(|(x, y)| DVec2::new(x, y)).to_vec();
    let mut s = show(vec![hover(p(5.0, 5.0, 20.0), 1000)]);
    let with = |s: &mut Show, more: Vec<Vec<DVec2>>| {
        s.environment.geofence = Some(Geofence { also_inside_m: more, ..Geofence::around(square(-40.0, 40.0)) });
    };
    with(&mut s, vec![square(0.0, 20.0)]);
    fence(&s, Verdict::Proved, 5.0);
    with(&mut s, vec![square(10.0, 20.0)]);
    let r = judge(&s, Rule::Geofence);
    assert_eq!(r.verdict, Verdict::Violated);
    // A dented one, which is measured in another way.
    let dented = [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (6.0, 6.0), (0.0, 20.0)].map(|(x, y)| DVec2::new(x, y));
    with(&mut s, vec![dented.to_vec()]);
    assert_eq!(judge(&s, Rule::Geofence).verdict, Verdict::Proved);
    s.vehicles[0].trajectory = hover(p(6.0, 7.0, 20.0), 1000);
    assert_eq!(judge(&s, Rule::Geofence).verdict, Verdict::Violated);
    // One that is no polygon decides nothing.
    with(&mut s, vec![vec![DVec2::ZERO, DVec2::ONE]]);
    assert_eq!(judge(&s, Rule::Geofence).verdict, Verdict::Undecided);
}

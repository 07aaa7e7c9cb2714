//! What cannot be flown is refused with its place, its value and a remedy.

use crate::common;

use common::{refused, scene, small_show};
use kapok_plan::*;
use kapok_show::*;

fn says(reason: &Infeasibility, parts: &[&str]) {
    let text = reason.to_string();
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is missing in: {text}");
    }
}

#[test]
fn places_too_close_are_named() {
    let mut s = small_show();
    s.scenes[1].points[7].position_m = s.scenes[1].points[20].position_m + DVec3::X * 1.4999;
    let reason = refused(&s);
    assert!(
        matches!(&reason, Infeasibility::Separation(SeparationConflict::PlacesTooClose { pairs, .. }) if pairs[0].pair == (7, 20))
    );
    says(&reason, &["scene \"sheet\"", "7 and 20", "1.4999 m", "1.5 m"]);
}

#[test]
fn pads_too_close_are_named_by_the_rule_they_break() {
    let mut s = small_show();
    s.fleet.pads_m = common::pads(6, 0.39);
    says(&refused(&s), &["the pads", "0.4 m"]);
    // Pads between the two separations are no reason: the fleet rises in layers.
    s.fleet.pads_m = common::pads(6, 1.4999);
    let plan = common::complete(&s);
    let altitude = |v: usize| plan.show.vehicles[v].trajectory.sample(plan.show.chapters[0].end_ms as f64).position_m.z;
    assert!((altitude(0) - altitude(1)).abs() >= 1.5);
}

#[test]
fn the_downwash_metric_is_used() {
    let mut s = small_show();
    s.limits.downwash_scale = 3.0;
    // 3.1 m above each other count 1.03 m.
    says(&refused(&s), &["scene \"", "closer than 1.5 m"]);
}

#[test]
fn a_transition_that_is_too_short_says_what_is_needed() {
    let mut s = small_show();
    let needed_ms = common::complete(&s).transitions[1].duration_ms;
    s.scenes[1].transition.duration_ms = Some(needed_ms - 1);
    let reason = refused(&s);
    assert_eq!(
        reason,
        Infeasibility::Limit(LimitConflict::TransitionTooShort {
            transition: "ring → sheet".into(),
            asked_ms: needed_ms - 1,
            needed_ms
        })
    );
}

#[test]
fn altitudes_are_kept() {
    let mut s = small_show();
    s.scenes[0].points[5].position_m.z = 2.4;
    says(&refused(&s), &["place 5 of scene \"ring\"", "2.4 m", "2.5 m"]);
    s.scenes[0].points[5].position_m.z = 120.0001;
    says(&refused(&s), &["place 5 of scene \"ring\"", "120.0001 m", "ceiling of 120 m"]);
    let mut s = small_show();
    s.takeoff.altitude_m = 2.0;
    says(&refused(&s), &["take-off point above pad 0", "2 m", "2.5 m"]);
    let mut s = small_show();
    s.landing.altitude_m = 2.0;
    says(&refused(&s), &["landing point above pad 0"]);
}

#[test]
fn fence_and_keep_outs_stop_places_and_ways() {
    let square = |r: f64| Geofence::around([(-r, -r), (r, -r), (r, r), (-r, r)].map(|(x, y)| DVec2::new(x, y)).into());
    let mut s = small_show();
    s.environment.geofence = Some(square(17.9));
    says(&refused(&s), &["place 0 of scene \"ring\"", "outside the geofence"]);
    s.environment.geofence = Some(square(18.1));
    common::complete(&s);
    let mast = |x: f64, y: f64, top_m: f64| KeepOut {
        name: "mast".into(),
        shape: KeepOutShape::Cylinder { centre_m: DVec2::new(x, y), radius_m: 1.0, bottom_m: 0.0, top_m },
    };
    s.environment.keep_outs = vec![mast(18.0, 2.0, 60.0)];
    says(&refused(&s), &["place 0 of scene \"ring\"", "inside the keep-out \"mast\""]);
    // Between pads and above none of the pictures, but in the way: every vehicle goes round.
    s.environment.keep_outs = vec![mast(0.0, 0.0, 30.0)];
    let plan = common::complete(&s);
    assert!(plan.transitions.iter().any(|t| t.detour_count > 0));
    // A wall from fence to fence and up to the ceiling leaves no way.
    let corners = [(-18.05, -4.0), (18.05, -4.0), (18.05, -3.0), (-18.05, -3.0)].map(|(x, y)| DVec2::new(x, y));
    let shape = KeepOutShape::Prism { polygon_m: corners.into(), bottom_m: 0.0, top_m: 500.0 };
    s.fleet.pads_m = common::pads(6, 3.0).iter().map(|p| DVec3::new(p.x, 7.0 + 0.6 * p.y, 0.0)).collect();
    s.environment.keep_outs = vec![KeepOut { name: "wall".into(), shape }];
    let reason = refused(&s);
    assert!(matches!(reason, Infeasibility::Airspace(AirspaceConflict::PathThroughKeepOut { .. })), "{reason}");
    says(&reason, &["vehicle", "keep-out \"wall\"", "no way round", "formation in between"]);
}

#[test]
fn conflicts_on_the_way_name_the_pair() {
    let settings = |separation_m: f64| TransitionSettings {
        keep_order: true,
        ..TransitionSettings::new(MotionLimits::isotropic(5.0, 2.0, 4.0), separation_m, 1.0)
    };
    // A line of four that has to come back in the opposite order: they pass each other.
    let line: Vec<DVec3> = (0..4).map(|k| DVec3::new(3.0 * f64::from(k), 0.0, 20.0)).collect();
    let back: Vec<DVec3> = (0..4).map(|k| DVec3::new(9.0 - 3.0 * f64::from(k), 0.5, 20.0)).collect();
    let TransitionOutcome::Complete(plan) = transition(&line, &back, &settings(1.5), &Silent).unwrap() else {
        panic!("there is all the room in the world");
    };
    assert!(plan.report.detour_count == 4 && plan.report.closest.distance_m >= 1.5);
    // A packed cube in which every vehicle has to change places with the opposite corner, without a millimetre to spare.
    let cube: Vec<DVec3> = (0..125)
        .map(|k| DVec3::new(f64::from(k % 5), f64::from(k / 5 % 5), f64::from(k / 25)) * 1.5 + DVec3::Z * 20.0)
        .collect();
    let opposite: Vec<DVec3> = cube.iter().rev().copied().collect();
    let TransitionOutcome::Infeasible(reason) = transition(&cube, &opposite, &settings(1.5), &Silent).unwrap() else {
        panic!("no vehicle can take the first step");
    };
    assert!(
        matches!(&reason, Infeasibility::Separation(SeparationConflict::PairsTooClose { pairs, .. }) if pairs[0].distance_m < 0.1)
    );
    says(&reason, &["come closer than 1.5002 m", "2.1", "no detours"]);
}

#[test]
fn a_battery_that_is_too_small_is_told() {
    let mut s = small_show();
    let plan = common::complete(&s);
    assert!(plan.summary.battery_margin_s > 0.0);
    s.fleet.profile.endurance_s = (plan.summary.duration_ms as f64 / 1000.0 - 0.1) / 0.8;
    says(&refused(&s), &["20 % in reserve"]);
    s.fleet.profile.endurance_s += 0.2;
    common::complete(&s);
}

#[test]
fn limits_below_the_rounding_are_told() {
    let mut s = small_show();
    s.limits.max_jerk_m_s3 = 1e-17;
    says(&refused(&s), &["position_grid_m"]);
}

#[test]
fn nonsense_is_an_error_not_a_refusal() {
    let settings = PlanSettings::default();
    let mut s = small_show();
    s.scenes[0].hold_ms = -1;
    assert!(matches!(plan(&s, &settings, &Silent), Err(PlanError::BadTime { value_ms: -1, .. })));
    let mut s = small_show();
    s.scenes[0].points.pop();
    assert!(matches!(plan(&s, &settings, &Silent), Err(PlanError::Storyboard(StoryboardFault::CountMismatch { .. }))));
    let mut s = small_show();
    s.takeoff.altitude_m = f64::NAN;
    assert!(plan(&s, &settings, &Silent).is_err());
    let coarse = PlanSettings { position_grid_m: 3e-4, ..settings };
    assert!(
        matches!(plan(&small_show(), &coarse, &Silent), Err(PlanError::Setting(b)) if b.field == "position_grid_m")
    );
    let mut s = small_show();
    s.scenes.push(scene("far", &vec![DVec3::splat(1e9); 36], Rgb::WHITE));
    s.limits.max_altitude_m = 1e10;
    assert!(plan(&s, &settings, &Silent).is_err());
}

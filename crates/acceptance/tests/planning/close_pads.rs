//! Fields on which vehicles stand closer than they may fly: layers, boxes, spare vehicles; proved and sampled.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{complete, pads, refused, small_show};
use kapok_plan::{Infeasibility, Plan, PlanSettings, Planned, SeparationConflict, plan};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::*;
use proptest::prelude::*;

/// Proved, and no sample breaks the two rules of distance: in flight while one of two is high, on the ground else.
fn assert_sound(plan: &Plan) {
    let show = &plan.show;
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    // The planner's own figure is that of the proof, but for the rounding of straight ways.
    if let Some(worst) = &certificate.rule(Rule::Separation).unwrap().worst {
        let found_m = plan.summary.closest.distance_m;
        assert!((worst.value - found_m).abs() < 5e-4, "{} {found_m}", worst.value);
    }
    let kept = |v: Verdict| matches!(v, Verdict::Proved | Verdict::NotApplicable);
    let bad: Vec<_> = certificate.rules.iter().filter(|r| !kept(r.verdict)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let limits = &show.limits;
    for k in 0..=show.duration_ms() / 100 {
        let at: Vec<DVec3> = show.vehicles.iter().map(|v| v.trajectory.sample(k as f64 * 100.0).position_m).collect();
        for i in 0..at.len() {
            for j in 0..i {
                let d = at[i] - at[j];
                let low = at[i].z.max(at[j].z) < limits.min_navigation_altitude_m;
                let (distance, limit) = if low {
                    (d.length(), limits.ground_separation_m)
                } else {
                    (DVec3::new(d.x, d.y, d.z / limits.downwash_scale).length(), limits.min_separation_m)
                };
                assert!(distance >= limit - 1e-9, "{i} and {j} at {k}: {distance}");
            }
        }
    }
}

fn on_pads(pads_m: Vec<DVec3>) -> Storyboard {
    let mut storyboard = small_show();
    storyboard.scenes.truncate(2);
    for scene in &mut storyboard.scenes {
        scene.points.truncate(pads_m.len());
    }
    storyboard.fleet.pads_m = pads_m;
    storyboard
}

/// Altitudes above the pads at the end of the rise, each once.
fn layers(show: &Show) -> Vec<i64> {
    let end_ms = show.chapters[0].end_ms as f64;
    let mut z: Vec<i64> =
        show.vehicles.iter().map(|v| (v.trajectory.sample(end_ms).position_m.z * 100.0).round() as i64).collect();
    z.sort_unstable();
    z.dedup();
    z
}

#[test]
fn a_one_metre_grid_rises_and_lands_in_layers() {
    let storyboard = on_pads(pads(6, 1.0));
    let plan = complete(&storyboard);
    assert_sound(&plan);
    let layers = layers(&plan.show);
    assert!((4..=7).contains(&layers.len()), "{layers:?}");
    assert_eq!(layers[0], 600, "the lowest layer is at the take-off altitude");
    assert!(layers.windows(2).all(|w| w[1] - w[0] >= 150), "{layers:?}");
    // Classes overlap in time: quicker than one after the other.
    let alone_s = 8.0;
    assert!((plan.takeoff.duration_ms as f64) < 1000.0 * alone_s * layers.len() as f64);
    // Every vehicle lands on some pad, every pad is taken.
    let mut ends: Vec<[i64; 2]> = plan
        .show
        .vehicles
        .iter()
        .map(|v| v.trajectory.end_point_m())
        .map(|p| [(p.x * 1e4).round() as i64, (p.y * 1e4).round() as i64])
        .collect();
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends.len(), 36);
}

#[test]
fn every_vehicle_comes_back_to_its_own_pad_if_asked() {
    let mut storyboard = on_pads(pads(6, 1.0));
    storyboard.landing.own_pad = true;
    let plan = complete(&storyboard);
    assert_sound(&plan);
    for v in &plan.show.vehicles {
        assert!(v.trajectory.end_point_m().distance(v.home_m) < 1e-9, "{}", v.name);
    }
}

#[test]
fn wide_pads_need_no_layers() {
    let plan = complete(&on_pads(pads(6, 1.5)));
    assert_eq!(layers(&plan.show).len(), 1);
    assert_sound(&plan);
}

#[test]
fn a_low_ceiling_gets_narrower_layers() {
    let mut storyboard = on_pads(pads(4, 1.0));
    storyboard.limits.max_altitude_m = 60.0;
    storyboard.takeoff.layer_spacing_m = Some(1.6);
    let plan = complete(&storyboard);
    assert_sound(&plan);
    assert!(layers(&plan.show).windows(2).all(|w| w[1] - w[0] == 160));
}

#[test]
fn downwash_that_reaches_the_ground_is_refused_with_the_pair() {
    let mut storyboard = on_pads(pads(6, 1.0));
    // Passing 2.5 m above a neighbour one metre aside counts as 1.3 m.
    storyboard.limits.downwash_scale = 3.0;
    let Infeasibility::Separation(SeparationConflict::TooCloseOnTheWay { transition, pairs, needed_m, .. }) =
        refused(&storyboard)
    else {
        panic!("the wash reaches the neighbours")
    };
    assert_eq!(transition, "pads → take-off");
    assert!((pairs[0].distance_m - (1.0f64 + 2.5 * 2.5 / 9.0).sqrt()).abs() < 0.01, "{pairs:?}");
    assert!(pairs[0].distance_m < needed_m);
}

#[test]
fn spare_vehicles_rest_dark_on_their_pads() {
    let mut storyboard = on_pads(pads(6, 1.0));
    storyboard.fleet.spare_pads_m = (0..3).map(|k| DVec3::new(-2.5 + f64::from(k), 3.5, 0.0)).collect();
    let plan = complete(&storyboard);
    assert_eq!(plan.show.vehicles.len(), 39);
    assert_sound(&plan);
    for (v, pad) in plan.show.vehicles[36..].iter().zip(&storyboard.fleet.spare_pads_m) {
        assert!(v.trajectory.control_points_m().iter().all(|p| p == pad) && v.home_m == *pad);
        assert!(v.lights.keys().is_empty());
        assert_eq!(v.trajectory.end_ms(), plan.show.duration_ms());
    }
    // A spare vehicle too close to a pad is refused as a pad would be.
    storyboard.fleet.spare_pads_m[0] = DVec3::new(-2.5, 2.8, 0.0);
    assert!(matches!(refused(&storyboard), Infeasibility::Separation(SeparationConflict::PlacesTooClose { .. })));
}

#[test]
fn spare_vehicles_under_a_long_wash_are_seen() {
    let mut storyboard = on_pads(pads(6, 3.0));
    storyboard.limits.downwash_scale = 2.0;
    storyboard.fleet.spare_pads_m = vec![DVec3::new(9.0, 7.5, 0.0)];
    assert_sound(&complete(&storyboard));
    // 0.8 m beside a pad: 2.5 m up counts as 1.25 m, together 1.48 m.
    storyboard.fleet.spare_pads_m = vec![DVec3::new(8.3, 7.5, 0.0)];
    assert!(matches!(refused(&storyboard), Infeasibility::Separation(SeparationConflict::TooCloseOnTheWay { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    /// Whatever the field: proved, or refused because of pads, wash or room.
    #[test]
    fn random_fields_are_flown_soundly_or_refused(
        raw in prop::collection::vec((0.0..6.0f64, 0.0..6.0f64, 0.0..0.4f64), 8..30),
        scale in 1.0..2.0f64, own_pad: bool, separation in 0.8..1.6f64,
    ) {
        let mut standing: Vec<DVec3> = Vec::new();
        for &(x, y, z) in &raw {
            let p = DVec3::new(x, y, z);
            if standing.iter().all(|q| q.distance(p) >= 0.5) {
                standing.push(p);
            }
        }
        let mut storyboard = on_pads(standing);
        storyboard.limits.downwash_scale = scale;
        storyboard.limits.min_separation_m = separation;
        storyboard.landing.own_pad = own_pad;
        match plan(&storyboard, &PlanSettings::default(), &Silent).unwrap() {
            Planned::Complete(plan) => assert_sound(&plan),
            Planned::Infeasible(reason) => {
                let fair = matches!(
                    reason,
                    Infeasibility::Separation(
                        SeparationConflict::TooCloseOnTheWay { .. }
                            | SeparationConflict::PairsTooClose { .. }
                            | SeparationConflict::PlacesTooClose { .. }
                    ) | Infeasibility::NoRoomToSpread { .. }
                );
                prop_assert!(fair, "{reason}");
            }
        }
    }
}

#[test]
fn the_certificate_speaks_of_the_ground_too() {
    let plan = complete(&on_pads(pads(6, 1.0)));
    let certificate = prove(&plan.show, &ProofSettings::default(), &Silent);
    let ground = certificate.rule(Rule::GroundSeparation).unwrap();
    assert_eq!(ground.verdict, Verdict::Proved);
    assert!((ground.worst.as_ref().unwrap().value - 1.0).abs() < 1e-6, "neighbours a metre apart");
}

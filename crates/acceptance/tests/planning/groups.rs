//! Who flies where and how fast: kept order, lists, pins, groups with places and limits of their own.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{complete, peaks, refused, small_show};
use kapok_plan::{Infeasibility, LimitConflict, PlanSettings, Planned, SeparationConflict, plan};
use kapok_proof::{ProofSettings, Verdict, prove};
use kapok_show::*;
use proptest::prelude::*;

fn assert_proved(show: &Show) {
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    assert_eq!(certificate.verdict, Verdict::Proved, "{:#?}", certificate.rules);
}

/// Place of every vehicle in the scene of this name.
fn places(storyboard: &Storyboard, show: &Show, scene: usize) -> Vec<usize> {
    let scene = &storyboard.scenes[scene];
    let hold = show.chapters.iter().find(|c| c.name == scene.name).unwrap();
    show.vehicles
        .iter()
        .map(|v| {
            let at = v.trajectory.sample(hold.start_ms as f64).position_m;
            scene.points.iter().position(|p| p.position_m.distance(at) < 1e-3).unwrap()
        })
        .collect()
}

fn group(name: &str, vehicles: &[u32], limits: Limits) -> VehicleGroup {
    VehicleGroup { name: name.into(), vehicles: vehicles.to_vec(), limits }
}

#[test]
fn a_list_is_obeyed() {
    let mut storyboard = small_show();
    // From the ring to the sheet and back to a ring further away: every vehicle where it was.
    let mut third = storyboard.scenes[0].clone();
    third.name = "ring again".into();
    third.transition.places = PlaceChoice::Listed(Vec::new());
    let first = complete(&storyboard);
    let ring: Vec<u32> = places(&storyboard, &first.show, 0).into_iter().map(|p| p as u32).collect();
    storyboard.scenes[0].transition.places = PlaceChoice::Listed(ring.clone());
    third.transition.places = PlaceChoice::Listed(ring.clone());
    storyboard.scenes.push(third);
    let plan = complete(&storyboard);
    assert_proved(&plan.show);
    for scene in [0, 2] {
        let found: Vec<u32> = places(&storyboard, &plan.show, scene).into_iter().map(|p| p as u32).collect();
        assert_eq!(found, ring);
    }
}

#[test]
fn kept_order_is_kept_and_a_bad_list_is_refused() {
    let mut storyboard = small_show();
    // Places numbered like the pads: a lifted copy of the field.
    for (p, pad) in storyboard.scenes[0].points.iter_mut().zip(&storyboard.fleet.pads_m) {
        p.position_m = *pad * 1.3 + DVec3::new(5.0, 20.0, 40.0);
    }
    storyboard.scenes[0].transition.places = PlaceChoice::Keep;
    let plan = complete(&storyboard);
    assert_proved(&plan.show);
    assert_eq!(places(&storyboard, &plan.show, 0), (0..36).collect::<Vec<_>>());
    for bad in [vec![0; 36], (0..35).collect(), (1..37).collect()] {
        storyboard.scenes[0].transition.places = PlaceChoice::Listed(bad);
        assert!(matches!(storyboard.check(), Err(StoryboardFault::BadPlaces { .. })));
    }
}

#[test]
fn group_places_go_to_the_group_and_vehicles_know_theirs() {
    let mut storyboard = small_show();
    let members = [0, 5, 17, 30, 35];
    storyboard.fleet.groups = vec![group("pyro", &members, storyboard.limits)];
    for place in [3, 4, 20] {
        storyboard.scenes[0].points[place].group = 1;
    }
    storyboard.scenes[1].transition.places = PlaceChoice::Pinned(vec![(7, 0), (0, 35)]);
    let plan = complete(&storyboard);
    assert_proved(&plan.show);
    let ring = places(&storyboard, &plan.show, 0);
    for place in [3, 4, 20] {
        let vehicle = ring.iter().position(|p| *p == place).unwrap();
        assert!(members.contains(&(vehicle as u32)), "place {place} is taken by {vehicle}");
    }
    let sheet = places(&storyboard, &plan.show, 1);
    assert_eq!((sheet[7], sheet[0]), (0, 35));
    for (k, v) in plan.show.vehicles.iter().enumerate() {
        assert_eq!(v.group, u8::from(members.contains(&(k as u32))));
    }
}

#[test]
fn a_slow_group_slows_the_transition_and_no_more_than_needed() {
    let mut storyboard = small_show();
    let quick = complete(&storyboard);
    let slow = Limits {
        max_velocity_xy_m_s: 1.5,
        max_velocity_up_m_s: 1.2,
        max_velocity_down_m_s: 0.9,
        max_acceleration_m_s2: 0.8,
        max_jerk_m_s3: 1.5,
        ..storyboard.limits
    };
    storyboard.fleet.groups = vec![group("heavy", &[2, 3], slow)];
    let plan = complete(&storyboard);
    assert_proved(&plan.show);
    assert!(plan.show.duration_ms() > quick.show.duration_ms());
    let mut closest = 0.0f64;
    for v in plan.show.vehicles.iter().filter(|v| v.group == 1) {
        let p = peaks(&v.trajectory);
        assert!(p[0] <= slow.max_velocity_xy_m_s && p[1] <= slow.max_velocity_up_m_s, "{p:?}");
        assert!(p[2] <= slow.max_velocity_down_m_s && p[3] <= slow.max_acceleration_m_s2, "{p:?}");
        assert!(p[4] <= slow.max_jerk_m_s3, "{p:?}");
        closest = closest.max(p[1] / slow.max_velocity_up_m_s).max(p[2] / slow.max_velocity_down_m_s);
    }
    assert!(closest > 0.99, "the group flies as fast as it may: {closest}");
    // What is reported knows of the group: it is the group that decides, and nothing shorter was found.
    for (t, quick) in plan.transitions.iter().zip(&quick.transitions) {
        assert_eq!(t.shortest_ms, t.duration_ms, "{}", t.name);
        assert!(t.shortest_ms > quick.shortest_ms && t.bound_ms >= quick.bound_ms, "{}", t.name);
        assert!(t.ratio >= 1.0 && t.ratio < 2.0, "{}: {}", t.name, t.ratio);
    }
    // A duration that is too short for the group is refused with the one that does.
    let asked_ms = plan.transitions[1].duration_ms - 200;
    storyboard.scenes[1].transition.duration_ms = Some(asked_ms);
    let asked = plan_of(&storyboard);
    if let Planned::Infeasible(Infeasibility::Limit(LimitConflict::TransitionTooShort { needed_ms, .. })) = asked {
        storyboard.scenes[1].transition.duration_ms = Some(needed_ms);
        assert_proved(&complete(&storyboard).show);
    }
}

fn plan_of(storyboard: &Storyboard) -> Planned {
    plan(storyboard, &PlanSettings::default(), &Silent).unwrap()
}

#[test]
fn groups_and_pins_that_make_no_sense_are_named() {
    let mut storyboard = small_show();
    storyboard.fleet.groups = vec![group("a", &[1, 2], storyboard.limits), group("b", &[2], storyboard.limits)];
    assert!(matches!(storyboard.check(), Err(StoryboardFault::BadGroup { .. })));
    let faster = Limits { max_velocity_xy_m_s: 9.0, ..storyboard.limits };
    storyboard.fleet.groups = vec![group("a", &[1], faster)];
    assert!(matches!(storyboard.check(), Err(StoryboardFault::BadGroup { .. })));
    storyboard.fleet.groups = vec![group("a", &[1], storyboard.limits)];
    storyboard.scenes[0].points[4].group = 1;
    assert_eq!(storyboard.check(), Ok(()));
    // The only vehicle of the group is pinned elsewhere.
    storyboard.scenes[0].transition.places = PlaceChoice::Pinned(vec![(1, 9)]);
    assert!(matches!(refused(&storyboard), Infeasibility::PinsContradict { .. }));
    storyboard.scenes[0].points[5].group = 1;
    assert!(matches!(storyboard.check(), Err(StoryboardFault::BadPlaces { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    /// Random groups, places that ask for them and pins: obeyed and proved, or refused because ways come too close.
    #[test]
    fn random_wishes_are_obeyed_and_proved(
        members in prop::collection::btree_set(0u32..36, 4..12), asked in prop::collection::btree_set(0usize..36, 0..4),
        pins in prop::collection::btree_map(0u32..36, 0u32..36, 0..4), slower in 0.4..1.0f64, turn in 0.0..1.0f64,
    ) {
        let mut storyboard = small_show();
        let members: Vec<u32> = members.into_iter().collect();
        let limits = Limits {
            max_velocity_up_m_s: storyboard.limits.max_velocity_up_m_s * slower,
            max_acceleration_m_s2: storyboard.limits.max_acceleration_m_s2 * slower,
            ..storyboard.limits
        };
        storyboard.fleet.groups = vec![group("g", &members, limits)];
        for &place in &asked {
            storyboard.scenes[0].points[place].group = 1;
        }
        let mut seen = std::collections::BTreeSet::new();
        let pins: Vec<(u32, u32)> = pins.into_iter().filter(|(_, p)| seen.insert(*p)).collect();
        storyboard.scenes[1].transition.places = PlaceChoice::Pinned(pins.clone());
        // The ring moves while it stands.
        storyboard.scenes[0].hold_ms = 30_000;
        storyboard.scenes[0].motion = Some(SceneMotion {
            ease: Ease { start_ms: 5000, end_ms: 5000 },
            parts: vec![MovingPart {
                first: 0,
                count: 36,
                steps: vec![MotionStep::Rotate { about_m: DVec3::new(0.0, 4.0, 40.0), axis: DVec3::Z, angle_rad: turn }],
            }],
        });
        match plan_of(&storyboard) {
            Planned::Complete(plan) => {
                assert_proved(&plan.show);
                let ring = places(&storyboard, &plan.show, 0);
                for &place in &asked {
                    let vehicle = ring.iter().position(|p| *p == place).unwrap() as u32;
                    prop_assert!(members.contains(&vehicle));
                }
                let sheet = places(&storyboard, &plan.show, 1);
                for (vehicle, place) in pins {
                    prop_assert_eq!(sheet[vehicle as usize], place as usize);
                }
                for v in plan.show.vehicles.iter().filter(|v| v.group == 1) {
                    let climbs = (0..=v.trajectory.end_ms() / 5).map(|k| v.trajectory.sample(k as f64 * 5.0).velocity_m_s.z);
                    let fastest_m_s = climbs.fold(0.0, f64::max);
                    prop_assert!(fastest_m_s <= limits.max_velocity_up_m_s + 1e-9, "{fastest_m_s}");
                }
            }
            Planned::Infeasible(reason) => {
                let fair = matches!(
                    reason,
                    Infeasibility::Separation(SeparationConflict::PairsTooClose { .. }) | Infeasibility::NoRoomToSpread { .. }
                );
                prop_assert!(fair, "{reason}");
            }
        }
    }
}

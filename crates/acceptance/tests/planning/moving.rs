//! Scenes that move: flown as they are meant, smooth, within the limits, apart; proved by the checker that knows nothing
//! of the planner, and sampled.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{complete, refused, sampled_separation_m, small_show};
use kapok_plan::{AirspaceConflict, Infeasibility, LimitConflict, SeparationConflict};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::*;
use proptest::prelude::*;

/// Everything that is promised of a show, by proof and by samples.
fn assert_sound(plan: &kapok_plan::Plan) {
    let show = &plan.show;
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    // The planner's own figure is that of the proof, but for the rounding of straight ways.
    let worst = certificate.rule(Rule::Separation).unwrap().worst.as_ref().unwrap();
    assert!((worst.value - plan.summary.closest.distance_m).abs() < 5e-4, "{} {:?}", worst.value, plan.summary);
    let bad: Vec<_> =
        certificate.rules.iter().filter(|r| !matches!(r.verdict, Verdict::Proved | Verdict::NotApplicable)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let limits = &show.limits;
    for v in &show.vehicles {
        for segment in v.trajectory.segments() {
            for k in 0..=20 {
                let t_ms = segment.start_ms as f64 + segment.duration_s() * 1000.0 * f64::from(k) / 20.0;
                let m = segment.sample(t_ms);
                assert!(m.velocity_m_s.truncate().length() <= limits.max_velocity_xy_m_s);
                assert!(
                    m.velocity_m_s.z <= limits.max_velocity_up_m_s && -m.velocity_m_s.z <= limits.max_velocity_down_m_s
                );
                assert!(m.acceleration_m_s2.length() <= limits.max_acceleration_m_s2);
            }
        }
        for w in v.trajectory.segments().collect::<Vec<_>>().windows(2) {
            let t = w[0].end_ms as f64;
            let (before, after) = (w[0].sample(t), w[1].sample(t));
            let jump = before.velocity_m_s.distance(after.velocity_m_s);
            assert!(jump < 0.02, "{}: velocity jumps by {jump} at {t}", v.name);
            let jump = before.acceleration_m_s2.distance(after.acceleration_m_s2);
            assert!(jump < 0.05, "{}: acceleration jumps by {jump} at {t}", v.name);
        }
    }
    assert!(sampled_separation_m(show, 50.0) >= limits.min_separation_m.min(limits.ground_separation_m));
}

/// The small show with its first scene, the ring, in motion.
fn moving_show(steps: Vec<MotionStep>, hold_ms: i64, ease: Ease) -> Storyboard {
    let mut storyboard = small_show();
    let scene = &mut storyboard.scenes[0];
    scene.hold_ms = hold_ms;
    scene.motion = Some(SceneMotion { ease, parts: vec![MovingPart { first: 0, count: scene.points.len(), steps }] });
    storyboard
}

fn turn(angle_deg: f64) -> MotionStep {
    MotionStep::Rotate { about_m: DVec3::new(0.0, 4.0, 40.0), axis: DVec3::Z, angle_rad: angle_deg.to_radians() }
}

fn chapter<'a>(show: &'a Show, name: &str) -> &'a Chapter {
    show.chapters.iter().find(|c| c.name == name).unwrap()
}

/// How far the flown motion of a scene is from the true one: every vehicle follows one place all the time.
fn assert_follows(storyboard: &Storyboard, show: &Show, scene: usize) {
    let scene = &storyboard.scenes[scene];
    let (motion, hold) = (scene.motion.as_ref().unwrap(), chapter(show, &scene.name));
    assert_eq!(hold.end_ms - hold.start_ms, scene.hold_ms);
    let place_at = |place: usize, t_ms: f64| {
        let base_m = scene.points[place].position_m;
        motion
            .part_of(place)
            .map_or(base_m, |part| part.by_time(base_m, place - part.first, &motion.ease, t_ms, scene.hold_ms).position)
    };
    for v in &show.vehicles {
        let start = v.trajectory.sample(hold.start_ms as f64).position_m;
        let place = (0..scene.points.len())
            .min_by(|&a, &b| start.distance(place_at(a, 0.0)).total_cmp(&start.distance(place_at(b, 0.0))))
            .unwrap();
        for k in 0..=200 {
            let t_ms = scene.hold_ms as f64 * f64::from(k) / 200.0;
            let off = v.trajectory.sample(hold.start_ms as f64 + t_ms).position_m.distance(place_at(place, t_ms));
            assert!(off < 1.2e-3, "{} is {off} m off its place at {t_ms} ms", v.name);
        }
    }
}

#[test]
fn a_turning_ring_is_flown_as_it_is_meant() {
    let storyboard = moving_show(vec![turn(180.0)], 24_000, Ease { start_ms: 5000, end_ms: 5000 });
    let plan = complete(&storyboard);
    assert_sound(&plan);
    assert_follows(&storyboard, &plan.show, 0);
    // At rest at both ends of the hold.
    let hold = chapter(&plan.show, "ring");
    for v in &plan.show.vehicles {
        for t_ms in [hold.start_ms, hold.end_ms] {
            assert!(v.trajectory.sample(t_ms as f64).velocity_m_s.length() < 0.01);
        }
    }
    assert!(plan.summary.peaks.velocity_xy_m_s > 2.0, "the motion counts in the totals");
}

#[test]
fn transitions_leave_and_join_a_motion_in_flight() {
    let mut storyboard = moving_show(
        vec![MotionStep::Translate { offset_m: DVec3::new(20.0, 0.0, 0.0) }],
        14_000,
        Ease { start_ms: 0, end_ms: 0 },
    );
    // The second scene goes on at the same pace.
    storyboard.scenes[1].motion = Some(SceneMotion {
        ease: Ease { start_ms: 0, end_ms: 3000 },
        parts: vec![MovingPart {
            first: 0,
            count: 36,
            steps: vec![MotionStep::Translate { offset_m: DVec3::new(10.0, 0.0, 0.0) }],
        }],
    });
    storyboard.scenes[1].hold_ms = 12_000;
    let plan = complete(&storyboard);
    assert_sound(&plan);
    assert_follows(&storyboard, &plan.show, 0);
    assert_follows(&storyboard, &plan.show, 1);
    let pace = 20.0 / 14.0;
    let hold = chapter(&plan.show, "ring");
    for v in &plan.show.vehicles {
        for t_ms in [hold.start_ms, hold.end_ms] {
            let velocity = v.trajectory.sample(t_ms as f64).velocity_m_s;
            assert!((velocity - DVec3::X * pace).length() < 0.01, "{velocity}");
        }
    }
}

#[test]
fn a_join_takes_as_long_as_asked_or_says_how_long_it_needs() {
    let shift = MotionStep::Translate { offset_m: DVec3::new(20.0, 0.0, 0.0) };
    let mut storyboard = moving_show(vec![shift], 14_000, Ease { start_ms: 0, end_ms: 0 });
    let quick = complete(&storyboard).transitions[0].duration_ms;
    storyboard.scenes[0].transition.duration_ms = Some(quick + 1500);
    let plan = complete(&storyboard);
    assert_sound(&plan);
    assert_eq!(plan.transitions[0].duration_ms, quick + 1500);
    storyboard.scenes[0].transition.duration_ms = Some(quick / 2);
    let Infeasibility::Limit(LimitConflict::TransitionTooShort { asked_ms, needed_ms, .. }) = refused(&storyboard)
    else {
        panic!("half the time is too short")
    };
    assert_eq!(asked_ms, quick / 2);
    storyboard.scenes[0].transition.duration_ms = Some(needed_ms);
    assert_sound(&complete(&storyboard));
}

#[test]
fn a_motion_that_is_too_fast_names_the_hold_that_would_do() {
    let mut storyboard = moving_show(vec![turn(360.0)], 12_000, Ease { start_ms: 3000, end_ms: 3000 });
    let Infeasibility::Limit(LimitConflict::MotionTooFast { scene, excess, hold_ms, needed_ms }) = refused(&storyboard)
    else {
        panic!("18 m around in 12 s is too fast")
    };
    assert_eq!((scene.as_str(), hold_ms), ("ring", 12_000));
    assert!(excess.value > excess.limit && excess.vehicle < 36, "{excess}");
    let needed_ms = needed_ms.expect("a longer hold does");
    assert!(needed_ms > hold_ms && needed_ms % 20 == 0);
    storyboard.scenes[0].hold_ms = needed_ms;
    assert_sound(&complete(&storyboard));
    // And it is not far from the least.
    storyboard.scenes[0].hold_ms = needed_ms * 95 / 100 / 20 * 20;
    assert!(matches!(refused(&storyboard), Infeasibility::Limit(LimitConflict::MotionTooFast { .. })));
}

#[test]
fn a_motion_that_brings_vehicles_together_is_refused() {
    let shrink = MotionStep::Scale { about_m: DVec3::new(0.0, 3.0, 40.0), factor: 0.3 };
    let storyboard = moving_show(vec![shrink], 30_000, Ease { start_ms: 3000, end_ms: 3000 });
    let Infeasibility::Separation(SeparationConflict::MotionTooClose { scene, pairs, count, needed_m, t_ms }) =
        refused(&storyboard)
    else {
        panic!("a third of 3 m is too close")
    };
    assert_eq!(scene, "ring");
    assert!(count >= pairs.len() && pairs[0].distance_m < needed_m && t_ms > 5000.0);
}

#[test]
fn a_motion_that_leaves_its_room_is_refused() {
    let sink = MotionStep::Translate { offset_m: DVec3::new(0.0, 0.0, -25.0) };
    let storyboard = moving_show(vec![sink], 40_000, Ease { start_ms: 3000, end_ms: 3000 });
    assert!(matches!(refused(&storyboard), Infeasibility::Airspace(AirspaceConflict::TooLow { .. })));
    let aside = MotionStep::Translate { offset_m: DVec3::new(25.0, 0.0, 0.0) };
    let mut storyboard = moving_show(vec![aside], 40_000, Ease { start_ms: 3000, end_ms: 3000 });
    assert_sound(&complete(&storyboard));
    let corners = [(-40.0, -40.0), (40.0, -40.0), (40.0, 40.0), (-40.0, 40.0)];
    let fence = corners.iter().map(|&(x, y)| DVec2::new(x, y)).collect();
    storyboard.environment.geofence = Some(Geofence::around(fence));
    assert!(matches!(refused(&storyboard), Infeasibility::Airspace(AirspaceConflict::OutsideGeofence { .. })));
}

#[test]
fn a_demand_no_duration_can_meet_is_refused_with_the_reason() {
    // The ring leaves upwards at full rate just below the ceiling: no way down from there keeps under it.
    let rise = MotionStep::Translate { offset_m: DVec3::new(0.0, 0.0, 40.0) };
    let mut storyboard = moving_show(vec![rise], 25_000, Ease { start_ms: 4000, end_ms: 0 });
    storyboard.limits.max_altitude_m = 98.2;
    let Infeasibility::NoJoin { transition, tried_ms, obstacle } = refused(&storyboard) else {
        panic!("there is no way")
    };
    assert_eq!(transition, "ring → sheet");
    assert!(tried_ms > 20_000);
    assert!(matches!(*obstacle, Infeasibility::Airspace(AirspaceConflict::TooHigh { .. })), "{obstacle}");
}

/// Motion, joins, layers, groups and pins: the same plan on one thread and on three.
#[test]
fn threads_change_nothing() {
    let mut storyboard = moving_show(vec![turn(90.0)], 24_000, Ease { start_ms: 0, end_ms: 4000 });
    storyboard.fleet.pads_m = common::pads(6, 1.0);
    let limits = Limits { max_velocity_up_m_s: 1.5, ..storyboard.limits };
    storyboard.fleet.groups = vec![VehicleGroup { name: "g".into(), vehicles: vec![3, 9, 30], limits }];
    storyboard.scenes[1].points[7].group = 1;
    storyboard.scenes[1].transition.places = PlaceChoice::Pinned(vec![(5, 20)]);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| complete(&storyboard))
    };
    let plan = on(1);
    assert_sound(&plan);
    assert!(plan == on(3));
}

fn vector(reach: f64) -> impl Strategy<Value = DVec3> {
    (-reach..reach, -reach..reach, -reach..reach).prop_map(|(x, y, z)| DVec3::new(x, y, z))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever moves: a plan is proved and follows the motion, or the refusal has a reason that is true.
    #[test]
    fn random_motions_are_flown_soundly_or_refused(
        axis in vector(1.0), about in vector(6.0), angle in -2.0..2.0f64, shift in vector(12.0),
        factor in 0.8..1.3f64, way in prop::collection::vec(vector(10.0), 3), amplitude in 0.0..1.5f64,
        kinds in 1u8..32, hold_s in 8i64..40, eased in (prop::bool::ANY, prop::bool::ANY), part in 12usize..36,
    ) {
        prop_assume!(axis.length() > 0.2);
        let centre = DVec3::new(0.0, 3.0, 45.0);
        let points: Vec<DVec3> = std::iter::once(centre).chain(way.iter().map(|w| centre + *w)).collect();
        let along = Spline::through(vec![0.0, 0.3, 0.7, 1.0], points).unwrap();
        let all = [
            MotionStep::Rotate { about_m: centre + about, axis: axis.normalize(), angle_rad: angle },
            MotionStep::Translate { offset_m: shift },
            MotionStep::Scale { about_m: centre, factor },
            MotionStep::Path { along },
            MotionStep::Wave { amplitude_m: DVec3::Y * amplitude, cycles_per_m: DVec3::X / 40.0, cycles: 1.0 },
        ];
        let steps = all.into_iter().enumerate().filter(|(k, _)| kinds >> k & 1 == 1).map(|(_, s)| s).collect();
        let length_ms = hold_s * 1000;
        let of = |eased: bool| if eased { length_ms / 4 } else { 0 };
        let mut storyboard = moving_show(steps, length_ms, Ease { start_ms: of(eased.0), end_ms: of(eased.1) });
        for p in &mut storyboard.scenes[0].points {
            p.position_m.z += 10.0;
        }
        // Some of the places rest.
        storyboard.scenes[0].motion.as_mut().unwrap().parts[0].count = part;
        match kapok_plan::plan(&storyboard, &kapok_plan::PlanSettings::default(), &Silent).unwrap() {
            kapok_plan::Planned::Complete(plan) => {
                assert_sound(&plan);
                assert_follows(&storyboard, &plan.show, 0);
            }
            kapok_plan::Planned::Infeasible(Infeasibility::Limit(LimitConflict::MotionTooFast { needed_ms, .. })) => {
                storyboard.scenes[0].hold_ms = needed_ms.expect("a gentle enough motion does");
                let again = kapok_plan::plan(&storyboard, &kapok_plan::PlanSettings::default(), &Silent).unwrap();
                let still = matches!(
                    again,
                    kapok_plan::Planned::Infeasible(Infeasibility::Limit(LimitConflict::MotionTooFast { .. }))
                );
                prop_assert!(!still, "the hold named does");
            }
            kapok_plan::Planned::Infeasible(reason) => {
                let fair = matches!(
                    reason,
                    Infeasibility::Separation(
                        SeparationConflict::MotionTooClose { .. }
                            | SeparationConflict::PairsTooClose { .. }
                            | SeparationConflict::PlacesTooClose { .. }
                    ) | Infeasibility::NoJoin { .. }
                        | Infeasibility::NoRoomToSpread { .. }
                );
                prop_assert!(fair, "{reason}");
            }
        }
    }
}

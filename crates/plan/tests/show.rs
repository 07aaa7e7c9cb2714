//! Whole shows: what comes out is well formed, keeps every limit, tells the story of the storyboard.

use crate::common;

use common::{complete, peaks, sampled_separation_m, small_show};
use kapok_plan::{PlanSettings, plan};
use kapok_show::*;

#[test]
fn a_small_show_keeps_every_limit_on_the_written_pieces() {
    let storyboard = small_show();
    let plan = complete(&storyboard);
    let (show, limits) = (&plan.show, &storyboard.limits);
    assert_eq!(show.check(), Ok(()));
    for v in &show.vehicles {
        let p = peaks(&v.trajectory);
        assert!(p[0] <= limits.max_velocity_xy_m_s && p[1] <= limits.max_velocity_up_m_s, "{}: {p:?}", v.name);
        assert!(p[2] <= limits.max_velocity_down_m_s && p[3] <= limits.max_acceleration_m_s2, "{}: {p:?}", v.name);
        assert!(p[4] <= limits.max_jerk_m_s3, "{}: {p:?}", v.name);
        assert_eq!(v.trajectory.start_ms(), 0);
        assert_eq!(v.trajectory.end_ms(), show.duration_ms());
    }
    let sampled = sampled_separation_m(show, 20.0);
    assert!(sampled >= limits.min_separation_m);
    assert!(sampled >= plan.summary.closest.distance_m - 2e-4, "{sampled} {}", plan.summary.closest.distance_m);
    assert!(sampled <= plan.summary.closest.distance_m + 1e-2);
    for r in plan.transitions.iter().chain([&plan.takeoff, &plan.descent]) {
        assert!(r.ratio >= 1.0 && r.ratio < 1.3, "{}: {}", r.name, r.ratio);
    }
}

#[test]
fn the_story_is_told_in_order() {
    let storyboard = small_show();
    let plan = complete(&storyboard);
    let chapters: Vec<(&str, ChapterKind)> = plan.show.chapters.iter().map(|c| (c.name.as_str(), c.kind)).collect();
    assert_eq!(
        chapters,
        [
            ("take-off", ChapterKind::Takeoff),
            ("take-off → ring", ChapterKind::Transition),
            ("ring", ChapterKind::Formation),
            ("ring → sheet", ChapterKind::Transition),
            ("sheet", ChapterKind::Formation),
            ("sheet → landing", ChapterKind::Transition),
            ("landing", ChapterKind::Landing),
        ]
    );
    assert!(plan.show.chapters.windows(2).all(|w| w[0].end_ms == w[1].start_ms));
    assert_eq!(plan.show.chapters[0].start_ms, 0);
    assert_eq!(plan.show.chapters[6].end_ms, plan.show.duration_ms());
    assert_eq!(plan.summary.duration_ms, plan.show.duration_ms());
    for (k, scene) in [(2, 0), (4, 1)] {
        let chapter = &plan.show.chapters[k];
        assert_eq!(chapter.end_ms - chapter.start_ms, 4000);
        // Every place is taken by exactly one vehicle, throughout the hold.
        for t_ms in [chapter.start_ms, chapter.end_ms] {
            let mut left: Vec<DVec3> = storyboard.scenes[scene].points.iter().map(|p| p.position_m).collect();
            for v in &plan.show.vehicles {
                let at = v.trajectory.sample(t_ms as f64).position_m;
                let place = left.iter().position(|p| p.distance(at) < 1e-4).expect("a vehicle is out of place");
                left.swap_remove(place);
            }
        }
    }
    // No vehicle moves sideways below the navigation altitude, and every vehicle lands on a pad of its own.
    let mut pads = storyboard.fleet.pads_m.clone();
    for v in &plan.show.vehicles {
        for segment in v.trajectory.segments() {
            let low = segment.control_m.iter().any(|p| p.z < storyboard.limits.min_navigation_altitude_m);
            let column = segment.control_m.iter().all(|p| p.truncate() == segment.control_m[0].truncate());
            assert!(!low || column, "{}", v.name);
        }
        let end = v.trajectory.end_point_m();
        let pad = pads.iter().position(|p| *p == end).expect("landed beside the pads");
        pads.swap_remove(pad);
    }
    assert_eq!(plan.show.vehicles[0].name, "0001");
    assert_eq!(plan.show.vehicles[35].name, "0036");
    assert_eq!(plan.show.vehicles[7].home_m, storyboard.fleet.pads_m[7]);
}

#[test]
fn lights_follow_the_pictures() {
    let plan = complete(&small_show());
    let at = |chapter: usize, share: f64| {
        let c = &plan.show.chapters[chapter];
        c.start_ms as f64 + (c.end_ms - c.start_ms) as f64 * share
    };
    for v in &plan.show.vehicles {
        assert_eq!(v.lights.sample(at(0, 0.5)), Rgb::BLACK);
        let half = v.lights.sample(at(1, 0.5));
        assert!((126..=128).contains(&half.r), "{half:?}");
        assert_eq!(v.lights.sample(at(2, 0.5)), Rgb::new(255, 0, 0));
        assert_eq!(v.lights.sample(at(4, 0.5)), Rgb::new(0, 0, 255));
        assert_eq!(v.lights.sample(at(6, 0.5)), Rgb::BLACK);
    }
}

#[test]
fn the_own_pad_is_kept_when_asked() {
    let mut storyboard = small_show();
    storyboard.landing.own_pad = true;
    storyboard.fleet.pads_m = common::pads(6, 4.0);
    // The way back in fixed order may have conflicts; with the take-off formation as last picture it has none.
    let last: Vec<DVec3> = storyboard.fleet.pads_m.iter().map(|p| *p + DVec3::Z * 30.0).collect();
    storyboard.scenes = vec![common::scene("high grid", &last, Rgb::WHITE)];
    let plan = complete(&storyboard);
    for (v, pad) in plan.show.vehicles.iter().zip(&storyboard.fleet.pads_m) {
        assert_eq!(v.trajectory.end_point_m(), *pad);
    }
}

#[test]
fn an_asked_duration_is_met_exactly() {
    let mut storyboard = small_show();
    let free = complete(&storyboard).transitions[1].clone();
    for extra_ms in [0, 1, 2, 3, 5, 9, 1234] {
        storyboard.scenes[1].transition.duration_ms = Some(free.duration_ms + extra_ms);
        let plan = complete(&storyboard);
        assert_eq!(plan.transitions[1].duration_ms, free.duration_ms + extra_ms);
        assert_eq!(plan.transitions[1].shortest_ms, free.duration_ms);
        let c = &plan.show.chapters[3];
        assert_eq!(c.end_ms - c.start_ms, free.duration_ms + extra_ms);
        assert!(plan.show.vehicles.iter().all(|v| peaks(&v.trajectory)[4] <= storyboard.limits.max_jerk_m_s3));
    }
}

#[test]
fn pads_at_exactly_the_separation_may_rise_and_land_together() {
    let mut storyboard = small_show();
    storyboard.fleet.pads_m = common::pads(6, 1.5);
    storyboard.scenes.clear();
    storyboard.landing.altitude_m = storyboard.takeoff.altitude_m;
    let plan = complete(&storyboard);
    assert!((plan.summary.closest.distance_m - 1.5).abs() < 1e-12);
    assert_eq!(plan.show.chapters.len(), 2, "no vehicle moves sideways: no transition");
}

#[test]
fn a_tight_picture_is_reached_by_detours() {
    // A square and a line of two rows across it, both just above the separation.
    let mut storyboard = small_show();
    storyboard.fleet.pads_m = common::pads(6, 1.52);
    let square: Vec<DVec3> = common::pads(6, 1.52).iter().map(|p| *p + DVec3::Z * 20.0).collect();
    let rows: Vec<DVec3> =
        (0..36).map(|k| DVec3::new(1.52 * f64::from(k % 18) - 13.0, 1.52 * f64::from(k / 18), 20.0)).collect();
    storyboard.scenes = vec![common::scene("square", &square, Rgb::WHITE), common::scene("rows", &rows, Rgb::WHITE)];
    let plan = complete(&storyboard);
    let way = &plan.transitions[1];
    assert!(way.detour_count > 0 && way.spread_factor == 1.0 && way.ratio < 1.2, "{way:?}");
    assert!(sampled_separation_m(&plan.show, 20.0) >= storyboard.limits.min_separation_m - 1e-9);
    for v in &plan.show.vehicles {
        assert!(peaks(&v.trajectory)[4] <= storyboard.limits.max_jerk_m_s3);
    }
    // The same between two walls and under a ceiling just above: upwards and sideways there is no room, downwards is.
    let r = 14.0;
    let corners = [(-r, -6.0), (r, -6.0), (r, 6.0), (-r, 6.0)].map(|(x, y)| DVec2::new(x, y));
    storyboard.environment.geofence = Some(Geofence::around(corners.into()));
    storyboard.limits.max_altitude_m = 20.0;
    let plan = complete(&storyboard);
    assert!(sampled_separation_m(&plan.show, 20.0) >= storyboard.limits.min_separation_m - 1e-9);
    for v in &plan.show.vehicles {
        for p in v.trajectory.control_points_m() {
            assert!(p.z <= 20.0 && p.x.abs() < r && p.y.abs() < 6.0, "{p}");
        }
    }
    // Nor downwards, and hardly any beside the formations: there is still a way between them.
    storyboard.limits.max_altitude_m = 20.01;
    storyboard.limits.min_navigation_altitude_m = 20.0;
    storyboard.takeoff.altitude_m = 20.0;
    storyboard.landing.altitude_m = 20.0;
    let plan = complete(&storyboard);
    assert!(sampled_separation_m(&plan.show, 20.0) >= storyboard.limits.min_separation_m - 1e-9);
    for v in &plan.show.vehicles {
        for k in 0..=plan.show.duration_ms() / 20 {
            let m = v.trajectory.sample(k as f64 * 20.0);
            assert!(
                m.position_m.z <= 20.01 + 1e-9
                    && (m.position_m.z >= 20.0 - 1e-9 || m.velocity_m_s.truncate().length() < 1e-9),
                "vehicle {} at {} s: {m:?}",
                v.name,
                k as f64 * 0.02,
            );
        }
    }
}

#[test]
fn a_single_vehicle_and_empty_holds_are_no_trouble() {
    let mut storyboard = small_show();
    storyboard.fleet.pads_m.truncate(1);
    for s in &mut storyboard.scenes {
        s.points.truncate(1);
        s.hold_ms = 0;
    }
    storyboard.takeoff = Takeoff { altitude_m: 6.0, delay_ms: 0, hold_ms: 0, layer_spacing_m: None };
    let plan = complete(&storyboard);
    assert_eq!(plan.show.check(), Ok(()));
    assert!(plan.summary.closest.distance_m.is_infinite());
    assert!(plan.show.chapters.iter().all(|c| c.kind != ChapterKind::Formation));
}

#[test]
fn positions_survive_being_written_with_four_decimals() {
    for v in complete(&small_show()).show.vehicles {
        for p in v.trajectory.control_points_m() {
            for x in p.to_array() {
                assert_eq!(format!("{x:.4}").parse::<f64>().unwrap().to_bits(), x.to_bits());
            }
        }
    }
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let mut storyboard = small_show();
    let (starts, goals) = common::instance("rand_1000");
    storyboard.limits = Limits { min_separation_m: 1.4, max_altitude_m: 200.0, ..Limits::default() };
    storyboard.fleet.pads_m = (0..1000).map(|k| DVec3::new(f64::from(k % 40), f64::from(k / 40), 0.0) * 2.0).collect();
    let lift = |points: Vec<DVec3>| points.into_iter().map(|p| p + DVec3::Z * 30.0).collect::<Vec<_>>();
    storyboard.scenes =
        vec![common::scene("a", &lift(starts), Rgb::WHITE), common::scene("b", &lift(goals), Rgb::WHITE)];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| plan(&storyboard, &PlanSettings::default(), &Silent).unwrap())
    };
    let one = on(1);
    assert!(matches!(one, kapok_plan::Planned::Complete(_)), "{one:?}");
    assert_eq!(one, on(2));
    assert_eq!(one, on(8));
}

/// Moving the whole show, or turning it by quarter turns, changes no bound; the plan may only differ where several are
/// equally good.
#[test]
fn moving_and_turning_the_show_changes_no_bound() {
    let storyboard = small_show();
    let plain = complete(&storyboard);
    let moved_by = |f: &dyn Fn(DVec3) -> DVec3| {
        let mut s = storyboard.clone();
        s.fleet.pads_m.iter_mut().for_each(|p| *p = f(*p));
        s.scenes.iter_mut().flat_map(|s| &mut s.points).for_each(|p| p.position_m = f(p.position_m));
        complete(&s)
    };
    let shifted = moved_by(&|p| p + DVec3::new(123.0, -77.0, 0.0));
    let turned = moved_by(&|p| DVec3::new(-p.y, p.x, p.z));
    for other in [shifted, turned] {
        assert_eq!(plain.takeoff.duration_ms, other.takeoff.duration_ms);
        assert_eq!(plain.descent.duration_ms, other.descent.duration_ms);
        for (a, b) in plain.transitions.iter().zip(&other.transitions) {
            assert!((a.bound_ms - b.bound_ms).abs() < 1e-2);
            assert!((a.ratio - b.ratio).abs() < 0.02, "{}: {} {}", a.name, a.ratio, b.ratio);
        }
    }
}

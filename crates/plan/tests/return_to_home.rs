//! Returns to home: from every instant, kept by a sampler that shares no code with the planner; and honest where there is none.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{complete, peaks, small_show};
use kapok_plan::{NoReturn, ReturnToHomeError, ReturnToHomeOutcome, ReturnToHomeSettings, return_to_home};
use kapok_show::*;

fn found(show: &Show) -> ReturnToHomeOutcome {
    return_to_home(show, &ReturnToHomeSettings::default(), &Silent).unwrap()
}

/// The motions from the stop at an instant.
fn ways(show: &Show, outcome: &ReturnToHomeOutcome, time_s: u32) -> Vec<Trajectory> {
    show.vehicles
        .iter()
        .zip(&outcome.plans)
        .map(|(v, plan)| {
            let entry = plan.entries.iter().find(|e| e.time_s == time_s).unwrap();
            plan.trajectory_of(entry, &v.trajectory).unwrap()
        })
        .collect()
}

#[test]
fn every_instant_of_a_small_show_has_a_return_to_home_that_samples_confirm() {
    let storyboard = small_show();
    let show = complete(&storyboard).show;
    let limits = &show.limits;
    let outcome = found(&show);
    assert_eq!(outcome.instants.len() as i64, (show.duration_ms() + 999) / 1000 + 1);
    assert_eq!(outcome.safe_count(), outcome.instants.len());
    for instant in &outcome.instants {
        let ways = ways(&show, &outcome, instant.time_s);
        let end_ms = ways.iter().map(Trajectory::end_ms).max().unwrap();
        assert_eq!(end_ms - i64::from(instant.time_s) * 1000, instant.found.unwrap());
        let mut pads = storyboard.fleet.pads_m.clone();
        for (way, plan) in ways.iter().zip(&outcome.plans) {
            let p = peaks(way);
            assert!(p[0] <= limits.max_velocity_xy_m_s && p[1] <= limits.max_velocity_up_m_s, "{p:?}");
            assert!(p[2] <= limits.max_velocity_down_m_s, "{p:?}");
            // Vehicles ease a descent in the time that the landing speed leaves: from below 4v²/a harder than a.
            let low_m = 4.0 * plan.landing_speed_m_s.powi(2) / plan.max_acceleration_m_s2.unwrap();
            let only_descends = way.start_point_m().truncate() == way.end_point_m().truncate();
            if !(only_descends && way.start_point_m().z - way.end_point_m().z < low_m) {
                assert!(p[3] <= limits.max_acceleration_m_s2, "{p:?}");
            }
            // Down on a pad that no other vehicle uses, up to the grid of stored targets.
            let end_m = way.end_point_m();
            let pad = pads.iter().position(|p| p.distance(end_m) < 0.01).expect("comes down beside the pads");
            pads.swap_remove(pad);
        }
        let mut t_ms = f64::from(instant.time_s) * 1000.0;
        while t_ms <= end_ms as f64 {
            let at: Vec<DVec3> = ways.iter().map(|w| w.sample(t_ms).position_m).collect();
            for i in 0..at.len() {
                assert!(at[i].z <= limits.max_altitude_m + 1e-9);
                for j in 0..i {
                    let low = at[i].z.max(at[j].z) < limits.min_navigation_altitude_m;
                    let least_m = if low { limits.ground_separation_m } else { limits.min_separation_m };
                    assert!(
                        at[i].distance(at[j]) >= least_m,
                        "{i} and {j} at {t_ms} ms, stopped at {}",
                        instant.time_s
                    );
                }
            }
            t_ms += 40.0;
        }
    }
}

#[test]
fn plans_are_what_vehicles_store_and_rest_while_the_show_rests() {
    let show = complete(&small_show()).show;
    let outcome = found(&show);
    let picture = show.chapters.iter().find(|c| c.kind == ChapterKind::Formation).unwrap();
    for plan in &outcome.plans {
        assert!((plan.landing_speed_m_s * 1000.0).fract().abs() < 1e-6);
        let mut last: Option<&ReturnEntry> = None;
        for entry in &plan.entries {
            assert_eq!((entry.pre_delay_ms % 1000, entry.post_delay_ms % 1000), (0, 0));
            if let ReturnAction::Straight { target_m, duration_ms, .. } = entry.action {
                assert_eq!(duration_ms % 1000, 0);
                let mm = target_m * 1000.0;
                assert!((mm - mm.round()).abs().max_element() < 1e-6, "{target_m}");
            }
            let t_ms = i64::from(entry.time_s) * 1000;
            if let Some(last) = last
                && t_ms - 1000 >= picture.start_ms
                && t_ms <= picture.end_ms
            {
                assert_eq!(ReturnEntry { time_s: last.time_s, ..*entry }, *last);
            }
            last = Some(entry);
        }
    }
}

#[test]
fn the_same_on_one_thread_and_on_many() {
    let show = complete(&small_show()).show;
    let on =
        |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| found(&show));
    assert_eq!(on(1), on(3));
}

#[test]
fn a_lid_over_the_pads_is_answered_with_the_vehicle_that_cannot_pass() {
    let mut show = complete(&small_show()).show;
    let (low, high) = (DVec2::splat(-500.0), DVec2::splat(500.0));
    show.environment.keep_outs.push(KeepOut {
        name: "lid".into(),
        shape: KeepOutShape::Prism {
            polygon_m: vec![low, DVec2::new(high.x, low.y), high, DVec2::new(low.x, high.y)],
            bottom_m: 9.0,
            top_m: 10.0,
        },
    });
    let outcome = found(&show);
    let picture = show.chapters.iter().find(|c| c.kind == ChapterKind::Formation).unwrap();
    for instant in &outcome.instants {
        let t_ms = i64::from(instant.time_s) * 1000;
        if (picture.start_ms..picture.end_ms).contains(&t_ms) {
            assert!(matches!(instant.found, Err(NoReturn::NoRoom { .. })), "{instant:?}");
            // No entry pretends.
            assert!(outcome.plans.iter().all(|p| p.entries.iter().all(|e| e.time_s != instant.time_s)));
        }
    }
    assert!(outcome.instants[0].found.is_ok() && outcome.instants.last().unwrap().found.is_ok());
}

#[test]
fn return_to_home_keep_out_of_a_hole_of_the_fence() {
    let mut show = complete(&small_show()).show;
    let frame = |r: f64| vec![DVec2::new(-r, -r), DVec2::new(r, -r), DVec2::new(r, r), DVec2::new(-r, r)];
    // A hole around everything in the air and on the ground: no place is allowed.
    show.environment.geofence = Some(Geofence { holes_m: vec![frame(400.0)], ..Geofence::around(frame(900.0)) });
    assert_eq!(found(&show).safe_count(), 0);
    show.environment.geofence = Some(Geofence::around(frame(900.0)));
    assert_eq!(found(&show).safe_count(), found(&show).instants.len());
}

#[test]
fn a_show_that_is_itself_too_close_names_the_pair() {
    let mut show = complete(&small_show()).show;
    // Two vehicles side by side, 1 m apart where 1.5 m or more are asked for, above no pad.
    show.limits.min_separation_m = 1.5;
    show.vehicles.truncate(2);
    for (k, v) in show.vehicles.iter_mut().enumerate() {
        let at = DVec3::new(200.0 + k as f64, 0.0, 30.0);
        v.trajectory = Trajectory::starting_at(0, at).unwrap();
    }
    let outcome = found(&show);
    assert!(
        matches!(outcome.instants[0].found, Err(NoReturn::Meeting { pair: (0, 1), distance_m, .. }) if distance_m <= 1.0),
        "{:?}",
        outcome.instants[0]
    );
}

#[test]
fn an_empty_battery_is_no_return_to_home() {
    let mut show = complete(&small_show()).show;
    show.profile.endurance_s = show.duration_ms() as f64 / 2000.0;
    let outcome = found(&show);
    assert!(outcome.instants[0].found.is_ok());
    let late = outcome.instants.iter().find(|i| f64::from(i.time_s) > show.profile.endurance_s).unwrap();
    assert!(matches!(late.found, Err(NoReturn::Battery { down_s }) if down_s > show.profile.endurance_s), "{late:?}");
}

#[test]
fn bad_input_is_refused() {
    let mut show = complete(&small_show()).show;
    let never = ReturnToHomeSettings { every_s: 0, ..ReturnToHomeSettings::default() };
    assert!(
        matches!(return_to_home(&show, &never, &Silent), Err(ReturnToHomeError::Setting(s)) if s.field == "every_s")
    );
    let fast = ReturnToHomeSettings { landing_speed_m_s: Some(50.0), ..ReturnToHomeSettings::default() };
    assert!(return_to_home(&show, &fast, &Silent).is_err());
    show.vehicles.clear();
    assert_eq!(return_to_home(&show, &ReturnToHomeSettings::default(), &Silent), Err(ReturnToHomeError::NoVehicles));
}

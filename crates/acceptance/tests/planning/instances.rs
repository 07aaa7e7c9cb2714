//! The tabled reference values of the transition instances: least Σd², bottleneck, time bound.

use crate::common;

use kapok_motion::timing::rest_to_rest_s;
use kapok_plan::*;
use kapok_show::*;

/// Name, least Σd², longest trip of the tabled optimum (where it is unique), bottleneck trip, time bound.
const TABLE: [(&str, f64, Option<f64>, f64, f64); 10] = [
    ("rand_100", 531.971, Some(4.742), 3.971, 2.855),
    ("rand_1000", 5_019.052, Some(4.645), 4.045, 2.876),
    ("surf_100", 135_361.856, Some(42.884), 42.884, 9.647),
    ("surf_1000", 2_778_909.013, Some(70.893), 70.893, 14.315),
    ("grid_100", 12_542.4, None, 14.601, 4.941),
    ("grid_1000", 161_974.4, None, 25.401, 6.733),
    ("block_100", 16_500.0, None, 16.031, 5.172),
    ("block_1000", 546_656.0, None, 33.015, 8.003),
    ("sheet_100", 9_997.533, None, 18.100, 5.517),
    ("sheet_1000", 808_314.664, None, 50.644, 10.941),
];

#[test]
fn assignments_reach_the_tabled_optimum_and_prove_it() {
    for (name, cost_m2, longest_m, ..) in TABLE {
        let (starts, goals) = common::instance(name);
        let found = assign(&starts, &goals, &AssignSettings::default()).unwrap();
        assert!((found.cost_m2 - cost_m2).abs() < 2e-3, "{name}: {} instead of {cost_m2}", found.cost_m2);
        // A separation of √2 m is asked of these instances: the gap may be a thousandth of its square.
        assert!(found.gap_m2 <= 2e-3, "{name}: gap {}", found.gap_m2);
        assert_eq!(found.check(&starts, &goals), Ok(()), "{name}");
        if let Some(longest_m) = longest_m {
            let trips = found.goal_of_start.iter().zip(&starts).map(|(&g, s)| s.distance(goals[g as usize]));
            let longest = trips.fold(0.0, f64::max);
            assert!((longest - longest_m).abs() < 1e-3, "{name}: longest trip {longest}");
        }
    }
}

#[test]
fn bounds_are_the_tabled_ones_with_and_without_a_warm_start() {
    let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
    for (name, _, _, bottleneck_m, bound_s) in TABLE {
        let (starts, goals) = common::instance(name);
        let warm = assign(&starts, &goals, &AssignSettings::default()).unwrap().goal_of_start;
        let bound = makespan_bound(&starts, &goals, &limits, Some(&warm)).unwrap();
        let cold = makespan_bound(&starts, &goals, &limits, None).unwrap();
        assert!((bound.bottleneck_m - bottleneck_m).abs() < 1e-3, "{name}: {}", bound.bottleneck_m);
        assert!((bound.bound_s - bound_s).abs() < 1e-3, "{name}: {}", bound.bound_s);
        assert!((bound.bound_s - cold.bound_s).abs() < 1e-12, "{name}: cold {}", cold.bound_s);
        assert!((bound.bound_s - rest_to_rest_s(bound.bottleneck_m, 6.0, 3.0, 6.0)).abs() < 1e-12);
        assert!((starts[bound.trip.0].distance(goals[bound.trip.1]) - bound.bottleneck_m).abs() < 1e-12);
    }
}

#[test]
fn allowed_slack_is_kept_and_certified() {
    let (starts, goals) = common::instance("rand_1000");
    let found = assign(&starts, &goals, &AssignSettings { slack_per_vehicle_m2: 0.01 }).unwrap();
    assert!(found.gap_m2 <= 10.0 && found.cost_m2 >= 5_019.05 && found.cost_m2 <= 5_019.06 + found.gap_m2);
    assert_eq!(found.check(&starts, &goals), Ok(()));
    assert!(assign(&starts, &goals, &AssignSettings { slack_per_vehicle_m2: f64::NAN }).is_err());
}

/// The longest trips are shortened to the bottleneck without giving up the separation.
#[test]
fn transitions_come_near_the_bound() {
    // The blocks are nothing but ties at exactly the separation: there the detours cost a little.
    for (name, most) in [
        ("rand_100", 1.005),
        ("rand_1000", 1.005),
        ("surf_100", 1.005),
        ("surf_1000", 1.005),
        ("grid_100", 1.005),
        ("grid_1000", 1.005),
        ("sheet_100", 1.01),
        ("sheet_1000", 1.005),
        ("block_100", 1.03),
        ("block_1000", 1.02),
    ] {
        let (starts, goals) = common::instance(name);
        let settings = TransitionSettings::new(MotionLimits::isotropic(6.0, 3.0, 6.0), 1.414, 1.0);
        let TransitionOutcome::Complete(plan) = transition(&starts, &goals, &settings, &Silent).unwrap() else {
            panic!("{name} is safe by the theorem");
        };
        assert!(plan.report.ratio >= 1.0 && plan.report.ratio <= most, "{name}: {}", plan.report.ratio);
        assert!(plan.report.closest.distance_m >= 1.414, "{name}: {}", plan.report.closest.distance_m);
        let mut taken = vec![false; goals.len()];
        for &goal in &plan.goal_of_start {
            assert!(!std::mem::replace(&mut taken[goal as usize], true), "{name}: goal {goal} is taken twice");
        }
    }
}

/// Tight spacing: straight ways conflict, and still every vehicle arrives, at the separation asked for and hardly later.
#[test]
fn tight_spacing_always_completes() {
    let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
    for (name, scales) in [
        ("rand_100", &[1.0][..]),
        ("surf_100", &[1.0]),
        ("grid_100", &[1.0, 2.0, 3.0]),
        ("block_100", &[1.0, 2.0, 3.0]),
        ("sheet_100", &[1.0, 2.0]),
        ("rand_1000", &[1.0]),
        ("surf_1000", &[1.0]),
        ("grid_1000", &[3.0]),
        ("block_1000", &[1.0]),
        ("sheet_1000", &[2.0]),
    ] {
        let (starts, goals) = common::instance(name);
        for (&downwash_scale, separation_m) in scales.iter().flat_map(|c| [1.6, 1.8, 1.96].map(|s| (c, s))) {
            let what = format!("{name} at {separation_m} m, downwash {downwash_scale}");
            let settings = TransitionSettings::new(limits, separation_m, downwash_scale);
            let TransitionOutcome::Complete(plan) = transition(&starts, &goals, &settings, &Silent).unwrap() else {
                panic!("{what}: there is room");
            };
            let report = &plan.report;
            assert!(report.spread_factor == 1.0 && report.ratio < 1.15, "{what}: {}", report.ratio);
            assert!(report.closest.distance_m >= separation_m, "{what}: {}", report.closest.distance_m);
            let flown = plan.trajectories().unwrap();
            prove_open_air(&flown, separation_m, downwash_scale, &limits);
            for t in &flown {
                let p = common::peaks(t);
                assert!(p[0] <= 6.0 && p[1] <= 6.0 && p[2] <= 6.0 && p[3] <= 3.0 && p[4] <= 6.0, "{what}: {p:?}");
            }
            if starts.len() > 100 {
                continue;
            }
            let mut least = f64::INFINITY;
            for k in 0..=1000 {
                let t_ms = report.duration_ms as f64 * f64::from(k) / 1000.0;
                let at: Vec<_> = flown
                    .iter()
                    .map(|t| t.sample(t_ms).position_m)
                    .map(|p| DVec3::new(p.x, p.y, p.z / downwash_scale))
                    .collect();
                for i in 0..at.len() {
                    for j in 0..i {
                        least = least.min(at[i].distance_squared(at[j]));
                    }
                }
            }
            assert!(least.sqrt() >= separation_m - 1e-9, "{what}: {}", least.sqrt());
        }
    }
}

/// A sheet of vehicles with no room beside them: they pass each other across it, and none waits until all have spread out.
#[test]
fn a_sheet_without_room_passes_across_itself() {
    let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
    let (starts, goals) = common::instance("block_100");
    for downwash_scale in [1.0, 2.0, 3.0] {
        let settings = TransitionSettings::new(limits, 1.998, downwash_scale);
        let TransitionOutcome::Complete(plan) = transition(&starts, &goals, &settings, &Silent).unwrap() else {
            panic!("downwash {downwash_scale}: there is room above and below");
        };
        let report = &plan.report;
        assert!(report.spread_factor == 1.0 && report.ratio < 2.0, "downwash {downwash_scale}: {}", report.ratio);
        prove_open_air(&plan.trajectories().unwrap(), 1.998, downwash_scale, &limits);
    }
}

/// Trajectories of one transition in open air, judged by the proof, which shares no code with the planner.
fn prove_open_air(trajectories: &[Trajectory], separation_m: f64, downwash_scale: f64, limits: &MotionLimits) {
    // High above the ground, whose rules are not asked here.
    let up = |p: &DVec3| DVec3::new(p.x, p.y, ((p.z + 1000.0) * 1e4).round() / 1e4);
    let vehicles = trajectories.iter().enumerate().map(|(i, t)| {
        let mut trajectory = Trajectory::starting_at(t.start_ms(), up(&t.start_point_m())).unwrap();
        for segment in t.segments() {
            let control_m: Vec<DVec3> = segment.control_m[1..].iter().map(up).collect();
            trajectory.push(segment.end_ms, &control_m).unwrap();
        }
        Vehicle::new(i.to_string(), trajectory.start_point_m(), trajectory, LightProgram::dark())
    });
    let show = Show {
        title: "transition".into(),
        limits: Limits {
            min_separation_m: separation_m,
            downwash_scale,
            ground_separation_m: separation_m,
            max_velocity_xy_m_s: limits.max_velocity_xy_m_s,
            max_velocity_up_m_s: limits.max_velocity_up_m_s,
            max_velocity_down_m_s: limits.max_velocity_down_m_s,
            max_acceleration_m_s2: limits.max_acceleration_m_s2,
            max_jerk_m_s3: limits.max_jerk_m_s3,
            max_yaw_rate_deg_s: 360.0,
            max_altitude_m: 1e5,
            min_navigation_altitude_m: 0.0,
            max_wind_m_s: 0.0,
            battery_reserve: 0.0,
        },
        profile: VehicleProfile { endurance_s: 1e5, ..VehicleProfile::default() },
        ..Show::of_vehicles(vehicles.collect())
    };
    // Two pictures in the air: no pads.
    let settings = kapok_proof::ProofSettings { airborne_ends: true, ..kapok_proof::ProofSettings::default() };
    let certificate = kapok_proof::prove(&show, &settings, &Silent);
    let failed: Vec<_> = certificate
        .rules
        .iter()
        .filter(|r| matches!(r.verdict, kapok_proof::Verdict::Violated | kapok_proof::Verdict::Undecided))
        .collect();
    assert_eq!(certificate.verdict, kapok_proof::Verdict::Proved, "{failed:?}");
}

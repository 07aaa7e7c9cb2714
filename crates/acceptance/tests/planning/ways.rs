//! Ways round each other and round obstacles: fence, keep-outs, floor and ceiling, in whole shows and by themselves.

use crate::common;

use common::{complete, pads, peaks, sampled_separation_m};
use kapok_plan::*;
use kapok_proof::{ProofSettings, Verdict, prove};
use kapok_show::*;
use proptest::prelude::*;

/// A square of `side` × `side`, leaning a little, its middle at x, 40 m up.
fn square(side: usize, x_m: f64) -> Vec<DVec3> {
    pads(side, 3.0).into_iter().map(|p| DVec3::new(p.x + x_m, p.y + 0.25, 40.0 + 0.2 * p.y)).collect()
}

/// The square flies from the left of the origin to the right.
fn crossing(side: usize) -> Storyboard {
    let scene = |name: &str, x_m: f64| common::scene(name, &square(side, x_m), Rgb::WHITE);
    let mut storyboard = common::small_show();
    storyboard.fleet.pads_m = pads(side, 3.0).into_iter().map(|p| p + DVec3::X * -60.0).collect();
    storyboard.scenes = vec![scene("left", -60.0), scene("right", 60.0)];
    // Home to the left, past the same obstacle again.
    storyboard
}

fn tower(radius_m: f64, top_m: f64) -> KeepOut {
    let shape = KeepOutShape::Cylinder { centre_m: DVec2::ZERO, radius_m, bottom_m: 0.0, top_m };
    KeepOut { name: "tower".into(), shape }
}

fn wall(half_width_m: f64, top_m: f64) -> KeepOut {
    let corners = [(-1.0, -half_width_m), (1.0, -half_width_m), (1.0, half_width_m), (-1.0, half_width_m)];
    let polygon_m = corners.map(|(x, y)| DVec2::new(x, y)).into();
    KeepOut { name: "wall".into(), shape: KeepOutShape::Prism { polygon_m, bottom_m: 0.0, top_m } }
}

/// By samples, without the planner's code: separation, limits, altitudes and the obstacle at the origin.
fn check(plan: &Plan, inside: impl Fn(DVec3) -> bool) {
    let show = &plan.show;
    let limits = &show.limits;
    assert!(sampled_separation_m(show, 20.0) >= limits.min_separation_m - 1e-9);
    for v in &show.vehicles {
        let p = peaks(&v.trajectory);
        assert!(p[0] <= limits.max_velocity_xy_m_s && p[1] <= limits.max_velocity_up_m_s, "{p:?}");
        assert!(p[2] <= limits.max_velocity_down_m_s && p[3] <= limits.max_acceleration_m_s2, "{p:?}");
        assert!(p[4] <= limits.max_jerk_m_s3, "{p:?}");
        for k in 0..=(show.duration_ms() / 10) {
            let at = v.trajectory.sample(k as f64 * 10.0).position_m;
            assert!(!inside(at), "{} is at {at}", v.name);
            assert!(at.z <= limits.max_altitude_m);
        }
    }
    for r in &plan.transitions {
        assert!(r.ratio >= 1.0, "{}", r.ratio);
    }
}

/// What the proof, which shares no code with the planner, says of a show.
fn proved(show: &Show) {
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    let failed: Vec<_> =
        certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)).collect();
    assert_eq!(certificate.verdict, Verdict::Proved, "{failed:?}");
}

#[test]
fn the_swarm_parts_round_a_tower() {
    for (side, radius_m, most) in [(1, 5.0, 1.03), (6, 5.0, 1.05), (6, 20.0, 1.3)] {
        let mut storyboard = crossing(side);
        storyboard.environment.keep_outs = vec![tower(radius_m, 500.0)];
        let plan = complete(&storyboard);
        check(&plan, |p| p.truncate().length() < radius_m);
        proved(&plan.show);
        let way = &plan.transitions[1];
        assert!(way.detour_count > 0 && way.longest_detour_m >= radius_m - 9.0);
        assert!(way.ratio < most, "{}", way.ratio);
        // Some to the left and some to the right.
        let middle_ms = way.start_ms as f64 + way.duration_ms as f64 / 2.0;
        let left = plan.show.vehicles.iter().filter(|v| v.trajectory.sample(middle_ms).position_m.y > 0.0).count();
        assert!(side == 1 || (left > 0 && left < side * side), "{left}");
    }
}

#[test]
fn a_wall_is_passed_at_its_end_or_over_it() {
    for (half_width_m, top_m, least_z_m) in [(25.0, 500.0, 0.0), (200.0, 45.0, 45.0)] {
        let mut storyboard = crossing(5);
        storyboard.environment.keep_outs = vec![wall(half_width_m, top_m)];
        let plan = complete(&storyboard);
        check(&plan, |p| p.x.abs() < 1.0 && p.y.abs() < half_width_m && p.z < top_m);
        proved(&plan.show);
        let way = &plan.transitions[1];
        assert!(way.detour_count > 0 && way.ratio < 1.4, "{}", way.ratio);
        let crosses = |v: &Vehicle| {
            let times = (0..)
                .map(|k| (way.start_ms + 10 * k) as f64)
                .take_while(|t| *t < (way.start_ms + way.duration_ms) as f64);
            times.map(|t| v.trajectory.sample(t).position_m).find(|p| p.x.abs() < 1.0).unwrap()
        };
        assert!(plan.show.vehicles.iter().map(crosses).all(|p| p.z >= least_z_m));
    }
}

#[test]
fn a_notch_of_the_fence_is_flown_round() {
    let mut storyboard = crossing(4);
    // From fence to fence, but for a passage on the far side.
    let corners = [
        (-80.0, -30.0),
        (-10.0, -30.0),
        (-10.0, 15.0),
        (10.0, 15.0),
        (10.0, -30.0),
        (80.0, -30.0),
        (80.0, 60.0),
        (-80.0, 60.0),
    ];
    let polygon_m = corners.map(|(x, y)| DVec2::new(x, y)).into();
    storyboard.environment.geofence = Some(Geofence::around(polygon_m));
    let plan = complete(&storyboard);
    check(&plan, |p| p.x.abs() < 10.0 && p.y < 15.0);
    proved(&plan.show);
}

#[test]
fn what_is_wider_than_the_site_and_lower_than_the_ceiling_is_flown_over() {
    let mut storyboard = crossing(4);
    storyboard.environment.keep_outs = vec![wall(500.0, 100.0)];
    let corners = [(-80.0, -30.0), (80.0, -30.0), (80.0, 30.0), (-80.0, 30.0)].map(|(x, y)| DVec2::new(x, y));
    storyboard.environment.geofence = Some(Geofence::around(corners.into()));
    let plan = complete(&storyboard);
    check(&plan, |p| p.x.abs() < 1.0 && p.z < 100.0);
    proved(&plan.show);
    // Without the room above it there is no way, and it is named.
    storyboard.limits.max_altitude_m = 100.0;
    let reason = common::refused(&storyboard);
    assert!(
        matches!(&reason, Infeasibility::Airspace(AirspaceConflict::PathThroughKeepOut { keep_out, count: 16, .. }) if keep_out == "wall"),
        "{reason}"
    );
}

#[test]
fn the_bound_knows_nothing_of_obstacles() {
    let mut storyboard = crossing(4);
    let free = complete(&storyboard).transitions[1].clone();
    storyboard.environment.keep_outs = vec![tower(20.0, 500.0)];
    let round = complete(&storyboard).transitions[1].clone();
    assert_eq!(free.bound_ms.to_bits(), round.bound_ms.to_bits());
    assert_eq!(free.detour_count, 0);
    assert!(round.ratio > free.ratio);
}

#[test]
fn obstacles_give_the_same_bytes_on_any_number_of_threads() {
    let mut storyboard = crossing(6);
    storyboard.environment.keep_outs = vec![tower(12.0, 500.0)];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| complete(&storyboard))
    };
    assert_eq!(on(1), on(3));
}

/// An upright volume between the two sides of the site.
fn volume() -> impl Strategy<Value = KeepOut> {
    let cylinder =
        (-12.0..12.0f64, -25.0..25.0f64, 1.0..9.0f64, 0.0..40.0f64, 5.0..70.0f64).prop_map(|(x, y, r, low, h)| {
            KeepOutShape::Cylinder { centre_m: DVec2::new(x, y), radius_m: r, bottom_m: low, top_m: low + h }
        });
    let prism = (-10.0..8.0f64, -25.0..20.0f64, 1.0..6.0f64, 1.0..15.0f64, -0.5..0.5f64, 5.0..70.0f64).prop_map(
        |(x, y, w, d, shear, top_m)| {
            let corners = [(x, y), (x + w, y + shear), (x + w + shear, y + d), (x, y + d)];
            KeepOutShape::Prism { polygon_m: corners.map(|(x, y)| DVec2::new(x, y)).into(), bottom_m: 0.0, top_m }
        },
    );
    prop_oneof![cylinder, prism].prop_map(|shape| KeepOut { name: "volume".into(), shape })
}

/// Points on one side of the site, not too near each other.
fn side(n: usize, sign: f64) -> impl Strategy<Value = Vec<DVec3>> {
    prop::collection::vec((20.0..45.0f64, -25.0..25.0f64, 10.0..60.0f64), n)
        .prop_map(move |v| v.into_iter().map(|(x, y, z)| DVec3::new(sign * x, y, z)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Random formations, limits, separations and obstacles: what comes back complete is proved, by samples and by the proof.
    #[test]
    fn complete_shows_among_obstacles_are_proved(
        (left, right) in (2usize..14).prop_flat_map(|n| (side(n, -1.0), side(n, 1.0))),
        volumes in prop::collection::vec(volume(), 1..4), share in 0.5..0.99f64, scale in 1.0..3.0f64,
        v in 2.0..9.0f64, up in 1.0..4.0f64, a in 1.0..5.0f64, j in 2.0..9.0f64, fenced: bool, grid in 2.0..4.0f64,
    ) {
        let near = |points: &[DVec3]| {
            let mut least = f64::INFINITY;
            for (i, p) in points.iter().enumerate() {
                for q in &points[..i] {
                    let d = *p - *q;
                    least = least.min(DVec3::new(d.x, d.y, d.z / scale).length());
                }
            }
            least
        };
        let separation_m = share * near(&left).min(near(&right)).min(grid);
        prop_assume!(separation_m > 0.3);
        let mut storyboard = crossing(1);
        storyboard.fleet.pads_m = (0..left.len()).map(|k| DVec3::new(-60.0 - grid * (k / 4) as f64, grid * (k % 4) as f64, 0.0)).collect();
        storyboard.scenes = vec![common::scene("left", &left, Rgb::WHITE), common::scene("right", &right, Rgb::WHITE)];
        storyboard.limits = Limits {
            min_separation_m: separation_m, downwash_scale: scale, ground_separation_m: separation_m.min(0.4),
            max_velocity_xy_m_s: v, max_velocity_up_m_s: up, max_velocity_down_m_s: up, max_acceleration_m_s2: a,
            max_jerk_m_s3: j, max_altitude_m: 90.0, ..Limits::default()
        };
        storyboard.environment.keep_outs = volumes;
        let corners = [(-90.0, -40.0), (60.0, -40.0), (60.0, 40.0), (-90.0, 40.0)].map(|(x, y)| DVec2::new(x, y));
        storyboard.environment.geofence = fenced.then(|| Geofence::around(corners.into()));
        match plan(&storyboard, &PlanSettings::default(), &Silent).unwrap() {
            Planned::Complete(plan) => {
                check(&plan, |p| storyboard.environment.keep_outs.iter().any(|k| is_inside(&k.shape, p)));
                proved(&plan.show);
            }
            Planned::Infeasible(reason) => {
                let is_known = matches!(
                    reason,
                    Infeasibility::Airspace(AirspaceConflict::PathThroughKeepOut { .. }) | Infeasibility::Separation(SeparationConflict::PairsTooClose { .. }) | Infeasibility::NoRoomToSpread { .. }
                        | Infeasibility::Limit(LimitConflict::BatteryTooSmall { .. })
                );
                prop_assert!(is_known, "{reason}");
            }
        }
    }
}

fn is_inside(shape: &KeepOutShape, p: DVec3) -> bool {
    match shape {
        KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
            p.z > *bottom_m && p.z < *top_m && p.truncate().distance(*centre_m) < *radius_m
        }
        // Convex, counter-clockwise.
        KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
            let next = polygon_m.iter().cycle().skip(1);
            p.z > *bottom_m
                && p.z < *top_m
                && polygon_m.iter().zip(next).all(|(a, b)| (*b - *a).perp_dot(p.truncate() - *a) > 0.0)
        }
    }
}

#[test]
fn a_hole_of_the_fence_is_flown_round_like_a_wall() {
    let mut storyboard = crossing(4);
    let corners = |x: f64, y: f64| [(-x, -y), (x, -y), (x, y), (-x, y)].map(|(x, y)| DVec2::new(x, y)).to_vec();
    storyboard.environment.geofence =
        Some(Geofence { holes_m: vec![corners(8.0, 4.0)], ..Geofence::around(corners(150.0, 100.0)) });
    let plan = complete(&storyboard);
    check(&plan, |p| p.x.abs() < 8.0 && p.y.abs() < 4.0);
    assert_eq!(plan.show.environment, storyboard.environment, "the show keeps the fence as it was written");
}

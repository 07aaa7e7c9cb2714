//! Ways round each other and round obstacles: fence, keep-outs, floor and ceiling, in whole shows and by themselves.

mod common;

use common::{complete, lit, pads, peaks, sampled_separation_m};
use kapok_plan::*;
use kapok_show::*;

/// A square of `side` × `side` upright before the audience, its middle at x, 40 m up.
fn square(side: usize, x_m: f64) -> Vec<DVec3> {
    pads(side, 3.0).into_iter().map(|p| DVec3::new(p.x + x_m, 0.25, 40.0 + p.y)).collect()
}

/// The square flies from the left of the origin to the right.
fn crossing(side: usize) -> Storyboard {
    let scene = |name: &str, x_m: f64| Scene {
        name: name.into(),
        points: square(side, x_m)
            .into_iter()
            .map(|position_m| ScenePoint { position_m, lights: lit(Rgb::WHITE) })
            .collect(),
        transition: Transition { duration_ms: None, lights: TransitionLights::Fade },
        hold_ms: 1000,
    };
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

#[test]
fn the_swarm_parts_round_a_tower() {
    for (side, radius_m) in [(1, 5.0), (6, 5.0), (6, 20.0)] {
        let mut storyboard = crossing(side);
        storyboard.environment.keep_outs = vec![tower(radius_m, 500.0)];
        let plan = complete(&storyboard);
        check(&plan, |p| p.truncate().length() < radius_m);
        let way = &plan.transitions[1];
        eprintln!("{side} {radius_m} {} {} {}", way.ratio, way.detour_count, way.longest_detour_m);
        assert!(way.detour_count > 0 && way.longest_detour_m >= radius_m - 9.0);
        assert!(way.ratio < 1.6, "{}", way.ratio);
    }
}
#[test]
fn a_wall_is_passed_at_its_end_or_over_it() {
    for (half_width_m, top_m) in [(25.0, 500.0), (200.0, 45.0)] {
        let mut storyboard = crossing(5);
        storyboard.environment.keep_outs = vec![wall(half_width_m, top_m)];
        let plan = complete(&storyboard);
        check(&plan, |p| p.x.abs() < 1.0 && p.y.abs() < half_width_m && p.z < top_m);
        let way = &plan.transitions[1];
        eprintln!("{half_width_m} {} {} {} {}", way.ratio, way.detour_count, way.longest_detour_m, way.lift_m);
    }
}

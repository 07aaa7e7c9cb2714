//! Smart returns: the motion the add-on builds from the answer is proved free of collision.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::support;

use serde_json::{Value, json};
use support::flown::{RETURN_RULES, assert_proved, smart_return};
use support::{numbers, post, recorded};

fn proved(body: &Value, what: &str) -> Value {
    let answer = post("/operations/plan-smart-rth", body).answer();
    for fps in [24.0, 25.0, 30.0] {
        assert_proved(&smart_return(body, &answer, fps), &RETURN_RULES, what);
    }
    answer
}

fn request(source: &[[f64; 3]], target: &[[f64; 3]], model: &str) -> Value {
    json!({ "version": 1, "source": source, "target": target, "max_velocity_xy": 3.998, "max_velocity_z": 1.998,
        "max_acceleration": 4.0, "min_distance": 3.0, "rth_model": model })
}

/// A permutation without a pattern.
fn shuffled(n: usize) -> Vec<usize> {
    let mut list: Vec<usize> = (0..n).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for i in (1..n).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        list.swap(i, (state % (i as u64 + 1)) as usize);
    }
    list
}

fn pads(n: usize, spacing: f64, z: f64) -> Vec<[f64; 3]> {
    let columns = (n as f64).sqrt().ceil() as usize;
    (0..n).map(|i| [spacing * (i % columns) as f64, spacing * (i / columns) as f64, z]).collect()
}

#[test]
fn the_recorded_return_from_the_ground_is_proved() {
    let (_, body) = recorded("grid-1m/27-POST-plan-smart-rth.json");
    let answer = proved(&body, "recorded");
    assert!(numbers(&answer["start_times"]).iter().all(|t| t.fract() == 0.0), "whole seconds are whole frames");
}

#[test]
fn a_wall_goes_home_in_any_order() {
    let n = 60;
    let wall: Vec<[f64; 3]> =
        (0..n).map(|i| [4.0 * (i % 10) as f64 - 20.0, 60.0, 20.0 + 4.0 * (i / 10) as f64]).collect();
    let home = pads(n, 1.0, 10.0);
    let target: Vec<[f64; 3]> = shuffled(n).into_iter().map(|i| home[i]).collect();
    proved(&request(&wall, &target, "straight_line_with_neck"), "wall");
    // Right above the pads.
    let above: Vec<[f64; 3]> =
        (0..n).map(|i| [3.5 * (i % 5) as f64, 3.5 * (i / 5 % 4) as f64, 18.0 + 4.0 * (i / 20) as f64]).collect();
    proved(&request(&above, &target, "straight_line_with_neck"), "above the pads");
}

#[test]
fn an_aerial_grid_is_reached_layer_by_layer() {
    let n = 45;
    // A grid of 2 m in layers 5 m apart, four to a square.
    let home: Vec<[f64; 3]> = pads(n, 2.0, 0.0)
        .iter()
        .enumerate()
        .map(|(i, p)| [p[0], p[1], 10.0 + 5.0 * ((i % 7 % 2) + 2 * (i / 7 % 2)) as f64])
        .collect();
    let ring: Vec<[f64; 3]> = (0..n)
        .map(|i| {
            let angle = std::f64::consts::TAU * i as f64 / n as f64;
            let (s, c) = kapok_show::math::sin_cos(angle);
            [6.0 + 30.0 * c, 6.0 + 30.0 * s, 25.0]
        })
        .collect();
    let target: Vec<[f64; 3]> = shuffled(n).into_iter().map(|i| home[i]).collect();
    proved(&request(&ring, &target, "straight_line_with_neck_to_layers"), "layers");
}

#[test]
fn two_that_change_places_go_round_each_other() {
    let (a, b) = ([0.0, 0.0, 12.0], [30.0, 0.0, 12.0]);
    let answer = proved(&request(&[a, b], &[b, a], "straight_line_with_neck_to_layers"), "swap");
    assert!(answer["durations"].as_array().unwrap().iter().all(|d| d.as_f64().unwrap() < 60.0));
}

#[test]
fn what_cannot_be_safe_is_refused_with_the_pair() {
    let close = request(
        &[[0.0, 0.0, 20.0], [2.4, 0.0, 20.0]],
        &[[0.0, 0.0, 10.0], [9.0, 0.0, 10.0]],
        "straight_line_with_neck",
    );
    let detail = post("/operations/plan-smart-rth", &close).detail();
    assert!(detail.contains("2.40 m") && detail.contains("min_distance is 3 m"), "{detail}");
    let uneven = request(&[[0.0, 0.0, 20.0]], &[], "straight_line_with_neck");
    assert!(post("/operations/plan-smart-rth", &uneven).detail().contains("1 sources but 0 targets"));
    let unknown = request(&[], &[], "teleport");
    assert!(post("/operations/plan-smart-rth", &unknown).detail().contains("teleport"));
}

/// A drone that stands a little above the ground must not be flown over at the least distance above the ground.
#[test]
fn a_pad_on_a_step_is_not_flown_over_too_low() {
    for (drone, height) in [(0, 0.021), (3, 0.3), (7, 1.5), (12, 2.9)] {
        let (_, mut body) = recorded("grid-1m/27-POST-plan-smart-rth.json");
        body["source"][drone][2] = json!(height);
        proved(&body, "step");
    }
}

/// A least distance above 5 m reaches beyond the rule of the ground, so that pads have to keep it; if they do, returns are proved.
#[test]
fn pads_keep_a_least_distance_that_is_larger_than_the_ground_rule_is_high() {
    let body = |spacing: f64, min_distance: f64| {
        let mut body = request(&pads(6, spacing, 0.0), &pads(6, spacing, 14.0), "straight_line_with_neck");
        body["min_distance"] = json!(min_distance);
        body
    };
    proved(&body(6.0, 6.0), "pads as far apart as vehicles in flight");
    proved(&body(1.0, 5.0), "pads closer than that, where the rule of the ground goes high enough");
    let detail = post("/operations/plan-smart-rth", &body(1.0, 6.0)).detail();
    assert!(
        detail.contains("source") && detail.contains("1.00 m") && detail.contains("min_distance is 6 m"),
        "{detail}"
    );
    // Far apart at the start, columns of the landing 1 m apart, one arrival well above the other.
    let mut stacked = body(6.0, 6.0);
    stacked["target"] = json!([
        [0.0, 0.0, 14.0],
        [1.0, 0.0, 21.0],
        [20.0, 0.0, 14.0],
        [30.0, 0.0, 14.0],
        [40.0, 0.0, 14.0],
        [50.0, 0.0, 14.0]
    ]);
    let detail = post("/operations/plan-smart-rth", &stacked).detail();
    assert!(detail.contains("target") && detail.contains("1.00 m"), "{detail}");
}

/// A limit of acceleration that binds nothing may be of any size: the speed of a leg must not be lost in a difference of great
/// numbers.
#[test]
fn limits_of_any_size_are_flown_within_the_others() {
    let home =
        [[-2.1, 1.5, 0.0], [0.0, 1.5, 0.0], [-2.0, -0.5, 0.0], [-2.0, -1.5, 0.0], [-1.0, -1.5, 0.0], [-1.0, -0.5, 0.0]];
    let above = [
        [-2.0, -1.5, 10.0],
        [0.0, -0.5, 10.0],
        [-2.0, 0.5, 10.0],
        [-2.0, 1.5, 101.0],
        [-1.0, -1.5, 10.0],
        [-1.0, -0.5, 10.0],
    ];
    for limit in [1e3, 1e9, 2.4e39, 1e150, 1e300] {
        let mut body = request(&home, &above, "straight_line_with_neck");
        body["max_acceleration"] = json!(limit);
        body["max_velocity_xy"] = json!(399.8);
        let reply = post("/operations/plan-smart-rth", &body);
        assert_eq!(reply.status, 200, "{limit}: {}", String::from_utf8_lossy(&reply.body));
    }
}

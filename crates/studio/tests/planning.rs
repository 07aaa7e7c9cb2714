//! The planning operations answer the recorded requests with what they mean.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::support;

use serde_json::{Value, json};
use support::{
    assert_exchanged_for_distance, clearance_and_longest, get, least_squares, numbers, points, post, recorded,
};

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// Least distance of all pairs on straight lines with one timing, by sampling.
fn sampled_clearance(source: &[[f64; 3]], target: &[[f64; 3]], mapping: &[usize]) -> f64 {
    let at = |t: usize, u: f64| -> [f64; 3] {
        std::array::from_fn(|k| source[mapping[t]][k] * (1.0 - u) + target[t][k] * u)
    };
    let mut least = f64::INFINITY;
    for k in 0..=400 {
        let u = f64::from(k) / 400.0;
        for i in 0..target.len() {
            for j in 0..i {
                least = least.min(distance(at(i, u), at(j, u)));
            }
        }
    }
    least
}

fn sum_of_squares(source: &[[f64; 3]], target: &[[f64; 3]], mapping: &[usize]) -> f64 {
    target.iter().zip(mapping).map(|(&t, &s)| distance(source[s], t).powi(2)).sum()
}

#[test]
fn the_first_contact_is_as_the_add_on_expects() {
    let reply = get("/queries/version");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json(), json!({ "version": "2.43.0" }), "no suffix: the add-on would take it for older");
    let reply = get("/queries/limits");
    assert_eq!(reply.json()["num_drones"], Value::Null, "no limit");
    assert!(reply.json()["features"].as_array().unwrap().contains(&json!("export:plot")));
    assert_eq!(get("/ping").json(), json!({ "result": true }));
}

#[test]
fn match_points_maps_each_target_to_its_source() {
    let files = [
        "grid-1m/08-POST-match-points.json",
        "grid-1m/09-POST-match-points.json",
        "grid-1m/11-POST-match-points.json",
        "grid-3m/07-POST-match-points.json",
        "grid-3m/08-POST-match-points.json",
        "grid-3m/09-POST-match-points.json",
    ];
    for file in files {
        let (path, body) = recorded(file);
        let (source, target) = (points(&body["source"]), points(&body["target"]));
        let answer = post(&path, &body).answer();
        let mapping: Vec<usize> = serde_json::from_value(answer["mapping"].clone()).unwrap();
        let mut sorted = mapping.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..target.len()).collect::<Vec<_>>(), "{file}: a permutation");
        // Least sum of squares: no exchange of two sources is better. The inverse permutation is not of that kind. Or
        // exchanged for distance.
        let least = sum_of_squares(&source, &target, &mapping);
        let mut is_least = true;
        for i in 0..mapping.len() {
            for j in 0..i {
                let mut other = mapping.clone();
                other.swap(i, j);
                is_least &= sum_of_squares(&source, &target, &other) >= least - 1e-6;
            }
        }
        if !is_least {
            assert_exchanged_for_distance(&source, &target, &mapping);
        }
        let clearance = answer["clearance"].as_f64().unwrap();
        let sampled = sampled_clearance(&source, &target, &mapping);
        assert!(clearance <= sampled + 1e-9 && sampled - clearance < 0.2, "{file}: {clearance}, sampled {sampled}");
    }
}

/// Places in rows and columns on a wall that faces y.
fn wall(columns: usize, count: usize, spacing_m: f64, y: f64, z: f64) -> Vec<[f64; 3]> {
    (0..count)
        .map(|k| {
            let column = (k % columns) as f64 - (columns as f64 - 1.0) / 2.0;
            [spacing_m * column, y, z + spacing_m * (k / columns) as f64]
        })
        .collect()
}

/// A level disc of rings that are as far apart as their points.
fn disc(count: usize, spacing_m: f64, z: f64) -> Vec<[f64; 3]> {
    let mut list = vec![[0.0, 0.0, z]];
    for ring in 1.. {
        let radius = spacing_m * f64::from(ring);
        let most = (std::f64::consts::TAU * f64::from(ring)).floor() as usize;
        for k in 0..most {
            if list.len() == count {
                return list;
            }
            let angle = std::f64::consts::TAU * k as f64 / most as f64;
            list.push([radius * kapok_show::math::cos(angle), radius * kapok_show::math::sin(angle), z]);
        }
    }
    list
}

/// Points spread evenly over a ball's surface.
fn ball(count: usize, radius_m: f64, z: f64) -> Vec<[f64; 3]> {
    let turn = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    (0..count)
        .map(|k| {
            let up = 1.0 - (2.0 * k as f64 + 1.0) / count as f64;
            let (r, angle) = (radius_m * (1.0 - up * up).sqrt(), turn * k as f64);
            [r * kapok_show::math::cos(angle), r * kapok_show::math::sin(angle), z + radius_m * up]
        })
        .collect()
}

/// Transitions whose least squares come closer than the scene's 3 m. The files are recorded requests; the others, of 64 drones,
/// are built after descriptions of such transitions.
#[test]
fn transitions_that_can_be_clear_are() {
    // With the least distance that the exchanges reach; a grid of 3 m cannot be clear of 3 m, nor a ring above it.
    let mut cases: Vec<(&str, Value, f64)> = [
        ("grid-3m/07-POST-match-points.json", 2.5),
        ("grid-3m/08-POST-match-points.json", 3.0),
        ("grid-3m/09-POST-match-points.json", 2.8),
    ]
    .map(|(file, least_m)| (file, recorded(file).1, least_m))
    .into();
    let (high, flat) = (wall(8, 64, 3.5, 0.0, 10.0), disc(64, 3.5, 25.0));
    cases.push(("wall to disc", json!({ "version": 1, "radius": 0, "source": high, "target": flat }), 3.0));
    let (high, flat) = (wall(8, 64, 3.1, 5.0, 15.0), disc(64, 3.2, 25.0));
    cases.push(("disc to a near wall", json!({ "version": 1, "radius": 0, "source": flat, "target": high }), 2.75));
    let ground: Vec<[f64; 3]> = wall(8, 64, 3.0, 0.0, 0.0).iter().map(|[x, _, z]| [*x, *z, 6.0]).collect();
    cases.push((
        "grid to ball",
        json!({ "version": 1, "radius": 0, "source": ground, "target": ball(64, 9.0, 25.0) }),
        0.0,
    ));
    cases.push((
        "ball to wall",
        json!({ "version": 1, "radius": 0, "source": ball(64, 9.0, 25.0), "target": wall(8, 64, 3.5, 0.0, 10.0) }),
        0.0,
    ));
    for file in
        ["grid-1m/08-POST-match-points.json", "grid-1m/09-POST-match-points.json", "grid-1m/11-POST-match-points.json"]
    {
        cases.push((file, recorded(file).1, 0.0));
    }
    for (name, body, least_m) in cases {
        let (source, target) = (points(&body["source"]), points(&body["target"]));
        let answer = post("/operations/match-points", &body).answer();
        let mapping: Vec<usize> = serde_json::from_value(answer["mapping"].clone()).unwrap();
        let before = clearance_and_longest(&source, &target, &least_squares(&source, &target));
        let after = clearance_and_longest(&source, &target, &mapping);
        println!("{name}: {} drones, {before:?} before, {after:?} after", source.len());
        assert!(after.1 <= 1.03 * before.1 + 1e-9, "{name}: {before:?}, {after:?}");
        assert!(after.0 >= (before.0 - 1e-9).max(least_m), "{name}: {before:?}, {after:?}");
    }
}

#[test]
fn the_direction_is_that_of_the_protocol_and_not_its_inverse() {
    // Target 0 is where source 2 stands, target 1 where 0 stands, target 2 where 1 stands.
    let body = json!({ "version": 1, "radius": 0.5,
        "source": [[0, 0, 9], [10, 0, 9], [20, 0, 9]], "target": [[20, 1, 9], [0, 1, 9], [10, 1, 9]] });
    let answer = post("/operations/match-points", &body).answer();
    assert_eq!(answer["mapping"], json!([2, 0, 1]));
    assert_eq!(answer["clearance"], 9.0, "ten metres between centres, less two radii");

    let fewer = json!({ "version": 1, "source": [[0, 0, 9], [10, 0, 9], [20, 0, 9]], "target": [[19, 0, 9]] });
    let answer = post("/operations/match-points", &fewer).answer();
    assert_eq!((&answer["mapping"], &answer["clearance"]), (&json!([2]), &Value::Null));
    let more = json!({ "version": 1, "source": [[9, 0, 9]], "target": [[0, 0, 9], [10, 0, 9], [20, 0, 9]] });
    assert_eq!(post("/operations/match-points", &more).answer()["mapping"], json!([null, 0, null]));
    let none = json!({ "version": 1, "source": [], "target": [], "radius": 0 });
    assert_eq!(post("/operations/match-points", &none).answer()["mapping"], json!([]));
}

#[test]
fn the_same_points_keep_their_drones() {
    for file in
        ["grid-1m/04-POST-match-points.json", "grid-1m/07-POST-match-points.json", "grid-1m/28-POST-match-points.json"]
    {
        let (path, body) = recorded(file);
        assert_eq!(post(&path, &body).answer()["mapping"], json!((0..20).collect::<Vec<_>>()), "{file}");
    }
}

#[test]
fn transitions_last_long_enough_for_the_add_ons_easing() {
    for file in [
        "grid-1m/05-POST-plan-transition.json",
        "grid-1m/06-POST-plan-transition.json",
        "grid-3m/04-POST-plan-transition.json",
    ] {
        let (path, body) = recorded(file);
        let answer = post(&path, &body).answer();
        let (source, target) = (points(&body["source"]), points(&body["target"]));
        let mapping: Vec<usize> = serde_json::from_value(answer["mapping"].clone()).unwrap();
        let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
        assert_eq!((starts.len(), durations.len()), (target.len(), target.len()));
        assert!(starts.iter().all(|s| *s == 0.0) && durations.iter().all(|d| *d == durations[0]), "one timing for all");
        let duration = durations[0];
        let (mut fastest, mut hardest) = (0.0_f64, 0.0_f64);
        for (t, &s) in mapping.iter().enumerate() {
            // The add-on moves along 3u² - 2u³, by differences at 1000 instants.
            let share = |u: f64| u * u * (3.0 - 2.0 * u);
            let length = distance(source[s], target[t]);
            let flat = distance([source[s][0], source[s][1], 0.0], [target[t][0], target[t][1], 0.0]);
            let up = (target[t][2] - source[s][2]).abs();
            for k in 1..1000 {
                let (a, b, c) =
                    (share(f64::from(k - 1) / 1000.0), share(f64::from(k) / 1000.0), share(f64::from(k + 1) / 1000.0));
                let dt = duration / 1000.0;
                let rate = (c - a) / (2.0 * dt);
                fastest = fastest.max(flat * rate / body["max_velocity_xy"].as_f64().unwrap());
                fastest = fastest.max(up * rate / body["max_velocity_z"].as_f64().unwrap());
                hardest = hardest
                    .max(length * ((c - 2.0 * b + a) / (dt * dt)).abs() / body["max_acceleration"].as_f64().unwrap());
            }
        }
        assert!(fastest <= 1.0 + 1e-9 && hardest <= 1.0 + 1e-9, "{file}: {fastest}, {hardest}");
        assert!(fastest.max(hardest) > 0.98, "{file}: no longer than needed");
    }
    let faster = json!({ "version": 1, "source": [[0, 0, 0]], "target": [[0, 0, 30]], "max_velocity_xy": 10, "max_velocity_z": 2,
        "max_velocity_z_up": 6, "max_acceleration": 4, "transition_method": "const_jerk", "matching_method": "optimal" });
    let answer = post("/operations/plan-transition", &faster).answer();
    assert!((numbers(&answer["durations"])[0] - 7.5).abs() < 1e-9, "upwards has its own limit: {answer}");
}

#[test]
fn layers_keep_the_distance_and_have_no_gaps() {
    for operation in ["plan-takeoff", "decompose"] {
        let (_, mut body) = recorded("grid-1m/03-POST-plan-takeoff.json");
        if operation == "decompose" {
            body["method"] = json!("greedy");
        }
        let answer = post(&format!("/operations/{operation}"), &body).answer();
        let groups: Vec<usize> = serde_json::from_value(answer["groups"].clone()).unwrap();
        let pads = points(&body["points"]);
        assert_eq!(groups.len(), pads.len(), "exactly one per point: the add-on does not notice a missing one");
        let count = groups.iter().max().unwrap() + 1;
        assert!((0..count).all(|g| groups.contains(&g)));
        for i in 0..pads.len() {
            for j in 0..i {
                assert!(groups[i] != groups[j] || distance(pads[i], pads[j]) >= 3.0 - 1e-4, "{i}, {j}");
            }
        }
    }
}

#[test]
fn an_svg_becomes_points_on_its_line() {
    let (path, body) = recorded("grid-1m/29-POST-create-static-formation.json");
    let answer = post(&path, &body).answer();
    let found = points(&answer["points"]);
    assert_eq!(found.len(), 20);
    assert_eq!(answer["colors"], json!(vec![[255, 0, 0]; 20]));
    // A circle, 20 m across, points on its stroke, evenly around.
    let extent = |axis: usize| {
        let v = || found.iter().map(|p| p[axis]);
        v().fold(f64::NEG_INFINITY, f64::max) - v().fold(f64::INFINITY, f64::min)
    };
    assert!(extent(0) <= 20.0 + 1e-6 && extent(0) > 15.0 && extent(1) > 15.0, "{} {}", extent(0), extent(1));
    let radii: Vec<f64> = found.iter().map(|p| kapok_show::math::hypot(p[0], p[1])).collect();
    assert!(radii.iter().all(|r| (7.0..10.5).contains(r)), "{radii:?}");
    let nearest =
        |i: usize| (0..20).filter(|&j| j != i).map(|j| distance(found[i], found[j])).fold(f64::INFINITY, f64::min);
    assert!((0..20).all(|i| (1.8..4.5).contains(&nearest(i))), "evenly spread");
}

/// Strokes narrower than the sampler's pixels, and pictures far higher than wide: still the size asked for, evenly spread.
#[test]
fn thin_strokes_and_high_pictures_are_spread_evenly() {
    let svg = |view: &str, shape: &str| {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {view}\">{shape}</svg>")
    };
    let ring = svg("100 100", r#"<circle cx="50" cy="50" r="40" fill="none" stroke="red" stroke-width="1"/>"#);
    let cross = svg("100 100", r#"<path d="M5 5 L95 95 M5 95 L95 5 M50 5 V95" stroke="white" stroke-width="1"/>"#);
    let sliver = svg("1 1000", r#"<rect width="1" height="1000" fill="blue"/>"#);
    // How far apart points can be: the length of the strokes shared out.
    let diagonals = 2.0 * 40.0 * std::f64::consts::SQRT_2 + 40.0;
    for (source, count, room_m) in
        [(&ring, 20, 40.0 * std::f64::consts::PI), (&cross, 60, diagonals), (&sliver, 50, 40.0)]
    {
        let body = json!({ "version": 1, "method": "svg", "parameters": { "version": 1, "source": source, "n": count, "size": 40, "angle": 10 } });
        let found = points(&post("/operations/create-static-formation", &body).answer()["points"]);
        assert_eq!(found.len(), count);
        let side = |axis: usize| {
            let v = || found.iter().map(|p| p[axis]);
            v().fold(f64::NEG_INFINITY, f64::max) - v().fold(f64::INFINITY, f64::min)
        };
        assert!((side(0).max(side(1)) - 40.0).abs() < 1e-9, "{} {}", side(0), side(1));
        let closest_m = (0..count)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| distance(found[i], found[j]))
            .fold(f64::INFINITY, f64::min);
        assert!(closest_m > 0.6 * room_m / count as f64, "{closest_m} m of {} m, {source}", room_m / count as f64);
    }
    let vast =
        json!({ "version": 1, "method": "svg", "parameters": { "version": 1, "source": ring, "n": 5, "size": 1e6 } });
    assert!(post("/operations/create-static-formation", &vast).detail().contains("at most 10000 m"));
}

/// A file as drawing programs write it, with a part that is black: read, and the part named in answer and terminal.
#[test]
fn what_is_missing_of_an_svg_is_said() {
    let source = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"svg11.dtd\">\n\
                  <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\">\
                  <rect x=\"10\" y=\"10\" width=\"80\" height=\"35\" fill=\"#ff3355\"/>\
                  <rect id=\"lower\" x=\"10\" y=\"55\" width=\"80\" height=\"35\"/></svg>";
    let body =
        json!({ "version": 1, "method": "svg", "parameters": { "version": 1, "source": source, "n": 20, "size": 40 } });
    let reply = post("/operations/create-static-formation", &body);
    let answer = reply.answer();
    assert_eq!(answer["colors"], json!(vec![[255, 51, 85]; 20]));
    let warnings: Vec<String> = serde_json::from_value(answer["warnings"].clone()).unwrap();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(warning.contains("not lit, 50 % of the picture: <rect id=\"lower\"> in line 3"), "{warning}");
    assert!(reply.remarks.iter().any(|line| line.contains(warning)));
}

/// Heights of one that lands, in frames, as the add-on keys it: start and duration rounded up, smooth easing.
fn landing_height(z: f64, start: f64, duration: f64, fps: f64, t: f64) -> f64 {
    let (start, duration) = ((start * fps).ceil() / fps, (duration * fps).ceil() / fps);
    let u = ((t - start) / duration).clamp(0.0, 1.0);
    z * (1.0 - u * u * (3.0 - 2.0 * u))
}

#[test]
fn landing_drones_keep_away_from_running_motors() {
    // The recorded grid of 1 m, in layers 5 m apart as the layers operation makes them.
    let (_, mut body) = recorded("grid-1m/12-POST-plan-landing.json");
    let pads: Vec<[f64; 3]> = points(&body["points"]).iter().map(|p| [p[0], p[1], 0.0]).collect();
    let layers = json!({ "version": 1, "min_distance": 3.0, "points": pads });
    let groups: Vec<usize> =
        serde_json::from_value(post("/operations/plan-takeoff", &layers).answer()["groups"].clone()).unwrap();
    let count = groups.iter().max().unwrap() + 1;
    let hover: Vec<[f64; 3]> =
        pads.iter().zip(&groups).map(|(p, g)| [p[0], p[1], 10.0 + 5.0 * (count - g - 1) as f64]).collect();
    body["points"] = json!(hover);
    let answer = post("/operations/plan-landing", &body).answer();
    let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
    for (p, d) in hover.iter().zip(&durations) {
        assert!((d - p[2]).abs() < 1e-9, "constant speed of 1 m/s: {d}");
    }
    for fps in [24.0, 25.0, 30.0, 60.0] {
        for i in 0..hover.len() {
            for j in 0..i {
                let off = |k: usize| ((starts[k] * fps).ceil() + (durations[k] * fps).ceil()) / fps + 5.0;
                let both_run_until = off(i).min(off(j));
                let mut t = 0.0;
                while t <= both_run_until {
                    let z = |k: usize| landing_height(hover[k][2], starts[k], durations[k], fps, t);
                    let apart = distance([hover[i][0], hover[i][1], z(i)], [hover[j][0], hover[j][1], z(j)]);
                    assert!(apart >= 3.0 - 1e-6, "{i} and {j} are {apart} m apart at {t} s ({fps} frames a second)");
                    t += 0.05;
                }
            }
        }
    }
    let wide = json!({ "version": 1, "points": [[0, 0, 10], [5, 0, 10]], "min_distance": 3, "velocity": 2, "target_altitude": 0, "spindown_time": 5 });
    let answer = post("/operations/plan-landing", &wide).answer();
    assert_eq!((&answer["start_times"], &answer["durations"]), (&json!([0.0, 0.0]), &json!([5.0, 5.0])));
}

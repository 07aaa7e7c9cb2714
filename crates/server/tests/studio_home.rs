//! Smart returns: the motion the add-on builds from the answer is proved free of collision.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod support;

use kapok_proof::{Certificate, ProofSettings, Rule, Verdict, prove};
use kapok_server::studio::StudioSettings;
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use serde_json::{Value, json};
use support::{Server, numbers, points, recorded};

/// The add-on: wait, then straight lines with keys at the nearest frame, then straight down at no more than 0.5 m/s.
fn built_by_the_add_on(body: &Value, answer: &Value, fps: f64, lands: bool) -> Show {
    let (source, target) = (points(&body["source"]), points(&body["target"]));
    let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
    let inner: Vec<Vec<[f64; 4]>> = serde_json::from_value(answer["inner_points"].clone()).unwrap();
    assert_eq!([starts.len(), durations.len(), inner.len()], [source.len(); 3], "exactly one of each per drone");
    let vertical = body["max_velocity_z"].as_f64().unwrap() + 0.002;
    let vehicles = (0..source.len())
        .map(|i| {
            let mut keys: Vec<(f64, [f64; 3])> = vec![(starts[i], source[i])];
            for [t, x, y, z] in &inner[i] {
                assert!(*t > starts[i] && *t < starts[i] + durations[i], "times count from the start of the manoeuvre");
                keys.push((*t, [*x, *y, *z]));
            }
            keys.push((starts[i] + durations[i], target[i]));
            if lands {
                let t = starts[i] + durations[i] + target[i][2] / vertical.min(0.5);
                keys.push((t, [target[i][0], target[i][1], 0.0]));
            }
            let mut t = Trajectory::starting_at(0, DVec3::from_array(source[i])).unwrap();
            for (seconds, place) in keys {
                // A key at a frame, in milliseconds.
                let ms = (1000.0 * (seconds * fps).round() / fps).round() as i64;
                if ms > t.end_ms() {
                    t.push(ms, &[DVec3::from_array(place)]).unwrap();
                } else {
                    assert_eq!(DVec3::from_array(place), t.end_point_m(), "two keys in one frame");
                }
            }
            Vehicle::new(i.to_string(), DVec3::from_array(source[i]), t, LightProgram::dark())
        })
        .collect();
    let distance = body["min_distance"].as_f64().unwrap();
    Show {
        title: "return".into(),
        site: Site { origin: Wgs84 { latitude_deg: 0.0, longitude_deg: 0.0, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits {
            // The add-on's tolerance is 1 cm; pads are closer than the least distance, and below it all go up and down.
            min_separation_m: distance - 0.01,
            min_navigation_altitude_m: distance,
            max_altitude_m: 1000.0,
            max_velocity_xy_m_s: body["max_velocity_xy"].as_f64().unwrap() + 0.002,
            max_velocity_up_m_s: vertical,
            max_velocity_down_m_s: vertical,
            ..Limits::default()
        },
        profile: VehicleProfile::default(),
        vehicles,
        chapters: vec![],
        audio: None,
    }
}

fn assert_proved(certificate: &Certificate, what: &str) {
    for rule in [Rule::Separation, Rule::VelocityXy, Rule::VelocityUp, Rule::VelocityDown, Rule::GroundMotion] {
        let report = certificate.rule(rule).unwrap();
        assert_eq!(report.verdict, Verdict::Proved, "{what}: {rule:?} {} {:?}", report.detail, report.worst);
    }
}

async fn proved(server: &Server, body: &Value, what: &str) -> Value {
    let answer = server.post("/operations/plan-smart-rth", body).await.answer();
    let lands = body["rth_model"] == "straight_line_with_neck";
    for fps in [24.0, 25.0, 30.0] {
        let show = built_by_the_add_on(body, &answer, fps, lands);
        assert_proved(&prove(&show, &ProofSettings::default(), &Silent), what);
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

#[tokio::test]
async fn the_recorded_return_from_the_ground_is_proved() {
    let server = Server::start(StudioSettings::default()).await;
    let (_, body) = recorded("grid-1m/27-POST-plan-smart-rth.json");
    let answer = proved(&server, &body, "recorded").await;
    assert!(numbers(&answer["start_times"]).iter().all(|t| t.fract() == 0.0), "whole seconds are whole frames");
    server.stop().await;
}

#[tokio::test]
async fn a_wall_goes_home_in_any_order() {
    let server = Server::start(StudioSettings::default()).await;
    let n = 60;
    let wall: Vec<[f64; 3]> =
        (0..n).map(|i| [4.0 * (i % 10) as f64 - 20.0, 60.0, 20.0 + 4.0 * (i / 10) as f64]).collect();
    let home = pads(n, 1.0, 10.0);
    let target: Vec<[f64; 3]> = shuffled(n).into_iter().map(|i| home[i]).collect();
    proved(&server, &request(&wall, &target, "straight_line_with_neck"), "wall").await;
    // Right above the pads.
    let above: Vec<[f64; 3]> =
        (0..n).map(|i| [3.5 * (i % 5) as f64, 3.5 * (i / 5 % 4) as f64, 18.0 + 4.0 * (i / 20) as f64]).collect();
    proved(&server, &request(&above, &target, "straight_line_with_neck"), "above the pads").await;
    server.stop().await;
}

#[tokio::test]
async fn an_aerial_grid_is_reached_layer_by_layer() {
    let server = Server::start(StudioSettings::default()).await;
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
    proved(&server, &request(&ring, &target, "straight_line_with_neck_to_layers"), "layers").await;
    server.stop().await;
}

#[tokio::test]
async fn two_that_change_places_go_round_each_other() {
    let server = Server::start(StudioSettings::default()).await;
    let (a, b) = ([0.0, 0.0, 12.0], [30.0, 0.0, 12.0]);
    let answer = proved(&server, &request(&[a, b], &[b, a], "straight_line_with_neck_to_layers"), "swap").await;
    assert!(answer["durations"].as_array().unwrap().iter().all(|d| d.as_f64().unwrap() < 60.0));
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_safe_is_refused_with_the_pair() {
    let server = Server::start(StudioSettings::default()).await;
    let close = request(
        &[[0.0, 0.0, 20.0], [2.4, 0.0, 20.0]],
        &[[0.0, 0.0, 10.0], [9.0, 0.0, 10.0]],
        "straight_line_with_neck",
    );
    let detail = server.post("/operations/plan-smart-rth", &close).await.detail();
    assert!(detail.contains("2.40 m") && detail.contains("min_distance is 3 m"), "{detail}");
    let uneven = request(&[[0.0, 0.0, 20.0]], &[], "straight_line_with_neck");
    assert!(server.post("/operations/plan-smart-rth", &uneven).await.detail().contains("1 sources but 0 targets"));
    let unknown = request(&[], &[], "teleport");
    assert!(server.post("/operations/plan-smart-rth", &unknown).await.detail().contains("teleport"));
    server.stop().await;
}

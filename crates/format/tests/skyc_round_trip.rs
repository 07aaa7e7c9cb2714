//! What is written as .skyc comes back equal, and the same bytes come out every time.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

mod support;

use std::io::{Cursor, Read};

use kapok_format::{
    Format, ReadLimits, WriteError, content_sha256, detect, read, read_skyc, vehicle_sha256, write_skyc,
};
use kapok_show::{DVec3, Trajectory};
use support::rich_show;

#[test]
fn every_field_comes_back_equal_and_without_notes() {
    let show = rich_show();
    let bytes = write_skyc(&show).unwrap();
    let decoded = read_skyc(&bytes, &ReadLimits::default()).unwrap();
    assert_eq!(decoded.show, show);
    assert_eq!(decoded.notes, Vec::<String>::new());
    assert_eq!(decoded.limits_from_file.defaulted, Vec::<&str>::new());
    assert_eq!(decoded.limits_from_file.from_file.len(), 13);
    assert_eq!(decoded.vehicle_sha256, show.vehicles.iter().map(vehicle_sha256).collect::<Vec<_>>());
    assert_eq!(detect(&bytes, &ReadLimits::default()), Some(Format::Skyc));
    assert_eq!(read(&bytes, "whatever.bin", &ReadLimits::default()).unwrap(), decoded);
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let show = rich_show();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| content_sha256(&write_skyc(&show).unwrap()))
    };
    assert_eq!(on(1), on(2));
    assert_eq!(on(2), on(8));
}

#[test]
fn the_standard_members_are_what_other_programs_expect() {
    let bytes = write_skyc(&rich_show()).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut member = |name: &str| -> serde_json::Value {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let show = member("show.json");
    assert_eq!(show["version"], 1);
    assert_eq!(show["environment"]["type"], "outdoor");
    assert_eq!(show["environment"]["location"]["origin"], serde_json::json!([231_065_123, 1_133_245_123, 8123]));
    assert_eq!(show["environment"]["location"]["orientation"], 123.456_789_012_3);
    assert_eq!(show["settings"]["validation"]["minDistance"], 1.7);
    assert_eq!(show["settings"]["validation"]["maxVelocityZUp"], 3.5);
    assert_eq!(show["settings"]["validation"]["maxVelocityZ"], 2.0);
    assert_eq!(show["settings"]["cues"]["items"][1], serde_json::json!({"name": "福", "time": 4.001}));
    assert_eq!(show["meta"]["segments"]["takeoff"], serde_json::json!([1.5, 4.001]));
    assert_eq!(show["meta"]["segments"]["show"], serde_json::json!([4.001, 9.003]));
    // North-west-up: x is ahead (site y), y is to the left (site -x).
    assert_eq!(show["settings"]["geofence"]["polygons"][0]["points"][0], serde_json::json!([-50.0, 50.0]));
    let drone = &show["swarm"]["drones"][0]["settings"];
    assert_eq!(drone["home"], serde_json::json!([2.2, -1.1, -0.05]));
    assert_eq!(drone["trajectory"]["$ref"], "./drones/Drone 1/trajectory.json#");
    let trajectory = member("drones/Drone 1/trajectory.json");
    assert_eq!(trajectory["takeoffTime"], 1.5);
    assert_eq!(trajectory["points"][0], serde_json::json!([0, [2.2, -1.1, 0], []]));
    assert_eq!(trajectory["points"][1][0], 2.501);
    assert_eq!(trajectory["points"][2][2], serde_json::json!([[2, -2, 4]]));
    assert_eq!(member("drones/Drone 1/lights.json")["version"], 1);
}

#[test]
fn degrees_the_format_lacks_are_refused() {
    let mut show = rich_show();
    for degree in [4, 5, 6] {
        let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        t.push(1000, &vec![DVec3::ONE; degree]).unwrap();
        show.vehicles[1].trajectory = t;
        assert!(
            matches!(write_skyc(&show), Err(WriteError::Degree { segment: 0, degree: d, .. }) if d == degree),
            "degree {degree}"
        );
    }
}

#[test]
fn numbers_that_json_lacks_are_refused() {
    let mut show = rich_show();
    show.environment.audiences[0].eye_m.z = f64::NAN;
    assert!(matches!(write_skyc(&show), Err(WriteError::NotFinite { .. })));
    let mut show = rich_show();
    show.vehicles[0].home_m.x = f64::INFINITY;
    assert!(matches!(write_skyc(&show), Err(WriteError::NotFinite { .. })));
}

#[test]
fn the_hash_of_a_vehicle_sees_every_part() {
    let vehicle = rich_show().vehicles[0].clone();
    let mut others = vec![vehicle.clone(); 4];
    others[0].name.push('x');
    others[1].home_m.z += 1e-9;
    others[2].trajectory.push_hold(1_000_000).unwrap();
    others[3].lights.push(kapok_show::LightKey { t_ms: 99_999, colour: kapok_show::Rgb::BLACK, fade: true });
    let mut hashes: Vec<String> = others.iter().chain([&vehicle]).map(vehicle_sha256).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 5);
}

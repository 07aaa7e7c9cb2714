//! What is written as .skyc comes back equal, and the same bytes come out every time.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use std::io::{Cursor, Read};

use kapok_format::{
    Format, ReadBounds, WriteError, content_sha256, detect, read, read_skyc, vehicle_sha256, write_skyc,
};
use kapok_show::{DVec3, LimitField, ReturnAction, Trajectory, Vehicle, YawProgram};
use serde_json::{Value, json};
use support::rich_show;

#[test]
fn every_field_comes_back_equal_and_without_notes() {
    let show = rich_show();
    let bytes = write_skyc(&show).unwrap();
    let decoded = read_skyc(&bytes, &ReadBounds::default()).unwrap();
    assert_eq!(decoded.show, show);
    assert_eq!(decoded.notes, Vec::<String>::new());
    assert_eq!(decoded.limits_from_file.defaulted, Vec::<LimitField>::new());
    assert_eq!(decoded.limits_from_file.from_file.len(), 13);
    assert_eq!(decoded.vehicle_sha256, show.vehicles.iter().map(vehicle_sha256).collect::<Vec<_>>());
    assert_eq!(detect(&bytes, &ReadBounds::default()), Some(Format::Skyc));
    assert_eq!(read(&bytes, "whatever.bin", &ReadBounds::default()).unwrap(), decoded);
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
    let mut member = |name: &str| -> Value {
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
    let mut others = vec![vehicle.clone(); 12];
    others[0].name.push('x');
    others[1].home_m.z += 1e-9;
    others[2].trajectory.push_hold(1_000_000).unwrap();
    others[3].lights.push(kapok_show::LightKey { t_ms: 99_999, colour: kapok_show::Rgb::BLACK, fade: true });
    others[4].group = 0;
    others[5].yaw = None;
    others[6].yaw = YawProgram::from_keys(support::rich_yaw().keys().to_vec(), None);
    others[7].pyro.as_mut().unwrap().events[1].channel = 254;
    others[8].pyro.as_mut().unwrap().payloads.get_mut("gerb").unwrap().pitch_deg = None;
    others[9].return_to_home.as_mut().unwrap().max_acceleration_m_s2 = None;
    others[10].return_to_home.as_mut().unwrap().entries[2].landing_altitude_m = Some(0.25);
    others[11].return_to_home.as_mut().unwrap().entries[2].action = ReturnAction::Land;
    let mut hashes: Vec<String> = others.iter().chain([&vehicle]).map(vehicle_sha256).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 13);
}

#[test]
fn yaw_fireworks_return_to_home_and_music_stand_where_other_programs_look() {
    let bytes = write_skyc(&rich_show()).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut raw = |name: &str| {
        let mut content = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    };
    assert_eq!(raw("assets/music.mp3"), rich_show().audio.unwrap().bytes.to_vec());
    let mut member = |name: &str| -> Value { serde_json::from_slice(&raw(name)).unwrap() };
    let show = member("show.json");
    let audio = json!({"data": {"$ref": "./assets/music.mp3"}, "mediaType": "audio/mpeg",
        "filename": "夜 \"1\".mp3", "startTime": -1.001});
    assert_eq!(show["media"], json!({ "audio": audio }));
    assert_eq!(show["settings"]["validation"]["maxYawRate"], 41.5);
    let polygons = &show["settings"]["geofence"]["polygons"];
    assert_eq!((&polygons[0]["isInclusion"], &polygons[1]["isInclusion"]), (&json!(true), &json!(false)));
    assert_eq!(polygons[1]["points"][1], json!([0.25, -9.0]));
    let settings = &show["swarm"]["drones"][0]["settings"];
    assert_eq!(settings["group"], 255);
    assert_eq!(settings["rthPlan"]["$ref"], "./drones/Drone 1/rthPlan.json#");
    assert_eq!(show["swarm"]["drones"][1]["settings"].get("pyro"), None);
    assert_eq!(
        member("drones/Drone 1/yawControl.json"),
        json!({"version": 1, "autoYaw": true, "autoYawOffset": -90.5,
            "setpoints": [[-0.003, 0], [4.001, 350], [4.002, 1e-7], [9.999, -1234.567]]})
    );
    assert_eq!(
        member("drones/Drone 1/pyro.json"),
        json!({"version": 1, "events": [[2, 0, "gerb"], [4.567, 255, "\"\\"], [4.567, 3, "gerb"]], "payloads": {
            "gerb": {"name": "噴泉 30 s", "prefireTime": 0.001, "duration": 30.25, "yaw": -12.5, "pitch": -90},
            "\"\\": {"name": ""}}})
    );
    let plan = member("drones/Drone 1/rthPlan.json");
    assert_eq!((&plan["landingSpeed"], &plan["landingAltitude"]), (&json!(1.25), &json!(-0.05)));
    // Landing is where the vehicle is: on the ground at 0 s.
    assert_eq!(plan["entries"][0], json!({"time": 0, "action": "land", "target": [2.2, -1.1, 0], "duration": 0}));
    assert_eq!(plan["entries"][1]["action"], "goToKeepAlt");
    assert_eq!(
        plan["entries"][2],
        json!({"time": 5, "action": "goToStraight", "target": [-7.3, -0.1, 12], "duration": 30.001, "preDelay": 1.5,
            "postDelay": 0.003, "preNeckDuration": 2.001, "preNeck": 4.75, "landingAltitude": 0.5})
    );
    assert_eq!(show["kapok"]["return_accelerations"], json!([[0, 3.2]]));
}

#[test]
fn programs_that_make_no_sense_are_refused() {
    let refused = |change: &dyn Fn(&mut Vehicle)| {
        let mut show = rich_show();
        change(&mut show.vehicles[0]);
        let error = write_skyc(&show).unwrap_err();
        assert!(matches!(error, WriteError::NotCarried { .. } | WriteError::NotFinite { .. }), "{error}");
        assert!(error.to_string().contains("Drone 1"), "{error}");
    };
    refused(&|v| v.pyro.as_mut().unwrap().events[0].payload.push('x'));
    refused(&|v| v.pyro.as_mut().unwrap().events.swap(0, 1));
    refused(&|v| v.pyro.as_mut().unwrap().payloads.get_mut("gerb").unwrap().duration_ms = Some(-1));
    refused(&|v| v.pyro.as_mut().unwrap().payloads.get_mut("gerb").unwrap().yaw_deg = Some(f64::NAN));
    refused(&|v| v.return_to_home.as_mut().unwrap().landing_speed_m_s = 0.0);
    refused(&|v| v.return_to_home.as_mut().unwrap().entries[1].time_s = 0);
    refused(&|v| v.return_to_home.as_mut().unwrap().entries[1].pre_delay_ms = -1);
    refused(&|v| v.return_to_home.as_mut().unwrap().entries[1].landing_altitude_m = Some(f64::INFINITY));
}

//! .skyc files of other programs: what is missing is defaulted and noted, what is odd is read as the field reads it.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_format::{Decoded, ReadBounds, ReadError, read_skyc, write_skyc};
use kapok_show::{ChapterKind, DVec2, DVec3, FenceLimits, KeepOutShape, LimitField, Limits, Neck, ReturnAction, Rgb};
use support::{LINE, archive, member, one_drone, rich_show, skyc};

fn read(show_json: &str) -> Decoded {
    read_skyc(&skyc(show_json), &ReadBounds::default()).unwrap()
}

fn noted(decoded: &Decoded, text: &str) -> bool {
    decoded.notes.iter().any(|n| n.contains(text))
}

#[test]
fn the_least_file_is_read_and_every_assumption_noted() {
    let decoded = read(&one_drone(&format!(r#"{{"trajectory":{LINE}}}"#)));
    let drone = &decoded.show.vehicles[0];
    assert_eq!(drone.name, "Drone 1");
    assert_eq!(drone.home_m, DVec3::ZERO);
    // North-west-up (1, 2, 3) is 2 m to the right's opposite, 1 m ahead, 3 m up.
    assert_eq!(drone.trajectory.end_point_m(), DVec3::new(-2.0, 1.0, 3.0));
    assert_eq!(drone.trajectory.end_ms(), 10_000);
    assert_eq!(drone.lights.sample(0.0), Rgb::WHITE);
    // What the field's viewer and safety check take for files without limits.
    let limits = decoded.show.limits;
    assert_eq!((limits.min_separation_m, limits.max_altitude_m), (3.0, 150.0));
    let speeds = [limits.max_velocity_xy_m_s, limits.max_velocity_up_m_s, limits.max_velocity_down_m_s];
    assert_eq!(speeds, [10.0, 2.0, 2.0]);
    assert_eq!((limits.max_acceleration_m_s2, limits.min_navigation_altitude_m), (4.0, 2.5));
    assert_eq!(limits.validate(), Ok(()));
    assert_eq!(decoded.limits_from_file.from_file, Vec::<LimitField>::new());
    for text in [
        "no name",
        "constantly white",
        "no home",
        "no title",
        "where the show stands",
        "min_separation_m = 3",
        "profile",
    ] {
        assert!(noted(&decoded, text), "{text}: {:?}", decoded.notes);
    }
}

#[test]
fn a_show_for_indoors_has_the_limits_of_a_hall() {
    let show = format!(
        r#"{{"version":1,"environment":{{"type":"indoor"}},"swarm":{{"drones":[{{"settings":{{"trajectory":{LINE}}}}}]}}}}"#
    );
    let decoded = read(&show);
    let l = decoded.show.limits;
    assert_eq!(
        (l.min_separation_m, l.max_altitude_m, l.max_velocity_xy_m_s, l.max_velocity_up_m_s),
        (0.5, 6.0, 2.5, 1.0)
    );
    assert!(l.min_navigation_altitude_m < l.max_altitude_m && l.validate().is_ok());
    assert!(noted(&decoded, "min_separation_m = 0.5") && noted(&decoded, "indoors"), "{:?}", decoded.notes);
}

#[test]
fn notes_of_many_drones_are_counted_not_repeated() {
    let drones = vec![format!(r#"{{"settings":{{"trajectory":{LINE}}}}}"#); 500].join(",");
    let decoded = read(&format!(r#"{{"version":1,"swarm":{{"drones":[{drones}]}}}}"#));
    assert!(decoded.notes.len() < 12, "{:?}", decoded.notes);
    assert!(noted(&decoded, "500 drones (the first is \"Drone 1\"): it has no lights"));
}

#[test]
fn references_lead_to_members_fragments_and_through_each_other() {
    let lights = STANDARD.encode([4u8, 255, 0, 0, 0, 0]);
    let show = r#"{"version":1,"extra":[{"$ref":"./nowhere.json"}],
        "swarm":{"$ref":"./swarm.json"},
        "settings":{"cues":{"$ref":"cues.json#"}},
        "environment":{"location":{"$ref":"./all.json#/places/here"}}}"#;
    let swarm = r#"{"drones":[
        {"type":"generic","settings":{"name":"A","trajectory":{"$ref":"./drones/Drone%201/trajectory.json#"},
            "lights":{"$ref":"./drones/Drone 1/lights.json#"}}},
        {"type":"generic","settings":{"$ref":"./all.json#/settings/b~1c"}},
        {"type":"generic","settings":{"name":"C","trajectory":{"version":1,"points":{"$ref":"all.json#/points"}}}}]}"#;
    let all = format!(
        r##"{{"places":{{"here":{{"origin":[475000000,190000000,100000],"orientation":"90.5"}}}},"points":[[0,[0,0,0],[]],[2,[0,0,1],[]]],
            "settings":{{"b/c":{{"name":"B","trajectory":{{"$ref":"#/line"}}}}}},"line":{LINE}}}"##
    );
    let bytes = archive(&[
        ("show.json", show.as_bytes()),
        ("swarm.json", swarm.as_bytes()),
        ("all.json", all.as_bytes()),
        ("cues.json", br#"{"version":1,"items":[{"name":"go","time":1}]}"#),
        ("drones/Drone 1/trajectory.json", LINE.as_bytes()),
        ("drones/Drone 1/lights.json", format!(r#"{{"version":1,"data":"{lights}"}}"#).as_bytes()),
        ("assets/music.mp3", b"not JSON"),
    ]);
    let decoded = read_skyc(&bytes, &ReadBounds::default()).unwrap();
    let names: Vec<&str> = decoded.show.vehicles.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "C"]);
    assert_eq!(decoded.show.vehicles[0].trajectory, decoded.show.vehicles[1].trajectory);
    assert_eq!(decoded.show.vehicles[0].lights.sample(0.0), Rgb::new(255, 0, 0));
    assert_eq!(decoded.show.vehicles[2].trajectory.end_ms(), 2000);
    assert_eq!(decoded.show.site.origin.latitude_deg, 47.5);
    assert_eq!(decoded.show.site.heading_deg, 90.5);
    assert_eq!(decoded.show.chapters[0].name, "go");
}

#[test]
fn times_count_from_takeoff_and_are_rounded_as_absolute_times() {
    let trajectory = r#"{"version":1,"takeoffTime":5.0004,"landingTime":9,"points":[[0,[0,0,0],[]],[1.0004,[0,0,1]],[2.0004,[0,0,2],[[0,0,1],[0,0,2]],"extra"]]}"#;
    let decoded = read(&one_drone(&format!(r#"{{"name":"A","trajectory":{trajectory}}}"#)));
    let t = &decoded.show.vehicles[0].trajectory;
    let ends: Vec<i64> = t.segments().map(|s| s.end_ms).collect();
    assert_eq!((t.start_ms(), ends), (5000, vec![6001, 7001]));
    assert!(noted(&decoded, "3 times are no whole milliseconds"), "{:?}", decoded.notes);
    assert!((decoded.time_error_ms - 0.4).abs() < 1e-9, "the proof is told of the farthest: {}", decoded.time_error_ms);
    assert_eq!(t.segment(1).degree(), 3);
    assert_eq!(t.segment(1).control_m[1], DVec3::new(0.0, 0.0, 1.0));
}

#[test]
fn stated_limits_are_taken_and_the_rest_named() {
    let show = r#"{"version":1,"settings":{"validation":{"maxAltitude":2,"maxVelocityXY":8,"maxVelocityZ":2.5,"maxVelocityZUp":4,
        "minDistance":3,"maxAccelerationXY":4,"maxAccelerationZ":3,"maxYawRate":35}},"swarm":{"drones":[{"settings":{"trajectory":LINE}}]}}"#;
    let decoded = read(&show.replace("LINE", LINE));
    let limits = decoded.show.limits;
    assert_eq!((limits.max_altitude_m, limits.max_velocity_xy_m_s, limits.min_separation_m), (2.0, 8.0, 3.0));
    assert_eq!((limits.max_velocity_up_m_s, limits.max_velocity_down_m_s), (4.0, 2.5));
    assert_eq!(limits.max_acceleration_m_s2, 3.0);
    assert_eq!(limits.min_navigation_altitude_m, 0.0, "the default would be above the ceiling");
    assert_eq!(limits.max_yaw_rate_deg_s, 35.0);
    assert_eq!(decoded.limits_from_file.from_file.len(), 7);
    assert!(decoded.limits_from_file.defaulted.contains(&LimitField::MaxJerk));
    assert!(noted(&decoded, "max_jerk_m_s3 = 4") && noted(&decoded, "min_navigation_altitude_m"));
}

#[test]
fn fences_cameras_and_cues_become_what_kapok_knows() {
    let show = r#"{"version":1,"meta":{"title":"T","segments":{"takeoff":[0,2],"show":[2,8],"landing":[8,10]}},
        "environment":{"cameras":[{"name":"side"},{"type":"perspective","name":"main","position":[-100,0,2],"orientation":[0.5,0.5,-0.5,-0.5],"default":true}]},
        "settings":{"cues":{"version":1,"items":[{"name":"b","time":2},{"name":"a","time":0},{"name":"c","time":8},{"name":"late","time":99}]},
          "geofence":{"version":1,"maxAltitude":100,"polygons":[{"isInclusion":true,"points":[[0,0],[10,0],[0,10]]},{"isInclusion":false,"points":[[1,1],[2,1],[1,2]]},{"isInclusion":false,"points":[[20,1],[22,1],[20,2]]}]}},
        "swarm":{"drones":[{"settings":{"trajectory":LINE}}]}}"#;
    let decoded = read(&show.replace("LINE", LINE));
    let around = &decoded.show.environment;
    assert_eq!(around.geofence.as_ref().unwrap().polygon_m, [(0.0, 0.0), (0.0, 10.0), (-10.0, 0.0)].map(DVec2::from));
    assert_eq!(around.geofence.as_ref().unwrap().holes_m, [[(-1.0, 1.0), (-1.0, 2.0), (-2.0, 1.0)].map(DVec2::from)]);
    assert_eq!(around.keep_outs.len(), 1, "only what is not inside");
    assert!(matches!(&around.keep_outs[0].shape, KeepOutShape::Prism { polygon_m, .. } if polygon_m.len() == 3));
    assert_eq!(around.audiences[0].name, "main");
    assert_eq!(around.audiences[0].eye_m, DVec3::new(0.0, -100.0, 2.0));
    let looks = (around.audiences[0].look_at_m - around.audiences[0].eye_m).normalize();
    assert!((looks - DVec3::Y).length() < 1e-12, "along the heading: {looks}");
    let chapters: Vec<(&str, ChapterKind, i64, i64)> =
        decoded.show.chapters.iter().map(|c| (c.name.as_str(), c.kind, c.start_ms, c.end_ms)).collect();
    assert_eq!(
        chapters,
        [
            ("a", ChapterKind::Takeoff, 0, 2000),
            ("b", ChapterKind::Formation, 2000, 8000),
            ("c", ChapterKind::Landing, 8000, 99_000)
        ]
    );
    assert!(noted(&decoded, "sorted") && noted(&decoded, "1 cues") && noted(&decoded, "exclusion"));
}

#[test]
fn what_kapok_cannot_hold_is_noted() {
    let settings = format!(
        r#"{{"name":"A","home":[0,0,0],"landAt":[9,9,0],"trajectory":{LINE},"yawControl":{{"setpoints":[],"autoYawOffset":5}},
            "rthPlan":{{"landingSpeed":1,"entries":[{{"time":0,"action":"land","target":[1,0,0]}},
                {{"time":5,"action":"goToKeepAlt","target":[1,0,99],"duration":3}}]}}}}"#
    );
    let show = one_drone(&settings).replacen('{', r#"{"media":{"video":7},"environment":{"type":"indoor"},"#, 1);
    let decoded = read(&show);
    for text in ["automatic yaw", "lands in place", "another height", "media other", "place to land", "indoors"] {
        assert!(noted(&decoded, text), "{text}: {:?}", decoded.notes);
    }
    assert_eq!(decoded.show.audio, None);
    assert_eq!(decoded.show.vehicles[0].return_to_home.as_ref().unwrap().entries.len(), 2);
}

/// Everything a drone may have beside motion and light, in the forms that other programs write.
#[test]
fn all_parts_of_a_drone_are_read() {
    let settings = format!(
        r#"{{"name":"A","group":7.0,"trajectory":{LINE},"lights":null,"pyro":{{"$ref":"./a.json#/pyro"}},
            "yawControl":{{"version":1,"setpoints":[[0,10],[2.0004,-350.25]],"autoYaw":true}},
            "rthPlan":{{"$ref":"./a.json#/plan"}}}}"#
    );
    let other = r#"{"pyro":{"version":1,"events":[[9,2,"b"],[3.5,0,"b"]],"payloads":{"b":{"name":"bang","color":"red","duration":0.5}}},
        "plan":{"landingSpeed":0.5,"entries":[
          {"time":3.0,"action":"goToStraight","target":[5,-2,20],"duration":7.25,"preNeck":-1,"preNeckDuration":2,"landingAltitude":1}]}}"#;
    let show = one_drone(&settings).replacen('{', r#"{"media":{"audio":{"data":"AAEC/w","startTime":1.5}},"#, 1);
    let bytes = archive(&[("show.json", show.as_bytes()), ("a.json", other.as_bytes())]);
    let decoded = read_skyc(&bytes, &ReadBounds::default()).unwrap();
    let drone = &decoded.show.vehicles[0];
    assert_eq!(drone.group, 7);
    let yaw = drone.yaw.as_ref().unwrap();
    assert_eq!((yaw.keys()[1].t_ms, yaw.keys()[1].yaw_deg, yaw.auto_offset_deg()), (2000, -350.25, Some(0.0)));
    let pyro = drone.pyro.as_ref().unwrap();
    assert_eq!(pyro.events.iter().map(|e| (e.t_ms, e.channel)).collect::<Vec<_>>(), [(3500, 0), (9000, 2)]);
    assert_eq!(pyro.payloads["b"].duration_ms, Some(500));
    let plan = drone.return_to_home.as_ref().unwrap();
    assert_eq!((plan.landing_altitude_m, plan.max_acceleration_m_s2), (0.0, None));
    let neck = Some(Neck { height_m: -1.0, duration_ms: 2000 });
    let action = ReturnAction::Straight { target_m: DVec3::new(2.0, 5.0, 20.0), duration_ms: 7250, neck };
    assert_eq!((plan.entries[0].time_s, plan.entries[0].action), (3, action));
    assert_eq!(plan.entries[0].landing_altitude_m, Some(1.0));
    let audio = decoded.show.audio.as_ref().unwrap();
    assert_eq!((&audio.bytes[..], audio.start_ms, audio.file_name.as_ref()), (&[0, 1, 2, 255][..], 1500, None));
    for text in ["sorted", "audio/mpeg is assumed", "1 time is no whole millisecond"] {
        assert!(noted(&decoded, text), "{text}: {:?}", decoded.notes);
    }
}

#[test]
fn malformed_parts_are_refused_with_place_and_value() {
    let refused = |part: &str, words: &[&str]| {
        let settings = format!(r#"{{"name":"A","trajectory":{LINE},{part}}}"#);
        let error = read_skyc(&skyc(&one_drone(&settings)), &ReadBounds::default()).unwrap_err().to_string();
        for word in words.iter().chain(&["show.json, drone 0 \"A\""]) {
            assert!(error.contains(word), "no \"{word}\" in: {error}");
        }
    };
    refused(r#""group":256"#, &["group 256", "from 0 to 255"]);
    refused(r#""group":1.5"#, &["group 1.5"]);
    refused(r#""yawControl":{"version":2,"setpoints":[]}"#, &["yawControl.version", "2", "yaw control"]);
    refused(
        r#""yawControl":{"setpoints":[[0,0],[1,0],[1.0001,5]]}"#,
        &["yawControl.setpoints[2]", "1.0001", "increase"],
    );
    refused(r#""yawControl":{"setpoints":[[1e9,0]]}"#, &["setpoints[0]", "beyond any show"]);
    refused(r#""yawControl":{"setpoints":[[0,1e999]]}"#, &["number out of range"]);
    refused(r#""yawControl":{}"#, &["setpoints"]);
    refused(r#""pyro":{"events":[]}"#, &["payloads"]);
    refused(r#""pyro":{"payloads":{}}"#, &["events"]);
    refused(r#""pyro":{"events":[[0,0,"x"]],"payloads":{}}"#, &["pyro.events[0]", "payload \"x\""]);
    refused(r#""pyro":{"events":[[0,256,"x"]],"payloads":{"x":{}}}"#, &["channel 256"]);
    refused(r#""pyro":{"events":[[0,-1,"x"]],"payloads":{"x":{}}}"#, &["channel -1"]);
    refused(r#""pyro":{"events":[],"payloads":{"x":{"duration":-1}}}"#, &["payloads.x.duration", "-1 s"]);
    let plan = |more: &str| format!(r#""rthPlan":{{"landingSpeed":1,"entries":[{more}]}}"#);
    let entry = |more: &str| plan(&format!(r#"{{"target":[0,0,0],{more}}}"#));
    refused(r#""rthPlan":{"landingSpeed":0,"entries":[]}"#, &["rthPlan.landingSpeed", "above 0"]);
    refused(r#""rthPlan":{"entries":[]}"#, &["landingSpeed"]);
    refused(&entry(r#""time":1.5,"action":"land""#), &["rthPlan.entries[0].time", "time 1.5 s", "whole seconds"]);
    refused(&entry(r#""time":-1,"action":"land""#), &["time -1 s"]);
    refused(&entry(r#""time":1e10,"action":"land""#), &["time 10000000000 s"]);
    refused(&entry(r#""time":1,"action":"fly""#), &["entries[0].action", "\"fly\"", "goToKeepAlt"]);
    refused(&entry(r#""time":1,"action":"land","duration":4"#), &["entries[0].duration", "duration 4 s"]);
    refused(&entry(r#""time":1,"action":"goToKeepAlt","duration":-4"#), &["entries[0].duration", "-4 s"]);
    refused(&entry(r#""time":1,"action":"goToKeepAlt","preNeck":3,"preNeckDuration":2"#), &["goToStraight only"]);
    refused(&entry(r#""time":1,"action":"goToStraight","preNeck":3"#), &["preNeckDuration"]);
    refused(&plan(r#"{"time":1,"action":"land","target":[0,0]}"#), &["rthPlan"]);
    let land = r#"{"time":1,"action":"land","target":[0,0,0]}"#;
    refused(&plan(&format!("{land},{land}")), &["entries[1].time", "every time occurs once"]);
}

#[test]
fn counts_of_parts_are_limited() {
    let fence = format!("[{}]", vec!["[0,0]"; 10_001].join(","));
    let limited = |drone: &str, head: &str, field: &str| {
        let show =
            one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}{drone}}}"#)).replacen('{', &format!("{{{head}"), 1);
        let limits = ReadBounds {
            max_yaw_keys: 2,
            max_pyro_events: 2,
            max_return_entries: 2,
            max_audio_bytes: 2,
            ..ReadBounds::default()
        };
        match read_skyc(&skyc(&show), &limits) {
            Err(ReadError::OverLimit { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    };
    limited(r#","yawControl":{"setpoints":[[0,0],[1,0],[2,0]]}"#, "", "max_yaw_keys");
    limited(r#","pyro":{"events":[[0,0,"a"],[1,0,"a"],[2,0,"a"]],"payloads":{"a":{}}}"#, "", "max_pyro_events");
    limited(r#","pyro":{"events":[],"payloads":{"a":{},"b":{},"c":{}}}"#, "", "max_pyro_events");
    let land = r#"{"time":1,"action":"land","target":[0,0,0]}"#;
    let entries = [land; 3].join(",");
    limited(&format!(r#","rthPlan":{{"landingSpeed":1,"entries":[{entries}]}}"#), "", "max_return_entries");
    limited("", r#""media":{"audio":{"data":"AAEC"}},"#, "max_audio_bytes");
    let polygons = format!(r#""settings":{{"geofence":{{"polygons":[{{"points":{fence}}}]}}}},"#);
    limited("", &polygons, "max_fence_corners");
}

#[test]
fn a_light_program_without_end_is_unrolled_to_the_end_of_the_flight() {
    // For ever: white 1 s, black 1 s.
    let data = STANDARD.encode([0x0c, 0, 7, 50, 6, 50, 0x0d]);
    let decoded =
        read(&one_drone(&format!(r#"{{"name":"A","trajectory":{LINE},"lights":{{"version":1,"data":"{data}"}}}}"#)));
    assert_eq!(decoded.show.vehicles[0].lights.keys().len(), 10);
    assert!(noted(&decoded, "never ends; it was unrolled up to 10 s"), "{:?}", decoded.notes);
}

/// Section 4.2 of the format: a program counts from 0 whatever the motion does, so it goes on after the drone has landed.
#[test]
fn lights_without_end_go_on_until_the_last_drone_has_landed() {
    let data = STANDARD.encode([0x0c, 0, 7, 50, 6, 50, 0x0d]);
    let short = r#"{"version":1,"points":[[0,[0,0,0],[]],[2,[0,0,1],[]]]}"#;
    let lights = format!(r#""lights":{{"version":1,"data":"{data}"}}"#);
    let decoded = read(&format!(
        r#"{{"version":1,"swarm":{{"drones":[{{"settings":{{"name":"A","trajectory":{short},{lights}}}}},
            {{"settings":{{"name":"B","trajectory":{LINE},{lights}}}}}]}}}}"#
    ));
    let [a, b] = &decoded.show.vehicles[..] else { panic!("two drones") };
    assert_eq!(a.trajectory.end_ms(), 2000);
    for second in 0..10 {
        let expected = if second % 2 == 0 { Rgb::WHITE } else { Rgb::BLACK };
        let t_ms = 1000.0 * f64::from(second) + 500.0;
        assert_eq!((a.lights.sample(t_ms), b.lights.sample(t_ms)), (expected, expected), "at {t_ms} ms");
    }
    assert!(noted(&decoded, "2 drones (the first is \"A\"): the light program never ends"), "{:?}", decoded.notes);
    // The keys of all are counted when they are unrolled.
    let limits = ReadBounds { max_light_keys: 19, ..ReadBounds::default() };
    let show = format!(
        r#"{{"version":1,"swarm":{{"drones":[{{"settings":{{"name":"A","trajectory":{short},{lights}}}}},
            {{"settings":{{"name":"B","trajectory":{LINE},{lights}}}}}]}}}}"#
    );
    assert!(matches!(
        read_skyc(&skyc(&show), &limits),
        Err(ReadError::OverLimit { field: "max_light_keys", value: 20, .. })
    ));
}

/// Section 3: a name is optional, so a drone without one may stand beside a drone that is called like its number.
#[test]
fn a_drone_without_a_name_takes_a_free_one() {
    let named = format!(r#"{{"settings":{{"name":"Drone 1","trajectory":{LINE}}}}}"#);
    let other = format!(r#"{{"settings":{{"name":"Drone 1 (2)","trajectory":{LINE}}}}}"#);
    let nameless = format!(r#"{{"settings":{{"trajectory":{LINE}}}}}"#);
    let decoded = read(&format!(r#"{{"version":1,"swarm":{{"drones":[{nameless},{named},{other},{nameless}]}}}}"#));
    let names: Vec<&str> = decoded.show.vehicles.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["Drone 1 (3)", "Drone 1", "Drone 1 (2)", "Drone 4"]);
}

fn fenced(fence: &str) -> String {
    one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}}}"#)).replacen(
        '{',
        &format!(r#"{{"settings":{{"geofence":{{"version":1,{fence}}}}},"#),
        1,
    )
}

#[test]
fn heights_and_distances_of_a_fence_are_kept() {
    let square = r#"{"points":[[0,0],[9,0],[9,9],[0,9]]}"#;
    let decoded = read(&fenced(&format!(r#""maxAltitude":10,"minAltitude":-1,"maxDistance":5,"polygons":[{square}]"#)));
    let around = &decoded.show.environment;
    let limits = |max, min, distance, unknown: &[&str]| FenceLimits {
        max_altitude_m: max,
        min_altitude_m: min,
        max_distance_m: distance,
        not_understood: unknown.iter().map(|n| (*n).to_owned()).collect(),
    };
    assert_eq!(around.fence_limits, limits(Some(10.0), Some(-1.0), Some(5.0), &[]));
    assert!(noted(&decoded, "from their own pads"));
    // Written again they stand where other programs look for them.
    let bytes = write_skyc(&decoded.show).unwrap();
    assert_eq!(read_skyc(&bytes, &ReadBounds::default()).unwrap().show, decoded.show);
    let show_json = member(&bytes, "show.json");
    let stated = &show_json["settings"]["geofence"];
    assert_eq!([&stated["maxAltitude"], &stated["minAltitude"], &stated["maxDistance"]], [10.0, -1.0, 5.0]);
    // Without a polygon, too; null states nothing; a fence that is switched off bounds nothing.
    let around = |fence: &str| read(&fenced(fence)).show.environment;
    let heights = around(r#""maxAltitude":10,"minAltitude":null"#);
    assert_eq!((heights.geofence, heights.fence_limits), (None, limits(Some(10.0), None, None, &[])));
    assert_eq!(around(r#""maxAltitude":10,"enabled":false"#).fence_limits, FenceLimits::default());
    // What is not known is remembered by its name, and survives writing.
    let strange = format!(
        r#""circles":[1],"action":"return","zones":null,"polygons":[{}]"#,
        square.replacen('{', r#"{"maxAltitude":3,"#, 1)
    );
    let decoded = read(&fenced(&strange));
    assert_eq!(decoded.show.environment.fence_limits, limits(None, None, None, &["circles", "polygons.maxAltitude"]));
    let back = read_skyc(&write_skyc(&decoded.show).unwrap(), &ReadBounds::default()).unwrap();
    assert_eq!(back.show.environment, decoded.show.environment);
    // Places to fly to are no bound.
    assert_eq!(around(r#""rallyPoints":[[0,0]]"#).fence_limits, FenceLimits::default());
    assert!(noted(&read(&fenced(r#""rallyPoints":[[0,0]]"#)), "fly to"));
}

#[test]
fn a_vehicle_must_be_inside_of_every_inclusion_polygon() {
    let decoded = read(&fenced(r#""polygons":[{"points":[[0,0],[9,0],[0,9]]},{"points":[[1,1],[2,1],[1,2]]}]"#));
    let fence = decoded.show.environment.geofence.as_ref().unwrap();
    assert_eq!(fence.also_inside_m, [[(-1.0, 1.0), (-1.0, 2.0), (-2.0, 1.0)].map(DVec2::from)]);
    assert!(noted(&decoded, "inside of each of the 2"), "{:?}", decoded.notes);
    let back = read_skyc(&write_skyc(&decoded.show).unwrap(), &ReadBounds::default()).unwrap();
    assert_eq!(back.show, decoded.show);
}

#[test]
fn an_outline_may_end_where_it_began_and_repeat_corners() {
    let of = |points: &str| {
        let fence = format!(r#""polygons":[{{"points":{points}}}]"#);
        read(&fenced(&fence)).show.environment.geofence.unwrap().polygon_m
    };
    let plain = of("[[0,0],[9,0],[0,9]]");
    assert_eq!(of("[[0,0],[9,0],[0,9],[0,0]]"), plain);
    assert_eq!(of("[[0,0],[0,0],[9,0],[0,9],[0,9]]"), plain);
}

#[test]
fn limits_that_are_not_known_are_noted() {
    let show = one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}}}"#)).replacen(
        '{',
        r#"{"settings":{"validation":{"version":1,"minDistance":2,"maxSnap":9}},"#,
        1,
    );
    assert!(noted(&read(&show), "`settings.validation.maxSnap`"));
}

#[test]
fn cameras_are_no_areas() {
    let show = one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}}}"#)).replacen(
        '{',
        r#"{"environment":{"cameras":[{"name":"Camera"}]},"#,
        1,
    );
    let decoded = read(&show);
    assert_eq!(decoded.show.environment.audiences.len(), 1, "still a place to look from");
    assert_eq!(decoded.show.environment.audience_areas().count(), 0);
    assert!(noted(&decoded, "not areas with spectators"));
}

#[test]
fn a_show_for_indoors_stays_one() {
    let show = one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}}}"#));
    let decoded = read(&show.replacen('{', r#"{"environment":{"type":"indoor"},"#, 1));
    assert!(decoded.show.environment.indoor && !read(&show).show.environment.indoor);
    assert_eq!(decoded.show.limits.max_wind_m_s, 0.0, "nothing blows in a hall");
    let bytes = write_skyc(&decoded.show).unwrap();
    assert_eq!(member(&bytes, "show.json")["environment"]["type"], "indoor");
    assert_eq!(read_skyc(&bytes, &ReadBounds::default()).unwrap().show, decoded.show);
}

/// Where nothing states a pad, a motion that begins in the air has its pad below.
#[test]
fn a_missing_pad_is_on_the_ground() {
    let home = |start: &str| {
        let trajectory = format!(r#"{{"version":1,"points":[[0,{start},[]],[10,[1,2,30],[]]]}}"#);
        read(&one_drone(&format!(r#"{{"name":"A","trajectory":{trajectory}}}"#))).show.vehicles[0].home_m
    };
    assert_eq!(home("[0,0,20]"), DVec3::ZERO);
    assert_eq!(home("[0,0,-3]"), DVec3::ZERO);
    assert_eq!(home("[0,0,0.05]"), DVec3::new(0.0, 0.0, 0.05));
}

#[test]
fn another_landing_place_is_kept() {
    let drone = format!(r#"{{"name":"A","home":[0,0,0],"landAt":[9,8,0],"trajectory":{LINE}}}"#);
    let decoded = read(&one_drone(&drone));
    assert_eq!(decoded.show.vehicles[0].land_at_m, Some(DVec3::new(-8.0, 9.0, 0.0)));
    let back = read_skyc(&write_skyc(&decoded.show).unwrap(), &ReadBounds::default()).unwrap();
    assert_eq!(back.show, decoded.show);
    assert_ne!(back.vehicle_sha256, read(&one_drone(&drone.replace("[9,8,0]", "[9,8,1]"))).vehicle_sha256);
}

/// Section 3: what is done at the fence is a matter of safety; what Kapok writes says something else, so the reader emits a note.
#[test]
fn another_action_at_the_fence_is_noted() {
    let show = |action: &str| {
        one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}}}"#)).replacen(
            '{',
            &format!(
                r#"{{"settings":{{"geofence":{{"version":1,{action}"polygons":[{{"points":[[0,0],[9,0],[0,9]]}}]}}}},"#
            ),
            1,
        )
    };
    for (action, told) in [(r#""action":"land","#, true), (r#""action":"return","#, false), ("", false)] {
        assert_eq!(noted(&read(&show(action)), "breaks the geofence"), told, "{action}");
    }
}

/// Rewrites one member of a written file, as another program would, and reads it.
fn edited(edit: impl Fn(&str, String) -> String) -> Result<Decoded, ReadError> {
    use std::io::Read;
    let bytes = write_skyc(&rich_show()).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut members = Vec::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        // The music is no text.
        let content = match String::from_utf8(content) {
            Ok(text) => edit(&name, text).into_bytes(),
            Err(e) => e.into_bytes(),
        };
        members.push((name, content));
    }
    let members: Vec<(&str, &[u8])> = members.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
    read_skyc(&archive(&members), &ReadBounds::default())
}

#[test]
fn members_that_another_program_changed_win_over_the_added_object() {
    let swap = |from: &'static str, to: &'static str| {
        edited(move |_, text| if text.contains(from) { text.replacen(from, to, 1) } else { text }).unwrap()
    };
    let original = rich_show();
    let slower = swap(r#""minDistance":1.7"#, r#""minDistance":2.5"#);
    assert_eq!(slower.show.limits, Limits { min_separation_m: 2.5, ..original.limits });
    assert!(noted(&slower, "min_separation_m") && slower.notes.len() == 1, "{:?}", slower.notes);

    let moved = swap("[231065123,", "[231065124,");
    assert_eq!(moved.show.site.origin.latitude_deg, 23.106_512_4);
    assert!(noted(&moved, "location") && moved.notes.len() == 1, "{:?}", moved.notes);

    let renamed = swap(r#"{"name":"down","#, r#"{"name":"DOWN","#);
    assert_eq!(renamed.show.chapters[3].name, "DOWN");
    assert!(noted(&renamed, "cues"), "{:?}", renamed.notes);

    let yaw = swap(r#""maxYawRate":41.5"#, r#""maxYawRate":20"#);
    assert_eq!(yaw.show.limits, Limits { max_yaw_rate_deg_s: 20.0, ..original.limits });

    let fence = swap("[-50.0,50.0]", "[-60.0,50.0]");
    assert_eq!(fence.show.environment.geofence.as_ref().unwrap().polygon_m[0], DVec2::new(-50.0, -60.0));
    assert_eq!(fence.show.environment.keep_outs, original.environment.keep_outs);

    // The exact keys of the second drone go with its byte code only.
    let white = STANDARD.encode([7, 0, 0]);
    let lights = edited(|name, text| {
        if name.ends_with("x_2/lights.json") || (name.ends_with("lights.json") && name.contains('_')) {
            format!(r#"{{"version":1,"data":"{white}"}}"#)
        } else {
            text
        }
    })
    .unwrap();
    assert_eq!(lights.show.vehicles[1].lights.sample(0.0), Rgb::WHITE);
    assert_eq!(lights.show.vehicles[1].lights.keys().len(), 1);
    assert!(noted(&lights, "exact keys"), "{:?}", lights.notes);
}

#[test]
fn an_added_object_of_a_later_version_is_left_out_with_a_note() {
    let decoded =
        edited(|_, text| text.replacen("\"kapok\":{\"version\":1,", "\"kapok\":{\"version\":9,\"new\":[],", 1))
            .unwrap();
    assert!(noted(&decoded, "version 9"), "{:?}", decoded.notes);
    assert_eq!(decoded.show.limits.battery_reserve, Limits::default().battery_reserve);
    assert_eq!(decoded.show.limits.min_separation_m, 1.7);
}

/// What older and foreign programs write: members of old files, unknown members, a quadratic piece, light byte code that
/// jumps and has loops inside loops.
#[test]
fn old_members_quadratics_and_jumping_lights_are_read_as_they_are_meant() {
    let code = [
        0x04, 0xff, 0, 0, 50, // 0: red, 1 s
        0x12, 8, 0x00, // 5: over the end
        0x0c, 2, // 8: twice
        0x04, 0, 0xff, 0, 25, // 10: green, 0.5 s
        0x0c, 3, // 15: three times
        0x06, 5, 0x07, 5, 0x0d, // 17: black and white, 0.1 s each
        0x0d, // 22
        0x12, 26, 0x00, // 23: over another end
        0x04, 0, 0, 0xff, 50, // 26: blue
        0x00,
    ];
    let lights = STANDARD.encode(code);
    let show = format!(
        r#"{{"version":1,"settings":{{"connect":{{"old":true}},"later":[1,2]}},"unknown":{{"member":null}},
        "swarm":{{"drones":[{{"type":"generic","settings":{{"mode":"show","name":"A","home":[0,0,0],"extra":7,
        "trajectory":{{"version":1,"points":[[0,[0,0,0],[]],[10,[10,0,10],[[0,0,10]]]],"more":{{}}}},
        "lights":{{"version":1,"data":"{lights}"}}}}}}]}}}}"#
    );
    let drone = &read(&show).show.vehicles[0];
    let piece = drone.trajectory.segment(0);
    assert_eq!(piece.degree(), 2);
    assert_eq!(piece.sample(5000.0).position_m, DVec3::new(0.0, 2.5, 7.5));
    let (red, green, blue) = (Rgb::new(255, 0, 0), Rgb::new(0, 255, 0), Rgb::new(0, 0, 255));
    for (t_ms, colour) in [
        (0.0, red),
        (990.0, red),
        (1010.0, green),
        (1490.0, green),
        (1550.0, Rgb::BLACK),
        (1650.0, Rgb::WHITE),
        (2050.0, Rgb::WHITE),
        (2150.0, green),
        (2650.0, Rgb::BLACK),
        (3150.0, Rgb::WHITE),
        (3250.0, blue),
        (9000.0, blue),
    ] {
        assert_eq!(drone.lights.sample(t_ms), colour, "at {t_ms} ms");
    }
    // Kept through our own writer: the quadratic as a quadratic.
    let decoded = read(&show);
    let again = read_skyc(&write_skyc(&decoded.show).unwrap(), &ReadBounds::default()).unwrap().show;
    assert_eq!(again.vehicles[0].trajectory, decoded.show.vehicles[0].trajectory);
    assert_eq!(again.vehicles[0].lights, decoded.show.vehicles[0].lights);
}

//! Exports of the recorded shows: what is in the files, and what is said of them.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::support;

use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_certify::{Options, Source, Verdict, certify};
use kapok_format::{Format, ReadBounds, detect, read};
use kapok_show::{DVec3, Nwu, Rgb, Show, Silent};
use serde_json::{Value, json};
use support::{Reply, post, recorded};

fn decoded(reply: &Reply, format: Format) -> Show {
    let bytes = reply.file();
    let limits = ReadBounds::default();
    assert_eq!(detect(bytes, &limits), Some(format));
    read(bytes, "file", &limits).unwrap().show
}

/// Samples of a drone of a request: seconds and places.
fn samples(body: &Value, drone: usize) -> Vec<(f64, DVec3)> {
    let settings = &body["input"]["data"]["swarm"]["drones"][drone]["settings"];
    let bytes = STANDARD.decode(settings["trajectory"]["points"].as_str().unwrap()).unwrap();
    bytes
        .chunks_exact(16)
        .map(|q| {
            let f = |k: usize| f64::from(f32::from_le_bytes(q[4 * k..4 * k + 4].try_into().unwrap()));
            (f(0), Nwu(DVec3::new(f(1), f(2), f(3))).to_site())
        })
        .collect()
}

#[test]
fn skyc_holds_the_motion_and_the_light_of_the_scene() {
    let (path, body) = recorded("grid-3m/10-POST-render-skyc-cameras.json");
    let show = decoded(&post(&path, &body), Format::Skyc);
    assert_eq!(show.vehicles.len(), 20);
    assert_eq!(show.vehicles[4].name, "Drone 5");
    for (i, vehicle) in show.vehicles.iter().enumerate() {
        for (t_s, place) in samples(&body, i) {
            let off = vehicle.trajectory.sample(1000.0 * t_s).position_m.distance(place);
            assert!(off < 0.0105, "drone {i} is {off} m off its sample at {t_s} s");
        }
        assert!(vehicle.trajectory.segment_count() < samples(&body, i).len(), "curves, not lines");
        assert!(vehicle.home_m.distance(samples(&body, i)[0].1) < 0.001);
    }
    let keys = &body["input"]["data"]["swarm"]["drones"][0]["settings"]["lights"]["data"];
    for key in keys.as_array().unwrap() {
        let (t, rgb): (f64, [u8; 3]) = (key[0].as_f64().unwrap(), serde_json::from_value(key[1].clone()).unwrap());
        assert_eq!(show.vehicles[0].lights.sample(1000.0 * t), Rgb::new(rgb[0], rgb[1], rgb[2]), "at {t} s");
    }
    let limits = show.limits;
    assert_eq!([limits.min_separation_m, limits.max_altitude_m, limits.max_velocity_xy_m_s], [3.0, 150.0, 10.0]);
    assert!((show.site.origin.latitude_deg - 47.4733).abs() < 1e-9);
    assert_eq!(show.environment.audiences.len(), 1, "the camera of the scene");
}

#[test]
fn a_show_that_is_not_safe_says_so_wherever_there_is_room() {
    let (path, body) = recorded("grid-3m/10-POST-render-skyc-cameras.json");
    let reply = post(&path, &body);
    assert_eq!(reply.header("x-kapok-verdict"), Some("violated"));
    // Exact over the lines of the samples: 2.400 m, drones 5 and 7, at 37.610 s.
    let why = reply.header("x-kapok-violations").unwrap();
    assert!(why.contains("separation in flight 2.40") || why.contains("separation in flight 2.39"), "{why}");
    assert!(why.contains("limit 3.000 m (of the scene)"), "{why}");
    let show = decoded(&reply, Format::Skyc);
    assert!(show.title.contains("not proved safe: Separation in flight"), "{}", show.title);
    let log = reply.remarks.join("\n");
    assert!(
        log.contains("20 drones")
            && log.contains(" kB a drone")
            && log.contains("VIOLATED")
            && log.contains("Separation in flight 2."),
        "{log}"
    );
}

#[test]
fn a_safe_show_is_proved() {
    // Two drones, ten metres apart, up and down smoothly, 4 samples a second.
    let drone = |name: &str, x: f32| {
        let mut bytes = Vec::new();
        for k in 0..=160 {
            let t = k as f32 / 4.0;
            let u = if t < 20.0 { t / 20.0 } else { (40.0 - t) / 20.0 };
            for c in [t, x, 0.0, 10.0 * u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)] {
                bytes.extend(c.to_le_bytes());
            }
        }
        json!({ "type": "generic", "settings": { "name": name, "lights": { "version": 1, "data": [] },
            "trajectory": { "version": 2, "points": STANDARD.encode(bytes) } } })
    };
    let body = json!({ "input": { "format": "json", "data": { "version": 1, "environment": { "type": "outdoor" },
        "settings": { "cues": { "version": 1, "items": [] }, "validation": { "maxAltitude": 150, "maxVelocityXY": 8,
            "maxVelocityZ": 2, "maxAccelerationXY": 4, "maxAccelerationZ": 4, "minDistance": 3, "minNavAltitude": 2.5, "maxYawRate": 30 } },
        "swarm": { "drones": [drone("a", 0.0), drone("b", 10.0)] }, "meta": { "title": "two" } } },
        "output": { "format": "skyc", "parameters": {} } });
    let reply = post("/operations/render", &body);
    assert_eq!(reply.header("x-kapok-verdict"), Some("proved"), "{:?}", reply.header("x-kapok-violations"));
    let show = decoded(&reply, Format::Skyc);
    assert_eq!(show.title, "two");
    assert_eq!(show.limits.max_yaw_rate_deg_s, 30.0);
}

/// The file of the add-on has one verdict at every door: the head of the answer says what a proof of the bytes says,
/// rule by rule.
#[test]
fn the_verdict_is_that_of_the_bytes() {
    // A move of 3 m in 2.2 s that starts on a sample.
    let mut bytes = Vec::new();
    for k in 0..=48 {
        let t = k as f32 / 4.0;
        let u = ((t - 5.0) / 2.2).clamp(0.0, 1.0);
        for c in [t, 3.0 * u * u * (3.0 - 2.0 * u), 0.0, 20.0] {
            bytes.extend(c.to_le_bytes());
        }
    }
    let quick = json!({ "input": { "format": "json", "data": { "version": 1, "environment": { "type": "outdoor" },
        "settings": { "cues": { "version": 1, "items": [] }, "validation": { "maxAccelerationXY": 4, "maxAccelerationZ": 4 } },
        "swarm": { "drones": [{ "type": "generic", "settings": { "name": "a", "lights": { "version": 1, "data": [] },
            "trajectory": { "version": 2, "points": STANDARD.encode(bytes) } } }] }, "meta": { "title": "quick" } } },
        "output": { "format": "skyc", "parameters": {} } });
    for (path, body) in [
        ("/operations/render".to_owned(), quick),
        recorded("grid-3m/10-POST-render-skyc-cameras.json"),
        recorded("grid-1m/14-POST-render-skyc-yaw-pyro.json"),
    ] {
        let reply = post(&path, &body);
        let judged = certify(&Source::file("x.skyc", reply.file().to_vec()), &Options::default(), &Silent).unwrap();
        let certificate = judged.certificate();
        assert_eq!(reply.header("x-kapok-verdict"), Some(certificate.verdict.to_string().as_str()), "{path}");
        let why = reply.header("x-kapok-violations").unwrap_or_default();
        let failed = certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided));
        assert_eq!(why.split("; ").filter(|w| !w.is_empty()).count(), failed.clone().count(), "{path}: {why}");
        for rule in failed {
            // Heads of answers are compared in small letters.
            let title = rule.title.to_lowercase();
            let said = rule.worst.as_ref().map_or(title.clone(), |worst| format!("{title} {:.3} ", worst.value));
            assert!(why.contains(&said), "{said}: {why}");
        }
    }
}

#[test]
fn yaw_and_fireworks_come_through() {
    let (path, mut body) = recorded("grid-3m/11-POST-render-skyc-yaw-pyro.json");
    let drones = body["input"]["data"]["swarm"]["drones"].as_array_mut().unwrap();
    assert!(drones.iter().all(|d| d["settings"]["yawControl"].is_object() && d["settings"]["pyro"].is_object()));
    // The recorded show turns no drone and fires nothing: let one do both.
    drones[3]["settings"]["yawControl"] = json!({ "version": 1, "setpoints": [[0, 10], [20, 370.5]] });
    drones[3]["settings"]["pyro"] = json!({ "version": 1, "events": [[12.5, 1, "2"]],
        "payloads": { "2": { "name": "fountain", "duration": 30, "prefireTime": 0.5, "yaw": 0, "pitch": -90 } } });
    let show = decoded(&post(&path, &body), Format::Skyc);
    assert_eq!(show.vehicles[3].yaw.as_ref().unwrap().sample_deg(10_000.0), 190.25);
    let pyro = show.vehicles[3].pyro.as_ref().unwrap();
    assert_eq!((pyro.events[0].t_ms, pyro.events[0].channel, pyro.events[0].payload.as_str()), (12_500, 1, "2"));
    assert_eq!(pyro.payloads["2"].name, "fountain");
}

#[test]
fn music_and_old_samples_come_through() {
    let body = json!({ "input": { "format": "json", "data": { "version": 1,
        "swarm": { "drones": [{ "type": "generic", "settings": { "name": "a", "trajectory": { "version": 0, "points": [[0, 1, 2, 0], [10, 1, 2, 5]] } } }] },
        "media": { "audio": { "data": STANDARD.encode(b"ID3 music"), "mediaType": "audio/mpeg", "startTime": 2.5 } } } },
        "output": { "format": "skyc", "parameters": {}, "mode": "production" } });
    let show = decoded(&post("/operations/render", &body), Format::Skyc);
    let audio = show.audio.unwrap();
    assert_eq!((audio.start_ms, &*audio.bytes, audio.media_type.as_str()), (2500, &b"ID3 music"[..], "audio/mpeg"));
    assert_eq!(show.vehicles[0].trajectory.end_point_m(), Nwu(DVec3::new(1.0, 2.0, 5.0)).to_site());
}

#[test]
fn csv_and_vviz_are_sampled_as_asked() {
    let (path, body) = recorded("grid-3m/12-POST-render-csv.json");
    let reply = post(&path, &body);
    assert!(reply.header("x-kapok-note").unwrap().contains("straight lines between the samples"));
    let show = decoded(&reply, Format::CsvZip);
    assert_eq!(show.vehicles.len(), 20);
    for (t_s, place) in samples(&body, 6) {
        let off = show.vehicles[6].trajectory.sample(1000.0 * t_s).position_m.distance(place);
        assert!(off < 0.0106, "{off} m at {t_s} s");
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(reply.file())).unwrap();
    let mut text = String::new();
    zip.by_name("Drone 1.csv").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.starts_with("Time [msec],x [m],y [m],z [m],Red,Green,Blue\n0,"), "{}", &text[..80]);

    let (path, body) = recorded("grid-1m/25-POST-render-vviz.json");
    assert_eq!(decoded(&post(&path, &body), Format::Vviz).vehicles.len(), 20);
}

#[test]
fn the_report_is_a_pdf_and_travels_as_octets() {
    let (path, body) = recorded("grid-1m/16-POST-render-plot.json");
    let reply = post(&path, &body);
    assert!(reply.file().starts_with(b"%PDF-") && reply.file().len() > 10_000);

    let (path, body) = recorded("grid-1m/17-POST-multi-render-skyc-plot.json");
    let reply = post(&path, &body);
    let mut zip = zip::ZipArchive::new(Cursor::new(reply.file())).unwrap();
    let names: Vec<String> = zip.file_names().map(|n| n.unwrap().into_owned()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let mut member = |ending: &str| {
        let name = names.iter().find(|n| n.ends_with(ending)).unwrap();
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert!(member(".pdf").starts_with(b"%PDF-"));
    assert_eq!(read(&member(".skyc"), "s", &ReadBounds::default()).unwrap().show.vehicles.len(), 20);
}

#[test]
fn what_is_not_documented_is_refused_in_words() {
    let (path, body) = recorded("grid-1m/22-POST-render-dss3.json");
    let detail = post(&path, &body).detail();
    assert!(detail.contains("\"dss3\" cannot be written") && detail.contains(".skyc"), "{detail}");
    let (path, body) = recorded("grid-1m/30-POST-render-import-dss-to-csv.json");
    assert!(post(&path, &body).detail().contains("cannot be imported"));
    let (path, mut body) = recorded("grid-3m/12-POST-render-csv.json");
    body["output"]["parameters"]["fps"] = json!(1e9);
    assert!(post(&path, &body).detail().contains("fps is 1000000000"));
    body["output"]["parameters"]["fps"] = json!(4);
    body["input"]["data"]["swarm"]["drones"][2]["settings"]["trajectory"]["points"] = json!("AAAA");
    let detail = post(&path, &body).detail();
    assert!(detail.contains("drone \"Drone 3\"") && detail.contains("16"), "{detail}");
}

#[test]
fn velocity_runs_on_but_where_the_scene_itself_jumps() {
    let (path, body) = recorded("grid-3m/10-POST-render-skyc-cameras.json");
    let show = decoded(&post(&path, &body), Format::Skyc);
    for vehicle in &show.vehicles {
        let pieces: Vec<_> = vehicle.trajectory.segments().collect();
        let jump = |pair: &[kapok_show::Segment]| {
            let (before, behind) = (pair[0].sample(pair[0].end_ms as f64), pair[1].sample(pair[1].start_ms as f64));
            (pair[0].end_ms, before.velocity_m_s.distance(behind.velocity_m_s))
        };
        let jumps: Vec<(i64, f64)> = pieces.windows(2).map(jump).filter(|j| j.1 > 0.005).collect();
        // The take-off is of profile LINEAR, and what follows begins as abruptly.
        assert!(jumps.len() == 1 && jumps[0].0 == 5000, "{}: {jumps:?}", vehicle.name);
    }
}

/// The add-on's protocol knows three forms of a trajectory: samples (0 and 2), and the final pieces of a .skyc (1).
#[test]
fn final_pieces_are_written_as_they_are() {
    let (path, mut body) = recorded("grid-3m/10-POST-render-skyc-cameras.json");
    let drones = body["input"]["data"]["swarm"]["drones"].as_array_mut().unwrap();
    drones.truncate(2);
    let pieces = json!([
        [0.0, [5.0, 1.0, 0.0], []],
        [4.0, [5.0, 1.0, 8.0], [[5.0, 1.0, 0.0], [5.0, 1.0, 8.0]]],
        [9.5, [7.25, 1.0, 8.0], []]
    ]);
    drones[1]["settings"]["trajectory"] = json!({ "version": 1, "points": pieces, "takeoffTime": 2.5 });
    let show = decoded(&post(&path, &body), Format::Skyc);
    let drone = &show.vehicles[1];
    let place = |x, y, z| Nwu(DVec3::new(x, y, z)).to_site();
    assert_eq!(drone.home_m, place(5.0, 1.0, 0.0));
    assert_eq!((drone.trajectory.start_ms(), drone.trajectory.end_ms()), (2500, 12_000));
    let control: Vec<Vec<DVec3>> = drone.trajectory.segments().map(|s| s.control_m.to_vec()).collect();
    let bend = vec![place(5.0, 1.0, 0.0), place(5.0, 1.0, 0.0), place(5.0, 1.0, 8.0), place(5.0, 1.0, 8.0)];
    assert_eq!(control, [bend, vec![place(5.0, 1.0, 8.0), place(7.25, 1.0, 8.0)]]);
    assert_eq!(drone.lights.sample(0.0), show.vehicles[0].lights.sample(0.0), "light keys count for both forms");

    body["input"]["data"]["swarm"]["drones"][1]["settings"]["trajectory"] = json!({ "version": 1, "points": [] });
    assert!(post(&path, &body).detail().contains("Drone 2"));
    body["input"]["data"]["swarm"]["drones"][1]["settings"]["trajectory"] =
        json!({ "version": 1, "points": { "$ref": "./show.json#" } });
    assert_eq!(post(&path, &body).status, 400);
}

//! The formats for looking at a show, read back with small readers of their own.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use std::io::Read;

use kapok_format::{
    Format, GltfOptions, KmlOptions, ReadBounds, WriteError, detect, flight_volume, read, write_geojson, write_glb,
    write_kml, write_kmz, write_vviz,
};
use kapok_show::{DVec2, DVec3, KeepOutShape, LightKey, LightProgram, Rgb, Show, Trajectory};
use serde_json::Value;
use support::{rich_show, show_of};

/// One vehicle on pieces of degree 1, 2, 3 and 7.
fn curves() -> Show {
    let mut t = Trajectory::starting_at(500, DVec3::new(1.0, 2.0, 0.0)).unwrap();
    t.push(2000, &[DVec3::new(1.0, 2.0, 10.0)]).unwrap();
    t.push(3000, &[DVec3::new(4.0, 2.0, 12.0), DVec3::new(9.0, 2.0, 10.0)]).unwrap();
    t.push(5500, &[DVec3::new(9.0, -3.0, 20.0), DVec3::new(-9.0, 30.0, 20.0), DVec3::new(0.0, 8.0, 9.0)]).unwrap();
    t.push_hold(7000).unwrap();
    t.push(9000, &[DVec3::new(0.0, 8.0, 9.0), DVec3::X, DVec3::Y, DVec3::Z, DVec3::ONE, DVec3::X, DVec3::ZERO])
        .unwrap();
    let key = |t_ms, colour, fade| LightKey { t_ms, colour, fade };
    let lights =
        vec![key(1000, Rgb::new(255, 0, 0), false), key(2000, Rgb::new(0, 0, 255), true), key(3000, Rgb::BLACK, false)];
    let mut show = show_of(vec![(t, LightProgram::from_keys(lights).unwrap())]);
    show.title = "<curves> & lights".into();
    show
}

/// JSON and binary part of a .glb.
fn glb(bytes: &[u8]) -> (Value, &[u8]) {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&bytes[..4], word(4), word(8)), (&b"glTF"[..], 2, bytes.len()));
    let json_length = word(12);
    assert_eq!((&bytes[16..20], json_length % 4), (&b"JSON"[..], 0));
    let binary = 20 + json_length;
    assert_eq!((word(binary), &bytes[binary + 4..binary + 8]), (bytes.len() - binary - 8, &b"BIN\0"[..]));
    (serde_json::from_slice(&bytes[20..binary]).unwrap(), &bytes[binary + 8..])
}

fn floats(json: &Value, binary: &[u8], accessor: &Value) -> Vec<f64> {
    let accessor = &json["accessors"][accessor.as_u64().unwrap() as usize];
    let view = &json["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
    let (start, length) =
        (view["byteOffset"].as_u64().unwrap() as usize, view["byteLength"].as_u64().unwrap() as usize);
    let width = if accessor["type"] == "VEC3" { 3 } else { 1 };
    assert_eq!(accessor["count"].as_u64().unwrap() as usize * width * 4, length);
    binary[start..start + length].chunks(4).map(|c| f64::from(f32::from_le_bytes(c.try_into().unwrap()))).collect()
}

#[test]
fn gltf_paths_are_the_true_curves() {
    let show = curves();
    let bytes = write_glb(&show, &GltfOptions::default()).unwrap();
    let (json, binary) = glb(&bytes);
    let animation = &json["animations"][0];
    assert_eq!(animation["channels"][0]["target"]["path"], "translation");
    let sampler = &animation["samplers"][animation["channels"][0]["sampler"].as_u64().unwrap() as usize];
    assert_eq!(sampler["interpolation"], "CUBICSPLINE");
    let times = floats(&json, binary, &sampler["input"]);
    let values = floats(&json, binary, &sampler["output"]);
    let triple = |key: usize, part: usize| {
        let at = 9 * key + 3 * part;
        DVec3::new(values[at], values[at + 1], values[at + 2])
    };
    for (k, w) in times.windows(2).enumerate() {
        assert!(w[0] < w[1]);
        let span = w[1] - w[0];
        for s in [0.0, 0.2, 0.5, 0.9] {
            // The specification's Hermite blend: value, outgoing tangent, next value, its incoming tangent.
            let (s2, s3) = (s * s, s * s * s);
            let p = triple(k, 1) * (2.0 * s3 - 3.0 * s2 + 1.0)
                + triple(k, 2) * span * (s3 - 2.0 * s2 + s)
                + triple(k + 1, 1) * (-2.0 * s3 + 3.0 * s2)
                + triple(k + 1, 0) * span * (s3 - s2);
            let t_ms = (w[0] + span * s) * 1000.0;
            let expected = show.vehicles[0].trajectory.sample(t_ms).position_m;
            let tolerance = if t_ms < 7000.0 { 2e-5 } else { 2e-3 };
            let off = (DVec3::new(p.x, -p.z, p.y) - expected).length();
            assert!(off < tolerance, "{off} m at {t_ms} ms");
        }
    }
    assert_eq!((times[0], times[times.len() - 1]), (0.5, 9.0));
}

#[test]
fn gltf_lights_are_steps_of_linear_light() {
    let bytes = write_glb(&curves(), &GltfOptions::default()).unwrap();
    let (json, binary) = glb(&bytes);
    let channel = &json["animations"][0]["channels"][1];
    assert_eq!(channel["target"]["extensions"]["KHR_animation_pointer"]["pointer"], "/materials/0/emissiveFactor");
    let sampler = &json["animations"][0]["samplers"][1];
    let times = floats(&json, binary, &sampler["input"]);
    let values = floats(&json, binary, &sampler["output"]);
    assert_eq!((times[0], values[0]), (0.0, 0.0));
    assert_eq!((times[1], values[3]), (1.0, 1.0));
    assert!(times.windows(2).all(|w| w[1] - w[0] > 0.0 && (w[0] < 1.0 || w[1] > 2.0 || w[1] - w[0] < 0.041)));
    let middle = times.iter().position(|&t| t > 1.519).unwrap();
    // sRGB 122 of 255 is 0.195 of full light.
    assert!((values[3 * middle] - 0.195).abs() < 0.01, "{}", values[3 * middle]);
    let dark = write_glb(&curves(), &GltfOptions { lights: false, ..GltfOptions::default() }).unwrap();
    assert_eq!(glb(&dark).0.get("extensionsUsed"), None);
    assert!(matches!(
        write_glb(&rich_show(), &GltfOptions { radius_m: -1.0, ..GltfOptions::default() }),
        Err(WriteError::Setting(_))
    ));
}

#[test]
fn kml_tracks_have_a_time_for_each_place() {
    let show = curves();
    let options = KmlOptions { rate_hz: 4.0, start_unix_s: 1_486_825_200 };
    let text = String::from_utf8(write_kml(&show, &options).unwrap()).unwrap();
    assert!(text.contains("<name>&lt;curves&gt; &amp; lights</name>"));
    let inner = |tag: &str| -> Vec<String> {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        text.split(&open).skip(1).map(|part| part.split(&close).next().unwrap().to_owned()).collect()
    };
    let (times, places) = (inner("when"), inner("gx:coord"));
    assert_eq!(times.len(), places.len());
    assert_eq!(
        (times[0].as_str(), times[times.len() - 1].as_str()),
        ("2017-02-11T15:00:00.000Z", "2017-02-11T15:00:09.000Z")
    );
    // 37 samples, less one inside the rest at the start and five inside the hold.
    assert_eq!(times.len(), 37 - 1 - 5);
    for (time, place) in times.iter().zip(&places) {
        let second: f64 = time[17..23].parse().unwrap();
        let c: Vec<f64> = place.split(' ').map(|v| v.parse().unwrap()).collect();
        let p = show.site.site_from_wgs84(kapok_show::Wgs84 { longitude_deg: c[0], latitude_deg: c[1], amsl_m: c[2] });
        let expected = show.vehicles[0].trajectory.sample(second * 1000.0).position_m;
        assert!(p.distance(expected) < 0.002, "{p} is not {expected} at {second} s");
    }
    let kmz = write_kmz(&show, &options).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(kmz)).unwrap();
    let mut inside = String::new();
    zip.by_name("doc.kml").unwrap().read_to_string(&mut inside).unwrap();
    assert_eq!(inside, text);
}

#[test]
fn geojson_holds_the_flight() {
    let mut show = curves();
    show.environment.keep_outs.truncate(1);
    let volume = flight_volume(&show);
    for k in 0..=200 {
        let p = show.vehicles[0].trajectory.sample(45.0 * f64::from(k)).position_m;
        assert!(p.z >= volume.bottom_m && p.z <= volume.top_m);
        let corners = &volume.polygon_m;
        for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            assert!((*b - *a).perp_dot(p.truncate() - *a) >= -1e-9);
        }
    }
    let json: Value = serde_json::from_slice(&write_geojson(&show).unwrap()).unwrap();
    let features = json["features"].as_array().unwrap();
    let kinds: Vec<&str> = features.iter().map(|f| f["properties"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["flight-volume", "geofence", "keep-out", "audience", "pads"]);
    let to_site = |c: &Value| {
        show.site.site_from_wgs84(kapok_show::Wgs84 {
            longitude_deg: c[0].as_f64().unwrap(),
            latitude_deg: c[1].as_f64().unwrap(),
            amsl_m: show.site.origin.amsl_m,
        })
    };
    let ring = features[1]["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!((ring.len(), &ring[0]), (4, &ring[3]));
    let fence = &show.environment.geofence.as_ref().unwrap().polygon_m;
    assert!(fence.iter().all(|corner| ring.iter().any(|c| to_site(c).truncate().distance(*corner) < 0.003)));
    let KeepOutShape::Cylinder { centre_m, radius_m, .. } = show.environment.keep_outs[0].shape else { panic!() };
    let circle = features[2]["geometry"]["coordinates"][0].as_array().unwrap();
    let mut last: Option<DVec2> = None;
    for c in circle {
        let p = to_site(c).truncate();
        assert!((radius_m - 1e-2..radius_m * 1.003).contains(&p.distance(centre_m)));
        if let Some(last) = last {
            assert!((p - last).perp_dot(centre_m - last) > 0.0, "counter-clockwise");
            assert!(last.midpoint(p).distance(centre_m) > radius_m - 2e-3, "the circle is inside");
        }
        last = Some(p);
    }
    show.vehicles[0].home_m.x = f64::NAN;
    assert!(matches!(write_geojson(&show), Err(WriteError::NotFinite { .. })));
}

#[test]
fn vviz_comes_back_within_its_deviation() {
    let show = curves();
    let export = write_vviz(&show, 10.0, 25.0).unwrap();
    assert_eq!(detect(&export.bytes, &ReadBounds::default()), Some(Format::Vviz));
    let decoded = read(&export.bytes, "x.vviz", &ReadBounds::default()).unwrap();
    assert_eq!((decoded.show.title.as_str(), decoded.show.vehicles[0].name.as_str()), ("<curves> & lights", "d0"));
    assert_eq!(decoded.show.site.origin, show.site.origin);
    for k in 0..=900 {
        let t_ms = 10.0 * f64::from(k);
        let (a, b) = (&show.vehicles[0], &decoded.show.vehicles[0]);
        let off_m = a.trajectory.sample(t_ms).position_m.distance(b.trajectory.sample(t_ms).position_m);
        assert!(off_m <= export.max_deviation_m + 1e-9, "{off_m} at {t_ms}");
        if k % 4 == 0 {
            assert_eq!(a.lights.sample(t_ms), b.lights.sample(t_ms), "at {t_ms}");
        }
    }
    // The 7th-degree piece accelerates with up to 126 m/s²: 126 / (8 · 10²) m.
    assert!(export.max_deviation_m > 0.0 && export.max_deviation_m < 0.158, "{}", export.max_deviation_m);
    let json: Value = serde_json::from_slice(&export.bytes).unwrap();
    let agent = &json["performances"][0]["agentDescription"];
    // Right, up, forward.
    assert_eq!((&agent["homeX"], &agent["homeY"], &agent["homeZ"]), (&1.into(), &0.into(), &2.into()));
    // The first delta takes its time: half a second of rest.
    assert_eq!(agent["agentTraversal"][0], serde_json::json!({"dt": 0.5, "dx": 0, "dy": 0, "dz": 0}));
    assert_eq!(agent["agentTraversal"][1], serde_json::json!({"dx": 0, "dy": 0.6667, "dz": 0}));
}

#[test]
fn vviz_of_other_programs() {
    let text = r#"{"version":"1.0","defaultPositionRate":2.0,"defaultColorRate":10.0,"timeOffsetSecs":120.0,"performances":[
        {"id":7,"agentDescription":{"homeX":-7.5,"homeY":0.5,"homeZ":-7.25,"homeH":0.0,"agentTraversal":[
            {"dx":0.0,"dy":0.0,"dz":0.0,"dh":0.0},{"dt":1.5,"dx":1.0,"dy":2.0,"dz":4.0},{"dx":0.0,"dy":1.0,"dz":0.0}]},
         "payloadDescription":[{"id":0,"type":"Light","payloadActions":[{"r":255,"g":0,"b":0},{"frames":5,"r":0,"g":0,"b":255.0}]},
            {"id":1,"type":"Pyro","eventTime":5}]}]}"#;
    let decoded = read(text.as_bytes(), "x", &ReadBounds::default()).unwrap();
    let drone = &decoded.show.vehicles[0];
    assert_eq!((drone.name.as_str(), drone.home_m), ("Drone 7", DVec3::new(-7.5, -7.25, 0.5)));
    assert_eq!((drone.trajectory.start_ms(), drone.trajectory.end_ms()), (120_000, 122_500));
    assert_eq!(drone.trajectory.sample(122_000.0).position_m, DVec3::new(-6.5, -3.25, 2.5));
    assert_eq!(drone.lights.sample(120_099.0), Rgb::new(255, 0, 0));
    assert_eq!(drone.lights.sample(120_100.0), Rgb::new(0, 0, 255));
    assert!(decoded.notes.iter().any(|n| n.contains("other than light")));
    let turned = |text: &str| {
        let notes = read(text.as_bytes(), "x", &ReadBounds::default()).unwrap().notes;
        notes.iter().any(|n| n.contains("headings are left out"))
    };
    assert!(!turned(text) && turned(&text.replace("\"homeH\":0.0", "\"homeH\":90")));
    assert!(turned(&text.replace("\"dh\":0.0", "\"dh\":1.5")));
    for (from, to, place) in [
        ("\"1.0\"", "\"9\"", "version"),
        ("\"defaultPositionRate\":2.0", "\"defaultPositionRate\":0", "defaultPositionRate"),
        ("\"r\":255", "\"r\":256", "payloadActions[0]"),
        ("\"dt\":1.5", "\"dt\":-1.5", "performances[0]"),
        ("\"dt\":1.5", "\"dt\":1e300", "agentTraversal[1]"),
        ("\"performances\"", "\"p\"", "performances"),
    ] {
        let error = read(text.replace(from, to).as_bytes(), "x", &ReadBounds::default()).unwrap_err().to_string();
        assert!(error.contains(place), "{place} is not in {error}");
    }
}

#[test]
fn a_site_without_a_height_is_told_of() {
    let mut site = curves().site;
    site.origin.amsl_m = 0.0;
    assert!(kapok_format::altitude_note(&site).unwrap().contains("amsl_m"));
    site.origin.amsl_m = 8.0;
    assert_eq!(kapok_format::altitude_note(&site), None);
}

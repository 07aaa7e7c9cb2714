//! What a certificate says of its bytes, and that nothing else can be said of them.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use kapok_certify::{Options, Source, certify, certify_skyc, check, judge_motion};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use serde_json::{Value, json};

/// Two vehicles that rise side by side, so far apart, and come down.
fn pair(apart_m: f64) -> Show {
    let vehicles = [0.0, apart_m].map(|x| {
        let (home_m, up_m) = (DVec3::new(x, 0.0, 0.0), DVec3::new(x, 0.0, 10.0));
        let mut t = Trajectory::starting_at(0, home_m).unwrap();
        t.push(15_000, &[home_m, home_m, home_m, up_m, up_m, up_m, up_m]).unwrap();
        t.push(30_000, &[up_m, up_m, up_m, home_m, home_m, home_m, home_m]).unwrap();
        Vehicle::new(format!("at {x}"), home_m, t, LightProgram::dark())
    });
    Show {
        title: "Pair".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: vehicles.into(),
        chapters: vec![],
        audio: None,
    }
}

/// Bytes and certificate of a pair.
fn judged(apart_m: f64, options: &Options) -> (Source, Value) {
    let bytes = kapok_format::write_skyc(&pair(apart_m)).unwrap();
    let source = Source::file("pair.skyc", bytes);
    let certificate = serde_json::to_value(certify(&source, options, &Silent).unwrap().certificate()).unwrap();
    (source, certificate)
}

fn with_limit(name: &str, value: f64) -> Options {
    Options { limits: [(name.to_owned(), value)].into(), ..Options::default() }
}

#[test]
fn json_has_the_fields_readers_rely_on() {
    let (source, c) = judged(4.0, &Options::default());
    assert_eq!(c["schema"], "kapok-certificate/1");
    assert_eq!(c["checker"]["name"], "kapok-proof");
    assert_eq!(c["file"], serde_json::to_value(source.id()).unwrap());
    assert_eq!((&c["verdict"], &c["title"], &c["vehicle_count"]), (&json!("proved"), &json!("Pair"), &json!(2)));
    assert_eq!(c["vehicle_sha256"].as_array().unwrap().len(), 2);
    assert_eq!(c["limit_sources"].as_object().unwrap().len(), 13);
    assert_eq!(c["options"], json!({}));
    assert_eq!(c["rules"][0]["rule"], "separation");
}

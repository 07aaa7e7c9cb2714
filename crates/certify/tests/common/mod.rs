//! Small shows and their certificates.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use kapok_certify::{Options, Source, certify};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use serde_json::Value;

/// Vehicles that rise from their pads to places at 10 m, go on to others there, and come down below them.
pub fn show(places_m: &[(f64, f64)]) -> Show {
    let vehicles = places_m.iter().map(|&(from, to)| {
        let at = |x: f64, z: f64| DVec3::new(x, 0.0, z);
        let mut t = Trajectory::starting_at(0, at(from, 0.0)).unwrap();
        let mut last_m = at(from, 0.0);
        for (end_ms, next_m) in [(15_000, at(from, 10.0)), (30_000, at(to, 10.0)), (45_000, at(to, 0.0))] {
            t.push(end_ms, &[last_m, last_m, last_m, next_m, next_m, next_m, next_m]).unwrap();
            last_m = next_m;
        }
        Vehicle::new(format!("from {from}"), at(from, 0.0), t, LightProgram::dark())
    });
    Show {
        title: "Row".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: vehicles.collect(),
        chapters: vec![],
        audio: None,
        draft: false,
    }
}

/// Three vehicles that keep 4 m: safe.
pub fn apart() -> Show {
    show(&[(0.0, 0.0), (4.0, 4.0), (8.0, 8.0)])
}

/// Two vehicles that change places on one line and meet at 0 m; the third stays clear.
pub fn meeting() -> Show {
    show(&[(0.0, 4.0), (4.0, 0.0), (8.0, 8.0)])
}

/// A show as bytes.
pub fn source(show: &Show) -> Source {
    Source::file("row.skyc", kapok_format::write_skyc(show).unwrap())
}

/// The certificate of a show's bytes as JSON.
pub fn certificate(source: &Source, options: &Options) -> Value {
    serde_json::to_value(certify(source, options, &Silent).unwrap().certificate()).unwrap()
}

/// Options of nothing but limits.
pub fn limits(replacing: &[(&str, f64)]) -> Options {
    Options { limits: replacing.iter().map(|&(n, v)| (n.to_owned(), v)).collect(), ..Options::default() }
}

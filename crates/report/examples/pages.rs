//! Writes a report as PDF and its pages as PNG files, to be looked at: `cargo run --example pages -- FOLDER`.
//!
//! The show is a ring of drones that turns, rises and sinks.

use std::path::PathBuf;

use kapok_certify::{Options, certify_skyc};
use kapok_report::{report_pages, report_pdf, svg_to_png};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84, math,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let mut vehicles = Vec::new();
    for i in 0..40 {
        let at = |turn: f64, z: f64| {
            let (s, c) = math::sin_cos(std::f64::consts::TAU * f64::from(i) / 40.0 + turn);
            DVec3::new(14.0 * c, 14.0 * s, z)
        };
        let mut t = Trajectory::starting_at(0, at(0.0, 0.0))?;
        let (up, down) = (at(0.0, 30.0), at(1.2, 30.0));
        t.push(30_000, &[at(0.0, 0.0), up, up])?;
        for k in 1..=12 {
            t.push(30_000 + 1_500 * k, &[at(0.1 * k as f64, 30.0)])?;
        }
        t.push(78_000, &[down, at(1.2, 0.0), at(1.2, 0.0)])?;
        vehicles.push(Vehicle::new(format!("Drone {}", i + 1), at(0.0, 0.0), t, LightProgram::dark()));
    }
    let show = Show {
        title: "Ring".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles,
        chapters: vec![],
        audio: None,
        draft: false,
    };
    let (_, judged) = certify_skyc(&show, "ring.skyc", &Options::default(), &Silent)?;
    for (k, page) in (1..).zip(report_pages(judged.show(), judged.certificate())) {
        std::fs::write(folder.join(format!("page-{k}.png")), svg_to_png(&page, 2.0)?)?;
    }
    std::fs::write(folder.join("report.pdf"), report_pdf(judged.show(), judged.certificate())?)?;
    Ok(())
}

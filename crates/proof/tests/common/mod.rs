//! Small shows for the tests.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "test helpers are tests")]

pub mod layers;

use kapok_proof::{Findings, ProofSettings, Rule, RuleReport, Verdict, prove};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};

/// A point.
pub fn p(x: f64, y: f64, z: f64) -> DVec3 {
    DVec3::new(x, y, z)
}

/// A trajectory from its start and pieces: end time and control points after the start.
pub fn fly(start_ms: i64, start: DVec3, pieces: &[(i64, &[DVec3])]) -> Trajectory {
    let mut t = Trajectory::starting_at(start_ms, start).unwrap();
    for (end_ms, control) in pieces {
        t.push(*end_ms, control).unwrap();
    }
    t
}

/// Straight and even from one point to another.
pub fn line(from: DVec3, to: DVec3, start_ms: i64, end_ms: i64) -> Trajectory {
    fly(start_ms, from, &[(end_ms, &[to])])
}

/// Nothing but standing there.
pub fn hover(at: DVec3, end_ms: i64) -> Trajectory {
    fly(0, at, &[(end_ms, &[at])])
}

/// A show in which only distances matter: all other limits are far away.
pub fn show(trajectories: Vec<Trajectory>) -> Show {
    let vehicles = trajectories
        .into_iter()
        .enumerate()
        .map(|(i, trajectory)| {
            Vehicle::new(format!("{:04}", i + 1), trajectory.start_point_m(), trajectory, LightProgram::dark())
        })
        .collect();
    Show {
        title: "crafted".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 8.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits {
            max_velocity_xy_m_s: 100.0,
            max_velocity_up_m_s: 100.0,
            max_velocity_down_m_s: 100.0,
            max_acceleration_m_s2: 1000.0,
            max_jerk_m_s3: 10_000.0,
            max_altitude_m: 1000.0,
            ..Limits::default()
        },
        profile: VehicleProfile::default(),
        vehicles,
        chapters: Vec::new(),
        audio: None,
        draft: false,
    }
}

/// Default settings, but for where motions begin and end: most crafted motions hang in the air.
pub fn in_the_air() -> ProofSettings {
    ProofSettings { airborne_ends: true, ..ProofSettings::default() }
}

/// The certificate with these settings.
pub fn certify(show: &Show) -> Findings {
    prove(show, &in_the_air(), &Silent)
}

/// One rule of the certificate.
pub fn judge(show: &Show, rule: Rule) -> RuleReport {
    certify(show).rule(rule).unwrap().clone()
}

/// The verdict of one rule.
pub fn verdict(show: &Show, rule: Rule) -> Verdict {
    judge(show, rule).verdict
}

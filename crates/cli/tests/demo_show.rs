//! The demo show, end to end through the public API of the rooms: planned, written, read back, proved, and held against
//! a brute-force sampler that shares no code with planner or proof.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::sampler::sampled_minimum_m;
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::Silent;

/// The certificate's minimum is never undercut at 200 samples a second.
#[test]
fn sampling_at_200_hz_never_finds_less_than_the_certificate() {
    let bytes = common::plan_to_skyc(&common::shows().join("guangzhou-2017.toml"));
    let show = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    let certificate = prove(&show, &ProofSettings::default(), &Silent);
    assert_eq!(certificate.verdict, Verdict::Proved);
    assert_eq!(certificate.vehicle_count, 1000);
    let separation = certificate.rule(Rule::Separation).unwrap();
    let worst = separation.worst.as_ref().unwrap();

    let sampled = sampled_minimum_m(&show, 5, worst.value + 1.0);
    assert!(
        sampled.distance_m >= worst.bound,
        "sampled {} m at {} ms between {:?}, certificate says at least {} m",
        sampled.distance_m,
        sampled.t_ms,
        sampled.pair,
        worst.bound
    );
    // And the certificate is no idle bound: its witness is really attained.
    let [a, b] =
        [worst.vehicles[0].index, worst.vehicles[1].index].map(|i| show.vehicles[i].trajectory.sample(worst.t_ms));
    assert!(((a.position_m - b.position_m).length() - worst.value).abs() < 1e-6);
}

/// The files that the vehicles fly have a grid of some millimetres: the plan leaves room for it.
#[test]
fn what_the_vehicles_fly_keeps_the_separation_too() {
    let bytes = common::plan_to_skyc(&common::shows().join("guangzhou-2017.toml"));
    let show = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    let mut aboard = show.clone();
    let mut step_m = 0.0_f64;
    for vehicle in &mut aboard.vehicles {
        let export = kapok_format::write_skyb(vehicle, &kapok_format::skyb::SkybOptions::default()).unwrap();
        let read = kapok_format::read_skyb(&export.bytes, "v.skyb", &kapok_format::ReadBounds::default()).unwrap();
        step_m = step_m.max(read.coordinate_step_m());
        vehicle.trajectory = read.show.vehicles[0].trajectory.clone();
    }
    assert!(step_m >= 0.004, "the grid is coarse enough to matter: {step_m} m");
    let certificate = prove(&aboard, &ProofSettings { coordinate_step_m: step_m, ..ProofSettings::default() }, &Silent);
    let failed: Vec<_> =
        certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)).collect();
    assert_eq!(certificate.verdict, Verdict::Proved, "{failed:?}");
}

/// The show keeps to what the record show of 2017 was: its size, its height, its length.
#[test]
fn the_demo_has_the_measures_of_2017() {
    let bytes = common::plan_to_skyc(&common::shows().join("guangzhou-2017.toml"));
    let show = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    let minutes = show.duration_ms() as f64 / 60_000.0;
    assert!((6.0..=8.0).contains(&minutes), "the show lasts {minutes} min");
    let points = || show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
    let span = |f: fn(&kapok_show::DVec3) -> f64| {
        points().map(f).fold(f64::NEG_INFINITY, f64::max) - points().map(f).fold(f64::INFINITY, f64::min)
    };
    let (wide, deep) = (span(|p| p.x), span(|p| p.y));
    assert!(wide <= 280.0 && deep <= 180.0, "{wide} × {deep} m");
    assert!(points().all(|p| (0.0..=120.0).contains(&p.z)));
    assert_eq!(show.limits.min_separation_m, 1.5);
}

/// Same script, same seed: the same bytes on one thread and on two.
#[test]
fn the_same_bytes_on_one_thread_and_on_two() {
    let script = common::shows().join("guangzhou-2017.toml");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| common::plan_to_skyc(&script))
    };
    assert!(on(1) == on(2), "the bytes differ between one thread and two");
}

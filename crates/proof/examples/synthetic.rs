//! Proves a made-up show and says what it took: `cargo run --release --example synthetic -- VEHICLES SECONDS [KIND]`.
//!
//! KIND is `sheet` (a sheet that climbs, tilts, shifts and stands in turn, 2.25 m apart), `moving` (a sheet that never
//! stands, at exactly the limit of 1.5 m), `ragged` (each with knots of its own) or `crossing` (neighbours change
//! places on straight lines: not safe), or `home` (the sheet with a return to home for every second up to its end).
//!
//! Prints seconds, pairs of the grid per second and the largest memory of the process (where the system says it).

use std::io::Write;

use kapok_proof::{ProofSettings, prove};
use kapok_show::{
    DVec3, LightProgram, Limits, ReturnAction, ReturnEntry, ReturnToHomePlan, Show, Silent, Trajectory, Vehicle,
};

/// A small generator of reproducible noise.
struct Noise(u64);

impl Noise {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn millimetres(p: DVec3) -> DVec3 {
    (p * 1000.0).round() / 1000.0
}

/// Seven cubic pieces of a rest-to-rest move with peak speed in the middle third, common to all vehicles.
fn transfer(t: &mut Trajectory, to: DVec3, start_ms: i64, end_ms: i64) -> Result<(), kapok_show::TrajectoryFault> {
    let from = t.end_point_m();
    let span = (end_ms - start_ms) as f64;
    // Position share and its slope of the smooth step 10u³ − 15u⁴ + 6u⁵, cut into seven cubics by Hermite's rule.
    let share = |u: f64| u * u * u * (10.0 + u * (6.0 * u - 15.0));
    let slope = |u: f64| 30.0 * u * u * (1.0 - u) * (1.0 - u);
    for k in 0..7 {
        let (a, b) = (f64::from(k) / 7.0, f64::from(k + 1) / 7.0);
        let at = |s: f64| millimetres(from + (to - from) * s);
        let h = (b - a) / 3.0;
        let control = [at(share(a) + slope(a) * h), at(share(b) - slope(b) * h), at(share(b))];
        t.push(start_ms + (span * b).round() as i64, &control)?;
    }
    Ok(())
}

/// A square sheet, level at 20 m.
fn sheet(n: usize, spacing_m: f64) -> Vec<DVec3> {
    let side = (n as f64).sqrt().ceil() as usize;
    let at = |i: usize| DVec3::new((i % side) as f64 - 0.5 * side as f64, (i / side) as f64 - 0.5 * side as f64, 0.0);
    (0..n).map(|i| millimetres(at(i) * spacing_m + 20.0 * DVec3::Z)).collect()
}

fn tracks(n: usize, end_ms: i64, kind: &str) -> Result<Vec<Trajectory>, kapok_show::TrajectoryFault> {
    let spacing_m = match kind {
        "moving" => 1.5,
        "ragged" => 3.0,
        _ => 2.25,
    };
    let mut noise = Noise(7);
    let home = sheet(n, spacing_m);
    let mut tracks = Vec::new();
    for p in &home {
        let mut t = Trajectory::starting_at(0, p.with_z(0.0))?;
        transfer(&mut t, *p, 0, 20_000)?;
        tracks.push(t);
    }
    let (mut t_ms, mut round) = (20_000, 0i32);
    while t_ms + 40_000 <= end_ms {
        let shift = DVec3::new(if round % 2 == 0 { 30.0 } else { 0.0 }, 0.0, 0.0);
        let tilt = if round % 2 == 0 { 0.15 } else { 0.0 };
        let lowest = home.iter().fold(0.0f64, |m, p| m.min(p.y));
        let mut goals: Vec<DVec3> = home.iter().map(|p| *p + shift + tilt * (p.y - lowest) * DVec3::Z).collect();
        if kind == "crossing" {
            for i in (1..n).rev() {
                // Only near neighbours change places: paths stay short, and many collide.
                goals.swap(i, i - noise.below(3.min(i as u64)) as usize);
            }
        }
        for (track, goal) in tracks.iter_mut().zip(&goals) {
            let end = t_ms + 40_000;
            match kind {
                "moving" => transfer(track, millimetres(*goal - goal.z * DVec3::Z + 20.0 * DVec3::Z), t_ms, end)?,
                "ragged" => {
                    // Each at a pace and with knots of its own.
                    let wait = 1 + noise.below(4000) as i64;
                    track.push_hold(t_ms + wait)?;
                    transfer(
                        track,
                        millimetres(track.end_point_m() + 0.1 * (*goal - track.end_point_m())),
                        t_ms + wait,
                        end,
                    )?;
                }
                _ => {
                    transfer(track, millimetres(*goal), t_ms, t_ms + 25_000)?;
                    track.push_hold(end)?;
                }
            }
        }
        t_ms += 40_000;
        round += 1;
    }
    Ok(tracks)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let n: usize = args.get(1).map_or(Ok(1000), |a| a.parse())?;
    let seconds: i64 = args.get(2).map_or(Ok(600), |a| a.parse())?;
    let kind = args.get(3).map_or("sheet", String::as_str);
    let tracks = tracks(n, seconds * 1000, kind)?;
    let vehicles = tracks.into_iter().enumerate().map(|(i, trajectory)| {
        Vehicle::new(format!("{:05}", i + 1), trajectory.start_point_m(), trajectory, LightProgram::dark())
    });
    let vehicles = vehicles.map(|mut v: Vehicle| {
        if kind == "home" {
            let home = ReturnAction::KeepAltitude { target_m: v.home_m.truncate(), duration_ms: 30_000 };
            let entry = |time_s: u32| ReturnEntry {
                time_s,
                action: if time_s < 20 { ReturnAction::Land } else { home },
                pre_delay_ms: 0,
                post_delay_ms: 0,
                landing_altitude_m: None,
            };
            v.return_to_home = Some(ReturnToHomePlan {
                landing_speed_m_s: 1.0,
                landing_altitude_m: 0.0,
                max_acceleration_m_s2: Some(2.0),
                entries: (0..=seconds as u32).map(entry).collect(),
            });
        }
        v
    });
    let show = Show {
        title: format!("synthetic {kind}"),
        limits: Limits { max_altitude_m: 400.0, ..Limits::default() },
        ..Show::of_vehicles(vehicles.collect())
    };
    #[allow(clippy::disallowed_methods, reason = "a measurement needs the clock")]
    let start = std::time::Instant::now();
    let certificate = prove(&show, &ProofSettings::default(), &Silent);
    let took_s = start.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    let pairs = certificate.statistics.candidate_pairs as f64;
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = memory.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("memory not known").to_owned();
    writeln!(out, "{took_s:.1} s, {:.3e} pairs per second, {memory}", pairs / took_s)?;
    writeln!(out, "{:?} {:?}", certificate.verdict, certificate.statistics)?;
    for r in &certificate.rules {
        let worst = r.worst.as_ref().map(|w| (w.value, w.bound, w.t_ms));
        writeln!(out, "{:?} {:?} {worst:?} {}", r.rule, r.verdict, r.violations)?;
    }
    Ok(())
}

//! Return plans as the vehicles' readers fly them: a simulation written from the facts of the formats alone, with the readers'
//! grid of whole millimetres, finds no pair below the limit where the proof says so.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use kapok_format::skyb::{RthEntry, RthLayout, RthPlan, RthWriting, SkybOptions};
use kapok_format::{ReadBounds, SITE_FILE_NAME, read_skyb_folder, write_site_file, write_skyb};
use kapok_plan::{ReturnToHomeSettings, return_to_home};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{DVec3, Nwu, Show, Silent};
use rayon::prelude::*;

/// Samples a second of the simulation.
const RATE_HZ: f64 = 25.0;

/// The starter show with a return to home from every second.
fn starter() -> Show {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("starter.toml");
    std::fs::write(&script, kapok_design::starter_script()).unwrap();
    let bytes = common::plan_to_skyc(&script);
    let mut show = kapok_format::read_skyc(&bytes, &ReadBounds::default()).unwrap().show;
    let found = return_to_home(&show, &ReturnToHomeSettings::default(), &Silent).unwrap();
    assert_eq!((found.safe_count(), found.instants.len()), (153, 153));
    for (vehicle, plan) in show.vehicles.iter_mut().zip(found.plans) {
        vehicle.return_to_home = Some(plan);
    }
    show
}

/// What one vehicle's reader makes of an entry: cubic pieces on its grid, times in seconds after the entry's time, millimetres.
struct Flown {
    pieces: Vec<(f64, f64, [DVec3; 4])>,
    end_mm: DVec3,
}

/// A reader at work.
struct Reader {
    scale: f64,
    /// mm/s²; infinite: lines.
    acceleration: f64,
    at_s: f64,
    /// As computed; what is flown is rounded down.
    place: DVec3,
    flown: Vec<(f64, f64, [DVec3; 4])>,
}

impl Reader {
    fn grid(&self, p: DVec3) -> DVec3 {
        (p / self.scale).floor() * self.scale
    }

    fn piece(&mut self, duration_ms: i64, inner: [DVec3; 2], to: DVec3) {
        if duration_ms > 0 {
            let end_s = self.at_s + duration_ms as f64 / 1000.0;
            let control = [self.place, inner[0], inner[1], to].map(|p| self.grid(p));
            self.flown.push((self.at_s, end_s, control));
            (self.at_s, self.place) = (end_s, to);
        }
    }

    fn line(&mut self, duration_ms: i64, to: DVec3) {
        let from = self.place;
        self.piece(duration_ms, [from.lerp(to, 1.0 / 3.0), from.lerp(to, 2.0 / 3.0)], to);
    }

    /// Rest to rest: half a parabola up to the speed, at the speed, half a parabola.
    fn go(&mut self, duration_ms: i64, to: DVec3) {
        let (from, duration_ms) = (self.place, duration_ms.max(1));
        if !self.acceleration.is_finite() || duration_ms < 3 {
            return self.line(duration_ms, to);
        }
        let (total_s, way) = (duration_ms as f64 / 1000.0, to - from);
        assert!(way.length() > 0.0, "a move of no length divides by 0");
        let inside = total_s * total_s - 4.0 * way.length() / self.acceleration;
        let (speed, ramp_s) = if inside < 0.0 {
            (2.0 * way.length() / total_s, total_s / 2.0)
        } else {
            let speed = (total_s - inside.sqrt()) / 2.0 * self.acceleration;
            (speed, speed / self.acceleration)
        };
        let ramp_ms = (1000.0 * ramp_s) as i64;
        assert!(ramp_ms >= 1, "a ramp below a millisecond: vehicles jump");
        let velocity = way / way.length() * speed;
        let (leave, arrive) = (from + velocity * (ramp_s / 2.0), to - velocity * (ramp_s / 2.0));
        let third = velocity * (ramp_s / 3.0);
        self.piece(ramp_ms, [from, leave - third], leave);
        self.line(duration_ms - 2 * ramp_ms, arrive);
        self.piece(ramp_ms, [arrive + third, to], to);
    }
}

/// Flies an entry from `start` (metres, the vehicle's frame).
fn fly(plan: &RthPlan, layout: RthLayout, entry: &RthEntry, start: DVec3, landing_speed_m_s: f64) -> Flown {
    let mm = |units: i16| f64::from(units) * f64::from(plan.scale);
    let start = start * 1000.0;
    let point = entry.point.map(|k| plan.points[k as usize]);
    let ground = match (layout, point) {
        (RthLayout::Main2026, Some(p)) => mm(p[2]),
        (RthLayout::Crate01, _) => mm(entry.landing_altitude.unwrap_or(plan.landing_altitude)),
        _ => 0.0,
    };
    let mut far = [start.x, start.y, start.z, ground].map(f64::abs).into_iter().fold(0.0, f64::max);
    for p in point.iter().flat_map(|p| &p[..2]).chain(entry.altitude.iter()) {
        far = far.max(mm(*p).abs());
    }
    far = far.max((start.z + entry.neck.map_or(0.0, |n| mm(n.0))).abs());
    let acceleration =
        if plan.max_acceleration_mm_s2 == 0 { f64::INFINITY } else { f64::from(plan.max_acceleration_mm_s2) };
    let scale = (far / 32_767.0).ceil().max(1.0);
    let mut reader = Reader { scale, acceleration, at_s: 0.0, place: start, flown: Vec::new() };
    let second_ms = |s: u32| i64::from(s) * 1000;
    reader.line(second_ms(entry.pre_delay_s), start);
    let mut to = start;
    if let Some((height, s)) = entry.neck {
        to.z += mm(height);
        reader.go(second_ms(s), to);
    }
    if let Some(p) = point {
        (to.x, to.y) = (mm(p[0]), mm(p[1]));
    }
    to.z = entry.altitude.map_or(to.z, mm);
    if point.is_some() || entry.altitude.is_some() {
        reader.go(second_ms(entry.duration_s), to);
    }
    reader.line(second_ms(entry.post_delay_s), to);
    let down_ms = ((to.z - ground).abs() / landing_speed_m_s) as i64;
    if to.z != ground {
        reader.go(down_ms, to.with_z(ground));
    }
    let end_mm = reader.grid(reader.place);
    Flown { pieces: reader.flown, end_mm }
}

impl Flown {
    fn at(&self, t_s: f64) -> DVec3 {
        let Some((from_s, to_s, c)) = self.pieces.iter().find(|p| t_s < p.1) else { return self.end_mm };
        let u = (t_s - from_s) / (to_s - from_s);
        let w = [(1.0 - u).powi(3), 3.0 * u * (1.0 - u).powi(2), 3.0 * u * u * (1.0 - u), u.powi(3)];
        (0..4).fold(DVec3::ZERO, |s, k| s + c[k] * w[k])
    }

    fn end_s(&self) -> f64 {
        self.pieces.last().map_or(0.0, |p| p.1)
    }
}

/// The closest pair of a fleet by the limits of the show: how far it is below (negative) or above its limit, and where.
fn margin(show: &Show, fleet: &[Flown]) -> (f64, String) {
    let l = &show.limits;
    let end_s = fleet.iter().map(Flown::end_s).fold(0.0, f64::max);
    let mut worst = (f64::INFINITY, String::new());
    for k in 0..=(end_s * RATE_HZ).ceil() as usize {
        let t_s = k as f64 / RATE_HZ;
        let at: Vec<DVec3> = fleet.iter().map(|f| f.at(t_s) / 1000.0).collect();
        for i in 0..at.len() {
            for j in 0..i {
                let low = at[i].z.max(at[j].z) < l.min_navigation_altitude_m;
                let d = at[i] - at[j];
                let (limit_m, d) = if low {
                    (l.ground_separation_m, d)
                } else {
                    (l.min_separation_m, DVec3::new(d.x, d.y, d.z / l.downwash_scale))
                };
                if d.length_squared() < (limit_m + worst.0).max(0.0).powi(2) {
                    worst = (d.length() - limit_m, format!("{j} and {i} at {t_s} s: {} m", d.length()));
                }
            }
        }
    }
    worst
}

#[test]
fn entries_that_are_proved_are_clear_as_the_readers_fly_them() {
    let show = starter();
    for layout in RthLayout::ALL {
        let options = SkybOptions { rth: RthWriting::Layout(layout), ..SkybOptions::default() };
        let names: Vec<String> = (0..show.vehicles.len()).map(|k| format!("{k:03}.skyb")).collect();
        let bytes = show.vehicles.iter().map(|v| write_skyb(v, &options).unwrap().bytes);
        let mut files: Vec<(String, Vec<u8>)> = names.iter().cloned().zip(bytes).collect();
        files.push((SITE_FILE_NAME.to_owned(), write_site_file(&show, &names, Some(layout)).unwrap()));
        let decoded = read_skyb_folder(&files, None, &ReadBounds::default()).unwrap();
        let settings = ProofSettings { coordinate_step_m: decoded.coordinate_step_m(), ..ProofSettings::default() };
        let read = decoded.show;
        let certificate = prove(&read, &settings, &Silent);
        assert_eq!(certificate.return_entries.len(), 153);
        let proved: Vec<u32> =
            certificate.return_entries.iter().filter(|e| e.verdict == Verdict::Proved).map(|e| e.time_s).collect();
        if layout == RthLayout::Released4 {
            // Moves at constant speed are not what was planned for: some entries are refused, and said to be.
            assert!((135..=153).contains(&proved.len()), "{}", proved.len());
        } else {
            assert_eq!(proved.len(), 153, "{}", layout.name());
            assert_eq!(certificate.rule(Rule::ReturnToHome).unwrap().verdict, Verdict::Proved);
        }
        let plans: Vec<RthPlan> = read
            .vehicles
            .iter()
            .map(|v| RthPlan::from_plan(v.return_to_home.as_ref().unwrap(), layout).unwrap().0)
            .collect();
        let found: Vec<(u32, f64, String)> = proved
            .par_iter()
            .map(|&time_s| {
                let fleet: Vec<Flown> = read
                    .vehicles
                    .iter()
                    .zip(&plans)
                    .map(|(vehicle, plan)| {
                        let entry = plan.entry_at(f64::from(time_s)).unwrap();
                        assert_eq!(entry.time_s, time_s);
                        let start = Nwu::from_site(vehicle.trajectory.sample(f64::from(time_s) * 1000.0).position_m).0;
                        let speed_m_s = vehicle.return_to_home.as_ref().unwrap().landing_speed_m_s;
                        fly(plan, layout, entry, start, speed_m_s)
                    })
                    .collect();
                let (margin_m, at) = margin(&read, &fleet);
                (time_s, margin_m, at)
            })
            .collect();
        for (time_s, margin_m, at) in &found {
            assert!(*margin_m >= 0.0, "{}, entry {time_s}: {margin_m} m below, {at}", layout.name());
        }
    }
}

#[test]
fn no_vehicle_moves_less_than_two_centimetres() {
    let show = starter();
    let mut at_place = 0;
    for vehicle in &show.vehicles {
        let plan = vehicle.return_to_home.as_ref().unwrap();
        for entry in &plan.entries {
            let start_m = vehicle.trajectory.sample(f64::from(entry.time_s) * 1000.0).position_m;
            match entry.action {
                kapok_show::ReturnAction::Straight { target_m, duration_ms, neck } => {
                    let from_m = start_m + DVec3::Z * neck.map_or(0.0, |n| n.height_m);
                    assert!(from_m.distance(target_m) >= 0.0199, "{} at {} s", vehicle.name, entry.time_s);
                    assert!(neck.is_none_or(|n| n.height_m.abs() >= 0.0199));
                    let a = plan.max_acceleration_m_s2.unwrap();
                    assert!(from_m.distance(target_m) > a * 0.0015 * duration_ms as f64 / 1000.0);
                }
                _ => at_place += usize::from(entry.pre_delay_ms > 0),
            }
        }
    }
    // The show rests in places that are above pads: those wait.
    println!("{at_place} entries wait at their place");
}

//! Rounding does not add up: no sustained excess hides behind it, and nothing honest is accused.
//!
//! The oracle is the analytic motion that each show is sampled from: it keeps its limits, or exceeds one of them for a known
//! time by a known amount.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{p, show};
use kapok_proof::{Findings, ProofSettings, Rule, Verdict, prove, verify_witness};
use kapok_show::{DVec3, Limits, Show, Silent, Trajectory, math};

const STEPS_MS: [i64; 15] = [1, 2, 4, 5, 10, 16, 20, 25, 40, 50, 100, 200, 250, 500, 1000];
const GRIDS_M: [f64; 6] = [0.0001, 0.001, 0.003, 0.01, 0.032, 0.127];
const MOTION: [Rule; 6] =
    [Rule::VelocityXy, Rule::VelocityUp, Rule::VelocityDown, Rule::Acceleration, Rule::Jerk, Rule::GroundMotion];

/// Reproducible numbers.
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[(self.unit() * all.len() as f64) as usize]
    }
}

/// How a file writes a motion.
#[derive(Clone, Copy, Debug)]
struct Writing {
    step_ms: i64,
    grid_m: f64,
    /// 1 to 7; rows of samples are of degree 1.
    degree: usize,
    samples: bool,
    /// Steps are cut into up to three pieces.
    uneven: bool,
}

impl Writing {
    fn any(n: &mut Numbers) -> Self {
        let samples = n.unit() < 0.25;
        let degree = if samples { 1 } else { n.of(&[1, 2, 3, 4, 5, 7]) };
        Self { step_ms: n.of(&STEPS_MS), grid_m: n.of(&GRIDS_M), degree, samples, uneven: n.unit() < 0.3 }
    }

    fn step_s(&self) -> f64 {
        self.step_ms as f64 / 1000.0
    }

    /// Greatest error of a position, metres.
    fn error_m(&self) -> f64 {
        0.5 * 3f64.sqrt() * self.grid_m
    }

    /// Pieces in a time, at least one.
    fn pieces(&self, time_s: f64) -> usize {
        ((time_s / self.step_s()).round() as usize).max(1)
    }
}

/// A motion along a line: acceleration grows to `peak` in `ramp` pieces, stays for `hold`, falls again, and after `cruise`
/// pieces the same backwards. One jerk a piece, so that cubics write it exactly; for quadratics one acceleration a piece.
struct Move {
    peak_m_s2: f64,
    ramp: usize,
    hold: usize,
    cruise: usize,
}

impl Move {
    /// Acceleration at the knots.
    fn knots_m_s2(&self) -> Vec<f64> {
        let up = (0..self.ramp).map(|k| self.peak_m_s2 * k as f64 / self.ramp as f64);
        let half: Vec<f64> = up.clone().chain(vec![self.peak_m_s2; self.hold + 1]).chain(up.rev()).collect();
        let back = half.iter().map(|a| -a);
        half.iter().copied().chain(vec![0.0; self.cruise]).chain(back).collect()
    }

    fn trajectory(&self, from: DVec3, along: DVec3, w: Writing) -> Trajectory {
        let snap = |s: f64| ((from + along * s) / w.grid_m).round() * w.grid_m;
        let mut t = Trajectory::starting_at(1000, snap(0.0)).unwrap();
        let (mut s, mut v) = (0.0, 0.0);
        let mut cut = Numbers(w.step_ms as u64);
        for (k, a) in self.knots_m_s2().windows(2).enumerate() {
            let mut ends_ms = vec![0, w.step_ms];
            if w.uneven {
                ends_ms.extend([(); 2].map(|()| (cut.unit() * w.step_ms as f64) as i64));
                ends_ms.sort_unstable();
                ends_ms.dedup();
            }
            for part in ends_ms.windows(2) {
                let h = (part[1] - part[0]) as f64 / 1000.0;
                let share = |t_ms: i64| if w.degree == 2 { 0.5 } else { t_ms as f64 / w.step_ms as f64 };
                let at = |t_ms: i64| a[0] + (a[1] - a[0]) * share(t_ms);
                let (a0, a1) = (at(part[0]), at(part[1]));
                let end = s + v * h + (2.0 * a0 + a1) * h * h / 6.0;
                let mut control = match w.degree {
                    1 => vec![s, end],
                    2 => vec![s, s + v * h / 2.0, end],
                    _ => vec![s, s + v * h / 3.0, s + 2.0 * v * h / 3.0 + a0 * h * h / 6.0, end],
                };
                while control.len() <= w.degree {
                    let d = control.len() as f64;
                    let share = |i: usize| i as f64 / d;
                    let inner = (1..control.len()).map(|i| control[i - 1] * share(i) + control[i] * (1.0 - share(i)));
                    control = std::iter::once(s).chain(inner).chain([end]).collect();
                }
                let control: Vec<DVec3> = control[1..].iter().map(|&s| snap(s)).collect();
                t.push(1000 + w.step_ms * k as i64 + part[1], &control).unwrap();
                (s, v) = (end, v + 0.5 * (a0 + a1) * h);
            }
        }
        t
    }

    fn top_speed_m_s(&self, h_s: f64) -> f64 {
        self.peak_m_s2 * (self.ramp + self.hold) as f64 * h_s
    }
}

/// The certificate; each of its cases is attained.
fn flown(t: Trajectory, limits: Limits, w: Writing) -> Findings {
    let s = Show { limits, ..show(vec![t]) };
    let settings = ProofSettings { coordinate_step_m: w.grid_m, samples: w.samples, ..ProofSettings::default() };
    let c = prove(&s, &settings, &Silent);
    for r in &c.rules {
        for case in r.worst.iter().chain(&r.witnesses) {
            let fault = verify_witness(&s, r.rule, case, &settings);
            assert_eq!(fault, Ok(()), "{:?} {w:?} {case:?}", r.rule);
        }
    }
    c
}

fn limits() -> Limits {
    Limits {
        max_velocity_xy_m_s: 10.0,
        max_velocity_up_m_s: 4.0,
        max_velocity_down_m_s: 3.0,
        max_acceleration_m_s2: 4.0,
        max_jerk_m_s3: 40.0,
        max_altitude_m: 100_000.0,
        ..Limits::default()
    }
}

fn direction(n: &mut Numbers) -> DVec3 {
    let turn = n.between(0.0, std::f64::consts::TAU);
    p(math::cos(turn), math::sin(turn), 0.0)
}

/// What may stay undetected in a stretch of `lasts_s`: intervals are at least this long, see the crate's page on windows.
fn interval_s(lasts_s: f64, order: f64, w: Writing) -> f64 {
    ((lasts_s - w.step_s()) / order - w.step_s()) / 1.5
}

/// Has the certificate overlooked it?
fn overlooked(c: &Findings) -> bool {
    c.rules.iter().all(|r| matches!(r.verdict, Verdict::Proved | Verdict::NotApplicable))
}

/// A sustained excess by at least what may stay undetected is never proved. The motion is off the file's points by e, so
/// that errors count twice here.
fn excess(n: &mut Numbers) -> Option<(String, Findings)> {
    let w = Writing::any(n);
    let (h, e) = (w.step_s(), w.error_m());
    let jump = ProofSettings::default().velocity_jump_m_s;
    let more = n.between(1.0, 3.0);
    let l = limits();
    let far =
        |l: Limits| Limits { max_velocity_xy_m_s: 1e4, max_velocity_up_m_s: 1e4, max_velocity_down_m_s: 1e4, ..l };
    let kind = n.of(&["speed", "climb", "descent", "acceleration", "jerk", "creep"]);
    let (m, from, along, l) = match kind {
        "acceleration" => {
            let lasts_s = n.between(0.3, 3.0);
            let t = interval_s(lasts_s, 2.0, w);
            let peak_m_s2 = l.max_acceleration_m_s2 + more * (jump / t + 8.0 * e / (t * t));
            let ramp = w.pieces(peak_m_s2 / 30.0);
            (t > h).then_some(())?;
            let m = Move { peak_m_s2, ramp, hold: w.pieces(lasts_s) + 1, cruise: 3 };
            (m, DVec3::Z * 20.0, (direction(n) + DVec3::Z * n.unit()).normalize(), far(l))
        }
        "jerk" => {
            // From rest to full acceleration in a chain of pieces, against a limit that is a part of that.
            let peak_m_s2 = 3.9;
            let ramp = w.pieces(n.between(0.1, 1.0));
            let lasts_s = ramp as f64 * h;
            let t = interval_s(lasts_s, 3.0, w);
            let jerk_m_s3 = peak_m_s2 / lasts_s;
            // Each joint of a chain of quadratics shows a jump.
            let chained = if w.degree == 2 { jerk_m_s3 * h / t } else { 0.0 };
            let samples = if w.samples { l.max_acceleration_m_s2 / t } else { 0.0 };
            let max_jerk_m_s3 = jerk_m_s3 - more * (chained + samples + jump / (t * t) + 16.0 * e / (t * t * t));
            (t > h && max_jerk_m_s3 > 0.1 && w.degree != 1).then_some(())?;
            let m = Move { peak_m_s2, ramp, hold: 3, cruise: 3 };
            (m, DVec3::Z * 20.0, direction(n), Limits { max_jerk_m_s3, ..far(l) })
        }
        _ => {
            let creep = kind == "creep";
            let lasts_s = if creep { n.between(2.0, 20.0) } else { n.between(0.3, 5.0) };
            let t = interval_s(lasts_s, 1.0, w);
            (t > h).then_some(())?;
            let (limit_m_s, along, from) = match kind {
                "climb" => (l.max_velocity_up_m_s, DVec3::Z, DVec3::Z * 20.0),
                "descent" => (l.max_velocity_down_m_s, -DVec3::Z, DVec3::Z * 9000.0),
                "speed" => (l.max_velocity_xy_m_s, direction(n), DVec3::Z * 20.0),
                _ => (ProofSettings::default().ground_drift_m_s, direction(n), DVec3::ZERO),
            };
            let speed_m_s = limit_m_s + more * 4.0 * e / t;
            let ramp = w.pieces(0.2);
            let hold = w.pieces(speed_m_s / 3.0);
            let peak_m_s2 = speed_m_s / ((ramp + hold) as f64 * h);
            (Move { peak_m_s2, ramp, hold, cruise: w.pieces(lasts_s) + 1 }, from, along, l)
        }
    };
    let c = flown(m.trajectory(from, along, w), l, w);
    Some((format!("{kind} {w:?}"), c))
}

#[test]
fn no_sustained_excess_is_proved() {
    let mut n = Numbers(11);
    let (mut tried, mut missed) = (0, Vec::new());
    while tried < 400 {
        let Some((what, c)) = excess(&mut n) else { continue };
        tried += 1;
        if overlooked(&c) {
            missed.push(what);
        }
    }
    assert!(missed.is_empty(), "{} of {tried} are proved: {:#?}", missed.len(), &missed[..missed.len().min(40)]);
}

#[test]
fn nothing_honest_is_accused() {
    let mut n = Numbers(12);
    let mut doubts = 0;
    for _ in 0..400 {
        let w = Writing::any(&mut n);
        let (h, l) = (w.step_s(), limits());
        let jump = ProofSettings::default().velocity_jump_m_s;
        // Lines jump at each joint, by what the rule of continuity allows.
        let most_m_s2 = if w.degree == 1 && !w.samples { (0.98 * jump / h).min(4.0) } else { 4.0 };
        let peak_m_s2 = n.between(0.3, 1.0) * 0.999 * most_m_s2;
        let ramp = (peak_m_s2 / (n.between(0.2, 0.999) * l.max_jerk_m_s3) / h).ceil().max(1.0) as usize;
        let (limit_m_s, along) = n.of(&[(10.0, DVec3::X), (4.0, DVec3::Z), (3.0, -DVec3::Z), (10.0, DVec3::ONE)]);
        let along = if along == DVec3::ONE { direction(&mut n) } else { along };
        let room = (n.between(0.5, 0.999) * limit_m_s / (peak_m_s2 * h)) as usize;
        let Some(hold) = room.checked_sub(ramp) else { continue };
        let m = Move { peak_m_s2, ramp, hold, cruise: w.pieces(n.between(0.1, 3.0)) };
        assert!(m.top_speed_m_s(h) < limit_m_s);
        let c = flown(m.trajectory(DVec3::Z * 500.0, along, w), l, w);
        for rule in MOTION {
            let r = c.rule(rule).unwrap();
            // A chain of steps of acceleration is not known from a chain of rounded ones.
            let doubt = rule == Rule::Jerk && w.degree <= 2 && r.verdict == Verdict::Undecided;
            doubts += usize::from(doubt);
            assert!(doubt || r.verdict == Verdict::Proved, "{w:?} {r:?}");
        }
    }
    assert!(doubts < 30, "{doubts}");
}

/// From rest at 500 m up, `peak` along x for `lasts_s`, on a grid of `grid_m` in pieces of `step_ms`.
fn burst(peak_m_s2: f64, lasts_s: f64, w: Writing) -> Findings {
    let m = Move { peak_m_s2, ramp: 1, hold: w.pieces(lasts_s), cruise: 3 };
    let l = Limits { max_velocity_xy_m_s: 100.0, ..limits() };
    flown(m.trajectory(DVec3::Z * 500.0, DVec3::X, w), l, w)
}

/// `speed` along x for `lasts_s`, from z = `z_m`.
fn cruise(speed_m_s: f64, lasts_s: f64, z_m: f64, l: Limits, w: Writing) -> Findings {
    let ramp = w.pieces(1.0);
    let m = Move { peak_m_s2: speed_m_s / (ramp as f64 * w.step_s()), ramp, hold: 0, cruise: w.pieces(lasts_s) };
    flown(m.trajectory(DVec3::Z * z_m, DVec3::X, w), l, w)
}

#[test]
fn what_each_file_hid_is_found_with_its_true_value() {
    let mm = |step_ms, degree| Writing { step_ms, grid_m: 0.001, degree, samples: false, uneven: false };
    let csv = |step_ms, grid_m| Writing { step_ms, grid_m, degree: 1, samples: true, uneven: false };
    for (w, true_m_s2, lasts_s) in [
        (mm(40, 3), 15.0, 0.6),
        (mm(20, 1), 10.0, 0.5),
        (mm(100, 3), 6.0, 1.0),
        (mm(50, 3), 8.0, 1.0),
        (csv(20, 0.0001), 6.0, 1.0),
        (csv(10, 0.0001), 10.0, 1.0),
        (csv(20, 0.001), 10.0, 1.0),
    ] {
        let r = burst(true_m_s2, lasts_s, w).rule(Rule::Acceleration).unwrap().clone();
        let found = r.worst.clone().unwrap();
        assert_eq!(r.verdict, Verdict::Violated, "{w:?}");
        assert_eq!(found.window_ms.len(), 3, "{w:?} {found:?}");
        assert!(found.value > 0.93 * true_m_s2 && found.value <= true_m_s2 + 0.01, "{w:?} {found:?}");
    }
    let coarse = |step_ms| Writing { step_ms, grid_m: 0.127, degree: 1, samples: false, uneven: false };
    let five = Limits { max_velocity_xy_m_s: 5.0, ..limits() };
    for (w, l, true_m_s, lasts_s) in [
        (mm(4, 1), limits(), 10.25, 10.0),
        (mm(1, 1), limits(), 11.0, 10.0),
        (coarse(20), five, 12.7, 20.0),
        (coarse(40), five, 6.35, 80.0),
    ] {
        let r = cruise(true_m_s, lasts_s, 20.0, l, w).rule(Rule::VelocityXy).unwrap().clone();
        let found = r.worst.clone().unwrap();
        assert_eq!(r.verdict, Verdict::Violated, "{w:?}");
        assert!((found.value - true_m_s).abs() < 0.02, "{w:?} {found:?}");
    }
    for (w, true_m_s) in [(mm(25, 1), 0.04), (mm(1, 1), 1.0)] {
        let r = cruise(true_m_s, 20.0, 0.0, limits(), w).rule(Rule::GroundMotion).unwrap().clone();
        let found = r.worst.clone().unwrap();
        assert_eq!(r.verdict, Verdict::Violated, "{w:?}");
        assert!((found.value - true_m_s).abs() < 1e-3, "{w:?} {found:?}");
    }
}

#[test]
fn a_chain_of_jumps_of_acceleration_is_jerk() {
    // 20 m/s3 for 0.2 s and back in quadratics of 20 ms, each of constant acceleration; allowed are 4 m/s3.
    for grid_m in [0.001, 1e-6] {
        let w = Writing { step_ms: 20, grid_m, degree: 2, samples: false, uneven: false };
        let m = Move { peak_m_s2: 3.9, ramp: 10, hold: 0, cruise: 0 };
        let l = Limits { max_jerk_m_s3: 4.0, ..limits() };
        let c = flown(m.trajectory(DVec3::Z * 20.0, DVec3::X, w), l, w);
        let r = c.rule(Rule::Jerk).unwrap();
        assert_eq!(r.verdict, Verdict::Undecided, "{grid_m} {r:?}");
        assert!(r.detail.contains("no joint shows one"), "{}", r.detail);
    }
    // One start at full acceleration is legal, whatever the jerk.
    let w = Writing { step_ms: 500, grid_m: 0.001, degree: 2, samples: false, uneven: false };
    let m = Move { peak_m_s2: 3.9, ramp: 1, hold: 4, cruise: 0 };
    let mut t = m.trajectory(DVec3::Z * 20.0, DVec3::X, w);
    t = common::fly(0, t.start_point_m(), &[(2000, &[t.start_point_m(), t.start_point_m() + DVec3::X * 7.8])]);
    let c = flown(t, Limits { max_jerk_m_s3: 4.0, ..limits() }, w);
    assert_eq!(c.rule(Rule::Jerk).unwrap().verdict, Verdict::Proved);
}

#[test]
fn a_chain_of_legal_jumps_of_velocity_is_acceleration() {
    // 0.05 m/s every 10 ms are 5 m/s2; exact coordinates.
    let w = Writing { step_ms: 10, grid_m: 1e-6, degree: 1, samples: false, uneven: false };
    let c = burst(4.99, 1.0, w);
    assert_eq!(c.rule(Rule::Continuity).unwrap().verdict, Verdict::Proved);
    let r = c.rule(Rule::Acceleration).unwrap();
    assert_eq!(r.verdict, Verdict::Violated);
    assert!(r.worst.as_ref().unwrap().value > 4.8);
}

/// A limit of speed excuses nothing about acceleration: neither by overflow, nor as what a vehicle moves in the error of a time.
#[test]
fn a_great_limit_of_speed_hides_no_acceleration() {
    let w =
        |samples| Writing { step_ms: 20, grid_m: 0.001, degree: if samples { 1 } else { 3 }, samples, uneven: false };
    let m = Move { peak_m_s2: 15.0, ramp: 1, hold: 30, cruise: 3 };
    for (samples, time_error_ms) in [(false, 0.0), (true, 0.0), (false, 0.4), (true, 0.4)] {
        for limit_m_s in [100.0, 1e9, 1e200, f64::MAX] {
            let w = w(samples);
            let mut s = show(vec![m.trajectory(DVec3::Z * 500.0, DVec3::X, w)]);
            s.limits = Limits {
                max_velocity_xy_m_s: limit_m_s,
                max_velocity_up_m_s: limit_m_s,
                max_velocity_down_m_s: limit_m_s,
                ..limits()
            };
            let settings =
                ProofSettings { coordinate_step_m: w.grid_m, samples, time_error_ms, ..ProofSettings::default() };
            let r = prove(&s, &settings, &Silent).rule(Rule::Acceleration).unwrap().clone();
            assert_eq!(r.verdict, Verdict::Violated, "{samples} {time_error_ms} {limit_m_s} {r:?}");
            for case in r.worst.iter().chain(&r.witnesses) {
                assert_eq!(verify_witness(&s, Rule::Acceleration, case, &settings), Ok(()));
            }
        }
    }
}

//! A safe show is damaged at random: each damage is caught, or brute force agrees that it does no harm.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use crate::brute::sampled_separation;
use common::{p, show};
use kapok_proof::{Findings, ProofSettings, Rule, Verdict, prove};
use kapok_show::{DVec2, DVec3, Geofence, Limits, Show, Silent, Trajectory, math};

/// A small generator of reproducible noise.
struct Noise(u64);

impl Noise {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }
}

/// Without the figures of lost vehicles, which are no rule.
fn certify(s: &Show) -> Findings {
    prove(s, &ProofSettings::default(), &Silent)
}

const SIDE: usize = 4;

/// Rest-to-rest quintic step, exact on the millimetre grid as long as distances are whole tenths of millimetres.
fn step(t: &mut Trajectory, to: DVec3, end_ms: i64) {
    let from = t.end_point_m();
    t.push(end_ms, &[from, from, to, to, to]).unwrap();
}

/// Sixteen vehicles: up in place, to a wide sheet that leans, turned about, back over the pads, down.
fn safe_show() -> Show {
    let trajectories = (0..SIDE * SIDE).map(|k| {
        let (x, y) = ((k % SIDE) as f64 - 1.5, (k / SIDE) as f64 - 1.5);
        let pad = p(2.0 * x, 2.0 * y, 0.0);
        let mut t = Trajectory::starting_at(0, pad).unwrap();
        step(&mut t, pad.with_z(10.0), 15_000);
        step(&mut t, p(4.0 * x, 2.0 * y, 14.0 + y), 25_000);
        step(&mut t, p(4.0 * x + 6.0, 3.0 * y, 16.0 + 2.0 * x), 35_000);
        t.push_hold(37_000).unwrap();
        step(&mut t, pad.with_z(10.0), 47_000);
        step(&mut t, pad, 62_000);
        t
    });
    let mut s = show(trajectories.collect());
    s.limits = Limits { ground_separation_m: 1.5, ..Limits::default() };
    let fence = [(-10.0, -8.0), (16.0, -8.0), (16.0, 8.0), (-10.0, 8.0)];
    s.environment.geofence = Some(Geofence::around(fence.iter().map(|&(x, y)| DVec2::new(x, y)).collect()));
    s
}

/// The same flight through a different map of points and times.
fn rebuilt(t: &Trajectory, shift_ms: i64, map: impl Fn(DVec3) -> DVec3, drop: Option<usize>) -> Trajectory {
    let mut r = Trajectory::starting_at(t.start_ms() + shift_ms, map(t.start_point_m())).unwrap();
    for (k, s) in t.segments().enumerate() {
        if drop != Some(k) {
            let control: Vec<DVec3> = s.control_m[1..].iter().map(|&q| map(q)).collect();
            r.push(s.end_ms + shift_ms, &control).unwrap();
        }
    }
    r
}

/// Damages a show in one of six ways; says how.
fn damage(s: &mut Show, noise: &mut Noise) -> &'static str {
    let n = s.vehicles.len();
    let (i, j) = (noise.below(n), noise.below(n));
    let t = s.vehicles[i].trajectory.clone();
    match noise.below(6) {
        5 => {
            // The whole site is turned: within itself the show is as before, but not in its fence.
            let (sin, cos) = math::sin_cos((noise.below(60) as f64 - 30.0) * 0.02);
            for v in &mut s.vehicles {
                let turned = |q: DVec3| p(q.x * cos - q.y * sin, q.x * sin + q.y * cos, q.z);
                v.trajectory = rebuilt(&v.trajectory, 0, turned, None);
            }
            "site turned"
        }
        0 => {
            // Two vehicles fly each other's second half.
            let k = noise.below(t.segment_count());
            let u = s.vehicles[j].trajectory.clone();
            let splice = |a: &Trajectory, b: &Trajectory| {
                let mut r = Trajectory::starting_at(a.start_ms(), a.start_point_m()).unwrap();
                for (m, (x, y)) in a.segments().zip(b.segments()).enumerate() {
                    let from = if m < k { x } else { y };
                    r.push(from.end_ms, &from.control_m[1..]).unwrap();
                }
                r
            };
            s.vehicles[i].trajectory = splice(&t, &u);
            s.vehicles[j].trajectory = splice(&u, &t);
            "swap"
        }
        1 => {
            s.vehicles[i].trajectory = rebuilt(&t, 1000, |q| q, None);
            "a second late"
        }
        2 => {
            let angle = (noise.below(40) as f64 - 20.0) * 0.02;
            let (sin, cos) = math::sin_cos(angle);
            s.vehicles[i].trajectory = rebuilt(&t, 0, |q| p(q.x * cos - q.y * sin, q.x * sin + q.y * cos, q.z), None);
            "turned"
        }
        3 => {
            s.vehicles[i].trajectory = rebuilt(&t, 0, |q| q, Some(noise.below(t.segment_count())));
            "a piece lost"
        }
        _ => {
            // One bit of one coordinate of one control point.
            let (bit, at) = (40 + noise.below(23), noise.below(t.point_count()));
            let seen = std::cell::Cell::new(0);
            let broken = |q: DVec3| {
                let k = seen.replace(seen.get() + 1);
                let x = f64::from_bits(q.x.to_bits() ^ (1 << bit));
                if k == at && x.is_finite() && x.abs() < 1e5 { p(x, q.y, q.z) } else { q }
            };
            s.vehicles[i].trajectory = rebuilt(&t, 0, broken, None);
            "a bit flipped"
        }
    }
}

/// What samples at 100 Hz say against a certificate that says proved.
fn samples_object(s: &Show) -> Option<String> {
    let (flight, ground) = sampled_separation(s, 10.0);
    if flight < s.limits.min_separation_m - 1e-9 || ground < s.limits.ground_separation_m - 1e-9 {
        return Some(format!("distance {flight} {ground}"));
    }
    let l = &s.limits;
    for v in &s.vehicles {
        for k in 0..=v.trajectory.end_ms() / 10 {
            let m = v.trajectory.sample(10.0 * k as f64);
            let (q, w) = (m.position_m, m.velocity_m_s);
            let inside = (-10.0..=16.0).contains(&q.x) && (-8.0..=8.0).contains(&q.y) && q.z <= l.max_altitude_m;
            let slow =
                w.truncate().length() <= l.max_velocity_xy_m_s + 0.02 && w.z.abs() <= l.max_velocity_up_m_s + 0.02;
            let soft = m.acceleration_m_s2.length() <= l.max_acceleration_m_s2 + 0.02;
            if !(inside && slow && soft) {
                return Some(format!("vehicle {} at {} ms: {m:?}", v.name, 10 * k));
            }
        }
    }
    None
}

/// Are the witnesses of broken distances real?
fn witnesses_hold(s: &Show, c: &Findings) {
    let r = c.rule(Rule::Separation).unwrap();
    for w in r.worst.iter().chain(&r.witnesses) {
        let [a, b] = [0, 1].map(|k| s.vehicles[w.vehicles[k].index].trajectory.sample(w.t_ms).position_m);
        assert!(((a - b).length() - w.value).abs() < 1e-6);
    }
}

#[test]
fn the_show_itself_is_safe() {
    let c = certify(&safe_show());
    let bad: Vec<_> = c.rules.iter().filter(|r| r.verdict == Verdict::Violated).collect();
    assert_eq!(c.verdict, Verdict::Proved, "{bad:#?}");
    assert_eq!(samples_object(&safe_show()), None);
}

#[test]
fn a_thousand_damages_are_caught_or_harmless() {
    let mut noise = Noise(2017);
    let mut caught = std::collections::BTreeMap::new();
    for round in 0..1000 {
        let mut s = safe_show();
        let how = damage(&mut s, &mut noise);
        let harmless = s == safe_show();
        let c = certify(&s);
        let slot: &mut [u32; 2] = caught.entry(how).or_default();
        match c.verdict {
            Verdict::Violated => {
                assert!(!harmless);
                slot[0] += 1;
                witnesses_hold(&s, &c);
            }
            Verdict::Proved => {
                slot[1] += 1;
                assert_eq!(samples_object(&s), None, "round {round}, {how}");
            }
            v => panic!("round {round}, {how}: {v:?}"),
        }
    }
    // The samples above decide what is harmless; here only that the damages are worth the name.
    assert!(caught.values().all(|[bad, _]| *bad >= 30), "{caught:?}");
    assert!(caught["swap"][0] > caught["swap"][1], "{caught:?}");
}

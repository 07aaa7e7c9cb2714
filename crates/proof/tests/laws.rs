//! What must hold for any show, against samples and against a second, simple, exact implementation.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use crate::brute::{keeps_exactly, sampled_separation};
use common::{certify, p, show};
use kapok_proof::{Rule, SearchEnd, TimeWindow, Verdict, closest_approach};
use kapok_show::{DVec3, Show, Trajectory};
use proptest::prelude::*;

fn millimetres(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

/// A point of a box on millimetres.
fn point(side: f64, low: f64, high: f64) -> impl Strategy<Value = DVec3> {
    (-side..side, -side..side, low..high).prop_map(|(x, y, z)| p(millimetres(x), millimetres(y), millimetres(z)))
}

fn trajectory(side: f64, low: f64, high: f64) -> impl Strategy<Value = Trajectory> {
    let piece = (1..1500i64, prop::collection::vec(point(side, low, high), 1..=7));
    (-300..300i64, point(side, low, high), prop::collection::vec(piece, 0..4)).prop_map(|(start_ms, start, pieces)| {
        let mut t = Trajectory::starting_at(start_ms, start).unwrap();
        for (span_ms, control) in pieces {
            t.push(t.end_ms() + span_ms, &control).unwrap();
        }
        t
    })
}

fn any_show(count: usize, side: f64, low: f64, high: f64) -> impl Strategy<Value = Show> {
    (prop::collection::vec(trajectory(side, low, high), 1..=count), 1.0..2.5f64).prop_map(|(trajectories, scale)| {
        let mut s = show(trajectories);
        s.limits.downwash_scale = millimetres(scale);
        s
    })
}

/// What a sample of a motion counts for under a rule.
type Measure = fn(&kapok_show::Motion) -> f64;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// No sample at 1 kHz is nearer than the certificate's bound; its witness is what it says; the bound is tight.
    #[test]
    fn samples_never_beat_the_bound(s in any_show(5, 6.0, 0.0, 6.0)) {
        let c = certify(&s);
        let (flight, ground) = sampled_separation(&s, 1.0);
        for (rule, sampled, limit) in [
            (Rule::Separation, flight, s.limits.min_separation_m),
            (Rule::GroundSeparation, ground, s.limits.ground_separation_m),
        ] {
            let r = c.rule(rule).unwrap();
            prop_assert_ne!(r.verdict, Verdict::Undecided);
            if sampled < limit - 1e-9 {
                prop_assert_eq!(r.verdict, Verdict::Violated);
            }
            let Some(w) = &r.worst else {
                prop_assert!(sampled >= 4.0 * limit - 1e-9);
                continue;
            };
            prop_assert!(w.bound <= sampled + 1e-9, "bound {} above sample {sampled}", w.bound);
            prop_assert!(w.value <= sampled + 2e-6, "value {} above sample {sampled}", w.value);
            let d = w.positions_m[0] - w.positions_m[1];
            let z = if rule == Rule::Separation { d.z / s.limits.downwash_scale } else { d.z };
            let there = p(d.x, d.y, z).length();
            prop_assert!((there - w.value).abs() < 1e-6, "witness says {} but is {there}", w.value);
            prop_assert_eq!(r.verdict == Verdict::Violated, w.value < limit);
        }
        for (curve_m, sampled, radius_m) in
            [(&c.separation_per_second_m, flight, 6.0), (&c.ground_separation_per_second_m, ground, 4.0 * s.limits.ground_separation_m)]
        {
            let least = curve_m.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!(least <= sampled.min(radius_m) + 1e-9);
        }
    }

    /// Peak speed, acceleration and altitude are at least every sample, and attained where they are said to be.
    #[test]
    fn samples_never_beat_the_peaks(t in trajectory(50.0, 0.0, 60.0)) {
        let s = show(vec![t.clone()]);
        let strict = kapok_proof::ProofSettings { coordinate_step_m: 0.0, ..Default::default() };
        let c = kapok_proof::prove(&s, &strict, &kapok_show::Silent);
        let measures: [(Rule, Measure); 5] = [
            (Rule::VelocityXy, |m| m.velocity_m_s.truncate().length()),
            (Rule::VelocityUp, |m| m.velocity_m_s.z),
            (Rule::VelocityDown, |m| -m.velocity_m_s.z),
            (Rule::Acceleration, |m| m.acceleration_m_s2.length()),
            (Rule::Altitude, |m| m.position_m.z),
        ];
        for (rule, measure) in measures {
            let Some(w) = &c.rule(rule).unwrap().worst else {
                prop_assert_eq!(t.segment_count(), 0);
                continue;
            };
            for t_ms in t.start_ms()..=t.end_ms() {
                let sample = measure(&t.sample(t_ms as f64));
                prop_assert!(sample <= w.bound + 1e-7 * (1.0 + sample.abs()), "{rule:?}: {sample} above {}", w.bound);
            }
            prop_assert!(w.bound - w.value <= 1e-6 + 1e-9 * w.bound.abs());
            // At a joint the later piece may be the one that is meant: look just after it too.
            let there = [w.t_ms, w.t_ms + 1e-6].map(|t_ms| measure(&t.sample(t_ms)));
            let near = there.iter().any(|x| (x - w.value).abs() < 1e-3 * (1.0 + w.value.abs()));
            prop_assert!(near, "{rule:?}: said {} but is {there:?}", w.value);
        }
    }

    /// The enclosure is as narrow as asked for and holds the samples.
    #[test]
    fn closest_approach_encloses(a in trajectory(9.0, 0.0, 9.0), b in trajectory(9.0, 0.0, 9.0), from in -500..3000i64, len in 0..3000i64) {
        let window = TimeWindow { start_ms: from, end_ms: from + len };
        let c = closest_approach(&a, &b, window, 1e-6);
        let mut sampled = f64::INFINITY;
        for t_ms in from..=from + len {
            sampled = sampled.min((a.sample(t_ms as f64).position_m - b.sample(t_ms as f64).position_m).length());
        }
        prop_assert!(c.lower_m <= sampled + 1e-9 && c.upper_m <= sampled + 2e-6);
        // At a real collision the root of the rounding error is all that can be had.
        prop_assert!(c.end == SearchEnd::WithinTolerance || c.upper_m < 1e-5);
        prop_assert!(((c.witness.a_in_site - c.witness.b_in_site).length() - c.upper_m).abs() < 1e-5);
    }

    /// Moving a show sideways changes no verdict and hardly a value; the order of vehicles does not matter.
    #[test]
    fn moving_and_shuffling_change_nothing(s in any_show(5, 6.0, 0.0, 6.0), shift in point(800.0, 0.0, 1.0)) {
        let before = certify(&s);
        let mut moved = s.clone();
        for v in &mut moved.vehicles {
            let by = shift.with_z(0.0);
            let on_grid = |q: DVec3| p(millimetres(q.x + by.x), millimetres(q.y + by.y), q.z);
            let mut t = Trajectory::starting_at(v.trajectory.start_ms(), on_grid(v.trajectory.start_point_m())).unwrap();
            for piece in v.trajectory.segments() {
                let control: Vec<DVec3> = piece.control_m[1..].iter().map(|&q| on_grid(q)).collect();
                t.push(piece.end_ms, &control).unwrap();
            }
            v.trajectory = t;
        }
        moved.vehicles.reverse();
        let after = certify(&moved);
        prop_assert_eq!(before.verdict, after.verdict);
        for (a, b) in before.rules.iter().zip(&after.rules) {
            prop_assert_eq!(a.verdict, b.verdict);
            prop_assert_eq!(a.violations, b.violations);
            let [x, y] = [a, b].map(|r| r.worst.as_ref().map(|w| w.value));
            let near = x.zip(y).is_none_or(|(x, y)| (x - y).abs() < 3e-6 * (1.0 + x.abs()));
            prop_assert!(near, "{:?}: {x:?} became {y:?}", a.rule);
        }
    }
}

proptest! {
    // Fractions of degree 14 are slow.
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The same verdict as exact fractions and Sturm's theorem, with the limit set as near to the truth as it gets.
    #[test]
    fn verdicts_agree_with_exact_fractions(
        a in trajectory(6.0, 20.0, 30.0), b in trajectory(6.0, 20.0, 30.0),
        off in prop_oneof![Just(0.0), Just(1e-6), Just(-1e-6), Just(2e-6), Just(1e-4), Just(-1e-4)],
    ) {
        let window = TimeWindow { start_ms: -400, end_ms: 7000 };
        let found = closest_approach(&a, &b, window, 1e-9);
        prop_assume!(found.upper_m > 0.01);
        prop_assume!(a.segment_count() + b.segment_count() > 0);
        let mut s = show(vec![a, b]);
        s.limits.min_separation_m = ((found.lower_m + off) * 1e6).floor() / 1e6;
        let verdict = certify(&s).rule(Rule::Separation).unwrap().verdict;
        let want = if keeps_exactly(&s, 0, 1) { Verdict::Proved } else { Verdict::Violated };
        prop_assert_eq!(verdict, want, "limit {}", s.limits.min_separation_m);
    }
}

#[test]
fn the_same_certificate_on_one_and_two_threads() {
    let mut seed = 1u64;
    let mut noise = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        millimetres((seed >> 40) as f64 / 16_777_216.0 * 40.0)
    };
    let trajectories = (0..60).map(|k| {
        let mut t = Trajectory::starting_at(0, p(noise(), noise(), 5.0 + noise())).unwrap();
        for round in 0..6 {
            t.push(4000 * (round + 1) + k, &[p(noise(), noise(), noise()), p(noise(), noise(), noise())]).unwrap();
        }
        t
    });
    let s = show(trajectories.collect());
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        serde_json::to_string(&pool.install(|| certify(&s))).unwrap()
    };
    let one = on(1);
    assert!(one.contains("violated"));
    assert_eq!(one, on(2));
    assert_eq!(one, on(5));
}

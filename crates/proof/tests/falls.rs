//! Where a failing vehicle can come down: the bound against an integrator of its own, and what is near it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::{certify, fly, hover, judge, p, show};
use kapok_proof::{ProofSettings, Rule, Verdict, verify_witness};
use kapok_show::{Audience, DVec2, DVec3, Road, Show, Trajectory, VehicleProfile, Water, math};
use proptest::prelude::*;

const GRAVITY: DVec3 = DVec3::new(0.0, 0.0, -9.806_65);

fn square(centre: DVec2, half_m: f64) -> Vec<DVec2> {
    [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| centre + DVec2::new(x, y) * half_m).to_vec()
}

fn with_audience(t: Trajectory, polygon_m: Vec<DVec2>) -> Show {
    let mut s = show(vec![t]);
    s.environment.audiences.push(Audience {
        name: "stand".into(),
        polygon_m,
        eye_m: p(0.0, -50.0, 2.0),
        look_at_m: p(0.0, 0.0, 20.0),
        fov_deg: None,
    });
    s
}

/// Falls step by step, with a wind that turns as it likes and drag that is any share of the profile's. Independent of
/// the library: three coordinates, steps of a millisecond, velocity half a step ahead.
fn landing(profile: &VehicleProfile, start: DVec3, velocity: DVec3, drag: f64, wind: &dyn Fn(f64) -> DVec2) -> DVec2 {
    let dt = 1e-3;
    let kappa = 0.5 * 1.225 * profile.drag_area_m2 * drag / profile.mass_kg;
    let (mut x, mut v, mut t) = (start, velocity, 0.0);
    let pull = |v: DVec3, t: f64| {
        let air = v - wind(t).extend(0.0);
        GRAVITY - kappa * air.length() * air
    };
    while x.z > 0.0 {
        let half = v + 0.5 * dt * pull(v, t);
        v += dt * pull(half, t + 0.5 * dt);
        x += dt * half;
        t += dt;
    }
    x.truncate()
}

/// How far the library says that a vehicle can come down from the place of its failure, read from the rule itself: a
/// stand far away to the right, so that distances are along x.
fn stated_reach_m(motion: Trajectory, profile: VehicleProfile, wind_m_s: f64, t_ms: f64) -> f64 {
    let at = motion.sample(t_ms).position_m;
    let far = 1e4;
    let mut s = with_audience(motion, square(DVec2::new(at.x + far + 1e3, at.y), 1e3));
    s.profile = profile;
    s.limits.max_wind_m_s = wind_m_s;
    let r = judge(&s, Rule::FallOnAudience);
    // The least margin of the show is at most that at this instant.
    far - r.worst.unwrap().bound
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// No wind, no tumbling carries a vehicle beyond the bound.
    #[test]
    fn nothing_comes_down_beyond_the_bound(
        height in 0.5..120.0f64, speed in 0.0..12.0f64, heading in 0.0..6.2f64, climb in -4.0..4.0f64,
        wind_m_s in 0.0..15.0f64, phase in 0.0..6.2f64, turn in -1.0..1.0f64, drag in 0.0..=1.0f64,
        mass_kg in 0.1..3.0f64, drag_area_m2 in 0.0..0.2f64,
    ) {
        let profile = VehicleProfile { mass_kg, drag_area_m2, diameter_m: 0.0, ..VehicleProfile::default() };
        let (sin, cos) = math::sin_cos(heading);
        let velocity = DVec3::new(speed * cos, speed * sin, climb);
        let start = p(0.0, 0.0, height + 4.0);
        let motion = fly(0, p(0.0, 0.0, 0.0), &[(60_000, &[start]), (61_000, &[start + velocity])]);
        let wind = |t: f64| {
            let (sin, cos) = math::sin_cos(phase + turn * t);
            DVec2::new(cos, sin) * wind_m_s
        };
        let down = landing(&profile, start, velocity, drag, &wind);
        let reach = stated_reach_m(motion, profile, wind_m_s, 60_500.0) ;
        // The show goes on for a second after the failure, which the rule of the whole show looks at too.
        prop_assert!(down.length() <= reach + speed + 0.02, "{} beyond {reach}", down.length());
    }
}

#[test]
fn the_bound_is_not_much_too_wide() {
    // Standing at 100 m in 8 m/s: the wind that blows one way all the time is the worst, and the bound is within a half.
    let profile = VehicleProfile { diameter_m: 0.0, ..VehicleProfile::default() };
    let true_m = landing(&profile, p(0.0, 0.0, 100.0), DVec3::ZERO, 1.0, &|_| DVec2::new(8.0, 0.0)).length();
    let bound_m = stated_reach_m(hover(p(0.0, 0.0, 100.0), 1000), profile, 8.0, 0.0);
    assert!(true_m <= bound_m && bound_m <= 1.5 * true_m, "{true_m} and {bound_m}");
}

#[test]
fn near_the_limit_and_beyond_it() {
    let at = |x: f64| hover(p(x, 0.0, 60.0), 5000);
    let stand = || square(DVec2::new(0.0, 0.0), 20.0);
    let far = judge(&with_audience(at(300.0), stand()), Rule::FallOnAudience);
    assert_eq!(far.verdict, Verdict::Proved);
    let reach = 280.0 - far.worst.unwrap().value;
    // A vehicle that hovers is at one place, so the reach is exact but for the stated millimetre.
    let just = judge(&with_audience(at(20.0 + reach + 0.002), stand()), Rule::FallOnAudience);
    assert_eq!(just.verdict, Verdict::Proved, "{just:?}");
    let near = judge(&with_audience(at(20.0 + reach - 0.002), stand()), Rule::FallOnAudience);
    assert_eq!(near.verdict, Verdict::Violated, "{near:?}");
    assert!(near.detail.contains("stand"));
}

#[test]
fn the_worst_instant_lies_between_samples_and_is_measured_again() {
    // A pass whose nearest point to the stand is at no knot.
    let pass = fly(0, p(-80.0, 120.0, 50.0), &[(30_000, &[p(0.0, 20.0, 50.0), p(80.0, 120.0, 50.0)])]);
    let s = with_audience(pass, square(DVec2::new(0.0, -30.0), 20.0));
    let r = judge(&s, Rule::FallOnAudience);
    let worst = r.worst.clone().unwrap();
    assert!(worst.t_ms > 10_000.0 && worst.t_ms < 20_000.0);
    assert!(worst.value - worst.bound <= 1.1e-3);
    verify_witness(&s, Rule::FallOnAudience, &worst, &ProofSettings::default()).unwrap();
    // Independent scan at 1 kHz of the horizontal distance alone: reach is what is left, and never negative.
    let brute = (0..=30_000)
        .map(|t| s.vehicles[0].trajectory.sample(f64::from(t)).position_m)
        .map(|q| (q.truncate() - q.truncate().clamp(DVec2::new(-20.0, -50.0), DVec2::new(20.0, -10.0))).length())
        .fold(f64::INFINITY, f64::min);
    assert!(worst.value < brute);
}

#[test]
fn roads_are_a_rule_and_water_is_none() {
    let mut s = show(vec![hover(p(45.0, 0.0, 40.0), 20_000)]);
    assert_eq!(judge(&s, Rule::FallOnRoad).verdict, Verdict::NotApplicable);
    assert_eq!(judge(&s, Rule::FallOnAudience).verdict, Verdict::NotApplicable);
    let below = square(DVec2::new(50.0, 0.0), 10.0);
    s.environment.roads.push(Road { name: "A 1".into(), polygon_m: below.clone() });
    s.environment.waters.push(Water { name: "river".into(), polygon_m: below });
    let c = certify(&s);
    assert_eq!(c.rule(Rule::FallOnRoad).unwrap().verdict, Verdict::Violated);
    s.environment.roads.clear();
    assert_eq!(certify(&s).verdict, Verdict::Proved, "water alone violates nothing");
}

#[test]
fn a_profile_that_makes_no_sense_is_not_guessed_at() {
    let mut s = with_audience(hover(p(500.0, 0.0, 20.0), 1000), square(DVec2::ZERO, 5.0));
    for (mass_kg, drag_area_m2) in [(0.0, 0.05), (f64::NAN, 0.05), (1.0, -1.0), (1e-9, 1e9)] {
        s.profile = VehicleProfile { mass_kg, drag_area_m2, ..VehicleProfile::default() };
        assert_eq!(judge(&s, Rule::FallOnAudience).verdict, Verdict::Undecided, "{mass_kg} kg, {drag_area_m2} m²");
    }
}

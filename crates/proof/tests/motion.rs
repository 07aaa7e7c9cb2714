//! Speed, acceleration, jerk, continuity: a little either side of each limit.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{fly, hover, judge, line, p, show, verdict};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{Limits, Show, Silent, Trajectory, YawKey, YawProgram};

fn alone(t: Trajectory) -> Show {
    let mut s = show(vec![t]);
    s.limits = Limits::default();
    s
}

#[test]
fn speeds_of_a_straight_line() {
    let s = alone(line(p(0.0, 0.0, 20.0), p(30.0, 40.0, 20.0), 0, 10_000));
    assert_eq!(verdict(&s, Rule::VelocityXy), Verdict::Proved);
    let s = alone(line(p(0.0, 0.0, 20.0), p(30.0, 40.01, 20.0), 0, 10_000));
    let r = judge(&s, Rule::VelocityXy);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!((r.worst.unwrap().value - 5.0008).abs() < 1e-3);
    let s = alone(line(p(0.0, 0.0, 20.0), p(0.0, 0.0, 40.1), 0, 10_000));
    assert_eq!(verdict(&s, Rule::VelocityUp), Verdict::Violated);
    assert_eq!(verdict(&s, Rule::VelocityDown), Verdict::Proved);
    let s = alone(line(p(0.0, 0.0, 40.1), p(0.0, 0.0, 20.0), 0, 10_000));
    assert_eq!(verdict(&s, Rule::VelocityDown), Verdict::Violated);
    assert_eq!(verdict(&s, Rule::VelocityUp), Verdict::Proved);
}

#[test]
fn largest_speed_inside_a_cubic() {
    // Rest to rest over 10 m in 4 s by 3u² − 2u³: peak speed 1.5 · 2.5 = 3.75 m/s in the middle.
    let s = alone(fly(0, p(0.0, 0.0, 20.0), &[(4000, &[p(0.0, 0.0, 20.0), p(10.0, 0.0, 20.0), p(10.0, 0.0, 20.0)])]));
    let strict = ProofSettings { coordinate_step_m: 0.0, ..ProofSettings::default() };
    let c = prove(&s, &strict, &Silent);
    let w = c.rule(Rule::VelocityXy).unwrap().worst.clone().unwrap();
    assert!((w.value - 3.75).abs() < 1e-6 && (w.t_ms - 2000.0).abs() < 5.0);
    assert!(w.bound >= 3.75 && w.bound - w.value <= 1e-6);
    // Acceleration 6·10/16 = 3.75 m/s² at both ends, jerk 12·10/64.
    let a = c.rule(Rule::Acceleration).unwrap();
    assert_eq!(a.verdict, Verdict::Violated);
    assert!((a.worst.clone().unwrap().value - 3.75).abs() < 1e-9);
    let j = c.rule(Rule::Jerk).unwrap().worst.clone().unwrap();
    assert!((j.value - 1.875).abs() < 1e-9);
    // Starting at full acceleration is a jump of 3.75 m/s², above the default of 2.
    assert_eq!(c.rule(Rule::AccelerationJump).unwrap().verdict, Verdict::Violated);
    assert_eq!(c.rule(Rule::Continuity).unwrap().verdict, Verdict::Proved);
}

#[test]
fn starting_and_stopping_at_speed_are_jumps() {
    let s = alone(line(p(0.0, 0.0, 20.0), p(1.0, 0.0, 20.0), 0, 10_000));
    let r = judge(&s, Rule::Continuity);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!((r.worst.unwrap().value - 0.1).abs() < 1e-3);
    assert_eq!(verdict(&alone(hover(p(0.0, 0.0, 20.0), 1000)), Rule::Continuity), Verdict::Proved);
}

#[test]
fn rounding_of_short_pieces_is_no_jerk() {
    // A straight climb in pieces of 100 ms, control points rounded to millimetres.
    let mm = |x: f64| (x * 1000.0).round() / 1000.0;
    let mut t = Trajectory::starting_at(0, p(0.0, 0.0, 20.0)).unwrap();
    for k in 0..50i64 {
        let c: Vec<_> = (1..=3).map(|i| p(mm((k as f64 + f64::from(i) / 3.0) * 0.1 * 1.234_567), 0.0, 20.0)).collect();
        t.push(100 * (k + 1), &c).unwrap();
    }
    let s = alone(t);
    assert_eq!(verdict(&s, Rule::Jerk), Verdict::Proved);
    assert_eq!(verdict(&s, Rule::Acceleration), Verdict::Proved);
    let strict = ProofSettings { coordinate_step_m: 0.0, ..ProofSettings::default() };
    assert_eq!(prove(&s, &strict, &Silent).rule(Rule::Jerk).unwrap().verdict, Verdict::Violated);
}

#[test]
fn battery() {
    let s = alone(hover(p(0.0, 0.0, 20.0), 1_200_000));
    assert_eq!(verdict(&s, Rule::Energy), Verdict::Proved);
    let s = alone(hover(p(0.0, 0.0, 20.0), 1_200_001));
    assert_eq!(verdict(&s, Rule::Energy), Verdict::Violated);
}

#[test]
fn the_fastest_stretch_of_turning_counts() {
    let yaw = |end_deg: f64, auto: Option<f64>| {
        let mut s = show(vec![hover(p(0.0, 0.0, 20.0), 9000)]);
        let keys = [(0, 0.0), (2000, 50.0), (5000, end_deg), (9000, end_deg)];
        let keys = keys.map(|(t_ms, yaw_deg)| YawKey { t_ms, yaw_deg }).to_vec();
        s.vehicles[0].yaw = YawProgram::from_keys(keys, auto);
        judge(&s, Rule::YawRate)
    };
    let kept = yaw(140.0, None);
    assert_eq!(kept.verdict, Verdict::Proved, "30 degrees a second is the limit itself");
    assert_eq!(kept.worst.unwrap().t_ms, 2000.0);
    let broken = yaw(140.3, Some(90.0));
    assert_eq!(broken.verdict, Verdict::Violated);
    assert!((broken.worst.unwrap().value - 30.1).abs() < 1e-9);
    assert!(broken.detail.contains("direction of flight"));
    assert_eq!(yaw(-50.0, None).verdict, Verdict::Violated, "turning back is turning");
    let none = judge(&show(vec![hover(p(0.0, 0.0, 20.0), 9000)]), Rule::YawRate);
    assert_eq!(none.verdict, Verdict::NotApplicable);
}

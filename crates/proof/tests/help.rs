//! What would do where a rule does not hold: with that number it does.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{fly, hover, judge, line, p, show};
use kapok_proof::{Rule, Verdict};
use kapok_show::{Audience, DVec2, DVec3, Show, Trajectory};

/// The same flight, slower.
fn stretched(t: &Trajectory, times: f64) -> Trajectory {
    let at = |t_ms: i64| (t_ms as f64 * times).ceil() as i64;
    let pieces: Vec<(i64, Vec<DVec3>)> = t.segments().map(|s| (at(s.end_ms), s.control_m[1..].to_vec())).collect();
    let pieces: Vec<(i64, &[DVec3])> = pieces.iter().map(|(t_ms, c)| (*t_ms, c.as_slice())).collect();
    fly(at(t.start_ms()), t.start_point_m(), &pieces)
}

#[test]
fn rules_that_hold_need_no_help() {
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(5.0, 0.0, 20.0), 1000)]);
    assert!(common::certify(&s).rules.iter().all(|r| r.help.is_empty()));
}

#[test]
fn a_slower_motion_is_told_by_how_much() {
    let bend = fly(
        0,
        p(0.0, 0.0, 20.0),
        &[(2000, &[p(0.0, 0.0, 20.0), p(0.0, 0.0, 20.0), p(20.0, 0.0, 20.0), p(20.0, 0.0, 20.0), p(20.0, 0.0, 20.0)])],
    );
    let mut s = show(vec![bend.clone()]);
    (s.limits.max_velocity_xy_m_s, s.limits.max_acceleration_m_s2, s.limits.max_jerk_m_s3) = (5.0, 4.0, 10.0);
    for rule in [Rule::VelocityXy, Rule::Acceleration, Rule::Jerk] {
        let r = judge(&s, rule);
        assert_eq!(r.verdict, Verdict::Violated);
        let text = &r.help[0].text;
        let times: f64 = text.split("takes ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let mut slow = s.clone();
        slow.vehicles[0].trajectory = stretched(&bend, times);
        assert_eq!(judge(&slow, rule).verdict, Verdict::Proved, "{text}");
        slow.vehicles[0].trajectory = stretched(&bend, times - 0.05);
        assert_eq!(judge(&slow, rule).verdict, Verdict::Violated, "{text}");
    }
}

#[test]
fn the_metres_that_are_missing_are_told() {
    let pair = |d: f64| show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(d, 0.0, 20.0), 1000)]);
    let by = judge(&pair(1.2), Rule::Separation).help[0].value.unwrap();
    assert_eq!(judge(&pair(1.2 + by), Rule::Separation).verdict, Verdict::Proved);
    let mut s = show(vec![hover(p(0.0, 0.0, 130.0), 1000)]);
    s.limits.max_altitude_m = 120.0;
    assert!((judge(&s, Rule::Altitude).help[0].value.unwrap() - 10.0).abs() < 0.02);
}

/// 60 m high, 20 m beside the spectators.
fn beside_spectators(wind_m_s: f64, aside_m: f64, z: f64) -> Show {
    let mut s = show(vec![line(p(aside_m, 0.0, z), p(aside_m, 30.0, z), 0, 30_000)]);
    s.limits.max_wind_m_s = wind_m_s;
    s.environment.audiences.push(Audience {
        name: "meadow".into(),
        polygon_m: [(-50.0, -50.0), (0.0, -50.0), (0.0, 50.0), (-50.0, 50.0)].map(|(x, y)| DVec2::new(x, y)).to_vec(),
        eye_m: p(-20.0, 0.0, 2.0),
        look_at_m: p(50.0, 0.0, 30.0),
        fov_deg: None,
    });
    s
}

#[test]
fn a_fall_on_spectators_is_told_the_wind_the_distance_and_the_height_that_would_do() {
    let r = judge(&beside_spectators(8.0, 20.0, 60.0), Rule::FallOnAudience);
    assert_eq!(r.verdict, Verdict::Violated);
    let [wind, away, lower] = &r.help[..] else { panic!("{:?}", r.help) };
    let holds = |s: &Show| judge(s, Rule::FallOnAudience).verdict == Verdict::Proved;
    let (w, m, z) = (wind.value.unwrap(), away.value.unwrap(), lower.value.unwrap());
    assert!(w > 0.5 && w < 8.0 && wind.text.contains("wind"), "{wind:?}");
    assert!(holds(&beside_spectators(w, 20.0, 60.0)) && !holds(&beside_spectators(w + 0.5, 20.0, 60.0)), "{wind:?}");
    assert!(
        holds(&beside_spectators(8.0, 20.0 + m, 60.0)) && !holds(&beside_spectators(8.0, 19.5 + m, 60.0)),
        "{away:?}"
    );
    assert!(holds(&beside_spectators(8.0, 20.0, z)) && !holds(&beside_spectators(8.0, 20.0, z + 2.0)), "{lower:?}");
    // Over their heads no wind is calm enough and no height low enough.
    let r = judge(&beside_spectators(8.0, -5.0, 60.0), Rule::FallOnAudience);
    assert_eq!(r.help.len(), 1, "{:?}", r.help);
}

//! The border between the rule of flight and the rule of the ground, 2.5 m up: no instant without a rule.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{fly, hover, judge, line, p, show, verdict};
use kapok_proof::{Rule, Verdict};

#[test]
fn on_the_ground_the_ground_rule_holds() {
    let s = show(vec![hover(p(0.0, 0.0, 0.0), 1000), hover(p(0.4, 0.0, 0.0), 1000)]);
    assert_eq!(verdict(&s, Rule::GroundSeparation), Verdict::Proved);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    let s = show(vec![hover(p(0.0, 0.0, 0.0), 1000), hover(p(0.399_999, 0.0, 0.0), 1000)]);
    assert_eq!(verdict(&s, Rule::GroundSeparation), Verdict::Violated);
}

#[test]
fn pads_on_decimals_at_exactly_the_ground_limit() {
    let s = show((0..50).map(|k| hover(p(f64::from(k) * 4.0 / 10.0, 0.7, 0.0), 1000)).collect());
    assert_eq!(verdict(&s, Rule::GroundSeparation), Verdict::Proved);
}

#[test]
fn climbing_together_from_narrow_pads_breaks_the_flight_rule_at_the_border() {
    let up = |x: f64| line(p(x, 0.0, 0.0), p(x, 0.0, 10.0), 0, 10_000);
    let r = judge(&show(vec![up(0.0), up(1.0)]), Rule::Separation);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!(r.worst.unwrap().t_ms >= 2500.0);
}

#[test]
fn one_above_the_border_is_enough() {
    let s = show(vec![hover(p(0.0, 0.0, 2.5), 1000), hover(p(1.0, 0.0, 2.0), 1000)]);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Violated);
    let s = show(vec![hover(p(0.0, 0.0, 2.499), 1000), hover(p(1.0, 0.0, 2.0), 1000)]);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    assert_eq!(verdict(&s, Rule::GroundSeparation), Verdict::Proved);
}

#[test]
fn nearest_just_after_crossing() {
    // They close in while climbing: 1.8 m at the border (a third of the way), 1.4 m a little later, apart again at the top.
    let a = line(p(0.0, 0.0, 0.0), p(0.0, 0.0, 7.5), 0, 9000);
    let b = fly(
        0,
        p(2.2, 0.0, 0.0),
        &[(3000, &[p(1.8, 0.0, 2.5)]), (4000, &[p(1.4, 0.0, 3.5)]), (9000, &[p(6.0, 0.0, 7.5)])],
    );
    let r = judge(&show(vec![a, b]), Rule::Separation);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!((r.worst.unwrap().t_ms - 4000.0).abs() < 100.0);
}

#[test]
fn too_near_for_flight_but_still_on_the_ground() {
    // 1.0 m while low, 1.6 m from 2.4 m up: kept, because the two rules change over in between.
    let a = line(p(0.0, 0.0, 0.0), p(0.0, 0.0, 10.0), 0, 10_000);
    let b = fly(0, p(1.0, 0.0, 0.0), &[(2400, &[p(1.6, 0.0, 2.4)]), (10_000, &[p(3.0, 0.0, 10.0)])]);
    let s = show(vec![a, b]);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    assert_eq!(verdict(&s, Rule::GroundSeparation), Verdict::Proved);
}

#[test]
fn a_millimetre_too_near_at_the_border() {
    // Leaving each other at an even pace; at the border it is 1.499 or 1.501 m.
    let pair = |d: f64| {
        let a = line(p(0.0, 0.0, 0.0), p(0.0, 0.0, 5.0), 0, 8000);
        let b = line(p(d - 1.0, 0.0, 0.0), p(d + 1.0, 0.0, 5.0), 0, 8000);
        show(vec![a, b])
    };
    let bad = judge(&pair(1.499), Rule::Separation);
    assert_eq!(bad.verdict, Verdict::Violated);
    let w = bad.worst.unwrap();
    assert!((w.value - 1.499).abs() < 2e-6 && (w.t_ms - 4000.0).abs() < 1.0);
    let good = judge(&pair(1.501), Rule::Separation);
    assert_eq!(good.verdict, Verdict::Proved);
    assert!((good.worst.unwrap().value - 1.501).abs() < 2e-6);
}

#[test]
fn dipping_below_the_border_between_two_knots() {
    // A dip of both from 5 m down to 0.5 m, 1 m apart at the bottom: under the ground rule there, flight rule elsewhere.
    let a = fly(0, p(0.0, 0.0, 5.0), &[(8000, &[p(0.0, 0.0, -4.0), p(0.0, 0.0, 5.0)])]);
    let b = fly(0, p(3.0, 0.0, 5.0), &[(8000, &[p(-1.0, 0.0, -4.0), p(3.0, 0.0, 5.0)])]);
    // Distance 3 − 8u(1−u): 1 m in the middle, 1.5 m at u = ¼, where z = 5 − 18·3/16 = 1.625 m.
    let s = show(vec![a, b]);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    let r = judge(&s, Rule::GroundSeparation);
    assert_eq!(r.verdict, Verdict::Proved);
    assert!((r.worst.unwrap().value - 1.0).abs() < 1e-6);
}

#[test]
fn sideways_below_the_border() {
    let mut s = show(vec![line(p(0.0, 0.0, 0.0), p(1.0, 0.0, 3.0), 0, 3000)]);
    let r = judge(&s, Rule::GroundMotion);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!((r.worst.unwrap().value - 1.0 / 3.0).abs() < 0.01);
    let up_and_over = [(3000, &[p(0.0, 0.0, 2.5)][..]), (9000, &[p(9.0, 0.0, 2.5)][..])];
    s.vehicles[0].trajectory = fly(0, p(0.0, 0.0, 0.0), &up_and_over);
    assert_eq!(verdict(&s, Rule::GroundMotion), Verdict::Proved);
    let over_too_low = [(3000, &[p(0.0, 0.0, 2.4)][..]), (9000, &[p(9.0, 0.0, 2.4)][..])];
    s.vehicles[0].trajectory = fly(0, p(0.0, 0.0, 0.0), &over_too_low);
    assert_eq!(verdict(&s, Rule::GroundMotion), Verdict::Violated);
}

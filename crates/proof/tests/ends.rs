//! Where motions begin and end: on pads and on the ground.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{fly, hover, in_the_air, line, p, show};
use kapok_proof::{ProofSettings, Rule, RuleReport, Verdict, assumptions, prove, verify_witness};
use kapok_show::{DVec2, DVec3, ReturnAction, ReturnEntry, ReturnToHomePlan, Show, Silent, Trajectory};

fn judge(s: &Show, rule: Rule) -> RuleReport {
    let c = prove(s, &ProofSettings::default(), &Silent);
    let r = c.rule(rule).unwrap().clone();
    for w in r.worst.iter().chain(&r.witnesses) {
        verify_witness(s, rule, w, &ProofSettings::default()).unwrap();
    }
    r
}

/// Up to 20 m and down again, at rest at both ends.
fn hop(from: DVec3, start_ms: i64) -> Trajectory {
    let top = from + p(0.0, 0.0, 20.0);
    fly(
        start_ms,
        from,
        &[(start_ms + 20_000, &[from, from, top, top, top]), (start_ms + 40_000, &[top, top, from, from, from])],
    )
}

#[track_caller]
fn ends(s: &Show, verdict: Verdict, value: f64) -> RuleReport {
    let r = judge(s, Rule::Ends);
    assert_eq!(r.verdict, verdict, "{r:?}");
    assert!((r.worst.as_ref().unwrap().value - value).abs() < 1e-9, "{r:?}");
    r
}

#[test]
fn a_hop_from_its_pad_is_proved_whenever_it_begins() {
    for start_ms in [-3000, 0, 60_000] {
        let s = show(vec![hop(p(0.0, 0.0, 0.0), start_ms), hop(p(5.0, 0.0, 0.0), 0)]);
        ends(&s, Verdict::Proved, 0.0);
        assert_eq!(prove(&s, &ProofSettings::default(), &Silent).verdict, Verdict::Proved);
    }
}

#[test]
fn a_start_beside_or_above_its_pad_is_no_start_from_it() {
    let mut s = show(vec![hop(p(0.0, 0.0, 0.0), 0), hop(p(5.0, 0.0, 0.0), 0)]);
    for (home_m, verdict) in [
        (p(30.0, 0.0, 0.0), Verdict::Violated),
        (p(0.0, 0.0, 1.2), Verdict::Violated),
        (p(0.0, 0.0, -1.2), Verdict::Violated),
        (p(0.0, 0.102, 0.0), Verdict::Violated),
        // Within the tolerance, which the rule states.
        (p(0.0, 0.1, 0.0), Verdict::Proved),
    ] {
        s.vehicles[0].home_m = home_m;
        let r = ends(&s, verdict, home_m.length());
        assert!((r.limit.value - 0.1 - 0.001 * 3f64.sqrt()).abs() < 1e-12);
        assert_eq!(r.violations, u64::from(verdict == Verdict::Violated));
    }
}

#[test]
fn starts_and_ends_in_the_air_are_violations() {
    let up = line(p(0.0, 0.0, 0.0), p(0.0, 0.0, 20.0), 0, 20_000);
    let r = ends(&show(vec![up]), Verdict::Violated, 20.0);
    assert_eq!(r.worst.unwrap().t_ms, 20_000.0);
    assert!(r.detail.contains("1 do not end"), "{}", r.detail);
    // What is called a pad does not make ground of the air.
    let r = ends(&show(vec![hover(p(0.0, 0.0, 20.0), 30_000)]), Verdict::Violated, 20.0);
    assert!(r.detail.contains("1 of the vehicles do not begin"), "{}", r.detail);
    // Nor does standing there.
    let s = show(vec![Trajectory::starting_at(0, p(0.0, 0.0, 20.0)).unwrap()]);
    ends(&s, Verdict::Violated, 20.0);
    ends(&show(vec![Trajectory::starting_at(0, DVec3::ZERO).unwrap()]), Verdict::Proved, 0.0);
}

#[test]
fn the_end_of_a_motion_does_not_dig_the_ground_away() {
    let down = fly(0, DVec3::ZERO, &[(20_000, &[p(0.0, 0.0, 20.0)]), (100_000, &[p(0.0, 0.0, -50.0)])]);
    let s = show(vec![down]);
    let floor = judge(&s, Rule::Floor);
    assert_eq!(floor.verdict, Verdict::Violated);
    assert!((floor.worst.unwrap().value + 50.0).abs() < 1e-6);
    ends(&s, Verdict::Violated, 50.0);
    // The flag gives leave to hang in the air, not to dig.
    let c = prove(&s, &in_the_air(), &Silent);
    assert_eq!(c.rule(Rule::Floor).unwrap().verdict, Verdict::Violated);
    // A pad 50 m below the ground is none either.
    let mut s = show(vec![hop(p(0.0, 0.0, -50.0), 0)]);
    assert_eq!(judge(&s, Rule::Floor).verdict, Verdict::Violated);
    ends(&s, Verdict::Violated, 50.0);
    // One on a barge is.
    s.vehicles[0] = show(vec![hop(p(0.0, 0.0, -4.0), 0)]).vehicles.remove(0);
    assert_eq!(judge(&s, Rule::Floor).verdict, Verdict::Proved);
    let r = ends(&s, Verdict::Proved, 0.0);
    assert!(r.detail.contains("-4.00"), "{}", r.detail);
}

#[test]
fn an_end_on_the_ground_or_on_a_pad_of_another_is_an_end() {
    let (a, b) = (p(0.0, 0.0, 1.0), p(9.0, 0.0, 1.5));
    let to =
        |end_m: DVec3| fly(0, a, &[(9000, &[p(0.0, 0.0, 20.0)]), (18_000, &[end_m.with_z(20.0)]), (30_000, &[end_m])]);
    let with = |end_m: DVec3| show(vec![to(end_m), Trajectory::starting_at(0, b).unwrap()]);
    ends(&with(p(4.0, 4.0, 0.0)), Verdict::Proved, 0.0);
    ends(&with(a), Verdict::Proved, 0.0);
    ends(&with(b + p(0.05, 0.0, 0.0)), Verdict::Proved, 0.05);
    // At the height of a pad, but beside it, is in the air.
    ends(&with(p(4.0, 4.0, 1.5)), Verdict::Violated, 1.5);
    ends(&with(b + p(0.2, 0.0, 0.0)), Verdict::Violated, 1.5);
}

#[test]
fn an_end_elsewhere_than_where_the_file_says_is_told() {
    let mut s = show(vec![hop(DVec3::ZERO, 0)]);
    s.vehicles[0].land_at_m = Some(p(9.0, 0.0, 0.0));
    ends(&s, Verdict::Violated, 9.0);
}

#[test]
fn pads_keep_the_ground_separation() {
    let mut s = show(vec![hop(p(0.0, 0.0, 0.0), 0), hop(p(5.0, 0.0, 0.0), 0)]);
    (s.vehicles[0].home_m, s.vehicles[1].home_m) = (DVec3::ZERO, DVec3::ZERO);
    let r = judge(&s, Rule::GroundSeparation);
    assert_eq!(r.verdict, Verdict::Violated);
    assert_eq!(r.worst.as_ref().unwrap().value, 0.0);
    assert!(r.worst.unwrap().t_ms < 0.0, "before the show, on the pads");
    // Starts 0.45 m apart, pads 0.35 m, each within the tolerance of its start.
    let mut s = show(vec![hop(p(0.0, 0.0, 0.0), 0), hop(p(0.45, 0.0, 0.0), 50_000)]);
    assert_eq!(judge(&s, Rule::GroundSeparation).verdict, Verdict::Proved);
    (s.vehicles[0].home_m.x, s.vehicles[1].home_m.x) = (0.05, 0.4);
    ends(&s, Verdict::Proved, 0.05);
    let r = judge(&s, Rule::GroundSeparation);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!((r.worst.unwrap().value - 0.35).abs() < 1e-6);
}

#[test]
fn a_vehicle_that_has_not_started_or_has_landed_stands_in_the_way() {
    // Over the pad of a vehicle that starts a minute later, 0.3 m above it.
    let low = fly(0, p(-5.0, 0.0, 0.0), &[(9000, &[p(0.05, 0.0, 0.3)]), (20_000, &[p(5.0, 0.0, 0.0)])]);
    let mut s = show(vec![low.clone(), hop(p(0.0, 60.0, 0.0), 60_000)]);
    assert_eq!(judge(&s, Rule::GroundSeparation).verdict, Verdict::Proved);
    s.vehicles[1].home_m = DVec3::ZERO;
    let r = judge(&s, Rule::GroundSeparation);
    assert_eq!(r.verdict, Verdict::Violated);
    let w = r.worst.unwrap();
    assert!(w.value < 0.31 && (w.t_ms - 9000.0).abs() < 1000.0, "{w:?}");
    assert_eq!(w.positions_m[w.vehicles.iter().position(|v| v.index == 1).unwrap()], DVec3::ZERO);
    // Landed long before, in the way of the same.
    let early = fly(-60_000, p(0.0, 9.0, 0.0), &[(-50_000, &[p(0.0, 9.0, 4.0)]), (-40_000, &[p(0.0, 0.0, 0.0)])]);
    let s = show(vec![low, early]);
    assert_eq!(judge(&s, Rule::GroundSeparation).verdict, Verdict::Violated);
}

#[test]
fn leave_to_hang_in_the_air_is_told() {
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(9.0, 0.0, 20.0), 1000)]);
    let c = prove(&s, &in_the_air(), &Silent);
    assert_eq!(c.verdict, Verdict::Proved);
    assert_eq!(c.rule(Rule::Ends).unwrap().verdict, Verdict::NotApplicable);
    assert!(assumptions(&s, &in_the_air())[0].contains("in the air"));
    let c = prove(&s, &ProofSettings::default(), &Silent);
    assert_eq!(c.verdict, Verdict::Violated);
    assert!(assumptions(&s, &ProofSettings::default()).is_empty());
}

#[test]
fn a_high_navigation_altitude_makes_no_ground_of_the_air() {
    let mut s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(0.5, 0.0, 20.0), 1000)]);
    s.limits.min_navigation_altitude_m = 100.0;
    let c = prove(&s, &in_the_air(), &Silent);
    assert_eq!(c.rule(Rule::Separation).unwrap().verdict, Verdict::Violated);
    assert!(assumptions(&s, &in_the_air()).iter().any(|a| a.contains("100 m")), "told that the rule ends lower");
    // It still forbids sideways motion as high as it says.
    s.vehicles[1].trajectory = line(p(9.0, 0.0, 20.0), p(30.0, 0.0, 20.0), 0, 9000);
    assert_eq!(judge(&s, Rule::GroundMotion).verdict, Verdict::Violated);
}

#[test]
fn a_least_distance_below_the_diameter_is_told() {
    let mut s = show(vec![hop(DVec3::ZERO, 0)]);
    s.limits.min_separation_m = 0.001;
    assert!(assumptions(&s, &ProofSettings::default()).iter().any(|a| a.contains("0.45 m")));
}

#[test]
fn return_to_home_end_on_the_ground_too() {
    let mut s = show(vec![hop(p(0.0, 0.0, 0.0), 0)]);
    let entry = |landing_altitude_m| ReturnEntry {
        time_s: 10,
        action: ReturnAction::KeepAltitude { target_m: DVec2::new(3.0, 0.0), duration_ms: 9000 },
        pre_delay_ms: 0,
        post_delay_ms: 0,
        landing_altitude_m,
    };
    for (altitude_m, proved) in [(None, true), (Some(0.0), true), (Some(2.0), false), (Some(-30.0), false)] {
        s.vehicles[0].return_to_home = Some(ReturnToHomePlan {
            landing_speed_m_s: 1.0,
            landing_altitude_m: 0.0,
            max_acceleration_m_s2: None,
            entries: vec![entry(altitude_m), ReturnEntry { time_s: 40, action: ReturnAction::Land, ..entry(None) }],
        });
        let c = prove(&s, &ProofSettings::default(), &Silent);
        let first = &c.return_entries[0];
        assert_eq!(first.verdict == Verdict::Proved, proved, "{first:?}");
        if !proved {
            assert_eq!(first.rule, Some(Rule::Ends));
        }
    }
}

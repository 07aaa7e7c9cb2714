//! Returns to home from every instant.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::{certify, fly, hover, p, show};
use kapok_proof::{Findings, ProofSettings, Rule, Verdict, verify_return_witness};
use kapok_show::{DVec2, DVec3, Geofence, ReturnAction, ReturnEntry, ReturnToHomePlan, Show};

fn plan(entries: Vec<ReturnEntry>) -> ReturnToHomePlan {
    ReturnToHomePlan { landing_speed_m_s: 1.0, landing_altitude_m: 0.0, max_acceleration_m_s2: None, entries }
}

fn entry(time_s: u32, action: ReturnAction) -> ReturnEntry {
    ReturnEntry { time_s, action, pre_delay_ms: 0, post_delay_ms: 0, landing_altitude_m: None }
}

fn to(x: f64, y: f64, duration_ms: i64) -> ReturnAction {
    ReturnAction::KeepAltitude { target_m: DVec2::new(x, y), duration_ms }
}

/// Four vehicles 4 m apart at 20 m that shift by 8 m in 20 s; each has a way back to above its start every second.
fn four() -> Show {
    let mut s = show(
        (0..4)
            .map(|k| {
                let at = p(4.0 * f64::from(k), 0.0, 20.0);
                fly(0, at, &[(20_000, &[at + p(0.0, 8.0, 0.0)])])
            })
            .collect(),
    );
    for v in &mut s.vehicles {
        let home = v.home_m;
        v.return_to_home = Some(plan((0..=20).map(|t| entry(t, to(home.x, home.y, 10_000))).collect()));
    }
    s
}

/// Smallest distance on the ways, at a thousand instants a second, straight from the vocabulary's own definition.
fn brute_m(s: &Show, time_s: u32) -> f64 {
    let ways: Vec<_> = s
        .vehicles
        .iter()
        .map(|v| {
            let plan = v.return_to_home.as_ref().unwrap();
            plan.trajectory_of(plan.entry_at(f64::from(time_s) * 1000.0).unwrap(), &v.trajectory).unwrap()
        })
        .collect();
    let end = ways.iter().map(kapok_show::Trajectory::end_ms).max().unwrap();
    let mut least = f64::INFINITY;
    for t in i64::from(time_s) * 1000..=end {
        let at: Vec<DVec3> = ways.iter().map(|w| w.sample(t as f64).position_m).collect();
        for i in 0..at.len() {
            for j in 0..i {
                least = least.min(at[i].distance(at[j]));
            }
        }
    }
    least
}

fn ways(c: &Findings) -> Verdict {
    c.rule(Rule::ReturnToHome).unwrap().verdict
}

#[test]
fn without_plans_the_rule_does_not_apply() {
    let mut s = four();
    for v in &mut s.vehicles {
        v.return_to_home = None;
    }
    assert_eq!(ways(&certify(&s)), Verdict::NotApplicable);
}

#[test]
fn every_entry_is_looked_at() {
    let c = certify(&four());
    assert_eq!(ways(&c), Verdict::Proved, "{:?}", c.rule(Rule::ReturnToHome));
    assert_eq!(c.return_entries.len(), 21);
    assert!(c.return_entries.iter().enumerate().all(|(k, e)| e.time_s == k as u32 && e.verdict == Verdict::Proved));
    assert!(c.rule(Rule::ReturnToHome).unwrap().detail.contains("21 of 21"));
}

#[test]
fn two_ways_that_cross_are_found_at_their_entry() {
    let mut s = four();
    // From 7 s on, two vehicles go home to each other's place.
    for (v, x) in [(0, 4.0), (1, 0.0)] {
        s.vehicles[v].return_to_home.as_mut().unwrap().entries[7].action = to(x, 0.0, 10_000);
    }
    let c = certify(&s);
    assert_eq!(ways(&c), Verdict::Violated);
    let bad: Vec<_> = c.return_entries.iter().filter(|e| e.verdict != Verdict::Proved).collect();
    assert_eq!(bad.len(), 1);
    assert_eq!((bad[0].time_s, bad[0].rule), (7, Some(Rule::Separation)));
    let worst = bad[0].worst.as_ref().unwrap();
    assert!(worst.value <= brute_m(&s, 7) + 1e-3 && worst.t_ms > 7000.0);
    verify_return_witness(&s, bad[0], &ProofSettings::default()).unwrap();
    let mut forged = bad[0].clone();
    forged.worst.as_mut().unwrap().value += 0.5;
    assert!(verify_return_witness(&s, &forged, &ProofSettings::default()).is_err());
}

#[test]
fn just_enough_and_just_too_little() {
    // The second goes home to beside the first: 1.5 m is the limit.
    for (x, verdict) in [(1.5, Verdict::Proved), (1.499, Verdict::Violated)] {
        let mut s = four();
        s.vehicles[1].return_to_home.as_mut().unwrap().entries[3].action = to(x, 0.0, 10_000);
        assert!((brute_m(&s, 3) - x).abs() < 1e-9);
        let c = certify(&s);
        assert_eq!(ways(&c), verdict, "{:?}", c.return_entries[3]);
    }
}

#[test]
fn fence_speed_and_ceiling_hold_on_the_ways_too() {
    let mut s = four();
    s.limits.max_velocity_xy_m_s = 5.0;
    s.vehicles[2].return_to_home.as_mut().unwrap().entries[20].action = to(8.0, 0.0, 1500);
    let c = certify(&s);
    assert_eq!(c.return_entries[20].rule, Some(Rule::VelocityXy));
    let mut s = four();
    let corners = [(-5.0, -5.0), (17.0, -5.0), (17.0, 13.0), (-5.0, 13.0)];
    s.environment.geofence = Some(Geofence::around(corners.map(|(x, y)| DVec2::new(x, y)).to_vec()));
    assert_eq!(ways(&certify(&s)), Verdict::Proved);
    s.vehicles[3].return_to_home.as_mut().unwrap().entries[5].action = to(18.0, 0.0, 10_000);
    let c = certify(&s);
    assert_eq!((ways(&c), c.return_entries[5].rule), (Verdict::Violated, Some(Rule::Geofence)));
}

#[test]
fn each_vehicle_needs_a_plan_with_each_time_once() {
    let mut s = four();
    s.vehicles[2].return_to_home = None;
    let r = certify(&s).rule(Rule::ReturnToHome).unwrap().clone();
    assert_eq!((r.verdict, r.violations), (Verdict::Violated, 1));
    assert!(r.detail.contains("0003"), "{}", r.detail);
    let mut s = four();
    let entries = &mut s.vehicles[0].return_to_home.as_mut().unwrap().entries;
    entries[4].time_s = 3;
    assert_eq!(ways(&certify(&s)), Verdict::Violated);
}

#[test]
fn a_vehicle_with_rarer_entries_flies_on_with_the_show_until_its_own() {
    let mut s = four();
    // The first has entries only every 5 s: at a stop after 6 s it flies on to 10 s while the others go back at once.
    s.vehicles[0].return_to_home.as_mut().unwrap().entries.retain(|e| e.time_s % 5 == 0);
    assert_eq!(ways(&certify(&s)), Verdict::Proved);
    // If its neighbour's return to home leads into the place where it still flies, that is seen.
    s.vehicles[1].return_to_home.as_mut().unwrap().entries[6].action = to(0.0, 4.0, 3_000);
    let c = certify(&s);
    assert_eq!(ways(&c), Verdict::Violated);
    assert_eq!(c.return_entries.iter().filter(|e| e.verdict == Verdict::Violated).count(), 1);
}

#[test]
fn stops_after_the_last_entry_land_in_place() {
    // Entries end at 10 s; from there on all vehicles stay 4 m apart horizontally.
    let mut s = four();
    for v in &mut s.vehicles {
        v.return_to_home.as_mut().unwrap().entries.truncate(11);
    }
    assert_eq!(ways(&certify(&s)), Verdict::Proved);
    // One above another at 15 m and 20 m is safe in the show, and not known to be so when both land.
    let mut stacked = s.clone();
    stacked.vehicles[1].trajectory = hover(p(0.0, 4.0, 15.0), 20_000);
    stacked.vehicles[1].home_m = p(4.0, 0.0, 0.0);
    let c = certify(&stacked);
    assert_ne!(ways(&c), Verdict::Proved);
    assert!(c.rule(Rule::ReturnToHome).unwrap().detail.contains("horizontally"));
    // A vehicle whose entries end while others' go on would land at an instant that was never checked.
    s.vehicles[1].return_to_home.as_mut().unwrap().entries.truncate(5);
    assert_eq!(ways(&certify(&s)), Verdict::Undecided);
}

#[test]
fn senseless_durations_and_speeds_are_no_panic() {
    for damage in 0..4 {
        let mut s = four();
        let plan = s.vehicles[1].return_to_home.as_mut().unwrap();
        match damage {
            0 => plan.landing_speed_m_s = f64::NAN,
            1 => plan.entries[2].pre_delay_ms = i64::MAX,
            2 => plan.entries[2].action = to(0.0, 0.0, i64::MIN),
            _ => plan.entries[2].action = to(f64::INFINITY, 0.0, 1000),
        }
        assert_ne!(ways(&certify(&s)), Verdict::Proved);
    }
}

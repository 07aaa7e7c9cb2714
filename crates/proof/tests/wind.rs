//! Airspeed in the largest wind.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common;

use common::{line, p, show};
use kapok_proof::{ProofSettings, Rule, RuleReport, Verdict, prove, verify_witness};
use kapok_show::{Show, Silent};

fn flying(speed_m_s: f64, wind_m_s: f64, airspeed_m_s: Option<f64>) -> Show {
    let mut s = show(vec![
        line(p(0.0, 0.0, 20.0), p(10.0 * speed_m_s, 0.0, 20.0), 0, 10_000),
        line(p(0.0, 50.0, 20.0), p(0.0, 60.0, 20.0), 0, 10_000),
    ]);
    s.limits.max_wind_m_s = wind_m_s;
    s.profile.max_airspeed_m_s = airspeed_m_s;
    s
}

fn judged(s: &Show, settings: &ProofSettings) -> RuleReport {
    let r = prove(s, settings, &Silent).rule(Rule::Airspeed).unwrap().clone();
    for case in r.worst.iter().chain(&r.witnesses) {
        assert_eq!(verify_witness(s, Rule::Airspeed, case, settings), Ok(()));
    }
    r
}

#[test]
fn speed_and_wind_together_are_held_against_the_airspeed() {
    let exact = ProofSettings { coordinate_step_m: 0.0, ..ProofSettings::default() };
    let r = judged(&flying(4.0, 8.0, Some(12.5)), &exact);
    assert_eq!((r.verdict, r.limit.value), (Verdict::Proved, 12.5));
    assert!((r.margin.unwrap() - 0.5).abs() < 1e-5);
    assert_eq!(r.detail, "In wind of 8 m/s needs 12.0 m/s of airspeed, the vehicle has 12.5: 0.5 left.");
    let r = judged(&flying(4.8, 8.0, Some(11.9)), &exact);
    assert_eq!((r.verdict, r.violations), (Verdict::Violated, 1), "the other flies at 1 m/s");
    assert!((r.worst.unwrap().value - 12.8).abs() < 1e-5);
    assert_eq!(r.detail, "In wind of 8 m/s needs 12.8 m/s of airspeed, the vehicle has 11.9: 0.9 short.");
    let faster = ProofSettings { max_airspeed_m_s: Some(13.0), ..exact.clone() };
    assert_eq!(judged(&flying(4.8, 8.0, Some(11.9)), &faster).verdict, Verdict::Proved);
    assert_eq!(judged(&flying(4.8, 8.0, None), &faster).verdict, Verdict::Proved);
}

#[test]
fn where_airspeed_or_wind_is_not_stated_nothing_is_judged() {
    let settings = ProofSettings::default();
    let r = judged(&flying(9.0, 20.0, None), &settings);
    assert_eq!((r.verdict, r.worst), (Verdict::NotApplicable, None));
    let silent = ProofSettings { wind_stated: false, ..settings.clone() };
    assert_eq!(judged(&flying(9.0, 20.0, Some(10.0)), &silent).verdict, Verdict::NotApplicable);
    for senseless in [0.0, -3.0, f64::NAN] {
        assert_eq!(judged(&flying(1.0, 2.0, Some(senseless)), &settings).verdict, Verdict::Undecided);
    }
}

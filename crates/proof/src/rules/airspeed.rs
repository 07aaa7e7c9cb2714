//! Airspeed: a vehicle that flies at u over the ground in a wind of up to W, from any direction, flies at up to u + W against the
//! air. Horizontal; the wind has no vertical part.

use kapok_show::Show;

use crate::kernel::tally::VehicleWorst;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Speeds of returns to home are bounds, this far at most above the true ones, m/s.
const WAYS_TOLERANCE_M_S: f64 = 1e-3;

/// Holds the greatest horizontal speed of each vehicle, and of the returns to home, plus the largest wind against the greatest
/// airspeed of the vehicles.
pub fn airspeed(
    show: &Show,
    speeds: &[Option<VehicleWorst>],
    return_to_home_m_s: f64,
    settings: &ProofSettings,
) -> RuleReport {
    let without = |limit, verdict, why: &str| without_cases(show, Rule::Airspeed, limit, verdict, why);
    let Some(limit_m_s) = settings.max_airspeed_m_s.or(show.profile.max_airspeed_m_s) else {
        return without(0.0, Verdict::NotApplicable, "The greatest airspeed of the vehicles is not stated.");
    };
    if !(limit_m_s.is_finite() && limit_m_s > 0.0) {
        let why = format!("The vehicle profile has an airspeed of {limit_m_s} m/s.");
        return without(0.0, Verdict::Undecided, &why);
    }
    if !settings.wind_stated {
        return without(limit_m_s, Verdict::NotApplicable, "The largest wind is not stated.");
    }
    let wind_m_s = show.limits.max_wind_m_s;
    let each =
        speeds.iter().map(|s| s.map(|s| VehicleWorst { value: s.value + wind_m_s, bound: s.bound + wind_m_s, ..s }));
    let mut report = fold(show, Rule::Airspeed, (limit_m_s, DECISION_SLACK), each, "");
    let mut needed_m_s = report.worst.as_ref().map_or(wind_m_s, |w| w.bound);
    let ways_m_s = return_to_home_m_s + wind_m_s;
    if ways_m_s > needed_m_s {
        needed_m_s = ways_m_s;
        // The case is on a return to home: it has no instant of the show.
        report.worst = None;
        report.margin = Some(limit_m_s - ways_m_s);
        if ways_m_s - WAYS_TOLERANCE_M_S > limit_m_s {
            (report.verdict, report.violations) = (Verdict::Violated, report.violations.max(1));
        } else if ways_m_s > limit_m_s + DECISION_SLACK && report.verdict == Verdict::Proved {
            report.verdict = Verdict::Undecided;
        }
    }
    let left_m_s = limit_m_s - needed_m_s;
    let word = if left_m_s < 0.0 { "short" } else { "left" };
    let on = if ways_m_s == needed_m_s && return_to_home_m_s > 0.0 { ", on a return to home" } else { "" };
    report.detail = format!(
        "In wind of {wind_m_s} m/s needs {needed_m_s:.1} m/s of airspeed{on}, the vehicle has {limit_m_s:.1}: {:.1} {word}.",
        left_m_s.abs()
    );
    report
}

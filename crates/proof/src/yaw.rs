//! Rate of turn: piecewise linear between keys, so the greatest rate is that of one of finitely many stretches.

use kapok_show::{Show, YawProgram};

use crate::report::{VehicleWorst, fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::DECISION_SLACK;

/// Holds every yaw program against the limit.
pub(crate) fn yaw_rate(show: &Show) -> RuleReport {
    let limit = show.limits.max_yaw_rate_deg_s;
    if show.vehicles.iter().all(|v| v.yaw.is_none()) {
        return without_cases(show, Rule::YawRate, limit, Verdict::NotApplicable, "No vehicle has a yaw program.");
    }
    let each = show.vehicles.iter().map(|v| {
        let worst = v.yaw.as_ref().map(greatest)?;
        Some(VehicleWorst { value: worst.1, bound: worst.1, t_ms: worst.0, cut_short: false })
    });
    let mut report = fold(show, Rule::YawRate, (limit, DECISION_SLACK), each, "Nobody turns faster.");
    let automatic =
        show.vehicles.iter().filter(|v| v.yaw.as_ref().is_some_and(|y| y.auto_offset_deg().is_some())).count();
    if automatic > 0 {
        report.detail = format!(
            "{} {automatic} vehicles turn with their direction of flight: of these only the keys were judged, which are \
             flown by vehicles without that ability.",
            report.detail
        );
    }
    report
}

/// Start of the stretch of fastest turning, milliseconds, and its rate, degrees per second.
fn greatest(yaw: &YawProgram) -> (f64, f64) {
    let start = yaw.keys().first().map_or(0.0, |k| k.t_ms as f64);
    yaw.keys().windows(2).fold((start, 0.0), |best, w| {
        let rate = (w[1].yaw_deg - w[0].yaw_deg).abs() / ((w[1].t_ms - w[0].t_ms) as f64 / 1000.0);
        if rate > best.1 { (w[0].t_ms as f64, rate) } else { best }
    })
}

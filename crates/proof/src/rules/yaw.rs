//! Rate of turn: piecewise linear between keys, so the greatest rate is that of one of finitely many stretches.

use kapok_show::{Show, YawProgram};

use crate::kernel::tally::VehicleWorst;
use crate::kernel::window::Window;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Holds every yaw program against the limit.
pub fn yaw_rate(show: &Show, settings: &ProofSettings) -> RuleReport {
    let limit = show.limits.max_yaw_rate_deg_s;
    if show.vehicles.iter().all(|v| v.yaw.is_none()) {
        return without_cases(show, Rule::YawRate, limit, Verdict::NotApplicable, "No vehicle has a yaw program.");
    }
    let each = show.vehicles.iter().map(|v| {
        let worst = v.yaw.as_ref().map(|y| greatest(y, settings))?;
        Some(VehicleWorst {
            value: worst.1,
            bound: worst.2,
            t_ms: worst.0,
            window: Window::default(),
            cut_short: false,
        })
    });
    let mut report = fold(show, Rule::YawRate, (limit, DECISION_SLACK), each, "No vehicle turns faster.");
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

/// Start of the stretch of fastest turning, milliseconds, its rate, degrees per second, and a bound of the rate of all, had
/// their times not been moved.
fn greatest(yaw: &YawProgram, settings: &ProofSettings) -> (f64, f64, f64) {
    let start = yaw.keys().first().map_or(0.0, |k| k.t_ms as f64);
    yaw.keys().windows(2).fold((start, 0.0, 0.0), |(at_ms, worst, bound), w| {
        let span_ms = w[1].t_ms - w[0].t_ms;
        let rate = (w[1].yaw_deg - w[0].yaw_deg).abs() / (span_ms as f64 / 1000.0);
        let bound = (rate * (1.0 + settings.warp(span_ms, 1))).max(bound);
        if rate > worst { (w[0].t_ms as f64, rate, bound) } else { (at_ms, worst, bound) }
    })
}

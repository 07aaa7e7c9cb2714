use kapok_show::Show;

use crate::kernel::tally::VehicleWorst;
use crate::kernel::window::Window;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Time from the start to the end of each vehicle's trajectory against the part of the battery that may be used.
pub fn energy(show: &Show, settings: &ProofSettings) -> RuleReport {
    let (endurance_s, reserve) = (show.profile.endurance_s, show.limits.battery_reserve);
    let limit_s = endurance_s * (1.0 - reserve);
    if !(endurance_s.is_finite() && endurance_s > 0.0) {
        let detail = format!("The vehicle profile names an endurance of {endurance_s} s.");
        return without_cases(show, Rule::Energy, 0.0, Verdict::Undecided, &detail);
    }
    let each = show.vehicles.iter().map(|v| {
        let (start_ms, end_ms) = (v.trajectory.start_ms(), v.trajectory.end_ms());
        let used_s = (end_ms - start_ms) as f64 / 1000.0;
        Some(VehicleWorst {
            value: used_s,
            bound: used_s + 2.0 * settings.time_error_ms / 1000.0,
            t_ms: end_ms as f64,
            window: Window::default(),
            cut_short: false,
        })
    });
    let kept =
        format!("Every vehicle lands with at least {:.0} % of {endurance_s} s of endurance left.", 100.0 * reserve);
    fold(show, Rule::Energy, (limit_s, DECISION_SLACK), each, &kept)
}

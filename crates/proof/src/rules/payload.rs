use kapok_show::Show;

use crate::kernel::tally::VehicleWorst;
use crate::kernel::window::Window;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::ProofSettings;

/// Bytes that are loaded into each vehicle against what it takes.
pub fn payload(show: &Show, settings: &ProofSettings) -> RuleReport {
    let rule = Rule::Payload;
    let Some(limit) = settings.max_payload_bytes else {
        return without_cases(show, rule, 0.0, Verdict::NotApplicable, "No limit of bytes per vehicle was given.");
    };
    if settings.payload_bytes.len() != show.vehicles.len() {
        let detail =
            format!("Sizes were given for {} of {} vehicles.", settings.payload_bytes.len(), show.vehicles.len());
        return without_cases(show, rule, limit as f64, Verdict::Undecided, &detail);
    }
    let each = settings.payload_bytes.iter().map(|&b| {
        Some(VehicleWorst { value: b as f64, bound: b as f64, t_ms: 0.0, window: Window::default(), cut_short: false })
    });
    fold(show, rule, (limit as f64, 0.0), each, "What is loaded into each vehicle fits.")
}

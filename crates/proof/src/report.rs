use kapok_show::Show;

use crate::kernel::tally::VehicleWorst;
use crate::kernel::window::Window;
use crate::rule::{Rule, RuleLimit, RuleReport, VehicleRef, Verdict, Witness};

/// Witnesses beside the worst, at most.
const MAX_WITNESSES: usize = 20;

/// "One pair comes", or "13 pairs come".
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{count} {many}") }
}

/// A value at an instant, before names and positions are looked up.
#[derive(Clone, Debug)]
pub struct WorstCase {
    pub vehicles: Vec<usize>,
    pub value: f64,
    pub bound: f64,
    pub t_ms: f64,
    pub window: Window,
}

/// A report before names and positions are looked up.
pub struct ReportBuilder {
    pub rule: Rule,
    pub limit: f64,
    pub verdict: Verdict,
    pub worst: Option<WorstCase>,
    pub margin: Option<f64>,
    pub detail: String,
    pub violations: u64,
    /// Those that break the rule, worst first; the worst case itself may be among them.
    pub others: Vec<WorstCase>,
}

impl ReportBuilder {
    pub fn finish(self, show: &Show) -> RuleReport {
        let worst_vehicles = self.worst.as_ref().map(|w| w.vehicles.clone()).unwrap_or_default();
        let others = self.others.iter().filter(|c| c.vehicles != worst_vehicles);
        RuleReport {
            rule: self.rule,
            title: self.rule.title().to_string(),
            limit: RuleLimit { value: self.limit, unit: self.rule.unit().to_string() },
            verdict: self.verdict,
            worst: self.worst.as_ref().map(|c| c.witness(show)),
            margin: self.margin,
            detail: self.detail,
            violations: self.violations,
            witnesses: others.take(MAX_WITNESSES).map(|c| c.witness(show)).collect(),
            help: Vec::new(),
        }
    }
}

impl WorstCase {
    fn witness(&self, show: &Show) -> Witness {
        let vehicles = self.vehicles.iter();
        Witness {
            value: self.value,
            bound: self.bound,
            t_ms: self.t_ms,
            window_ms: self.window.instants().to_vec(),
            vehicles: vehicles
                .clone()
                .map(|&index| VehicleRef { index, name: show.vehicles[index].name.clone() })
                .collect(),
            positions_m: vehicles.map(|&i| show.vehicles[i].trajectory.sample(self.t_ms).position_m).collect(),
        }
    }
}

/// Folds the worst of each vehicle under a rule into its report.
///
/// A value keeps the limit if it passes it by no more than `slack`. `kept` is the sentence for a rule that holds.
pub fn fold(
    show: &Show,
    rule: Rule,
    (limit, slack): (f64, f64),
    each: impl Iterator<Item = Option<VehicleWorst>>,
    kept: &str,
) -> RuleReport {
    let sign = if rule.large_is_bad() { -1.0 } else { 1.0 };
    let margin = |x: f64| sign * (x - limit);
    let mut worst: Option<WorstCase> = None;
    let (mut bad, mut open) = (Vec::new(), Vec::new());
    let mut bound = f64::INFINITY * sign;
    let mut cut_short = false;
    for (v, w) in each.enumerate().filter_map(|(v, w)| w.map(|w| (v, w))) {
        let case = WorstCase { vehicles: vec![v], value: w.value, bound: w.bound, t_ms: w.t_ms, window: w.window };
        if margin(w.bound) < margin(bound) {
            bound = w.bound;
        }
        cut_short |= w.cut_short;
        if margin(w.value) < -slack {
            bad.push(case.clone());
        } else if margin(w.bound) < -slack {
            open.push(case.clone());
        }
        if worst.as_ref().is_none_or(|c| margin(w.value) < margin(c.value)) {
            worst = Some(case);
        }
    }
    let verdict = match (bad.is_empty(), open.is_empty()) {
        (false, _) => Verdict::Violated,
        (true, false) => Verdict::Undecided,
        (true, true) => Verdict::Proved,
    };
    let mut detail = match verdict {
        Verdict::Violated => counted(bad.len(), "One vehicle breaks", "vehicles break") + " the limit.",
        Verdict::Undecided => {
            counted(open.len(), "One vehicle comes", "vehicles come") + " too close to the limit to decide."
        }
        _ => kept.to_string(),
    };
    if cut_short {
        detail.push_str(" Some searches were cut short: the bound is wider than the tolerance.");
    }
    let violations = bad.len() as u64;
    let mut others = if violations > 0 { bad } else { open };
    others.sort_by(|a, b| margin(a.value).total_cmp(&margin(b.value)).then(a.vehicles.cmp(&b.vehicles)));
    let worst = worst.map(|c| WorstCase { bound, ..c });
    let margin = worst.as_ref().map(|c| margin(c.bound));
    ReportBuilder { rule, limit, verdict, worst, margin, detail, violations, others }.finish(show)
}

/// Takes off a margin what the true motion can be off, in the unit of the rule: a rule that holds, or is broken, by no more
/// than that is undecided.
pub fn charge(mut report: RuleReport, off: f64, why: &str) -> RuleReport {
    let Some(margin) = report.margin.filter(|_| off > 0.0) else { return report };
    report.margin = Some(margin - off);
    report.detail = format!("{} {why}: {:.4} {} are taken off the margin.", report.detail, off, report.limit.unit);
    let limit = report.limit.value;
    let in_reach = |w: &Witness| (w.value - limit).abs() <= off;
    match report.verdict {
        Verdict::Proved if margin < off => report.verdict = Verdict::Undecided,
        Verdict::Violated if report.worst.as_ref().is_some_and(in_reach) => {
            (report.verdict, report.violations) = (Verdict::Undecided, 0);
        }
        _ => {}
    }
    report
}

/// A rule that has nothing to be held against, or could not be looked at.
pub fn without_cases(show: &Show, rule: Rule, limit: f64, verdict: Verdict, detail: &str) -> RuleReport {
    ReportBuilder {
        rule,
        limit,
        verdict,
        worst: None,
        margin: None,
        detail: detail.to_string(),
        violations: 0,
        others: Vec::new(),
    }
    .finish(show)
}

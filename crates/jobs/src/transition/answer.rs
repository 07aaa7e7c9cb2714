use std::fmt::Write as _;

use kapok_certify::{Certificate, Rule, RuleReport, Verdict};
use kapok_plan::TransitionReport;
use kapok_show::figure;
use schemars::JsonSchema;
use serde::Serialize;

use super::request::TransitionLimits;
use crate::file::FileRecord;

/// How a transition ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TransitionStatus {
    /// Planned, and every rule is proved on the decoded bytes.
    Complete,
    /// Not possible, or not by this planner.
    Infeasible,
    /// Planned, but the proof found a rule broken.
    Violated,
    /// Planned, but the proof could not decide.
    Undecided,
}

/// A transition: its plan and what is proved of it. Vehicles and goals count from 0.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TransitionAnswer {
    /// Vehicles.
    pub n: usize,
    /// How it ended.
    pub status: TransitionStatus,
    /// What the proof says of the decoded bytes; `null` where there is no plan.
    pub verdict: Option<Verdict>,
    /// A sentence for every status but `complete`.
    pub reason: Option<String>,
    /// The limits that were asked for.
    pub limits: TransitionLimits,
    /// Hash of the file of starts.
    pub starts_sha256: String,
    /// Hash of the file of goals.
    pub goals_sha256: String,
    /// Duration, seconds.
    pub duration_s: Option<f64>,
    /// What no planner can beat, seconds.
    pub lower_bound_s: Option<f64>,
    /// Duration divided by the bound.
    pub ratio: Option<f64>,
    /// Least distance of two vehicles, metres, in the metric of the separation, which divides z by the downwash scale.
    pub min_separation_m: Option<f64>,
    /// The two vehicles.
    pub min_separation_pair: Option<[usize; 2]>,
    /// When, seconds.
    pub min_separation_t_s: Option<f64>,
    /// No vehicle is ever faster, m/s.
    pub peak_speed_m_s: Option<f64>,
    /// Goal of each start.
    pub assignment: Option<Vec<u32>>,
    /// Time that each phase took; set by a caller that has a clock.
    pub phases: Vec<Phase>,
    /// Changes made to straight lines and the assignment of least squares.
    pub repairs: Vec<Repair>,
    /// The files that were made.
    pub files: Vec<FileRecord>,
}

/// How long a part of the work took, on the clock on the wall.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Seconds.
    pub seconds: f64,
}

/// What was done where the straight lines of the least squares do not serve.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Repair {
    /// "reassigned": other goals for the sake of the longest trips; "detour": off the straight line and back; "spread": the
    /// whole formation spreads out, flies spread, draws together.
    pub kind: &'static str,
    /// Vehicles concerned; 1 for the whole formation.
    pub count: usize,
    /// How many times wider the formation is on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
    /// How far off the straight line the farthest of them is, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_m: Option<f64>,
}

impl Repair {
    fn all(report: &TransitionReport) -> Vec<Self> {
        let plain = |kind, count| Self { kind, count, factor: None, longest_m: None };
        let mut repairs = Vec::new();
        if report.reassigned_count > 0 {
            repairs.push(plain("reassigned", report.reassigned_count));
        }
        if report.detour_count > 0 {
            repairs.push(Self { longest_m: Some(report.longest_detour_m), ..plain("detour", report.detour_count) });
        }
        if report.spread_factor > 1.0 {
            repairs.push(Self { factor: Some(report.spread_factor), ..plain("spread", 1) });
        }
        repairs
    }
}

impl TransitionAnswer {
    /// Before anything is found.
    pub(super) fn asked(n: usize, limits: &TransitionLimits, [starts_sha256, goals_sha256]: [String; 2]) -> Self {
        Self {
            n,
            status: TransitionStatus::Infeasible,
            verdict: None,
            reason: None,
            limits: *limits,
            starts_sha256,
            goals_sha256,
            duration_s: None,
            lower_bound_s: None,
            ratio: None,
            min_separation_m: None,
            min_separation_pair: None,
            min_separation_t_s: None,
            peak_speed_m_s: None,
            assignment: None,
            phases: Vec::new(),
            repairs: Vec::new(),
            files: Vec::new(),
        }
    }

    pub(super) fn found(self, report: &TransitionReport, assignment: Vec<u32>, certificate: &Certificate) -> Self {
        let n = assignment.len();
        let worst = certificate.rule(Rule::Separation).and_then(|r| r.worst.as_ref()).filter(|w| w.vehicles.len() == 2);
        // The proof names no pair where all are far apart; the planner always does.
        let closest = match worst {
            Some(w) => Some((w.value, [w.vehicles[0].index, w.vehicles[1].index], w.t_ms)),
            None if n > 1 => {
                let (i, j) = report.closest.pair;
                Some((report.closest.distance_m, [i, j], report.closest.t_ms))
            }
            None => None,
        };
        let status = match certificate.verdict {
            Verdict::Proved => TransitionStatus::Complete,
            Verdict::Violated => TransitionStatus::Violated,
            Verdict::Undecided | Verdict::NotApplicable => TransitionStatus::Undecided,
        };
        let failed = certificate.rules.iter().find(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided));
        Self {
            status,
            verdict: Some(certificate.verdict),
            reason: failed.map(not_proved),
            duration_s: Some(report.duration_ms as f64 / 1000.0),
            lower_bound_s: Some(report.bound_ms / 1000.0),
            ratio: Some(report.ratio),
            min_separation_m: closest.map(|c| c.0),
            min_separation_pair: closest.map(|c| c.1),
            min_separation_t_s: closest.map(|c| c.2 / 1000.0),
            assignment: Some(assignment),
            repairs: Repair::all(report),
            ..self
        }
    }
}

/// A rule that fails, with its worst case.
fn not_proved(rule: &RuleReport) -> String {
    let mut text = format!("not proved: {} is {}: {}", rule.title, rule.verdict, rule.detail);
    if let Some(worst) = &rule.worst {
        let who: Vec<&str> = worst.vehicles.iter().map(|v| v.name.as_str()).collect();
        let (limit, unit, at_s) = (figure(rule.limit.value), &rule.limit.unit, worst.t_ms / 1000.0);
        let _ = write!(text, " Worst: {:.4} {unit} against {limit} {unit}, vehicle ", worst.value);
        let _ = write!(text, "{} at {at_s:.3} s.", who.join(" and "));
    }
    text
}

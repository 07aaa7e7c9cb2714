use kapok_show::Limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::{Rule, RuleReport, Verdict};
use crate::rules::return_to_home::ReturnEntryReport;
use crate::rules::separation::Distances;
use crate::statistics::Statistics;

/// What was found of a show, rule by rule, with the worst case of each. Where the show came from is not said here: findings
/// of bytes together with the bytes they are of make a certificate, and that is the business of the room `certify`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Findings {
    /// The show's title.
    pub title: String,
    /// Number of vehicles.
    pub vehicle_count: usize,
    /// End of the last motion, milliseconds of show time.
    pub duration_ms: i64,
    /// The limits that were held against the show.
    pub limits: Limits,
    /// Violated if any rule is, else undecided if any rule is, else proved. Undecided counts as not safe.
    pub verdict: Verdict,
    /// One entry per rule, always all of them, always in the order of [`Rule`].
    pub rules: Vec<RuleReport>,
    /// Element k: no two vehicles of which at least one flies come closer than this during second k of the show, metres, in
    /// the metric of the rule of flight. A lower bound, within the plot tolerance of the minimum wherever that is within the
    /// search radius, and never more than that radius. 0 in a second in which more than a thousand pairs break a rule.
    pub separation_per_second_m: Vec<f64>,
    /// The same of pairs near the ground, which the rule of the ground governs.
    pub ground_separation_per_second_m: Vec<f64>,
    /// One entry per instant at which returns to home begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_entries: Vec<ReturnEntryReport>,
    /// How much work it was.
    pub statistics: Statistics,
    /// What was measured on the way, for figures; not a part of what is written.
    #[serde(skip)]
    pub evidence: Evidence,
}

/// What the rules measured on the way to their verdicts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Least distances of vehicles.
    pub distances: Distances,
    /// Greatest horizontal speed on any return to home, m/s; 0 without returns to home.
    pub fastest_return_m_s: f64,
}

/// The program that checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checker {
    /// Name of this crate.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Findings {
    /// The report of one rule.
    pub fn rule(&self, rule: Rule) -> Option<&RuleReport> {
        self.rules.iter().find(|r| r.rule == rule)
    }
}

impl Checker {
    /// This program.
    pub fn current() -> Self {
        Self { name: env!("CARGO_PKG_NAME").to_string(), version: env!("CARGO_PKG_VERSION").to_string() }
    }
}

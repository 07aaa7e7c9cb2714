use std::collections::BTreeMap;

use kapok_show::Limits;
use serde::{Deserialize, Serialize};

use crate::failure::FailureFigures;
use crate::rule::{Rule, RuleReport, Verdict};
use crate::statistics::Statistics;
use crate::ways_home::ReturnEntryReport;

/// Name and version of the certificate's form.
pub const SCHEMA: &str = "kapok-certificate/1";

/// What was proved about a show, rule by rule, with the worst case of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program that checked.
    pub checker: Checker,
    /// The file whose bytes were decoded; set by whoever read it, with [`Certificate::for_file`].
    pub file: Option<FileId>,
    /// Content hash of each vehicle, in order; set by whoever read the file.
    pub vehicle_sha256: Vec<String>,
    /// What the reader of the file had to assume, one sentence each; set by whoever read the file.
    pub assumptions: Vec<String>,
    /// The show's title.
    pub title: String,
    /// Number of vehicles.
    pub vehicle_count: usize,
    /// End of the last motion, milliseconds of show time.
    pub duration_ms: i64,
    /// The limits that were held against the show.
    pub limits: Limits,
    /// Where each of the limits came from, by the name of the field in [`Limits`]; set by whoever read the file.
    pub limit_sources: BTreeMap<String, LimitSource>,
    /// Violated if any rule is, else undecided if any rule is, else proved. Undecided counts as not safe.
    pub verdict: Verdict,
    /// One entry per rule, always all of them, always in the order of [`Rule`].
    pub rules: Vec<RuleReport>,
    /// Element k: no two vehicles come closer than this during second k of the show, metres, in the metric of the rule
    /// that governs the pair. A lower bound, within the plot tolerance of the minimum wherever that is within the
    /// search radius, and never more than that radius. 0 in a second in which more than a thousand pairs break a rule.
    pub separation_per_second_m: Vec<f64>,
    /// One entry per instant at which ways home begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_entries: Vec<ReturnEntryReport>,
    /// What happens if something fails; absent if the show makes no sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureFigures>,
    /// How much work it was.
    pub statistics: Statistics,
}

/// The program that checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checker {
    /// Name of this crate.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The bytes a certificate speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileId {
    /// File name without folders.
    pub name: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Where a limit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitSource {
    /// Stated by the file.
    File,
    /// Not stated: the default of [`Limits`].
    Default,
    /// Set by whoever asked for the proof, over what the file or the default says.
    Flag,
}

impl Certificate {
    /// The same certificate, naming the file that was decoded.
    #[must_use]
    pub fn for_file(self, file: FileId) -> Self {
        Self { file: Some(file), ..self }
    }

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

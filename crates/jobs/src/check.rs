use kapok_certify::{Options, Source, Verdict, check};
use kapok_show::Reporter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;

/// Is this the certificate of that show?
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CheckRequest {
    /// What the answer calls the show: its path.
    pub file: String,
    /// What the answer calls the certificate: its path.
    pub certificate: String,
}

/// What came of holding a certificate against a show.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CheckAnswer {
    /// The show.
    pub file: String,
    /// The certificate.
    pub certificate: String,
    /// The verdict that the certificate states.
    pub verdict: Verdict,
    /// The certificate says that the show is a draft.
    pub draft: bool,
    /// Does the certificate say exactly what is proved of the bytes?
    pub agrees: bool,
    /// Witnesses that were measured on the trajectories.
    pub witnesses_measured: usize,
    /// How many differences there are.
    pub difference_count: usize,
    /// Up to twenty of them, in words.
    pub differences: Vec<String>,
    /// Limits that are not of the file but were set when the certificate was made.
    pub limits_by_flag: Vec<String>,
    /// All that was set beside the bytes.
    pub options: Options,
}

impl CheckAnswer {
    /// An agreeing certificate, and what it says is that the show is safe and no draft.
    pub fn proves(&self) -> bool {
        self.agrees && self.verdict == Verdict::Proved && !self.draft
    }
}

/// Proves the bytes anew, under the options that the certificate states, and compares the two value by value.
///
/// # Guarantees
/// Those of [`kapok_certify::check`].
///
/// # Errors
/// [`JobError::Check`] if the document is no certificate, or the bytes that it speaks of are no show.
///
/// # Complexity
/// Of [`kapok_certify::certify`].
pub fn check_certificate(
    source: &Source,
    certificate: &[u8],
    request: &CheckRequest,
    reporter: &dyn Reporter,
) -> Result<CheckAnswer, JobError> {
    let checked = check(source, certificate, reporter)?;
    Ok(CheckAnswer {
        file: request.file.clone(),
        certificate: request.certificate.clone(),
        verdict: checked.verdict,
        draft: checked.draft,
        agrees: checked.agrees(),
        witnesses_measured: checked.witnesses_measured,
        difference_count: checked.difference_count,
        differences: checked.differences.iter().map(ToString::to_string).collect(),
        limits_by_flag: checked.limits_by_flag.iter().map(|(name, value)| format!("{name} = {value}")).collect(),
        options: checked.options,
    })
}

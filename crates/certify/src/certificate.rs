use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use kapok_proof::{Checker, Findings, Verdict};
use kapok_risk::FailureFigures;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::options::Options;
use crate::words::headline;

/// Name and version of the certificate's form.
pub const SCHEMA: &str = "kapok-certificate/1";

/// What was proved of which bytes: findings and where they came from.
///
/// # Guarantees
/// Made by [`crate::certify`] alone, of bytes that it decoded and proved. It reads like its [`Findings`].
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Certificate {
    #[serde(flatten)]
    provenance: Provenance,
    #[serde(flatten)]
    findings: Findings,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureFigures>,
}

/// Where findings came from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Provenance {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The program that checked.
    pub checker: Checker,
    /// The bytes say of themselves that they are a draft: whatever the verdict is, they are not to be flown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// The file whose bytes were decoded.
    pub file: FileId,
    /// Content hash of each vehicle, in order.
    pub vehicle_sha256: Vec<String>,
    /// What the reader of the file had to assume and which limits were replaced, one sentence each.
    pub assumptions: Vec<String>,
    /// Where each of the limits came from, by the name of the field in [`kapok_show::Limits`].
    pub limit_sources: BTreeMap<String, LimitSource>,
    /// All that is not of the bytes: what the caller set.
    pub options: Options,
}

/// The bytes a certificate speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileId {
    /// File name without folders.
    pub name: String,
    /// SHA-256 of the file, lower-case hexadecimal; of a folder, see [`kapok_format::folder_sha256`].
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Where a limit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimitSource {
    /// Stated by the file.
    File,
    /// Not stated: the default of the format.
    Default,
    /// Set by the caller, over what the file or the default says.
    Flag,
}

impl LimitSource {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::File, Self::Default, Self::Flag];
}

impl fmt::Display for LimitSource {
    /// In words, as reports and messages print it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "the file",
            Self::Default => "the defaults",
            Self::Flag => "flags",
        })
    }
}

impl Certificate {
    pub(crate) const fn new(provenance: Provenance, findings: Findings, failure: Option<FailureFigures>) -> Self {
        Self { provenance, findings, failure }
    }

    /// Where the findings came from.
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Are these bytes proved, and meant to be flown?
    pub fn certifies(&self) -> bool {
        self.findings.verdict == Verdict::Proved && !self.provenance.draft
    }

    /// The verdict as people read it; a draft says so.
    pub fn headline(&self) -> String {
        headline(self.findings.verdict, self.provenance.draft)
    }

    /// What was found.
    pub const fn findings(&self) -> &Findings {
        &self.findings
    }

    /// What happens if something fails: figures, no verdict. Absent if the show makes no sense.
    pub const fn failure(&self) -> Option<&FailureFigures> {
        self.failure.as_ref()
    }

    /// The same for a copy of the file under another name. A show without a title goes by the name of its file.
    #[must_use]
    pub fn for_copy(&self, name: &str) -> Self {
        let mut copy = self.clone();
        if copy.findings.title == copy.provenance.file.name {
            name.clone_into(&mut copy.findings.title);
        }
        name.clone_into(&mut copy.provenance.file.name);
        copy
    }

    /// As it is written to files: indented JSON with a line end.
    ///
    /// # Errors
    /// Never in practice: all parts have a JSON form.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }
}

impl Deref for Certificate {
    type Target = Findings;

    fn deref(&self) -> &Findings {
        &self.findings
    }
}

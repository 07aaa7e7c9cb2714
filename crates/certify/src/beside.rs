//! A certificate that lies beside its bytes, looked at without a proof.

use kapok_proof::{Findings, Rule, Verdict};
use kapok_show::{Reporter, Show};
use serde_json::{Map, Value};

use crate::certificate::FileId;
use crate::certify::prepare;
use crate::check::{Check, StatedCertificate};
use crate::error::CheckError;
use crate::options::Options;
use crate::source::Source;

/// Bytes that were decoded, and a certificate of theirs that was made before: checked, and not proved here.
///
/// # Guarantees
/// Made by [`check_beside`] alone. Never a [`Certified`](crate::Certified): what is flown asks for a proof.
#[derive(Clone, Debug)]
pub struct CheckedCertificate {
    show: Show,
    document: Map<String, Value>,
    check: Check,
    file: FileId,
    notes: Vec<String>,
}

/// Why a certificate beside a file is not used.
#[derive(Debug, thiserror::Error)]
pub enum NotUsed {
    /// It cannot be read, or the bytes cannot.
    #[error(transparent)]
    Unread(#[from] CheckError),
    /// It was made under other options than those asked for.
    #[error("it was made with other options than these")]
    Options,
    /// It is of another version of Kapok, or says what the bytes do not.
    #[error("{}", .0.differences.first().map_or_else(String::new, ToString::to_string))]
    Differs(Box<Check>),
    /// Its verdict is not that of its rules, or rules are missing.
    #[error("its rules do not make its verdict")]
    Contradicts,
}

impl CheckedCertificate {
    /// The decoded show, with the limits that the certificate speaks of.
    pub const fn show(&self) -> &Show {
        &self.show
    }

    /// The bytes.
    pub const fn file(&self) -> &FileId {
        &self.file
    }

    /// The verdict that the document states.
    pub const fn verdict(&self) -> Verdict {
        self.check.verdict
    }

    /// The bytes are a draft.
    pub const fn draft(&self) -> bool {
        self.check.draft
    }

    /// How many witnesses were measured on the trajectories.
    pub const fn witnesses_measured(&self) -> usize {
        self.check.witnesses_measured
    }

    /// The document.
    pub const fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// What the reader of the bytes had to assume, round or leave out, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Holds a certificate against the bytes beside which it lies, without a proof.
///
/// # Guarantees
/// Compared are the hash of the bytes and of every vehicle in them, name and version of the checker, the options asked for,
/// limits and where they came from, and every assumption. The verdict is that of the rules, all rules are there, and each
/// worst case is attained by the trajectories. Not made anew is the proof: that there is no worse case is the document's word,
/// and a program that writes beside the file can write a false one. [`crate::check`] finds that out.
///
/// # Errors
/// [`NotUsed`], with the reason.
///
/// # Complexity
/// Of reading, plus one evaluation a witness.
pub fn check_beside(
    source: &Source,
    document: &[u8],
    options: &Options,
    reporter: &dyn Reporter,
) -> Result<CheckedCertificate, NotUsed> {
    let stated = StatedCertificate::read(document)?;
    // They tell how the bytes were made, and which figures were left out: neither bears on the verdict.
    let bearing = |o: &Options| Options { remarks: Vec::new(), without_losses: false, ..o.clone() };
    if bearing(&stated.options) != bearing(options) {
        return Err(NotUsed::Options);
    }
    let mut check = stated.begin(source);
    if !check.agrees() {
        return Err(NotUsed::Differs(Box::new(check)));
    }
    let prepared = prepare(&stated.named(source), &stated.options, reporter).map_err(CheckError::from)?;
    check.vehicles(&stated.document, &prepared);
    if let Ok(Value::Object(head)) = serde_json::to_value(prepared.head()) {
        for (key, found) in head.iter().filter(|(key, _)| !matches!(key.as_str(), "vehicle_sha256" | "draft")) {
            check.compare(key, stated.document.get(key), Some(found));
        }
        let draft = |members: &Map<String, Value>| members.get("draft").cloned();
        // Left out where it is not so.
        check.compare("draft", draft(&stated.document).as_ref(), draft(&head).as_ref());
    }
    let Ok(findings) = serde_json::from_value::<Findings>(Value::Object(stated.document.clone())) else {
        return Err(NotUsed::Contradicts);
    };
    let is_whole =
        findings.rules.iter().map(|r| r.rule).eq(Rule::ALL) && findings.verdict == Verdict::overall(&findings.rules);
    if !is_whole {
        return Err(NotUsed::Contradicts);
    }
    check.witnesses(&prepared.show, &findings, &prepared.settings);
    if !check.agrees() {
        return Err(NotUsed::Differs(Box::new(check)));
    }
    let (show, notes) = (prepared.show, prepared.notes);
    Ok(CheckedCertificate { show, document: stated.document, check, file: source.id().clone(), notes })
}

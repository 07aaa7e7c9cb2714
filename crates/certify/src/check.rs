use std::collections::BTreeMap;
use std::fmt;

use kapok_format::read_json;
use kapok_proof::{Findings, ProofSettings, Rule, Verdict, WitnessFault, verify_return_witness, verify_witness};
use kapok_show::{Reporter, Show};
use serde_json::{Map, Value};

use crate::certificate::{FileId, LimitSource, SCHEMA};
use crate::certify::{Prepared, prepare};
use crate::error::{CertifyError, CheckError};
use crate::options::Options;
use crate::source::Source;

/// Differences that are kept, at most; all are counted.
const MAX_KEPT: usize = 20;
/// Largest certificate that is read, bytes: one of 25,000 vehicles and an hour has some 3 MB.
const MAX_DOCUMENT_BYTES: usize = 256 << 20;
/// Longest value that a difference prints, characters.
const MAX_VALUE: usize = 80;

/// What came of holding a certificate against the bytes that it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The verdict that the document states. It is that of the bytes if there is no difference.
    pub verdict: Verdict,
    /// The document says that the bytes are a draft.
    pub draft: bool,
    /// Up to twenty differences, those of the bytes first.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub difference_count: usize,
    /// Witnesses that were measured on the trajectories, apart from the search that found them.
    pub witnesses_measured: usize,
    /// What was set beside the bytes, as the document states it and as it was applied again.
    pub options: Options,
    /// Names and values of limits that are not of the file, as the document states them.
    pub limits_by_flag: Vec<(String, f64)>,
}

/// A value of the document that is not that of the bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// The document and the bytes say different things.
    Value {
        /// The place in the document, such as `rules.separation.verdict`.
        at: String,
        /// What the document says, as JSON; `None` if it says nothing.
        stated: Option<String>,
        /// What the bytes say, as JSON; `None` if there is no such value.
        found: Option<String>,
    },
    /// A vehicle of the file is not the one that the document means.
    Vehicle {
        /// Its place, from 0.
        index: usize,
        /// Its name in the file.
        name: String,
        /// Where the vehicle that is meant is in the file, if it is there.
        moved_to: Option<usize>,
    },
    /// The bytes are others, and yet every vehicle is the one that is meant: site or limits differ.
    SameVehicles,
    /// The bytes, which are others, cannot be read.
    Unreadable(String),
    /// Under the options of the document nothing can be proved of the bytes.
    NotJudged(String),
    /// A witness of the proof is not attained by the trajectories: a fault of the checker.
    Witness {
        /// The rule.
        rule: Rule,
        /// What is measured.
        fault: WitnessFault,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { at, stated: Some(stated), found: Some(found) } => {
                write!(f, "{at}: the certificate says {stated}, here it is {found}")
            }
            Self::Value { at, stated: None, found } => {
                write!(f, "{at}: the certificate does not say it, here it is {}", found.as_deref().unwrap_or("nothing"))
            }
            Self::Value { at, stated: Some(stated), found: None } => {
                write!(f, "{at}: the certificate says {stated}, but the proof says nothing of the kind")
            }
            Self::Vehicle { index, name, moved_to } => {
                write!(f, "vehicle {index} (\"{name}\") is not the one of the certificate")?;
                match moved_to {
                    Some(k) => write!(f, "; the one meant is vehicle {k} of this file"),
                    None => Ok(()),
                }
            }
            Self::SameVehicles => {
                f.write_str("every vehicle is the one of the certificate: what differs is the site or the limits")
            }
            Self::Unreadable(why) => write!(f, "the file cannot be read: {why}"),
            Self::NotJudged(why) => write!(f, "the file cannot be judged: {why}"),
            Self::Witness { rule, fault } => write!(f, "{}: a witness is not attained: {fault}", rule.title()),
        }
    }
}

impl Check {
    /// Does the document say exactly what is proved of the bytes?
    pub const fn agrees(&self) -> bool {
        self.difference_count == 0
    }

    /// Is it an agreeing document, and what it says is that the show is safe, and no draft?
    pub fn proves(&self) -> bool {
        self.agrees() && self.verdict == Verdict::Proved && !self.draft
    }

    fn differ(&mut self, what: Difference) {
        self.difference_count += 1;
        if self.differences.len() < MAX_KEPT {
            self.differences.push(what);
        }
    }

    fn value(&mut self, at: &str, stated: Option<&Value>, found: Option<&Value>) {
        let text = |v: Option<&Value>| v.map(|v| shortened(&v.to_string()));
        self.differ(Difference::Value { at: at.to_owned(), stated: text(stated), found: text(found) });
    }
}

/// Holds a certificate against the bytes of a file.
///
/// The certificate of the bytes is made anew, under the options that the document states, and every value of the two is
/// compared. Then each witness is measured on the trajectories by plain evaluation.
///
/// # Guarantees
/// No difference says: this is, value by value, the certificate that [`crate::certify`] makes of the bytes under
/// [`Check::options`]. The file's name is not compared, because a file may be renamed; the name that the document states is
/// used where a show without a title goes by it.
///
/// # Errors
/// [`CheckError`] if the document is no certificate of this form, or bytes that it does speak of cannot be read. Bytes that
/// it does not speak of, and options that cannot be applied, are differences.
///
/// # Complexity
/// Of [`crate::certify`]. Bytes that are known to be others are decoded and not proved.
pub fn check(source: &Source, document: &[u8], reporter: &dyn Reporter) -> Result<Check, CheckError> {
    let stated = StatedCertificate::read(document)?;
    let document = &stated.document;
    let mut check = stated.begin(source);
    let are_others = !check.agrees();
    let prepared = match prepare(&stated.named(source), &check.options, reporter) {
        Ok(prepared) => prepared,
        Err(error @ CertifyError::Read(_)) if !are_others => return Err(error.into()),
        Err(error) => {
            check.differ(match error {
                CertifyError::Read(error) => Difference::Unreadable(error.to_string()),
                other => Difference::NotJudged(other.to_string()),
            });
            return Ok(check);
        }
    };
    let all_are_meant = check.vehicles(document, &prepared);
    let found = if are_others {
        if all_are_meant {
            check.differ(Difference::SameVehicles);
        }
        serde_json::to_value(prepared.head())
    } else {
        let certified = prepared.prove(reporter);
        check.witnesses(certified.show(), certified.certificate(), certified.settings());
        serde_json::to_value(certified.certificate())
    };
    let Ok(Value::Object(found)) = found else {
        check.differ(Difference::NotJudged("the certificate has no JSON form".into()));
        return Ok(check);
    };
    // What was compared above.
    let done = |key: &str| key == "vehicle_sha256" || key == "file" && are_others;
    for key in found.keys().filter(|key| !done(key)) {
        let name = match key.as_str() {
            "vehicle_count" => "number of vehicles",
            "duration_ms" => "duration in milliseconds",
            other => other,
        };
        check.compare(name, document.get(key), found.get(key));
    }
    if !are_others {
        for key in document.keys().filter(|key| !found.contains_key(*key)) {
            check.value(key, document.get(key), None);
        }
    }
    Ok(check)
}

/// What a document says of itself.
pub(crate) struct StatedCertificate {
    pub document: Map<String, Value>,
    verdict: Verdict,
    draft: bool,
    file: Option<FileId>,
    pub options: Options,
}

impl StatedCertificate {
    pub fn read(document: &[u8]) -> Result<Self, CheckError> {
        let no = |what: &str| CheckError::NotACertificate(what.to_owned());
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(no("it is larger than 256 MiB"));
        }
        let document: Value = read_json(document, "the document").map_err(|e| no(&e.to_string()))?;
        let Value::Object(document) = document else { return Err(no("it is no JSON object")) };
        match document.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => return Err(CheckError::Schema(shortened(other))),
            None => return Err(no("it states no schema")),
        }
        let member = |name: &str| document.get(name).cloned().unwrap_or_default();
        let fault = |name: &str, e: &serde_json::Error| no(&format!("{name}: {e}"));
        let verdict = serde_json::from_value(member("verdict")).map_err(|e| fault("verdict", &e))?;
        let draft: Option<bool> = serde_json::from_value(member("draft")).map_err(|e| fault("draft", &e))?;
        let file = serde_json::from_value(member("file")).map_err(|e| fault("file", &e))?;
        let options: Option<Options> = serde_json::from_value(member("options")).map_err(|e| fault("options", &e))?;
        Ok(Self { document, verdict, draft: draft.unwrap_or(false), file, options: options.unwrap_or_default() })
    }

    /// A check that knows what the document says, and whether it speaks of these bytes.
    pub fn begin(&self, source: &Source) -> Check {
        let mut check = Check {
            verdict: self.verdict,
            draft: self.draft,
            differences: Vec::new(),
            difference_count: 0,
            witnesses_measured: 0,
            options: self.options.clone(),
            limits_by_flag: by_flag(&self.document),
        };
        let id = source.id();
        match &self.file {
            None => check.value("file", None, serde_json::to_value(id).ok().as_ref()),
            Some(file) => {
                if file.sha256 != id.sha256 {
                    let (stated, found) = (file.sha256.clone().into(), id.sha256.clone().into());
                    check.value("sha256 of the file", Some(&stated), Some(&found));
                }
                if file.bytes != id.bytes {
                    check.value("size of the file in bytes", Some(&file.bytes.into()), Some(&id.bytes.into()));
                }
            }
        }
        check
    }

    /// The bytes under the name that the document states: a show without a title goes by it.
    pub fn named(&self, source: &Source) -> Source {
        self.file.as_ref().map_or_else(|| source.clone(), |file| source.clone().named(&file.name))
    }
}

/// Limits that the document itself says are not of the file.
fn by_flag(document: &Map<String, Value>) -> Vec<(String, f64)> {
    let sources = document.get("limit_sources").and_then(Value::as_object);
    let limits = document.get("limits").and_then(Value::as_object);
    let is_flag =
        |source: &Value| serde_json::from_value(source.clone()).is_ok_and(|s: LimitSource| s == LimitSource::Flag);
    sources
        .into_iter()
        .flatten()
        .filter(|(_, source)| is_flag(source))
        .filter_map(|(name, _)| Some((name.clone(), limits?.get(name)?.as_f64()?)))
        .collect()
}

impl Check {
    /// The content hash of each vehicle, in its place. Are all of them those of the document?
    pub(crate) fn vehicles(&mut self, document: &Map<String, Value>, prepared: &Prepared) -> bool {
        let before = self.difference_count;
        let found = &prepared.provenance.vehicle_sha256;
        let stated = document.get("vehicle_sha256").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if stated.len() != found.len() {
            self.value("number of vehicle hashes", Some(&stated.len().into()), Some(&found.len().into()));
        }
        let places: BTreeMap<&str, usize> = found.iter().enumerate().map(|(k, hash)| (hash.as_str(), k)).collect();
        for (index, (stated, here)) in stated.iter().zip(found).enumerate() {
            if stated.as_str() != Some(here) {
                let moved_to = stated.as_str().and_then(|hash| places.get(hash).copied());
                let name = prepared.show.vehicles.get(index).map_or_else(String::new, |v| v.name.clone());
                self.differ(Difference::Vehicle { index, name, moved_to });
            }
        }
        self.difference_count == before
    }

    /// Measures the witnesses of a proof, apart from the search that found them.
    pub(crate) fn witnesses(&mut self, show: &Show, findings: &Findings, settings: &ProofSettings) {
        for r in &findings.rules {
            // Returns to home are measured entry by entry.
            if r.rule == Rule::ReturnToHome {
                continue;
            }
            for w in r.worst.iter().chain(&r.witnesses) {
                self.witnesses_measured += 1;
                if let Err(fault) = verify_witness(show, r.rule, w, settings) {
                    self.differ(Difference::Witness { rule: r.rule, fault });
                }
            }
        }
        for entry in &findings.return_entries {
            self.witnesses_measured += usize::from(entry.worst.is_some());
            if let Err(fault) = verify_return_witness(show, entry, settings) {
                self.differ(Difference::Witness { rule: Rule::ReturnToHome, fault });
            }
        }
    }

    /// Compares two values, member by member. Numbers are the same if they are equal, however they are written.
    pub(crate) fn compare(&mut self, at: &str, stated: Option<&Value>, found: Option<&Value>) {
        match (stated, found) {
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                for key in b.keys() {
                    self.compare(&format!("{at}.{key}"), a.get(key), b.get(key));
                }
                for key in a.keys().filter(|key| !b.contains_key(*key)) {
                    self.compare(&format!("{at}.{key}"), a.get(key), None);
                }
            }
            (Some(Value::Array(a)), Some(Value::Array(b))) => {
                for k in 0..a.len().max(b.len()) {
                    let (a, b) = (a.get(k), b.get(k));
                    self.compare(&format!("{at}.{}", label(k, b)), a, b);
                }
            }
            (Some(a), Some(b)) if same(a, b) => {}
            (None, None) => {}
            _ => self.value(at, stated, found),
        }
    }
}

/// An element of a list by the rule that it speaks of, else by its place.
fn label(k: usize, element: Option<&Value>) -> String {
    let rule = element.and_then(|e| e.get("rule")).and_then(Value::as_str);
    rule.map_or_else(|| k.to_string(), str::to_owned)
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_VALUE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

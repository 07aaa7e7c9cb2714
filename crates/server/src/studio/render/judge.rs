use std::collections::BTreeMap;
use std::fmt::Write as _;

use kapok_format::{ReadLimits, content_sha256, read_skyc, vehicle_sha256, write_skyc};
use kapok_proof::{Certificate, FileId, LimitSource, ProofSettings, RuleReport, Verdict, prove};
use kapok_show::{Show, Silent};

use super::ShowRead;
use crate::studio::fault::Fault;

/// A show and what the proof says of it.
pub(super) struct Judged {
    pub show: Show,
    pub certificate: Certificate,
}

impl Judged {
    /// Proves a show against the limits of its request; where it states none, against Kapok's defaults.
    pub fn new(read: ShowRead) -> Result<Self, Fault> {
        let ShowRead { show, stated, notes } = read;
        let mut certificate = prove(&show, &ProofSettings::default(), &Silent);
        let names = serde_json::to_value(show.limits).map_err(Fault::internal)?;
        let names = names.as_object().into_iter().flat_map(|o| o.keys());
        certificate.limit_sources = names
            .map(|name| {
                let source = if stated.contains(&name.as_str()) { LimitSource::File } else { LimitSource::Default };
                (name.clone(), source)
            })
            .collect::<BTreeMap<_, _>>();
        certificate.assumptions = notes;
        certificate.vehicle_sha256 = show.vehicles.iter().map(vehicle_sha256).collect();
        Ok(Self { show, certificate })
    }

    /// The show as .skyc. One that is not proved says so in its title, which every viewer shows.
    ///
    /// # Guarantees
    /// The bytes were decoded again and hold exactly the motion that the certificate speaks of.
    pub fn skyc(&self) -> Result<Vec<u8>, Fault> {
        let mut show = self.show.clone();
        if self.certificate.verdict != Verdict::Proved {
            let mut rules: Vec<&str> = self.failed().map(|r| r.title.as_str()).collect();
            rules.truncate(3);
            let why = format!("[not proved safe: {}]", rules.join(", "));
            show.title = if show.title.is_empty() { why } else { format!("{} {why}", show.title) };
        }
        let bytes = write_skyc(&show).map_err(Fault::bad)?;
        let back = read_skyc(&bytes, &ReadLimits::default()).map_err(Fault::internal)?;
        let same = back.show.limits == show.limits
            && back.show.vehicles.len() == show.vehicles.len()
            && back.show.vehicles.iter().zip(&show.vehicles).all(|(a, b)| a.trajectory == b.trajectory);
        if !same {
            return Err(Fault::internal("the written file does not hold the show that was proved"));
        }
        Ok(bytes)
    }

    /// The certificate of a file.
    pub fn certificate_for(&self, format: &str, bytes: &[u8]) -> Certificate {
        let name = format!("{}.{format}", self.stem());
        self.certificate.clone().for_file(FileId { name, sha256: content_sha256(bytes), bytes: bytes.len() as u64 })
    }

    /// The title as a file name without ending.
    pub fn stem(&self) -> String {
        let plain = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
        let stem: String = self.show.title.trim().chars().take(64).map(plain).collect();
        if stem.is_empty() { "show".into() } else { stem }
    }

    /// Rules that are violated or undecided.
    fn failed(&self) -> impl Iterator<Item = &RuleReport> {
        self.certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided))
    }

    /// One sentence of a rule that failed.
    fn sentence(&self, report: &RuleReport) -> String {
        let unit = &report.limit.unit;
        let mut text = report.title.clone();
        match &report.worst {
            Some(w) => {
                let names: Vec<&str> = w.vehicles.iter().map(|v| v.name.as_str()).collect();
                let _ = write!(text, " {:.3} {unit} at {:.2} s ({})", w.value, w.t_ms / 1000.0, names.join(", "));
            }
            None => text.push_str(" could not be decided"),
        }
        let source = report.rule.limit_field().and_then(|f| self.certificate.limit_sources.get(f));
        let whose = match source {
            Some(LimitSource::File) => "of the scene",
            Some(_) => "Kapok's default, the scene states none",
            None => "always",
        };
        let _ = write!(text, ", limit {:.3} {unit} ({whose})", report.limit.value);
        if report.violations > 1 {
            let _ = write!(text, ", {} in all", report.violations);
        }
        text
    }

    /// For the terminal.
    pub fn lines(&self, formats: &str, bytes: usize, note: Option<&str>) -> String {
        let c = &self.certificate;
        let title: String = c.title.chars().filter(|c| !c.is_control()).take(80).collect();
        let mut text = format!(
            "render \"{title}\" to {formats}: {} drones, {:.1} s, {:.1} kB a drone: {}",
            c.vehicle_count,
            c.duration_ms as f64 / 1000.0,
            bytes as f64 / 1000.0 / c.vehicle_count.max(1) as f64,
            word(c.verdict)
        );
        for report in self.failed() {
            let line: String = self.sentence(report).chars().filter(|c| !c.is_control()).collect();
            let _ = write!(text, "\n  {line}");
        }
        if let Some(note) = note {
            let _ = write!(text, "\n  {note}");
        }
        text
    }

    /// For whoever looks at the answer's head: the verdict, and why.
    pub fn headers(&self, note: Option<&str>) -> Vec<(&'static str, String)> {
        let ascii = |text: &str| -> String {
            let text = text.replace('²', "^2").replace('³', "^3");
            text.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).take(2000).collect()
        };
        let mut list = vec![("x-kapok-verdict", word(self.certificate.verdict).to_ascii_lowercase())];
        let why: Vec<String> = self.failed().map(|r| self.sentence(r)).collect();
        if !why.is_empty() {
            list.push(("x-kapok-violations", ascii(&why.join("; "))));
        }
        if let Some(note) = note {
            list.push(("x-kapok-note", ascii(note)));
        }
        list
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "PROVED",
        Verdict::Violated => "VIOLATED",
        Verdict::Undecided | Verdict::NotApplicable => "UNDECIDED",
    }
}

use std::fmt::Write as _;

use kapok_certify::{Certificate, CertifyError, Options, RuleReport, Verdict, certify_skyc};
use kapok_show::{LimitField, Show, Silent, printable};

use super::input::ShowRead;
use crate::refusal::Refusal;

/// A show as .skyc and what the proof says of these bytes.
pub struct Judged {
    skyc: Vec<u8>,
    proof: kapok_certify::Judged,
    /// The title that the request states.
    title: String,
    /// Names of the limits that the request states.
    stated: Vec<LimitField>,
}

impl Judged {
    /// Writes a show and proves the bytes, against the limits of its request; where it states none, against Kapok's
    /// defaults. A show that is not proved says so in its title, which every viewer shows.
    pub fn new(read: ShowRead) -> Result<Self, Refusal> {
        let ShowRead { mut show, stated, notes } = read;
        let title = show.title.clone();
        let name = format!("{}.skyc", stem(&title));
        let options = Options { remarks: notes, ..Options::default() };
        let certified = |show: &Show| certify_skyc(show, &name, &options, &Silent).map_err(fault);
        let (mut skyc, mut judged) = certified(&show)?;
        if judged.certificate().verdict != Verdict::Proved {
            let mut rules: Vec<&str> = failed(judged.certificate()).map(|r| r.title.as_str()).collect();
            rules.truncate(3);
            let why = format!("[not proved safe: {}]", rules.join(", "));
            show.title = if title.is_empty() { why } else { format!("{title} {why}") };
            // Another title is another file, and has a certificate of its own.
            (skyc, judged) = certified(&show)?;
        }
        Ok(Self { skyc, proof: judged, title, stated })
    }

    /// The show as .skyc: the bytes that were proved.
    pub fn skyc(&self) -> &[u8] {
        &self.skyc
    }

    /// The show that these bytes hold.
    pub const fn show(&self) -> &Show {
        self.proof.show()
    }

    /// Its certificate.
    pub const fn certificate(&self) -> &Certificate {
        self.proof.certificate()
    }

    /// The title as a file name without ending.
    pub fn stem(&self) -> String {
        stem(&self.title)
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
        let whose = match report.rule.limit_field() {
            Some(field) if self.stated.contains(&field) => "of the scene",
            Some(_) => "Kapok's default, the scene states none",
            None => "always",
        };
        let _ = write!(text, ", limit {:.3} {unit} ({whose})", report.limit.value);
        if report.violations > 1 {
            let _ = write!(text, ", {} in all", report.violations);
        }
        text
    }

    /// For the operator of the server: the verdict, and a line for each rule that failed.
    pub fn remarks(&self, formats: &str, bytes: usize, note: Option<&str>) -> Vec<String> {
        let c = self.certificate();
        let title: String = self.title.chars().filter(|c| !c.is_control()).take(80).collect();
        let first = format!(
            "render \"{title}\" to {formats}: {} drones, {:.1} s, {:.1} kB a drone: {}",
            c.vehicle_count,
            c.duration_ms as f64 / 1000.0,
            bytes as f64 / 1000.0 / c.vehicle_count.max(1) as f64,
            c.verdict.to_string().to_uppercase()
        );
        let more = failed(c).map(|report| self.sentence(report)).chain(note.map(str::to_owned));
        let lines = std::iter::once(first).chain(more.map(|line| format!("  {line}")));
        lines.map(|line| printable(&line).into_owned()).collect()
    }

    /// Header fields: the verdict, and why.
    pub fn headers(&self, note: Option<&str>) -> Vec<(&'static str, String)> {
        let ascii = |text: &str| -> String {
            let text = text.replace('²', "^2").replace('³', "^3");
            text.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).take(2000).collect()
        };
        let mut list = vec![("x-kapok-verdict", self.certificate().verdict.to_string())];
        let why: Vec<String> = failed(self.certificate()).map(|r| self.sentence(r)).collect();
        if !why.is_empty() {
            list.push(("x-kapok-violations", ascii(&why.join("; "))));
        }
        if let Some(note) = note {
            list.push(("x-kapok-note", ascii(note)));
        }
        list
    }
}

/// A title as a file name without ending.
fn stem(title: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
    let stem: String = title.trim().chars().take(64).map(plain).collect();
    if stem.is_empty() { "show".into() } else { stem }
}

/// Rules that are violated or undecided.
fn failed(certificate: &Certificate) -> impl Iterator<Item = &RuleReport> {
    certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided))
}

/// A show that cannot be written is the request's fault; that bytes do not read back is ours.
fn fault(error: CertifyError) -> Refusal {
    match error {
        CertifyError::Write(error) => Refusal::bad(error),
        other => Refusal::internal(other),
    }
}

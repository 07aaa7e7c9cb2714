use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use kapok_format::{ReadLimits, content_sha256};
use kapok_proof::{Certificate, FileId, ProofSettings, RuleReport, Verdict, prove};
use kapok_show::{Reporter, Show};

use crate::Outcome;
use crate::args::ProveArgs;
use crate::files::{self, Batch};
use crate::progress::Terminal;
use crate::table::Table;

/// A show read from bytes, and what the proof says of it.
pub struct Judged {
    /// The decoded show.
    pub show: Show,
    /// Its certificate, naming the file.
    pub certificate: Certificate,
}

/// `kapok prove`: judges a file.
pub fn run(args: &ProveArgs) -> Result<Outcome> {
    let reporter = Terminal::new();
    let judged = in_pool(args.threads, || judge(&args.file, &reporter))??;
    reporter.finish();
    let certificate = &judged.certificate;
    if let Some(path) = &args.certificate {
        let mut batch = Batch::default();
        batch.add(path, &certificate_json(certificate)?)?;
        batch.commit()?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(certificate)?);
    } else {
        print!("{}", report(certificate));
    }
    Ok(outcome(certificate))
}

/// Reads a file, decodes and proves it.
pub fn judge(path: &Path, reporter: &dyn Reporter) -> Result<Judged> {
    let bytes = files::read(path)?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    judge_bytes(&bytes, &name, reporter).with_context(|| format!("cannot judge {}", path.display()))
}

/// Decodes and proves the bytes of a file.
pub fn judge_bytes(bytes: &[u8], name: &str, reporter: &dyn Reporter) -> Result<Judged> {
    reporter.phase("decoding", 0);
    let decoded = kapok_format::read(bytes, name, &ReadLimits::default())?;
    for note in &decoded.notes {
        reporter.warn(note);
    }
    let file = FileId { name: name.to_owned(), sha256: content_sha256(bytes), bytes: bytes.len() as u64 };
    let certificate = prove(&decoded.show, &ProofSettings::default(), reporter).for_file(file);
    Ok(Judged { show: decoded.show, certificate })
}

/// Runs `work` on this many threads.
pub fn in_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    Ok(pool.context("cannot start the worker threads")?.install(work))
}

/// A certificate as it is written to files.
pub fn certificate_json(certificate: &Certificate) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(certificate)?;
    json.push(b'\n');
    Ok(json)
}

/// Exit code of a verdict: undecided counts as not safe.
pub fn outcome(certificate: &Certificate) -> Outcome {
    if certificate.verdict == Verdict::Proved { Outcome::Done } else { Outcome::NotProved }
}

/// The certificate as a table for people.
pub fn report(certificate: &Certificate) -> String {
    let mut table = Table::new(&["rule", "verdict", "limit", "worst", "margin", "when", "who"], 2);
    for rule in &certificate.rules {
        table.row(row(rule));
    }
    let mut text = format!(
        "{}: {} ({} vehicles, {})\n\n{}",
        certificate.title,
        word(certificate.verdict).to_uppercase(),
        certificate.vehicle_count,
        clock(certificate.duration_ms as f64),
        table.render()
    );
    for rule in certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)) {
        let _ = write!(text, "\n  {}: {}\n", rule.title, rule.detail);
    }
    if let Some(file) = &certificate.file {
        let _ = write!(text, "\n  {} ({} bytes)\n  sha256 {}\n", file.name, file.bytes, file.sha256);
    }
    text
}

fn row(rule: &RuleReport) -> Vec<String> {
    // Adding zero turns a rounded −0 into 0.
    let with_unit = |value: f64| format!("{:.3} {}", (value * 1000.0).round() / 1000.0 + 0.0, rule.limit.unit);
    let limit = if rule.verdict == Verdict::NotApplicable { String::new() } else { with_unit(rule.limit.value) };
    let mut cells = vec![rule.title.clone(), word(rule.verdict).to_owned(), limit];
    let worst = rule.worst.as_ref();
    cells.push(worst.map(|w| with_unit(w.value)).unwrap_or_default());
    cells.push(rule.margin.map(with_unit).unwrap_or_default());
    cells.push(worst.map(|w| clock(w.t_ms)).unwrap_or_default());
    cells.push(
        worst.map(|w| w.vehicles.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")).unwrap_or_default(),
    );
    cells
}

/// A verdict in a word.
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "proved",
        Verdict::Violated => "violated",
        Verdict::Undecided => "undecided",
        Verdict::NotApplicable => "not applicable",
    }
}

/// Show time as minutes and seconds.
pub fn clock(t_ms: f64) -> String {
    let tenths = (t_ms / 100.0).round() as i64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clock_rounds_to_tenths() {
        assert_eq!(super::clock(0.0), "0:00.0");
        assert_eq!(super::clock(59_960.0), "1:00.0");
        assert_eq!(super::clock(478_340.0), "7:58.3");
    }
}

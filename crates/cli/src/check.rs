use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use kapok_certify::{Check, Options, Source, Verdict, check, read_file};
use serde::Serialize;

use crate::Outcome;
use crate::progress::Terminal;
use crate::prove::in_pool;

/// What came of a check, as printed with `--json`.
#[derive(Serialize)]
struct Answer {
    file: String,
    certificate: String,
    /// The certificate's own.
    verdict: Verdict,
    agrees: bool,
    witnesses_measured: usize,
    difference_count: usize,
    differences: Vec<String>,
    /// Limits that neither the file nor the defaults say, but whoever had the certificate made.
    limits_by_flag: Vec<String>,
    /// All that was set beside the bytes.
    options: Options,
}

/// `kapok prove FILE --check CERT.json`: is it the certificate of this file?
pub fn run(file: &Path, certificate: &Path, threads: Option<usize>, json: bool) -> Result<Outcome> {
    let document = read_file(certificate)?;
    let source = Source::load(file)?;
    let reporter = Terminal::new();
    let checked = in_pool(threads, || check(&source, &document, &reporter))?;
    reporter.finish();
    let checked =
        checked.with_context(|| format!("cannot check {} against {}", certificate.display(), file.display()))?;
    let outcome = if checked.proves() { Outcome::Done } else { Outcome::NotProved };
    let answer = Answer::of(checked, file, certificate);
    if json {
        println!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        print!("{}", answer.text());
    }
    Ok(outcome)
}

impl Answer {
    fn of(checked: Check, file: &Path, certificate: &Path) -> Self {
        Self {
            file: file.display().to_string(),
            certificate: certificate.display().to_string(),
            verdict: checked.verdict,
            agrees: checked.agrees(),
            witnesses_measured: checked.witnesses_measured,
            difference_count: checked.difference_count,
            differences: checked.differences.iter().map(ToString::to_string).collect(),
            limits_by_flag: checked.limits_by_flag.iter().map(|(name, value)| format!("{name} = {value}")).collect(),
            options: checked.options,
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if self.agrees {
            let _ = writeln!(
                text,
                "The certificate agrees with the file; its verdict is {}.\n\n  \
                 The file was proved anew, and every value of the certificate is that of the new proof. All {} witnesses\n  \
                 are attained.",
                self.verdict.to_string().to_uppercase(),
                self.witnesses_measured
            );
        } else {
            let _ = writeln!(text, "The certificate DOES NOT AGREE with the file.\n");
            for difference in &self.differences {
                let _ = writeln!(text, "  {difference}");
            }
            if self.difference_count > self.differences.len() {
                let _ = writeln!(text, "  and {} more", self.difference_count - self.differences.len());
            }
        }
        for limit in &self.limits_by_flag {
            let _ = writeln!(text, "  Set by a flag, not by the file: {limit}");
        }
        if let Some(bytes) = self.options.max_payload_bytes {
            let _ = writeln!(text, "  Set by a flag, not by the file: at most {bytes} bytes a vehicle");
        }
        if let Some(layout) = self.options.rth_layout {
            let _ =
                writeln!(text, "  Set by a flag, not by the file: ways home are read in the layout {}", layout.name());
        }
        if let Some(around) = &self.options.surroundings {
            let _ = writeln!(
                text,
                "  Site, surroundings, limits and vehicles are those of {}, not of the file",
                around.from
            );
        }
        text
    }
}

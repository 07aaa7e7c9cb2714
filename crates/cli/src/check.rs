use std::path::Path;

use anyhow::{Context, Result};
use kapok_certify::{Check, Options, Source, Verdict, check, read_file};
use serde::Serialize;

use crate::page::Page;
use crate::progress::Terminal;
use crate::prove::in_pool;
use crate::{Outcome, inputs, terminal};

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
    inputs::expect_show(file)?;
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
        terminal::print_json(&answer)?;
    } else {
        answer.page().print()?;
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

    fn page(&self) -> Page {
        let mut page = Page::default();
        if self.agrees {
            let verdict = self.verdict.to_string().to_uppercase();
            page.line(0, format!("The certificate agrees with the file; its verdict is {verdict}."));
            page.gap();
            page.line(
                2,
                format!(
                    "The file was proved anew, and every value of the certificate is that of the new proof. All {} \
                     witnesses are attained.",
                    self.witnesses_measured
                ),
            );
        } else {
            page.line(0, "The certificate DOES NOT AGREE with the file.");
            page.gap();
            for difference in &self.differences {
                page.line(2, difference);
            }
            if self.difference_count > self.differences.len() {
                page.line(2, format!("and {} more", self.difference_count - self.differences.len()));
            }
        }
        for sentence in self.options.sentences() {
            page.line(2, sentence);
        }
        page
    }
}

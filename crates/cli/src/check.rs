use std::path::Path;

use anyhow::{Context, Result};
use kapok_certify::{Source, headline, read_file};
use kapok_jobs::{CheckAnswer, CheckRequest, check_certificate};

use crate::args::ProveArgs;
use crate::inputs;
use crate::outcome::Outcome;
use crate::page::Page;
use crate::progress::Terminal;
use crate::work::{in_pool, print_answer};

/// `kapok prove FILE --check CERT.json`: is it the certificate of this file?
pub fn run(args: &ProveArgs, document: &Path) -> Result<Outcome> {
    let file = &args.file;
    inputs::expect_show(file)?;
    let document_bytes = read_file(document)?;
    let source = Source::load(file)?;
    let request = CheckRequest { file: file.display().to_string(), certificate: document.display().to_string() };
    let reporter = Terminal::new();
    let checked = in_pool(args.work.threads, || check_certificate(&source, &document_bytes, &request, &reporter))?;
    reporter.finish();
    let answer = checked.with_context(|| format!("cannot check {} against {}", document.display(), file.display()))?;
    if args.work.json {
        print_answer(&answer)?;
    } else {
        page(&answer).print()?;
    }
    Ok(if answer.proves() { Outcome::Done } else { Outcome::NotProved })
}

/// The answer for people.
fn page(answer: &CheckAnswer) -> Page {
    let mut page = Page::default();
    if answer.agrees {
        let verdict = headline(answer.verdict, answer.draft);
        page.line(0, format!("The certificate agrees with the file; its verdict is {verdict}."));
        page.gap();
        page.line(
            2,
            format!(
                "The file was proved anew, and every value of the certificate is that of the new proof. All {} \
                 witnesses are attained.",
                answer.witnesses_measured
            ),
        );
    } else {
        page.line(0, "The certificate DOES NOT AGREE with the file.");
        page.gap();
        for difference in &answer.differences {
            page.line(2, difference);
        }
        if answer.difference_count > answer.differences.len() {
            page.line(2, format!("and {} more", answer.difference_count - answer.differences.len()));
        }
    }
    for sentence in answer.options.sentences() {
        page.line(2, sentence);
    }
    page
}

//! The mistakes of a text file, each with the line it stands in and what is meant marked.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use kapok_show::{Diagnostic, Diagnostics, printable};

/// Columns of an excerpt; of a longer line the part around the mark is shown.
const WIDTH: usize = 140;

/// All mistakes in the order of their places, and how many there are. What comes from outside is printable.
pub fn rendered(diagnostics: &Diagnostics) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.items() {
        let _ = write!(text, "{}\n\n", excerpt(diagnostics, diagnostic));
    }
    let (count, shown) = (diagnostics.count(), diagnostics.items().len());
    if count > shown {
        let _ = write!(text, "and {} more\n\n", count - shown);
    }
    let file = diagnostics.items().first().map_or("", |first| first.file.as_str());
    let errors = if count == 1 { "error" } else { "errors" };
    let _ = write!(text, "{count} {errors} in {}", printable(file));
    text
}

fn excerpt(diagnostics: &Diagnostics, diagnostic: &Diagnostic) -> String {
    let (line, marked) = diagnostics.line_of(diagnostic);
    let snippet = Snippet::source(line)
        .line_start(diagnostic.line)
        .path(printable(&diagnostic.file))
        .annotation(AnnotationKind::Primary.span(marked));
    let report = Level::ERROR.primary_title(printable(&diagnostic.message)).element(snippet);
    let report = match &diagnostic.help {
        Some(help) => report.element(Level::HELP.message(printable(help))),
        None => report,
    };
    let text = Renderer::plain().term_width(WIDTH).render(&[report]);
    // The renderer shows control characters by signs of its own; whatever else could command a terminal is escaped here.
    text.split('\n').map(|line| printable(line.trim_end()).into_owned()).collect::<Vec<_>>().join("\n")
}

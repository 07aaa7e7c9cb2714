use std::fmt;
use std::ops::Range;

use crate::printable;

/// One thing that is wrong in a text file, with its place: a show script, a vehicle profile, a fault script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the file, as the reader was given it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Bytes of the text it is about.
    pub span: Range<usize>,
    /// Path of the field, as `scene[0].formation[1].count`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    /// Place, message and help on one line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, message) = (printable(&self.file), printable(&self.message));
        write!(f, "{file}:{}:{}: {message}", self.line, self.column)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {}", printable(help)),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong in a text file, sorted by place. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    left_out: usize,
    text: String,
}

/// How many diagnostics are kept; the rest is counted.
const MAX_DIAGNOSTICS: usize = 200;

impl Diagnostics {
    /// Those of the file with this text.
    pub(crate) fn new(text: &str, mut items: Vec<Diagnostic>) -> Self {
        items.sort_by(|a, b| {
            (a.span.start, a.span.end, &a.message, &a.help).cmp(&(b.span.start, b.span.end, &b.message, &b.help))
        });
        items.dedup();
        let left_out = items.len().saturating_sub(MAX_DIAGNOSTICS);
        items.truncate(MAX_DIAGNOSTICS);
        Self { items, left_out, text: text.to_owned() }
    }

    /// The diagnostics, in the order of their places; the first 200 of them.
    pub fn items(&self) -> &[Diagnostic] {
        &self.items
    }

    /// The line of the text at which a diagnostic begins, and the bytes of this line that it is about.
    pub fn line_of(&self, diagnostic: &Diagnostic) -> (&str, Range<usize>) {
        let Range { start, end } = diagnostic.span;
        let line_start = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let rest = self.text.get(line_start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let start = (start - line_start).min(line.len());
        let marked = line
            .get(start..end.saturating_sub(line_start).clamp(start, line.len()))
            .unwrap_or_default()
            .trim_end()
            .len();
        (line, start..start + marked)
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.items.len() + self.left_out
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for item in &self.items {
            writeln!(f, "{item}")?;
        }
        if self.left_out > 0 {
            writeln!(f, "and {} more", self.left_out)?;
        }
        match (self.count(), self.items.first()) {
            (1, Some(only)) => write!(f, "1 error in {}", printable(&only.file)),
            (count, Some(first)) => write!(f, "{count} errors in {}", printable(&first.file)),
            (_, None) => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostics {}

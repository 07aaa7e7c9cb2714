use std::fmt;
use std::ops::Range;

use kapok_show::printable;

/// One thing that is wrong in a script, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the script's file, as given to [`load`](super::load).
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Bytes of the script it is about.
    pub span: Range<usize>,
    /// Path of the field, as `scene[0].formation[1].count`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    pub(super) excerpt: Excerpt,
}

/// The piece of the source line that is shown, with the place of the caret in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) caret_at: usize,
    pub(super) caret_width: usize,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        writeln!(f, "error: {}", printable(&self.message))?;
        writeln!(f, "{gutter}--> {}:{}:{}", printable(&self.file), self.line, self.column)?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{number} | {}", self.excerpt.text)?;
        let caret = "^".repeat(self.excerpt.caret_width.max(1));
        write!(f, "{gutter} | {}{caret}", " ".repeat(self.excerpt.caret_at))?;
        if let Some(help) = &self.help {
            write!(f, "\n{gutter} = help: {}", printable(help))?;
        }
        Ok(())
    }
}

/// Everything that is wrong in a script, sorted by place. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    pub(super) items: Vec<Diagnostic>,
    pub(super) left_out: usize,
}

/// How many diagnostics are kept; the rest is counted.
pub(super) const MAX_DIAGNOSTICS: usize = 200;

impl Diagnostics {
    pub(super) fn new(mut items: Vec<Diagnostic>) -> Self {
        items.sort_by(|a, b| {
            (a.span.start, a.span.end, &a.message, &a.help).cmp(&(b.span.start, b.span.end, &b.message, &b.help))
        });
        items.dedup();
        let left_out = items.len().saturating_sub(MAX_DIAGNOSTICS);
        items.truncate(MAX_DIAGNOSTICS);
        Self { items, left_out }
    }

    /// The diagnostics, in the order of their places; the first 200 of them.
    pub fn items(&self) -> &[Diagnostic] {
        &self.items
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.items.len() + self.left_out
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for item in &self.items {
            write!(f, "{item}\n\n")?;
        }
        if self.left_out > 0 {
            write!(f, "and {} more\n\n", self.left_out)?;
        }
        match (self.count(), self.items.first()) {
            (1, Some(only)) => write!(f, "1 error in {}", only.file),
            (count, Some(first)) => write!(f, "{count} errors in {}", first.file),
            (_, None) => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostics {}

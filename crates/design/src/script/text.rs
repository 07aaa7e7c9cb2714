//! Places in the text of a script.

use std::ops::Range;

use super::diagnostic::{Diagnostic, Excerpt};

/// Most characters of a source line that are shown.
const EXCERPT_CHARS: usize = 120;

/// The script's text with the starts of its lines.
pub(super) struct SourceText<'a> {
    file: &'a str,
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> SourceText<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, line_starts }
    }

    /// A diagnostic about a span; whatever the span, it is brought inside the text and onto character borders.
    pub(super) fn diagnostic(
        &self,
        span: Range<usize>,
        field: String,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        let start = self.border(span.start);
        let end = self.border(span.end).max(start);
        let line_index = self.line_starts.partition_point(|&at| at <= start).saturating_sub(1);
        let line_start = self.line_starts.get(line_index).copied().unwrap_or(0);
        let line_end = self.text[line_start..].find('\n').map_or(self.text.len(), |at| line_start + at);
        let line_text = self.text[line_start..line_end].trim_end_matches('\r');
        let before = self.text[line_start..start].chars().count();
        let marked = self.text[start..end.clamp(start, line_end.max(start))].trim_end().chars().count();
        Diagnostic {
            file: self.file.to_owned(),
            line: line_index + 1,
            column: before + 1,
            span: start..end,
            field,
            message,
            help,
            excerpt: excerpt(line_text, before, marked),
        }
    }

    /// The line around a byte.
    pub(super) fn line_at(&self, at: usize) -> &str {
        let at = self.border(at);
        let start = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        self.text[start..].lines().next().unwrap_or("")
    }

    fn border(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// Cuts a long line around the caret and counts columns as a terminal shows them.
fn excerpt(line: &str, before: usize, marked: usize) -> Excerpt {
    let chars: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let first = if chars.len() > EXCERPT_CHARS { before.saturating_sub(EXCERPT_CHARS / 3).min(chars.len()) } else { 0 };
    let last = chars.len().min(first + EXCERPT_CHARS);
    let width = |from: usize, to: usize| {
        chars.get(from..to.max(from)).unwrap_or(&[]).iter().map(|&c| columns(c)).sum::<usize>()
    };
    let (from, to) = (before.clamp(first, last), (before + marked).clamp(first, last));
    let cut_front = if first > 0 { "…" } else { "" };
    let cut_back = if last < chars.len() { "…" } else { "" };
    let text: String = chars.get(first..last).unwrap_or(&[]).iter().collect();
    Excerpt {
        text: format!("{cut_front}{text}{cut_back}"),
        caret_at: cut_front.chars().count() + width(first, from),
        caret_width: width(from, to),
    }
}

/// Columns of a character in a terminal: two for the wide scripts of East Asia (Unicode Standard Annex 11, in blocks).
fn columns(c: char) -> usize {
    let wide = matches!(u32::from(c),
        0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0x33FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xA000..=0xA4CF
        | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD);
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = SourceText::new("a.toml", "x = 1\n福 = \"二\" # \nend");
        let at = source.text.find("二").unwrap();
        let found = source.diagnostic(at..at + 3, String::new(), "m".into(), None);
        assert_eq!((found.line, found.column), (2, 6));
        assert_eq!(found.excerpt, Excerpt { text: "福 = \"二\" # ".into(), caret_at: 6, caret_width: 2 });
    }

    #[test]
    fn spans_outside_the_text_or_inside_a_character_are_brought_in() {
        let source = SourceText::new("a.toml", "福");
        assert_eq!(source.diagnostic(1..2, String::new(), "m".into(), None).span, 0..0);
        assert_eq!(source.diagnostic(90..99, String::new(), "m".into(), None).line, 1);
        let empty = SourceText::new("a.toml", "");
        assert_eq!(empty.diagnostic(0..0, String::new(), "m".into(), None).column, 1);
    }

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let line = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let source = SourceText::new("a.toml", &line);
        let found = source.diagnostic(500..501, String::new(), "m".into(), None);
        assert_eq!(found.column, 501);
        assert!(found.excerpt.text.chars().count() <= EXCERPT_CHARS + 2);
        assert_eq!(found.excerpt.text.chars().nth(found.excerpt.caret_at), Some('x'));
    }
}

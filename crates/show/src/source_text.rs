use std::ops::Range;

use crate::{Diagnostic, Diagnostics};

/// The text of a file with the starts of its lines: what turns bytes into places.
///
/// ```
/// use kapok_show::SourceText;
/// let source = SourceText::new("a.toml", "x = 1\ny = -2\n");
/// let found = source.diagnostic(10..12, "y".into(), "y is -2".into(), Some("it must be from 0 to 9".into()));
/// assert_eq!(source.diagnostics(vec![found]).to_string().lines().next(), Some("a.toml:2:5: y is -2"));
/// ```
#[derive(Clone, Debug)]
pub struct SourceText<'a> {
    file: &'a str,
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> SourceText<'a> {
    /// The text of a file of that name.
    pub fn new(file: &'a str, text: &'a str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, line_starts }
    }

    /// A diagnostic about a span; whatever the span, it is brought inside the text and onto character borders.
    pub fn diagnostic(&self, span: Range<usize>, field: String, message: String, help: Option<String>) -> Diagnostic {
        let start = self.border(span.start);
        let end = self.border(span.end).max(start);
        let line_index = self.line_starts.partition_point(|&at| at <= start).saturating_sub(1);
        let line_start = self.line_starts.get(line_index).copied().unwrap_or(0);
        Diagnostic {
            file: self.file.to_owned(),
            line: line_index + 1,
            column: self.text[line_start..start].chars().count() + 1,
            span: start..end,
            field,
            message,
            help,
        }
    }

    /// All that is wrong in this text.
    pub fn diagnostics(&self, items: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(self.text, items)
    }

    /// The line around a byte.
    pub fn line_at(&self, at: usize) -> &str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = SourceText::new("a.toml", "x = 1\n福 = \"二\" # \nend");
        let at = source.text.find("二").unwrap();
        let found = source.diagnostic(at..at + 3, String::new(), "m".into(), None);
        assert_eq!((found.line, found.column), (2, 6));
        let line = source.diagnostics(vec![found.clone()]).line_of(&found).0.to_owned();
        assert_eq!(line, "福 = \"二\" # ");
        assert_eq!(&line[source.diagnostics(Vec::new()).line_of(&found).1], "二");
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
    fn a_span_over_lines_is_marked_to_the_end_of_its_first_line() {
        let line = format!("{}[ \r\n1,\n]", "a".repeat(500));
        let source = SourceText::new("a.toml", &line);
        let found = source.diagnostic(500..line.len(), String::new(), "m".into(), None);
        assert_eq!((found.line, found.column), (1, 501));
        let all = source.diagnostics(vec![found.clone()]);
        let (text, marked) = all.line_of(&found);
        assert_eq!((text.len(), &text[marked]), (502, "["));
    }
}

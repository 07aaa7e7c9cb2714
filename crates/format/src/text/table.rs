//! Tables of comma-separated values, line by line, with the numbers that an editor shows.

use std::borrow::Cow;

use crate::error::shortened;
use crate::{Place, ReadError};

/// One line that says something.
pub(crate) struct Row<'a> {
    /// Its number in the file, from 1.
    pub line: usize,
    /// Its text, without the ends of lines.
    pub text: &'a str,
}

impl<'a> Row<'a> {
    /// Does the line begin with `#`?
    pub fn is_remark(&self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    /// The fields without blanks around them. Empty ones at the end, which spreadsheets and some writers add, do not count.
    ///
    /// # Errors
    /// [`ReadError::BadValue`] for a quotation mark that does not end.
    pub fn fields(&self, place: impl Fn() -> Place, out: &mut Vec<Cow<'a, str>>) -> Result<(), ReadError> {
        out.clear();
        if self.text.contains('"') {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(self.text.as_bytes());
            // A line is one record, unless a quotation mark runs over its end: then the marks are not even.
            let record = reader.records().next().and_then(Result::ok);
            let Some(record) = record.filter(|_| self.text.matches('"').count().is_multiple_of(2)) else {
                return Err(ReadError::BadValue {
                    place: place().at(format!("line {}", self.line)),
                    value: "a quotation mark".into(),
                    why: "does not end on its line".into(),
                    remedy: "write the fields without quotation marks",
                });
            };
            out.extend(record.iter().map(|field| Cow::Owned(field.trim().to_owned())));
        } else {
            out.extend(self.text.split(',').map(|field| Cow::Borrowed(field.trim())));
        }
        while out.last().is_some_and(|field| field.is_empty()) {
            out.pop();
        }
        Ok(())
    }
}

/// The lines that are not blank. `\n`, `\r\n` and `\r` end a line.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let mut rest = text;
    let mut line = 0;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            let (text, behind) = rest.split_at(end);
            rest = behind.strip_prefix("\r\n").or_else(|| behind.get(1..)).unwrap_or_default();
            line += 1;
            if !text.trim().is_empty() {
                return Some(Row { line, text });
            }
        }
        None
    })
}

/// The error of a table whose fields are not separated by commas, if this line tells so.
pub(crate) fn check_separator(row: &Row, place: impl Fn() -> Place) -> Result<(), ReadError> {
    let found = match row.text {
        text if text.contains(',') => return Ok(()),
        text if text.contains(';') => "semicolons",
        text if text.contains('\t') => "tabs",
        _ => return Ok(()),
    };
    Err(ReadError::BadValue {
        place: place().at(format!("line {}", row.line)),
        value: format!("\"{}\"", shortened(row.text)),
        why: format!("has its fields separated by {found}"),
        remedy: "separate them by commas, and write decimals with a point",
    })
}

/// The place of field `k` of a line, as people count: from 1.
pub(crate) fn column(line: usize, k: usize) -> String {
    format!("line {line}, column {}", k + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(text: &str) -> Option<Vec<String>> {
        let mut out = Vec::new();
        let row = Row { line: 1, text };
        row.fields(|| Place::in_member("x", ""), &mut out).ok()?;
        Some(out.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn lines_and_fields() {
        let found: Vec<(usize, &str)> = rows("a\r\n\r\n \nb\rc\n").map(|row| (row.line, row.text)).collect();
        assert_eq!(found, [(1, "a"), (4, "b"), (5, "c")]);
        for (text, expected) in [
            (" a, b ,,c", &["a", "b", "", "c"][..]),
            ("a,b,,,", &["a", "b"]),
            (",,,", &[]),
            (r#""a, b","c""d" ,e"#, &["a, b", "c\"d", "e"]),
            (r#""""#, &[]),
        ] {
            assert_eq!(fields(text).unwrap(), expected, "{text}");
        }
        for bad in ["\"a", "a\"", "\"\"\""] {
            assert_eq!(fields(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn fields_come_back_as_the_library_writes_them(list in prop::collection::vec("[a-c \",;\u{e9}]{0,5}", 1..6)) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(&list).unwrap();
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let mut wanted: Vec<&str> = list.iter().map(|field| field.trim()).collect();
            while wanted.last().is_some_and(|field| field.is_empty()) {
                wanted.pop();
            }
            prop_assert_eq!(fields(text.trim_end_matches('\n')).unwrap(), wanted);
        }

        #[test]
        fn any_line_is_taken_apart_or_refused(text in ".{0,80}") {
            let _ = fields(&text);
        }
    }
}

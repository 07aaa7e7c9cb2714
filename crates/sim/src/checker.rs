use std::fmt;
use std::ops::{Range, RangeInclusive};

use kapok_show::{Diagnostic, Diagnostics, SourceText};
use serde::de::DeserializeOwned;
use toml::Spanned;

/// Checks what a TOML document states and keeps what is wrong with it, each with its place.
pub(crate) struct Checker<'a> {
    source: SourceText<'a>,
    items: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    /// The document in this text, read into its form; `schema` names the schema that lists its keys.
    pub fn read<D: DeserializeOwned>(
        file: &'a str,
        text: &'a str,
        most_bytes: usize,
        schema: &str,
    ) -> Result<(Self, D), Diagnostics> {
        let mut checker = Self { source: SourceText::new(file, text), items: Vec::new() };
        if text.len() > most_bytes {
            let message = format!("the file has {} bytes", text.len());
            checker.fault(0..0, "", message, format!("at most {most_bytes} are read"));
            return Err(checker.source.diagnostics(checker.items));
        }
        match toml::from_str(text) {
            Ok(document) => Ok((checker, document)),
            Err(error) => {
                let message = error.message().lines().next().unwrap_or("no TOML").to_owned();
                let help = format!("the schema `{schema}` lists all keys");
                checker.fault(error.span().unwrap_or(0..0), "", message, help);
                Err(checker.source.diagnostics(checker.items))
            }
        }
    }

    /// Something is wrong at these bytes.
    pub fn fault(&mut self, span: Range<usize>, field: &str, message: impl Into<String>, help: impl Into<String>) {
        self.items.push(self.source.diagnostic(span, field.to_owned(), message.into(), Some(help.into())));
    }

    /// Is nothing wrong so far?
    pub fn is_clean(&self) -> bool {
        self.items.is_empty()
    }

    /// A number of a field must lie in a range; gives it back.
    pub fn within<T: Copy + PartialOrd + fmt::Display>(
        &mut self,
        field: &str,
        value: &Spanned<T>,
        range: RangeInclusive<T>,
    ) -> T {
        let number = *value.get_ref();
        self.number(field, number, value.span(), &range);
        number
    }

    /// The same for a number that has no place of its own.
    pub fn number<T: Copy + PartialOrd + fmt::Display>(
        &mut self,
        field: &str,
        value: T,
        span: Range<usize>,
        range: &RangeInclusive<T>,
    ) {
        if !range.contains(&value) {
            let help = format!("it must be a number from {} to {}", range.start(), range.end());
            self.fault(span, field, format!("{field} is {value}"), help);
        }
    }

    /// The value, if nothing is wrong.
    pub fn finish<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.items.is_empty() { Ok(value) } else { Err(self.source.diagnostics(self.items)) }
    }
}

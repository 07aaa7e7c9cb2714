//! The one way out to standard output and standard error.
//!
//! A reader that has seen enough (`kapok prove F | head`) ends nothing and is no error; a full disk is one. Nothing that
//! comes from outside reaches a terminal as a command to it.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};

use anyhow::{Context, Result};
use kapok_jobs::ErrorAnswer;
use kapok_show::{Diagnostics, printable};
use serde::Serialize;

use crate::mistakes;

/// Prints text on standard output. It must hold text from outside only as [`printable`] makes it.
///
/// # Errors
/// If standard output cannot take it, because it is full. That it is closed is no error.
pub fn print(text: &str) -> Result<()> {
    print_while_open(text).map(|_| ())
}

/// The same for text without end: false once its reader is gone.
///
/// # Errors
/// As [`print()`].
fn print_while_open(text: &str) -> Result<bool> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        outcome => Ok(outcome.is_ok()),
    }
}

/// Prints a value as JSON on standard output.
///
/// # Errors
/// As [`print()`], or if the value has no JSON form.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    print(&json_text(value)?)
}

/// A value as JSON, as it is printed and written.
///
/// # Errors
/// If it has no form in JSON.
pub fn json_text(value: &impl Serialize) -> Result<String> {
    Ok(tame(&compact(&serde_json::to_string_pretty(value)?)) + "\n")
}

/// Prints a value as JSON on one line of standard output; false if its reader is gone.
///
/// # Errors
/// As [`print_json`].
pub fn print_json_line(value: &impl Serialize) -> Result<bool> {
    print_while_open(&(tame(&serde_json::to_string(value)?) + "\n"))
}

/// Prints lines on standard error. It must hold text from outside only as [`printable`] makes it. If standard error takes
/// nothing, there is no place left to say so.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Columns of the terminal on standard output; `None` for a file or a pipe.
pub fn columns() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(terminal_size::Width(columns), _)| columns.into())
}

/// An error and its causes on one line, and the mistakes of a script below it.
pub fn told(error: &anyhow::Error) -> String {
    let script = error.chain().find_map(|cause| cause.downcast_ref::<Diagnostics>());
    let text = one_line(error.chain().take_while(|cause| !cause.is::<Diagnostics>()));
    let text = printable(&text).into_owned();
    script.map_or_else(|| text.clone(), |script| format!("{text}\n\n{}", mistakes::rendered(script)))
}

/// The same error for machines, with the mistakes of a script one by one.
pub fn as_answer(error: &anyhow::Error) -> ErrorAnswer {
    let script = error.chain().find_map(|cause| cause.downcast_ref::<Diagnostics>());
    ErrorAnswer::new(one_line(error.chain().take_while(|cause| !cause.is::<Diagnostics>())), script)
}

/// An error and its causes; a cause that the text before it quotes already is not said again.
fn one_line<'a>(causes: impl Iterator<Item = &'a (dyn std::error::Error + 'static)>) -> String {
    let mut text = String::new();
    for cause in causes.map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            let _ = write!(text, ": {cause}");
        }
    }
    text
}

/// The same JSON, with lists of numbers on lines of some hundred characters in place of a line for each.
fn compact(json: &str) -> String {
    const WIDE: usize = 100;
    let is_number = |line: &str| {
        let line = line.trim_start().trim_end_matches(',');
        line == "null" || line.starts_with(|c: char| c == '-' || c.is_ascii_digit())
    };
    let mut out = String::with_capacity(json.len());
    let mut lines = json.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        let opens = line.ends_with('[') && lines.peek().is_some_and(|next| is_number(next));
        let mut width = WIDE;
        while opens && lines.peek().is_some_and(|next| is_number(next)) {
            let number = lines.next().unwrap_or_default();
            let short = number.trim_start();
            if width + 1 + short.len() > WIDE {
                out.push('\n');
                out.push_str(number);
                width = number.len();
            } else {
                out.push(' ');
                out.push_str(short);
                width += 1 + short.len();
            }
        }
        out.push('\n');
    }
    out.pop();
    out
}

/// The same JSON, with characters that could command a terminal written as their escapes. In JSON they can only stand in
/// strings, where the escape is the same character.
fn tame(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for (k, line) in json.split('\n').enumerate() {
        if k > 0 {
            out.push('\n');
        }
        for c in line.chars() {
            if printable(c.encode_utf8(&mut [0; 4])).len() == c.len_utf8() {
                out.push(c);
            } else {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_the_same_value_without_commands() {
        let value = serde_json::json!({ "name": "a\u{1b}[2J\u{9b}\u{7f}\u{202e}福\n", "n": [1, 2.5] });
        let text = tame(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{text:?}");
        assert!(text.contains('福'));
    }

    #[test]
    fn lists_of_numbers_take_few_lines() {
        let assignment: Vec<u32> = (0..1000).collect();
        let value = serde_json::json!({
            "assignment": assignment, "empty": [], "mixed": [null, -1.5e3, 2], "names": ["1", "2"], "nested": [[1, 2], [3, 4]],
        });
        let text = compact(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert!(text.lines().count() < 80 && text.lines().all(|line| line.len() <= 104), "{text}");
    }

    #[test]
    fn a_cause_is_said_once() {
        let io = std::io::Error::other("Address already in use");
        let error = anyhow::Error::new(io).context("cannot listen: Address already in use").context("no server");
        assert_eq!(told(&error), "no server: cannot listen: Address already in use");
        let error = anyhow::anyhow!("inner \u{1b}[2J").context("outer");
        assert_eq!(told(&error), "outer: inner \\u{1b}[2J");
    }
}

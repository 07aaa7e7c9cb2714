use crate::{Place, ReadError};

/// The error of the JSON parser with the text around it.
pub(crate) fn json_error(place: Place, text: &str, error: &serde_json::Error) -> ReadError {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or("");
    let mut start = error.column().saturating_sub(24).min(line.len());
    while !line.is_char_boundary(start) {
        start -= 1;
    }
    ReadError::Json {
        place,
        fault: shortened_fault(&error.to_string()),
        near: line[start..].chars().take(40).collect(),
    }
}

/// The parser's message, at most 200 characters: some repeat what they found.
fn shortened_fault(fault: &str) -> String {
    fault.chars().take(200).collect()
}

use crate::{Place, ReadError};

/// The text of a file: UTF-8, without the byte order mark if it begins with one.
///
/// # Errors
/// [`ReadError::Encoding`], with what the encoding seems to be.
pub(crate) fn text_of(bytes: &[u8], place: impl Fn() -> Place) -> Result<&str, ReadError> {
    let is_utf16 = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        // Latin text without a mark: every second byte is 0.
        [a, b, c, d, ..] => {
            [*a, *b, *c, *d].map(|byte| byte == 0) == [true, false, true, false] || (*b | *d == 0 && *a != 0)
        }
        _ => false,
    };
    let wrong = |fault: String| Err(ReadError::Encoding { place: place(), fault });
    if is_utf16 {
        return wrong("the text is UTF-16".into());
    }
    match std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        Ok(text) => Ok(text),
        Err(error) => wrong(format!("the text is not UTF-8 at byte {}", error.valid_up_to())),
    }
}

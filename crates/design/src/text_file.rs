//! Text as programs write it: with a byte order mark or without, lines that end in LF, CR LF or CR.

/// What begins a UTF-8 file that bears a mark of it.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of a text without its byte order mark.
///
/// # Errors
/// What to do, if the file is text of two bytes a character.
pub(crate) fn unmarked(bytes: &[u8]) -> Result<&[u8], &'static str> {
    if is_utf16(bytes) {
        return Err("this is UTF-16 text; save it as UTF-8");
    }
    Ok(bytes.strip_prefix(MARK).unwrap_or(bytes))
}

/// Does the file begin with the mark of UTF-16, or with an ASCII character in it?
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0x7f, 0, 1..=0x7f, ..] | [1..=0x7f, 0, 1..=0x7f, 0, ..]
    )
}

/// The lines with their numbers from 1, without what ends them.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    let lines = bytes.split(move |&b| b == end).enumerate();
    lines.map(|(index, line)| (index + 1, line.strip_suffix(b"\r").unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_of_line_is_one() {
        for text in [&b"a\nb\n\nc"[..], b"a\r\nb\r\n\r\nc", b"a\rb\r\rc"] {
            let found: Vec<(usize, &[u8])> = lines(text).collect();
            assert_eq!(found, [(1, &b"a"[..]), (2, b"b"), (3, b""), (4, b"c")]);
        }
    }

    #[test]
    fn marks_are_taken_off_or_named() {
        assert_eq!(unmarked(b"\xef\xbb\xbfa"), Ok(&b"a"[..]));
        assert_eq!(unmarked(b"a"), Ok(&b"a"[..]));
        for wide in [&b"\xff\xfea\0"[..], b"\xfe\xff\0a", b"v\0 \0", b"\0v\0 "] {
            assert!(unmarked(wide).is_err(), "{wide:?}");
        }
    }
}

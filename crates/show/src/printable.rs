use std::borrow::Cow;

/// Text from outside (titles, names, paths, words of a file), safe to print on one line of a terminal or a log.
///
/// # Guarantees
/// No control character, line break or direction mark remains: each stands as its escape, such as `\u{1b}` or `\n`. So a
/// name can neither command the terminal, nor begin a line of its own, nor reorder what stands beside it. Text without
/// them is unchanged.
///
/// # Complexity
/// O(n); allocates only if something is escaped.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(commands) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if commands(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Controls (C0, DEL, C1), line and paragraph separators, and the marks that change the direction of text (UAX 9).
fn commands(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\u{7}\r\n\tb\u{9b}"), "a\\u{1b}[2J\\u{7}\\r\\n\\tb\\u{9b}");
        assert_eq!(printable("\u{202e}DEVORP\u{2066}\u{200f}\u{2028}"), "\\u{202e}DEVORP\\u{2066}\\u{200f}\\u{2028}");
        for c in ('\0'..=char::MAX).filter(|c| c.is_control()) {
            assert!(!printable(&c.to_string()).contains(c), "{c:?}");
        }
    }

    #[test]
    fn ordinary_text_is_as_it_was() {
        for text in ["福 → 2017 × ½", "אב 123", "👩‍🚀", ""] {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text));
        }
    }
}

use unicode_width::UnicodeWidthStr;

/// Narrower terminals get lines of this length all the same.
const NARROWEST: usize = 40;
/// Prose is not set wider than this, however wide the terminal.
const WIDEST: usize = 120;

/// Wraps the sentences of a report for whoever reads it on standard output. What goes to a file or another program stays
/// one sentence a line, and tables stay as they are.
pub fn for_stdout(text: &str) -> String {
    match terminal_size::terminal_size_of(std::io::stdout()) {
        Some((terminal_size::Width(columns), _)) => wrapped(text, usize::from(columns)),
        None => text.to_owned(),
    }
}

/// Lines of prose that are too long are broken between words; what follows stands two blanks further in.
fn wrapped(text: &str, columns: usize) -> String {
    let columns = columns.clamp(NARROWEST, WIDEST);
    text.lines().fold(String::new(), |mut out, line| {
        let body = line.trim_start();
        // Rows of a table have gaps of three blanks, or are a rule.
        if line.width() <= columns || body.contains("   ") || body.starts_with('─') {
            return out + line + "\n";
        }
        let indent = line.len() - body.len();
        let mut used = indent;
        out.push_str(&line[..indent]);
        for (k, word) in body.split(' ').enumerate() {
            if k > 0 && used + 1 + word.width() > columns {
                used = indent + 2;
                out.push('\n');
                out.push_str(&" ".repeat(used));
            } else if k > 0 {
                used += 1;
                out.push(' ');
            }
            used += word.width();
            out.push_str(word);
        }
        out + "\n"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_broken_between_words_and_tables_are_not() {
        let prose = "  Note: the file does not say where the show stands: latitude 0 is assumed\n";
        let broken = "  Note: the file does not say where the\n    show stands: latitude 0 is assumed\n";
        assert_eq!(wrapped(prose, 41), broken);
        let table = "  a rule   proved   1.500 m   1.600 m   0.100 m   1:02.3\n  ─────────────────────────────────────────────────────\n";
        assert_eq!(wrapped(table, 41), table);
        assert_eq!(wrapped("short\n\n", 80), "short\n\n");
    }

    #[test]
    fn nothing_is_lost_in_any_width() {
        let text = format!("  {} 福 {}\n", "word ".repeat(40).trim(), "x".repeat(200));
        for columns in [0, 40, 57, 120, 1000] {
            let words = |t: &str| t.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&wrapped(&text, columns)), words(&text));
            let longest =
                wrapped(&text, columns).lines().filter(|l| !l.contains('x')).map(UnicodeWidthStr::width).max();
            assert!(longest <= Some(columns.clamp(NARROWEST, WIDEST)));
        }
    }
}

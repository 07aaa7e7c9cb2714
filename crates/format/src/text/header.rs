//! How the CSV file of a vehicle begins.

use crate::text::table::rows;

/// Lines that are looked at for a header.
const MAX_LINES: usize = 20;

/// Does the text begin like the CSV file of a vehicle, of samples or of polynomials?
pub(crate) fn is_vehicle(text: &str) -> bool {
    is_polynomials(text) || is_samples(text)
}

/// Does it begin with the header of polynomials? Remarks may stand before it.
pub(crate) fn is_polynomials(text: &str) -> bool {
    let head = rows(text).find(|row| !row.is_remark());
    head.and_then(|row| row.text.trim_start().trim_start_matches('"').get(..8))
        .is_some_and(|word| word.eq_ignore_ascii_case("duration"))
}

/// Is there a header that names a time among the first lines? It may stand behind a `#`, and be separated by anything.
pub(crate) fn is_samples(text: &str) -> bool {
    let names_time = |field: &str| {
        let field = field.trim_matches(|c: char| c == '#' || c == '"' || c.is_whitespace());
        let name = field.split(['[', '(', '_', ' ']).next().unwrap_or_default();
        ["time", "t"].iter().any(|time| name.eq_ignore_ascii_case(time))
    };
    rows(text).take(MAX_LINES).any(|row| row.text.split([',', ';', '\t']).any(names_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_by_their_words() {
        for text in ["Time [msec],x [m]", "# by hand\n\n#time_msec;x", "x [m]\t\"T (s)\"", "sep=,\nt_ms,x"] {
            assert!(is_samples(text) && !is_polynomials(text), "{text}");
        }
        for text in ["\n# remark\n\"Duration\",x^0", "duration,x^0"] {
            assert!(is_polynomials(text), "{text}");
        }
        for text in ["", "0,0,0", "timer,x", "total,x", "hello world", "{\"a\": 1}"] {
            assert!(!is_vehicle(text), "{text}");
        }
    }
}

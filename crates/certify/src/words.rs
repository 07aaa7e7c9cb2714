use kapok_proof::Verdict;

/// Show time as minutes, seconds and tenths.
///
/// ```
/// assert_eq!(kapok_certify::clock(478_340.0), "7:58.3");
/// ```
pub fn clock(t_ms: f64) -> String {
    let tenths = (t_ms / 100.0).round() as i64;
    let (sign, tenths) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    format!("{sign}{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// A verdict in capitals, as headlines have it; a draft says so.
///
/// ```
/// use kapok_certify::{Verdict, headline};
///
/// assert_eq!(headline(Verdict::Proved, false), "PROVED");
/// assert_eq!(headline(Verdict::Violated, true), "DRAFT, VIOLATED");
/// ```
pub fn headline(verdict: Verdict, draft: bool) -> String {
    let verdict = verdict.to_string().to_uppercase();
    if draft { format!("DRAFT, {verdict}") } else { verdict }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clock_rounds_to_tenths() {
        assert_eq!(super::clock(0.0), "0:00.0");
        assert_eq!(super::clock(59_960.0), "1:00.0");
        assert_eq!(super::clock(478_340.0), "7:58.3");
        assert_eq!(super::clock(-5_000.0), "-0:05.0");
        assert_eq!(super::clock(-61_040.0), "-1:01.0");
        assert_eq!(super::clock(-40.0), "0:00.0");
    }
}

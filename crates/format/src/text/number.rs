use std::fmt::Write as _;

/// Appends the shortest decimal that reads back as the same number; whole numbers without a point, zero without a sign.
pub(crate) fn push_f64(out: &mut String, value: f64) {
    let magnitude = value.abs();
    let written = if value == 0.0 {
        out.push('0');
        Ok(())
    } else if (1e-5..1e16).contains(&magnitude) {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Appends milliseconds as seconds with up to three decimals, exactly.
pub(crate) fn push_seconds(out: &mut String, t_ms: i64) {
    let (sign, magnitude) = (if t_ms < 0 { "-" } else { "" }, t_ms.unsigned_abs());
    let (whole, rest) = (magnitude / 1000, magnitude % 1000);
    let written = match rest {
        0 => write!(out, "{sign}{whole}"),
        r if r % 100 == 0 => write!(out, "{sign}{whole}.{}", r / 100),
        r if r % 10 == 0 => write!(out, "{sign}{whole}.{:02}", r / 10),
        r => write!(out, "{sign}{whole}.{r:03}"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Appends `,"name":` for the next member of a JSON object; the name needs no escapes.
pub(crate) fn push_member(out: &mut String, name: &str) {
    for piece in [",\"", name, "\":"] {
        out.push_str(piece);
    }
}

/// Seconds to the nearest whole millisecond, and how far that is off, in milliseconds. `None` if not finite or beyond
/// `max_ms` either way.
pub(crate) fn millis_from_seconds(t_s: f64, max_ms: i64) -> Option<(i64, f64)> {
    millis(t_s * 1000.0, max_ms)
}

/// The nearest whole millisecond and how far it is off. `None` if not finite or beyond `max_ms` either way.
pub(crate) fn millis(t_ms: f64, max_ms: i64) -> Option<(i64, f64)> {
    let rounded = t_ms.round();
    (rounded.abs() <= max_ms as f64).then_some((rounded as i64, (t_ms - rounded).abs()))
}

/// Below this a time counts as a whole millisecond, the rest being the rounding of decimal fractions.
pub(crate) const WHOLE_MS_TOLERANCE: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: f64) -> String {
        let mut out = String::new();
        push_f64(&mut out, value);
        out
    }

    #[test]
    fn numbers_are_short() {
        for (value, expected) in
            [(0.0, "0"), (-0.0, "0"), (5.0, "5"), (-0.25, "-0.25"), (1e-7, "1e-7"), (1e300, "1e300")]
        {
            assert_eq!(text(value), expected);
        }
        let seconds = |t_ms| {
            let mut out = String::new();
            push_seconds(&mut out, t_ms);
            out
        };
        assert_eq!([1, 10, 100, 1000, -1500, 0].map(seconds), ["0.001", "0.01", "0.1", "1", "-1.5", "0"]);
    }

    #[test]
    fn nonsense_times_are_refused() {
        assert_eq!(millis_from_seconds(f64::NAN, 1000), None);
        assert_eq!(millis_from_seconds(f64::INFINITY, 1000), None);
        assert_eq!(millis_from_seconds(1.001, 1000), None);
        assert_eq!(millis_from_seconds(-1.0, 1000).map(|m| m.0), Some(-1000));
    }

    proptest! {
        #[test]
        fn numbers_and_times_read_back(value in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL, t_ms in -(1i64 << 42)..(1i64 << 42)) {
            prop_assert_eq!(serde_json::from_str::<f64>(&text(value)).unwrap().to_bits(), value.to_bits());
            let mut out = String::new();
            push_seconds(&mut out, t_ms);
            let (back, off) = millis_from_seconds(serde_json::from_str(&out).unwrap(), i64::MAX).unwrap();
            prop_assert_eq!(back, t_ms);
            prop_assert!(off < 1e-3);
        }
    }
}

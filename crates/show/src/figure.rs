use std::fmt;

/// Decimals of most figures: a thousandth of a metre or a second is as fine as a person reads.
const DECIMALS: usize = 3;
/// Most decimals: a nanometre.
const MOST_DECIMALS: usize = 9;

/// A number as people write it: `29.927`, `40`, `0.00125`.
///
/// At least three figures and at most as many decimals as they take, without zeros at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    value: f64,
    decimals: usize,
}

/// A number for a message, in whatever unit the message names.
///
/// # Example
/// ```
/// use kapok_show::figure;
///
/// assert_eq!(figure(29.926_953_773_625_197).to_string(), "29.927");
/// assert_eq!(figure(1.5).to_string(), "1.5");
/// assert_eq!(figure(0.000_123_4).to_string(), "0.000123");
/// ```
pub fn figure(value: f64) -> Figure {
    let mut decimals = DECIMALS;
    let mut largest = 0.1;
    while value.abs() < largest && value != 0.0 && decimals < MOST_DECIMALS {
        decimals += 1;
        largest /= 10.0;
    }
    Figure { value, decimals }
}

/// A number that misses a limit, in as many decimals as it takes to tell the two apart.
///
/// # Example
/// ```
/// use kapok_show::figure_beside;
///
/// assert_eq!(figure_beside(1.499_96, 1.5).to_string(), "1.49996");
/// assert_eq!(figure_beside(1.2, 1.5).to_string(), "1.2");
/// ```
pub fn figure_beside(value: f64, limit: f64) -> Figure {
    let mut found = figure(value);
    while value != limit && found.decimals < MOST_DECIMALS && found.to_string() == figure(limit).to_string() {
        found.decimals += 1;
    }
    found
}

/// A time in milliseconds as seconds with their unit: `40 s`, `1.5 s`.
pub fn seconds(milliseconds: i64) -> String {
    format!("{} s", figure(milliseconds as f64 / 1000.0))
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.*}", self.decimals, self.value);
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
        f.pad(if text == "-0" { "0" } else { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-0.000_000_000_1, "0"),
            (40.0, "40"),
            (1.1, "1.1"),
            (2.213_4, "2.213"),
            (-12.000_4, "-12"),
            (1e6, "1000000"),
            (0.05, "0.05"),
            (0.012_345, "0.0123"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(figure(value).to_string(), text);
        }
        assert_eq!(figure(1.5).to_string().len(), format!("{:3}", figure(1.5)).len());
        assert_eq!(seconds(40_000), "40 s");
        assert_eq!(seconds(1_020), "1.02 s");
    }

    #[test]
    fn a_number_beside_its_limit_is_told_from_it() {
        assert_eq!(figure_beside(0.299_999_9, 0.3).to_string(), "0.2999999");
        assert_eq!(figure_beside(0.3, 0.3).to_string(), "0.3");
    }
}

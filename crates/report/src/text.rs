use std::borrow::Cow;

/// At most so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.pop();
        short.push('…');
    }
    short
}

/// Lines of at most so many columns, of which a Chinese character takes two, broken between words.
pub(crate) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    textwrap::wrap(&text, most).into_iter().map(Cow::into_owned).collect()
}

/// The least of these steps times a power of ten that is not below `least`.
pub(crate) fn round_step(least: f64, steps: &[f64]) -> f64 {
    let mut power = 1e-3;
    loop {
        if let Some(step) = steps.iter().map(|s| s * power).find(|s| *s >= least) {
            return step;
        }
        if power > 1e9 {
            return least;
        }
        power *= 10.0;
    }
}

/// A step in whole seconds that reads well as minutes and seconds.
pub(crate) fn time_step(least_s: f64) -> f64 {
    let known = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0];
    known.into_iter().find(|s| *s >= least_s).unwrap_or(14_400.0)
}

pub(crate) fn ticks(step: f64, until: f64) -> impl Iterator<Item = f64> {
    (0..=100).map(move |k| f64::from(k) * step).take_while(move |v| *v <= until * (1.0 + 1e-9))
}

/// Text for XML; characters that XML forbids become the replacement character.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_picture() {
        assert_eq!(escaped("<a & \"b\">\u{0}\u{ffff}"), "&lt;a &amp; &quot;b&quot;&gt;\u{fffd}\u{fffd}");
    }

    #[test]
    fn steps_are_round() {
        let step = |least| round_step(least, &[1.0, 2.0, 5.0, 10.0]);
        assert!((step(0.3) - 0.5).abs() < 1e-12);
        assert!((step(1.1) - 2.0).abs() < 1e-12);
        assert_eq!([time_step(0.2), time_step(47.8), time_step(9000.0)], [1.0, 60.0, 14_400.0]);
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one\n two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij", 4).concat(), "abcdefghij", "no letter is lost");
        assert_eq!(wrapped("安全距离 安全", 8), ["安全距离", "安全"]);
        assert_eq!(shortened("abcdef", 4), "abc…");
    }
}

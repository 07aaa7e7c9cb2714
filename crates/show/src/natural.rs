use std::cmp::Ordering;

/// Text order in which runs of digits compare as numbers: `frame_2` before `frame_10`. Every list of files that stands for
/// an order, of vehicles or of time, is in this one.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut a_rest, mut b_rest) = (a, b);
    loop {
        let (Some(ca), Some(cb)) = (a_rest.chars().next(), b_rest.chars().next()) else {
            return a_rest.len().cmp(&b_rest.len()).then_with(|| a.cmp(b));
        };
        if ca.is_ascii_digit() && cb.is_ascii_digit() {
            let split = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let (digits_a, tail_a) = a_rest.split_at(split(a_rest));
            let (digits_b, tail_b) = b_rest.split_at(split(b_rest));
            let (value_a, value_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
            match value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b)) {
                Ordering::Equal => (a_rest, b_rest) = (tail_a, tail_b),
                other => return other,
            }
        } else {
            match ca.cmp(&cb) {
                Ordering::Equal => (a_rest, b_rest) = (&a_rest[ca.len_utf8()..], &b_rest[cb.len_utf8()..]),
                other => return other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["d10.csv", "d2.csv", "d1.csv", "d02.csv", "a.csv", "中2.csv"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["a.csv", "d1.csv", "d02.csv", "d2.csv", "d10.csv", "中2.csv"]);
    }
}

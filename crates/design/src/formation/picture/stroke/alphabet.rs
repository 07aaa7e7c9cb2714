//! Letters drawn with one stroke of a pen: ASCII, made for rows of lights.
//!
//! Units: the height of a capital is 100, the baseline 0, an x is 68 high. Lines meet where letters have a corner, and
//! nowhere else; round parts are arcs. A lower-case l has a foot, so that it is not taken for a capital I.

use kapok_show::DVec2;

/// Height of a capital, units.
pub(super) const CAPITAL: f64 = 100.0;
/// Between a letter's right edge and the next one's left, units.
pub(super) const GAP: f64 = 34.0;
/// Width of a space, units; it has a gap, too.
const SPACE: f64 = 26.0;
/// Curves become chords that stay this close, units.
const FLATNESS: f64 = 0.05;

/// Each letter with its lines in the path language of SVG, y upwards; a line of no length is a dot.
const LETTERS: &[(char, &str)] = &[
    ('A', "M0 0L32 100L64 0M10.88 34L53.12 34"),
    ('B', "M0 52V100H30A24 24 0 0 0 30 52H0M30 52A30 26 0 0 0 30 0H0V52"),
    ('C', "M64.8 80A36 50 0 1 1 64.8 20"),
    ('D', "M0 0V100H22A42 50 0 0 0 22 0Z"),
    ('E', "M54 100H0V0H54M0 52H46"),
    ('F', "M54 100H0V0M0 52H46"),
    ('G', "M64.8 80A36 50 0 1 1 64.8 20V46H42"),
    ('H', "M0 0V100M60 0V100M0 52H60"),
    ('I', "M0 0V100"),
    ('J', "M42 100V21A21 21 0 0 0 0 21"),
    ('K', "M0 0V100M56 100L0 42M20 62.7L58 0"),
    ('L', "M0 100V0H50"),
    ('M', "M0 0V100L38 30L76 100V0"),
    ('N', "M0 0V100L60 0V100"),
    ('O', "M36 100A36 50 0 1 1 36 0A36 50 0 1 1 36 100Z"),
    ('P', "M0 0V100H32A27 27 0 0 0 32 46H0"),
    ('Q', "M36 100A36 50 0 1 1 36 0A36 50 0 1 1 36 100ZM44 26L70 -6"),
    ('R', "M0 0V100H32A27 27 0 0 0 32 46H0M30 46L58 0"),
    (
        'S',
        "M58 82C52 94 42 100 30 100C12 100 2 89 2 76C2 60 16 55 31 51C47 47 60 41 60 26C60 10 47 0 30 0C16 0 5 7 0 20",
    ),
    ('T', "M0 100H64M32 100V0"),
    ('U', "M0 100V30A30 30 0 0 1 60 30V100"),
    ('V', "M0 100L31 0L62 100"),
    ('W', "M0 100L22 0L44 76L66 0L88 100"),
    ('X', "M0 0L58 100M0 100L58 0"),
    ('Y', "M0 100L30 48L60 100M30 48V0"),
    ('Z', "M0 100H58L0 0H58"),
    ('a', "M50 68H27A27 34 0 1 1 27 0H50M50 68V0"),
    ('b', "M0 100V0H23A27 34 0 1 1 23 68H0"),
    ('c', "M46 55.7A26 34 0 1 1 46 12.3"),
    ('d', "M50 100V0H27A27 34 0 1 0 27 68H50"),
    ('e', "M0 34H50A25 34 0 1 1 45 13.6"),
    ('f', "M34 98C31 100 28 100 26 100C17 100 14 93 14 84V0M0 66H32"),
    ('g', "M50 0H27A27 34 0 1 0 27 68H50V-8C50 -21 41 -28 26 -28C16 -28 8 -25 3 -19"),
    ('h', "M0 100V0M0 68H26C40 68 48 60 48 46V0"),
    ('i', "M0 68V0M0 96L0 96"),
    ('j', "M16 68V-10C16 -22 10 -28 0 -28M16 96L16 96"),
    ('k', "M0 100V0M42 68L0 26M15 41L46 0"),
    ('l', "M0 100V12C0 4 4 0 12 0"),
    ('m', "M0 0V68H60C71 68 76 61 76 50V0M38 68V0"),
    ('n', "M0 0V68H26C40 68 48 60 48 46V0"),
    ('o', "M25 68A25 34 0 1 1 25 0A25 34 0 1 1 25 68Z"),
    ('p', "M0 -28V68H23A27 34 0 1 0 23 0H0"),
    ('q', "M50 -28V68H27A27 34 0 1 1 27 0H50"),
    ('r', "M0 68V0M0 46C5 60 15 68 31 68"),
    ('s', "M42 56C38 64 31 68 22 68C9 68 2 61 2 52C2 41 12 38 22 35C33 32 44 29 44 17C44 6 34 0 22 0C11 0 3 5 0 13"),
    ('t', "M14 92V20C14 6 20 0 34 1M0 68H32"),
    ('u', "M0 68V22C0 8 8 0 22 0H48M48 68V0"),
    ('v', "M0 68L24 0L48 68"),
    ('w', "M0 68L18 0L36 54L54 0L72 68"),
    ('x', "M0 0L44 68M0 68L44 0"),
    ('y', "M0 68L25.3 4M48 68L14 -28"),
    ('z', "M0 68H44L0 0H44"),
    ('0', "M29 100A29 50 0 1 1 29 0A29 50 0 1 1 29 100Z"),
    ('1', "M0 78L24 100V0"),
    ('2', "M2 76C4 91 14 100 29 100C45 100 55 91 55 76C55 62 46 52 34 40L0 0H56"),
    (
        '3',
        "M3 86C9 95 17 100 28 100C43 100 52 91 52 77C52 63 43 54 28 54H20M28 54C45 54 56 44 56 27C56 11 45 0 28 0C14 0 4 7 0 18",
    ),
    ('4', "M46 0V100L0 28H62"),
    ('5', "M50 100H8L4 56C11 62 19 65 28 65C45 65 56 52 56 33C56 13 44 0 27 0C14 0 5 6 0 16"),
    (
        '6',
        "M48 90C43 97 36 100 30 100C10 100 0 74 0 36C0 12 11 0 28 0C45 0 56 12 56 30C56 48 45 60 29 60C14 60 2 52 0 36",
    ),
    ('7', "M0 100H56L18 0"),
    ('8', "M28 54A23 23 0 1 1 28 100A23 23 0 1 1 28 54M28 54A28 27 0 1 1 28 0A28 27 0 1 1 28 54"),
    (
        '9',
        "M8 10C13 3 20 0 26 0C46 0 56 26 56 64C56 88 45 100 28 100C11 100 0 88 0 70C0 52 11 40 27 40C42 40 54 48 56 64",
    ),
    ('!', "M0 100V30M0 2L0 2"),
    ('"', "M0 100V74M18 100V74"),
    ('#', "M12 0L24 100M40 0L52 100M4 66H64M0 34H60"),
    (
        '$',
        "M58 82C52 94 42 100 30 100C12 100 2 89 2 76C2 60 16 55 31 51C47 47 60 41 60 26C60 10 47 0 30 0C16 0 5 7 0 20M31 114V-14",
    ),
    ('%', "M0 0L66 100M14 100A14 19 0 1 1 14 62A14 19 0 1 1 14 100M52 38A14 19 0 1 1 52 0A14 19 0 1 1 52 38"),
    (
        '&',
        "M66 0L18 66C12 74 10 79 10 84C10 94 17 100 27 100C37 100 44 94 44 84C44 72 34 65 22 58C8 50 0 41 0 27C0 10 11 0 27 0C46 0 58 14 60 40",
    ),
    ('\'', "M0 100V74"),
    ('(', "M22 110C8 92 0 70 0 46C0 22 8 0 22 -18"),
    (')', "M0 110C14 92 22 70 22 46C22 22 14 0 0 -18"),
    ('*', "M24 100V52M3 88L45 64M45 88L3 64"),
    ('+', "M28 78V22M0 50H56"),
    (',', "M8 4L0 -18"),
    ('-', "M0 42H34"),
    ('.', "M0 2L0 2"),
    ('/', "M0 -10L40 106"),
    (':', "M0 60L0 60M0 2L0 2"),
    (';', "M8 60L8 60M8 4L0 -18"),
    ('<', "M50 82L0 50L50 18"),
    ('=', "M0 62H52M0 36H52"),
    ('>', "M0 82L50 50L0 18"),
    ('?', "M0 80C3 92 13 100 27 100C43 100 52 91 52 78C52 58 28 56 27 30M27 2L27 2"),
    (
        '@',
        "M60 66L56 36C55 28 59 24 66 24C78 24 84 36 84 52C84 80 68 100 42 100C16 100 0 80 0 50C0 18 18 -4 46 -4C54 -4 62 -2 68 2M57.3 46C56 60 50 66 42 66C30 66 24 57 24 46C24 34 30 27 38 27C47 27 55 34 57.3 46",
    ),
    ('[', "M22 110H0V-18H22"),
    ('\\', "M0 106L40 -10"),
    (']', "M0 110H22V-18H0"),
    ('^', "M0 64L22 100L44 64"),
    ('_', "M0 -14H56"),
    ('`', "M0 100L14 82"),
    ('{', "M24 110C12 110 12 104 12 94V62C12 52 10 46 0 46C10 46 12 40 12 30V-2C12 -12 12 -18 24 -18"),
    ('|', "M0 110V-18"),
    ('}', "M0 110C12 110 12 104 12 94V62C12 52 14 46 24 46C14 46 12 40 12 30V-2C12 -12 12 -18 0 -18"),
    ('~', "M0 42C6 54 14 56 28 48C42 40 50 42 56 54"),
];

/// A letter of the alphabet.
pub(super) struct Letter {
    /// Its lines, units; the leftmost point is at x = 0.
    pub lines: Vec<Vec<DVec2>>,
    /// How far the pen moves on, units.
    pub advance: f64,
}

/// The letter of a character; `None` for characters that the alphabet lacks.
pub(super) fn letter(character: char) -> Option<Letter> {
    if matches!(character, ' ' | '\u{a0}') {
        return Some(Letter { lines: Vec::new(), advance: SPACE + GAP });
    }
    let (_, path) = LETTERS.iter().find(|(c, _)| *c == character)?;
    let mut lines: Vec<Vec<DVec2>> = Vec::new();
    let path = kurbo::BezPath::from_svg(path).ok()?;
    kurbo::flatten(&path, FLATNESS, |element| match element {
        kurbo::PathEl::MoveTo(p) => lines.push(vec![DVec2::new(p.x, p.y)]),
        kurbo::PathEl::LineTo(p) => {
            if let Some(line) = lines.last_mut()
                && line.last() != Some(&DVec2::new(p.x, p.y))
            {
                line.push(DVec2::new(p.x, p.y));
            }
        }
        kurbo::PathEl::ClosePath => {
            if let Some(line) = lines.last_mut()
                && line.first() != line.last()
            {
                line.push(line[0]);
            }
        }
        _ => {}
    });
    let width = lines.iter().flatten().map(|p| p.x).fold(0.0, f64::max);
    Some(Letter { lines, advance: width + GAP })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printing_character_of_ascii_has_a_letter_within_its_line() {
        for character in '!'..='~' {
            let letter = letter(character).unwrap_or_else(|| panic!("{character} has no letter"));
            assert!(!letter.lines.is_empty(), "{character}");
            let points = || letter.lines.iter().flatten();
            assert!(points().all(|p| (-0.5..100.0).contains(&p.x) && (-28.5..115.0).contains(&p.y)), "{character}");
            assert!(points().any(|p| p.x < 4.0), "{character} begins late");
            assert_eq!(LETTERS.iter().filter(|(c, _)| *c == character).count(), 1);
        }
        assert!(letter('福').is_none() && letter('é').is_none());
    }
}

use kapok_show::figure;
use thiserror::Error;

/// Something in an SVG that cannot become points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsupportedPart {
    /// Name of the element.
    pub element: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What to do instead.
    pub remedy: &'static str,
}

/// Most parts that are named one by one.
const MOST_NAMED: usize = 10;

/// Why a source gives no formation.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FormationError {
    /// The source cannot hold so many points at this spacing.
    #[error(
        "{asked} points with {} m between them are too many: {fits} fit; {}",
        figure(*.spacing_m),
        remedy(*.size_needed_m, .size, *.asked)
    )]
    TooMany {
        /// Points asked for.
        asked: usize,
        /// The spacing asked for, metres.
        spacing_m: f64,
        /// The largest count that fits: this many succeed, one more does not.
        fits: usize,
        /// Name of the measure that [`size_needed_m`](Self::TooMany::size_needed_m) speaks of.
        size: &'static str,
        /// Value of that measure (all others scaled alike) at which the asked count fits, metres. `None` if no size
        /// helps, as for a point list that is too short.
        size_needed_m: Option<f64>,
    },
    /// No point, or more than are accepted.
    #[error("count is {count}: ask for 1 to {max} points")]
    BadCount {
        /// Points asked for.
        count: usize,
        /// The most that are accepted.
        max: usize,
    },
    /// A setting is outside its legal range.
    #[error("{field} is {}: {why}", figure(*.value))]
    BadSetting {
        /// The field of the source, or `spacing_m`.
        field: &'static str,
        /// What it was.
        value: f64,
        /// Its legal range.
        why: &'static str,
    },
    /// The art is larger than what is accepted.
    #[error("{what}: {found} are more than the {max} that are accepted; simplify the art")]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are accepted.
        max: usize,
    },
    /// The picture has nothing that could shine.
    #[error("the picture is empty: {why}")]
    EmptyPicture {
        /// What is missing.
        why: &'static str,
    },
    /// The font has no glyph for a character.
    #[error(
        "the font \"{font}\" has no glyph for {character:?} (U+{:04X}), character {column} of line {line}; choose a font that has it",
        u32::from(*.character)
    )]
    MissingGlyph {
        /// The character.
        character: char,
        /// Line of the text, from 1.
        line: usize,
        /// Character in the line, from 1.
        column: usize,
        /// Full name of the font.
        font: String,
    },
    /// The bytes are no font that can be read.
    #[error("the font cannot be read: {why}; give a TrueType or OpenType font with outlines")]
    BadFont {
        /// What is wrong.
        why: String,
    },
    /// The bytes are no SVG that can be read.
    #[error("the SVG cannot be read: {why}")]
    BadSvg {
        /// What is wrong, with line and column where known.
        why: String,
    },
    /// The SVG holds something that cannot become points.
    #[error("line {line}, column {column} of the SVG: <{element}> is not supported; {remedy}{}", also(.others))]
    UnsupportedSvg {
        /// Name of the element.
        element: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// What to do instead.
        remedy: &'static str,
        /// All others, in the order of the file.
        others: Vec<UnsupportedPart>,
    },
    /// The point list cannot be read.
    #[error("line {line}, column {column} of the point list: {why}")]
    BadCsv {
        /// Line, from 1.
        line: usize,
        /// Column (field) in the line, from 1.
        column: usize,
        /// What is wrong.
        why: String,
    },
}

fn also(others: &[UnsupportedPart]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let named: Vec<String> = others
        .iter()
        .take(MOST_NAMED)
        .map(|part| format!("line {}, column {}: <{}> ({})", part.line, part.column, part.element, part.remedy))
        .collect();
    let more = match others.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("; neither is {}{more}", named.join(", "))
}

fn remedy(size_needed_m: Option<f64>, size: &str, asked: usize) -> String {
    match size_needed_m {
        Some(value) => format!("{asked} would fit with {size} = {}", figure(value)),
        None => format!("no size of it holds {asked}"),
    }
}

use std::borrow::Cow;
use std::str::FromStr;

use kapok_show::Rgb;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::css::CSS_COLOUR_NAMES;

/// A colour as a script writes it: `"#rrggbb"`, `"#rgb"` or the name of a CSS colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub Rgb);

/// Text that is no colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no colour: write \"#rrggbb\" or a CSS colour name")]
pub struct BadColour {
    /// The text found.
    pub text: String,
}

impl Colour {
    /// The CSS colour name that reads most like `text`, if any is near.
    pub fn nearest_name(text: &str) -> Option<&'static str> {
        let lower = text.to_ascii_lowercase();
        CSS_COLOUR_NAMES
            .iter()
            .map(|&name| (name, strsim::jaro_winkler(name, &lower)))
            .filter(|&(_, likeness)| likeness >= 0.8)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(name, _)| name)
    }
}

impl FromStr for Colour {
    type Err = BadColour;

    fn from_str(text: &str) -> Result<Self, BadColour> {
        let bad = || BadColour { text: text.to_owned() };
        let is_hex = text.strip_prefix('#').is_some_and(|digits| [3, 6].contains(&digits.len()));
        let lower = text.to_ascii_lowercase();
        if !is_hex && !CSS_COLOUR_NAMES.contains(&lower.as_str()) {
            return Err(bad());
        }
        // The one name of Level 4 that the parser of Level 3 lacks.
        let known = if lower == "rebeccapurple" { "#663399" } else { &lower };
        let colour = svgtypes::Color::from_str(known).map_err(|_| bad())?;
        Ok(Self(Rgb::new(colour.red, colour.green, colour.blue)))
    }
}

impl TryFrom<String> for Colour {
    type Error = BadColour;

    fn try_from(text: String) -> Result<Self, BadColour> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(Colour(rgb): Colour) -> Self {
        format!("#{:02x}{:02x}{:02x}", rgb.r, rgb.g, rgb.b)
    }
}

impl JsonSchema for Colour {
    fn schema_name() -> Cow<'static, str> {
        "Colour".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A colour: `#rrggbb`, `#rgb` or the name of a CSS colour.",
            "format": "colour",
            "pattern": "^(#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}|[A-Za-z]+)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_colour() {
        assert!(CSS_COLOUR_NAMES.is_sorted_by(|a, b| a < b));
        assert_eq!(CSS_COLOUR_NAMES.len(), 148);
        for name in CSS_COLOUR_NAMES {
            assert!(name.parse::<Colour>().is_ok(), "{name}");
        }
    }

    #[test]
    fn hex_and_names() {
        assert_eq!("#ff8000".parse(), Ok(Colour(Rgb::new(255, 128, 0))));
        assert_eq!("#fD0".parse(), Ok(Colour(Rgb::new(255, 221, 0))));
        assert_eq!("Tomato".parse(), Ok(Colour(Rgb::new(255, 99, 71))));
        assert_eq!("rebeccapurple".parse(), Ok(Colour(Rgb::new(102, 51, 153))));
        for bad in ["", "#", "#ff80", "#ff80zz", "#ff8000ff", "gold ", "rgb(1,2,3)", "#é1234"] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
        assert_eq!(Colour::nearest_name("goldd"), Some("gold"));
        assert_eq!(Colour::nearest_name("xqzzy"), None);
    }

    #[test]
    fn written_as_it_is_read() {
        assert_eq!(String::from(Colour(Rgb::new(1, 2, 250))), "#0102fa");
    }
}

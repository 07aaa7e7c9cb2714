use std::borrow::Cow;
use std::str::FromStr;

use kapok_show::Rgb;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::css::CSS_COLOURS;

/// A colour as a script writes it: `"#rrggbb"` or the name of a CSS colour.
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
        CSS_COLOURS
            .iter()
            .map(|&(name, _)| (name, strsim::jaro_winkler(name, &lower)))
            .filter(|&(_, likeness)| likeness >= 0.8)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(name, _)| name)
    }
}

impl FromStr for Colour {
    type Err = BadColour;

    fn from_str(text: &str) -> Result<Self, BadColour> {
        let bad = || BadColour { text: text.to_owned() };
        let packed = match text.strip_prefix('#') {
            Some(hex) if hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
                u32::from_str_radix(hex, 16).map_err(|_| bad())?
            }
            Some(_) => return Err(bad()),
            None => {
                let lower = text.to_ascii_lowercase();
                let at = CSS_COLOURS.binary_search_by(|(name, _)| (*name).cmp(&lower)).map_err(|_| bad())?;
                CSS_COLOURS[at].1
            }
        };
        let [_, r, g, b] = packed.to_be_bytes();
        Ok(Self(Rgb::new(r, g, b)))
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
            "description": "A colour: `#rrggbb` or the name of a CSS colour.",
            "format": "colour",
            "pattern": "^(#[0-9A-Fa-f]{6}|[A-Za-z]+)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(CSS_COLOURS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(CSS_COLOURS.len(), 148);
    }

    #[test]
    fn hex_and_names() {
        assert_eq!("#ff8000".parse(), Ok(Colour(Rgb::new(255, 128, 0))));
        assert_eq!("Tomato".parse(), Ok(Colour(Rgb::new(255, 99, 71))));
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

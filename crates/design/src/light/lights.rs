//! How a formation is lit: the table of the script.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::colour::Colour;
use super::effect::Effect;
use super::paint::Paint;

/// How a formation is lit while it stands. Without any of this a formation has the colours of its picture, or white
/// where the picture has none.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lights {
    /// One colour for every point. Instead of `paint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// A colour for each point by where it is. Instead of `colour`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paint: Option<Paint>,
    /// Brightness of the whole, 0 to 1.
    #[serde(default = "full")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub brightness: f64,
    /// What moves, at most three at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 3))]
    pub effects: Vec<Effect>,
}

impl Lights {
    /// Are the colours those of the picture?
    pub(crate) fn shows_art(&self) -> bool {
        self.colour.is_none() && matches!(self.paint, None | Some(Paint::Art { .. }))
    }
}

impl Default for Lights {
    fn default() -> Self {
        Self { colour: None, paint: None, brightness: full(), effects: Vec::new() }
    }
}

fn full() -> f64 {
    1.0
}

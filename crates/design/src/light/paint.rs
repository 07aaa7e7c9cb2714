//! Base colours by place: the tables of the script.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::colour::Colour;

/// A direction over a formation. Every one runs from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Along {
    /// The source's own first coordinate: along a line or letter, around a circle, cylinder or tower.
    U,
    /// The source's own second coordinate: up a cylinder or tower, from the heart of a blossom to its tips.
    V,
    /// From left to right.
    X,
    /// From front to back.
    Y,
    /// From bottom to top.
    Z,
    /// From the middle outwards.
    Radius,
}

/// A colour for each point by where it is.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Paint {
    /// The colours of the picture itself (SVG, blossom, coloured point list).
    Art {
        /// Multiplies every colour of the picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tint: Option<Colour>,
    },
    /// A smooth run through two or more colours.
    Gradient {
        /// Which way it runs.
        along: Along,
        /// The colours, evenly spaced, first one at 0.
        #[schemars(length(min = 2, max = 16))]
        colours: Vec<Colour>,
    },
    /// One colour for each group of the source (letters of a text, shapes of an SVG, strands of a helix), in turn.
    Palette {
        /// The colours, used again from the first when there are more groups.
        #[schemars(length(min = 1, max = 64))]
        colours: Vec<Colour>,
    },
}

//! What the lights of a formation do while it stands: a base colour per point, effects that change it over time, and
//! the few keys that say so.
//!
//! The mathematics: every point has a base colour `B` (from its [`Paint`]) and every effect a level `s(t)` in 0..1 that
//! is piecewise linear in time. Bands with a colour of their own mix it into the base by `s`; every other effect
//! multiplies the brightness by `floor + (1 − floor)·s`. The program has a key wherever one of the levels bends, and the
//! vehicles fade linearly between keys.

mod bend;
mod check;
mod colour;
mod css;
mod dim;
mod effect;
mod paint;
mod program;
mod tick;

pub use check::LightsFault;
pub use colour::{BadColour, Colour};
pub use dim::dim_lamps;
pub use effect::{Bands, Effect, Pulse, Sweep, Twinkle};
pub use paint::{Along, Paint};
pub use program::{MAX_KEYS_PER_S, programs};
pub use tick::LIGHT_TICK_MS;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

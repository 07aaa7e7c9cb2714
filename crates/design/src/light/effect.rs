use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::colour::Colour;
use super::paint::Along;

/// A change of light over time, over points that stand still.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Effect {
    /// Bands of light that run over the formation; around a lattice tower they make it seem to turn.
    Bands(Bands),
    /// Every point sparkles at moments of its own.
    Twinkle(Twinkle),
    /// The whole formation breathes.
    Pulse(Pulse),
    /// The points come on (or go out) one after another in a direction.
    Sweep(Sweep),
}

/// Bands of light that run over the formation. The phase of a point is `u_cycles·u + v_cycles·v`; a band moves to
/// where the next one was in `period_s`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Bands over the source's first coordinate. A whole number closes around a circle or tower; a negative number
    /// runs the other way.
    #[serde(default)]
    #[schemars(range(min = -200.0, max = 200.0))]
    pub u_cycles: f64,
    /// Bands over the source's second coordinate.
    #[serde(default)]
    #[schemars(range(min = -200.0, max = 200.0))]
    pub v_cycles: f64,
    /// Time in which each band reaches the place of the next one, seconds.
    #[schemars(range(min = 0.4, max = 600.0))]
    pub period_s: f64,
    /// Share of a cycle that is lit, measured at half brightness, 0 to 1.
    #[serde(default = "half")]
    #[schemars(range(min = 0.05, max = 0.95))]
    pub width: f64,
    /// Share of a cycle over which a band's edge fades, 0 to 1; at most the smaller of `width` and 1 − `width`.
    #[serde(default = "fifth")]
    #[schemars(range(min = 0.01, max = 0.5))]
    pub edge: f64,
    /// Brightness between the bands, 0 to 1. Not together with `colour`.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub floor: f64,
    /// Colour of the bands over the formation's own colour; without it the bands are the formation's colour over the
    /// brightness `floor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
}

/// Every point sparkles once in each `period_s`, at a moment drawn from the show's seed.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Twinkle {
    /// Time in which every point sparkles once, seconds.
    #[schemars(range(min = 0.5, max = 600.0))]
    pub period_s: f64,
    /// Length of a sparkle, seconds; at most `period_s`.
    #[serde(default = "sparkle")]
    #[schemars(range(min = 0.12, max = 60.0))]
    pub flash_s: f64,
    /// Brightness between sparkles, 0 to 1.
    #[serde(default = "dim")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub floor: f64,
}

/// The whole formation grows bright and dim together, bright at the start.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pulse {
    /// Time from bright to bright, seconds.
    #[schemars(range(min = 0.8, max = 600.0))]
    pub period_s: f64,
    /// Brightness at the dimmest, 0 to 1.
    #[serde(default = "dim")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub floor: f64,
}

/// A front runs over the formation; behind it the points are lit.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Direction of the front.
    pub along: Along,
    /// True: the front runs from 1 to 0.
    #[serde(default)]
    pub reverse: bool,
    /// True: the points go out behind the front instead of coming on.
    #[serde(default)]
    pub out: bool,
    /// When the front starts, seconds after the start of the hold.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 3600.0))]
    pub start_s: f64,
    /// How long the front takes over the formation, seconds.
    #[schemars(range(min = 0.0, max = 3600.0))]
    pub duration_s: f64,
    /// How long each point takes to come on or go out, seconds.
    #[serde(default = "edge_time")]
    #[schemars(range(min = 0.04, max = 60.0))]
    pub edge_s: f64,
    /// Brightness of the points that are out, 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub floor: f64,
}

fn half() -> f64 {
    0.5
}

fn fifth() -> f64 {
    0.2
}

fn sparkle() -> f64 {
    0.4
}

fn dim() -> f64 {
    0.25
}

fn edge_time() -> f64 {
    0.3
}

impl Effect {
    /// Bends of the level per second, on average over a long hold.
    pub(super) fn keys_per_s(&self) -> f64 {
        match self {
            Self::Bands(bands) => 4.0 / bands.period_s,
            Self::Twinkle(twinkle) => 3.0 / twinkle.period_s,
            Self::Pulse(pulse) => 8.0 / pulse.period_s,
            Self::Sweep(_) => 0.0,
        }
    }
}

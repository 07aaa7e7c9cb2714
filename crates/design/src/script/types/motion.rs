use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a formation moves while it stands, from the start to the end of the hold. Several are done at the same time, in
/// the order they are written: first turned, then carried away.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum MotionTable {
    /// Turn about an axis.
    Rotate {
        /// The whole turn, right-handed about `axis`, degrees: about the upright axis counter-clockwise seen from above.
        #[schemars(range(min = -36_000.0, max = 36_000.0))]
        angle_deg: f64,
        /// Direction of the axis [x, y, z] in the site frame, of any length.
        #[serde(default = "upright")]
        #[schemars(inner(range(min = -1000.0, max = 1000.0)))]
        axis: [f64; 3],
        /// A point of the axis [x, y, z] in the site frame, metres. Without it the formation's centre.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
        about_m: Option<[f64; 3]>,
    },
    /// Shift straight.
    Translate {
        /// The whole shift [x, y, z], metres.
        #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
        offset_m: [f64; 3],
    },
    /// Grow or shrink evenly.
    Scale {
        /// Size at the end as a multiple of that at the start.
        #[schemars(range(min = 0.01, max = 100.0))]
        factor: f64,
        /// The point that stays [x, y, z] in the site frame, metres. Without it the formation's centre.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
        about_m: Option<[f64; 3]>,
    },
    /// Follow a smooth curve: the formation's centre passes the points, all places are shifted alike.
    Path {
        /// Waypoints [x, y, z] in the site frame, metres; the path starts at the formation's centre.
        #[schemars(length(min = 1, max = 1000))]
        points_m: Vec<[f64; 3]>,
        /// When each of them is passed if the motion does not ease, seconds from its start: only the ratios count, the last
        /// one is the end of the hold. Without it the pace is even.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1, max = 1000), inner(range(min = 0.01, max = 86_400.0)))]
        times_s: Option<Vec<f64>>,
    },
    /// Swing as a running wave.
    Wave {
        /// Direction and size of the swing to either side [x, y, z], metres.
        #[schemars(inner(range(min = -1000.0, max = 1000.0)))]
        amplitude_m: [f64; 3],
        /// Length of the wave, metres.
        #[schemars(range(min = 0.1, max = 100_000.0))]
        wavelength_m: f64,
        /// Direction in which the wave runs [x, y, z], of any length.
        #[serde(default = "to_the_right")]
        #[schemars(inner(range(min = -1000.0, max = 1000.0)))]
        direction: [f64; 3],
        /// Swings during the hold; negative ones run the other way.
        #[schemars(range(min = -1000.0, max = 1000.0))]
        cycles: f64,
    },
}

/// How a motion begins and ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EaseTable {
    /// At the start of the hold.
    #[serde(default)]
    pub start: EaseName,
    /// At the end of the hold.
    #[serde(default)]
    pub end: EaseName,
    /// Time in which a smooth start comes to full rate, and a smooth end to rest, seconds. Without it a quarter of the
    /// hold, at most 6 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 600.0), extend("multipleOf" = 0.02))]
    pub duration_s: Option<f64>,
}

/// How a motion begins or ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EaseName {
    /// From rest, or to rest.
    #[default]
    Smooth,
    /// Does not slow down: the neighbouring transition takes over speed and acceleration.
    None,
}

fn upright() -> [f64; 3] {
    [0.0, 0.0, 1.0]
}

fn to_the_right() -> [f64; 3] {
    [1.0, 0.0, 0.0]
}

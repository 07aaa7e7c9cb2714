//! What the air, the land and the walls look like.

use kapok_show::{DVec3, math};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Time of day, or a hall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// A clear day: lights are pale, vehicles are dark specks.
    Day,
    /// Half an hour after sunset.
    Dusk,
    /// A moonless night over a city.
    #[default]
    Night,
    /// A dark hall with a floor that shines.
    Hall,
}

/// Display values (sRGB), 0 to 1.
pub type Display = [f64; 3];

/// The colours of a mood, as displayed. The viewer's stage has the same.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Palette {
    /// The sky overhead.
    pub zenith: Display,
    /// The sky half-way up.
    pub middle: Display,
    /// The sky at the horizon.
    pub low: Display,
    /// Added near the horizon, most ahead of the audience.
    pub glow: Display,
    /// Share of the stars that is left.
    pub stars: f64,
    /// The land beyond the site.
    pub ground_far: Display,
    /// The ground of the site itself.
    pub ground_near: Display,
    /// Added on the lines of the survey grid; below 0 they are darker than the ground.
    pub grid: Display,
    /// Street light over the land, in patches beyond the site.
    pub street: Display,
    /// Water that mirrors nothing.
    pub water: Display,
    /// Walls.
    pub facade: Display,
    /// How far walls are told apart by their direction.
    pub relief: f64,
    /// Street light at the foot of a wall.
    pub foot: Display,
    /// Brightness of lit windows.
    pub windows: f64,
    /// How far a vehicle's body darkens what is behind it.
    pub body: f64,
    /// How much of the mean light of a show the ground throws back.
    pub spill: f64,
    /// The ground mirrors as a polished floor does.
    pub polished: bool,
}

impl Mood {
    /// All, in the order of the day.
    pub const ALL: [Self; 4] = [Self::Day, Self::Dusk, Self::Night, Self::Hall];

    /// The word of the command line and of JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Dusk => "dusk",
            Self::Night => "night",
            Self::Hall => "hall",
        }
    }

    /// The mood of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mood| mood.name() == name)
    }

    /// Its colours.
    pub const fn palette(self) -> Palette {
        match self {
            Self::Night => Palette {
                zenith: [0.010, 0.016, 0.040],
                middle: [0.026, 0.040, 0.088],
                low: [0.082, 0.078, 0.135],
                glow: [0.205, 0.135, 0.145],
                stars: 1.0,
                ground_far: [0.020, 0.022, 0.034],
                ground_near: [0.030, 0.033, 0.046],
                grid: [0.020, 0.025, 0.036],
                street: [0.050, 0.033, 0.020],
                water: [0.010, 0.020, 0.034],
                facade: [0.026, 0.029, 0.043],
                relief: 1.0,
                foot: [0.060, 0.038, 0.022],
                windows: 0.5,
                body: 0.0,
                spill: 1.0,
                polished: false,
            },
            Self::Dusk => Palette {
                zenith: [0.050, 0.085, 0.210],
                middle: [0.135, 0.175, 0.360],
                low: [0.400, 0.310, 0.400],
                glow: [0.520, 0.250, 0.060],
                stars: 0.12,
                ground_far: [0.085, 0.085, 0.105],
                ground_near: [0.095, 0.100, 0.110],
                grid: [0.020, 0.024, 0.030],
                street: [0.060, 0.040, 0.022],
                water: [0.060, 0.085, 0.135],
                facade: [0.085, 0.085, 0.120],
                relief: 1.0,
                foot: [0.070, 0.045, 0.026],
                windows: 0.45,
                body: 0.35,
                spill: 0.6,
                polished: false,
            },
            Self::Day => Palette {
                zenith: [0.205, 0.400, 0.720],
                middle: [0.365, 0.560, 0.830],
                low: [0.680, 0.790, 0.910],
                glow: [0.120, 0.095, 0.050],
                stars: 0.0,
                ground_far: [0.430, 0.480, 0.420],
                ground_near: [0.400, 0.470, 0.340],
                grid: [-0.030, -0.030, -0.030],
                street: [0.030, 0.028, 0.026],
                water: [0.120, 0.240, 0.320],
                facade: [0.560, 0.560, 0.570],
                relief: 0.55,
                foot: [0.0, 0.0, 0.0],
                windows: 0.0,
                body: 0.80,
                spill: 0.0,
                polished: false,
            },
            Self::Hall => Palette {
                zenith: [0.016, 0.016, 0.019],
                middle: [0.034, 0.034, 0.040],
                low: [0.072, 0.070, 0.078],
                glow: [0.020, 0.018, 0.018],
                stars: 0.0,
                ground_far: [0.070, 0.068, 0.074],
                ground_near: [0.046, 0.045, 0.050],
                grid: [0.012, 0.012, 0.013],
                street: [0.0, 0.0, 0.0],
                water: [0.020, 0.022, 0.028],
                facade: [0.050, 0.050, 0.058],
                relief: 1.0,
                foot: [0.0, 0.0, 0.0],
                windows: 0.0,
                body: 0.0,
                spill: 1.0,
                polished: true,
            },
        }
    }
}

impl Palette {
    /// Colour of the sky in a unit direction, z up.
    pub fn sky(&self, direction: DVec3) -> Display {
        let up = direction.z.max(0.0);
        // The city behind the show brightens the horizon ahead a little more than behind.
        let glow = (0.62 + 0.38 * direction.y) * math::exp(-13.0 * up);
        let (high, low) = (smoothstep(0.12, 0.85, up), smoothstep(0.0, 0.30, up));
        std::array::from_fn(|k| {
            let upper = mix(self.middle[k], self.zenith[k], high);
            mix(self.low[k], upper, low) + self.glow[k] * glow
        })
    }
}

/// At this distance a colour has gone into the haze to two thirds, metres.
pub const HAZE_M: f64 = 2600.0;

/// How far a colour has gone into the haze at a distance.
pub fn haze(distance_m: f64) -> f64 {
    let u = distance_m / HAZE_M;
    1.0 - math::exp(-u * u.sqrt())
}

pub fn mix(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

pub fn mixed(a: Display, b: Display, share: f64) -> Display {
    std::array::from_fn(|k| mix(a[k], b[k], share))
}

/// 0 below `low`, 1 above `high`, smooth between.
pub fn smoothstep(low: f64, high: f64, x: f64) -> f64 {
    let u = ((x - low) / (high - low)).clamp(0.0, 1.0);
    u * u * (3.0 - 2.0 * u)
}

/// A number 0 to 1 that looks random, of a place.
pub fn noise(x: f64, y: f64) -> f64 {
    let fract = |v: f64| v - v.floor();
    let mut q = [fract(x * 0.1031), fract(y * 0.1031), fract(x * 0.1031)];
    let dot = q[0] * (q[1] + 33.33) + q[1] * (q[2] + 33.33) + q[2] * (q[0] + 33.33);
    q = q.map(|v| v + dot);
    fract((q[0] + q[1]) * q[2])
}

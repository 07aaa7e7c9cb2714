use schemars::JsonSchema;
use serde::Serialize;

use crate::framing::{FRAMING, FramingRule};
use crate::land::{AUDIENCE, ROAD};
use crate::light::{OPTICS, Optics};
use crate::mood::{HAZE_M, Mood, Palette};

/// All numbers by which a show is drawn and framed: what the viewer's stage has in common with films.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Looks {
    /// In the order of the day.
    pub moods: Vec<MoodLook>,
    /// The model of lights.
    pub optics: Optics,
    /// What cameras frame.
    pub framing: FramingRule,
    /// Added to the ground where a road runs, as displayed.
    pub road: [f64; 3],
    /// Added to the ground where an audience is.
    pub audience: [f64; 3],
    /// At this distance a colour has gone into the haze to two thirds, metres.
    pub haze_m: f64,
}

/// A mood by name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MoodLook {
    /// Its name.
    pub mood: Mood,
    /// Its colours.
    pub palette: Palette,
}

impl Looks {
    /// The looks of every film.
    pub fn all() -> Self {
        let moods = Mood::ALL.map(|mood| MoodLook { mood, palette: mood.palette() }).to_vec();
        Self { moods, optics: OPTICS, framing: FRAMING, road: ROAD, audience: AUDIENCE, haze_m: HAZE_M }
    }
}

use kapok_film::Mood;
use schemars::JsonSchema;
use serde::Serialize;

use super::request::Medium;
use crate::file::FileRecord;

/// What was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RenderAnswer {
    /// Title of the show.
    pub title: String,
    /// Length of the show, milliseconds.
    pub duration_ms: i64,
    /// What is written.
    pub medium: Medium,
    /// The camera: the name of the audience, or that of the camera.
    pub camera: String,
    /// Its field of view from left to right, degrees.
    pub fov_deg: f64,
    /// Time of day.
    pub mood: Mood,
    /// Width of the picture, pixels.
    pub width_px: usize,
    /// Height of the picture, pixels.
    pub height_px: usize,
    /// The scenes that are drawn, each at the instant that is drawn; none for an instant without a scene, and for films.
    pub scenes: Vec<RenderedScene>,
    /// Show time of a single picture, milliseconds.
    pub t_ms: Option<i64>,
    /// The film, if it is one.
    pub film: Option<RenderedFilm>,
    /// What was written into the picture, because the file says it of itself.
    pub mark: Option<&'static str>,
    /// What was assumed, a sentence each.
    pub notes: Vec<String>,
    /// Where it is written.
    pub out: String,
    /// The file, if it was made here.
    pub file: Option<FileRecord>,
}

/// A scene in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RenderedScene {
    /// Its name.
    pub name: String,
    /// When its formation stands, milliseconds.
    pub start_ms: i64,
    /// When it leaves, milliseconds.
    pub end_ms: i64,
    /// The instant that is drawn, milliseconds.
    pub t_ms: i64,
}

/// A film.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RenderedFilm {
    /// Show time of the first frame, milliseconds.
    pub from_ms: i64,
    /// Show time at which it ends, milliseconds.
    pub to_ms: i64,
    /// Frames a second.
    pub fps: f64,
    /// How many times faster than the show.
    pub speed: f64,
    /// Frames.
    pub frames: usize,
}

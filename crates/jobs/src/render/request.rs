use std::path::PathBuf;

use kapok_film::Mood;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::file::by_ending;

/// What of a show is drawn, from where, and into which file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RenderRequest {
    /// What is drawn.
    pub subject: RenderSubject,
    /// From where: `audience`, `audience-2` and so on, the name of an audience, `orbit`, `top`, `side`.
    pub camera: String,
    /// Field of view from left to right, degrees; `None`: that of the audience, or as wide as the pictures of the show need.
    pub fov_deg: Option<f64>,
    /// Time of day; `None`: a hall if the show is indoors, night otherwise.
    pub mood: Option<Mood>,
    /// Width and height of the picture, or of each cell of a sheet, pixels; `None`: 1280 × 720, 640 × 360 for a GIF, 480 × 270
    /// on a sheet.
    pub size_px: Option<(u32, u32)>,
    /// The file: .png for a picture or a sheet, .gif or .mp4 for a film; a folder for numbered frames.
    pub output: PathBuf,
    /// The output is a folder for the frames of a film.
    pub into_folder: bool,
}

/// What of a show is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RenderSubject {
    /// One instant.
    At {
        /// Show time, milliseconds.
        t_ms: i64,
    },
    /// A scene at its brightest.
    Scene {
        /// Its name.
        name: String,
    },
    /// All scenes on one sheet.
    Sheet,
    /// A film.
    Film(FilmSpan),
}

/// Which part of a show a film shows, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilmSpan {
    /// Show time of the first frame, milliseconds; `None`: the start of the show.
    pub from_ms: Option<i64>,
    /// Show time at which it ends, milliseconds; `None`: the end of the show.
    pub to_ms: Option<i64>,
    /// Frames a second; `None`: 30, 12 for a GIF.
    pub fps: Option<f64>,
    /// How many times faster than the show.
    pub speed: f64,
}

impl FilmSpan {
    /// Frames a second, if nothing is said.
    pub const FPS: f64 = 30.0;
    /// The same for a GIF.
    pub const GIF_FPS: f64 = 12.0;
}

impl Default for FilmSpan {
    fn default() -> Self {
        Self { from_ms: None, to_ms: None, fps: None, speed: 1.0 }
    }
}

impl Default for RenderRequest {
    fn default() -> Self {
        Self {
            subject: RenderSubject::Sheet,
            camera: "audience".to_owned(),
            fov_deg: None,
            mood: None,
            size_px: None,
            output: PathBuf::new(),
            into_folder: false,
        }
    }
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    /// One picture.
    Png,
    /// A film made here.
    Gif,
    /// A film that the caller's encoder makes of the frames.
    Mp4,
    /// A folder of numbered pictures, which the caller writes.
    Frames,
}

impl RenderRequest {
    /// What is written, by subject and ending.
    ///
    /// # Errors
    /// [`JobError::Ending`] if the ending is not one for the subject; [`JobError::Output`] for a folder for one picture.
    pub fn medium(&self) -> Result<Medium, JobError> {
        let is_film = matches!(self.subject, RenderSubject::Film(_));
        if self.into_folder {
            if is_film {
                return Ok(Medium::Frames);
            }
            let why = "a folder is for the frames of a film: give a file that ends with .png".to_owned();
            return Err(JobError::Output { path: self.output.clone(), why });
        }
        let known: &[(&str, Medium)] =
            if is_film { &[("mp4", Medium::Mp4), ("gif", Medium::Gif)] } else { &[("png", Medium::Png)] };
        let found = by_ending(std::slice::from_ref(&self.output), known)?;
        Ok(found.first().map_or(Medium::Png, |(_, medium)| *medium))
    }
}

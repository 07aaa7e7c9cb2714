use std::path::PathBuf;

use kapok_certify::Source;
use kapok_film::Mood;
use kapok_show::BadSetting;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::file::by_ending;
use crate::script::ScriptSource;

/// Levels of 255 by which a channel may differ.
pub const LEVELS: i32 = 3;
/// How long it may differ by more, milliseconds: files with rows hold colours from one to the next.
pub const RUN_MS: f64 = 50.0;
/// Longest time between two instants at which trajectories are compared, milliseconds.
pub const STEP_MS: f64 = 100.0;
/// Largest tolerance, metres: beyond, pictures differ.
const MAX_TOLERANCE_M: f64 = 10.0;
/// Vehicles and names that are listed, at most.
pub const LISTED: usize = 20;

/// How two shows are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DiffRequest {
    /// Positions that are no farther apart are the same, metres.
    pub tolerance_m: f64,
    /// Prove both, and compare the verdicts.
    pub prove: bool,
    /// A picture of the largest change, to this file (.png).
    pub output: Option<PathBuf>,
    /// From where: see [`crate::RenderRequest::camera`]; of the second show.
    pub camera: String,
    /// Time of day; `None`: a hall if the second show is indoors, night otherwise.
    pub mood: Option<Mood>,
    /// Width and height of each of the frames of the picture, pixels.
    pub size_px: (u32, u32),
}

impl Default for DiffRequest {
    fn default() -> Self {
        Self {
            tolerance_m: 0.005,
            prove: false,
            output: None,
            camera: "audience".to_owned(),
            mood: None,
            size_px: (640, 360),
        }
    }
}

impl DiffRequest {
    /// Every file that the job makes.
    ///
    /// # Errors
    /// [`JobError::Ending`] for a picture that is no .png; [`JobError::Setting`] for a tolerance that is not from 0 to 10 m.
    pub fn paths(&self) -> Result<Vec<PathBuf>, JobError> {
        let value = self.tolerance_m;
        if !(0.0..=MAX_TOLERANCE_M).contains(&value) {
            return Err(BadSetting { field: "tolerance_m", value, why: "it must be from 0 to 10 m" }.into());
        }
        let outputs: Vec<PathBuf> = self.output.iter().cloned().collect();
        by_ending(&outputs, &[("png", ())])?;
        Ok(outputs)
    }
}

/// One of the two shows: a file of any format, or a script.
#[derive(Clone, Copy)]
pub enum DiffSource<'a> {
    /// A show file.
    Show(&'a Source),
    /// A script, which is planned.
    Script(ScriptSource<'a>),
}

use std::path::PathBuf;

use kapok_certify::{CertifyError, CheckError};
use kapok_design::points::PointListError;
use kapok_film::FilmError;
use kapok_format::{ReadError, WriteError, fit::FitError};
use kapok_log::LogError;
use kapok_plan::{PlanError, ReturnToHomeError, TransitionError};
use kapok_report::PictureError;
use kapok_show::{BadSetting, Diagnostics, ShowFault, TrajectoryFault};

/// Why a job was not done: the input makes no sense. That a show is not safe, or cannot be planned, is an answer.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A setting of the request makes no sense.
    #[error("{field} {why}")]
    Setting {
        /// The field of the request.
        field: &'static str,
        /// What is wrong with it, as the rest of a sentence.
        why: String,
    },
    /// An ending that says no format which this job writes.
    #[error("{}: the ending says the format, and only {known} are written", path.display())]
    Ending {
        /// The output.
        path: PathBuf,
        /// Endings that are known.
        known: String,
    },
    /// An output that cannot be what the request asks for.
    #[error("{}: {why}", path.display())]
    Output {
        /// The output.
        path: PathBuf,
        /// What to give instead.
        why: String,
    },
    /// Two certificates of one transition.
    #[error("only one .skyc can be written, because the certificate names its file")]
    TwoCertificates,
    /// The file is no script.
    #[error("{name} is no show script but {what}")]
    NotAScript {
        /// Its name.
        name: String,
        /// What it is, and what to do with it.
        what: &'static str,
    },
    /// The script has mistakes.
    #[error("the script has mistakes")]
    Script(#[from] Diagnostics),
    /// A vehicle profile has mistakes.
    #[error("the vehicle profile has mistakes")]
    Profile(#[source] Diagnostics),
    /// A fault script has mistakes.
    #[error("the fault script has mistakes")]
    Faults(#[source] Diagnostics),
    /// There is no plan of a script that must be compared.
    #[error("{name} cannot be planned: {reason}")]
    NoPlan {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// A file of points has a mistake.
    #[error("{name}:{}:{}: {}", error.line, error.character, error.why)]
    Points {
        /// Its name.
        name: String,
        /// What is wrong.
        error: PointListError,
    },
    /// Starts and goals do not pair up.
    #[error("{start} has {start_count} points but {goal} has {goal_count}: each vehicle needs one goal")]
    UnequalCounts {
        /// Name of the file of starts.
        start: String,
        /// Points in it.
        start_count: usize,
        /// Name of the file of goals.
        goal: String,
        /// Points in it.
        goal_count: usize,
    },
    /// A CSV file would be too large.
    #[error("the CSV file would have {rows} rows, more than {most}: choose a lower rate, or .skyc")]
    TooManyRows {
        /// Its rows.
        rows: u64,
        /// The most that are written.
        most: u64,
    },
    /// A vehicle's name makes no file name.
    #[error("the vehicle name {name:?} {why}")]
    VehicleName {
        /// The name.
        name: String,
        /// Why not, as the rest of a sentence.
        why: &'static str,
    },
    /// One file for the vehicles of a whole show.
    #[error("a .skyb holds one vehicle and the show has {0}: give a folder, its name with a slash at the end")]
    OneFileForMany(usize),
    /// There is a return plan, and nothing says how the firmware reads it.
    #[error(
        "vehicle \"{vehicle}\" has a return plan, and a .skyb holds it in one of three layouts that no file tells apart: name the \
         one that the firmware reads, released-4, main-2026 or crate-0.1, or leave the plans out knowingly (vehicles that are \
         stopped then land where they are)"
    )]
    UnnamedLayout {
        /// Its name.
        vehicle: String,
    },
    /// No curve goes through the samples of a vehicle.
    #[error("no curves can be fitted for vehicle \"{vehicle}\"")]
    Fit {
        /// Its name.
        vehicle: String,
        /// Why.
        source: FitError,
    },
    /// A file of a campaign cannot be used.
    #[error("{name}: line {line} {why}")]
    Campaign {
        /// Its name.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it, as the rest of a sentence.
        why: String,
    },
    /// The storyboard cannot be tried.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Returns to home cannot be tried.
    #[error(transparent)]
    ReturnToHome(#[from] ReturnToHomeError),
    /// A transition cannot be tried.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// A trajectory that cannot be.
    #[error(transparent)]
    Trajectory(#[from] TrajectoryFault),
    /// A show that is not well formed.
    #[error(transparent)]
    Show(#[from] ShowFault),
    /// The bytes cannot be judged.
    #[error(transparent)]
    Certify(#[from] CertifyError),
    /// A certificate cannot be checked.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The bytes are no show.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The show cannot be written in this format.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A flight log cannot be written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A plot cannot be drawn.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A picture cannot be drawn.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// The frames of a film were not taken.
    #[error("the frames of the film cannot be written")]
    Frames(#[source] std::io::Error),
    /// The written file does not read back.
    #[error("the .skyc file does not read back as what was written: nothing was written")]
    NotReadBack,
    /// An answer has no JSON form: a fault of this crate.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl JobError {
    /// Was the work ended because its result was not asked for any more ([`kapok_show::Reporter::go_on`])?
    pub const fn is_abandoned(&self) -> bool {
        matches!(self, Self::Plan(PlanError::Abandoned))
    }
}

impl From<BadSetting> for JobError {
    fn from(bad: BadSetting) -> Self {
        Self::Setting { field: bad.field, why: format!("is {}, but {}", bad.value, bad.why) }
    }
}

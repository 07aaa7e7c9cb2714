//! The use cases of Kapok, for any door: one function each, request in, answer out.
//!
//! Row of the architecture: **knows** what Kapok can be asked to do; **imports** `show`, `design`, `plan`, `format`, `certify`,
//! `report`, `film`, `sim`, and of `fleet` what it reports. No files, no clock, no terminal: bytes come in, bytes and an answer go out.
//!
//! | job | from | to |
//! | --- | --- | --- |
//! | [`plan_script`] | a show script | .skyc, CSV, certificates |
//! | [`load_script`] | the same step by step | pictures, then motion: what [`plan_script`] is made of |
//! | [`plan_transition`] | points of starts and goals | .skyc, sampled rows, a certificate |
//! | [`prove`] | a show of any format | a certificate, plots, the report, figures, SARIF |
//! | [`check_certificate`] | a show and a certificate | whether one is that of the other |
//! | [`convert`] | a show of any format | the show in another format, its loss and certificate |
//! | [`diff`] | two shows of any format, or scripts | what changed, in words and in a picture |
//! | [`render`] | a show of any format | a picture, a contact sheet, a film or its frames |
//! | [`rehearse`] | a show of any format | what simulated vehicles made of it |
//! | [`return_to_home`] | a show | the same with a return to home from every instant |
//!
//! # The form of a job
//! `fn(inputs, &Request, &dyn Reporter) -> Result<_, JobError>`: the answer, or an answer and bytes where files are made. Requests
//! can be read from JSON, answers written as JSON, and both are `JsonSchema`; [`SCHEMAS`] lists the documents, a script and every
//! answer. So a command line, an HTTP server and a language binding have one type, and one [`Document`] around it. A show that is not safe and a script that cannot be planned are answers.
//! [`JobError`] is input that makes no sense.
//!
//! Files stay with the caller: a request names the paths that it wants (`paths()` lists all of them before any work is done),
//! and the job returns bytes for each.

mod check;
mod convert;
mod diff;
mod document;
mod error;
mod file;
mod looks;
mod prove;
mod rehearse;
mod render;
mod return_to_home;
mod script;
mod transition;

pub use check::{CheckAnswer, CheckRequest, check_certificate};
pub use convert::{
    Conversion, ConversionAnswer, ConversionRequest, ConversionSource, FitLoss, Loss, SkybLoss, Target, convert,
};
pub use diff::{
    ComparedShow, DiffAnswer, DiffRequest, DiffSource, FactChange, LightChange, MotionChange, RuleChange, SceneChange,
    ShowDiff, VehicleChange, VerdictChange, diff,
};
pub use document::{AddressAnswer, Answer, Document, ErrorAnswer, ErrorDetail, NamedSchema, SCHEMAS, ScriptMistake};
pub use error::JobError;
pub use file::{FileRecord, MadeFile, NamedFiles, certificate_path};
pub use kapok_design::FormationMemory;
pub use kapok_film::{FilmError, Frame, Mood, png};
pub use kapok_format::skyb::RthLayout;
pub use kapok_plan::PlanMemory;
pub use looks::looks;
pub use prove::{ProofRequest, ProvedShow, prove};
pub use rehearse::{
    Campaign, CampaignHead, FaultFigures, HeightErrors, MAX_RUNS, NamedText, RehearsalAnswer, RehearsalInputs,
    RehearsalRequest, RehearsalRun, RunRecord, Shard, ShareOfRuns, SweepFigures, WindFigures, WindSweep,
    rehearsal_report, rehearse,
};
pub use render::{
    FilmSpan, FrameSink, Medium, RenderAnswer, RenderRequest, RenderSubject, Rendered, RenderedFilm, RenderedScene,
    render,
};
pub use return_to_home::{NoReturn, ReturnToHomeAnswer, ReturnToHomeRequest, return_to_home};
pub use script::{
    InfeasibleScript, LoadedScript, MotionFigures, PeakFigures, PictureFigures, PlannedScript, PlannedScriptTotals,
    ScriptAnswer, ScriptMotion, ScriptPlan, ScriptRequest, ScriptSource, TransitionFigures, load_script, plan_script,
};
pub use transition::{
    MAX_POINTS_BYTES, Phase, PlannedTransition, PointsSource, Repair, TransitionAnswer, TransitionLimits,
    TransitionRequest, TransitionStatus, plan_transition,
};

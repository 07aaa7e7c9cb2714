//! A show script becomes files of a proved show.

mod answer;
mod pictures;

use std::path::{Path, PathBuf};

use kapok_certify::{Judged, Options, certify_skyc};
use kapok_design::{Assets, FormationMemory, line_of_scene, load_with, other_file};
use kapok_plan::{Plan, PlanMemory, PlanSettings, Planned, plan_with};
use kapok_show::{Chapter, Reporter, Show, Storyboard};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::file::{FileRecord, MadeFile, by_ending, certificate_path, check_csv_rate, file_name};
use crate::return_to_home::{ReturnToHomeRequest, return_to_home};
use pictures::pictures;

pub use answer::{
    InfeasibleScript, MotionFigures, PeakFigures, PictureFigures, PlannedScript, PlannedScriptTotals, ScriptAnswer,
    TransitionFigures,
};

/// A show script and the files that it names.
#[derive(Clone, Copy)]
pub struct ScriptSource<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// The text: TOML in UTF-8.
    pub bytes: &'a [u8],
    /// Gives the files that the script names.
    pub assets: &'a (dyn Assets + Sync),
}

/// What a planned script is written as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScriptRequest {
    /// Files to be made: .skyc, each with its certificate beside it, or .zip (CSV, one per vehicle).
    pub outputs: Vec<PathBuf>,
    /// Rows per second in CSV files.
    pub csv_rate_hz: u32,
    /// Plan a return to home from every instant, too.
    pub return_to_home: Option<ReturnToHomeRequest>,
    /// Write what is planned even if it is not proved, marked as a draft; .skyc alone has a place for the mark.
    pub draft: bool,
}

impl Default for ScriptRequest {
    fn default() -> Self {
        Self { outputs: Vec::new(), csv_rate_hz: 25, return_to_home: None, draft: false }
    }
}

/// What came of a script.
#[derive(Clone, Debug)]
pub struct ScriptPlan {
    /// The plan, or why there is none.
    pub answer: ScriptAnswer,
    /// The files of the request and the certificates beside them; none unless the plan is proved or drafts are asked for.
    pub files: Vec<MadeFile>,
    /// The bytes of the .skyc as they were judged; `None` if there is no plan.
    pub judged: Option<Judged>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Skyc,
    CsvZip,
}

impl ScriptRequest {
    /// Every file that the job makes, certificates included.
    ///
    /// # Errors
    /// [`JobError::Ending`] for an output that is not written; [`JobError::Setting`] for a rate that is not from 1 to 1000 Hz.
    pub fn paths(&self) -> Result<Vec<PathBuf>, JobError> {
        let formats = self.formats()?;
        let certificates = formats.iter().filter(|(_, f)| *f == Format::Skyc).map(|(path, _)| certificate_path(path));
        Ok(self.outputs.iter().cloned().chain(certificates).collect())
    }

    fn formats(&self) -> Result<Vec<(PathBuf, Format)>, JobError> {
        check_csv_rate(self.csv_rate_hz)?;
        let formats = by_ending(&self.outputs, &[("skyc", Format::Skyc), ("zip", Format::CsvZip)])?;
        match formats.iter().find(|(_, format)| self.draft && *format != Format::Skyc) {
            Some((path, _)) => {
                let why = "a draft is written as .skyc alone: CSV has no place that says what it is".to_owned();
                Err(JobError::Output { path: path.clone(), why })
            }
            None => Ok(formats),
        }
    }
}

/// A script that makes sense, with everything that it names.
#[derive(Clone, Debug)]
pub struct LoadedScript {
    text: String,
    storyboard: Storyboard,
}

/// What came of planning a script.
#[derive(Clone, Debug)]
pub enum ScriptMotion {
    /// It can be flown, as the planner sees it; nothing is proved yet.
    Planned(Box<Show>),
    /// There is no plan.
    Infeasible(InfeasibleScript),
}

/// Reads a script and all that it names. Formations that the memory knows are not sampled again.
///
/// # Errors
/// [`JobError::NotAScript`], [`JobError::Script`].
pub fn load_script(
    memory: &FormationMemory,
    source: &ScriptSource<'_>,
    reporter: &dyn Reporter,
) -> Result<LoadedScript, JobError> {
    let text = std::str::from_utf8(source.bytes).map_err(|_| JobError::NotAScript {
        name: source.name.to_owned(),
        what: other_file(source.bytes).unwrap_or("binary or of another encoding than UTF-8"),
    })?;
    reporter.phase("reading the script", 0);
    let storyboard = load_with(memory, text, source.name, source.assets, reporter)?;
    Ok(LoadedScript { text: text.to_owned(), storyboard })
}

impl LoadedScript {
    /// The pictures of the script one after the other, without the flights between them: for looking, while the plan is
    /// made. `like` are the chapters of a plan that was made before: what has the same name gets the same time.
    ///
    /// # Errors
    /// [`JobError::Trajectory`] for times that no trajectory has.
    pub fn pictures(&self, like: &[Chapter]) -> Result<Show, JobError> {
        Ok(pictures(&self.storyboard, like)?)
    }

    /// How well the scenes with text and drawings are read, in their order.
    pub fn readings(&self) -> Vec<PictureFigures> {
        self.storyboard.scenes.iter().filter_map(PictureFigures::of).collect()
    }

    /// Plans the show. What the memory knows is not planned again.
    ///
    /// # Errors
    /// [`JobError::Plan`]; [`JobError::is_abandoned`] tells whether the plan was not asked for any more.
    ///
    /// # Determinism
    /// The same show whatever the memory knows.
    pub fn plan(&self, memory: &PlanMemory, reporter: &dyn Reporter) -> Result<ScriptMotion, JobError> {
        Ok(match self.planned(memory, reporter)? {
            Ok(plan) => ScriptMotion::Planned(Box::new(plan.show)),
            Err(infeasible) => ScriptMotion::Infeasible(infeasible),
        })
    }

    /// The plan with its figures, or why there is none.
    fn planned(
        &self,
        memory: &PlanMemory,
        reporter: &dyn Reporter,
    ) -> Result<Result<Plan, InfeasibleScript>, JobError> {
        let storyboard = &self.storyboard;
        Ok(match plan_with(memory, storyboard, &PlanSettings::default(), reporter)? {
            Planned::Complete(plan) => Ok(*plan),
            Planned::Infeasible(reason) => {
                let scene = reason.scene(storyboard.scenes.iter().map(|scene| scene.name.as_str()));
                let line = scene.and_then(|scene| line_of_scene(&self.text, scene));
                Err(InfeasibleScript::of(storyboard, &reason, line))
            }
        })
    }
}

/// Plans a show script, writes the show, and proves the bytes that were written.
///
/// # Guarantees
/// The certificate is of the bytes of every .skyc among the files. There are files only if the verdict is *proved*, or if drafts
/// are asked for: then bytes and certificate say that they are one ([`kapok_show::Show::draft`]). A script that cannot be planned is an answer ([`ScriptAnswer::Infeasible`]), not an error.
///
/// # Errors
/// [`JobError`] if the script has mistakes, an output has an ending that is not written, or the rate is not from 1 to 1000 Hz.
///
/// # Complexity
/// Of [`kapok_plan::plan`] and [`kapok_certify::certify_skyc`].
///
/// # Determinism
/// The same request gives the same answer and the same bytes on any number of threads.
///
/// # Example
/// ```
/// use kapok_certify::Verdict;
/// use kapok_design::AssetFolder;
/// use kapok_jobs::{ScriptAnswer, ScriptRequest, ScriptSource, plan_script};
///
/// let script = r#"
/// title = "Five"
/// [site]
/// origin = { latitude_deg = 23.1, longitude_deg = 113.3, amsl_m = 8 }
/// heading_deg = 180
/// [fleet]
/// count = 5
/// [fleet.grid]
/// columns = 5
/// [[scene]]
/// name = "Ring"
/// hold_s = 2
/// [[scene.formation]]
/// source = { kind = "circle", radius_m = 6 }
/// place = { centre_m = [0, 0, 20] }
/// "#;
/// let source = ScriptSource { name: "five.toml", bytes: script.as_bytes(), assets: &AssetFolder::new(".") };
/// let request = ScriptRequest { outputs: vec!["five.skyc".into()], ..ScriptRequest::default() };
/// let plan = plan_script(&source, &request, &kapok_show::Silent)?;
/// let ScriptAnswer::Planned(answer) = &plan.answer else { panic!("infeasible") };
/// assert_eq!(answer.verdict, Verdict::Proved);
/// assert_eq!(plan.files[1].path.to_str(), Some("five.certificate.json"));
/// # Ok::<(), kapok_jobs::JobError>(())
/// ```
pub fn plan_script(
    source: &ScriptSource<'_>,
    request: &ScriptRequest,
    reporter: &dyn Reporter,
) -> Result<ScriptPlan, JobError> {
    let formats = request.formats()?;
    let loaded = load_script(&FormationMemory::default(), source, reporter)?;
    let mut plan = match loaded.planned(&PlanMemory::default(), reporter)? {
        Ok(plan) => plan,
        Err(infeasible) => {
            return Ok(ScriptPlan { answer: ScriptAnswer::Infeasible(infeasible), files: Vec::new(), judged: None });
        }
    };
    let home = match &request.return_to_home {
        Some(request) => Some(return_to_home(&mut plan.show, request, reporter)?),
        None => None,
    };
    let name = formats.iter().find(|(_, f)| *f == Format::Skyc).map_or(Path::new("show.skyc"), |(p, _)| p.as_path());
    let judge = |show: &Show| certify_skyc(show, &file_name(name), &Options::default(), reporter);
    let (mut skyc, mut judged) = judge(&plan.show)?;
    if request.draft && !judged.certificate().certifies() {
        // The mark makes other bytes of it, which have a certificate of their own.
        plan.show.draft = true;
        (skyc, judged) = judge(&plan.show)?;
    }
    judged.notes().iter().for_each(|note| reporter.warn(note));
    if let Some(note) = kapok_format::altitude_note(&plan.show.site) {
        reporter.warn(note);
    }
    let mut answer = PlannedScript::of(&loaded.storyboard, &plan, home, judged.certificate());
    let mut files = Vec::new();
    if judged.certificate().certifies() || request.draft {
        (files, answer.files) = written(&formats, &skyc, &judged, request.csv_rate_hz)?;
    }
    Ok(ScriptPlan { answer: ScriptAnswer::Planned(Box::new(answer)), files, judged: Some(judged) })
}

/// The files of the request in their order, the certificate behind each .skyc.
fn written(
    formats: &[(PathBuf, Format)],
    skyc: &[u8],
    judged: &Judged,
    csv_rate_hz: u32,
) -> Result<(Vec<MadeFile>, Vec<FileRecord>), JobError> {
    let note = if judged.show().draft { "the certificate of a draft" } else { "the certificate" };
    let mut files = Vec::new();
    let mut records = Vec::new();
    for (path, format) in formats {
        match format {
            Format::Skyc => {
                let show = MadeFile::new(path, skyc.to_owned());
                let certificate = judged.certificate().for_copy(&file_name(path)).to_json()?;
                let certificate = MadeFile::new(&certificate_path(path), certificate);
                records.extend([show.record(), certificate.record().noted(note)]);
                files.extend([show, certificate]);
            }
            Format::CsvZip => {
                let csv = kapok_format::write_csv_zip(judged.show(), f64::from(csv_rate_hz))?;
                let file = MadeFile::new(path, csv.bytes);
                records.push(file.record().noted(format!(
                    "{csv_rate_hz} rows per second; straight lines between rows stay within {:.1} mm of the flown curve",
                    csv.max_deviation_m * 1000.0
                )));
                files.push(file);
            }
        }
    }
    Ok((files, records))
}

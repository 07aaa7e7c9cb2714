//! A fleet at rest at points goes to rest at other points: planned, written, proved.

mod answer;
mod points;
mod request;
mod rows;
mod stage;

use std::path::PathBuf;

use kapok_certify::{Judged, Options, certify_skyc};
use kapok_format::content_sha256;
use kapok_plan::{TransitionOutcome, transition};
use kapok_show::{Reporter, Show, figure, figure_beside};

use crate::error::JobError;
use crate::file::{MadeFile, certificate_path, file_name};

pub use answer::{Phase, Repair, TransitionAnswer, TransitionStatus};
pub use points::{MAX_POINTS_BYTES, PointsSource};
pub use request::{TransitionLimits, TransitionRequest};

use points::points;
use request::Format;

/// What came of a transition.
#[derive(Clone, Debug)]
pub struct PlannedTransition {
    /// The plan and what is proved of it, or why there is none.
    pub answer: TransitionAnswer,
    /// The files of the request, and the certificate; none unless the answer is complete.
    pub files: Vec<MadeFile>,
}

/// Plans one move of a fleet from points to points, writes it, and proves the bytes that were written.
///
/// # Guarantees
/// There are files only if the answer is complete: every rule is proved of the decoded bytes, and with one limit of speed
/// for all directions the speed in any direction keeps it. A transition that cannot be planned is an answer.
///
/// # Errors
/// [`JobError`] if a limit or a file of points makes no sense, or an output has an ending that is not written.
///
/// # Complexity
/// Of [`kapok_plan::transition`] and [`kapok_certify::certify_skyc`].
///
/// # Determinism
/// The same request gives the same answer and the same bytes on any number of threads.
pub fn plan_transition(
    [start, goal]: [PointsSource<'_>; 2],
    request: &TransitionRequest,
    reporter: &dyn Reporter,
) -> Result<PlannedTransition, JobError> {
    let formats = request.formats()?;
    reporter.phase("reading", 0);
    request.limits.check()?;
    let settings = request.settings();
    settings.validate()?;
    let (starts_m, goals_m) = (points(&start, reporter)?, points(&goal, reporter)?);
    if starts_m.len() != goals_m.len() {
        return Err(JobError::UnequalCounts {
            start: start.name.to_owned(),
            start_count: starts_m.len(),
            goal: goal.name.to_owned(),
            goal_count: goals_m.len(),
        });
    }
    let hashes = [start, goal].map(|source| content_sha256(source.bytes));
    let asked = TransitionAnswer::asked(starts_m.len(), &request.limits, hashes);
    let plan = match transition(&starts_m, &goals_m, &settings, reporter)? {
        TransitionOutcome::Complete(plan) => *plan,
        TransitionOutcome::Infeasible(reason) => {
            let answer = TransitionAnswer { reason: Some(reason.to_string()), ..asked };
            return Ok(PlannedTransition { answer, files: Vec::new() });
        }
    };
    reporter.phase("writing curves", 0);
    let skyc = formats.iter().find(|(_, f)| *f == Format::Skyc).map(|(path, _)| path.as_path());
    let (report, assignment) = (plan.report.clone(), plan.goal_of_start.clone());
    let staged = stage::show_of(plan.trajectories()?, request.limits.of_show(), skyc.is_some())?;
    drop(plan);
    // What lost vehicles reach is told by a certificate; without a .skyc there is none.
    // Points have no ground: the vehicles hang in the air before and after.
    let options = Options { without_losses: skyc.is_none(), airborne_ends: true, ..Options::default() };
    let name = skyc.map(file_name).unwrap_or_default();
    let (bytes, judged) = certify_skyc(&staged.show, &name, &options, reporter)?;
    drop(staged.show);
    let mut answer = asked.found(&report, assignment, judged.certificate());
    let peak_speed_m_s = peak_speed_m_s(judged.show());
    answer.peak_speed_m_s = Some(peak_speed_m_s);
    answer.hold_speed(peak_speed_m_s, request.limits.max_velocity_m_s);
    let mut files = Vec::new();
    if answer.status == TransitionStatus::Complete {
        reporter.phase("writing files", 0);
        files = written(&formats, &bytes, &judged, (request.csv_rate_hz, staged.lift_m))?;
        answer.files = files.iter().map(MadeFile::record).collect();
    }
    Ok(PlannedTransition { answer, files })
}

/// No vehicle is ever faster, m/s: a curve's velocity lies in the hull of d (c_k+1 − c_k) / T. The certificate judges
/// speed by axis only.
fn peak_speed_m_s(show: &Show) -> f64 {
    let mut peak_m_s = 0.0_f64;
    for segment in show.vehicles.iter().flat_map(|v| v.trajectory.segments()) {
        let per_second = segment.degree() as f64 * 1000.0 / (segment.end_ms - segment.start_ms) as f64;
        for pair in segment.control_m.windows(2) {
            peak_m_s = peak_m_s.max((pair[1] - pair[0]).length() * per_second);
        }
    }
    peak_m_s
}

impl TransitionAnswer {
    /// Holds the speed in any direction against its limit: the proof judges speed by axis.
    fn hold_speed(&mut self, peak_m_s: f64, limit_m_s: Option<f64>) {
        let Some(limit_m_s) = limit_m_s.filter(|&limit_m_s| peak_m_s > limit_m_s) else { return };
        if self.status == TransitionStatus::Complete {
            self.status = TransitionStatus::Undecided;
            self.reason = Some(format!(
                "the speed may reach {} m/s, more than {} m/s",
                figure_beside(peak_m_s, limit_m_s),
                figure(limit_m_s)
            ));
        }
    }
}

/// The files of the request in their order, the certificate behind the .skyc.
fn written(
    formats: &[(PathBuf, Format)],
    skyc: &[u8],
    judged: &Judged,
    (csv_rate_hz, lift_m): (u32, f64),
) -> Result<Vec<MadeFile>, JobError> {
    let mut files = Vec::new();
    for (path, format) in formats {
        match format {
            Format::Skyc => {
                files.push(MadeFile::new(path, skyc.to_owned()));
                files.push(MadeFile::new(&certificate_path(path), judged.certificate().to_json()?));
            }
            Format::Csv => files.push(MadeFile::new(path, rows::csv(judged.show(), csv_rate_hz, lift_m)?)),
        }
    }
    Ok(files)
}

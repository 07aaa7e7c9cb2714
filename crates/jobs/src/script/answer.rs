use kapok_certify::{Certificate, Verdict};
use kapok_design::formation::READABLE;
use kapok_plan::{Infeasibility, MotionPeaks, Plan, TransitionReport};
use kapok_show::{Scene, Storyboard};
use schemars::JsonSchema;
use serde::Serialize;

use crate::file::FileRecord;
use crate::return_to_home::ReturnToHomeAnswer;

/// What came of a script.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ScriptAnswer {
    /// A plan, and what is proved of its bytes.
    Planned(Box<PlannedScript>),
    /// There is no plan.
    Infeasible(InfeasibleScript),
}

/// A planned script.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlannedScript {
    /// Title of the show.
    pub title: String,
    /// Vehicles, spares included.
    pub vehicle_count: usize,
    /// What the proof says of the decoded .skyc.
    pub verdict: Verdict,
    /// Figures of the whole show.
    pub totals: PlannedScriptTotals,
    /// Take-off, every transition, landing.
    pub transitions: Vec<TransitionFigures>,
    /// Scenes that move while they stand.
    pub motions: Vec<MotionFigures>,
    /// Scenes with text or drawings, and how well these are read.
    pub pictures: Vec<PictureFigures>,
    /// The bytes say that they are a draft.
    pub draft: bool,
    /// The files that were made; none unless the show is proved or drafts are asked for.
    pub files: Vec<FileRecord>,
    /// Return to home, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_to_home: Option<ReturnToHomeAnswer>,
    /// What is proved.
    pub certificate: Certificate,
}

/// A script that cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InfeasibleScript {
    /// Title of the show.
    pub title: String,
    /// Vehicles, spares included.
    pub vehicle_count: usize,
    /// `infeasible`.
    pub verdict: &'static str,
    /// Why; vehicles, places and pads are counted from 1, as scripts count them.
    pub reason: String,
    /// Line of the script at which the scene begins that it is about, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// Figures of a whole show.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlannedScriptTotals {
    /// Duration, milliseconds.
    pub duration_ms: i64,
    /// Longest way of a vehicle, metres.
    pub longest_path_m: f64,
    /// The vehicle with that way.
    pub longest_path_vehicle: String,
    /// Least distance of two vehicles in flight, metres, z divided by the downwash scale; `null` for one vehicle.
    pub min_separation_m: Option<f64>,
    /// Greatest speeds, acceleration and jerk.
    #[serde(flatten)]
    pub peaks: PeakFigures,
    /// Flight time that leaves the battery reserve, seconds.
    pub battery_allowed_s: f64,
    /// What is left of it after the show, seconds.
    pub battery_margin_s: f64,
}

/// Greatest values of the motion of all vehicles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PeakFigures {
    /// Largest horizontal speed, m/s.
    pub peak_velocity_xy_m_s: f64,
    /// Largest speed upwards, m/s.
    pub peak_velocity_up_m_s: f64,
    /// Largest speed downwards, m/s.
    pub peak_velocity_down_m_s: f64,
    /// Largest acceleration, m/s².
    pub peak_acceleration_m_s2: f64,
    /// Largest jerk, m/s³.
    pub peak_jerk_m_s3: f64,
}

/// Figures of take-off, of a transition, or of the landing.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TransitionFigures {
    /// "from → to".
    pub name: String,
    /// Start, milliseconds of show time.
    pub start_ms: i64,
    /// Duration, milliseconds.
    pub duration_ms: i64,
    /// The shortest duration that the planner found, milliseconds.
    pub shortest_ms: i64,
    /// What no planner can beat, milliseconds; `null` for transitions that join a motion.
    pub bound_ms: Option<f64>,
    /// `shortest_ms` / `bound_ms`: 1 is the best there can be. A longer duration that the script asks for does not count.
    pub ratio: Option<f64>,
    /// Longest straight stretch, metres.
    pub longest_trip_m: f64,
    /// The longest trip of an assignment that makes it as short as possible, metres.
    pub bottleneck_m: f64,
    /// Sum of the squared trips, m².
    pub assignment_cost_m2: f64,
    /// At most so much above the least possible sum, m².
    pub assignment_gap_m2: f64,
    /// Least distance of two vehicles, metres, z divided by the downwash scale; `null` for one vehicle.
    pub min_separation_m: Option<f64>,
    /// Their names.
    pub min_separation_pair: [String; 2],
    /// When, milliseconds of show time.
    pub min_separation_t_ms: f64,
}

/// Will a scene's text and drawings be read?
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PictureFigures {
    /// Name of the scene.
    pub name: String,
    /// Correlation of the blurred dots with the sharp source, 0 to 1, the worst of the scene's text and drawings.
    pub readability: f64,
    /// Is it at or above the bar from which words are read?
    pub is_readable: bool,
    /// How many vehicles would do where text is hard to read; `null` where it is not, or where no count is found.
    pub count_needed: Option<usize>,
}

/// Figures of a scene that moves while it stands.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MotionFigures {
    /// Name of the scene.
    pub name: String,
    /// Start, milliseconds of show time.
    pub start_ms: i64,
    /// Duration, milliseconds.
    pub duration_ms: i64,
    /// Least distance of two vehicles, metres, z divided by the downwash scale; `null` where all stay so far apart that the
    /// plan does not look.
    pub min_separation_m: Option<f64>,
    /// Their names.
    pub min_separation_pair: Option<[String; 2]>,
    /// When, milliseconds of show time.
    pub min_separation_t_ms: Option<f64>,
    /// Greatest speeds, acceleration and jerk.
    #[serde(flatten)]
    pub peaks: PeakFigures,
}

impl InfeasibleScript {
    pub(super) fn of(storyboard: &Storyboard, reason: &Infeasibility, line: Option<usize>) -> Self {
        Self {
            title: storyboard.title.clone(),
            vehicle_count: storyboard.fleet.pads_m.len() + storyboard.fleet.spare_pads_m.len(),
            verdict: "infeasible",
            reason: reason.counted_from_one().to_string(),
            line,
        }
    }
}

impl PlannedScript {
    /// The answer before files are made.
    pub(super) fn of(
        storyboard: &Storyboard,
        plan: &Plan,
        return_to_home: Option<ReturnToHomeAnswer>,
        certificate: &Certificate,
    ) -> Self {
        let name = |i: usize| plan.show.vehicles[i].name.clone();
        let ways = std::iter::once(&plan.takeoff).chain(&plan.transitions).chain([&plan.descent]);
        let s = &plan.summary;
        Self {
            title: plan.show.title.clone(),
            vehicle_count: plan.show.vehicles.len(),
            verdict: certificate.verdict,
            draft: certificate.provenance().draft,
            totals: PlannedScriptTotals {
                duration_ms: s.duration_ms,
                longest_path_m: s.longest_path_m,
                longest_path_vehicle: name(s.longest_path_vehicle),
                min_separation_m: finite(s.closest.distance_m),
                peaks: PeakFigures::of(&s.peaks),
                battery_allowed_s: s.battery_allowed_s,
                battery_margin_s: s.battery_margin_s,
            },
            transitions: ways.map(|t| TransitionFigures::of(t, name)).collect(),
            motions: plan.motions.iter().map(|t| MotionFigures::of(t, name)).collect(),
            pictures: storyboard.scenes.iter().filter_map(PictureFigures::of).collect(),
            files: Vec::new(),
            return_to_home,
            certificate: certificate.clone(),
        }
    }
}

impl PeakFigures {
    const fn of(peaks: &MotionPeaks) -> Self {
        Self {
            peak_velocity_xy_m_s: peaks.velocity_xy_m_s,
            peak_velocity_up_m_s: peaks.velocity_up_m_s,
            peak_velocity_down_m_s: peaks.velocity_down_m_s,
            peak_acceleration_m_s2: peaks.acceleration_m_s2,
            peak_jerk_m_s3: peaks.jerk_m_s3,
        }
    }
}

impl TransitionFigures {
    fn of(t: &TransitionReport, name: impl Fn(usize) -> String) -> Self {
        // No such figure is known for transitions that join a motion.
        let bound_ms = (t.bound_ms > 0.0 || t.duration_ms == 0).then_some(t.bound_ms);
        Self {
            name: t.name.clone(),
            start_ms: t.start_ms,
            duration_ms: t.duration_ms,
            shortest_ms: t.shortest_ms,
            bound_ms,
            ratio: bound_ms.map(|ms| if ms > 0.0 { t.shortest_ms as f64 / ms } else { 1.0 }),
            longest_trip_m: t.longest_trip_m,
            bottleneck_m: t.bottleneck_m,
            assignment_cost_m2: t.assignment_cost_m2,
            assignment_gap_m2: t.assignment_gap_m2,
            min_separation_m: finite(t.closest.distance_m),
            min_separation_pair: [name(t.closest.pair.0), name(t.closest.pair.1)],
            min_separation_t_ms: t.closest.t_ms,
        }
    }
}

impl PictureFigures {
    pub(super) fn of(scene: &Scene) -> Option<Self> {
        let readability = scene.readability?;
        Some(Self {
            name: scene.name.clone(),
            readability,
            is_readable: readability >= READABLE,
            count_needed: scene.readable_count,
        })
    }
}

impl MotionFigures {
    fn of(t: &TransitionReport, name: impl Fn(usize) -> String) -> Self {
        let min_separation_m = finite(t.closest.distance_m);
        Self {
            name: t.name.clone(),
            start_ms: t.start_ms,
            duration_ms: t.duration_ms,
            min_separation_m,
            min_separation_pair: min_separation_m.map(|_| [name(t.closest.pair.0), name(t.closest.pair.1)]),
            min_separation_t_ms: min_separation_m.map(|_| t.closest.t_ms),
            peaks: PeakFigures::of(&t.peaks),
        }
    }
}

/// The least distance of a stretch, if there is a pair and the plan looks so far.
fn finite(min_separation_m: f64) -> Option<f64> {
    Some(min_separation_m).filter(|m| m.is_finite())
}

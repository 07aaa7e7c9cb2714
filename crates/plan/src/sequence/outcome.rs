use kapok_show::Show;

use crate::outcome::{ClosestApproach, Infeasibility, MotionPeaks, TransitionReport};

/// Outcome of planning.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// The whole show can be flown.
    Complete(Box<Plan>),
    /// It cannot, or not by this planner; here is why.
    Infeasible(Infeasibility),
}

/// A planned show and how good it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The show.
    pub show: Show,
    /// The rise from the pads.
    pub takeoff: TransitionReport,
    /// The transitions in order, the one to the landing places last.
    pub transitions: Vec<TransitionReport>,
    /// The scenes that move, in order; there is no bound for a motion.
    pub motions: Vec<TransitionReport>,
    /// The descent to the pads.
    pub descent: TransitionReport,
    /// Totals.
    pub summary: PlanSummary,
}

/// Totals of a planned show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanSummary {
    /// Duration of the show, milliseconds.
    pub duration_ms: i64,
    /// Longest way of a vehicle, metres.
    pub longest_path_m: f64,
    /// The vehicle with that way.
    pub longest_path_vehicle: usize,
    /// Where two vehicles in flight come closest.
    pub closest: ClosestApproach,
    /// The largest speeds, acceleration and jerk.
    pub peaks: MotionPeaks,
    /// Flight time that leaves the battery reserve, seconds.
    pub battery_allowed_s: f64,
    /// What is left of it after the show, seconds.
    pub battery_margin_s: f64,
}

impl PlanSummary {
    pub(super) fn new(
        takeoff: &TransitionReport,
        descent: &TransitionReport,
        between: [&[TransitionReport]; 2],
        flown_m: &[f64],
        duration_ms: i64,
        battery_allowed_s: f64,
    ) -> Self {
        let all = || std::iter::once(takeoff).chain(between.into_iter().flatten()).chain(std::iter::once(descent));
        let (longest_path_vehicle, longest_path_m) =
            flown_m.iter().copied().enumerate().fold((0, 0.0), |best, (v, m)| if m > best.1 { (v, m) } else { best });
        Self {
            duration_ms,
            longest_path_m,
            longest_path_vehicle,
            closest: all().map(|r| r.closest).fold(ClosestApproach::UNKNOWN, ClosestApproach::closer),
            peaks: all().map(|r| r.peaks).fold(MotionPeaks::default(), MotionPeaks::or),
            battery_allowed_s,
            battery_margin_s: battery_allowed_s - duration_ms as f64 / 1000.0,
        }
    }
}

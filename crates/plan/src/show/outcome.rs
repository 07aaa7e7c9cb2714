use kapok_show::{BadSetting, Show, StoryboardFault, TrajectoryFault};

use crate::infeasible::Infeasibility;
use crate::transition::{TransitionError, TransitionReport};

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
    /// Least distance of any two vehicles in flight in the metric of the separation, metres; infinite for one vehicle.
    pub min_separation_m: f64,
    /// The two vehicles.
    pub min_separation_pair: (usize, usize),
    /// When, milliseconds of show time.
    pub min_separation_t_ms: f64,
    /// Largest horizontal speed, m/s.
    pub peak_velocity_xy_m_s: f64,
    /// Largest climb rate, m/s.
    pub peak_velocity_up_m_s: f64,
    /// Largest rate of descent, m/s.
    pub peak_velocity_down_m_s: f64,
    /// Largest acceleration, m/s².
    pub peak_acceleration_m_s2: f64,
    /// Largest jerk, m/s³.
    pub peak_jerk_m_s3: f64,
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
        let peak = |f: fn(&TransitionReport) -> f64| all().map(f).fold(0.0, f64::max);
        let closest = all().fold(takeoff, |best, r| if r.min_separation_m < best.min_separation_m { r } else { best });
        let (longest_path_vehicle, longest_path_m) =
            flown_m.iter().copied().enumerate().fold((0, 0.0), |best, (v, m)| if m > best.1 { (v, m) } else { best });
        Self {
            duration_ms,
            longest_path_m,
            longest_path_vehicle,
            min_separation_m: closest.min_separation_m,
            min_separation_pair: closest.min_separation_pair,
            min_separation_t_ms: closest.min_separation_t_ms,
            peak_velocity_xy_m_s: peak(|r| r.peak_velocity_xy_m_s),
            peak_velocity_up_m_s: peak(|r| r.peak_velocity_up_m_s),
            peak_velocity_down_m_s: peak(|r| r.peak_velocity_down_m_s),
            peak_acceleration_m_s2: peak(|r| r.peak_acceleration_m_s2),
            peak_jerk_m_s3: peak(|r| r.peak_jerk_m_s3),
            battery_allowed_s,
            battery_margin_s: battery_allowed_s - duration_ms as f64 / 1000.0,
        }
    }
}

/// Why a storyboard cannot be planned at all: it makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The storyboard contradicts itself.
    #[error(transparent)]
    Storyboard(#[from] StoryboardFault),
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// A time is negative or longer than a day.
    #[error("{what} is {value_ms} ms: it must be from 0 to one day (86400000 ms)")]
    BadTime {
        /// Which time.
        what: String,
        /// The value found.
        value_ms: i64,
    },
    /// A transition could not be tried.
    #[error("while planning the transition {transition}")]
    Transition {
        /// Its name.
        transition: String,
        /// Why.
        source: TransitionError,
    },
    /// A piece could not be stored: a fault of this planner.
    #[error("while writing the trajectory of vehicle {vehicle}")]
    Write {
        /// The vehicle.
        vehicle: usize,
        /// What was wrong.
        source: TrajectoryFault,
    },
    /// A piece of a motion could not be stored: a fault of this planner.
    #[error("while following the motion of scene \"{scene}\"")]
    Motion {
        /// Name of the scene.
        scene: String,
        /// What was wrong.
        source: TrajectoryFault,
    },
    /// A plan was finished before its end: a fault of this planner.
    #[error("the plan ended before the landing")]
    Unfinished,
}

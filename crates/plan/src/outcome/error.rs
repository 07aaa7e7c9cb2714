use kapok_show::{BadSetting, StoryboardFault, TrajectoryFault};

use super::names::TransitionNames;
use crate::assignment::AssignError;

/// Why a transition cannot even be tried.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TransitionError {
    /// The two sets do not fit together.
    #[error(transparent)]
    Assign(#[from] AssignError),
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// A piece could not be stored: a fault of this planner.
    #[error("while writing the trajectory of vehicle {vehicle}")]
    Write {
        /// The vehicle.
        vehicle: usize,
        /// What was wrong.
        source: TrajectoryFault,
    },
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
    /// The plan is not asked for any more ([`kapok_show::Reporter::go_on`]).
    #[error("the plan was abandoned")]
    Abandoned,
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

impl PlanError {
    /// An error of one transition.
    pub fn in_transition(names: &TransitionNames, source: impl Into<TransitionError>) -> Self {
        Self::Transition { transition: names.transition(), source: source.into() }
    }

    /// A piece on the way to a scene that could not be stored.
    pub fn on_the_way(names: &TransitionNames, source: TrajectoryFault) -> Self {
        Self::Motion { scene: names.to_label.clone(), source }
    }
}

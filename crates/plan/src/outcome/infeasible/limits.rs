use std::fmt;

use kapok_show::{figure, figure_beside, seconds};

use super::subject::Subject;

/// A motion limit that a vehicle exceeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitExcess {
    /// The vehicle.
    pub vehicle: usize,
    /// Which limit.
    pub what: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What would be flown.
    pub value: f64,
    /// What may be flown.
    pub limit: f64,
}

impl fmt::Display for LimitExcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vehicle, what, unit, value, limit } = self;
        let (value, limit) = (figure_beside(*value, *limit), figure(*limit));
        write!(f, "vehicle {vehicle} would fly a {what} of {value} {unit}, but {limit} {unit} are allowed")
    }
}

/// Speed, acceleration, jerk, duration or battery do not suffice.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LimitConflict {
    /// The duration asked for is shorter than the vehicles can.
    #[error(
        "the transition {transition} is to take {}, but the vehicles need {}; give it more time, or no duration at all for the \
         shortest",
        seconds(*.asked_ms), seconds(*.needed_ms)
    )]
    TransitionTooShort {
        /// Name of the transition.
        transition: String,
        /// Asked for, milliseconds.
        asked_ms: i64,
        /// The shortest found, milliseconds.
        needed_ms: i64,
    },
    /// The limits are so tight that they drown in the rounding of positions.
    #[error(
        "the speed, acceleration or jerk limits of the transition {transition} are too small for positions rounded to \
         {position_grid_m} m; loosen the limits or refine position_grid_m"
    )]
    GridTooCoarse {
        /// Name of the transition.
        transition: String,
        /// Step of the position grid, metres.
        position_grid_m: f64,
    },
    /// A vehicle of a group cannot keep its limits in the time asked for, or a way that must join a motion exceeds a
    /// limit.
    #[error("in the transition {transition} {excess}; give it more time")]
    TooFast {
        /// Name of the transition.
        transition: String,
        /// What is exceeded, by which vehicle.
        excess: LimitExcess,
    },
    /// The motion of a scene exceeds a limit.
    #[error("in scene \"{scene}\" {excess}; the motion takes {}, {}", seconds(*.hold_ms), longer_hold(*.needed_ms))]
    MotionTooFast {
        /// Name of the scene.
        scene: String,
        /// What is exceeded, by which vehicle.
        excess: LimitExcess,
        /// The hold as it is, milliseconds.
        hold_ms: i64,
        /// A hold in which the same motion keeps the limits, milliseconds, if there is one.
        needed_ms: Option<i64>,
    },
    /// The motion of a scene is too jagged for pieces that vehicles can fly.
    #[error(
        "the motion of scene \"{scene}\" is too jagged: place {place} would be {} m off it; use fewer keyframes or a longer hold",
        figure(*.deviation_m)
    )]
    MotionTooRough {
        /// Name of the scene.
        scene: String,
        /// The place that is off most.
        place: usize,
        /// By how much, metres.
        deviation_m: f64,
    },
    /// The show is longer than the batteries allow.
    #[error(
        "the show takes {} s, but a battery with {} % in reserve allows {} s; shorten holds or transitions",
        figure(*.duration_s), figure(.reserve * 100.0), figure(*.allowed_s)
    )]
    BatteryTooSmall {
        /// Duration of the show, seconds.
        duration_s: f64,
        /// Flight time that leaves the reserve, seconds.
        allowed_s: f64,
        /// Share of the endurance to be kept.
        reserve: f64,
    },
}

fn longer_hold(needed_ms: Option<i64>) -> String {
    match needed_ms {
        Some(needed_ms) => format!("{} would do", seconds(needed_ms)),
        None => "and no longer one does: make it smaller".into(),
    }
}

impl LimitConflict {
    /// Visits the index of each vehicle, place and pad that the reason names.
    pub fn visit_indices(&mut self, visit: &mut dyn FnMut(&mut usize)) {
        match self {
            Self::TooFast { excess, .. } | Self::MotionTooFast { excess, .. } => visit(&mut excess.vehicle),
            Self::MotionTooRough { place, .. } => visit(place),
            Self::TransitionTooShort { .. } | Self::GridTooCoarse { .. } | Self::BatteryTooSmall { .. } => {}
        }
    }

    /// The scene or the transition that this is about.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::MotionTooFast { scene, .. } | Self::MotionTooRough { scene, .. } => Subject::Scene(scene),
            Self::TransitionTooShort { transition, .. }
            | Self::GridTooCoarse { transition, .. }
            | Self::TooFast { transition, .. } => Subject::Transition(transition),
            Self::BatteryTooSmall { .. } => Subject::Show,
        }
    }
}

use kapok_show::figure;

use super::subject::Subject;
use super::text::{ClosePair, list, visit_pairs};
use crate::outcome::names::FormationName;

/// Vehicles or places that come too close.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SeparationConflict {
    /// Places of one formation are closer than the separation.
    #[error(
        "in {formation} these places are closer than {} m: {}; spread them out or ask for a smaller separation",
        figure(*.needed_m), list(.pairs, *.count, *.needed_m)
    )]
    PlacesTooClose {
        /// Which formation.
        formation: FormationName,
        /// The closest pairs.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed, metres.
        needed_m: f64,
    },
    /// Vehicles come too close on their straight way, although both formations are wide enough, and no detours were found.
    #[error(
        "in the transition {transition} these vehicles come closer than {needed_m:.4} m on their straight ways, and no detours \
         were found: {}; {}formations with a spacing of {} m have no such trouble",
        list(.pairs, *.count, *.needed_m),
        if *.is_fixed { "the assignment is fixed: with that left open, " } else { "" },
        // Rounded up: less would not do.
        figure((.safe_spacing_m * 1000.0).ceil() / 1000.0)
    )]
    PairsTooClose {
        /// Name of the transition.
        transition: String,
        /// The closest pairs of vehicles.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed on the way, metres, rounding included.
        needed_m: f64,
        /// Spacing of both formations with which straight ways are safe, metres, if the planner may choose the assignment.
        safe_spacing_m: f64,
        /// Is the assignment fixed?
        is_fixed: bool,
    },
    /// Vehicles come too close on ways that join a motion, or near the ground.
    #[error(
        "in the transition {transition} these vehicles come closer than allowed ({} m in flight): {}",
        figure(*.needed_m), list(.pairs, *.count, *.needed_m)
    )]
    TooCloseOnTheWay {
        /// Name of the transition.
        transition: String,
        /// The closest pairs of vehicles.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed in flight, metres.
        needed_m: f64,
    },
    /// Vehicles of a scene that moves come too close.
    #[error(
        "in scene \"{scene}\" these vehicles come closer than {} m, {} s into the motion: {}; give the formation more spacing \
         or a gentler motion",
        figure(*.needed_m), figure(.t_ms / 1000.0), list(.pairs, *.count, *.needed_m)
    )]
    MotionTooClose {
        /// Name of the scene.
        scene: String,
        /// The closest pairs of vehicles.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed, metres.
        needed_m: f64,
        /// When the closest of them meet, milliseconds from the start of the hold.
        t_ms: f64,
    },
}

impl SeparationConflict {
    /// Visits the index of each vehicle, place and pad that the reason names.
    pub fn visit_indices(&mut self, visit: &mut dyn FnMut(&mut usize)) {
        match self {
            Self::PlacesTooClose { pairs, .. }
            | Self::PairsTooClose { pairs, .. }
            | Self::TooCloseOnTheWay { pairs, .. }
            | Self::MotionTooClose { pairs, .. } => visit_pairs(pairs, visit),
        }
    }

    /// The scene or the transition that this is about.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::PlacesTooClose { formation: FormationName::Scene(scene), .. }
            | Self::MotionTooClose { scene, .. } => Subject::Scene(scene),
            Self::PlacesTooClose { .. } => Subject::Show,
            Self::PairsTooClose { transition, .. } | Self::TooCloseOnTheWay { transition, .. } => {
                Subject::Transition(transition)
            }
        }
    }
}

use kapok_motion::timing::MotionLimits;
use kapok_motion::{Metric, PositionGrid};
use kapok_show::{DVec3, Jet, Limits, Reporter, Trajectory};

use crate::airspace::{Airspace, Surroundings};
use crate::assignment::AssignmentConstraints;
use crate::outcome::{TransitionNames, TransitionReport};

/// What every move of a show's fleet has to keep.
pub struct FleetRules<'a> {
    pub limits: &'a Limits,
    /// What every vehicle may do.
    pub motion: Vec<MotionLimits>,
    /// Have groups of vehicles limits of their own?
    pub has_groups: bool,
    pub around: Surroundings<'a>,
    pub grid: PositionGrid,
    /// Share of every motion limit that is left unused.
    pub limit_margin: f64,
    /// What the rounding of the vehicles' own files takes from a distance, metres.
    pub file_rounding_m: f64,
    pub reporter: &'a dyn Reporter,
}

/// Where every vehicle is, at one moment.
#[derive(Clone, Copy)]
pub struct FleetMotion<'m> {
    pub at_m: &'m [DVec3],
    /// How every vehicle moves; nothing if all rest.
    pub jets: Option<&'m [Jet]>,
}

/// Where a move leads and what is asked of it.
#[derive(Clone, Copy)]
pub struct MoveRequest<'m> {
    pub goals: &'m [Jet],
    pub constraints: &'m AssignmentConstraints,
    pub names: &'m TransitionNames,
    pub duration_ms: Option<i64>,
}

/// A move that keeps everything. Its times count from its start.
#[derive(Clone)]
pub struct PlannedMove {
    /// The place of each vehicle.
    pub place_of: Vec<u32>,
    pub report: TransitionReport,
    /// One after the other.
    pub stretches: Vec<Stretch>,
}

/// The motion of all vehicles for a time.
#[derive(Clone)]
pub struct Stretch {
    /// The tracks may be shorter: the rest of the time is a rest.
    pub duration_ms: i64,
    /// By vehicle, from 0.
    pub tracks: Vec<Trajectory>,
}

impl<'a> FleetRules<'a> {
    /// Where vehicles in flight may be.
    pub fn airspace(&self) -> Airspace<'a> {
        Airspace::of(self.limits, self.around)
    }

    /// The metric of the separation.
    pub fn metric(&self) -> Metric {
        Metric::from(self.limits)
    }
}

/// Places at rest, as what a move leads to.
pub fn resting(places_m: &[DVec3]) -> Vec<Jet> {
    places_m.iter().map(|&position| Jet { position, ..Jet::default() }).collect()
}

/// Do all rest?
pub fn all_rest(jets: &[Jet]) -> bool {
    jets.iter().all(|j| j.first == DVec3::ZERO && j.second == DVec3::ZERO)
}

use kapok_motion::PositionGrid;
use kapok_motion::bezier::{Curve, quintic};
use kapok_motion::timing::MotionLimits;
use kapok_show::{DVec3, MAX_DEGREE, Trajectory, TrajectoryFault};

use crate::airspace::track_conflict;
use crate::conflict::{SeparationRules, TrackClearance, clearance};
use crate::limit_check::{all_peaks, largest, worst};
use crate::outcome::{
    ClosestApproach, Infeasibility, LimitConflict, MotionPeaks, PlaceName, PlanError, SeparationConflict, Step, Stop,
    TransitionNames,
};
use crate::transition::fleet_rules::FleetRules;

/// What ways beside a motion have to keep.
pub struct JoinRules<'a> {
    pub fleet: &'a FleetRules<'a>,
    pub names: &'a TransitionNames,
    /// How far the closest pair is looked for, in multiples of the separation.
    pub look: f64,
}

/// Figures of tracks that keep everything.
pub struct TrackFigures {
    pub peaks: MotionPeaks,
    /// The closest pair; times count from the start of the tracks.
    pub closest: Option<ClosestApproach>,
}

impl JoinRules<'_> {
    /// Name of the transition.
    pub fn transition(&self) -> String {
        self.names.transition()
    }

    /// Pinned vehicles and places that ask for a group contradict each other.
    pub fn pins_contradict(&self) -> Infeasibility {
        Infeasibility::PinsContradict { transition: self.transition() }
    }

    /// A reason met on every way that was tried.
    pub fn no_join(&self, tried_ms: i64, obstacle: Infeasibility) -> Infeasibility {
        match obstacle {
            found @ Infeasibility::PinsContradict { .. } => found,
            obstacle => Infeasibility::NoJoin { transition: self.transition(), tried_ms, obstacle: Box::new(obstacle) },
        }
    }

    /// A piece that could not be stored.
    pub fn failed(&self, source: TrajectoryFault) -> Stop {
        PlanError::on_the_way(self.names, source).into()
    }

    /// Limits (by track), room and separation of tracks that last so long; `place` names a track at a time.
    pub fn check(
        &self,
        tracks: &[Trajectory],
        duration_ms: i64,
        motion: &[MotionLimits],
        place: impl Fn(usize, i64) -> PlaceName + Sync,
    ) -> Step<TrackFigures> {
        let fleet = self.fleet;
        let peaks = all_peaks(tracks);
        if let Some(excess) = worst(&peaks, motion) {
            return Err(Stop::refused(LimitConflict::TooFast { transition: self.transition(), excess }));
        }
        if let Some(conflict) = track_conflict(tracks, fleet.limits, &fleet.around, place) {
            return Err(Stop::refused(conflict));
        }
        let rules = SeparationRules::from(fleet.limits);
        let found = clearance(tracks, duration_ms, self.look, &rules, &fleet.grid);
        if found.conflict_count > 0 {
            return Err(Stop::refused(self.too_close(&found)));
        }
        Ok(TrackFigures { peaks: largest(&peaks), closest: found.closest })
    }

    fn too_close(&self, found: &TrackClearance) -> SeparationConflict {
        SeparationConflict::TooCloseOnTheWay {
            transition: self.transition(),
            pairs: found.pairs(),
            count: found.conflict_count,
            needed_m: self.fleet.limits.min_separation_m,
        }
    }
}

/// One piece with given places, velocities and accelerations at both ends, of the highest degree: file formats carry degree 7,
/// not 5.
pub fn track_between(
    from: [DVec3; 3],
    to: [DVec3; 3],
    duration_ms: i64,
    grid: &PositionGrid,
) -> Result<Trajectory, TrajectoryFault> {
    let curve = Curve::new(&quintic(from, to, duration_ms as f64 / 1000.0)).raised(MAX_DEGREE).map(|p| grid.snap(p));
    let mut track = Trajectory::starting_at(0, curve.start())?;
    track.push(duration_ms, &curve.control()[1..])?;
    Ok(track)
}

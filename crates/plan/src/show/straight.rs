//! Moves from rest to rest, and the choice between them and those that join a motion.

use kapok_show::{DVec3, Jet, Trajectory};

use super::excess;
use super::flight::Flight;
use super::outcome::PlanError;
use super::places::Wishes;
use crate::environment::Room;
use crate::infeasible::Infeasibility;
use crate::transition::{
    Names, TransitionError, TransitionOutcome, TransitionPlan, TransitionReport, TransitionSettings, plan_transition,
};
use kapok_motion::Metric;
use kapok_motion::spatial::closest_pair;
use kapok_motion::timing::MotionLimits;

/// How often a transition is slowed down until every vehicle group keeps its limits.
const GROUP_ROUNDS: usize = 8;
/// What snapping to the plan's grid may take from a spacing, metres.
pub(super) const SNAPPED_M: f64 = 1e-3;
/// What a transition is slowed down by besides, for the whole milliseconds of its phases.
const SLOWER_MS: i64 = 10;

/// Where a move leads and what is asked of it.
pub(super) struct Move<'m> {
    pub(super) goals: &'m [Jet],
    pub(super) wishes: &'m Wishes,
    pub(super) names: &'m Names,
    pub(super) duration_ms: Option<i64>,
}

/// A move that was made: the place of each vehicle and the figures.
pub(super) struct Made {
    pub(super) place_of: Vec<u32>,
    pub(super) report: TransitionReport,
}

/// A move from rest to rest that is not written yet.
pub(super) struct Straight {
    pub(super) place_of: Vec<u32>,
    pub(super) report: TransitionReport,
    pub(super) tracks: Vec<Trajectory>,
}

pub(super) fn all_rest(jets: &[Jet]) -> bool {
    jets.iter().all(|j| j.first == DVec3::ZERO && j.second == DVec3::ZERO)
}

pub(super) fn in_transition(names: &Names, source: impl Into<TransitionError>) -> PlanError {
    PlanError::Transition { transition: names.transition(), source: source.into() }
}

impl Flight<'_> {
    pub(super) fn go_to_rest(
        &mut self,
        goals_m: &[DVec3],
        wishes: &Wishes,
        names: &Names,
        duration_ms: Option<i64>,
    ) -> Result<Result<Made, Infeasibility>, PlanError> {
        let goals: Vec<Jet> = goals_m.iter().map(|&position| Jet { position, ..Jet::default() }).collect();
        self.go(&Move { goals: &goals, wishes, names, duration_ms })
    }

    /// One move of everybody from where they are.
    pub(super) fn go(&mut self, to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        let made =
            if self.motion.is_none() && all_rest(to.goals) { self.go_straight(to)? } else { self.go_joining(to)? };
        self.reporter.advance(1);
        Ok(made)
    }

    /// From rest to rest.
    fn go_straight(&mut self, to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        let Straight { place_of, mut report, tracks } = match self.straight(&self.at_m, to)? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        self.write(&tracks)?;
        report.start_ms = self.now_ms;
        report.min_separation_t_ms += self.now_ms as f64;
        // A law that was slowed down may end a few milliseconds early: the rest of the time is a rest.
        self.rest(report.duration_ms);
        Ok(Ok(Made { place_of, report }))
    }

    /// The move from rest at `from_m` to rest, not written yet; its times count from 0.
    pub(super) fn straight(
        &self,
        from_m: &[DVec3],
        to: &Move<'_>,
    ) -> Result<Result<Straight, Infeasibility>, PlanError> {
        let mut found = self.chosen(from_m, to)?;
        if let Ok(made) = &mut found
            && !(to.wishes.is_free() && self.storyboard.fleet.groups.is_empty())
        {
            let goals_m: Vec<DVec3> = to.goals.iter().map(|j| j.position).collect();
            let all = MotionLimits::from(&self.storyboard.limits);
            let bound = to.wishes.bound(from_m, &goals_m, &all, &self.limits);
            let (bound_s, bottleneck_m) = bound.map_err(|source| in_transition(to.names, source))?;
            let report = &mut made.report;
            (report.bound_ms, report.bottleneck_m) = (bound_s * 1000.0, bottleneck_m);
            report.ratio = if bound_s > 0.0 { report.duration_ms as f64 / report.bound_ms } else { 1.0 };
        }
        Ok(found)
    }

    /// As [`Self::straight`], with the bound that knows neither wishes nor groups.
    fn chosen(&self, from_m: &[DVec3], to: &Move<'_>) -> Result<Result<Straight, Infeasibility>, PlanError> {
        let goals_m: Vec<DVec3> = to.goals.iter().map(|j| j.position).collect();
        if to.wishes.is_free() {
            return self.straight_to(from_m, &goals_m, None, to);
        }
        let metric = Metric { downwash_scale: self.storyboard.limits.downwash_scale };
        let (near_from, near_goals) = (metric.flatten_all(from_m), metric.flatten_all(&goals_m));
        let chosen = to.wishes.choose(&near_from, &near_goals);
        let Some(mut place_of) = chosen.map_err(|source| in_transition(to.names, source))? else {
            return Ok(Err(Infeasibility::PinsContradict { transition: to.names.transition() }));
        };
        let at = |place_of: &[u32]| place_of.iter().map(|&p| goals_m[p as usize]).collect::<Vec<DVec3>>();
        let found = self.straight_to(from_m, &at(&place_of), Some(place_of.clone()), to)?;
        let conflict = matches!(found, Err(Infeasibility::PairsTooClose { .. } | Infeasibility::NoRoomToSpread { .. }));
        // What is fixed may run through those who are free: they make way.
        let needed_m = self.storyboard.limits.min_separation_m + 4.0 * self.grid.rounding_m();
        if conflict && to.wishes.repair(&near_from, &near_goals, &mut place_of, needed_m) {
            return self.straight_to(from_m, &at(&place_of), Some(place_of), to);
        }
        Ok(found)
    }

    /// The move to the goals, given by vehicle if `place_of` says whose place is whose, by place else.
    fn straight_to(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        place_of: Option<Vec<u32>>,
        to: &Move<'_>,
    ) -> Result<Result<Straight, Infeasibility>, PlanError> {
        let (plan, tracks) = match self.straight_plan(from_m, goals_m, place_of.is_some(), to, &self.limits)? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(Ok(Straight { place_of: place_of.unwrap_or(plan.goal_of_start), report: plan.report, tracks }))
    }

    /// The transition on straight ways, slowed down until every vehicle keeps its own limits (`own`, by vehicle).
    pub(super) fn straight_plan(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        keep_order: bool,
        to: &Move<'_>,
        own: &[MotionLimits],
    ) -> Result<Result<(TransitionPlan, Vec<Trajectory>), Infeasibility>, PlanError> {
        let limits = &self.storyboard.limits;
        let mut settings = TransitionSettings {
            keep_order,
            duration_ms: to.duration_ms,
            position_grid_m: self.settings.position_grid_m,
            limit_margin: self.settings.limit_margin,
            ..TransitionSettings::new(MotionLimits::from(limits), limits.min_separation_m, limits.downwash_scale)
        };
        // Near the ground everybody stays in the column above its pad.
        let lowest_m = from_m.iter().chain(goals_m).map(|p| p.z).fold(f64::INFINITY, f64::min);
        let room = Room { may_evade: lowest_m >= limits.min_navigation_altitude_m, ..self.room() };
        // Vehicles fly files with a coarser grid than this plan's: where both ends leave room for its rounding, so do the ways.
        let metric = Metric { downwash_scale: limits.downwash_scale };
        let spacing = |points: &[DVec3]| closest_pair(&metric.flatten_all(points)).map_or(f64::INFINITY, |p| p.2);
        let spare_m = spacing(from_m).min(spacing(goals_m)) - limits.min_separation_m - SNAPPED_M;
        let file_m = self.file_rounding_m.min(spare_m).max(0.0);
        settings.min_separation_m += file_m;
        for _ in 0..GROUP_ROUNDS {
            let outcome = plan_transition(from_m, goals_m, &settings, to.names, &room, self.reporter)
                .map_err(|source| in_transition(to.names, source))?;
            let mut plan: TransitionPlan = match outcome {
                TransitionOutcome::Complete(plan) => *plan,
                TransitionOutcome::Infeasible(_) if settings.min_separation_m > limits.min_separation_m => {
                    settings.min_separation_m = limits.min_separation_m;
                    continue;
                }
                TransitionOutcome::Infeasible(reason) => return Ok(Err(reason)),
            };
            let tracks = plan.trajectories().map_err(|source| in_transition(to.names, source))?;
            if self.storyboard.fleet.groups.is_empty() {
                return Ok(Ok((plan, tracks)));
            }
            let peaks = excess::all_peaks(&tracks);
            let factor = peaks.iter().zip(own).map(|(p, l)| excess::stretch(p, l)).fold(0.0, f64::max);
            if factor <= 1.0 {
                let report = &mut plan.report;
                report.shortest_ms = if to.duration_ms.is_none() {
                    report.duration_ms
                } else {
                    // As fast as the slowest group lets it.
                    report.shortest_ms.max((report.duration_ms as f64 * factor).ceil() as i64)
                };
                return Ok(Ok((plan, tracks)));
            }
            let needed_ms = (plan.report.duration_ms as f64 * factor).ceil() as i64 + SLOWER_MS;
            if let Some(asked_ms) = to.duration_ms {
                let transition = to.names.transition();
                return Ok(Err(Infeasibility::TransitionTooShort { transition, asked_ms, needed_ms }));
            }
            settings.duration_ms = Some(needed_ms);
        }
        Ok(Err(Infeasibility::GridTooCoarse {
            transition: to.names.transition(),
            position_grid_m: self.settings.position_grid_m,
        }))
    }
}

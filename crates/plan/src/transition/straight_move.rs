use kapok_motion::spatial::closest_pair;
use kapok_motion::timing::MotionLimits;
use kapok_show::{DVec3, Trajectory};

use super::fleet_rules::{FleetRules, MoveRequest};
use super::outcome::TransitionPlan;
use super::plan::plan_transition;
use super::settings::TransitionSettings;
use crate::airspace::Airspace;
use crate::limit_check;
use crate::outcome::{Infeasibility, LimitConflict, PlanError, SeparationConflict, Step, Stop, TransitionReport};

/// How often a transition is slowed down until every vehicle group keeps its limits.
const GROUP_ROUNDS: usize = 8;
/// What snapping to the plan's grid may take from a spacing, metres.
pub const SNAPPED_M: f64 = 1e-3;
/// What a transition is slowed down by besides, for the whole milliseconds of its phases.
const SLOWER_MS: i64 = 10;

/// A move from rest to rest; its times count from 0.
pub struct StraightMove {
    pub place_of: Vec<u32>,
    pub report: TransitionReport,
    pub tracks: Vec<Trajectory>,
}

impl FleetRules<'_> {
    /// The move from rest at `from_m` to rest at the goals.
    pub fn rest_to_rest(&self, from_m: &[DVec3], to: &MoveRequest<'_>) -> Step<StraightMove> {
        let goals_m: Vec<DVec3> = to.goals.iter().map(|j| j.position).collect();
        let mut found = self.chosen(from_m, &goals_m, to)?;
        if !to.constraints.is_free() || self.has_groups {
            // The bound of the transition knows neither constraints nor groups.
            let all = MotionLimits::from(self.limits);
            let bound = to.constraints.bound(from_m, &goals_m, &all, &self.motion);
            let (bound_s, bottleneck_m) = bound.map_err(|source| PlanError::in_transition(to.names, source))?;
            found.report.set_bound(bound_s * 1000.0, bottleneck_m);
        }
        Ok(found)
    }

    /// Chooses the place of each vehicle; where what is fixed runs through vehicles that are free, these make way.
    fn chosen(&self, from_m: &[DVec3], goals_m: &[DVec3], to: &MoveRequest<'_>) -> Step<StraightMove> {
        if to.constraints.is_free() {
            return self.to_places(from_m, goals_m, None, to);
        }
        let (near_from, near_goals) = (self.metric().flatten_all(from_m), self.metric().flatten_all(goals_m));
        let chosen = to.constraints.choose(&near_from, &near_goals);
        let Some(mut place_of) = chosen.map_err(|source| PlanError::in_transition(to.names, source))? else {
            return Err(Stop::refused(Infeasibility::PinsContradict { transition: to.names.transition() }));
        };
        let at = |place_of: &[u32]| place_of.iter().map(|&p| goals_m[p as usize]).collect::<Vec<DVec3>>();
        let found = self.to_places(from_m, &at(&place_of), Some(place_of.clone()), to);
        let needed_m = self.limits.min_separation_m + 4.0 * self.grid.rounding_m();
        if is_conflict(&found) && to.constraints.swap_apart(&near_from, &near_goals, &mut place_of, needed_m) {
            return self.to_places(from_m, &at(&place_of), Some(place_of), to);
        }
        found
    }

    /// The move to the goals, given by vehicle if `place_of` says whose place is whose, by place else.
    fn to_places(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        place_of: Option<Vec<u32>>,
        to: &MoveRequest<'_>,
    ) -> Step<StraightMove> {
        let (plan, tracks) = self.straight_plan(from_m, goals_m, place_of.is_some(), to, &self.motion)?;
        Ok(StraightMove { place_of: place_of.unwrap_or(plan.goal_of_start), report: plan.report, tracks })
    }

    /// The transition on straight ways, slowed down until every vehicle keeps its own limits (`own`, by vehicle).
    pub fn straight_plan(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        keep_order: bool,
        to: &MoveRequest<'_>,
        own: &[MotionLimits],
    ) -> Step<(TransitionPlan, Vec<Trajectory>)> {
        let limits = self.limits;
        let mut settings = TransitionSettings {
            keep_order,
            duration_ms: to.duration_ms,
            position_grid_m: self.grid.step_m(),
            limit_margin: self.limit_margin,
            ..TransitionSettings::new(MotionLimits::from(limits), limits.min_separation_m, limits.downwash_scale)
        };
        // Near the ground every vehicle stays in the column above its pad.
        let lowest_m = from_m.iter().chain(goals_m).map(|p| p.z).fold(f64::INFINITY, f64::min);
        let airspace = Airspace { may_evade: lowest_m >= limits.min_navigation_altitude_m, ..self.airspace() };
        settings.min_separation_m += self.spare_for_files_m(from_m, goals_m);
        for _ in 0..GROUP_ROUNDS {
            let mut plan = match plan_transition(from_m, goals_m, &settings, to.names, &airspace, self.reporter) {
                Ok(plan) => plan,
                Err(Stop::Refused(_)) if settings.min_separation_m > limits.min_separation_m => {
                    settings.min_separation_m = limits.min_separation_m;
                    continue;
                }
                Err(Stop::Refused(reason)) => return Err(Stop::Refused(reason)),
                Err(Stop::Failed(source)) => return Err(PlanError::in_transition(to.names, source).into()),
            };
            let tracks = plan.trajectories().map_err(|source| PlanError::in_transition(to.names, source))?;
            if !self.has_groups {
                return Ok((plan, tracks));
            }
            let peaks = limit_check::all_peaks(&tracks);
            let factor = peaks.iter().zip(own).map(|(p, l)| limit_check::stretch(p, l)).fold(0.0, f64::max);
            if factor <= 1.0 {
                let report = &mut plan.report;
                report.shortest_ms = if to.duration_ms.is_none() {
                    report.duration_ms
                } else {
                    // As fast as the slowest group lets it.
                    report.shortest_ms.max((report.duration_ms as f64 * factor).ceil() as i64)
                };
                return Ok((plan, tracks));
            }
            let needed_ms = (plan.report.duration_ms as f64 * factor).ceil() as i64 + SLOWER_MS;
            if let Some(asked_ms) = to.duration_ms {
                let transition = to.names.transition();
                return Err(Stop::refused(LimitConflict::TransitionTooShort { transition, asked_ms, needed_ms }));
            }
            settings.duration_ms = Some(needed_ms);
        }
        let (transition, position_grid_m) = (to.names.transition(), self.grid.step_m());
        Err(Stop::refused(LimitConflict::GridTooCoarse { transition, position_grid_m }))
    }

    /// Vehicles fly files with a coarser grid than this plan's: where both ends leave room for its rounding, so do the ways.
    fn spare_for_files_m(&self, from_m: &[DVec3], goals_m: &[DVec3]) -> f64 {
        let spacing =
            |points: &[DVec3]| closest_pair(&self.metric().flatten_all(points)).map_or(f64::INFINITY, |p| p.2);
        let spare_m = spacing(from_m).min(spacing(goals_m)) - self.limits.min_separation_m - SNAPPED_M;
        self.file_rounding_m.min(spare_m).max(0.0)
    }
}

/// Was the move refused because vehicles come too close?
fn is_conflict(found: &Step<StraightMove>) -> bool {
    let Err(Stop::Refused(reason)) = found else { return false };
    matches!(
        **reason,
        Infeasibility::Separation(SeparationConflict::PairsTooClose { .. }) | Infeasibility::NoRoomToSpread { .. }
    )
}

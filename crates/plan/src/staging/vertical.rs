use kapok_show::{DVec3, Trajectory};

use super::layers::{delayed, starts};
use crate::assignment::AssignmentConstraints;
use crate::conflict::{SeparationRules, clearance};
use crate::outcome::{PlanError, SeparationConflict, Step, Stop, TransitionNames, TransitionReport};
use crate::transition::{FleetRules, MoveRequest, PlannedMove, Stretch, resting};

/// A way straight up or down for all vehicles.
pub struct VerticalRequest<'m> {
    pub goals_m: &'m [DVec3],
    /// Class of each vehicle.
    pub class_of: &'m [usize],
    /// The classes by their turn.
    pub order: &'m [usize],
    /// Vehicles that stay on the ground.
    pub spares_m: &'m [DVec3],
    pub names: &'m TransitionNames,
}

impl FleetRules<'_> {
    /// One class after the other, each as soon after the one before as is safe. `look` says how far the closest pair must be looked
    /// for, in multiples of the separation, if the closest of this way is so far apart, metres.
    pub fn plan_vertical(
        &self,
        at_m: &[DVec3],
        way: &VerticalRequest<'_>,
        look: impl Fn(f64) -> f64,
    ) -> Step<PlannedMove> {
        let names = way.names;
        let (tracks, mut report) = self.each_class(at_m, way)?;
        if let Some(conflict) = self.airspace().refuse_ways(&names.transition(), at_m, way.goals_m) {
            return Err(Stop::refused(conflict));
        }
        let rules = SeparationRules::from(self.limits);
        let failed = |source| PlanError::on_the_way(names, source);
        let look = look(report.closest.distance_m);
        let mut last = None;
        for eager in [true, false] {
            let starts_ms = starts(&tracks, way.class_of, way.order, eager, &rules, &self.grid).map_err(failed)?;
            let mut all = tracks
                .iter()
                .zip(way.class_of)
                .map(|(track, &class)| delayed(track, starts_ms[class]))
                .collect::<Result<Vec<Trajectory>, _>>()
                .map_err(failed)?;
            let duration_ms = all.iter().map(Trajectory::end_ms).max().unwrap_or(0);
            for &spare in way.spares_m {
                all.push(Trajectory::starting_at(0, spare).map_err(failed)?);
            }
            let found = clearance(&all, duration_ms, look, &rules, &self.grid);
            let is_clear = found.conflict_count == 0;
            last = Some((all, duration_ms, found));
            if is_clear {
                break;
            }
        }
        let Some((mut tracks, duration_ms, found)) = last else { return Err(PlanError::Unfinished.into()) };
        if found.conflict_count > 0 {
            return Err(Stop::refused(SeparationConflict::TooCloseOnTheWay {
                transition: names.transition(),
                pairs: found.pairs(),
                count: found.conflict_count,
                needed_m: self.limits.min_separation_m,
            }));
        }
        report.set_duration_ms(duration_ms);
        report.set_bound(report.bound_ms, report.bottleneck_m);
        if let Some(closest) = found.closest {
            report.closest = report.closest.closer(closest);
        }
        tracks.truncate(at_m.len());
        let place_of = (0..at_m.len() as u32).collect();
        Ok(PlannedMove { place_of, report, stretches: vec![Stretch { duration_ms, tracks }] })
    }

    /// The way of every class as if it flew alone at once, and what all have in common.
    fn each_class(&self, at_m: &[DVec3], way: &VerticalRequest<'_>) -> Step<(Vec<Trajectory>, TransitionReport)> {
        let names = way.names;
        let mut tracks: Vec<Option<Trajectory>> = vec![None; at_m.len()];
        let mut report = TransitionReport::of(names);
        for &class in way.order {
            let members: Vec<usize> = (0..at_m.len()).filter(|&v| way.class_of[v] == class).collect();
            let from_m: Vec<DVec3> = members.iter().map(|&v| at_m[v]).collect();
            let goals_m: Vec<DVec3> = members.iter().map(|&v| way.goals_m[v]).collect();
            let limits: Vec<_> = members.iter().map(|&v| self.motion[v]).collect();
            let (goals, constraints) = (resting(&goals_m), AssignmentConstraints::none());
            let alone = MoveRequest { goals: &goals, constraints: &constraints, names, duration_ms: None };
            let (plan, own) = self.straight_plan(&from_m, &goals_m, true, &alone, &limits)?;
            let mut r = plan.report;
            let (a, b) = r.closest.pair;
            if r.closest.distance_m.is_finite() {
                r.closest.pair = (members[a], members[b]);
            }
            report.bound_ms = report.bound_ms.max(r.bound_ms);
            report.longest_trip_m = report.longest_trip_m.max(r.longest_trip_m);
            report.bottleneck_m = report.bottleneck_m.max(r.bottleneck_m);
            report.assignment_cost_m2 += r.assignment_cost_m2;
            report.peaks = report.peaks.or(r.peaks);
            report.closest = report.closest.closer(r.closest);
            for (vehicle, track) in members.into_iter().zip(own) {
                tracks[vehicle] = Some(track);
            }
        }
        let still = || Trajectory::starting_at(0, DVec3::ZERO);
        let tracks = tracks.into_iter().map(|t| t.map_or_else(still, Ok)).collect::<Result<Vec<_>, _>>();
        Ok((tracks.map_err(|source| PlanError::on_the_way(names, source))?, report))
    }
}

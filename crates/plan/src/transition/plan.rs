use kapok_motion::timing::MotionLimits;
use kapok_motion::{Metric, PositionGrid};
use kapok_show::{DVec3, Reporter};

use super::candidate::{Candidate, Problem};
use super::expand::{Leg, Stages, expanded};
use super::outcome::{TransitionOutcome, TransitionPlan};
use super::polish::polish;
use super::repair::repaired;
use super::settings::TransitionSettings;
use crate::airspace::Airspace;
use crate::assignment::{AssignSettings, Assigner, check_points, cost, makespan_bound};
use crate::conflict::{Approaches, spacing_conflict};
use crate::outcome::{
    ClosePair, FormationName, Infeasibility, LimitConflict, MAX_NAMED_PAIRS, SeparationConflict, Step, Stop,
    TransitionError, TransitionNames, TransitionReport,
};

/// Plans one transition: all vehicles at rest at the starts, then all at rest at the goals.
///
/// All fly with one common jerk-limited time law, on straight lines where those keep all apart, else with smooth
/// detours. Where none are found the formation first spreads out, flies spread, and draws together again.
///
/// # Shapes, units and frames
/// Both slices have the same length; metres, z up. They are rounded to the position grid first.
///
/// # Guarantees
/// On a complete plan the written pieces, control points rounded, keep every limit and the separation in continuous time.
/// With any order and a spacing of the separation at both ends (plus a millimetre for rounding) a plan exists in open air.
///
/// # Errors
/// [`TransitionError`] for input that makes no sense.
///
/// # Determinism
/// The same input gives the same plan on any number of threads.
///
/// ```
/// use kapok_plan::{MotionLimits, TransitionOutcome, TransitionSettings, transition};
/// use kapok_show::{DVec3, Silent};
/// // Three vehicles in a row, 2 m apart, fly 30 m on and 10 m up.
/// let starts: Vec<DVec3> = (0..3).map(|k| DVec3::new(0.0, 2.0 * f64::from(k), 20.0)).collect();
/// let goals: Vec<DVec3> = starts.iter().map(|p| *p + DVec3::new(30.0, 0.0, 10.0)).collect();
/// let settings = TransitionSettings::new(MotionLimits::isotropic(6.0, 3.0, 6.0), 1.5, 1.0);
/// let TransitionOutcome::Complete(plan) = transition(&starts, &goals, &settings, &Silent)? else { panic!("no way") };
/// assert_eq!(plan.goal_of_start, [0, 1, 2]);
/// assert!(plan.report.ratio < 1.01, "no plan is much faster");
/// assert!(plan.report.closest.distance_m >= 1.5);
/// let end = plan.trajectories()?[2].end_point_m();
/// assert!(end.distance(goals[2]) < 1e-3, "positions are rounded to 0.1 mm");
/// # Ok::<(), kapok_plan::TransitionError>(())
/// ```
pub fn transition(
    starts: &[DVec3],
    goals: &[DVec3],
    settings: &TransitionSettings,
    reporter: &dyn Reporter,
) -> Result<TransitionOutcome, TransitionError> {
    let names = TransitionNames {
        from: FormationName::Starts,
        to: FormationName::Goals,
        from_label: "start".into(),
        to_label: "goal".into(),
    };
    match plan_transition(starts, goals, settings, &names, &Airspace::open(), reporter) {
        Ok(plan) => Ok(TransitionOutcome::Complete(Box::new(plan))),
        Err(Stop::Refused(reason)) => Ok(TransitionOutcome::Infeasible(*reason)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// As [`transition`], in an airspace.
pub fn plan_transition(
    starts: &[DVec3],
    goals: &[DVec3],
    settings: &TransitionSettings,
    names: &TransitionNames,
    airspace: &Airspace<'_>,
    reporter: &dyn Reporter,
) -> Step<TransitionPlan, TransitionError> {
    settings.validate()?;
    check_points(starts, goals)?;
    let grid = PositionGrid::new(settings.position_grid_m)?;
    let planner = TransitionPlanner { settings, grid, names, reporter };
    let problem = planner.problem(starts, goals, airspace)?;
    let (chosen, assigned) =
        if settings.keep_order { planner.in_order(&problem)? } else { planner.assigned(&problem)? };
    let goal_of_start = chosen.goal_of_start.clone();
    let mut stages = planner.stages(&problem, chosen)?;
    let (duration_ms, shortest_ms) = planner.slow_to_duration(&mut stages)?;
    let cost_m2 = cost(&problem.near_from, &problem.near_goals, &goal_of_start);
    let mut report = TransitionReport {
        duration_ms,
        shortest_ms,
        spread_factor: stages.spread_factor,
        lift_m: stages.lift_m,
        reassigned_count: assigned.reassigned_count,
        assignment_cost_m2: cost_m2,
        assignment_gap_m2: assigned.least_m2.map_or(0.0, |least_m2| (cost_m2 - least_m2).max(0.0)),
        ..TransitionReport::of(names)
    };
    report.set_bound(assigned.bound_s * 1000.0, assigned.bottleneck_m);
    let mut start_ms = 0;
    for Leg { candidate, .. } in &stages.legs {
        candidate.add_to(&mut report, start_ms);
        start_ms += candidate.duration_ms();
    }
    let legs = stages.legs.into_iter().map(|leg| leg.candidate.movement).collect();
    Ok(TransitionPlan { goal_of_start, report, legs, grid })
}

/// What the choice of goals says of all plans.
struct AssignmentFigures {
    /// No plan is shorter, seconds; and the trip that says so, metres.
    bound_s: f64,
    bottleneck_m: f64,
    /// No assignment has a smaller sum of squared trips; `None` where the order is fixed.
    least_m2: Option<f64>,
    reassigned_count: usize,
}

/// One transition on its way from points to a plan.
struct TransitionPlanner<'a> {
    settings: &'a TransitionSettings,
    grid: PositionGrid,
    names: &'a TransitionNames,
    reporter: &'a dyn Reporter,
}

impl TransitionPlanner<'_> {
    fn phase(&self, what: &str) {
        self.reporter.phase(&format!("{}: {what}", self.names.transition()), 0);
    }

    fn grid_too_coarse(&self) -> Stop<TransitionError> {
        let (transition, position_grid_m) = (self.names.transition(), self.settings.position_grid_m);
        Stop::refused(LimitConflict::GridTooCoarse { transition, position_grid_m })
    }

    fn too_close(&self, problem: &Problem<'_>, found: &Approaches) -> Infeasibility {
        let downwash_scale = self.settings.downwash_scale;
        let close = found.conflicts.iter().take(MAX_NAMED_PAIRS);
        SeparationConflict::PairsTooClose {
            transition: self.names.transition(),
            pairs: close.map(|c| ClosePair { pair: c.pair, distance_m: c.distance_m, downwash_scale }).collect(),
            count: found.conflict_count,
            needed_m: problem.needed_m(),
            safe_spacing_m: problem.needed_m() * 2f64.sqrt(),
            is_fixed: self.settings.keep_order,
        }
        .into()
    }

    /// Both ends on the grid, each wide enough.
    fn problem<'p>(
        &'p self,
        starts: &[DVec3],
        goals: &[DVec3],
        airspace: &Airspace<'p>,
    ) -> Step<Problem<'p>, TransitionError> {
        let snapped = |points: &[DVec3]| points.iter().map(|&p| self.grid.snap(p)).collect::<Vec<DVec3>>();
        let (from, goals) = (snapped(starts), snapped(goals));
        let metric = Metric { downwash_scale: self.settings.downwash_scale };
        for (points, formation) in [(&from, &self.names.from), (&goals, &self.names.to)] {
            let needed_m = self.settings.min_separation_m;
            if let Some(reason) = spacing_conflict(metric, points, &self.grid, needed_m, formation) {
                return Err(Stop::refused(reason));
            }
        }
        Ok(Problem::new(self.settings, self.grid, *airspace, from, goals))
    }

    /// Start i to goal i, with detours where needed.
    fn in_order(&self, problem: &Problem<'_>) -> Step<(Candidate, AssignmentFigures), TransitionError> {
        self.phase("checking every pair");
        let order = (0..problem.from.len() as u32).collect();
        let mut chosen = problem.evaluate(order).ok_or_else(|| self.grid_too_coarse())?;
        if !chosen.is_safe() {
            self.phase("going round conflicts");
            chosen = repaired(problem, &chosen).unwrap_or(chosen);
        }
        let (bound_s, bottleneck_m) = longest(&chosen.movement.from, &chosen.movement.to, &self.settings.limits);
        Ok((chosen, AssignmentFigures { bound_s, bottleneck_m, least_m2: None, reassigned_count: 0 }))
    }

    /// Any start to any goal: least Σd², the longest trips shortened, with detours where needed.
    fn assigned(&self, problem: &Problem<'_>) -> Step<(Candidate, AssignmentFigures), TransitionError> {
        self.phase("assigning places");
        let assigner = Assigner::new(&problem.near_from, &problem.near_goals, AssignSettings::default());
        let assignment = &assigner.assignment;
        self.phase("bounding the duration");
        let limits = &self.settings.limits;
        let bound = makespan_bound(&problem.from, &problem.goals, limits, Some(&assignment.goal_of_start))?;
        self.phase("checking every pair");
        let base = problem.evaluate(assignment.goal_of_start.clone()).ok_or_else(|| self.grid_too_coarse())?;
        self.phase("shortening the longest trips");
        let chosen = polish(problem, &assigner, base, bound.bound_s);
        let others = chosen.goal_of_start.iter().zip(&assignment.goal_of_start).filter(|(a, b)| a != b).count();
        let figures = AssignmentFigures {
            bound_s: bound.bound_s,
            bottleneck_m: bound.bottleneck_m,
            least_m2: Some(assignment.cost_m2 - assignment.gap_m2),
            reassigned_count: others,
        };
        Ok((chosen, figures))
    }

    /// The candidate alone if it is safe; else round by stages.
    fn stages<'p>(&self, problem: &Problem<'p>, chosen: Candidate) -> Step<Stages<'p>, TransitionError> {
        if chosen.is_safe() {
            let legs = vec![Leg { problem: problem.clone(), candidate: chosen }];
            return Ok(Stages { legs, spread_factor: 1.0, lift_m: 0.0 });
        }
        self.phase("going round by stages");
        let transition = self.names.transition();
        let found = if problem.airspace.may_evade { expanded(problem, &chosen, &transition) } else { Err(None) };
        found.map_err(|reason| {
            let ways = &chosen.movement;
            let blocked = problem.airspace.refuse_ways(&transition, &ways.from, &ways.to).map(Infeasibility::from);
            Stop::refused(blocked.or(reason).unwrap_or_else(|| self.too_close(problem, &chosen.approaches)))
        })
    }

    /// Slows the stages down to the duration asked for; returns it, and the shortest.
    fn slow_to_duration(&self, stages: &mut Stages<'_>) -> Step<(i64, i64), TransitionError> {
        let legs = &mut stages.legs;
        let shortest_ms = legs.iter().map(|leg| leg.candidate.duration_ms()).sum::<i64>();
        let duration_ms = self.settings.duration_ms.unwrap_or(shortest_ms);
        if duration_ms < shortest_ms {
            let transition = self.names.transition();
            let short = LimitConflict::TransitionTooShort { transition, asked_ms: duration_ms, needed_ms: shortest_ms };
            return Err(Stop::refused(short));
        }
        if duration_ms > shortest_ms {
            for leg in legs.iter_mut() {
                let ways = &mut leg.candidate.movement;
                ways.slow_to(ways.law.duration_ms() * duration_ms / shortest_ms);
                // Other pieces, other rounding.
                leg.problem.recheck(&mut leg.candidate);
            }
        }
        match legs.iter().find(|leg| !leg.candidate.is_safe()) {
            // Only rounding can do this; a wider spacing by its size is a remedy.
            Some(leg) => Err(Stop::refused(self.too_close(&leg.problem, &leg.candidate.approaches))),
            None => Ok((duration_ms, shortest_ms)),
        }
    }
}

/// Least time and length of the trip that takes longest.
fn longest(from: &[DVec3], to: &[DVec3], limits: &MotionLimits) -> (f64, f64) {
    from.iter()
        .zip(to)
        .map(|(a, b)| (limits.trip_bound_s(*b - *a), a.distance(*b)))
        .fold((0.0, 0.0), |best, next| if next.0 > best.0 { next } else { best })
}

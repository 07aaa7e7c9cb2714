//! From one point set to another: shortest times, the common time law, straight synchronised ways, exact pair minima.

mod axis;
mod bumps;
mod candidate;
mod clearance;
mod curves;
mod exchange;
mod pairs;
mod polish;
mod repair;
mod report;
mod rounded;
mod straight;
mod swell;
mod ways;

use kapok_show::{BadSetting, DVec3, Reporter, Trajectory, TrajectoryFault};

use crate::assignment::{AssignError, AssignSettings, Assigner, cost, makespan_bound};
use crate::environment::Room;
use crate::infeasible::{ClosePair, FormationName, Infeasibility, MAX_NAMED_PAIRS};
use candidate::Problem;
use kapok_motion::spatial::pairs_within;
use kapok_motion::timing::{MotionLimits, TimeLaw};
use kapok_motion::{Metric, PositionGrid};
use pairs::Approaches;
use polish::polish;
use repair::repaired;
use swell::{Leg, Stages, swell};

pub use exchange::{ExchangeSettings, Exchanged, exchange_for_clearance};
pub use report::TransitionReport;
pub use straight::{StraightLimits, StraightMatch, match_straight, straight_duration_s};

pub(crate) use ways::{TrajectoryWriter, Ways};

/// What a single transition has to respect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransitionSettings {
    /// How fast vehicles may move.
    pub limits: MotionLimits,
    /// Least distance of two vehicles, metres, measured with z divided by `downwash_scale`; above 0.
    pub min_separation_m: f64,
    /// How many times longer the separation ellipsoid is vertically; from 1 up.
    pub downwash_scale: f64,
    /// True: start i goes to goal i. False: any start to any goal.
    pub keep_order: bool,
    /// Duration asked for, milliseconds; `None`: the shortest.
    pub duration_ms: Option<i64>,
    /// Grid of written positions, metres: a power of ten from 1 down to 10⁻⁶.
    pub position_grid_m: f64,
    /// Share of every motion limit that is left unused, besides the exact allowance for rounding; from 0 up, below 0.5.
    pub limit_margin: f64,
}

impl TransitionSettings {
    /// Settings with any order, shortest duration, a grid of 0.1 mm.
    pub const fn new(limits: MotionLimits, min_separation_m: f64, downwash_scale: f64) -> Self {
        Self {
            limits,
            min_separation_m,
            downwash_scale,
            keep_order: false,
            duration_ms: None,
            position_grid_m: 1e-4,
            limit_margin: 1e-6,
        }
    }

    /// Every value inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        self.limits.validate()?;
        let bad = |field, value, why| Err(BadSetting { field, value, why });
        if !(self.min_separation_m.is_finite() && self.min_separation_m > 0.0) {
            return bad("min_separation_m", self.min_separation_m, "it must be a finite number above 0");
        }
        if !(self.downwash_scale.is_finite() && self.downwash_scale >= 1.0) {
            return bad("downwash_scale", self.downwash_scale, "it must be a finite number from 1 up");
        }
        if self.duration_ms.is_some_and(|t| !(0..=86_400_000).contains(&t)) {
            let value = self.duration_ms.unwrap_or_default() as f64;
            return bad("duration_ms", value, "it must be from 0 to one day");
        }
        if !(0.0..0.5).contains(&self.limit_margin) {
            return bad("limit_margin", self.limit_margin, "it must be from 0 up and below 0.5");
        }
        PositionGrid::new(self.position_grid_m).map(|_| ())
    }
}

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

/// Outcome of a single transition.
#[derive(Clone, Debug, PartialEq)]
pub enum TransitionOutcome {
    /// It can be flown.
    Complete(Box<TransitionPlan>),
    /// It cannot, or not by this planner.
    Infeasible(Infeasibility),
}

/// A transition that keeps every limit.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionPlan {
    /// Index of the goal of each start.
    pub goal_of_start: Vec<u32>,
    /// Its figures; `start_ms` is 0.
    pub report: TransitionReport,
    /// One after the other; a single one where straight lines do.
    pub(crate) legs: Vec<Ways>,
    grid: PositionGrid,
}

impl TransitionPlan {
    /// The common time laws of all vehicles, one for each stretch between two rests: a single one where straight lines do.
    pub fn time_laws(&self) -> impl Iterator<Item = TimeLaw> + '_ {
        self.legs.iter().map(|leg| leg.law)
    }

    /// The motion of every vehicle, in the order of the starts, from 0 ms to the end of the transition.
    ///
    /// # Errors
    /// [`TransitionError::Write`], a fault of this planner.
    pub fn trajectories(&self) -> Result<Vec<Trajectory>, TransitionError> {
        let vehicles = self.legs.first().map_or(0, |leg| leg.from.len());
        let pieces: Vec<_> = self.legs.iter().map(|leg| leg.law.pieces()).collect();
        (0..vehicles)
            .map(|vehicle| {
                let write = || {
                    let mut writer = TrajectoryWriter::starting_at(self.legs[0].from[vehicle])?;
                    for (leg, pieces) in self.legs.iter().zip(&pieces) {
                        writer.fly(leg, vehicle, pieces, &self.grid)?;
                    }
                    writer.rest_until(self.report.duration_ms);
                    writer.finish()
                };
                write().map_err(|source| TransitionError::Write { vehicle, source })
            })
            .collect()
    }
}

/// Names of a transition and of its ends, for messages and reports.
pub(crate) struct Names {
    pub(crate) from: FormationName,
    pub(crate) to: FormationName,
    pub(crate) from_label: String,
    pub(crate) to_label: String,
}

impl Names {
    pub(crate) fn transition(&self) -> String {
        format!("{} → {}", self.from_label, self.to_label)
    }
}

/// Plans one transition: everybody at rest at the starts, then everybody at rest at the goals.
///
/// All fly with one common jerk-limited time law, on straight lines where those keep everybody apart, else with smooth
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
pub fn transition(
    starts: &[DVec3],
    goals: &[DVec3],
    settings: &TransitionSettings,
    reporter: &dyn Reporter,
) -> Result<TransitionOutcome, TransitionError> {
    let names = Names {
        from: FormationName::Starts,
        to: FormationName::Goals,
        from_label: "start".into(),
        to_label: "goal".into(),
    };
    plan_transition(starts, goals, settings, &names, &Room::open(), reporter)
}

pub(crate) fn plan_transition(
    starts: &[DVec3],
    goals: &[DVec3],
    settings: &TransitionSettings,
    names: &Names,
    room: &Room<'_>,
    reporter: &dyn Reporter,
) -> Result<TransitionOutcome, TransitionError> {
    settings.validate()?;
    crate::assignment::check_points(starts, goals)?;
    let grid = PositionGrid::new(settings.position_grid_m)?;
    let from: Vec<DVec3> = starts.iter().map(|&p| grid.snap(p)).collect();
    let goals: Vec<DVec3> = goals.iter().map(|&p| grid.snap(p)).collect();
    let metric = Metric { downwash_scale: settings.downwash_scale };
    for (points, formation) in [(&from, &names.from), (&goals, &names.to)] {
        if let Some(reason) = too_close(metric, points, &grid, settings.min_separation_m, formation) {
            return Ok(TransitionOutcome::Infeasible(reason));
        }
    }
    let problem = Problem::new(settings, grid, *room, from, goals);
    let grid_too_coarse = || {
        Ok(TransitionOutcome::Infeasible(Infeasibility::GridTooCoarse {
            transition: names.transition(),
            position_grid_m: settings.position_grid_m,
        }))
    };
    let phase = |what: &str| reporter.phase(&format!("{}: {what}", names.transition()), 0);
    let (chosen, bound_s, bottleneck_m, least_m2, reassigned_count) = if settings.keep_order {
        phase("checking every pair");
        let Some(chosen) = problem.evaluate((0..problem.from.len() as u32).collect()) else {
            return grid_too_coarse();
        };
        let chosen = if chosen.is_safe() {
            chosen
        } else {
            phase("going round conflicts");
            repaired(&problem, &chosen).unwrap_or(chosen)
        };
        let (bound_s, bottleneck_m) = longest(&chosen.movement.from, &chosen.movement.to, &settings.limits);
        (chosen, bound_s, bottleneck_m, None, 0)
    } else {
        phase("assigning places");
        let assigner = Assigner::new(&problem.near_from, &problem.near_goals, AssignSettings::default());
        let assignment = &assigner.assignment;
        phase("bounding the duration");
        let bound = makespan_bound(&problem.from, &problem.goals, &settings.limits, Some(&assignment.goal_of_start))?;
        phase("checking every pair");
        let Some(base) = problem.evaluate(assignment.goal_of_start.clone()) else {
            return grid_too_coarse();
        };
        phase("shortening the longest trips");
        let chosen = polish(&problem, &assigner, base, bound.bound_s);
        let others = chosen.goal_of_start.iter().zip(&assignment.goal_of_start).filter(|(a, b)| a != b).count();
        (chosen, bound.bound_s, bound.bottleneck_m, Some(assignment.cost_m2 - assignment.gap_m2), others)
    };
    let cost_m2 = cost(&problem.near_from, &problem.near_goals, &chosen.goal_of_start);
    let gap_m2 = least_m2.map_or(0.0, |least_m2: f64| (cost_m2 - least_m2).max(0.0));

    let goal_of_start = chosen.goal_of_start.clone();
    let too_close = |found: &Approaches| Infeasibility::PairsTooClose {
        transition: names.transition(),
        pairs: found
            .conflicts
            .iter()
            .take(MAX_NAMED_PAIRS)
            .map(|c| ClosePair { pair: c.pair, distance_m: c.distance_m, downwash_scale: settings.downwash_scale })
            .collect(),
        count: found.conflict_count,
        needed_m: problem.needed_m(),
        safe_spacing_m: problem.needed_m() * 2f64.sqrt(),
        is_fixed: settings.keep_order,
    };
    let mut stages = if chosen.is_safe() {
        Stages { legs: vec![Leg { problem: problem.clone(), candidate: chosen }], spread_factor: 1.0, lift_m: 0.0 }
    } else {
        phase("going round by stages");
        let found = if room.may_evade { swell(&problem, &chosen, &names.transition()) } else { Err(None) };
        match found {
            Ok(stages) => stages,
            Err(reason) => {
                let ways = &chosen.movement;
                let blocked = || room.refuse_ways(&names.transition(), &ways.from, &ways.to);
                let reason = blocked().or(reason).unwrap_or_else(|| too_close(&chosen.approaches));
                return Ok(TransitionOutcome::Infeasible(reason));
            }
        }
    };
    let legs = &mut stages.legs;
    let shortest_ms = legs.iter().map(|leg| leg.candidate.duration_ms()).sum::<i64>();
    let duration_ms = settings.duration_ms.unwrap_or(shortest_ms);
    if duration_ms < shortest_ms {
        return Ok(TransitionOutcome::Infeasible(Infeasibility::TransitionTooShort {
            transition: names.transition(),
            asked_ms: duration_ms,
            needed_ms: shortest_ms,
        }));
    }
    if duration_ms > shortest_ms {
        for leg in legs.iter_mut() {
            let ways = &mut leg.candidate.movement;
            ways.slow_to(ways.law.duration_ms() * duration_ms / shortest_ms);
            // Other pieces, other rounding.
            leg.problem.recheck(&mut leg.candidate);
        }
    }
    if let Some(leg) = legs.iter().find(|leg| !leg.candidate.is_safe()) {
        // Only rounding can do this; a wider spacing by its size is a remedy.
        return Ok(TransitionOutcome::Infeasible(too_close(&leg.candidate.approaches)));
    }
    let mut report = TransitionReport {
        name: names.transition(),
        from: names.from_label.clone(),
        to: names.to_label.clone(),
        start_ms: 0,
        duration_ms,
        shortest_ms,
        bound_ms: bound_s * 1000.0,
        ratio: if bound_s > 0.0 { duration_ms as f64 / (bound_s * 1000.0) } else { 1.0 },
        spread_factor: stages.spread_factor,
        lift_m: stages.lift_m,
        reassigned_count,
        detour_count: 0,
        longest_detour_m: 0.0,
        longest_trip_m: 0.0,
        bottleneck_m,
        assignment_cost_m2: cost_m2,
        assignment_gap_m2: gap_m2,
        min_separation_m: f64::INFINITY,
        min_separation_pair: (0, 0),
        min_separation_t_ms: 0.0,
        peak_velocity_xy_m_s: 0.0,
        peak_velocity_up_m_s: 0.0,
        peak_velocity_down_m_s: 0.0,
        peak_acceleration_m_s2: 0.0,
        peak_jerk_m_s3: 0.0,
    };
    let mut start_ms = 0;
    for Leg { candidate, .. } in &stages.legs {
        report.add(start_ms, candidate);
        start_ms += candidate.duration_ms();
    }
    let legs = stages.legs.into_iter().map(|leg| leg.candidate.movement).collect();
    Ok(TransitionOutcome::Complete(Box::new(TransitionPlan { goal_of_start, report, legs, grid })))
}

/// Least time and length of the trip that takes longest.
fn longest(from: &[DVec3], to: &[DVec3], limits: &MotionLimits) -> (f64, f64) {
    from.iter()
        .zip(to)
        .map(|(a, b)| (limits.trip_bound_s(*b - *a), a.distance(*b)))
        .fold((0.0, 0.0), |best, next| if next.0 > best.0 { next } else { best })
}

/// Are places of a formation on the grid closer than `needed_m` in this metric? Distances are compared in whole grid steps,
/// so a spacing equal to the separation passes.
pub(crate) fn too_close(
    metric: Metric,
    points: &[DVec3],
    grid: &PositionGrid,
    needed_m: f64,
    formation: &FormationName,
) -> Option<Infeasibility> {
    let limit = needed_m / grid.step_m();
    let mut pairs = pairs_within(&metric.flatten_all(points), needed_m * (1.0 + 1e-9));
    pairs.retain(|&(i, j, _)| {
        let d = grid.steps_between(points[i], points[j]);
        metric.flatten(d).length_squared() < limit * limit * (1.0 - 1e-12)
    });
    if pairs.is_empty() {
        return None;
    }
    Some(Infeasibility::PlacesTooClose {
        formation: formation.clone(),
        count: pairs.len(),
        pairs: pairs
            .into_iter()
            .take(MAX_NAMED_PAIRS)
            .map(|(i, j, distance_m)| ClosePair { pair: (i, j), distance_m, downwash_scale: metric.downwash_scale })
            .collect(),
        needed_m,
    })
}

use kapok_motion::colouring::two_classes;
use kapok_motion::spatial::{closest_pair, neighbours_within};
use kapok_show::{DVec3, Environment, Reporter, ReturnEntry, ReturnToHomePlan, Show, Trajectory};
use rayon::prelude::*;

use super::outcome::{InstantOutcome, NoReturn, ReturnToHomeError, ReturnToHomeOutcome};
use super::settings::ReturnToHomeSettings;
use super::solve::{Instant, Instants, ReturnProblem, Solution};
use crate::airspace::{Surroundings, with_holes_kept_out};
use crate::conflict::ReturnSeparation;
use crate::vehicle_scale::{vehicle_rounding_m, vehicle_step_m};

/// Instants that are solved one after the other, each from the one before; the groups are solved side by side.
const GROUP: usize = 16;
/// Longest show, milliseconds.
const MAX_SHOW_MS: i64 = 86_400_000;
/// Part of the separation that is kept besides, against rounding in what is computed here.
const SLACK: f64 = 1e-9;
/// Plans a return of all vehicles for every instant of a grid over the show.
///
/// All vehicles fly straight to above a pad, any vehicle to any pad, and come straight down. Who flies where is the
/// assignment of least Σd² in the metric of the separation, all moves have one duration; what still conflicts is resolved by
/// waiting, by a climb before the move, by arriving at another level, by flying slower, by exchanging places. An instant whose
/// positions are those of the instant before has the same ways; others start from the choices of the instant before.
///
/// # Shapes, units and frames
/// One plan per vehicle, in the show's order. Durations and delays are whole seconds, targets and necks on the finest grid
/// of whole millimetres that a .skyb file can hold for all of them.
///
/// # Guarantees
/// For each instant that is reported as found, the motions that [`ReturnToHomePlan::trajectory_of`] gives its entries keep, from
/// the stop until all are down and in continuous time: both rules of separation, the ceiling, no sideways motion below
/// the minimum navigation altitude, the geofence, the keep-outs, the speeds and the acceleration of moves. They begin and
/// descend at once, as the vocabulary says: jerk is not theirs to keep, nor the acceleration of a descent from so low that the
/// landing speed leaves no time for it. Every eased move has a ramp of at least 3 ms, and none is shorter than
/// 2 cm: a vehicle that is at its place waits there and lands. No vehicle is in the air longer than the profile's endurance.
///
/// # Errors
/// [`ReturnToHomeError`] for a show or settings that make no sense. An instant without a return to home is no error: it says why.
///
/// # Complexity
/// O(n log n) per instant besides the assignment, as long as conflicts are few.
///
/// # Determinism
/// The same show and settings give the same plans on any number of threads.
pub fn return_to_home(
    show: &Show,
    settings: &ReturnToHomeSettings,
    reporter: &dyn Reporter,
) -> Result<ReturnToHomeOutcome, ReturnToHomeError> {
    show.limits.validate()?;
    settings.validate(&show.limits)?;
    if show.vehicles.is_empty() {
        return Err(ReturnToHomeError::NoVehicles);
    }
    let duration_ms = show.duration_ms();
    if duration_ms > MAX_SHOW_MS {
        return Err(ReturnToHomeError::TooLong { duration_ms });
    }
    let environment = with_holes_kept_out(&show.environment);
    let problem = problem(show, &environment, settings);
    let trajectories: Vec<&Trajectory> = show.vehicles.iter().map(|v| &v.trajectory).collect();
    let every_s = settings.every_s as usize;
    // The last instant is the first one at which the show is over.
    let last_s = (duration_ms.max(0) as u64).div_ceil(1000).div_ceil(every_s as u64) * every_s as u64;
    let times: Vec<u32> = (0..=last_s).step_by(every_s).map(|t| t as u32).collect();
    let runs = runs(&trajectories, &times);
    reporter.phase("returns to home", times.len() as u64);
    let solved: Vec<Vec<Result<Solution, NoReturn>>> = runs
        .par_chunks(GROUP)
        .map(|group| {
            let mut instants = Instants::new(&problem);
            group
                .iter()
                .map(|run| {
                    let now = Instant {
                        time_s: times[run.first],
                        trajectories: &trajectories,
                        at_m: positions(&trajectories, times[run.first]),
                    };
                    let solution = instants.solve(&now);
                    reporter.advance(run.count as u64);
                    solution
                })
                .collect()
        })
        .collect();
    let mut plans: Vec<ReturnToHomePlan> =
        problem.pads_m.iter().map(|_| ReturnToHomePlan { entries: Vec::new(), ..problem.template.clone() }).collect();
    let mut instants = Vec::with_capacity(times.len());
    for (run, solution) in runs.iter().zip(solved.into_iter().flatten()) {
        for &time_s in &times[run.first..run.first + run.count] {
            let found = solution.as_ref().map_err(|why| *why).and_then(|s| {
                let down_s = f64::from(time_s) + s.end_s;
                if down_s > show.profile.endurance_s { Err(NoReturn::Battery { down_s }) } else { Ok(s) }
            });
            if let Ok(solution) = found {
                for (plan, entry) in plans.iter_mut().zip(&solution.entries) {
                    plan.entries.push(ReturnEntry { time_s, ..*entry });
                }
            }
            instants.push(InstantOutcome { time_s, found: found.map(|s| (s.end_s * 1000.0).round() as i64) });
        }
    }
    Ok(ReturnToHomeOutcome { plans, instants })
}

/// Instants in a row at which no vehicle has moved.
struct Run {
    first: usize,
    count: usize,
}

fn positions(trajectories: &[&Trajectory], time_s: u32) -> Vec<DVec3> {
    trajectories.iter().map(|t| t.sample(f64::from(time_s) * 1000.0).position_m).collect()
}

fn runs(trajectories: &[&Trajectory], times: &[u32]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut last: Vec<DVec3> = Vec::new();
    for (k, &time_s) in times.iter().enumerate() {
        let now = positions(trajectories, time_s);
        match runs.last_mut().filter(|_| now == last) {
            Some(run) => run.count += 1,
            None => runs.push(Run { first: k, count: 1 }),
        }
        last = now;
    }
    runs
}

fn problem<'a>(show: &'a Show, environment: &'a Environment, settings: &ReturnToHomeSettings) -> ReturnProblem<'a> {
    let limits = &show.limits;
    let pads_m: Vec<DVec3> = show.vehicles.iter().map(|v| v.home_m).collect();
    let arrival_m = settings.arrival_m(limits);
    let farthest_m = pads_m
        .iter()
        .fold(limits.max_altitude_m.min(100.0), |m, p| m.max(p.x.abs()).max(p.y.abs()).max(p.z + arrival_m));
    let step_m = stored_step_m(farthest_m);
    let snap = |m: f64| (m / step_m).round() * step_m;
    let up = |m: f64| (m / step_m).ceil() * step_m;
    let arrivals_m = pads_m
        .iter()
        .map(|p| DVec3::new(snap(p.x), snap(p.y), up((p.z + arrival_m).max(limits.min_navigation_altitude_m))))
        .collect();
    let level_m = up(limits.min_separation_m * limits.downwash_scale * std::f64::consts::SQRT_2);
    ReturnProblem {
        limits,
        around: Surroundings { environment, margin_m: 1e-4 },
        rule: ReturnSeparation {
            flight_m: limits.min_separation_m * (1.0 + SLACK),
            // Once for the show as stored, once for the way, which readers round down on a grid as fine.
            file_m: 2.0 * vehicle_rounding_m(farthest_m),
            downwash_scale: limits.downwash_scale,
            ground_m: limits.ground_separation_m * (1.0 + SLACK),
            altitude_m: limits.ground_rule_altitude_m(),
        },
        colours: colours(&pads_m),
        arrivals_m,
        level_m,
        step_m,
        template: ReturnToHomePlan {
            landing_speed_m_s: settings.landing_m_s(limits),
            landing_altitude_m: most_frequent(pads_m.iter().map(|p| p.z)),
            max_acceleration_m_s2: Some(settings.acceleration_m_s2(limits)),
            entries: Vec::new(),
        },
        acceleration_m_s2: settings.acceleration_m_s2(limits),
        pads_m,
    }
}

/// The grid of stored lengths: a .skyb file holds whole multiples, up to 32,767, of its own scale of whole millimetres,
/// the finest that fits. Up to 131 m a multiple of every scale that can occur is fine enough; beyond, the coarsest.
fn stored_step_m(farthest_m: f64) -> f64 {
    let scale = (vehicle_step_m(farthest_m) * 1000.0).round();
    let step_mm = match scale as u32 {
        1 => 1.0,
        2 => 2.0,
        3 => 6.0,
        4 => 12.0,
        _ => scale,
    };
    step_mm / 1000.0
}

/// Colours for pads so that near neighbours differ where two colours suffice: a chessboard on a grid.
fn colours(pads_m: &[DVec3]) -> Vec<u8> {
    let flat: Vec<DVec3> = pads_m.iter().map(|p| p.truncate().extend(0.0)).collect();
    let nearest_m = closest_pair(&flat).map_or(0.0, |(_, _, m)| m);
    two_classes(&neighbours_within(&flat, 1.2 * nearest_m))
}

fn most_frequent(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let best = values
        .chunk_by(|a, b| a == b)
        .fold((0, 0.0), |best, same| if same.len() > best.0 { (same.len(), same[0]) } else { best });
    best.1
}

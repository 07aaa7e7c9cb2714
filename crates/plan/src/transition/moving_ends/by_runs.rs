//! A run out of the motion, a straight transition, a run into the next motion.

use kapok_motion::timing::MotionLimits;
use kapok_show::{DVec3, Jet, Trajectory};
use rayon::prelude::*;

use super::rules::{JoinRules, TrackFigures, track_between};
use crate::outcome::{Infeasibility, LimitConflict, PlaceName, Step, Stop, TransitionReport};
use crate::transition::fleet_rules::{FleetMotion, MoveRequest, PlannedMove, Stretch, all_rest, resting};
use crate::transition::straight_move::StraightMove;

/// All vehicles from rest into a motion, or from a motion to rest, in a little while and close by.
struct Run {
    duration_ms: i64,
    tracks: Vec<Trajectory>,
    figures: TrackFigures,
}

/// With a run at each end that moves.
pub fn by_runs(rules: &JoinRules<'_>, now: FleetMotion<'_>, from: &[Jet], to: &MoveRequest<'_>) -> Step<PlannedMove> {
    let fleet = rules.fleet;
    let out = match now.jets {
        Some(_) => {
            let place = |vehicle, t_ms| PlaceName::OnTheWay { transition: rules.transition(), vehicle, t_ms };
            Some(no_join(rules, run(rules, from, true, &fleet.motion, place))?)
        }
        None => None,
    };
    let into = if all_rest(to.goals) {
        None
    } else {
        // Any vehicle may take a place: the run must suit the slowest.
        let slowest = vec![fleet.motion.iter().copied().reduce(slower).unwrap_or(fleet.motion[0]); to.goals.len()];
        let place = |place, _| PlaceName::Scene { scene: to.names.to_label.clone(), place };
        Some(no_join(rules, run(rules, to.goals, false, &slowest, place))?)
    };
    let runs_ms = [&out, &into].into_iter().flatten().map(|run| run.duration_ms).sum::<i64>();
    let asked_ms = to.duration_ms.map(|asked| asked - runs_ms);
    let too_short = |asked_ms: i64, needed_ms: i64| {
        Stop::refused(LimitConflict::TransitionTooShort { transition: rules.transition(), asked_ms, needed_ms })
    };
    if let (Some(left), Some(asked_ms)) = (asked_ms, to.duration_ms)
        && left < 0
    {
        return Err(too_short(asked_ms, runs_ms));
    }
    let ends = |run: &Run| run.tracks.iter().map(Trajectory::end_point_m).collect();
    let starts_m: Vec<DVec3> = out.as_ref().map_or_else(|| now.at_m.to_vec(), ends);
    let goals: Vec<Jet> = match &into {
        Some(run) => resting(&run.tracks.iter().map(Trajectory::start_point_m).collect::<Vec<_>>()),
        None => to.goals.to_vec(),
    };
    let between = MoveRequest { goals: &goals, duration_ms: asked_ms, ..*to };
    let straight = match fleet.rest_to_rest(&starts_m, &between) {
        Err(Stop::Refused(reason)) => {
            if let Infeasibility::Limit(LimitConflict::TransitionTooShort { needed_ms, .. }) = *reason {
                return Err(too_short(to.duration_ms.unwrap_or(0), needed_ms + runs_ms));
            }
            return Err(Stop::refused(rules.no_join(0, *reason)));
        }
        done_or_failed => done_or_failed?,
    };
    Ok(joined(out, straight, into))
}

/// A reason met on a run, as the join that it prevents.
fn no_join(rules: &JoinRules<'_>, run: Step<Run>) -> Step<Run> {
    match run {
        Err(Stop::Refused(reason)) => Err(Stop::refused(rules.no_join(0, *reason))),
        done_or_failed => done_or_failed,
    }
}

/// The three one after the other.
fn joined(out: Option<Run>, straight: StraightMove, into: Option<Run>) -> PlannedMove {
    let StraightMove { place_of, mut report, tracks } = straight;
    let straight_ms = report.duration_ms;
    let mut stretches = Vec::with_capacity(3);
    if let Some(run) = out {
        report.shift(run.duration_ms);
        report.start_ms = 0;
        add_run(&mut report, &run, 0, |pair| pair);
        stretches.push(Stretch { duration_ms: run.duration_ms, tracks: run.tracks });
    }
    let into_ms: i64 = stretches.iter().map(|s| s.duration_ms).sum::<i64>() + straight_ms;
    stretches.push(Stretch { duration_ms: straight_ms, tracks });
    if let Some(run) = into {
        let mut vehicle_of = vec![0; place_of.len()];
        for (vehicle, &place) in place_of.iter().enumerate() {
            vehicle_of[place as usize] = vehicle;
        }
        let pair = |(a, b): (usize, usize)| (vehicle_of[a].min(vehicle_of[b]), vehicle_of[a].max(vehicle_of[b]));
        add_run(&mut report, &run, into_ms, pair);
        let of_vehicle = place_of.iter().map(|&p| run.tracks[p as usize].clone()).collect();
        stretches.push(Stretch { duration_ms: run.duration_ms, tracks: of_vehicle });
    }
    let all_ms: i64 = stretches.iter().map(|s| s.duration_ms).sum();
    report.duration_ms = all_ms;
    report.shortest_ms += all_ms - straight_ms;
    // The bound is that of the straight way between two rests; a way without them may be shorter.
    (report.bound_ms, report.ratio) = (0.0, 1.0);
    PlannedMove { place_of, report, stretches }
}

/// Takes a run that starts at `start_ms` into the report of its move; `vehicles` are those of a pair of its tracks.
fn add_run(
    report: &mut TransitionReport,
    run: &Run,
    start_ms: i64,
    vehicles: impl Fn((usize, usize)) -> (usize, usize),
) {
    report.peaks = report.peaks.or(run.figures.peaks);
    if let Some(mut closest) = run.figures.closest {
        closest.pair = vehicles(closest.pair);
        closest.t_ms += start_ms as f64;
        report.closest = report.closest.closer(closest);
    }
}

/// Durations of runs that are tried, milliseconds.
const RUNS_MS: [i64; 10] = [1500, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 13_000, 16_000];

/// The shortest run out of a motion (`out`) or into it that keeps everything. `limits` and `place` are by index of `jets`.
///
/// With u the share of the time R, the velocity w·(3u² − 2u³) + b·R·(u³ − u²) goes smoothly from rest to the velocity w
/// and the acceleration b; it covers w·R/2 − b·R²/12.
fn run(
    rules: &JoinRules<'_>,
    jets: &[Jet],
    out: bool,
    limits: &[MotionLimits],
    place: impl Fn(usize, i64) -> PlaceName + Sync,
) -> Step<Run> {
    let mut too_fast = None;
    for duration_ms in RUNS_MS {
        let r = duration_ms as f64 / 1000.0;
        let sign = if out { 1.0 } else { -1.0 };
        let tracks = jets
            .par_iter()
            .map(|j| {
                let rest_m = j.position + j.first * (sign * r / 2.0) + j.second * (r * r / 12.0);
                let (rest, moving) = ([rest_m, DVec3::ZERO, DVec3::ZERO], [j.position, j.first, j.second]);
                let (from, to) = if out { (moving, rest) } else { (rest, moving) };
                track_between(from, to, duration_ms, &rules.fleet.grid)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| rules.failed(source))?;
        match rules.check(&tracks, duration_ms, limits, &place) {
            Ok(figures) => return Ok(Run { duration_ms, tracks, figures }),
            // A longer run is slower, but goes farther: nothing else gets better.
            Err(Stop::Refused(reason)) if matches!(*reason, Infeasibility::Limit(LimitConflict::TooFast { .. })) => {
                too_fast.get_or_insert(reason);
            }
            Err(stop) => return Err(stop),
        }
    }
    Err(too_fast.map_or_else(|| Stop::refused(rules.pins_contradict()), Stop::Refused))
}

/// The lower of each limit.
fn slower(a: MotionLimits, b: MotionLimits) -> MotionLimits {
    MotionLimits {
        max_velocity_m_s: a.max_velocity_m_s,
        max_velocity_xy_m_s: a.max_velocity_xy_m_s.min(b.max_velocity_xy_m_s),
        max_velocity_up_m_s: a.max_velocity_up_m_s.min(b.max_velocity_up_m_s),
        max_velocity_down_m_s: a.max_velocity_down_m_s.min(b.max_velocity_down_m_s),
        max_acceleration_m_s2: a.max_acceleration_m_s2.min(b.max_acceleration_m_s2),
        max_jerk_m_s3: a.max_jerk_m_s3.min(b.max_jerk_m_s3),
    }
}

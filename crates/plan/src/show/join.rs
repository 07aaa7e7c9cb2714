//! Transitions that leave or join a motion: every vehicle on a piece of degree 5 that has place, velocity and
//! acceleration of its neighbours at both ends.

use kapok_show::{DVec3, Jet, Limits, MAX_DEGREE, Trajectory, TrajectoryFault};
use rayon::prelude::*;

use super::clear::{Apart, Clearance, clearance};
use super::excess::{Peaks, all_peaks, room, worst};
use super::places::Wishes;
use crate::assignment::AssignError;
use crate::environment::Surroundings;
use crate::infeasible::{Infeasibility, Place};
use kapok_motion::Metric;
use kapok_motion::PositionGrid;
use kapok_motion::bezier::{Curve, quintic};
use kapok_motion::timing::MotionLimits;

/// Each duration tried is longer than the one before by this factor.
const LONGER: f64 = 1.06;
/// The first duration tried, as a share of the least from rest to rest.
const FIRST_SHARE: f64 = 0.5;
/// Durations tried.
const TRIES: usize = 56;
/// Durations are multiples of this, milliseconds: the raster of light.
const RASTER_MS: i64 = 20;

/// What a join has to keep.
pub(super) struct Rules<'a> {
    pub(super) limits: &'a Limits,
    /// By vehicle.
    pub(super) motion: &'a [MotionLimits],
    pub(super) around: Surroundings<'a>,
    pub(super) grid: PositionGrid,
    /// How far the closest pair is looked for, in multiples of the separation.
    pub(super) look: f64,
    pub(super) transition: String,
}

/// A transition that keeps everything.
pub(super) struct Joined {
    pub(super) place_of: Vec<u32>,
    pub(super) duration_ms: i64,
    /// From 0 to the end of the transition, by vehicle.
    pub(super) tracks: Vec<Trajectory>,
    pub(super) peaks: Vec<Peaks>,
    pub(super) clearance: Clearance,
}

/// Why nothing could be tried.
pub(super) enum JoinError {
    Assign(AssignError),
    Write(TrajectoryFault),
}

impl From<AssignError> for JoinError {
    fn from(error: AssignError) -> Self {
        Self::Assign(error)
    }
}

impl From<TrajectoryFault> for JoinError {
    fn from(fault: TrajectoryFault) -> Self {
        Self::Write(fault)
    }
}

/// From the vehicles' present motion to the places' motion, in the shortest duration found, or in the one asked for.
pub(super) fn join(
    from: &[Jet],
    to: &[Jet],
    wishes: &Wishes,
    asked_ms: Option<i64>,
    rules: &Rules<'_>,
) -> Result<Result<Joined, Infeasibility>, JoinError> {
    if let Some(asked_ms) = asked_ms {
        return Ok(match attempt(from, to, wishes, asked_ms.max(1), rules)? {
            Ok(joined) => Ok(joined),
            Err(obstacle) => Err(match join(from, to, wishes, None, rules)? {
                Ok(found) if found.duration_ms > asked_ms => Infeasibility::TransitionTooShort {
                    transition: rules.transition.clone(),
                    asked_ms,
                    needed_ms: found.duration_ms,
                },
                _ => no_join(rules, asked_ms, obstacle),
            }),
        });
    }
    let Some(mut duration) = first_duration_ms(from, to, wishes, rules)? else {
        return Ok(Err(Infeasibility::PinsContradict { transition: rules.transition.clone() }));
    };
    let (mut furthest, mut tried_ms) = (None, 0);
    for _ in 0..TRIES {
        tried_ms = (duration / RASTER_MS as f64).ceil() as i64 * RASTER_MS;
        match attempt(from, to, wishes, tried_ms, rules)? {
            Ok(joined) => return Ok(Ok(joined)),
            // A conflict or a lack of room says more than a limit that any short duration exceeds.
            Err(obstacle) => {
                let says_more = |found: &Infeasibility| !matches!(found, Infeasibility::TooFast { .. });
                if says_more(&obstacle) || !furthest.as_ref().is_some_and(says_more) {
                    furthest = Some(obstacle);
                }
            }
        }
        duration *= LONGER;
    }
    let obstacle = furthest.unwrap_or(Infeasibility::TransitionTooShort {
        transition: rules.transition.clone(),
        asked_ms: 0,
        needed_ms: tried_ms,
    });
    Ok(Err(no_join(rules, tried_ms, obstacle)))
}

/// A duration that is too short or just enough: a share of the least time from rest to rest over the longest trip.
fn first_duration_ms(from: &[Jet], to: &[Jet], wishes: &Wishes, rules: &Rules<'_>) -> Result<Option<f64>, AssignError> {
    let metric = Metric { downwash_scale: rules.limits.downwash_scale };
    let places = |jets: &[Jet]| metric.flatten_all(&jets.iter().map(|j| j.position).collect::<Vec<_>>());
    let Some(place_of) = wishes.choose(&places(from), &places(to))? else { return Ok(None) };
    let longest_s = from
        .iter()
        .zip(&place_of)
        .zip(rules.motion)
        .map(|((a, &p), limits)| limits.trip_bound_s(to[p as usize].position - a.position))
        .fold(0.0, f64::max);
    Ok(Some((longest_s * 1000.0 * FIRST_SHARE).max(1000.0)))
}

pub(super) fn no_join(rules: &Rules<'_>, tried_ms: i64, obstacle: Infeasibility) -> Infeasibility {
    match obstacle {
        found @ Infeasibility::PinsContradict { .. } => found,
        obstacle => {
            Infeasibility::NoJoin { transition: rules.transition.clone(), tried_ms, obstacle: Box::new(obstacle) }
        }
    }
}

/// One duration. Two assignments are tried: the least Σd² between places as the pair distance half way sees them, and
/// between the places themselves.
///
/// Half way a piece is at (x + y)/2 + 5T(v − w)/32 + …, so with x' = x + 5Tv/16 and y' = y − 5Tw/16 the difference of
/// two vehicles there is half of Δx' + Δy', and the least Σ|x' − y'|² makes Δx'·Δy' at least 0 for every pair.
fn attempt(
    from: &[Jet],
    to: &[Jet],
    wishes: &Wishes,
    duration_ms: i64,
    rules: &Rules<'_>,
) -> Result<Result<Joined, Infeasibility>, JoinError> {
    let metric = Metric { downwash_scale: rules.limits.downwash_scale };
    let duration_s = duration_ms as f64 / 1000.0;
    let mut obstacle = None;
    let mut before: Option<Vec<u32>> = None;
    for share in [5.0 / 16.0, 0.0] {
        let ahead = |jets: &[Jet], sign: f64| -> Vec<DVec3> {
            metric.flatten_all(
                &jets.iter().map(|j| j.position + j.first * (sign * share * duration_s)).collect::<Vec<_>>(),
            )
        };
        let Some(place_of) = wishes.choose(&ahead(from, 1.0), &ahead(to, -1.0))? else {
            return Ok(Err(Infeasibility::PinsContradict { transition: rules.transition.clone() }));
        };
        if before.as_ref() == Some(&place_of) {
            break;
        }
        match fly(from, to, &place_of, duration_ms, rules)? {
            Ok((tracks, peaks, clearance)) => {
                return Ok(Ok(Joined { place_of, duration_ms, tracks, peaks, clearance }));
            }
            Err(found) => obstacle = Some(found),
        }
        before = Some(place_of);
    }
    Ok(Err(obstacle.unwrap_or(Infeasibility::PinsContradict { transition: rules.transition.clone() })))
}

type Flown = (Vec<Trajectory>, Vec<Peaks>, Clearance);

/// One piece with given places, velocities and accelerations at both ends, of the highest degree: file formats carry degree 7,
/// not 5.
fn track_between(
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

fn fly(
    from: &[Jet],
    to: &[Jet],
    place_of: &[u32],
    duration_ms: i64,
    rules: &Rules<'_>,
) -> Result<Result<Flown, Infeasibility>, TrajectoryFault> {
    let tracks = from
        .par_iter()
        .zip(place_of)
        .map(|(a, &place)| {
            let b = &to[place as usize];
            let ends = |j: &Jet| [j.position, j.first, j.second];
            track_between(ends(a), ends(b), duration_ms, &rules.grid)
        })
        .collect::<Result<Vec<_>, TrajectoryFault>>()?;
    let transition = || rules.transition.clone();
    let peaks = all_peaks(&tracks);
    if let Some(excess) = worst(&peaks, rules.motion) {
        return Ok(Err(Infeasibility::TooFast { transition: transition(), excess }));
    }
    let place = |vehicle, t_ms| Place::OnTheWay { transition: transition(), vehicle, t_ms };
    if let Some(reason) = room(&tracks, rules.limits, &rules.around, place) {
        return Ok(Err(reason));
    }
    let found = clearance(&tracks, duration_ms, rules.look, &Apart::from(rules.limits), &rules.grid);
    if found.conflict_count > 0 {
        return Ok(Err(too_close(rules, &found)));
    }
    Ok(Ok((tracks, peaks, found)))
}

/// Everybody from rest into a motion, or from a motion to rest, in a little while and close by.
pub(super) struct Run {
    pub(super) duration_ms: i64,
    pub(super) tracks: Vec<Trajectory>,
    pub(super) peaks: Vec<Peaks>,
    pub(super) clearance: Clearance,
}

/// Durations of runs that are tried, milliseconds.
const RUNS_MS: [i64; 10] = [1500, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 13_000, 16_000];

/// The shortest run out of a motion (`out`) or into it that keeps everything. `limits` and `place` are by index of `jets`.
///
/// With u the share of the time R, the velocity w·(3u² − 2u³) + b·R·(u³ − u²) goes smoothly from rest to the velocity w
/// and the acceleration b; it covers w·R/2 − b·R²/12.
pub(super) fn run(
    jets: &[Jet],
    out: bool,
    limits: &[MotionLimits],
    rules: &Rules<'_>,
    place: impl Fn(usize, i64) -> Place + Sync,
) -> Result<Result<Run, Infeasibility>, TrajectoryFault> {
    let mut obstacle = None;
    for duration_ms in RUNS_MS {
        let r = duration_ms as f64 / 1000.0;
        let sign = if out { 1.0 } else { -1.0 };
        let tracks = jets
            .par_iter()
            .map(|j| {
                let rest_m = j.position + j.first * (sign * r / 2.0) + j.second * (r * r / 12.0);
                let (rest, moving) = ([rest_m, DVec3::ZERO, DVec3::ZERO], [j.position, j.first, j.second]);
                let (from, to) = if out { (moving, rest) } else { (rest, moving) };
                track_between(from, to, duration_ms, &rules.grid)
            })
            .collect::<Result<Vec<_>, TrajectoryFault>>()?;
        let peaks = all_peaks(&tracks);
        if let Some(excess) = worst(&peaks, limits) {
            obstacle.get_or_insert(Infeasibility::TooFast { transition: rules.transition.clone(), excess });
            continue;
        }
        if let Some(reason) = room(&tracks, rules.limits, &rules.around, &place) {
            // A longer run goes farther.
            return Ok(Err(reason));
        }
        let found = clearance(&tracks, duration_ms, rules.look, &Apart::from(rules.limits), &rules.grid);
        if found.conflict_count > 0 {
            return Ok(Err(too_close(rules, &found)));
        }
        return Ok(Ok(Run { duration_ms, tracks, peaks, clearance: found }));
    }
    Ok(Err(obstacle.unwrap_or(Infeasibility::PinsContradict { transition: rules.transition.clone() })))
}

fn too_close(rules: &Rules<'_>, found: &Clearance) -> Infeasibility {
    Infeasibility::TooCloseOnTheWay {
        transition: rules.transition.clone(),
        pairs: found.pairs(),
        count: found.conflict_count,
        needed_m: rules.limits.min_separation_m,
    }
}

//! Every vehicle on a piece of degree 5 that has place, velocity and acceleration of its neighbours at both ends.

use kapok_show::{DVec3, Jet};
use rayon::prelude::*;

use super::rules::{JoinRules, TrackFigures, track_between};
use crate::outcome::{Infeasibility, LimitConflict, PlaceName, PlanError, Step, Stop, TransitionReport};
use crate::transition::fleet_rules::{MoveRequest, PlannedMove, Stretch};

/// Each duration tried is longer than the one before by this factor.
const LONGER: f64 = 1.06;
/// The first duration tried, as a share of the least from rest to rest.
const FIRST_SHARE: f64 = 0.5;
/// Durations tried.
const TRIES: usize = 56;
/// Durations are multiples of this, milliseconds: the raster of light.
const RASTER_MS: i64 = 20;

/// In the shortest duration found, or in the one asked for.
pub fn in_one(rules: &JoinRules<'_>, from: &[Jet], to: &MoveRequest<'_>) -> Step<PlannedMove> {
    let Some(asked_ms) = to.duration_ms else { return shortest(rules, from, to) };
    let obstacle = match attempt(rules, from, to, asked_ms.max(1)) {
        Err(Stop::Refused(obstacle)) => *obstacle,
        done_or_failed => return done_or_failed,
    };
    Err(Stop::refused(match shortest(rules, from, to) {
        Ok(found) if found.report.duration_ms > asked_ms => LimitConflict::TransitionTooShort {
            transition: rules.transition(),
            asked_ms,
            needed_ms: found.report.duration_ms,
        }
        .into(),
        Err(Stop::Failed(error)) => return Err(error.into()),
        _ => rules.no_join(asked_ms, obstacle),
    }))
}

fn shortest(rules: &JoinRules<'_>, from: &[Jet], to: &MoveRequest<'_>) -> Step<PlannedMove> {
    let mut duration = first_duration_ms(rules, from, to)?;
    let (mut furthest, mut tried_ms) = (None, 0);
    for _ in 0..TRIES {
        tried_ms = (duration / RASTER_MS as f64).ceil() as i64 * RASTER_MS;
        match attempt(rules, from, to, tried_ms) {
            // A conflict or a lack of room says more than a limit that any short duration exceeds.
            Err(Stop::Refused(obstacle)) => {
                let says_more = |found: &Infeasibility| !is_too_fast(found);
                if says_more(&obstacle) || !furthest.as_ref().is_some_and(says_more) {
                    furthest = Some(*obstacle);
                }
            }
            done_or_failed => return done_or_failed,
        }
        duration *= LONGER;
    }
    let short =
        || LimitConflict::TransitionTooShort { transition: rules.transition(), asked_ms: 0, needed_ms: tried_ms };
    Err(Stop::refused(rules.no_join(tried_ms, furthest.unwrap_or_else(|| short().into()))))
}

fn is_too_fast(reason: &Infeasibility) -> bool {
    matches!(reason, Infeasibility::Limit(LimitConflict::TooFast { .. }))
}

/// The place of each vehicle for the least Σd² between these places.
fn choose(rules: &JoinRules<'_>, to: &MoveRequest<'_>, from_m: &[DVec3], goals_m: &[DVec3]) -> Step<Vec<u32>> {
    let metric = rules.fleet.metric();
    let chosen = to.constraints.choose(&metric.flatten_all(from_m), &metric.flatten_all(goals_m));
    let place_of = chosen.map_err(|source| PlanError::in_transition(to.names, source))?;
    place_of.ok_or_else(|| Stop::refused(rules.pins_contradict()))
}

/// A duration that is too short or just enough: a share of the least time from rest to rest over the longest trip.
fn first_duration_ms(rules: &JoinRules<'_>, from: &[Jet], to: &MoveRequest<'_>) -> Step<f64> {
    let places = |jets: &[Jet]| jets.iter().map(|j| j.position).collect::<Vec<DVec3>>();
    let place_of = choose(rules, to, &places(from), &places(to.goals))?;
    let longest_s = from
        .iter()
        .zip(&place_of)
        .zip(&rules.fleet.motion)
        .map(|((a, &p), limits)| limits.trip_bound_s(to.goals[p as usize].position - a.position))
        .fold(0.0, f64::max);
    Ok((longest_s * 1000.0 * FIRST_SHARE).max(1000.0))
}

/// One duration. Two assignments are tried: the least Σd² between places as the pair distance half way sees them, and
/// between the places themselves.
///
/// Half way a piece is at (x + y)/2 + 5T(v − w)/32 + …, so with x' = x + 5Tv/16 and y' = y − 5Tw/16 the difference of
/// two vehicles there is half of Δx' + Δy', and the least Σ|x' − y'|² makes Δx'·Δy' at least 0 for every pair.
fn attempt(rules: &JoinRules<'_>, from: &[Jet], to: &MoveRequest<'_>, duration_ms: i64) -> Step<PlannedMove> {
    let duration_s = duration_ms as f64 / 1000.0;
    let mut obstacle = None;
    let mut before: Option<Vec<u32>> = None;
    for share in [5.0 / 16.0, 0.0] {
        let ahead = |jets: &[Jet], sign: f64| -> Vec<DVec3> {
            jets.iter().map(|j| j.position + j.first * (sign * share * duration_s)).collect()
        };
        let place_of = choose(rules, to, &ahead(from, 1.0), &ahead(to.goals, -1.0))?;
        if before.as_ref() == Some(&place_of) {
            break;
        }
        before = Some(place_of.clone());
        match fly(rules, from, to, place_of, duration_ms) {
            Err(Stop::Refused(found)) => obstacle = Some(found),
            done_or_failed => return done_or_failed,
        }
    }
    Err(obstacle.map_or_else(|| Stop::refused(rules.pins_contradict()), Stop::Refused))
}

fn fly(
    rules: &JoinRules<'_>,
    from: &[Jet],
    to: &MoveRequest<'_>,
    place_of: Vec<u32>,
    duration_ms: i64,
) -> Step<PlannedMove> {
    let ends = |j: &Jet| [j.position, j.first, j.second];
    let tracks = from
        .par_iter()
        .zip(&place_of)
        .map(|(a, &place)| track_between(ends(a), ends(&to.goals[place as usize]), duration_ms, &rules.fleet.grid))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| rules.failed(source))?;
    let place = |vehicle, t_ms| PlaceName::OnTheWay { transition: rules.transition(), vehicle, t_ms };
    let TrackFigures { peaks, closest } = rules.check(&tracks, duration_ms, &rules.fleet.motion, place)?;
    let mut report = TransitionReport { peaks, ..TransitionReport::of(to.names) };
    report.set_duration_ms(duration_ms);
    report.closest = closest.unwrap_or(report.closest);
    let metric = rules.fleet.metric();
    let trips = || from.iter().zip(&place_of).map(|(a, &p)| (a.position, to.goals[p as usize].position));
    report.longest_trip_m = trips().map(|(a, b)| a.distance(b)).fold(0.0, f64::max);
    report.bottleneck_m = report.longest_trip_m;
    report.assignment_cost_m2 = trips().map(|(a, b)| metric.flatten(a).distance_squared(metric.flatten(b))).sum();
    Ok(PlannedMove { place_of, report, stretches: vec![Stretch { duration_ms, tracks }] })
}

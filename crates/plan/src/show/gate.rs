use kapok_show::{DVec3, Limits, Storyboard};

use super::PlanError;
use crate::environment::Surroundings;
use crate::infeasible::{Infeasibility, Place};

/// Longest hold, delay or transition of a storyboard, milliseconds: a day.
const MAX_STEP_MS: i64 = 86_400_000;

/// Are all times of the storyboard from 0 to a day?
pub(super) fn check_times(storyboard: &Storyboard) -> Result<(), PlanError> {
    let scenes = storyboard.scenes.iter().flat_map(|s| {
        let what = |field: &str| format!("{field} of scene \"{}\"", s.name);
        [(what("hold_ms"), s.hold_ms), (what("duration_ms"), s.transition.duration_ms.unwrap_or(0))]
    });
    let fixed = [
        ("takeoff.delay_ms".to_owned(), storyboard.takeoff.delay_ms),
        ("takeoff.hold_ms".to_owned(), storyboard.takeoff.hold_ms),
        ("landing.hold_ms".to_owned(), storyboard.landing.hold_ms),
    ];
    match fixed.into_iter().chain(scenes).find(|(_, ms)| !(0..=MAX_STEP_MS).contains(ms)) {
        Some((what, value_ms)) => Err(PlanError::BadTime { what, value_ms }),
        None => Ok(()),
    }
}

/// Is a place within the altitudes, inside the fence and outside the keep-outs?
pub(super) fn check_place(
    place: impl Fn() -> Place,
    point_m: DVec3,
    limits: &Limits,
    around: &Surroundings<'_>,
) -> Option<Infeasibility> {
    let altitude_m = point_m.z;
    if altitude_m < limits.min_navigation_altitude_m {
        return Some(Infeasibility::TooLow { place: place(), altitude_m, limit_m: limits.min_navigation_altitude_m });
    }
    if altitude_m > limits.max_altitude_m {
        return Some(Infeasibility::TooHigh { place: place(), altitude_m, limit_m: limits.max_altitude_m });
    }
    if around.leaves_fence(point_m, point_m) {
        return Some(Infeasibility::OutsideGeofence { place: place(), point_m });
    }
    let keep_out = around.keep_out(point_m, point_m)?;
    Some(Infeasibility::InsideKeepOut { place: place(), point_m, keep_out: keep_out.name.clone() })
}

/// Are the places where everybody rests on a way round within the altitudes, the fence and outside the keep-outs?
pub(super) fn check_stops(
    transition: &str,
    stops: &[DVec3],
    limits: &Limits,
    around: &Surroundings<'_>,
) -> Option<Infeasibility> {
    let stop = |vehicle: usize| Place::Stop { transition: transition.into(), vehicle };
    stops.iter().enumerate().find_map(|(vehicle, &p)| check_place(|| stop(vehicle), p, limits, around))
}

/// Do all straight ways stay inside the fence and out of the keep-outs?
pub(super) fn check_ways(
    transition: &str,
    from: &[DVec3],
    to: &[DVec3],
    around: &Surroundings<'_>,
) -> Option<Infeasibility> {
    let ways = || from.iter().copied().zip(to.iter().copied()).enumerate();
    let leaving = ways().filter(|(_, (a, b))| around.leaves_fence(*a, *b));
    if let Some((vehicle, (from_m, to_m))) = leaving.clone().next() {
        return Some(Infeasibility::PathLeavesGeofence {
            transition: transition.into(),
            vehicle,
            from_m,
            to_m,
            count: leaving.count(),
        });
    }
    let crossing = ways().filter_map(|(v, (a, b))| around.keep_out(a, b).map(|k| (v, a, b, k)));
    let (vehicle, from_m, to_m, keep_out) = crossing.clone().next()?;
    Some(Infeasibility::PathThroughKeepOut {
        transition: transition.into(),
        vehicle,
        from_m,
        to_m,
        keep_out: keep_out.name.clone(),
        count: crossing.count(),
    })
}

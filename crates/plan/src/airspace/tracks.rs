use kapok_motion::bezier::Curve;
use kapok_show::{Limits, Trajectory};
use rayon::prelude::*;

use super::surroundings::Surroundings;
use crate::outcome::{AirspaceConflict, PlaceName};

/// A piece this straight is judged by its chord, metres.
const STRAIGHT_M: f64 = 1e-3;

/// Where a track leaves the altitudes between minimum navigation altitude and ceiling, leaves the fence or enters a keep-out:
/// the first of the first vehicle that does. `place` names a vehicle at a time of the tracks.
pub fn track_conflict(
    tracks: &[Trajectory],
    limits: &Limits,
    around: &Surroundings<'_>,
    place: impl Fn(usize, i64) -> PlaceName + Sync,
) -> Option<AirspaceConflict> {
    let found: Vec<Option<AirspaceConflict>> = tracks
        .par_iter()
        .enumerate()
        .map(|(vehicle, track)| {
            track.segments().find_map(|s| {
                let check = TrackCheck { limits, around, place: &|t_ms| place(vehicle, t_ms) };
                check.piece(&Curve::from(s), (s.start_ms as f64, s.end_ms as f64))
            })
        })
        .collect();
    found.into_iter().flatten().next()
}

struct TrackCheck<'a> {
    limits: &'a Limits,
    around: &'a Surroundings<'a>,
    place: &'a dyn Fn(i64) -> PlaceName,
}

impl TrackCheck<'_> {
    fn piece(&self, curve: &Curve, (from_ms, to_ms): (f64, f64)) -> Option<AirspaceConflict> {
        let (floor_m, ceiling_m) = (self.limits.min_navigation_altitude_m, self.limits.max_altitude_m);
        let (a, b, bow_m) = (curve.start(), curve.end(), curve.bow());
        let (low, high) =
            curve.control().iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.z), h.max(p.z)));
        let around = Surroundings { margin_m: self.around.margin_m + bow_m, ..*self.around };
        let leaves = around.leaves_fence(a, b);
        let keep_out = around.keep_out(a, b);
        if low >= floor_m && high <= ceiling_m && !leaves && keep_out.is_none() {
            return None;
        }
        let place = || (self.place)(from_ms.round() as i64);
        if a.z < floor_m {
            return Some(AirspaceConflict::TooLow { place: place(), altitude_m: a.z, limit_m: floor_m });
        }
        if a.z > ceiling_m {
            return Some(AirspaceConflict::TooHigh { place: place(), altitude_m: a.z, limit_m: ceiling_m });
        }
        // Altitudes are judged to a micrometre: a piece may touch its limit.
        let level = (low >= floor_m || a.z.min(b.z) - low < 1e-6) && (high <= ceiling_m || high - a.z.max(b.z) < 1e-6);
        if bow_m <= STRAIGHT_M && level {
            if b.z < floor_m {
                return Some(AirspaceConflict::TooLow { place: place(), altitude_m: b.z, limit_m: floor_m });
            }
            if b.z > ceiling_m {
                return Some(AirspaceConflict::TooHigh { place: place(), altitude_m: b.z, limit_m: ceiling_m });
            }
            if leaves {
                return Some(AirspaceConflict::OutsideGeofence { place: place(), point_m: a });
            }
            let keep_out = keep_out?.name.clone();
            return Some(AirspaceConflict::InsideKeepOut { place: place(), point_m: a, keep_out });
        }
        let middle_ms = f64::midpoint(from_ms, to_ms);
        let (first, second) = curve.split(0.5);
        self.piece(&first, (from_ms, middle_ms)).or_else(|| self.piece(&second, (middle_ms, to_ms)))
    }
}

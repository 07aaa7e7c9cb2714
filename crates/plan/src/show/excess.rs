//! Motion limits and room, held against written pieces.

use kapok_show::{DVec3, Limits, Trajectory};
use rayon::prelude::*;

use crate::environment::Surroundings;
use crate::infeasible::{Excess, Infeasibility, Place};
use crate::transition::TransitionReport;
use kapok_motion::bezier::Curve;
use kapok_motion::timing::MotionLimits;

/// A piece this straight is judged by its chord, metres.
const STRAIGHT_M: f64 = 1e-3;

/// Largest horizontal speed, climb rate, rate of descent, acceleration and jerk.
pub(super) type Peaks = [f64; 5];

const WHAT: [(&str, &str); 5] = [
    ("horizontal speed", "m/s"),
    ("climb rate", "m/s"),
    ("rate of descent", "m/s"),
    ("acceleration", "m/s²"),
    ("jerk", "m/s³"),
];

/// Peaks of one track, never too small and hardly too large.
pub(super) fn peaks(track: &Trajectory) -> Peaks {
    let mut most = [0.0f64; 5];
    for segment in track.segments() {
        if segment.control_m.iter().all(|&c| c == segment.control_m[0]) {
            continue;
        }
        let velocity = Curve::from(segment).derivative(segment.duration_s());
        let acceleration = velocity.derivative(segment.duration_s());
        let jerk = acceleration.derivative(segment.duration_s());
        let found = [
            velocity.most(|v| v.truncate().length()),
            velocity.most(|v| v.z),
            velocity.most(|v| -v.z),
            acceleration.most(DVec3::length),
            jerk.most(DVec3::length),
        ];
        for (m, f) in most.iter_mut().zip(found) {
            *m = m.max(f);
        }
    }
    most
}

pub(super) fn all_peaks(tracks: &[Trajectory]) -> Vec<Peaks> {
    tracks.par_iter().map(peaks).collect()
}

fn limits(of: &MotionLimits) -> Peaks {
    [
        of.max_velocity_xy_m_s,
        of.max_velocity_up_m_s,
        of.max_velocity_down_m_s,
        of.max_acceleration_m_s2,
        of.max_jerk_m_s3,
    ]
}

/// By how much time must be stretched for a motion with these peaks to keep the limits; 1 or less: it keeps them.
pub(super) fn stretch(peaks: &Peaks, of: &MotionLimits) -> f64 {
    let roots: [fn(f64) -> f64; 5] = [|x| x, |x| x, |x| x, f64::sqrt, kapok_show::math::cbrt];
    peaks.iter().zip(limits(of)).zip(roots).map(|((p, l), root)| root(p / l)).fold(0.0, f64::max)
}

/// The limit that is exceeded most, by any vehicle.
pub(super) fn worst(peaks: &[Peaks], of: &[MotionLimits]) -> Option<Excess> {
    let mut found: Option<(f64, Excess)> = None;
    for (vehicle, (peaks, of)) in peaks.iter().zip(of).enumerate() {
        for ((value, limit), (what, unit)) in peaks.iter().zip(limits(of)).zip(WHAT) {
            let over = value / limit;
            if over > 1.0 && found.as_ref().is_none_or(|(worst, _)| over > *worst) {
                found = Some((over, Excess { vehicle, what, unit, value: *value, limit }));
            }
        }
    }
    found.map(|(_, excess)| excess)
}

/// Takes the peaks of tracks into a report.
pub(super) fn note_peaks(report: &mut TransitionReport, peaks: &[Peaks]) {
    for p in peaks {
        report.peak_velocity_xy_m_s = report.peak_velocity_xy_m_s.max(p[0]);
        report.peak_velocity_up_m_s = report.peak_velocity_up_m_s.max(p[1]);
        report.peak_velocity_down_m_s = report.peak_velocity_down_m_s.max(p[2]);
        report.peak_acceleration_m_s2 = report.peak_acceleration_m_s2.max(p[3]);
        report.peak_jerk_m_s3 = report.peak_jerk_m_s3.max(p[4]);
    }
}

/// Do all tracks stay between minimum navigation altitude and ceiling, inside the fence, outside the keep-outs? `place`
/// names a vehicle at a time of the tracks.
pub(super) fn room(
    tracks: &[Trajectory],
    limits: &Limits,
    around: &Surroundings<'_>,
    place: impl Fn(usize, i64) -> Place + Sync,
) -> Option<Infeasibility> {
    let found: Vec<Option<Infeasibility>> = tracks
        .par_iter()
        .enumerate()
        .map(|(vehicle, track)| {
            track.segments().find_map(|s| {
                let judge = Judge { limits, around, place: &|t_ms| place(vehicle, t_ms) };
                judge.piece(&Curve::from(s), (s.start_ms as f64, s.end_ms as f64))
            })
        })
        .collect();
    found.into_iter().flatten().next()
}

struct Judge<'a> {
    limits: &'a Limits,
    around: &'a Surroundings<'a>,
    place: &'a dyn Fn(i64) -> Place,
}

impl Judge<'_> {
    fn piece(&self, curve: &Curve, (from_ms, to_ms): (f64, f64)) -> Option<Infeasibility> {
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
            return Some(Infeasibility::TooLow { place: place(), altitude_m: a.z, limit_m: floor_m });
        }
        if a.z > ceiling_m {
            return Some(Infeasibility::TooHigh { place: place(), altitude_m: a.z, limit_m: ceiling_m });
        }
        // Altitudes are judged to a micrometre: a piece may touch its limit.
        let level = (low >= floor_m || a.z.min(b.z) - low < 1e-6) && (high <= ceiling_m || high - a.z.max(b.z) < 1e-6);
        if bow_m <= STRAIGHT_M && level {
            if b.z < floor_m {
                return Some(Infeasibility::TooLow { place: place(), altitude_m: b.z, limit_m: floor_m });
            }
            if b.z > ceiling_m {
                return Some(Infeasibility::TooHigh { place: place(), altitude_m: b.z, limit_m: ceiling_m });
            }
            if leaves {
                return Some(Infeasibility::OutsideGeofence { place: place(), point_m: a });
            }
            let keep_out = keep_out?.name.clone();
            return Some(Infeasibility::InsideKeepOut { place: place(), point_m: a, keep_out });
        }
        let middle_ms = f64::midpoint(from_ms, to_ms);
        let (first, second) = curve.split(0.5);
        self.piece(&first, (from_ms, middle_ms)).or_else(|| self.piece(&second, (middle_ms, to_ms)))
    }
}

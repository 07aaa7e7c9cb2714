//! Motion limits, held against written pieces.

use kapok_motion::bezier::Curve;
use kapok_motion::timing::MotionLimits;
use kapok_show::{DVec3, Trajectory};
use rayon::prelude::*;

use crate::outcome::{LimitExcess, MotionPeaks};

const WHAT: [(&str, &str); 5] = [
    ("horizontal speed", "m/s"),
    ("climb rate", "m/s"),
    ("rate of descent", "m/s"),
    ("acceleration", "m/s²"),
    ("jerk", "m/s³"),
];

/// Peaks of one track, never too small and hardly too large.
fn peaks(track: &Trajectory) -> MotionPeaks {
    let mut most = MotionPeaks::default();
    for segment in track.segments() {
        if segment.control_m.iter().all(|&c| c == segment.control_m[0]) {
            continue;
        }
        let velocity = Curve::from(segment).derivative(segment.duration_s());
        let acceleration = velocity.derivative(segment.duration_s());
        let jerk = acceleration.derivative(segment.duration_s());
        most = most.or(MotionPeaks {
            velocity_xy_m_s: velocity.most(|v| v.truncate().length()),
            velocity_up_m_s: velocity.most(|v| v.z),
            velocity_down_m_s: velocity.most(|v| -v.z),
            acceleration_m_s2: acceleration.most(DVec3::length),
            jerk_m_s3: jerk.most(DVec3::length),
        });
    }
    most
}

/// Peaks of each track.
pub fn all_peaks(tracks: &[Trajectory]) -> Vec<MotionPeaks> {
    tracks.par_iter().map(peaks).collect()
}

fn in_order(peaks: &MotionPeaks) -> [f64; 5] {
    [peaks.velocity_xy_m_s, peaks.velocity_up_m_s, peaks.velocity_down_m_s, peaks.acceleration_m_s2, peaks.jerk_m_s3]
}

fn limits(of: &MotionLimits) -> [f64; 5] {
    [
        of.max_velocity_xy_m_s,
        of.max_velocity_up_m_s,
        of.max_velocity_down_m_s,
        of.max_acceleration_m_s2,
        of.max_jerk_m_s3,
    ]
}

/// By how much time must be stretched for a motion with these peaks to keep the limits; 1 or less: it keeps them.
pub fn stretch(peaks: &MotionPeaks, of: &MotionLimits) -> f64 {
    let roots: [fn(f64) -> f64; 5] = [|x| x, |x| x, |x| x, f64::sqrt, kapok_show::math::cbrt];
    in_order(peaks).iter().zip(limits(of)).zip(roots).map(|((p, l), root)| root(p / l)).fold(0.0, f64::max)
}

/// The limit that is exceeded most, by any vehicle.
pub fn worst(peaks: &[MotionPeaks], of: &[MotionLimits]) -> Option<LimitExcess> {
    let mut found: Option<(f64, LimitExcess)> = None;
    for (vehicle, (peaks, of)) in peaks.iter().zip(of).enumerate() {
        for ((value, limit), (what, unit)) in in_order(peaks).into_iter().zip(limits(of)).zip(WHAT) {
            let over = value / limit;
            if over > 1.0 && found.as_ref().is_none_or(|(worst, _)| over > *worst) {
                found = Some((over, LimitExcess { vehicle, what, unit, value, limit }));
            }
        }
    }
    found.map(|(_, excess)| excess)
}

/// The largest of all.
pub fn largest(peaks: &[MotionPeaks]) -> MotionPeaks {
    peaks.iter().copied().fold(MotionPeaks::default(), MotionPeaks::or)
}

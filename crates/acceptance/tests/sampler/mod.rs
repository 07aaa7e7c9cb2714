//! A second opinion on separation: positions of curves at instants, pair by pair, by de Casteljau's rule.

use std::fmt;

use kapok_show::{DVec3, Limits, Segment, Show, Trajectory};

/// Instants are so far apart, milliseconds.
const STEP_MS: i64 = 40;

/// The pair that lacks most of its distance.
pub struct Near {
    pair: (usize, usize),
    t_ms: i64,
    distance_m: f64,
    needed_m: f64,
    /// Needed less found, metres; negative where there is room.
    pub lacks_m: f64,
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pair: (a, b), t_ms, distance_m, needed_m, .. } = self;
        write!(f, "vehicles {a} and {b} are {distance_m} m apart at {t_ms} ms, where {needed_m} m are needed")
    }
}

/// Position of a vehicle; before and after its motion it stands.
fn position(trajectory: &Trajectory, t_ms: i64) -> DVec3 {
    let mut last = trajectory.start_point_m();
    if t_ms <= trajectory.start_ms() {
        return last;
    }
    for segment in trajectory.segments() {
        if t_ms <= segment.end_ms {
            return on_curve(&segment, t_ms);
        }
        last = *segment.control_m.last().unwrap_or(&last);
    }
    last
}

fn on_curve(segment: &Segment<'_>, t_ms: i64) -> DVec3 {
    let share = (t_ms - segment.start_ms) as f64 / (segment.end_ms - segment.start_ms) as f64;
    let mut points = segment.control_m.to_vec();
    while points.len() > 1 {
        points = points.windows(2).map(|w| w[0] + (w[1] - w[0]) * share).collect();
    }
    points[0]
}

/// Distance that counts and distance needed: in flight as soon as one of the two is not below the minimum navigation
/// altitude, else on the ground.
fn distances(a: DVec3, b: DVec3, limits: &Limits) -> (f64, f64) {
    let d = a - b;
    if a.z.max(b.z) >= limits.min_navigation_altitude_m {
        (DVec3::new(d.x, d.y, d.z / limits.downwash_scale).length(), limits.min_separation_m)
    } else {
        (d.length(), limits.ground_separation_m)
    }
}

/// The pair that lacks most, over all instants; none for a single vehicle.
pub fn closest(show: &Show) -> Option<Near> {
    let end_ms = show.vehicles.iter().map(|v| v.trajectory.end_ms()).max()?;
    let mut worst: Option<Near> = None;
    for t_ms in (0..=end_ms).step_by(STEP_MS as usize) {
        let at: Vec<DVec3> = show.vehicles.iter().map(|v| position(&v.trajectory, t_ms)).collect();
        for i in 0..at.len() {
            for j in 0..i {
                let (distance_m, needed_m) = distances(at[i], at[j], &show.limits);
                let lacks_m = needed_m - distance_m;
                if worst.as_ref().is_none_or(|w| lacks_m > w.lacks_m) {
                    worst = Some(Near { pair: (j, i), t_ms, distance_m, needed_m, lacks_m });
                }
            }
        }
    }
    worst
}

/// The oracle itself: two vehicles that meet are seen to.
pub fn check_itself() {
    let flight = |from: DVec3, to: DVec3| {
        let mut trajectory = Trajectory::starting_at(0, from).expect("a start");
        trajectory.push(10_000, &[to]).expect("a piece");
        trajectory
    };
    let limits = Limits::default();
    let (a, b) = (DVec3::new(-10.0, 0.0, 20.0), DVec3::new(10.0, 0.0, 20.0));
    let (one, other) = (flight(a, b), flight(b, a));
    assert!(position(&one, 5_000).length() - 20.0 < 1e-9);
    let (distance_m, needed_m) = distances(position(&one, 5_000), position(&other, 5_000), &limits);
    assert!(distance_m < 1e-9 && needed_m == limits.min_separation_m);
    assert_eq!(position(&one, 12_000), b);
    let low = DVec3::new(0.0, 0.0, 1.0);
    assert_eq!(distances(low, low, &limits).1, limits.ground_separation_m);
}

use kapok_show::DVec3;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::near::Near;
use super::points::{points, positive};

#[derive(Deserialize)]
pub(super) struct LandingRequest {
    points: Vec<[f64; 3]>,
    min_distance: f64,
    velocity: f64,
    target_altitude: f64,
    spindown_time: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct LandingAnswer {
    version: u8,
    start_times: Vec<f64>,
    durations: Vec<f64>,
}

/// The add-on rounds start and duration up to frames: whoever is waited for may be so much later, seconds. Two frames
/// from 20 frames a second up.
const FRAMES_S: f64 = 0.1;
/// Start times are multiples of this, seconds.
const STEP_S: f64 = 0.05;
/// Instants at which a pair is looked at; what happens between them is bounded by the speeds.
const INSTANTS: u32 = 160;
/// Largest rate of the add-on's easing, as a multiple of the mean.
const PEAK_RATE: f64 = 1.5;

pub(super) fn answer(request: &LandingRequest) -> Result<LandingAnswer, Fault> {
    let hover = points("points", &request.points)?;
    let velocity_m_s = positive("velocity", request.velocity)?;
    let min_distance_m = positive("min_distance", request.min_distance)?;
    let (ground_m, spindown_s) = (request.target_altitude, request.spindown_time);
    if !(ground_m.is_finite() && (0.0..=3600.0).contains(&spindown_s)) {
        return Err(Fault::bad("target_altitude must be a number and spindown_time from 0 to 3600 s"));
    }
    if let Some(index) = hover.iter().position(|p| p.z < ground_m - 1e-3) {
        let z = hover[index].z;
        return Err(Fault::Bad(format!("point {index} is at {z} m, below the altitude to land at, {ground_m} m")));
    }
    let heights: Vec<f64> = hover.iter().map(|p| (p.z - ground_m).max(0.0)).collect();
    let durations: Vec<f64> = heights.iter().map(|h| h / velocity_m_s).collect();
    if durations.iter().any(|d| *d > 86_400.0) {
        return Err(Fault::bad("the landing would take more than a day: check velocity and altitudes"));
    }
    let flat: Vec<DVec3> = hover.iter().map(|p| DVec3::new(p.x, p.y, 0.0)).collect();
    let near = Near::new(&flat, min_distance_m);
    let mut order: Vec<usize> = (0..hover.len()).collect();
    order.sort_by(|&a, &b| heights[a].total_cmp(&heights[b]).then(a.cmp(&b)));
    let mut start_times = vec![f64::NAN; hover.len()];
    for &upper in &order {
        let mut start_s = 0.0;
        for lower in near.within(flat[upper], min_distance_m - 1e-4) {
            if start_times[lower].is_nan() || lower == upper {
                continue;
            }
            let apart_m = flat[upper].distance(flat[lower]);
            let pair = Pair {
                gap_m: (min_distance_m * min_distance_m - apart_m * apart_m).max(0.0).sqrt(),
                lower: Descent {
                    start_s: start_times[lower] + FRAMES_S,
                    duration_s: durations[lower],
                    height_m: heights[lower],
                },
                duration_s: durations[upper],
                height_m: heights[upper],
                off_s: start_times[lower] + durations[lower] + spindown_s + FRAMES_S,
                velocity_m_s,
            };
            start_s = pair.earliest_start_s(start_s);
        }
        start_times[upper] = start_s;
    }
    Ok(LandingAnswer { version: 1, start_times, durations })
}

/// A straight descent to height 0.
struct Descent {
    start_s: f64,
    duration_s: f64,
    height_m: f64,
}

impl Descent {
    /// Height at an instant, at constant speed and with the add-on's easing.
    fn heights_m(&self, t_s: f64) -> [f64; 2] {
        let u = if self.duration_s > 0.0 { ((t_s - self.start_s) / self.duration_s).clamp(0.0, 1.0) } else { 1.0 };
        [self.height_m * (1.0 - u), self.height_m * (1.0 - u * u * (3.0 - 2.0 * u))]
    }
}

/// One that lands beside another that lands first.
struct Pair {
    /// Difference of heights that keeps the distance.
    gap_m: f64,
    lower: Descent,
    duration_s: f64,
    height_m: f64,
    /// When the motors of the lower one stop.
    off_s: f64,
    velocity_m_s: f64,
}

impl Pair {
    /// The earliest start of the upper one, not before `from_s`, from which on it keeps the gap until the lower one's
    /// motors are off, under either profile. A later start only widens the gap, so halving finds it.
    fn earliest_start_s(&self, from_s: f64) -> f64 {
        let (mut low, mut high) = ((from_s / STEP_S).ceil() as i64, (self.off_s / STEP_S).ceil() as i64);
        if low >= high || self.keeps(low as f64 * STEP_S) {
            return low as f64 * STEP_S;
        }
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            if self.keeps(middle as f64 * STEP_S) { high = middle } else { low = middle }
        }
        high as f64 * STEP_S
    }

    fn keeps(&self, start_s: f64) -> bool {
        let upper = Descent { start_s, duration_s: self.duration_s, height_m: self.height_m };
        let step_s = (self.off_s - start_s) / f64::from(INSTANTS);
        // Between two instants neither profile moves farther than this.
        let slack_m = step_s * PEAK_RATE * self.velocity_m_s / 2.0;
        (0..=INSTANTS).all(|k| {
            let t_s = start_s + step_s * f64::from(k);
            let (up, low) = (upper.heights_m(t_s), self.lower.heights_m(t_s));
            up.iter().zip(low).all(|(u, l)| u - l >= self.gap_m + slack_m)
        })
    }
}

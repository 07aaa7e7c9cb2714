//! A brute-force separation sampler. It evaluates Bernstein polynomials by their definition, compares all pairs
//! that are near along x, and knows nothing of certificates.

use kapok_show::{DVec3, Show, Trajectory};

/// What sampling found.
pub struct Sampled {
    pub distance_m: f64,
    pub t_ms: i64,
    pub pair: (usize, usize),
}

/// Least distance over all pairs at every `step_ms`; only distances below `reach_m` are looked for.
pub fn sampled_minimum_m(show: &Show, step_ms: i64, reach_m: f64) -> Sampled {
    let mut best = Sampled { distance_m: reach_m, t_ms: 0, pair: (0, 0) };
    let mut positions = vec![DVec3::ZERO; show.vehicles.len()];
    let mut cursors = vec![0_usize; show.vehicles.len()];
    let mut by_x: Vec<usize> = (0..show.vehicles.len()).collect();
    for t_ms in (0..=show.duration_ms()).step_by(step_ms as usize) {
        for ((vehicle, cursor), position) in show.vehicles.iter().zip(&mut cursors).zip(&mut positions) {
            *position = bernstein_sum(&vehicle.trajectory, cursor, t_ms);
        }
        by_x.sort_by(|&i, &j| positions[i].x.total_cmp(&positions[j].x));
        for (k, &i) in by_x.iter().enumerate() {
            for &j in &by_x[k + 1..] {
                if positions[j].x - positions[i].x >= best.distance_m {
                    break;
                }
                let distance_m = (positions[j] - positions[i]).length();
                if distance_m < best.distance_m {
                    best = Sampled { distance_m, t_ms, pair: (i, j) };
                }
            }
        }
    }
    best
}

/// Σ C(d,k) (1−u)^(d−k) u^k c_k, term by term.
fn bernstein_sum(trajectory: &Trajectory, cursor: &mut usize, t_ms: i64) -> DVec3 {
    if t_ms <= trajectory.start_ms() {
        return trajectory.start_point_m();
    }
    while *cursor < trajectory.segment_count() && trajectory.segment(*cursor).end_ms < t_ms {
        *cursor += 1;
    }
    if *cursor == trajectory.segment_count() {
        return trajectory.end_point_m();
    }
    let segment = trajectory.segment(*cursor);
    let d = segment.degree() as i32;
    let u = (t_ms - segment.start_ms) as f64 / (segment.end_ms - segment.start_ms) as f64;
    let mut binomial = 1.0;
    let mut sum = DVec3::ZERO;
    for (k, &c) in segment.control_m.iter().enumerate() {
        let k = k as i32;
        sum += c * (binomial * (1.0 - u).powi(d - k) * u.powi(k));
        binomial *= f64::from(d - k) / f64::from(k + 1);
    }
    sum
}

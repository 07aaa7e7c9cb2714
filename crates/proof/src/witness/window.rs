//! Means over windows, measured by divided differences of sampled positions.

use kapok_show::{DVec3, Show, Trajectory};

use super::{Measured, ROUNDING, joint};
use crate::rule::{Rule, Witness};
use crate::rules::motion::windows::PointError;
use crate::settings::ProofSettings;

/// The mean over the witness's instants less what errors of points and legal jumps explain; empty if the rule has no such
/// mean there.
pub fn mean(show: &Show, rule: Rule, of: &Trajectory, witness: &Witness, settings: &ProofSettings) -> Vec<Measured> {
    let at_ms = &witness.window_ms;
    let order = match rule {
        Rule::VelocityXy | Rule::VelocityUp | Rule::VelocityDown | Rule::GroundMotion | Rule::Airspeed => 1,
        Rule::Acceleration => 2,
        Rule::Jerk => 3,
        _ => return Vec::new(),
    };
    let in_order = at_ms.len() == order + 1 && at_ms.windows(2).all(|w| w[0] < w[1]);
    let day_ms = 200_000_000;
    if !in_order || at_ms[0] as f64 != witness.t_ms || at_ms.iter().any(|t| !(-day_ms..day_ms).contains(t)) {
        return Vec::new();
    }
    let (first_ms, last_ms) = (at_ms[0], at_ms[order]);
    let within = |s: &kapok_show::Segment| s.start_ms < last_ms && s.end_ms > first_ms;
    let low_m = show.limits.min_navigation_altitude_m - settings.coordinate_step_m;
    let below = || of.segments().filter(within).all(|s| s.control_m.iter().all(|p| p.z < low_m));
    let known = || at_ms.iter().all(|&t| is_row(of, t));
    if (rule == Rule::GroundMotion && !below()) || (settings.samples && !known()) {
        return Vec::new();
    }

    let l = &show.limits;
    let e = PointError::of(l, settings, of);
    // m! times the m-th divided difference, and by how much one metre at every point can move it.
    let mut means: Vec<(DVec3, f64)> = at_ms.iter().map(|&t| (of.sample(t as f64).position_m, 1.0)).collect();
    for m in 1..=order {
        let each = means.windows(2).zip(at_ms.windows(m + 1)).map(|(w, at)| {
            let factor = m as f64 * 1000.0 / (at[m] - at[0]) as f64;
            ((w[1].0 - w[0].0) * factor, (w[1].1 + w[0].1) * factor)
        });
        means = each.collect();
    }
    let (mean, weight) = means[0];
    let (size, error_m) = match rule {
        Rule::VelocityUp => (mean.z, e.z_m),
        Rule::VelocityDown => (-mean.z, e.z_m),
        Rule::VelocityXy | Rule::GroundMotion | Rule::Airspeed => (mean.truncate().length(), e.xy_m),
        _ => (mean.length(), e.all_m),
    };
    let rounding = ROUNDING * means_reach_m(of, at_ms) * weight;
    let wind_m_s = if rule == Rule::Airspeed { l.max_wind_m_s } else { 0.0 };
    let value = size - error_m * weight - jumps(show, of, at_ms, settings) + wind_m_s;
    vec![Measured { value, rounding }]
}

/// What jumps inside the window explain of a mean acceleration or jerk: one of each kind that is legal, and all that are not.
fn jumps(show: &Show, of: &Trajectory, at_ms: &[i64], settings: &ProofSettings) -> f64 {
    let order = at_ms.len() - 1;
    let l = &show.limits;
    let (first_ms, last_ms) = (at_ms[0], at_ms[order]);
    let inside = |t: &i64| (first_ms + 1..last_ms).contains(t);
    let knots: Vec<i64> =
        std::iter::once(of.start_ms()).chain(of.segments().map(|s| s.end_ms)).filter(inside).collect();
    let total = |derivative: i32, legal: f64| {
        let each = knots.iter().map(|&t| joint(of, t as f64, derivative, settings, l));
        legal + each.filter(|j| j.jump - j.excused > legal).map(|j| j.jump).sum::<f64>()
    };
    // Greatest weight of an instant in a mean acceleration.
    let peak = |a_ms: i64, b_ms: i64| 2000.0 / (b_ms - a_ms) as f64;
    match order {
        2 => peak(first_ms, last_ms) * total(1, settings.velocity_jump_m_s),
        3 => {
            let steepest = peak(first_ms, at_ms[2]).max(peak(at_ms[1], last_ms));
            let of_velocity = steepest * total(1, settings.velocity_jump_m_s);
            let of_acceleration = total(2, settings.acceleration_jump_m_s2.unwrap_or(l.max_acceleration_m_s2));
            3000.0 / (last_ms - first_ms) as f64 * (of_velocity + of_acceleration)
        }
        _ => 0.0,
    }
}

/// Does a file of samples know where the vehicle is: at a row, or in a rest?
fn is_row(of: &Trajectory, t_ms: i64) -> bool {
    let Some(k) = of.segment_at(t_ms as f64).filter(|_| t_ms > of.start_ms()) else { return true };
    let s = of.segment(k);
    t_ms == s.start_ms || t_ms == s.end_ms || s.control_m.iter().all(|p| *p == s.control_m[0])
}

fn means_reach_m(of: &Trajectory, at_ms: &[i64]) -> f64 {
    at_ms.iter().fold(1.0, |m: f64, &t| m.max(of.sample(t as f64).position_m.abs().max_element()))
}

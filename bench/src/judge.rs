//! Judging an assignment: those of all solvers are held against the same measures.

use anyhow::{Result, ensure};
use kapok_motion::segment::squared_distance_to_origin;
use kapok_motion::timing::rest_to_rest_s;
use rayon::prelude::*;
use serde::Serialize;

use crate::instance::Instance;

/// What an assignment is worth if all fly straight and together.
#[derive(Clone, Debug, Serialize)]
pub struct Worth {
    /// Sum of the squared trips.
    pub cost_m2: f64,
    /// Longest trip.
    pub longest_m: f64,
    /// Shortest time of the longest trip to the lower bound of every plan.
    pub ratio: f64,
    /// Exact least distance of two vehicles on the way.
    pub least_m: f64,
}

/// # Errors
/// If it is no permutation.
pub fn worth(instance: &Instance, goal_of_start: &[usize], bound_s: f64) -> Result<Worth> {
    let n = instance.starts.len();
    let mut taken = vec![false; n];
    ensure!(goal_of_start.len() == n, "{} goals for {n} starts", goal_of_start.len());
    for &goal in goal_of_start {
        ensure!(goal < n && !taken[goal], "goal {goal} is taken twice or does not exist");
        taken[goal] = true;
    }
    let to: Vec<_> = goal_of_start.iter().map(|&g| instance.goals[g]).collect();
    let from = &instance.starts;
    let trips = || from.iter().zip(&to).map(|(a, b)| a.distance(*b));
    let longest_m = trips().fold(0.0, f64::max);
    let least_m2 = (0..n)
        .into_par_iter()
        .map(|i| {
            (0..i)
                .map(|j| {
                    // The difference moves on a segment: its point nearest to the origin.
                    squared_distance_to_origin(from[i] - from[j], to[i] - to[j])
                })
                .fold(f64::INFINITY, f64::min)
        })
        .reduce(|| f64::INFINITY, f64::min);
    Ok(Worth {
        cost_m2: trips().map(|d| d * d).sum(),
        longest_m,
        ratio: rest_to_rest_s(longest_m, 6.0, 3.0, 6.0) / bound_s,
        least_m: least_m2.sqrt(),
    })
}

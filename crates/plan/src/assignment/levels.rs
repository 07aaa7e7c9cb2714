use kapok_show::DVec3;
use rayon::prelude::*;

use super::solver::Solver;
use crate::spatial::{KdTree, Nearest, PowerTree};

/// Problems up to this size are solved from prices of zero.
const SMALLEST: usize = 400;
/// One point in so many makes the next coarser problem.
const THINNING: usize = 4;

/// Prices from which a solver of this problem has only local work left: those of a thinned problem, carried over.
///
/// Every fourth point in k-d order stands for its neighbours, in both sets. The price of a goal y is the least with which
/// no start of the thinned problem would rather have it than its own: max_i (u_i − |x_i − y|²), u_i the value the start
/// gets. The carried prices are exact where thinned goals are and off by about their spacing squared in between.
pub(super) fn start_prices(starts: &[DVec3], goals: &[DVec3]) -> Option<Vec<f64>> {
    let n = starts.len();
    if n <= SMALLEST {
        return None;
    }
    let thinned = |points: &[DVec3]| -> Vec<DVec3> {
        KdTree::new(points).points().iter().copied().skip(THINNING / 2).step_by(THINNING).collect()
    };
    let (few_starts, few_goals) = (thinned(starts), thinned(goals));
    let mut solver = Solver::new(&few_starts, &few_goals, start_prices(&few_starts, &few_goals));
    solver.descend();
    let values = solver.values();
    let mut field = PowerTree::new(&few_starts);
    let by_slot = field.tree().ids().iter().map(|&i| -values[i as usize]).collect();
    field.set_prices(by_slot);
    let price = |&goal: &DVec3| {
        let mut best = Nearest::<1>::new();
        field.nearest(goal, &mut best, |_| true, |_, _| true);
        -best.values[0]
    };
    Some(goals.par_iter().map(price).collect())
}

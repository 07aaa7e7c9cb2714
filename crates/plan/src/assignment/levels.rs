use kapok_motion::spatial::{KdTree, Nearest, PowerTree};
use kapok_show::DVec3;
use rayon::prelude::*;

use super::solver::Solver;

/// Problems up to this size are solved from prices of zero.
const SMALLEST: usize = 400;
/// One point in so many makes the next coarser problem.
const THINNING: usize = 4;

/// Prices from which a solver of this problem has only local work left: those of a thinned problem, carried over.
///
/// Every fourth point in k-d order stands for its neighbours, in both sets. The price of a goal y is the least with which
/// no start of the thinned problem would rather have it than its own: max_i (u_i − |x_i − y|²), u_i the value the start
/// gets. The carried prices are exact where thinned goals are and off by about their spacing squared in between.
///
/// Where there are more goals than starts, `idle_costs` is what each goal costs an idle start, and the price is also
/// such that none of them would rather have the goal.
pub fn start_prices(starts: &[DVec3], goals: &[DVec3], idle_costs: Option<&[f64]>) -> Option<Vec<f64>> {
    let n = starts.len();
    if n <= SMALLEST {
        // None is assigned yet, and all goals are worth the same to idle starts.
        return idle_costs.map(|costs| costs.iter().map(|c| -c).collect());
    }
    let thinned = |points: &[DVec3]| -> (Vec<DVec3>, Vec<usize>) {
        let tree = KdTree::new(points);
        let both = tree.points().iter().zip(tree.ids()).skip(THINNING / 2).step_by(THINNING);
        both.map(|(p, id)| (*p, *id as usize)).unzip()
    };
    let ((few_starts, _), (few_goals, kept)) = (thinned(starts), thinned(goals));
    let few_costs: Option<Vec<f64>> = idle_costs.map(|costs| kept.iter().map(|&goal| costs[goal]).collect());
    let few_costs = few_costs.as_deref();
    let prices = start_prices(&few_starts, &few_goals, few_costs);
    let mut solver = Solver::new(&few_starts, &few_goals, prices.as_deref(), few_costs);
    solver.descend();
    let values = solver.values();
    let idle_value = solver.idle_value();
    let mut field = PowerTree::new(&few_starts);
    let by_slot = field.tree().ids().iter().map(|&i| -values[i as usize]).collect();
    field.set_prices(by_slot);
    let price = |(j, &goal): (usize, &DVec3)| {
        let mut best = Nearest::<1>::new();
        field.nearest(goal, &mut best, |_| true, |_, _| true);
        match (idle_value, idle_costs) {
            (Some(value), Some(costs)) => (value - costs[j]).max(-best.values[0]),
            _ => -best.values[0],
        }
    };
    Some(goals.par_iter().enumerate().map(price).collect())
}

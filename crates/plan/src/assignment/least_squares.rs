use std::collections::BTreeSet;

use kapok_show::{BadSetting, DVec3};

use super::input::{AssignError, check_each, check_points};
use super::levels;
use super::measure::Measure;
use super::precondition::matched;
use super::solver::Solver;

/// How an assignment is sought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AssignSettings {
    /// How much better a vehicle's best goal may be than the one it gets, square metres, prices included; from 0 up. The
    /// gap is at most n times this. 0, the default: optimal up to rounding, at little extra cost.
    pub slack_per_vehicle_m2: f64,
}

impl AssignSettings {
    /// Every value inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] for the first value that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        let value = self.slack_per_vehicle_m2;
        if value.is_finite() && value >= 0.0 {
            return Ok(());
        }
        Err(BadSetting { field: "slack_per_vehicle_m2", value, why: "it must be a finite number from 0 up" })
    }
}

/// Which start goes to which goal, with the evidence that no other choice is much better.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Index of the goal of each start.
    pub goal_of_start: Vec<u32>,
    /// Sum of the squared trips, square metres.
    pub cost_m2: f64,
    /// Cost minus a lower bound on the cost of every assignment; at least 0.
    pub gap_m2: f64,
    /// Dual price of each goal, square metres: the witness of the lower bound Σ_i min_j(|x_i−y_j|² + p_j) − Σ_j p_j. With
    /// more goals than starts they are 0 or more, as that bound then asks for.
    pub prices_m2: Vec<f64>,
}

/// Assigns goals to starts so that the sum of squared distances is least.
///
/// # Shapes, units and frames
/// Both slices have the same length n, at least 1; metres, any one common frame. For a downwash ellipsoid divide z by
/// its scale first: assignment and separation then share one metric.
///
/// # Guarantees
/// The cost is within `gap_m2` of the optimum, certified by dual prices. Hence for every pair of vehicles
/// a·b ≥ −`gap_m2`/2 (a, b: difference of their starts, of their goals), and flights along straight lines with one
/// common time law keep a squared distance of at least Δs²Δg²/(Δs² + Δg²) − `gap_m2`/4.
///
/// # Errors
/// [`AssignError`]. Ties and coincident points are no error.
///
/// # Complexity
/// O(n) memory, no n × n matrix; O(log n) per price query. Ties are finished by augmenting paths, so they start no
/// price war.
///
/// # Determinism
/// The same input gives the same assignment on any number of threads.
///
/// # Source
/// Bertsekas 1988 (auction with ε-scaling); price query on a k-d tree as in a power diagram; Jonker and Volgenant 1987.
pub fn assign(starts: &[DVec3], goals: &[DVec3], settings: &AssignSettings) -> Result<Assignment, AssignError> {
    settings.validate()?;
    check_points(starts, goals)?;
    Ok(Assigner::new(starts, goals, *settings).assignment)
}

/// Gives each start one of at least as many goals so that the sum of squared distances is least; some goals stay empty.
///
/// # Shapes, units and frames
/// As for [`assign`], but there may be more goals than starts.
///
/// # Guarantees
/// The cost is within `gap_m2` of the optimum, certified by dual prices, and so is that of the same pairs among
/// themselves: what [`assign`] promises of straight flights holds for them.
///
/// # Errors
/// [`AssignError`].
///
/// # Complexity
/// As for [`assign`]: as if there were as many starts as goals.
///
/// # Determinism
/// The same input gives the same assignment on any number of threads.
///
/// # Source
/// The starts that are missing are taken for idle: every goal is as good to them as any other. Then there are as many as
/// goals (Bertsekas and Castañon 1992 treat the same problem by an auction in reverse).
pub fn assign_some(starts: &[DVec3], goals: &[DVec3], settings: &AssignSettings) -> Result<Assignment, AssignError> {
    settings.validate()?;
    if starts.len() > goals.len() {
        return Err(AssignError::TooFewGoals { starts: starts.len(), goals: goals.len() });
    }
    check_each(starts, goals)?;
    if starts.len() == goals.len() {
        return Ok(Assigner::new(starts, goals, *settings).assignment);
    }
    if starts.is_empty() {
        let prices_m2 = vec![0.0; goals.len()];
        return Ok(Assignment { goal_of_start: Vec::new(), cost_m2: 0.0, gap_m2: 0.0, prices_m2 });
    }
    // Near the origin the terms below stay small.
    let middle = goals.iter().fold(DVec3::ZERO, |s, &p| s + p) / goals.len() as f64;
    let centred = |points: &[DVec3]| -> Vec<DVec3> { points.iter().map(|&p| p - middle).collect() };
    let (near_starts, near_goals) = (centred(starts), centred(goals));
    let mean = near_starts.iter().fold(DVec3::ZERO, |s, &p| s + p) / starts.len() as f64;
    // With few idle goals those of the starts have about the shape of all of them, and the change of coordinates is worth
    // what it costs: a term of each goal that those who stay idle have to see.
    let (solved_starts, solved_goals, idle_costs) = if 3 * starts.len() > 2 * goals.len() {
        let (x, y) = matched(&near_starts, &near_goals);
        let term = |(y, goal): (&DVec3, &DVec3)| y.length_squared() - goal.length_squared() + 2.0 * goal.dot(mean);
        let costs: Vec<f64> = y.iter().zip(&near_goals).map(term).collect();
        (x, y, costs)
    } else {
        let costs = vec![0.0; goals.len()];
        (near_starts, near_goals, costs)
    };
    let prices = levels::start_prices(&solved_starts, &solved_goals, Some(&idle_costs));
    let mut solver = Solver::new(&solved_starts, &solved_goals, prices.as_deref(), Some(&idle_costs));
    solver.descend();
    solver.finish(settings.slack_per_vehicle_m2);
    let goal_of_start = solver.goal_of_start();
    let gap_m2 = solver.total_slack();
    let least = solver.idle_value().unwrap_or(0.0);
    let prices_m2 = solver.price_of_goal().iter().zip(&idle_costs).map(|(p, c)| (p + c - least).max(0.0)).collect();
    let cost_m2 = cost(starts, goals, &goal_of_start);
    Ok(Assignment { goal_of_start, cost_m2, gap_m2, prices_m2 })
}

/// An assignment with the search that made it, from which others can be made at little cost.
pub struct Assigner {
    pub assignment: Assignment,
    /// None without vehicles.
    solver: Option<Solver>,
}

impl Assigner {
    /// Both sets are as [`check_points`] asks.
    pub fn new(starts: &[DVec3], goals: &[DVec3], settings: AssignSettings) -> Self {
        if starts.is_empty() {
            let assignment = Assignment { goal_of_start: Vec::new(), cost_m2: 0.0, gap_m2: 0.0, prices_m2: Vec::new() };
            return Self { assignment, solver: None };
        }
        let (near_starts, near_goals) = matched(starts, goals);
        let prices = levels::start_prices(&near_starts, &near_goals, None);
        let mut solver = Solver::new(&near_starts, &near_goals, prices.as_deref(), None);
        solver.descend();
        solver.finish(settings.slack_per_vehicle_m2);
        let goal_of_start = solver.goal_of_start();
        let gap_m2 = solver.total_slack();
        let start_mean = starts.iter().fold(DVec3::ZERO, |s, &p| s + p) / starts.len() as f64;
        // |x − y|² + P and |x' − y'|² + p differ by terms of x alone if P is this.
        let prices_m2 = solver
            .price_of_goal()
            .iter()
            .zip(near_goals.iter().zip(goals))
            .map(|(p, (near, &goal))| p + near.length_squared() - goal.length_squared() + 2.0 * goal.dot(start_mean))
            .collect();
        let cost_m2 = cost(starts, goals, &goal_of_start);
        Self { assignment: Assignment { goal_of_start, cost_m2, gap_m2, prices_m2 }, solver: Some(solver) }
    }

    /// The search for the least Σd² among assignments whose trips, between the given places, have keys of at most
    /// `reach`; nothing if there is none or if it takes more than `steps`, which are counted down.
    pub fn within(
        &self,
        starts: &[DVec3],
        goals: &[DVec3],
        measure: Measure,
        reach: f64,
        steps: &mut usize,
    ) -> Option<Bounded> {
        let mut solver = self.solver.clone()?;
        solver.fence(starts, goals, measure, reach, *steps);
        let found = solver.finish(0.0);
        *steps = solver.steps_left();
        found.then_some(Bounded { solver })
    }
}

/// Assignments of least Σd² with bounded and barred trips.
pub struct Bounded {
    solver: Solver,
}

impl Bounded {
    pub fn goal_of_start(&self) -> Vec<u32> {
        self.solver.goal_of_start()
    }

    /// Bars the present trips of these starts and seeks again; false if there is no assignment left.
    pub fn bar(&mut self, starts: &BTreeSet<u32>, steps: &mut usize) -> bool {
        let found = self.solver.bar(starts);
        *steps = self.solver.steps_left();
        found
    }
}

/// Σd² of an assignment.
pub fn cost(starts: &[DVec3], goals: &[DVec3], goal_of_start: &[u32]) -> f64 {
    starts.iter().zip(goal_of_start).map(|(s, &g)| s.distance_squared(goals[g as usize])).sum()
}

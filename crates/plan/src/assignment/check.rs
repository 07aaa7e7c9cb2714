use kapok_show::DVec3;
use rayon::prelude::*;

use super::least_squares::Assignment;

/// What is wrong with an assignment.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AssignmentFault {
    /// Lengths differ.
    #[error("{what} has {found} entries for {expected} starts")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// Number of starts.
        expected: usize,
    },
    /// A price below 0 proves nothing where goals stay empty.
    #[error("goal {goal} has the price {price_m2} m², but with more goals than starts it must be 0 or more")]
    Price {
        /// The goal.
        goal: usize,
        /// Its price.
        price_m2: f64,
    },
    /// A goal is used twice or does not exist.
    #[error("goal {goal} of start {start} does not exist or is taken")]
    NotAPermutation {
        /// The start.
        start: usize,
        /// Its goal.
        goal: u32,
    },
    /// The cost is not the cost.
    #[error("the cost is stated as {stated_m2} m² but is {actual_m2} m²")]
    Cost {
        /// As stated.
        stated_m2: f64,
        /// As found.
        actual_m2: f64,
    },
    /// The lower bound does not hold.
    #[error("the gap is stated as {stated_m2} m² but the prices prove only {proved_m2} m²")]
    Gap {
        /// As stated.
        stated_m2: f64,
        /// As found.
        proved_m2: f64,
    },
}

impl Assignment {
    /// Is this a permutation, is `cost_m2` its cost, do the prices prove the gap? Shares no code with
    /// [`assign`](crate::assign) and [`assign_some`](crate::assign_some): every pair is looked at.
    ///
    /// # Errors
    /// The first [`AssignmentFault`] found.
    ///
    /// # Complexity
    /// O(n²) time, O(n) memory.
    pub fn check(&self, starts: &[DVec3], goals: &[DVec3]) -> Result<(), AssignmentFault> {
        let expected = starts.len();
        for (what, found, right) in [
            ("goals", goals.len(), goals.len() >= expected),
            ("goal_of_start", self.goal_of_start.len(), self.goal_of_start.len() == expected),
            ("prices_m2", self.prices_m2.len(), self.prices_m2.len() == goals.len()),
        ] {
            if !right {
                return Err(AssignmentFault::Length { what, found, expected });
            }
        }
        if goals.len() > expected
            && let Some(goal) = self.prices_m2.iter().position(|p| p.is_nan() || *p < 0.0)
        {
            return Err(AssignmentFault::Price { goal, price_m2: self.prices_m2[goal] });
        }
        let mut taken = vec![false; goals.len()];
        for (start, &goal) in self.goal_of_start.iter().enumerate() {
            match taken.get_mut(goal as usize) {
                Some(slot) if !*slot => *slot = true,
                _ => return Err(AssignmentFault::NotAPermutation { start, goal }),
            }
        }
        let pairs = starts.iter().zip(&self.goal_of_start);
        let actual_m2: f64 = pairs.map(|(s, &g)| s.distance_squared(goals[g as usize])).sum();
        let off_m2 = (self.cost_m2 - actual_m2).abs();
        if off_m2.is_nan() || off_m2 > 1e-9 * actual_m2.max(1e-9) {
            return Err(AssignmentFault::Cost { stated_m2: self.cost_m2, actual_m2 });
        }
        let least: Vec<f64> = starts
            .par_iter()
            .map(|s| {
                let values = goals.iter().zip(&self.prices_m2).map(|(g, p)| s.distance_squared(*g) + p);
                values.fold(f64::INFINITY, f64::min)
            })
            .collect();
        let bound_m2 = least.iter().sum::<f64>() - self.prices_m2.iter().sum::<f64>();
        let proved_m2 = actual_m2 - bound_m2;
        // Rounding of the sums: prices are as large as the squared distance from the origin.
        let size_m2: f64 = self.prices_m2.iter().chain(&least).map(|v| v.abs()).sum::<f64>() + actual_m2;
        let allowed_m2 = self.gap_m2 + 1e-12 * size_m2;
        if allowed_m2.is_nan() || proved_m2 > allowed_m2 {
            return Err(AssignmentFault::Gap { stated_m2: self.gap_m2, proved_m2 });
        }
        Ok(())
    }
}

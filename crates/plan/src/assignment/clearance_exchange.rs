//! Exchanges of goals after the assignment, so that straight flights keep clear of each other.
//!
//! The least Σd² keeps every pair at least Δ/√2 apart, Δ the spacing of starts and goals, but seldom all of Δ. Two flights
//! with one time law are closest where the segment from `x_i − x_j` to `g_i − g_j` is nearest to the origin, whatever the
//! law is. No pair can be farther apart than the least spacing of starts or goals, so that spacing is what is sought.
//!
//! # The way
//! First all close pairs together: an exchange with one of the closest pair's two flights is made if it lowers
//! Σ (Δ/d)⁸ over the pairs that are closer than Δ, the best of its exchanges. Then the closest only: an exchange is made if the
//! two that exchange keep farther from all others than the pair was apart. The first gets past exchanges that alone bring
//! nothing, the second never brings a pair as close; what is worse than the assignment at the end is given up for what the
//! second does alone.

use std::collections::BTreeSet;

use kapok_motion::segment::closest_to_origin;
use kapok_motion::spatial::closest_pair;
use kapok_show::{BadSetting, DVec3};
use rayon::prelude::*;

use super::input::{AssignError, check_each};

/// Most close pairs that are looked at: the closest of all.
const MAX_CLOSE: usize = 100_000;

/// Flights that are tried as partners of an exchange: those that start or end nearest.
const PARTNERS: usize = 64;
/// Least gain of an exchange: above what rounding can make of a sum whose terms are at most `(Δ / NEAREST Δ)⁸`.
const LEAST_GAIN: f64 = 1e-6;
/// Share of the distance sought below which nearer pairs count alike.
const NEAREST: f64 = 0.1;

/// Most flights of which all pairs are compared for the clearance.
const MAX_COMPARED: usize = 20_000;

/// What an exchange of goals may cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExchangeSettings {
    /// Share by which the longest flight may become longer; from 0 up.
    pub longer_share: f64,
    /// Most pairs of flights that are compared: the bound of the cost, whatever the input is. Where not even all pairs can be
    /// compared once, nothing is exchanged.
    pub max_comparisons: u64,
}

impl Default for ExchangeSettings {
    /// The longest flight 3 % longer at most; 60 million comparisons, about a second.
    fn default() -> Self {
        Self { longer_share: 0.03, max_comparisons: 60_000_000 }
    }
}

/// Goals after exchanges.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchanged {
    /// Index of the goal of each start.
    pub goal_of_start: Vec<u32>,
    /// Least distance of two vehicles that fly straight at the same time with the same time law, metres; `None` for fewer
    /// than two, and for more than 20,000, of which not all pairs are compared.
    pub clearance_m: Option<f64>,
    /// Number of exchanges.
    pub exchanges: usize,
}

/// Exchanges goals of an assignment so that the closest of its straight flights come less close.
///
/// # Shapes, units and frames
/// `goal_of_start` gives every start a goal of its own; there may be more goals than starts. Metres, any one frame.
///
/// # Guarantees
/// The closest two flights come no closer than before, and the longest becomes at most `longer_share` longer. An assignment
/// whose flights keep the least spacing of its starts and goals is left as it is.
///
/// # Errors
/// [`AssignError`] for points that are not finite, a setting that makes no sense, or goals that are none.
///
/// # Complexity
/// n²/2 comparisons for the close pairs, O(n) for a pair and a candidate of an exchange, mostly fewer: at most
/// `max_comparisons` in all. Besides, n²/2 for the clearance.
///
/// # Determinism
/// The same input gives the same goals on any number of threads.
pub fn exchange_for_clearance(
    starts: &[DVec3],
    goals: &[DVec3],
    goal_of_start: &[u32],
    settings: &ExchangeSettings,
) -> Result<Exchanged, AssignError> {
    check_each(starts, goals)?;
    let value = settings.longer_share;
    if !(value.is_finite() && value >= 0.0) {
        let why = "it must be a finite number from 0 up";
        return Err(BadSetting { field: "longer_share", value, why }.into());
    }
    let taken: BTreeSet<u32> = goal_of_start.iter().copied().filter(|&g| (g as usize) < goals.len()).collect();
    if goal_of_start.len() != starts.len() || taken.len() != starts.len() {
        return Err(AssignError::CountMismatch { starts: starts.len(), goals: taken.len() });
    }
    let pairs = (starts.len() as u64).saturating_mul(starts.len() as u64) / 2;
    let mut found = Exchanged { goal_of_start: goal_of_start.to_vec(), clearance_m: None, exchanges: 0 };
    if let Some(comparisons_left) = settings.max_comparisons.checked_sub(pairs) {
        let mut flights = Flights::new(starts, goals, goal_of_start, settings.longer_share, comparisons_left);
        let mut alone = flights.clone();
        flights.relax();
        flights.widen();
        if flights.closest() <= alone.closest() {
            alone.comparisons_left = flights.comparisons_left;
            alone.widen();
            flights = alone;
        }
        (found.goal_of_start, found.exchanges) = (flights.goal_of_start, flights.exchanges);
    }
    if starts.len() <= MAX_COMPARED {
        let to: Vec<DVec3> = found.goal_of_start.iter().map(|&g| goals[g as usize]).collect();
        found.clearance_m = least_distance_m(starts, &to);
    }
    Ok(found)
}

/// Least distance of any two that fly straight with one time law.
fn least_distance_m(from: &[DVec3], to: &[DVec3]) -> Option<f64> {
    let least =
        |i: usize| (0..i).map(|j| closest_to_origin(from[i] - from[j], to[i] - to[j]).0).fold(f64::INFINITY, f64::min);
    (1..from.len()).into_par_iter().map(least).collect::<Vec<_>>().into_iter().min_by(f64::total_cmp)
}

/// Two flights that come closer than sought: the distance, which is not negative and so ordered as its bits are, and
/// the starts.
type Close = (u64, usize, usize);

#[derive(Clone)]
struct Flights<'a> {
    from: &'a [DVec3],
    goals: &'a [DVec3],
    goal_of_start: Vec<u32>,
    to: Vec<DVec3>,
    /// Least spacing of starts and of the goals that are flown to.
    sought_m: f64,
    longest_m: f64,
    close: BTreeSet<Close>,
    comparisons_left: u64,
    exchanges: usize,
}

impl<'a> Flights<'a> {
    fn new(
        from: &'a [DVec3],
        goals: &'a [DVec3],
        goal_of_start: &[u32],
        longer_share: f64,
        comparisons_left: u64,
    ) -> Self {
        let to: Vec<DVec3> = goal_of_start.iter().map(|&g| goals[g as usize]).collect();
        let spacing_m = |points: &[DVec3]| closest_pair(points).map_or(0.0, |(_, _, m)| m);
        // Less the rounding of numbers.
        let sought_m = spacing_m(from).min(spacing_m(&to)) * (1.0 - 1e-9);
        let longest_m = from.iter().zip(&to).map(|(a, b)| a.distance(*b)).fold(0.0, f64::max) * (1.0 + longer_share);
        let close_of = |i: usize| -> Vec<Close> {
            let distance_m = |j: usize| closest_to_origin(from[i] - from[j], to[i] - to[j]).0;
            (0..i).map(|j| (distance_m(j).to_bits(), j, i)).filter(|c| f64::from_bits(c.0) < sought_m).collect()
        };
        let mut close: Vec<Close> = Vec::new();
        // Row after row, so that crowds need no more memory than the rows of one step.
        for first in (0..from.len()).step_by(256) {
            let rows: Vec<Vec<Close>> = (first..(first + 256).min(from.len())).into_par_iter().map(close_of).collect();
            close.extend(rows.into_iter().flatten());
            if close.len() > MAX_CLOSE {
                close.sort_unstable();
                close.truncate(MAX_CLOSE);
            }
        }
        Self {
            from,
            goals,
            goal_of_start: goal_of_start.to_vec(),
            to,
            sought_m,
            longest_m,
            close: close.into_iter().collect(),
            comparisons_left,
            exchanges: 0,
        }
    }

    /// Bits of the distance of the closest pair; the largest number if none is close.
    fn closest(&self) -> u64 {
        self.close.first().map_or(u64::MAX, |c| c.0)
    }

    /// Exchanges that lower the sum over all close pairs.
    fn relax(&mut self) {
        let mut after: Option<Close> = None;
        while let Some(next) = self.next_after(after) {
            match self.lowering_exchange(next) {
                Ok(Some((i, k))) => {
                    self.exchange(i, k);
                    after = None;
                }
                Ok(None) => after = Some(next),
                Err(OutOfBudget) => return,
            }
        }
    }

    /// Exchanges that help the closest pair; one that none helps is left until another has been helped.
    fn widen(&mut self) {
        let mut after: Option<Close> = None;
        while let Some(next) = self.next_after(after) {
            match self.widening_exchange(next) {
                Ok(Some((i, k))) => {
                    self.exchange(i, k);
                    after = None;
                }
                Ok(None) => after = Some(next),
                Err(OutOfBudget) => return,
            }
        }
    }

    fn next_after(&self, after: Option<Close>) -> Option<Close> {
        match after {
            Some(last) => self.close.range((std::ops::Bound::Excluded(last), std::ops::Bound::Unbounded)).next(),
            None => self.close.first(),
        }
        .copied()
    }

    /// The flights with which one may exchange: those that start or end nearest, in the order of the starts.
    fn partners(&self, one: usize) -> Vec<usize> {
        let fits = |a: usize, b: usize| self.from[a].distance(self.to[b]) <= self.longest_m;
        let near =
            |k: usize| self.from[one].distance_squared(self.from[k]).min(self.to[one].distance_squared(self.to[k]));
        let mut list: Vec<usize> = (0..self.from.len()).filter(|&k| k != one && fits(one, k) && fits(k, one)).collect();
        if list.len() > PARTNERS {
            list.select_nth_unstable_by(PARTNERS, |a, b| near(*a).total_cmp(&near(*b)).then(a.cmp(b)));
            list.truncate(PARTNERS);
            list.sort_unstable();
        }
        list
    }

    /// The exchange of one of the pair that lowers the sum most, if one does.
    fn lowering_exchange(&mut self, (_, i, j): Close) -> Result<Option<(usize, usize)>, OutOfBudget> {
        for one in [i, j] {
            let mut best = (-LEAST_GAIN, None);
            for other in self.partners(one) {
                let gain = self.change_of_sum(one, other)?;
                if gain < best.0 {
                    best = (gain, Some((one, other)));
                }
            }
            if best.1.is_some() {
                return Ok(best.1);
            }
        }
        Ok(None)
    }

    /// By how much Σ (Δ/d)⁸ − 1 over close pairs changes with an exchange.
    fn change_of_sum(&mut self, i: usize, k: usize) -> Result<f64, OutOfBudget> {
        let comparisons = 4 * self.from.len() as u64;
        self.comparisons_left = self.comparisons_left.checked_sub(comparisons).ok_or(OutOfBudget)?;
        let sought_m = self.sought_m;
        let share = |m: f64| if m < sought_m { (sought_m / m.max(NEAREST * sought_m)).powi(8) - 1.0 } else { 0.0 };
        let pair = |a: usize, to_a: DVec3, b: usize, to_b: DVec3| {
            share(closest_to_origin(self.from[a] - self.from[b], to_a - to_b).0)
        };
        let (to_i, to_k) = (self.to[i], self.to[k]);
        let others = (0..self.from.len()).filter(|&o| o != i && o != k);
        let change = others.fold(0.0, |sum, o| {
            let to_o = self.to[o];
            sum + pair(i, to_k, o, to_o) + pair(k, to_i, o, to_o) - pair(i, to_i, o, to_o) - pair(k, to_k, o, to_o)
        });
        Ok(change + pair(i, to_k, k, to_i) - pair(i, to_i, k, to_k))
    }

    /// The exchange with one of the pair after which the two that exchange keep farthest from all others, if that is
    /// farther than the pair is now.
    fn widening_exchange(&mut self, (bits, i, j): Close) -> Result<Option<(usize, usize)>, OutOfBudget> {
        let mut best_m = f64::from_bits(bits) * (1.0 + 1e-9);
        let mut best = None;
        for one in [i, j] {
            for other in self.partners(one) {
                let least_m = self.least_after(one, other, best_m)?;
                if least_m > best_m {
                    (best_m, best) = (least_m, Some((one, other)));
                    if best_m >= self.sought_m {
                        return Ok(best);
                    }
                }
            }
        }
        Ok(best)
    }

    /// Least distance of two flights that have exchanged their goals from each other and from all others; any number that
    /// is not above `enough_m` stands for less.
    fn least_after(&mut self, i: usize, k: usize, enough_m: f64) -> Result<f64, OutOfBudget> {
        let (to_i, to_k) = (self.to[k], self.to[i]);
        let (mut least_m, _) = closest_to_origin(self.from[i] - self.from[k], to_i - to_k);
        for other in 0..self.from.len() {
            if least_m <= enough_m {
                break;
            }
            if other == i || other == k {
                continue;
            }
            self.comparisons_left = self.comparisons_left.checked_sub(2).ok_or(OutOfBudget)?;
            for (from_m, to_m) in [(self.from[i], to_i), (self.from[k], to_k)] {
                let (m, _) = closest_to_origin(from_m - self.from[other], to_m - self.to[other]);
                least_m = least_m.min(m);
            }
        }
        self.comparisons_left = self.comparisons_left.checked_sub(1).ok_or(OutOfBudget)?;
        Ok(least_m)
    }

    fn exchange(&mut self, i: usize, k: usize) {
        self.goal_of_start.swap(i, k);
        for v in [i, k] {
            self.to[v] = self.goals[self.goal_of_start[v] as usize];
        }
        self.close.retain(|c| ![c.1, c.2].iter().any(|v| [i, k].contains(v)));
        for v in [i, k] {
            for other in (0..self.from.len()).filter(|&o| o != v) {
                let (m, _) = closest_to_origin(self.from[v] - self.from[other], self.to[v] - self.to[other]);
                if m < self.sought_m {
                    self.close.insert((m.to_bits(), v.min(other), v.max(other)));
                }
            }
        }
        self.exchanges += 1;
    }
}

/// The comparisons are used up.
struct OutOfBudget;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::{AssignSettings, assign};
    use proptest::prelude::*;

    fn brute(from: &[DVec3], goals: &[DVec3], goal_of_start: &[u32]) -> Vec<f64> {
        let to: Vec<DVec3> = goal_of_start.iter().map(|&g| goals[g as usize]).collect();
        let pairs = (0..from.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let mut all: Vec<f64> = pairs.map(|(i, j)| closest_to_origin(from[i] - from[j], to[i] - to[j]).0).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    fn longest(from: &[DVec3], goals: &[DVec3], goal_of_start: &[u32]) -> f64 {
        from.iter().zip(goal_of_start).map(|(p, &g)| p.distance(goals[g as usize])).fold(0.0, f64::max)
    }

    fn cloud(n: usize) -> impl Strategy<Value = Vec<DVec3>> {
        prop::collection::vec(prop::array::uniform3(-12.0..12.0f64).prop_map(DVec3::from_array), n)
    }

    proptest! {
        #[test]
        fn no_pair_comes_closer_than_the_closest_did_and_no_flight_is_much_longer((from, to) in (2..16usize).prop_flat_map(|n| (cloud(n), cloud(n)))) {
            let first = assign(&from, &to, &AssignSettings::default()).unwrap().goal_of_start;
            let found = exchange_for_clearance(&from, &to, &first, &ExchangeSettings::default()).unwrap();
            let mut sorted = found.goal_of_start.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..from.len() as u32).collect::<Vec<_>>());
            let (before, after) = (brute(&from, &to, &first), brute(&from, &to, &found.goal_of_start));
            prop_assert!((found.clearance_m.unwrap() - after[0]).abs() < 1e-9);
            prop_assert!(after[0] >= before[0] - 1e-9);
            prop_assert!(longest(&from, &to, &found.goal_of_start) <= 1.03 * longest(&from, &to, &first) + 1e-9);
            if found.exchanges == 0 {
                prop_assert_eq!(found.goal_of_start, first);
            }
        }
    }

    #[test]
    fn flights_that_keep_the_spacing_are_left_alone_and_bad_goals_refused() {
        let row: Vec<DVec3> = (0..5).map(|k| DVec3::X * f64::from(k)).collect();
        let above: Vec<DVec3> = row.iter().map(|p| *p + DVec3::Z * 9.0).collect();
        let settings = ExchangeSettings::default();
        let found = exchange_for_clearance(&row, &above, &[0, 1, 2, 3, 4], &settings).unwrap();
        assert_eq!((found.exchanges, found.clearance_m), (0, Some(1.0)));
        for bad in [&[0, 1, 2, 3][..], &[0, 1, 2, 3, 3], &[0, 1, 2, 3, 9]] {
            assert!(exchange_for_clearance(&row, &above, bad, &settings).is_err(), "{bad:?}");
        }
        let single = exchange_for_clearance(&row[..1], &above[..1], &[0], &settings).unwrap();
        assert_eq!(single.clearance_m, None);
    }

    #[test]
    fn clearance_is_between_the_ends_too() {
        let (from, to) = ([DVec3::ZERO, DVec3::new(10.0, 2.0, 0.0)], [DVec3::X * 10.0, DVec3::new(0.0, 2.0, 0.0)]);
        assert_eq!(least_distance_m(&from, &to), Some(2.0));
        assert_eq!(least_distance_m(&from[..1], &to[..1]), None);
    }

    #[test]
    fn the_cost_is_bounded() {
        // Two spirals whose flights cross everywhere.
        let spiral = |turn: f64, count: i32| -> Vec<DVec3> {
            (0..count)
                .map(|k| {
                    let (r, a) = (f64::from(k).sqrt(), turn + 2.4 * f64::from(k));
                    DVec3::new(r * kapok_show::math::cos(a), r * kapok_show::math::sin(a), 0.0)
                })
                .collect()
        };
        let (from, to) = (spiral(0.0, 300), spiral(1.0, 300));
        let first: Vec<u32> = (0..300).rev().collect();
        let few = ExchangeSettings { max_comparisons: 60_000, ..ExchangeSettings::default() };
        let (little, more) = (
            exchange_for_clearance(&from, &to, &first, &few).unwrap(),
            exchange_for_clearance(&from, &to, &first, &ExchangeSettings { max_comparisons: 2_000_000, ..few })
                .unwrap(),
        );
        assert!(little.exchanges < more.exchanges, "{} {}", little.exchanges, more.exchanges);
        // Everything at one place: nothing is sought, nothing is exchanged.
        let same = vec![DVec3::ZERO; 300];
        assert_eq!(exchange_for_clearance(&same, &to, &first, &few).unwrap().exchanges, 0);
    }
}

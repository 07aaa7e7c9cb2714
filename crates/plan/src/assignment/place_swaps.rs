use kapok_motion::segment::squared_distance_to_origin;
use kapok_show::DVec3;
use rayon::prelude::*;

use super::constraints::AssignmentConstraints;

/// Swaps made to repair an assignment, at most.
const ROUNDS: usize = 60;
/// Pairs looked at in all rounds together, about: large fleets get fewer rounds.
const WORK: usize = 3_000_000_000;
/// Vehicles in conflict, and partners of each, that are tried in a round.
const TRIED: (usize, usize) = (12, 48);

impl AssignmentConstraints {
    /// Swaps places of vehicles that are free to, until straight synchronised ways keep `needed_m` or no swap helps: each
    /// round takes the swap that lessens Σ max(0, `needed_m`² − distance²) over all pairs most. True if anything changed.
    pub fn swap_apart(&self, starts: &[DVec3], goals: &[DVec3], place_of: &mut [u32], needed_m: f64) -> bool {
        let count = starts.len();
        let fixed = self.is_fixed(count);
        let may = |v: usize, place: u32| self.may(v, place as usize);
        let need2 = needed_m * needed_m;
        let pair = |a: usize, at: u32, b: usize, to: u32| {
            let from = starts[a] - starts[b];
            (need2 - squared_distance_to_origin(from, goals[at as usize] - goals[to as usize])).max(0.0)
        };
        // What a vehicle at a place has to do with all others; `but` is not counted.
        let burden = |v: usize, at: u32, but: usize, place_of: &[u32]| -> f64 {
            (0..count).filter(|&o| o != v && o != but).map(|o| pair(v, at, o, place_of[o])).sum()
        };
        let mut changed = false;
        for _ in 0..ROUNDS.min(WORK / (count * count).max(1)).max(1) {
            let burdens: Vec<f64> = (0..count).into_par_iter().map(|v| burden(v, place_of[v], v, place_of)).collect();
            let mut worst: Vec<usize> = (0..count).filter(|&v| burdens[v] > 0.0 && !fixed[v]).collect();
            worst.sort_by(|&a, &b| burdens[b].total_cmp(&burdens[a]).then(a.cmp(&b)));
            worst.truncate(TRIED.0);
            let gains: Vec<Option<(f64, usize, usize)>> = worst
                .par_iter()
                .map(|&v| {
                    let here = goals[place_of[v] as usize];
                    let mut others: Vec<usize> = (0..count)
                        .filter(|&o| o != v && !fixed[o] && may(v, place_of[o]) && may(o, place_of[v]))
                        .collect();
                    let near = |o: &usize| goals[place_of[*o] as usize].distance_squared(here);
                    others.sort_by(|a, b| near(a).total_cmp(&near(b)).then(a.cmp(b)));
                    others.truncate(TRIED.1);
                    let gain = |o: usize| {
                        let (p, q) = (place_of[v], place_of[o]);
                        let old = burden(v, p, o, place_of) + burden(o, q, v, place_of) + pair(v, p, o, q);
                        let new = burden(v, q, o, place_of) + burden(o, p, v, place_of) + pair(v, q, o, p);
                        old - new
                    };
                    others.into_iter().map(|o| (gain(o), v, o)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.2.cmp(&a.2)))
                })
                .collect();
            let best = gains.into_iter().flatten().fold(None, |best: Option<(f64, usize, usize)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            });
            match best {
                Some((gain, a, b)) if gain > 1e-9 * need2 => place_of.swap(a, b),
                _ => break,
            }
            changed = true;
        }
        changed
    }
}

use std::collections::BTreeSet;

use kapok_motion::bezier::cubic_at;
use kapok_show::DVec3;
use rayon::prelude::*;

use super::state::{CLEAR_M, Repair};
use crate::conflict::NearestMoment;

/// Rounds of pushing in all.
const ROUNDS: usize = 400;
/// Rounds without progress before it is given up.
const MAX_STALLED_ROUNDS: usize = 40;
/// With more vehicles outside their skins the whole list of neighbours is made anew.
const MANY: usize = 200;

impl Repair<'_, '_> {
    /// Pushes until no pair is too close; false if that does not end.
    pub fn relax(&mut self) -> bool {
        let target_m = self.problem.needed_m() + CLEAR_M;
        let below_m = self.problem.needed_m();
        let mut changed = vec![true; self.ways.from.len()];
        let (mut least, mut since) = (f64::INFINITY, 0);
        let mut fresh = self.near.pairs.is_empty();
        for _ in 0..ROUNDS {
            self.look_around(target_m, fresh, &mut changed);
            fresh = false;
            let curves = &self.curves;
            let close: Vec<(u32, u32)> = self
                .near
                .pairs
                .par_iter()
                .copied()
                .filter(|&(i, j)| changed[i as usize] || changed[j as usize])
                .filter(|&(i, j)| curves.swarm.nearest((i as usize, j as usize), below_m).is_some())
                .collect();
            let bent = self.ways.detours.of.keys().copied();
            let watched: BTreeSet<u32> =
                bent.chain(self.blocked.iter().copied()).filter(|&v| changed[v as usize]).collect();
            changed.fill(false);
            let mut lacking = 0.0;
            if !self.obstacles.is_empty() {
                for vehicle in watched {
                    let lacks = self.evade(vehicle);
                    changed[vehicle as usize] |= lacks > 0.0;
                    lacking += lacks;
                }
            }
            if close.is_empty() && lacking == 0.0 {
                return true;
            }
            for (i, j) in close {
                let pair = (i as usize, j as usize);
                if let Some(nearest) = self.curves.swarm.nearest(pair, target_m) {
                    lacking += target_m - nearest.distance_m;
                    self.part(pair, nearest, target_m);
                }
                (changed[pair.0], changed[pair.1]) = (true, true);
            }
            if lacking < 0.98 * least {
                (least, since) = (lacking, 0);
            } else {
                since += 1;
                if since > MAX_STALLED_ROUNDS {
                    return false;
                }
            }
        }
        false
    }

    /// Brings the list of neighbours up to date; vehicles with new neighbours count as changed.
    fn look_around(&mut self, target_m: f64, all: bool, changed: &mut [bool]) {
        if self.is_bound {
            // Pushes along one direction change no distance across it: a pair that keeps apart across it is never too close.
            if all {
                self.near.pairs = self.curves.swarm.without(self.axis.near()).pairs_near(target_m);
                changed.fill(true);
            }
            return;
        }
        let outgrown = if all { Vec::new() } else { self.outgrown() };
        let radius_m = target_m + self.near.skin_m;
        if all || outgrown.len() > MANY {
            self.near.pairs = self.curves.swarm.pairs_near(radius_m);
            self.near.then = self.ways.detours.of.clone();
            changed.fill(true);
        } else if !outgrown.is_empty() {
            self.near.pairs.extend(self.curves.swarm.pairs_of(&outgrown, radius_m));
            self.near.pairs.sort_unstable();
            self.near.pairs.dedup();
            for vehicle in outgrown {
                changed[vehicle as usize] = true;
                if let Some(now) = self.ways.detours.of.get(&vehicle) {
                    self.near.then.insert(vehicle, now.clone());
                }
            }
        }
    }

    /// Vehicles whose detours have changed too much for the list of neighbours.
    fn outgrown(&self) -> Vec<u32> {
        let most_m = 0.5 * self.near.skin_m;
        let moved = |now: &[DVec3], then: Option<&Vec<DVec3>>| {
            // The basis are not negative and nowhere add up to more than 1.
            let then = |k: usize| then.map_or(DVec3::ZERO, |then| then[k]);
            now.iter().enumerate().any(|(k, w)| w.distance_squared(then(k)) > most_m * most_m)
        };
        let now = self.ways.detours.of.iter();
        now.filter(|(vehicle, w)| moved(w, self.near.then.get(vehicle))).map(|(&vehicle, _)| vehicle).collect()
    }

    /// Pushes a pair apart to the target distance at its closest moment.
    fn part(&mut self, pair: (usize, usize), nearest: NearestMoment, target_m: f64) {
        let c = self.curves.swarm.between(pair, nearest.piece);
        let q = cubic_at(&c, nearest.u);
        let (a, b) = (self.mobility[pair.0], self.mobility[pair.1]);
        if self.is_bound {
            let push = self.axis.apart(q, target_m);
            self.push(pair.0, nearest.piece, nearest.u, push * (a / (a + b)));
            self.push(pair.1, nearest.piece, nearest.u, push * (-b / (a + b)));
            return;
        }
        let scale = self.problem.settings.downwash_scale;
        let mut direction = q.normalize_or_zero();
        if nearest.distance_m < 1e-3 * target_m {
            // They meet: both evade to the right.
            let towards = c[3] - c[0];
            direction = DVec3::new(-towards.y, towards.x, 0.0).normalize_or(DVec3::X);
        }
        // Gradient of the distance in metres of each axis.
        let gradient = DVec3::new(direction.x, direction.y, direction.z / scale);
        let push = gradient * ((target_m - nearest.distance_m) / gradient.length_squared());
        self.push(pair.0, nearest.piece, nearest.u, push * (a / (a + b)));
        self.push(pair.1, nearest.piece, nearest.u, push * (-b / (a + b)));
    }
}

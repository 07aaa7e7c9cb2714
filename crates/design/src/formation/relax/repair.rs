use kapok_motion::spatial::BucketGrid;
use kapok_show::DVec3;
use rayon::prelude::*;

use super::ground::{Ground, Site};

const REPAIR_ROUNDS: usize = 400;
const LOOSENING_ROUNDS: usize = 160;
/// Pushes aim a little further than needed, or the last pairs would only creep apart.
const AIM: f64 = 1.002;

/// Pushes apart what is closer than `spacing_m`. True if in the end no pair is.
pub fn repair(ground: &dyn Ground, sites: &mut [Site], spacing_m: f64) -> bool {
    for round in 0..REPAIR_ROUNDS {
        let crowds = Crowds::find(sites, spacing_m * AIM, round);
        if crowds.least_m >= spacing_m {
            return true;
        }
        crowds.give_way(ground, sites, 0.55);
    }
    false
}

/// Pushes apart what is closer than `aim_m` and keeps the least crowded state.
pub fn loosen(ground: &dyn Ground, sites: &mut [Site], aim_m: f64) {
    let mut moving = sites.to_vec();
    let mut best = f64::INFINITY;
    for round in 0..LOOSENING_ROUNDS {
        let crowds = Crowds::find(&moving, aim_m, round);
        if crowds.energy < best {
            best = crowds.energy;
            sites.copy_from_slice(&moving);
        }
        if crowds.least_m >= aim_m {
            return;
        }
        // Smaller and smaller pushes: crowds shall come to rest, not swing.
        crowds.give_way(ground, &mut moving, 0.55 - 0.35 * round as f64 / LOOSENING_ROUNDS as f64);
    }
}

/// Points that stand too close to each other.
struct Crowds {
    /// For each site the sum of what is missing to all that are too close, away from them.
    missing: Vec<DVec3>,
    /// Least distance, at most the distance asked for.
    least_m: f64,
    /// Sum over all pairs of the fourth power of the share of the distance that is missing: counts the worst most.
    energy: f64,
}

impl Crowds {
    fn find(sites: &[Site], aim_m: f64, round: usize) -> Self {
        let positions: Vec<DVec3> = sites.iter().map(|s| s.position_m).collect();
        let grid = BucketGrid::new(&positions, aim_m);
        let found: Vec<(DVec3, f64, f64)> = (0..positions.len())
            .into_par_iter()
            .map(|i| {
                let (mut missing, mut closest_m, mut energy) = (DVec3::ZERO, aim_m, 0.0);
                grid.near(positions[i], aim_m, |j| {
                    let apart = positions[i] - positions[j];
                    let distance_m = apart.length();
                    if j != i && distance_m < aim_m {
                        closest_m = closest_m.min(distance_m);
                        let way = if distance_m > 1e-9 * aim_m { apart / distance_m } else { scatter(i, round) };
                        missing += way * (aim_m - distance_m);
                        let share = (1.0 - distance_m / aim_m) * (1.0 - distance_m / aim_m);
                        energy += share * share;
                    }
                });
                (missing, closest_m, energy)
            })
            .collect();
        let least_m = found.iter().fold(aim_m, |least_m, (_, closest_m, _)| least_m.min(*closest_m));
        let energy = found.iter().map(|(_, _, energy)| energy).sum();
        Self { missing: found.into_iter().map(|(missing, _, _)| missing).collect(), least_m, energy }
    }

    /// Every site moves by a share of what is missing, as far as the ground allows.
    fn give_way(&self, ground: &dyn Ground, sites: &mut [Site], share: f64) {
        sites.par_iter_mut().zip(&self.missing).for_each(|(site, missing)| {
            if !site.pinned
                && *missing != DVec3::ZERO
                && let Some(place) = ground.settle(site.position_m + *missing * share, site.region)
            {
                site.position_m = place;
            }
        });
    }
}

/// Some direction in the picture plane for points that coincide, another one for each.
fn scatter(i: usize, round: usize) -> DVec3 {
    let turn = (i * 7 + round * 3) as f64 * 2.399_963_229_728_653;
    let (sin, cos) = kapok_show::math::sin_cos(turn);
    DVec3::new(cos, 0.0, sin)
}

use kapok_show::DVec3;
use rayon::prelude::*;

use super::{Ground, Site};
use crate::formation::neighbours::Neighbours;

const MOST_ROUNDS: usize = 400;
/// Pushes aim a little further than needed, or the last pairs would only creep apart.
const AIM: f64 = 1.002;

/// Pushes apart what is closer than `spacing_m`. True if in the end no pair is.
pub(super) fn repair(ground: &dyn Ground, sites: &mut [Site], spacing_m: f64) -> bool {
    let aim_m = spacing_m * AIM;
    for round in 0..MOST_ROUNDS {
        let positions: Vec<DVec3> = sites.iter().map(|s| s.position_m).collect();
        let grid = Neighbours::new(&positions, aim_m);
        let pushes: Vec<(DVec3, bool)> = (0..positions.len())
            .into_par_iter()
            .map(|i| {
                let (mut push, mut closest) = (DVec3::ZERO, f64::INFINITY);
                grid.near(positions[i], aim_m, |j| {
                    let apart = positions[i] - positions[j];
                    let distance = apart.length();
                    if j != i && distance < aim_m {
                        closest = closest.min(distance);
                        let way = if distance > 1e-9 * aim_m { apart / distance } else { scatter(i, round) };
                        push += way * (0.55 * (aim_m - distance));
                    }
                });
                (push, closest < spacing_m)
            })
            .collect();
        if pushes.iter().all(|(_, bad)| !bad) {
            return true;
        }
        sites.par_iter_mut().zip(&pushes).for_each(|(site, (push, _))| {
            if *push != DVec3::ZERO
                && let Some(place) = ground.settle(site.position_m + *push, site.region)
            {
                site.position_m = place;
            }
        });
    }
    false
}

/// Some direction in the picture plane for points that coincide, another one for each.
fn scatter(i: usize, round: usize) -> DVec3 {
    let turn = (i * 7 + round * 3) as f64 * 2.399_963_229_728_653;
    let (sin, cos) = kapok_show::math::sin_cos(turn);
    DVec3::new(cos, 0.0, sin)
}

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kapok_motion::spatial::BucketGrid;
use kapok_show::DVec3;

use super::ground::{Ground, Site};

/// Distances in the queue are whole numbers of this share of the spacing.
const STEP: f64 = 1e-3;

/// Grows packings from the first place on: always takes the free place that is closest to two taken ones.
pub fn pack(ground: &dyn Ground, spacing_m: f64, most: usize) -> Vec<Site> {
    let masses = ground.masses();
    let places: Vec<DVec3> = masses.iter().map(|m| m.place_m).collect();
    let reach_m = 1.8 * spacing_m;
    let grid = BucketGrid::new(&places, 0.6 * spacing_m);
    // Distances to the two nearest taken points; a place is dead when the first is below the spacing.
    let mut two = vec![[2.0 * spacing_m; 2]; places.len()];
    let mut dead = vec![false; places.len()];
    let mut queue = BinaryHeap::new();
    let mut sites = Vec::new();
    let mut fresh = 0;
    while sites.len() < most {
        let next = match queue.pop() {
            Some(Reverse((_, i))) => i as usize,
            None => match (fresh..places.len()).find(|&i| !dead[i]) {
                Some(i) => {
                    fresh = i + 1;
                    i
                }
                None => break,
            },
        };
        if dead[next] {
            continue;
        }
        sites.push(Site { position_m: places[next], region: masses[next].region, pinned: false });
        grid.near(places[next], reach_m, |j| {
            if dead[j] {
                return;
            }
            let distance = places[j].distance(places[next]);
            if distance < spacing_m {
                dead[j] = true;
            } else if distance < two[j][1] {
                two[j] = if distance < two[j][0] { [distance, two[j][0]] } else { [two[j][0], distance] };
                let score = ((two[j][0] + two[j][1]) / (STEP * spacing_m)) as u64;
                queue.push(Reverse((score, j as u32)));
            }
        });
        dead[next] = true;
    }
    sites
}

use kapok_motion::spatial::BucketGrid;
use kapok_show::DVec3;
use rayon::prelude::*;

use super::ground::{Ground, Mass, Site};

/// Steps beyond the centroid speed up the slow, long waves of unevenness.
const OVER_RELAXATION: f64 = 1.6;
const NO_OWNER: u32 = u32::MAX;
/// Masses per parallel task: a fixed size, so that the work is cut the same way on any number of threads.
const CHUNK: usize = 4_096;

/// Moves the sites towards an even cover.
pub fn relax(ground: &dyn Ground, sites: &mut [Site], rounds: usize) {
    let masses = ground.masses();
    let cell_m = typical_distance(masses, sites.len());
    let mut owners = vec![NO_OWNER; masses.len()];
    for round in 0..rounds {
        let factor = if round + rounds / 4 < rounds { OVER_RELAXATION } else { 1.0 };
        assign(masses, sites, &mut owners, cell_m);
        let centroids = centroids(masses, sites, &owners);
        let moved: Vec<(DVec3, Option<DVec3>)> = sites
            .par_iter()
            .zip(&centroids)
            .map(|(site, centroid)| {
                if site.pinned {
                    return (site.position_m, Some(site.position_m));
                }
                let target = site.position_m + (*centroid - site.position_m) * factor;
                (target, ground.settle(target, site.region))
            })
            .collect();
        let mut nearest = vec![f64::INFINITY; sites.len()];
        for (mass, &owner) in masses.iter().zip(&owners) {
            let Some((target, None)) = moved.get(owner as usize) else { continue };
            let distance = mass.place_m.distance_squared(*target);
            if distance < nearest[owner as usize] {
                nearest[owner as usize] = distance;
                sites[owner as usize].position_m = mass.place_m;
            }
        }
        for (site, (_, settled)) in sites.iter_mut().zip(&moved) {
            if let Some(place) = settled {
                site.position_m = *place;
            }
        }
    }
}

/// As [`relax`], but a site only moves where it keeps `spacing_m` to all others: the least distance never falls below.
pub fn relax_guarded(ground: &dyn Ground, sites: &mut [Site], spacing_m: f64, rounds: usize) {
    let masses = ground.masses();
    let cell_m = typical_distance(masses, sites.len());
    let mut owners = vec![NO_OWNER; masses.len()];
    let longest_m = 0.25 * spacing_m;
    for _ in 0..rounds {
        assign(masses, sites, &mut owners, cell_m);
        let centroids = centroids(masses, sites, &owners);
        let positions: Vec<DVec3> = sites.iter().map(|s| s.position_m).collect();
        let grid = BucketGrid::new(&positions, spacing_m);
        for i in 0..sites.len() {
            let site = sites[i];
            if site.pinned {
                continue;
            }
            let step = (centroids[i] - site.position_m).clamp_length_max(longest_m);
            for share in [1.0, 0.5, 0.25] {
                let Some(place) = ground.settle(site.position_m + step * share, site.region) else { continue };
                // Both this one and its neighbour may have moved since the grid was built.
                if place.distance(positions[i]) > longest_m {
                    continue;
                }
                let mut free = true;
                grid.near(positions[i], spacing_m + 2.0 * longest_m, |j| {
                    free &= j == i || sites[j].position_m.distance(place) >= spacing_m;
                });
                if free {
                    sites[i].position_m = place;
                    break;
                }
            }
        }
    }
}

/// Side of a square that holds as many masses as one site has.
fn typical_distance(masses: &[Mass], sites: usize) -> f64 {
    let mut min = DVec3::splat(f64::INFINITY);
    let mut max = DVec3::splat(f64::NEG_INFINITY);
    for mass in masses {
        min = min.min(mass.position_m);
        max = max.max(mass.position_m);
    }
    let e = max - min;
    ((e.x * e.z + e.x * e.y + e.y * e.z) / sites.max(1) as f64).sqrt().max(e.max_element() / sites.max(1) as f64)
}

/// The nearest site of its own region for every mass.
fn assign(masses: &[Mass], sites: &[Site], owners: &mut [u32], cell_m: f64) {
    let positions: Vec<DVec3> = sites.iter().map(|s| s.position_m).collect();
    let grid = BucketGrid::new(&positions, 0.6 * cell_m);
    let mut populated = vec![];
    for site in sites {
        if populated.len() <= site.region as usize {
            populated.resize(site.region as usize + 1, false);
        }
        populated[site.region as usize] = true;
    }
    owners.par_chunks_mut(CHUNK).zip(masses.par_chunks(CHUNK)).for_each(|(owners, masses)| {
        for (owner, mass) in owners.iter_mut().zip(masses) {
            if populated.get(mass.region as usize) != Some(&true) {
                continue;
            }
            let mut best = (f64::INFINITY, NO_OWNER);
            let visit = |best: &mut (f64, u32), j: usize| {
                if sites[j].region == mass.region {
                    let found = (mass.position_m.distance_squared(positions[j]), j as u32);
                    if found < *best {
                        *best = found;
                    }
                }
            };
            if *owner == NO_OWNER {
                let mut radius_m = cell_m;
                loop {
                    grid.near(mass.position_m, radius_m, |j| visit(&mut best, j));
                    if best.0.sqrt() <= radius_m {
                        break;
                    }
                    radius_m *= 2.0;
                }
            } else {
                visit(&mut best, *owner as usize);
                grid.near(mass.position_m, best.0.sqrt(), |j| visit(&mut best, j));
            }
            *owner = best.1;
        }
    });
}

/// Centre of gravity of what each site owns; the site itself if it owns nothing.
fn centroids(masses: &[Mass], sites: &[Site], owners: &[u32]) -> Vec<DVec3> {
    let mut sums = vec![(DVec3::ZERO, 0.0); sites.len()];
    for (mass, &owner) in masses.iter().zip(owners) {
        if let Some((moment, weight)) = sums.get_mut(owner as usize) {
            *moment += mass.position_m * mass.weight;
            *weight += mass.weight;
        }
    }
    sites
        .iter()
        .zip(sums)
        .map(|(site, (moment, weight))| if weight > 0.0 { moment / weight } else { site.position_m })
        .collect()
}

use std::collections::BTreeSet;

use kapok_show::DVec3;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::near::Near;
use super::points::{points, positive};

/// Distances this much below the least one still count as kept: the scene has 32-bit floats.
const FLOAT_NOISE_M: f64 = 1e-4;

#[derive(Deserialize)]
pub(super) struct LayersRequest {
    points: Vec<[f64; 3]>,
    min_distance: f64,
    /// Of the older operation; there is one way of doing it.
    #[serde(default)]
    method: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct LayersAnswer {
    version: u8,
    groups: Vec<u32>,
}

pub(super) fn answer(request: &LayersRequest) -> Result<LayersAnswer, Fault> {
    if let Some(other) = request.method.as_deref().filter(|m| *m != "greedy") {
        let other: String = other.chars().take(60).collect();
        return Err(Fault::Bad(format!("method \"{other}\" is not known: \"greedy\" is")));
    }
    let pads = points("points", &request.points)?;
    let groups = groups(&pads, positive("min_distance", request.min_distance)?)?;
    Ok(LayersAnswer { version: 1, groups })
}

/// Most neighbours below the least distance, all points together.
const MAX_NEIGHBOURS: usize = 40_000_000;

/// Groups from 0 without gaps, members at least `min_distance_m` apart; few groups, and the larger ones first, so that
/// most vehicles fly in the highest layer, where nobody is above them.
///
/// A colouring of the graph of near pairs: the better of DSATUR (Brélaz 1979) and first fit along rows and columns, which
/// finds the periodic patterns of grids.
fn groups(pads: &[DVec3], min_distance_m: f64) -> Result<Vec<u32>, Fault> {
    let radius_m = min_distance_m - FLOAT_NOISE_M.min(min_distance_m / 2.0);
    let near = Near::new(pads, radius_m);
    let mut neighbours: Vec<Vec<u32>> = Vec::with_capacity(pads.len());
    let mut total = 0;
    for (i, &pad) in pads.iter().enumerate() {
        let list: Vec<u32> = near.within(pad, radius_m).filter(|&j| j != i).map(|j| j as u32).collect();
        total += list.len();
        if total > MAX_NEIGHBOURS {
            return Err(Fault::bad("too many points lie within min_distance of each other: check the grid's spacing"));
        }
        neighbours.push(list);
    }
    let sweep = |key: fn(DVec3) -> [f64; 3]| {
        let mut order: Vec<usize> = (0..pads.len()).collect();
        let rounded = |i: usize| key(pads[i]).map(|c| (c / FLOAT_NOISE_M).round() as i64);
        order.sort_by_key(|&i| (rounded(i), i));
        first_fit(&neighbours, order)
    };
    let candidates = [sweep(|p| [p.x, p.y, p.z]), sweep(|p| [p.y, p.x, p.z]), dsatur(&neighbours)];
    let best = candidates.into_iter().min_by_key(|c| c.iter().max().copied().unwrap_or(0));
    Ok(largest_first(best.unwrap_or_default()))
}

/// The least number that no neighbour has.
fn free_group(neighbours: &[u32], groups: &[Option<u32>]) -> u32 {
    let taken: BTreeSet<u32> = neighbours.iter().filter_map(|&j| groups[j as usize]).collect();
    (0..).zip(&taken).find(|(free, taken)| free != *taken).map_or(taken.len() as u32, |(free, _)| free)
}

fn first_fit(neighbours: &[Vec<u32>], order: Vec<usize>) -> Vec<u32> {
    let mut groups = vec![None; neighbours.len()];
    for i in order {
        groups[i] = Some(free_group(&neighbours[i], &groups));
    }
    groups.into_iter().map(Option::unwrap_or_default).collect()
}

/// Always the point whose neighbours have most groups between them, then the one with most neighbours, is next.
fn dsatur(neighbours: &[Vec<u32>]) -> Vec<u32> {
    let mut groups: Vec<Option<u32>> = vec![None; neighbours.len()];
    let mut seen: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); neighbours.len()];
    let key = |i: usize, seen: &[BTreeSet<u32>]| (seen[i].len(), neighbours[i].len(), std::cmp::Reverse(i));
    let mut queue: BTreeSet<_> = (0..neighbours.len()).map(|i| key(i, &seen)).collect();
    while let Some((_, _, std::cmp::Reverse(i))) = queue.pop_last() {
        let group = free_group(&neighbours[i], &groups);
        groups[i] = Some(group);
        for &j in &neighbours[i] {
            let j = j as usize;
            if groups[j].is_none() && !seen[j].contains(&group) {
                queue.remove(&key(j, &seen));
                seen[j].insert(group);
                queue.insert(key(j, &seen));
            }
        }
    }
    groups.into_iter().map(Option::unwrap_or_default).collect()
}

/// The same groups, numbered by falling size; of equal ones the one of the earlier point first.
fn largest_first(groups: Vec<u32>) -> Vec<u32> {
    let count = groups.iter().max().map_or(0, |m| *m as usize + 1);
    let mut size = vec![0_usize; count];
    for &g in &groups {
        size[g as usize] += 1;
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&g| std::cmp::Reverse(size[g]));
    let mut number = vec![0_u32; count];
    for (new, old) in (0..).zip(order) {
        number[old] = new;
    }
    groups.into_iter().map(|g| number[g as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(columns: u32, rows: u32) -> Vec<DVec3> {
        (0..columns).flat_map(|i| (0..rows).map(move |j| DVec3::new(f64::from(i), f64::from(j), 0.0))).collect()
    }

    #[test]
    fn a_metre_grid_needs_nine_layers_for_three_metres() {
        let pads = grid(12, 15);
        let groups = groups(&pads, 3.0).unwrap();
        for i in 0..pads.len() {
            for j in 0..i {
                assert!(groups[i] != groups[j] || pads[i].distance(pads[j]) >= 3.0 - 1e-9);
            }
        }
        let count = *groups.iter().max().unwrap() + 1;
        assert_eq!(count, 9, "nine pads of a 3 x 3 square are all within 2.83 m of each other");
        assert!((0..count).all(|g| groups.contains(&g)), "no gaps");
    }

    #[test]
    fn float_noise_makes_no_layers() {
        let pads = [DVec3::ZERO, DVec3::new(2.999_999_88, 0.0, 0.0)];
        assert_eq!(groups(&pads, 3.0).unwrap(), [0, 0]);
        assert!(groups(&[], 3.0).unwrap().is_empty());
    }
}

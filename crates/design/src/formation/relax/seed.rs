use kapok_show::DVec3;

use super::ground::{Ground, Mass, Site, mean_distance};
use crate::formation::rng::Rng;

/// A region smaller than this many distances gets one point: two would crowd.
const LEAST_PAIR: f64 = 0.85;

/// First places: every region gets its share by weight, spread along a space-filling curve with a jitter.
///
/// Regions come first that would get less than one: each gets one as long as there are enough points.
pub fn seed(ground: &dyn Ground, count: usize, seed: u64) -> Option<Vec<Site>> {
    let masses = ground.masses();
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); ground.regions()];
    for (i, mass) in masses.iter().enumerate() {
        members[mass.region as usize].push(i as u32);
    }
    let weights: Vec<f64> = members.iter().map(|m| m.iter().map(|&i| masses[i as usize].weight).sum()).collect();
    let distance_m = mean_distance(masses, count);
    let most: Vec<usize> =
        members.iter().map(|m| if extent_m(masses, m) < LEAST_PAIR * distance_m { 1 } else { usize::MAX }).collect();
    let shares = share_out(&weights, &most, count)?;
    let codes = curve_codes(masses.iter().map(|m| m.position_m));
    let mut rng = Rng::new(seed);
    let mut sites = Vec::with_capacity(count);
    for (region, mut member) in members.into_iter().enumerate() {
        let share = shares[region];
        if share == 0 {
            continue;
        }
        member.sort_unstable_by_key(|&i| (codes[i as usize], i));
        let step = weights[region] / share as f64;
        let mut next = step * (0.25 + 0.5 * rng.unit());
        let (mut sum, mut placed) = (0.0, 0);
        for &i in &member {
            sum += masses[i as usize].weight;
            while placed < share && sum >= next {
                placed += 1;
                next = step * (placed as f64 + 0.25 + 0.5 * rng.unit());
                sites.push(Site { position_m: masses[i as usize].place_m, region: region as u32, pinned: false });
            }
        }
        // Rounding may leave the last one behind.
        if let Some(&last) = member.last() {
            for _ in placed..share {
                sites.push(Site { position_m: masses[last as usize].place_m, region: region as u32, pinned: false });
            }
        }
    }
    (sites.len() == count).then_some(sites)
}

/// Pins the nearest site of the region to each place that has no pin within `distance_m`.
pub fn pin(pins: &[(DVec3, u32)], sites: &mut [Site], distance_m: f64) {
    let mut taken: Vec<DVec3> = Vec::new();
    for &(place, region) in pins {
        if taken.iter().any(|t| t.distance(place) < distance_m) {
            continue;
        }
        let free = sites.iter_mut().filter(|s| s.region == region && !s.pinned);
        let nearest =
            free.min_by(|a, b| a.position_m.distance_squared(place).total_cmp(&b.position_m.distance_squared(place)));
        if let Some(site) = nearest {
            *site = Site { position_m: place, region, pinned: true };
            taken.push(place);
        }
    }
}

/// Longest side of the box around a region's places, metres.
fn extent_m(masses: &[Mass], members: &[u32]) -> f64 {
    let places = || members.iter().map(|&i| masses[i as usize].place_m);
    let Some(first) = places().next() else { return 0.0 };
    let (min, max) = places().fold((first, first), |(min, max), p| (min.min(p), max.max(p)));
    (max - min).max_element()
}

/// Whole numbers in proportion to the weights, at least one for each weight above 0 while that is possible, and
/// at most `most` (the largest share may be more, if the count asks for it).
fn share_out(weights: &[f64], most: &[usize], count: usize) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = (0..weights.len()).filter(|&r| weights[r] > 0.0).collect();
    order.sort_by(|&a, &b| weights[a].total_cmp(&weights[b]).then(a.cmp(&b)));
    if order.is_empty() {
        return None;
    }
    let dropped = order.len().saturating_sub(count);
    let order = &order[dropped..];
    let mut shares = vec![0; weights.len()];
    let (mut left, mut weight_left) = (count, order.iter().map(|&r| weights[r]).sum::<f64>());
    for (k, &r) in order.iter().enumerate() {
        let regions_after = order.len() - k - 1;
        let ideal = (left as f64 * weights[r] / weight_left).round() as usize;
        shares[r] = if regions_after == 0 { left } else { ideal.min(most[r]).clamp(1, left - regions_after) };
        left -= shares[r];
        weight_left -= weights[r];
    }
    Some(shares)
}

/// Morton codes: points close on the curve are close in space.
fn curve_codes(points: impl Iterator<Item = DVec3> + Clone) -> Vec<u64> {
    let mut min = DVec3::splat(f64::INFINITY);
    let mut max = DVec3::splat(f64::NEG_INFINITY);
    for p in points.clone() {
        min = min.min(p);
        max = max.max(p);
    }
    let scale = f64::from((1_u32 << 20) - 1) / (max - min).max_element().max(f64::MIN_POSITIVE);
    points
        .map(|p| {
            let q = (p - min) * scale;
            spread_bits(q.x as u64) | spread_bits(q.y as u64) << 1 | spread_bits(q.z as u64) << 2
        })
        .collect()
}

/// Puts two zero bits after each of the lowest 21 bits.
fn spread_bits(value: u64) -> u64 {
    let mut x = value & 0x1f_ffff;
    x = (x | x << 32) & 0x001f_0000_0000_ffff;
    x = (x | x << 16) & 0x001f_0000_ff00_00ff;
    x = (x | x << 8) & 0x100f_00f0_0f00_f00f;
    x = (x | x << 4) & 0x10c3_0c30_c30c_30c3;
    (x | x << 2) & 0x1249_2492_4924_9249
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_small_ones_get_one() {
        assert_eq!(share_out(&[100.0, 1e-3, 50.0], &[99; 3], 16), Some(vec![10, 1, 5]));
        assert_eq!(share_out(&[3.0, 1.0, 2.0], &[99; 3], 2), Some(vec![1, 0, 1]));
        assert_eq!(share_out(&[0.0, 1.0], &[99; 2], 7), Some(vec![0, 7]));
        assert_eq!(share_out(&[0.0], &[99], 7), None);
        assert_eq!(share_out(&[4.0, 6.0], &[1, 99], 10), Some(vec![1, 9]));
    }

    #[test]
    fn bits_are_spread() {
        assert_eq!(spread_bits(0b111), 0b1_001_001);
        assert_eq!(spread_bits(0x1f_ffff).count_ones(), 21);
    }
}

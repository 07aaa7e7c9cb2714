use std::collections::BinaryHeap;

use kapok_motion::spatial::BucketGrid;
use kapok_show::DVec3;

use super::ground::Site;

/// Order of non-negative floats as integers.
fn rank(value: f64) -> u64 {
    value.to_bits()
}

/// Takes away the most crowded site again and again until `count` are left; the order of the others is kept.
///
/// # Source
/// Yuksel: Sample elimination for generating Poisson disk sample sets, Computer Graphics Forum 34 (2015).
pub fn eliminate(sites: &[Site], count: usize, spacing_m: f64) -> Vec<Site> {
    if sites.len() <= count {
        return sites.to_vec();
    }
    let positions: Vec<DVec3> = sites.iter().map(|s| s.position_m).collect();
    let radius_m = 2.0 * spacing_m * (sites.len() as f64 / count.max(1) as f64).sqrt().min(16.0);
    let grid = BucketGrid::new(&positions, 0.5 * radius_m);
    let crowding = |i: usize, j: usize| {
        let gap = 1.0 - positions[i].distance(positions[j]) / radius_m;
        if i == j || gap <= 0.0 {
            return 0.0;
        }
        let (square, fourth) = (gap * gap, gap * gap * gap * gap);
        square * square * fourth
    };
    let mut weights: Vec<f64> = (0..sites.len())
        .map(|i| {
            let mut sum = 0.0;
            grid.near(positions[i], radius_m, |j| sum += crowding(i, j));
            sum
        })
        .collect();
    let mut queue: BinaryHeap<(u64, u32)> = weights.iter().enumerate().map(|(i, &w)| (rank(w), i as u32)).collect();
    let mut gone = vec![false; sites.len()];
    let mut left = sites.len();
    while left > count {
        let Some((weight, i)) = queue.pop() else { break };
        let i = i as usize;
        if gone[i] || weight != rank(weights[i]) {
            continue;
        }
        gone[i] = true;
        left -= 1;
        grid.near(positions[i], radius_m, |j| {
            let crowd = crowding(i, j);
            if !gone[j] && crowd > 0.0 {
                weights[j] = (weights[j] - crowd).max(0.0);
                queue.push((rank(weights[j]), j as u32));
            }
        });
    }
    sites.iter().zip(gone).filter(|(_, gone)| !gone).map(|(site, _)| *site).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_thinned_evenly() {
        let row: Vec<Site> = (0..21)
            .map(|i| Site { position_m: DVec3::new(f64::from(i), 0.0, 0.0), region: 0, pinned: false })
            .collect();
        let left = eliminate(&row, 11, 1.0);
        assert_eq!(left.len(), 11);
        for pair in left.windows(2) {
            let gap = pair[1].position_m.x - pair[0].position_m.x;
            assert!((1.0..=3.0).contains(&gap), "{gap}");
        }
    }
}

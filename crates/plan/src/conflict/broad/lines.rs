use kapok_motion::segment::closest_to_origin;
use kapok_motion::spatial::CellGrid;
use kapok_show::DVec3;
use rayon::prelude::*;

use crate::conflict::approach::{Approach, Approaches};

/// Exact least distance over all pairs, and every pair below `separation_m`.
///
/// `from` and `to` are per vehicle, in the metric of the separation; `spacing_m` is a distance not below the least
/// spacing of either end, so that the closest approach of all is not above it.
///
/// # Guarantees
/// Complete: time is cut into slabs, in each slab every pair that comes within max(`spacing_m`, `separation_m`) lies in
/// touching cells. A pair is reported by the slab that holds its closest approach, so once.
pub fn approaches(from: &[DVec3], to: &[DVec3], separation_m: f64, spacing_m: f64) -> Approaches {
    let n = from.len();
    if n < 2 {
        return Approaches::default();
    }
    let radius = separation_m.max(spacing_m) * (1.0 + 1e-9) + 1e-9;
    // A common motion changes no distance; without it the vehicles move less.
    let mean = from.iter().zip(to).fold(DVec3::ZERO, |s, (a, b)| s + (*b - *a)) / n as f64;
    let drift: Vec<DVec3> = from.iter().zip(to).map(|(a, b)| *b - *a - mean).collect();
    let farthest = drift.iter().fold(0.0f64, |m, d| m.max(d.length_squared())).sqrt();
    let slabs = ((1.5 * farthest / radius).ceil() as usize).clamp(1, 1_000_000);
    let cell = radius + farthest / slabs as f64;
    let per_slab: Vec<Approaches> = (0..slabs)
        .into_par_iter()
        .map(|slab| {
            let (begin, end) = (slab as f64 / slabs as f64, (slab + 1) as f64 / slabs as f64);
            let last = slab + 1 == slabs;
            let middle = f64::midpoint(begin, end);
            let at: Vec<DVec3> = from.iter().zip(&drift).map(|(a, d)| *a + *d * middle).collect();
            let mut seen = Approaches::default();
            CellGrid::new(&at, cell).for_pairs(|i, j| {
                if at[i].distance_squared(at[j]) > cell * cell {
                    return;
                }
                let (i, j) = (i.min(j), i.max(j));
                let (distance_m, share) = closest_to_origin(from[i] - from[j], to[i] - to[j]);
                if share >= begin && (share < end || last) {
                    seen.note(Approach { pair: (i, j), distance_m, share }, separation_m);
                }
            });
            seen
        })
        .collect();
    let mut all = Approaches::default();
    for slab in per_slab {
        all.take_in(slab);
    }
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(n: usize) -> impl Strategy<Value = Vec<DVec3>> {
        prop::collection::vec((-20.0..20.0f64, -20.0..20.0f64, -5.0..5.0f64), n)
            .prop_map(|v| v.into_iter().map(|(x, y, z)| DVec3::new(x, y, z)).collect())
    }

    proptest! {
        /// The broad phase loses no pair and reports none twice.
        #[test]
        fn agrees_with_all_pairs(from in points(40), to in points(40), separation in 0.5..6.0f64) {
            let mut expected = Vec::new();
            for i in 0..40 {
                for j in i + 1..40 {
                    let (distance_m, share) = closest_to_origin(from[i] - from[j], to[i] - to[j]);
                    expected.push(Approach { pair: (i, j), distance_m, share });
                }
            }
            expected.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.pair.cmp(&b.pair)));
            let spacing = kapok_motion::spatial::closest_pair(&from).unwrap().2;
            let found = approaches(&from, &to, separation, spacing);
            prop_assert_eq!(found.closest, Some(expected[0]));
            expected.retain(|p| p.distance_m < separation);
            prop_assert_eq!(found.conflict_count, expected.len());
            prop_assert_eq!(found.conflicts, expected);
        }
    }
}

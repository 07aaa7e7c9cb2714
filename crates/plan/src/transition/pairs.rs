use kapok_show::DVec3;
use rayon::prelude::*;

use kapok_motion::segment::closest_to_origin;
use kapok_motion::spatial::CellGrid;

/// Most conflicts that are kept one by one; beyond that only their number.
const MAX_LISTED: usize = 100_000;

/// Where two vehicles on synchronised straight lines come closest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Approach {
    pub(crate) pair: (usize, usize),
    pub(crate) distance_m: f64,
    /// Share of the way done at that moment.
    pub(crate) share: f64,
}

/// All close approaches of a move.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Approaches {
    /// The closest of all; `None` for fewer than two vehicles.
    pub(crate) closest: Option<Approach>,
    /// Those below the distance asked for, closest first, at most [`MAX_LISTED`].
    pub(crate) conflicts: Vec<Approach>,
    pub(crate) conflict_count: usize,
}

/// Exact least distance over all pairs, and every pair below `separation_m`.
///
/// `from` and `to` are per vehicle, in the metric of the separation; `spacing_m` is a distance not below the least
/// spacing of either end, so that the closest approach of all is not above it.
///
/// # Guarantees
/// Complete: time is cut into slabs, in each slab every pair that comes within max(`spacing_m`, `separation_m`) lies in
/// touching cells. A pair is reported by the slab that holds its closest approach, so once.
pub(crate) fn approaches(from: &[DVec3], to: &[DVec3], separation_m: f64, spacing_m: f64) -> Approaches {
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
    all.conflicts.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.pair.cmp(&b.pair)));
    all.conflicts.truncate(MAX_LISTED);
    all
}

impl Approaches {
    /// One of several parts of the same motion, each of which may name the same pair: it counts once, where it is closest.
    pub(super) fn merged(parts: Vec<Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.take_in(part);
        }
        all.conflicts.sort_by(|a, b| a.pair.cmp(&b.pair).then(a.distance_m.total_cmp(&b.distance_m)));
        all.conflicts.dedup_by_key(|c| c.pair);
        all.conflict_count = all.conflicts.len();
        all.conflicts.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.pair.cmp(&b.pair)));
        all.conflicts.truncate(MAX_LISTED);
        all
    }

    fn take_in(&mut self, part: Self) {
        if let Some(closest) = part.closest {
            self.keep_closest(closest);
        }
        self.conflict_count += part.conflict_count;
        self.conflicts.extend(part.conflicts);
    }

    fn keep_closest(&mut self, next: Approach) {
        let closer = |a: &Approach, b: &Approach| (a.distance_m, a.pair) < (b.distance_m, b.pair);
        if self.closest.is_none_or(|best| closer(&next, &best)) {
            self.closest = Some(next);
        }
    }

    pub(super) fn note(&mut self, next: Approach, separation_m: f64) {
        if next.distance_m < separation_m {
            self.conflict_count += 1;
            if self.conflicts.len() < MAX_LISTED {
                self.conflicts.push(next);
            }
        }
        self.keep_closest(next);
    }
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

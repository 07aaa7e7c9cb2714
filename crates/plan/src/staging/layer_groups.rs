use kapok_motion::colouring::{dsatur, first_fit};
use kapok_motion::spatial::GrowingGrid;
use kapok_show::{BadSetting, DVec3};

/// Distances this much below the least one still count as kept: points may come from 32-bit floats.
const FLOAT_NOISE_M: f64 = 1e-4;
/// Cells far smaller than the points' extent would only cost memory; a millimetre is the least that matters.
const LEAST_CELL_M: f64 = 1e-3;
/// Most pairs below the least distance, each counted from both of its points.
const MAX_NEIGHBOURS: usize = 40_000_000;

/// Why points have no groups.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LayerGroupsError {
    /// A distance that is none.
    #[error(transparent)]
    BadSetting(#[from] BadSetting),
    /// Too many points within the distance of each other.
    #[error("too many points lie within min_distance of each other: check the grid's spacing")]
    TooDense,
}

/// Divides points into groups whose members are at least `min_distance_m` apart, so that each group can share one layer.
///
/// # Guarantees
/// One group a point, numbered from 0 without gaps, by falling size: most vehicles share group 0. Distances up to 0.1 mm below
/// the least one count as kept.
///
/// ```
/// use kapok_plan::layer_groups;
/// use kapok_show::DVec3;
/// // A row of pads 1 m apart, 3 m to be kept: every third pad shares a layer.
/// let row: Vec<DVec3> = (0..7).map(|k| DVec3::X * f64::from(k)).collect();
/// assert_eq!(layer_groups(&row, 3.0)?, [0, 1, 2, 0, 1, 2, 0]);
/// # Ok::<(), kapok_plan::LayerGroupsError>(())
/// ```
///
/// # Errors
/// [`LayerGroupsError`].
///
/// # Complexity
/// O((n + m) log n) for m pairs below the distance, at most 20 million.
///
/// # Source
/// The better of DSATUR (D. Brélaz, "New methods to color the vertices of a graph", Communications of the ACM 22, 1979) and
/// first fit along rows and columns, which finds the periodic patterns of grids.
pub fn layer_groups(points: &[DVec3], min_distance_m: f64) -> Result<Vec<u32>, LayerGroupsError> {
    if !(min_distance_m.is_finite() && min_distance_m > 0.0) {
        return Err(BadSetting { field: "min_distance_m", value: min_distance_m, why: "it must be above 0" }.into());
    }
    let radius_m = min_distance_m - FLOAT_NOISE_M.min(min_distance_m / 2.0);
    let near = GrowingGrid::of(points, radius_m.max(LEAST_CELL_M));
    let mut neighbours: Vec<Vec<u32>> = Vec::with_capacity(points.len());
    let mut total = 0;
    for (i, &point) in points.iter().enumerate() {
        let list: Vec<u32> = near.within(point, radius_m).map(|(j, _)| j as u32).filter(|&j| j != i as u32).collect();
        total += list.len();
        if total > MAX_NEIGHBOURS {
            return Err(LayerGroupsError::TooDense);
        }
        neighbours.push(list);
    }
    let sweep = |key: fn(DVec3) -> [f64; 3]| {
        let mut order: Vec<usize> = (0..points.len()).collect();
        let rounded = |i: usize| key(points[i]).map(|c| (c / FLOAT_NOISE_M).round() as i64);
        order.sort_by_key(|&i| (rounded(i), i));
        first_fit(&neighbours, order)
    };
    let candidates = [sweep(|p| [p.x, p.y, p.z]), sweep(|p| [p.y, p.x, p.z]), dsatur(&neighbours)];
    let best = candidates.into_iter().min_by_key(|c| c.iter().max().copied().unwrap_or(0));
    Ok(largest_first(best.unwrap_or_default()))
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
        let groups = layer_groups(&pads, 3.0).unwrap();
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
        assert_eq!(layer_groups(&pads, 3.0).unwrap(), [0, 0]);
        assert!(layer_groups(&[], 3.0).unwrap().is_empty());
    }
}

use kapok_show::{DVec3, math};

/// Columns of the squarest grid of `count` places.
pub(crate) fn squarest_columns(count: usize) -> usize {
    let mut columns = (count as f64).sqrt() as usize;
    while columns * columns < count {
        columns += 1;
    }
    columns.max(1)
}

/// The first `count` places of a level grid, row by row from the front left corner, the grid's middle at `centre_m`,
/// turned counter-clockwise seen from above.
pub(crate) fn grid_places(count: usize, columns: usize, spacing_m: f64, centre_m: DVec3, yaw_rad: f64) -> Vec<DVec3> {
    let columns = columns.clamp(1, count.max(1));
    let rows = count.div_ceil(columns);
    let (sin, cos) = math::sin_cos(yaw_rad);
    (0..count)
        .map(|k| {
            let x_m = ((k % columns) as f64 - (columns - 1) as f64 / 2.0) * spacing_m;
            let y_m = ((k / columns) as f64 - (rows.max(1) - 1) as f64 / 2.0) * spacing_m;
            centre_m + DVec3::new(cos * x_m - sin * y_m, sin * x_m + cos * y_m, 0.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filled_from_the_front_left() {
        let places = grid_places(5, 3, 2.0, DVec3::new(10.0, 0.0, 1.0), 0.0);
        assert_eq!(places[0], DVec3::new(8.0, -1.0, 1.0));
        assert_eq!(places[2], DVec3::new(12.0, -1.0, 1.0));
        assert_eq!(places[3], DVec3::new(8.0, 1.0, 1.0));
        assert_eq!(squarest_columns(5), 3);
        assert_eq!(squarest_columns(1000), 32);
    }
}

use std::collections::BTreeMap;

use kapok_show::{DVec2, DVec3};
use rayon::prelude::*;

use super::error::MeshError;
use super::hull::{distance_m, hull, is_near, simplified};
use super::triangle::{MAX_LAYERS, Triangle};

/// Most parts of a layer that hulls are compared for.
const MAX_PARTS: usize = 4000;
/// What is so near to a hull is on it: far more than rounding makes, far less than prisms are grown by, metres.
const ON_IT_M: f64 = 1e-6;

/// The altitudes between which the layers are: the ends of the mesh, its large level faces, and even steps in between.
///
/// # Errors
/// [`MeshError::TooManyLayers`].
pub(super) fn levels(triangles: &[Triangle], (low_m, high_m): (f64, f64), layer_m: f64) -> Result<Vec<f64>, MeshError> {
    let height_m = high_m - low_m;
    if height_m > layer_m * MAX_LAYERS as f64 {
        // Rounded up, so that what is named is enough.
        let needed_m = (height_m / MAX_LAYERS as f64 * 100.0).ceil() / 100.0;
        return Err(MeshError::TooManyLayers { height_m, layer_m, needed_m });
    }
    // Total area of the level faces at each altitude.
    let mut level: Vec<(f64, f64)> = Vec::new();
    for [a, b, c] in triangles {
        if is_level(&[*a, *b, *c]) {
            level.push((a.z, 0.5 * (*b - *a).truncate().perp_dot((*c - *a).truncate()).abs()));
        }
    }
    level.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let same = level.chunk_by(|a, b| a.0 == b.0);
    let mut faces: Vec<(f64, f64)> = same.map(|s| (s[0].0, s.iter().map(|f| f.1).sum())).collect();
    // Small ones are not worth a layer.
    faces.retain(|(_, area_m2)| *area_m2 > 0.25 * layer_m * layer_m);
    faces.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
    let mut cuts = vec![low_m, high_m];
    for (z_m, _) in faces {
        if cuts.iter().all(|cut| (cut - z_m).abs() >= 0.25 * layer_m) {
            cuts.push(z_m);
        }
    }
    cuts.sort_by(f64::total_cmp);
    let mut levels = vec![low_m];
    for pair in cuts.windows(2) {
        let steps = ((pair[1] - pair[0]) / layer_m - 1e-9).ceil().max(1.0);
        for k in 1..steps as u32 {
            levels.push(pair[0] + (pair[1] - pair[0]) * (f64::from(k) / steps));
        }
        levels.push(pair[1]);
    }
    Ok(levels)
}

/// The hulls of the parts of the mesh in each layer; simplified by up to half the tolerance.
///
/// A level face between two layers belongs to the one whose hull contains it anyway: roofs to the layer below, undersides to
/// the layer above. If neither does it is given to the one below.
///
/// # Errors
/// [`MeshError::TooManyPieces`].
pub(super) fn parts(
    triangles: &[Triangle],
    levels: &[f64],
    tolerance_m: f64,
) -> Result<Vec<Vec<Vec<DVec2>>>, MeshError> {
    let layer = |k: usize| (levels[k], levels[k + 1]);
    let count = levels.len() - 1;
    let mut hulls: Vec<Vec<Vec<DVec2>>> = (0..count)
        .into_par_iter()
        .map(|k| parts_of(triangles, layer(k), &[], tolerance_m))
        .collect::<Result<_, _>>()?;
    let mut homeless: BTreeMap<usize, Vec<Triangle>> = BTreeMap::new();
    for triangle in triangles.iter().filter(|t| is_level(t)) {
        let above = levels.partition_point(|&level| level < triangle[0].z);
        if levels.get(above).is_none_or(|&level| level != triangle[0].z) {
            continue;
        }
        let below = above.saturating_sub(1);
        let is_covered = |k: usize| {
            let holds = |hull: &Vec<DVec2>| triangle.iter().all(|p| distance_m(hull, p.truncate()) <= ON_IT_M);
            hulls.get(k).is_some_and(|hulls| hulls.iter().any(holds))
        };
        if !is_covered(below) && !is_covered(above) {
            homeless.entry(below).or_default().push(*triangle);
        }
    }
    for (k, more) in homeless {
        hulls[k] = parts_of(triangles, layer(k), &more, tolerance_m)?;
    }
    Ok(hulls)
}

fn is_level([a, b, c]: &Triangle) -> bool {
    a.z == b.z && b.z == c.z
}

/// The same for one layer, without level faces at its ends but with some more triangles.
fn parts_of(
    triangles: &[Triangle],
    (bottom_m, top_m): (f64, f64),
    more: &[Triangle],
    tolerance_m: f64,
) -> Result<Vec<Vec<DVec2>>, MeshError> {
    let mut pieces: Vec<DVec2> = Vec::new();
    // Where each piece begins.
    let mut starts = Vec::new();
    let mut piece = Vec::with_capacity(6);
    // What only touches the layer from outside is covered by the one it comes from.
    let is_in = |triangle: &&Triangle| triangle.iter().any(|p| p.z < top_m) && triangle.iter().any(|p| p.z > bottom_m);
    for triangle in triangles.iter().filter(is_in).chain(more) {
        clip(triangle, bottom_m, top_m, &mut piece);
        starts.push(pieces.len());
        pieces.extend(piece.iter().map(|p| p.truncate()));
    }
    let mut sets = Sets::new(starts.len());
    let ends = starts.iter().copied().skip(1).chain([pieces.len()]);
    let spans: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
    // Pieces with corners in one cell of the size of the tolerance are one part.
    let mut cells: Vec<(i64, i64, usize)> = Vec::with_capacity(pieces.len());
    for (k, &(from, to)) in spans.iter().enumerate() {
        cells.extend(pieces[from..to].iter().map(|p| {
            let cell = (*p / (0.5 * tolerance_m)).floor();
            (cell.x as i64, cell.y as i64, k)
        }));
    }
    cells.sort_unstable();
    for pair in cells.windows(2) {
        if (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) {
            sets.join(pair[0].2, pair[1].2);
        }
    }
    let mut points: BTreeMap<usize, Vec<DVec2>> = BTreeMap::new();
    for (k, &(from, to)) in spans.iter().enumerate() {
        points.entry(sets.root(k)).or_default().extend(&pieces[from..to]);
    }
    if points.len() > MAX_PARTS {
        let found = points.len();
        let layer_m = top_m - bottom_m;
        return Err(MeshError::TooManyPieces { layer_m, what: "parts in one layer", found, max: MAX_PARTS });
    }
    let simple = |points| simplified(&hull(points), 0.5 * tolerance_m, usize::MAX);
    let mut hulls: Vec<Vec<DVec2>> = points.into_values().map(simple).collect();
    // Joining makes hulls larger, which may bring others near.
    loop {
        let before = hulls.len();
        hulls = joined(hulls, tolerance_m).into_iter().map(simple).collect();
        if hulls.len() == before {
            return Ok(hulls);
        }
    }
}

/// The corners of hulls that are near each other, put together.
fn joined(hulls: Vec<Vec<DVec2>>, gap_m: f64) -> Vec<Vec<DVec2>> {
    let boxes: Vec<(DVec2, DVec2)> = hulls
        .iter()
        .map(|h| h.iter().fold((DVec2::INFINITY, DVec2::NEG_INFINITY), |(l, g), &p| (l.min(p), g.max(p))))
        .collect();
    let mut order: Vec<usize> = (0..hulls.len()).collect();
    order.sort_by(|&a, &b| boxes[a].0.x.total_cmp(&boxes[b].0.x).then(a.cmp(&b)));
    let mut sets = Sets::new(hulls.len());
    for (at, &i) in order.iter().enumerate() {
        for &j in &order[at + 1..] {
            if boxes[j].0.x > boxes[i].1.x + gap_m {
                break;
            }
            let is_beside = boxes[j].0.y > boxes[i].1.y + gap_m || boxes[i].0.y > boxes[j].1.y + gap_m;
            if !is_beside && sets.root(i) != sets.root(j) && is_near(&hulls[i], &hulls[j], gap_m) {
                sets.join(i, j);
            }
        }
    }
    let mut together: BTreeMap<usize, Vec<DVec2>> = BTreeMap::new();
    for (k, hull) in hulls.into_iter().enumerate() {
        together.entry(sets.root(k)).or_default().extend(hull);
    }
    together.into_values().collect()
}

/// The part of a triangle between two altitudes: a convex polygon, or nothing.
fn clip(triangle: &Triangle, bottom_m: f64, top_m: f64, piece: &mut Vec<DVec3>) {
    piece.clear();
    for k in 0..3 {
        let (a, b) = (triangle[k], triangle[(k + 1) % 3]);
        if (bottom_m..=top_m).contains(&a.z) {
            piece.push(a);
        }
        let crossed = |z_m: f64| (a.z < z_m && z_m < b.z) || (b.z < z_m && z_m < a.z);
        let both = if a.z < b.z { [bottom_m, top_m] } else { [top_m, bottom_m] };
        for z_m in both.into_iter().filter(|&z_m| crossed(z_m)) {
            // From the lower end, so that both triangles of a side find the same point.
            let (low, high) = if a.z < b.z { (a, b) } else { (b, a) };
            piece.push(low + (high - low) * ((z_m - low.z) / (high.z - low.z)));
        }
    }
}

/// Disjoint sets; the least member of each is its root.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut k: usize) -> usize {
        while self.0[k] != k {
            self.0[k] = self.0[self.0[k]];
            k = self.0[k];
        }
        k
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The four upright walls of a house, each of two triangles, and its roof.
    fn house(x_m: f64, height_m: f64) -> Vec<Triangle> {
        let corner = |k: usize, z| {
            let (x, y) = [(0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (0.0, 8.0)][k % 4];
            DVec3::new(x + x_m, y, z)
        };
        let wall = |k| {
            let [a, b, c, d] = [corner(k, 0.0), corner(k + 1, 0.0), corner(k + 1, height_m), corner(k, height_m)];
            [[a, b, c], [a, c, d]]
        };
        let roof = [0, 2].map(|k| [corner(k, height_m), corner(k + 1, height_m), corner(k + 2, height_m)]);
        (0..4).flat_map(wall).chain(roof).collect()
    }

    #[test]
    fn layers_begin_and_end_at_level_faces() {
        let mut mesh = house(0.0, 7.0);
        mesh.extend(house(30.0, 20.0));
        let levels = levels(&mesh, (0.0, 20.0), 5.0).unwrap();
        assert_eq!(levels, [0.0, 3.5, 7.0, 7.0 + 13.0 / 3.0, 7.0 + 26.0 / 3.0, 20.0]);
        assert!(matches!(super::levels(&mesh, (0.0, 20.0), 0.01), Err(MeshError::TooManyLayers { .. })));
    }

    #[test]
    fn parts_are_those_of_the_layer() {
        let mut mesh = house(0.0, 7.0);
        mesh.extend(house(30.0, 20.0));
        let found = parts(&mesh, &[0.0, 7.0, 11.0], 0.5).unwrap();
        // The roof at 7 m belongs to the layer below it alone.
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(found[1][0].len(), 4);
        assert!(distance_m(&found[1][0], DVec2::new(35.0, 4.0)) == 0.0, "the inside belongs to it");
        // With 20 m between them they are not near, with a tolerance of 21 m they are.
        assert_eq!(parts(&mesh, &[0.0, 7.0], 21.0).unwrap()[0].len(), 1);
    }

    #[test]
    fn level_faces_go_where_they_add_nothing() {
        let mut mesh = house(0.0, 10.0);
        // A floor half way, a canopy at its altitude, and one above the roof.
        let plate = |x: f64, z: f64| [DVec3::new(x, 1.0, z), DVec3::new(x + 5.0, 1.0, z), DVec3::new(x, 4.0, z)];
        mesh.extend([plate(1.0, 5.0), plate(40.0, 5.0), plate(1.0, 10.0)]);
        let found = parts(&mesh, &[0.0, 5.0, 10.0], 0.1).unwrap();
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert!(found[0].iter().any(|hull| distance_m(hull, DVec2::new(42.0, 2.0)) == 0.0));
        let alone = parts(&[plate(0.0, 5.0)], &[5.0, 5.0], 0.1).unwrap();
        assert_eq!(alone[0][0].len(), 3);
    }

    #[test]
    fn walls_that_do_not_share_corners_are_one_part() {
        // Each wall is of its own and crosses the next one a little.
        let mut mesh = Vec::new();
        for triangle in house(0.0, 7.0) {
            let middle = (triangle[0] + triangle[1] + triangle[2]) / 3.0;
            mesh.push(triangle.map(|p| middle + (p - middle) * 1.4));
        }
        let found = parts(&mesh, &[2.0, 3.0], 0.01).unwrap();
        assert_eq!(found[0].len(), 1, "{found:?}");
    }

    #[test]
    fn clipping_keeps_what_is_between() {
        let triangle = [DVec3::new(0.0, 0.0, 0.0), DVec3::new(10.0, 0.0, 0.0), DVec3::new(0.0, 0.0, 10.0)];
        let mut piece = Vec::new();
        clip(&triangle, 2.0, 4.0, &mut piece);
        let mut found: Vec<(f64, f64)> = piece.iter().map(|p| (p.x, p.z)).collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
        assert_eq!(found, [(0.0, 2.0), (8.0, 2.0), (0.0, 4.0), (6.0, 4.0)]);
    }
}

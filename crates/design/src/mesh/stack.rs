use kapok_show::{DVec2, DVec3};

use super::error::MeshError;
use super::excess::excess_m;
use super::hull::{grown, hull, simplified, stands_out_m};
use super::layers;
use super::prism::Prism;
use super::triangle::{MAX_TRIANGLES, Triangle, bounds};

/// Prisms and layers that are given are this much larger on all sides, so that no rounding takes anything away.
const ROUNDING_M: f64 = 1e-3;
/// Farthest from the origin that a corner may be, metres.
const FARTHEST_M: f64 = 100_000.0;
/// Most corners of an outline.
const MOST_CORNERS: usize = 24;
/// Most prisms when the height of layers is asked for.
const MOST_PRISMS: usize = 256;
/// Most prisms when it is chosen.
const FEW_PRISMS: usize = 64;
/// Layers of a mesh, if their height is chosen and there are not too many prisms.
const USUAL_LAYERS: f64 = 32.0;
/// Least height of a layer that is chosen, metres.
const USUAL_LAYER_M: f64 = 1.0;
/// Share of a layer's height by which outlines may be simplified and joined.
const TOLERANCE: f64 = 0.125;

/// How a mesh is turned into prisms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StackSettings {
    /// Height of the layers at most, metres, 0.05 to 1000. Gaps and details up to an eighth of it are smoothed away.
    /// `None`: 1 m or a thirty-second of the mesh's height, whichever is more, and higher if there would be more than 64
    /// prisms.
    pub layer_m: Option<f64>,
    /// Room to be left on all sides, metres, 0 to 1000.
    pub clearance_m: f64,
}

/// Prisms that together contain a mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// From the lowest up.
    pub prisms: Vec<Prism>,
    /// Height of the layers at most, metres.
    pub layer_m: f64,
    /// No point of the prisms' surface is farther from the mesh, metres; the clearance is included. Undersides of the lowest
    /// prisms are left out: there the mesh may be open.
    pub excess_m: f64,
}

/// Layers of equal outline, one upon the other.
#[expect(clippy::struct_field_names, reason = "units end the names")]
struct Column {
    hull_m: Vec<DVec2>,
    /// The hulls of the layers in it.
    parts_m: Vec<Vec<DVec2>>,
    bottom_m: f64,
    top_m: f64,
}

/// Turns a mesh into a stack of upright prisms that contains it.
///
/// # Shapes, units and frames
/// Any frame with z up; metres. Triangles may be without area, and the mesh need not be closed.
///
/// # Guarantees
/// Every point of a triangle, and every point that the triangles close in, lies in a prism, as does everything nearer than
/// the clearance to one of these. At most 256 prisms (64 if the height of layers is chosen) of at most 24 corners.
///
/// # Errors
/// [`MeshError`]: no triangles or too many, coordinates beyond 100 km, settings outside their range, too many layers or
/// prisms.
///
/// # Complexity
/// O(layers · triangles), in parallel over the layers; parts that are not connected are compared pair by pair.
///
/// # Determinism
/// The same input gives the same stack on any number of threads.
///
/// # Example
/// ```
/// use kapok_design::mesh::{MeshFormat, StackSettings, read_mesh, stack};
///
/// let pyramid = b"v -5 -5 0\nv 5 -5 0\nv 5 5 0\nv -5 5 0\nv 0 0 8\nf 1 2 5\nf 2 3 5\nf 3 4 5\nf 4 1 5\n";
/// let triangles = read_mesh(pyramid, MeshFormat::Obj)?;
/// let stack = stack(&triangles, &StackSettings { layer_m: Some(2.0), ..StackSettings::default() })?;
/// assert_eq!(stack.prisms.len(), 4);
/// assert!(stack.excess_m < 2.0);
/// # Ok::<(), kapok_design::mesh::MeshError>(())
/// ```
pub fn stack(triangles: &[Triangle], settings: &StackSettings) -> Result<Stack, MeshError> {
    let bad = |field, value, why| Err(MeshError::BadSetting { field, value, why });
    if let Some(layer_m) = settings.layer_m.filter(|layer_m| !(0.05..=1000.0).contains(layer_m)) {
        return bad("layer_m", layer_m, "give 0.05 to 1000 m");
    }
    if !(0.0..=1000.0).contains(&settings.clearance_m) {
        return bad("clearance_m", settings.clearance_m, "give 0 to 1000 m");
    }
    if triangles.is_empty() {
        return Err(MeshError::Empty);
    }
    if triangles.len() > MAX_TRIANGLES {
        return Err(MeshError::TooManyTriangles);
    }
    let far = |p: &&DVec3| !(p.abs().max_element() <= FARTHEST_M && p.is_finite());
    if let Some(p) = triangles.iter().flatten().find(far) {
        return Err(MeshError::TooFar { at_m: p.abs().max_element() });
    }
    let (low, high) = bounds(triangles);
    let mut layer_m = settings.layer_m.unwrap_or(((high.z - low.z) / USUAL_LAYERS).max(USUAL_LAYER_M));
    let most = if settings.layer_m.is_some() { MOST_PRISMS } else { FEW_PRISMS };
    let prisms = loop {
        match prisms(triangles, (low.z, high.z), layer_m, settings.clearance_m) {
            Ok(prisms) if prisms.len() <= most => break prisms,
            Ok(prisms) if settings.layer_m.is_some() => {
                return Err(MeshError::TooManyPieces { layer_m, what: "prisms", found: prisms.len(), max: most });
            }
            Err(error) if settings.layer_m.is_some() => return Err(error),
            // Ends when the tolerance is as large as the mesh, for then there is one part in one layer.
            Ok(_) | Err(_) => layer_m *= 1.5,
        }
    };
    let excess_m = excess_m(triangles, &prisms, (0.25 * TOLERANCE * layer_m).min(0.25));
    Ok(Stack { prisms, layer_m, excess_m })
}

fn prisms(triangles: &[Triangle], ends_m: (f64, f64), layer_m: f64, clearance_m: f64) -> Result<Vec<Prism>, MeshError> {
    let tolerance_m = TOLERANCE * layer_m;
    let levels = layers::levels(triangles, ends_m, layer_m)?;
    let layers = layers::parts(triangles, &levels, tolerance_m)?;
    let mut columns: Vec<Column> = Vec::new();
    for (ends, hulls) in levels.windows(2).zip(layers) {
        let (bottom_m, top_m) = (ends[0], ends[1]);
        for hull_m in hulls {
            let below = columns.iter_mut().filter(|c| c.top_m == bottom_m);
            if !below.into_iter().any(|column| column.takes(&hull_m, top_m, tolerance_m)) {
                columns.push(Column { parts_m: vec![hull_m.clone()], hull_m, bottom_m, top_m });
            }
        }
    }
    let grow_m = clearance_m + ROUNDING_M;
    let prism = |column: Column| Prism {
        outline_m: simplified(&grown(&column.hull_m, grow_m), 0.5 * tolerance_m, MOST_CORNERS),
        bottom_m: column.bottom_m - grow_m,
        top_m: column.top_m + grow_m,
    };
    Ok(columns.into_iter().map(prism).collect())
}

impl Column {
    /// Takes the hull of the next layer in, if the common hull stands out little from it and from those in it.
    fn takes(&mut self, hull_m: &[DVec2], top_m: f64, tolerance_m: f64) -> bool {
        let common = hull(self.hull_m.iter().chain(hull_m).copied().collect());
        let is_near = |part: &[DVec2]| stands_out_m(&common, part) <= tolerance_m;
        if !is_near(hull_m) || !self.parts_m.iter().all(|part| is_near(part)) {
            return false;
        }
        self.parts_m.push(hull_m.to_vec());
        (self.hull_m, self.top_m) = (common, top_m);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(a: [f64; 3], b: [f64; 3], c: [f64; 3], d: [f64; 3]) -> [Triangle; 2] {
        let [a, b, c, d] = [a, b, c, d].map(DVec3::from_array);
        [[a, b, c], [a, c, d]]
    }

    /// The surface of a box.
    fn block(l: [f64; 3], h: [f64; 3]) -> Vec<Triangle> {
        let at = |x: usize, y: usize, z: usize| [[l[0], h[0]][x], [l[1], h[1]][y], [l[2], h[2]][z]];
        [
            quad(at(0, 0, 0), at(1, 0, 0), at(1, 1, 0), at(0, 1, 0)),
            quad(at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1)),
            quad(at(0, 0, 0), at(1, 0, 0), at(1, 0, 1), at(0, 0, 1)),
            quad(at(0, 1, 0), at(1, 1, 0), at(1, 1, 1), at(0, 1, 1)),
            quad(at(0, 0, 0), at(0, 1, 0), at(0, 1, 1), at(0, 0, 1)),
            quad(at(1, 0, 0), at(1, 1, 0), at(1, 1, 1), at(1, 0, 1)),
        ]
        .concat()
    }

    #[test]
    fn a_box_is_one_prism_and_stands_out_by_the_rounding() {
        let found = stack(&block([0.0, 0.0, 0.0], [20.0, 10.0, 70.0]), &StackSettings::default()).unwrap();
        assert_eq!(found.prisms.len(), 1);
        assert!(found.prisms[0].outline_m.len() == 4 && found.excess_m < 0.2, "{found:?}");
    }

    #[test]
    fn a_tower_on_a_hall_is_two_prisms_and_an_arch_three() {
        let mut mesh = block([0.0, 0.0, 0.0], [60.0, 30.0, 9.0]);
        mesh.extend(block([20.0, 5.0, 9.0], [30.0, 15.0, 64.3]));
        let found = stack(&mesh, &StackSettings::default()).unwrap();
        let ends: Vec<(f64, f64)> = found.prisms.iter().map(|p| (p.bottom_m.round(), p.top_m.round())).collect();
        assert_eq!(ends, [(0.0, 9.0), (9.0, 64.0)]);
        assert!(found.excess_m < 0.3, "{}", found.excess_m);

        let mut arch = block([0.0, 0.0, 0.0], [5.0, 5.0, 20.0]);
        arch.extend(block([25.0, 0.0, 0.0], [30.0, 5.0, 20.0]));
        arch.extend(block([0.0, 0.0, 20.0], [30.0, 5.0, 24.0]));
        let found = stack(&arch, &StackSettings::default()).unwrap();
        assert_eq!(found.prisms.len(), 3, "one may fly through it");
        assert!(found.excess_m < 0.3, "{}", found.excess_m);
    }

    #[test]
    fn the_excess_tells_of_what_is_filled() {
        // A yard of 20 m within walls; no vehicle flies into it, for it has a roof of prism.
        let walls = [
            block([0.0, 0.0, 0.0], [24.0, 2.0, 10.0]),
            block([0.0, 22.0, 0.0], [24.0, 24.0, 10.0]),
            block([0.0, 2.0, 0.0], [2.0, 22.0, 10.0]),
            block([22.0, 2.0, 0.0], [24.0, 22.0, 10.0]),
        ];
        let found = stack(&walls.concat(), &StackSettings::default()).unwrap();
        assert_eq!(found.prisms.len(), 1);
        assert!((10.0..10.2).contains(&found.excess_m), "{}", found.excess_m);
    }

    #[test]
    fn clearance_is_left_on_all_sides() {
        let settings = StackSettings { clearance_m: 3.0, ..StackSettings::default() };
        let found = stack(&block([0.0, 0.0, 0.0], [20.0, 10.0, 70.0]), &settings).unwrap();
        let [prism] = found.prisms.as_slice() else { panic!("{found:?}") };
        assert!(prism.bottom_m <= -3.0 && prism.top_m >= 73.0);
        assert!((3.0..5.0).contains(&found.excess_m), "{}", found.excess_m);
    }

    #[test]
    fn meshes_without_height_or_area_are_thin_prisms() {
        let p = DVec3::new(1.0, 2.0, 3.0);
        for mesh in [vec![[p; 3]], vec![[p, p + DVec3::X, p + DVec3::X]], vec![[p, p + DVec3::Z, p]]] {
            let found = stack(&mesh, &StackSettings::default()).unwrap();
            assert_eq!(found.prisms.len(), 1);
            assert!(found.prisms[0].outline_m.len() >= 3 && found.excess_m < 0.2, "{found:?}");
        }
    }

    #[test]
    fn too_many_pieces_are_refused_when_layers_are_given_and_joined_when_they_are_chosen() {
        let masts: Vec<Triangle> = (0..900)
            .map(|k| {
                let p = DVec3::new(f64::from(k % 30) * 9.0, f64::from(k / 30) * 9.0, 0.0);
                [p, p + DVec3::Z * 40.0, p]
            })
            .collect();
        let given = stack(&masts, &StackSettings { layer_m: Some(4.0), clearance_m: 0.0 });
        assert!(matches!(given, Err(MeshError::TooManyPieces { found: 900, max: 256, .. })), "{given:?}");
        let chosen = stack(&masts, &StackSettings::default()).unwrap();
        assert!(chosen.prisms.len() <= 64);
        assert!(chosen.excess_m > 4.0 && chosen.excess_m < 12.0, "{}", chosen.excess_m);
    }

    #[test]
    fn settings_and_places_that_make_no_sense_are_refused() {
        let mesh = block([0.0, 0.0, 0.0], [20.0, 10.0, 70.0]);
        let with = |layer_m, clearance_m| stack(&mesh, &StackSettings { layer_m, clearance_m }).unwrap_err();
        assert!(matches!(with(Some(f64::NAN), 0.0), MeshError::BadSetting { field: "layer_m", .. }));
        assert!(matches!(with(None, -1.0), MeshError::BadSetting { field: "clearance_m", .. }));
        assert!(matches!(with(Some(0.1), 0.0), MeshError::TooManyLayers { .. }));
        assert_eq!(stack(&[], &StackSettings::default()), Err(MeshError::Empty));
        let far = stack(&[[DVec3::X * 2e5; 3]], &StackSettings::default());
        assert!(matches!(far, Err(MeshError::TooFar { .. })));
        assert!(matches!(stack(&[[DVec3::NAN; 3]], &StackSettings::default()), Err(MeshError::TooFar { .. })));
    }
}

//! Meshes and the prisms that stand for them: nothing of the mesh is outside, the excess is what is stated, and no bytes make
//! the readers panic. The oracles sample the triangles and know nothing of layers or hulls.

use kapok_design::mesh::{MeshError, MeshFormat, Prism, Stack, StackSettings, Triangle, read_mesh, stack};
use kapok_show::{DVec2, DVec3, math};
use proptest::prelude::*;

/// Is the point in one of the prisms? Written for simple polygons, by the even-odd rule.
fn is_inside(prisms: &[Prism], p: DVec3) -> bool {
    prisms.iter().any(|prism| {
        let o = &prism.outline_m;
        let crossings = (0..o.len()).filter(|&k| {
            let (a, b) = (o[k], o[(k + 1) % o.len()]);
            (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)
        });
        (prism.bottom_m..=prism.top_m).contains(&p.z) && crossings.count() % 2 == 1
    })
}

/// Points of a triangle, its corners among them.
fn points_of([a, b, c]: &Triangle, steps: u32) -> impl Iterator<Item = DVec3> {
    let (a, u, v) = (*a, *b - *a, *c - *a);
    let share = move |k: u32| f64::from(k) / f64::from(steps);
    (0..=steps).flat_map(move |i| (0..=steps - i).map(move |j| a + u * share(i) + v * share(j)))
}

/// Distance to a triangle: that of the nearest of the foot on its plane, if that is inside, and many points of its sides, so
/// a little above the true one.
fn distance_m([a, b, c]: &Triangle, p: DVec3) -> f64 {
    let (u, v, w) = (*b - *a, *c - *a, p - *a);
    let (uu, uv, vv) = (u.length_squared(), u.dot(v), v.length_squared());
    let det = uu * vv - uv * uv;
    let (s, t) = ((vv * w.dot(u) - uv * w.dot(v)) / det, (uu * w.dot(v) - uv * w.dot(u)) / det);
    if det > 0.0 && s >= 0.0 && t >= 0.0 && s + t <= 1.0 {
        return w.distance(u * s + v * t);
    }
    let mut best = f64::INFINITY;
    for (from, to) in [(*a, *b), (*b, *c), (*c, *a)] {
        // The distance along a side has one valley.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let (one, two) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if p.distance(from.lerp(to, one)) < p.distance(from.lerp(to, two)) { high = two } else { low = one }
        }
        best = best.min(p.distance(from.lerp(to, f64::midpoint(low, high))));
    }
    best
}

/// Points of the surface of the prisms that are in no other prism; the undersides of the lowest ones are left out.
fn surface(stack: &Stack) -> Vec<DVec3> {
    let foot_m = stack.prisms.iter().map(|p| p.bottom_m).fold(f64::INFINITY, f64::min);
    let mut found = Vec::new();
    for (k, prism) in stack.prisms.iter().enumerate() {
        let o = &prism.outline_m;
        let middle = o.iter().fold(DVec2::ZERO, |s, &p| s + p) / o.len() as f64;
        let mut points = Vec::new();
        for i in 0..o.len() {
            let (a, b) = (o[i], o[(i + 1) % o.len()]);
            for s in 0..6 {
                let side = a.lerp(b, f64::from(s) / 6.0);
                for h in 0..=6 {
                    points.push(side.extend(prism.bottom_m + (prism.top_m - prism.bottom_m) * f64::from(h) / 6.0));
                    let inner = middle.lerp(side, f64::from(h) / 6.0);
                    points.push(inner.extend(prism.top_m));
                    if prism.bottom_m > foot_m {
                        points.push(inner.extend(prism.bottom_m));
                    }
                }
            }
        }
        let others: Vec<Prism> =
            stack.prisms.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, p)| p.clone()).collect();
        found.extend(points.into_iter().filter(|&p| !is_inside(&others, p)));
    }
    found
}

/// A closed tube: rings of corners around a bent axis, and a lid at both ends. What it closes in is star-shaped in every
/// ring about the axis.
fn tube(radii_m: &[Vec<f64>], axis: impl Fn(f64) -> DVec3) -> (Vec<Triangle>, Vec<DVec3>) {
    let sides = radii_m[0].len();
    let centre = |ring: usize| axis(ring as f64);
    let corner = |ring: usize, k: usize| {
        let (sin, cos) = math::sin_cos(std::f64::consts::TAU * (k % sides) as f64 / sides as f64);
        centre(ring) + DVec3::new(cos, sin, 0.0) * radii_m[ring][k % sides]
    };
    let mut mesh = Vec::new();
    let mut inner = Vec::new();
    for k in 0..sides {
        for ring in 0..radii_m.len() - 1 {
            let [a, b, c, d] = [corner(ring, k), corner(ring, k + 1), corner(ring + 1, k + 1), corner(ring + 1, k)];
            mesh.extend([[a, b, c], [a, c, d]]);
        }
        let last = radii_m.len() - 1;
        mesh.extend([
            [centre(0), corner(0, k + 1), corner(0, k)],
            [centre(last), corner(last, k), corner(last, k + 1)],
        ]);
        for ring in 0..radii_m.len() {
            inner.extend((0..6).map(|s| centre(ring).lerp(corner(ring, k), f64::from(s) / 6.0)));
        }
    }
    (mesh, inner)
}

fn turned(mesh: &mut [Triangle], inner: &mut [DVec3], turn: DVec3) {
    let about = |p: DVec3| {
        let [(sx, cx), (sy, cy), (sz, cz)] = turn.to_array().map(math::sin_cos);
        let p = DVec3::new(p.x, cx * p.y - sx * p.z, sx * p.y + cx * p.z);
        let p = DVec3::new(cy * p.x + sy * p.z, p.y, cy * p.z - sy * p.x);
        DVec3::new(cz * p.x - sz * p.y, sz * p.x + cz * p.y, p.z)
    };
    mesh.iter_mut().flatten().chain(inner).for_each(|p| *p = about(*p));
}

fn settings() -> impl Strategy<Value = StackSettings> {
    let layer_m = prop_oneof![Just(None), (1.0..9.0f64).prop_map(Some)];
    let clearance_m = prop_oneof![Just(0.0), 0.0..4.0f64];
    (layer_m, clearance_m).prop_map(|(layer_m, clearance_m)| StackSettings { layer_m, clearance_m })
}

fn radii() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (3usize..9, 2usize..7).prop_flat_map(|(sides, rings)| {
        let even = (1.0..15.0f64).prop_map(move |r| vec![r; sides]);
        let ring = prop_oneof![even, prop::collection::vec(1.0..15.0f64, sides)];
        prop::collection::vec(ring, rings)
    })
}

/// Everything that is promised of a stack, but for the inside of the mesh.
fn check(mesh: &[Triangle], settings: &StackSettings, found: &Stack) -> Result<(), TestCaseError> {
    for prism in &found.prisms {
        let o = &prism.outline_m;
        prop_assert!((3..=24).contains(&o.len()) && prism.bottom_m < prism.top_m);
        for k in 0..o.len() {
            let [a, b, c] = [k, k + 1, k + 2].map(|i| o[i % o.len()]);
            prop_assert!((b - a).perp_dot(c - b) > 0.0, "convex and counter-clockwise: {o:?}");
        }
    }
    // The middles of a cube's sides and its corners, just inside the clearance.
    let c = settings.clearance_m * 0.999;
    let around = [DVec3::X, -DVec3::X, DVec3::Y, -DVec3::Y, DVec3::Z, -DVec3::Z, DVec3::new(0.57, -0.57, 0.57)];
    for p in mesh.iter().flat_map(|t| points_of(t, 6)) {
        prop_assert!(is_inside(&found.prisms, p), "{p}");
        for n in around {
            prop_assert!(is_inside(&found.prisms, p + n * c), "{p} {n}");
        }
    }
    let mut farthest_m = 0.0f64;
    for p in surface(found) {
        // The first triangle that is near enough ends it.
        let near = mesh.iter().map(|t| distance_m(t, p)).find(|d| *d <= farthest_m);
        if near.is_none() {
            farthest_m = mesh.iter().map(|t| distance_m(t, p)).fold(f64::INFINITY, f64::min);
            prop_assert!(farthest_m <= found.excess_m + 1e-3, "{farthest_m} at {p}, stated {}", found.excess_m);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Closed tubes, bent and turned at will: convex ones, stars, arches lying on their side.
    #[test]
    fn closed_meshes_are_inside_with_all_they_close_in(
        radii in radii(), bend in -9.0..9.0f64, step in 0.5..12.0f64, turn in prop::array::uniform3(-3.0..3.0f64),
        is_upright: bool, settings in settings(),
    ) {
        let (mut mesh, mut inner) = tube(&radii, |k| DVec3::new(bend * math::sin(k), bend * k * 0.5, step * k));
        if !is_upright {
            turned(&mut mesh, &mut inner, DVec3::from_array(turn));
        }
        let Ok(found) = stack(&mesh, &settings) else { panic!("{settings:?}") };
        for p in inner {
            prop_assert!(is_inside(&found.prisms, p), "the inside at {p}");
        }
        check(&mesh, &settings, &found)?;
    }

    /// Triangles of any place and shape, degenerate ones among them, whole numbers for many of one altitude.
    #[test]
    fn any_triangles_are_inside(
        raw in prop::collection::vec((prop::array::uniform3(prop::array::uniform3(-20.0..20.0f64)), 0..5u8), 1..30),
        settings in settings(),
    ) {
        let mesh: Vec<Triangle> = raw
            .into_iter()
            .map(|(corners, kind)| {
                let [a, b, c] = corners.map(DVec3::from_array);
                match kind {
                    0 => [a, b, b],
                    1 => [a, a, a],
                    2 => [a, b, c].map(DVec3::round),
                    3 => [a, b, c].map(|p| p.with_z(a.z.round())),
                    _ => [a, b, c],
                }
            })
            .collect();
        match stack(&mesh, &settings) {
            Ok(found) => check(&mesh, &settings, &found)?,
            // Loose triangles in thin layers may be too many, but only where the layers are asked for.
            Err(MeshError::TooManyPieces { found, max, .. }) => prop_assert!(settings.layer_m.is_some() && found > max),
            Err(error) => panic!("{error}"),
        }
    }

    /// On any number of threads.
    #[test]
    fn the_same_mesh_gives_the_same_stack(radii in radii(), settings in settings()) {
        let (mesh, _) = tube(&radii, |k| DVec3::Z * 7.0 * k);
        let found = stack(&mesh, &settings).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(&found, &pool.install(|| stack(&mesh, &settings)).unwrap());
    }
}

const OBJ: &str =
    "mtllib a.mtl\nv 0 0 0\nv 4 0 0 1 0 0\nv 4 3 0\nv 0 3 -1e1\\\n5\nvt 0 0\nf 1/1 2/1 3/1 -1//\nl 1 2\np 3\n";
const STL: &str = "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0.5\nendloop\nendfacet\n\
                   facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0.5\nendloop\nendfacet\nendsolid\n";

fn binary_stl() -> Vec<u8> {
    let mut bytes = vec![0; 80];
    bytes.extend(2u32.to_le_bytes());
    for k in 0..24 {
        bytes.extend((k as f32).to_le_bytes());
        if k % 12 == 11 {
            bytes.extend([0, 0]);
        }
    }
    bytes
}

/// What holds whatever the bytes are.
fn read_and_check(bytes: &[u8]) {
    for format in [MeshFormat::Obj, MeshFormat::Stl] {
        match read_mesh(bytes, format) {
            Ok(mesh) => {
                assert!(!mesh.is_empty());
                assert!(mesh.iter().flatten().all(|p| p.is_finite() && p.abs().max_element() <= 1e9));
                let _ = stack(&mesh, &StackSettings { layer_m: Some(100.0), clearance_m: 0.0 });
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn the_seeds_are_read() {
    assert_eq!(read_mesh(OBJ.as_bytes(), MeshFormat::Obj).unwrap().len(), 4);
    assert_eq!(read_mesh(STL.as_bytes(), MeshFormat::Stl).unwrap().len(), 2);
    assert_eq!(read_mesh(&binary_stl(), MeshFormat::Stl).unwrap().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn readers_refuse_or_read_whatever_the_bytes(
        which in 0..3usize, spoil in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 0..12),
    ) {
        let mut bytes = [OBJ.as_bytes().to_vec(), STL.as_bytes().to_vec(), binary_stl()][which].clone();
        for (at, value, kind) in spoil {
            let at = at.index(bytes.len().max(1));
            match kind {
                0 if at < bytes.len() => bytes[at] = value,
                1 => bytes.insert(at, value),
                2 if at < bytes.len() => { bytes.remove(at); }
                _ => bytes.truncate(at),
            }
        }
        read_and_check(&bytes);
    }

    #[test]
    fn readers_take_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_and_check(&bytes);
    }
}

//! A tower given as a mesh, from the script to the proof: the swarm flies round all its layers, and an oracle that knows the
//! original triangles alone finds no vehicle in them.

use crate::common;

use std::collections::BTreeMap;

use common::{complete, sampled_separation_m};
use kapok_proof::{ProofSettings, Verdict, prove};
use kapok_show::*;

/// Triangles in the site frame.
type Mesh = Vec<[DVec3; 3]>;

/// A closed hyperboloid of one sheet with lids, its axis upright at the origin, and a mast.
fn hyperboloid(foot_m: f64, waist_m: f64, height_m: f64, sides: usize, rings: usize) -> Mesh {
    let waist_z_m = 0.6 * height_m;
    let corner = |ring: usize, k: usize| {
        let z = height_m * ring as f64 / rings as f64;
        let share = (z - waist_z_m) / waist_z_m;
        let radius_m = (waist_m * waist_m + (foot_m * foot_m - waist_m * waist_m) * share * share).sqrt();
        let (sin, cos) = math::sin_cos(std::f64::consts::TAU * (k % sides) as f64 / sides as f64);
        DVec3::new(radius_m * cos, radius_m * sin, z)
    };
    let mut mesh = Vec::new();
    for k in 0..sides {
        for ring in 0..rings {
            let [a, b, c, d] = [corner(ring, k), corner(ring, k + 1), corner(ring + 1, k + 1), corner(ring + 1, k)];
            mesh.extend([[a, b, c], [a, c, d]]);
        }
        let (foot, top) = (DVec3::ZERO, DVec3::Z * height_m);
        mesh.extend([[foot, corner(0, k + 1), corner(0, k)], [top, corner(rings, k), corner(rings, k + 1)]]);
    }
    let at = |x: f64, y: f64, z: f64| DVec3::new(x, y, height_m + z);
    let (tip, base) = (at(0.0, 0.0, 25.0), [at(1.0, -1.0, 0.0), at(-1.0, -1.0, 0.0), at(0.0, 1.2, 0.0)]);
    mesh.extend((0..3).map(|k| [base[k], base[(k + 1) % 3], tip]));
    mesh.push(base);
    mesh
}

/// As a file with y up.
fn obj(mesh: &Mesh) -> Vec<u8> {
    let face = |(k, triangle): (usize, &[DVec3; 3])| {
        let vertices = triangle.map(|p| format!("v {} {} {}\n", p.x, p.z, -p.y)).concat();
        format!("{vertices}f {} {} {}\n", 3 * k + 1, 3 * k + 2, 3 * k + 3)
    };
    let faces: Vec<String> = mesh.iter().enumerate().map(face).collect();
    format!("# made by the test\no tower\n{}", faces.concat()).into_bytes()
}

fn script(count: usize, centre_x_m: f64, keep_out: &str) -> String {
    format!(
        "title = \"Round the tower\"\n[site]\norigin = {{ latitude_deg = 23.1, longitude_deg = 113.3 }}\nheading_deg = 0\n\
         [fleet]\ncount = {count}\n[fleet.grid]\nspacing_m = 3\ncentre_m = [{}, 0]\n[limits]\nmax_altitude_m = 200\n\
         [[environment.keep_out]]\nkind = \"mesh\"\nname = \"Tower\"\nfile = \"art/tower.obj\"\nup = \"y\"\n{keep_out}\n\
         [[scene]]\nname = \"left\"\nhold_s = 1\n[[scene.formation]]\nsource = {{ kind = \"sphere\", radius_m = 14 }}\n\
         place = {{ centre_m = [{}, 0, 60] }}\n\
         [[scene]]\nname = \"right\"\nhold_s = 1\n[[scene.formation]]\nsource = {{ kind = \"sphere\", radius_m = 14 }}\n\
         place = {{ centre_m = [{centre_x_m}, 0, 70] }}\n",
        -centre_x_m, -centre_x_m
    )
}

fn storyboard(script: &str, mesh: &Mesh) -> Storyboard {
    let assets = BTreeMap::from([("art/tower.obj".to_owned(), obj(mesh))]);
    kapok_design::load(script, "show.toml", &assets, &Silent).unwrap_or_else(|errors| panic!("{errors}"))
}

/// How often a ray from a point meets the mesh, odd inside a closed one; the direction is that of no edge.
fn crossings(mesh: &Mesh, p: DVec3) -> usize {
    let ray = DVec3::new(0.5377, 0.2618, 0.8013);
    let meets = |[a, b, c]: &[DVec3; 3]| {
        let (u, v) = (*b - *a, *c - *a);
        let h = ray.cross(v);
        let det = u.dot(h);
        let s = (p - *a).dot(h) / det;
        let q = (p - *a).cross(u);
        let t = ray.dot(q) / det;
        det != 0.0 && s >= 0.0 && t >= 0.0 && s + t <= 1.0 && v.dot(q) / det > 0.0
    };
    mesh.iter().filter(|t| meets(t)).count()
}

/// Least distance from a point to points of the mesh at every vertex and on every edge and face, in steps.
fn near_m(samples: &[DVec3], p: DVec3) -> f64 {
    samples.iter().map(|s| s.distance_squared(p)).fold(f64::INFINITY, f64::min).sqrt()
}

fn samples(mesh: &Mesh, steps: u32) -> Vec<DVec3> {
    let share = |k: u32| f64::from(k) / f64::from(steps);
    let of = |[a, b, c]: &[DVec3; 3]| {
        let (a, u, v) = (*a, *b - *a, *c - *a);
        (0..=steps).flat_map(move |i| (0..=steps - i).map(move |j| a + u * share(i) + v * share(j)))
    };
    mesh.iter().flat_map(of).collect()
}

fn proved(show: &Show) {
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    let failed: Vec<_> =
        certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)).collect();
    assert_eq!(certificate.verdict, Verdict::Proved, "{failed:?}");
}

/// No vehicle is in the mesh at any sampled instant, nor nearer to it than the clearance (less what sampling its points may miss).
fn clear_of(mesh: &Mesh, show: &Show, clearance_m: f64) {
    let samples = samples(mesh, 3);
    for v in &show.vehicles {
        for k in 0..=(show.duration_ms() / 100) {
            let p = v.trajectory.sample(k as f64 * 100.0).position_m;
            assert_eq!(crossings(mesh, p) % 2, 0, "{} is inside at {p}", v.name);
            if clearance_m > 0.0 {
                assert!(near_m(&samples, p) >= clearance_m, "{} is too near at {p}", v.name);
            }
        }
    }
}

#[test]
fn a_swarm_flies_round_a_tower_of_many_layers() {
    let mesh = hyperboloid(22.0, 9.0, 110.0, 24, 22);
    assert_eq!(crossings(&mesh, DVec3::new(3.0, 2.0, 50.0)) % 2, 1, "the oracle sees the inside");
    for (count, clearance_m, most) in [(1, 0.0, 1.2), (80, 2.0, 1.6)] {
        let text = script(count, 70.0, &format!("origin_m = [0, 0, 0]\nclearance_m = {clearance_m}"));
        let storyboard = storyboard(&text, &mesh);
        assert!(storyboard.environment.keep_outs.len() > 8, "{}", storyboard.environment.keep_outs.len());
        let plan = complete(&storyboard);
        proved(&plan.show);
        clear_of(&mesh, &plan.show, clearance_m);
        assert!(sampled_separation_m(&plan.show, 100.0) >= plan.show.limits.min_separation_m - 1e-9);
        let way = &plan.transitions[1];
        assert!(way.detour_count > 0 && way.ratio < most, "{}", way.ratio);
    }
}

/// A box turned about y by an angle and moved.
fn leaning(size_m: DVec3, angle_rad: f64, at_m: DVec3) -> Mesh {
    let (sin, cos) = math::sin_cos(angle_rad);
    let corner = |k: usize| {
        let side = |bit: usize| if k >> bit & 1 == 1 { 0.5 } else { -0.5 };
        let p = DVec3::new(side(0), side(1), side(2) + 0.5) * size_m;
        at_m + DVec3::new(cos * p.x + sin * p.z, p.y, cos * p.z - sin * p.x)
    };
    let quads = [[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]];
    quads.iter().flat_map(|q| [[q[0], q[1], q[2]], [q[0], q[2], q[3]]]).map(|t| t.map(corner)).collect()
}

#[test]
fn leaning_towers_cones_and_gates_are_passed() {
    let block = |y_m: f64, z_m: f64, size_m: DVec3| leaning(size_m, 0.0, DVec3::new(0.0, y_m, z_m));
    let gate = [
        block(-45.0, 0.0, DVec3::new(6.0, 30.0, 100.0)),
        block(45.0, 0.0, DVec3::new(6.0, 30.0, 100.0)),
        block(0.0, 100.0, DVec3::new(6.0, 120.0, 10.0)),
    ];
    let cases: [(&str, Mesh); 4] = [
        ("leaning towards them", leaning(DVec3::new(10.0, 30.0, 120.0), 0.6, DVec3::new(-30.0, 0.0, 0.0))),
        ("leaning away", leaning(DVec3::new(10.0, 30.0, 120.0), -0.6, DVec3::new(30.0, 0.0, 0.0))),
        ("cone", hyperboloid(45.0, 1.0, 120.0, 24, 22)),
        ("gate", gate.concat()),
    ];
    for (name, mesh) in cases {
        let storyboard = storyboard(&script(20, 90.0, "origin_m = [0, 0, 0]"), &mesh);
        let plan = complete(&storyboard);
        proved(&plan.show);
        clear_of(&mesh, &plan.show, 0.0);
        let way = &plan.transitions[1];
        assert!(way.ratio < 1.5, "{name}: {}", way.ratio);
        // One does not fly round what one can fly through.
        assert_eq!(way.detour_count == 0, name == "gate", "{name}");
    }
}

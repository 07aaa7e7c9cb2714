#![no_main]

use kapok_design::mesh::{MAX_TRIANGLES, MeshFormat, StackSettings, read_mesh, stack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for format in [MeshFormat::Obj, MeshFormat::Stl] {
        let Ok(triangles) = read_mesh(bytes, format) else { continue };
        assert!((1..=MAX_TRIANGLES).contains(&triangles.len()));
        let Ok(found) = stack(&triangles, &StackSettings { layer_m: Some(50.0), clearance_m: 0.0 }) else { continue };
        // Every corner is in the height of a prism and in the box of its outline.
        for p in triangles.iter().flatten() {
            assert!(found.prisms.iter().any(|prism| {
                let inside = |axis: usize| {
                    let reach = prism.outline_m.iter().map(|c| c[axis]);
                    reach.clone().fold(f64::INFINITY, f64::min) <= p[axis]
                        && p[axis] <= reach.fold(f64::NEG_INFINITY, f64::max)
                };
                (prism.bottom_m..=prism.top_m).contains(&p.z) && inside(0) && inside(1)
            }));
        }
    }
});

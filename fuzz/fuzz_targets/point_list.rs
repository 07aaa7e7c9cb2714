#![no_main]

use kapok_design::points::{PointListUse, read_points};
use libfuzzer_sys::fuzz_target;

// The first byte says what the list is for.
fuzz_target!(|bytes: &[u8]| {
    let [flags, bytes @ ..] = bytes else { return };
    let list_use =
        PointListUse { is_flat: flags & 1 == 1, has_gaps: flags & 2 == 2, farthest_m: 1e4, most: 1_000 };
    match read_points(bytes, &list_use) {
        Ok(points) => {
            assert!((1..=1_000).contains(&points.len()));
            assert!(points.iter().all(|p| p.position_m.is_finite() && p.position_m.abs().max_element() <= 1e4));
            // What was read can be written plainly and reads back equal.
            let row = |p: &kapok_design::points::ListedPoint| {
                format!("{},{},{}\n", p.position_m.x, p.position_m.y, p.position_m.z)
            };
            let plain: String = points.iter().map(row).collect();
            let again = read_points(plain.as_bytes(), &list_use).expect("it reads back");
            assert!(points.iter().zip(&again).all(|(a, b)| a.position_m == b.position_m));
        }
        Err(error) => {
            assert!(error.line >= 1 && error.field >= 1 && error.character >= 1 && !error.why.is_empty());
            assert!(error.line <= 1 + bytes.len());
        }
    }
});

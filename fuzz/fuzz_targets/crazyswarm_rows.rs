#![no_main]

use kapok_format::{ReadBounds, read_crazyswarm_files, write_crazyswarm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let files = [("a.csv".to_owned(), bytes.to_vec())];
    let limits = ReadBounds::default();
    let Ok(decoded) = read_crazyswarm_files(&files, "fuzz", &limits) else { return };
    assert_eq!(decoded.show.check(), Ok(()));
    let Ok(export) = write_crazyswarm(&decoded.show, &["a".to_owned()]) else { return };
    // Coordinates beyond all reason may not join any more after rounding, and one at the limit may be rounded over it.
    let points = decoded.show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
    let farthest_m = points.fold(0.0, |m: f64, p| m.max(p.abs().max_element()));
    if export.max_error_m < 1e-3 && farthest_m < 9e6 {
        let back = read_crazyswarm_files(&export.files, "fuzz", &limits).unwrap().show;
        assert_eq!(back.duration_ms(), decoded.show.duration_ms());
    }
});

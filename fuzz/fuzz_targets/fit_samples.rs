#![no_main]

use kapok_format::fit::fit_trajectory;
use kapok_show::DVec3;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut t_ms = 0;
    let mut samples = Vec::new();
    for chunk in bytes.chunks_exact(8) {
        let [dt, x, y, z] = [0, 2, 4, 6].map(|i| i16::from_le_bytes([chunk[i], chunk[i + 1]]));
        samples.push((t_ms, DVec3::new(x.into(), y.into(), z.into()) / 1000.0));
        t_ms += 1 + i64::from(dt.unsigned_abs());
    }
    for limit_m_s2 in [None, Some(4.0)] {
        let Ok(fitted) = fit_trajectory(&samples, 0.01, limit_m_s2) else { return };
        assert!(fitted.max_error_m <= 0.01);
        for &(t_ms, p_m) in &samples {
            assert!(fitted.trajectory.sample(t_ms as f64).position_m.distance(p_m) <= 0.01 + 1e-9);
        }
    }
});

use kapok_motion::bezier::CubicDerivatives;
use kapok_motion::timing::MotionLimits;
use kapok_show::DVec3;

/// By what factor longer a motion must take to keep the limits, at least 1: the derivatives of a piece lie in the hull of
/// the differences of its control points.
pub fn slow_down(pieces: impl Iterator<Item = (i64, [DVec3; 4])>, limits: &MotionLimits, margin: f64) -> f64 {
    let cap = 1.0 - margin;
    let mut speed = 0.0f64;
    let (mut acceleration, mut jerk) = (0.0f64, 0.0f64);
    for (duration_ms, c) in pieces {
        let d = CubicDerivatives::new(&c, duration_ms as f64 / 1000.0);
        for v in d.velocity_m_s {
            let z = if v.z >= 0.0 { v.z / limits.max_velocity_up_m_s } else { -v.z / limits.max_velocity_down_m_s };
            speed = speed.max(z).max(v.truncate().length() / limits.max_velocity_xy_m_s);
            speed = limits.max_velocity_m_s.map_or(speed, |most| speed.max(v.length() / most));
        }
        let [first, last] = d.acceleration_m_s2;
        acceleration = acceleration.max(first.length()).max(last.length());
        jerk = jerk.max(d.jerk_m_s3);
    }
    let (a, j) = (acceleration / (limits.max_acceleration_m_s2 * cap), jerk / (limits.max_jerk_m_s3 * cap));
    (speed / cap).max(a.sqrt()).max(kapok_show::math::cbrt(j)).max(1.0)
}

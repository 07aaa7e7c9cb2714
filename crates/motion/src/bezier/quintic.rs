use kapok_show::DVec3;

/// Control points of the polynomial of degree 5 with given places, velocities and accelerations at both ends.
///
/// # Shapes, units and frames
/// `from` and `to` are place, velocity and acceleration in metres and seconds; the piece lasts `duration_s`, above 0.
pub fn quintic(from: [DVec3; 3], to: [DVec3; 3], duration_s: f64) -> [DVec3; 6] {
    let h = duration_s;
    let ([p, v, a], [q, w, b]) = (from, to);
    [
        p,
        p + v * (h / 5.0),
        p + v * (2.0 * h / 5.0) + a * (h * h / 20.0),
        q - w * (2.0 * h / 5.0) + b * (h * h / 20.0),
        q - w * (h / 5.0),
        q,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::Trajectory;
    use proptest::prelude::*;

    fn vector() -> impl Strategy<Value = DVec3> {
        (-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64).prop_map(|(x, y, z)| DVec3::new(x, y, z))
    }

    proptest! {
        /// The vocabulary's own derivatives say so.
        #[test]
        fn a_quintic_has_what_was_asked_at_its_ends(v in prop::array::uniform6(vector()), h_ms in 100..9000i64) {
            let h = h_ms as f64;
            let c = quintic([v[0], v[1], v[2]], [v[3], v[4], v[5]], h / 1000.0);
            let mut t = Trajectory::starting_at(0, c[0]).unwrap();
            t.push(h_ms, &c[1..]).unwrap();
            let segment = t.segment(0);
            let (a, b) = (segment.sample(0.0), segment.sample(h));
            let size = 1e-9 * (1.0 + 1e6 / (h * h));
            prop_assert_eq!((a.position_m, b.position_m), (v[0], v[3]));
            prop_assert!((a.velocity_m_s - v[1]).length() < size && (a.acceleration_m_s2 - v[2]).length() < 100.0 * size);
            prop_assert!((b.velocity_m_s - v[4]).length() < size && (b.acceleration_m_s2 - v[5]).length() < 100.0 * size);
        }
    }
}

use kapok_show::{DVec3, MAX_DEGREE, Segment, Trajectory};

use kapok_motion::bezier::restrict;

/// Upper bound of the distance between a trajectory and the straight lines through `rows` (time in ms, position), and the
/// time of the line where it is largest.
///
/// Each line is compared with each piece it spans, halved once: a Bézier curve minus a line is a Bézier curve, and no
/// point of it is farther out than its control points.
pub(crate) fn max_chord_deviation_m(trajectory: &Trajectory, rows: &[(i64, DVec3)]) -> (f64, i64) {
    let mut worst = (0.0, rows.first().map_or(0, |r| r.0));
    let mut first = 0;
    for pair in rows.windows(2) {
        let chord = Chord { a_ms: pair[0].0, a_m: pair[0].1, b_ms: pair[1].0, b_m: pair[1].1 };
        let mut off_m: f64 = 0.0;
        for (t_ms, rest_m) in [
            (chord.a_ms, (chord.a_ms <= trajectory.start_ms()).then(|| trajectory.start_point_m())),
            (
                chord.b_ms.min(trajectory.start_ms()),
                (chord.a_ms < trajectory.start_ms()).then(|| trajectory.start_point_m()),
            ),
            (chord.a_ms.max(trajectory.end_ms()), (chord.b_ms > trajectory.end_ms()).then(|| trajectory.end_point_m())),
            (chord.b_ms, (chord.b_ms >= trajectory.end_ms()).then(|| trajectory.end_point_m())),
        ] {
            if let Some(rest_m) = rest_m {
                off_m = off_m.max(rest_m.distance(chord.at(t_ms as f64)));
            }
        }
        while first < trajectory.segment_count() && trajectory.segment(first).end_ms <= chord.a_ms {
            first += 1;
        }
        for i in first..trajectory.segment_count() {
            let segment = trajectory.segment(i);
            if segment.start_ms >= chord.b_ms {
                break;
            }
            let from_ms = segment.start_ms.max(chord.a_ms) as f64;
            let to_ms = segment.end_ms.min(chord.b_ms) as f64;
            let middle_ms = f64::midpoint(from_ms, to_ms);
            off_m = off_m.max(chord.off_m(&segment, from_ms, middle_ms)).max(chord.off_m(&segment, middle_ms, to_ms));
        }
        if off_m > worst.0 {
            worst = (off_m, chord.a_ms);
        }
    }
    worst
}

/// Constant speed between two rows.
struct Chord {
    a_ms: i64,
    a_m: DVec3,
    b_ms: i64,
    b_m: DVec3,
}

impl Chord {
    fn at(&self, t_ms: f64) -> DVec3 {
        let share = (t_ms - self.a_ms as f64) / (self.b_ms - self.a_ms) as f64;
        self.a_m * (1.0 - share) + self.b_m * share
    }

    /// Bound of the distance over a part of a segment.
    fn off_m(&self, segment: &Segment, from_ms: f64, to_ms: f64) -> f64 {
        let degree = segment.degree();
        let mut control_m = [DVec3::ZERO; MAX_DEGREE + 1];
        let part = &mut control_m[..=degree];
        part.copy_from_slice(segment.control_m);
        let span_ms = (segment.end_ms - segment.start_ms) as f64;
        restrict(part, (from_ms - segment.start_ms as f64) / span_ms, (to_ms - segment.start_ms as f64) / span_ms);
        let mut off_m: f64 = 0.0;
        for (k, p) in part.iter().enumerate() {
            let t_ms = from_ms + (to_ms - from_ms) * k as f64 / degree as f64;
            off_m = off_m.max(p.distance(self.at(t_ms)));
        }
        off_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bound_of_a_parabola_is_close_to_its_sagitta() {
        // z = 4 u (1 - u): sagitta 1 over the whole, no deviation in x and y.
        let mut arc = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        arc.push(1000, &[DVec3::new(0.5, 0.0, 2.0), DVec3::new(1.0, 0.0, 0.0)]).unwrap();
        let (off_m, _) = max_chord_deviation_m(&arc, &[(0, DVec3::ZERO), (1000, DVec3::X)]);
        assert!((1.0..1.01).contains(&off_m), "{off_m}");
    }

    proptest! {
        /// The bound is never below what dense sampling finds, and not far above it.
        #[test]
        fn the_bound_holds_and_is_not_wasteful(
            coords in prop::collection::vec(-20.0..20.0f64, 18),
            step_ms in 7i64..900,
        ) {
            let p: Vec<DVec3> = coords.chunks(3).map(|c| DVec3::new(c[0], c[1], c[2])).collect();
            let mut t = Trajectory::starting_at(100, p[0]).unwrap();
            t.push(700, &p[1..2]).unwrap();
            t.push(1500, &p[2..5]).unwrap();
            let rows: Vec<(i64, DVec3)> =
                (0..=1500 / step_ms + 1).map(|k| k * step_ms)
                    .map(|ms| (ms, t.sample(ms as f64).position_m + DVec3::splat(0.001))).collect();
            let (bound, _) = max_chord_deviation_m(&t, &rows);
            let mut sampled: f64 = 0.0;
            for w in rows.windows(2) {
                for k in 0..=64 {
                    let share = f64::from(k) / 64.0;
                    let ms = w[0].0 as f64 + (w[1].0 - w[0].0) as f64 * share;
                    sampled = sampled.max(t.sample(ms).position_m.distance(w[0].1 * (1.0 - share) + w[1].1 * share));
                }
            }
            prop_assert!(bound >= sampled - 1e-9, "bound {bound}, sampled {sampled}");
            prop_assert!(bound <= 3.0 * sampled + 1e-9, "bound {bound}, sampled {sampled}");
        }
    }
}

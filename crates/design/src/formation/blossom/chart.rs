use kapok_show::DVec3;

/// Knots of the table along and across.
const ALONG: usize = 24;
const ACROSS: usize = 8;

/// Finds the parameters of the place on a surface that is nearest to a point: a table, then a pattern search.
pub(super) struct Chart {
    knots: Vec<(f64, f64, DVec3)>,
}

impl Chart {
    /// `across`: false for a line, which has no second parameter.
    pub fn new(across: bool, place: impl Fn(f64, f64) -> DVec3) -> Self {
        let columns = if across { ACROSS } else { 0 };
        let mut knots = Vec::with_capacity((ALONG + 1) * (columns + 1));
        for i in 0..=ALONG {
            let a = i as f64 / ALONG as f64;
            for j in 0..=columns {
                let b = if across { 2.0 * j as f64 / columns as f64 - 1.0 } else { 0.0 };
                knots.push((a, b, place(a, b)));
            }
        }
        Self { knots }
    }

    /// Parameters `a` (0 to 1) and `b` (−1 to 1) of the nearest place.
    pub fn nearest(&self, p: DVec3, across: bool, place: impl Fn(f64, f64) -> DVec3) -> (f64, f64) {
        let mut best = (f64::INFINITY, 0.0, 0.0);
        for &(a, b, at) in &self.knots {
            let distance = at.distance_squared(p);
            if distance < best.0 {
                best = (distance, a, b);
            }
        }
        let (mut step_a, mut step_b) = (0.5 / ALONG as f64, 1.0 / ACROSS as f64);
        for _ in 0..16 {
            let ways: &[(f64, f64)] =
                if across { &[(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] } else { &[(1.0, 0.0), (-1.0, 0.0)] };
            let before = best.0;
            for (wa, wb) in ways {
                let (a, b) = ((best.1 + wa * step_a).clamp(0.0, 1.0), (best.2 + wb * step_b).clamp(-1.0, 1.0));
                let distance = place(a, b).distance_squared(p);
                if distance < best.0 {
                    best = (distance, a, b);
                }
            }
            if best.0 >= before {
                step_a *= 0.5;
                step_b *= 0.5;
            }
        }
        (best.1, best.2)
    }
}

use kapok_motion::bezier::{halves, line_as_cubic, part, squared_cubic};
use kapok_motion::{Metric, PositionGrid};
use kapok_show::DVec3;

use crate::trajectory_writer::WrittenPiece;

/// Bisections before a piece counts as too close.
const MAX_DEPTH: u32 = 24;

/// Does this pair keep the separation on the very pieces that are written, control points rounded?
///
/// The squared distance of two Bézier pieces is a polynomial; if all its Bernstein coefficients are at least the squared
/// separation, so is the distance throughout; else the piece is halved. Differences are whole numbers of grid steps, so
/// distances that equal the separation exactly (a formation that moves as one) are seen as equal.
pub fn keeps_apart(
    starts_m: [DVec3; 2],
    pieces: [Vec<WrittenPiece>; 2],
    grid: &PositionGrid,
    separation_m: f64,
    metric: Metric,
) -> bool {
    let limit = separation_m / grid.step_m();
    let limit2 = limit * limit * (1.0 - 1e-12);
    let [a, b] = pieces;
    let (mut a, mut b) = (Walk::new(starts_m[0], a), Walk::new(starts_m[1], b));
    while let (Some(left_a), Some(left_b)) = (a.left_ms(), b.left_ms()) {
        let step_ms = left_a.min(left_b);
        let control = if left_a == left_b && a.is_whole_line() && b.is_whole_line() {
            let (start, end) = (grid.steps_between(a.start_m, b.start_m), grid.steps_between(a.end_m(), b.end_m()));
            line_as_cubic(start, end)
        } else {
            let (a, b) = (a.steps(step_ms, grid), b.steps(step_ms, grid));
            [0, 1, 2, 3].map(|k| a[k] - b[k])
        };
        if !cubic_keeps(control.map(|d| metric.flatten(d)), limit2, MAX_DEPTH) {
            return false;
        }
        a.advance(step_ms);
        b.advance(step_ms);
    }
    true
}

/// A vehicle on its way along its written pieces.
struct Walk {
    pieces: std::vec::IntoIter<WrittenPiece>,
    now: Option<WrittenPiece>,
    start_m: DVec3,
    gone_ms: i64,
}

impl Walk {
    fn new(start_m: DVec3, pieces: Vec<WrittenPiece>) -> Self {
        let mut pieces = pieces.into_iter();
        Self { now: pieces.next(), pieces, start_m, gone_ms: 0 }
    }

    fn left_ms(&self) -> Option<i64> {
        self.now.map(|piece| piece.duration_ms - self.gone_ms)
    }

    fn is_whole_line(&self) -> bool {
        self.gone_ms == 0 && self.now.is_some_and(|piece| piece.control_m().len() == 1)
    }

    fn end_m(&self) -> DVec3 {
        self.now.map_or(self.start_m, |piece| piece.end_m())
    }

    /// The next so many milliseconds as a cubic in grid steps.
    fn steps(&self, step_ms: i64, grid: &PositionGrid) -> [DVec3; 4] {
        let Some(piece) = self.now else { return [self.start_m; 4] };
        let whole = |p: DVec3| grid.steps_between(p, DVec3::ZERO);
        let cubic = if piece.control_m().len() == 1 {
            line_as_cubic(whole(self.start_m), whole(piece.end_m()))
        } else {
            piece.cubic_m(self.start_m).map(whole)
        };
        if self.gone_ms == 0 && step_ms == piece.duration_ms {
            return cubic;
        }
        let share = |ms: i64| ms as f64 / piece.duration_ms as f64;
        part(&cubic, share(self.gone_ms), share(self.gone_ms + step_ms))
    }

    fn advance(&mut self, step_ms: i64) {
        self.gone_ms += step_ms;
        if let Some(piece) = self.now.filter(|piece| piece.duration_ms == self.gone_ms) {
            self.start_m = piece.end_m();
            self.gone_ms = 0;
            self.now = self.pieces.next();
        }
    }
}

fn cubic_keeps(c: [DVec3; 4], limit2: f64, depth: u32) -> bool {
    if c[0].length_squared() < limit2 || c[3].length_squared() < limit2 {
        return false;
    }
    if squared_cubic(&c).iter().all(|&v| v >= limit2) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    let (left, right) = halves(&c);
    cubic_keeps(left, limit2, depth - 1) && cubic_keeps(right, limit2, depth - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Agrees with dense sampling away from the limit.
        #[test]
        fn agrees_with_samples(raw in prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64), 4)) {
            let c: Vec<DVec3> = raw.iter().map(|&(x, y, z)| DVec3::new(x, y, z)).collect();
            let least2 = (0..=2000)
                .map(|k| {
                    let (u, w) = (f64::from(k) / 2000.0, 1.0 - f64::from(k) / 2000.0);
                    (c[0] * (w * w * w) + c[1] * (3.0 * w * w * u) + c[2] * (3.0 * w * u * u) + c[3] * (u * u * u))
                        .length_squared()
                })
                .fold(f64::INFINITY, f64::min);
            let c = [c[0], c[1], c[2], c[3]];
            prop_assert!(cubic_keeps(c, least2 * 0.99 - 0.01, MAX_DEPTH));
            prop_assert!(!cubic_keeps(c, least2 * 1.0001 + 1e-6, MAX_DEPTH));
        }
    }
}

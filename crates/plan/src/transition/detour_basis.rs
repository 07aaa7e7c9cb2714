use kapok_motion::bezier::{cubic_at, line_as_cubic};
use kapok_motion::timing::TimeLaw;

/// Pieces a cruise is cut into at most.
const MAX_CRUISE_PARTS: i64 = 6;
/// Parts of a cruise are not shorter than this, milliseconds: in shorter cubic pieces rounded control points shake too
/// much.
pub const SHORTEST_PART_MS: i64 = 120;

/// One time law with the smooth functions that lead off the straight line and back: the cubic B-splines on the law's own
/// knots.
///
/// A vehicle flies p(t) = x + β(t)(g − x) + Σ_k γ_k(t) w_k. Every γ_k is twice continuously differentiable, cubic on each
/// piece, and has no value, velocity or acceleration at either end; so the whole motion is made of cubic pieces, as the
/// straight one is. N pieces carry N − 3 basis.
///
/// # Source
/// De Boor 1972 for the splines; their Bézier control values are blossoms (Ramshaw 1989).
#[derive(Clone, Debug, PartialEq)]
pub struct DetourBasis {
    /// Start of the first piece, then the end of each, milliseconds after the start.
    pub knots_ms: Vec<i64>,
    /// Control values of β on each piece, both ends included.
    pub law: Vec<[f64; 4]>,
    /// Control values of the basis functions on each piece: `shape[piece][function]`.
    pub shape: Vec<Vec<[f64; 4]>>,
    /// Inverse of the Gram matrix of the third derivatives, row by row, for a duration of 1.
    response: Vec<f64>,
    count: usize,
    /// Parts of the cruise.
    parts: i64,
}

impl DetourBasis {
    /// The basis on a law that takes time; a cruise is cut into equal parts.
    pub fn new(law: &TimeLaw) -> Self {
        Self::with_parts(law, (law.cruise_ms / law.ramp_ms.max(SHORTEST_PART_MS)).clamp(1, MAX_CRUISE_PARTS))
    }

    /// The same basis on a slower law of the same shape.
    pub fn on(&self, slower: &TimeLaw) -> Self {
        Self::with_parts(slower, self.parts)
    }

    fn with_parts(law: &TimeLaw, parts: i64) -> Self {
        let cruise = (0..parts).map(|k| law.cruise_ms * (k + 1) / parts - law.cruise_ms * k / parts);
        let (ramp, push) = (law.ramp_ms, law.push_ms);
        let phases = [ramp, push, ramp].into_iter().chain(cruise).chain([ramp, push, ramp]);
        let mut knots_ms = vec![0];
        for duration_ms in phases.filter(|&ms| ms > 0) {
            knots_ms.push(knots_ms[knots_ms.len() - 1] + duration_ms);
        }
        let pieces = knots_ms.len() - 1;
        let count = pieces.saturating_sub(3);
        let all_ms = law.duration_ms() as f64;
        let knots: Vec<f64> = knots_ms.iter().map(|&ms| ms as f64 / all_ms).collect();
        // Three knots more at each end; what hangs on them has coefficient 0.
        let (first, last) = (knots[1], 1.0 - knots[pieces - 1]);
        let mut more: Vec<f64> = [-3.0, -2.0, -1.0].iter().map(|k| k * first).collect();
        more.extend(&knots);
        more.extend([1.0, 2.0, 3.0].iter().map(|k| 1.0 + k * last));
        let shape: Vec<Vec<[f64; 4]>> = (0..pieces)
            .map(|piece| {
                (0..count)
                    .map(|function| control_values(&more, piece, function, (knots[piece], knots[piece + 1])))
                    .collect()
            })
            .collect();
        let mut gram = vec![0.0; count * count];
        for (piece, of_piece) in shape.iter().enumerate() {
            let h = knots[piece + 1] - knots[piece];
            let jerk = |c: &[f64; 4]| 6.0 * (c[3] - 3.0 * c[2] + 3.0 * c[1] - c[0]) / (h * h * h);
            for (k, a) in of_piece.iter().enumerate() {
                for (l, b) in of_piece.iter().enumerate() {
                    gram[k * count + l] += h * jerk(a) * jerk(b);
                }
            }
        }
        let response = inverse(gram, count);
        Self { law: law_values(law, &knots_ms), knots_ms, shape, response, count, parts }
    }

    /// Number of basis.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.law.len()
    }

    /// Coefficients of the smoothest curve (least integral of the squared jerk) that is 1 at a place of a piece, `u` from 0
    /// to 1; nothing where no smooth curve can be away from the line, at the very ends.
    pub fn towards(&self, piece: usize, u: f64) -> Option<Vec<f64>> {
        let values: Vec<f64> = self.shape[piece].iter().map(|c| cubic_at(c, u)).collect();
        let mut coefficients: Vec<f64> = (0..self.count)
            .map(|k| (0..self.count).map(|l| self.response[k * self.count + l] * values[l]).sum())
            .collect();
        let reached: f64 = coefficients.iter().zip(&values).map(|(c, v)| c * v).sum();
        let weight: f64 = values.iter().sum();
        // Below this a push of a millimetre would need metres of detour.
        if weight < 1e-3 || reached <= 0.0 {
            return None;
        }
        for c in &mut coefficients {
            *c /= reached;
        }
        Some(coefficients)
    }
}

/// β on the pieces, the line of the cruise raised to cubics.
fn law_values(law: &TimeLaw, knots_ms: &[i64]) -> Vec<[f64; 4]> {
    let mut start = 0.0;
    let mut from_ms = 0;
    let mut values = Vec::with_capacity(knots_ms.len() - 1);
    let mut knots = knots_ms.iter().skip(1).peekable();
    for piece in law.pieces() {
        let end_ms = from_ms + piece.duration_ms;
        let end = piece.values[2];
        let at = |ms: i64| start + (end - start) * ((ms - from_ms) as f64 / piece.duration_ms as f64);
        let mut here_ms = from_ms;
        while let Some(&next_ms) = knots.next_if(|&&k| k <= end_ms) {
            if piece.is_line {
                let (a, b) = (at(here_ms), if next_ms == end_ms { end } else { at(next_ms) });
                values.push(line_as_cubic(a, b));
            } else {
                values.push([start, piece.values[0], piece.values[1], end]);
            }
            here_ms = next_ms;
        }
        (start, from_ms) = (end, end_ms);
    }
    values
}

/// Control values of one basis function on one piece. `knots` has three more at each end.
fn control_values(knots: &[f64], piece: usize, function: usize, (a, b): (f64, f64)) -> [f64; 4] {
    [[a, a, a], [a, a, b], [a, b, b], [b, b, b]].map(|at| {
        // De Boor's scheme; in `knots` the piece has index `piece + 3`, and the function its first knot at `function + 3`.
        let m = piece + 3;
        let mut d = [0.0; 4];
        for (slot, value) in d.iter_mut().enumerate() {
            *value = if m + slot == function + 6 { 1.0 } else { 0.0 };
        }
        for (level, u) in at.into_iter().enumerate() {
            for slot in (level + 1..4).rev() {
                let j = m - 3 + slot;
                let share = (u - knots[j]) / (knots[j + 3 - level] - knots[j]);
                d[slot] = (1.0 - share) * d[slot - 1] + share * d[slot];
            }
        }
        d[3]
    })
}

/// Inverse of a symmetric positive definite matrix by Gauss and Jordan, with pivots.
fn inverse(mut a: Vec<f64>, n: usize) -> Vec<f64> {
    let mut b = vec![0.0; n * n];
    for k in 0..n {
        b[k * n + k] = 1.0;
    }
    for column in 0..n {
        let pivot = a[column * n + column];
        for k in 0..n {
            a[column * n + k] /= pivot;
            b[column * n + k] /= pivot;
        }
        for row in (0..n).filter(|&row| row != column) {
            let factor = a[row * n + column];
            for k in 0..n {
                a[row * n + k] -= factor * a[column * n + k];
                b[row * n + k] -= factor * b[column * n + k];
            }
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn derivatives(c: &[f64; 4], h: f64, at_end: bool) -> [f64; 3] {
        if at_end {
            [c[3], 3.0 * (c[3] - c[2]) / h, 6.0 * (c[3] - 2.0 * c[2] + c[1]) / (h * h)]
        } else {
            [c[0], 3.0 * (c[1] - c[0]) / h, 6.0 * (c[2] - 2.0 * c[1] + c[0]) / (h * h)]
        }
    }

    proptest! {
        #[test]
        fn detours_are_smooth_and_rest_at_both_ends(
            ramp_ms in 100..900i64, push in prop::option::of(100..1500i64), cruise in prop::option::of(120..20_000i64),
        ) {
            let law = TimeLaw { ramp_ms, push_ms: push.unwrap_or(0), cruise_ms: cruise.unwrap_or(0) };
            let basis = DetourBasis::new(&law);
            let pieces = basis.pieces();
            prop_assert_eq!(pieces + 1, basis.knots_ms.len());
            prop_assert_eq!(basis.knots_ms[pieces], law.duration_ms());
            prop_assert_eq!(basis.count() + 3, pieces);
            let h = |m: usize| (basis.knots_ms[m + 1] - basis.knots_ms[m]) as f64 / law.duration_ms() as f64;
            for function in 0..basis.count() {
                let mut before = [0.0; 3];
                let mut peak = 0.0f64;
                for piece in 0..pieces {
                    let c = &basis.shape[piece][function];
                    for (a, b) in before.into_iter().zip(derivatives(c, h(piece), false)) {
                        prop_assert!((a - b).abs() < 1e-7 * (1.0 + b.abs()), "{function} {piece} {a} {b}");
                    }
                    before = derivatives(c, h(piece), true);
                    peak = peak.max(c[3]);
                }
                prop_assert!(before.iter().all(|v| v.abs() < 1e-7));
                prop_assert!(peak > 0.02, "{peak}");
            }
            // Not negative, and nowhere more than 1 together: what bounds a detour by its coefficients.
            for of_piece in &basis.shape {
                for k in 0..4 {
                    prop_assert!(of_piece.iter().all(|c| c[k] >= -1e-12));
                    prop_assert!(of_piece.iter().map(|c| c[k]).sum::<f64>() <= 1.0 + 1e-12);
                }
            }
            for (piece, c) in basis.law.iter().enumerate() {
                for u in [0.0, 0.3, 1.0] {
                    let t_ms = basis.knots_ms[piece] as f64 + u * (basis.knots_ms[piece + 1] - basis.knots_ms[piece]) as f64;
                    prop_assert!((cubic_at(c, u) - law.share(t_ms)).abs() < 1e-12);
                }
            }
            // The response passes where it should.
            let way = basis.towards(pieces / 2, 0.25).unwrap();
            let value: f64 = basis.shape[pieces / 2].iter().zip(&way).map(|(c, w)| cubic_at(c, 0.25) * w).sum();
            prop_assert!((value - 1.0).abs() < 1e-9);
            prop_assert_eq!(basis.towards(0, 0.0), None);
        }
    }
}

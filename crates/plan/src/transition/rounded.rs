use kapok_show::DVec3;

use super::StraightMove;
use super::time_law::LawPiece;
use crate::lattice::PositionGrid;

/// Bisections before a piece counts as too close.
const MAX_DEPTH: u32 = 24;

/// Does this pair keep the separation on the very pieces that are written, control points rounded?
///
/// The squared distance of two Bézier pieces is a polynomial; if all its Bernstein coefficients are at least the squared
/// separation, so is the distance throughout; else the piece is halved. Differences are whole numbers of grid steps, so
/// distances that equal the separation exactly (a formation that moves as one) are seen as equal.
pub(crate) fn keeps_apart(
    movement: &StraightMove,
    pieces: &[LawPiece],
    grid: &PositionGrid,
    pair: (usize, usize),
    separation_m: f64,
    downwash_scale: f64,
) -> bool {
    let difference = |a: DVec3, b: DVec3| {
        let d = grid.steps_between(a, b);
        DVec3::new(d.x, d.y, d.z / downwash_scale)
    };
    let limit = separation_m / grid.step_m();
    let limit2 = limit * limit * (1.0 - 1e-12);
    let mut start = difference(movement.from[pair.0], movement.from[pair.1]);
    for piece in pieces {
        let (a, len) = movement.control_m(pair.0, piece, grid);
        let (b, _) = movement.control_m(pair.1, piece, grid);
        let end = difference(a[len - 1], b[len - 1]);
        let control = if piece.is_line {
            [start, start + (end - start) / 3.0, start + (end - start) * (2.0 / 3.0), end]
        } else {
            [start, difference(a[0], b[0]), difference(a[1], b[1]), end]
        };
        if !cubic_keeps(control, limit2, MAX_DEPTH) {
            return false;
        }
        start = end;
    }
    true
}

fn cubic_keeps(c: [DVec3; 4], limit2: f64, depth: u32) -> bool {
    if c[0].length_squared() < limit2 || c[3].length_squared() < limit2 {
        return false;
    }
    let dot = |i: usize, j: usize| c[i].dot(c[j]);
    let coefficients = [
        dot(0, 0),
        dot(0, 1),
        (2.0 * dot(0, 2) + 3.0 * dot(1, 1)) / 5.0,
        (dot(0, 3) + 9.0 * dot(1, 2)) / 10.0,
        (2.0 * dot(1, 3) + 3.0 * dot(2, 2)) / 5.0,
        dot(2, 3),
        dot(3, 3),
    ];
    if coefficients.iter().all(|&v| v >= limit2) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    let (ab, bc, cd) = (c[0].midpoint(c[1]), c[1].midpoint(c[2]), c[2].midpoint(c[3]));
    let (abc, bcd) = (ab.midpoint(bc), bc.midpoint(cd));
    let middle = abc.midpoint(bcd);
    cubic_keeps([c[0], ab, abc, middle], limit2, depth - 1) && cubic_keeps([middle, bcd, cd, c[3]], limit2, depth - 1)
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

use kapok_show::DVec3;
use num_bigint::BigInt;
use num_traits::{One, Zero};

use crate::kernel::bernstein::binomial;
use crate::kernel::exact;
use crate::kernel::track::Piece;
use crate::rules::separation::pair::PairRule;

/// Decides exactly whether a pair keeps the limit during `[from_ms, to_ms]`, on which each has one piece.
pub fn keeps(pieces: [Piece; 2], window_ms: (i64, i64), rule: &PairRule) -> bool {
    keeps_on_grid(pieces, rule) || keeps_rational(pieces, window_ms, rule)
}

const AXES: [fn(&DVec3) -> f64; 3] = [|p| p.x, |p| p.y, |p| p.z];

/// The frequent case, in 128-bit integers: pieces over the same time (or one at rest), all numbers decimal, all
/// Bernstein coefficients of distance² − limit² good. False only means that this way does not decide.
fn keeps_on_grid(pieces: [Piece; 2], rule: &PairRule) -> bool {
    on_grid(pieces, rule).unwrap_or(false)
}

fn on_grid([a, b]: [Piece; 2], rule: &PairRule) -> Option<bool> {
    let (a_rests, b_rests) = (a.is_rest(), b.is_rest());
    let together = a.start_ms == b.start_ms && a.end_ms == b.end_ms && a.control_m.len() == b.control_m.len();
    if !(together || a_rests || b_rests) {
        return None;
    }
    let count = match (a_rests, b_rests) {
        (true, true) => 1,
        (true, false) => b.control_m.len(),
        (false, _) => a.control_m.len(),
    };
    let at = |p: &Piece, rests: bool, k: usize| if rests { p.control_m[0] } else { p.control_m[k] };
    let limit = i128::from(exact::millionths(rule.limit_m)?);
    let scale = i128::from(exact::millionths(rule.scale)?);
    let unit = 1_000_000i128;
    let d = count - 1;
    let mut difference = [[0i128; kapok_show::MAX_DEGREE + 1]; 3];
    for (axis, get) in AXES.iter().enumerate() {
        for (k, slot) in difference[axis].iter_mut().enumerate().take(count) {
            let (x, y) = (get(&at(&a, a_rests, k)), get(&at(&b, b_rests, k)));
            *slot = i128::from(exact::millionths(x)?) - i128::from(exact::millionths(y)?);
        }
    }
    let factors = if scale == unit { [1, 1, 1] } else { [scale * scale, scale * scale, unit * unit] };
    for k in 0..=2 * d {
        let mut sum = limit.checked_mul(limit)?.checked_mul(factors[0])?.checked_mul(i128::from(binomial(2 * d, k)))?;
        sum = -sum;
        for i in k.saturating_sub(d)..=k.min(d) {
            let weight = i128::from(binomial(d, i) * binomial(d, k - i));
            for axis in 0..3 {
                let product = difference[axis][i].checked_mul(difference[axis][k - i])?;
                sum = sum.checked_add(product.checked_mul(weight)?.checked_mul(factors[axis])?)?;
            }
        }
        if sum < 0 {
            return Some(false);
        }
    }
    Some(true)
}

/// Any pair of pieces, in integers of any length.
fn keeps_rational(pieces: [Piece; 2], window_ms: (i64, i64), rule: &PairRule) -> bool {
    let numbers = pieces.iter().flat_map(|p| p.control_m.iter().flat_map(|c| [c.x, c.y, c.z]));
    let shift = exact::shift_for(numbers.chain([rule.limit_m, rule.scale]));
    let unit = BigInt::from(1_000_000) << shift;
    let degree = pieces.iter().map(|p| p.control_m.len() - 1).max().unwrap_or(0);
    let axis = |get: fn(&DVec3) -> f64| -> Vec<BigInt> {
        let [(a, sa), (b, sb)] = pieces.map(|p| coordinate(&p, get, window_ms, degree, shift));
        a.iter().zip(&b).map(|(x, y)| x * &sb - y * &sa).collect()
    };
    let common: BigInt = pieces.iter().map(|p| coordinate(p, AXES[0], window_ms, degree, shift).1).product();
    let (limit, scale) = (exact::units(rule.limit_m, shift), exact::units(rule.scale, shift));
    // (dx² + dy²)·scale² + dz²·unit² against limit²·scale², each side times the same.
    let mut sum = vec![BigInt::zero(); 2 * degree + 1];
    for (get, factor) in AXES.into_iter().zip([&scale, &scale, &unit]) {
        let c = axis(get);
        for i in 0..=degree {
            for j in 0..=degree {
                sum[i + j] += &c[i] * &c[j] * (binomial(degree, i) * binomial(degree, j)) * factor * factor;
            }
        }
    }
    let target = num_traits::pow(limit * common * scale, 2);
    for (k, c) in sum.iter_mut().enumerate() {
        *c -= &target * binomial(2 * degree, k);
    }
    exact::nowhere_negative(sum)
}

/// One coordinate of a piece on the window, with the given degree, and the factor that it carries.
fn coordinate(
    piece: &Piece,
    get: fn(&DVec3) -> f64,
    (from_ms, to_ms): (i64, i64),
    degree: usize,
    shift: u32,
) -> (Vec<BigInt>, BigInt) {
    let whole: Vec<BigInt> = piece.control_m.iter().map(|p| exact::units(get(p), shift)).collect();
    let (c, first) = if whole.len() == 1 {
        (whole, BigInt::one())
    } else {
        exact::part(&whole, from_ms - piece.start_ms, to_ms - piece.start_ms, piece.end_ms - piece.start_ms)
    };
    let (c, second) = exact::elevated(&c, degree);
    (c, first * second)
}

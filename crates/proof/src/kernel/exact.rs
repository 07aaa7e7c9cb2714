//! Decisions that rounding cannot make: is a polynomial with rational coefficients nowhere negative on 0..1?
//!
//! Numbers are whole multiples of a common fraction. A stored coordinate stands for the decimal with at most six places
//! after the point whose nearest f64 it is, if there is one (files hold millimetres), else for itself: an f64 is a
//! whole number times a power of two. So two vehicles 1.5 m apart on a millimetre grid are 1.5 m apart, although the
//! difference of their f64 coordinates may not be.
//!
//! With `x = u/(1−u)` the polynomial `Σ C(n,k) b_k (1−u)^(n−k) u^k` has the sign of `q(x) = Σ C(n,k) b_k x^k` for x in
//! (0, ∞). It is nowhere negative there if and only if its leading coefficient is positive and it has no root of odd
//! multiplicity. Yun's square-free factorisation gives the product of the factors of odd multiplicity, and Sturm's theorem
//! counts the roots of that product.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

/// A number `units / 10^6 / 2^shift`, for one shift common to a whole decision.
pub type Units = BigInt;

/// Decimals are recognised up to this many steps per metre.
const STEPS: f64 = 1e6;

/// Whole millionths, if the number is the f64 nearest to such a decimal.
pub fn millionths(x: f64) -> Option<i64> {
    let steps = (x * STEPS).round();
    (steps.abs() < 9e15 && steps / STEPS == x).then_some(steps as i64)
}

/// A finite f64 as `mantissa · 2^exponent`.
fn dyadic(x: f64) -> (i64, i32) {
    let bits = x.to_bits();
    let (biased, fraction) = (((bits >> 52) & 0x7ff) as i32, (bits & ((1 << 52) - 1)) as i64);
    let (m, e) = if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
    let zeros = if m == 0 { 0 } else { m.trailing_zeros() as i32 };
    ((if x < 0.0 { -m } else { m }) >> zeros, if m == 0 { 0 } else { e + zeros })
}

/// Binary places that a set of numbers needs beyond millionths.
pub fn shift_for(numbers: impl Iterator<Item = f64>) -> u32 {
    numbers.filter(|&x| millionths(x).is_none()).map(|x| (-dyadic(x).1).max(0) as u32).max().unwrap_or(0)
}

/// The number in units of `1 / 10^6 / 2^shift`.
pub fn units(x: f64, shift: u32) -> Units {
    if let Some(m) = millionths(x) {
        return BigInt::from(m) << shift;
    }
    let (m, e) = dyadic(x);
    let scaled = BigInt::from(m) * 1_000_000;
    let places = i64::from(e) + i64::from(shift);
    if places >= 0 { scaled << places as u64 } else { scaled >> (-places) as u64 }
}

/// The part of a polynomial between `from/whole` and `to/whole` of 0..1, and the factor all its coefficients carry.
pub fn part(c: &[Units], from: i64, to: i64, whole: i64) -> (Vec<Units>, BigInt) {
    let d = c.len() - 1;
    let mut r = c.to_vec();
    // The scheme (n−w)·p + w·q multiplies a level by n, so what lies on lower levels is multiplied as well.
    let (w, n) = (BigInt::from(from), BigInt::from(whole));
    for level in 1..=d {
        for k in 0..=d - level {
            r[k] = &r[k] * (&n - &w) + &r[k + 1] * &w;
        }
        for c in &mut r[d - level + 1..] {
            *c *= &n;
        }
    }
    let (w, rest) = (BigInt::from(to - from), BigInt::from(whole - from));
    for level in 1..=d {
        for k in (level..=d).rev() {
            r[k] = &r[k - 1] * (&rest - &w) + &r[k] * &w;
        }
        for c in &mut r[..level] {
            *c *= &rest;
        }
    }
    (r, num_traits::pow(n * rest, d))
}

/// The same polynomial with degree `degree`, and the factor all its coefficients carry.
pub fn elevated(c: &[Units], degree: usize) -> (Vec<Units>, BigInt) {
    let (mut r, mut scale) = (c.to_vec(), BigInt::one());
    while r.len() - 1 < degree {
        let n = r.len();
        let mut next = Vec::with_capacity(n + 1);
        for k in 0..=n {
            let mut sum = BigInt::zero();
            if k > 0 {
                sum += &r[k - 1] * k;
            }
            if k < n {
                sum += &r[k] * (n - k);
            }
            next.push(sum);
        }
        (r, scale) = (next, scale * n);
    }
    (r, scale)
}

/// Is the polynomial with `coefficients[k] = C(n,k)·b_k` in Bernstein form nowhere negative on 0..1?
pub fn nowhere_negative(coefficients: Vec<BigInt>) -> bool {
    if coefficients.iter().all(|c| !c.is_negative()) {
        return true;
    }
    if coefficients[0].is_negative() || coefficients[coefficients.len() - 1].is_negative() {
        return false;
    }
    let q = primitive(coefficients);
    q.last().is_some_and(Signed::is_positive) && positive_roots(&odd_part(&q)) == 0
}

type Poly = Vec<BigInt>;

/// Without common factors, without powers of x, without leading zeros; signs kept.
fn primitive(mut p: Poly) -> Poly {
    while p.last().is_some_and(Zero::is_zero) {
        p.pop();
    }
    let low = p.iter().take_while(|c| c.is_zero()).count();
    p.drain(..low);
    content_free(p)
}

fn content_free(mut p: Poly) -> Poly {
    while p.last().is_some_and(Zero::is_zero) {
        p.pop();
    }
    let content = p.iter().fold(BigInt::zero(), |g, c| g.gcd(c));
    if !content.is_zero() && !content.is_one() {
        for c in &mut p {
            *c /= &content;
        }
    }
    p
}

fn derivative(p: &[BigInt]) -> Poly {
    p.iter().enumerate().skip(1).map(|(k, c)| c * k).collect()
}

/// Quotient and remainder of `a · m` by `b` for some m > 0, so that signs are kept.
fn divide(a: &[BigInt], b: &[BigInt]) -> (Poly, Poly) {
    let (mut rest, lead) = (a.to_vec(), b[b.len() - 1].clone());
    let mut quotient = vec![BigInt::zero(); (a.len() + 1).saturating_sub(b.len())];
    while rest.len() >= b.len() {
        let (top, at) = (rest[rest.len() - 1].clone(), rest.len() - b.len());
        let factor = lead.abs();
        for c in rest.iter_mut().chain(&mut quotient) {
            *c *= &factor;
        }
        let times = top * lead.signum();
        for (k, c) in b.iter().enumerate() {
            rest[at + k] -= c * &times;
        }
        quotient[at] += times;
        rest.pop();
    }
    (content_free(quotient), content_free(rest))
}

fn gcd(a: &[BigInt], b: &[BigInt]) -> Poly {
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    while !b.is_empty() {
        let rest = divide(&a, &b).1;
        (a, b) = (b, rest);
    }
    content_free(a)
}

/// Product of the factors of odd multiplicity, up to sign.
fn odd_part(q: &[BigInt]) -> Poly {
    // Repeatedly: c = the square-free part, g = what is left. The factors of multiplicity exactly i are c_i / c_(i+1).
    let mut result: Poly = vec![BigInt::one()];
    let mut g = gcd(q, &derivative(q));
    let mut c = divide(q, &g).0;
    let mut multiplicity = 1;
    while c.len() > 1 {
        let next = gcd(&c, &g);
        if multiplicity % 2 == 1 {
            result = multiply(&result, &divide(&c, &next).0);
        }
        g = divide(&g, &next).0;
        c = next;
        multiplicity += 1;
    }
    result
}

fn multiply(a: &[BigInt], b: &[BigInt]) -> Poly {
    let mut r = vec![BigInt::zero(); a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            r[i + j] += x * y;
        }
    }
    r
}

/// Number of different roots above 0 of a square-free polynomial that is not 0 at 0.
fn positive_roots(p: &[BigInt]) -> usize {
    let mut chain = vec![p.to_vec(), derivative(p)];
    while chain[chain.len() - 1].len() > 1 {
        let rest = divide(&chain[chain.len() - 2], &chain[chain.len() - 1]).1;
        if rest.is_empty() {
            break;
        }
        chain.push(rest.into_iter().map(|c| -c).collect());
    }
    let variations = |sign: &dyn Fn(&Poly) -> bool| {
        let signs: Vec<bool> = chain.iter().filter(|p| !p.is_empty()).map(sign).collect();
        signs.windows(2).filter(|w| w[0] != w[1]).count()
    };
    // A member of the chain may be 0 at 0: just to the right of 0 it has the sign of its lowest coefficient that is not.
    let at_zero = |p: &Poly| p.iter().find(|c| !c.is_zero()).is_some_and(Signed::is_positive);
    let at_infinity = |p: &Poly| p.last().is_some_and(Signed::is_positive);
    variations(&at_zero) - variations(&at_infinity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::bernstein::binomial;

    /// Weighted Bernstein coefficients of a polynomial given by integer power coefficients.
    fn bernstein(power: &[i64]) -> Vec<BigInt> {
        let n = power.len() - 1;
        (0..=n)
            .map(|k| {
                // C(n,k)·b_k = Σ_i C(k,i)/C(n,i)·a_i·C(n,k) = Σ_i C(n−i,k−i)·a_i
                (0..=k).map(|i| BigInt::from(power[i]) * binomial(n - i, k - i)).sum()
            })
            .collect()
    }

    #[test]
    fn touching_is_not_negative_and_crossing_is() {
        // (3u − 1)², which touches 0 at a third: no halving ever gets there.
        assert!(nowhere_negative(bernstein(&[1, -6, 9])));
        // (3u − 1)³ + nothing: crosses.
        assert!(!nowhere_negative(bernstein(&[-1, 9, -27, 27])));
        // (3u − 1)²·(5u − 2): negative before 2/5.
        assert!(!nowhere_negative(bernstein(&[-2, 17, -48, 45])));
        // −(3u − 1)² is negative; 0 is not; (3u−1)²(2u²−2u+1) is not.
        assert!(!nowhere_negative(bernstein(&[-1, 6, -9])));
        assert!(nowhere_negative(bernstein(&[0, 0, 0])));
        assert!(nowhere_negative(bernstein(&[1, -8, 23, -30, 18])));
        // (3u − 1)²·1000000 − 1: negative by a hair.
        assert!(!nowhere_negative(bernstein(&[999_999, -6_000_000, 9_000_000])));
        // Two roots between 0 and 1, positive at both ends; and both outside.
        assert!(!nowhere_negative(bernstein(&[2, -9, 9])));
        assert!(nowhere_negative(bernstein(&[6, -5, 1])));
        // Touches in a fourth power; crosses in a fifth beside a square.
        assert!(nowhere_negative(bernstein(&[1, -12, 54, -108, 81])));
    }

    #[test]
    fn decimals_are_themselves() {
        assert_eq!(millionths(13.845), Some(13_845_000));
        assert_eq!(millionths(-0.1), Some(-100_000));
        assert_eq!(millionths(1.0 / 3.0), None);
        let shift = shift_for([0.375, 1.0 / 3.0].into_iter());
        assert_eq!(units(0.375, shift) * 8, BigInt::from(3_000_000) << shift);
        assert_eq!(units(12.5, 3), BigInt::from(100_000_000));
    }

    #[test]
    fn parts_and_elevation_keep_the_polynomial() {
        let c: Vec<BigInt> = [0, 0, 27].map(BigInt::from).to_vec();
        // u² · 27 on [1/3, 2/3] is 3, 6, 12 in Bernstein form; times (3·2)².
        assert_eq!(part(&c, 1, 2, 3), ([108, 216, 432].map(BigInt::from).to_vec(), BigInt::from(36)));
        assert_eq!(elevated(&c, 3), ([0, 0, 27, 81].map(BigInt::from).to_vec(), BigInt::from(3)));
    }
}

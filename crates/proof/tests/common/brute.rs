//! Slow ways to look at a show that share nothing with the crate: samples, and exact fractions.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::float_cmp, reason = "a decimal is recognised by equality")]

use kapok_show::{DVec3, Show, Trajectory};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Least distance found at one sample per `step_ms`, in flight and on the ground.
pub fn sampled_separation(show: &Show, step_ms: f64) -> (f64, f64) {
    let l = &show.limits;
    let end_ms = show.duration_ms() as f64;
    let (mut flight, mut ground) = (f64::INFINITY, f64::INFINITY);
    let mut t = show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap().min(0) as f64;
    while t <= end_ms {
        let at: Vec<DVec3> = show.vehicles.iter().map(|v| v.trajectory.sample(t).position_m).collect();
        for i in 0..at.len() {
            for j in 0..i {
                let d = at[i] - at[j];
                let border = l.min_navigation_altitude_m;
                let near_border = |z: f64| (z - border).abs() < 1e-9;
                if near_border(at[i].z) || near_border(at[j].z) {
                    continue;
                }
                if at[i].z < border && at[j].z < border {
                    ground = ground.min(d.length());
                } else {
                    flight = flight.min(DVec3::new(d.x, d.y, d.z / l.downwash_scale).length());
                }
            }
        }
        t += step_ms;
    }
    (flight, ground)
}

type Poly = Vec<BigRational>;

fn rational(x: f64) -> BigRational {
    BigRational::from_float(x).unwrap()
}

/// The decimal that was meant, for numbers with at most six places.
fn decimal(x: f64) -> BigRational {
    let millionths = (x * 1e6).round();
    if millionths / 1e6 == x { rational(millionths) / rational(1e6) } else { rational(x) }
}

fn add(a: &Poly, b: &Poly) -> Poly {
    let zero = BigRational::zero();
    (0..a.len().max(b.len())).map(|k| a.get(k).unwrap_or(&zero) + b.get(k).unwrap_or(&zero)).collect()
}

fn mul(a: &Poly, b: &Poly) -> Poly {
    let mut r = vec![BigRational::zero(); a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            r[i + j] += x * y;
        }
    }
    r
}

fn scale(a: &Poly, f: &BigRational) -> Poly {
    a.iter().map(|c| c * f).collect()
}

fn value(p: &Poly, t: &BigRational) -> BigRational {
    p.iter().rev().fold(BigRational::zero(), |sum, c| sum * t + c)
}

/// One coordinate as a power series in milliseconds after `t_ms`, on the piece that holds the time just after that.
fn power(t: &Trajectory, t_ms: i64, axis: usize) -> Poly {
    if t_ms < t.start_ms() {
        return vec![decimal(t.start_point_m()[axis])];
    }
    let Some(s) = t.segments().find(|s| t_ms < s.end_ms) else {
        return vec![decimal(t.end_point_m()[axis])];
    };
    let span = BigRational::from_integer((s.end_ms - s.start_ms).into());
    let start = BigRational::from_integer((s.start_ms - t_ms).into());
    let u: Poly = vec![-&start / &span, BigRational::one() / &span];
    let v: Poly = vec![BigRational::one() + &start / &span, -BigRational::one() / &span];
    // De Casteljau's scheme on polynomials.
    let mut c: Vec<Poly> = s.control_m.iter().map(|p| vec![decimal(p[axis])]).collect();
    while c.len() > 1 {
        c = c.windows(2).map(|w| add(&mul(&v, &w[0]), &mul(&u, &w[1]))).collect();
    }
    c.pop().unwrap()
}

fn trimmed(mut p: Poly) -> Poly {
    while p.last().is_some_and(Zero::is_zero) {
        p.pop();
    }
    p
}

fn remainder(a: &Poly, b: &Poly) -> Poly {
    let mut r = a.clone();
    while r.len() >= b.len() {
        let f = r.last().unwrap() / b.last().unwrap();
        let at = r.len() - b.len();
        for (k, c) in b.iter().enumerate() {
            r[at + k] -= c * &f;
        }
        r.pop();
    }
    trimmed(r)
}

fn sturm_chain(p: &Poly) -> Vec<Poly> {
    let derivative: Poly = p.iter().enumerate().skip(1).map(|(k, c)| c * BigRational::from_integer(k.into())).collect();
    let mut chain = vec![p.clone(), derivative];
    while chain.last().unwrap().len() > 1 {
        let n = chain.len();
        let r = remainder(&chain[n - 2], &chain[n - 1]);
        if r.is_empty() {
            break;
        }
        // Only signs matter: dividing by the leading coefficient keeps the fractions short.
        let lead = r.last().unwrap().abs();
        chain.push(scale(&r, &-lead.recip()));
    }
    chain
}

fn variations(chain: &[Poly], t: &BigRational) -> usize {
    let signs: Vec<bool> =
        chain.iter().map(|p| value(p, t)).filter(|v| !v.is_zero()).map(|v| v.is_positive()).collect();
    signs.windows(2).filter(|w| w[0] != w[1]).count()
}

/// Is the polynomial negative anywhere on `[a, b]`? Dips narrower than `b − a` over 2³² are taken for touching.
fn negative_somewhere(p: &Poly, chain: &[Poly], a: &BigRational, b: &BigRational, depth: u32) -> bool {
    if value(p, a).is_negative() || value(p, b).is_negative() {
        return true;
    }
    if depth == 32 {
        return false;
    }
    // No root inside and good ends: good.
    let roots = variations(chain, a) - variations(chain, b);
    if roots == 0 && !value(p, a).is_zero() {
        return false;
    }
    let middle = (a + b) / BigRational::from_integer(2.into());
    negative_somewhere(p, chain, a, &middle, depth + 1) || negative_somewhere(p, chain, &middle, b, depth + 1)
}

/// Does a pair keep the limit of distance at all times, by Sturm's theorem on fractions?
pub fn keeps_exactly(show: &Show, i: usize, j: usize) -> bool {
    let (a, b) = (&show.vehicles[i].trajectory, &show.vehicles[j].trajectory);
    let l = &show.limits;
    let (limit, c) = (decimal(l.min_separation_m), decimal(l.downwash_scale));
    let mut knots: Vec<i64> = [a, b].iter().flat_map(|t| t.segments().flat_map(|s| [s.start_ms, s.end_ms])).collect();
    knots.sort_unstable();
    knots.dedup();
    knots.windows(2).all(|w| {
        let mut s: Poly = vec![-(&limit * &limit)];
        for axis in 0..3 {
            let mut d = add(&power(a, w[0], axis), &scale(&power(b, w[0], axis), &-BigRational::one()));
            if axis == 2 {
                d = scale(&d, &(BigRational::one() / &c));
            }
            s = add(&s, &mul(&d, &d));
        }
        let s = trimmed(s);
        if s.is_empty() {
            return true;
        }
        let chain = sturm_chain(&s);
        let [from, to] = [0, w[1] - w[0]].map(|t| BigRational::from_integer(t.into()));
        !negative_somewhere(&s, &chain, &from, &to, 0)
    })
}

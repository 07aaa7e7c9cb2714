use glam::DVec3;
use kapok_show::math;

use crate::{Random, Stream};

/// Modes of the field.
const MODES: usize = 32;
/// Least and greatest wave number, over 1 / length scale: below and above lies 2 % of the energy, which the modes share.
const LOW: f64 = 0.05;
const HIGH: f64 = 400.0;
/// Feet of a metre; MIL-F-8785C counts in feet.
const FEET_PER_M: f64 = 1.0 / 0.3048;

/// A frozen field of turbulence with von Kármán's spectrum, carried by the mean wind: u(p, t) = v(p − U t).
///
/// `v(x) = Σ a_j (d_j cos 2π φ_j + e_j sin 2π φ_j)`, `φ_j = κ_j·x + θ_j`: 32 helical modes, d and e at right angles to κ, so that
/// the field has no sources where horizontal and vertical strength agree. Wave numbers are spread over equal ratios, amplitudes
/// take the energy of their share of the spectrum. Horizontal and vertical components have strengths and lengths of their own,
/// as MIL-F-8785C states them; at short waves the two agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Turbulence {
    carrier_m_s: DVec3,
    /// Wave vectors in turns a metre, one array an axis.
    wave: [[f64; MODES]; 3],
    phase_turns: [f64; MODES],
    /// Amplitudes of cosine and sine, m/s, one array an axis.
    cosine: [[f32; MODES]; 3],
    sine: [[f32; MODES]; 3],
}

/// Strength and length scale of the components of a turbulence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurbulenceScale {
    /// Standard deviation of each horizontal component, m/s.
    pub horizontal_m_s: f64,
    /// Standard deviation of the vertical component, m/s.
    pub vertical_m_s: f64,
    /// Length scale of the horizontal components, metres.
    pub horizontal_m: f64,
    /// Length scale of the vertical component, metres.
    pub vertical_m: f64,
}

impl TurbulenceScale {
    /// MIL-F-8785C at low altitude: with h in feet, `σw = 0.1 u20`, `σu = σw / (0.177 + 0.000823 h)^0.4`, `Lw = h`,
    /// `Lu = h / (0.177 + 0.000823 h)^1.2`; u20 is the wind at 20 ft. Heights are held to 10 to 1,000 ft.
    pub fn low_altitude(wind_at_20_ft_m_s: f64, height_m: f64) -> Self {
        let h = (height_m * FEET_PER_M).clamp(10.0, 1000.0);
        let base = 0.177 + 0.000_823 * h;
        let vertical_m_s = 0.1 * wind_at_20_ft_m_s;
        Self {
            horizontal_m_s: vertical_m_s / math::pow(base, 0.4),
            vertical_m_s,
            horizontal_m: h / math::pow(base, 1.2) / FEET_PER_M,
            vertical_m: h / FEET_PER_M,
        }
    }
}

impl Turbulence {
    /// The turbulence of MIL-F-8785C for a wind at 20 ft and a height, carried by `carrier_m_s`.
    pub fn low_altitude(wind_at_20_ft_m_s: f64, height_m: f64, carrier_m_s: DVec3, random: &Random) -> Self {
        Self::new(&TurbulenceScale::low_altitude(wind_at_20_ft_m_s, height_m), carrier_m_s, random)
    }

    /// A turbulence of that strength and length; `random` draws its modes.
    pub fn new(scale: &TurbulenceScale, carrier_m_s: DVec3, random: &Random) -> Self {
        let shares = |length_m: f64| shares(scale, length_m);
        let (horizontal, vertical) = (shares(scale.horizontal_m), shares(scale.vertical_m));
        let mut field = Self {
            carrier_m_s,
            wave: [[0.0; MODES]; 3],
            phase_turns: [0.0; MODES],
            cosine: [[0.0; MODES]; 3],
            sine: [[0.0; MODES]; 3],
        };
        for j in 0..MODES {
            let [u, v, phase, roll] = random.uniform(j as u32, 0, Stream::Wind);
            let [along, ..] = random.uniform(j as u32, 1, Stream::Wind);
            let (low, high) = band(scale, j);
            let k = low * math::pow(high / low, along);
            let (sin, cos) = math::sin_cos(std::f64::consts::TAU * v);
            let z = 2.0 * u - 1.0;
            let ring = (1.0 - z * z).sqrt();
            let way = DVec3::new(ring * cos, ring * sin, z);
            let side = way.any_orthonormal_vector();
            let other = way.cross(side);
            let (sin, cos) = math::sin_cos(std::f64::consts::TAU * roll);
            let (d, e) = (cos * side + sin * other, cos * other - sin * side);
            // Of the two directions at right angles to the wave a component has two thirds on average.
            let a = DVec3::new(
                scale.horizontal_m_s * (3.0 * horizontal[j]).sqrt(),
                scale.horizontal_m_s * (3.0 * horizontal[j]).sqrt(),
                scale.vertical_m_s * (3.0 * vertical[j]).sqrt(),
            );
            field.phase_turns[j] = phase;
            for axis in 0..3 {
                field.wave[axis][j] = way[axis] * k / std::f64::consts::TAU;
                field.cosine[axis][j] = (a[axis] * d[axis]) as f32;
                field.sine[axis][j] = (a[axis] * e[axis]) as f32;
            }
        }
        field
    }

    /// Velocity of the air beyond the mean at a place and an instant, m/s.
    pub fn at(&self, place_m: DVec3, t_s: f64) -> DVec3 {
        /// Adding and taking away this leaves the nearest whole number.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        let p = place_m - self.carrier_m_s * t_s;
        let mut sum = [0.0f32; 3];
        let mut cos = [0.0f32; MODES];
        let mut sin = [0.0f32; MODES];
        for j in 0..MODES {
            let turns = self.wave[0][j] * p.x + self.wave[1][j] * p.y + self.wave[2][j] * p.z + self.phase_turns[j];
            let rest = (turns - ((turns + ROUND) - ROUND)) as f32;
            // Half the angle, at most a quarter turn, then the formulas of the double angle.
            let half = std::f32::consts::PI * rest;
            let s = half * half;
            let h_sin = half * (1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s / 362_880.0))));
            let h_cos =
                1.0 + s * (-0.5 + s * (1.0 / 24.0 + s * (-1.0 / 720.0 + s * (1.0 / 40_320.0 - s / 3_628_800.0))));
            sin[j] = 2.0 * h_sin * h_cos;
            cos[j] = 1.0 - 2.0 * h_sin * h_sin;
        }
        for (axis, total) in sum.iter_mut().enumerate() {
            // Four running sums: the order that a vector unit adds in, stated, so that it is the same everywhere.
            let mut lanes = [0.0f32; 4];
            for j in (0..MODES).step_by(4) {
                for (lane, running) in lanes.iter_mut().enumerate() {
                    *running += self.cosine[axis][j + lane] * cos[j + lane] + self.sine[axis][j + lane] * sin[j + lane];
                }
            }
            *total = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
        }
        DVec3::new(f64::from(sum[0]), f64::from(sum[1]), f64::from(sum[2]))
    }
}

/// The band of wave numbers of mode j, rad/m: equal ratios from the longest waves of the longer scale to the shortest of the shorter.
fn band(scale: &TurbulenceScale, j: usize) -> (f64, f64) {
    let low = LOW / (1.339 * scale.horizontal_m.max(scale.vertical_m));
    let high = HIGH / (1.339 * scale.horizontal_m.min(scale.vertical_m));
    let edge = |j: usize| low * math::pow(high / low, j as f64 / MODES as f64);
    (edge(j), edge(j + 1))
}

/// The shares of the energy of von Kármán's spectrum, `E(k) ∝ x⁴ / (1 + x²)^(17/6)`, x = 1.339 L k, that fall into the bands.
fn shares(scale: &TurbulenceScale, length_m: f64) -> [f64; MODES] {
    const PARTS: usize = 16;
    let mut shares = [0.0; MODES];
    for (j, share) in shares.iter_mut().enumerate() {
        let (low, high) = band(scale, j);
        let step = math::ln(high / low) / PARTS as f64;
        *share = (0..PARTS)
            .map(|i| {
                let k = low * math::exp(step * (i as f64 + 0.5));
                let x2 = (1.339 * length_m * k) * (1.339 * length_m * k);
                k * x2 * x2 / math::pow(1.0 + x2, 17.0 / 6.0) * step
            })
            .sum();
    }
    let total: f64 = shares.iter().sum();
    shares.map(|share| share / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: TurbulenceScale =
        TurbulenceScale { horizontal_m_s: 1.5, vertical_m_s: 1.0, horizontal_m: 150.0, vertical_m: 50.0 };

    fn fields() -> impl Iterator<Item = Turbulence> {
        (0..400).map(|seed| Turbulence::new(&SCALE, DVec3::new(8.0, 0.0, 0.0), &Random::new(seed, 0)))
    }

    /// Covariance of a component at distance r along x by the one-dimensional spectra, an independent way to the same figure:
    /// longitudinal `2σ²L/π / (1 + (1.339 L k)²)^(5/6)`.
    fn longitudinal(r_m: f64, sigma: f64, length_m: f64) -> f64 {
        let (steps, top) = (400_000, 400.0 / length_m);
        let dk = top / f64::from(steps);
        (0..steps)
            .map(|i| {
                let k = (f64::from(i) + 0.5) * dk;
                let x = 1.339 * length_m * k;
                2.0 * sigma * sigma * length_m / std::f64::consts::PI / math::pow(1.0 + x * x, 5.0 / 6.0)
                    * math::cos(k * r_m)
                    * dk
            })
            .sum()
    }

    #[test]
    fn mean_and_variance_are_those_stated() {
        let mut sums = [DVec3::ZERO; 2];
        let mut count = 0.0;
        for field in fields() {
            for i in 0..40 {
                let u = field.at(DVec3::new(f64::from(i) * 211.0, f64::from(i * i) * 37.0, 30.0), f64::from(i));
                sums[0] += u;
                sums[1] += u * u;
                count += 1.0;
            }
        }
        let (mean, variance) = (sums[0] / count, sums[1] / count);
        assert!(mean.abs().max_element() < 0.05, "{mean}");
        let stated = DVec3::new(2.25, 2.25, 1.0);
        assert!(((variance - stated) / stated).abs().max_element() < 0.05, "{variance}");
    }

    /// The spectrum: the covariance along the flight over metres to hundreds of metres.
    #[test]
    fn the_covariance_is_von_karmans() {
        for r_m in [3.0, 10.0, 30.0, 100.0, 200.0] {
            let mut sum = 0.0;
            let mut count = 0.0;
            for field in fields() {
                for i in 0..30 {
                    let p = DVec3::new(f64::from(i) * 307.0, f64::from(i * i) * 53.0, 40.0);
                    sum += field.at(p, 0.0).x * field.at(p + DVec3::X * r_m, 0.0).x;
                    count += 1.0;
                }
            }
            let (found, stated) = (sum / count, longitudinal(r_m, 1.5, 150.0));
            assert!((found - stated).abs() < 0.06 * 2.25, "at {r_m} m: {found} against {stated}");
        }
    }

    #[test]
    fn the_field_is_frozen_and_carried() {
        let field = fields().next().unwrap();
        let p = DVec3::new(12.0, -40.0, 55.0);
        let (now, later) = (field.at(p, 3.0), field.at(p + DVec3::X * 80.0, 13.0));
        assert!((now - later).length() < 1e-4, "{now} {later}");
    }

    #[test]
    fn the_military_figures_come_out_in_metres() {
        // 60 m = 196.85 ft; 15 knots at 20 ft.
        let scale = TurbulenceScale::low_altitude(7.717, 60.0);
        assert!((scale.vertical_m_s - 0.7717).abs() < 1e-9);
        assert!((scale.horizontal_m_s - 0.7717 / math::pow(0.339, 0.4)).abs() < 1e-3, "{scale:?}");
        assert!((scale.vertical_m - 60.0).abs() < 1e-9);
        assert!((scale.horizontal_m - 60.0 / math::pow(0.339, 1.2)).abs() < 0.5, "{scale:?}");
    }
}

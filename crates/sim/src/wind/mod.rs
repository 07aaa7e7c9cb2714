mod turbulence;

use glam::{DVec2, DVec3};
use kapok_show::math;

pub use turbulence::{Turbulence, TurbulenceScale};

use crate::Random;

/// Height at which a wind is stated, metres.
pub const WIND_HEIGHT_M: f64 = 10.0;
/// Height of the wind that carries the turbulence, and for which its strength and lengths are taken, metres.
const CARRIER_HEIGHT_M: f64 = 60.0;

/// A wind to be blown: what a caller states.
#[derive(Clone, Debug, PartialEq)]
pub struct WindSpec {
    /// Mean speed 10 m above the ground, m/s.
    pub speed_m_s: f64,
    /// Where it blows to: the angle from the x axis of the site towards y, radians.
    pub toward_rad: f64,
    /// Exponent of the height profile; 0.14 over open land, 0.25 to 0.4 over towns.
    pub exponent: f64,
    /// Strength of the turbulence over that of MIL-F-8785C for this wind; 0 for none.
    pub turbulence: f64,
    /// Fronts that cross the site.
    pub fronts: Vec<GustFront>,
    /// Changes of the mean wind, in the order in which they begin.
    pub changes: Vec<WindChange>,
}

impl WindSpec {
    /// No wind at all.
    pub fn calm() -> Self {
        Self::of(0.0)
    }

    /// A steady wind along x over open land, with its turbulence.
    pub fn of(speed_m_s: f64) -> Self {
        Self { speed_m_s, toward_rad: 0.0, exponent: 0.14, turbulence: 1.0, fronts: Vec::new(), changes: Vec::new() }
    }
}

/// A change of the mean wind over the whole site, by half a cosine; its turbulence grows and falls with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindChange {
    /// When it begins, seconds.
    pub start_s: f64,
    /// When the wind begins to go back to what it was, seconds; infinite if it stays.
    pub end_s: f64,
    /// How long it takes, and the way back, seconds.
    pub over_s: f64,
    /// The mean speed 10 m above the ground that it leads to, m/s.
    pub speed_m_s: f64,
}

/// From 0 to 1 by half a cosine.
fn smooth(u: f64) -> f64 {
    0.5 * (1.0 - math::cos(std::f64::consts::PI * u.clamp(0.0, 1.0)))
}

impl WindChange {
    /// How much of it is there, 0 to 1.
    fn share(&self, t_s: f64) -> f64 {
        smooth((t_s - self.start_s) / self.over_s) * (1.0 - smooth((t_s - self.end_s) / self.over_s))
    }
}

/// A gust front: wind that rises along a line and travels over the site, so that it reaches sectors one after the other.
///
/// At `s = c (t − t0) − n·p` metres behind the line the added speed is `V/2 (1 − cos(π s/d))` for 0 ≤ s ≤ d and V behind that; 0 before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GustFront {
    /// When the line passes the origin of the site, seconds.
    pub start_s: f64,
    /// When the added wind is over everywhere, seconds; infinite if it stays. It then falls over five seconds.
    pub end_s: f64,
    /// Where it moves and blows to, radians from the x axis.
    pub toward_rad: f64,
    /// Speed of the line, m/s.
    pub travel_m_s: f64,
    /// Added wind, m/s.
    pub added_m_s: f64,
    /// Width of the rise, metres.
    pub rise_m: f64,
}

impl GustFront {
    fn at(&self, place_m: DVec3, t_s: f64) -> DVec3 {
        /// How long the end of a gust takes, seconds.
        const FALL_S: f64 = 5.0;
        let (sin, cos) = math::sin_cos(self.toward_rad);
        let behind_m = self.travel_m_s * (t_s - self.start_s) - (cos * place_m.x + sin * place_m.y);
        if behind_m <= 0.0 || t_s >= self.end_s + FALL_S {
            return DVec3::ZERO;
        }
        let rise = smooth(behind_m / self.rise_m.max(1e-3));
        let rest = 1.0 - smooth((t_s - self.end_s) / FALL_S);
        DVec3::new(cos, sin, 0.0) * (self.added_m_s * rise * rest)
    }
}

/// The wind of one run: a height profile, its changes, one frozen turbulence that the mean wind carries over the site, and fronts.
///
/// Two vehicles at one place meet the same gust, two that are near each other meet nearly the same: what separation depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Wind {
    mean_m_s: DVec2,
    exponent: f64,
    turbulence: Option<Turbulence>,
    fronts: Vec<GustFront>,
    changes: Vec<WindChange>,
    /// The speed of the spec, and the strongest that its changes lead to.
    speeds_m_s: (f64, f64),
}

impl Wind {
    /// The wind of a run: `random` draws its turbulence.
    pub fn new(spec: &WindSpec, random: &Random) -> Self {
        let (sin, cos) = math::sin_cos(spec.toward_rad);
        let strongest = spec.changes.iter().map(|c| c.speed_m_s).fold(spec.speed_m_s, f64::max);
        let mean_m_s = DVec2::new(cos, sin) * strongest;
        let profile = |height_m: f64| math::pow(height_m / WIND_HEIGHT_M, spec.exponent);
        let carrier = (mean_m_s * profile(CARRIER_HEIGHT_M)).extend(0.0);
        // MIL-F-8785C takes the wind at 20 ft.
        let low_m_s = strongest * profile(6.096);
        let blows = spec.turbulence * low_m_s > 0.0;
        let turbulence =
            blows.then(|| Turbulence::low_altitude(spec.turbulence * low_m_s, CARRIER_HEIGHT_M, carrier, random));
        Self {
            mean_m_s,
            exponent: spec.exponent,
            turbulence,
            fronts: spec.fronts.clone(),
            changes: spec.changes.clone(),
            speeds_m_s: (spec.speed_m_s, strongest),
        }
    }

    /// The mean wind at an instant over the strongest of the run, 0 to 1.
    fn strength(&self, t_s: f64) -> f64 {
        let (base, strongest) = self.speeds_m_s;
        if self.changes.is_empty() || strongest == 0.0 {
            return 1.0;
        }
        let speed = self.changes.iter().fold(base, |speed, c| speed + c.share(t_s) * (c.speed_m_s - speed));
        speed / strongest
    }

    /// Velocity of the air at a place, metres above the ground, and an instant; m/s, site frame.
    ///
    /// The mean wind is `U₁₀ (z/10)^a`, straight to zero below one metre. The strongest mean wind of the run carries the turbulence.
    pub fn at(&self, place_m: DVec3, t_s: f64) -> DVec3 {
        let height_m = place_m.z.max(0.0);
        let profile = if self.mean_m_s == DVec2::ZERO {
            0.0
        } else if height_m < 1.0 {
            height_m * math::pow(1.0 / WIND_HEIGHT_M, self.exponent)
        } else {
            math::pow(height_m / WIND_HEIGHT_M, self.exponent)
        };
        let strength = self.strength(t_s);
        let mut air = (self.mean_m_s * (profile * strength)).extend(0.0);
        if let Some(turbulence) = &self.turbulence {
            air += turbulence.at(place_m, t_s) * strength;
        }
        for front in &self.fronts {
            air += front.at(place_m, t_s);
        }
        air
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_the_power_law() {
        let wind = Wind::new(&WindSpec { turbulence: 0.0, ..WindSpec::of(8.0) }, &Random::new(1, 0));
        assert_eq!(wind.at(DVec3::Z * 10.0, 5.0), DVec3::X * 8.0);
        let high = wind.at(DVec3::Z * 120.0, 0.0).x;
        assert!((high - 8.0 * math::pow(12.0, 0.14)).abs() < 1e-9, "{high}");
        assert_eq!(wind.at(DVec3::ZERO, 0.0), DVec3::ZERO);
    }

    #[test]
    fn a_change_leads_to_its_speed_and_back() {
        let change = WindChange { start_s: 20.0, end_s: 60.0, over_s: 10.0, speed_m_s: 12.0 };
        for base in [0.0, 4.0] {
            let spec = WindSpec { turbulence: 0.0, changes: vec![change], ..WindSpec::of(base) };
            let wind = Wind::new(&spec, &Random::new(1, 0));
            let at = |t_s: f64| wind.at(DVec3::Z * 10.0, t_s).x;
            for (t_s, speed) in [(19.9, base), (25.0, 0.5 * (base + 12.0)), (30.0, 12.0), (60.0, 12.0), (70.0, base)] {
                assert!((at(t_s) - speed).abs() < 1e-9, "{} at {t_s} s, {speed} expected", at(t_s));
            }
        }
    }

    #[test]
    fn a_front_reaches_far_places_later_and_ends() {
        let front =
            GustFront { start_s: 10.0, end_s: 60.0, toward_rad: 0.0, travel_m_s: 10.0, added_m_s: 6.0, rise_m: 20.0 };
        let at = |x: f64, t: f64| front.at(DVec3::X * x, t).x;
        assert_eq!((at(0.0, 9.9), at(100.0, 19.9)), (0.0, 0.0));
        assert!((at(0.0, 11.0) - 3.0).abs() < 1e-12, "half a rise behind the line: half the gust");
        assert!((at(100.0, 21.0) - 3.0).abs() < 1e-12);
        assert_eq!((at(0.0, 30.0), at(0.0, 65.0)), (6.0, 0.0));
    }
}

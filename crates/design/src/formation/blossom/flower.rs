use std::f64::consts::{FRAC_PI_2, TAU};

use kapok_show::math::{cos, pow, sin, sin_cos};
use kapok_show::{DVec2, DVec3, Rgb};

/// Stamens of the two circles around the pistil.
const OUTER_STAMENS: u32 = 15;
const INNER_STAMENS: u32 = 8;
/// Middle line of a petal as a cubic curve: reach and height as shares of radius and height. It rises from the calyx,
/// opens and bends back a little.
const MIDDLE_LINE: [DVec2; 4] =
    [DVec2::new(0.10, 0.0), DVec2::new(0.16, 0.82), DVec2::new(0.72, 1.18), DVec2::new(1.0, 0.86)];
/// Half the greatest width of a petal of five, as a share of the radius.
const HALF_WIDTH: f64 = 0.33;
/// How far the long edges of a petal bend up, as a share of the half width: a spoon, which flattens from its middle to the tip.
const SPOON: f64 = 0.38;
/// Where a petal is widest, as a share of its length.
const WIDEST: f64 = 0.58;

/// The flower's measures.
#[derive(Clone, Copy, Debug)]
pub(in crate::formation) struct Blossom {
    pub petals: u32,
    pub radius_m: f64,
    pub height_m: f64,
    pub tilt_rad: f64,
}

/// A part of the flower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Petal(u32),
    Stamen(u32),
    Calyx,
}

impl Part {
    /// A surface has two parameters, a line one.
    pub fn is_surface(self) -> bool {
        !matches!(self, Self::Stamen(_))
    }

    /// Colour at the parameters.
    pub fn colour(self, a: f64, b: f64) -> Rgb {
        match self {
            Self::Petal(_) => {
                let inner = Rgb::new(140, 4, 10).lerp(Rgb::new(232, 20, 14), a / 0.45);
                inner.lerp(Rgb::new(255, 74, 26), (a.max(b.abs()) - 0.6) / 0.4)
            }
            Self::Stamen(_) if a > 0.86 => Rgb::new(255, 232, 120),
            Self::Stamen(_) => Rgb::new(255, 96, 60).lerp(Rgb::new(255, 170, 70), a),
            Self::Calyx => Rgb::new(48, 120, 40),
        }
    }
}

impl Blossom {
    pub(super) fn parts(&self) -> Vec<Part> {
        let stamens = (0..=OUTER_STAMENS + INNER_STAMENS).map(Part::Stamen);
        (0..self.petals).map(Part::Petal).chain(stamens).chain([Part::Calyx]).collect()
    }

    pub(super) fn group(&self, part: Part) -> u32 {
        match part {
            Part::Petal(k) => k,
            Part::Stamen(_) => self.petals,
            Part::Calyx => self.petals + 1,
        }
    }

    /// Place on a part: `a` 0 to 1 from the foot outwards, `b` −1 to 1 across. Own frame: the axis is z through the
    /// origin, not tilted.
    pub(super) fn place(&self, part: Part, a: f64, b: f64) -> DVec3 {
        match part {
            Part::Petal(k) => self.petal(k, a, b),
            Part::Stamen(k) => self.stamen(k, a),
            Part::Calyx => self.calyx(a, b),
        }
    }

    fn petal(&self, k: u32, a: f64, b: f64) -> DVec3 {
        let (at, way) = bezier(&MIDDLE_LINE, a);
        let scale = DVec2::new(self.radius_m, self.height_m);
        let (at, way) = (at * scale, (way * scale).normalize_or(DVec2::X));
        let hollow = DVec2::new(-way.y, way.x);
        let half_width_m = self.half_width(a);
        let spoon = SPOON * (2.0 * (1.0 - a)).min(1.0);
        let at = at + hollow * (spoon * b * b * half_width_m);
        let (s, c) = sin_cos(TAU * (f64::from(k) / f64::from(self.petals) + 0.25));
        let (out, side) = (DVec3::new(c, s, 0.0), DVec3::new(-s, c, 0.0));
        out * at.x + DVec3::Z * at.y + side * (b * half_width_m)
    }

    /// Obovate: narrow foot, widest beyond the middle, a tip between round and pointed.
    fn half_width(&self, a: f64) -> f64 {
        let width_m = HALF_WIDTH * self.radius_m * (5.0 / f64::from(self.petals)).min(1.4);
        let foot = 0.20 + 0.80 * sin(FRAC_PI_2 * (a / WIDEST).min(1.0));
        let beyond = ((a - WIDEST) / (1.0 - WIDEST)).max(0.0);
        width_m * foot * pow((1.0 - beyond * beyond).max(0.0), 0.62)
    }

    /// Filaments rise from the cup and lean outwards; one pistil stands in the middle.
    fn stamen(&self, k: u32, a: f64) -> DVec3 {
        let (turn, foot, reach, top) = if k < OUTER_STAMENS {
            ((f64::from(k) + 0.5) / f64::from(OUTER_STAMENS), 0.085, 0.34, 0.92)
        } else if k < OUTER_STAMENS + INNER_STAMENS {
            (f64::from(k - OUTER_STAMENS) / f64::from(INNER_STAMENS), 0.05, 0.18, 1.10)
        } else {
            (0.0, 0.0, 0.02, 1.25)
        };
        let (s, c) = sin_cos(TAU * turn);
        let lean = 0.35 * a + 0.65 * (1.0 - cos(FRAC_PI_2 * a));
        let reach_m = self.radius_m * (foot + (reach - foot) * lean);
        DVec3::new(c * reach_m, s * reach_m, self.height_m * (0.10 + (top - 0.10) * a))
    }

    /// A shallow cup below the petals.
    fn calyx(&self, a: f64, b: f64) -> DVec3 {
        let (s, c) = sin_cos(0.5 * TAU * b);
        let reach_m = self.radius_m * (0.03 + 0.12 * sin(FRAC_PI_2 * a));
        DVec3::new(c * reach_m, s * reach_m, self.height_m * (-0.24 + 0.34 * a * a))
    }
}

/// Point and tangent of a cubic curve.
fn bezier(c: &[DVec2; 4], t: f64) -> (DVec2, DVec2) {
    let s = 1.0 - t;
    let at = c[0] * (s * s * s) + c[1] * (3.0 * s * s * t) + c[2] * (3.0 * s * t * t) + c[3] * (t * t * t);
    let way = (c[1] - c[0]) * (3.0 * s * s) + (c[2] - c[1]) * (6.0 * s * t) + (c[3] - c[2]) * (3.0 * t * t);
    (at, way)
}

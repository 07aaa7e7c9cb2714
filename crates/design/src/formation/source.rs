use std::borrow::Cow;

use super::error::FormationError;
use super::picture::TextStyle;
use super::point::{MAX_SIZE_M, PictureSize, positive};
use crate::points::ListedPoint;

/// Most columns, rows, layers, strands, rings or petals.
const MAX_PARTS: u32 = 1_000;
/// Most letters of a text.
const MAX_LETTERS: usize = 1_000;
/// Most bytes of a font.
const MAX_FONT_BYTES: usize = 64 << 20;
/// Most bytes of an SVG.
pub(super) const MAX_SVG_BYTES: usize = 8 << 20;

/// A figure. Plain data; [`sample`](super::sample) checks it.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A block of rows and columns, filled row by row from the lower left (the near left) on.
    Grid {
        /// Points in x, 1 to 1,000.
        columns: u32,
        /// Points in z when upright, else in y, 1 to 1,000.
        rows: u32,
        /// Such grids one behind the other (upright) or one above the other, 1 to 1,000.
        layers: u32,
        /// Distance of neighbours, metres; `None`: the spacing asked for. Not below it.
        pitch_m: Option<f64>,
        /// Standing like a picture, or lying like a carpet.
        upright: bool,
    },
    /// A straight line along x; the ends have a point each.
    Line {
        /// Length, metres.
        length_m: f64,
    },
    /// An upright ring, counted counter-clockwise from the right as the audience sees it.
    Circle {
        /// Radius, metres.
        radius_m: f64,
    },
    /// The surface of a sphere.
    Sphere {
        /// Radius, metres.
        radius_m: f64,
    },
    /// Screw lines around the vertical.
    Helix {
        /// Radius, metres.
        radius_m: f64,
        /// Height, metres.
        height_m: f64,
        /// Turns, counter-clockwise upwards seen from above; negative ones turn the other way. At most 1,000.
        turns: f64,
        /// Screw lines, 1 to 1,000.
        strands: u32,
    },
    /// The curved surface of an upright cylinder: rings of points, alternate ones turned by half a step.
    Cylinder {
        /// Radius, metres.
        radius_m: f64,
        /// Height, metres.
        height_m: f64,
    },
    /// A lattice tower: straight leaning strands of both families on a hyperboloid of one sheet, and level rings.
    /// Where the waist is follows from the radii: the strands are straight.
    Hyperboloid {
        /// Radius at the foot, metres, not below the waist's.
        base_radius_m: f64,
        /// Least radius, metres; below at least one of the other two.
        waist_radius_m: f64,
        /// Radius at the top, metres, not below the waist's.
        top_radius_m: f64,
        /// Height, metres.
        height_m: f64,
        /// Strands of each family, 3 to 1,000; 0: as many as look best with the count.
        strands: u32,
        /// Level rings, 0 to 1,000; the first is the foot, the last the top.
        rings: u32,
    },
    /// A flower of the kapok tree *Bombax ceiba*: thick, spoon-shaped petals that bend back at their tips, a bundle of
    /// stamens, a calyx. It has colours of its own.
    Blossom {
        /// Petals, 3 to 12; the tree grows 5.
        petals: u32,
        /// Reach of the petals from the axis, metres.
        radius_m: f64,
        /// From the calyx to the top of the petals' bend, metres.
        height_m: f64,
        /// Lean of the axis from upright towards the audience, radians, −π to π.
        tilt_rad: f64,
    },
    /// Given points; of more than the asked count an even choice is taken.
    Points {
        /// The points, metres, any frame: they are centred.
        points: Vec<ListedPoint>,
    },
    /// Letters.
    Text {
        /// What to write; lines are separated by `\n`.
        text: String,
        /// TrueType or OpenType font; see [`built_in_font`](super::built_in_font).
        font: Cow<'static, [u8]>,
        /// Height of everything that shines, from the lowest to the highest edge, metres.
        height_m: f64,
        /// Filled letters, outlines, filled letters with dense outlines, or single strokes.
        style: TextStyle,
    },
    /// Painted shapes of an SVG with their colours: fills, strokes, gradients (radial ones
    /// around their centre, without a focal point), opacity, clip paths. Dark paint (all
    /// channels at most 12) hides what is below it and does not shine; a picture of nothing else is taken as a
    /// silhouette without colour. Text, raster images, masks, filters and patterns are refused.
    Svg {
        /// The file.
        bytes: Cow<'static, [u8]>,
        /// Width or height of everything painted.
        size: PictureSize,
    },
}

impl Source {
    /// Every measure multiplied by `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut source = self.clone();
        match &mut source {
            Self::Grid { pitch_m, .. } => *pitch_m = pitch_m.map(|p| p * factor),
            Self::Line { length_m } => *length_m *= factor,
            Self::Circle { radius_m } | Self::Sphere { radius_m } => *radius_m *= factor,
            Self::Helix { radius_m, height_m, .. }
            | Self::Cylinder { radius_m, height_m }
            | Self::Blossom { radius_m, height_m, .. } => {
                *radius_m *= factor;
                *height_m *= factor;
            }
            Self::Hyperboloid { base_radius_m, waist_radius_m, top_radius_m, height_m, .. } => {
                for measure in [base_radius_m, waist_radius_m, top_radius_m, height_m] {
                    *measure *= factor;
                }
            }
            Self::Points { points } => points.iter_mut().for_each(|p| p.position_m *= factor),
            Self::Text { height_m, .. } => *height_m *= factor,
            Self::Svg { size, .. } => {
                *size = match *size {
                    PictureSize::WidthM(w) => PictureSize::WidthM(w * factor),
                    PictureSize::HeightM(h) => PictureSize::HeightM(h * factor),
                }
            }
        }
        source
    }

    /// The measure that stands for the size in messages: its field's name and its value, metres.
    pub(super) fn size(&self) -> (&'static str, f64) {
        match self {
            Self::Grid { pitch_m, .. } => ("pitch_m", pitch_m.unwrap_or(1.0)),
            Self::Line { length_m } => ("length_m", *length_m),
            Self::Circle { radius_m } | Self::Sphere { radius_m } | Self::Blossom { radius_m, .. } => {
                ("radius_m", *radius_m)
            }
            Self::Helix { height_m, .. }
            | Self::Cylinder { height_m, .. }
            | Self::Hyperboloid { height_m, .. }
            | Self::Text { height_m, .. } => ("height_m", *height_m),
            Self::Points { points } => ("the longest side of its box", super::csv::longest_side(points)),
            Self::Svg { size: PictureSize::WidthM(w), .. } => ("width_m", *w),
            Self::Svg { size: PictureSize::HeightM(h), .. } => ("height_m", *h),
        }
    }

    /// Can a larger figure hold the count?
    pub(super) fn grows_with_size(&self, count: usize) -> bool {
        match self {
            Self::Grid { .. } => false,
            Self::Points { points } => points.len() >= count && super::csv::longest_side(points) > 0.0,
            _ => true,
        }
    }

    /// Are all settings within their ranges?
    pub(super) fn check(&self) -> Result<(), FormationError> {
        let bad = |field, value, why| Err(FormationError::BadSetting { field, value, why });
        let parts = |field, value: u32, least: u32| {
            if (least..=MAX_PARTS).contains(&value) {
                return Ok(());
            }
            let why = if least == 0 { "give 0 to 1,000" } else { "give 1 to 1,000" };
            Err(FormationError::BadSetting { field, value: f64::from(value), why })
        };
        match self {
            Self::Grid { columns, rows, layers, pitch_m, .. } => {
                parts("columns", *columns, 1)?;
                parts("rows", *rows, 1)?;
                parts("layers", *layers, 1)?;
                pitch_m.map_or(Ok(()), |p| positive("pitch_m", p))
            }
            Self::Line { length_m } => positive("length_m", *length_m),
            Self::Circle { radius_m } | Self::Sphere { radius_m } => positive("radius_m", *radius_m),
            Self::Helix { radius_m, height_m, turns, strands } => {
                positive("radius_m", *radius_m)?;
                positive("height_m", *height_m)?;
                parts("strands", *strands, 1)?;
                if !turns.is_finite() || turns.abs() > 1_000.0 {
                    return bad("turns", *turns, "give −1,000 to 1,000 turns");
                }
                Ok(())
            }
            Self::Cylinder { radius_m, height_m } => {
                positive("radius_m", *radius_m)?;
                positive("height_m", *height_m)
            }
            Self::Hyperboloid { base_radius_m, waist_radius_m, top_radius_m, height_m, strands, rings } => {
                positive("base_radius_m", *base_radius_m)?;
                positive("waist_radius_m", *waist_radius_m)?;
                positive("top_radius_m", *top_radius_m)?;
                positive("height_m", *height_m)?;
                parts("strands", *strands, 0)?;
                parts("rings", *rings, 0)?;
                if (1..3).contains(strands) {
                    return bad("strands", f64::from(*strands), "give at least 3, or 0 to leave it open");
                }
                if *waist_radius_m > base_radius_m.min(*top_radius_m)
                    || *waist_radius_m >= base_radius_m.max(*top_radius_m)
                {
                    return bad("waist_radius_m", *waist_radius_m, "the waist is narrower than foot or top");
                }
                Ok(())
            }
            Self::Blossom { petals, radius_m, height_m, tilt_rad } => {
                positive("radius_m", *radius_m)?;
                positive("height_m", *height_m)?;
                if !(3..=12).contains(petals) {
                    return bad("petals", f64::from(*petals), "give 3 to 12");
                }
                if !tilt_rad.is_finite() || tilt_rad.abs() > std::f64::consts::PI {
                    return bad("tilt_rad", *tilt_rad, "give −π to π radians");
                }
                Ok(())
            }
            Self::Points { points } => super::csv::check(points),
            Self::Text { text, font, height_m, .. } => {
                positive("height_m", *height_m)?;
                bounded("letters of the text", text.chars().count(), MAX_LETTERS)?;
                bounded("bytes of the font", font.len(), MAX_FONT_BYTES)
            }
            Self::Svg { bytes, size } => {
                match *size {
                    PictureSize::WidthM(w) => positive("width_m", w)?,
                    PictureSize::HeightM(h) => positive("height_m", h)?,
                }
                bounded("bytes of the SVG", bytes.len(), MAX_SVG_BYTES)
            }
        }
    }
}

fn bounded(what: &'static str, found: usize, max: usize) -> Result<(), FormationError> {
    if found > max { Err(FormationError::TooComplex { what, found, max }) } else { Ok(()) }
}

// The limit is spelled out in messages and docs.
const _: () = assert!(MAX_SIZE_M == 10_000.0);

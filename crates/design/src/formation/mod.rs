//! Formation sources: from a figure and a count to exactly that many points.
//!
//! [`sample`] takes a [`Source`] (a parametric curve or surface, a point list, text, an SVG, a kapok blossom), a count
//! and a least spacing, and gives exactly that many points with at least that spacing, as evenly spread over the whole
//! figure as possible. What cannot be done is refused with the largest count that fits and the size that would do.
//!
//! # Frame
//! The **formation frame** is local, in metres, centred on the middle of the figure's bounding box: x to the right, y
//! away from the audience, z up. Flat pictures stand upright in the plane y = 0 and are read looking along +y.
//!
//! # How pictures are sampled
//! What is *seen* of the painted shapes (upper paint hides lower) is cut into regions of one shape each. The points are
//! relaxed to a centroidal Voronoi tessellation of the picture with a margin of half a distance around it, each point
//! held inside of the picture. The margin presses the outer points onto the edge, evenly spaced along it, so that
//! contours are sharp; sharp corners get a point of their own; the inside is blue noise. Then points that stand
//! closer than most give way to each other. In strokes narrower than two rows of points
//! the points are held on the middle line.

mod blossom;
mod csv;
mod error;
mod fit;
mod fonts;
mod parametric;
mod picture;
mod relax;
mod rng;
mod source;

use kapok_motion::spatial::closest_pair;
use kapok_show::{DVec3, Rgb};

pub use csv::parse_points_csv;
pub use error::{FormationError, UnsupportedPart};
pub use fonts::{BUILT_IN_FONTS, built_in_font};
pub use picture::{PictureSize, TextStyle};
pub use source::Source;

pub use crate::points::ListedPoint;

use fit::{Evenly, Sampler};

/// The most points of a formation: a vehicle each.
pub const MAX_COUNT: usize = kapok_show::MAX_VEHICLES;
/// The largest measure of a source, metres.
pub const MAX_SIZE_M: f64 = 10_000.0;

/// One point of a formation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourcePoint {
    /// Formation frame, metres.
    pub position_m: DVec3,
    /// Colour of the art here; `None` where the source has no colours of its own.
    pub colour: Option<Rgb>,
    /// Along or around, 0 to 1, for running lights: share of the arc length, of the turn around the axis, or of the
    /// width in reading direction.
    pub u: f64,
    /// Upwards or outwards, 0 to 1.
    pub v: f64,
    /// Letter, petal, strand, ring or path, counted from 0.
    pub group: u32,
}

/// Points of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Formation {
    /// The points.
    pub points: Vec<SourcePoint>,
    /// Least distance between any two of them, metres; infinite for a single one.
    pub spacing_m: f64,
    /// What of the source is missing, cut off or shown otherwise than its author may think, for the person who asked.
    pub warnings: Vec<String>,
}

impl Formation {
    fn new(points: Vec<SourcePoint>, warnings: Vec<String>) -> Self {
        let positions: Vec<DVec3> = points.iter().map(|p| p.position_m).collect();
        Self { spacing_m: least_distance_m(&positions), points, warnings }
    }
}

/// Least distance of any two; infinite for fewer than two.
fn least_distance_m(positions: &[DVec3]) -> f64 {
    closest_pair(positions).map_or(f64::INFINITY, |(_, _, distance_m)| distance_m)
}

/// Points of a figure: exactly `count`, every two at least `spacing_m` apart, spread over the whole of it.
///
/// # Shapes, units and frames
/// Positions are in the formation frame (see the module), metres. `count` is 1 to [`MAX_COUNT`], `spacing_m` above 0 and
/// at most [`MAX_SIZE_M`].
///
/// # Guarantees
/// The count is exact and no two points are closer than `spacing_m`. Points of pictures are where the picture is seen,
/// with the colour seen there.
///
/// # Errors
/// [`FormationError::TooMany`] with the largest count that fits: that many succeed with the same arguments, one more
/// does not; and with the size that holds the asked count. All other variants are bad input. Never panics.
///
/// # Complexity
/// About O(count · 60 rounds · 55 masses); a thousand points take a fraction of a second, ten thousand some seconds.
///
/// # Determinism
/// The same source, count, spacing and seed give the same points on any number of threads.
///
/// # Example
/// ```
/// use kapok_design::formation::{Source, sample};
///
/// let ring = sample(&Source::Circle { radius_m: 30.0 }, 60, 2.0, 1)?;
/// assert_eq!(ring.points.len(), 60);
/// assert!(ring.spacing_m > 3.1);
/// # Ok::<(), kapok_design::formation::FormationError>(())
/// ```
pub fn sample(source: &Source, count: usize, spacing_m: f64, seed: u64) -> Result<Formation, FormationError> {
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(FormationError::BadCount { count, max: MAX_COUNT });
    }
    positive("spacing_m", spacing_m)?;
    source.check()?;
    fit::formation(source, count, spacing_m, seed)
}

/// Points of a picture ([`Source::Svg`], [`Source::Text`]) that need not keep a stated spacing: exactly `count`, as far
/// apart as is found without a long search.
///
/// # Shapes, units and frames
/// As [`sample`]; the spacing reached is [`Formation::spacing_m`].
///
/// # Errors
/// As [`sample`], and [`FormationError::EmptyPicture`] for sources that are no pictures. Never panics.
///
/// # Complexity
/// As one success of [`sample`]. It never looks for the largest count that fits, which costs dozens of them.
///
/// # Determinism
/// As [`sample`].
pub fn spread_picture(source: &Source, count: usize, seed: u64) -> Result<Formation, FormationError> {
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(FormationError::BadCount { count, max: MAX_COUNT });
    }
    source.check()?;
    fit::spread(&picture::picture(source)?, source, count, seed)
}

/// The sampler of a source.
fn make(source: &Source, spacing_m: f64, seed: u64) -> Result<Box<dyn Sampler>, FormationError> {
    Ok(match source {
        Source::Text { .. } | Source::Svg { .. } => Box::new(Evenly::new(picture::picture(source)?, spacing_m, seed)),
        Source::Blossom { petals, radius_m, height_m, tilt_rad } => {
            let blossom =
                blossom::Blossom { petals: *petals, radius_m: *radius_m, height_m: *height_m, tilt_rad: *tilt_rad };
            Box::new(Evenly::new(blossom::Flower::new(blossom), spacing_m, seed))
        }
        Source::Points { points } => Box::new(csv::sampler(points, spacing_m)),
        Source::Grid { .. }
        | Source::Line { .. }
        | Source::Circle { .. }
        | Source::Sphere { .. }
        | Source::Helix { .. }
        | Source::Cylinder { .. }
        | Source::Hyperboloid { .. } => parametric::sampler(source, spacing_m)?,
    })
}

/// A measure in metres: finite, above 0, at most [`MAX_SIZE_M`].
fn positive(field: &'static str, value: f64) -> Result<(), FormationError> {
    if value.is_finite() && value > 0.0 && value <= MAX_SIZE_M {
        return Ok(());
    }
    Err(FormationError::BadSetting { field, value, why: "give metres above 0, at most 10,000" })
}

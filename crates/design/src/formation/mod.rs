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
//! the points are held on the middle line. Text in
//! single strokes is a net of lines with points at its ends, corners and junctions, and equal steps between them.

mod blossom;
mod csv;
mod error;
mod evenly;
mod fit;
mod fonts;
mod parametric;
mod picture;
mod point;
mod relax;
mod rng;
mod sampler;
mod source;

pub use csv::parse_points_csv;
pub use error::{FormationError, UnsupportedPart};
pub use fonts::{BUILT_IN_FONTS, built_in_font};
pub use picture::TextStyle;
pub use point::{Formation, MAX_COUNT, MAX_SIZE_M, PictureSize, SourcePoint};
pub use source::Source;

pub use crate::points::ListedPoint;

use point::positive;

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

/// From this [`readability`] on a text recogniser reads nearly every word (docs/readability.md).
pub const READABLE: f64 = 0.81;

/// How well points show their picture, 0 to 1: the correlation of the points, blurred by half of their typical distance, with
/// the sharp source.
///
/// # Shapes, units and frames
/// `points` as [`sample`] made them of this source.
///
/// # Errors
/// [`FormationError::EmptyPicture`] for sources that are no pictures, and all that is wrong with a picture. Never panics.
///
/// # Complexity
/// O(pixels · blur + points · blur²), at most a million pixels.
///
/// # Example
/// ```
/// use kapok_design::formation::{Source, TextStyle, built_in_font, readability, sample};
///
/// let font = built_in_font("latin").unwrap().into();
/// let word = Source::Text { text: "KAPOK".into(), font, height_m: 40.0, style: TextStyle::Fill };
/// let score = |count| readability(&word, &sample(&word, count, 0.5, 1).unwrap().points).unwrap();
/// assert!(score(400) > score(60));
/// ```
pub fn readability(source: &Source, points: &[SourcePoint]) -> Result<f64, FormationError> {
    source.check()?;
    Ok(picture::score(&picture::picture(source)?, points))
}

/// Most points that [`readable_count`] tries: it is asked while a script is edited.
pub const MOST_TRIED: usize = 3_000;

/// A count of points with which a picture is readable ([`READABLE`]), near the least, found by trying from `count` on, a quarter
/// more each time; `None` if [`MOST_TRIED`] are too few.
///
/// # Errors
/// As [`spread_picture`].
///
/// # Complexity
/// [`spread_picture`] for each count that is tried.
///
/// # Example
/// ```
/// use kapok_design::formation::{READABLE, Source, TextStyle, built_in_font, readability, readable_count, spread_picture};
///
/// let font = built_in_font("latin").unwrap().into();
/// let word = Source::Text { text: "LOVE".into(), font, height_m: 40.0, style: TextStyle::Fill };
/// let count = readable_count(&word, 60, 1)?.unwrap();
/// assert!(readability(&word, &spread_picture(&word, count, 1)?.points)? >= READABLE);
/// # Ok::<(), kapok_design::formation::FormationError>(())
/// ```
pub fn readable_count(source: &Source, count: usize, seed: u64) -> Result<Option<usize>, FormationError> {
    let mut tried = count;
    while tried <= MOST_TRIED {
        if readability(source, &spread_picture(source, tried, seed)?.points)? >= READABLE {
            return Ok(Some(tried));
        }
        tried += tried.div_ceil(4);
    }
    Ok(None)
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

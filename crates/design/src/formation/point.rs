//! Points of figures, the bounds of their number and size.

use kapok_motion::spatial::closest_pair;
use kapok_show::{DVec3, Rgb};

use super::error::FormationError;

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
    pub(super) fn new(points: Vec<SourcePoint>, warnings: Vec<String>) -> Self {
        let positions: Vec<DVec3> = points.iter().map(|p| p.position_m).collect();
        Self { spacing_m: least_distance_m(&positions), points, warnings }
    }
}

/// Least distance of any two; infinite for fewer than two.
pub fn least_distance_m(positions: &[DVec3]) -> f64 {
    closest_pair(positions).map_or(f64::INFINITY, |(_, _, distance_m)| distance_m)
}

/// A measure in metres: finite, above 0, at most [`MAX_SIZE_M`].
pub fn positive(field: &'static str, value: f64) -> Result<(), FormationError> {
    if value.is_finite() && value > 0.0 && value <= MAX_SIZE_M {
        return Ok(());
    }
    Err(FormationError::BadSetting { field, value, why: "give metres above 0, at most 10,000" })
}

/// How large a picture is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PictureSize {
    /// Width of everything painted, metres.
    WidthM(f64),
    /// Height of everything painted, metres.
    HeightM(f64),
}

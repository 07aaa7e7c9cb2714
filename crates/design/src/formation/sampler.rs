//! Which sampler a source has.

use super::error::FormationError;
use super::evenly::{Evenly, Sampler};
use super::source::Source;
use super::{blossom, csv, parametric, picture};

/// The sampler of a source.
pub fn make(source: &Source, spacing_m: f64, seed: u64) -> Result<Box<dyn Sampler>, FormationError> {
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

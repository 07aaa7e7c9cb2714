//! Curves and surfaces with a formula.

mod curves;
mod figure;
mod hyperboloid;
mod surfaces;

use kapok_show::DVec3;

use super::error::FormationError;
use super::evenly::Sampler;
use super::point::{MAX_COUNT, SourcePoint, least_distance_m};
use super::source::Source;
use figure::Figure;

/// Checks what a figure offers.
struct Checked<F> {
    figure: F,
    spacing_m: f64,
}

impl<F: Figure> Sampler for Checked<F> {
    fn attempt(&self, count: usize) -> Option<Vec<SourcePoint>> {
        let points = self.figure.points(count)?;
        let positions: Vec<DVec3> = points.iter().map(|p| p.position_m).collect();
        (points.len() == count && least_distance_m(&positions) >= self.spacing_m).then_some(points)
    }

    fn guess(&self) -> usize {
        // Cheap figures: halving finds it.
        MAX_COUNT / 2
    }
}

pub(super) fn sampler(source: &Source, spacing_m: f64) -> Result<Box<dyn Sampler>, FormationError> {
    Ok(match *source {
        Source::Grid { columns, rows, layers, pitch_m, upright } => {
            let pitch_m = pitch_m.unwrap_or(spacing_m);
            if pitch_m < spacing_m {
                let why = "the pitch is below the spacing asked for";
                return Err(FormationError::BadSetting { field: "pitch_m", value: pitch_m, why });
            }
            // Neighbours must keep the spacing after rounding too.
            let pitch_m = pitch_m * (1.0 + 1e-12);
            Box::new(Checked { figure: curves::Grid { columns, rows, layers, pitch_m, upright }, spacing_m })
        }
        Source::Line { length_m } => Box::new(Checked { figure: curves::Line { length_m }, spacing_m }),
        Source::Circle { radius_m } => Box::new(Checked { figure: curves::Circle { radius_m }, spacing_m }),
        Source::Helix { radius_m, height_m, turns, strands } => {
            Box::new(Checked { figure: curves::Helix { radius_m, height_m, turns, strands }, spacing_m })
        }
        Source::Sphere { radius_m } => Box::new(Checked { figure: surfaces::Sphere { radius_m }, spacing_m }),
        Source::Cylinder { radius_m, height_m } => {
            Box::new(Checked { figure: surfaces::Cylinder { radius_m, height_m }, spacing_m })
        }
        Source::Hyperboloid { base_radius_m, waist_radius_m, top_radius_m, height_m, strands, rings } => {
            let tower =
                hyperboloid::Tower { base_radius_m, waist_radius_m, top_radius_m, height_m, strands, rings, spacing_m };
            Box::new(Checked { figure: tower, spacing_m })
        }
        Source::Blossom { .. } | Source::Points { .. } | Source::Text { .. } | Source::Svg { .. } => {
            return Err(FormationError::EmptyPicture { why: "this source has no formula" });
        }
    })
}

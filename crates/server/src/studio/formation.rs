use std::borrow::Cow;

use kapok_design::formation::{FormationError, PictureSize, Source, sample};
use kapok_show::DVec3;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::points::positive;

#[derive(Deserialize)]
pub(super) struct FormationRequest {
    method: String,
    parameters: Parameters,
}

#[derive(Deserialize)]
struct Parameters {
    source: String,
    n: f64,
    size: f64,
    /// Corners are found by the sampler itself; read so that nonsense is refused.
    #[serde(default)]
    angle: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct FormationAnswer {
    version: u8,
    points: Vec<[f64; 3]>,
    colors: Vec<[u8; 3]>,
}

/// Most points on one picture.
const MAX_COUNT: f64 = 20_000.0;
/// Seed of the sampler: the same picture gives the same points.
const SEED: u64 = 1;

pub(super) fn answer(request: &FormationRequest) -> Result<FormationAnswer, Fault> {
    if request.method != "svg" {
        let method: String = request.method.chars().take(60).collect();
        return Err(Fault::Bad(format!("formations are made from \"svg\", not from \"{method}\"")));
    }
    let Parameters { source, n, size, angle } = &request.parameters;
    let size_m = positive("size", *size)?;
    if !(n.fract() == 0.0 && (1.0..=MAX_COUNT).contains(n)) {
        return Err(Fault::Bad(format!("n is {n}, but it must be a whole number from 1 to {MAX_COUNT}")));
    }
    if angle.is_some_and(|a| !(0.0..=180.0).contains(&a)) {
        return Err(Fault::bad("angle must be from 0 to 180 degrees"));
    }
    let formation = spread(source.as_bytes(), *n as usize, size_m)?;
    let (low, high) =
        formation.iter().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(l, h), p| (l.min(p.0), h.max(p.0)));
    let centre = (low + high) / 2.0;
    // The size is that of the formation: of the points, not of the strokes they lie on.
    let extent_m = (high - low).max_element();
    let scale = if extent_m > 0.0 { size_m / extent_m } else { 1.0 };
    let place = |p: DVec3| (p - centre) * scale;
    Ok(FormationAnswer {
        version: 1,
        // The add-on stands the picture up by (x, y) -> (y, z) = (y, x): so x is up, and y to the left, as seen by
        // somebody who looks along the scene's x axis.
        points: formation.iter().map(|(p, _)| [place(*p).z, -place(*p).x, 0.0]).collect(),
        colors: formation.iter().map(|(_, c)| *c).collect(),
    })
}

/// Exactly `count` points, as far apart as the picture allows without a long search: the spacing is halved until they fit.
fn spread(svg: &[u8], count: usize, size_m: f64) -> Result<Vec<(DVec3, [u8; 3])>, Fault> {
    let mut spacing_m = size_m / (count as f64).sqrt();
    let mut sized = PictureSize::WidthM(size_m);
    let mut turned = false;
    loop {
        let source = Source::Svg { bytes: Cow::Owned(svg.to_vec()), size: sized };
        match sample(&source, count, spacing_m, SEED) {
            Ok(formation) => {
                let points: Vec<_> = formation
                    .points
                    .iter()
                    .map(|p| (p.position_m, p.colour.map_or([255; 3], |c| [c.r, c.g, c.b])))
                    .collect();
                let extent = |axis: fn(&DVec3) -> f64| {
                    let values = || points.iter().map(|(p, _)| axis(p));
                    values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
                };
                // The size is that of the larger side; the picture alone knows which that is.
                if !turned && extent(|p| p.z) > extent(|p| p.x) {
                    (sized, turned) = (PictureSize::HeightM(size_m), true);
                    continue;
                }
                return Ok(points);
            }
            Err(FormationError::TooMany { .. }) if spacing_m > size_m / (20.0 * count as f64) => spacing_m /= 2.0,
            Err(error) => return Err(Fault::bad(error)),
        }
    }
}

use std::borrow::Cow;

use kapok_design::formation::{Formation, FormationError, PictureSize, Source, spread_picture};
use kapok_design::light::dim_lamps;
use kapok_show::{DVec3, MAX_VEHICLES, printable};
use serde::{Deserialize, Serialize};

use crate::json::VersionOne;
use crate::refusal::{Refusal, shortened};
use crate::reply::Reply;

#[derive(Deserialize)]
pub struct FormationRequest {
    #[serde(default, rename = "version")]
    _version: VersionOne,
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
struct FormationAnswer {
    version: u8,
    points: Vec<[f64; 3]>,
    colors: Vec<[u8; 3]>,
    /// What of the picture is missing, cut off, shown otherwise or too dim.
    warnings: Vec<String>,
}

/// Most points on one picture.
const MAX_COUNT: f64 = MAX_VEHICLES as f64;
/// Largest side of a formation, metres.
const MAX_SIZE_M: f64 = 10_000.0;
/// Width in which pictures are sampled, metres: the points are brought to the size asked for.
const SIDE_M: f64 = 100.0;
/// Seed of the sampler: the same picture gives the same points.
const SEED: u64 = 1;

pub fn answer(request: &FormationRequest) -> Result<Reply, Refusal> {
    if request.method != "svg" {
        let method = shortened(&request.method);
        return Err(Refusal::BadRequest(format!("formations are made from \"svg\", not from \"{method}\"")));
    }
    let Parameters { source, n, size, angle } = &request.parameters;
    let size_m = *size;
    if !(size_m > 0.0 && size_m <= MAX_SIZE_M) {
        return Err(Refusal::BadRequest(format!(
            "size is {size_m:?} m, but it must be above 0 and at most {MAX_SIZE_M} m"
        )));
    }
    if !(n.fract() == 0.0 && (1.0..=MAX_COUNT).contains(n)) {
        return Err(Refusal::BadRequest(format!("n is {n}, but it must be a whole number from 1 to {MAX_COUNT}")));
    }
    if angle.is_some_and(|a| !(0.0..=180.0).contains(&a)) {
        return Err(Refusal::bad("angle must be from 0 to 180 degrees"));
    }
    let Spread { points: formation, warnings } = spread(source.as_bytes(), *n as usize)?;
    // The add-on does not show them.
    let remark = |warning: &String| printable(&format!("create-static-formation: warning: {warning}")).into_owned();
    let remarks = warnings.iter().map(remark).collect();
    let (low, high) =
        formation.iter().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(l, h), p| (l.min(p.0), h.max(p.0)));
    let centre = (low + high) / 2.0;
    // The size is that of the formation: of the points, not of the strokes they lie on.
    let extent_m = (high - low).max_element();
    let scale = if extent_m > 0.0 { size_m / extent_m } else { 1.0 };
    let place = |p: DVec3| (p - centre) * scale;
    let answer = FormationAnswer {
        version: 1,
        // The add-on stands the picture up by (x, y) -> (y, z) = (y, x): so x is up, and y to the left, as seen along the
        // scene's x axis.
        points: formation.iter().map(|(p, _)| [place(*p).z, -place(*p).x, 0.0]).collect(),
        colors: formation.iter().map(|(_, c)| *c).collect(),
        warnings,
    };
    Ok(Reply { remarks, ..Reply::json(&answer)? })
}

/// Points on a picture with their colours.
struct Spread {
    points: Vec<(DVec3, [u8; 3])>,
    warnings: Vec<String>,
}

/// Exactly `count` points spread evenly over the picture, in a size of its own.
fn spread(svg: &[u8], count: usize) -> Result<Spread, Refusal> {
    let sampled = |size| spread_picture(&Source::Svg { bytes: Cow::Owned(svg.to_vec()), size }, count, SEED);
    // A sliver is too high in this width, and then not too wide in this height.
    let formation = match sampled(PictureSize::WidthM(SIDE_M)) {
        Err(FormationError::BadSetting { .. }) => sampled(PictureSize::HeightM(SIDE_M)),
        other => other,
    };
    let Formation { points, mut warnings, .. } = match formation {
        Ok(formation) => formation,
        Err(FormationError::TooMany { .. }) => {
            return Err(Refusal::BadRequest(format!(
                "the picture's shapes have no room for {count} points: make its strokes wider or take fewer points"
            )));
        }
        Err(error) => return Err(Refusal::bad(error)),
    };
    warnings.extend(dim_lamps(points.iter().filter_map(|p| p.colour)));
    let points = points.iter().map(|p| (p.position_m, p.colour.map_or([255; 3], |c| [c.r, c.g, c.b]))).collect();
    Ok(Spread { points, warnings })
}

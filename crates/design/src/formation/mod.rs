//! Stand-in until the sources and the sampling arrive.
#![allow(missing_docs, clippy::all, clippy::pedantic)]
mod error;
pub use error::FormationError;
use kapok_show::{DVec3, Rgb, math};
#[derive(Clone, Debug)]
pub struct SourcePoint {
    pub position_m: DVec3,
    pub colour: Option<Rgb>,
    pub u: f64,
    pub v: f64,
    pub group: u32,
}
#[derive(Clone, Debug)]
pub struct Formation {
    pub points: Vec<SourcePoint>,
    pub spacing_m: f64,
}
use std::borrow::Cow;
#[derive(Clone, Debug)]
pub enum PictureSize {
    WidthM(f64),
    HeightM(f64),
}
#[derive(Clone, Debug)]
pub enum TextStyle {
    Fill,
    Outline,
    Both,
}
#[derive(Clone, Debug)]
pub struct ListedPoint {
    pub position_m: DVec3,
    pub colour: Option<Rgb>,
}
#[derive(Clone, Debug)]
pub enum Source {
    Grid { columns: u32, rows: u32, layers: u32, pitch_m: Option<f64>, upright: bool },
    Line { length_m: f64 },
    Circle { radius_m: f64 },
    Sphere { radius_m: f64 },
    Helix { radius_m: f64, height_m: f64, turns: f64, strands: u32 },
    Cylinder { radius_m: f64, height_m: f64 },
    Hyperboloid { base_radius_m: f64, waist_radius_m: f64, top_radius_m: f64, height_m: f64, strands: u32, rings: u32 },
    Blossom { petals: u32, radius_m: f64, height_m: f64, tilt_rad: f64 },
    Points { points: Vec<ListedPoint> },
    Text { text: String, font: Cow<'static, [u8]>, height_m: f64, style: TextStyle },
    Svg { bytes: Cow<'static, [u8]>, size: PictureSize },
}
pub fn sample(source: &Source, count: usize, spacing_m: f64, _seed: u64) -> Result<Formation, FormationError> {
    let too_many =
        |fits| FormationError::TooMany { asked: count, spacing_m, fits, size: "radius_m", size_needed_m: Some(99.0) };
    let p = |position_m, u: f64, v: f64| SourcePoint { position_m, colour: None, u, v, group: 0 };
    let n = count as f64;
    let points = match source {
        Source::Grid { columns, rows, .. } => {
            if (columns * rows) as usize != count {
                return Err(too_many((columns * rows) as usize));
            }
            (0..count)
                .map(|k| {
                    p(
                        DVec3::new(
                            (k as u32 % columns) as f64 * spacing_m,
                            0.0,
                            (k as u32 / columns) as f64 * spacing_m,
                        ),
                        k as f64 / n,
                        0.0,
                    )
                })
                .collect()
        }
        Source::Line { length_m } => {
            let fits = (length_m / spacing_m) as usize + 1;
            if fits < count {
                return Err(too_many(fits));
            }
            (0..count)
                .map(|k| p(DVec3::new((k as f64 / (n - 1.0).max(1.0) - 0.5) * length_m, 0.0, 0.0), k as f64 / n, 0.0))
                .collect()
        }
        Source::Circle { radius_m } => {
            let fits = (std::f64::consts::TAU * radius_m * 0.9 / spacing_m) as usize;
            if fits < count {
                return Err(too_many(fits));
            }
            (0..count)
                .map(|k| {
                    let (s, c) = math::sin_cos(k as f64 / n * std::f64::consts::TAU);
                    p(DVec3::new(c * radius_m, 0.0, s * radius_m), k as f64 / n, 0.0)
                })
                .collect()
        }
        _ => return Err(FormationError::EmptyPicture { why: "stand-in" }),
    };
    Ok(Formation { points, spacing_m })
}
pub fn built_in_font(_name: &str) -> Option<&'static [u8]> {
    None
}
pub fn parse_points_csv(_bytes: &[u8]) -> Result<Vec<ListedPoint>, FormationError> {
    Err(FormationError::EmptyPicture { why: "stand-in" })
}

//! Sources and oracles shared by the formation tests.

#![allow(dead_code, reason = "every test file uses a part of it")]

use kapok_design::formation::{ListedPoint, PictureSize, Source, SourcePoint, TextStyle, built_in_font};
use kapok_show::DVec3;

/// Least distance by looking at every pair.
pub fn least_distance(points: &[SourcePoint]) -> f64 {
    let mut least = f64::INFINITY;
    for (i, a) in points.iter().enumerate() {
        for b in &points[..i] {
            least = least.min(a.position_m.distance(b.position_m));
        }
    }
    least
}

pub fn text(text: &str, height_m: f64) -> Source {
    styled(text, "latin", height_m, TextStyle::Fill)
}

pub fn styled(text: &str, font: &str, height_m: f64, style: TextStyle) -> Source {
    Source::Text { text: text.to_owned(), font: built_in_font(font).expect("a built-in font").into(), height_m, style }
}

/// Shapes in a page of 10 by 10 units.
pub fn svg(shapes: &str, height_m: f64) -> Source {
    let file = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'>{shapes}</svg>");
    Source::Svg { bytes: file.into_bytes().into(), size: PictureSize::HeightM(height_m) }
}

/// One of every kind, about 20 m large, each with room for 40 points.
pub fn small_sources() -> Vec<(&'static str, Source)> {
    let listed = |k: i32| ListedPoint {
        position_m: DVec3::new(f64::from(k % 50), f64::from(k / 50 % 7), f64::from(k / 350)) * 1.1,
        colour: None,
    };
    vec![
        ("grid", Source::Grid { columns: 9, rows: 7, layers: 2, pitch_m: Some(4.0), upright: true }),
        ("line", Source::Line { length_m: 40.0 }),
        ("circle", Source::Circle { radius_m: 10.0 }),
        ("sphere", Source::Sphere { radius_m: 10.0 }),
        ("helix", Source::Helix { radius_m: 8.0, height_m: 20.0, turns: 2.5, strands: 3 }),
        ("cylinder", Source::Cylinder { radius_m: 8.0, height_m: 20.0 }),
        (
            "hyperboloid",
            Source::Hyperboloid {
                base_radius_m: 12.0,
                waist_radius_m: 6.0,
                top_radius_m: 9.0,
                height_m: 30.0,
                strands: 0,
                rings: 3,
            },
        ),
        ("blossom", Source::Blossom { petals: 5, radius_m: 15.0, height_m: 12.0, tilt_rad: 0.5 }),
        ("points", Source::Points { points: (0..2_100).map(listed).collect() }),
        ("text", text("07", 20.0)),
        ("outlined text", styled("0", "latin", 20.0, TextStyle::Outline)),
        ("strokes", styled("R8", "latin", 20.0, TextStyle::Stroke)),
        ("Chinese strokes", styled("福", "han", 25.0, TextStyle::Stroke)),
        ("Chinese", styled("福", "han", 25.0, TextStyle::Both)),
        (
            "svg",
            svg(
                "<circle cx='5' cy='5' r='4' fill='#f80'/><path d='M1 1L9 9' stroke='#0cf' stroke-width='.3'/>\
                 <rect x='4' y='4' width='2' height='1' fill='#000'/><circle cx='7' cy='4' r='.3' fill='#fff'/>",
                24.0,
            ),
        ),
    ]
}

/// Value of the measure that an error speaks of.
pub fn size_m(source: &Source, size: &str) -> f64 {
    match source {
        Source::Line { length_m } if size == "length_m" => *length_m,
        Source::Circle { radius_m } | Source::Sphere { radius_m } | Source::Blossom { radius_m, .. }
            if size == "radius_m" =>
        {
            *radius_m
        }
        Source::Helix { height_m, .. }
        | Source::Cylinder { height_m, .. }
        | Source::Hyperboloid { height_m, .. }
        | Source::Text { height_m, .. }
        | Source::Svg { size: PictureSize::HeightM(height_m), .. }
            if size == "height_m" =>
        {
            *height_m
        }
        Source::Points { points } => {
            let side = |of: fn(&ListedPoint) -> f64| {
                let values = || points.iter().map(of);
                values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
            };
            side(|p| p.position_m.x).max(side(|p| p.position_m.y)).max(side(|p| p.position_m.z))
        }
        _ => panic!("{size} of {source:?}"),
    }
}

//! Points of pictures lie where the picture shines, cover all of it, and carry its colours.

#![allow(clippy::float_cmp, reason = "the values are exact")]

use crate::formation_support;

use formation_support::{styled, svg, text};
use kapok_design::formation::{Formation, PictureSize, Source, TextStyle, sample, spread_picture};
use kapok_show::{DVec2, Rgb};

fn flat(formation: &Formation) -> Vec<DVec2> {
    formation.points.iter().map(|p| DVec2::new(p.position_m.x, p.position_m.z)).collect()
}

/// Largest distance of any place of a fine grid that `shines` to its nearest point.
fn largest_hole(points: &[DVec2], half: DVec2, shines: impl Fn(DVec2) -> bool) -> f64 {
    let mut hole: f64 = 0.0;
    for i in 0..=200 {
        for j in 0..=200 {
            let p = DVec2::new(f64::from(i) / 100.0 - 1.0, f64::from(j) / 100.0 - 1.0) * half;
            if shines(p) {
                hole = hole.max(points.iter().map(|q| q.distance(p)).fold(f64::INFINITY, f64::min));
            }
        }
    }
    hole
}

#[test]
fn a_ring_is_covered_and_nothing_else() {
    let ring = svg(
        "<path fill-rule='evenodd' d='M5 0A5 5 0 0 1 5 10A5 5 0 0 1 5 0ZM5 3A2 2 0 0 1 5 7A2 2 0 0 1 5 3Z' fill='#0f0'/>",
        60.0,
    );
    let shines = |p: DVec2| (12.0..=30.0).contains(&p.length());
    for count in [30, 120, 500] {
        let formation = sample(&ring, count, 0.5, 9).unwrap();
        let points = flat(&formation);
        // Chords of the circles are a little inside of them.
        assert!(points.iter().all(|p| (11.95..=30.05).contains(&p.length())), "{count}");
        let area_m2 = std::f64::consts::PI * (900.0 - 144.0);
        let mean_m = (area_m2 / f64::from(count as u32)).sqrt();
        let hole = largest_hole(&points, DVec2::splat(30.0), shines);
        assert!(hole < 1.05 * mean_m, "{count}: a hole of {hole} at a mean distance of {mean_m}");
        assert!(formation.spacing_m > 0.6 * mean_m, "{count}: {} of {mean_m}", formation.spacing_m);
    }
}

#[test]
fn edges_are_lined_and_corners_are_taken() {
    let square = svg("<path d='M0 0H10V10H0Z' fill='#fff'/>", 50.0);
    let points = flat(&sample(&square, 300, 1.0, 2).unwrap());
    for corner in [DVec2::new(25.0, 25.0), DVec2::new(-25.0, 25.0), DVec2::new(25.0, -25.0), DVec2::new(-25.0, -25.0)] {
        let nearest = points.iter().map(|p| p.distance(corner)).fold(f64::INFINITY, f64::min);
        assert!(nearest < 0.6, "the nearest point to {corner} is {nearest} m off");
    }
    // Each side has a row of points on it, evenly spaced.
    let mut side: Vec<f64> = points.iter().filter(|p| p.x > 24.5).map(|p| p.y).collect();
    side.sort_by(f64::total_cmp);
    let gaps: Vec<f64> = side.windows(2).map(|w| w[1] - w[0]).collect();
    let (least, most) = gaps.iter().fold((f64::MAX, f64::MIN), |(a, b), g| (a.min(*g), b.max(*g)));
    assert!(side.len() >= 14 && most < 2.0 * least, "{} points, gaps {least} to {most}", side.len());
}

#[test]
fn a_thin_stroke_gets_one_row_along_its_middle() {
    let line = svg("<path d='M1 9L9 1' stroke='#f00' stroke-width='0.3'/>", 40.0);
    let formation = sample(&line, 20, 1.0, 3).unwrap();
    let scale = formation.points.iter().map(|p| p.position_m.x).fold(f64::MIN, f64::max);
    for p in flat(&formation) {
        assert!((p.x - p.y).abs() / 2.0_f64.sqrt() < 0.1, "{p} is off the middle line");
    }
    let mut along: Vec<f64> = flat(&formation).iter().map(|p| p.x * 2.0_f64.sqrt()).collect();
    along.sort_by(f64::total_cmp);
    let gaps: Vec<f64> = along.windows(2).map(|w| w[1] - w[0]).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    assert!(gaps.iter().all(|g| (0.75 * mean..1.3 * mean).contains(g)), "{gaps:?}");
    assert!(scale > 17.0, "the row does not reach the ends: {scale}");
}

#[test]
fn upper_paint_hides_lower_and_small_parts_get_a_point() {
    let face = svg(
        "<circle cx='5' cy='5' r='5' fill='#ffff00'/><circle cx='7' cy='4' r='.35' fill='#0000ff'/>\
         <rect x='2' y='6' width='6' height='2' fill='#ff0000'/><rect x='4' y='2' width='1' height='2' fill='#000000'/>",
        50.0,
    );
    let formation = sample(&face, 220, 1.0, 7).unwrap();
    let page = |p: DVec2| DVec2::new(p.x + 25.0, 25.0 - p.y) / 5.0;
    for point in &formation.points {
        let q = page(DVec2::new(point.position_m.x, point.position_m.z));
        let inside = |x0, y0, x1, y1| (x0..=x1).contains(&q.x) && (y0..=y1).contains(&q.y);
        assert!(q.distance(DVec2::splat(5.0)) < 5.01);
        assert!(!inside(4.001, 2.001, 4.999, 3.999), "dark paint does not shine: {q}");
        let expected = if inside(2.0, 6.0, 8.0, 8.0) {
            Rgb::new(255, 0, 0)
        } else if q.distance(DVec2::new(7.0, 4.0)) < 0.35 {
            Rgb::new(0, 0, 255)
        } else {
            Rgb::new(255, 255, 0)
        };
        assert_eq!(point.colour, Some(expected), "{q}");
    }
    let count = |colour| formation.points.iter().filter(|p| p.colour == Some(colour)).count();
    assert_eq!(count(Rgb::new(0, 0, 255)), 1, "the eye");
    assert!((24..=44).contains(&count(Rgb::new(255, 0, 0))), "{}", count(Rgb::new(255, 0, 0)));
}

#[test]
fn gradients_opacity_clips_and_groups_are_seen() {
    let art = svg(
        "<defs><linearGradient id='g'><stop offset='0' stop-color='#f00'/><stop offset='1' stop-color='#00f'/>\
         </linearGradient><clipPath id='c'><rect x='0' y='5' width='10' height='5'/></clipPath></defs>\
         <g clip-path='url(#c)'><rect width='10' height='10' fill='url(#g)'/></g>\
         <rect x='0' y='0' width='10' height='4' fill='#fff' opacity='.5'/>",
        40.0,
    );
    let formation = sample(&art, 200, 0.5, 1).unwrap();
    for p in &formation.points {
        let y = 5.0 - p.position_m.z / 4.0;
        let colour = p.colour.unwrap();
        if p.group == 0 {
            assert!(y > 4.99, "clipped away: {y}");
            let share = p.position_m.x / 40.0 + 0.5;
            assert!((f64::from(colour.b) - 255.0 * share).abs() < 3.0, "{colour:?} at {share}");
        } else {
            assert!(y < 4.01 && colour == Rgb::new(128, 128, 128), "{colour:?} at {y}");
        }
    }
}

#[test]
fn black_art_alone_is_a_silhouette() {
    let formation = sample(&svg("<path d='M0 0H10V10Z'/>", 20.0), 40, 0.5, 1).unwrap();
    assert!(formation.points.iter().all(|p| p.colour.is_none()));
}

#[test]
fn pictures_are_upright_centred_and_read_from_the_front() {
    let formation = sample(&text("1L", 30.0), 160, 0.8, 1).unwrap();
    let (mut low, mut high) = (f64::MAX, f64::MIN);
    for p in &formation.points {
        assert_eq!(p.position_m.y, 0.0);
        (low, high) = (low.min(p.position_m.z), high.max(p.position_m.z));
        assert_eq!(p.group, u32::from(p.position_m.x > 0.0), "the first letter is on the left");
        assert!((p.v - (p.position_m.z / 30.0 + 0.5)).abs() < 1e-6);
    }
    assert!((-15.0..-14.5).contains(&low) && (14.5..=15.0).contains(&high), "{low} to {high}");
    // The foot of an L is at the bottom right.
    let right = formation.points.iter().max_by(|a, b| a.position_m.x.total_cmp(&b.position_m.x)).unwrap();
    assert!(right.position_m.z < -8.0);
}

#[test]
fn both_styles_line_the_edges_more_densely() {
    let at_edge = |style| {
        let points = flat(&sample(&styled("I", "latin", 40.0, style), 80, 0.5, 1).unwrap());
        let side = points.iter().map(|p| p.x).fold(f64::MIN, f64::max);
        points.iter().filter(|p| p.x.abs() > side - 0.4 || p.y.abs() > 19.4).count()
    };
    let (both, fill) = (at_edge(TextStyle::Both), at_edge(TextStyle::Fill));
    assert!(both > fill + 4, "{both} and {fill}");
    assert_eq!(at_edge(TextStyle::Outline), 80);
}

#[test]
fn lines_stand_below_each_other() {
    let one = sample(&text("H\nH", 50.0), 200, 0.5, 1).unwrap();
    let gap = one.points.iter().filter(|p| p.position_m.z.abs() < 1.5).count();
    assert_eq!(gap, 0, "there is night between the lines");
    assert!(one.points.iter().any(|p| p.group == 1 && p.position_m.z < 0.0));
}

#[test]
fn chinese_is_shaped_and_covers_its_box() {
    let formation = sample(&styled("春福", "han", 60.0, TextStyle::Fill), 700, 1.0, 4).unwrap();
    for corner in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        assert!(formation.points.iter().any(|p| p.position_m.x * corner.0 > 35.0 && p.position_m.z * corner.1 > 20.0));
    }
}

#[test]
fn the_rooster_of_the_demo_stands_within_its_field() {
    let bytes = include_bytes!("../../../shows/art/rooster.svg");
    let rooster = Source::Svg { bytes: bytes[..].into(), size: PictureSize::HeightM(105.0) };
    let formation = sample(&rooster, 900, 2.2, 2017).unwrap();
    assert!(formation.spacing_m >= 2.2);
    let width_m = 2.0 * formation.points.iter().map(|p| p.position_m.x.abs()).fold(0.0, f64::max);
    assert!((135.0..150.0).contains(&width_m), "{width_m}");
    let colours: std::collections::BTreeSet<_> = formation.points.iter().filter_map(|p| p.colour).collect();
    assert!(colours.len() > 10 && !colours.contains(&Rgb::BLACK));
    assert_eq!(formation.points.iter().filter(|p| p.colour == Some(Rgb::WHITE)).count(), 1, "one eye");
}

#[test]
fn the_same_seed_gives_the_same_points_on_any_number_of_threads() {
    let sources: Vec<Source> = formation_support::small_sources().into_iter().map(|s| s.1).collect();
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sources.iter().map(|s| sample(s, 90, 0.4, seed).unwrap()).collect::<Vec<_>>())
    };
    let once = run(1, 5);
    assert_eq!(once, run(1, 5));
    assert_eq!(once, run(4, 5));
    assert_ne!(once, run(1, 6));
}

/// Without a spacing to keep: exactly the count, on the picture, and well apart also where strokes are too thin to relax in.
#[test]
fn a_picture_without_a_spacing_is_spread_wide() {
    let ring = svg("<circle cx='5' cy='5' r='4.95' fill='none' stroke='#f00' stroke-width='0.1'/>", 40.0);
    for count in [1, 2, 20, 300] {
        let formation = spread_picture(&ring, count, 1).unwrap();
        assert_eq!(formation.points.len(), count);
        assert!(flat(&formation).iter().all(|p| (19.6..=20.0).contains(&p.length())), "on the stroke");
        let chord_m = 2.0 * 19.8 * kapok_show::math::sin(std::f64::consts::PI / count as f64);
        assert!(count == 1 || formation.spacing_m > 0.6 * chord_m, "{count}: {} of {chord_m} m", formation.spacing_m);
        assert_eq!(formation, spread_picture(&ring, count, 1).unwrap());
    }
    assert!(spread_picture(&Source::Circle { radius_m: 9.0 }, 5, 1).is_err(), "no picture");
    assert!(spread_picture(&ring, 0, 1).is_err());
}

//! Text as single strokes: one row of points, evenly spaced, read with few of them.

use kapok_design::formation::{READABLE, Source, SourcePoint, TextStyle, readability, sample, spread_picture};
use kapok_show::DVec3;

use crate::formation_support::{least_distance, styled};

fn stroke(text: &str) -> Source {
    let font = if text.is_ascii() { "latin" } else { "han" };
    styled(text, font, 40.0, TextStyle::Stroke)
}

/// Distance of each point to its nearest neighbour, ascending.
fn nearest_distances(points: &[SourcePoint]) -> Vec<f64> {
    let nearest = |k: usize| {
        let others = points.iter().enumerate().filter(|(j, _)| *j != k);
        others.map(|(_, p)| p.position_m.distance(points[k].position_m)).fold(f64::INFINITY, f64::min)
    };
    let mut all: Vec<f64> = (0..points.len()).map(nearest).collect();
    all.sort_by(f64::total_cmp);
    all
}

const LATIN: [&str; 10] =
    ["KAPOK", "LOVE", "DRONE", "CANTON", "SUMMER", "HELLO", "NIGHT", "Welcome", "Happy 2027", "Guangzhou"];
const HAN: [&str; 7] = ["福", "广州塔", "龙", "你好", "春节快乐", "生日快乐", "平安"];

#[test]
fn twenty_vehicles_a_latin_letter_and_fifty_a_han_character_are_read() {
    for (words, each) in [(&LATIN[..], 20), (&HAN[..], 50)] {
        for word in words {
            let count = each * word.chars().filter(|c| !c.is_whitespace()).count();
            let source = stroke(word);
            let points = spread_picture(&source, count, 1).unwrap().points;
            let score = readability(&source, &points).unwrap();
            assert!(score >= READABLE, "{word}: {score}");
        }
    }
}

#[test]
fn other_dots_are_not_read_as_strokes() {
    let love = stroke("LOVE");
    let dots = spread_picture(&love, 80, 1).unwrap().points;
    let right = readability(&love, &dots).unwrap();
    let moved = |change: fn(DVec3) -> DVec3| {
        let mut dots = dots.clone();
        for dot in &mut dots {
            dot.position_m = change(dot.position_m);
        }
        readability(&love, &dots).unwrap()
    };
    let other = readability(&love, &spread_picture(&stroke("MOVE"), 80, 1).unwrap().points).unwrap();
    let wrongs = [moved(|p| DVec3::new(-p.x, p.y, p.z)), moved(|p| p + 6.0 * DVec3::X), other];
    for wrong in wrongs {
        assert!(wrong < 0.75 * right && wrong < READABLE, "{wrongs:?} {right}");
    }
}

#[test]
fn steps_along_the_strokes_are_even() {
    for (words, each) in [(&LATIN[..], 20), (&HAN[..], 50)] {
        for word in words {
            let count = each * word.chars().filter(|c| !c.is_whitespace()).count();
            let points = spread_picture(&stroke(word), count, 1).unwrap().points;
            let distances = nearest_distances(&points);
            let typical = distances[count / 2];
            let share = |low: f64, high: f64| {
                distances.iter().filter(|d| (low * typical..=high * typical).contains(*d)).count() as f64 / count as f64
            };
            assert!(share(0.75, 1.35) > 0.85, "{word}: {:.2} of {count}", share(0.75, 1.35));
            assert!(distances[0] > 0.25 * typical && distances[count - 1] < 1.8 * typical, "{word}: {distances:?}");
        }
    }
}

#[test]
fn what_fits_keeps_its_spacing_and_one_row_needs_less_than_a_fill() {
    let fits = |style: TextStyle, spacing_m: f64| {
        let source = styled("KAPOK", "latin", 40.0, style);
        match sample(&source, 5_000, spacing_m, 1) {
            Err(kapok_design::formation::FormationError::TooMany { fits, .. }) => {
                let points = sample(&source, fits, spacing_m, 1).unwrap().points;
                assert_eq!(points.len(), fits);
                assert!(least_distance(&points) >= spacing_m);
                fits
            }
            other => panic!("{other:?}"),
        }
    };
    let (row, area) = (fits(TextStyle::Stroke, 2.0), fits(TextStyle::Fill, 2.0));
    assert!(row > 200 && 2 * row < 3 * area, "{row} in rows, {area} in areas");
}

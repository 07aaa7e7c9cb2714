//! Text that is hard to read is warned of, with a count of vehicles that would do.

use std::collections::BTreeMap;

use kapok_design::formation::{
    MOST_TRIED, READABLE, Source, TextStyle, built_in_font, readability, readable_count, spread_picture,
};
use kapok_design::load;
use kapok_show::{DVec3, Storyboard};

use crate::listener::Listener;

/// A scene with a word, and one with a ring.
fn word(text: &str, count: usize) -> (Storyboard, Vec<String>) {
    let script = format!(
        r#"title = "Test"
site = {{ origin = {{ latitude_deg = 23.1, longitude_deg = 113.3, amsl_m = 8 }}, heading_deg = 180 }}
fleet = {{ count = {count} }}
limits = {{ max_altitude_m = 400 }}

[[scene]]
name = "Word"
hold_s = 4
[[scene.formation]]
source = {{ kind = "text", text = "{text}", height_m = 120 }}
place = {{ centre_m = [0, 60, 200] }}

[[scene]]
name = "Ring"
hold_s = 4
[[scene.formation]]
source = {{ kind = "circle", radius_m = 150 }}
place = {{ centre_m = [0, 60, 200] }}
"#
    );
    let heard = Listener::default();
    let assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let storyboard = load(&script, "t.toml", &assets, &heard).unwrap_or_else(|d| panic!("{d}"));
    (storyboard, heard.warnings())
}

fn text(text: &str) -> Source {
    let font = built_in_font("latin").unwrap().into();
    Source::Text { text: text.into(), font, height_m: 40.0, style: TextStyle::Fill }
}

#[test]
fn what_the_warning_names_would_do() {
    let (storyboard, warnings) = word("KAPOK", 80);
    let score = storyboard.scenes[0].readability.unwrap();
    assert!(score < READABLE && storyboard.scenes[1].readability.is_none(), "{score}");
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(
        warning.starts_with("t.toml:10:") && warning.contains("\"KAPOK\" is hard to read with 80 vehicles"),
        "{warning}"
    );
    assert!(warning.contains(&format!("{score:.2} of 1")), "{warning}");
    let count = warning.split("; ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let (storyboard, warnings) = word("KAPOK", count);
    assert_eq!(warnings, [""; 0], "{count} were said to do");
    assert!(storyboard.scenes[0].readability.unwrap() >= READABLE);
}

#[test]
fn single_strokes_are_named_where_they_would_be_read() {
    let (_, warnings) = word("KAPOK", 100);
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    let (_, strokes) = warning.split_once("style = \"stroke\", one row a stroke, would be read with these (").unwrap();
    let named: f64 = strokes.split(')').next().unwrap().parse().unwrap();
    let source = Source::Text {
        text: "KAPOK".into(),
        font: built_in_font("latin").unwrap().into(),
        height_m: 120.0,
        style: TextStyle::Stroke,
    };
    let score = readability(&source, &spread_picture(&source, 100, 1).unwrap().points).unwrap();
    assert!(named >= READABLE && (score - named).abs() < 0.02, "{named} {score}");
    let (_, warnings) = word("KAPOK", 40);
    assert!(warnings[0].contains("is hard to read") && !warnings[0].contains("stroke"), "{warnings:?}");
}

#[test]
fn dots_that_show_something_else_are_not_read() {
    let (love, dots) = (text("LOVE"), spread_picture(&text("LOVE"), 300, 1).unwrap().points);
    let right = readability(&love, &dots).unwrap();
    assert!(right > READABLE, "{right}");
    // The same dots mirrored, moved by a stroke, and those of another word.
    let changed = |change: fn(DVec3) -> DVec3| {
        let mut dots = dots.clone();
        for dot in &mut dots {
            dot.position_m = change(dot.position_m);
        }
        readability(&love, &dots).unwrap()
    };
    let (mirrored, moved) = (changed(|p| DVec3::new(-p.x, p.y, p.z)), changed(|p| p + 8.0 * DVec3::X));
    let other = readability(&love, &spread_picture(&text("MOVE"), 300, 1).unwrap().points).unwrap();
    for wrong in [mirrored, moved, other] {
        assert!(wrong < 0.75 * right, "{mirrored} {moved} {other} {right}");
    }
    // Where they stand in space does not count, nor does their depth.
    assert!((changed(|p| p + 3.0 * DVec3::Y) - right).abs() < 1e-12);
    assert!(readability(&Source::Circle { radius_m: 3.0 }, &dots).is_err(), "no picture");
}

#[test]
fn the_search_for_a_count_ends() {
    let count = readable_count(&text("KAPOK"), 100, 1).unwrap().unwrap();
    assert!((100..=MOST_TRIED).contains(&count));
    assert_eq!(readable_count(&text("KAPOK"), MOST_TRIED + 1, 1).unwrap(), None);
}

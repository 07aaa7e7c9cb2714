//! Pictures with a name: the same dots in several scenes, each time with a place and lights of its own.

use std::collections::BTreeMap;

use kapok_design::{AssetFolder, load};
use kapok_show::{DVec3, Silent, Storyboard};

const HEAD: &str = r#"
title = "Test"
site = { origin = { latitude_deg = 23.1, longitude_deg = 113.3, amsl_m = 8 }, heading_deg = 180 }
fleet = { count = 40 }
limits = { max_altitude_m = 150 }
"#;

fn loaded(text: &str) -> Storyboard {
    let assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    load(text, "show.toml", &assets, &Silent).unwrap_or_else(|d| panic!("{d}"))
}

/// Lit places of a scene, and colours at the start of the hold.
fn lit(storyboard: &Storyboard, scene: usize) -> Vec<DVec3> {
    let points = &storyboard.scenes[scene].points;
    points.iter().filter(|p| !p.lights.keys().is_empty()).map(|p| p.position_m).collect()
}

#[test]
fn a_picture_has_the_same_dots_wherever_it_is_shown() {
    let script = format!(
        r#"{HEAD}
[[picture]]
name = "word"
source = {{ kind = "text", text = "A", height_m = 30 }}
count = 30
spacing_m = 2.5

[[scene]]
name = "First"
hold_s = 4
[[scene.formation]]
source = {{ kind = "picture", name = "word" }}
place = {{ centre_m = [0, 60, 60] }}

[[scene]]
name = "Second"
hold_s = 4
[[scene.formation]]
source = {{ kind = "picture", name = "word" }}
place = {{ centre_m = [10, 70, 80] }}
lights = {{ colour = "red" }}

[[scene]]
name = "Third"
hold_s = 4
[[scene.formation]]
source = {{ kind = "picture", name = "word" }}
count = 34
place = {{ centre_m = [0, 60, 60] }}
"#
    );
    let storyboard = loaded(&script);
    let (first, second) = (lit(&storyboard, 0), lit(&storyboard, 1));
    assert_eq!(
        (first.len(), second.len(), lit(&storyboard, 2).len()),
        (30, 30, 34),
        "the formation's count goes first"
    );
    for (a, b) in first.iter().zip(&second) {
        assert!((*a + DVec3::new(10.0, 10.0, 20.0)).distance(*b) < 2e-3, "{a} {b}");
    }
    let colour = |scene: usize| storyboard.scenes[scene].points[0].lights.keys()[0].colour;
    assert_ne!(colour(0), colour(1), "lights are those of the formation");
    // The name of the scene, which seeds sources of their own, changes nothing.
    let renamed = loaded(&script.replace("name = \"First\"", "name = \"Other\""));
    assert_eq!(lit(&renamed, 0), first);
}

#[test]
fn a_script_reads_from_folders_that_it_lists() {
    let folder = AssetFolder::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    let script = |list: &str| {
        format!(
            r#"{list}{HEAD}
[[scene]]
name = "Frame"
hold_s = 4
[[scene.formation]]
source = {{ kind = "points", file = "../script_bad/frames/a.csv" }}
count = 3
place = {{ centre_m = [0, 60, 60] }}
"#
        )
    };
    let errors = load(&script(""), "show.toml", &folder, &Silent).unwrap_err();
    let [error] = errors.items() else { panic!("{errors}") };
    assert!(error.message.contains("leads out of the script's folder"), "{errors}");
    assert!(error.help.as_ref().is_some_and(|help| help.contains("asset_folders")), "{errors}");
    for other in ["asset_folders = [\"../data\"]\n", "asset_folders = [\"/\", \".\"]\n"] {
        assert!(load(&script(other), "show.toml", &folder, &Silent).is_err(), "{other}");
    }
    let listed = load(&script("asset_folders = [\"../script_bad\"]\n"), "show.toml", &folder, &Silent).unwrap();
    assert_eq!(lit(&listed, 0).len(), 3);
}

//! A picture that an audience's eye does not take in is warned of, with a width and a distance that would do.

use std::collections::BTreeMap;

use kapok_design::load;
use kapok_show::Storyboard;

use crate::listener::Listener;

/// A row of 11 vehicles, `width_m` wide, at `x_m` across and 100 m ahead of an eye that looks straight ahead.
fn row(width_m: f64, x_m: f64, ahead_m: f64, fov: &str) -> (Storyboard, Vec<String>) {
    let script = format!(
        "title = \"T\"\nsite = {{ origin = {{ latitude_deg = 0, longitude_deg = 0, amsl_m = 0 }}, heading_deg = 0 }}\n\
         fleet = {{ count = 11 }}\n\
         [[environment.audience]]\nname = \"Lawn\"\npolygon_m = [[-5, -110], [5, -110], [5, -90], [-5, -90]]\n\
         eye_m = [0, -100, 2]\nlook_at_m = [0, 0, 40]\n{fov}\n\
         [[scene]]\nname = \"Row\"\nhold_s = 5\n[[scene.formation]]\n\
         source = {{ kind = \"line\", length_m = {width_m} }}\nplace = {{ centre_m = [{x_m}, {}, 40] }}\n",
        ahead_m - 100.0
    );
    let heard = Listener::default();
    let assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let storyboard = load(&script, "t.toml", &assets, &heard).unwrap_or_else(|d| panic!("{d}"));
    (storyboard, heard.warnings())
}

/// What is said of a row, once.
fn said(width_m: f64, x_m: f64, ahead_m: f64, fov: &str) -> String {
    let (_, warnings) = row(width_m, x_m, ahead_m, fov);
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    warning.clone()
}

#[test]
fn a_picture_wider_than_the_eye_takes_in_is_warned_of_with_what_would_do() {
    // 2 · 100 · tan 30° = 115.47 m.
    assert_eq!(row(115.0, 0.0, 100.0, "").1, [""; 0]);
    let warning = said(140.0, 0.0, 100.0, "");
    assert!(warning.contains("from \"Lawn\" this picture is 70 degrees wide, its eye takes in 60"), "{warning}");
    assert!(warning.contains("at most 115 m wide here, or 22 m farther away, would do"), "{warning}");
    // And it would: at the stated figures nothing is said.
    assert_eq!(row(140.0, 0.0, 122.0, "").1, [""; 0]);
    assert!(warning.contains("t.toml:15"), "at the place of the formation: {warning}");
}

#[test]
fn a_stated_field_of_view_counts_in_place_of_the_eyes_own() {
    assert_eq!(row(140.0, 0.0, 100.0, "fov_deg = 75").1, [""; 0]);
    let warning = said(100.0, 0.0, 100.0, "fov_deg = 40");
    assert!(
        warning.contains("53 degrees wide, its eye takes in 40: at most 72 m wide here, or 38 m farther away"),
        "{warning}"
    );
    let (storyboard, _) = row(50.0, 0.0, 100.0, "fov_deg = 75");
    assert_eq!(storyboard.environment.audiences[0].fov_deg, Some(75.0));
}

#[test]
fn a_picture_beside_a_stated_field_of_view_is_warned_of_with_its_side() {
    // Its right end is at atan(60 / 100) = 30.96 degrees, the field ends at 25.
    let warning = said(40.0, 40.0, 100.0, "fov_deg = 50");
    assert!(warning.contains("reaches 6 degrees out of what the eye of \"Lawn\" takes in, on the right"), "{warning}");
    let warning = said(40.0, -40.0, 100.0, "fov_deg = 50");
    assert!(warning.contains("on the left"), "{warning}");
    // Without a stated field the camera turns to it.
    assert_eq!(row(40.0, 40.0, 100.0, "").1, [""; 0]);
}

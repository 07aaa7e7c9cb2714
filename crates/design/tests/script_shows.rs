//! The scripts that come with Kapok load, and are what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kapok_design::{AssetFolder, load, starter_script};
use kapok_show::{DVec3, LandmarkShape, Silent, Storyboard};

fn shows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shows")
}

fn show(name: &str) -> Storyboard {
    let text = std::fs::read_to_string(shows().join(name)).expect("the script is there");
    load(&text, name, &AssetFolder::new(shows()), &Silent).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

/// Least distance of two places of a scene, by all pairs.
fn least_distance_m(places_m: &[DVec3]) -> f64 {
    let mut least_m = f64::INFINITY;
    for (i, p) in places_m.iter().enumerate() {
        for q in &places_m[..i] {
            least_m = least_m.min(p.distance(*q));
        }
    }
    least_m
}

/// Spacing at which straight transitions of a whole fleet keep the minimum separation: √2 times it.
fn assert_straight_transitions_are_safe(storyboard: &Storyboard) {
    let sure_m = 2f64.sqrt() * storyboard.limits.min_separation_m;
    assert!(least_distance_m(&storyboard.fleet.pads_m) >= sure_m, "pads");
    for scene in &storyboard.scenes {
        let places_m: Vec<DVec3> = scene.points.iter().map(|p| p.position_m).collect();
        let least_m = least_distance_m(&places_m);
        assert!(least_m >= sure_m, "{}: {least_m} m", scene.name);
    }
}

#[test]
fn the_starter_loads_without_any_file() {
    let assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let storyboard = load(starter_script(), "show.toml", &assets, &Silent).unwrap_or_else(|d| panic!("{d}"));
    assert_eq!(storyboard.fleet.pads_m.len(), 60);
    assert_eq!(storyboard.scenes.len(), 3);
    assert_straight_transitions_are_safe(&storyboard);
    let lit = storyboard.scenes[1].points.iter().filter(|p| !p.lights.keys().is_empty()).count();
    assert_eq!(lit, 34, "the others wait in the dark");
}

/// Its ten pictures of 22,580 take a minute to sample: it is planned and proved by a nightly test of the program.
const RECORD_FLEET: &str = "record-fleet.toml";

#[test]
fn every_script_of_the_folder_loads() {
    let mut names: Vec<String> = std::fs::read_dir(shows())
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "toml"))
        .collect();
    names.sort();
    assert!(names.iter().any(|name| name == RECORD_FLEET), "the record fleet's own test looks for it");
    for name in names.iter().filter(|name| *name != RECORD_FLEET) {
        show(name);
    }
}

#[test]
fn guangzhou_is_the_show_of_2017() {
    let storyboard = show("guangzhou-2017.toml");
    assert_eq!(storyboard.fleet.pads_m.len(), 1000);
    assert!((storyboard.limits.min_separation_m - 1.5).abs() < 1e-12);
    assert_straight_transitions_are_safe(&storyboard);
    let names: BTreeSet<&str> = storyboard.scenes.iter().map(|scene| scene.name.as_str()).collect();
    for name in ["2017", "1000", "Rooster", "福", "Waist of the tower", "Kapok blossom"] {
        assert!(names.contains(name), "{name}");
    }

    // The display: 280 by 180 m and 120 m high, vehicles in reserve included.
    let places = storyboard.scenes.iter().flat_map(|scene| &scene.points).map(|p| p.position_m);
    let (low, high) = places.fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
    let extent = high - low;
    assert!(extent.x <= 280.0 && extent.y <= 180.0 && high.z <= 120.0, "{low} to {high}");

    // The tower stands where it is, to the left of the display and behind it, as the audience sees it.
    let tower = &storyboard.environment.landmarks[0];
    let LandmarkShape::HyperboloidTower { base_radii_m, top_radii_m, twist_deg, body_height_m, .. } = tower.shape
    else {
        panic!("the first landmark is the tower");
    };
    assert!((tower.centre_m.length() - 873.5).abs() < 2.0, "742 m south and 461 m east: {}", tower.centre_m);
    assert!(tower.centre_m.x < low.x && tower.centre_m.y > high.y);
    assert_eq!(storyboard.environment.keep_outs.len(), 1);

    // Its columns leave the published waist (20.65 by 27.5 m about 280 m up) to a metre and the height to a few.
    for (base_m, top_m, waist_m) in [(base_radii_m.x, top_radii_m.x, 20.65), (base_radii_m.y, top_radii_m.y, 27.5)] {
        let turn = kapok_show::math::cos(twist_deg.to_radians());
        let radius_m = |s: f64| {
            ((base_m * (1.0 - s)).powi(2) + (top_m * s).powi(2) + 2.0 * base_m * top_m * s * (1.0 - s) * turn).sqrt()
        };
        let at = (0..=1000)
            .map(|k| f64::from(k) / 1000.0)
            .min_by(|a, b| radius_m(*a).total_cmp(&radius_m(*b)))
            .unwrap_or(0.0);
        assert!((2.0 * radius_m(at) - waist_m).abs() < 1.0, "{} m", 2.0 * radius_m(at));
        assert!((at * body_height_m - 280.0).abs() < 10.0, "{} m up", at * body_height_m);
    }

    // The light of the waist runs, though its points stand.
    let waist = storyboard.scenes.iter().find(|scene| scene.name == "Waist of the tower").expect("the scene");
    let changing = waist.points.iter().filter(|p| p.lights.sample(5000.0) != p.lights.sample(6000.0)).count();
    assert!(changing > 500, "{changing} of 1000 points change in a second");
}

#[test]
fn one_and_two_threads_give_the_same_storyboard() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| show("guangzhou-2017.toml"))
    };
    assert!(with(1) == with(2));
}

/// Indoors no wind blows unless the script says one.
#[test]
fn a_hall_has_no_wind() {
    let assets = AssetFolder::new(".");
    let wind_m_s = |spoil: &dyn Fn(String) -> String| {
        let text = spoil(starter_script().to_owned());
        let storyboard = load(&text, "show.toml", &assets, &Silent).unwrap_or_else(|d| panic!("{d}"));
        (storyboard.environment.indoor, storyboard.limits.max_wind_m_s)
    };
    let hall = |text: String| text.replace("# [environment]\n# indoor = true", "[environment]\nindoor = true");
    assert_eq!(wind_m_s(&|text| text), (false, 8.0));
    assert_eq!(wind_m_s(&hall), (true, 0.0));
    assert_eq!(wind_m_s(&|text| hall(text).replace("[limits]", "[limits]\nmax_wind_m_s = 1.5")), (true, 1.5));
}

//! Vehicle profiles: what ships is read, what is wrong is named with its place and its remedy.

use kapok_show::Diagnostic;
use kapok_sim::{Profile, ProfileDocument};
use proptest::prelude::*;

const KILO: &str = include_str!("../profiles/show-1kg.toml");

fn faults(text: &str) -> Vec<String> {
    let faults = Profile::read("mine.toml", text).unwrap_err();
    let told = |f: &Diagnostic| {
        format!("{}:{}:{}: {}; {}", f.file, f.line, f.column, f.message, f.help.as_deref().unwrap_or_default())
    };
    faults.items().iter().map(told).collect()
}

#[test]
fn what_ships_is_read_and_is_what_it_says() {
    let names: Vec<&str> = Profile::builtin_names().collect();
    assert_eq!(names, ["show-280g", "show-1kg", "indoor-30g"]);
    for (name, mass_kg, hover) in [("show-280g", 0.28, 0.47), ("show-1kg", 1.0, 0.29), ("indoor-30g", 0.03, 0.51)] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
        let text = std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap();
        let profile = Profile::read(name, &text).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(Profile::builtin(name).as_ref(), Some(&profile));
        assert_eq!((profile.name.as_str(), profile.airframe.mass_kg), (name, mass_kg));
        assert!((profile.airframe.hover_throttle() - hover).abs() < 0.01, "{}", profile.airframe.hover_throttle());
    }
    assert_eq!(Profile::builtin("show-2kg"), None);
    assert_eq!(Profile::nearest_by_mass(0.7).name, "show-1kg");
    assert_eq!(Profile::nearest_by_mass(0.4).name, "show-280g");
}

#[test]
fn faults_name_place_value_and_remedy() {
    let text = KILO.replace("mass_kg = { value = 1.0,", "mass_kg = { value = -1.0,");
    assert_eq!(faults(&text), ["mine.toml:6:21: body.mass_kg is -1; it must be a number from 0.005 to 100"]);
    let text = KILO.replace("mass_kg = { value = 1.0,", "mass_kg = { value = nan,");
    assert_eq!(faults(&text), ["mine.toml:6:21: body.mass_kg is NaN; it must be a number from 0.005 to 100"]);
    let text = KILO.replace("[0.035, 0.040]", "[0.035, 9.0]");
    assert!(faults(&text)[0].contains("rotors.lag_s[1] is 9; it must be"), "{:?}", faults(&text));
    let text = KILO.replace("source = \"RotorS hummingbird.xacro\" }\ntorque", "source = \" \" }\ntorque");
    assert!(faults(&text)[0].contains("rotors.thrust_n_s2 has no source; name a data sheet"), "{:?}", faults(&text));
    let text = KILO.replace("max_rad_s = { value = 995.0", "max_rad_s = { value = 400.0");
    assert!(faults(&text)[0].contains("the rotors lift 0.56 times the weight; raise"), "{:?}", faults(&text));
    let text = KILO.replace("[0.0072, 0.0072, 0.0142]", "[0.0072, 0.0072, 0.0150]");
    assert!(faults(&text)[0].contains("is that of no body; none of the three"), "{:?}", faults(&text));
}

#[test]
fn all_faults_are_named_at_once() {
    let text = KILO
        .replace("value = 1.0, source = \"EHang", "value = 1e9, source = \"EHang")
        .replace("tilt_deg = { value = 45.0", "tilt_deg = { value = 90.0");
    assert_eq!(faults(&text).len(), 2);
}

#[test]
fn what_is_no_profile_is_one_clear_fault() {
    for (text, expected) in [
        ("", "mine.toml:1:1: missing field `name`"),
        ("name = ", "mine.toml:1:8: "),
        ("name = 'x'\nwings = 2\n", "mine.toml:2:1: unknown field `wings`"),
        (&"#".repeat(100_000), "mine.toml:1:1: the file has 100000 bytes; at most 65536 are read"),
    ] {
        let found = faults(text);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?} for {expected}");
    }
    let text = KILO.replace("value = \"hold-altitude\"", "value = \"pray\"");
    assert!(
        faults(&text)[0].contains("unknown variant `pray`, expected `land` or `hold-altitude`"),
        "{:?}",
        faults(&text)
    );
}

#[test]
fn the_schema_names_every_table() {
    let schema = serde_json::to_string(&schemars::schema_for!(ProfileDocument)).unwrap();
    for key in ["mass_kg", "lag_s", "translational_lift_kg_m", "critical_v", "lost_position", "best", "source"] {
        assert!(schema.contains(&format!("\"{key}\"")), "{key}");
    }
}

proptest! {
    /// Whatever is done to a file, it is read or its faults are named; never a panic, never a figure that is not a number.
    #[test]
    fn damaged_profiles_are_read_or_refused(at in 0usize..6000, with in "[ -~\n\u{e9}\u{4e2d}]{0,12}", drop in 0usize..40) {
        let mut text: Vec<char> = KILO.chars().collect();
        let start = at.min(text.len());
        let end = (start + drop).min(text.len());
        text.splice(start..end, with.chars());
        let text: String = text.into_iter().collect();
        match Profile::read("mine.toml", &text) {
            Ok(profile) => prop_assert!(profile.airframe.mass_kg.is_finite() && profile.airframe.max_rotor_thrust_n() > 0.0),
            Err(faults) => {
                let faults = faults.items();
                prop_assert!(!faults.is_empty());
                let lines = text.lines().count().max(1) + 1;
                prop_assert!(faults.iter().all(|f| f.line >= 1 && f.line <= lines));
                prop_assert!(faults.iter().all(|f| f.help.as_ref().is_some_and(|help| !help.is_empty())));
            }
        }
    }
}

//! A folder of .skyb with its site file: what Kapok writes reads back, what others write is read or refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use kapok_format::skyb::{RthLayout, RthWriting, SkybOptions, write_skyb};
use kapok_format::{
    Decoded, Format, ReadBounds, ReadError, SITE_FILE_NAME, folder_sha256, read_skyb_folder, write_site_file,
};
use kapok_show::{DVec3, LightKey, LightProgram, LimitField, Limits, Rgb, Show, Trajectory, Vehicle, VehicleProfile};
use support::{rich_return_to_home, rich_show};

type Files = Vec<(String, Vec<u8>)>;

/// Two vehicles on the grid of millimetres and ticks, in the surroundings of the rich show.
fn show() -> Show {
    let vehicle = |name: &str, x_m: f64| {
        let mut t = Trajectory::starting_at(0, DVec3::new(x_m, 0.0, 0.0)).unwrap();
        t.push_hold(2000).unwrap();
        t.push(9000, &[DVec3::new(x_m, 1.5, 3.5), DVec3::new(x_m, 2.5, 6.5), DVec3::new(x_m, 4.0, 9.0)]).unwrap();
        let lights = vec![LightKey { t_ms: 1000, colour: Rgb::new(9, 8, 7), fade: false }];
        Vehicle::new(name, DVec3::new(x_m, 0.0, -0.125), t, LightProgram::from_keys(lights).unwrap())
    };
    let mut vehicles = vec![vehicle("10 east", 4.0), vehicle("9 west", -3.0)];
    vehicles[0].group = 7;
    Show { vehicles, audio: None, ..rich_show() }
}

fn written(show: &Show, rth: RthWriting) -> Files {
    let names: Vec<String> = show.vehicles.iter().map(|v| format!("{}.skyb", v.name)).collect();
    let layout = if let RthWriting::Layout(layout) = rth { Some(layout) } else { None };
    let options = SkybOptions { rth, ..SkybOptions::default() };
    let files = names.iter().zip(&show.vehicles).map(|(n, v)| (n.clone(), write_skyb(v, &options).unwrap().bytes));
    let site = (SITE_FILE_NAME.to_owned(), write_site_file(show, &names, layout).unwrap());
    files.chain([site]).collect()
}

fn read(files: &[(String, Vec<u8>)]) -> Result<Decoded, ReadError> {
    read_skyb_folder(files, None, &ReadBounds::default())
}

/// Both vehicles and a site file with this text.
fn with_site(site: &str) -> Files {
    let mut files = written(&show(), RthWriting::Refuse);
    files.pop();
    files.push((SITE_FILE_NAME.into(), site.as_bytes().to_vec()));
    files
}

#[test]
fn a_folder_that_kapok_wrote_is_the_show() {
    // Vehicles fly from it, so there is no place for the mark of a draft.
    let show = Show { draft: false, ..show() };
    let files = written(&show, RthWriting::Refuse);
    let decoded = read(&files).unwrap();
    assert_eq!(decoded.show, show);
    assert_eq!(decoded.format, Format::SkybFolder);
    assert_eq!(decoded.notes, Vec::<String>::new());
    assert_eq!(decoded.limits_from_file.from_file.len(), 13);
    assert_eq!(decoded.grid_m, Some(0.001));
    let mut turned = files.clone();
    turned.reverse();
    assert_eq!(read(&turned).unwrap(), decoded);
    assert_eq!(folder_sha256(&turned), folder_sha256(&files));
    turned[0].1.push(b' ');
    assert_ne!(folder_sha256(&turned), folder_sha256(&files));
    assert_eq!(written(&decoded.show, RthWriting::Refuse), files);
}

#[test]
fn return_to_home_come_back_in_the_layout_that_the_site_file_names() {
    let mut show = show();
    let mut plan = rich_return_to_home();
    plan.entries.truncate(2);
    show.vehicles[1].return_to_home = Some(plan);
    for layout in RthLayout::ALL {
        let files = written(&show, RthWriting::Layout(layout));
        let decoded = read(&files).unwrap();
        let plan = decoded.show.vehicles[1].return_to_home.clone().unwrap();
        assert_eq!(plan.landing_speed_m_s, 1.25, "{layout:?}: in the block or in the site file");
        assert_eq!(plan.entries[1].action, show.vehicles[1].return_to_home.as_ref().unwrap().entries[1].action);
        assert_eq!(written(&decoded.show, RthWriting::Layout(layout)), files, "{layout:?}");
        let other = if layout == RthLayout::Crate01 { RthLayout::Main2026 } else { RthLayout::Crate01 };
        let error = read_skyb_folder(&files, Some(other), &ReadBounds::default()).unwrap_err().to_string();
        assert!(error.contains("rth_layout") && error.contains(layout.name()), "{error}");
    }
}

#[test]
fn the_least_site_file_leaves_the_rest_to_defaults() {
    let site = r#"{"version":1,"site":{"origin":{"latitude_deg":23.1,"longitude_deg":113.3,"amsl_m":4},"heading_deg":12.5},
        "limits":{"min_separation_m":2.5}}"#;
    let decoded = read(&with_site(site)).unwrap();
    let names: Vec<&str> = decoded.show.vehicles.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["9 west", "10 east"], "the natural order of the names");
    assert_eq!(decoded.show.site.heading_deg, 12.5);
    assert_eq!(decoded.show.limits, Limits { min_separation_m: 2.5, ..Limits::default() });
    assert_eq!(decoded.limits_from_file.from_file, [LimitField::MinSeparation]);
    assert_eq!(decoded.show.profile, VehicleProfile::default());
    assert_eq!(decoded.show.vehicles[0].home_m, DVec3::new(-3.0, 0.0, 0.0));
    for text in ["pad is not stated", "max_jerk_m_s3"] {
        assert!(decoded.notes.iter().any(|n| n.contains(text)), "{text}: {:?}", decoded.notes);
    }
    let mut files = with_site(site);
    files.pop();
    files.push(("music.mp3".into(), vec![1, 2, 3]));
    let decoded = read(&files).unwrap();
    for text in ["no site.json", "1 files of the folder are neither"] {
        assert!(decoded.notes.iter().any(|n| n.contains(text)), "{text}: {:?}", decoded.notes);
    }
}

#[test]
fn a_site_file_that_makes_no_sense_is_refused() {
    let place = r#""version":1,"site":{"origin":{"latitude_deg":1,"longitude_deg":2,"amsl_m":3},"heading_deg":4}"#;
    let refused = |site: &str, words: &[&str]| {
        let error = read(&with_site(site)).unwrap_err().to_string();
        for word in words.iter().chain(&["site.json"]) {
            assert!(error.contains(word), "no \"{word}\" in: {error}");
        }
    };
    let more = |text: &str| format!("{{{place},{text}}}");
    refused("", &["EOF"]);
    refused("{}", &["version"]);
    refused(&"[".repeat(10_000), &["near"]);
    refused(r#"{"version":1}"#, &["site"]);
    refused(&more(r#""limts":{}"#), &["limts"]);
    refused(&more(r#""limits":{"min_seperation_m":2}"#), &["limits.min_seperation_m", "no member"]);
    refused(&more(r#""limits":{"min_separation_m":"2"}"#), &["limits", "wrong kind"]);
    // A limit of the caller may stand in for it, so that the file is read and the fault told.
    let illegal =
        read(&with_site(&more(r#""limits":{"min_separation_m":-2}"#))).unwrap().limits_from_file.illegal.unwrap();
    let error = illegal.error.to_string();
    assert!(error.contains("site.json") && error.contains("min_separation_m = -2"), "{error}");
    assert_eq!(illegal.field, "min_separation_m");
    refused(&more(r#""profile":{"mass":2}"#), &["profile.mass"]);
    refused(&more(r#""rth_layout":"newest""#), &["\"newest\"", "crate-0.1"]);
    refused(&more(r#""landing_speed_m_s":0"#), &["landing_speed_m_s", "0 m/s"]);
    refused(&more(r#""vehicles":[{"file":"9 west.skyb"}]"#), &["10 east.skyb", "not listed"]);
    refused(&more(r#""vehicles":[{"file":"a.skyb"}]"#), &["vehicles[0].file", "a.skyb"]);
    refused(&more(r#""vehicles":[{"file":"9 west.skyb"},{"file":"9 west.skyb"}]"#), &["vehicles[1].file", "twice"]);
    refused(&place.replace(r#""version":1"#, r#"{"version":2"#).add("}"), &["version 2"]);
    refused(&more("").replace("\"latitude_deg\":1", "\"latitude_deg\":91").replace(",}", "}"), &["no place on earth"]);
}

#[test]
fn a_folder_that_is_no_show_is_refused() {
    assert!(matches!(read(&[]), Err(ReadError::Missing { .. })));
    assert!(matches!(read(&[("site.json".into(), b"{}".to_vec())]), Err(ReadError::Missing { .. })));
    let twice = vec![("a.skyb".to_owned(), Vec::new()); 2];
    assert!(matches!(read(&twice), Err(ReadError::BadValue { .. })));
    let mut damaged = written(&show(), RthWriting::Refuse);
    damaged[1].1.truncate(40);
    let error = read(&damaged).unwrap_err().to_string();
    assert!(error.contains("9 west.skyb"), "{error}");
    let few = ReadBounds { max_vehicles: 1, ..ReadBounds::default() };
    let files = written(&show(), RthWriting::Refuse);
    assert!(matches!(read_skyb_folder(&files, None, &few), Err(ReadError::OverLimit { field: "max_vehicles", .. })));
    let few = ReadBounds { max_segments: 3, ..ReadBounds::default() };
    assert!(matches!(read_skyb_folder(&files, None, &few), Err(ReadError::OverLimit { field: "max_segments", .. })));
}

/// Appends to a string, for one-line cases.
trait Add {
    fn add(self, more: &str) -> String;
}

impl Add for String {
    fn add(mut self, more: &str) -> String {
        self.push_str(more);
        self
    }
}

/// The light of a vehicle that has landed goes on as long as the others fly.
#[test]
fn lights_without_end_go_on_until_the_last_vehicle_has_landed() {
    // Still for 1 s and for 4 s (hold segments), lights: for ever white 1 s, black 1 s.
    let file = |hold_ms: u16| {
        let [low, high] = hold_ms.to_le_bytes();
        let mut bytes = b"skyb\x01\x01\x0c\0\x01\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend([low, high]);
        bytes.extend(b"\x02\x07\0\x0c\0\x07\x32\x06\x32\x0d");
        bytes
    };
    let decoded = read(&[("A.skyb".into(), file(1000)), ("B.skyb".into(), file(4000))]).unwrap();
    for vehicle in &decoded.show.vehicles {
        let colours: Vec<Rgb> = (0..4).map(|s| vehicle.lights.sample(1000.0 * f64::from(s) + 500.0)).collect();
        assert_eq!(colours, [Rgb::WHITE, Rgb::BLACK, Rgb::WHITE, Rgb::BLACK], "{}", vehicle.name);
    }
}

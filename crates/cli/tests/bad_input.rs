//! Bad input gets exit code 2 and a clear error, and nothing is written.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The bad scripts that the rooms' own tests use.
fn bad(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../design/tests/script_bad").join(name)
}

fn kapok(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).output().unwrap()
}

/// Plans `script` into an empty folder; the folder must stay empty and the error must hold every word.
fn refuses(script: &Path, words: &[&str]) {
    let folder = TempDir::new().unwrap();
    let output =
        kapok(&["plan", &script.display().to_string(), "-o", &folder.path().join("x.skyc").display().to_string()]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{}: {stderr}", script.display());
    for word in words {
        assert!(stderr.contains(word), "{}: no \"{word}\" in:\n{stderr}", script.display());
    }
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was written");
}

#[test]
fn broken_toml() {
    refuses(&bad("broken_toml.toml"), &["broken_toml.toml:"]);
}

#[test]
fn unknown_field() {
    refuses(&bad("unknown_field.toml"), &["unknown_field.toml:", "did you mean"]);
}

#[test]
fn wrong_unit_type() {
    refuses(&bad("wrong_type.toml"), &["wrong_type.toml:", "hold_s", "seconds"]);
}

#[test]
fn not_a_number() {
    refuses(&bad("not_finite.toml"), &["not_finite.toml:", "finite"]);
}

#[test]
fn too_many_points_for_the_picture() {
    refuses(&bad("too_many_points.toml"), &["too_many_points.toml:", "too many for this picture: 5 fit", "all 20 fit"]);
}

#[test]
fn formation_below_ground() {
    refuses(&bad("below_ground.toml"), &["below_ground.toml:", "below the minimum navigation altitude"]);
}

#[test]
fn formation_outside_the_fence() {
    refuses(&bad("outside_fence.toml"), &["outside_fence.toml:", "fence"]);
}

#[test]
fn missing_glyph() {
    refuses(&bad("missing_glyph.toml"), &["missing_glyph.toml:", "glyph"]);
}

#[test]
fn missing_file() {
    refuses(&bad("missing_file.toml"), &["missing_file.toml:", "there is no file"]);
}

#[test]
fn unreadable_svg() {
    refuses(&bad("unreadable_svg.toml"), &["unreadable_svg.toml:", "SVG"]);
}

#[test]
fn missing_script() {
    refuses(Path::new("no-such-show.toml"), &["no-such-show.toml"]);
}

#[test]
fn all_errors_of_a_file_are_shown() {
    let output = kapok(&["plan", &bad("several_at_once.toml").display().to_string(), "-o", "x.skyc"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stderr.matches("several_at_once.toml:").count() >= 3, "{stderr}");
}

/// The script makes sense, but no vehicle could fly it in that time.
#[test]
fn two_formations_closer_in_time_than_the_vehicles_can_fly() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("hasty.toml");
    let text = kapok_design::starter_script();
    let hasty = text.replacen("name = \"Hello\"\n", "name = \"Hello\"\ntransition = { duration_s = 0.5 }\n", 1);
    assert_ne!(text, hasty);
    std::fs::write(&script, hasty).unwrap();
    let line = text.lines().position(|line| line == "name = \"Hello\"").unwrap();
    refuses(&script, &["Ring → Hello", "is to take 0.5 s", "need", &format!("hasty.toml:{line}")]);
}

fn judges(name: &str, bytes: &[u8], words: &[&str]) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let certificate = folder.path().join("certificate.json");
    let output = kapok(&["prove", &file.display().to_string(), "--certificate", &certificate.display().to_string()]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "no \"{word}\" in:\n{stderr}");
    }
    assert!(!certificate.exists(), "a certificate was written");
}

#[test]
fn truncated_skyc() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("show.toml");
    std::fs::write(&script, kapok_design::starter_script()).unwrap();
    let bytes = common::plan_to_skyc(&script);
    judges("cut.skyc", &bytes[..bytes.len() / 2], &["cut.skyc"]);
    judges("empty.skyc", &[], &["empty.skyc"]);
}

/// A small archive that would swell to gigabytes.
#[test]
fn zip_bomb() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("show.json", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..600 {
        archive.write_all(&zeros).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 2 << 20);
    judges("bomb.skyc", &bytes, &["bomb.skyc", "ZIP bomb"]);
}

#[test]
fn an_unknown_ending_is_refused() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("show.toml");
    std::fs::write(&script, kapok_design::starter_script()).unwrap();
    let output = kapok(&["plan", &script.display().to_string(), "-o", "show.docx"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(".skyc"));
}

/// `kapok new` never overwrites.
#[test]
fn the_starter_is_written_once_and_plans() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("show.toml").display().to_string();
    let show = folder.path().join("show.skyc").display().to_string();
    assert_eq!(kapok(&["new", &script]).status.code(), Some(0));
    assert_eq!(kapok(&["new", &script]).status.code(), Some(2));
    let schema = std::fs::read_to_string(folder.path().join("show.schema.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&schema).unwrap(), kapok_design::schema());
    assert!(kapok_design::starter_script().starts_with("#:schema ./show.schema.json\n"));
    let planned = kapok(&["plan", &script, "-o", &show, "--json"]);
    assert_eq!(planned.status.code(), Some(0), "{}", String::from_utf8_lossy(&planned.stderr));
    let json: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert_eq!(json["verdict"], "proved");
    assert_eq!(json["vehicle_count"], 60);
    assert_eq!(kapok(&["prove", &show]).status.code(), Some(0));
    // Planned by mistake, a show is told from a script.
    let mistaken = kapok(&["plan", &show, "-o", &folder.path().join("other.skyc").display().to_string()]);
    assert_eq!(mistaken.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&mistaken.stderr).contains("kapok view"));
    assert!(folder.path().join("show.certificate.json").exists());
}

/// A hall is not a matter of options that a newcomer has to find: its starter is proved as it is, without wind.
#[test]
fn the_starter_for_a_hall_is_proved_as_it_is() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    assert_eq!(kapok(&["new", &at("hall.toml"), "--indoor"]).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(at("hall.toml")).unwrap(), kapok_design::indoor_starter_script());
    let planned = kapok(&["plan", &at("hall.toml"), "-o", &at("hall.skyc"), "--json"]);
    assert_eq!(planned.status.code(), Some(0), "{}", String::from_utf8_lossy(&planned.stderr));
    assert_eq!(planned.stderr, b"", "no warnings");
    let text = std::fs::read_to_string(at("hall.certificate.json")).unwrap();
    let certificate: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(certificate["verdict"], "proved");
    assert_eq!(certificate["limits"]["max_wind_m_s"], 0.0);
    let rules = certificate["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["rule"] == "fall_on_audience" && rule["verdict"] == "proved"), "{text}");
    // With the comments taken away it is proved, too.
    let script = std::fs::read_to_string(at("hall.toml")).unwrap();
    let open = script.replace("# [[environment.keep_out]]", "[[environment.keep_out]]");
    let fields =
        ["kind = \"cylinder\"", "name = \"Loudspeaker\"", "centre_m = [10, 13]", "radius_m = 1\n", "bottom_m", "top_m"];
    let open = fields.iter().fold(open, |text, field| text.replace(&format!("# {field}"), field));
    std::fs::write(at("hall.toml"), open).unwrap();
    let planned = kapok(&["plan", &at("hall.toml"), "-o", &at("hall.skyc")]);
    assert_eq!(planned.status.code(), Some(0), "{}", String::from_utf8_lossy(&planned.stderr));
    let text = std::fs::read_to_string(at("hall.certificate.json")).unwrap();
    let certificate: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rules = certificate["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["rule"] == "keep_out" && rule["verdict"] == "proved"), "{text}");
}

/// A show that is not safe: exit code 1, and the witness is named.
#[test]
fn a_violated_show_ends_with_one() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("show.toml");
    std::fs::write(&script, kapok_design::starter_script()).unwrap();
    let bytes = common::plan_to_skyc(&script);
    let limits = kapok_format::ReadBounds::default();
    let mut show = kapok_format::read_skyc(&bytes, &limits).unwrap().show;
    show.limits.min_separation_m = 5.0;
    let file = folder.path().join("tight.skyc");
    std::fs::write(&file, kapok_format::write_skyc(&show).unwrap()).unwrap();
    let output = kapok(&["prove", &file.display().to_string(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["verdict"], "violated");
    assert_eq!(json["rules"][0]["verdict"], "violated");
    assert_eq!(json["rules"][0]["worst"]["vehicles"].as_array().unwrap().len(), 2);
}

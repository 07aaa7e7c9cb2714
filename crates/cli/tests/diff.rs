//! `kapok diff`: exit codes, words, the picture, and what is refused.

use std::path::Path;
use std::process::{Command, Output};

use kapok_show::{DVec3, LightKey, LightProgram, Rgb, Show, Trajectory, Vehicle};
use serde_json::Value;

use crate::common::show_of;

/// Three lights, the first of them so far to the right.
fn show(title: &str, right_m: f64) -> Show {
    let vehicle = |i: u32| {
        let at = DVec3::new(6.0 * f64::from(i) + if i == 0 { right_m } else { 0.0 }, 0.0, 20.0);
        let mut trajectory = Trajectory::starting_at(0, at.with_z(0.0)).unwrap();
        trajectory.push(4000, &[at]).unwrap();
        trajectory.push_hold(9000).unwrap();
        let keys = vec![LightKey { t_ms: 0, colour: Rgb::WHITE, fade: false }];
        Vehicle::new(format!("v{i}"), at.with_z(0.0), trajectory, LightProgram::from_keys(keys).unwrap())
    };
    show_of(title, (0..3).map(vehicle).collect())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, show) in [("old.skyc", show("Three", 0.0)), ("new.skyc", show("Three \u{1b}[2J", 1.5))] {
        std::fs::write(folder.path().join(name), kapok_format::write_skyc(&show).unwrap()).unwrap();
    }
    folder
}

fn diff(at: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
    let Output { status, stdout, stderr } = command.current_dir(at).arg("diff").args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_exit_code_is_that_of_diff() {
    let folder = folder();
    let at = folder.path();
    let (code, text, _) = diff(at, &["old.skyc", "old.skyc"]);
    assert!(code == Some(0) && text.contains("the same show"), "{text}");
    let (code, text, _) = diff(at, &["old.skyc", "new.skyc"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("1 of 3 vehicles fly otherwise; the largest distance is 1.5 m, of \"v0\""), "{text}");
    assert!(text.contains("Three \\u{1b}[2J") && !text.contains('\u{1b}'), "{text}");
    let (code, _, error) = diff(at, &["old.skyc", "none.skyc"]);
    assert!(code == Some(2) && error.contains("none.skyc"), "{error}");
    let (code, _, error) = diff(at, &["old.skyc", "new.skyc", "--tolerance", "-1"]);
    assert!(code == Some(2) && error.contains("--tolerance"), "{error}");
}

#[test]
fn the_picture_is_written_and_inputs_are_kept() {
    let folder = folder();
    let at = folder.path();
    let (code, text, _) = diff(at, &["old.skyc", "new.skyc", "-o", "changes.png", "--json"]);
    assert_eq!(code, Some(1));
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["schema"], &json["file"]["path"]), (&"kapok-diff/1".into(), &"changes.png".into()));
    assert!(std::fs::read(at.join("changes.png")).unwrap().starts_with(b"\x89PNG"));
    std::fs::copy(at.join("old.skyc"), at.join("old.png")).unwrap();
    let (code, _, error) = diff(at, &["old.png", "new.skyc", "-o", "old.png"]);
    assert!(code == Some(2) && std::fs::read(at.join("old.png")).unwrap().starts_with(b"PK"), "{error}");
}

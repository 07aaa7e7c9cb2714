//! The outer form of answers and errors in JSON, and the schemas that describe them.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn kapok(folder: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).current_dir(folder).args(args.split_whitespace()).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn input_that_makes_no_sense_is_an_error_in_the_same_outer_form() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("a.csv"), "0,0,10\n").unwrap();
    std::fs::write(at.join("show.toml"), "title = 1\n").unwrap();
    std::fs::write(at.join("no.skyc"), "no show").unwrap();
    let limits = "--separation 1 --max-velocity 6 --max-acceleration 3 --max-jerk";
    for (args, words) in [
        ("plan show.toml -o x.skyc --json", "the script has mistakes"),
        ("plan none.toml -o x.skyc --json", "none.toml"),
        ("plan show.toml -o x.docx --json", ".skyc and .zip"),
        ("prove no.skyc --json", "cannot judge no.skyc"),
        ("prove no.skyc --check show.toml --json", "it is no certificate"),
        ("convert no.skyc x.zip --json", "cannot convert no.skyc"),
        ("view no.skyc --json", "cannot judge no.skyc"),
        ("rehearse no.skyc --json", "cannot rehearse no.skyc"),
        ("render no.skyc --sheet -o x.png --json", "cannot draw no.skyc"),
        (&format!("transition a.csv a.csv {limits} 0 --json"), "--max-jerk is 0, but"),
    ] {
        let output = kapok(at, args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        let answer = json(&output);
        assert_eq!(answer["schema"], "kapok-error/1", "{args}");
        assert_eq!(answer["kapok_version"], env!("CARGO_PKG_VERSION"));
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{args}: {message}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(&format!("error: {message}")), "{args}: {message} is not in {stderr}");
        let diagnostics = answer["error"]["diagnostics"].as_array().unwrap();
        assert_eq!(diagnostics.is_empty(), !message.starts_with("the script"), "{args}");
        for mistake in diagnostics {
            assert!(mistake["file"] == "show.toml" && mistake["line"].as_u64().unwrap() > 0, "{mistake}");
        }
    }
}

#[test]
fn answers_begin_with_their_form() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert!(kapok(at, "new show.toml").status.success());
    std::fs::write(at.join("a.csv"), "0,0,10\n").unwrap();
    std::fs::write(at.join("b.csv"), "0,5,10\n").unwrap();
    let limits = "--separation 1 --max-velocity 6 --max-acceleration 3 --max-jerk 6";
    for (args, schema) in [
        ("plan show.toml -o show.skyc --json", "kapok-plan/1"),
        ("prove show.skyc --json", "kapok-certificate/1"),
        ("prove show.skyc --check show.certificate.json --json", "kapok-check/1"),
        ("convert show.skyc show.kml --json", "kapok-conversion/1"),
        (&format!("transition a.csv b.csv {limits} --json"), "kapok-transition/1"),
    ] {
        let output = kapok(at, args);
        assert_eq!(output.status.code(), Some(0), "{args}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(
            String::from_utf8_lossy(&output.stdout).starts_with(&format!("{{\n  \"schema\": \"{schema}\"")),
            "{args}"
        );
        assert!(json(&output).get("verdict").is_some(), "{args}");
    }
}

#[test]
fn every_schema_is_printed_by_its_name() {
    let names = String::from_utf8(kapok(Path::new("."), "schema --list").stdout).unwrap();
    assert!(names.lines().count() >= 9 && names.starts_with("show\n"), "{names}");
    for name in names.lines() {
        let schema = json(&kapok(Path::new("."), &format!("schema {name}")));
        assert!(schema["title"].is_string() && schema["$schema"].is_string(), "{name}");
    }
    assert_eq!(json(&kapok(Path::new("."), "schema")), kapok_design::schema());
    assert_eq!(kapok(Path::new("."), "schema no-such").status.code(), Some(2));
}

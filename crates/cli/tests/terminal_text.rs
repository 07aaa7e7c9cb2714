//! Text of files reaches the terminal as text; JSON keeps it as it is.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::path::Path;
use std::process::{Command, Output};

use kapok_show::{DVec3, LightProgram, Trajectory, Vehicle};
use tempfile::TempDir;

const EVIL: &str = "A\u{1b}[2J\u{1b}[1;1H\r\nt: PROVED\u{7}\u{202e}\u{9b}8m";

/// Two vehicles that meet, with a title and names that would draw a verdict of their own.
fn evil_show() -> Vec<u8> {
    let vehicle = |name: &str, from: DVec3, to: DVec3| {
        let up = |p: DVec3| p + DVec3::new(0.0, 0.0, 10.0);
        let mut way = Trajectory::starting_at(0, from).unwrap();
        for (end_ms, goal) in [(20_000, up(from)), (60_000, up(to)), (80_000, to)] {
            let last = way.end_point_m();
            way.push(end_ms, &[last, goal, goal]).unwrap();
        }
        Vehicle::new(name, from, way, LightProgram::dark())
    };
    let (a, b) = (DVec3::ZERO, DVec3::new(10.0, 0.0, 0.0));
    let show = common::show_of(EVIL, vec![vehicle(EVIL, a, b), vehicle("B\u{1b}]0;x\u{7}", b, a)]);
    kapok_format::write_skyc(&show).unwrap()
}

fn kapok(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).current_dir(folder).output().unwrap()
}

fn is_tame(output: &Output, what: &str) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        let bad = text.chars().find(|&c| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}'));
        assert_eq!(bad, None, "{what}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("t: PROVED")), "{what}: {text}");
    }
}

#[test]
fn titles_and_names_command_nothing() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("evil.skyc"), evil_show()).unwrap();
    for args in [
        &["prove", "evil.skyc"][..],
        &["prove", "evil.skyc", "--json"],
        &["convert", "evil.skyc", "out.skyc"],
        &["convert", "evil.skyc", "out.skyc", "--json"],
        &["convert", "evil.skyc", "out.zip"],
        &["convert", "evil.skyc", "folder/"],
    ] {
        is_tame(&kapok(folder.path(), args), &format!("{args:?}"));
    }
    let output = kapok(folder.path(), &["prove", "evil.skyc"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.lines().next().unwrap().ends_with(": VIOLATED (2 vehicles, 1:20.0)"), "{text}");
}

#[test]
fn json_keeps_every_character() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("evil.skyc"), evil_show()).unwrap();
    let output = kapok(folder.path(), &["prove", "evil.skyc", "--json", "--certificate", "c.json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["title"], EVIL);
    assert_eq!(json["rules"][0]["worst"]["vehicles"][0]["name"], EVIL);
    let written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("c.json")).unwrap()).unwrap();
    assert_eq!(written, json);
}

#[test]
fn neither_do_scripts_paths_and_broken_files() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let script = kapok_design::starter_script();
    let evil_toml = EVIL.replace('\u{1b}', "\\u001b").replace('\r', "\\r").replace('\n', "\\n");
    let evil_toml = evil_toml.replace('\u{7}', "\\u0007").replace('\u{9b}', "\\u009b");
    let named = script.replacen("name = \"Hello\"", &format!("name = \"{evil_toml}\""), 1);
    assert_ne!(named, script);
    std::fs::write(at("named.toml"), &named).unwrap();
    std::fs::write(at("hasty.toml"), named.replacen("hold_s", "transition = { duration_s = 0.5 }\nhold_s", 5)).unwrap();
    std::fs::write(at("wrong.toml"), script.replacen("hold_s", "\"ho\\u001b[2Jld\\nt: PROVED\" = 1\nhold_s", 1))
        .unwrap();
    std::fs::write(at("raw.toml"), script.replacen("title", "# \u{1b}[2J\u{202e}\ntitle", 1)).unwrap();
    std::fs::write(at("evil.vviz"), format!("{{\"version\":\"1.0\",\"x\":\"{EVIL}\"")).unwrap();
    std::fs::write(at("evil.csv"), format!("{EVIL},1,2\n")).unwrap();
    let odd = "od\u{1b}[2J\nt: PROVED.skyc";
    let limits = ["--separation", "1", "--max-velocity", "6", "--max-acceleration", "3", "--max-jerk", "6"];
    for args in [
        &["plan", "named.toml", "-o", "x.skyc"][..],
        &["plan", "named.toml", "-o", odd],
        &["plan", "hasty.toml", "-o", "x.skyc"],
        &["plan", "wrong.toml", "-o", "x.skyc"],
        &["plan", "raw.toml", "-o", "x.skyc"],
        &["prove", "evil.vviz"],
        &["prove", odd],
        &["prove", "no\u{1b}[2Jsuch\nt: PROVED.skyc"],
        &["convert", odd, "y.skyc"],
        &["view", "no\u{1b}[2Jsuch\nt: PROVED.skyc"],
        &["new", "ne\u{1b}[2Jw\nt: PROVED.toml"],
        &[&["transition", "evil.csv", "evil.csv"][..], &limits].concat(),
        &["prove", "evil.vviz", "--certificate", "/no/su\u{1b}[2Jch\nt: PROVED"],
        &["pl\u{1b}[2Jan"],
        &["plan", "--\u{1b}[2J\u{202e}"],
        &["prove", "x.skyc", "--separation", "\u{1b}[2J"],
    ] {
        is_tame(&kapok(folder.path(), args), &format!("{args:?}"));
    }
}

//! Every command that makes a certificate, followed by the check of it: the two agree, and `prove` has the same verdict.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::path::PathBuf;
use std::process::Command;

use kapok_show::{DVec3, LightProgram, Show, Trajectory, Vehicle};
use serde_json::Value;
use tempfile::TempDir;

/// Four vehicles in a row of 3 m rise, go aside on a grid finer than a millimetre, and come down.
fn row() -> Show {
    let vehicles = (0..4).map(|k| {
        let home_m = DVec3::new(3.0 * f64::from(k), 0.0, 0.0);
        let aside_m = home_m + DVec3::new(0.0, 8.1234, 0.0);
        let up = DVec3::new(0.0, 0.0, 12.0);
        let mut trajectory = Trajectory::starting_at(0, home_m).unwrap();
        let mut last_m = home_m;
        for (end_ms, next_m) in [(16_000, home_m + up), (26_000, aside_m + up), (42_000, aside_m)] {
            trajectory.push(end_ms, &[last_m, last_m, last_m, next_m, next_m, next_m, next_m]).unwrap();
            last_m = next_m;
        }
        Vehicle::new(format!("{k:03}"), home_m, trajectory, LightProgram::dark())
    });
    common::show_of("Row", vehicles.collect())
}

struct Room(TempDir);

impl Room {
    fn new() -> Self {
        let room = Self(TempDir::new().unwrap());
        let mut one = row();
        one.vehicles.truncate(1);
        let square = |y: f64| {
            let rows = (0..16).map(|k| format!("{},{y},{}\n", 2.5 * f64::from(k % 4), 10.0 + 2.5 * f64::from(k / 4)));
            rows.collect::<String>().into_bytes()
        };
        for (name, bytes) in [
            ("show.skyc", kapok_format::write_skyc(&row()).unwrap()),
            ("one.skyc", kapok_format::write_skyc(&one).unwrap()),
            ("start.csv", square(0.0)),
            ("goal.csv", square(23.4567)),
        ] {
            std::fs::write(room.path(name), bytes).unwrap();
        }
        room.run("new script.toml");
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a command line in the folder; exit code and what it printed.
    fn run(&self, line: &str) -> (i32, String) {
        let args = line.split_whitespace();
        let output = Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).current_dir(self.0.path()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().unwrap();
        assert!(code < 2, "{line}: {}", text(&output.stderr));
        (code, text(&output.stdout))
    }
}

#[test]
fn every_command_that_makes_a_certificate_is_followed_by_a_check_that_agrees() {
    let room = Room::new();
    let limits = "--separation 1.4 --max-velocity 6 --max-acceleration 3 --max-jerk 6";
    // Command line, file, certificate; where none is named, the certificate is in the answer.
    for (line, file, written) in [
        ("plan script.toml -o a.skyc -o b.skyc", "a.skyc", "a.certificate.json"),
        ("plan script.toml -o c.skyc --json", "b.skyc", "b.certificate.json"),
        ("plan script.toml -o d.skyc --return-to-home --return-every 30", "d.skyc", "d.certificate.json"),
        ("prove show.skyc --certificate c.json", "show.skyc", "c.json"),
        ("prove show.skyc --json", "show.skyc", ""),
        ("prove show.skyc --separation 2.5 --max-jerk 3.5 --certificate c.json", "show.skyc", "c.json"),
        ("prove show.skyc --max-payload-bytes 50 --certificate c.json", "show.skyc", "c.json"),
        (&format!("transition start.csv goal.csv {limits} -o t.skyc"), "t.skyc", "t.certificate.json"),
        ("convert show.skyc again.skyc --json", "again.skyc", ""),
        ("convert show.skyc lines.zip --json", "lines.zip", ""),
        ("convert show.skyc lines.vviz --json", "lines.vviz", ""),
        ("convert lines.zip fitted.skyc --fit 0.01 --json", "fitted.skyc", ""),
        ("convert show.skyc curves.zip --crazyswarm --json", "curves.zip", ""),
        ("convert show.skyc curves/ --crazyswarm --json", "curves", ""),
        ("convert show.skyc fleet/ --json", "fleet", ""),
        ("convert one.skyc one.skyb --json", "one.skyb", ""),
        ("convert d.skyc ways/ --rth-layout main-2026 --json", "ways", ""),
    ] {
        let (code, answer) = room.run(line);
        let written = if written.is_empty() {
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let certificate = answer.get("certificate").unwrap_or(&answer);
            std::fs::write(room.path("answer.json"), certificate.to_string()).unwrap();
            "answer.json"
        } else {
            written
        };
        let (checked, answer) = room.run(&format!("prove {file} --check {written} --json"));
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["differences"], serde_json::json!([]), "{line}");
        assert_eq!(checked, code, "{line}: the check ends like the command");
        let certificate: Value = serde_json::from_slice(&std::fs::read(room.path(written)).unwrap()).unwrap();
        let options = certificate["options"].as_object().unwrap();
        if options.is_empty() {
            let (proved, _) = room.run(&format!("prove {file}"));
            assert_eq!(proved, code, "{line}: prove ends like the command");
        }
    }
}

//! The Python packages of MCAP and of Foxglove's schemas read a log of ours.
//!
//! Ignored unless asked for: it installs them from the Python package index into a folder of its own.

use std::path::Path;
use std::process::Command;

use crate::files::{head_of, sample};

const PACKAGES: [&str; 3] = ["mcap==1.6.0", "mcap-protobuf-support==0.6.0", "protobuf==7.34.1"];

/// The Python that has the packages; installs them once.
fn python() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mcap-1.6.0");
    let python = folder.join("bin/python");
    if !folder.join("ready").exists() {
        let run = |command: &mut Command| assert!(command.status().expect("it runs").success(), "{command:?}");
        run(Command::new("python3").arg("-m").arg("venv").arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES));
        std::fs::write(folder.join("ready"), "").expect("the folder is there");
    }
    python
}

#[test]
#[ignore = "installs packages of Python"]
fn other_programs_decode_every_message() {
    let (frames, events, bytes) = sample(4);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside.mcap");
    std::fs::write(&path, bytes).unwrap();
    let out = Command::new(python()).arg("tests/outside/read.py").arg(&path).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let seen: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(seen["title"], head_of(3).title);
    assert_eq!(seen["schemas"]["/fleet"], "foxglove.PointCloud");
    assert_eq!(seen["schemas"]["/events"], "foxglove.Log");
    assert_eq!(seen["schemas"]["/site"], "foxglove.GeoJSON");
    assert_eq!(seen["messages"], events.len());
    let clouds = seen["clouds"].as_array().unwrap();
    assert_eq!(clouds.len(), frames.len());
    for (cloud, frame) in clouds.iter().zip(&frames) {
        assert_eq!(cloud["t_ns"], frame.t_ns);
        for (point, mark) in cloud["points"].as_array().unwrap().iter().zip(&frame.truth) {
            assert_eq!(point["id"], mark.id);
            assert_eq!(point["x"].as_f64().unwrap() as f32, mark.position_m[0]);
            assert_eq!(point["z"].as_f64().unwrap() as f32, mark.position_m[2]);
            assert_eq!(point["green"], mark.light.g);
            assert_eq!(point["status"], mark.status as u8);
            assert_eq!(point["charge"], mark.charge_percent.unwrap_or(255));
        }
    }
}

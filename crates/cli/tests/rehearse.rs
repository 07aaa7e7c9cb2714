//! `kapok rehearse`: a show flown by simulated vehicles, and what is told where it cannot be.

use std::path::Path;
use std::process::{Command, Output};

use kapok_show::{DVec3, LightProgram, Trajectory, Vehicle};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::show_of;

/// Six vehicles, 3 m apart, that rise for ten seconds, stand, go 6 m to the side and come down; the last two swap places in the air
/// if they shall hit each other.
pub(crate) fn folder(swap: bool) -> TempDir {
    let vehicle = |i: u32| {
        let pad = DVec3::new(3.0 * f64::from(i), 0.0, 0.0);
        let to = match i {
            4 if swap => pad + DVec3::X * 3.0,
            5 if swap => pad - DVec3::X * 3.0,
            _ => pad + DVec3::Y * 6.0,
        };
        let mut trajectory = Trajectory::starting_at(0, pad).unwrap();
        let high = DVec3::Z * 12.0;
        trajectory.push(10_000, &[pad, pad + high, pad + high]).unwrap();
        trajectory.push_hold(15_000).unwrap();
        trajectory.push(23_000, &[pad + high, to + high, to + high]).unwrap();
        trajectory.push_hold(26_000).unwrap();
        trajectory.push(40_000, &[to + high, to, to]).unwrap();
        Vehicle::new(format!("v{i}"), pad, trajectory, LightProgram::dark())
    };
    let show = show_of("Six", (0..6).map(vehicle).collect());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("show.skyc"), kapok_format::write_skyc(&show).unwrap()).unwrap();
    folder
}

fn kapok(at: &Path, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
    command.current_dir(at).arg("rehearse").args(args.split_whitespace()).output().unwrap()
}

fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_show_is_flown_and_its_figures_told() {
    let folder = folder(false);
    let answer = json(&kapok(folder.path(), "show.skyc --runs 3 --wind 5 --seed 7 --json"));
    assert_eq!((&answer["schema"], &answer["title"]), (&"kapok-rehearsal/1".into(), &"Six".into()));
    for (key, value) in [("runs", 3), ("vehicles", 6), ("landed", 6), ("collisions", 0), ("seed", 7), ("failsafes", 0)]
    {
        assert_eq!(answer[key], value, "{key} in {answer}");
    }
    let figure = |key: &str| answer[key].as_f64().unwrap();
    assert!((1.5..3.0).contains(&figure("min_separation_m")), "{answer}");
    assert!((0.05..2.5).contains(&figure("tracking_error_p99_m")), "{answer}");
    assert!(figure("tracking_error_max_m") >= figure("tracking_error_p99_m"));
    // 40 s of some 20 minutes: a few per cent of the pack, beside the reserve of 20 %.
    assert!((0.7..0.8).contains(&figure("energy_margin_min")), "{answer}");
    // 1 − 0.05^(1/3).
    assert!((figure("collision_run_upper_95") - 0.631_597).abs() < 1e-6);
    let each = answer["each"].as_array().unwrap();
    assert_eq!(each.len(), 3);
    assert_ne!(each[0]["wind_toward_deg"], each[1]["wind_toward_deg"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = folder(false);
    let bytes = |args: &str| kapok(folder.path(), &format!("show.skyc --wind 4 --json {args}")).stdout;
    let first = bytes("--seed 3 --threads 1");
    assert_eq!(first, bytes("--seed 3 --threads 2"));
    assert_ne!(first, bytes("--seed 4 --threads 1"));
}

#[test]
fn vehicles_that_are_sent_through_each_other_collide() {
    let folder = folder(true);
    let answer = json(&kapok(folder.path(), "show.skyc --json"));
    assert_eq!((&answer["collisions"], &answer["landed"]), (&1.into(), &4.into()), "{answer}");
    assert_eq!(answer["collision_run_upper_95"], 1.0);
    assert_eq!(answer["each"][0]["min_separation_pair"], serde_json::json!(["v4", "v5"]));
    let text = String::from_utf8(kapok(folder.path(), "show.skyc").stdout).unwrap();
    assert!(
        text.contains("rehearsed once in 0 m/s of wind, seed 0")
            && text.contains("4 of 6\n")
            && text.contains("Simulated, not proved"),
        "{text}"
    );
}

#[test]
fn what_makes_no_sense_is_one_clear_error() {
    let folder = folder(false);
    std::fs::write(folder.path().join("no.skyc"), "no show").unwrap();
    for (args, words) in [
        ("show.skyc --runs 0", "--runs is 0, but must be from 1 to 100000"),
        ("show.skyc --wind nan", "--wind is NaN, but must be a number from 0 to 40"),
        ("show.skyc --wind -3", "--wind is -3, but must be a number from 0 to 40"),
        ("show.skyc --wind inf", "--wind is inf, but"),
        ("show.skyc --profile balloon", "--profile is \"balloon\", but there are only show-280g, show-1kg, indoor-30g"),
        ("show.skyc --seed -1", "invalid value"),
        ("no.skyc", "cannot rehearse no.skyc"),
        ("none.skyc", "none.skyc"),
    ] {
        let output = kapok(folder.path(), args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args}: {stderr}");
        assert!(stderr.contains(words) && !stderr.contains("panicked"), "{args}: {stderr}");
    }
}

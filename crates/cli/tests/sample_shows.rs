//! The sample shows with moving scenes and a close field, end to end: planned, written, read back, proved, sampled.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::sampler::sampled_minimum_m;
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{ChapterKind, DVec3, Show, Silent};

fn show(name: &str) -> Show {
    let bytes = common::plan_to_skyc(&common::shows().join(name));
    kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show
}

/// The dragon from the one-metre field: layers at the start, a globe and a dragon that move, two vehicles that stay.
#[test]
fn the_dragon_is_proved_and_moves() {
    let show = show("dragon-field.toml");
    let certificate = prove(&show, &ProofSettings::default(), &Silent);
    assert_eq!(certificate.verdict, Verdict::Proved);
    let separation = certificate.rule(Rule::Separation).unwrap();
    let worst = separation.worst.as_ref().unwrap();
    assert!(worst.value >= 1.5);

    assert_eq!(show.vehicles.len(), 242);
    let resting = show.vehicles.iter().filter(|v| v.trajectory.control_points_m().iter().all(|p| *p == v.home_m));
    assert_eq!(resting.count(), 2, "the spare vehicles");

    // Sampled, too: in flight, that is from the end of the take-off to the start of the landing.
    let mut flying = show.clone();
    flying.vehicles.truncate(240);
    let chapter = |kind: ChapterKind| show.chapters.iter().filter(move |c| c.kind == kind);
    let from_ms = chapter(ChapterKind::Takeoff).map(|c| c.end_ms).max().unwrap();
    let to_ms = chapter(ChapterKind::Landing).map(|c| c.start_ms).min().unwrap();
    for t_ms in (from_ms..to_ms).step_by(100) {
        let at: Vec<DVec3> = flying.vehicles.iter().map(|v| v.trajectory.sample(t_ms as f64).position_m).collect();
        for i in 0..at.len() {
            for j in 0..i {
                assert!(at[i].distance(at[j]) >= 1.5 - 1e-9, "{i} and {j} at {t_ms} ms");
            }
        }
    }
    assert!(sampled_minimum_m(&show, 20, 2.0).distance_m >= 0.4, "no vehicle meets another on the ground either");

    // Both pictures really move while they stand.
    for name in ["Globe", "Dragon"] {
        let hold = show.chapters.iter().find(|c| c.name == name).unwrap();
        let middle_ms = f64::midpoint(hold.start_ms as f64, hold.end_ms as f64);
        let fastest = flying.vehicles.iter().map(|v| v.trajectory.sample(middle_ms).velocity_m_s.length());
        assert!(fastest.fold(0.0, f64::max) > 1.0, "{name} stands still");
    }

    // The lowest layer and the highest are apart at the end of the rise.
    let heights = flying.vehicles.iter().map(|v| v.trajectory.sample(from_ms as f64).position_m.z);
    let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), z| (l.min(z), h.max(z)));
    assert!(high - low > 6.0, "{low} to {high}");
}

/// The finished shows to begin from are proved as they are, and what they write is read.
#[test]
fn the_shows_to_begin_from_are_proved_and_read() {
    let folder = tempfile::TempDir::new().unwrap();
    for (name, vehicles, words) in [("launch", 150, 2), ("hall", 60, 2), ("new-year", 500, 2)] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kapok"));
        let script = common::shows().join(format!("{name}.toml"));
        let output =
            command.arg("plan").arg(script).arg("-o").arg(folder.path().join("show.skyc")).arg("--json").output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {said}");
        assert!(!said.contains("hard to read") && !said.contains("wider than"), "{name}: {said}");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((json["verdict"].as_str(), json["vehicle_count"].as_u64()), (Some("proved"), Some(vehicles)));
        let pictures = json["pictures"].as_array().unwrap();
        assert!(pictures.len() >= words && pictures.iter().all(|p| p["is_readable"] == true), "{name}: {pictures:?}");
    }
}

/// Wings that beat: an animation of keyframes, from files beside the script to the proof.
#[test]
fn an_animation_is_proved_and_passes_its_keyframes() {
    let folder = std::env::temp_dir().join(format!("kapok-wings-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("wings")).unwrap();
    // Eleven points in a row; the tips rise by 6 m and come back.
    let frame = |rise_m: f64| {
        let rows = (-5i32..=5).map(|k| format!("{},0,{}\n", 4 * k, rise_m * f64::from(k.abs()) / 5.0));
        format!("x,y,z\n{}", rows.collect::<String>())
    };
    for (k, rise_m) in [0.0, 6.0, 0.0, 6.0, 0.0].into_iter().enumerate() {
        std::fs::write(folder.join(format!("wings/{k}.csv")), frame(rise_m)).unwrap();
    }
    let script = r#"
title = "Wings"
[site]
origin = { latitude_deg = 23.1, longitude_deg = 113.3 }
heading_deg = 0
[fleet]
count = 11
[[scene]]
name = "Wings"
hold_s = 40
[[scene.formation]]
source = { kind = "animation", folder = "wings" }
place = { centre_m = [0, 40, 40] }
[[scene.formation.motion]]
kind = "translate"
offset_m = [0, 15, 0]
"#;
    std::fs::write(folder.join("wings.toml"), script).unwrap();
    let bytes = common::plan_to_skyc(&folder.join("wings.toml"));
    std::fs::remove_dir_all(&folder).unwrap();
    let show = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    let certificate = prove(&show, &ProofSettings::default(), &Silent);
    assert_eq!(certificate.verdict, Verdict::Proved);
    let hold = show.chapters.iter().find(|c| c.name == "Wings").unwrap();
    let height = |v: usize, t_ms: f64| show.vehicles[v].trajectory.sample(t_ms).position_m.z;
    // In the middle of the hold the third keyframe is passed: the wings are level again, and were not before.
    let middle_ms = f64::midpoint(hold.start_ms as f64, hold.end_ms as f64);
    let spread = |t_ms: f64| {
        let z = (0..11).map(|v| height(v, t_ms));
        z.clone().fold(f64::NEG_INFINITY, f64::max) - z.fold(f64::INFINITY, f64::min)
    };
    assert!(spread(middle_ms) < 2e-3, "{}", spread(middle_ms));
    // An ease of 6 s at both ends: the rate is 1/34 per second, a quarter of the motion is done after 3 + 34/4 s.
    let quarter_ms = hold.start_ms as f64 + 3000.0 + 34_000.0 / 4.0;
    assert!((spread(quarter_ms) - 6.0).abs() < 2e-3, "{}", spread(quarter_ms));
}

/// The pagoda: no vehicle enters the building, whose triangles are looked at here without the prisms that the planner sees, and
/// the scene that moves has a row of its own.
#[test]
fn the_pagoda_is_proved_and_no_vehicle_enters_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let written = folder.path().join("pagoda.skyc");
    let run = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kapok"));
        command.arg("plan").arg(common::shows().join("pagoda.toml")).arg("-o").arg(&written).args(more);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&run(&["--json"])).unwrap();
    assert_eq!(json["verdict"], "proved");
    assert_eq!(json["motions"].as_array().unwrap().len(), 1);
    let motion = &json["motions"][0];
    assert_eq!((motion["name"].as_str(), motion["duration_ms"].as_i64()), (Some("Ribbon"), Some(40_000)));
    // Half a turn on a radius of 18 m in 40 s, eased at both ends for up to 6 s: 57 m in 34 s.
    assert!((1.4..1.9).contains(&motion["peak_velocity_xy_m_s"].as_f64().unwrap()), "{motion}");
    let closest_m = motion["min_separation_m"].as_f64().unwrap();
    let text = run(&[]);
    let rows: Vec<&str> = text.lines().filter(|l| l.starts_with("  Ribbon")).collect();
    assert!(
        rows[0].starts_with("  Ribbon (moving)") && rows[0].contains("40.00 s") && rows[0].ends_with(" m"),
        "{text}"
    );
    assert!(rows[1].starts_with("  Ribbon → 塔"), "in the order of time: {text}");

    let bytes = std::fs::read(&written).unwrap();
    let show = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    // A turn changes no distance.
    let hold = show.chapters.iter().find(|c| c.name == "Ribbon").unwrap();
    let at: Vec<DVec3> = show.vehicles.iter().map(|v| v.trajectory.sample(hold.start_ms as f64).position_m).collect();
    let pairs = (0..at.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let spacing_m = pairs.map(|(i, j)| at[i].distance(at[j])).fold(f64::INFINITY, f64::min);
    assert!((closest_m - spacing_m).abs() < 0.01, "{closest_m} {spacing_m}");
    // Corners of the mesh, its middle at (0, 55).
    let text = std::fs::read_to_string(common::shows().join("art/pagoda.obj")).unwrap();
    let corners: Vec<DVec3> = text
        .lines()
        .filter_map(|l| l.strip_prefix("v "))
        .map(|l| l.split(' ').map(|v| v.parse::<f64>().unwrap()).collect::<Vec<_>>())
        .map(|v| DVec3::new(v[0], v[1] + 55.0, v[2]))
        .collect();
    let top_m = corners.iter().map(|c| c.z).fold(0.0, f64::max);
    assert!((33.0..34.0).contains(&top_m));
    // Every solid of the mesh is made of octagons about the upright middle line, a side of each to the right. Against the
    // lines of the sides: beside a corner they are nearer than the corner, by 8 % at most.
    let sides = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)].into_iter().flat_map(|(x, y)| {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        [DVec3::new(x, y, 0.0), DVec3::new((x - y) * half, (x + y) * half, 0.0)]
    });
    let sides: Vec<DVec3> = sides.collect();
    let out_m = |p: DVec3| sides.iter().map(|n| n.dot(p - DVec3::Y * 55.0)).fold(f64::NEG_INFINITY, f64::max);
    let mut nearest_m = f64::INFINITY;
    let mut passes = [0, 0];
    for v in &show.vehicles {
        for t_ms in (0..show.duration_ms()).step_by(50) {
            let p = v.trajectory.sample(t_ms as f64).position_m;
            if p.z < top_m {
                let level = corners.iter().filter(|c| (c.z - p.z).abs() < 0.4);
                nearest_m = nearest_m.min(out_m(p) - level.map(|&c| out_m(c)).fold(0.0, f64::max));
            }
        }
        let flower = show.chapters.iter().find(|c| c.name == "Lantern → Flower").unwrap();
        let crosses = (flower.start_ms..flower.end_ms).step_by(20).map(|t| v.trajectory.sample(t as f64).position_m);
        if let Some(p) = crosses.into_iter().find(|p| p.x > 0.0) {
            passes[usize::from(p.y > 55.0)] += 1;
        }
    }
    assert!(nearest_m >= 2.0 * 0.92, "{nearest_m} m from the building");
    assert!(passes[0] > 20 && passes[1] > 20, "the swarm parts: {passes:?}");
}

/// A transition that leaves a motion in flight has no bound, and a refusal counts vehicles as the script does.
#[test]
fn what_is_not_known_is_not_printed_and_vehicles_count_from_one() {
    let folder = tempfile::TempDir::new().unwrap();
    let plan = |scenes: &str, more: &[&str]| {
        let head = "title = \"T\"\n[site]\norigin = { latitude_deg = 23.1, longitude_deg = 113.3 }\nheading_deg = 0\n";
        std::fs::write(folder.path().join("t.toml"), format!("{head}[fleet]\ncount = 1\n{scenes}")).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kapok"));
        command.current_dir(folder.path()).args(["plan", "t.toml", "-o", "t.skyc"]).args(more).output().unwrap()
    };
    let scene = |name: &str, hold_s: u32, more: &str| {
        format!(
            "[[scene]]\nname = \"{name}\"\nhold_s = {hold_s}\n{more}[[scene.formation]]\nsource = {{ kind = \"circle\", \
             radius_m = 12 }}\nplace = {{ centre_m = [0, 40, 30] }}\n"
        )
    };
    let motion = "[[scene.formation.motion]]\nkind = \"translate\"\noffset_m = [60, 0, 0]\n";
    let scenes = format!("{}{motion}{}", scene("A", 40, "ease = { end = \"none\" }\n"), scene("B", 5, ""));
    let output = plan(&scenes, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let by_name = |name: &str| json["transitions"].as_array().unwrap().iter().find(|t| t["name"] == name).unwrap();
    assert!(by_name("A → B")["bound_ms"].is_null() && by_name("A → B")["ratio"].is_null());
    assert!(by_name("B → landing")["ratio"].as_f64().unwrap() >= 1.0);
    let text = String::from_utf8(plan(&scenes, &[]).stdout).unwrap();
    let row = text.lines().find(|l| l.starts_with("  A → B")).unwrap();
    assert_eq!(row.matches('–').count(), 3, "bound, ratio, and the distance of the only vehicle from others: {row}");

    let output = plan(&format!("{}{}", scene("A", 5, ""), motion), &["--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((json["verdict"].as_str(), json["vehicle_count"].as_u64()), (Some("infeasible"), Some(1)));
    assert!(json["reason"].as_str().unwrap().contains("vehicle 1 would fly"), "{json}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("vehicle 1 would fly"), "the only vehicle: {stderr}");
}

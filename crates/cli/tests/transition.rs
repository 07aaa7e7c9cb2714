//! `kapok transition`: from points to points, judged by what it prints and writes.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

type Point = [f64; 3];

/// What one run gave.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}\n{}", self.stdout, self.stderr))
    }
}

/// Runs the command on two texts, in a folder of its own.
fn run(folder: &Path, start: &str, goal: &str, more: &[&str]) -> Ran {
    let path = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (start, goal) = (path("start.csv", start), path("goal.csv", goal));
    let output = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .current_dir(folder)
        .arg("transition")
        .args([start, goal])
        .args(more)
        .output()
        .unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Limits of every run, with this separation.
fn flags<'a>(separation: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = ["--separation", separation, "--max-velocity", "6", "--max-acceleration", "3", "--max-jerk", "6"];
    base.into_iter().chain(more.iter().copied()).collect()
}

fn text(points: &[Point]) -> String {
    points.iter().map(|[x, y, z]| format!("{x},{y},{z}\n")).collect::<Vec<_>>().concat()
}

/// A flat square of `side` × `side` points, and an upright one that stands before it, in another order.
fn squares(side: usize, spacing_m: f64) -> (Vec<Point>, Vec<Point>) {
    let at = |k: usize| ((k % side) as f64 * spacing_m, (k / side) as f64 * spacing_m);
    let flat = (0..side * side).map(|k| [at(k).0, at(k).1, 0.0]).collect();
    let upright = (0..side * side).rev().map(|k| [at(k).0 + 1.25, 20.5, 10.0 + at(k).1]).collect();
    (flat, upright)
}

/// Rows of a written CSV file by vehicle: (t, position).
fn rows(path: &PathBuf, n: usize) -> Vec<Vec<(f64, Point)>> {
    let mut by_vehicle = vec![Vec::new(); n];
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("vehicle,t,x,y,z"));
    for line in lines {
        let v: Vec<f64> = line.split(',').map(|f| f.parse().unwrap()).collect();
        by_vehicle[v[0] as usize].push((v[1], [v[2], v[3], v[4]]));
    }
    by_vehicle
}

fn assignment(json: &Value) -> Vec<usize> {
    json["assignment"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect()
}

fn distance(a: Point, b: Point) -> f64 {
    ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt()
}

#[test]
fn the_plan_means_what_it_says() {
    let folder = TempDir::new().unwrap();
    let (starts, goals) = squares(6, 2.0);
    let ran = run(
        folder.path(),
        &format!("x,y,z\n{}", text(&starts)),
        &text(&goals),
        &flags("1.4", &["-o", "out.csv", "-o", "out.skyc", "--rate", "10", "--json"]),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let json = ran.json();
    assert_eq!(json["status"], "complete");
    assert_eq!(json["n"], 36);
    let taken = assignment(&json);
    let mut sorted = taken.clone();
    sorted.sort_unstable();
    assert!(sorted.into_iter().eq(0..36), "a permutation: {taken:?}");

    let number = |name: &str| json[name].as_f64().unwrap();
    assert!(number("lower_bound_s") > 0.0 && number("duration_s") >= number("lower_bound_s"));
    assert!((number("ratio") - number("duration_s") / number("lower_bound_s")).abs() < 1e-9);
    assert!(number("min_separation_m") >= 1.4);
    assert!(number("peak_speed_m_s") <= 6.0);
    assert!(json["phases"].as_array().unwrap().iter().all(|p| p["seconds"].as_f64().unwrap() >= 0.0));
    let repairs = json["repairs"].as_array().unwrap();
    assert!(
        repairs.iter().all(|r| r["kind"] == "reassigned"),
        "spacing over the square root of two needs no way round: {repairs:?}"
    );

    let flown = rows(&folder.path().join("out.csv"), 36);
    let mut least_m = f64::INFINITY;
    for (i, path) in flown.iter().enumerate() {
        assert_eq!(path[0], (0.0, starts[i]));
        assert_eq!(*path.last().unwrap(), (number("duration_s"), goals[taken[i]]));
        for step in path.windows(2) {
            assert!(distance(step[0].1, step[1].1) <= (step[1].0 - step[0].0) * 6.0 + 2e-4, "vehicle {i}: {step:?}");
        }
        for other in &flown[..i] {
            least_m = path.iter().zip(other).map(|(a, b)| distance(a.1, b.1)).fold(least_m, f64::min);
        }
    }
    assert!(least_m >= number("min_separation_m") - 2e-4, "sampled {least_m}");

    let prove = |flags: &[&str]| {
        let mut kapok = Command::new(env!("CARGO_BIN_EXE_kapok"));
        kapok.arg("prove").arg(folder.path().join("out.skyc")).args(flags).output().unwrap().status.code()
    };
    // A transition hangs in the air at both ends: as a part of a show it is proved, as a whole show it is not.
    assert_eq!(prove(&["--airborne-ends"]), Some(0));
    assert_eq!(prove(&[]), Some(1));
    let certificate: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("out.certificate.json")).unwrap()).unwrap();
    assert_eq!(certificate["options"]["airborne_ends"], true);
    let assumptions = certificate["assumptions"].as_array().unwrap();
    let said = |words: &str| assumptions.iter().any(|text| text.as_str().unwrap().contains(words));
    assert!(
        said("may begin and end in the air, as was asked for: that vehicles get there and back is not proved"),
        "{assumptions:?}"
    );
    // The certificate says by itself that this is a part, so its check needs no flag.
    assert_eq!(prove(&["--check", folder.path().join("out.certificate.json").to_str().unwrap()]), Some(0));
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let (starts, goals) = squares(5, 2.0);
    let bytes = |threads: &str| {
        let folder = TempDir::new().unwrap();
        let more = flags("1.4", &["-o", "out.skyc", "--threads", threads]);
        assert_eq!(run(folder.path(), &text(&starts), &text(&goals), &more).code, Some(0));
        std::fs::read(folder.path().join("out.skyc")).unwrap()
    };
    assert_eq!(bytes("1"), bytes("3"));
}

#[test]
fn the_order_is_kept_if_asked() {
    let starts = [[0.0, 0.0, 10.0], [10.0, 0.0, 10.0]];
    let goals = [[10.0, 20.0, 10.0], [0.0, 24.0, 10.0]];
    let folder = TempDir::new().unwrap();
    let free = run(folder.path(), &text(&starts), &text(&goals), &flags("1.5", &["--json"]));
    assert_eq!(assignment(&free.json()), [1, 0], "the short ways");
    let more = flags("0.5", &["--json", "--keep-order"]);
    let kept = run(folder.path(), &text(&starts), &text(&goals), &more);
    assert_eq!(kept.code, Some(0), "{}", kept.stderr);
    assert_eq!(assignment(&kept.json()), [0, 1]);
}

#[test]
fn tight_spacing_is_repaired_and_the_repair_is_named() {
    // A turn by a right angle with every vehicle at its own place of the turned square: chords come closer than the spacing.
    let side = 4;
    let place = |k: usize| ((k % side) as f64 * 2.0 - 3.0, (k / side) as f64 * 2.0 - 3.0);
    let starts: Vec<Point> = (0..side * side).map(|k| [place(k).0, place(k).1, -4.0]).collect();
    let goals: Vec<Point> = starts.iter().map(|[x, y, z]| [-y, *x, *z]).collect();
    let folder = TempDir::new().unwrap();
    let more = flags("1.9", &["--json", "--keep-order", "-o", "out.csv"]);
    let ran = run(folder.path(), &text(&starts), &text(&goals), &more);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let json = ran.json();
    assert_eq!(json["repairs"][0]["kind"], "detour");
    assert!(json["repairs"][0]["count"].as_u64().unwrap() > 1);
    assert!(json["repairs"][0]["longest_m"].as_f64().unwrap() > 0.01);
    assert!(json["ratio"].as_f64().unwrap() < 1.5, "{json}");
    assert!(json["min_separation_m"].as_f64().unwrap() >= 1.9);
    // Heights below 0 are points like others.
    for (i, path) in rows(&folder.path().join("out.csv"), 16).iter().enumerate() {
        assert_eq!((path[0].1, path.last().unwrap().1), (starts[i], goals[i]));
    }
}

#[test]
fn places_too_close_are_infeasible_and_nothing_is_written() {
    let (starts, goals) = squares(3, 1.0);
    let folder = TempDir::new().unwrap();
    let more = flags("1.5", &["--json", "-o", "out.csv"]);
    let ran = run(folder.path(), &text(&starts), &text(&goals), &more);
    assert_eq!(ran.code, Some(2));
    let json = ran.json();
    assert_eq!(json["status"], "infeasible");
    assert!(json["reason"].as_str().unwrap().contains("the start formation"), "{json}");
    assert_eq!(json["assignment"], Value::Null);
    assert!(!folder.path().join("out.csv").exists());
}

#[test]
fn the_downwash_scale_counts_height_less() {
    let starts = [[0.0, 0.0, 0.0], [0.0, 0.0, 2.0]];
    let goals = [[9.0, 0.0, 0.0], [9.0, 0.0, 2.0]];
    let folder = TempDir::new().unwrap();
    let status = |scale: &str| {
        let more = flags("1.5", &["--json", "--downwash-scale", scale]);
        run(folder.path(), &text(&starts), &text(&goals), &more).json()["status"].clone()
    };
    assert_eq!(status("1"), "complete");
    assert_eq!(status("2"), "infeasible");
}

#[test]
fn each_axis_has_its_own_speed() {
    let folder = TempDir::new().unwrap();
    let climb_s = |goal: &str| {
        let more = "--separation 1 --max-velocity-xy 6 --max-velocity-up 3 --max-velocity-down 1 \
                    --max-acceleration 3 --max-jerk 6 --json";
        let more: Vec<&str> = more.split_whitespace().collect();
        run(folder.path(), "0,0,100\n", goal, &more).json()["duration_s"].as_f64().unwrap()
    };
    let (level, up, down) = (climb_s("60,0,100\n"), climb_s("0,0,160\n"), climb_s("0,0,40\n"));
    assert!(level > 10.0 && up > 20.0 && down > 60.0, "{level} {up} {down}");
    assert!(level < up && up < down);
}

#[test]
fn bad_input_is_named_and_nothing_is_written() {
    let (starts, goals) = squares(2, 2.0);
    let (start, goal) = (text(&starts), text(&goals));
    let out = ["-o", "out.csv"];
    let cases: [(&str, &str, Vec<&str>, &str); 8] = [
        ("0,0,0\n2,NaN,0\n", &goal, flags("1.4", &out), "start.csv:2:3: y"),
        (&start, "0,0,0\n2,0\n", flags("1.4", &out), "goal.csv:2:1:"),
        (&start, "0,0,0\n", flags("1.4", &out), "4 points but"),
        ("", &goal, flags("1.4", &out), "start.csv:1:1: the list holds no points"),
        (&start, &goal, flags("nan", &out), "--separation is NaN"),
        (&start, &goal, flags("1.4", &["-o", "out.xml"]), "only .csv and .skyc"),
        (&start, &goal, flags("1.4", &["--max-velocity-up", "3", "-o", "out.csv"]), "--max-velocity"),
        (&start, &goal, flags("1.4", &["--rate", "0", "-o", "out.csv"]), "--rate"),
    ];
    for (start, goal, more, expected) in cases {
        let folder = TempDir::new().unwrap();
        let ran = run(folder.path(), start, goal, &more);
        assert_eq!(ran.code, Some(2), "{expected}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "no \"{expected}\" in {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "something was written");
    }
}

#[test]
fn without_json_there_is_a_table() {
    let (starts, goals) = squares(3, 2.0);
    let folder = TempDir::new().unwrap();
    let ran = run(folder.path(), &text(&starts), &text(&goals), &flags("1.4", &[]));
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("complete, PROVED") && ran.stdout.contains("ratio"), "{}", ran.stdout);
}

#[test]
fn what_makes_no_sense_is_said_by_the_flag() {
    let folder = TempDir::new().unwrap();
    let (start, goal) = ("0,0,10\n5,0,10\n", "0,9,10\n5,9,10\n");
    let said = |more: &[&str]| {
        let ran = run(folder.path(), start, goal, more);
        assert_eq!(ran.code, Some(2), "{more:?}");
        assert_eq!(ran.stdout, "", "{more:?}");
        ran.stderr
    };
    for (separation, begins) in [("0", "error: --separation is 0, but"), ("-1", "error: --separation is -1, but")] {
        let stderr = said(&flags(separation, &[]));
        assert!(stderr.starts_with(begins), "{stderr}");
    }
    let stderr = said(&flags("1.5", &["--downwash-scale", "-2"]));
    assert!(stderr.starts_with("error: --downwash-scale is -2, but"), "{stderr}");
    let limits = |velocity, jerk| {
        ["--separation", "1.5", "--max-velocity", velocity, "--max-acceleration", "3", "--max-jerk", jerk]
    };
    let stderr = said(&limits("-6", "6"));
    assert!(stderr.starts_with("error: --max-velocity is -6, but"), "{stderr}");
    let stderr = said(&limits("6", "0"));
    assert!(stderr.starts_with("error: --max-jerk is 0, but"), "{stderr}");
}

#[test]
fn an_input_is_never_written_over() {
    let folder = TempDir::new().unwrap();
    let (start, goal) = ("0,0,10\n5,0,10\n", "0,9,10\n5,9,10\n");
    for output in ["start.csv", "./goal.csv"] {
        let ran = run(folder.path(), start, goal, &flags("1.5", &["-o", output]));
        assert_eq!(ran.code, Some(2), "{output}");
        assert!(ran.stderr.contains("is read, so it cannot be written"), "{}", ran.stderr);
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("start.csv")).unwrap(), start);
    assert_eq!(std::fs::read_to_string(folder.path().join("goal.csv")).unwrap(), goal);
}

#[test]
fn two_that_cannot_pass_in_their_order_hear_what_would_help() {
    // They rest at the separation itself, so there is nothing between them to turn in.
    let folder = TempDir::new().unwrap();
    let (start, goal) = ("0,0,10\n1.5,0,10\n", "1.5,0,10\n0,0,10\n");
    let ran = run(folder.path(), start, goal, &flags("1.5", &["--json", "--keep-order"]));
    assert_eq!((ran.code, ran.json()["status"].as_str()), (Some(2), Some("infeasible")));
    assert!(ran.json()["reason"].as_str().unwrap().contains("the assignment is fixed"), "{}", ran.stderr);
    assert_eq!(run(folder.path(), start, goal, &flags("1.5", &[])).code, Some(0), "as the reason says");
}

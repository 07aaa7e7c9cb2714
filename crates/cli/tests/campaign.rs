//! Campaigns of rehearsals: kept run by run, gone on with, shared out and put together; faults, winds, profiles of one's own.

use std::path::Path;
use std::process::{Command, Output};

use kapok_show::{DVec3, LightProgram, Trajectory, Vehicle};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::show_of;

/// Four vehicles, 3 m apart, that rise to 15 m, stand for five seconds and come down.
fn folder() -> TempDir {
    let vehicle = |i: u32| {
        let pad = DVec3::new(3.0 * f64::from(i), 0.0, 0.0);
        let high = pad + DVec3::Z * 15.0;
        let mut trajectory = Trajectory::starting_at(0, pad).unwrap();
        trajectory.push(10_000, &[pad, high, high]).unwrap();
        trajectory.push_hold(15_000).unwrap();
        trajectory.push(30_000, &[high, pad, pad]).unwrap();
        Vehicle::new(format!("v{}", i + 1), pad, trajectory, LightProgram::dark())
    };
    let show = show_of("Four", (0..4).map(vehicle).collect());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("show.skyc"), kapok_format::write_skyc(&show).unwrap()).unwrap();
    folder
}

fn kapok(at: &Path, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
    command.current_dir(at).arg("rehearse").args(args.split_whitespace()).output().unwrap()
}

fn done(at: &Path, args: &str) -> String {
    let output = kapok(at, args);
    assert_eq!(output.status.code(), Some(0), "{args}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(at: &Path, args: &str) -> Value {
    serde_json::from_str(&done(at, &format!("{args} --json"))).unwrap()
}

fn refused(at: &Path, args: &str) -> String {
    let output = kapok(at, args);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args}: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

fn bytes(at: &Path, name: &str) -> Vec<u8> {
    std::fs::read(at.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const FILES: [&str; 3] = ["runs.jsonl", "rehearsal.json", "report.html"];

/// Cut off after any byte, a campaign goes on to the same bytes, and flies only what is missing.
#[test]
fn an_interrupted_campaign_goes_on_to_the_same_bytes() {
    let folder = folder();
    let at = folder.path();
    let told = done(at, "show.skyc --runs 4 --wind 4 --seed 2 -o whole --json --threads 1");
    assert_eq!(told.as_bytes(), bytes(at, "whole/rehearsal.json"));
    let whole = bytes(at, "whole/runs.jsonl");
    let lines: Vec<usize> = whole.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(k, _)| k + 1).collect();
    assert_eq!(lines.len(), 5, "a head and four runs");
    for cut in [0, 40, lines[0], lines[1] + 100, lines[4] - 1, lines[4]] {
        let name = format!("cut{cut}");
        std::fs::create_dir(at.join(&name)).unwrap();
        std::fs::write(at.join(&name).join("runs.jsonl"), &whole[..cut]).unwrap();
        done(at, &format!("show.skyc --runs 4 --wind 4 --seed 2 -o {name}"));
        for file in FILES {
            assert!(
                bytes(at, &format!("{name}/{file}")) == bytes(at, &format!("whole/{file}")),
                "{file} after {cut} bytes"
            );
        }
    }
}

/// Shards that are put together are the campaign that was flown in one go, to the byte; a missing one is told.
#[test]
fn shards_merge_to_the_whole_campaign() {
    let folder = folder();
    let at = folder.path();
    let asked = "show.skyc --runs 3 --sweep wind=2..6:4 --seed 9";
    done(at, &format!("{asked} -o whole"));
    for k in 1..=3 {
        done(at, &format!("{asked} -o part{k} --shard {k}/3 --threads 2"));
    }
    let told = done(at, "--merge part3 part1 part2 -o merged --json");
    assert_eq!(told.as_bytes(), bytes(at, "whole/rehearsal.json"));
    for file in FILES {
        assert!(bytes(at, &format!("merged/{file}")) == bytes(at, &format!("whole/{file}")), "{file}");
    }
    let some = json(at, "--merge part1 part3");
    assert_eq!((&some["runs"], &some["runs_missing"]), (&4.into(), &2.into()));
    assert!(refused(at, "--merge part1 part1").contains("in two of the folders"));
    done(at, "show.skyc --runs 3 --seed 10 -o other");
    assert!(refused(at, "--merge part1 other").contains("part1 and other are campaigns of other inputs"));
    assert!(refused(at, "--merge part1 none").contains("none holds no campaign"));
    assert!(refused(at, "--merge part1 -o part1").contains("part1 is read"));
    assert!(refused(at, "--merge part1 -o other").contains("is not empty"));
    assert!(refused(at, &format!("{asked} -o part1 --shard 2/3")).contains("holds a campaign of another shard"));
    assert!(refused(at, "show.skyc --runs 3 --seed 11 -o other").contains("holds a campaign of other inputs"));
}

/// What stands in a campaign's file is believed only if it is of that campaign.
#[test]
fn records_that_are_none_of_the_campaign_are_refused() {
    let folder = folder();
    let at = folder.path();
    done(at, "show.skyc --runs 2 -o whole");
    let text = String::from_utf8(bytes(at, "whole/runs.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let wrong = |name: &str, lines: &[&str], words: &str| {
        std::fs::create_dir(at.join(name)).unwrap();
        std::fs::write(at.join(name).join("runs.jsonl"), lines.join("\n") + "\n").unwrap();
        for args in [format!("show.skyc --runs 2 -o {name}"), format!("--merge {name}")] {
            let told = refused(at, &args);
            assert!(told.contains(words), "{args}: {told}");
        }
        assert!(!at.join(name).join("report.html").exists());
    };
    let other = lines[1].replacen("\"index\":0", "\"index\":7", 1);
    wrong("index", &[lines[0], &other], "line 2 is of another campaign");
    let charge = lines[1].replacen("\"charge\":[0,", "\"charge\":[", 1);
    wrong("charge", &[lines[0], &charge], "line 2 has figures that no run has");
    let bins = lines[1].replacen("\"errors\":{\"bins\":[[", "\"errors\":{\"bins\":[[4000000000,1],[", 1);
    wrong("bins", &[lines[0], &bins], "line 2 has figures that no run has");
    wrong("twice", &[lines[0], lines[1], lines[1]], "run 1 in 0 m/s twice");
    wrong("form", &[&lines[0].replace("kapok-campaign/1", "kapok-campaign/9")], "line 1 is of the form");
    wrong("none", &["{}"], "line 1 missing field");
    std::fs::create_dir(at.join("full")).unwrap();
    std::fs::write(at.join("full/mine.txt"), "mine").unwrap();
    assert!(refused(at, "show.skyc -o full").contains("is not empty"));
    assert_eq!(bytes(at, "full/mine.txt"), b"mine");
}

#[test]
fn a_sweep_says_how_much_wind_the_show_takes() {
    let folder = folder();
    let at = folder.path();
    let answer = json(at, "show.skyc --runs 2 --sweep wind=0..36:12 --profile show-280g");
    let winds = answer["sweep"]["winds"].as_array().unwrap();
    assert_eq!((winds.len(), &answer["runs"], &answer["wind_m_s"]), (4, &8.into(), &36.0.into()));
    assert_eq!(winds[0]["whole"]["count"], 2);
    assert_eq!(winds[3]["whole"]["count"], 0, "36 m/s blows 280 g away");
    let taken = answer["sweep"]["taken_m_s"].as_f64().unwrap();
    assert!((0.0..36.0).contains(&taken));
    // The same gusts in each wind: the direction of run 1 is one.
    assert_eq!(answer["each"][0]["wind_toward_deg"], answer["each"][6]["wind_toward_deg"]);
    let text = done(at, "show.skyc --runs 2 --sweep wind=0..36:12 --profile show-280g");
    assert!(text.contains(&format!("The show takes {taken} m/s of wind: flown whole in all 2 runs there")), "{text}");
    assert!(text.contains("runs failed.") && text.contains("flown whole"), "{text}");
}

/// Mistakes of a fault script look as those of a show script do: line, mark, remedy; and nothing is flown.
#[test]
fn a_wrong_fault_script_is_told_with_its_place() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("drill.toml"), "title = 'x'\n[[jam]]\nat_s = 5\nvehicles = [2, 9]\n").unwrap();
    let told = refused(at, "show.skyc --faults drill.toml -o out");
    assert!(told.contains("error: cannot rehearse show.skyc: the fault script has mistakes"), "{told}");
    assert!(told.contains("--> drill.toml:4:16") && told.contains("4 | vehicles = [2, 9]"), "{told}");
    assert!(told.contains("there is no vehicle 9") && told.contains("the show has 4 vehicles"), "{told}");
    assert!(!at.join("out").exists(), "nothing was begun");
    let machine = kapok(at, "show.skyc --faults drill.toml --json");
    let answer: Value = serde_json::from_slice(&machine.stdout).unwrap();
    let mistake = &answer["error"]["diagnostics"][0];
    assert_eq!(
        (&mistake["line"], &mistake["column"], &mistake["field"]),
        (&4.into(), &16.into(), &"jam.vehicles".into())
    );
    for (args, words) in [
        ("show.skyc --faults none.toml", "cannot read none.toml"),
        ("show.skyc --faults show.skyc", "is no text"),
        ("show.skyc --protections off", "--faults"),
        ("show.skyc --faults drill.toml --protections maybe", "invalid value"),
        ("show.skyc --sweep wind=0..14 --wind 3", "cannot be used with"),
        ("show.skyc --sweep 0..14", "write wind=0..14"),
        ("show.skyc --sweep wind=9..2", "--sweep goes from 9 to 2 m/s"),
        ("show.skyc --shard 3/2", "--shard is 3/2"),
        ("show.skyc --placement nan", "--placement is NaN"),
        ("show.skyc --runs 2000 --sweep wind=0..99:1", "--sweep goes from 0 to 99"),
        ("show.skyc --runs 60000 --sweep wind=0..1", "--runs is 60000 in each of 2 winds"),
        ("show.skyc -o show.skyc", "show.skyc is read"),
        ("--merge a show.skyc --runs 3", "cannot be used with"),
        ("", "FILE"),
    ] {
        let told = refused(at, args);
        assert!(told.contains(words), "{args}: {told}");
    }
}

/// What only a radio link shows is listed, not dropped; protections are on unless they are switched off.
#[test]
fn faults_are_flown_or_listed() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(
        at.join("drill.toml"),
        "title = 'Two things'\n[[jam]]\nat_s = -60\n[[link]]\nat_s = 3\nloss = 0.5\ndelay_s = 2\n",
    )
    .unwrap();
    let on = json(at, "show.skyc --faults drill.toml");
    assert_eq!(on["faults"]["title"], "Two things");
    assert_eq!(on["faults"]["not_simulated"].as_array().unwrap().len(), 1);
    assert!(on["faults"]["not_simulated"][0].as_str().unwrap().starts_with("link: 50 % lost, 2 s of delay"));
    assert!(on["each"][0]["refused"].as_str().unwrap().starts_with("positioning: 4 of 4 vehicles"), "{on}");
    assert_eq!((&on["each"][0]["flew"], &on["landed"]), (&0.into(), &4.into()));
    let off = json(at, "show.skyc --faults drill.toml --protections off");
    assert_eq!((&off["each"][0]["flew"], &off["faults"]["protections"]), (&4.into(), &false.into()));
    let text = done(at, "show.skyc --faults drill.toml");
    assert!(
        text.contains("Two things: 2 faults, protections on") && text.contains("not simulated here: link"),
        "{text}"
    );
    assert!(text.contains("start refused") && text.contains("(1 of 1 runs)"), "{text}");
}

#[test]
fn a_profile_of_ones_own_and_placement_are_flown() {
    let folder = folder();
    let at = folder.path();
    let profiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sim/profiles");
    let text = std::fs::read_to_string(profiles.join("show-1kg.toml")).unwrap();
    std::fs::write(at.join("mine.toml"), text.replace("name = \"show-1kg\"", "name = \"mine\"")).unwrap();
    let mine = json(at, "show.skyc --profile mine.toml --seed 3");
    let known = json(at, "show.skyc --profile show-1kg --seed 3");
    assert_eq!((&mine["profile"], &mine["each"]), (&"mine".into(), &known["each"]));
    assert_ne!(mine["inputs_sha256"], known["inputs_sha256"]);
    std::fs::write(at.join("bad.toml"), text.replace("mass_kg = { value = 1.0", "mass_kg = { value = -1.0")).unwrap();
    let told = refused(at, "show.skyc --profile bad.toml");
    assert!(told.contains("the vehicle profile has mistakes") && told.contains("--> bad.toml:6:21"), "{told}");
    let placed = json(at, "show.skyc --profile show-1kg --seed 3 --placement 0.3");
    assert_eq!((&placed["placement_m"], &placed["landed"]), (&0.3.into(), &4.into()));
    // The same errors and gusts from other places: all figures of the run move.
    assert_ne!(placed["each"], known["each"]);
    let low = |answer: &Value| answer["tracking_by_height"][0]["median_m"].as_f64().unwrap();
    assert!(low(&placed) > low(&known), "{} and {}", low(&placed), low(&known));
}

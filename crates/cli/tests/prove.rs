//! `kapok prove`: flags over the file's limits, the check of a certificate against a file, the picture, the cases.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output};

use kapok_show::{DVec3, LightProgram, LimitField, Show, Trajectory, Vehicle};
use serde_json::{Value, json};
use tempfile::TempDir;

fn kapok(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Eight vehicles in a row of 3 m rise to 10 m and come down; the second goes 1 m nearer to the first in between.
fn row() -> Show {
    let smooth = |t: &mut Trajectory, end_ms: i64, to: DVec3| {
        let from = t.end_point_m();
        t.push(end_ms, &[from, from, from, to, to, to, to]).unwrap();
    };
    let vehicles = (0..8).map(|k| {
        let home_m = DVec3::new(3.0 * f64::from(k), 0.0, 0.0);
        let up_m = home_m + DVec3::new(0.0, 0.0, 10.0);
        let mut trajectory = Trajectory::starting_at(0, home_m).unwrap();
        smooth(&mut trajectory, 15_000, up_m);
        let aside_m = if k == 1 { DVec3::new(2.0, 0.0, 10.0) } else { up_m };
        smooth(&mut trajectory, 20_000, aside_m);
        smooth(&mut trajectory, 25_000, up_m);
        smooth(&mut trajectory, 40_000, home_m);
        Vehicle::new(format!("{k:03}"), home_m, trajectory, LightProgram::dark())
    });
    common::show_of("Row <of> \"eight\" & more", vehicles.collect())
}

/// A folder with a show, and names in it.
struct Room {
    folder: TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self { folder: TempDir::new().unwrap() };
        room.put("show.skyc", &kapok_format::write_skyc(&row()).unwrap());
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Proves the show with these flags; the certificate.
    fn prove(&self, flags: &[&str], code: i32) -> Value {
        let (show, certificate) = (self.name("show.skyc"), self.name("c.json"));
        let output = kapok(&[&["prove", show.as_str(), "--certificate", certificate.as_str()], flags].concat());
        assert_eq!(output.status.code(), Some(code), "{}{}", text(&output.stdout), text(&output.stderr));
        self.certificate()
    }

    fn certificate(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path("c.json")).unwrap()).unwrap()
    }

    /// Checks a certificate against a file; exit code and what differs.
    fn check(&self, show: &str, certificate: &Value) -> (i32, Vec<String>) {
        self.put("checked.json", certificate.to_string().as_bytes());
        let output = kapok(&["prove", &self.name(show), "--check", &self.name("checked.json"), "--json"]);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let differences = answer["differences"].as_array().unwrap();
        assert_eq!(answer["agrees"], json!(differences.is_empty()));
        let differences = differences.iter().map(|d| d.as_str().unwrap().to_owned()).collect();
        (output.status.code().unwrap(), differences)
    }
}

fn rule<'a>(certificate: &'a Value, name: &str) -> &'a Value {
    certificate["rules"].as_array().unwrap().iter().find(|r| r["rule"] == name).unwrap()
}

#[test]
fn a_flag_turns_proved_into_violated_and_the_source_is_stated() {
    let room = Room::new();
    let plain = room.prove(&[], 0);
    assert_eq!(plain["verdict"], "proved");
    assert_eq!(plain["limit_sources"].as_object().unwrap().len(), 13);
    assert_eq!(plain["vehicle_sha256"].as_array().unwrap().len(), 8);
    assert!(plain["limit_sources"].as_object().unwrap().values().all(|s| s != "flag"));
    let strict = room.prove(&["--separation", "2.5", "--max-jerk", "3.5"], 1);
    assert_eq!(strict["verdict"], "violated");
    assert_eq!(strict["limits"]["min_separation_m"], 2.5);
    assert_eq!(strict["limits"]["max_jerk_m_s3"], 3.5);
    assert_eq!(rule(&strict, "separation")["limit"]["value"], 2.5);
    let mut expected = plain["limit_sources"].clone();
    expected["min_separation_m"] = json!("flag");
    expected["max_jerk_m_s3"] = json!("flag");
    assert_eq!(strict["limit_sources"], expected);
    let assumptions = strict["assumptions"].to_string();
    assert!(assumptions.contains("--separation sets min_separation_m = 2.5 in place of the 1.5"), "{assumptions}");
}

/// What a file states and what it leaves out is told apart.
#[test]
fn limits_of_the_file_and_defaults_are_told_apart() {
    let room = Room::new();
    let certificate = room.prove(&[], 0);
    let decoded =
        kapok_format::read_skyc(&std::fs::read(room.path("show.skyc")).unwrap(), &kapok_format::ReadBounds::default())
            .unwrap();
    for name in decoded.limits_from_file.from_file.into_iter().map(LimitField::name) {
        assert_eq!(certificate["limit_sources"][name], "file", "{name}");
    }
    let csv = kapok_format::write_csv_zip(&row(), 25.0).unwrap().bytes;
    room.put("show.zip", &csv);
    let output = kapok(&["prove", &room.name("show.zip"), "--json", "--max-altitude", "90"]);
    let certificate: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(certificate["limit_sources"]["min_separation_m"], "default");
    assert_eq!(certificate["limit_sources"]["max_altitude_m"], "flag");
    assert!(!certificate["assumptions"].as_array().unwrap().is_empty(), "sampled rows need an interpolation");
}

#[test]
fn an_illegal_flag_is_bad_input_and_named() {
    let room = Room::new();
    for (flag, value) in [
        ("--separation", "-1"),
        ("--separation", "nan"),
        ("--downwash-scale", "0.5"),
        ("--battery-reserve", "1"),
        ("--min-navigation-altitude", "500"),
        ("--max-jerk", "fast"),
    ] {
        let (show, certificate) = (room.name("show.skyc"), room.name("none.json"));
        let output = kapok(&["prove", &show, "--certificate", &certificate, flag, value]);
        assert_eq!(output.status.code(), Some(2), "{flag} {value}");
        assert!(text(&output.stderr).contains(flag), "{}", text(&output.stderr));
        assert!(!room.path("none.json").exists());
    }
}

/// The archive with every member's text changed.
fn edited(archive: &[u8], edit: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for k in 0..from.len() {
        let mut member = from.by_index(k).unwrap();
        let mut content = Vec::new();
        member.read_to_end(&mut content).unwrap();
        to.start_file(member.name().unwrap(), zip::write::SimpleFileOptions::default()).unwrap();
        let content = String::from_utf8(content)
            .map_or_else(std::string::FromUtf8Error::into_bytes, |text| edit(text).into_bytes());
        to.write_all(&content).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn a_flag_stands_in_for_nonsense_of_the_file() {
    let room = Room::new();
    let written = kapok_format::write_skyc(&row()).unwrap();
    for (stated, nonsense, flag, value, field, other) in [
        ("\"minDistance\":1.5", "\"minDistance\":-3", "--separation", "1", "min_separation_m", "--max-altitude"),
        ("\"maxAltitude\":120", "\"maxAltitude\":0", "--max-altitude", "90", "max_altitude_m", "--separation"),
    ] {
        let mut seen = false;
        let bytes = edited(&written, |text| text.replace(stated, nonsense));
        let again = edited(&bytes, |text| text.replace(nonsense, stated));
        seen |= bytes != again;
        assert!(seen, "{stated} is in the file");
        room.put("show.skyc", &bytes);
        // Without the flag, and with a flag for another limit, it is bad input.
        for flags in [&[][..], &[other, "50"]] {
            let output = kapok(&[&["prove", room.name("show.skyc").as_str()], flags].concat());
            assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
            assert!(text(&output.stderr).contains(field), "{}", text(&output.stderr));
        }
        let c = room.prove(&[flag, value], 0);
        let written_value: f64 = value.parse().unwrap();
        assert_eq!((c["limits"][field].as_f64(), &c["limit_sources"][field]), (Some(written_value), &json!("flag")));
        let passed_over = nonsense.rsplit(':').next().unwrap();
        let said = format!("{flag} sets {field} = {value} in place of the {passed_over} that the file states");
        assert!(c["assumptions"].as_array().unwrap().contains(&json!(said)), "{} is not in {}", said, c["assumptions"]);
        assert_eq!(room.check("show.skyc", &c), (0, Vec::new()), "--check reads what the flags made readable");
    }
}

#[test]
fn a_certificate_agrees_with_its_own_file() {
    let room = Room::new();
    let certificate = room.prove(&[], 0);
    assert_eq!(room.check("show.skyc", &certificate), (0, vec![]));
    // It agrees, but what it says is not that the show is safe.
    let violated = room.prove(&["--separation", "2.5"], 1);
    assert_eq!(room.check("show.skyc", &violated), (1, vec![]));
    let output = kapok(&["prove", &room.name("show.skyc"), "--check", &room.name("c.json")]);
    assert!(text(&output.stdout).contains("min_separation_m = 2.5"), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("proved anew"), "{}", text(&output.stdout));
}

#[test]
fn another_byte_anywhere_is_another_file() {
    let room = Room::new();
    let certificate = room.prove(&[], 0);
    let bytes = std::fs::read(room.path("show.skyc")).unwrap();
    for at in [0, 1, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        room.put("damaged.skyc", &damaged);
        let (code, differences) = room.check("damaged.skyc", &certificate);
        assert_eq!(code, 1);
        assert!(differences[0].starts_with("sha256 of the file"), "{differences:?}");
    }
}

#[test]
fn two_vehicles_changed_for_each_other_are_named() {
    let room = Room::new();
    let mut certificate = room.prove(&[], 0);
    let mut show = row();
    show.vehicles.swap(3, 4);
    let swapped = kapok_format::write_skyc(&show).unwrap();
    room.put("swapped.skyc", &swapped);
    let (code, differences) = room.check("swapped.skyc", &certificate);
    assert_eq!(code, 1);
    assert!(differences.iter().any(|d| d.starts_with("vehicle 3 ") && d.contains("vehicle 4 of this file")));
    // Even if the file's hash is made to fit.
    certificate["file"]["sha256"] = json!(kapok_format::content_sha256(&swapped));
    certificate["file"]["bytes"] = json!(swapped.len());
    let (code, differences) = room.check("swapped.skyc", &certificate);
    assert_eq!(code, 1);
    assert!(differences.iter().any(|d| d.starts_with("vehicle 4 ")), "{differences:?}");
}

#[test]
fn a_forged_certificate_is_refused() {
    let room = Room::new();
    let good = room.prove(&[], 0);
    let place = |c: &Value, name: &str| c["rules"].as_array().unwrap().iter().position(|r| r["rule"] == name).unwrap();
    let separation = place(&good, "separation");
    let refuses = |what: &str, forge: &dyn Fn(&mut Value)| {
        let mut forged = good.clone();
        forge(&mut forged);
        assert_ne!(forged, good, "{what}: nothing was changed");
        let (code, differences) = room.check("show.skyc", &forged);
        assert_eq!(code, 1, "{what}");
        assert!(!differences.is_empty(), "{what}");
    };
    refuses("value", &|c| c["rules"][separation]["worst"]["value"] = json!(2.9));
    refuses("instant", &|c| c["rules"][separation]["worst"]["t_ms"] = json!(17_000.0));
    refuses("position", &|c| c["rules"][separation]["worst"]["positions_m"][0][0] = json!(0.5));
    refuses("vehicle", &|c| c["rules"][separation]["worst"]["vehicles"][0]["index"] = json!(5));
    refuses("no such vehicle", &|c| c["rules"][separation]["worst"]["vehicles"][0]["index"] = json!(1_000_000));
    refuses("speed", &|c| {
        let k = place(c, "velocity_up");
        c["rules"][k]["worst"]["value"] = json!(0.1);
    });
    refuses("bound", &|c| c["rules"][separation]["worst"]["bound"] = json!(2.5));
    refuses("margin", &|c| c["rules"][separation]["margin"] = json!(1.5));
    refuses("no worst case", &|c| {
        let k = place(c, "altitude");
        c["rules"][k]["worst"] = Value::Null;
    });
    refuses("limit of the file", &|c| {
        c["limits"]["min_separation_m"] = json!(0.5);
        c["rules"][separation]["limit"]["value"] = json!(0.5);
    });
    refuses("limit of the rule", &|c| c["rules"][separation]["limit"]["value"] = json!(0.5));
    refuses("source", &|c| c["limit_sources"]["min_separation_m"] = json!("default"));
    refuses("version", &|c| c["checker"]["version"] = json!("99.0.0"));
    refuses("a rule left out", &|c| drop(c["rules"].as_array_mut().unwrap().pop()));
    refuses("no file", &|c| c["file"] = Value::Null);
    refuses("hashes left out", &|c| c["vehicle_sha256"] = json!([]));
    // A violated certificate with another verdict written over it.
    let mut whitewashed = room.prove(&["--separation", "2.5"], 1);
    whitewashed["verdict"] = json!("proved");
    whitewashed["rules"][separation]["verdict"] = json!("proved");
    whitewashed["rules"][separation]["violations"] = json!(0);
    let (code, differences) = room.check("show.skyc", &whitewashed);
    assert_eq!(code, 1);
    let said = "rules.separation.verdict: the certificate says \"proved\", here it is \"violated\"";
    assert!(differences.iter().any(|d| d == said), "{differences:?}");
}

#[test]
fn what_is_no_certificate_is_bad_input() {
    let room = Room::new();
    room.prove(&[], 0);
    let mut other = room.certificate();
    other["schema"] = json!("kapok-certificate/999");
    for (bytes, word) in
        [(b"{".to_vec(), "bad.json"), (b"{}".to_vec(), "bad.json"), (other.to_string().into_bytes(), "999")]
    {
        room.put("bad.json", &bytes);
        let output = kapok(&["prove", &room.name("show.skyc"), "--check", &room.name("bad.json")]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(word), "{}", text(&output.stderr));
    }
    // Flags belong to a new proof.
    let output = kapok(&["prove", &room.name("show.skyc"), "--check", &room.name("c.json"), "--separation", "3"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("--check"), "{}", text(&output.stderr));
}

#[test]
fn the_picture_is_well_formed_and_holds_the_limit_and_the_worst() {
    let room = Room::new();
    let plot = room.name("plot.svg");
    let certificate = room.prove(&["--plot", &plot], 0);
    let svg = std::fs::read_to_string(&plot).unwrap();
    let document = usvg::roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let texts: Vec<&str> = document.descendants().filter_map(|n| n.text()).collect();
    let holds = |word: &str| texts.iter().any(|t| t.contains(word));
    assert!(holds("Row <of> \"eight\" & more: proved"), "{texts:?}");
    assert!(holds("limit in flight 1.50 m") && holds("least separation, m") && holds("show time, min:s"));
    let worst = &rule(&certificate, "separation")["worst"];
    assert!(holds(&format!("{:.3} m at", worst["value"].as_f64().unwrap())));
    // Near the ground no vehicle is within the search radius of 1.6 m, so there is one worst instant to mark.
    assert_eq!(document.descendants().filter(|n| n.has_tag_name("circle")).count(), 1);
    // The same bytes again, on one thread.
    room.prove(&["--plot", &plot, "--threads", "1"], 0);
    assert_eq!(std::fs::read_to_string(&plot).unwrap(), svg);
}

#[test]
fn nothing_is_written_over_the_show_or_under_a_wrong_ending() {
    let room = Room::new();
    let show = room.name("show.skyc");
    let before = std::fs::read(&show).unwrap();
    for flags in [["--plot", "plot.gif"], ["--certificate", show.as_str()]] {
        let output = kapok(&[["prove", show.as_str()], flags].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
    }
    assert_eq!(std::fs::read(&show).unwrap(), before);
}

/// Many broken pairs are one group: how many, the worst, five more, and how many are not shown.
#[test]
fn violations_are_grouped_by_rule() {
    let room = Room::new();
    let show = room.name("show.skyc");
    let run = || text(&kapok(&["prove", &show, "--separation", "6.5", "--max-velocity-up", "1"]).stdout);
    let report = run();
    // Of eight in a row of 3 m, 7 pairs are 3 m apart and 6 pairs 6 m.
    assert!(report.contains("Separation in flight: 13 pairs come closer than allowed."), "{report}");
    assert!(report.contains("Climb speed: 8 vehicles break the limit."), "{report}");
    let separation = report.split("Separation in flight: ").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(separation.matches(" m   ").count(), 6, "{separation}");
    assert!(separation.contains("worst   20.000 s   2.000 m   000, 001"), "{separation}");
    assert!(separation.contains("and 7 more"), "{separation}");
    assert_eq!(report, run());
}

#[test]
fn a_single_vehicle_is_counted_as_one() {
    let room = Room::new();
    let mut show = row();
    show.vehicles.truncate(1);
    room.put("show.skyc", &kapok_format::write_skyc(&show).unwrap());
    let output = kapok(&["prove", &room.name("show.skyc")]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("PROVED (1 vehicle, 0:40.0)"), "{}", text(&output.stdout));
}

#[test]
fn plots_are_drawings_pixels_or_the_whole_report() {
    let room = Room::new();
    let write = |name: &str| {
        let plot = room.name(name);
        room.prove(&["--plot", &plot], 0);
        std::fs::read(&plot).unwrap()
    };
    assert!(write("plot.png").starts_with(b"\x89PNG\r\n"));
    let pdf = write("report.pdf");
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(write("again.pdf") == pdf, "the same bytes again");
}

#[test]
fn safety_and_findings_are_written_for_other_programs() {
    let room = Room::new();
    let (show, safety, sarif) = (room.name("show.skyc"), room.name("s.json"), room.name("f.sarif"));
    let output = kapok(&["prove", &show, "--separation", "2.5", "--safety", &safety, "--sarif", &sarif]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(room.path(name)).unwrap()).unwrap() };
    let s = read("s.json");
    assert_eq!((&s["version"], &s["step_ms"]), (&json!(1), &json!(1000)));
    let steps = s["timeline"]["t_ms"].as_array().unwrap().len();
    assert_eq!(steps, 40);
    for (name, values) in s["timeline"].as_object().unwrap() {
        assert_eq!(values.as_array().unwrap().len(), steps, "{name}");
    }
    assert_eq!(s["timeline"]["fence_margin_m"][0], Value::Null, "there is no fence");
    // The second vehicle stands 2 m from the first at 20 s.
    assert!((s["timeline"]["min_separation_m"][20].as_f64().unwrap() - 2.0).abs() < 0.02);
    assert_eq!(s["timeline"]["min_separation_pair"][20], json!([0, 1]));
    assert_eq!(s["worst_pairs"][0]["pair"], json!([0, 1]));
    let f = &s["footprint"];
    let cells = f["columns"].as_u64().unwrap() * f["rows"].as_u64().unwrap();
    assert_eq!(f["vehicle_seconds"].as_array().unwrap().len() as u64, cells);
    assert!(cells <= 200_000 && f["reach_m"].as_f64().unwrap() > 1.0);
    let found = read("f.sarif");
    assert_eq!(found["version"], "2.1.0");
    let run = &found["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "one cause");
    assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&json!("separation"), &json!("error")));
    let index = results[0]["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "separation");
    assert_eq!(results[0]["occurrenceCount"], 1);
    assert_eq!(results[0]["locations"][0]["logicalLocations"][0]["name"], "000");
    assert!(results[0]["message"]["text"].as_str().unwrap().contains("20"), "the time is said");
}

#[test]
fn bytes_per_vehicle_are_held_against_a_limit() {
    let room = Room::new();
    assert_eq!(room.prove(&["--max-payload-bytes", "100000"], 0)["verdict"], "proved");
    let certificate = room.prove(&["--max-payload-bytes", "50"], 1);
    let rules = certificate["rules"].as_array().unwrap();
    let payload = rules.iter().find(|r| r["rule"] == "payload").unwrap();
    assert_eq!((&payload["verdict"], &payload["violations"]), (&json!("violated"), &json!(8)));
}

#[test]
fn xian_2018_to_orlando_2024_what_was_not_uploaded_is_noticed() {
    // The launch file that was never sent: the vehicles hold another show than the one that was proved.
    let room = Room::new();
    room.prove(&[], 0);
    let mut other = row();
    let far = other.vehicles[3].trajectory.end_point_m();
    other.vehicles[3].trajectory = Trajectory::starting_at(0, far).unwrap();
    other.vehicles[3].trajectory.push_hold(40_000).unwrap();
    room.put("show.skyc", &kapok_format::write_skyc(&other).unwrap());
    let (show, certificate) = (room.name("show.skyc"), room.name("c.json"));
    let output = kapok(&["prove", &show, "--check", &certificate]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains("sha256 of the file") && said.contains("vehicle 3 (\"003\")"), "{said}");
}

#[test]
fn prove_and_convert_excuse_the_same_rounding() {
    let room = Room::new();
    let (show, csv) = (room.name("show.skyc"), room.name("out.zip"));
    let converted = kapok(&["convert", &show, &csv, "--json"]);
    let converted: Value = serde_json::from_slice(&converted.stdout).unwrap();
    let proved: Value = serde_json::from_slice(&kapok(&["prove", &csv, "--json"]).stdout).unwrap();
    let step = converted["coordinate_step_m"].as_f64().unwrap();
    let stated = proved["assumptions"].as_array().unwrap().iter().filter_map(Value::as_str);
    let said: Vec<&str> = stated.filter(|a| a.contains("rounded to")).collect();
    assert!(said[0].contains(&format!("{step} m")), "{said:?} against {step}");
    let lines = proved["assumptions"].to_string();
    assert!(lines.contains("straight lines"), "{lines}");
}

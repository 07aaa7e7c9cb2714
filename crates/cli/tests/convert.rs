//! Shows written in other formats: what is stated of the loss holds, and nothing is written where nothing should be.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::path::Path;
use std::process::{Command, Output};

use kapok_format::skyb::Skyb;
use kapok_format::{ReadBounds, content_sha256, read_csv_zip, read_skyb, read_skyc, read_vviz, write_skyc};
use kapok_show::{
    DVec3, LightKey, LightProgram, PyroEvent, PyroPayload, PyroProgram, ReturnAction, ReturnEntry, ReturnToHomePlan,
    Rgb, Show, Site, Trajectory, Vehicle, Wgs84, YawKey, YawProgram,
};
use serde_json::Value;
use tempfile::TempDir;

fn kapok(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).output().unwrap()
}

/// Converts and gives the exit code and the JSON.
fn convert(source: &Path, out: &Path, more: &[&str]) -> (i32, Value) {
    let (source, out) = (source.display().to_string(), out.display().to_string());
    let output = kapok(&[&["convert", &source, &out, "--json"], more].concat());
    let json = serde_json::from_slice(&output.stdout);
    (output.status.code().unwrap(), json.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

/// Converting is refused with exit code 2 and these words on stderr.
fn refused(args: &[&str], words: &[&str]) {
    let output = kapok(args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert!(output.stdout.is_empty());
    for word in words {
        assert!(stderr.contains(word), "{args:?}: no \"{word}\" in {stderr}");
    }
}

/// Up, sideways, down: pieces of degree 7 that begin and end at rest, gentle enough for every limit.
fn vehicle(name: &str, home_m: DVec3) -> Vehicle {
    let (up, aside) = (home_m + DVec3::new(0.0, 0.0, 21.37), home_m + DVec3::new(3.0, 14.81, 21.37));
    let mut trajectory = Trajectory::starting_at(1003, home_m).unwrap();
    let mut from_m = home_m;
    for (end_ms, to_m) in [(31_010, up), (51_017, aside), (81_001, DVec3::new(aside.x, aside.y, 0.0))] {
        trajectory.push(end_ms, &[from_m, from_m, from_m, to_m, to_m, to_m, to_m]).unwrap();
        from_m = to_m;
    }
    let key = |t_ms, colour, fade| LightKey { t_ms, colour, fade };
    let lights = LightProgram::from_keys(vec![
        key(2000, Rgb::new(255, 10, 0), false),
        key(6000, Rgb::new(0, 0, 200), true),
        key(60_007, Rgb::BLACK, false),
    ]);
    Vehicle::new(name, home_m, trajectory, lights.unwrap())
}

fn show_of(vehicles: Vec<Vehicle>) -> Show {
    let origin = Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 5.0 };
    Show { site: Site { origin, heading_deg: 30.0 }, ..common::show_of("Three", vehicles) }
}

/// Three vehicles; the last is so far out that its .skyb needs a coarser grid.
fn three() -> Show {
    show_of(vec![
        vehicle("alpha", DVec3::ZERO),
        vehicle("b 2", DVec3::new(7.123_45, 0.5, 0.0)),
        vehicle("三", DVec3::new(-20.0, 91.037, 0.0)),
    ])
}

fn written(folder: &TempDir, show: &Show) -> std::path::PathBuf {
    let path = folder.path().join("show.skyc");
    std::fs::write(&path, write_skyc(show).unwrap()).unwrap();
    path
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The position by repeated halving of nothing but the definition: de Casteljau on the piece that holds the instant.
fn position_m(trajectory: &Trajectory, t_ms: f64) -> DVec3 {
    if t_ms <= trajectory.start_ms() as f64 {
        return trajectory.start_point_m();
    }
    for segment in trajectory.segments() {
        if t_ms <= segment.end_ms as f64 {
            let u = (t_ms - segment.start_ms as f64) / (segment.end_ms - segment.start_ms) as f64;
            let mut points = segment.control_m.to_vec();
            while points.len() > 1 {
                points = points.windows(2).map(|w| w[0] * (1.0 - u) + w[1] * u).collect();
            }
            return points[0];
        }
    }
    trajectory.end_point_m()
}

/// Largest distance between the two at 143 instants a second.
fn farthest_m(a: &Trajectory, b: &Trajectory) -> f64 {
    let end_ms = a.end_ms().max(b.end_ms()) + 500;
    (0..end_ms / 7)
        .map(|k| k as f64 * 7.0 + 0.31)
        .map(|t| (position_m(a, t) - position_m(b, t)).length())
        .fold(0.0, f64::max)
}

#[test]
fn through_csv_and_back_positions_stay_within_the_stated_deviation() {
    let folder = TempDir::new().unwrap();
    let show = three();
    let source = written(&folder, &show);
    for rate in ["5", "25"] {
        let (csv, back) = (folder.path().join("show.zip"), folder.path().join("back.skyc"));
        let (_, json) = convert(&source, &csv, &["--rate", rate]);
        assert_eq!(json["loss"]["rate_hz"].as_f64().unwrap(), rate.parse::<f64>().unwrap());
        let stated_m = json["loss"]["max_deviation_m"].as_f64().unwrap();
        let verdict = json["verdict"].clone();
        let (_, json) = convert(&csv, &back, &["--fit", "0"]);
        assert_eq!(json["in"]["format"], "zipped CSV");
        assert_eq!(json["loss"]["max_deviation_m"], 0.0, "what was read is kept exactly");
        assert_eq!(verdict, "proved", "bends between samples are no jumps");
        // In a .skyc the lines are what is flown, and their bends are jumps.
        let rules = json["certificate"]["rules"].as_array().unwrap();
        assert!(rules.iter().all(|r| r["verdict"] != "violated" || r["rule"] == "continuity"), "{rules:?}");
        assert!(json["interpolation"].as_str().unwrap().contains("traight lines"));
        let result = read_skyc(&std::fs::read(&back).unwrap(), &ReadBounds::default()).unwrap().show;
        assert_eq!(result.vehicles.len(), 3);
        let mut found_m: f64 = 0.0;
        for vehicle in &show.vehicles {
            let other = result.vehicles.iter().find(|v| v.name == vehicle.name).unwrap();
            found_m = found_m.max(farthest_m(&vehicle.trajectory, &other.trajectory));
        }
        assert!(found_m <= stated_m + 1e-9, "{rate} Hz: {found_m} m found, {stated_m} m stated");
        assert!(stated_m < 4.0 * found_m, "{rate} Hz: {stated_m} m stated, only {found_m} m found: an idle bound");
    }
}

/// A bend between samples that the limit of acceleration allows is no jump, and one that it does not allow is: that is
/// neither hidden nor does it stop the file.
#[test]
fn bends_that_no_vehicle_can_fly_are_stated_and_end_with_one() {
    let folder = TempDir::new().unwrap();
    let mut show = three();
    let source = written(&folder, &show);
    for name in ["flown.zip", "flown.vviz"] {
        let (code, json) = convert(&source, &folder.path().join(name), &["--rate", "2"]);
        assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")), "{name}");
        let rules = json["certificate"]["rules"].as_array().unwrap();
        for (rule, verdict) in [("acceleration", "proved"), ("jerk", "proved"), ("acceleration_jump", "not-applicable")]
        {
            let found = rules.iter().find(|r| r["rule"] == rule).unwrap();
            assert_eq!(found["verdict"], verdict, "windows of samples say of {rule}");
        }
    }
    show.limits.max_acceleration_m_s2 = 0.01;
    let source = written(&folder, &show);
    for name in ["show.zip", "show.vviz"] {
        let out = folder.path().join(name);
        let (code, json) = convert(&source, &out, &["--rate", "2"]);
        assert_eq!((code, &json["verdict"]), (1, &Value::from("violated")), "{name}");
        let broken: Vec<&Value> =
            json["certificate"]["rules"].as_array().unwrap().iter().filter(|r| r["verdict"] == "violated").collect();
        assert_eq!(broken.len(), 2, "{name}: {broken:?}");
        assert_eq!(broken[0]["rule"], "acceleration", "over windows of samples");
        assert_eq!(broken[1]["rule"], "continuity");
        assert!(out.exists());
        let output = kapok(&["convert", &source.display().to_string(), &out.display().to_string(), "--rate", "2"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1));
        for words in ["VIOLATED", "cannot be judged", "not proved safe", "off by at most"] {
            assert!(text.contains(words), "{name}: no \"{words}\" in\n{text}");
        }
    }
}

/// Rows on whole millimetres, 50 a second, that only an acceleration of 10 m/s² joins: no flag makes a proved file of them.
#[test]
fn violated_samples_become_no_proved_lines() {
    let folder = TempDir::new().unwrap();
    let mm = |x: f64| (x * 1000.0).round() / 1000.0;
    let mut rows = String::from("Time [msec],x [m],y [m],z [m],Red,Green,Blue\n");
    for k in 0..=250 {
        let t_s = 0.02 * f64::from(k);
        // Up to 1 s it stands, then it is accelerated for 0.5 s, flies on, and is slowed down again.
        let (a, b, c) = ((t_s - 1.0).clamp(0.0, 0.5), (t_s - 1.5).clamp(0.0, 2.0), (t_s - 3.5).clamp(0.0, 0.5));
        let x = 5.0 * a * a + 5.0 * b + 5.0 * c - 5.0 * c * c;
        rows.extend([(20 * k).to_string(), format!(",{},0,20,0,0,0\n", mm(x))]);
    }
    let csv = folder.path().join("rows.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&csv).unwrap());
    zip.start_file("one.csv", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, rows.as_bytes()).unwrap();
    zip.finish().unwrap();
    assert_eq!(kapok(&["prove", &csv.display().to_string()]).status.code(), Some(1));
    let out = folder.path().join("lines.skyc");
    let (code, json) = convert(&csv, &out, &["--fit", "0"]);
    assert_eq!((code, &json["verdict"]), (1, &Value::from("violated")));
    let proved = kapok(&["prove", &out.display().to_string(), "--json"]);
    assert_eq!(proved.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&proved.stdout).unwrap();
    let rule = json["rules"].as_array().unwrap().iter().find(|r| r["rule"] == "acceleration").unwrap();
    assert_eq!(rule["verdict"], "violated");
    assert!(rule["worst"]["value"].as_f64().unwrap() > 9.0, "{rule}");
}

#[test]
fn the_answer_names_the_bytes_that_stand_on_the_disk() {
    let folder = TempDir::new().unwrap();
    let source = written(&folder, &three());
    for name in ["a.skyc", "a.zip", "a.vviz"] {
        let out = folder.path().join(name);
        let (code, json) = convert(&source, &out, &[]);
        let bytes = std::fs::read(&out).unwrap();
        assert_eq!(json["bytes"], bytes.len());
        assert_eq!(json["sha256"], content_sha256(&bytes));
        assert_eq!(json["certificate"]["file"]["sha256"], json["sha256"]);
        assert_eq!(json["in"]["sha256"], content_sha256(&std::fs::read(&source).unwrap()));
        assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")), "{name}");
    }
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let limits = ReadBounds::default();
    assert_eq!(read_skyc(&read("a.skyc"), &limits).unwrap().show, three());
    assert_eq!(read_csv_zip(&read("a.zip"), &limits).unwrap().show.vehicles.len(), 3);
    assert_eq!(read_vviz(&read("a.vviz"), &limits).unwrap().show.vehicles.len(), 3);
}

#[test]
fn each_skyb_is_within_half_a_unit_an_axis() {
    let folder = TempDir::new().unwrap();
    let show = three();
    let source = written(&folder, &show);
    let out = folder.path().join("vehicles");
    let (code, json) = convert(&source, Path::new(&format!("{}/", out.display())), &[]);
    assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")));
    assert_eq!(entries(&out), ["alpha.skyb", "b 2.skyb", "site.json", "三.skyb"]);
    assert_eq!(entries(folder.path()), ["show.skyc", "vehicles"], "no temporary folder stays");
    let stated_m = json["loss"]["max_deviation_m"].as_f64().unwrap();
    let limits = ReadBounds::default();
    let mut scales = Vec::new();
    for vehicle in &show.vehicles {
        let bytes = std::fs::read(out.join(format!("{}.skyb", vehicle.name))).unwrap();
        let scale = Skyb::decode(&bytes, &limits).unwrap().trajectory.unwrap().scale;
        scales.push(scale);
        let flown = read_skyb(&bytes, "x.skyb", &limits).unwrap().show.vehicles.remove(0);
        let off_m = farthest_m(&vehicle.trajectory, &flown.trajectory);
        assert!(
            off_m <= f64::from(scale) / 2000.0 * 3.0_f64.sqrt() + 1e-9,
            "{}: {off_m} m, scale {scale}",
            vehicle.name
        );
        assert!(off_m <= stated_m + 1e-9);
        for t_ms in [0.0, 2500.0, 4000.0, 59_900.0, 60_100.0] {
            assert_eq!(flown.lights.sample(t_ms), vehicle.lights.sample(t_ms), "{} at {t_ms} ms", vehicle.name);
        }
    }
    assert!(scales[2] > scales[0], "{scales:?}: the far vehicle needs a coarser grid");
    assert_eq!(json["loss"]["scale_mm"], scales[2]);
    assert_eq!(json["loss"]["worst_light_shift_ms"], 7.0, "60.007 s goes to 60.000 s");
    let files = json["files"].as_array().unwrap();
    assert_eq!(files.len(), 4, "three vehicles and the site file");
    for file in files {
        let bytes = std::fs::read(file["path"].as_str().unwrap()).unwrap();
        assert_eq!(file["sha256"], content_sha256(&bytes));
    }
}

#[test]
fn a_planned_show_stays_proved_on_board() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("show.toml");
    std::fs::write(&script, kapok_design::starter_script()).unwrap();
    let source = folder.path().join("show.skyc");
    std::fs::write(&source, common::plan_to_skyc(&script)).unwrap();
    let (code, json) = convert(&source, &folder.path().join("aboard"), &["--skyb-folder"]);
    assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")), "{}", json["certificate"]["rules"]);
    assert_eq!(entries(&folder.path().join("aboard")).len(), 61);
}

#[test]
fn one_vehicle_goes_to_one_skyb_and_back() {
    let folder = TempDir::new().unwrap();
    let source = written(&folder, &show_of(vec![vehicle("solo", DVec3::ZERO)]));
    let (one, back) = (folder.path().join("solo.skyb"), folder.path().join("back.skyc"));
    assert_eq!(convert(&source, &one, &[]).0, 0);
    let (code, json) = convert(&one, &back, &[]);
    assert_eq!((code, &json["in"]["format"]), (0, &Value::from(".skyb")));
    let result = read_skyc(&std::fs::read(&back).unwrap(), &ReadBounds::default()).unwrap().show;
    assert_eq!(result.vehicles[0].name, "solo");
    let three = folder.path().join("three.skyc");
    std::fs::write(&three, write_skyc(&self::three()).unwrap()).unwrap();
    let out = folder.path().join("three.skyb");
    refused(&["convert", &three.display().to_string(), &out.display().to_string()], &["one vehicle", "folder"]);
    assert!(!out.exists());
}

#[test]
fn formats_for_looking_at_are_written_and_not_judged() {
    let folder = TempDir::new().unwrap();
    let source = written(&folder, &three());
    for (name, begins_with) in [("a.glb", "glTF"), ("a.kml", "<?xml"), ("a.kmz", "PK"), ("a.geojson", "{")] {
        let out = folder.path().join(name);
        let (code, json) = convert(&source, &out, &[]);
        assert_eq!(
            (code, &json["verdict"], &json["loss"]["max_deviation_m"]),
            (0, &Value::Null, &Value::Null),
            "{name}"
        );
        let bytes = std::fs::read(&out).unwrap();
        assert!(bytes.starts_with(begins_with.as_bytes()), "{name}");
        assert_eq!(json["sha256"], content_sha256(&bytes));
    }
}

/// A show that breaks its limits is written, and this is said.
#[test]
fn a_violated_show_is_written_with_its_violation() {
    let folder = TempDir::new().unwrap();
    let mut show = three();
    show.limits.min_separation_m = 50.0;
    let source = written(&folder, &show);
    let aboard = folder.path().join("aboard");
    for (out, more) in [(folder.path().join("b.skyc"), &[][..]), (aboard, &["--skyb-folder"][..])] {
        let (code, json) = convert(&source, &out, more);
        assert_eq!((code, &json["verdict"]), (1, &Value::from("violated")));
        assert_eq!(json["certificate"]["rules"][0]["verdict"], "violated");
        assert_eq!(json["certificate"]["limits"]["min_separation_m"], 50.0, "the limits are the source's");
        assert!(out.exists());
    }
}

/// A show with everything a .skyb may hold.
fn with_extras() -> Show {
    let mut show = three();
    let key = |t_ms, yaw_deg| YawKey { t_ms, yaw_deg };
    show.vehicles[0].yaw = YawProgram::from_keys(vec![key(40_000, 0.0), key(50_000, 90.04)], None);
    show.vehicles[0].group = 3;
    let payload = PyroPayload { name: "gerb".into(), duration_ms: Some(5000), ..PyroPayload::default() };
    show.vehicles[1].pyro = Some(PyroProgram {
        events: vec![PyroEvent { t_ms: 41_000, channel: 2, payload: "g".into() }],
        payloads: [("g".to_owned(), payload)].into(),
    });
    for vehicle in &mut show.vehicles {
        let action = ReturnAction::KeepAltitude { target_m: vehicle.home_m.truncate(), duration_ms: 10_000 };
        let entry = ReturnEntry { time_s: 40, action, pre_delay_ms: 1000, post_delay_ms: 0, landing_altitude_m: None };
        vehicle.return_to_home = Some(ReturnToHomePlan {
            // Eased descents reach 2.25 times this, and 2 m/s are legal.
            landing_speed_m_s: 0.8,
            landing_altitude_m: 0.0,
            max_acceleration_m_s2: Some(2.0),
            entries: vec![entry],
        });
    }
    show
}

/// Out to the vehicles' files with their site file, judged there, and back.
#[test]
fn a_folder_of_skyb_is_a_show_again() {
    let folder = TempDir::new().unwrap();
    let show = with_extras();
    let source = written(&folder, &show);
    let (aboard, back) = (folder.path().join("aboard"), folder.path().join("back.skyc"));
    let to_folder = format!("{}/", aboard.display());
    refused(
        &["convert", &source.display().to_string(), &to_folder],
        &["vehicle \"alpha\" has a return plan", "--rth-layout released-4", "none"],
    );
    assert!(!aboard.exists());
    let (code, json) = convert(&source, Path::new(&to_folder), &["--rth-layout", "crate-0.1"]);
    assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")), "{}", json["certificate"]["rules"]);
    assert_eq!(json["limits_of_source"], false, "the site file states them");
    assert_eq!(json["loss"]["skyb"]["rth_layout"], "crate-0.1");
    assert!(json["loss"]["skyb"]["max_yaw_error_deg"].as_f64().unwrap() > 0.03);
    assert!(json["loss"]["left_out"].as_str().unwrap().contains("payloads"), "{}", json["loss"]["left_out"]);
    // What stands on the disk is judged as a show of its own.
    let output = kapok(&["prove", &aboard.display().to_string(), "--json"]);
    let certificate: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(certificate["verdict"], "proved", "{certificate}");
    assert_eq!(
        (&certificate["file"]["name"], &certificate["file"]["sha256"]),
        (&Value::from("aboard"), &json["sha256"])
    );
    assert_eq!(certificate["title"], "Three");
    let (code, json) = convert(&aboard, &back, &[]);
    assert_eq!((code, &json["in"]["format"]), (0, &Value::from("folder of .skyb")));
    let result = read_skyc(&std::fs::read(&back).unwrap(), &ReadBounds::default()).unwrap().show;
    assert_eq!((&result.site, &result.limits, &result.title), (&show.site, &show.limits, &show.title));
    assert_eq!(result.vehicles.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["alpha", "b 2", "三"]);
    assert_eq!(result.vehicles[0].group, 3);
    assert!((result.vehicles[0].yaw.as_ref().unwrap().sample_deg(50_000.0) - 90.04).abs() < 0.051);
    assert_eq!(result.vehicles[1].pyro.as_ref().unwrap().events[0].t_ms, 41_000);
    assert_eq!(result.vehicles[2].return_to_home.as_ref().unwrap().entries[0].pre_delay_ms, 1000);
    // Knowingly without the plans.
    let (code, json) = convert(&source, &folder.path().join("bare"), &["--skyb-folder", "--rth-layout", "none"]);
    assert_eq!(code, 0);
    assert!(json["loss"]["left_out"].as_str().unwrap().contains("return plan"));
    std::fs::write(aboard.join("stray.skyb"), b"skyb").unwrap();
    refused(&["prove", &aboard.display().to_string()], &["stray.skyb", "not listed"]);
    refused(
        &["convert", &source.display().to_string(), &back.display().to_string(), "--rth-layout", "none"],
        &["--rth"],
    );
}

/// Samples become curves that pass near them, with far fewer pieces and without jumps.
#[test]
fn curves_are_fitted_through_samples() {
    let folder = TempDir::new().unwrap();
    let show = three();
    let source = written(&folder, &show);
    let (csv, curves) = (folder.path().join("show.zip"), folder.path().join("curves.skyc"));
    convert(&source, &csv, &["--rate", "10"]);
    let (code, json) = convert(&csv, &curves, &[]);
    assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")), "{}", json["certificate"]["rules"]);
    let fit = &json["loss"]["fit"];
    let (lines, pieces) = (fit["lines"].as_u64().unwrap(), fit["pieces"].as_u64().unwrap());
    assert!(pieces * 10 < lines, "{pieces} pieces in place of {lines} lines");
    assert!(fit["max_error_m"].as_f64().unwrap() <= 0.01);
    let stated_m = json["loss"]["max_deviation_m"].as_f64().unwrap();
    let result = read_skyc(&std::fs::read(&curves).unwrap(), &ReadBounds::default()).unwrap().show;
    for (a, b) in show.vehicles.iter().zip(&result.vehicles) {
        let off_m = farthest_m(&a.trajectory, &b.trajectory);
        assert!(off_m <= stated_m + 0.02, "{off_m} m, {stated_m} m from the lines stated");
    }
    let text = String::from_utf8(
        kapok(&["convert", &csv.display().to_string(), &curves.display().to_string(), "--fit", "0.05"]).stdout,
    )
    .unwrap();
    assert!(text.contains("pieces in place of") && text.contains("curves were fitted"), "{text}");
    let (from, to) = (csv.display().to_string(), curves.display().to_string());
    refused(&["convert", &from, &to, "--fit", "-1"], &["tolerance", "-1"]);
    refused(&["convert", &source.display().to_string(), &to, "--fit", "0.1"], &["--fit is for samples"]);
    refused(&["convert", &from, &folder.path().join("a.vviz").display().to_string(), "--fit", "0.1"], &["--fit"]);
}

#[test]
fn polynomials_go_to_crazyswarm_and_come_back() {
    let folder = TempDir::new().unwrap();
    let show = three();
    let source = written(&folder, &show);
    let (zip, files) = (folder.path().join("poly.zip"), folder.path().join("poly"));
    let (code, json) = convert(&source, &zip, &["--crazyswarm"]);
    assert_eq!((code, &json["verdict"]), (0, &Value::from("proved")));
    assert!(json["loss"]["max_deviation_m"].as_f64().unwrap() < 1e-9);
    assert!(json["loss"]["left_out"].as_str().unwrap().starts_with("lights"));
    convert(&source, Path::new(&format!("{}/", files.display())), &["--crazyswarm"]);
    assert_eq!(entries(&files), ["alpha.csv", "b 2.csv", "三.csv"]);
    for input in [&zip, &files] {
        let back = folder.path().join("back.skyc");
        let (code, json) = convert(input, &back, &[]);
        assert_eq!((code, &json["in"]["format"]), (0, &Value::from("polynomial CSV")));
        let result = read_skyc(&std::fs::read(&back).unwrap(), &ReadBounds::default()).unwrap().show;
        for vehicle in &show.vehicles {
            let other = result.vehicles.iter().find(|v| v.name == vehicle.name).unwrap();
            assert!(farthest_m(&vehicle.trajectory, &other.trajectory) < 1e-9);
        }
    }
}

#[test]
fn the_same_bytes_on_one_thread_and_on_two() {
    let folder = TempDir::new().unwrap();
    let source = written(&folder, &three());
    for name in ["a.zip", "a.vviz", "a.glb", "a.kmz"] {
        let out = folder.path().join(name);
        let on = |threads: &str| convert(&source, &out, &["--threads", threads]).1["sha256"].clone();
        assert_eq!(on("1"), on("2"), "{name}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let source = written(&folder, &three());
    let before = std::fs::read(&source).unwrap();
    let from = source.display().to_string();
    let at = |name: &str| folder.path().join(name).display().to_string();
    refused(&["convert", &from, &at("show.docx")], &["show.docx", ".geojson"]);
    refused(&["convert", &from, &at("show")], &["ending"]);
    refused(&["convert", &from, &from], &["is read, so it cannot be written"]);
    refused(&["convert", &from, &at("./show.skyc")], &["is read, so it cannot be written"]);
    refused(&["convert", &from, &at("x.skyc"), "--rate", "25"], &["--rate"]);
    for rate in ["0", "NaN", "1e9", "inf"] {
        refused(&["convert", &from, &at("x.zip"), "--rate", rate], &["rate_hz"]);
    }
    refused(&["convert", &from, &at("x.zip"), "--rate=-3"], &["rate_hz"]);
    refused(&["convert", &at("no.skyc"), &at("x.zip")], &["no.skyc"]);
    refused(&["convert", &from, &at("no/such/x.zip")], &["no/such"]);
    refused(&["convert", &from, &at("no/such/folder/")], &["no/such"]);
    refused(&["convert", &from, &folder.path().display().to_string()], &["not empty"]);
    refused(&["convert", &from, &from, "--skyb-folder"], &["show.skyc"]);
    assert_eq!(entries(folder.path()), ["show.skyc"]);
    assert_eq!(std::fs::read(&source).unwrap(), before);
}

#[test]
fn names_that_make_no_files_are_refused() {
    let folder = TempDir::new().unwrap();
    for (names, word) in [(["../evil", "b"], "../evil"), (["Alpha", "alpha"], "lower case"), ([".b", "c"], "dot")] {
        let vehicles = names.iter().zip([0.0, 9.0]).map(|(n, x)| vehicle(n, DVec3::new(x, 0.0, 0.0))).collect();
        let source = written(&folder, &show_of(vehicles));
        let out = folder.path().join("out");
        refused(&["convert", &source.display().to_string(), &out.display().to_string(), "--skyb-folder"], &[word]);
        assert_eq!(entries(folder.path()), ["show.skyc"]);
    }
}

#[test]
fn a_truncated_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let source = written(&folder, &three());
    let bytes = std::fs::read(&source).unwrap();
    std::fs::write(&source, &bytes[..bytes.len() / 2]).unwrap();
    refused(
        &["convert", &source.display().to_string(), &folder.path().join("x.zip").display().to_string()],
        &["show.skyc"],
    );
    assert_eq!(entries(folder.path()), ["show.skyc"]);
}

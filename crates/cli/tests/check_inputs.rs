//! `kapok prove --check` for everything that can be read: folders of .skyb with their site file, samples, polynomials.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use kapok_show::{DVec3, LightProgram, Show, Trajectory, Vehicle};
use serde_json::Value;
use tempfile::TempDir;

/// Three vehicles in a row of 3 m rise to 10 m and come down.
fn row() -> Show {
    let vehicles = (0..3).map(|k| {
        let home_m = DVec3::new(3.0 * f64::from(k), 0.0, 0.0);
        let up_m = home_m + DVec3::new(0.0, 0.0, 10.0);
        let mut trajectory = Trajectory::starting_at(0, home_m).unwrap();
        trajectory.push(15_000, &[home_m, home_m, home_m, up_m, up_m, up_m, up_m]).unwrap();
        trajectory.push(30_000, &[up_m, up_m, up_m, home_m, home_m, home_m, home_m]).unwrap();
        Vehicle::new(format!("{k:03}"), home_m, trajectory, LightProgram::dark())
    });
    common::show_of("Row", vehicles.collect())
}

struct Room(TempDir);

impl Room {
    fn new() -> Self {
        let room = Self(TempDir::new().unwrap());
        std::fs::write(room.path("show.skyc"), kapok_format::write_skyc(&row()).unwrap()).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the command in the folder; exit code and what it printed.
    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).current_dir(self.0.path()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    /// Converts the show and certifies the result, whatever the verdict.
    fn certified(&self, name: &str, flags: &[&str]) {
        let (code, _, said) = self.run(&[&["convert", "show.skyc", name], flags].concat());
        assert!(code < 2, "{said}");
        let (code, _, said) = self.run(&["prove", name, "--certificate", "c.json"]);
        assert!(code < 2, "{said}");
    }

    /// Checks the certificate; the differences, all in one text, and whether that was the answer.
    fn differences(&self, name: &str) -> Vec<String> {
        let (code, answer, said) = self.run(&["prove", name, "--check", "c.json", "--json"]);
        assert!(code < 2, "{said}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let list = answer["differences"].as_array().unwrap();
        assert!(list.is_empty() || code == 1, "a difference is never a success");
        list.iter().map(|d| d.as_str().unwrap().to_owned()).collect()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

#[track_caller]
fn says(differences: &[String], words: &[&str]) {
    for word in words {
        assert!(differences.iter().any(|d| d.contains(word)), "\"{word}\" is not in {differences:?}");
    }
}

#[test]
fn every_readable_input_agrees_with_its_own_certificate_until_it_changes() {
    for (name, flags) in [
        ("show.zip", &[][..]),
        ("show.vviz", &[]),
        ("curves.zip", &["--crazyswarm"]),
        ("again.skyc", &[]),
        ("polynomials/", &["--crazyswarm"]),
        ("vehicles/", &[]),
    ] {
        let room = Room::new();
        room.certified(name, flags);
        assert_eq!(room.differences(name), Vec::<String>::new(), "{name}");
        let at = room.path(name);
        let victim = if at.is_dir() { files(&at).remove(0) } else { at };
        let mut bytes = std::fs::read(&victim).unwrap();
        // A digit or a byte somewhere in the content; it may break the file or only change it.
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&victim, bytes).unwrap();
        says(&room.differences(name), &["sha256 of the file"]);
    }
}

#[test]
fn one_byte_of_any_vehicle_of_a_folder_names_the_vehicle() {
    let room = Room::new();
    room.certified("fleet/", &[]);
    let (code, text, _) = room.run(&["prove", "fleet", "--check", "c.json"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("The certificate agrees with the file; its verdict is PROVED"), "{text}");
    let skyb: Vec<PathBuf> =
        files(&room.path("fleet")).into_iter().filter(|f| f.extension().is_some_and(|e| e == "skyb")).collect();
    assert_eq!(skyb.len(), 3);
    for (k, file) in skyb.iter().enumerate() {
        let good = std::fs::read(file).unwrap();
        for at in [5, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            std::fs::write(file, &bad).unwrap();
            says(&room.differences("fleet"), &["sha256 of the file", &format!("00{k}")]);
        }
        std::fs::write(file, &good).unwrap();
    }
    assert_eq!(room.differences("fleet"), Vec::<String>::new());
}

/// A vehicle's own checksum does not help if another vehicle's file, whole and well, stands under its name.
#[test]
fn two_files_with_their_names_changed_for_each_other_are_named() {
    let room = Room::new();
    room.certified("fleet/", &[]);
    let [a, b, c] = ["fleet/000.skyb", "fleet/001.skyb", "fleet/x"].map(|name| room.path(name));
    std::fs::rename(&a, &c).unwrap();
    std::fs::rename(&b, &a).unwrap();
    std::fs::rename(&c, &b).unwrap();
    says(&room.differences("fleet"), &["vehicle 0 (\"000\") is not the one", "vehicle 1 (\"001\") is not the one"]);
}

#[test]
fn a_changed_site_file_is_noticed_though_no_vehicle_differs() {
    let room = Room::new();
    room.certified("fleet/", &[]);
    let site = room.path("fleet/site.json");
    let text = std::fs::read_to_string(&site).unwrap();
    let turned = text.replacen("\"heading_deg\": 0.0", "\"heading_deg\": 7.0", 1);
    assert_ne!(turned, text);
    std::fs::write(&site, turned).unwrap();
    says(&room.differences("fleet"), &["sha256 of the file", "every vehicle is the one of the certificate"]);
    let mut lax: Value = serde_json::from_str(&text).unwrap();
    lax["limits"]["min_separation_m"] = 0.5.into();
    std::fs::write(&site, lax.to_string()).unwrap();
    says(&room.differences("fleet"), &["sha256 of the file", "min_separation_m"]);
    std::fs::write(&site, "{").unwrap();
    says(&room.differences("fleet"), &["sha256 of the file", "cannot be read", "site.json"]);
}

#[test]
fn a_file_too_few_or_too_many_is_named() {
    let room = Room::new();
    room.certified("fleet/", &[]);
    let (one, kept) = (room.path("fleet/001.skyb"), room.path("kept"));
    std::fs::rename(&one, &kept).unwrap();
    says(&room.differences("fleet"), &["sha256 of the file", "001.skyb"]);
    std::fs::copy(&kept, &one).unwrap();
    std::fs::copy(&kept, room.path("fleet/003.skyb")).unwrap();
    says(&room.differences("fleet"), &["sha256 of the file", "003.skyb"]);
    std::fs::remove_file(room.path("fleet/003.skyb")).unwrap();
    assert_eq!(room.differences("fleet"), Vec::<String>::new());
    // Without the list of the site file nothing says which vehicle is missing, but the count and the places are wrong.
    std::fs::remove_file(room.path("fleet/site.json")).unwrap();
    let (code, _, said) = room.run(&["prove", "fleet", "--certificate", "c.json"]);
    assert!(code < 2, "{said}");
    std::fs::remove_file(&one).unwrap();
    says(&room.differences("fleet"), &["number of vehicles", "vehicle 1 (\"002\") is not the one"]);
}

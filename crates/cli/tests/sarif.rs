//! Findings for other tools, held against the JSON schema of SARIF 2.1.0 that OASIS publishes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use crate::common;

use std::process::Command;

use kapok_show::{DVec3, LightProgram, Show, Trajectory, Vehicle};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// The schema that OASIS publishes, white space removed. It lies beside the tests, so that they lean on no package cache.
fn schema() -> Value {
    let schema: Value = serde_json::from_str(include_str!("data/sarif-2.1.0.schema.json")).unwrap();
    assert_eq!(schema["title"], "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema");
    schema
}

/// A validator for the part of JSON Schema draft 7 that this schema uses. A word that it does not know fails the test, so
/// nothing of the schema is passed over.
struct Validator<'a> {
    root: &'a Value,
    faults: Vec<String>,
}

impl Validator<'_> {
    fn faults(root: &Value, value: &Value) -> Vec<String> {
        let mut v = Validator { root, faults: Vec::new() };
        v.check(root, value, "");
        v.faults
    }

    fn fits(&self, schema: &Value, value: &Value, at: &str) -> bool {
        let mut v = Validator { root: self.root, faults: Vec::new() };
        v.check(schema, value, at);
        v.faults.is_empty()
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        for (word, want) in schema.as_object().unwrap() {
            let holds = match word.as_str() {
                "$ref" => {
                    let target = self.root.pointer(want.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
                    self.check(target, value, at);
                    true
                }
                "type" => match want.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "number" => value.is_number(),
                    "integer" => value.is_i64() || value.is_u64(),
                    other => panic!("type {other}"),
                },
                "properties" => {
                    for (name, inner) in value.as_object().unwrap_or(&none) {
                        if let Some(schema) = want.get(name) {
                            self.check(schema, inner, &format!("{at}/{name}"));
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    for (name, inner) in value.as_object().unwrap_or(&none) {
                        let at = format!("{at}/{name}");
                        match want {
                            _ if properties.contains_key(name) => {}
                            Value::Bool(true) => {}
                            Value::Bool(false) => self.faults.push(format!("{at} is not known")),
                            schema => self.check(schema, inner, &at),
                        }
                    }
                    true
                }
                "items" => {
                    for (k, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(want, inner, &format!("{at}/{k}"));
                    }
                    true
                }
                "required" => {
                    let names = want.as_array().unwrap().iter().map(|n| n.as_str().unwrap());
                    value.as_object().is_none_or(|o| names.into_iter().all(|n| o.contains_key(n)))
                }
                "enum" => want.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|x| x >= want.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|x| x <= want.as_f64().unwrap()),
                "minItems" => value.as_array().is_none_or(|a| a.len() as u64 >= want.as_u64().unwrap()),
                "uniqueItems" => {
                    !want.as_bool().unwrap()
                        || value.as_array().is_none_or(|a| a.iter().enumerate().all(|(k, x)| !a[..k].contains(x)))
                }
                "pattern" => value.as_str().is_none_or(|text| matches(want.as_str().unwrap(), text)),
                "format" => value.as_str().is_none_or(|text| match want.as_str().unwrap() {
                    "uri" => uri_characters(text) && text.split_once(':').is_some(),
                    "uri-reference" => uri_characters(text),
                    other => panic!("format {other} at {at}: this test would have to know it"),
                }),
                "anyOf" => want.as_array().unwrap().iter().any(|s| self.fits(s, value, at)),
                "oneOf" => want.as_array().unwrap().iter().filter(|s| self.fits(s, value, at)).count() == 1,
                "allOf" => want.as_array().unwrap().iter().all(|s| self.fits(s, value, at)),
                "not" => !self.fits(want, value, at),
                "$schema" | "$id" | "title" | "description" | "default" | "definitions" => true,
                other => panic!("this test does not know the word {other}"),
            };
            if !holds {
                self.faults.push(format!("{at}: {word} {want} does not hold for {value}"));
            }
        }
    }
}

fn uri_characters(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
}

/// The only pattern that a log of ours meets is that of a hash's name; others fail the test.
fn matches(pattern: &str, text: &str) -> bool {
    panic!("this test would have to know the pattern {pattern} for {text}")
}

/// Six vehicles too near to each other, with a name that needs care, too fast and over a fence.
fn broken() -> Show {
    let vehicles = (0..6).map(|k| {
        let home_m = DVec3::new(1.2 * f64::from(k), 0.0, 0.0);
        let mut trajectory = Trajectory::starting_at(0, home_m).unwrap();
        trajectory.push(2000, &[home_m + DVec3::new(0.0, 0.0, 30.0)]).unwrap();
        trajectory.push(20_000, &[home_m]).unwrap();
        Vehicle::new(format!("Nr. {k} \"ä\" & <b>"), home_m, trajectory, LightProgram::dark())
    });
    common::show_of("Broken", vehicles.collect())
}

/// The log of a show, proved by the command under a file name that is no plain word.
fn log(show: &Show, flags: &[&str], code: i32) -> Value {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("my show (5).skyc"), kapok_format::write_skyc(show).unwrap()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(["prove", "my show (5).skyc", "--sarif", "out.sarif"])
        .args(flags)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&std::fs::read(folder.path().join("out.sarif")).unwrap()).unwrap()
}

#[test]
fn the_log_fits_the_published_schema() {
    let schema = schema();
    let violated = log(&broken(), &[], 1);
    assert!(violated["runs"][0]["results"].as_array().unwrap().len() >= 3, "{violated}");
    let loose = ["--separation", "1", "--ground-separation", "0.5", "--max-payload-bytes", "1"];
    for log in [violated, log(&broken(), &loose, 1)] {
        assert_eq!(Validator::faults(&schema, &log), Vec::<String>::new());
        // And by the types that another program makes of the schema.
        let strict: serde_sarif::sarif::Sarif = serde_json::from_value(log.clone()).unwrap();
        assert_eq!(strict.runs.len(), 1);
        assert_eq!(strict.runs[0].results.as_ref().unwrap().len(), log["runs"][0]["results"].as_array().unwrap().len());
    }
}

/// A show without findings has a log too: an empty list says that it was looked at.
#[test]
fn a_proved_show_has_an_empty_list() {
    let mut show = broken();
    for (k, v) in show.vehicles.iter_mut().enumerate() {
        let home_m = DVec3::new(3.0 * k as f64, 0.0, 0.0);
        *v = Vehicle::new(v.name.clone(), home_m, Trajectory::starting_at(0, home_m).unwrap(), LightProgram::dark());
        v.trajectory.push_hold(1000).unwrap();
    }
    let log = log(&show, &[], 0);
    assert_eq!(Validator::faults(&schema(), &log), Vec::<String>::new());
    assert_eq!(log["runs"][0]["results"], json!([]));
}

/// The validator above is worth something: it objects to what the schema forbids.
#[test]
fn damaged_logs_do_not_fit() {
    let schema = schema();
    let good = log(&broken(), &[], 1);
    for (path, value) in [
        ("/version", json!("2.0.0")),
        ("/runs", json!({})),
        ("/runs/0/tool/driver/name", json!(7)),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/ruleIndex", json!(-2)),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/artifacts/0/location/uri", json!("a b")),
        ("/runs/0/artifacts/0/hashes", json!({ "sha-256": 5 })),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value;
        assert!(!Validator::faults(&schema, &bad).is_empty(), "{path}");
    }
    let mut bad = good.clone();
    bad["runs"][0]["results"][0]["colour"] = json!("red");
    assert!(!Validator::faults(&schema, &bad).is_empty(), "an unknown word");
    let mut bad = good;
    bad["runs"][0].as_object_mut().unwrap().remove("tool");
    assert!(!Validator::faults(&schema, &bad).is_empty(), "a missing word");
}

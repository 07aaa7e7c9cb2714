//! A document that says more than a proof of the bytes does not agree, whatever was changed in it.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{apart, certificate, limits, meeting, source};
use kapok_certify::{Check, CheckError, Options, Source, Verdict, check};
use kapok_show::Silent;
use serde_json::{Value, json};

fn checked(source: &Source, document: &Value) -> Check {
    check(source, document.to_string().as_bytes(), &Silent).unwrap()
}

fn said(check: &Check) -> Vec<String> {
    check.differences.iter().map(ToString::to_string).collect()
}

#[test]
fn the_certificate_of_the_bytes_agrees_under_any_name() {
    for (show, options) in [
        (apart(), Options::default()),
        (apart(), limits(&[("min_separation_m", 3.0), ("battery_reserve", 0.25)])),
        (apart(), Options { max_payload_bytes: Some(4000), ..Options::default() }),
        (apart(), Options { remarks: vec!["Made by hand.".into()], without_losses: true, ..Options::default() }),
    ] {
        let source = source(&show);
        let c = certificate(&source, &options);
        let check = checked(&source.named("renamed.skyc"), &c);
        assert!(check.agrees() && check.proves(), "{:?}", said(&check));
        assert_eq!(check.options, options);
        assert!(check.witnesses_measured > 5);
    }
    // It agrees, but what it says is not that the show is safe.
    let source = source(&meeting());
    let check = checked(&source, &certificate(&source, &Options::default()));
    assert_eq!((check.agrees(), check.proves(), check.verdict), (true, false, Verdict::Violated));
}

#[test]
fn numbers_are_the_same_however_they_are_written() {
    let source = source(&apart());
    let c = certificate(&source, &Options::default());
    // JavaScript writes 4.0 as 4.
    let rewritten = c.to_string().replace(".0,", ",").replace(".0}", "}").replace(".0]", "]");
    assert_ne!(rewritten, c.to_string());
    let check = check(&source, rewritten.as_bytes(), &Silent).unwrap();
    assert!(check.agrees(), "{:?}", said(&check));
}

/// Places of all values in a document that hold no others, as JSON pointers.
fn leaves(value: &Value, at: &str, all: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{}", escaped(key)), all));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(k, value)| leaves(value, &format!("{at}/{k}"), all));
        }
        _ => all.push(at.to_owned()),
    }
}

/// Another value in the place of this one.
fn edits(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(n) => vec![json!(n.as_f64().unwrap() * 1.001 + 1e-9), Value::Null, json!(-1)],
        Value::String(s) => vec![json!(format!("{s} ")), json!("proved"), Value::Null],
        Value::Bool(b) => vec![json!(!b)],
        Value::Null => vec![json!(1.0), json!({})],
        Value::Array(_) => vec![json!([1]), Value::Null],
        Value::Object(_) => vec![json!({ "without_losses": true }), json!([])],
    }
}

/// The law of the check: no value can be changed, left out or added without being found, but for the name of the file.
#[test]
fn no_value_can_be_changed_left_out_or_added() {
    for (show, options) in [(apart(), limits(&[("min_separation_m", 2.5)])), (meeting(), Options::default())] {
        let source = source(&show);
        let good = certificate(&source, &options);
        let mut places = Vec::new();
        leaves(&good, "", &mut places);
        assert!(places.len() > 300, "{}", places.len());
        let mut found = 0;
        for place in places.iter().filter(|place| *place != "/file/name") {
            let value = good.pointer(place).unwrap();
            for edit in edits(value).into_iter().filter(|edit| edit != value) {
                let mut forged = good.clone();
                *forged.pointer_mut(place).unwrap() = edit.clone();
                match check(&source, forged.to_string().as_bytes(), &Silent) {
                    Ok(check) => assert!(!check.agrees() && !check.proves(), "{place}: {value} became {edit}"),
                    // Not even the form of a certificate.
                    Err(CheckError::NotACertificate(_) | CheckError::Schema(_)) => {}
                    Err(other) => panic!("{place}: {value} became {edit}: {other}"),
                }
                found += 1;
            }
            let (around, key) = place.rsplit_once('/').unwrap();
            let mut forged = good.clone();
            match forged.pointer_mut(around).unwrap() {
                Value::Object(members) => drop(members.remove(key)),
                Value::Array(list) => drop(list.remove(key.parse().unwrap())),
                _ => unreachable!(),
            }
            if forged != good {
                let proves = check(&source, forged.to_string().as_bytes(), &Silent).is_ok_and(|check| check.agrees());
                assert!(!proves, "{place} left out");
            }
        }
        assert!(found > 600, "{found}");
        for (around, key) in [("", "approved_by"), ("/rules/0", "note"), ("/limits", "max_rain"), ("/file", "path")] {
            let mut forged = good.clone();
            forged.pointer_mut(around).unwrap()[key] = json!("more");
            let check = check(&source, forged.to_string().as_bytes(), &Silent);
            assert!(!check.is_ok_and(|check| check.agrees()), "{around}/{key} added");
        }
    }
}

/// A proved certificate, made to speak of a file in which two vehicles meet.
#[test]
fn nothing_makes_a_colliding_file_proved() {
    let (safe, bad) = (source(&apart()), source(&meeting()));
    let honest = certificate(&bad, &Options::default());
    let worst_gone = |c: &mut Value| {
        c["rules"][0]["worst"] = Value::Null;
        c["rules"][0]["margin"] = Value::Null;
    };
    let whitewash = |c: &mut Value| {
        c["verdict"] = json!("proved");
        for rule in c["rules"].as_array_mut().unwrap().iter_mut().filter(|r| r["verdict"] == "violated") {
            rule["verdict"] = json!("proved");
            rule["violations"] = json!(0);
            rule["witnesses"] = json!([]);
        }
    };
    let tiny = 1e-13;
    let loosen = |c: &mut Value| {
        c["limits"]["min_separation_m"] = json!(tiny);
        c["limit_sources"]["min_separation_m"] = json!("flag");
        c["rules"][0]["limit"]["value"] = json!(tiny);
    };
    let note = |c: &mut Value| {
        let note = "--separation sets min_separation_m = 0.0000000000001 in place of the 1.5 that the file states";
        c["assumptions"].as_array_mut().unwrap().insert(0, json!(note));
    };
    let mut forgeries: Vec<(&str, Value)> = Vec::new();
    let mut forge = |what, from: &Value, steps: &[&dyn Fn(&mut Value)]| {
        let mut forged = from.clone();
        for step in steps {
            step(&mut forged);
        }
        forgeries.push((what, forged));
    };
    forge("no worst case", &honest, &[&whitewash, &worst_gone]);
    forge(
        "a mild case as the worst",
        &honest,
        &[&whitewash, &|c| {
            let other = c["rules"][0]["worst"].clone();
            c["rules"][0]["worst"] = json!({ "value": 4.0, "bound": 4.0, "t_ms": 0.0,
            "vehicles": other["vehicles"], "positions_m": [[0.0, 0.0, 0.0], [4.0, 0.0, 0.0]] });
            c["rules"][0]["margin"] = json!(2.5);
        }],
    );
    forge("a flag without its note", &honest, &[&whitewash, &worst_gone, &loosen]);
    forge("a flag with its note", &honest, &[&whitewash, &worst_gone, &loosen, &note]);
    forge(
        "a flag with its option",
        &honest,
        &[&whitewash, &worst_gone, &loosen, &note, &|c| {
            c["options"] = json!({ "limits": { "min_separation_m": tiny } });
        }],
    );
    // The certificate of a safe show with the identity of the other.
    forge(
        "another file's findings",
        &certificate(&safe, &Options::default()),
        &[&|c| {
            c["file"] = honest["file"].clone();
            c["vehicle_sha256"] = honest["vehicle_sha256"].clone();
        }],
    );
    for (what, forged) in &forgeries {
        let check = checked(&bad, forged);
        assert!(!check.agrees() && !check.proves(), "{what}");
    }
    // What a flag can really do: the vehicles meet, so no distance is kept.
    let honest = certificate(&bad, &limits(&[("min_separation_m", tiny)]));
    let check = checked(&bad, &honest);
    assert_eq!((check.agrees(), check.proves(), check.verdict), (true, false, Verdict::Violated));
    assert_eq!(check.limits_by_flag, [("min_separation_m".to_owned(), tiny)]);
}

#[test]
fn options_that_cannot_be_applied_are_a_difference() {
    let source = source(&apart());
    for options in [
        json!({ "limits": { "min_separation_m": -1.0 } }),
        json!({ "limits": { "no_such_limit": 1.0 } }),
        json!({ "max_payload_bytes": 10 }),
    ] {
        let mut forged = certificate(&source, &Options::default());
        forged["options"] = options;
        assert!(!checked(&source, &forged).agrees(), "{}", forged["options"]);
    }
    let mut unknown = certificate(&source, &Options::default());
    unknown["options"] = json!({ "airborne": true });
    let error = check(&source, unknown.to_string().as_bytes(), &Silent).unwrap_err();
    assert!(error.to_string().contains("airborne"), "{error}");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let source = source(&meeting());
    let text = certificate(&source, &Options::default()).to_string();
    for (once, twice) in [
        ("\"verdict\":\"violated\"", "\"verdict\":\"proved\",\"verdict\":\"violated\""),
        ("\"limit_sources\":{", "\"limit_sources\":{\"battery_reserve\":\"flag\","),
    ] {
        let doubled = text.replacen(once, twice, 1);
        assert_ne!(doubled, text);
        let error = check(&source, doubled.as_bytes(), &Silent).unwrap_err();
        assert!(error.to_string().contains("twice"), "{error}");
    }
}

#[test]
fn other_bytes_are_named_by_what_differs() {
    let c = certificate(&source(&apart()), &Options::default());
    let mut swapped = apart();
    swapped.vehicles.swap(0, 2);
    let differences = said(&checked(&source(&swapped), &c));
    assert!(differences[0].starts_with("sha256 of the file"), "{differences:?}");
    assert!(differences.iter().any(|d| d.starts_with("vehicle 0 ") && d.contains("vehicle 2 of this file")));
    let mut other = apart();
    other.limits.max_altitude_m = 100.0;
    let differences = said(&checked(&source(&other), &c));
    let limit = "limits.max_altitude_m: the certificate says 120.0, here it is 100.0";
    assert!(differences.iter().any(|d| d == limit), "{differences:?}");
    assert!(differences.iter().any(|d| d.starts_with("every vehicle is the one")), "{differences:?}");
    let no_show = checked(&Source::file("row.skyc", b"PK".to_vec()), &c);
    assert!(said(&no_show).iter().any(|d| d.starts_with("the file cannot be read")), "{:?}", said(&no_show));
}

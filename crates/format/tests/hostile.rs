//! Input meant to hurt: each case is refused with place, value and remedy, and costs little.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_format::{ReadBounds, ReadError, detect, read, read_csv_zip, read_skyc, write_skyc};
use support::{LINE, archive, one_drone, rich_show, skyc};
use zip::write::SimpleFileOptions;

fn refused(bytes: &[u8]) -> ReadError {
    read(bytes, "evil.skyc", &ReadBounds::default()).unwrap_err()
}

/// The message names everything that was asked for.
fn says(error: &ReadError, parts: &[&str]) {
    let mut text = error.to_string();
    if let ReadError::OverLimit { field, .. } = error {
        assert!(!text.contains(field), "a name of the program in: {text}");
        text = format!("{text} ({field})");
    }
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is not in: {text}");
    }
    assert!(text.len() < 700, "too long: {text}");
}

fn drone_with(settings: &str) -> ReadError {
    refused(&skyc(&one_drone(settings)))
}

fn points(list: &str) -> ReadError {
    drone_with(&format!(r#"{{"name":"A","trajectory":{{"version":1,"points":{list}}}}}"#))
}

fn lights(code: &[u8]) -> ReadError {
    let data = STANDARD.encode(code);
    drone_with(&format!(r#"{{"name":"A","trajectory":{LINE},"lights":{{"version":1,"data":"{data}"}}}}"#))
}

#[test]
fn other_files() {
    says(&refused(b""), &["evil.skyc", "empty", ".skyc"]);
    says(&refused(b"hello world"), &["68, 65, 6c"]);
    says(&refused(&archive(&[("readme.txt", b"x")])), &["without show.json"]);
    assert_eq!(detect(b"PK\x03\x04 and no archive", &ReadBounds::default()), None);
}

#[test]
fn a_file_cut_off_anywhere() {
    let bytes = write_skyc(&rich_show()).unwrap();
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end], "cut.skyc", &ReadBounds::default()).is_err(), "cut at {end}");
    }
    says(&refused(&bytes[..bytes.len() / 2]), &["the archive", "damaged or cut off"]);
}

#[test]
fn a_bomb_of_zeros() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("show.json", SimpleFileOptions::default()).unwrap();
    for _ in 0..64 {
        zip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 100_000);
    let error = refused(&bytes);
    assert!(matches!(error, ReadError::OverLimit { field: "max_compression_ratio", .. }), "{error}");
    says(&error, &["bomb", "250"]);
    let limits = ReadBounds { max_compression_ratio: 10_000, max_total_bytes: 1 << 20, ..ReadBounds::default() };
    let error = read_skyc(&bytes, &limits).unwrap_err();
    assert!(matches!(error, ReadError::OverLimit { field: "max_total_bytes", value: 0x400_0000, .. }), "{error}");
    let limits = ReadBounds { max_compression_ratio: 10_000, max_member_bytes: 1 << 20, ..ReadBounds::default() };
    assert!(matches!(read_skyc(&bytes, &limits), Err(ReadError::OverLimit { field: "max_member_bytes", .. })));
}

#[test]
fn a_member_that_is_larger_than_it_claims() {
    let show = one_drone(&format!(r#"{{"trajectory":{LINE}}}"#));
    let mut bytes = skyc(&show);
    // The size stands twice: in the local header and in the directory. Claim 10 bytes in both.
    let size = (show.len() as u32).to_le_bytes();
    let at: Vec<usize> = (0..bytes.len() - 4).filter(|&i| bytes[i..i + 4] == size).collect();
    assert_eq!(at.len(), 2);
    for i in at {
        bytes[i..i + 4].copy_from_slice(&10u32.to_le_bytes());
    }
    says(&refused(&bytes), &["show.json", "larger than its declared"]);
}

#[test]
fn two_members_of_one_name() {
    let mut bytes =
        archive(&[("show.json", one_drone(&format!(r#"{{"trajectory":{LINE}}}"#)).as_bytes()), ("shox.json", b"{}")]);
    for i in 0..bytes.len() - 9 {
        if &bytes[i..i + 9] == b"shox.json" {
            bytes[i..i + 9].copy_from_slice(b"show.json");
        }
    }
    says(&refused(&bytes), &["occurs twice"]);
}

#[test]
fn paths_out_of_the_archive_lead_nowhere() {
    for path in ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://x/y.json"] {
        let error = drone_with(&format!(r#"{{"name":"A","trajectory":{{"$ref":"{path}#"}}}}"#));
        says(&error, &["drone 0 \"A\"", "leads to no member"]);
    }
}

#[test]
fn circles_of_references() {
    let show = one_drone(r#"{"name":"A","trajectory":{"$ref":"a.json#"}}"#);
    let error = refused(&archive(&[
        ("show.json", show.as_bytes()),
        ("a.json", br#"{"$ref":"b.json#"}"#),
        ("b.json", br#"{"$ref":"a.json#"}"#),
    ]));
    says(&error, &["drone 0 \"A\"", "circle"]);
    // Nested inside a part, and branching: 10 to the 10th copies if it were followed.
    let error = refused(&archive(&[
        ("show.json", show.as_bytes()),
        ("a.json", format!("[{}]", [r#"{"$ref":"a.json"}"#; 10].join(",")).as_bytes()),
    ]));
    says(&error, &["drone 0 \"A\"", "circle"]);
}

#[test]
fn deep_nesting() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        says(&points(&deep), &["show.json", "drone 0 \"A\""]);
        says(&refused(&skyc(&deep)), &["show.json"]);
        says(
            &drone_with(&format!(r#"{{"name":"A","trajectory":{LINE},"lights":{{"a":{{"$ref":1}},"b":{deep}}}}}"#)),
            &["A"],
        );
    }
}

#[test]
fn counts_of_two_to_the_32() {
    let limits = ReadBounds { max_vehicles: 3, ..ReadBounds::default() };
    let drones = ["1"; 4].join(",");
    let error = read_skyc(&skyc(&format!(r#"{{"version":1,"swarm":{{"drones":[{drones}]}}}}"#)), &limits).unwrap_err();
    says(&error, &["number of drones", "4", "3", "max_vehicles"]);
    // The end record of the archive claims 65,535 members.
    let mut bytes = write_skyc(&rich_show()).unwrap();
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    says(&refused(&bytes), &["the archive"]);
    // Four loops of 255 rounds around one tick: 4.2 thousand million commands.
    let loops = [[0x0c, 255].repeat(4), vec![7, 1], vec![0x0d; 4]].concat();
    says(&lights(&loops), &["show.json", "drone 0 \"A\"", "light commands", "500000", "max_light_commands"]);
    // A jump to itself.
    says(&lights(&[0x12, 0]), &["max_light_commands"]);
}

#[test]
fn totals_over_all_drones() {
    let drone = format!(r#"{{"settings":{{"trajectory":{LINE}}}}}"#);
    let bytes = skyc(&format!(r#"{{"version":1,"swarm":{{"drones":[{}]}}}}"#, vec![drone; 100].join(",")));
    let error = read_skyc(&bytes, &ReadBounds { max_segments: 70, ..ReadBounds::default() }).unwrap_err();
    assert!(matches!(error, ReadError::OverLimit { field: "max_segments", value: 71, limit: 70, .. }), "{error}");
    let error = read_skyc(&bytes, &ReadBounds { max_light_keys: 70, ..ReadBounds::default() }).unwrap_err();
    assert!(matches!(error, ReadError::OverLimit { field: "max_light_keys", value: 71, .. }), "{error}");
    let error = read_skyc(&bytes, &ReadBounds { max_segments_per_vehicle: 1, ..ReadBounds::default() }).unwrap_err();
    says(&error, &["drone 0", "points", "max_segments_per_vehicle"]);
}

#[test]
fn one_member_referenced_a_thousand_times_is_counted_a_thousand_times() {
    let part = format!("{}{LINE}", " ".repeat(50_000));
    let drone = r#"{"settings":{"trajectory":{"$ref":"t.json"}}}"#;
    let show = format!(r#"{{"version":1,"swarm":{{"drones":[{}]}}}}"#, vec![drone; 1000].join(","));
    let bytes = archive(&[("show.json", show.as_bytes()), ("t.json", part.as_bytes())]);
    let limits = ReadBounds { max_total_bytes: 10_000_000, ..ReadBounds::default() };
    let error = read_skyc(&bytes, &limits).unwrap_err();
    assert!(matches!(error, ReadError::OverLimit { field: "max_total_bytes", .. }), "{error}");
}

#[test]
fn numbers_that_are_none() {
    let show = one_drone(r#"{"name":"A","trajectory":{"$ref":"./drones/A/trajectory.json#"}}"#);
    for number in ["NaN", "Infinity", "-Infinity", "1e999", "null", "\"1\"", "0x10", "[]"] {
        let text = format!("{{\"version\":1,\"points\":[[0,[0,0,0],[]],\n[1,[0,{number},0],[]]]}}");
        let members: [(&str, &[u8]); 2] =
            [("show.json", show.as_bytes()), ("drones/A/trajectory.json", text.as_bytes())];
        let error = refused(&archive(&members));
        says(&error, &["drones/A/trajectory.json, drone 0 \"A\"", "points[1]", "line 2 column"]);
        assert!(matches!(&error, ReadError::Json { near, .. } if near.contains(number)), "{error}");
        // Inside show.json a bad token spoils the whole member, so only the place in the text is known.
        let error = points(&format!("[[0,[0,{number},0],[]]]"));
        says(&error, &["show.json", "line 1 column", number]);
    }
    says(&points("[[null,[0,0,0],[]]]"), &["show.json, drone 0 \"A\"", "points[0]"]);
    says(&points("[[1e300,[0,0,0],[]]]"), &["points[0]", "time", "seconds", "24 hours"]);
}

#[test]
fn times_that_do_not_increase() {
    says(&points("[[0,[0,0,0],[]],[2,[0,0,1],[]],[1,[0,0,2],[]]]"), &["points[2]", "time 1 s", "increase strictly"]);
    says(
        &points("[[0,[0,0,0],[]],[1,[0,0,1],[]],[1.0003,[0,0,2],[]]]"),
        &["points[2]", "1.0003", "that one is at 1 s"],
    );
}

#[test]
fn wrong_control_points() {
    let list = |n: usize| vec!["[0,0,0]"; n].join(",");
    for inner in [3, 4, 5] {
        says(
            &points(&format!("[[0,[0,0,0],[]],[1,[0,0,1],[{}]]]", list(inner))),
            &["points[1]", "inner control points"],
        );
    }
    says(&points(&format!("[[0,[0,0,0],[]],[1,[0,0,1],[{}]]]", list(7))), &["points[1]", "more than 6"]);
    says(&points("[[0,[0,0,0],[[1,1,1]]]]"), &["points[0]", "first"]);
    says(&points("[[0,[0,0],[]]]"), &["points[0]"]);
    says(&points("[[0]]"), &["points[0]", "no point"]);
    says(&points("[]"), &["points", "empty"]);
    says(&points("{}"), &["points"]);
}

#[test]
fn two_drones_of_one_name() {
    let drone = format!(r#"{{"settings":{{"name":"A","trajectory":{LINE}}}}}"#);
    let error = refused(&skyc(&format!(r#"{{"version":1,"swarm":{{"drones":[{drone},{drone}]}}}}"#)));
    says(&error, &["drone 1 \"A\"", "drone 0", "a name of its own"]);
}

#[test]
fn missing_and_wrong_members() {
    says(&refused(&skyc("{}")), &["`version`"]);
    says(&refused(&skyc(r#"{"version":2}"#)), &["version: 2"]);
    says(&refused(&skyc(r#"{"version":1}"#)), &["`swarm`"]);
    says(&refused(&skyc(r#"{"version":1,"swarm":{}}"#)), &["`drones`"]);
    says(&refused(&skyc(r#"{"version":1,"swarm":{"drones":[]}}"#)), &["empty"]);
    says(&drone_with("{}"), &["drone 0 \"Drone 1\"", "`trajectory`"]);
    says(&refused(&skyc(r#"{"version":1,"swarm":{"drones":[{}]}}"#)), &["`settings`"]);
    says(&refused(&skyc("\u{feff}{\"version\":1,")), &["show.json", "EOF"]);
    says(&refused(&archive(&[("show.json", b"\xff\xfe")])), &["UTF-8"]);
    let limits = one_drone(&format!(r#"{{"trajectory":{LINE}}}"#)).replacen(
        '{',
        r#"{"settings":{"validation":{"minDistance":-1}},"#,
        1,
    );
    // A limit of the caller may stand in for it, so that the file is read and the fault told.
    let illegal = read_skyc(&skyc(&limits), &ReadBounds::default()).unwrap().limits_from_file.illegal.unwrap();
    says(&illegal.error, &["settings.validation", "min_separation_m = -1", "above 0"]);
    let place = one_drone(&format!(r#"{{"trajectory":{LINE}}}"#)).replacen(
        '{',
        r#"{"environment":{"location":{"origin":[9e9,0]}},"#,
        1,
    );
    says(&refused(&skyc(&place)), &["environment.location", "no place on earth"]);
    let long = "x".repeat(5_000);
    says(&drone_with(&format!(r#"{{"name":"{long}","trajectory":{LINE}}}"#)), &["max_name_bytes"]);
}

#[test]
fn broken_light_code() {
    says(&lights(&[4, 1, 2]), &["show.json", "lights.data, byte 3 of 3", "cut off"]);
    says(&lights(&[2, 0xff, 0xff, 0xff, 0xff, 0x1f]), &["byte 1 of 6", "32 bits"]);
    says(&lights(&[2, 0x80, 0x80, 0x80, 0x80, 0x80, 1]), &["32 bits"]);
    says(&lights(&[0x0d]), &["byte 0", "no loop"]);
    says(&lights(&[0x0c, 2].repeat(5)), &["fifth loop"]);
    says(&lights(&[0x12, 99]), &["byte 99", "out of the program"]);
    says(
        &drone_with(&format!(r#"{{"name":"A","trajectory":{LINE},"lights":{{"data":"*"}}}}"#)),
        &["lights.data", "\"*\"", "base64"],
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let error = drone_with(r#"{"name":"\u001b[31mred","trajectory":{}}"#);
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn csv_faults_name_their_line() {
    let csv = |text: &str| {
        let bytes = archive(&[("d1.csv", text.as_bytes())]);
        read_csv_zip(&bytes, &ReadBounds::default()).unwrap_err()
    };
    says(&csv("Time [msec],x\n0,0,0,0\n0,1,0,0\n"), &["d1.csv", "drone 0 \"d1\"", "line 1", "\"y [m]\" is missing"]);
    let rows = |rows: &str| csv(&format!("Time [msec],x [m],y [m],z [m],Red,Green,Blue\n{rows}"));
    says(&rows("0,0,0,0\n0,1,0,0\n"), &["d1.csv", "drone 0 \"d1\"", "line 3", "time 0 ms"]);
    says(&rows("0,0,0,0\n40,NaN,0,0\n"), &["line 3, column 2", "x \"NaN\""]);
    says(&rows("0,0,0,inf\n"), &["z \"inf\""]);
    says(&rows("0,0,0,0,1.5,0,0\n"), &["colour \"1.5\"", "0 to 255"]);
    says(&rows("0,0,0,0,256,0,0\n"), &["256"]);
    says(&rows("0,0,0,0,1\n"), &["colour \"\""]);
    says(&rows("0,0,0\n"), &["z \"\""]);
    says(&rows("\n"), &["every row"]);
    says(&rows("1e20,0,0,0\n"), &["1", "24 hours"]);
    let twice = archive(&[("a/d.csv", b"0,0,0,0"), ("b/d.csv", b"0,0,0,0")]);
    says(&read_csv_zip(&twice, &ReadBounds::default()).unwrap_err(), &["\"d\"", "a/d.csv"]);
}

#[test]
fn parts_nested_beyond_reason() {
    let deep = "[".repeat(100_000);
    for part in ["yawControl", "pyro", "rthPlan"] {
        let error = drone_with(&format!(r#"{{"name":"A","trajectory":{LINE},"{part}":{{"x":{deep}}}}}"#));
        says(&error, &["show.json"]);
        // References in circles, each of a part to itself.
        let error = refused(&archive(&[
            (
                "show.json",
                one_drone(&format!(r#"{{"name":"A","trajectory":{LINE},"{part}":{{"$ref":"a.json"}}}}"#)).as_bytes(),
            ),
            ("a.json", br#"{"$ref":"a.json"}"#),
        ]));
        says(&error, &["a.json", "depth of references"]);
    }
    says(&refused(&skyc(&format!(r#"{{"version":1,"media":{deep}}}"#))), &["show.json"]);
}

#[test]
fn music_that_is_not_there_or_too_much() {
    let media = |audio: &str| {
        let show =
            one_drone(&format!(r#"{{"trajectory":{LINE}}}"#)).replacen('{', &format!(r#"{{"media":{audio},"#), 1);
        refused(&skyc(&show))
    };
    says(&media(r#"{"audio":{"data":{"$ref":"./assets/no.mp3"}}}"#), &["media.audio.data", "no.mp3", "no member"]);
    says(&media(r#"{"audio":{"data":"***"}}"#), &["media.audio.data", "base64"]);
    says(&media(r#"{"audio":{"mediaType":"audio/mpeg"}}"#), &["media.audio", "`data` is missing"]);
    says(&media(r#"{"audio":{"data":"","startTime":1e300}}"#), &["startTime", "beyond any show"]);
    says(&media("7"), &["media"]);
}

#[test]
fn counts_that_are_only_claimed() {
    use kapok_format::skyb::{RthLayout, RthPlan};
    // 65,535 points and 65,535 entries, none of them there.
    for (layout, head) in [
        (RthLayout::Released4, &[1, 0xff, 0xff][..]),
        (RthLayout::Main2026, &[0, 1, 0, 0, 0xff, 0xff]),
        (RthLayout::Crate01, &[0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff]),
    ] {
        assert!(matches!(RthPlan::decode(head, layout), Err(ReadError::Damaged { .. })), "{layout:?}");
        let mut entries = head[..head.len() - 2].to_vec();
        entries.extend([0, 0, 0xff, 0xff]);
        assert!(RthPlan::decode(&entries, layout).is_err(), "{layout:?}");
    }
    // A time of 2^32 s and more in steps that each fit.
    let mut body = vec![1, 0, 0, 2, 0];
    body.extend([0x10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x10, 1]);
    assert!(RthPlan::decode(&body, RthLayout::Released4).unwrap_err().to_string().contains("32 bits"));
}

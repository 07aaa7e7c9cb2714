//! One file, one show: what two readers could read in two ways is refused, by place, value and remedy.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use crate::support;

use kapok_format::{ReadBounds, ReadError, SITE_FILE_NAME, read, read_skyb_folder, read_vviz, write_skyb, write_skyc};
use support::{LINE, Raw, archive, one_drone, raw_zip, rich_show, skyc};

fn show() -> String {
    one_drone(&format!(r#"{{"name":"A","trajectory":{LINE}}}"#))
}

fn result(bytes: &[u8]) -> Result<(), ReadError> {
    read(bytes, "x.skyc", &ReadBounds::default()).map(|_| ())
}

fn refused(bytes: &[u8], words: &[&str]) {
    let error = result(bytes).unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "no \"{word}\" in: {error}");
    }
}

/// Two good members, the second changed.
fn with(change: impl Fn(&mut Raw)) -> Vec<u8> {
    let mut other = Raw::new("a.json", b"{}");
    change(&mut other);
    raw_zip(&[Raw::new("show.json", show().as_bytes()), other])
}

fn extra(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
}

#[test]
fn names_that_programs_fold_together_are_refused() {
    assert!(result(&with(|_| {})).is_ok());
    for name in [
        "./show.json",
        "a/../show.json",
        "x/./../show.json",
        "a//b.json",
        "/show.json",
        "a\\b.json",
        "show.json\0",
        "C:a.json",
        "a/.",
        "..",
        "",
        "a\u{1b}.json",
        "aIcon\r",
        "Icon\r\r",
        "a/b\rIcon\r",
    ] {
        refused(&with(|raw| raw.name = name.as_bytes().to_vec()), &["is not a plain relative path"]);
    }
    for twin in ["SHOW.json", "show.json.", "show.json ", "Show.JSON. ."] {
        refused(&with(|raw| raw.name = twin.as_bytes().to_vec()), &["show.json", "too"]);
    }
    refused(&with(|raw| raw.name = b"show.json/x".to_vec()), &["a file and of a folder"]);
    refused(&with(|raw| (raw.name, raw.content) = (b"show.json/".to_vec(), Vec::new())), &["too"]);
    // The same letter as one character and as two.
    let utf8 = |name: &str| Raw { flags: 1 << 11, ..Raw::new(name, b"{}") };
    let show = Raw::new("show.json", show().as_bytes());
    assert!(result(&raw_zip(&[show.clone(), utf8("\u{e9}.json"), utf8("e.json")])).is_ok());
    refused(&raw_zip(&[show.clone(), utf8("\u{e9}.json"), utf8("E\u{301}.json")]), &["too"]);
    refused(&raw_zip(&[show.clone(), Raw::new("\u{e9}.json", b"{}")]), &["not marked as UTF-8"]);
    refused(&raw_zip(&[show, Raw { name: b"\xb7\xc9.csv".to_vec(), ..utf8("") }]), &["not marked as UTF-8"]);
}

#[test]
fn a_directory_that_does_not_fit_is_refused() {
    let good = with(|_| {});
    let end = good.len() - 22;
    let patched = |at: usize, bytes: &[u8]| {
        let mut out = good.clone();
        out[at..at + bytes.len()].copy_from_slice(bytes);
        out
    };
    // One member is counted, two are listed; both counts, or one of them.
    refused(&patched(end + 8, &[1, 0, 1, 0]), &["counted by the end record", "lists 2"]);
    refused(&patched(end + 8, &[1, 0, 2, 0]), &["several disks"]);
    refused(&patched(end + 4, &[1, 0]), &["several disks"]);
    refused(&patched(end + 12, &[0, 0, 0, 0]), &["does not end where"]);
    refused(&patched(end + 20, &[4, 0]), &["comment"]);
    refused(&[&good[..], b"PK"].concat(), &["behind the end record"]);
    // A comment that holds a second end record; a plain one is read.
    let mut commented = [&good[..], b"hello"].concat();
    commented[end + 20] = 5;
    assert!(result(&commented).is_ok());
    let mut nested = [&good[..], &good[end..]].concat();
    nested[end + 20] = 22;
    refused(&nested, &["the archive"]);
    // Bytes that belong to no member: before, between, behind.
    let gap = |at: usize| [&good[..at], b"0123456789abcdef", &good[at..]].concat();
    for at in [0, 4, end] {
        assert!(result(&gap(at)).is_err(), "{at}");
    }
    refused(&with(|raw| raw.behind = vec![0; 7]), &["bytes behind its content"]);
}

#[test]
fn headers_that_say_other_things_than_the_directory_are_refused() {
    let good = with(|_| {});
    let second = good.windows(4).rposition(|w| w == b"PK\x03\x04").unwrap();
    for (at, what) in [(6, "flags"), (8, "method"), (14, "checksum"), (18, "sizes"), (22, "sizes"), (30, "name")] {
        let mut bytes = good.clone();
        bytes[second + at] ^= 1;
        refused(&bytes, &["a.json", what, "not the same"]);
    }
    // A second name, sizes of 64 bits, extra fields cut off: in the header as in the directory.
    for (k, kind) in [(0, "header"), (1, "directory")] {
        let unicode = |name: &[u8]| extra(0x7075, &[&[1, 0, 0, 0, 0], name].concat());
        assert!(result(&with(|raw| raw.extras[k] = unicode(b"a.json"))).is_ok(), "{kind}");
        refused(&with(|raw| raw.extras[k] = unicode(b"show.json")), &["second name \"show.json\""]);
        refused(&with(|raw| raw.extras[k] = extra(1, &[0; 16])), &["64 bits"]);
        refused(&with(|raw| raw.extras[k] = extra(0x5455, &[0; 5])[..7].to_vec()), &["cut off"]);
        assert!(result(&with(|raw| raw.extras[k] = extra(0x5455, &[0; 5]))).is_ok(), "{kind}");
    }
    // Data descriptors, with and without their signature.
    for signature in [&b"PK\x07\x08"[..], b""] {
        let described = |numbers: &dyn Fn(&mut Vec<u8>)| {
            with(|raw| {
                raw.flags = 1 << 3;
                raw.behind = [signature, &raw.numbers()].concat();
                numbers(&mut raw.behind);
            })
        };
        assert!(result(&described(&|_| {})).is_ok());
        refused(&described(&|behind| behind[signature.len()] ^= 1), &["bytes behind its content"]);
        refused(&described(&|behind| behind.truncate(8)), &["bytes behind its content"]);
    }
    refused(&with(|raw| raw.flags = 1), &["encrypted"]);
    refused(&with(|raw| (raw.system, raw.attributes) = (3, 0xa1ff_0000)), &["symbolic link"]);
}

#[test]
fn a_zip64_end_record_counts_only_where_it_is_needed() {
    let good = with(|_| {});
    let end = good.len() - 22;
    let [size, at] = [12, 16].map(|k| u64::from(u32::from_le_bytes(good[end + k..end + k + 4].try_into().unwrap())));
    let with_64 = |count: u64, needed: bool| {
        let mut out = good[..end].to_vec();
        let fields = [44u64.to_le_bytes(), [45, 0, 45, 0, 0, 0, 0, 0], [0; 8]];
        out.extend(b"PK\x06\x06");
        out.extend(&fields.concat()[..20]);
        for n in [count, count, size, at] {
            out.extend(n.to_le_bytes());
        }
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend((end as u64).to_le_bytes());
        out.extend([1, 0, 0, 0]);
        let from = out.len();
        out.extend(&good[end..]);
        if needed {
            out[from + 8..from + 12].copy_from_slice(&[0xff; 4]);
        }
        out
    };
    assert_eq!(result(&with_64(2, true)), Ok(()));
    refused(&with_64(1, true), &["counted"]);
    refused(&with_64(2, false), &["ZIP64 end record"]);
    refused(&with_64(1, false), &["ZIP64 end record"]);
}

#[test]
fn references_are_written_plainly_and_stand_alone() {
    let drone = |trajectory: &str| {
        archive(&[
            ("show.json", one_drone(&format!(r#"{{"name":"A","trajectory":{trajectory}}}"#)).as_bytes()),
            ("evil.json", LINE.as_bytes()),
        ])
    };
    assert!(result(&drone(r#"{"$ref":"./evil.json#"}"#)).is_ok());
    let inside = LINE.trim_end_matches('}');
    refused(
        &drone(&format!(r#"{inside},"\u0024ref":"./evil.json#"}}"#)),
        &["swarm.drones[0].settings.trajectory", "written with escapes"],
    );
    refused(&drone(r#"{"\u0024ref":"./evil.json#"}"#), &["written with escapes"]);
    refused(&drone(&format!(r#"{inside},"$ref":"./evil.json#"}}"#)), &["beside a `$ref`"]);
    refused(&drone(r#"{"$ref":"./evil.json#","comment":1}"#), &["beside a `$ref`"]);
    refused(&drone(r#"{"$ref":["./evil.json#"]}"#), &["drone 0 \"A\"", "is no text"]);
    for member in ["settings", "swarm", "validation"] {
        let show = show().replacen('{', &format!(r#"{{"{member}":{{"\u0024ref":"x"}},"#), 1);
        assert!(result(&skyc(&show)).is_err(), "{member}");
    }
    refused(&skyc(&show().replacen('{', r#"{"$ref":"./evil.json#","#, 1)), &["show.json", "beside a `$ref`"]);
    // As it stands and as an address of the web these lead to two members.
    let two = |target: &str, members: [&str; 2]| {
        let show = one_drone(&format!(r#"{{"name":"A","trajectory":{{"$ref":"{target}"}}}}"#));
        archive(&[("show.json", show.as_bytes()), (members[0], LINE.as_bytes()), (members[1], LINE.as_bytes())])
    };
    assert!(result(&two("./a%20b.json#", ["a b.json", "c.json"])).is_ok());
    refused(&two("./a%20b.json#", ["a b.json", "a%20b.json"]), &["address of the web"]);
    refused(&two("./a.json?x#", ["a.json", "a.json?x"]), &["address of the web"]);
    let fragment = format!(r#"{{"":{LINE},"a%41":{LINE},"aA":{LINE}}}"#);
    for target in ["f.json#/", "f.json#/a%41"] {
        let show = one_drone(&format!(r#"{{"name":"A","trajectory":{{"$ref":"{target}"}}}}"#));
        refused(&archive(&[("show.json", show.as_bytes()), ("f.json", fragment.as_bytes())]), &["address of the web"]);
    }
}

#[test]
fn a_key_twice_is_refused_wherever_json_is_read() {
    refused(
        &skyc(&show().replacen("\"name\":\"A\"", "\"name\":\"A\",\"na\\u006de\":\"B\"", 1)),
        &["\"name\"", "occurs twice"],
    );
    // In a part that holds a reference, and in a part that nothing reads.
    let lights =
        r#"{"name":"A","trajectory":{"version":1,"points":[[0,[0,0,0],[]]],"x":{"$ref":"./a.json"},"version":1}}"#;
    refused(
        &archive(&[("show.json", one_drone(lights).as_bytes()), ("a.json", b"1")]),
        &["\"version\"", "occurs twice"],
    );
    refused(&skyc(&show().replacen('{', r#"{"other":[{"a":1,"a":1}],"#, 1)), &["other[0]", "\"a\""]);
    let vviz = r#"{"version":"1.0","defaultPositionRate":4,"performances":[{"id":0,"agentDescription":{"homeX":0,"homeX":1,"homeY":0,"homeZ":0}}]}"#;
    let error = read_vviz(vviz.as_bytes(), &ReadBounds::default()).unwrap_err().to_string();
    assert!(error.contains("\"homeX\" occurs twice") && error.contains("performances[0].agentDescription"), "{error}");
    let vehicle = &rich_show().vehicles[2];
    let skyb = write_skyb(vehicle, &kapok_format::skyb::SkybOptions::default()).unwrap().bytes;
    let folder = |limits: &str| {
        let origin = r#"{"origin":{"latitude_deg":0,"longitude_deg":0,"amsl_m":0},"heading_deg":0}"#;
        let site = format!(r#"{{"version":1,"site":{origin},"limits":{limits}}}"#);
        let files = [("A.skyb".to_owned(), skyb.clone()), (SITE_FILE_NAME.to_owned(), site.into_bytes())];
        read_skyb_folder(&files, None, &ReadBounds::default())
    };
    assert!(folder(r#"{"min_separation_m":3}"#).is_ok());
    let error = folder("{\"min_separation_m\":3,\n\"min_separation_m\":0.5}").unwrap_err().to_string();
    assert!(error.contains("site.json, limits, line 2") && error.contains("occurs twice"), "{error}");
    assert!(folder("[3.0]").is_err(), "a list is no object");
}

#[test]
fn a_list_is_no_object() {
    let with_settings = |settings: &str| skyc(&show().replacen('{', &format!(r#"{{"settings":{settings},"#), 1));
    assert!(result(&with_settings(r#"{"validation":{"minDistance":3}}"#)).is_ok());
    for list in [
        r#"{"validation":[150,10,2,2,0.1]}"#,
        "[null,null,null]",
        r#"{"cues":[1,[]]}"#,
        r#"{"geofence":[1,[[true,[[0,0],[1,0],[0,1]]]]]}"#,
        r#"{"geofence":{"polygons":[[true,[[0,0],[1,0],[0,1]]]]}}"#,
    ] {
        assert!(result(&with_settings(list)).is_err(), "{list}");
    }
    for drone in [r#"["A",{}]"#, &format!(r#"["A",{LINE},null]"#), r#"{"name":"A","trajectory":[1,[[0,[0,0,0],[]]]]}"#]
    {
        assert!(result(&skyc(&one_drone(drone))).is_err(), "{drone}");
    }
    assert!(result(&skyc(r#"[1,null,null,null,null,{"drones":[]}]"#)).is_err());
    // Enums with their name inside, in the object of Kapok's own.
    let text = |show: &kapok_show::Show| {
        let bytes = write_skyc(show).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        std::io::read_to_string(zip.by_name("show.json").unwrap()).unwrap()
    };
    let written = text(&rich_show());
    let at = written.find("\"shape\":{").unwrap() + 8;
    let end = at + written[at..].find('}').unwrap() + 1;
    let values: serde_json::Value = serde_json::from_str(&written[at..end]).unwrap();
    let list: Vec<&serde_json::Value> = values.as_object().unwrap().values().collect();
    let kind = values["kind"].clone();
    let list = [vec![&kind], list.into_iter().filter(|v| **v != kind).collect()].concat();
    let changed = format!("{}{}{}", &written[..at], serde_json::to_string(&list).unwrap(), &written[end..]);
    let error = result(&skyc(&changed)).unwrap_err().to_string();
    assert!(error.contains("kapok") && error.contains("invalid type: sequence"), "{error}");
}

#[test]
fn what_is_written_is_in_the_form_that_is_read() {
    let mut show = support::show_of(vec![
        (
            kapok_show::Trajectory::starting_at(0, kapok_show::DVec3::ZERO).unwrap(),
            kapok_show::LightProgram::dark()
        );
        2
    ]);
    (show.vehicles[0].name, show.vehicles[1].name) = ("Drone A".into(), "drone a".into());
    let error = kapok_format::write_csv_zip(&show, 4.0).unwrap_err().to_string();
    assert!(error.contains("Drone A.csv") && error.contains("rename the vehicle"), "{error}");
    assert!(write_skyc(&show).is_ok(), "folders are numbered");
}

/// More members than an end record counts without ZIP64, and as many vehicles as a show may have.
#[test]
fn fifty_thousand_vehicles_are_read() {
    use kapok_show::{DVec3, LightProgram, MAX_VEHICLES, Trajectory, Vehicle};
    let rest = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
    let vehicle = |i: usize| Vehicle::new(format!("D{i}"), DVec3::ZERO, rest.clone(), LightProgram::dark());
    let mut show = support::show_of(vec![(rest.clone(), LightProgram::dark())]);
    show.vehicles = (0..MAX_VEHICLES).map(vehicle).collect();
    let bytes = write_skyc(&show).unwrap();
    assert_eq!(read(&bytes, "x.skyc", &ReadBounds::default()).unwrap().show.vehicles.len(), 50_000);
    show.vehicles.push(vehicle(MAX_VEHICLES));
    refused(&write_skyc(&show).unwrap(), &["number of drones is 50001", "limit of 50000"]);
}

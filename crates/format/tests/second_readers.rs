//! One file, one show: whatever is read here, other programs read the same, member by member and value by value.
//!
//! Two programs that share nothing with Kapok but the description of the format stand beside it: one on Python's `zipfile` and
//! `json`, one on jszip and `JSON.parse`. Good archives are changed at random: where the ZIP says a thing twice, one of the two
//! is changed; keys, references and lists of the JSON are doubled, written otherwise, exchanged.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use crate::support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_format::{ReadBounds, read_skyc};
use kapok_show::{Nwu, Show};
use serde_json::{Value, json};
use support::{Raw, crc32, raw_zip};

/// Archives that are tried where nothing else is asked for.
const CASES: u32 = 4000;

/// One of the other programs.
struct Reader {
    name: &'static str,
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Reader {
    fn start(name: &'static str, command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { name, child, answers }
    }

    fn read(&mut self, archive: &[u8]) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{}", STANDARD.encode(archive)).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{} answers {line:?}: {e}", self.name))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Numbers from a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

fn points(z: i32) -> String {
    format!("[[0,[0,{z},0],[]],[20,[0,{z},15],[[0,{z},0],[0,{z},15]]],[40,[0.5,{z},0],[]]]")
}

/// The members of a good show, in a random division: inline, by reference, by fragment.
fn good(random: &mut Random) -> Vec<(String, String)> {
    let mut members = vec![("parts.json".to_owned(), format!(r#"{{"a":{{"version":1,"points":{}}}}}"#, points(9)))];
    let drones: Vec<String> = (0..3)
        .map(|i| {
            let text = format!(r#"{{"version":1,"points":{}}}"#, points(i * 5));
            let trajectory = match random.below(3) {
                0 => text,
                1 => r#"{"$ref":"./parts.json#/a"}"#.to_owned(),
                _ => {
                    members.push((format!("drones/{i}/t.json"), text));
                    format!(r#"{{"$ref":"./drones/{i}/t.json#"}}"#)
                }
            };
            format!(r#"{{"type":"generic","settings":{{"name":"D{i}","trajectory":{trajectory}}}}}"#)
        })
        .collect();
    let show = format!(
        r#"{{"version":1,"settings":{{"validation":{{"minDistance":3}}}},"swarm":{{"drones":[{}]}}}}"#,
        drones.join(",")
    );
    members.push(("show.json".into(), show));
    members
}

/// Changes a text of JSON so that readers might differ.
fn change_json(text: &str, random: &mut Random) -> String {
    let keys: Vec<usize> = text.match_indices("\":").map(|(at, _)| at).collect();
    let objects: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
    let (at, key_end) = (*random.one(&objects), *random.one(&keys));
    let key_start = text[..key_end].rfind('"').unwrap() + 1;
    let key = &text[key_start..key_end];
    let escaped = |key: &str, random: &mut Random| {
        let k = random.below(key.len());
        format!("{}\\u{:04x}{}", &key[..k], u32::from(key.as_bytes()[k]), &key[k + 1..])
    };
    let value =
        random.one(&["null", "1", "{}", "[]", r#""X""#, r#"{"$ref":"./parts.json#/a"}"#, r#"{"minDistance":0.5}"#]);
    let insert = |member: String| {
        let comma = if text[at..].starts_with('}') { "" } else { "," };
        format!("{}{member}{comma}{}", &text[..at], &text[at..])
    };
    match random.below(8) {
        0 => insert(format!("\"{key}\":{value}")),
        1 => insert(format!("\"{}\":{value}", escaped(key, random))),
        2 => insert(format!("\"$ref\":\"./{}\"", random.one(&["parts.json#/a", "show.json#", "drones/1/t.json"]))),
        3 => insert(format!("\"{}\":\"./parts.json#/a\"", escaped("$ref", random))),
        4 => format!("{}{}{}", &text[..key_start], escaped(key, random), &text[key_end..]),
        5 => text.replacen("#/a", random.one::<&str>(&["#/%61", "#/", "#a", "#/a/", "#/b", "?x#/a", "%23/a"]), 1),
        6 => text.replacen(
            r#"{"minDistance":3}"#,
            random.one::<&str>(&["[0.5]", "[150,10,2,2,0.5]", r#"{"minDistance":"3"}"#]),
            1,
        ),
        // Back to front: a value for every key but the first.
        _ => {
            let from = text[key_end..].find([',', '}']).map_or(text.len(), |k| key_end + k);
            format!("{},\"{key}\":{value}{}", &text[..from], &text[from..])
        }
    }
}

/// Changes members or bytes of the archive so that readers might differ.
fn archive(members: &[(String, String)], random: &mut Random) -> Vec<u8> {
    let mut raws: Vec<Raw> = members.iter().map(|(name, text)| Raw::new(name, text.as_bytes())).collect();
    let k = random.below(raws.len());
    let evil = format!(r#"{{"version":1,"points":{}}}"#, points(1));
    let name = members[k].0.clone();
    let extra = |kind: u16, body: &[u8]| [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat();
    match random.below(12) {
        0 => {
            let twin = match random.below(9) {
                0 => name.clone(),
                1 => format!("./{name}"),
                2 => format!("x/../{name}"),
                3 => name.to_uppercase(),
                4 => format!("{name}\0"),
                5 => format!("/{name}"),
                6 => name.replace('/', "\\"),
                7 => format!("{name}/"),
                _ => format!("{name}."),
            };
            let content = if name == "show.json" { members[k].1.replace("D0", "E0") } else { evil };
            let at = random.below(raws.len() + 1);
            raws.insert(at, Raw::new(&twin, content.as_bytes()));
        }
        1 => {
            let other = &members[random.below(members.len())].0;
            let crc = crc32(name.as_bytes()).to_le_bytes();
            let which = random.below(2);
            raws[k].extras[which] = extra(0x7075, &[&[1], &crc[..], other.as_bytes()].concat());
        }
        2 => {
            let which = random.below(2);
            raws[k].extras[which] = extra(1, &vec![3; 8 * random.below(4)]);
        }
        3 => raws[k].flags = 1 << random.below(16),
        4 => {
            raws[k].flags = 8;
            raws[k].behind = [&b"PK\x07\x08"[..], &raws[k].numbers()].concat();
            if random.below(2) == 0 {
                let at = random.below(16);
                raws[k].behind[at] ^= 1;
            }
        }
        5 => (raws[k].system, raws[k].attributes) = (3, (random.below(16) as u32) << 28),
        _ => {}
    }
    let mut bytes = raw_zip(&raws);
    match random.below(8) {
        // Any byte of the directory and the end record, or of the first header.
        0 | 1 => {
            let from = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
            let at = if random.below(4) == 0 { random.below(30) } else { from + random.below(bytes.len() - from) };
            bytes[at] = *random.one(&[0, 1, 2, 0xff, bytes[at] ^ 1, bytes[at].wrapping_add(1)]);
        }
        // Another archive before or behind, or bytes between.
        2 => {
            let other = raw_zip(&[Raw::new("show.json", members[members.len() - 1].1.replace("D0", "E0").as_bytes())]);
            bytes = if random.below(2) == 0 { [other, bytes].concat() } else { [bytes, other].concat() };
        }
        3 => {
            let at = random.below(bytes.len());
            bytes.splice(at..at, vec![b'P'; random.below(20)]);
        }
        _ => {}
    }
    bytes
}

/// What the other programs say of a show, from Kapok's reading. Control points are north-west-up in the file.
fn drones_of(show: &Show) -> Value {
    let point = |p| json!(Nwu::from_site(p).0.to_array().map(|c| c + 0.0));
    let drones = show.vehicles.iter().map(|vehicle| {
        let t = &vehicle.trajectory;
        let first = json!([t.start_ms() as f64 / 1000.0, point(t.start_point_m()), []]);
        let rest = t.segments().map(|s| {
            let inner: Vec<Value> = s.control_m[1..s.degree()].iter().map(|p| point(*p)).collect();
            json!([s.end_ms as f64 / 1000.0, point(s.control_m[s.degree()]), inner])
        });
        json!([vehicle.name, std::iter::once(first).chain(rest).collect::<Vec<_>>()])
    });
    drones.collect()
}

/// Are two values the same, numbers being compared as numbers?
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

#[test]
#[ignore = "starts Python and Node with jszip: run by `cargo xtask test --nightly`"]
fn other_programs_read_the_same() {
    let here = env!("CARGO_MANIFEST_DIR");
    let script = |name: &str| format!("{here}/tests/second_readers/{name}");
    let mut readers = [
        Reader::start("zipfile", Command::new("python3").arg(script("read.py"))),
        Reader::start("jszip", Command::new("node").args([script("read.mjs"), format!("{here}/../../web")])),
    ];
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases = number("KAPOK_SECOND_READER_CASES").map_or(CASES, |cases| cases as u32);
    let first = number("KAPOK_SECOND_READER_SEED").unwrap_or(1);
    let (mut taken, mut faults) = (0, Vec::new());
    for case in 0..cases {
        let mut random = Random((first + u64::from(case)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        // The first numbers still look like the seed.
        for _ in 0..8 {
            random.below(2);
        }
        let mut members = good(&mut random);
        if random.below(2) == 0 {
            let k = if random.below(3) == 0 { random.below(members.len()) } else { members.len() - 1 };
            members[k].1 = change_json(&members[k].1, &mut random);
        }
        let bytes = archive(&members, &mut random);
        let Ok(decoded) = read_skyc(&bytes, &ReadBounds::default()) else { continue };
        taken += 1;
        let drones = drones_of(&decoded.show);
        let least = decoded.show.limits.min_separation_m;
        for reader in &mut readers {
            let answer = reader.read(&bytes);
            let limit = answer["least"].as_f64();
            let agrees = same(&answer["drones"], &drones) && limit.is_none_or(|limit| limit == least);
            if !agrees {
                faults.push(format!("case {case}: {} reads {answer}, Kapok {drones} and {least}", reader.name));
            }
        }
    }
    println!("{taken} of {cases} archives were read; {} readings differ", faults.len());
    assert!(taken > cases / 5, "only {taken} of {cases} archives were read: the law says little");
    assert!(faults.is_empty(), "{} readings differ, the first: {}", faults.len(), faults[0]);
}

//! Bodies that are no JSON, or JSON that two readers could read differently: refused with the reason, at every depth.

use kapok_studio::Endpoint;
use serde_json::{Value, json};

use crate::support::{post, post_bytes, recorded};

const MATCH: &str = "/operations/match-points";
const RENDER: &str = "/operations/render";

fn refused(path: &str, body: &str, expected: &str) {
    let reply = post_bytes(path, body.as_bytes());
    assert_eq!(reply.status, 400, "{path} {body}");
    let detail = reply.detail();
    assert!(detail.contains(expected), "{path} {body}: {detail}");
}

/// A request to render two drones, with a text in place of each mark.
fn scene(changes: &[(&str, &str)]) -> String {
    let mut text = r#"{"input":{"format":"json","data":{"version":1,"environment":{"type":"outdoor"},"settings":{"validation":{"minDistance":3}},
        "meta":{"title":"two"},"media":{},"swarm":{"drones":[
        {"type":"generic","settings":{"name":"a","lights":{"version":1,"data":[[0,[9,9,9],0]]},
            "trajectory":{"version":0,"points":[[0,0,0,0],[9,0,0,3],[20,0,0,0]]}}},
        {"type":"generic","settings":{"name":"b","trajectory":{"version":0,"points":[[0,9,0,0],[20,9,0,0]]}}}]}}},
        "output":{"format":"skyc","parameters":{"fps":4}}}"#
        .to_owned();
    for (mark, value) in changes {
        assert_eq!(text.matches(mark).count(), 1, "{mark}");
        text = text.replace(mark, value);
    }
    text
}

#[test]
fn malformed_bodies_are_named() {
    for (body, expected) in [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[1, 2]", "cannot be read"),
        (r#"{"source": [[0, 0]], "target": []}"#, "cannot be read"),
        (r#"{"source": [[0, NaN, 0]], "target": []}"#, "not finite"),
        (r#"{"source": [[0, -Infinity, 0]], "target": []}"#, "not finite"),
        (r#"{"source": [[0, 1e999, 0]], "target": []}"#, "out of range"),
        (r#"{"source": [[0, 1e300, 0]], "target": []}"#, "1000 km"),
        (r#"{"version": 2, "source": [], "target": []}"#, "version 2"),
        (r#"{"source": [], "target": [], "radius": -1}"#, "radius"),
    ] {
        refused(MATCH, body, expected);
    }
    assert!(post_bytes(MATCH, b"\xff\xfe\x00").detail().contains("cannot be read"));
    assert_eq!(post_bytes(MATCH, b"\xef\xbb\xbf{\"source\": [], \"target\": []}").status, 200, "a byte order mark");
}

#[test]
fn a_scene_is_rendered_as_it_is() {
    assert_eq!(post_bytes(RENDER, scene(&[]).as_bytes()).status, 200);
}

/// Which of two equal keys counts differs between readers.
#[test]
fn a_key_twice_is_refused_in_every_planning_operation() {
    for (file, key) in [
        ("grid-1m/08-POST-match-points.json", "source"),
        ("grid-1m/05-POST-plan-transition.json", "max_velocity_xy"),
        ("grid-1m/03-POST-plan-takeoff.json", "min_distance"),
        ("grid-1m/12-POST-plan-landing.json", "velocity"),
        ("grid-1m/27-POST-plan-smart-rth.json", "rth_model"),
        ("grid-1m/29-POST-create-static-formation.json", "method"),
    ] {
        let (path, body) = recorded(file);
        assert_eq!(post(&path, &body).status, 200, "{file}");
        let once = format!("\"{key}\":{},", body[key]);
        let escaped = format!("\"\\u{:04x}{}\":{},", u32::from(key.as_bytes()[0]), &key[1..], body[key]);
        for again in [once, escaped, "\"version\":1,".to_owned(), "\"new\":1,\"new\":2,".to_owned()] {
            refused(&path, &body.to_string().replacen('{', &format!("{{{again}"), 1), "occurs twice");
        }
    }
    let (path, body) = recorded("grid-1m/29-POST-create-static-formation.json");
    refused(&path, &body.to_string().replacen("\"n\":", "\"n\":7,\"n\":", 1), "occurs twice");
}

#[test]
fn a_key_twice_is_refused_at_every_depth_of_a_scene() {
    for (mark, value) in [
        (r#"{"input""#, r#"{"input":1,"input""#),
        (r#""format":"json""#, r#""format":"json","format":"json""#),
        (r#"{"fps":4}"#, r#"{"fps":4,"fps":9}"#),
        (r#"{"fps":4}"#, r#"{"fps":4,"more":[{"a":1,"\u0061":2}]}"#),
        (r#""media":{}"#, r#""media":{},"media":{}"#),
        (r#"{"title":"two"}"#, r#"{"title":"two","title":"three"}"#),
        (r#"{"minDistance":3}"#, r#"{"minDistance":3,"minDistance":1}"#),
        (r#"{"drones":["#, r#"{"drones":[],"drones":["#),
        (r#""name":"a""#, r#""name":"a","na\u006de":"c""#),
        (r#""name":"b""#, r#""name":"b","trajectory":{}"#),
        (r#"{"version":0,"points":[[0,9"#, r#"{"version":1,"version":0,"points":[[0,9"#),
        (r#""data":[[0,[9"#, r#""data":[],"data":[[0,[9"#),
        (r#""name":"b""#, r#""name":"b","unknown":{"x":1,"x":2}"#),
    ] {
        refused(RENDER, &scene(&[(mark, value)]), "occurs twice");
    }
}

/// A request has no other part that a reference could stand for, and some programs would look for one.
#[test]
fn references_are_refused_in_every_spelling() {
    for key in ["$ref", "\\u0024ref", "$re\\u0066", "\\u0024\\u0072\\u0065\\u0066"] {
        refused(MATCH, &format!(r#"{{"{key}":"./body.json","source":[],"target":[]}}"#), "$ref");
        refused(MATCH, &format!(r#"{{"source":[],"target":[],"more":{{"{key}":"x"}}}}"#), "$ref");
        for (mark, value) in [
            (r#""media":{}"#, format!(r#""media":{{"{key}":"./media.json#"}}"#)),
            (r#"{"minDistance":3}"#, format!(r#"{{"{key}":"./limits.json#"}}"#)),
            (r#"{"minDistance":3}"#, format!(r#"{{"minDistance":3,"{key}":"./limits.json#"}}"#)),
            (r#"{"type":"outdoor"}"#, format!(r#"{{"{key}":"./environment.json#"}}"#)),
            (r#"{"version":0,"points":[[0,9,0,0],[20,9,0,0]]}"#, format!(r#"{{"{key}":"./show.json#"}}"#)),
            (r"[[0,9,0,0],[20,9,0,0]]", format!(r#"{{"{key}":"./show.json#"}}"#)),
            (r"[[0,[9,9,9],0]]", format!(r#"{{"{key}":"./lights.json#"}}"#)),
            (r#""name":"b""#, format!(r#""name":"b","{key}":"./drone.json#""#)),
            (r#"{"fps":4}"#, format!(r#"{{"fps":4,"{key}":"x"}}"#)),
        ] {
            refused(RENDER, &scene(&[(mark, &value)]), "$ref");
        }
    }
    let in_a_name = scene(&[(r#""name":"b""#, r#""name":"$ref""#)]);
    assert_eq!(post_bytes(RENDER, in_a_name.as_bytes()).status, 200, "a value is no key");
}

/// Derived readers take a list of values for an object; no other program does.
#[test]
fn lists_are_no_objects() {
    refused(MATCH, "[1,[],[],0]", "invalid type: sequence");
    refused(
        "/operations/create-static-formation",
        r#"{"method":"svg","parameters":["<svg/>",3,10,null]}"#,
        "invalid type: sequence",
    );
    for (mark, value) in [
        (r#"{"format":"skyc","parameters":{"fps":4}}"#, r#"["skyc",{"fps":4}]"#),
        (r#"{"fps":4}"#, "[4]"),
        (r#"{"version":0,"points":[[0,9,0,0],[20,9,0,0]]}"#, "[0,[[0,9,0,0],[20,9,0,0]]]"),
        (r#"{"version":1,"data":[[0,[9,9,9],0]]}"#, "[1,[[0,[9,9,9],0]]]"),
        (r#"{"minDistance":3}"#, "[150,8]"),
    ] {
        refused(RENDER, &scene(&[(mark, value)]), "invalid type: sequence");
    }
    for (from, to) in [(r#"{"drones":["#, r"[["), (r#"{"type":"generic","settings":{"name":"b","#, r#"[{"name":"b","#)]
    {
        let closing = if to == "[[" { ("}}}]}}},", "}}}]]}},") } else { ("[20,9,0,0]]}}}", "[20,9,0,0]]}}]") };
        refused(RENDER, &scene(&[(from, to), closing]), "invalid type: sequence");
    }
}

#[test]
fn deep_nesting_ends_in_an_error_not_in_the_stack() {
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(200_000);
        refused(MATCH, &deep, "cannot be read");
        refused(MATCH, &format!("{{\"source\": [], \"target\": [], \"more\": {deep}"), "cannot be read");
        let show = format!("{{\"input\": {{\"format\": \"json\", \"data\": {{\"swarm\": {deep}");
        refused(RENDER, &show, "cannot be read");
    }
}

/// A name may hold commands that clear the screen or retitle the window of the operator.
#[test]
fn what_a_request_says_does_not_command_the_terminal() {
    let drone = json!({ "type": "generic", "settings": { "name": "\u{1b}[2J\u{1b}]0;gone\u{7}\nfine", "trajectory": { "version": 9, "points": [] } } });
    let data = json!({ "version": 1, "swarm": { "drones": [drone] } });
    let show = json!({ "input": { "format": "json", "data": data }, "output": { "format": "skyc" } });
    let reply = post(RENDER, &show);
    assert!(reply.detail().contains("version 9"));
    let [line] = reply.remarks.as_slice() else { panic!("{:?}", reply.remarks) };
    assert!(line.contains("version 9") && !line.contains(char::is_control), "{line:?}");

    let title: Value = json!("\u{1b}[2J\u{202e}two\nrender \"x\": PROVED");
    let reply = post_bytes(RENDER, scene(&[(r#"{"title":"two"}"#, &json!({ "title": title }).to_string())]).as_bytes());
    assert_eq!(reply.status, 200);
    assert!(
        reply.remarks.iter().all(|l| !l.contains('\u{202e}') && !l.contains(char::is_control)),
        "{:?}",
        reply.remarks
    );
    assert!(!reply.remarks.iter().any(|l| l.starts_with("render \"x\"")), "{:?}", reply.remarks);
}

#[test]
fn other_operations_are_named() {
    let reply = Endpoint::unknown_operation("read-mind");
    assert_eq!((reply.status, reply.media_type), (400, "application/json"));
    let json: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(json, json!({ "detail": "this server does not know the operation \"read-mind\"" }));
}

//! Damaged requests: every body gets an answer or a reason, never a fault of ours.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::support;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use support::{Reply, post_bytes, recorded};

const FILES: [&str; 8] = [
    "grid-1m/08-POST-match-points.json",
    "grid-1m/05-POST-plan-transition.json",
    "grid-1m/03-POST-plan-takeoff.json",
    "grid-1m/12-POST-plan-landing.json",
    "grid-1m/27-POST-plan-smart-rth.json",
    "grid-1m/29-POST-create-static-formation.json",
    "grid-3m/11-POST-render-skyc-yaw-pyro.json",
    "grid-1m/25-POST-render-vviz.json",
];

/// What a damaged or hostile client may put anywhere.
fn hostile() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(-1.0),
        Just(1e-300),
        Just(5e-324),
        Just(1e-6),
        Just(0.021),
        Just(1e6),
        Just(1e15),
        Just(1e300),
        Just(-1e300),
        -1e3..1e3f64,
    ];
    prop_oneof![
        4 => number.prop_map(|v| json!(v)),
        1 => Just(Value::Null),
        1 => Just(json!(true)),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => Just(json!([[0, 0, 0]])),
        1 => Just(json!("AAAA")),
        1 => Just(json!("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")),
        1 => Just(json!(u64::MAX)),
    ]
}

/// The places of a value that can be replaced, as pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(list) => list.iter().take(4).enumerate().for_each(|(i, v)| places(v, &format!("{at}/{i}"), out)),
        Value::Object(map) => map.iter().for_each(|(k, v)| places(v, &format!("{at}/{k}"), out)),
        _ => {}
    }
}

/// Shows are cut to two drones, so that a case is quick.
fn body(file: &str) -> (String, Value) {
    let (path, mut body) = recorded(file);
    if let Some(drones) = body.pointer_mut("/input/data/swarm/drones").and_then(Value::as_array_mut) {
        drones.truncate(2);
    }
    (path, body)
}

fn assert_clean(reply: &Reply) {
    assert!([200, 400].contains(&reply.status), "{} {}", reply.status, String::from_utf8_lossy(&reply.body));
    if reply.media_type == "application/json" {
        let json: Value = serde_json::from_slice(&reply.body).unwrap();
        let says = if reply.status == 200 { json["version"] == 1 } else { json["detail"].is_string() };
        assert!(says, "{json}");
    } else {
        assert_eq!((reply.status, reply.media_type), (200, "application/octet-stream"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_member_may_be_anything(
        file in prop::sample::select(&FILES[..]),
        changes in prop::collection::vec((any::<Index>(), hostile()), 1..4),
    ) {
        let (path, mut body) = body(file);
        for (which, value) in changes {
            let mut list = Vec::new();
            places(&body, "", &mut list);
            let place = list[which.index(list.len())].clone();
            *body.pointer_mut(&place).unwrap() = value;
        }
        assert_clean(&post_bytes(&path, body.to_string().as_bytes()));
    }

    #[test]
    fn any_byte_may_be_anything(
        file in prop::sample::select(&FILES[..]),
        changes in prop::collection::vec((any::<Index>(), any::<u8>(), 0usize..3), 1..6),
        cut in any::<Option<Index>>(),
    ) {
        let (path, body) = body(file);
        let mut text = body.to_string().into_bytes();
        for (which, byte, kind) in changes {
            let at = which.index(text.len());
            match kind {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => drop(text.remove(at)),
            }
        }
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()));
        }
        assert_clean(&post_bytes(&path, &text));
    }
}

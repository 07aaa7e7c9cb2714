#![no_main]

use kapok_studio::{Endpoint, Request, answer};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

// The first two bytes are the number of points and the size, the rest is the picture.
fuzz_target!(|bytes: &[u8]| {
    let [n, size, svg @ ..] = bytes else { return };
    let Ok(source) = std::str::from_utf8(svg) else { return };
    let body = json!({ "version": 1, "method": "svg", "parameters": { "version": 1, "source": source, "n": 1 + n % 40,
        "size": f64::from(*size), "angle": 10 } });
    let reply = answer(&Request { endpoint: Endpoint::CreateStaticFormation, body: body.to_string().as_bytes() });
    let json: Value = serde_json::from_slice(&reply.body).expect("every answer is JSON");
    if reply.status != 200 {
        assert_eq!(reply.status, 400, "{json}");
        return;
    }
    let points: Vec<[f64; 3]> = serde_json::from_value(json["points"].clone()).expect("points are finite numbers");
    assert_eq!(points.len(), usize::from(1 + n % 40));
    assert!(points.iter().flatten().all(|c| c.abs() <= f64::from(*size)));
});

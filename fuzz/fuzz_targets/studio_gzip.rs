#![no_main]

use kapok_server::{ServerSettings, unpack};
use kapok_studio::{Endpoint, Request, answer};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

// A compressed body, of at most 20 MB; what it expands to is bounded, by its size and by its ratio.
fuzz_target!(|bytes: &[u8]| {
    let settings = ServerSettings { max_body_bytes: 20 << 20, max_held_bytes: 20 << 20, ..ServerSettings::default() };
    let Ok(body) = unpack(bytes, true, &settings) else { return };
    let reply = answer(&Request { endpoint: Endpoint::MatchPoints, body: &body });
    let json: Value = serde_json::from_slice(&reply.body).expect("every answer is JSON");
    assert!(reply.status == 200 && json["version"] == 1 || reply.status == 400 && json["detail"].is_string(), "{json}");
});

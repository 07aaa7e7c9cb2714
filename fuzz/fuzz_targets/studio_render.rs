#![no_main]

use kapok_format::{ReadBounds, read_skyc};
use kapok_studio::{Endpoint, Request, answer};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

// A body of render or, where it has outputs, of multi-render.
fuzz_target!(|bytes: &[u8]| {
    let many = bytes.windows(9).any(|w| w == b"\"outputs\"");
    let endpoint = if many { Endpoint::MultiRender } else { Endpoint::Render };
    let reply = answer(&Request { endpoint, body: bytes });
    if reply.status != 200 {
        let json: Value = serde_json::from_slice(&reply.body).expect("every refusal is JSON");
        assert_eq!(reply.status, 400, "{json}");
        assert!(json["detail"].as_str().is_some_and(|d| !d.is_empty()));
        return;
    }
    assert_eq!(reply.media_type, "application/octet-stream");
    // A body may begin with a byte order mark.
    let Ok(asked) = serde_json::from_slice::<Value>(bytes) else { return };
    if asked["output"]["format"] == "skyc" && !many {
        let back = read_skyc(&reply.body, &ReadBounds::default()).expect("what is written is read");
        assert_eq!(back.show.vehicles.len(), asked["input"]["data"]["swarm"]["drones"].as_array().map_or(0, Vec::len));
    }
});

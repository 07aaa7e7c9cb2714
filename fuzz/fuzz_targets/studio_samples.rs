#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_format::{ReadBounds, read_skyc};
use kapok_studio::{Endpoint, Request, answer};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

// Samples of one drone as they are on the wire, 16 bytes each; behind them, after a zero byte and "lights", its light keys.
fuzz_target!(|bytes: &[u8]| {
    let mark = b"\0lights";
    let split = bytes.windows(mark.len()).position(|w| w == mark);
    let (samples, keys) = split.map_or((bytes, &b"[]"[..]), |at| (&bytes[..at], &bytes[at + mark.len()..]));
    let keys: Value = serde_json::from_slice(keys).unwrap_or_default();
    let body = json!({ "input": { "format": "json", "data": { "version": 1, "swarm": { "drones": [{ "type": "generic",
        "settings": { "name": "a", "lights": { "version": 1, "data": keys },
            "trajectory": { "version": 2, "points": STANDARD.encode(samples) } } }] } } },
        "output": { "format": "skyc", "parameters": {} } });
    let reply = answer(&Request { endpoint: Endpoint::Render, body: body.to_string().as_bytes() });
    if reply.status != 200 {
        assert_eq!(reply.status, 400, "{}", String::from_utf8_lossy(&reply.body));
        return;
    }
    let show = read_skyc(&reply.body, &ReadBounds::default()).expect("what is written is read").show;
    let (quads, rest) = samples.as_chunks::<16>();
    assert!(rest.is_empty());
    for quad in quads {
        let [t_s, x, y, z] =
            [0, 4, 8, 12].map(|k| f64::from(f32::from_le_bytes([quad[k], quad[k + 1], quad[k + 2], quad[k + 3]])));
        // Half a millisecond of rounded time, at the speed of whatever jumps there, says where it may be.
        let place = show.vehicles[0].trajectory.sample((1000.0 * t_s).round()).position_m;
        let off_m = (place.x + y).abs().max((place.y - x).abs()).max((place.z - z).abs());
        assert!(off_m <= 0.0102 + 1e-9 * place.length(), "{off_m} m off at {t_s} s");
    }
});

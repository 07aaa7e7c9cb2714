#![no_main]

use kapok_studio::{Endpoint, Request, answer};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const OPERATIONS: [Endpoint; 6] = [
    Endpoint::MatchPoints,
    Endpoint::PlanTransition,
    Endpoint::PlanTakeoff,
    Endpoint::Decompose,
    Endpoint::PlanLanding,
    Endpoint::PlanSmartRth,
];

// The first byte says which operation, the rest is its body.
fuzz_target!(|bytes: &[u8]| {
    let Some((&first, body)) = bytes.split_first() else { return };
    let operation = OPERATIONS[usize::from(first) % OPERATIONS.len()];
    let reply = answer(&Request { endpoint: operation, body });
    let json: Value = serde_json::from_slice(&reply.body).expect("every answer is JSON");
    if reply.status != 200 {
        assert_eq!(reply.status, 400, "{operation:?}: {json}");
        assert!(json["detail"].as_str().is_some_and(|d| !d.is_empty()));
        return;
    }
    assert_eq!(json["version"], 1);
    // A body may begin with a byte order mark.
    let Ok(asked) = serde_json::from_slice::<Value>(body) else { return };
    let count = |list: &str| asked[list].as_array().map_or(0, Vec::len);
    let per_place = |list: &str| json[list].as_array().map(Vec::len);
    match operation {
        Endpoint::MatchPoints => {
            let mapping = json["mapping"].as_array().expect("a list");
            assert_eq!(mapping.len(), count("target"));
            let mut sources: Vec<u64> = mapping.iter().filter_map(Value::as_u64).collect();
            assert_eq!(sources.len(), count("source").min(count("target")));
            sources.sort_unstable();
            sources.dedup();
            assert_eq!(sources.len(), count("source").min(count("target")), "each source once");
            assert!(sources.iter().all(|s| (*s as usize) < count("source")));
        }
        Endpoint::PlanTransition => {
            assert_eq!([per_place("start_times"), per_place("durations")], [Some(count("target")); 2]);
        }
        Endpoint::PlanTakeoff | Endpoint::Decompose => assert_eq!(per_place("groups"), Some(count("points"))),
        Endpoint::PlanLanding => {
            assert_eq!([per_place("start_times"), per_place("durations")], [Some(count("points")); 2]);
        }
        _ => assert_eq!(["start_times", "durations", "inner_points"].map(per_place), [Some(count("source")); 3]),
    }
});

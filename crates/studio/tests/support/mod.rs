//! A client that asks what the add-on asks, without a socket.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod flown;

use std::path::{Path, PathBuf};

use kapok_show::DVec3;
use kapok_studio::{Endpoint, Request, answer};
use serde_json::Value;

fn endpoint(path: &str) -> Endpoint {
    Endpoint::ALL.into_iter().find(|e| e.path() == path).unwrap()
}

pub fn get(path: &str) -> Reply {
    let endpoint = endpoint(path);
    assert!(!endpoint.is_operation());
    Reply::new(answer(&Request { endpoint, body: &[] }))
}

pub fn post(path: &str, body: &Value) -> Reply {
    post_bytes(path, body.to_string().as_bytes())
}

pub fn post_bytes(path: &str, body: &[u8]) -> Reply {
    let endpoint = endpoint(path);
    assert!(endpoint.is_operation());
    Reply::new(answer(&Request { endpoint, body }))
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub media_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub remarks: Vec<String>,
}

impl Reply {
    fn new(reply: kapok_studio::Reply) -> Self {
        let kapok_studio::Reply { status, media_type, headers, body, remarks } = reply;
        // Fields of a head are compared in small letters.
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_ascii_lowercase())).collect();
        assert!(remarks.iter().all(|line| !line.contains(char::is_control)), "{remarks:?}");
        Self { status, media_type, headers, body, remarks }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.media_type, "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The answer of an operation, with its version checked as the add-on does.
    pub fn answer(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        let json = self.json();
        assert_eq!(json["version"], 1, "{json}");
        json
    }

    pub fn file(&self) -> &[u8] {
        assert_eq!(self.status, 200, "{}", self.text());
        assert_eq!(self.media_type, "application/octet-stream");
        &self.body
    }

    /// The text the add-on shows, which it does with three statuses only.
    pub fn detail(&self) -> String {
        assert!([400, 403, 500].contains(&self.status), "{} {}", self.status, self.text());
        self.json()["detail"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }
}

/// Where the recorded requests are.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// The body of a recorded request, and its path.
pub fn recorded(name: &str) -> (String, Value) {
    let file: Value = serde_json::from_slice(&std::fs::read(data().join(name)).unwrap()).unwrap();
    (file["path"].as_str().unwrap().to_owned(), file["body"].clone())
}

/// The reply to a recorded request, of its body byte for byte.
pub fn answer_recorded(name: &str) -> Reply {
    let text = std::fs::read_to_string(data().join(name)).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let path = file["path"].as_str().unwrap();
    if file["body"].is_null() {
        return get(path);
    }
    let start = text.find("\"body\": ").unwrap() + "\"body\": ".len();
    let body = text[start..text.rfind('}').unwrap()].trim_end().as_bytes();
    assert_eq!(body.len() as u64, file["decoded_bytes"].as_u64().unwrap(), "{name}: not a byte was changed");
    post_bytes(path, body)
}

pub fn points(value: &Value) -> Vec<[f64; 3]> {
    serde_json::from_value(value.clone()).unwrap()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Least distance of any two on straight lines with one timing, and the longest trip.
pub fn clearance_and_longest(source: &[[f64; 3]], target: &[[f64; 3]], mapping: &[usize]) -> (f64, f64) {
    let trips: Vec<(DVec3, DVec3)> =
        mapping.iter().zip(target).map(|(&s, &t)| (DVec3::from_array(source[s]), DVec3::from_array(t))).collect();
    let mut least = f64::INFINITY;
    for (i, (a, b)) in trips.iter().enumerate() {
        for (c, d) in &trips[..i] {
            let (from, to) = (*a - *c, *b - *d);
            let along = to - from;
            let share = (-from.dot(along) / along.length_squared()).clamp(0.0, 1.0);
            least = least.min(if along == DVec3::ZERO { from.length() } else { from.lerp(to, share).length() });
        }
    }
    (least, trips.iter().map(|(a, b)| a.distance(*b)).fold(0.0, f64::max))
}

/// The least Σd², source of target.
pub fn least_squares(source: &[[f64; 3]], target: &[[f64; 3]]) -> Vec<usize> {
    let place = |list: &[[f64; 3]]| -> Vec<DVec3> { list.iter().copied().map(DVec3::from_array).collect() };
    let found = kapok_plan::assign(&place(target), &place(source), &kapok_plan::AssignSettings::default()).unwrap();
    found.goal_of_start.into_iter().map(|s| s as usize).collect()
}

/// An answer's mapping departs from the least Σd² only for distance, and the longest trip by 3 % at most.
pub fn assert_exchanged_for_distance(source: &[[f64; 3]], target: &[[f64; 3]], mapping: &[usize]) {
    let optimum = least_squares(source, target);
    let ((clear_m, longest_m), (first_m, shortest_m)) =
        (clearance_and_longest(source, target, mapping), clearance_and_longest(source, target, &optimum));
    assert!(clear_m > first_m, "exchanged for nothing: {clear_m} m, {first_m} m before");
    assert!(longest_m <= 1.03 * shortest_m + 1e-9, "{longest_m} m, {shortest_m} m before");
}

//! Pyrotechnics: events that name payloads.

use std::collections::BTreeMap;

use kapok_show::{PyroEvent, PyroPayload, PyroProgram};
use serde::Deserialize;
use serde_json::Value;

use super::parts::Part;
use super::times::Times;
use crate::error::shortened;
use crate::text::number::{push_f64, push_member, push_seconds};
use crate::{ReadBounds, ReadError};

/// The member `pyro` as it stands in a file.
#[derive(Debug, Deserialize)]
struct PyroJson {
    #[serde(default)]
    version: Option<f64>,
    events: Vec<(f64, f64, String)>,
    payloads: BTreeMap<String, PayloadJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayloadJson {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    prefire_time: Option<f64>,
    #[serde(default)]
    duration: Option<f64>,
    #[serde(default)]
    yaw: Option<f64>,
    #[serde(default)]
    pitch: Option<f64>,
}

/// Appends the program as JSON.
pub(super) fn push_pyro(out: &mut String, pyro: &PyroProgram) {
    let text = |s: &str| Value::from(s).to_string();
    out.push_str("{\"version\":1,\"events\":[");
    for (i, event) in pyro.events.iter().enumerate() {
        out.push_str(if i == 0 { "[" } else { ",[" });
        push_seconds(out, event.t_ms);
        out.push(',');
        push_f64(out, f64::from(event.channel));
        out.push(',');
        out.push_str(&text(&event.payload));
        out.push(']');
    }
    out.push_str("],\"payloads\":{");
    for (i, (id, payload)) in pyro.payloads.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&text(id));
        out.push_str(":{\"name\":");
        out.push_str(&text(&payload.name));
        for (name, ms) in [("prefireTime", payload.prefire_ms), ("duration", payload.duration_ms)] {
            if let Some(ms) = ms {
                push_member(out, name);
                push_seconds(out, ms);
            }
        }
        for (name, deg) in [("yaw", payload.yaw_deg), ("pitch", payload.pitch_deg)] {
            if let Some(deg) = deg {
                push_member(out, name);
                push_f64(out, deg);
            }
        }
        out.push('}');
    }
    out.push_str("}}");
}

/// Reads the member.
pub(super) fn read_pyro(part: &Part, bounds: &ReadBounds, times: &mut Times) -> Result<PyroProgram, ReadError> {
    let json: PyroJson = part.parse()?;
    part.check_version(json.version, "pyrotechnics")?;
    part.check_count(
        "events",
        json.events.len(),
        "the number of pyrotechnic events",
        (bounds.max_pyro_events, "max_pyro_events"),
    )?;
    part.check_count(
        "payloads",
        json.payloads.len(),
        "the number of pyrotechnic payloads",
        (bounds.max_pyro_events, "max_pyro_events"),
    )?;
    let mut payloads = BTreeMap::new();
    for (id, payload) in json.payloads {
        let at = || format!("payloads.{}", shortened(&id));
        let mut duration = |name: &str, t_s: Option<f64>| {
            t_s.map(|t_s| times.duration_ms(part, || format!("{}.{name}", at()), t_s)).transpose()
        };
        let (prefire_ms, duration_ms) =
            (duration("prefireTime", payload.prefire_time)?, duration("duration", payload.duration)?);
        let name = payload.name.unwrap_or_default();
        for text in [&id, &name] {
            part.check_length(&at(), text, bounds)?;
        }
        let read = PyroPayload { name, prefire_ms, duration_ms, yaw_deg: payload.yaw, pitch_deg: payload.pitch };
        payloads.insert(id, read);
    }
    let mut events = Vec::with_capacity(json.events.len());
    for (i, (t_s, channel, payload)) in json.events.into_iter().enumerate() {
        let at = || format!("events[{i}]");
        let bad = |value, why: &str, remedy| {
            Err(ReadError::BadValue { place: part.place_at(&at()), value, why: why.into(), remedy })
        };
        let t_ms = times.show_time_ms(part, at, t_s)?;
        if channel.fract() != 0.0 || !(0.0..=255.0).contains(&channel) {
            return bad(format!("channel {channel}"), "is no output of a vehicle", "channels are whole, from 0 to 255");
        }
        if !payloads.contains_key(&payload) {
            let value = format!("the payload \"{}\"", shortened(&payload));
            return bad(value, "is not among the payloads", "describe it there or correct the event");
        }
        events.push(PyroEvent { t_ms, channel: channel as u8, payload });
    }
    if !events.is_sorted_by_key(|e| e.t_ms) {
        times.notes.push("its pyrotechnic events are not in the order of time; they were sorted".into());
        events.sort_by_key(|e| e.t_ms);
    }
    Ok(PyroProgram { events, payloads })
}

//! Pyrotechnics as events that switch channels on and off.

use std::collections::BTreeMap;

use kapok_show::{PyroEvent, PyroPayload, PyroProgram, seconds};

use super::file::SkybEvent;
use crate::WriteError;

/// Type of pyrotechnic events.
const PYRO: u8 = 1;

/// The events of a program: on at each event, off when its effect has ended (prefire time and duration later), if the
/// payload says how long it lasts. A channel that is fired again before stays on to the later end.
///
/// # Errors
/// [`WriteError::NotCarried`] for events before time 0, after 2³² ms, out of order, or without a payload.
pub fn events_from_pyro(pyro: &PyroProgram) -> Result<Vec<SkybEvent>, WriteError> {
    let refused = |what: String, why| Err(WriteError::NotCarried { what, format: ".skyb", why });
    if let Some(event) = pyro.fault() {
        let why = "events must be in the order of time and name a payload that is described";
        return refused(format!("the pyrotechnic event at {}", seconds(event.t_ms)), why);
    }
    let stored = |t_ms: i64| u32::try_from(t_ms);
    let mut out = Vec::new();
    // Per channel, when it will be switched off.
    let mut off_ms: BTreeMap<u8, u32> = BTreeMap::new();
    for event in &pyro.events {
        let Ok(t_ms) = stored(event.t_ms) else {
            return refused(
                format!("the pyrotechnic event at {}", seconds(event.t_ms)),
                "times are from 0 to 2^32 - 1 ms, some 49 days",
            );
        };
        let lasts_ms = pyro.payloads.get(&event.payload).and_then(|p| {
            let duration_ms = p.duration_ms?;
            Some(p.prefire_ms.unwrap_or(0).saturating_add(duration_ms))
        });
        let pending_ms = off_ms.remove(&event.channel);
        if let Some(ended_ms) = pending_ms.filter(|&ended_ms| ended_ms <= t_ms) {
            out.push(SkybEvent::pyro(ended_ms, event.channel, false));
        }
        out.push(SkybEvent::pyro(t_ms, event.channel, true));
        let Some(lasts_ms) = lasts_ms else { continue };
        let ends_ms = event.t_ms.saturating_add(lasts_ms);
        let Some(ends_ms) = stored(ends_ms).ok().filter(|_| lasts_ms >= 0) else {
            return refused(
                format!("the pyrotechnic effect that ends at {}", seconds(ends_ms)),
                "it must end from 0 to 2^32 - 1 ms",
            );
        };
        off_ms.insert(event.channel, ends_ms.max(pending_ms.unwrap_or(0)));
    }
    out.extend(off_ms.into_iter().map(|(channel, t_ms)| SkybEvent::pyro(t_ms, channel, false)));
    // At the same instant a channel is switched off before it is switched on, unless an effect lasts no time.
    out.sort_by_key(|e| e.t_ms);
    Ok(out)
}

/// The program that events mean, and what of them it does not hold. Payloads are named after how long they last.
pub fn pyro_from_events(events: &[SkybEvent]) -> (Option<PyroProgram>, Vec<String>) {
    let mut program = PyroProgram::default();
    let (mut others, mut idle_offs) = (0, 0);
    // Per channel, the event that switched it on.
    let mut burning: BTreeMap<u8, usize> = BTreeMap::new();
    let mut lasts_ms: Vec<Option<i64>> = Vec::new();
    for event in events {
        if event.kind != PYRO {
            others += 1;
            continue;
        }
        let (t_ms, channel) = (i64::from(event.t_ms), event.subtype);
        if event.payload == [0xff; 4] {
            match burning.remove(&channel) {
                Some(i) => lasts_ms[i] = Some(t_ms - program.events[i].t_ms),
                None => idle_offs += 1,
            }
            continue;
        }
        burning.insert(channel, program.events.len());
        program.events.push(PyroEvent { t_ms, channel, payload: String::new() });
        lasts_ms.push(None);
    }
    for (event, duration_ms) in program.events.iter_mut().zip(lasts_ms) {
        let name = duration_ms.map_or_else(|| "on".to_owned(), |ms| format!("{ms} ms"));
        let payload = PyroPayload { name: name.clone(), duration_ms, ..PyroPayload::default() };
        program.payloads.insert(name.clone(), payload);
        event.payload = name;
    }
    let mut notes = Vec::new();
    if others > 0 {
        notes.push(format!("{others} events are no pyrotechnics: left out"));
    }
    if idle_offs > 0 {
        notes.push(format!("{idle_offs} events switch off a channel that is not on: left out"));
    }
    ((!program.events.is_empty()).then_some(program), notes)
}

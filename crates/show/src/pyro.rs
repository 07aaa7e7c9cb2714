use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one vehicle fires, and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PyroProgram {
    /// In time order; events at the same time in the order of the file.
    pub events: Vec<PyroEvent>,
    /// What the events name.
    pub payloads: BTreeMap<String, PyroPayload>,
}

/// One ignition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PyroEvent {
    /// When the signal is given, milliseconds.
    pub t_ms: i64,
    /// Output of the vehicle, counted from 0.
    pub channel: u8,
    /// Key into [`PyroProgram::payloads`].
    pub payload: String,
}

/// A pyrotechnic effect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PyroPayload {
    /// Its name.
    pub name: String,
    /// From the signal to the first spark, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefire_ms: Option<i64>,
    /// From the first spark to the last, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// Direction of the effect, degrees clockwise from the vehicle's nose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yaw_deg: Option<f64>,
    /// Direction of the effect, degrees above the horizon; −90 is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pitch_deg: Option<f64>,
}

impl PyroProgram {
    /// The first event whose payload is not described, or that is earlier than the one before it.
    pub fn fault(&self) -> Option<&PyroEvent> {
        let unordered = self.events.windows(2).find(|w| w[1].t_ms < w[0].t_ms).map(|w| &w[1]);
        unordered.or_else(|| self.events.iter().find(|e| !self.payloads.contains_key(&e.payload)))
    }
}

//! Yaw control: set points, linear between.

use kapok_show::{YawKey, YawProgram, seconds};
use serde::Deserialize;

use super::parts::Part;
use super::times::Times;
use crate::swarm::notes::Note;
use crate::text::number::{push_f64, push_seconds};
use crate::{ReadBounds, ReadError};

/// The member `yawControl` as it stands in a file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct YawJson {
    #[serde(default)]
    version: Option<f64>,
    setpoints: Vec<(f64, f64)>,
    #[serde(default)]
    auto_yaw: Option<bool>,
    #[serde(default)]
    auto_yaw_offset: Option<f64>,
}

/// Appends the program as JSON.
pub(super) fn push_yaw(out: &mut String, yaw: &YawProgram) {
    out.push_str("{\"version\":1,\"setpoints\":[");
    for (i, key) in yaw.keys().iter().enumerate() {
        out.push_str(if i == 0 { "[" } else { ",[" });
        push_seconds(out, key.t_ms);
        out.push(',');
        push_f64(out, key.yaw_deg);
        out.push(']');
    }
    out.push(']');
    if let Some(offset_deg) = yaw.auto_offset_deg() {
        out.push_str(",\"autoYaw\":true,\"autoYawOffset\":");
        push_f64(out, offset_deg);
    }
    out.push('}');
}

/// Reads the member.
pub(super) fn read_yaw(part: &Part, bounds: &ReadBounds, times: &mut Times) -> Result<YawProgram, ReadError> {
    let json: YawJson = part.parse()?;
    part.check_version(json.version, "yaw control")?;
    part.check_count(
        "setpoints",
        json.setpoints.len(),
        "the number of yaw set points",
        (bounds.max_yaw_keys, "max_yaw_keys"),
    )?;
    let mut keys: Vec<YawKey> = Vec::with_capacity(json.setpoints.len());
    for (i, &(t_s, yaw_deg)) in json.setpoints.iter().enumerate() {
        let at = || format!("setpoints[{i}]");
        let t_ms = times.show_time_ms(part, at, t_s)?;
        if let Some(last) = keys.last().filter(|last| last.t_ms >= t_ms) {
            return Err(ReadError::BadValue {
                place: part.place_at(&at()),
                value: format!("time {t_s} s"),
                why: format!(
                    "is not later than the set point before it by a millisecond (that one is at {})",
                    seconds(last.t_ms)
                ),
                remedy: "times must increase strictly; remove or move the set point",
            });
        }
        keys.push(YawKey { t_ms, yaw_deg });
    }
    let offset_deg = json.auto_yaw_offset.unwrap_or(0.0);
    let is_auto = json.auto_yaw == Some(true);
    if !is_auto && offset_deg != 0.0 {
        let text = "the offset of its automatic yaw is left out: automatic yaw is switched off";
        times.notes.push(Note::left_out(text));
    }
    YawProgram::from_keys(keys, is_auto.then_some(offset_deg)).ok_or_else(|| ReadError::BadValue {
        place: part.place(),
        value: "an angle".into(),
        why: "is no finite number".into(),
        remedy: "angles are in degrees, clockwise",
    })
}

use std::collections::BTreeMap;

use kapok_format::skyb::RthLayout;
use kapok_show::{DVec3, Environment, Limits, Site, VehicleProfile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a sentence on an option begins.
const SET: &str = "Set by a flag, not by the file:";

/// What the caller sets beside the bytes. A certificate states its options, and a check applies them again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Limits in place of those of the file, by the name of the field in [`Limits`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, f64>,
    /// Bytes that each vehicle may be given as a .skyb file; `None`: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_payload_bytes: Option<u64>,
    /// Greatest airspeed of the vehicles, m/s, in place of what the file's vehicle profile states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_airspeed_m_s: Option<f64>,
    /// Layout of the returns to home in .skyb files, where it was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rth_layout: Option<RthLayout>,
    /// What stands around the show, for a format that has no place for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surroundings: Option<Surroundings>,
    /// What is known of how the bytes were made, one sentence each, for the assumptions of the certificate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// The motion is a part of a show that may begin and end in the air: pads and the ground are not asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub airborne_ends: bool,
    /// Leaves out the figures of what lost vehicles reach, which cost time and decide nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_losses: bool,
}

impl Options {
    /// What of them bears on the verdict, one sentence each: nothing that was set beside the bytes is passed over.
    pub fn sentences(&self) -> Vec<String> {
        let Ok(Value::Object(members)) = serde_json::to_value(self) else { return Vec::new() };
        let mut all = Vec::new();
        for (name, value) in &members {
            match (name.as_str(), value) {
                // They tell how the bytes were made, and which figures were left out.
                ("remarks" | "without_losses", _) => {}
                ("limits", Value::Object(limits)) => {
                    all.extend(limits.iter().map(|(name, value)| format!("{SET} {name} = {value}")));
                }
                ("surroundings", _) => {
                    let from = self.surroundings.as_ref().map_or("", |around| around.from.as_str());
                    all.push(format!("Site, surroundings, limits and vehicles are those of {from}, not of the file"));
                }
                (_, Value::String(text)) => all.push(format!("{SET} {name} = {text}")),
                _ => all.push(format!("{SET} {name} = {value}")),
            }
        }
        all
    }
}

/// Site, surroundings, limits and vehicles of another file, in place of what a format without a place for them assumes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Surroundings {
    /// Where they were taken from: name and SHA-256 of a file.
    pub from: String,
    /// Title of the show.
    pub title: String,
    /// The site.
    pub site: Site,
    /// Fence, volumes, audiences, roads and waters.
    pub environment: Environment,
    /// The limits.
    pub limits: Limits,
    /// The kind of vehicle.
    pub profile: VehicleProfile,
    /// The pads, vehicle by vehicle; empty where they are those that a reader assumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<[f64; 3]>")]
    pub pads_m: Vec<DVec3>,
}

//! The object `kapok` in `show.json`: what Kapok knows beyond the format.

use kapok_show::{Chapter, Environment, LightKey, LightProgram, Limits, Rgb, Site, VehicleProfile};
use serde::{Deserialize, Serialize};

/// Version of the added object that is written and understood.
pub(super) const VERSION: u32 = 1;

/// The added object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KapokJson {
    pub version: u32,
    pub site: Site,
    pub environment: Environment,
    pub limits: Limits,
    pub profile: VehicleProfile,
    pub chapters: Vec<Chapter>,
    /// Written before it is proved; left out if it is not so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// Vehicles whose light keys the byte code does not give back exactly, in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exact_lights: Vec<ExactLights>,
    /// Largest accelerations of return plans that state one: index in `swarm.drones`, m/s².
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_accelerations: Vec<(usize, f64)>,
}

/// Exact light keys of one vehicle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ExactLights {
    /// Index in `swarm.drones`.
    pub vehicle: usize,
    /// Time in milliseconds, colour, fade.
    pub keys: Vec<(i64, Rgb, bool)>,
}

impl ExactLights {
    pub fn of(vehicle: usize, program: &LightProgram) -> Self {
        Self { vehicle, keys: program.keys().iter().map(|k| (k.t_ms, k.colour, k.fade)).collect() }
    }

    /// The program; `None` if the keys are not in time order.
    pub fn program(&self) -> Option<LightProgram> {
        LightProgram::from_keys(self.keys.iter().map(|&(t_ms, colour, fade)| LightKey { t_ms, colour, fade }).collect())
    }
}

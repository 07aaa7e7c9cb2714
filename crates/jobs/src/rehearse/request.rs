use kapok_sim::Profile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;

/// Runs of a rehearsal, at most.
pub const MAX_RUNS: u32 = 100_000;
/// Strongest mean wind, m/s: a hurricane's.
const MAX_WIND_M_S: f64 = 40.0;

/// How a show is rehearsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RehearsalRequest {
    /// How often the show is flown, each time with other gusts, errors and directions of the wind.
    pub runs: u32,
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// What the random numbers depend on.
    pub seed: u64,
    /// The kind of vehicle, by the name of a profile that ships with Kapok; `None`: the one nearest in mass to the show's.
    pub profile: Option<String>,
}

impl Default for RehearsalRequest {
    fn default() -> Self {
        Self { runs: 1, wind_m_s: 0.0, seed: 0, profile: None }
    }
}

impl RehearsalRequest {
    /// The profile of the request, or the one that fits a mass.
    ///
    /// # Errors
    /// [`JobError::Setting`] for a number of runs, a wind or a profile that makes no sense.
    pub(super) fn checked(&self, mass_kg: f64) -> Result<Profile, JobError> {
        let wrong = |field: &'static str, why: String| Err(JobError::Setting { field, why });
        if !(1..=MAX_RUNS).contains(&self.runs) {
            return wrong("runs", format!("is {}, but must be from 1 to {MAX_RUNS}", self.runs));
        }
        if !(0.0..=MAX_WIND_M_S).contains(&self.wind_m_s) {
            return wrong("wind_m_s", format!("is {}, but must be a number from 0 to {MAX_WIND_M_S}", self.wind_m_s));
        }
        let Some(name) = &self.profile else { return Ok(Profile::nearest_by_mass(mass_kg)) };
        Profile::builtin(name).map_or_else(
            || {
                let known: Vec<&str> = Profile::builtin_names().collect();
                wrong("profile", format!("is {name:?}, but there are only {}", known.join(", ")))
            },
            Ok,
        )
    }
}

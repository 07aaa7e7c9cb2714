use kapok_plan::{ReturnToHomeOutcome, ReturnToHomeSettings};
use kapok_show::{Reporter, Show};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;

/// Plan a collective return to home from every instant of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnToHomeRequest {
    /// Seconds of show time between two entries, from 1 to 3600.
    pub every_s: u32,
}

/// From which instants the whole fleet can return.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReturnToHomeAnswer {
    /// Instants that were asked for.
    pub instants: usize,
    /// Instants from which the fleet can return.
    pub with_return_to_home: usize,
    /// The longest return: from the stop until the last vehicle is down, seconds; `null` if there is none.
    pub longest_s: Option<f64>,
    /// The instant from which it begins, seconds of show time.
    pub longest_from_s: Option<u32>,
    /// Instants without a return.
    pub without: Vec<NoReturn>,
}

/// An instant from which the fleet cannot return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoReturn {
    /// The instant, seconds of show time.
    pub time_s: u32,
    /// Why not.
    pub why: String,
}

/// Plans the return to home of every vehicle from every instant asked for, and puts it into the show.
///
/// # Guarantees
/// Each vehicle has a plan afterwards. An instant without a return has no entry: the next entry counts.
///
/// # Errors
/// [`JobError::ReturnToHome`] if the show has no vehicles, is too long, or a limit makes no sense.
///
/// # Complexity
/// See [`kapok_plan::return_to_home`].
pub fn return_to_home(
    show: &mut Show,
    request: &ReturnToHomeRequest,
    reporter: &dyn Reporter,
) -> Result<ReturnToHomeAnswer, JobError> {
    let settings = ReturnToHomeSettings { every_s: request.every_s, ..ReturnToHomeSettings::default() };
    let outcome = kapok_plan::return_to_home(show, &settings, reporter)?;
    let answer = ReturnToHomeAnswer::of(&outcome);
    for (vehicle, plan) in show.vehicles.iter_mut().zip(outcome.plans) {
        vehicle.return_to_home = Some(plan);
    }
    Ok(answer)
}

impl ReturnToHomeAnswer {
    fn of(outcome: &ReturnToHomeOutcome) -> Self {
        let without = outcome.instants.iter().filter_map(|i| Some((i.time_s, i.found.err()?)));
        Self {
            instants: outcome.instants.len(),
            with_return_to_home: outcome.safe_count(),
            longest_s: outcome.longest().map(|(_, ms)| ms as f64 / 1000.0),
            longest_from_s: outcome.longest().map(|(time_s, _)| time_s),
            without: without.map(|(time_s, why)| NoReturn { time_s, why: why.to_string() }).collect(),
        }
    }
}

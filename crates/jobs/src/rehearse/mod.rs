//! Rehearsals: a show flown by vehicles with physics, again and again.

mod answer;
mod bounds;
mod campaign;
mod flight;
mod flight_log;
mod guidance;
mod histogram;
mod protections;
mod record;
mod report;
mod request;
mod summary;

use kapok_show::Reporter;

pub use answer::{HeightErrors, RehearsalAnswer, SweepFigures, WindFigures};
pub use bounds::ShareOfRuns;
pub use campaign::{Campaign, NamedText, RehearsalInputs};
pub use record::{CampaignHead, FaultFigures, RehearsalRun, RunRecord};
pub use report::rehearsal_report;
pub use request::{MAX_RUNS, RehearsalRequest, Shard, WindSweep};

use crate::error::JobError;

/// Flies a show of any format with simulated vehicles: rotors, wind with turbulence, satellite positioning, packs and the autopilots of
/// show boards. Nothing is proved: figures of what happened come out.
///
/// Every run has its own gusts, errors and direction of the wind, all from the seed; in each wind of a sweep the same. Vehicles start
/// from their pads with full packs, follow their trajectories by time, and land. [`Campaign`] is the same run by run.
///
/// # Errors
/// [`JobError`] if the bytes are no show, the profile or the fault script has mistakes, or a setting is out of range.
///
/// # Complexity
/// For each run and vehicle about 200 ns a step, 200 steps a second of show.
///
/// # Determinism
/// The same inputs and request give the same answer on any number of threads.
pub fn rehearse(
    inputs: RehearsalInputs,
    request: &RehearsalRequest,
    reporter: &dyn Reporter,
) -> Result<RehearsalAnswer, JobError> {
    let campaign = Campaign::new(inputs, request, false, reporter)?;
    let indices: Vec<u32> = campaign.indices().collect();
    reporter.phase("rehearsing", indices.len() as u64 * campaign.steps_per_run());
    let records: Vec<RunRecord> = indices.into_iter().map(|index| campaign.fly(index, reporter)).collect();
    Ok(RehearsalAnswer::of(campaign.head(), &records))
}

use kapok_show::printable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::histogram::{Counts, Histogram};
use super::request::RehearsalRequest;
use crate::error::JobError;

/// Height of a band in which the tracking error is told, metres.
pub const BAND_M: f64 = 10.0;
/// Bands; the last takes what is above.
pub const BANDS: usize = 25;
/// Percents of charge: 0 to 100.
pub const PERCENTS: usize = 101;
/// Form of the files of a campaign.
pub(super) const CAMPAIGN_FORM: &str = "kapok-campaign/1";

/// The head of a campaign: what all its records are of, and what they have in common. The first line of its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignHead {
    /// Name and version of the form.
    pub schema: String,
    /// SHA-256 over everything that the records depend on: the program, the show, the profile, the fault script, the request without
    /// its shard. Records of equal hashes belong together.
    pub inputs_sha256: String,
    /// Version of the program.
    pub kapok_version: String,
    /// Title of the show.
    pub title: String,
    /// SHA-256 of the show file.
    pub show_sha256: String,
    /// Vehicles of the show.
    pub vehicles: u32,
    /// The kind of vehicle.
    pub profile: String,
    /// What was asked for, with the shard that this file has.
    pub request: RehearsalRequest,
    /// The separation that the show asks for, metres.
    pub separation_limit_m: f64,
    /// The reserve that the show's limits ask for, as a share of a full pack.
    pub battery_reserve: f64,
    /// The faults, if there are any.
    pub faults: Option<FaultFigures>,
    /// Outlines of fence, of its holes, and of the spectators, metres.
    pub site: SiteOutlines,
    /// The proved lower bound of the separation in flight in each second of the show, metres.
    pub proved_separation_m: Vec<f64>,
}

/// Outlines on the ground, metres.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteOutlines {
    /// Of the fence: inside of each.
    pub fences: Vec<Vec<[f64; 2]>>,
    /// Of its holes.
    pub holes: Vec<Vec<[f64; 2]>>,
    /// Of the spectators.
    pub audiences: Vec<Vec<[f64; 2]>>,
}

/// The fault script of a rehearsal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultFigures {
    /// Its title.
    pub title: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// Its faults.
    pub count: u32,
    /// The protections of crew and firmware were on.
    pub protections: bool,
    /// What of it a rehearsal without a radio link does not show, in words.
    pub not_simulated: Vec<String>,
}

/// One flight of the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsalRun {
    /// Its number in its wind, from 1.
    pub run: u32,
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// Where the wind blew to: degrees from the show's x axis towards y.
    pub wind_toward_deg: f64,
    /// Why the start was refused, if it was: nothing flew then.
    pub refused: Option<String>,
    /// Why the show was stopped, if it was.
    pub stopped: Option<String>,
    /// When, show time in seconds.
    pub stopped_s: Option<f64>,
    /// Vehicles that took off.
    pub flew: u32,
    /// Vehicles that stood on the ground in the end, unhurt.
    pub landed: u32,
    /// Vehicles that fell.
    pub fallen: u32,
    /// Vehicles that were still in the air at the end.
    pub aloft: u32,
    /// Vehicles that flew outside the fence.
    pub outside_fence: u32,
    /// Vehicles that came down among spectators.
    pub among_spectators: u32,
    /// Pairs that touched.
    pub collisions: u32,
    /// Least distance of two flying vehicles, as in the answer, metres.
    pub min_separation_m: Option<f64>,
    /// When, show time in seconds.
    pub min_separation_s: Option<f64>,
    /// Between which.
    pub min_separation_pair: Option<[String; 2]>,
    /// Distance to the plan that 99 of 100 samples do not exceed, metres.
    pub tracking_error_p99_m: f64,
    /// The greatest distance to the plan, metres.
    pub tracking_error_max_m: f64,
    /// Least charge after landing less the reserve.
    pub energy_margin_min: f64,
    /// Flights that the pack, the estimator or the bubble ended.
    pub failsafes: u32,
}

/// One flight, and what the figures of many are made of. A line of a campaign's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// Its place in the campaign, from 0.
    pub index: u32,
    /// The flight.
    pub run: RehearsalRun,
    /// Distances to the plan.
    pub(super) errors: Counts,
    /// The same for each band of height, coarser.
    pub(super) errors_by_height: Vec<Counts>,
    /// Least distance in flight in each second of the show, metres; `null` where none was near.
    pub(super) separation_m: Vec<Option<f64>>,
    /// Vehicles by what is left in their packs, percent.
    pub(super) charge: Vec<u32>,
    /// Where flights ended other than by their plan: x, y, and how.
    pub(super) ends_m: Vec<(f64, f64, EndKind)>,
}

/// How a flight ended that did not end by its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndKind {
    /// It fell.
    Fell,
    /// It landed elsewhere.
    Landed,
    /// It was still in the air.
    Aloft,
}

impl CampaignHead {
    /// Reads the first line of a campaign's file.
    ///
    /// # Errors
    /// [`JobError::Campaign`] if it is none.
    pub fn read(file: &str, line: &str) -> Result<Self, JobError> {
        let head: Self = serde_json::from_str(line).map_err(|error| broken(file, 1, &error.to_string()))?;
        if head.schema != CAMPAIGN_FORM {
            let why = format!("is of the form \"{}\", not {CAMPAIGN_FORM}", printable(&head.schema));
            return Err(broken(file, 1, &why));
        }
        head.request.check()?;
        Ok(head)
    }

    /// The head as a line of a file.
    ///
    /// # Errors
    /// A fault of this crate.
    pub fn to_line(&self) -> Result<String, JobError> {
        Ok(serde_json::to_string(self)?)
    }
}

impl RunRecord {
    /// Reads a line of a campaign's file; `line` counts from 1.
    ///
    /// # Errors
    /// [`JobError::Campaign`] if it is no record, or none of the campaign of this head.
    pub fn read(file: &str, line: usize, text: &str, head: &CampaignHead) -> Result<Self, JobError> {
        let record: Self = serde_json::from_str(text).map_err(|error| broken(file, line, &error.to_string()))?;
        let sums = Histogram::fine().merge(&record.errors)
            && record.errors_by_height.len() == BANDS
            && record.errors_by_height.iter().all(|counts| Histogram::coarse().merge(counts));
        if !sums || record.charge.len() != PERCENTS {
            return Err(broken(file, line, "has figures that no run has"));
        }
        let request = &head.request;
        let (runs, winds) = (request.runs, request.winds_m_s());
        let place = (record.index / runs, record.index % runs + 1);
        let is_of_it = winds.get(place.0 as usize) == Some(&record.run.wind_m_s) && place.1 == record.run.run;
        if !is_of_it || record.index % request.shard.of != request.shard.number - 1 {
            return Err(broken(file, line, "is of another campaign"));
        }
        Ok(record)
    }

    /// The record as a line of a file.
    ///
    /// # Errors
    /// A fault of this crate.
    pub fn to_line(&self) -> Result<String, JobError> {
        Ok(serde_json::to_string(self)?)
    }
}

fn broken(file: &str, line: usize, why: &str) -> JobError {
    JobError::Campaign { name: file.to_owned(), line, why: why.to_owned() }
}

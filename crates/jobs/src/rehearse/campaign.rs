use std::io::{Seek, Write};

use kapok_certify::{Options, Source, certify};
use kapok_format::content_sha256;
use kapok_show::{Reporter, Show};
use kapok_sim::{Fault, FaultScript, Fleet, Profile, SiteAreas, TimedFault};

use super::flight::{BEFORE_S, fly};
use super::flight_log::FlightRecorder;
use super::record::{CAMPAIGN_FORM, CampaignHead, FaultFigures, RunRecord, SiteOutlines};
use super::request::{RehearsalRequest, Shard};
use crate::error::JobError;

/// A text file that a caller has read, with the name by which messages call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedText {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What a rehearsal is of: the show, and what a caller puts beside the request.
#[derive(Clone, Copy, Debug)]
pub struct RehearsalInputs<'a> {
    /// The show.
    pub source: &'a Source,
    /// A vehicle profile in place of one by name.
    pub profile: Option<&'a NamedText>,
    /// A fault script.
    pub faults: Option<&'a NamedText>,
}

impl<'a> RehearsalInputs<'a> {
    /// A show alone.
    pub const fn of(source: &'a Source) -> Self {
        Self { source, profile: None, faults: None }
    }
}

/// Rehearsals of one show, to be flown one by one: what is flown, in which winds, with which faults.
///
/// A record depends on the inputs and its index alone, so records may be flown on any machine, in any order, and again after an
/// interruption: [`CampaignHead::inputs_sha256`] says which belong together.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub(super) head: CampaignHead,
    pub(super) show: Show,
    pub(super) profile: Profile,
    pub(super) script: Option<FaultScript>,
    pub(super) areas: SiteAreas,
    pub(super) winds_m_s: Vec<f64>,
    /// From which altitude on separation counts as that in flight, metres.
    pub(super) ground_rule_m: f64,
    /// The greatest planned height, metres.
    pub(super) height_m: f64,
}

impl Campaign {
    /// Reads everything; nothing is flown yet. With `proved`, the show is proved too, for the separation that its report compares.
    ///
    /// # Errors
    /// [`JobError`] if the bytes are no show, the profile or the fault script has mistakes, or a setting is out of range.
    pub fn new(
        inputs: RehearsalInputs,
        request: &RehearsalRequest,
        proved: bool,
        reporter: &dyn Reporter,
    ) -> Result<Self, JobError> {
        // What is asked for must make sense before the long work begins.
        request.check()?;
        let named = request.profile.as_deref().map(builtin).transpose()?;
        let written =
            inputs.profile.map(|file| Profile::read(&file.name, &file.text).map_err(JobError::Profile)).transpose()?;
        reporter.phase("reading", 0);
        let options = Options::default();
        let (show, proved_separation_m) = if proved {
            let judged = certify(inputs.source, &options, reporter)?;
            (judged.show().clone(), judged.certificate().separation_per_second_m.clone())
        } else {
            (inputs.source.decode(&options)?.show, Vec::new())
        };
        let profile = written.or(named).unwrap_or_else(|| Profile::nearest_by_mass(show.profile.mass_kg));
        let script = inputs.faults.map(|file| read_faults(&show, file)).transpose()?;
        let areas = SiteAreas::of(&show.environment);
        let show_sha256 = inputs.source.id().sha256.clone();
        let whole = RehearsalRequest { shard: Shard::ALL, ..request.clone() };
        let hash = |file: Option<&NamedText>| file.map(|f| content_sha256(f.text.as_bytes()));
        let version = env!("CARGO_PKG_VERSION");
        let everything =
            serde_json::to_string(&(version, &show_sha256, hash(inputs.profile), hash(inputs.faults), &whole))?;
        let head = CampaignHead {
            schema: CAMPAIGN_FORM.to_owned(),
            inputs_sha256: content_sha256(everything.as_bytes()),
            kapok_version: version.to_owned(),
            title: show.title.clone(),
            show_sha256,
            vehicles: show.vehicles.len() as u32,
            profile: profile.name.clone(),
            request: request.clone(),
            separation_limit_m: show.limits.min_separation_m,
            battery_reserve: show.limits.battery_reserve,
            faults: script.as_ref().map(|script| FaultFigures {
                title: script.title.clone(),
                sha256: hash(inputs.faults).unwrap_or_default(),
                count: script.faults.len() as u32,
                protections: request.protections,
                not_simulated: script.faults.iter().filter_map(not_simulated).collect(),
            }),
            site: outlines(&areas),
            proved_separation_m,
        };
        let top = |points: &[kapok_show::DVec3]| points.iter().map(|p| p.z).fold(0.0, f64::max);
        let height_m = show.vehicles.iter().map(|v| top(v.trajectory.control_points_m())).fold(0.0, f64::max);
        let ground_rule_m = show.limits.ground_rule_altitude_m();
        let winds_m_s = request.winds_m_s();
        Ok(Self { head, show, profile, script, areas, winds_m_s, ground_rule_m, height_m })
    }

    /// What all its records have in common.
    pub fn head(&self) -> &CampaignHead {
        &self.head
    }

    /// The places in the campaign of the runs of its shard, in order.
    pub fn indices(&self) -> impl Iterator<Item = u32> {
        let Shard { number, of } = self.head.request.shard;
        (0..self.head.run_count()).filter(move |i| i % of == number - 1)
    }

    /// Seconds of show in a run: the steps that [`Campaign::fly`] tells its reporter.
    pub fn steps_per_run(&self) -> u64 {
        (self.show.duration_ms() as f64 / 1000.0 + BEFORE_S) as u64
    }

    /// Flies the run of an index.
    ///
    /// # Panics
    /// If there is no such run.
    ///
    /// # Complexity
    /// For each vehicle about 200 ns a step, 200 steps a second of show.
    ///
    /// # Determinism
    /// The same on any number of threads.
    pub fn fly(&self, index: u32, reporter: &dyn Reporter) -> RunRecord {
        fly(self, index, &mut |_, _, _| {}, reporter)
    }

    /// As [`Campaign::fly`], and writes the run as a flight log, two frames a second; gives back what it was written to.
    ///
    /// # Errors
    /// [`JobError::Log`] if it cannot be written.
    ///
    /// # Panics
    /// If there is no such run.
    ///
    /// # Determinism
    /// The same bytes on any number of threads.
    pub fn record<W: Write + Seek>(
        &self,
        index: u32,
        sink: W,
        reporter: &dyn Reporter,
    ) -> Result<(RunRecord, W), JobError> {
        let (run, wind_m_s) = self.run_of(index);
        let mut recorder =
            FlightRecorder::new((&self.head, &self.show), (run, wind_m_s, BEFORE_S), self.ground_rule_m, sink)?;
        let mut written = Ok(());
        let mut look = |fleet: &Fleet, show_s: f64, is_stopped: bool| {
            if written.is_ok() {
                written = recorder.look(fleet, show_s, is_stopped);
            }
        };
        let record = fly(self, index, &mut look, reporter);
        written?;
        Ok((record, recorder.finish()?))
    }

    /// Number and wind of the run of an index.
    pub(super) fn run_of(&self, index: u32) -> (u32, f64) {
        let runs = self.head.request.runs;
        (index % runs + 1, self.winds_m_s[(index / runs) as usize])
    }
}

impl CampaignHead {
    /// Runs of the whole campaign, all shards together.
    pub fn run_count(&self) -> u32 {
        self.request.runs * self.request.winds_m_s().len() as u32
    }
}

fn builtin(name: &str) -> Result<Profile, JobError> {
    Profile::builtin(name).ok_or_else(|| {
        let known: Vec<&str> = Profile::builtin_names().collect();
        let why = format!("is {name:?}, but there are only {}", known.join(", "));
        JobError::Setting { field: "profile", why }
    })
}

fn read_faults(show: &Show, file: &NamedText) -> Result<FaultScript, JobError> {
    let names: Vec<&str> = show.vehicles.iter().map(|v| v.name.as_str()).collect();
    let pads: Vec<_> = show.vehicles.iter().map(|v| v.home_m).collect();
    FaultScript::read(&file.name, &file.text, &names, &pads).map_err(JobError::Faults)
}

/// What a rehearsal does not show of a fault, in words.
fn not_simulated(timed: &TimedFault) -> Option<String> {
    let at = |what: &str| Some(format!("{what} at {} s", timed.at_s));
    match timed.fault {
        Fault::Link { loss, delay_s, duplicates } => at(&format!(
            "link: {:.0} % lost, {delay_s} s of delay, {:.0} % twice: a show flies without its link",
            100.0 * loss,
            100.0 * duplicates
        )),
        Fault::Reboot { forgets: false } if timed.at_s <= 0.0 => {
            at("reboot on the ground, of vehicles that keep their show: only the ground notices it")
        }
        Fault::Reboot { forgets: true } | Fault::StaleUpload { .. } if timed.at_s > 0.0 => {
            at("an upload that changes after the start: it would be refused")
        }
        _ => None,
    }
}

fn outlines(areas: &SiteAreas) -> SiteOutlines {
    let plain = |list: &[Vec<kapok_show::DVec2>]| -> Vec<Vec<[f64; 2]>> {
        list.iter().map(|outline| outline.iter().map(kapok_show::DVec2::to_array).collect()).collect()
    };
    SiteOutlines { fences: plain(&areas.fences_m), holes: plain(&areas.holes_m), audiences: plain(&areas.audiences_m) }
}

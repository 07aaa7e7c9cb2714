//! Return-to-home rule: for every instant at which the show can be stopped, the fleet's return trajectories keep distances, the
//! fence, the volumes, the ceiling and the speeds, and end on pads or on the ground.
//!
//! # Which instants
//! Entries have whole seconds as times. A stop between the entry times `T₍ₖ₋₁₎ < t ≤ Tₖ` of the fleet makes every vehicle
//! go on with the show to its own first entry from `Tₖ` on; up to there the show itself is proved. So one look per
//! `Tₖ` covers all instants up to the last entry. Later, every vehicle lands in place, straight down at the same time: columns
//! that are as far apart horizontally as vehicles must be keep their distance whatever the altitudes, and that is held
//! against the show from the last entry to its end. A vehicle whose own motion is over rests where it is.
//!
//! Positions at an entry are computed, not stored, so the limits of distance are taken less a nanometre here. The motion of
//! an entry is derived here as well, see [`crate::rules::return_to_home::motion`].

mod motion;

use kapok_show::{DVec3, KeepOut, KeepOutShape, Limits, Reporter, ReturnToHomePlan, Show, Silent, Trajectory, Vehicle};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::rounding::MAX_COORDINATE_M;
use crate::kernel::track::excerpt;
use crate::report::{counted, without_cases};
use crate::rule::{Rule, RuleReport, VehicleRef, Verdict, Witness};
use crate::rules::ends::landings;
use crate::rules::motion::limits::motion;
use crate::rules::return_to_home::motion::{Unflown, return_motion};
use crate::rules::separation::separation;
use crate::rules::site::{altitudes, geofence, keep_outs};
use crate::settings::ProofSettings;
use crate::witness::{WitnessFault, verify_witness};

/// What rounding of positions at an entry may cost.
const SLACK_M: f64 = 1e-9;
/// Not below the greatest speed of a descent as a multiple of the stated one. Of 20 ms and more, eased: twice where it has no
/// cruise, times 21/20 for the cut of its time and 21/20 for that of its ramps. Shorter, a line: at most 2 ms cut to 1.
const MAX_DESCENT_PEAK: f64 = 2.25;
/// Entries of all vehicles, at most.
const MAX_ENTRIES: usize = 100_000_000;

/// What was found for the returns to home that begin at one instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReturnEntryReport {
    /// Show time at which they begin, seconds. Stops after the entry before this one, up to here, fly them.
    pub time_s: u32,
    /// All rules together.
    pub verdict: Verdict,
    /// Least distance of two vehicles on the way, in the metric of the separation in flight; absent if it is above one
    /// and a half times the limit.
    pub min_separation_m: Option<f64>,
    /// The rule that does not hold, if any: the first in the order of [`Rule`].
    pub rule: Option<Rule>,
    /// Its worst case; positions on the returns to home.
    pub worst: Option<Witness>,
    /// Why, if it is not proved.
    pub detail: String,
}

/// What returns to home come to.
pub struct ReturnToHome {
    pub report: RuleReport,
    pub entries: Vec<ReturnEntryReport>,
    /// Greatest horizontal speed on any way, m/s.
    pub speed_m_s: f64,
}

/// Holds the returns to home of the whole fleet against the rules, from every instant.
pub fn return_to_home(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> ReturnToHome {
    let none = |verdict, detail: &str| ReturnToHome {
        report: without_cases(show, Rule::ReturnToHome, 0.0, verdict, detail),
        entries: Vec::new(),
        speed_m_s: 0.0,
    };
    let plans = || show.vehicles.iter().filter_map(|v| v.return_to_home.as_ref());
    if plans().all(|p| p.entries.is_empty()) {
        return none(Verdict::NotApplicable, "No vehicle has a return to home planned.");
    }
    if plans().map(|p| p.entries.len()).sum::<usize>() > MAX_ENTRIES {
        return none(Verdict::Undecided, "There are more entries than are looked at.");
    }
    let faults = faults(show);
    if !faults.is_empty() {
        let (k, why) = &faults[0];
        let name = &show.vehicles[*k].name;
        let without = counted(faults.len(), "One vehicle has", "vehicles have");
        let mut done = none(Verdict::Violated, &format!("{without} no usable plan; \"{name}\": {why}."));
        done.report.violations = faults.len() as u64;
        return done;
    }
    let mut times_s: Vec<u32> = plans().flat_map(|p| p.entries.iter().map(|e| e.time_s)).collect();
    times_s.sort_unstable();
    times_s.dedup();
    reporter.phase("returns to home", times_s.len() as u64);
    let looked: Vec<(ReturnEntryReport, f64)> = (0..times_s.len())
        .into_par_iter()
        .map(|k| {
            let before_s = k.checked_sub(1).map(|b| times_s[b]);
            let done = entry(show, before_s, times_s[k], settings);
            reporter.advance(1);
            done
        })
        .collect();
    let last_s = times_s[times_s.len() - 1];
    let later = after_last(show, last_s, settings);
    let speed_m_s = looked.iter().fold(0.0f64, |m, l| m.max(l.1));
    let entries: Vec<ReturnEntryReport> = looked.into_iter().map(|l| l.0).collect();
    let count = |v| entries.iter().filter(|e| e.verdict == v).count();
    let (proved, violated) = (count(Verdict::Proved), count(Verdict::Violated));
    let verdict = if violated > 0 {
        Verdict::Violated
    } else if proved < entries.len() || later.is_err() {
        Verdict::Undecided
    } else {
        Verdict::Proved
    };
    let mut detail = format!("Returns to home are proved from {proved} of {} entry times.", entries.len());
    if let Some(e) = entries.iter().find(|e| e.verdict != Verdict::Proved) {
        detail = format!("{detail} First at {} s they are not: {}", e.time_s, e.detail);
    }
    detail = format!("{detail} {}", later.unwrap_or_else(|why| why));
    let first = entries.iter().find(|e| e.verdict == Verdict::Violated);
    let mut report = without_cases(show, Rule::ReturnToHome, 0.0, verdict, &detail);
    report.violations = violated as u64;
    report.margin = (verdict != Verdict::Undecided).then_some(0.0 - violated as f64);
    // The value is a count, so the case itself stands with the entry.
    report.worst =
        first.and_then(|e| e.worst.clone()).map(|w| Witness { value: violated as f64, bound: violated as f64, ..w });
    ReturnToHome { report, entries, speed_m_s }
}

/// Vehicles whose plan is missing or makes no sense, and why.
fn faults(show: &Show) -> Vec<(usize, String)> {
    let each = show.vehicles.iter().enumerate().filter_map(|(k, v)| {
        let why = match &v.return_to_home {
            None => "it has no plan".to_string(),
            Some(p) if p.entries.is_empty() => "its plan has no entries".to_string(),
            Some(p) => fault(p)?,
        };
        Some((k, why))
    });
    each.collect()
}

fn fault(plan: &ReturnToHomePlan) -> Option<String> {
    if !(plan.landing_speed_m_s.is_finite() && plan.landing_speed_m_s > 0.0) {
        return Some(format!("it lands at {} m/s", plan.landing_speed_m_s));
    }
    if plan.max_acceleration_m_s2.is_some_and(|a| !(a.is_finite() && a > 0.0)) {
        return Some("the acceleration of its moves is not a number above 0".into());
    }
    let twice = plan.entries.windows(2).find(|w| w[1].time_s <= w[0].time_s);
    twice.map(|w| format!("{} s is not later than the entry before it", w[1].time_s))
}

/// The ways that begin at one entry time.
fn entry(show: &Show, before_s: Option<u32>, time_s: u32, settings: &ProofSettings) -> (ReturnEntryReport, f64) {
    let undecided = |detail: String| {
        let e = ReturnEntryReport {
            time_s,
            verdict: Verdict::Undecided,
            min_separation_m: None,
            rule: None,
            worst: None,
            detail,
        };
        (e, 0.0)
    };
    let mut ways = Vec::with_capacity(show.vehicles.len());
    for v in &show.vehicles {
        match way(v, before_s, time_s) {
            Ok(Some(way)) => ways.push(Vehicle::new(v.name.clone(), v.home_m, way, kapok_show::LightProgram::dark())),
            Ok(None) => {
                return undecided(format!(
                    "\"{}\" has no entry from there on though it still flies, and would land where it is.",
                    v.name
                ));
            }
            Err(fault) => return undecided(format!("The way of \"{}\" cannot be flown: {fault}.", v.name)),
        }
    }
    let fleet = fleet(show, ways, show.limits.min_separation_m, show.limits.ground_separation_m);
    if let Some(why) = crate::invalid_input::invalid_input(&fleet, settings) {
        return undecided(why);
    }
    let coarse = coarse(settings);
    let mut reports: Vec<RuleReport> = separation(&fleet, &coarse, &Silent).reports.into();
    let min_separation_m = reports[0].worst.as_ref().map(|w| w.bound);
    reports.extend(motion(&fleet, &coarse, &Silent).reports.into_iter().take(3));
    let speed_m_s = reports[2].worst.as_ref().map_or(0.0, |w| w.bound);
    reports.extend(altitudes(&fleet, &coarse, &Silent).into_iter().take(1));
    let around = &fleet.environment;
    reports.push(decided(&coarse, |s| geofence(&fleet, around.geofence.as_ref(), &around.fence_limits, s, &Silent)));
    reports.push(decided(&coarse, |s| keep_outs(&fleet, &around.keep_outs, s, &Silent)));
    if !settings.airborne_ends {
        reports.push(landings(&fleet, settings));
    }
    let verdict = Verdict::overall(&reports);
    let bad = reports.into_iter().find(|r| r.verdict == verdict && verdict != Verdict::Proved);
    let detail = bad.as_ref().map_or_else(String::new, |r| format!("{}: {}", r.title, r.detail));
    let start_ms = i64::from(time_s) * 1000;
    let rule = bad.as_ref().map(|r| r.rule);
    let worst = bad.and_then(|r| r.worst).map(|w| w.later(start_ms));
    (ReturnEntryReport { time_s, verdict, min_separation_m, rule, worst, detail }, speed_m_s)
}

/// Ways need not be enclosed as closely as the show, and they begin in the air.
fn coarse(settings: &ProofSettings) -> ProofSettings {
    ProofSettings {
        tolerance: settings.tolerance.max(1e-3),
        plot_tolerance_m: settings.plot_tolerance_m.max(0.05),
        search_radius_factor: 1.5,
        airborne_ends: true,
        ..settings.clone()
    }
}

/// A rule of which only the verdict is needed if it holds: the least value is enclosed no more closely than that takes.
fn decided(settings: &ProofSettings, rule: impl Fn(&ProofSettings) -> RuleReport) -> RuleReport {
    let report = rule(&ProofSettings { tolerance: MAX_COORDINATE_M, ..settings.clone() });
    match report.verdict {
        Verdict::Proved | Verdict::NotApplicable => report,
        Verdict::Violated | Verdict::Undecided => rule(settings),
    }
}

fn fleet(show: &Show, vehicles: Vec<Vehicle>, flight_m: f64, ground_m: f64) -> Show {
    let less = |m: f64| if m > 2.0 * SLACK_M { m - SLACK_M } else { m };
    let limits = Limits { min_separation_m: less(flight_m), ground_separation_m: less(ground_m), ..show.limits };
    let (site, profile) = (show.site, show.profile.clone());
    let environment = show.environment.clone();
    Show {
        title: String::new(),
        site,
        environment,
        limits,
        profile,
        vehicles,
        chapters: Vec::new(),
        audio: None,
        draft: false,
    }
}

/// What one vehicle flies from `time_s` on if it was stopped after `before_s`; time 0 is `time_s`. `None`: it would land
/// at the instant of the stop.
fn way(v: &Vehicle, before_s: Option<u32>, time_s: u32) -> Result<Option<Trajectory>, Unflown> {
    let start_ms = i64::from(time_s) * 1000;
    // The entry that counts: the first at the time or later.
    let next = v
        .return_to_home
        .as_ref()
        .and_then(|plan| Some((plan, plan.entries.get(plan.entries.partition_point(|e| e.time_s < time_s))?)));
    let Some((plan, entry)) = next else {
        let over = before_s.is_some_and(|b| v.trajectory.end_ms() <= i64::from(b) * 1000);
        return Ok(if over { Some(Trajectory::starting_at(0, v.trajectory.end_point_m())?) } else { None });
    };
    let leave_ms = i64::from(entry.time_s) * 1000;
    let mut whole = excerpt(&v.trajectory, (start_ms, leave_ms), |p| p)?;
    let home = return_motion(plan, entry, whole.end_point_m())?;
    for piece in home.segments() {
        whole.push(piece.end_ms - start_ms, &piece.control_m[1..])?;
    }
    Ok(Some(whole))
}

/// Every vehicle lands in place, at any instant after the last entry: `Ok` and `Err` hold a sentence.
fn after_last(show: &Show, last_s: u32, settings: &ProofSettings) -> Result<String, String> {
    let (from_ms, to_ms) = (i64::from(last_s) * 1000, show.duration_ms());
    if to_ms <= from_ms {
        return Ok("The last entry is at the end of the show.".into());
    }
    let later = format!("Stops after {last_s} s land in place");
    let l = &show.limits;
    let peak_m_s = |p: &ReturnToHomePlan| {
        if p.max_acceleration_m_s2.is_some() { MAX_DESCENT_PEAK * p.landing_speed_m_s } else { p.landing_speed_m_s }
    };
    let fast = show.vehicles.iter().filter_map(|v| v.return_to_home.as_ref()).map(peak_m_s);
    if fast.fold(0.0, f64::max) > l.max_velocity_down_m_s + SLACK_M {
        return Err(format!("{later}, faster than the limit of descent."));
    }
    // Columns stand for all that is below a vehicle, at one altitude at which the rule of flight governs.
    let flat = |p: DVec3| p.with_z(l.ground_rule_altitude_m() + 1.0);
    let mut columns = Vec::with_capacity(show.vehicles.len());
    for v in &show.vehicles {
        let t = excerpt(&v.trajectory, (from_ms, to_ms), flat).map_err(|why| format!("{later}, but {why}."))?;
        columns.push(Vehicle::new(v.name.clone(), v.home_m, t, kapok_show::LightProgram::dark()));
    }
    let distance_m = l.min_separation_m.max(l.ground_separation_m);
    let columns = fleet(show, columns, distance_m, distance_m);
    if let Some(why) = crate::invalid_input::invalid_input(&columns, settings) {
        return Err(why);
    }
    let coarse = coarse(settings);
    if separation(&columns, &coarse, &Silent).reports[0].verdict != Verdict::Proved {
        return Err(format!("{later}, but some are then less than {distance_m} m apart horizontally: not decided."));
    }
    let volumes: Vec<KeepOut> = columns.environment.keep_outs.iter().map(to_the_sky).collect();
    let clear = decided(&coarse, |s| keep_outs(&columns, &volumes, s, &Silent));
    if !matches!(clear.verdict, Verdict::Proved | Verdict::NotApplicable) {
        return Err(format!("{later}, but some fly above a keep-out volume then: not decided."));
    }
    Ok(format!("{later}, in columns that keep their distance."))
}

fn to_the_sky(volume: &KeepOut) -> KeepOut {
    let mut raised = volume.clone();
    match &mut raised.shape {
        KeepOutShape::Cylinder { bottom_m, top_m, .. } | KeepOutShape::Prism { bottom_m, top_m, .. } => {
            (*bottom_m, *top_m) = (-MAX_COORDINATE_M, MAX_COORDINATE_M);
        }
    }
    raised
}

/// Measures the worst case of an entry on the returns to home of the show, by plain evaluation.
///
/// # Errors
/// [`WitnessFault`], as of [`verify_witness`]. An entry without a case is taken as it is.
pub fn verify_return_witness(
    show: &Show,
    report: &ReturnEntryReport,
    settings: &ProofSettings,
) -> Result<(), WitnessFault> {
    let (Some(rule), Some(worst)) = (report.rule, &report.worst) else { return Ok(()) };
    let start_ms = i64::from(report.time_s) * 1000;
    let mut vehicles: Vec<Vehicle> = show
        .vehicles
        .iter()
        .map(|v| Vehicle::new(v.name.clone(), v.home_m, v.trajectory.clone(), kapok_show::LightProgram::dark()))
        .collect();
    for VehicleRef { index, .. } in &worst.vehicles {
        let Some(v) = show.vehicles.get(*index) else { continue };
        match way(v, Some(report.time_s.saturating_sub(1)), report.time_s) {
            Ok(Some(way)) => vehicles[*index].trajectory = way,
            _ => return Err(WitnessFault::NotGoverned { t_ms: worst.t_ms }),
        }
    }
    let ways = fleet(show, vehicles, show.limits.min_separation_m, show.limits.ground_separation_m);
    let settings = ProofSettings { airborne_ends: true, ..settings.clone() };
    verify_witness(&ways, rule, &worst.clone().later(-start_ms), &settings)
}

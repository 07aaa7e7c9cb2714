//! What vehicles show and fire.

use kapok_show::{DVec3, PyroEvent, PyroProgram, Reporter, Show};
use rayon::prelude::*;

use crate::kernel::area::Outside;
use crate::kernel::polygon::Polygon;
use crate::kernel::rounding::U;
use crate::kernel::search::SearchGoal;
use crate::kernel::tally::{Tally, Value, VehicleWorst};
use crate::kernel::track::Track;
use crate::kernel::window::Window;
use crate::report::{ReportBuilder, WorstCase, charge, counted, fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::rules::separation::{PairRule, Regime, TIMES_MOVED, examine, moved_m};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Keys and events this far from the start of the show are refused.
const MAX_TIME_MS: i64 = 86_400_000;

/// All rules of lights and pyrotechnics.
pub fn effects(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<RuleReport> {
    reporter.phase("effects", show.vehicles.len() as u64);
    let mut reports = vec![lights(show), programs(show)];
    reports.extend(burning(show, settings, reporter));
    reports
}

fn lights(show: &Show) -> RuleReport {
    if show.vehicles.iter().all(|v| v.lights.keys().is_empty()) {
        return without_cases(show, Rule::Lights, 0.0, Verdict::NotApplicable, "No vehicle has a light program.");
    }
    let each = show.vehicles.iter().map(|v| Some(faults(light_faults(v.lights.keys().iter().map(|k| k.t_ms)))));
    let kept =
        "Keys are in time order, none lies more than a day from the start. The value is the number of keys that do.";
    let mut report = fold(show, Rule::Lights, (0.0, 0.0), each, kept);
    let dark = show.vehicles.iter().filter(|v| v.lights.keys().is_empty()).count();
    if dark > 0 {
        report.detail = format!("{} {dark} vehicles never shine.", report.detail);
    }
    report
}

fn light_faults(times_ms: impl Iterator<Item = i64>) -> (u64, i64) {
    let (mut count, mut first_ms, mut before) = (0, 0, i64::MIN);
    for t_ms in times_ms {
        if t_ms.abs() > MAX_TIME_MS || t_ms < before {
            first_ms = if count == 0 { t_ms.clamp(-MAX_TIME_MS, MAX_TIME_MS) } else { first_ms };
            count += 1;
        }
        before = t_ms;
    }
    (count, first_ms)
}

fn faults((count, t_ms): (u64, i64)) -> VehicleWorst {
    VehicleWorst {
        value: count as f64,
        bound: count as f64,
        t_ms: t_ms as f64,
        window: Window::default(),
        cut_short: false,
    }
}

/// The value of a rule of programs for one vehicle: how many of its keys or events cannot be.
pub fn fault_count(show: &Show, rule: Rule, vehicle: usize) -> Option<f64> {
    let v = &show.vehicles[vehicle];
    match rule {
        Rule::Lights => Some(light_faults(v.lights.keys().iter().map(|k| k.t_ms)).0 as f64),
        Rule::Pyro => v.pyro.as_ref().map(|p| pyro_faults(p, v.trajectory.start_ms(), v.trajectory.end_ms()).0 as f64),
        _ => None,
    }
}

fn programs(show: &Show) -> RuleReport {
    if show.vehicles.iter().all(|v| v.pyro.is_none()) {
        return without_cases(show, Rule::Pyro, 0.0, Verdict::NotApplicable, "No vehicle carries pyrotechnics.");
    }
    let each = show.vehicles.iter().map(|v| {
        let t = &v.trajectory;
        v.pyro.as_ref().map(|p| faults(pyro_faults(p, t.start_ms(), t.end_ms())))
    });
    let kept = "Events are in time order, during the flight, and name payloads that make sense. The value is the number \
                that do not.";
    fold(show, Rule::Pyro, (0.0, 0.0), each, kept)
}

/// How many events cannot be fired, and the time of the first.
fn pyro_faults(program: &PyroProgram, start_ms: i64, end_ms: i64) -> (u64, i64) {
    let bad = |k: usize, e: &PyroEvent| {
        let Some(p) = program.payloads.get(&e.payload) else { return true };
        let times = [p.prefire_ms, p.duration_ms].into_iter().flatten().all(|t| (0..=MAX_TIME_MS).contains(&t));
        let angles = p.yaw_deg.is_none_or(f64::is_finite) && p.pitch_deg.is_none_or(|d| (-90.0..=90.0).contains(&d));
        let ordered = k == 0 || program.events[k - 1].t_ms <= e.t_ms;
        !(times && angles && ordered && (start_ms..=end_ms).contains(&e.t_ms))
    };
    let events = program.events.iter().enumerate().filter(|(k, e)| bad(*k, e));
    let (mut count, mut first_ms) = (0, 0);
    for (_, e) in events {
        first_ms = if count == 0 { e.t_ms.clamp(-MAX_TIME_MS, MAX_TIME_MS) } else { first_ms };
        count += 1;
    }
    (count, first_ms)
}

/// From the first spark to the last, milliseconds; at least one. Without a stated delay it may burn from the signal on.
fn window_ms(program: &PyroProgram, event: &PyroEvent, settings: &ProofSettings) -> (i64, i64) {
    let payload = program.payloads.get(&event.payload);
    let of = |get: fn(&kapok_show::PyroPayload) -> Option<i64>| payload.and_then(get).map(|t| t.clamp(0, MAX_TIME_MS));
    let from = event.t_ms.clamp(-MAX_TIME_MS, MAX_TIME_MS) + of(|p| p.prefire_ms).unwrap_or(0);
    (from, from + of(|p| p.duration_ms).unwrap_or(settings.pyro_duration_ms).max(1))
}

/// Does a pyrotechnic of the vehicle burn at this instant?
pub fn burns(show: &Show, vehicle: usize, t_ms: f64, settings: &ProofSettings) -> bool {
    show.vehicles[vehicle].pyro.as_ref().is_some_and(|p| {
        p.events.iter().any(|e| {
            let (from, to) = window_ms(p, e, settings);
            (from as f64 - 1e-6..=to as f64 + 1e-6).contains(&t_ms)
        })
    })
}

/// The distance spectators must keep, metres.
pub fn audience_limit_m(show: &Show, settings: &ProofSettings) -> f64 {
    settings.pyro_audience_m + settings.pyro_spark_s * show.limits.max_wind_m_s
}

/// What one vehicle's pyrotechnics come to.
#[derive(Default)]
struct Burn {
    altitude: Option<VehicleWorst>,
    audience: Option<VehicleWorst>,
    /// Least distance to each other vehicle that comes nearer than the limit or is the nearest.
    neighbours: Vec<WorstCase>,
    neighbours_lower_m: Option<f64>,
    cut_short: bool,
}

fn burning(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<RuleReport> {
    let limits = [settings.pyro_altitude_m, settings.pyro_neighbour_m, audience_limit_m(show, settings)];
    let rules = [Rule::PyroAltitude, Rule::PyroNeighbours, Rule::PyroAudience];
    if show.vehicles.iter().all(|v| v.pyro.as_ref().is_none_or(|p| p.events.is_empty())) {
        let none = "Nothing is fired.";
        return (0..3).map(|k| without_cases(show, rules[k], limits[k], Verdict::NotApplicable, none)).collect();
    }
    let stands: Result<Vec<Polygon>, String> = show
        .environment
        .audience_areas()
        .map(|a| Polygon::new(&a.polygon_m).map_err(|why| format!("The area \"{}\" is no polygon: {why}.", a.name)))
        .collect();
    let areas = stands.as_ref().map_or(&[] as &[Polygon], Vec::as_slice);
    let each: Vec<Burn> = (0..show.vehicles.len())
        .into_par_iter()
        .map(|v| {
            let burn = burn(show, v, areas, &limits, settings);
            reporter.advance(1);
            burn
        })
        .collect();
    let altitude = fold(
        show,
        rules[0],
        (limits[0], DECISION_SLACK),
        each.iter().map(|b| b.altitude),
        "Nothing burns lower. The value is the least altitude from the first spark to the last.",
    );
    let audience = match &stands {
        Err(why) => without_cases(show, rules[2], limits[2], Verdict::Undecided, why),
        Ok(p) if p.is_empty() => {
            without_cases(show, rules[2], limits[2], Verdict::NotApplicable, "The show has no audience areas.")
        }
        Ok(_) => fold(
            show,
            rules[2],
            (limits[2], DECISION_SLACK),
            each.iter().map(|b| b.audience),
            &format!(
                "Nothing burns nearer, horizontally: {} m and what sparks drift in {} s in the largest wind.",
                settings.pyro_audience_m, settings.pyro_spark_s
            ),
        ),
    };
    let off_m = moved_m(show, settings);
    let reports = [altitude, neighbours(show, limits[1], &each), audience];
    reports.into_iter().map(|r| charge(r, off_m, TIMES_MOVED)).collect()
}

fn burn(show: &Show, v: usize, stands: &[Polygon], limits: &[f64; 3], settings: &ProofSettings) -> Burn {
    let vehicle = &show.vehicles[v];
    let Some(program) = vehicle.pyro.as_ref().filter(|p| !p.events.is_empty()) else { return Burn::default() };
    let mut altitude = Tally::new(limits[0], 0.0, settings);
    let mut audience = Tally::new(limits[2], 0.0, settings);
    let track = Track::new(&vehicle.trajectory);
    let mut result = Burn::default();
    for event in &program.events {
        let (from, to) = window_ms(program, event, settings);
        let (mut t, mut index) = (from, track.index_after(from));
        while t < to {
            let piece = track.piece(index);
            let end = piece.end_ms.min(to);
            let [x, y, z] = piece.curve(t, end);
            altitude.add((t, end), [z.widen()], &Value);
            let degree = x.degree().max(y.degree());
            let reach_m = piece.control_m.iter().fold(1.0f64, |m, p| m.max(p.abs().max_element()));
            for polygon in stands {
                let objective = Outside { polygon, slop_m: 64.0 * U * (reach_m + polygon.reach_m()) };
                audience.add((t, end), [x.elevated(degree).widen(), y.elevated(degree).widen()], &objective);
            }
            (t, index) = (end, index + 1);
        }
        near(show, v, (from, to), limits[1], settings, &mut result);
    }
    Burn { altitude: altitude.small(), audience: audience.small(), ..result }
}

/// Looks at every other vehicle while one event burns.
fn near(show: &Show, v: usize, window_ms: (i64, i64), limit_m: f64, settings: &ProofSettings, result: &mut Burn) {
    let rule = PairRule { limit_m, scale: 1.0, regime: Regime::Always, altitude_m: 0.0 };
    let mine = Track::new(&show.vehicles[v].trajectory);
    let here = hull(mine, window_ms);
    // Boxes tell which vehicles can be near: the nearest by them is looked at first, most others not at all.
    let gap_m = |(other, w): (usize, &kapok_show::Vehicle)| {
        let there = hull(Track::new(&w.trajectory), window_ms);
        let gap_m = (there.0 - here.1).max(here.0 - there.1).max(DVec3::ZERO).length() * (1.0 - 1e-12) - 1e-9;
        (other, gap_m)
    };
    let mut gaps: Vec<(usize, f64)> = show.vehicles.iter().enumerate().filter(|(o, _)| *o != v).map(gap_m).collect();
    if let Some(first) = (0..gaps.len()).min_by(|&a, &b| gaps[a].1.total_cmp(&gaps[b].1)) {
        gaps.swap(0, first);
    }
    for (other, gap_m) in gaps {
        let known = result.neighbours.iter().map(|c| c.value).fold(f64::INFINITY, f64::min);
        if gap_m > known.max(limit_m) {
            continue;
        }
        let theirs = Track::new(&show.vehicles[other].trajectory);
        let goal = SearchGoal {
            limit: limit_m - DECISION_SLACK,
            band: 1e-9,
            tolerance: settings.tolerance,
            cutoff: known,
            max_nodes: settings.max_nodes,
        };
        let at = [mine.index_after(window_ms.0), theirs.index_after(window_ms.0)];
        let found = examine([mine, theirs], at, window_ms, &rule, goal);
        result.cut_short |= found.cut_short;
        let lower = found.lower_m.min(found.upper_m);
        result.neighbours_lower_m = Some(result.neighbours_lower_m.map_or(lower, |l| l.min(lower)));
        if found.upper_m < known || found.upper_m < limit_m {
            result.neighbours.push(WorstCase {
                vehicles: vec![v, other],
                value: found.upper_m,
                bound: lower,
                t_ms: found.t_ms,
                window: Window::default(),
            });
        }
    }
}

/// A box that holds a vehicle from one time to another.
fn hull(track: Track, (from_ms, to_ms): (i64, i64)) -> (DVec3, DVec3) {
    let mut hull = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    let (mut t, mut index) = (from_ms, track.index_after(from_ms));
    // An effect of no duration burns at an instant.
    while t < to_ms.max(from_ms + 1) {
        let piece = track.piece(index);
        hull = piece.control_m.iter().fold(hull, |(low, high), &p| (low.min(p), high.max(p)));
        (t, index) = (piece.end_ms, index + 1);
    }
    hull
}

fn neighbours(show: &Show, limit: f64, each: &[Burn]) -> RuleReport {
    let rule = Rule::PyroNeighbours;
    let mut cases: Vec<WorstCase> = each.iter().flat_map(|b| b.neighbours.iter().cloned()).collect();
    cases.sort_by(|a, b| a.value.total_cmp(&b.value).then(a.vehicles.cmp(&b.vehicles)));
    let lower = each.iter().filter_map(|b| b.neighbours_lower_m).reduce(f64::min);
    let Some((worst, lower)) = cases.first().cloned().zip(lower) else {
        return without_cases(show, rule, limit, Verdict::Proved, "There is no other vehicle.");
    };
    let broken: Vec<WorstCase> = {
        let mut seen = std::collections::BTreeSet::new();
        cases.into_iter().filter(|c| c.value < limit - DECISION_SLACK && seen.insert(c.vehicles.clone())).collect()
    };
    let verdict = match (broken.is_empty(), lower >= limit - 2.0 * DECISION_SLACK) {
        (false, _) => Verdict::Violated,
        (true, true) => Verdict::Proved,
        (true, false) => Verdict::Undecided,
    };
    let mut detail = match verdict {
        Verdict::Violated => counted(broken.len(), "One pair comes", "pairs come") + " nearer while one of them burns.",
        Verdict::Undecided => "Some come so near to the limit that it could not be decided.".to_string(),
        _ => "No vehicle comes nearer to another while the pyrotechnic of that one burns.".to_string(),
    };
    if each.iter().any(|b| b.cut_short) {
        detail.push_str(" Some searches were cut short: the bound is wider than the tolerance.");
    }
    ReportBuilder {
        rule,
        limit,
        verdict,
        margin: Some(lower - limit),
        worst: Some(WorstCase { bound: lower, ..worst }),
        detail,
        violations: broken.len() as u64,
        others: broken,
    }
    .finish(show)
}

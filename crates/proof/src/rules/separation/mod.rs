//! Distance of all pairs at all times.
//!
//! The show is cut into slabs of time so short that no vehicle moves much in one. In each slab a grid brings together the
//! pairs that can be near; straight-line bounds drop most of these; for the rest the squared distance is formed as a
//! polynomial and bounded by its Bernstein coefficients. A first pass decides the rules and bounds each second, a second
//! pass looks closely only at the slabs that may hold the show's closest pair.

mod approach;
mod critical;
mod grid;
mod pair;
mod slab;

use std::collections::BTreeMap;

use kapok_show::{Limits, Reporter, Show, Vehicle};
use rayon::prelude::*;

use crate::kernel::rounding::GROW;
use crate::kernel::track::{APPROACH_MS, Approach, Track, approach, standing_m};
use crate::kernel::window::Window;
use crate::report::{ReportBuilder, WorstCase, charge, counted};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::ProofSettings;
use crate::statistics::Statistics;
use slab::{REGIMES, Scanner, SearchWork, SeparationFleet, SlabDistances, SlabSearch};

pub use pair::{PairRule, Regime, examine};
pub use slab::PairDistance;

pub use approach::{ClosestApproach, PairWitness, SearchEnd, TimeWindow, closest_approach};

/// Seconds that are looked at in one go, with the memory of the second before.
const CHUNK_S: i64 = 8;
/// Slabs that are looked at again in one go.
const REFINE_CHUNK: usize = 16;
/// Slabs per second, at most.
const MAX_SLABS_PER_S: i64 = 500;
/// Most slabs of a show: a few hundred bytes of file can search for a day at hundreds of slabs a second.
const MAX_SLABS: i64 = 1 << 20;
/// Broken pairs that are remembered, at most.
const MAX_PAIRS: usize = 200_000;

/// Result of the two separation rules.
pub struct Separation {
    pub reports: [RuleReport; 2],
    /// By rule: no two vehicles that it governs come closer in that second of the show, up to its search radius.
    pub per_second_m: [Vec<f64>; 2],
    pub distances: Distances,
    pub statistics: Statistics,
}

/// The least distances behind the two rules, for figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distances {
    /// The second of show time that `flight_per_second_m` begins with; that of other lists is 0.
    pub first_s: i64,
    /// No two vehicles, of which at least one flies, come closer in that second, up to the search radius, metres.
    pub flight_per_second_m: Vec<f64>,
    /// In flight and near the ground: the closest pair of each second within the search radius, to the plot tolerance.
    pub closest_per_second: [Vec<Option<PairDistance>>; 2],
    /// The closest pairs of the show with the rule that governs them (0 in flight, 1 near the ground), each pair once a rule,
    /// those first that have the least room to its limit.
    pub closest_pairs: Vec<(usize, PairDistance)>,
}

impl Distances {
    /// The closest pair of each second, whichever rule governs it.
    pub fn closest_of_both(&self) -> Vec<Option<PairDistance>> {
        let nearer = |a: PairDistance, b: PairDistance| if b.distance_m < a.distance_m { b } else { a };
        let [flight, ground] = &self.closest_per_second;
        flight
            .iter()
            .zip(ground)
            .map(|pair| match pair {
                (&Some(a), &Some(b)) => Some(nearer(a, b)),
                (a, b) => a.or(*b),
            })
            .collect()
    }
}

struct Slab {
    window_ms: (i64, i64),
    results: [SlabDistances; 2],
}

/// Holds the show against both rules of distance.
pub fn separation(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Separation {
    let limits = &show.limits;
    // By vehicle; empty if all trajectories begin on their pads, or need not.
    let mut approaches: Vec<Option<Approach>> = Vec::new();
    if !settings.airborne_ends && show.vehicles.iter().any(|v| approach(v).is_some()) {
        approaches = show.vehicles.iter().map(approach).collect();
    }
    let fleet = fleet(show, &approaches, settings);
    // Long enough before the first start for all vehicles to be seen on their pads.
    let standing_ms = if approaches.is_empty() { 0 } else { 2 * APPROACH_MS };
    let start_ms = show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap_or(0).min(0) - standing_ms;
    let end_ms = show.duration_ms().max(start_ms + 1).max(1);
    let per_second = slabs_per_second(show, limits, start_ms, end_ms);
    let seconds = per_second.len() as i64;
    let max_radius_m = fleet.rules.map(|r| r.limit_m * settings.search_radius_factor);
    let first_search = SlabSearch {
        radius_m: fleet.rules.map(|r| 1.5 * r.limit_m),
        max_radius_m,
        cutoff_m: [f64::INFINITY; 2],
        tolerance_m: settings.plot_tolerance_m,
    };

    reporter.phase("separation", seconds as u64);
    let chunks: Vec<i64> = (0..seconds).step_by(CHUNK_S as usize).collect();
    let first_s = start_ms.div_euclid(1000);
    let looked: Vec<(Vec<Slab>, SearchWork)> = chunks
        .par_iter()
        .map(|&chunk| {
            let until = (chunk + CHUNK_S).min(seconds);
            let done = chunk_slabs(&fleet, &per_second, first_s, (chunk, until), (start_ms, end_ms), &first_search);
            reporter.advance((until - chunk) as u64);
            done
        })
        .collect();

    let mut work = SearchWork::default();
    let mut slabs = Vec::new();
    for (some, w) in looked {
        slabs.extend(some);
        work.add(&w);
    }
    let time_slabs = slabs.len() as u64;
    // A second in which a rule governs no pair says the largest radius.
    let shown_s = (end_ms.max(1) as u64).div_ceil(1000) as usize;
    let mut per_second_m = max_radius_m.map(|radius_m| vec![radius_m; shown_s]);
    for s in &slabs {
        let second = ((s.window_ms.0.max(0) / 1000) as usize).min(shown_s - 1);
        for (result, seconds) in s.results.iter().zip(&mut per_second_m) {
            seconds[second] = seconds[second].min(result.lower_m);
        }
    }
    let mut flight_per_second_m = vec![max_radius_m[0]; seconds as usize];
    for s in &slabs {
        let slot = &mut flight_per_second_m[(s.window_ms.0.div_euclid(1000) - first_s) as usize];
        *slot = slot.min(s.results[0].lower_m);
    }
    refine(&fleet, &mut slabs, settings, reporter, &mut work);
    let limits_m = fleet.rules.map(|r| r.limit_m);
    let (closest_per_second, closest_pairs) = closest(&slabs, shown_s, max_radius_m, limits_m);
    let off_m = moved_m(show, settings);
    for m in per_second_m.iter_mut().flatten().chain(&mut flight_per_second_m) {
        *m = (*m - off_m).max(0.0);
    }
    let mut reports = [0, 1].map(|rule| {
        let report = report(show, &fleet, rule, &slabs, max_radius_m[rule]);
        charge(report, off_m, TIMES_MOVED)
    });
    if !approaches.is_empty() {
        for w in reports.iter_mut().flat_map(|r| r.worst.iter_mut().chain(&mut r.witnesses)) {
            w.positions_m = w.vehicles.iter().map(|v| standing_m(&show.vehicles[v.index], w.t_ms)).collect();
        }
    }
    let statistics = Statistics {
        segments: show.vehicles.iter().map(|v| v.trajectory.segment_count() as u64).sum(),
        time_slabs,
        candidate_pairs: work.candidates,
        pair_searches: work.searches,
        search_nodes: work.nodes,
        exact_decisions: work.exact,
    };
    let distances = Distances { first_s, flight_per_second_m, closest_per_second, closest_pairs };
    Separation { reports, per_second_m, distances, statistics }
}

/// By how much the distance of two vehicles may be another one, because the reader moved times: each is where it is at most
/// the error of a time earlier or later.
pub fn moved_m(show: &Show, settings: &ProofSettings) -> f64 {
    if settings.time_error_ms == 0.0 {
        return 0.0;
    }
    let pieces = show.vehicles.iter().flat_map(|v| v.trajectory.segments());
    let fastest_m_s = pieces.fold(0.0f64, |m, s| {
        let steps = s.control_m.windows(2).fold(0.0f64, |m, w| m.max((w[1] - w[0]).length()));
        let speed = steps * s.degree() as f64 / s.duration_s();
        m.max(speed * (1.0 + settings.warp(s.end_ms - s.start_ms, 1)))
    });
    2.0 * fastest_m_s * settings.time_error_ms / 1000.0 * GROW
}

/// Why distances are charged.
pub const TIMES_MOVED: &str = "Times between whole milliseconds were moved, and vehicles with them";

type Closest = ([Vec<Option<PairDistance>>; 2], Vec<(usize, PairDistance)>);

/// By rule the closest distance of each second, and that of each pair that is the closest of some slab or breaks the rule.
fn closest(slabs: &[Slab], seconds: usize, max_radius_m: [f64; 2], limits_m: [f64; 2]) -> Closest {
    let mut per_second: [Vec<Option<PairDistance>>; 2] = [vec![None; seconds], vec![None; seconds]];
    let mut pairs: BTreeMap<(usize, (u32, u32)), PairDistance> = BTreeMap::new();
    for s in slabs {
        let second = ((s.window_ms.0.max(0) / 1000) as usize).min(seconds - 1);
        for (rule, result) in s.results.iter().enumerate() {
            for &m in result.closest.iter().chain(&result.broken).filter(|m| m.distance_m <= max_radius_m[rule]) {
                let slot = per_second[rule][second].get_or_insert(m);
                if m.distance_m < slot.distance_m {
                    *slot = m;
                }
                let key = (rule, m.pair);
                if pairs.len() < MAX_PAIRS || pairs.contains_key(&key) {
                    let slot = pairs.entry(key).or_insert(m);
                    if m.distance_m < slot.distance_m {
                        *slot = m;
                    }
                }
            }
        }
    }
    let mut pairs: Vec<(usize, PairDistance)> = pairs.into_iter().map(|((rule, _), m)| (rule, m)).collect();
    let room_m = |(rule, m): &(usize, PairDistance)| m.distance_m - limits_m[*rule];
    pairs.sort_by(|a, b| room_m(a).total_cmp(&room_m(b)).then((a.0, a.1.pair).cmp(&(b.0, b.1.pair))));
    (per_second, pairs)
}

fn fleet<'a>(show: &'a Show, approaches: &'a [Option<Approach>], settings: &ProofSettings) -> SeparationFleet<'a> {
    let limits = &show.limits;
    let rule =
        |regime, limit_m, scale| PairRule { limit_m, scale, regime, altitude_m: limits.ground_rule_altitude_m() };
    let reach_m = show
        .vehicles
        .iter()
        .flat_map(|v| v.trajectory.control_points_m())
        .chain(approaches.iter().flatten().flatten())
        .fold(0.0f64, |m, p| m.max(p.abs().max_element()));
    let track =
        |(k, v): (usize, &'a Vehicle)| Track::from_pad(&v.trajectory, approaches.get(k).and_then(Option::as_ref));
    SeparationFleet {
        tracks: show.vehicles.iter().enumerate().map(track).collect(),
        // Near the ground there is no downwash to speak of: plain distance.
        rules: [
            rule(REGIMES[0], limits.min_separation_m, limits.downwash_scale),
            rule(REGIMES[1], limits.ground_separation_m, 1.0),
        ],
        reach_m,
        max_nodes: settings.max_nodes,
    }
}

/// Into how many slabs each second is cut: so many that no vehicle moves further than the least distance in one, but no more than
/// [`MAX_SLABS`] in all. Longer slabs cost time, never the verdict.
fn slabs_per_second(show: &Show, limits: &Limits, start_ms: i64, end_ms: i64) -> Vec<i64> {
    let first_s = start_ms.div_euclid(1000);
    let count = (end_ms - first_s * 1000).div_euclid(1000) + i64::from((end_ms - first_s * 1000) % 1000 != 0);
    let mut speed_m_s = vec![0.0f64; count.max(1) as usize];
    for segment in show.vehicles.iter().flat_map(|v| v.trajectory.segments()) {
        let step_m = segment.control_m.windows(2).fold(0.0f64, |m, w| m.max((w[1] - w[0]).length()));
        let speed = step_m * segment.degree() as f64 / segment.duration_s();
        let from = segment.start_ms.div_euclid(1000) - first_s;
        let to = (segment.end_ms - 1).div_euclid(1000) - first_s;
        for s in &mut speed_m_s[from as usize..=to as usize] {
            *s = s.max(speed);
        }
    }
    let travel_m = limits.min_separation_m.max(limits.ground_separation_m);
    let most = (MAX_SLABS / count.max(1)).clamp(1, MAX_SLABS_PER_S);
    speed_m_s.iter().map(|&s| ((s / travel_m).ceil() as i64).clamp(1, most)).collect()
}

fn chunk_slabs(
    fleet: &SeparationFleet,
    per_second: &[i64],
    first_s: i64,
    (from, until): (i64, i64),
    (start_ms, end_ms): (i64, i64),
    first_search: &SlabSearch,
) -> (Vec<Slab>, SearchWork) {
    let mut scanner = Scanner::starting_at(fleet, ((first_s + from) * 1000).max(start_ms));
    let mut slabs: Vec<Slab> = Vec::new();
    let (mut search, mut was_still) = (*first_search, false);
    for second in from..until {
        let parts = per_second[second as usize];
        for part in 0..parts {
            let at = |k: i64| ((first_s + second) * 1000 + 1000 * k / parts).clamp(start_ms, end_ms);
            let window_ms = (at(part), at(part + 1));
            if window_ms.0 == window_ms.1 {
                continue;
            }
            let still = scanner.enter(window_ms.0, window_ms.1);
            let results = match slabs.last() {
                Some(last) if still && was_still => last.results.clone().map(|a| a.at_time(window_ms.0)),
                _ => scanner.scan(window_ms, &search),
            };
            was_still = still;
            for (rule, result) in results.iter().enumerate() {
                // The next slab will hardly differ: look about as far as the closest pair of this one.
                let known_m = result.closest.map_or(first_search.max_radius_m[rule], |m| 1.1 * m.distance_m);
                search.radius_m[rule] = known_m.clamp(1.1 * fleet.rules[rule].limit_m, first_search.max_radius_m[rule]);
            }
            slabs.push(Slab { window_ms, results });
        }
    }
    (slabs, scanner.work)
}

/// Bounds the closest pair of the show to the fine tolerance: looks again at the slabs that may hold it.
fn refine(
    fleet: &SeparationFleet,
    slabs: &mut [Slab],
    settings: &ProofSettings,
    reporter: &dyn Reporter,
    work: &mut SearchWork,
) {
    let best_m = [0, 1]
        .map(|r| slabs.iter().filter_map(|s| s.results[r].closest).map(|m| m.distance_m).fold(f64::INFINITY, f64::min));
    let again: Vec<usize> = (0..slabs.len())
        .filter(|&k| {
            let a = &slabs[k].results;
            (0..2).any(|r| a[r].lower_m < best_m[r] - settings.tolerance && best_m[r].is_finite() && !a[r].overflow)
        })
        .collect();
    let radius_m = [0, 1].map(|r| if best_m[r].is_finite() { best_m[r] } else { fleet.rules[r].limit_m });
    let search = SlabSearch { radius_m, max_radius_m: radius_m, cutoff_m: best_m, tolerance_m: settings.tolerance };
    reporter.phase("closest pair", again.len() as u64);
    let looked: Vec<(Vec<[SlabDistances; 2]>, SearchWork)> = again
        .par_chunks(REFINE_CHUNK)
        .map(|some| {
            let mut scanner = Scanner::starting_at(fleet, slabs[some[0]].window_ms.0);
            let results = some
                .iter()
                .map(|&k| {
                    let window_ms = slabs[k].window_ms;
                    scanner.enter(window_ms.0, window_ms.1);
                    scanner.scan(window_ms, &search)
                })
                .collect();
            reporter.advance(some.len() as u64);
            (results, scanner.work)
        })
        .collect();
    let mut found = Vec::with_capacity(again.len());
    for (results, w) in looked {
        found.extend(results);
        work.add(&w);
    }
    for (&k, results) in again.iter().zip(found) {
        for (old, new) in slabs[k].results.iter_mut().zip(results) {
            old.lower_m = old.lower_m.max(new.lower_m);
            old.cut_short = new.cut_short;
            if let Some(m) = new.closest
                && old.closest.is_none_or(|o| m.distance_m < o.distance_m)
            {
                old.closest = Some(m);
            }
        }
    }
}

fn report(show: &Show, fleet: &SeparationFleet, rule: usize, slabs: &[Slab], max_radius_m: f64) -> RuleReport {
    let pair_rule = &fleet.rules[rule];
    let name = [Rule::Separation, Rule::GroundSeparation][rule];
    let mut broken: BTreeMap<(u32, u32), PairDistance> = BTreeMap::new();
    let mut undecided: BTreeMap<(u32, u32), PairDistance> = BTreeMap::new();
    let (mut lower_m, mut closest, mut at_least, mut cut_short) = (max_radius_m, None::<PairDistance>, false, false);
    for result in slabs.iter().map(|s| &s.results[rule]) {
        lower_m = lower_m.min(result.lower_m);
        at_least |= result.overflow;
        cut_short |= result.cut_short;
        if let Some(m) = result.closest
            && closest.is_none_or(|c| m.distance_m < c.distance_m)
        {
            closest = Some(m);
        }
        for (list, found) in [(&mut broken, &result.broken), (&mut undecided, &result.undecided)] {
            for m in found {
                if list.len() < MAX_PAIRS || list.contains_key(&m.pair) {
                    let slot = list.entry(m.pair).or_insert(*m);
                    if m.distance_m < slot.distance_m {
                        *slot = *m;
                    }
                } else {
                    at_least = true;
                }
            }
        }
    }
    let case = |m: &PairDistance, lower_m: f64| WorstCase {
        vehicles: vec![m.pair.0 as usize, m.pair.1 as usize],
        value: m.distance_m,
        bound: lower_m,
        t_ms: m.t_ms,
        window: Window::default(),
    };
    let verdict = if !broken.is_empty() {
        Verdict::Violated
    } else if undecided.is_empty() && lower_m >= pair_rule.limit_m {
        Verdict::Proved
    } else {
        Verdict::Undecided
    };
    let known = closest.filter(|m| m.distance_m <= max_radius_m);
    let mut detail = match (verdict, known) {
        (Verdict::Violated, _) if at_least => {
            format!(
                "At least {} pairs come closer than allowed; the search stopped counting, and the margin is that of the \
                 closest pair found.",
                broken.len()
            )
        }
        (Verdict::Violated, _) => counted(broken.len(), "One pair comes", "pairs come") + " closer than allowed.",
        (Verdict::Undecided, _) => {
            counted(undecided.len(), "One pair comes", "pairs come")
                + " so close to the limit that it could not be decided."
        }
        (_, None) => format!("No pair comes closer than {max_radius_m} m (searched up to there)."),
        (_, Some(_)) => "Every pair keeps its distance at every instant.".to_string(),
    };
    if rule == 0 && pair_rule.scale != 1.0 {
        detail = format!("{detail} Vertical distance counts divided by {}.", pair_rule.scale);
    }
    if cut_short {
        detail.push_str(" Some searches were cut short: the bound is wider than the tolerance.");
    }
    let mut list: Vec<&PairDistance> =
        if verdict == Verdict::Undecided { &undecided } else { &broken }.values().collect();
    list.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.pair.cmp(&b.pair)));
    ReportBuilder {
        rule: name,
        limit: pair_rule.limit_m,
        verdict,
        worst: known.map(|m| case(&m, lower_m)),
        // Where the search stopped, nothing bounds the distance from below.
        margin: Some(known.filter(|_| at_least).map_or(lower_m, |m| m.distance_m) - pair_rule.limit_m),
        detail,
        violations: broken.len() as u64,
        others: list.into_iter().map(|m| case(m, m.distance_m)).collect(),
    }
    .finish(show)
}

impl SearchWork {
    fn add(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.searches += other.searches;
        self.nodes += other.nodes;
        self.exact += other.exact;
    }
}

impl SlabDistances {
    /// The same for a later slab in which still no vehicle moves.
    fn at_time(self, t_ms: i64) -> Self {
        let later = |m: PairDistance| PairDistance { t_ms: t_ms as f64, ..m };
        Self { closest: self.closest.map(later), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::{DVec3, LightProgram, Trajectory, Vehicle};

    #[test]
    fn a_small_file_does_not_ask_for_more_slabs_than_memory_holds() {
        let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        t.push(86_400_000, &[DVec3::X * 1e9, DVec3::X * -1e9, DVec3::ZERO]).unwrap();
        let show = Show::of_vehicles(vec![Vehicle::new("a", DVec3::ZERO, t, LightProgram::dark())]);
        let slabs: i64 = slabs_per_second(&show, &show.limits, 0, 86_400_000).iter().sum();
        assert!((86_400..=MAX_SLABS).contains(&slabs), "{slabs}");
        let minute: i64 = slabs_per_second(&show, &show.limits, 0, 86_400_000).iter().take(60).sum();
        assert!(minute >= 60 * 12, "{minute}");
    }
}

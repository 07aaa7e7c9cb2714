//! What the proof sees, second by second, for pages and reports. Nothing here is a verdict.

use kapok_proof::{
    Extremes, Fall, Findings, Margin, PairDistance, ProofSettings, area_margins, extremes, fence_margins, invalid_input,
};
use kapok_show::{DVec2, Reporter, Show};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Length of a step of the timeline, milliseconds.
const STEP_MS: i64 = 1000;
/// Pairs that are listed, at most.
const MAX_PAIRS: usize = 20;
/// Cells of the footprint, at most.
const MAX_CELLS: f64 = 200_000.0;
/// Side of a cell where there is room for it, metres.
const CELL_M: f64 = 2.0;
/// How closely the extremes of a step are enclosed, in their unit.
const TOLERANCE: f64 = 0.01;

/// The figures of a show over time and place. The JSON of this type is what the viewer reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyReport {
    /// Version of the form: 1.
    pub version: u32,
    /// Length of a step, milliseconds.
    pub step_ms: i64,
    /// Extremes of each step.
    pub timeline: SafetyTimeline,
    /// What they are held against.
    pub limits: SafetyLimits,
    /// The pairs of the show that come closest to the limit that governs them, each with its closest known instant, least
    /// room first; a pair may be in it once in flight and once near the ground.
    pub worst_pairs: Vec<SafetyPair>,
    /// Where vehicles that fail can come down.
    pub footprint: SafetyFootprint,
    /// How near it comes to what must not be reached.
    pub areas: Vec<SafetyArea>,
}

/// One value per step: the extreme within `[t, t + step)`. `None`: nothing is known or there is nothing to know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "each name is its meaning and its unit")]
pub struct SafetyTimeline {
    /// Start of each step, milliseconds.
    pub t_ms: Vec<i64>,
    /// Distance of the closest pair of which at least one flies, to a centimetre; absent beyond the search radius of the
    /// proof.
    pub min_separation_m: Vec<Option<f64>>,
    /// That pair.
    pub min_separation_pair: Vec<Option<[usize; 2]>>,
    /// The same of pairs near the ground.
    pub min_ground_separation_m: Vec<Option<f64>>,
    /// That pair.
    pub min_ground_separation_pair: Vec<Option<[usize; 2]>>,
    /// Greatest horizontal speed.
    pub max_velocity_xy_m_s: Vec<Option<f64>>,
    /// Greatest climb.
    pub max_velocity_up_m_s: Vec<Option<f64>>,
    /// Greatest descent.
    pub max_velocity_down_m_s: Vec<Option<f64>>,
    /// Greatest acceleration.
    pub max_acceleration_m_s2: Vec<Option<f64>>,
    /// Least distance to the fence, negative outside; absent without a fence.
    pub fence_margin_m: Vec<Option<f64>>,
    /// Least distance to the highest altitude.
    pub ceiling_margin_m: Vec<Option<f64>>,
}

/// Limits of what the timeline shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "names as in the limits of a show")]
pub struct SafetyLimits {
    pub min_separation_m: f64,
    pub ground_separation_m: f64,
    pub max_velocity_xy_m_s: f64,
    pub max_velocity_up_m_s: f64,
    pub max_velocity_down_m_s: f64,
    pub max_acceleration_m_s2: f64,
}

/// Two vehicles at their closest known instant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyPair {
    /// Places in the show, from 0.
    pub pair: [usize; 2],
    /// When, milliseconds.
    pub t_ms: f64,
    /// How close, metres.
    pub distance_m: f64,
    /// The limit that governs them there, metres.
    pub limit_m: f64,
    /// Is that the limit near the ground?
    #[serde(default)]
    pub near_ground: bool,
}

/// A grid over the ground: for how long and from how many vehicles together something could come down in a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyFootprint {
    /// Side of a cell, metres.
    pub cell_m: f64,
    /// Corner of the first cell, site frame, metres.
    pub origin_m: [f64; 2],
    /// Cells along x.
    pub columns: usize,
    /// Cells along y.
    pub rows: usize,
    /// Row by row: vehicles times seconds, from one look per step.
    pub vehicle_seconds: Vec<f64>,
    /// Largest reach of any vehicle at any instant, metres.
    pub reach_m: f64,
}

/// What must not be reached, or left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AreaKind {
    /// Spectators.
    Audience,
    /// A street or a railway that stays in use.
    Road,
    /// A body of water.
    Water,
    /// The geofence, from inside.
    Fence,
}

/// How near the show comes to an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyArea {
    /// What it is.
    pub kind: AreaKind,
    /// Its name.
    pub name: String,
    /// Fence: least distance of a vehicle inside it. Others: least distance from where a failing vehicle can come
    /// down to the area. Negative where it is crossed or reached. Metres.
    pub least_distance_m: f64,
    /// When, milliseconds.
    pub t_ms: f64,
    /// Place of the vehicle in the show, from 0.
    pub vehicle: usize,
}

/// Gathers the figures of a show over time and place, from the findings of its proof and with the settings of that proof.
///
/// # Guarantees
/// Distances and speeds are those that the proof encloses, to a centimetre (0.01 m/s, 0.01 m/s²). A show that the proof
/// refuses has an empty report. Never panics.
///
/// # Complexity
/// Linear in vehicles × duration.
///
/// # Determinism
/// The same on any number of threads.
pub fn safety(show: &Show, findings: &Findings, settings: &ProofSettings, reporter: &dyn Reporter) -> SafetyReport {
    let l = &show.limits;
    let limits = SafetyLimits {
        min_separation_m: l.min_separation_m,
        ground_separation_m: l.ground_separation_m,
        max_velocity_xy_m_s: l.max_velocity_xy_m_s,
        max_velocity_up_m_s: l.max_velocity_up_m_s,
        max_velocity_down_m_s: l.max_velocity_down_m_s,
        max_acceleration_m_s2: l.max_acceleration_m_s2,
    };
    let mut report = SafetyReport { version: 1, step_ms: STEP_MS, limits, ..SafetyReport::default() };
    if invalid_input(show, settings).is_some() {
        return report;
    }
    let coarse = ProofSettings { tolerance: settings.tolerance.max(TOLERANCE), ..settings.clone() };
    let distances = &findings.evidence.distances;
    let limits_m = [l.min_separation_m, l.ground_separation_m];
    let pair = |&(rule, d): &(usize, PairDistance)| SafetyPair {
        pair: indices(&d),
        t_ms: d.t_ms,
        distance_m: d.distance_m,
        limit_m: limits_m[rule],
        near_ground: rule == 1,
    };
    report.worst_pairs = distances.closest_pairs.iter().take(MAX_PAIRS).map(pair).collect();
    let steps = (show.duration_ms().max(1) as u64).div_ceil(STEP_MS as u64) as usize;
    report.timeline = timeline(show, steps, &distances.closest_per_second, &coarse, reporter);
    if let Ok(fall) = Fall::new(show, settings) {
        report.footprint = footprint(show, &fall, settings, steps);
        report.areas = areas(show, &fall, &coarse, reporter);
    }
    let to_fence = fence_margins(show, &coarse).unwrap_or_default();
    report.areas.extend(nearest(to_fence.into_iter()).map(|(vehicle, m)| SafetyArea {
        kind: AreaKind::Fence,
        name: String::new(),
        least_distance_m: m.distance_m,
        t_ms: m.t_ms,
        vehicle,
    }));
    report
}

/// The vehicle with the least margin, and that.
fn nearest(margins: impl Iterator<Item = Option<Margin>>) -> Option<(usize, Margin)> {
    let each = margins.enumerate().filter_map(|(v, m)| m.map(|m| (v, m)));
    each.min_by(|a, b| a.1.distance_m.total_cmp(&b.1.distance_m))
}

fn timeline(
    show: &Show,
    steps: usize,
    closest: &[Vec<Option<PairDistance>>; 2],
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> SafetyTimeline {
    reporter.phase("timeline", steps as u64);
    let windows_ms: Vec<(i64, i64)> = (0..steps as i64).map(|k| (k * STEP_MS, (k + 1) * STEP_MS)).collect();
    let each = extremes(show, &windows_ms, settings, reporter);
    let of = |get: fn(&Extremes) -> Option<f64>| each.iter().map(get).collect::<Vec<_>>();
    let pairs = |rule: usize| (0..steps).map(move |k| closest[rule].get(k).copied().flatten());
    let distances_m = |rule: usize| pairs(rule).map(|p| p.map(|d| d.distance_m)).collect();
    let indices_of = |rule: usize| pairs(rule).map(|p| p.map(|d| indices(&d))).collect();
    let ceiling_m = show.limits.max_altitude_m;
    SafetyTimeline {
        t_ms: windows_ms.iter().map(|w| w.0).collect(),
        min_separation_m: distances_m(0),
        min_separation_pair: indices_of(0),
        min_ground_separation_m: distances_m(1),
        min_ground_separation_pair: indices_of(1),
        max_velocity_xy_m_s: of(|e| e.velocity_xy_m_s),
        max_velocity_up_m_s: of(|e| e.velocity_up_m_s),
        max_velocity_down_m_s: of(|e| e.velocity_down_m_s),
        max_acceleration_m_s2: of(|e| e.acceleration_m_s2),
        fence_margin_m: of(|e| e.fence_margin_m),
        ceiling_margin_m: each.iter().map(|e| e.altitude_m.map(|z| ceiling_m - z)).collect(),
    }
}

fn footprint(show: &Show, fall: &Fall, settings: &ProofSettings, steps: usize) -> SafetyFootprint {
    let reach_m = fall.largest_reach_m(show, settings);
    let points = show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
    let start = (DVec2::INFINITY, DVec2::NEG_INFINITY);
    let (low, high) = points.fold(start, |(l, h), p| (l.min(p.truncate()), h.max(p.truncate())));
    let (low, high) = (low - reach_m, high + reach_m);
    let size = high - low;
    let mut cell_m = CELL_M;
    let counts = |cell_m: f64| ((size.x / cell_m).floor() + 1.0, (size.y / cell_m).floor() + 1.0);
    while counts(cell_m).0 * counts(cell_m).1 > MAX_CELLS {
        cell_m *= 1.1;
    }
    let (columns, rows) = (counts(cell_m).0 as usize, counts(cell_m).1 as usize);
    // Row by row, changes from one cell to the next: a disc costs as many entries as it has rows.
    let width = columns + 1;
    let mut change = vec![0i64; width * rows];
    for v in &show.vehicles {
        for k in 0..steps {
            let motion = v.trajectory.sample((k as i64 * STEP_MS) as f64);
            let radius_m = fall.reach_at_m(motion.position_m, motion.velocity_m_s);
            let at = (motion.position_m.truncate() - low) / cell_m;
            let radius = radius_m / cell_m;
            let first = (at.y - radius).floor().max(0.0) as usize;
            let last = ((at.y + radius).floor().max(0.0) as usize).min(rows - 1);
            for row in first..=last {
                // The part of the row that is nearest to the middle decides: cells that the disc touches count.
                let off = (row as f64 - at.y).max(at.y - (row + 1) as f64).max(0.0);
                let half = (radius * radius - off * off).max(0.0).sqrt();
                let from = (at.x - half).floor().max(0.0) as usize;
                let to = ((at.x + half).floor().max(0.0) as usize).min(columns - 1);
                change[row * width + from.min(columns - 1)] += 1;
                change[row * width + to + 1] -= 1;
            }
        }
    }
    let step_s = STEP_MS as f64 / 1000.0;
    let mut vehicle_seconds = Vec::with_capacity(columns * rows);
    for row in change.chunks(width) {
        let mut sum = 0;
        for c in &row[..columns] {
            sum += c;
            vehicle_seconds.push(sum as f64 * step_s);
        }
    }
    SafetyFootprint { cell_m, origin_m: [low.x, low.y], columns, rows, vehicle_seconds, reach_m }
}

fn areas(show: &Show, fall: &Fall, settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<SafetyArea> {
    let e = &show.environment;
    let audiences = e.audience_areas().map(|a| (AreaKind::Audience, &a.name, &a.polygon_m));
    let roads = e.roads.iter().map(|r| (AreaKind::Road, &r.name, &r.polygon_m));
    let waters = e.waters.iter().map(|w| (AreaKind::Water, &w.name, &w.polygon_m));
    let all: Vec<_> = audiences.chain(roads).chain(waters).collect();
    reporter.phase("areas", (all.len() * show.vehicles.len()) as u64);
    let each = all.into_iter().filter_map(|(kind, name, corners)| {
        let margins = area_margins(show, &[corners.as_slice()], Some(fall), settings, reporter)?;
        let (vehicle, m) = nearest(margins.into_iter().map(|m| m.map(|m| m.0)))?;
        Some(SafetyArea { kind, name: name.clone(), least_distance_m: m.distance_m, t_ms: m.t_ms, vehicle })
    });
    each.collect()
}

fn indices(d: &PairDistance) -> [usize; 2] {
    [d.pair.0 as usize, d.pair.1 as usize]
}

//! One vehicle, or one sector, leaves its plan while all others fly on: who is reached, after what time, and how much
//! distance is left.
//!
//! A vehicle i that is lost at t₀ is at t₀+τ somewhere in a region around the place where it was lost: a disc of radius a(τ)
//! and a range of altitude from b(τ) below to c(τ) above, none of which shrinks.
//!
//! | it | a(τ) | below | above |
//! | --- | --- | --- | --- |
//! | stops | 0 | 0 | 0 |
//! | drifts with wind up to W | W·τ | 0 | 0 |
//! | falls, from speeds u, climb v, descent s | u·τ + ½·W·κ·V·τ², V² = (max(u,W)+W)² + (s+v+g·τ)² | s·τ + ½·g·τ² | v·τ |
//!
//! For the fall: `fall.rs` has `|u(t)| ≤ |u₀| + (1−E)·W` with `1−E ≤ ∫κ·|v−w|`, and the speed against the air is at most V.
//! Another vehicle j is where its plan says. The gap is the distance from p_j(t₀+τ) to the region; both are touched when it
//! is no more than the diameter of a vehicle.
//!
//! Sought is, over all t₀ at which i flies and all τ up to a horizon, the least τ at which somebody is touched, and if
//! nobody is, the least gap. Boxes that hold p_i on a stretch of t₀ and p_j on the stretch of t₀+τ bound the gap from
//! below; positions at the middle of both stretches bound it from above; halve the longer stretch until the answer is known
//! to [`STEP_MS`]. Who cannot be near drops out in a grid. First of all a bound is asked that costs next to nothing: whoever
//! is lost in a second in which no two are nearer than D touches nobody who is never faster than V before the time at which
//! `D − V·τ − growth of the region` falls to the diameter. Fleets for which more is too much work keep this bound.

use kapok_show::{DVec3, Show};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::certificate::VehicleRef;
use crate::fall::{GRAVITY_M_S2, Speeds, speeds};
use crate::separation::Meeting;
use crate::settings::ProofSettings;
use crate::track::Track;

/// Stretches of the time of loss and of the time after it that are looked at as a whole, milliseconds.
const CELL_MS: i64 = 500;
/// Stretches are halved down to this, milliseconds.
const STEP_MS: i64 = 8;
/// Cells of the time of loss in one go.
const CHUNK: usize = 16;
/// What the box of a vehicle costs, in comparisons.
const HULL_LOOKS: u64 = 8;
/// Pairs of stretches that one search may look at.
const MAX_NODES: u32 = 200;
/// Seconds whose closest pairs are looked at first.
const SEEDS: usize = 48;
/// How closely gaps are enclosed, metres.
const TOLERANCE_M: f64 = 0.25;
/// Falls longer than this are not looked at, milliseconds.
const LONGEST_FALL_MS: i64 = 30_000;

/// How a vehicle leaves its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossMode {
    /// It stays where it is, in the air.
    Stops,
    /// It keeps its altitude and drifts with the wind, in any direction.
    Drifts,
    /// It falls.
    Falls,
}

/// What a loss does to the others, who fly on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossFigure {
    /// How the plan is left.
    pub mode: LossMode,
    /// Time after the loss that is reckoned with, seconds.
    pub horizon_s: f64,
    /// For at least this long nobody can be touched, whoever is lost and whenever, seconds; the horizon if nobody is.
    pub untouched_s: f64,
    /// No vehicle comes nearer than this within the horizon, centre to centre, metres; 0 if one can be touched.
    pub left_m: f64,
    /// The case known to be the worst: of touching the earliest, else the nearest. Absent if nobody comes near.
    pub worst: Option<LossWitness>,
    /// Did the search end early because there is too much to look at? The bounds above hold, but are wider.
    pub cut_short: bool,
}

/// A loss and whom it reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossWitness {
    /// Who is lost.
    pub lost: VehicleRef,
    /// Whom it reaches, or comes nearest to.
    pub other: VehicleRef,
    /// When it is lost, milliseconds of show time.
    pub t_ms: f64,
    /// After what time it reaches the other, seconds.
    pub after_s: f64,
    /// Distance left then, centre to centre, metres.
    pub distance_m: f64,
}

/// Who is lost together, and whom that is measured against.
pub(crate) struct Question {
    pub mode: LossMode,
    /// Which figure each vehicle's loss counts in, from 0.
    pub figure_of: Vec<u32>,
    pub figures: usize,
    /// Vehicles of one figure are lost together and carried alike: not measured against each other.
    pub together: bool,
}

/// What other rules know already.
pub(crate) struct Known<'a> {
    /// The second of show time that the list begins with.
    pub first_s: i64,
    /// No two vehicles, of which at least one flies, are nearer in that second, metres.
    pub flight_per_second_m: &'a [f64],
    /// The closest pair of each second from 0.
    pub closest_per_second: &'a [Option<Meeting>],
}

/// Answers a question: one figure each. Empty if the profile makes no sense.
pub(crate) fn losses(show: &Show, question: &Question, known: &Known, settings: &ProofSettings) -> Vec<LossFigure> {
    if settings.loss_looks == 0 {
        return Vec::new();
    }
    let Some(world) = World::new(show, question, known, settings) else { return Vec::new() };
    let mut best: Vec<Best> = vec![Best::new(world.horizon_ms); question.figures];
    world.seeds(known.closest_per_second, &mut best);
    let (mut looked_ms, mut left) = (0, settings.loss_looks);
    while looked_ms < world.horizon_ms && best.iter().any(|b| b.hi_ms > looked_ms) {
        let lag = (looked_ms, (looked_ms + CELL_MS).min(world.horizon_ms));
        let Some((found, looks)) = world.scan(lag, &best, false, left) else { break };
        (best, left) = (found, left.saturating_sub(looks));
        looked_ms = lag.1;
    }
    let cut_short = best.iter().any(|b| b.hi_ms > looked_ms) && looked_ms < world.horizon_ms;
    // Who is touched has nothing left; for the others the gap is sought.
    let mut gaps_known = !cut_short;
    let (mut lag_ms, mut left) = (0, settings.loss_looks);
    while gaps_known && lag_ms < world.horizon_ms && best.iter().any(|b| !b.touched) {
        let lag = (lag_ms, (lag_ms + CELL_MS).min(world.horizon_ms));
        match world.scan(lag, &best, true, left) {
            Some((found, looks)) => (best, left) = (found, left.saturating_sub(looks)),
            None => gaps_known = false,
        }
        lag_ms = lag.1;
    }
    let floor_s = world.free_s.iter().copied().fold(world.horizon_ms as f64 / 1000.0, f64::min);
    best.iter().map(|b| b.figure(&world, looked_ms, floor_s, gaps_known)).collect()
}

/// The best that is known of one figure.
#[derive(Clone, Copy)]
struct Best {
    touched: bool,
    /// Nobody is touched before this; only what the searches say.
    lo_ms: i64,
    /// Somebody is touched at this, milliseconds after the loss; the horizon if nobody is known to be.
    hi_ms: i64,
    /// Least gap known to be attained, and a bound of it from below.
    gap_m: f64,
    gap_low_m: f64,
    case: Option<Case>,
}

#[derive(Clone, Copy)]
struct Case {
    pair: (u32, u32),
    t_ms: f64,
    after_ms: f64,
    gap_m: f64,
}

impl Best {
    fn new(horizon_ms: i64) -> Self {
        Self {
            touched: false,
            lo_ms: horizon_ms,
            hi_ms: horizon_ms,
            gap_m: f64::INFINITY,
            gap_low_m: f64::INFINITY,
            case: None,
        }
    }

    /// Both together; ties go to the first, so that the order of merging is all that counts.
    fn merge(&mut self, other: &Self) {
        self.lo_ms = self.lo_ms.min(other.lo_ms);
        self.gap_low_m = self.gap_low_m.min(other.gap_low_m);
        let earlier = other.touched && (!self.touched || other.hi_ms < self.hi_ms);
        let nearer = !other.touched && !self.touched && other.gap_m < self.gap_m;
        if earlier || nearer {
            (self.touched, self.hi_ms, self.gap_m, self.case) = (other.touched, other.hi_ms, other.gap_m, other.case);
        }
    }

    fn figure(&self, world: &World, looked_ms: i64, floor_s: f64, gaps_known: bool) -> LossFigure {
        let horizon_s = world.horizon_ms as f64 / 1000.0;
        let cut_short = self.hi_ms > looked_ms && looked_ms < world.horizon_ms;
        let searched_ms = if cut_short { looked_ms.min(self.lo_ms) } else { self.lo_ms.min(self.hi_ms) };
        let attained_s = self.case.filter(|_| self.touched).map_or(horizon_s, |c| c.after_ms / 1000.0);
        let untouched_s = (searched_ms as f64 / 1000.0).max(floor_s).min(attained_s);
        let safe = !self.touched && untouched_s >= horizon_s;
        let vehicle = |v: u32| VehicleRef { index: v as usize, name: world.show.vehicles[v as usize].name.clone() };
        LossFigure {
            mode: world.question.mode,
            horizon_s,
            untouched_s,
            left_m: match (safe, gaps_known) {
                (false, _) => 0.0,
                (true, true) => self.gap_low_m.min(self.gap_m).min(world.radius_m),
                (true, false) => world.touch_m,
            },
            worst: self.case.map(|c| LossWitness {
                lost: vehicle(c.pair.0),
                other: vehicle(c.pair.1),
                t_ms: c.t_ms,
                after_s: c.after_ms / 1000.0,
                distance_m: c.gap_m,
            }),
            cut_short: cut_short || (safe && !gaps_known),
        }
    }
}

/// Where a vehicle is in a stretch of time, and how fast.
#[derive(Clone, Copy)]
struct Hull {
    low: DVec3,
    high: DVec3,
    xy_m_s: f64,
    up_m_s: f64,
    down_m_s: f64,
}

struct World<'a> {
    show: &'a Show,
    question: &'a Question,
    tracks: Vec<Track<'a>>,
    horizon_ms: i64,
    start_ms: i64,
    end_ms: i64,
    wind_m_s: f64,
    kappa: f64,
    touch_m: f64,
    flight_m: f64,
    ground_m: f64,
    /// Gaps beyond this are not looked for.
    radius_m: f64,
    first_s: i64,
    /// No two vehicles are nearer, if at least one flies, per second from `first_s`.
    apart_m: Vec<f64>,
    /// For so long nobody is touched by whoever is lost in that second.
    free_s: Vec<f64>,
}

impl<'a> World<'a> {
    fn new(show: &'a Show, question: &'a Question, known: &Known, settings: &ProofSettings) -> Option<Self> {
        let (profile, l) = (&show.profile, &show.limits);
        let kappa = 0.5 * settings.air_density_kg_m3 * profile.drag_area_m2 / profile.mass_kg;
        let sense = kappa.is_finite() && kappa >= 0.0 && profile.diameter_m.is_finite() && profile.diameter_m >= 0.0;
        let ends = |t: &kapok_show::Trajectory| t.start_point_m().z.min(t.end_point_m().z);
        let ground_m = show.vehicles.iter().map(|v| ends(&v.trajectory)).fold(0.0, f64::min);
        let top_m =
            show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m()).fold(ground_m, |m, p| m.max(p.z));
        let horizon_ms = match question.mode {
            // Without drag: a vehicle that takes longer is below whoever flew there already.
            LossMode::Falls => {
                let free_s = (2.0 * (top_m - ground_m) / GRAVITY_M_S2).sqrt();
                ((1500.0 * free_s).ceil() as i64 + 1).min(LONGEST_FALL_MS)
            }
            _ => (settings.gnss_reaction_s * 1000.0).ceil().min(LONGEST_FALL_MS as f64) as i64,
        };
        let mut world = sense.then(|| Self {
            show,
            question,
            tracks: show.vehicles.iter().map(|v| Track::new(&v.trajectory)).collect(),
            horizon_ms,
            start_ms: show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap_or(0),
            end_ms: show.vehicles.iter().map(|v| v.trajectory.end_ms()).max().unwrap_or(0),
            wind_m_s: l.max_wind_m_s,
            kappa,
            touch_m: profile.diameter_m,
            flight_m: l.min_navigation_altitude_m,
            ground_m,
            radius_m: settings.search_radius_factor * l.min_separation_m,
            first_s: known.first_s,
            apart_m: known.flight_per_second_m.to_vec(),
            free_s: Vec::new(),
        })?;
        world.free_s = world.free();
        Some(world)
    }

    /// Radius, below and above of the region at a time after the loss.
    fn region(&self, after_s: f64, xy_m_s: f64, up_m_s: f64, down_m_s: f64) -> [f64; 3] {
        match self.question.mode {
            LossMode::Stops => [0.0; 3],
            LossMode::Drifts => [self.wind_m_s * after_s, 0.0, 0.0],
            LossMode::Falls => {
                let sideways = xy_m_s.max(self.wind_m_s) + self.wind_m_s;
                let vertical = down_m_s + up_m_s + GRAVITY_M_S2 * after_s;
                let air_m_s = (sideways * sideways + vertical * vertical).sqrt();
                let blown_m = 0.5 * self.wind_m_s * self.kappa * air_m_s * after_s * after_s;
                let below_m = down_m_s * after_s + 0.5 * GRAVITY_M_S2 * after_s * after_s;
                [(xy_m_s * after_s + blown_m) * (1.0 + 1e-12), below_m * (1.0 + 1e-12), up_m_s * after_s]
            }
        }
    }

    /// Gap between a box of places of loss with its region, and a box of places of the other.
    fn gap_m(&self, lost: &Hull, other: &Hull, after_s: f64) -> f64 {
        let [radius_m, below_m, above_m] = self.region(after_s, lost.xy_m_s, lost.up_m_s, lost.down_m_s);
        let off = (other.low - lost.high).max(lost.low - other.high).max(DVec3::ZERO);
        let sideways = ((off.x * off.x + off.y * off.y).sqrt() - radius_m).max(0.0);
        let (top, bottom) = (lost.high.z + above_m, (lost.low.z - below_m).max(self.ground_m.min(lost.low.z)));
        let upright = (other.low.z - top).max(bottom - other.high.z).max(0.0);
        (sideways * sideways + upright * upright).sqrt()
    }

    fn hull(&self, vehicle: u32, (from_ms, to_ms): (i64, i64)) -> Hull {
        let track = self.tracks[vehicle as usize];
        let mut hull =
            Hull { low: DVec3::INFINITY, high: DVec3::NEG_INFINITY, xy_m_s: 0.0, up_m_s: 0.0, down_m_s: 0.0 };
        let (mut t, mut index) = (from_ms, track.index_after(from_ms));
        while t < to_ms {
            let piece = track.piece(index);
            let end = piece.end_ms.min(to_ms);
            let axes = piece.curve(t, end).map(|axis| axis.range());
            hull.low = hull.low.min(DVec3::from_array(axes.map(|r| r.0)));
            hull.high = hull.high.max(DVec3::from_array(axes.map(|r| r.1)));
            if !piece.is_rest() {
                let (xy, up, down) = speeds(piece.control_m, (piece.end_ms - piece.start_ms) as f64 / 1000.0);
                hull.xy_m_s = hull.xy_m_s.max(xy);
                hull.up_m_s = hull.up_m_s.max(up);
                hull.down_m_s = hull.down_m_s.max(down);
            }
            (t, index) = (end, index + 1);
        }
        hull
    }

    /// The gap as it is, for one instant of loss and one time after it; `None` if the vehicle does not fly then.
    fn measured_m(&self, (lost, other): (u32, u32), t_ms: f64, after_ms: f64) -> Option<f64> {
        let at = self.show.vehicles[lost as usize].trajectory.sample(t_ms);
        let there = self.show.vehicles[other as usize].trajectory.sample(t_ms + after_ms).position_m;
        let v = at.velocity_m_s;
        let point = |p: DVec3, v: DVec3| Hull {
            low: p,
            high: p,
            xy_m_s: v.truncate().length(),
            up_m_s: v.z.max(0.0),
            down_m_s: (-v.z).max(0.0),
        };
        (at.position_m.z >= self.flight_m)
            .then(|| self.gap_m(&point(at.position_m, v), &point(there, DVec3::ZERO), after_ms / 1000.0))
    }

    /// Is the loss of the first measured against the second?
    fn asked(&self, lost: u32, other: u32) -> bool {
        let of = |v: u32| self.question.figure_of[v as usize];
        lost != other && !(self.question.together && of(lost) == of(other))
    }

    /// Looks at the closest pairs of the closest seconds first: what is found there prunes the rest.
    fn seeds(&self, closest_per_second: &[Option<Meeting>], best: &mut [Best]) {
        let mut meetings: Vec<(usize, &Meeting)> =
            closest_per_second.iter().enumerate().filter_map(|(second, m)| Some((second, m.as_ref()?))).collect();
        meetings.sort_by(|a, b| a.1.distance_m.total_cmp(&b.1.distance_m).then(a.0.cmp(&b.0)));
        for (second, m) in meetings.into_iter().take(SEEDS) {
            let window = ((1000 * second as i64 - 500).max(self.start_ms), 1000 * second as i64 + 1500);
            for (lost, other) in [m.pair, (m.pair.1, m.pair.0)] {
                if self.asked(lost, other) && window.0 < window.1 {
                    let slot = &mut best[self.question.figure_of[lost as usize] as usize];
                    let mut found = *slot;
                    self.search((lost, other), window, (0, slot.hi_ms.max(1)), false, &mut found);
                    // Only what is attained counts here: bounds come from looking at everybody.
                    found.lo_ms = slot.lo_ms;
                    *slot = found;
                }
            }
        }
    }

    /// Everybody against everybody in one cell of the time after the loss; `None` if that is too much work.
    fn scan(&self, lag: (i64, i64), best: &[Best], gaps: bool, max_looks: u64) -> Option<(Vec<Best>, u64)> {
        let count = (self.end_ms - self.start_ms).max(0) / CELL_MS + 1;
        let cells: Vec<i64> = (0..count).map(|k| self.start_ms + k * CELL_MS).collect();
        // Not begun if the boxes of the vehicles alone cost too much.
        let after_s = lag.1 as f64 / 1000.0;
        let is_free = |t: i64| self.free_s[self.seconds((t, t + CELL_MS))].iter().all(|&free_s| free_s >= after_s);
        let open = cells.iter().filter(|&&t| gaps || !is_free(t)).count() as u64;
        if open * 2 * HULL_LOOKS * self.tracks.len() as u64 > max_looks {
            return None;
        }
        // Work piles up where it is dense: one chunk may need a good part of all.
        let budget = max_looks / 4;
        let each: Vec<Option<(Vec<Best>, u64)>> = cells
            .par_chunks(CHUNK)
            .map(|some| {
                let (mut local, mut looks) = (best.to_vec(), 0);
                for &t in some {
                    self.cell((t, t + CELL_MS), lag, gaps, &mut local, &mut looks);
                    if looks > budget {
                        return None;
                    }
                }
                Some((local, looks))
            })
            .collect();
        let (mut merged, mut sum) = (best.to_vec(), 0);
        for one in each {
            let (one, looks) = one?;
            for (a, b) in merged.iter_mut().zip(&one) {
                a.merge(b);
            }
            sum += looks;
        }
        (sum <= max_looks).then_some((merged, sum))
    }

    fn cell(&self, window: (i64, i64), lag: (i64, i64), gaps: bool, best: &mut [Best], looks: &mut u64) {
        let n = self.tracks.len() as u32;
        let of = |v: u32| self.question.figure_of[v as usize] as usize;
        let open = |b: &Best| if gaps { !b.touched } else { b.hi_ms > lag.0 };
        // Nothing later than what is known for all who are still asked about is of interest.
        let latest = if gaps { lag.1 } else { best.iter().filter(|b| open(b)).map(|b| b.hi_ms).max().unwrap_or(0) };
        let lag = (lag.0, lag.1.min(latest.max(lag.0 + 1)));
        let after_s = lag.1 as f64 / 1000.0;
        if !gaps && self.free_s[self.seconds(window)].iter().all(|&free_s| free_s >= after_s) {
            return;
        }
        let apart_m = self.apart_m[self.seconds(window)].iter().copied().fold(f64::INFINITY, f64::min);
        *looks += 2 * HULL_LOOKS * u64::from(n);
        let lost: Vec<(u32, Hull)> = (0..n)
            .filter(|&v| open(&best[of(v)]))
            .map(|v| (v, self.hull(v, window)))
            .filter(|(_, hull)| hull.high.z >= self.flight_m)
            .collect();
        if lost.is_empty() {
            return;
        }
        let others: Vec<Hull> = (0..n).map(|v| self.hull(v, (window.0 + lag.0, window.1 + lag.1))).collect();
        let grid = Grid::new(&others);
        for (v, hull) in &lost {
            let [radius_m, below_m, above_m] = self.region(after_s, hull.xy_m_s, hull.up_m_s, hull.down_m_s);
            let own = Speeds { xy_m_s: hull.xy_m_s, up_m_s: hull.up_m_s, down_m_s: hull.down_m_s };
            let near_m = |b: &Best| if gaps { b.gap_m.min(self.radius_m) } else { self.touch_m };
            let more_m = near_m(&best[of(*v)]);
            let low = hull.low - DVec3::new(radius_m + more_m, radius_m + more_m, below_m + more_m);
            let high = hull.high + DVec3::new(radius_m + more_m, radius_m + more_m, above_m + more_m);
            grid.visit(low, high, |other| {
                *looks += 1;
                let there = &others[other as usize];
                let other_m_s = (there.xy_m_s.powi(2) + there.up_m_s.max(there.down_m_s).powi(2)).sqrt();
                if self.asked(*v, other)
                    && self.gap_m(hull, there, after_s) <= near_m(&best[of(*v)])
                    // The box of the other tells its speed since the loss only if it begins with the loss.
                    && (gaps || lag.0 > 0 || !self.holds(apart_m, after_s, &own, other_m_s))
                {
                    *looks += self.search((*v, other), window, lag, gaps, &mut best[of(*v)]);
                }
            });
        }
    }

    /// One pair on one stretch of loss and one of the time after it; how much work it was.
    fn search(&self, pair: (u32, u32), window: (i64, i64), lag: (i64, i64), gaps: bool, best: &mut Best) -> u64 {
        let mut open = vec![(window, lag)];
        let (mut nodes, mut looks) = (0, 0);
        while let Some((window, lag)) = open.pop() {
            if !gaps && lag.0 >= best.hi_ms {
                continue;
            }
            looks += 2 * HULL_LOOKS;
            let lost = self.hull(pair.0, window);
            if lost.high.z < self.flight_m {
                continue;
            }
            let other = self.hull(pair.1, (window.0 + lag.0, window.1 + lag.1));
            let low_m = self.gap_m(&lost, &other, lag.1 as f64 / 1000.0);
            if low_m > self.touch_m && !gaps {
                continue;
            }
            if gaps && low_m >= best.gap_m.min(self.radius_m) - TOLERANCE_M {
                best.gap_low_m = best.gap_low_m.min(low_m);
                continue;
            }
            let (t_ms, after_ms) = (0.5 * (window.0 + window.1) as f64, 0.5 * (lag.0 + lag.1) as f64);
            if let Some(gap_m) = self.measured_m(pair, t_ms, after_ms) {
                let case = Some(Case { pair, t_ms, after_ms, gap_m });
                if gaps && gap_m < best.gap_m {
                    (best.gap_m, best.case) = (gap_m, case);
                }
                if !gaps && gap_m <= self.touch_m && after_ms < best.hi_ms as f64 {
                    (best.touched, best.hi_ms, best.case) = (true, after_ms.ceil() as i64, case);
                }
            }
            nodes += 1;
            let (wide, long) = (window.1 - window.0, lag.1 - lag.0);
            if wide.max(long) <= STEP_MS || nodes >= MAX_NODES {
                // As near as is looked: it counts as touched, or as near, at the earliest.
                if gaps {
                    best.gap_low_m = best.gap_low_m.min(low_m);
                } else {
                    best.lo_ms = best.lo_ms.min(lag.0);
                }
                continue;
            }
            if wide >= long {
                let middle = window.0 + wide / 2;
                open.push(((middle, window.1), lag));
                open.push(((window.0, middle), lag));
            } else {
                // The earlier half is looked at first.
                let middle = lag.0 + long / 2;
                open.push((window, (middle, lag.1)));
                open.push((window, (lag.0, middle)));
            }
        }
        looks
    }

    /// For how long nobody is touched by whoever is lost in each second, as far as least distances and speeds tell.
    fn free(&self) -> Vec<f64> {
        let count = self.apart_m.len();
        let mut fastest = vec![Speeds { xy_m_s: 0.0, up_m_s: 0.0, down_m_s: 0.0 }; count];
        for piece in self.show.vehicles.iter().flat_map(|v| v.trajectory.segments()) {
            let (xy, up, down) = speeds(piece.control_m, piece.duration_s());
            let at = |t_ms: i64| ((t_ms.div_euclid(1000) - self.first_s).max(0) as usize).min(count.saturating_sub(1));
            for s in &mut fastest[at(piece.start_ms)..=at(piece.end_ms - 1)] {
                *s = Speeds { xy_m_s: s.xy_m_s.max(xy), up_m_s: s.up_m_s.max(up), down_m_s: s.down_m_s.max(down) };
            }
        }
        let length = |s: &Speeds| (s.xy_m_s * s.xy_m_s + s.up_m_s.max(s.down_m_s).powi(2)).sqrt();
        let horizon_s = self.horizon_ms as f64 / 1000.0;
        let ahead = horizon_s.ceil() as usize + 2;
        let of = |(second, s): (usize, &Speeds)| {
            let others = &fastest[second..(second + ahead).min(count)];
            let other_m_s = others.iter().map(length).fold(0.0, f64::max);
            let holds = |after_s: f64| self.holds(self.apart_m[second], after_s, s, other_m_s);
            let (mut good, mut bad) = (0.0, horizon_s);
            if holds(bad) {
                return bad;
            }
            for _ in 0..30 {
                let middle = 0.5 * (good + bad);
                if holds(middle) { good = middle } else { bad = middle }
            }
            good
        };
        fastest.iter().enumerate().map(of).collect()
    }

    /// Is nobody touched yet, if all were this far apart and whoever is lost, and the others, are no faster than this?
    fn holds(&self, apart_m: f64, after_s: f64, lost: &Speeds, other_m_s: f64) -> bool {
        let [radius_m, below_m, above_m] = self.region(after_s, lost.xy_m_s, lost.up_m_s, lost.down_m_s);
        let grown_m = (radius_m * radius_m + below_m.max(above_m).powi(2)).sqrt();
        (apart_m - other_m_s * after_s - grown_m) * (1.0 - 1e-12) > self.touch_m
    }

    /// The seconds that a stretch of the time of loss touches.
    fn seconds(&self, window: (i64, i64)) -> std::ops::RangeInclusive<usize> {
        let last = self.apart_m.len().saturating_sub(1);
        let at = |t_ms: i64| ((t_ms.div_euclid(1000) - self.first_s).max(0) as usize).min(last);
        at(window.0)..=at(window.1 - 1)
    }
}

/// Boxes by the cell of their centre, sorted, so that a range of cells is a few stretches of the list.
struct Grid {
    low: DVec3,
    cell_m: f64,
    /// Half of the largest extent of a box.
    half_m: f64,
    counts: [u64; 3],
    cells: Vec<(u64, u32)>,
}

impl Grid {
    fn new(boxes: &[Hull]) -> Self {
        let half_m = boxes.iter().fold(0.0f64, |m, b| m.max(0.5 * (b.high - b.low).max_element()));
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let (low, high) = boxes.iter().fold(start, |(l, h), b| (l.min(b.low), h.max(b.high)));
        let size = (high - low).max(DVec3::ZERO);
        // Few enough cells along an axis that a range of them is soon walked through.
        let cell_m = (2.0 * half_m).max(2.0).max(size.max_element() / 500.0);
        let counts = size.to_array().map(|s| (s / cell_m) as u64 + 1);
        let mut grid = Self { low, cell_m, half_m, counts, cells: Vec::new() };
        grid.cells = boxes.iter().zip(0..).map(|(b, k)| (grid.key(grid.place(0.5 * (b.low + b.high))), k)).collect();
        grid.cells.sort_unstable();
        grid
    }

    fn place(&self, p: DVec3) -> [u64; 3] {
        let at = ((p - self.low) / self.cell_m).max(DVec3::ZERO).to_array();
        [0, 1, 2].map(|k| (at[k] as u64).min(self.counts[k] - 1))
    }

    fn key(&self, [x, y, z]: [u64; 3]) -> u64 {
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    /// Visits every box that can touch the one between these corners.
    fn visit(&self, low: DVec3, high: DVec3, mut visit: impl FnMut(u32)) {
        let margin = DVec3::splat(self.half_m * (1.0 + 1e-9) + 1e-9);
        let (from, to) = (self.place(low - margin), self.place(high + margin));
        for z in from[2]..=to[2] {
            for y in from[1]..=to[1] {
                let (first, last) = (self.key([from[0], y, z]), self.key([to[0], y, z]));
                let start = self.cells.partition_point(|&(key, _)| key < first);
                self.cells[start..].iter().take_while(|&&(key, _)| key <= last).for_each(|&(_, k)| visit(k));
            }
        }
    }
}

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
//! nobody is, the least gap. A stretch of t₀ and one of τ bound the gap of a pair from below in two ways, and both count:
//!
//! - by boxes that hold p_i on the one stretch and p_j on that of t₀+τ;
//! - by velocities. With m and λ instants of the two stretches, `p_j(t₀+τ) − p_i(t₀)` is `p_j(m+λ) − p_i(m)`, and
//!   `t₀−m` times a mean of `v_j − v_i`, and `τ−λ` times a mean of `v_j`. Vehicles that fly alike hardly change
//!   their distance, however fast they are; that is what makes dense fleets tractable.
//!
//! The search is a halving of stretches, first for the whole fleet, then for what is left of it, then for single pairs:
//!
//! 1. A bound that costs next to nothing (`floor.rs`): whoever is lost in a second in which no two are nearer than D touches
//!    nobody who is never faster than V before the time at which `D − V·τ − growth of the region` falls to the diameter.
//! 2. The fleet on a stretch (`sweep.rs`): a grid brings together whose boxes are near; who is near nobody drops out, and
//!    the rest is looked at on halves, down to [`CELL_MS`]. What stands still is done with in one look.
//! 3. A pair (`pair.rs`): halving goes on to [`STEP_MS`]; positions in the middle of stretches are cases that are attained.
//!
//! Only what could touch earlier than the earliest case known by more than a small part of it ([`Best::limit_ms`]) is looked at.
//! The chunks of the show for which bound 1 promises least come first, so that a good case is known early. Work is counted;
//! where it runs out, bound 1 and the stretch of τ that was reached stand.

mod best;
mod fleet;
mod floor;
mod grid;
mod pair;
mod sweep;

use kapok_show::Show;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::VehicleRef;
use crate::separation::Meeting;
use crate::settings::ProofSettings;
use best::Best;
use fleet::{Ask, Fleet};
use sweep::Sweep;

/// Stretches of the time of loss and of the time after it that are looked at for the whole fleet, milliseconds.
const CELL_MS: i64 = 500;
/// Stretches are halved down to this for a pair, milliseconds.
const STEP_MS: i64 = 4;
/// Cells of the time of loss in one go, and fewer where the fleet is so large that they would hold more hulls than this.
const CHUNK_CELLS: i64 = 32;
const CHUNK_HULLS: i64 = 1 << 17;
/// Chunks in the first batch; each batch is four times as long as the one before.
const FIRST_BATCH: usize = 4;
/// What the box of a vehicle costs, in comparisons.
const HULL_LOOKS: u64 = 8;
/// Pairs of stretches that one search may look at.
const MAX_NODES: u32 = 4000;
/// Seconds whose closest pairs are looked at first.
const SEEDS: usize = 48;
/// How closely gaps are enclosed, metres.
const TOLERANCE_M: f64 = 0.25;
/// Falls longer than this are not looked at, milliseconds.
const LONGEST_FALL_MS: i64 = 30_000;

/// How a vehicle leaves its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Is the worst case one of touching?
    #[serde(default)]
    pub touches: bool,
    /// Did the search end early because there is too much to look at? The bounds above hold, but are wider.
    pub cut_short: bool,
}

/// A loss and whom it reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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

/// Answers each question: one figure each. Empty if the profile makes no sense or no work is allowed.
pub(crate) fn losses(
    show: &Show,
    questions: &[Question],
    known: &Known,
    settings: &ProofSettings,
) -> Vec<Vec<LossFigure>> {
    let fleet = if settings.loss_looks == 0 { None } else { Fleet::new(show, known, settings) };
    let Some(fleet) = fleet else { return vec![Vec::new(); questions.len()] };
    let asks: Vec<Ask> = questions.iter().map(|q| Ask::new(&fleet, q, settings)).collect();
    let mut best: Vec<Vec<Best>> = asks.iter().map(|ask| ask.seeds(known.closest_per_second)).collect();
    for gaps in [false, true] {
        // Who is touched has nothing left; for the others the gap is sought.
        everybody(&fleet, &asks, &mut best, gaps, settings.loss_looks);
    }
    asks.iter().zip(&best).map(|(ask, best)| best.iter().map(|b| b.figure(ask)).collect()).collect()
}

/// Everybody against everybody at all times, chunk by chunk, those chunks first that may hold the worst.
fn everybody(fleet: &Fleet, asks: &[Ask], best: &mut [Vec<Best>], gaps: bool, max_looks: u64) {
    let cells = (fleet.end_ms - fleet.start_ms).max(0) / CELL_MS + 1;
    let size = (CHUNK_HULLS / (fleet.tracks.len() as i64).max(1)).clamp(1, CHUNK_CELLS);
    let mut chunks: Vec<(i64, i64)> =
        (0..cells).step_by(size as usize).map(|from| (from, (from + size).min(cells))).collect();
    let promise = |&(from, to): &(i64, i64)| {
        let window_ms = (fleet.start_ms + from * CELL_MS, fleet.start_ms + to * CELL_MS);
        asks.iter().map(|ask| ask.free_s(window_ms)).fold(f64::INFINITY, f64::min)
    };
    chunks.sort_by(|a, b| promise(a).total_cmp(&promise(b)).then(a.cmp(b)));
    let mut left = vec![max_looks; asks.len()];
    let (mut rest, mut batch) = (chunks.as_slice(), FIRST_BATCH);
    while !rest.is_empty() {
        let (some, later) = rest.split_at(batch.min(rest.len()));
        // Work piles up where it is dense: what comes first may use half of all.
        let share = |looks: u64| looks / if later.is_empty() { 1 } else { 2 } / some.len() as u64;
        let known = &*best;
        let each: Vec<Vec<(Vec<Best>, u64)>> = some
            .par_iter()
            .map(|&window| {
                let mut sweep = Sweep::new(fleet);
                let of = |(k, ask): (usize, &Ask)| {
                    let mut local = known[k].clone();
                    let used = sweep.chunk(ask, window, gaps, &mut local, share(left[k]));
                    (local, used)
                };
                asks.iter().enumerate().map(of).collect()
            })
            .collect();
        for answers in each {
            for (k, (found, used)) in answers.into_iter().enumerate() {
                best[k].iter_mut().zip(&found).for_each(|(b, f)| b.merge(f));
                left[k] = left[k].saturating_sub(used);
            }
        }
        (rest, batch) = (later, 4 * batch);
    }
}

//! Loss-of-vehicle analysis: earliest possible contact and least separation after one vehicle or one sector fails and all
//! others fly on.
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
//! For the fall: [`kapok_proof::Fall`] has `|u(t)| ≤ |u₀| + (1−E)·W` with `1−E ≤ ∫κ·|v−w|`, and the speed against the air is at most V.
//! Another vehicle j is where its plan says. The gap is the distance from p_j(t₀+τ) to the region; both are touched when it
//! is no more than the diameter of a vehicle.
//!
//! Sought is, over all t₀ at which i flies and all τ up to a horizon, the least τ at which a vehicle is touched, and if
//! none is, the least gap. A stretch of t₀ and one of τ bound the gap of a pair from below in two ways, and both count:
//!
//! - by boxes that hold p_i on the one stretch and p_j on that of t₀+τ;
//! - by velocities. With m and λ instants of the two stretches, `p_j(t₀+τ) − p_i(t₀)` is `p_j(m+λ) − p_i(m)`, and
//!   `t₀−m` times a mean of `v_j − v_i`, and `τ−λ` times a mean of `v_j`. Vehicles that fly alike hardly change
//!   their distance, however fast they are; that is what makes dense fleets tractable.
//!
//! The search is a halving of stretches, first for the whole fleet, then for what is left of it, then for single pairs:
//!
//! 1. A bound that costs next to nothing (`search.rs`): a vehicle that is lost in a second in which no two are nearer than D
//!    touches none that is never faster than V before the time at which `D − V·τ − growth of the region` falls to the diameter.
//! 2. The fleet on a stretch (`sweep.rs`): a grid brings together vehicles whose boxes are near; one that is near no other drops
//!    out, and the rest is looked at on halves, down to [`CELL_MS`]. What stands still is done with in one look.
//! 3. A pair (`pair.rs`): halving goes on to 4 ms; positions in the middle of stretches are cases that are attained.
//!
//! Only what could touch earlier than the earliest case known by more than a small part of it ([`EarliestContact::limit_ms`]) is
//! looked at. The chunks of the show for which bound 1 promises least come first, so that a good case is known early. Work is counted;
//! where it runs out, bound 1 and the stretch of τ that was reached stand.

mod contact;
mod figures;
mod fleet;
mod grid;
mod pair;
mod search;
mod sweep;

use kapok_proof::{Distances, ProofSettings};
use kapok_show::Show;
use rayon::prelude::*;

use crate::settings::RiskSettings;
use contact::EarliestContact;
use fleet::LossFleet;
use search::LossSearch;
use sweep::{CELL_MS, FleetSweep};

pub use figures::{LossFigure, LossMode, LossScenario, LossWitness};

/// Cells of the time of loss in one go, and fewer where the fleet is so large that they would hold more boxes than this.
const CHUNK_CELLS: i64 = 32;
const CHUNK_BOXES: i64 = 1 << 17;
/// Chunks in the first batch; each batch is four times as long as the one before.
const FIRST_BATCH: usize = 4;

/// Answers each scenario: one figure each. Empty if the profile makes no sense or no work is allowed.
pub fn losses(
    show: &Show,
    scenarios: &[LossScenario],
    distances: &Distances,
    (proof, risk): (&ProofSettings, &RiskSettings),
) -> Vec<Vec<LossFigure>> {
    let fleet = if risk.loss_budget == 0 { None } else { LossFleet::new(show, distances, proof) };
    let Some(fleet) = fleet else { return vec![Vec::new(); scenarios.len()] };
    let searches: Vec<LossSearch> = scenarios.iter().map(|s| LossSearch::new(&fleet, s, risk)).collect();
    let closest = distances.closest_of_both();
    let mut best: Vec<Vec<EarliestContact>> = searches.iter().map(|search| search.seeds(&closest)).collect();
    for gaps in [false, true] {
        // A vehicle that is touched has nothing left; for the others the gap is sought.
        search_all_pairs(&fleet, &searches, &mut best, gaps, risk.loss_budget);
    }
    searches.iter().zip(&best).map(|(search, best)| best.iter().map(|b| b.figure(search)).collect()).collect()
}

/// Searches all vehicle pairs over the whole show, most critical chunks first.
fn search_all_pairs(
    fleet: &LossFleet,
    searches: &[LossSearch],
    best: &mut [Vec<EarliestContact>],
    gaps: bool,
    max_looks: u64,
) {
    let cells = (fleet.end_ms - fleet.start_ms).max(0) / CELL_MS + 1;
    let size = (CHUNK_BOXES / (fleet.show.vehicles.len() as i64).max(1)).clamp(1, CHUNK_CELLS);
    let mut chunks: Vec<(i64, i64)> =
        (0..cells).step_by(size as usize).map(|from| (from, (from + size).min(cells))).collect();
    let promise = |&(from, to): &(i64, i64)| {
        let window_ms = (fleet.start_ms + from * CELL_MS, fleet.start_ms + to * CELL_MS);
        searches.iter().map(|search| search.free_s(window_ms)).fold(f64::INFINITY, f64::min)
    };
    chunks.sort_by(|a, b| promise(a).total_cmp(&promise(b)).then(a.cmp(b)));
    let mut left = vec![max_looks; searches.len()];
    let (mut rest, mut batch) = (chunks.as_slice(), FIRST_BATCH);
    while !rest.is_empty() {
        let (some, later) = rest.split_at(batch.min(rest.len()));
        // Work piles up where it is dense: what comes first may use half of all.
        let share = |looks: u64| looks / if later.is_empty() { 1 } else { 2 } / some.len() as u64;
        let known = &*best;
        let each: Vec<Vec<(Vec<EarliestContact>, u64)>> = some
            .par_iter()
            .map(|&window| {
                let mut sweep = FleetSweep::new(fleet);
                let of = |(k, search): (usize, &LossSearch)| {
                    let mut local = known[k].clone();
                    let used = sweep.search_chunk(search, window, gaps, &mut local, share(left[k]));
                    (local, used)
                };
                searches.iter().enumerate().map(of).collect()
            })
            .collect();
        for results in each {
            for (k, (found, used)) in results.into_iter().enumerate() {
                best[k].iter_mut().zip(&found).for_each(|(b, f)| b.merge(f));
                left[k] = left[k].saturating_sub(used);
            }
        }
        (rest, batch) = (later, 4 * batch);
    }
}

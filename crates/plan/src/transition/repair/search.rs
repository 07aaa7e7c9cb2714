use std::collections::BTreeMap;

use kapok_show::DVec3;

use super::slow_down::slow_down;
use super::state::{CLEAR_M, Repair, Start};
use crate::transition::axis::Axis;
use crate::transition::candidate::{Candidate, Problem};

/// Times the law is slowed down for the detours.
const SLOWER: usize = 8;
/// Passes that relax the time-critical vehicles.
const MAX_PASSES: usize = 12;
/// Such passes in a row without progress before it is given up.
const MAX_STALLED_PASSES: usize = 2;

/// With more vehicles the first start that leads anywhere is enough.
const SMALL: usize = 3000;
/// Detours that cost no more than this are good enough.
const GOOD_ENOUGH: f64 = 1.1;

/// The candidate with detours that keep all apart and clear of obstacles, the fastest found; nothing if none are found.
pub fn repaired(problem: &Problem<'_>, candidate: &Candidate) -> Option<Candidate> {
    if !problem.airspace.may_evade {
        return None;
    }
    let mut best: Option<Candidate> = None;
    let (without, with): (&[Start], &[Start]) =
        (&[Start::Sheet, Start::Layers, Start::Straight], &[Start::Layers, Start::Over, Start::Left, Start::Right]);
    let is_sheet = Axis::thinnest(&candidate.movement, problem.metric()).is_sheet(problem, candidate);
    let starts = if candidate.blocked.is_empty() { without } else { with };
    for &start in starts.iter().filter(|&&start| is_sheet || start != Start::Sheet) {
        let found = Repair::new(problem, candidate)?.run(candidate, start);
        if let Some(found) = found.filter(|f| best.as_ref().is_none_or(|b| f.duration_ms() < b.duration_ms())) {
            best = Some(found);
        }
        let law_ms = candidate.duration_ms() as f64;
        let is_large = problem.from.len() > SMALL;
        if best.as_ref().is_some_and(|b| is_large || b.duration_ms() as f64 <= law_ms * GOOD_ENOUGH) {
            break;
        }
    }
    best
}

impl Repair<'_, '_> {
    /// The fastest safe candidate found; nothing if pushing does not end.
    fn run(mut self, candidate: &Candidate, start: Start) -> Option<Candidate> {
        self.start = start;
        self.is_bound = start == Start::Sheet;
        if start != Start::Straight {
            self.layer(candidate);
        }
        let mut best: Option<(f64, BTreeMap<u32, Vec<DVec3>>, bool)> = None;
        let mut stalled = 0;
        for _ in 0..MAX_PASSES {
            if !self.relax() {
                break;
            }
            let slower: Vec<(u32, f64)> = self.slower();
            let most = slower.iter().map(|s| s.1).fold(1.0, f64::max);
            if best.as_ref().is_none_or(|b| most < b.0) {
                best = Some((most, self.ways.detours.of.clone(), self.is_bound));
                stalled = 0;
            } else {
                stalled += 1;
            }
            if most <= 1.002 || stalled == MAX_STALLED_PASSES {
                break;
            }
            self.ease(&slower, most);
            // All are apart along the axis; where vehicles are relaxed, pushes sideways may replace it.
            if self.is_bound {
                self.is_bound = false;
                self.near.pairs.clear();
            }
        }
        let (_, of, is_bound) = best?;
        self.ways.detours.of = of;
        self.is_bound = is_bound;
        self.near.pairs.clear();
        self.redraw();
        self.finish(candidate)
    }

    /// Relaxes the time-critical vehicles: they take less of the detours.
    fn ease(&mut self, slower: &[(u32, f64)], most: f64) {
        let limit = 1.0 + 0.4 * (most - 1.0);
        for &(vehicle, factor) in slower.iter().filter(|s| s.1 > limit) {
            let i = vehicle as usize;
            let excess = (factor - limit) / (most - limit);
            self.mobility[i] = (self.mobility[i] * (1.0 - 0.8 * excess)).max(1e-4);
            if let Some(offsets) = self.ways.detours.of.get_mut(&vehicle) {
                for w in offsets.iter_mut() {
                    *w *= 1.0 - 0.5 * excess;
                }
                self.curves.bend(i, Some(offsets));
            }
        }
    }

    /// By what factor each vehicle with a detour would have to be slower than the law.
    fn slower(&self) -> Vec<(u32, f64)> {
        let limits = &self.problem.settings.limits;
        self.ways
            .detours
            .of
            .keys()
            .map(|&vehicle| {
                let i = vehicle as usize;
                let basis = &self.curves.basis;
                let scale = self.problem.settings.downwash_scale;
                let pieces = (0..basis.pieces()).map(|piece| {
                    let c = self.curves.swarm.piece(i, piece).map(|p| DVec3::new(p.x, p.y, p.z * scale));
                    (basis.knots_ms[piece + 1] - basis.knots_ms[piece], c)
                });
                (vehicle, slow_down(pieces, limits, self.problem.settings.limit_margin))
            })
            .collect()
    }

    /// Moves conflicting vehicles apart across the thin direction of the swarm.
    fn layer(&mut self, candidate: &Candidate) {
        let target_m = self.problem.needed_m() + CLEAR_M;
        let conflicts = &candidate.approaches.conflicts;
        let mut height_m: BTreeMap<usize, f64> = BTreeMap::new();
        for _ in 0..30 {
            for c in conflicts {
                let apart_m = (target_m * target_m - c.distance_m * c.distance_m).max(0.0).sqrt() / self.axis.counts;
                let (a, b) = c.pair;
                let now_m = height_m.get(&a).unwrap_or(&0.0) - height_m.get(&b).unwrap_or(&0.0);
                if now_m.abs() >= apart_m {
                    continue;
                }
                let sign = if now_m < 0.0 { -1.0 } else { 1.0 };
                let lacks_m = sign * apart_m - now_m;
                let share = self.mobility[a] / (self.mobility[a] + self.mobility[b]);
                *height_m.entry(a).or_default() += lacks_m * share;
                *height_m.entry(b).or_default() -= lacks_m * (1.0 - share);
            }
        }
        let moments: BTreeMap<usize, f64> =
            conflicts.iter().rev().flat_map(|c| [(c.pair.0, c.share), (c.pair.1, c.share)]).collect();
        for (vehicle, height_m) in height_m {
            let share = moments.get(&vehicle).copied().unwrap_or(0.5);
            let (piece, u) = self.moment(share);
            self.push(vehicle, piece, u, self.axis.unit * height_m);
        }
    }

    /// Piece and parameter at which β has a value.
    fn moment(&self, share: f64) -> (usize, f64) {
        let t_ms = self.ways.law.when_ms(share);
        let knots = &self.curves.basis.knots_ms;
        let piece = knots[1..].partition_point(|&k| (k as f64) < t_ms).min(knots.len() - 2);
        let u = (t_ms - knots[piece] as f64) / (knots[piece + 1] - knots[piece]) as f64;
        (piece, u.clamp(0.0, 1.0))
    }

    /// Slows the law down until the written pieces keep the limits, and checks everything on them.
    fn finish(mut self, candidate: &Candidate) -> Option<Candidate> {
        let settings = self.problem.settings;
        self.ways.detours.of.retain(|_, w| w.iter().any(|w| w.length_squared() > 1e-12));
        let mut slower = self.slower().iter().map(|s| s.1).fold(1.0, f64::max);
        for _ in 0..SLOWER {
            if slower > 1.0 {
                let now_ms = self.ways.law.duration_ms();
                // Whole milliseconds of each phase may take up to nine less.
                self.ways.slow_to((now_ms as f64 * slower).ceil() as i64 + 9);
                self.redraw();
            }
            if !self.relax() {
                return None;
            }
            let pieces = self.ways.law.pieces();
            slower = self
                .ways
                .detours
                .of
                .keys()
                .map(|&vehicle| {
                    let mut start_m = self.ways.from[vehicle as usize];
                    let written =
                        self.ways.written(vehicle as usize, &pieces, &self.problem.grid).into_iter().map(|p| {
                            let c = p.cubic_m(start_m);
                            start_m = p.end_m();
                            (p.duration_ms, c)
                        });
                    slow_down(written, &settings.limits, settings.limit_margin)
                })
                .fold(1.0, f64::max);
            if slower > 1.0 {
                continue;
            }
            let mut found = Candidate { movement: self.ways.clone(), ..candidate.clone() };
            self.problem.recheck(&mut found);
            if found.is_safe() {
                return Some(found);
            }
            // The list of neighbours has missed a pair.
            self.near.pairs.clear();
        }
        None
    }
}

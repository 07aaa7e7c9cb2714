use std::collections::{BTreeMap, BTreeSet};

use kapok_show::DVec3;
use rayon::prelude::*;

use super::axis::Axis;
use super::bumps::{Bumps, SHORTEST_PART_MS};
use super::candidate::{Candidate, Problem};
use super::clearance;
use super::curves::{Curves, Nearest};
use super::ways::{Detours, Ways};
use crate::environment::Obstacle;
use kapok_motion::bezier::{CubicDerivatives, cubic_at};
use kapok_motion::timing::{MotionLimits, TimeLaw};

/// Pushed pairs end up so much farther apart than asked, metres.
const CLEAR_M: f64 = 2e-4;
/// Pushed vehicles end up so much farther from obstacles than rounding asks, metres.
const SHY_M: f64 = 1e-2;
/// Rounds of pushing in all.
const ROUNDS: usize = 400;
/// Rounds without progress before it is given up.
const PATIENCE: usize = 40;
/// With more vehicles outside their skins the whole list of neighbours is made anew.
const MANY: usize = 200;
/// Times the law is slowed down for the detours.
const SLOWER: usize = 8;
/// Attempts to take load off the vehicles that decide the time, and how many in a row may be in vain.
const EASINGS: usize = 12;
const IN_VAIN: usize = 2;

/// With more vehicles the first start that leads anywhere is enough.
const SMALL: usize = 3000;
/// Detours that cost no more than this are good enough.
const GOOD_ENOUGH: f64 = 1.1;

/// How the search for detours begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// From the straight lines.
    Straight,
    /// Conflicting vehicles evade each other across the thin direction of the swarm first.
    Layers,
    /// As that, and pairs are pushed apart in that direction alone: for sheets, whose vehicles have no room beside them.
    Sheet,
    /// As that, and everybody passes over what is in the way, if there is room.
    Over,
    /// As that, but to the left of it, seen in the direction of flight.
    Left,
    /// As that, but to the right of it.
    Right,
}

/// The candidate with detours that keep all apart and clear of obstacles, the fastest found; nothing if none are found.
pub(super) fn repaired(problem: &Problem<'_>, candidate: &Candidate) -> Option<Candidate> {
    if !problem.room.may_evade {
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

/// Detours that keep all vehicles of a candidate apart and clear of obstacles, found by pushing where they are too close.
///
/// A pair that is q apart at its closest moment t lacks a distance m; both vehicles are pushed apart along q there, each by
/// the smoothest bump that reaches its share of m at t. Shares go by mobility: whoever has time to spare takes more. Pushing
/// goes on round by round, in the order of the pairs, until no pair lacks anything (a projected Gauss–Seidel method; each
/// push is the projection on one linearised constraint).
struct Repair<'p, 'a> {
    problem: &'p Problem<'a>,
    ways: Ways,
    curves: Curves,
    mobility: Vec<f64>,
    near: Neighbours,
    obstacles: Vec<Obstacle<'a>>,
    /// Whose straight way is blocked.
    blocked: BTreeSet<u32>,
    /// On which side each vehicle passes each obstacle that it has met.
    sides: BTreeMap<(u32, usize), DVec3>,
    start: Start,
    /// The thin direction of the swarm.
    axis: Axis,
    /// Are pairs pushed apart along it alone?
    is_bound: bool,
}

/// Pairs that may come too close, valid while nobody's detour has changed by more than half the skin.
struct Neighbours {
    pairs: Vec<(u32, u32)>,
    skin_m: f64,
    /// Detours when the list was made.
    then: BTreeMap<u32, Vec<DVec3>>,
}

impl<'p, 'a> Repair<'p, 'a> {
    /// Nothing if the limits drown in rounding or the motion is too short for detours.
    fn new(problem: &'p Problem<'a>, candidate: &Candidate) -> Option<Self> {
        let straight = &candidate.movement;
        let mut law = straight.law;
        if law.duration_ms() == 0 {
            return None;
        }
        if law.cruise_ms > 0 && law.cruise_ms < SHORTEST_PART_MS {
            law = TimeLaw { cruise_ms: SHORTEST_PART_MS, ..law };
        }
        let detours = Detours { bumps: Some(Bumps::new(&law)), of: BTreeMap::new() };
        let ways = Ways { from: straight.from.clone(), to: straight.to.clone(), law, detours };
        let trips: Vec<f64> =
            ways.from.iter().zip(&ways.to).map(|(a, b)| problem.settings.limits.straight_s(*b - *a)).collect();
        let longest = trips.iter().copied().fold(0.0, f64::max);
        let mobility = trips.iter().map(|t| (1.0 - t / longest).max(0.02)).collect();
        let curves = problem.curves(&ways);
        let near = Neighbours { pairs: Vec::new(), skin_m: problem.settings.min_separation_m, then: BTreeMap::new() };
        let obstacles = problem.room.obstacles();
        let blocked = candidate.blocked.iter().copied().collect();
        let (sides, start) = (BTreeMap::new(), Start::Straight);
        let axis = Axis::thinnest(&ways, problem.metric());
        Some(Self { problem, ways, curves, mobility, near, obstacles, blocked, sides, start, axis, is_bound: false })
    }

    /// The fastest safe candidate found; nothing if pushing does not end.
    fn run(mut self, candidate: &Candidate, start: Start) -> Option<Candidate> {
        self.start = start;
        self.is_bound = start == Start::Sheet;
        if start != Start::Straight {
            self.layer(candidate);
        }
        let mut best: Option<(f64, BTreeMap<u32, Vec<DVec3>>, bool)> = None;
        let mut in_vain = 0;
        for _ in 0..EASINGS {
            if !self.relax() {
                break;
            }
            let slower: Vec<(u32, f64)> = self.slower();
            let most = slower.iter().map(|s| s.1).fold(1.0, f64::max);
            if best.as_ref().is_none_or(|b| most < b.0) {
                best = Some((most, self.ways.detours.of.clone(), self.is_bound));
                in_vain = 0;
            } else {
                in_vain += 1;
            }
            if most <= 1.002 || in_vain == IN_VAIN {
                break;
            }
            self.ease(&slower, most);
            // Everybody is apart along the axis; where load is taken off, pushes sideways may replace it.
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

    /// Lets those who decide the time take less of the detours.
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
                let bumps = &self.curves.bumps;
                let scale = self.problem.settings.downwash_scale;
                let pieces = (0..bumps.pieces()).map(|piece| {
                    let c = self.curves.piece(i, piece).map(|p| DVec3::new(p.x, p.y, p.z * scale));
                    (bumps.knots_ms[piece + 1] - bumps.knots_ms[piece], c)
                });
                (vehicle, slow_down(pieces, limits, self.problem.settings.limit_margin))
            })
            .collect()
    }

    fn redraw(&mut self) {
        self.curves = self.problem.curves(&self.ways);
    }

    /// Pushes until nobody is too close; false if that does not end.
    fn relax(&mut self) -> bool {
        let target_m = self.problem.needed_m() + CLEAR_M;
        let below_m = self.problem.needed_m();
        let mut changed = vec![true; self.ways.from.len()];
        let (mut least, mut since) = (f64::INFINITY, 0);
        let mut fresh = self.near.pairs.is_empty();
        for _ in 0..ROUNDS {
            self.look_around(target_m, fresh, &mut changed);
            fresh = false;
            let curves = &self.curves;
            let close: Vec<(u32, u32)> = self
                .near
                .pairs
                .par_iter()
                .copied()
                .filter(|&(i, j)| changed[i as usize] || changed[j as usize])
                .filter(|&(i, j)| curves.nearest((i as usize, j as usize), below_m).is_some())
                .collect();
            let bent = self.ways.detours.of.keys().copied();
            let watched: BTreeSet<u32> =
                bent.chain(self.blocked.iter().copied()).filter(|&v| changed[v as usize]).collect();
            changed.fill(false);
            let mut lacking = 0.0;
            if !self.obstacles.is_empty() {
                for vehicle in watched {
                    let lacks = self.evade(vehicle);
                    changed[vehicle as usize] |= lacks > 0.0;
                    lacking += lacks;
                }
            }
            if close.is_empty() && lacking == 0.0 {
                return true;
            }
            for (i, j) in close {
                let pair = (i as usize, j as usize);
                if let Some(nearest) = self.curves.nearest(pair, target_m) {
                    lacking += target_m - nearest.distance_m;
                    self.part(pair, nearest, target_m);
                }
                (changed[pair.0], changed[pair.1]) = (true, true);
            }
            if lacking < 0.98 * least {
                (least, since) = (lacking, 0);
            } else {
                since += 1;
                if since > PATIENCE {
                    return false;
                }
            }
        }
        false
    }

    /// Brings the list of neighbours up to date; those with new neighbours count as changed.
    fn look_around(&mut self, target_m: f64, all: bool, changed: &mut [bool]) {
        if self.is_bound {
            // Pushes along one direction change no distance across it: who keeps apart across it is never too close.
            if all {
                self.near.pairs = self.curves.without(self.axis.near()).pairs_near(target_m);
                changed.fill(true);
            }
            return;
        }
        let outgrown = if all { Vec::new() } else { self.outgrown() };
        let radius_m = target_m + self.near.skin_m;
        if all || outgrown.len() > MANY {
            self.near.pairs = self.curves.pairs_near(radius_m);
            self.near.then = self.ways.detours.of.clone();
            changed.fill(true);
        } else if !outgrown.is_empty() {
            self.near.pairs.extend(self.curves.pairs_of(&outgrown, radius_m));
            self.near.pairs.sort_unstable();
            self.near.pairs.dedup();
            for vehicle in outgrown {
                changed[vehicle as usize] = true;
                if let Some(now) = self.ways.detours.of.get(&vehicle) {
                    self.near.then.insert(vehicle, now.clone());
                }
            }
        }
    }

    /// Whose detours have changed too much for the list of neighbours?
    fn outgrown(&self) -> Vec<u32> {
        let most_m = 0.5 * self.near.skin_m;
        let moved = |now: &[DVec3], then: Option<&Vec<DVec3>>| {
            // The bumps are not negative and nowhere add up to more than 1.
            let then = |k: usize| then.map_or(DVec3::ZERO, |then| then[k]);
            now.iter().enumerate().any(|(k, w)| w.distance_squared(then(k)) > most_m * most_m)
        };
        let now = self.ways.detours.of.iter();
        now.filter(|(vehicle, w)| moved(w, self.near.then.get(vehicle))).map(|(&vehicle, _)| vehicle).collect()
    }

    /// Pushes a pair apart to the target distance at its closest moment.
    fn part(&mut self, pair: (usize, usize), nearest: Nearest, target_m: f64) {
        let c = self.curves.between(pair, nearest.piece);
        let q = cubic_at(&c, nearest.u);
        let (a, b) = (self.mobility[pair.0], self.mobility[pair.1]);
        if self.is_bound {
            let push = self.axis.apart(q, target_m);
            self.push(pair.0, nearest.piece, nearest.u, push * (a / (a + b)));
            self.push(pair.1, nearest.piece, nearest.u, push * (-b / (a + b)));
            return;
        }
        let scale = self.problem.settings.downwash_scale;
        let mut direction = q.normalize_or_zero();
        if nearest.distance_m < 1e-3 * target_m {
            // They meet: everybody evades to the right.
            let towards = c[3] - c[0];
            direction = DVec3::new(-towards.y, towards.x, 0.0).normalize_or(DVec3::X);
        }
        // Gradient of the distance in metres of each axis.
        let gradient = DVec3::new(direction.x, direction.y, direction.z / scale);
        let push = gradient * ((target_m - nearest.distance_m) / gradient.length_squared());
        self.push(pair.0, nearest.piece, nearest.u, push * (a / (a + b)));
        self.push(pair.1, nearest.piece, nearest.u, push * (-b / (a + b)));
    }

    /// Moves a vehicle by so much, metres, at a moment, as smoothly as possible; no lower than the floor, no higher than the
    /// ceiling.
    fn push(&mut self, vehicle: usize, piece: usize, u: f64, by_m: DVec3) {
        let Some(way) = self.curves.bumps.towards(piece, u) else { return };
        let offsets = self.ways.detours.of.entry(vehicle as u32).or_insert_with(|| vec![DVec3::ZERO; way.len()]);
        for (offset, share) in offsets.iter_mut().zip(&way) {
            *offset += by_m * *share;
        }
        let room = &self.problem.room;
        if room.floor_m.is_finite() || room.ceiling_m.is_finite() {
            let (from_m, to_m) = (self.ways.from[vehicle].z, self.ways.to[vehicle].z);
            for (bump, offset) in offsets.iter_mut().enumerate() {
                // Where a bump is not zero the straight way lies between these; bumps are not negative and nowhere add up
                // to more than 1.
                let ends = [self.curves.bumps.law[bump][0], self.curves.bumps.law[bump + 3][3]];
                let [a, b] = ends.map(|share| from_m + (to_m - from_m) * share);
                offset.z = offset.z.max((room.floor_m - a.min(b)).min(0.0)).min((room.ceiling_m - a.max(b)).max(0.0));
            }
        }
        self.curves.bend(vehicle, Some(offsets));
    }

    /// Pushes a vehicle out of every obstacle at its worst moment there; returns what it lacked, metres, infinite if no way leads out.
    fn evade(&mut self, vehicle: u32) -> f64 {
        let margin_m = self.problem.room.margin_m();
        let mut lacking_m = 0.0;
        for index in 0..self.obstacles.len() {
            let obstacle = self.obstacles[index];
            let mut worst: Option<(f64, usize, f64)> = None;
            for piece in 0..self.curves.bumps.pieces() {
                let below_m = worst.map_or(margin_m + 0.5 * SHY_M, |w| w.0);
                let c = self.curves.piece_m(vehicle as usize, piece);
                if let Some((clearance_m, u)) = clearance::worst(&obstacle, &c, below_m) {
                    worst = Some((clearance_m, piece, u));
                }
            }
            let Some((clearance_m, piece, u)) = worst else { continue };
            let at_m = cubic_at(&self.curves.piece_m(vehicle as usize, piece), u);
            let (from_m, to_m) = (self.ways.from[vehicle as usize], self.ways.to[vehicle as usize]);
            let known = self.sides.get(&(vehicle, index)).copied();
            let push = match obstacle {
                // Who only strays beyond the fence is led back the shortest way.
                Obstacle::Fence(_) if !self.problem.room.leaves_fence(from_m, to_m) => {
                    obstacle.back(at_m) * (margin_m + SHY_M - clearance_m)
                }
                _ => {
                    let side = known.unwrap_or_else(|| self.side(vehicle as usize, &obstacle, at_m));
                    self.sides.insert((vehicle, index), side);
                    let exit_m = if clearance_m < 0.0 { obstacle.exit_m(at_m, side).max(0.0) } else { 0.0 };
                    if !exit_m.is_finite() {
                        return f64::INFINITY;
                    }
                    side * (exit_m + margin_m + SHY_M)
                }
            };
            lacking_m += push.length();
            self.push(vehicle as usize, piece, u, push);
        }
        lacking_m
    }

    /// The side on which a vehicle leaves an obstacle it is in: the nearest one that is free, the time it takes counted; the
    /// side asked for at the start, if that is free.
    fn side(&self, vehicle: usize, obstacle: &Obstacle<'_>, at_m: DVec3) -> DVec3 {
        let (room, limits) = (&self.problem.room, &self.problem.settings.limits);
        let trip = self.ways.to[vehicle] - self.ways.from[vehicle];
        let ahead = DVec3::new(trip.x, trip.y, 0.0).normalize_or(DVec3::Y);
        let left = DVec3::new(-ahead.y, ahead.x, 0.0);
        let least_m = room.margin_m() + SHY_M;
        let choices =
            [(left, Start::Left), (-left, Start::Right), (DVec3::Z, Start::Over), (-DVec3::Z, Start::Straight)];
        let cost = |(n, name): &(DVec3, Start)| {
            let exit_m = obstacle.exit_m(at_m, *n);
            let there_m = at_m + *n * (exit_m + least_m);
            let is_free = exit_m.is_finite()
                && (room.floor_m..=room.ceiling_m).contains(&there_m.z)
                && self.obstacles.iter().all(|o| o.clearance_m(there_m) > room.margin_m());
            let speed = match n.z {
                z if z > 0.0 => limits.max_velocity_up_m_s,
                z if z < 0.0 => limits.max_velocity_down_m_s,
                _ => limits.max_velocity_xy_m_s,
            };
            (!is_free, *name != self.start, exit_m / speed)
        };
        let is_asked = matches!(self.start, Start::Over | Start::Left | Start::Right);
        let key = |choice: &(DVec3, Start)| {
            let (is_barred, is_other, time) = cost(choice);
            (is_barred, is_asked && is_other, time)
        };
        let mut best = choices[0];
        for next in &choices[1..] {
            let (a, b) = (key(next), key(&best));
            if (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).is_lt() {
                best = *next;
            }
        }
        best.0
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
        let knots = &self.curves.bumps.knots_ms;
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
            // The list of neighbours has missed somebody.
            self.near.pairs.clear();
        }
        None
    }
}

/// By what factor longer a motion must take to keep the limits, at least 1: the derivatives of a piece lie in the hull of
/// the differences of its control points.
fn slow_down(pieces: impl Iterator<Item = (i64, [DVec3; 4])>, limits: &MotionLimits, margin: f64) -> f64 {
    let cap = 1.0 - margin;
    let mut speed = 0.0f64;
    let (mut acceleration, mut jerk) = (0.0f64, 0.0f64);
    for (duration_ms, c) in pieces {
        let d = CubicDerivatives::new(&c, duration_ms as f64 / 1000.0);
        for v in d.velocity_m_s {
            let z = if v.z >= 0.0 { v.z / limits.max_velocity_up_m_s } else { -v.z / limits.max_velocity_down_m_s };
            speed = speed.max(z).max(v.truncate().length() / limits.max_velocity_xy_m_s);
            speed = limits.max_velocity_m_s.map_or(speed, |most| speed.max(v.length() / most));
        }
        let [first, last] = d.acceleration_m_s2;
        acceleration = acceleration.max(first.length()).max(last.length());
        jerk = jerk.max(d.jerk_m_s3);
    }
    let (a, j) = (acceleration / (limits.max_acceleration_m_s2 * cap), jerk / (limits.max_jerk_m_s3 * cap));
    (speed / cap).max(a.sqrt()).max(kapok_show::math::cbrt(j)).max(1.0)
}

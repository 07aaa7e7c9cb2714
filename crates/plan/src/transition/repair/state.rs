use std::collections::{BTreeMap, BTreeSet};

use kapok_motion::timing::TimeLaw;
use kapok_show::DVec3;

use crate::airspace::Obstacle;
use crate::transition::axis::Axis;
use crate::transition::candidate::{Candidate, Problem};
use crate::transition::curves::Curves;
use crate::transition::detour_basis::{DetourBasis, SHORTEST_PART_MS};
use crate::transition::ways::{Detours, Ways};

/// Pushed pairs end up so much farther apart than asked, metres.
pub const CLEAR_M: f64 = 2e-4;
/// Pushed vehicles end up so much farther from obstacles than rounding asks, metres.
pub const OBSTACLE_MARGIN_M: f64 = 1e-2;

/// How the search for detours begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// From the straight lines.
    Straight,
    /// Conflicting vehicles evade each other across the thin direction of the swarm first.
    Layers,
    /// As that, and pairs are pushed apart in that direction alone: for sheets, whose vehicles have no room beside them.
    Sheet,
    /// As that, and all pass over what is in the way, if there is room.
    Over,
    /// As that, but to the left of it, seen in the direction of flight.
    Left,
    /// As that, but to the right of it.
    Right,
}

/// Detours that keep all vehicles of a candidate apart and clear of obstacles, found by pushing where they are too close.
///
/// A pair that is q apart at its closest moment t lacks a distance m; both vehicles are pushed apart along q there, each by
/// the smoothest function that reaches its share of m at t. Shares go by mobility: a vehicle with time to spare takes more. Pushing
/// goes on round by round, in the order of the pairs, until no pair lacks anything (a projected Gauss–Seidel method; each
/// push is the projection on one linearised constraint).
pub struct Repair<'p, 'a> {
    pub problem: &'p Problem<'a>,
    pub ways: Ways,
    pub curves: Curves,
    pub mobility: Vec<f64>,
    pub near: Neighbours,
    pub obstacles: Vec<Obstacle<'a>>,
    /// Vehicles whose straight way is blocked.
    pub blocked: BTreeSet<u32>,
    /// On which side each vehicle passes each obstacle that it has met.
    pub sides: BTreeMap<(u32, usize), DVec3>,
    pub start: Start,
    /// The thin direction of the swarm.
    pub axis: Axis,
    /// Are pairs pushed apart along it alone?
    pub is_bound: bool,
}

/// Pairs that may come too close, valid while no detour has changed by more than half the skin.
pub struct Neighbours {
    pub pairs: Vec<(u32, u32)>,
    pub skin_m: f64,
    /// Detours when the list was made.
    pub then: BTreeMap<u32, Vec<DVec3>>,
}

impl<'p, 'a> Repair<'p, 'a> {
    /// Nothing if the limits drown in rounding or the motion is too short for detours.
    pub fn new(problem: &'p Problem<'a>, candidate: &Candidate) -> Option<Self> {
        let straight = &candidate.movement;
        let mut law = straight.law;
        if law.duration_ms() == 0 {
            return None;
        }
        if law.cruise_ms > 0 && law.cruise_ms < SHORTEST_PART_MS {
            law = TimeLaw { cruise_ms: SHORTEST_PART_MS, ..law };
        }
        let detours = Detours { basis: Some(DetourBasis::new(&law)), of: BTreeMap::new() };
        let ways = Ways { from: straight.from.clone(), to: straight.to.clone(), law, detours };
        let trips: Vec<f64> =
            ways.from.iter().zip(&ways.to).map(|(a, b)| problem.settings.limits.straight_s(*b - *a)).collect();
        let longest = trips.iter().copied().fold(0.0, f64::max);
        let mobility = trips.iter().map(|t| (1.0 - t / longest).max(0.02)).collect();
        let curves = problem.curves(&ways);
        let near = Neighbours { pairs: Vec::new(), skin_m: problem.settings.min_separation_m, then: BTreeMap::new() };
        let obstacles = problem.airspace.obstacles();
        let blocked = candidate.blocked.iter().copied().collect();
        let (sides, start) = (BTreeMap::new(), Start::Straight);
        let axis = Axis::thinnest(&ways, problem.metric());
        Some(Self { problem, ways, curves, mobility, near, obstacles, blocked, sides, start, axis, is_bound: false })
    }

    /// Draws the curves of all vehicles anew.
    pub fn redraw(&mut self) {
        self.curves = self.problem.curves(&self.ways);
    }

    /// Moves a vehicle by so much, metres, at a moment, as smoothly as possible; no lower than the floor, no higher than the
    /// ceiling.
    pub fn push(&mut self, vehicle: usize, piece: usize, u: f64, by_m: DVec3) {
        let Some(way) = self.curves.basis.towards(piece, u) else { return };
        let offsets = self.ways.detours.of.entry(vehicle as u32).or_insert_with(|| vec![DVec3::ZERO; way.len()]);
        for (offset, share) in offsets.iter_mut().zip(&way) {
            *offset += by_m * *share;
        }
        let room = &self.problem.airspace;
        if room.floor_m.is_finite() || room.ceiling_m.is_finite() {
            let (from_m, to_m) = (self.ways.from[vehicle].z, self.ways.to[vehicle].z);
            for (function, offset) in offsets.iter_mut().enumerate() {
                // Where a function is not zero the straight way lies between these; basis are not negative and nowhere add up
                // to more than 1.
                let ends = [self.curves.basis.law[function][0], self.curves.basis.law[function + 3][3]];
                let [a, b] = ends.map(|share| from_m + (to_m - from_m) * share);
                offset.z = offset.z.max((room.floor_m - a.min(b)).min(0.0)).min((room.ceiling_m - a.max(b)).max(0.0));
            }
        }
        self.curves.bend(vehicle, Some(offsets));
    }
}

use kapok_show::DVec3;
use rayon::prelude::*;

use super::bumps::Bumps;
use super::curves::Curves;
use super::pairs::{Approaches, approaches};
use super::ways::Detours;
use super::{TransitionSettings, Ways, clearance, rounded};
use crate::environment::Room;
use kapok_motion::spatial::closest_pair;
use kapok_motion::timing::{TimeLaw, TripExtent};
use kapok_motion::{Metric, PositionGrid};

/// One transition as all its candidates see it. Points lie on the grid.
#[derive(Clone)]
pub(super) struct Problem<'a> {
    pub(super) settings: &'a TransitionSettings,
    pub(super) grid: PositionGrid,
    pub(super) room: Room<'a>,
    pub(super) from: Vec<DVec3>,
    pub(super) goals: Vec<DVec3>,
    /// The same in the metric of the separation.
    pub(super) near_from: Vec<DVec3>,
    pub(super) near_goals: Vec<DVec3>,
    /// Least spacing of either end in that metric.
    spacing_m: f64,
}

/// A way to fly it, with everything that is known about it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) goal_of_start: Vec<u32>,
    pub(super) movement: Ways,
    pub(super) extent: TripExtent,
    /// Conflicts are those that remain after a look at the rounded pieces.
    pub(super) approaches: Approaches,
    /// Vehicles whose way leaves the fence or crosses a keep-out, in order.
    pub(super) blocked: Vec<u32>,
}

impl Candidate {
    pub(super) fn is_safe(&self) -> bool {
        self.approaches.conflict_count == 0 && self.blocked.is_empty()
    }

    pub(super) fn duration_ms(&self) -> i64 {
        self.movement.law.duration_ms()
    }
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        settings: &'a TransitionSettings,
        grid: PositionGrid,
        room: Room<'a>,
        from: Vec<DVec3>,
        goals: Vec<DVec3>,
    ) -> Self {
        let metric = Metric { downwash_scale: settings.downwash_scale };
        let (near_from, near_goals) = (metric.flatten_all(&from), metric.flatten_all(&goals));
        let spacing = |points: &[DVec3]| closest_pair(points).map_or(f64::INFINITY, |p| p.2);
        let spacing_m = spacing(&near_from).min(spacing(&near_goals));
        Self { settings, grid, room, from, goals, near_from, near_goals, spacing_m }
    }

    /// Distance that exact straight lines must keep so that the rounded pieces keep the separation, metres: rounding
    /// moves two vehicles towards each other by at most twice the grid's rounding.
    pub(super) fn needed_m(&self) -> f64 {
        self.settings.min_separation_m + 2.0 * self.grid.rounding_m() + 1e-9
    }

    /// Least spacing of either end, metres.
    pub(super) fn spacing_m(&self) -> f64 {
        self.spacing_m
    }

    pub(super) fn metric(&self) -> Metric {
        Metric { downwash_scale: self.settings.downwash_scale }
    }

    /// The ways as curves in the metric of the separation; the law must take time.
    pub(super) fn curves(&self, ways: &Ways) -> Curves {
        let near_to = self.metric().flatten_all(&ways.to);
        let bumps = ways.detours.bumps.clone().unwrap_or_else(|| Bumps::new(&ways.law));
        Curves::new(&self.near_from, &near_to, self.settings.downwash_scale, bumps, &ways.detours)
    }

    /// Whose way leaves the fence or crosses a keep-out.
    fn blocked(&self, ways: &Ways) -> Vec<u32> {
        if self.room.around.is_none() {
            return Vec::new();
        }
        let curves = (!ways.detours.of.is_empty()).then(|| self.curves(ways));
        let is_blocked = |vehicle: usize| match &curves {
            Some(curves) if ways.detours.of.contains_key(&(vehicle as u32)) => !self.keeps_out(curves, vehicle),
            _ => self.room.blocks(ways.from[vehicle], ways.to[vehicle]),
        };
        (0..ways.from.len()).into_par_iter().filter(|&v| is_blocked(v)).map(|v| v as u32).collect()
    }

    /// Does a detour keep clear of every obstacle?
    fn keeps_out(&self, curves: &Curves, vehicle: usize) -> bool {
        let margin_m = self.room.margin_m();
        self.room.obstacles().iter().all(|obstacle| {
            (0..curves.bumps.pieces()).all(|piece| {
                clearance::keeps(obstacle, &curves.piece_m(vehicle, piece), margin_m, clearance::MAX_DEPTH)
            })
        })
    }

    /// Its law and its conflicts; nothing if the grid is too coarse for the limits.
    pub(super) fn evaluate(&self, goal_of_start: Vec<u32>) -> Option<Candidate> {
        let to: Vec<DVec3> = goal_of_start.iter().map(|&g| self.goals[g as usize]).collect();
        let extent = TripExtent::of(&self.from, &to);
        let law = TimeLaw::shortest(&self.settings.limits, &extent, &self.grid, self.settings.limit_margin)?;
        let movement = Ways { from: self.from.clone(), to, law, detours: Detours::default() };
        let mut candidate =
            Candidate { goal_of_start, movement, extent, approaches: Approaches::default(), blocked: Vec::new() };
        self.recheck(&mut candidate);
        Some(candidate)
    }

    /// Finds the conflicts again, for instance after the law has changed. Those within the rounding allowance count only
    /// if the written pieces have them.
    pub(super) fn recheck(&self, candidate: &mut Candidate) {
        candidate.blocked = self.blocked(&candidate.movement);
        candidate.approaches = if candidate.movement.detours.of.is_empty() {
            let near_to = self.metric().flatten_all(&candidate.movement.to);
            approaches(&self.near_from, &near_to, self.needed_m(), self.spacing_m)
        } else {
            self.curves(&candidate.movement).approaches(self.needed_m(), self.spacing_m)
        };
        let Candidate { movement, approaches, .. } = candidate;
        let pieces = movement.law.pieces();
        let listed = approaches.conflicts.len();
        let settings = self.settings;
        approaches.conflicts.retain(|c| {
            c.distance_m < settings.min_separation_m - 2.0 * self.grid.rounding_m()
                || !rounded::keeps_apart(
                    movement,
                    &pieces,
                    &self.grid,
                    c.pair,
                    settings.min_separation_m,
                    settings.downwash_scale,
                )
        });
        approaches.conflict_count -= listed - approaches.conflicts.len();
    }
}

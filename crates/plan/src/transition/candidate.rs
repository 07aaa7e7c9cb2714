use kapok_motion::bezier::CubicDerivatives;
use kapok_motion::spatial::closest_pair;
use kapok_motion::timing::{TimeLaw, TripExtent};
use kapok_motion::{Metric, PositionGrid};
use kapok_show::DVec3;
use rayon::prelude::*;

use super::curves::Curves;
use super::detour_basis::DetourBasis;
use super::obstacle_clearance;
use super::settings::TransitionSettings;
use super::ways::{Detours, Ways};
use crate::airspace::Airspace;
use crate::conflict::{Approaches, approaches, keeps_apart};
use crate::outcome::{ClosestApproach, MotionPeaks, TransitionReport};

/// One transition as all its candidates see it. Points lie on the grid.
#[derive(Clone)]
pub struct Problem<'a> {
    pub settings: &'a TransitionSettings,
    pub grid: PositionGrid,
    pub airspace: Airspace<'a>,
    pub from: Vec<DVec3>,
    pub goals: Vec<DVec3>,
    /// The same in the metric of the separation.
    pub near_from: Vec<DVec3>,
    pub near_goals: Vec<DVec3>,
    /// Least spacing of either end in that metric.
    spacing_m: f64,
}

/// A way to fly it, with everything that is known about it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub goal_of_start: Vec<u32>,
    pub movement: Ways,
    pub extent: TripExtent,
    /// Conflicts are those that remain after a look at the rounded pieces.
    pub approaches: Approaches,
    /// Vehicles whose way leaves the fence or crosses a keep-out, in order.
    pub blocked: Vec<u32>,
}

impl Candidate {
    pub fn is_safe(&self) -> bool {
        self.approaches.conflict_count == 0 && self.blocked.is_empty()
    }

    pub fn duration_ms(&self) -> i64 {
        self.movement.law.duration_ms()
    }

    /// Takes this stretch, which starts at `start_ms`, into the report of its transition.
    pub fn add_to(&self, report: &mut TransitionReport, start_ms: i64) {
        let (ways, extent) = (&self.movement, &self.extent);
        let (rate, second, third) = ways.law.peaks();
        report.longest_trip_m = report.longest_trip_m.max(extent.distance_m);
        report.peaks = report.peaks.or(MotionPeaks {
            velocity_xy_m_s: extent.horizontal_m * rate,
            velocity_up_m_s: extent.up_m * rate,
            velocity_down_m_s: extent.down_m * rate,
            acceleration_m_s2: extent.distance_m * second,
            jerk_m_s3: extent.distance_m * third,
        });
        report.detour_count = report.detour_count.max(ways.detours.of.len());
        for &vehicle in ways.detours.of.keys() {
            report.longest_detour_m = report.longest_detour_m.max(ways.farthest_off_m(vehicle));
            for (duration_ms, c) in ways.cubics_m(vehicle) {
                let d = CubicDerivatives::new(&c, duration_ms as f64 / 1000.0);
                let most = |of: fn(&DVec3) -> f64| d.velocity_m_s.iter().map(of).fold(0.0, f64::max);
                report.peaks = report.peaks.or(MotionPeaks {
                    velocity_xy_m_s: most(|v| v.truncate().length()),
                    velocity_up_m_s: most(|v| v.z),
                    velocity_down_m_s: most(|v| -v.z),
                    acceleration_m_s2: d.acceleration_m_s2[0].length().max(d.acceleration_m_s2[1].length()),
                    jerk_m_s3: d.jerk_m_s3,
                });
            }
        }
        if let Some(closest) = self.approaches.closest {
            report.closest = report.closest.closer(ClosestApproach {
                distance_m: closest.distance_m,
                pair: closest.pair,
                t_ms: start_ms as f64 + ways.law.when_ms(closest.share),
            });
        }
    }
}

impl<'a> Problem<'a> {
    pub fn new(
        settings: &'a TransitionSettings,
        grid: PositionGrid,
        airspace: Airspace<'a>,
        from: Vec<DVec3>,
        goals: Vec<DVec3>,
    ) -> Self {
        let metric = Metric { downwash_scale: settings.downwash_scale };
        let (near_from, near_goals) = (metric.flatten_all(&from), metric.flatten_all(&goals));
        let spacing = |points: &[DVec3]| closest_pair(points).map_or(f64::INFINITY, |p| p.2);
        let spacing_m = spacing(&near_from).min(spacing(&near_goals));
        Self { settings, grid, airspace, from, goals, near_from, near_goals, spacing_m }
    }

    /// Distance that exact straight lines must keep so that the rounded pieces keep the separation, metres: rounding
    /// moves two vehicles towards each other by at most twice the grid's rounding.
    pub fn needed_m(&self) -> f64 {
        self.settings.min_separation_m + 2.0 * self.grid.rounding_m() + 1e-9
    }

    /// Least spacing of either end, metres.
    pub fn spacing_m(&self) -> f64 {
        self.spacing_m
    }

    pub fn metric(&self) -> Metric {
        Metric { downwash_scale: self.settings.downwash_scale }
    }

    /// The ways as curves in the metric of the separation; the law must take time.
    pub fn curves(&self, ways: &Ways) -> Curves {
        let near_to = self.metric().flatten_all(&ways.to);
        let basis = ways.detours.basis.clone().unwrap_or_else(|| DetourBasis::new(&ways.law));
        Curves::new(&self.near_from, &near_to, self.settings.downwash_scale, basis, &ways.detours)
    }

    /// Vehicles whose way leaves the fence or crosses a keep-out.
    fn blocked(&self, ways: &Ways) -> Vec<u32> {
        if self.airspace.around.is_none() {
            return Vec::new();
        }
        let curves = (!ways.detours.of.is_empty()).then(|| self.curves(ways));
        let is_blocked = |vehicle: usize| match &curves {
            Some(curves) if ways.detours.of.contains_key(&(vehicle as u32)) => !self.keeps_out(curves, vehicle),
            _ => self.airspace.blocks(ways.from[vehicle], ways.to[vehicle]),
        };
        (0..ways.from.len()).into_par_iter().filter(|&v| is_blocked(v)).map(|v| v as u32).collect()
    }

    /// Does a detour keep clear of every obstacle?
    fn keeps_out(&self, curves: &Curves, vehicle: usize) -> bool {
        let margin_m = self.airspace.margin_m();
        self.airspace.obstacles().iter().all(|obstacle| {
            (0..curves.basis.pieces()).all(|piece| {
                obstacle_clearance::keeps(
                    obstacle,
                    &curves.piece_m(vehicle, piece),
                    margin_m,
                    obstacle_clearance::MAX_DEPTH,
                )
            })
        })
    }

    /// Its law and its conflicts; nothing if the grid is too coarse for the limits.
    pub fn evaluate(&self, goal_of_start: Vec<u32>) -> Option<Candidate> {
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
    pub fn recheck(&self, candidate: &mut Candidate) {
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
                || !keeps_apart(
                    [movement.from[c.pair.0], movement.from[c.pair.1]],
                    [c.pair.0, c.pair.1].map(|vehicle| movement.written(vehicle, &pieces, &self.grid)),
                    &self.grid,
                    settings.min_separation_m,
                    self.metric(),
                )
        });
        approaches.conflict_count -= listed - approaches.conflicts.len();
    }
}

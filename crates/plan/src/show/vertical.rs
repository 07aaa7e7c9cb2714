//! Rise and descent: together, or one layer after the other.

use kapok_show::{DVec3, Jet, Trajectory};

use super::clear::{Apart, clearance};
use super::flight::Flight;
use super::layers::{Layers, delayed, starts};
use super::outcome::PlanError;
use super::places::Wishes;
use super::straight::{Made, Move};
use crate::infeasible::Infeasibility;
use crate::transition::{Names, TransitionReport};

/// A way straight up or down for everybody.
pub(super) struct Vertical<'m> {
    pub(super) goals_m: &'m [DVec3],
    /// Class of each vehicle.
    pub(super) class_of: &'m [usize],
    /// The classes by their turn.
    pub(super) order: &'m [usize],
    /// Vehicles that stay on the ground.
    pub(super) spares: &'m [DVec3],
    pub(super) names: &'m Names,
}

impl Layers {
    /// The classes by their turn: the highest layer leaves the ground first.
    pub(super) fn rising(&self) -> Vec<usize> {
        (0..self.count).collect()
    }

    /// The lowest layer lands first.
    pub(super) fn sinking(&self) -> Vec<usize> {
        (0..self.count).rev().collect()
    }
}

impl Flight<'_> {
    pub(super) fn go_vertical(
        &mut self,
        way: &Vertical<'_>,
    ) -> Result<Result<TransitionReport, Infeasibility>, PlanError> {
        let names = way.names;
        if way.order.len() == 1 && way.spares.is_empty() {
            let made = self.go_to_rest(way.goals_m, &Wishes::keep(self.at_m.len()), names, None)?;
            return Ok(made.map(|made: Made| made.report));
        }
        self.reporter.advance(1);
        let (tracks, mut report) = match self.each_class(way)? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        if let Some(reason) = self.room().refuse_ways(&names.transition(), &self.at_m, way.goals_m) {
            return Ok(Err(reason));
        }
        let limits = &self.storyboard.limits;
        let apart = Apart::from(limits);
        let wrong = |source| PlanError::Motion { scene: names.to_label.clone(), source };
        let look = self.look(&report);
        let mut made = None;
        for eager in [true, false] {
            let starts_ms = starts(&tracks, way.class_of, way.order, eager, &apart, &self.grid).map_err(wrong)?;
            let mut all = tracks
                .iter()
                .zip(way.class_of)
                .map(|(track, &class)| delayed(track, starts_ms[class]))
                .collect::<Result<Vec<Trajectory>, _>>()
                .map_err(wrong)?;
            let duration_ms = all.iter().map(Trajectory::end_ms).max().unwrap_or(0);
            for &spare in way.spares {
                all.push(Trajectory::starting_at(0, spare).map_err(wrong)?);
            }
            let found = clearance(&all, duration_ms, look, &apart, &self.grid);
            let is_clear = found.conflict_count == 0;
            made = Some((all, duration_ms, found));
            if is_clear {
                break;
            }
        }
        let Some((mut all, duration_ms, found)) = made else { return Err(PlanError::Unfinished) };
        if found.conflict_count > 0 {
            return Ok(Err(Infeasibility::TooCloseOnTheWay {
                transition: names.transition(),
                pairs: found.pairs(),
                count: found.conflict_count,
                needed_m: limits.min_separation_m,
            }));
        }
        report.start_ms = self.now_ms;
        report.duration_ms = duration_ms;
        report.shortest_ms = duration_ms;
        report.ratio = if report.bound_ms > 0.0 { duration_ms as f64 / report.bound_ms } else { 1.0 };
        if found.closest.is_some_and(|c| c.distance_m < report.min_separation_m) {
            self.note_closest(&mut report, &found);
        }
        all.truncate(self.at_m.len());
        self.write(&all)?;
        self.rest(duration_ms);
        Ok(Ok(report))
    }

    /// The way of every class as if it flew alone at once, and what all have in common.
    fn each_class(
        &self,
        way: &Vertical<'_>,
    ) -> Result<Result<(Vec<Trajectory>, TransitionReport), Infeasibility>, PlanError> {
        let names = way.names;
        let mut tracks: Vec<Option<Trajectory>> = vec![None; self.at_m.len()];
        let mut report = self.blank_report(&names.from_label, &names.to_label, 0);
        for &class in way.order {
            let members: Vec<usize> = (0..self.at_m.len()).filter(|&v| way.class_of[v] == class).collect();
            let from_m: Vec<DVec3> = members.iter().map(|&v| self.at_m[v]).collect();
            let goals_m: Vec<DVec3> = members.iter().map(|&v| way.goals_m[v]).collect();
            let limits: Vec<_> = members.iter().map(|&v| self.limits[v]).collect();
            let goals: Vec<Jet> = goals_m.iter().map(|&position| Jet { position, ..Jet::default() }).collect();
            let wishes = Wishes::none();
            let alone = Move { goals: &goals, wishes: &wishes, names, duration_ms: None };
            let (plan, own) = match self.straight_plan(&from_m, &goals_m, true, &alone, &limits)? {
                Ok(found) => found,
                Err(reason) => return Ok(Err(reason)),
            };
            let r = &plan.report;
            report.bound_ms = report.bound_ms.max(r.bound_ms);
            report.longest_trip_m = report.longest_trip_m.max(r.longest_trip_m);
            report.bottleneck_m = report.bottleneck_m.max(r.bottleneck_m);
            report.assignment_cost_m2 += r.assignment_cost_m2;
            super::excess::note_peaks(
                &mut report,
                &[[
                    r.peak_velocity_xy_m_s,
                    r.peak_velocity_up_m_s,
                    r.peak_velocity_down_m_s,
                    r.peak_acceleration_m_s2,
                    r.peak_jerk_m_s3,
                ]],
            );
            if r.min_separation_m < report.min_separation_m {
                let (a, b) = r.min_separation_pair;
                report.min_separation_m = r.min_separation_m;
                report.min_separation_pair = (members[a], members[b]);
                report.min_separation_t_ms = self.now_ms as f64 + r.min_separation_t_ms;
            }
            for (vehicle, track) in members.into_iter().zip(own) {
                tracks[vehicle] = Some(track);
            }
        }
        let still = || Trajectory::starting_at(0, DVec3::ZERO);
        let tracks = tracks.into_iter().map(|t| t.map_or_else(still, Ok)).collect::<Result<Vec<_>, _>>();
        let tracks = tracks.map_err(|source| PlanError::Motion { scene: names.to_label.clone(), source })?;
        Ok(Ok((tracks, report)))
    }
}

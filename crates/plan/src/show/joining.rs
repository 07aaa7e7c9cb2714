//! Transitions beside a motion that is not eased there.

use kapok_show::{DVec3, Jet, Trajectory};

use super::flight::Flight;
use super::join::{JoinError, Joined, Rules};
use super::outcome::PlanError;
use super::straight::{Made, Move, Straight, all_rest, in_transition};
use super::{excess, join};
use crate::infeasible::{Infeasibility, Place};
use crate::transition::{TransitionReport, too_close};
use kapok_motion::Metric;
use kapok_motion::timing::MotionLimits;

impl Flight<'_> {
    /// From or to a motion: between two motions without a rest if that can be, else with a run out of the one, a straight
    /// transition and a run into the other.
    pub(super) fn go_joining(&mut self, to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        self.reporter.part(&format!("{}: joining the motion", to.names.transition()));
        let from: Vec<Jet> = match &self.motion {
            // The place as it was written, the motion as it is.
            Some(motion) => motion.iter().zip(&self.at_m).map(|(j, &position)| Jet { position, ..*j }).collect(),
            None => self.at_m.iter().map(|&position| Jet { position, ..Jet::default() }).collect(),
        };
        let goals: Vec<Jet> = to.goals.iter().map(|j| Jet { position: self.grid.snap(j.position), ..*j }).collect();
        let metric = Metric { downwash_scale: self.storyboard.limits.downwash_scale };
        let places: Vec<DVec3> = goals.iter().map(|j| j.position).collect();
        let needed_m = self.storyboard.limits.min_separation_m;
        if let Some(reason) = too_close(metric, &places, &self.grid, needed_m, &to.names.to) {
            return Ok(Err(reason));
        }
        let to = Move { goals: &goals, ..*to };
        let both_move = self.motion.is_some() && !all_rest(&goals);
        let first = if both_move { self.join_in_one(&from, &to)? } else { self.join_by_runs(&from, &to)? };
        let first = match first {
            Ok(made) => return Ok(Ok(made)),
            Err(reason) => reason,
        };
        let second = if both_move { self.join_by_runs(&from, &to)? } else { self.join_in_one(&from, &to)? };
        Ok(second.map_err(|second| {
            let (in_one, by_runs) = if both_move { (first, second) } else { (second, first) };
            clearer(in_one, by_runs)
        }))
    }

    fn rules(&self, transition: String) -> Rules<'_> {
        Rules {
            limits: &self.storyboard.limits,
            motion: &self.limits,
            around: self.around,
            grid: self.grid,
            look: self.look(&self.blank_report("", "", 0)),
            transition,
        }
    }

    fn join_in_one(&mut self, from: &[Jet], to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        let rules = self.rules(to.names.transition());
        let joined = join::join(from, to.goals, to.wishes, to.duration_ms, &rules).map_err(|error| match error {
            JoinError::Assign(source) => in_transition(to.names, source),
            JoinError::Write(source) => PlanError::Motion { scene: to.names.to_label.clone(), source },
        })?;
        let Joined { place_of, duration_ms, tracks, peaks, clearance } = match joined {
            Ok(joined) => joined,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut report = self.blank_report(&to.names.from_label, &to.names.to_label, duration_ms);
        excess::note_peaks(&mut report, &peaks);
        self.note_closest(&mut report, &clearance);
        let metric = Metric { downwash_scale: self.storyboard.limits.downwash_scale };
        let chosen: Vec<DVec3> = place_of.iter().map(|&p| to.goals[p as usize].position).collect();
        let trips = self.at_m.iter().zip(&chosen).map(|(a, b)| a.distance(*b));
        report.longest_trip_m = trips.fold(0.0, f64::max);
        report.bottleneck_m = report.longest_trip_m;
        report.assignment_cost_m2 = metric
            .flatten_all(&self.at_m)
            .iter()
            .zip(metric.flatten_all(&chosen))
            .map(|(a, b)| a.distance_squared(b))
            .sum();
        self.write(&tracks)?;
        self.rest(duration_ms);
        self.motion = None;
        Ok(Ok(Made { place_of, report }))
    }

    fn join_by_runs(&mut self, from: &[Jet], to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        let name = to.names.transition();
        let rules = self.rules(name.clone());
        let wrong = |source| PlanError::Motion { scene: to.names.to_label.clone(), source };
        let refuse = |reason| Ok(Err(join::no_join(&rules, 0, reason)));
        let out = if self.motion.is_some() {
            let place = |vehicle, t_ms| Place::OnTheWay { transition: name.clone(), vehicle, t_ms };
            match join::run(from, true, &self.limits, &rules, place).map_err(wrong)? {
                Ok(run) => Some(run),
                Err(reason) => return refuse(reason),
            }
        } else {
            None
        };
        let into = if all_rest(to.goals) {
            None
        } else {
            // Whoever takes a place: the run must suit the slowest.
            let slowest = vec![self.limits.iter().copied().reduce(slower).unwrap_or(self.limits[0]); to.goals.len()];
            let place = |place, _| Place::Scene { scene: to.names.to_label.clone(), place };
            match join::run(to.goals, false, &slowest, &rules, place).map_err(wrong)? {
                Ok(run) => Some(run),
                Err(reason) => return refuse(reason),
            }
        };
        let runs_ms = [&out, &into].into_iter().flatten().map(|run| run.duration_ms).sum::<i64>();
        let asked_ms = to.duration_ms.map(|asked| asked - runs_ms);
        if let (Some(left), Some(asked_ms)) = (asked_ms, to.duration_ms)
            && left < 0
        {
            return Ok(Err(Infeasibility::TransitionTooShort { transition: name, asked_ms, needed_ms: runs_ms }));
        }
        let ends = |run: &join::Run| run.tracks.iter().map(Trajectory::end_point_m).collect();
        let starts_m: Vec<DVec3> = out.as_ref().map_or_else(|| self.at_m.clone(), ends);
        let goals: Vec<Jet> = match &into {
            Some(run) => run.tracks.iter().map(|t| Jet { position: t.start_point_m(), ..Jet::default() }).collect(),
            None => to.goals.to_vec(),
        };
        let between = Move { goals: &goals, duration_ms: asked_ms, ..*to };
        let Straight { place_of, mut report, tracks } = match self.straight(&starts_m, &between)? {
            Ok(found) => found,
            Err(Infeasibility::TransitionTooShort { transition, needed_ms, .. }) => {
                let (asked_ms, needed_ms) = (to.duration_ms.unwrap_or(0), needed_ms + runs_ms);
                return Ok(Err(Infeasibility::TransitionTooShort { transition, asked_ms, needed_ms }));
            }
            Err(reason) => return refuse(reason),
        };
        drop(rules);
        report.start_ms = self.now_ms;
        let straight_ms = report.duration_ms;
        let mut in_run = false;
        if let Some(run) = out {
            let pair = |p: (usize, usize)| p;
            in_run = self.note_run(&mut report, &run, pair);
            self.write_run(&run, &run.tracks, &mut report)?;
        }
        if !in_run {
            report.min_separation_t_ms += self.now_ms as f64;
        }
        self.write(&tracks)?;
        self.rest(straight_ms);
        if let Some(run) = into {
            let of_vehicle: Vec<Trajectory> = place_of.iter().map(|&p| run.tracks[p as usize].clone()).collect();
            let mut vehicle_of = vec![0; place_of.len()];
            for (vehicle, &place) in place_of.iter().enumerate() {
                vehicle_of[place as usize] = vehicle;
            }
            let pair = |(a, b): (usize, usize)| (vehicle_of[a].min(vehicle_of[b]), vehicle_of[a].max(vehicle_of[b]));
            self.note_run(&mut report, &run, pair);
            self.write_run(&run, &of_vehicle, &mut report)?;
        }
        report.duration_ms += runs_ms;
        report.shortest_ms += runs_ms;
        // The bound is that of the straight way between two rests; a way without them may be shorter.
        report.bound_ms = 0.0;
        report.ratio = 1.0;
        self.motion = None;
        Ok(Ok(Made { place_of, report }))
    }

    /// Takes the closest pair of a run that starts now into the report, if it is closer than what is there.
    fn note_run(
        &self,
        report: &mut TransitionReport,
        run: &join::Run,
        vehicles: impl Fn((usize, usize)) -> (usize, usize),
    ) -> bool {
        let Some(closest) = run.clearance.closest.filter(|c| c.distance_m < report.min_separation_m) else {
            return false;
        };
        report.min_separation_m = closest.distance_m;
        report.min_separation_pair = vehicles(closest.pair);
        report.min_separation_t_ms = self.now_ms as f64 + closest.t_ms;
        true
    }

    /// Writes a run that starts now and takes it into the report.
    fn write_run(
        &mut self,
        run: &join::Run,
        tracks: &[Trajectory],
        report: &mut TransitionReport,
    ) -> Result<(), PlanError> {
        excess::note_peaks(report, &run.peaks);
        self.write(tracks)?;
        self.rest(run.duration_ms);
        Ok(())
    }
}

/// The lower of each limit.
fn slower(a: MotionLimits, b: MotionLimits) -> MotionLimits {
    MotionLimits {
        max_velocity_m_s: a.max_velocity_m_s,
        max_velocity_xy_m_s: a.max_velocity_xy_m_s.min(b.max_velocity_xy_m_s),
        max_velocity_up_m_s: a.max_velocity_up_m_s.min(b.max_velocity_up_m_s),
        max_velocity_down_m_s: a.max_velocity_down_m_s.min(b.max_velocity_down_m_s),
        max_acceleration_m_s2: a.max_acceleration_m_s2.min(b.max_acceleration_m_s2),
        max_jerk_m_s3: a.max_jerk_m_s3.min(b.max_jerk_m_s3),
    }
}

/// The reason to give where neither way joins a motion: a duration that would do, or else what was in the way of the runs,
/// with the duration that was tried in one piece.
fn clearer(in_one: Infeasibility, by_runs: Infeasibility) -> Infeasibility {
    use Infeasibility::{NoJoin, TransitionTooShort};
    match (in_one, by_runs) {
        (TransitionTooShort { transition, asked_ms, needed_ms }, TransitionTooShort { needed_ms: other_ms, .. }) => {
            TransitionTooShort { transition, asked_ms, needed_ms: needed_ms.min(other_ms) }
        }
        (short @ TransitionTooShort { .. }, _) | (_, short @ TransitionTooShort { .. }) => short,
        (NoJoin { transition, tried_ms, .. }, NoJoin { obstacle, .. }) => NoJoin { transition, tried_ms, obstacle },
        (in_one, _) => in_one,
    }
}

//! From the ground through the scenes back to the ground.

use kapok_motion::spatial::closest_pair;
use kapok_motion::timing::MotionLimits;
use kapok_show::{ChapterKind, DVec3, Scene, Trajectory};

use super::builder::SequenceBuilder;
use super::pads::PadFormations;
use super::record::FARTHEST_LOOK;
use super::scene_motion::{MovingScene, first_places};
use crate::airspace::track_conflict;
use crate::assignment::AssignmentConstraints;
use crate::conflict::{SeparationRules, clearance};
use crate::limit_check;
use crate::outcome::{
    FormationName, LimitConflict, PlaceName, PlanError, SeparationConflict, Step, Stop, TransitionNames,
    TransitionReport,
};
use crate::staging::{Layers, VerticalRequest};
use crate::transition::{MoveRequest, SNAPPED_M};

/// Farther apart than any two vehicles, metres.
const FAR_M: f64 = 1e12;

impl SequenceBuilder<'_> {
    /// Everything from the ground to the ground.
    pub fn fly_all(&mut self, pads: &PadFormations) -> Step<()> {
        self.take_off(pads)?;
        let mut from = (FormationName::Takeoff, "take-off".to_owned());
        for scene in &self.storyboard.scenes {
            let to = (FormationName::Scene(scene.name.clone()), scene.name.clone());
            let names = TransitionNames { from: from.0, to: to.0.clone(), from_label: from.1, to_label: to.1.clone() };
            self.scene(scene, &names)?;
            from = to;
        }
        let names = TransitionNames {
            from: from.0,
            to: FormationName::Landing,
            from_label: from.1,
            to_label: "landing".into(),
        };
        let place_of = self.go_above_pads(pads, &names)?;
        self.land(pads, &place_of)?;
        self.battery().map_or(Ok(()), |conflict| Err(Stop::refused(conflict)))
    }

    fn take_off(&mut self, pads: &PadFormations) -> Step<()> {
        let takeoff = &self.storyboard.takeoff;
        self.rest(takeoff.delay_ms);
        let names = TransitionNames {
            from: FormationName::Takeoff,
            to: FormationName::Takeoff,
            from_label: "pads".into(),
            to_label: "take-off".into(),
        };
        let layers = &pads.takeoff_layers;
        let report = self.go_vertical(&VerticalRequest {
            goals_m: &pads.takeoff,
            class_of: &layers.class_of,
            order: &layers.rising(),
            spares_m: &pads.spares,
            names: &names,
        })?;
        self.record.takeoff = Some(report);
        self.rest(takeoff.hold_ms);
        self.chapter("take-off".into(), ChapterKind::Takeoff, 0);
        Ok(())
    }

    /// To above the pads, all lights going out; the pad of each vehicle.
    fn go_above_pads(&mut self, pads: &PadFormations, names: &TransitionNames) -> Step<Vec<u32>> {
        let start_ms = self.now_ms;
        let constraints = if self.storyboard.landing.own_pad {
            AssignmentConstraints::keep(pads.pads.len())
        } else {
            AssignmentConstraints::none()
        };
        let (place_of, report) = self.go_to_rest(&pads.landing, &constraints, names)?;
        self.chapter(names.transition(), ChapterKind::Transition, start_ms);
        self.fleet.fade_out(start_ms, self.now_ms);
        self.record.transitions.push(report);
        Ok(place_of)
    }

    fn land(&mut self, pads: &PadFormations, place_of: &[u32]) -> Step<()> {
        let down_ms = self.now_ms;
        self.rest(self.storyboard.landing.hold_ms);
        let names = TransitionNames {
            from: FormationName::Landing,
            to: FormationName::Landing,
            from_label: "landing".into(),
            to_label: "pads".into(),
        };
        let layers: &Layers = &pads.landing_layers;
        let report = self.go_vertical(&VerticalRequest {
            goals_m: &place_of.iter().map(|&p| pads.pads[p as usize]).collect::<Vec<DVec3>>(),
            class_of: &place_of.iter().map(|&p| layers.class_of[p as usize]).collect::<Vec<usize>>(),
            order: &layers.sinking(),
            spares_m: &pads.spares,
            names: &names,
        })?;
        self.record.descent = Some(report);
        self.chapter("landing".into(), ChapterKind::Landing, down_ms);
        Ok(())
    }

    /// Straight up or down: all together where there is one layer and no vehicle stays on the ground.
    fn go_vertical(&mut self, way: &VerticalRequest<'_>) -> Step<TransitionReport> {
        if way.order.len() == 1 && way.spares_m.is_empty() {
            let constraints = AssignmentConstraints::keep(self.fleet.at_m.len());
            return Ok(self.go_to_rest(way.goals_m, &constraints, way.names)?.1);
        }
        self.rules.reporter.advance(1);
        self.go_on()?;
        let look = |own_m| self.look(own_m);
        // What is known of closer pairs before decides how far this way looks.
        let key = self
            .key()
            .and(&"vertical")
            .and_points(self.fleet.at_m.iter().chain(way.goals_m).chain(way.spares_m).copied())
            .and(&(way.class_of, way.order, way.spares_m.len(), way.names, look(f64::INFINITY), look(FAR_M)));
        let plan = || self.rules.plan_vertical(&self.fleet.at_m, way, look);
        let planned = self.memory.recall(key, plan)?.as_ref().clone();
        Ok(self.perform(planned)?.1)
    }

    /// The way to a scene and its hold.
    fn scene(&mut self, scene: &Scene, names: &TransitionNames) -> Step<()> {
        let start_ms = self.now_ms;
        let goals = first_places(scene, &self.rules.grid);
        let constraints = AssignmentConstraints::of(scene, &self.group_of_vehicle);
        let duration_ms = scene.transition.duration_ms;
        let (place_of, report) =
            self.go(&MoveRequest { goals: &goals, constraints: &constraints, names, duration_ms })?;
        self.chapter(names.transition(), ChapterKind::Transition, start_ms);
        let hold_ms = self.now_ms;
        match MovingScene::new(scene, self.rules.grid) {
            Some(moving) => self.move_scene(scene, &moving, &place_of)?,
            None => self.rest(scene.hold_ms),
        }
        self.chapter(scene.name.clone(), ChapterKind::Formation, hold_ms);
        let times_ms = [start_ms, hold_ms, self.now_ms];
        self.fleet.light_scene(&scene.points, &place_of, scene.transition.lights, times_ms);
        self.record.transitions.push(report);
        Ok(())
    }

    /// The hold of a scene that moves.
    fn move_scene(&mut self, scene: &Scene, moving: &MovingScene<'_>, place_of: &[u32]) -> Step<()> {
        self.rules.reporter.part(&format!("{}: following the motion", scene.name));
        let name = || scene.name.clone();
        let failed = |source| PlanError::Motion { scene: scene.name.clone(), source };
        let (of_place, (deviation_m, place)) = moving.tracks().map_err(failed)?;
        let tracks: Vec<Trajectory> = place_of.iter().map(|&p| of_place[p as usize].clone()).collect();
        let peaks = limit_check::all_peaks(&tracks);
        if let Some(excess) = limit_check::worst(&peaks, &self.rules.motion) {
            let mut by_place = vec![MotionLimits::from(&self.storyboard.limits); tracks.len()];
            for (limits, &place) in self.rules.motion.iter().zip(place_of) {
                by_place[place as usize] = *limits;
            }
            let needed_ms = moving.hold_needed_ms(&by_place).map_err(failed)?;
            let hold_ms = scene.hold_ms;
            return Err(Stop::refused(LimitConflict::MotionTooFast { scene: name(), excess, hold_ms, needed_ms }));
        }
        if MovingScene::is_rough(deviation_m) {
            return Err(Stop::refused(LimitConflict::MotionTooRough { scene: name(), place, deviation_m }));
        }
        let limits = &self.storyboard.limits;
        let place = |vehicle, t_ms| PlaceName::Moving { scene: scene.name.clone(), vehicle, t_ms };
        if let Some(conflict) = track_conflict(&tracks, limits, &self.rules.around, place) {
            return Err(Stop::refused(conflict));
        }
        let (look, rules) = (self.look_at_motion(&tracks), SeparationRules::from(limits));
        let found = clearance(&tracks, scene.hold_ms, look, &rules, &self.rules.grid);
        if let Some(nearest) = found.conflicts.first() {
            return Err(Stop::refused(SeparationConflict::MotionTooClose {
                scene: name(),
                pairs: found.pairs(),
                count: found.conflict_count,
                needed_m: limits.min_separation_m,
                t_ms: nearest.t_ms,
            }));
        }
        let mut report = TransitionReport::of_motion(&scene.name, scene.hold_ms);
        report.peaks = limit_check::largest(&peaks);
        report.closest = found.closest.unwrap_or(report.closest);
        report.shift(self.now_ms);
        self.record.motions.push(report);
        self.fleet.write(self.now_ms, &tracks)?;
        self.rest(scene.hold_ms);
        self.fleet.jets = (!moving.ends_at_rest()).then(|| {
            let last = moving.last();
            place_of.iter().map(|&p| last[p as usize]).collect()
        });
        Ok(())
    }

    /// How far the closest pair of a motion must be looked for: the closest pair of the first moment is never closer than the
    /// closest of the whole motion.
    fn look_at_motion(&self, tracks: &[Trajectory]) -> f64 {
        let first_m: Vec<DVec3> = tracks.iter().map(Trajectory::start_point_m).collect();
        let closest = closest_pair(&self.rules.metric().flatten_all(&first_m));
        let first_m = closest.map_or(0.0, |(_, _, distance_m)| distance_m + SNAPPED_M);
        let own = (first_m / self.storyboard.limits.min_separation_m).min(FARTHEST_LOOK);
        self.look(f64::INFINITY).max(own)
    }
}

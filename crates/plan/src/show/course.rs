//! From the ground through the scenes back to the ground.

use kapok_show::{ChapterKind, DVec3, Jet, Rgb, Scene, Trajectory, TransitionLights};

use super::clear::{Apart, clearance};
use super::excess;
use super::fields::Fields;
use super::flight::{FARTHEST_LOOK, Flight};
use super::moving::Moving;
use super::outcome::PlanError;
use super::places::Wishes;
use super::straight::{Move, SNAPPED_M};
use super::vertical::Vertical;
use crate::infeasible::{FormationName, Infeasibility, Place};
use crate::transition::Names;
use kapok_motion::Metric;
use kapok_motion::PositionGrid;
use kapok_motion::spatial::closest_pair;
use kapok_motion::timing::MotionLimits;

impl Flight<'_> {
    /// Everything from the ground to the ground; a reason if something cannot be flown.
    pub(super) fn fly_all(&mut self, fields: &Fields) -> Result<Option<Infeasibility>, PlanError> {
        let storyboard = self.storyboard;
        self.rest(storyboard.takeoff.delay_ms);
        let names = Names {
            from: FormationName::Takeoff,
            to: FormationName::Takeoff,
            from_label: "pads".into(),
            to_label: "take-off".into(),
        };
        let rising = Vertical {
            goals_m: &fields.takeoff,
            class_of: &fields.takeoff_layers.class_of,
            order: &fields.takeoff_layers.rising(),
            spares: &fields.spares,
            names: &names,
        };
        match self.go_vertical(&rising)? {
            Ok(report) => self.takeoff = Some(report),
            Err(reason) => return Ok(Some(reason)),
        }
        self.rest(storyboard.takeoff.hold_ms);
        self.chapter("take-off".into(), ChapterKind::Takeoff, 0);

        let mut from = (FormationName::Takeoff, "take-off".to_owned());
        for scene in &storyboard.scenes {
            let to = (FormationName::Scene(scene.name.clone()), scene.name.clone());
            let names = Names { from: from.0, to: to.0.clone(), from_label: from.1, to_label: to.1.clone() };
            if let Some(reason) = self.scene(scene, &names)? {
                return Ok(Some(reason));
            }
            from = to;
        }

        let names = Names { from: from.0, to: FormationName::Landing, from_label: from.1, to_label: "landing".into() };
        let start_ms = self.now_ms;
        let wishes = if storyboard.landing.own_pad { Wishes::keep(fields.pads.len()) } else { Wishes::none() };
        let made = match self.go_to_rest(&fields.landing, &wishes, &names, None)? {
            Ok(made) => made,
            Err(reason) => return Ok(Some(reason)),
        };
        self.chapter(names.transition(), ChapterKind::Transition, start_ms);
        for light in &mut self.lights {
            if light.colour() != Rgb::BLACK {
                light.transition(start_ms, self.now_ms, Rgb::BLACK, TransitionLights::Fade);
            }
        }
        let pads_m: Vec<DVec3> = made.place_of.iter().map(|&p| fields.pads[p as usize]).collect();
        self.transitions.push(made.report);

        let down_ms = self.now_ms;
        self.rest(storyboard.landing.hold_ms);
        let names = Names {
            from: FormationName::Landing,
            to: FormationName::Landing,
            from_label: "landing".into(),
            to_label: "pads".into(),
        };
        let class_of: Vec<usize> = made.place_of.iter().map(|&p| fields.landing_layers.class_of[p as usize]).collect();
        let sinking = Vertical {
            goals_m: &pads_m,
            class_of: &class_of,
            order: &fields.landing_layers.sinking(),
            spares: &fields.spares,
            names: &names,
        };
        match self.go_vertical(&sinking)? {
            Ok(report) => self.descent = Some(report),
            Err(reason) => return Ok(Some(reason)),
        }
        self.chapter("landing".into(), ChapterKind::Landing, down_ms);
        Ok(self.battery())
    }

    /// The way to a scene and its hold.
    fn scene(&mut self, scene: &Scene, names: &Names) -> Result<Option<Infeasibility>, PlanError> {
        let start_ms = self.now_ms;
        let goals = first_places(scene, &self.grid);
        let wishes = Wishes::of(scene, &self.group_of_vehicle);
        let to = Move { goals: &goals, wishes: &wishes, names, duration_ms: scene.transition.duration_ms };
        let made = match self.go(&to)? {
            Ok(made) => made,
            Err(reason) => return Ok(Some(reason)),
        };
        self.chapter(names.transition(), ChapterKind::Transition, start_ms);
        let hold_ms = self.now_ms;
        match Moving::new(scene, self.grid) {
            Some(moving) => {
                if let Some(reason) = self.move_scene(scene, &moving, &made.place_of)? {
                    return Ok(Some(reason));
                }
            }
            None => self.rest(scene.hold_ms),
        }
        self.chapter(scene.name.clone(), ChapterKind::Formation, hold_ms);
        for (light, &place) in self.lights.iter_mut().zip(&made.place_of) {
            let program = &scene.points[place as usize].lights;
            light.transition(start_ms, hold_ms, program.sample(0.0), scene.transition.lights);
            light.hold(hold_ms, self.now_ms, program);
        }
        self.transitions.push(made.report);
        Ok(None)
    }

    /// The hold of a scene that moves.
    fn move_scene(
        &mut self,
        scene: &Scene,
        moving: &Moving<'_>,
        place_of: &[u32],
    ) -> Result<Option<Infeasibility>, PlanError> {
        self.reporter.part(&format!("{}: following the motion", scene.name));
        let wrong = |source| PlanError::Motion { scene: scene.name.clone(), source };
        let (of_place, (deviation_m, place)) = moving.tracks().map_err(wrong)?;
        let tracks: Vec<Trajectory> = place_of.iter().map(|&p| of_place[p as usize].clone()).collect();
        let peaks = excess::all_peaks(&tracks);
        if let Some(excess) = excess::worst(&peaks, &self.limits) {
            let mut by_place = vec![MotionLimits::from(&self.storyboard.limits); tracks.len()];
            for (limits, &place) in self.limits.iter().zip(place_of) {
                by_place[place as usize] = *limits;
            }
            let needed_ms = moving.hold_needed_ms(&by_place).map_err(wrong)?;
            let hold_ms = scene.hold_ms;
            return Ok(Some(Infeasibility::MotionTooFast { scene: scene.name.clone(), excess, hold_ms, needed_ms }));
        }
        if Moving::is_rough(deviation_m) {
            return Ok(Some(Infeasibility::MotionTooRough { scene: scene.name.clone(), place, deviation_m }));
        }
        let limits = &self.storyboard.limits;
        // The closest pair of the first moment is never closer than the closest of the whole motion.
        let metric = Metric { downwash_scale: limits.downwash_scale };
        let first_m: Vec<DVec3> = tracks.iter().map(Trajectory::start_point_m).collect();
        let first_m =
            closest_pair(&metric.flatten_all(&first_m)).map_or(0.0, |(_, _, distance_m)| distance_m + SNAPPED_M);
        let own = (first_m / limits.min_separation_m).min(FARTHEST_LOOK);
        let look = self.look(&self.blank_report(&scene.name, &scene.name, 0)).max(own);
        let place = |vehicle, t_ms| Place::Moving { scene: scene.name.clone(), vehicle, t_ms };
        if let Some(reason) = excess::room(&tracks, limits, &self.around, place) {
            return Ok(Some(reason));
        }
        let found = clearance(&tracks, scene.hold_ms, look, &Apart::from(limits), &self.grid);
        if let Some(nearest) = found.conflicts.first() {
            return Ok(Some(Infeasibility::MotionTooClose {
                scene: scene.name.clone(),
                pairs: found.pairs(),
                count: found.conflict_count,
                needed_m: limits.min_separation_m,
                t_ms: nearest.t_ms,
            }));
        }
        let mut report = self.blank_report(&scene.name, &scene.name, scene.hold_ms);
        excess::note_peaks(&mut report, &peaks);
        self.note_closest(&mut report, &found);
        self.moves.push(report);
        self.write(&tracks)?;
        self.rest(scene.hold_ms);
        self.motion = if moving.ends_at_rest() {
            None
        } else {
            let last = moving.last();
            Some(place_of.iter().map(|&p| last[p as usize]).collect())
        };
        Ok(None)
    }
}

/// The places of a scene at the start of its hold, with their motion.
pub(super) fn first_places(scene: &Scene, grid: &PositionGrid) -> Vec<Jet> {
    match Moving::new(scene, *grid) {
        Some(moving) => moving.first(),
        None => scene.points.iter().map(|p| Jet { position: p.position_m, ..Jet::default() }).collect(),
    }
}

//! From a storyboard to a show: take-off, transitions, holds, landing, lights, chapters.

mod gate;
mod lights;
mod outcome;
mod settings;

use kapok_show::{
    Chapter, ChapterKind, DVec3, LightProgram, Reporter, Rgb, Show, Storyboard, TransitionLights, Vehicle,
};

use crate::environment::{Room, Surroundings};
use crate::infeasible::{FormationName, Infeasibility, Place};
use crate::lattice::PositionGrid;
use crate::transition::{
    Metric, MotionLimits, Names, TrajectoryWriter, TransitionError, TransitionOutcome, TransitionPlan,
    TransitionReport, TransitionSettings, plan_transition,
};
use lights::LightScript;

pub use outcome::{Plan, PlanError, PlanSummary, Planned};
pub use settings::PlanSettings;

/// Plans a whole show.
///
/// Everybody rises straight up from the pads together; scene follows scene; at the end everybody flies above a pad and
/// comes straight down. All motion between two rests has one common jerk-limited time law; who flies where is the assignment
/// of least Σd² in the metric of the separation, with the longest trips shortened; where straight lines would come too close,
/// leave the geofence or cross a keep-out, vehicles fly detours ([`transition`](crate::transition)).
///
/// # Shapes, units and frames
/// Show time starts at 0 ms. Positions are rounded to the position grid before planning.
///
/// # Guarantees
/// In a complete plan the written pieces, control points rounded, keep the separation in continuous time, the limits on
/// speed, acceleration and jerk, the altitudes, the geofence and the keep-outs. Vehicle i starts on pad i. What cannot
/// be flown is answered with [`Infeasibility`], never bent in silence.
///
/// # Errors
/// [`PlanError`] for a storyboard or settings that make no sense.
///
/// # Determinism
/// The same input gives the same show on any number of threads.
pub fn plan(storyboard: &Storyboard, settings: &PlanSettings, reporter: &dyn Reporter) -> Result<Planned, PlanError> {
    settings.validate()?;
    storyboard.check()?;
    gate::check_times(storyboard)?;
    let grid = PositionGrid::new(settings.position_grid_m)?;
    let around = Surroundings { environment: &storyboard.environment, margin_m: grid.rounding_m() };
    reporter.phase("checking the places", 0);
    let fields = Fields::new(storyboard, &grid);
    if let Some(reason) = fields.check(storyboard, &grid, &around) {
        return Ok(Planned::Infeasible(reason));
    }
    // The rise, one transition a scene, the way to the landing places, the descent.
    reporter.phase("planning", storyboard.scenes.len() as u64 + 3);
    let parts = Parts(reporter);
    let mut flight = Flight::new(storyboard, settings, grid, around, &parts, &fields.pads)?;
    match flight.fly_all(&fields)? {
        Some(reason) => Ok(Planned::Infeasible(reason)),
        None => flight.finish(&fields),
    }
}

/// Makes the phases of single transitions parts of the one phase of planning the show, so that its time left speaks of
/// the whole.
struct Parts<'a>(&'a dyn Reporter);

impl Reporter for Parts<'_> {
    fn phase(&self, name: &str, _total: u64) {
        self.0.part(name);
    }

    fn advance(&self, steps: u64) {
        self.0.advance(steps);
    }

    fn warn(&self, message: &str) {
        self.0.warn(message);
    }
}

/// The pads and the places above them, metres, on the grid.
struct Fields {
    /// On the ground.
    pads: Vec<DVec3>,
    /// End of the rise.
    takeoff: Vec<DVec3>,
    /// Start of the descent.
    landing: Vec<DVec3>,
}

impl Fields {
    fn new(storyboard: &Storyboard, grid: &PositionGrid) -> Self {
        let pads: Vec<DVec3> = storyboard.fleet.pads_m.iter().map(|&p| grid.snap(p)).collect();
        let above = |altitude_m: f64| {
            // The same rise for all, so that rising changes no distance.
            let rise_m = grid.snap(DVec3::Z * altitude_m);
            pads.iter().map(|&p| grid.snap(p + rise_m)).collect()
        };
        Self { takeoff: above(storyboard.takeoff.altitude_m), landing: above(storyboard.landing.altitude_m), pads }
    }

    fn check(&self, storyboard: &Storyboard, grid: &PositionGrid, around: &Surroundings<'_>) -> Option<Infeasibility> {
        let limits = &storyboard.limits;
        let metric = Metric { downwash_scale: limits.downwash_scale };
        // On the ground the plain distance counts.
        let plain = Metric { downwash_scale: 1.0 };
        let room = Room::of(limits, *around);
        let places = |points: &[DVec3], place: &dyn Fn(usize) -> Place| {
            points.iter().enumerate().find_map(|(i, &p)| room.refuse_place(|| place(i), p))
        };
        plain
            .too_close(&self.pads, grid, limits.ground_separation_m, &FormationName::Pads)
            .or_else(|| metric.too_close(&self.takeoff, grid, limits.min_separation_m, &FormationName::Takeoff))
            .or_else(|| places(&self.takeoff, &Place::AbovePadAtTakeoff))
            .or_else(|| places(&self.landing, &Place::AbovePadAtLanding))
            .or_else(|| {
                storyboard.scenes.iter().find_map(|scene| {
                    let points: Vec<DVec3> = scene.points.iter().map(|p| grid.snap(p.position_m)).collect();
                    places(&points, &|place| Place::Scene { scene: scene.name.clone(), place })
                })
            })
    }
}

/// The show as far as it is planned.
struct Flight<'a> {
    storyboard: &'a Storyboard,
    settings: &'a PlanSettings,
    grid: PositionGrid,
    around: Surroundings<'a>,
    reporter: &'a dyn Reporter,
    now_ms: i64,
    /// Where every vehicle is.
    at_m: Vec<DVec3>,
    /// Length of every vehicle's way so far.
    flown_m: Vec<f64>,
    writers: Vec<TrajectoryWriter>,
    lights: Vec<LightScript>,
    chapters: Vec<Chapter>,
    takeoff: Option<TransitionReport>,
    descent: Option<TransitionReport>,
    transitions: Vec<TransitionReport>,
}

impl<'a> Flight<'a> {
    fn new(
        storyboard: &'a Storyboard,
        settings: &'a PlanSettings,
        grid: PositionGrid,
        around: Surroundings<'a>,
        reporter: &'a dyn Reporter,
        pads_m: &[DVec3],
    ) -> Result<Self, PlanError> {
        let writers = pads_m
            .iter()
            .enumerate()
            .map(|(vehicle, &pad)| {
                TrajectoryWriter::starting_at(pad).map_err(|source| PlanError::Write { vehicle, source })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            storyboard,
            settings,
            grid,
            around,
            reporter,
            now_ms: 0,
            at_m: pads_m.to_vec(),
            flown_m: vec![0.0; pads_m.len()],
            writers,
            lights: vec![LightScript::default(); pads_m.len()],
            chapters: Vec::new(),
            takeoff: None,
            descent: None,
            transitions: Vec::new(),
        })
    }

    /// Everything from the ground to the ground; a reason if something cannot be flown.
    fn fly_all(&mut self, fields: &Fields) -> Result<Option<Infeasibility>, PlanError> {
        let storyboard = self.storyboard;
        self.rest(storyboard.takeoff.delay_ms);
        let names = Names {
            from: FormationName::Takeoff,
            to: FormationName::Takeoff,
            from_label: "pads".into(),
            to_label: "take-off".into(),
        };
        let rise = match self.go(&fields.takeoff, &names, true, None)? {
            Ok(plan) => plan,
            Err(reason) => return Ok(Some(reason)),
        };
        self.takeoff = Some(rise.report);
        self.rest(storyboard.takeoff.hold_ms);
        self.chapter("take-off".into(), ChapterKind::Takeoff, 0);

        let mut from = (FormationName::Takeoff, "take-off".to_owned());
        for scene in &storyboard.scenes {
            let to = (FormationName::Scene(scene.name.clone()), scene.name.clone());
            let goals: Vec<DVec3> = scene.points.iter().map(|p| p.position_m).collect();
            let names = Names { from: from.0, to: to.0.clone(), from_label: from.1, to_label: to.1.clone() };
            let start_ms = self.now_ms;
            let plan = match self.go(&goals, &names, false, scene.transition.duration_ms)? {
                Ok(plan) => plan,
                Err(reason) => return Ok(Some(reason)),
            };
            self.chapter(names.transition(), ChapterKind::Transition, start_ms);
            let hold_ms = self.now_ms;
            self.rest(scene.hold_ms);
            self.chapter(scene.name.clone(), ChapterKind::Formation, hold_ms);
            for (light, &place) in self.lights.iter_mut().zip(&plan.goal_of_start) {
                let program = &scene.points[place as usize].lights;
                light.transition(start_ms, hold_ms, program.sample(0.0), scene.transition.lights);
                light.hold(hold_ms, self.now_ms, program);
            }
            self.transitions.push(plan.report);
            from = to;
        }

        let names = Names { from: from.0, to: FormationName::Landing, from_label: from.1, to_label: "landing".into() };
        let start_ms = self.now_ms;
        let plan = match self.go(&fields.landing, &names, storyboard.landing.own_pad, None)? {
            Ok(plan) => plan,
            Err(reason) => return Ok(Some(reason)),
        };
        self.chapter(names.transition(), ChapterKind::Transition, start_ms);
        for light in &mut self.lights {
            if light.colour() != Rgb::BLACK {
                light.transition(start_ms, self.now_ms, Rgb::BLACK, TransitionLights::Fade);
            }
        }
        let pads_m: Vec<DVec3> = plan.goal_of_start.iter().map(|&p| fields.pads[p as usize]).collect();
        self.transitions.push(plan.report);

        let down_ms = self.now_ms;
        self.rest(storyboard.landing.hold_ms);
        let names = Names {
            from: FormationName::Landing,
            to: FormationName::Landing,
            from_label: "landing".into(),
            to_label: "pads".into(),
        };
        let descent = match self.go(&pads_m, &names, true, None)? {
            Ok(plan) => plan,
            Err(reason) => return Ok(Some(reason)),
        };
        self.descent = Some(descent.report);
        self.chapter("landing".into(), ChapterKind::Landing, down_ms);
        Ok(self.battery())
    }

    fn rest(&mut self, duration_ms: i64) {
        self.now_ms += duration_ms;
        for writer in &mut self.writers {
            writer.rest_until(self.now_ms);
        }
    }

    fn chapter(&mut self, name: String, kind: ChapterKind, start_ms: i64) {
        if self.now_ms > start_ms {
            self.chapters.push(Chapter { name, kind, start_ms, end_ms: self.now_ms });
        }
    }

    /// One move of everybody from where they are.
    fn go(
        &mut self,
        goals_m: &[DVec3],
        names: &Names,
        keep_order: bool,
        duration_ms: Option<i64>,
    ) -> Result<Result<TransitionPlan, Infeasibility>, PlanError> {
        let limits = &self.storyboard.limits;
        let settings = TransitionSettings {
            keep_order,
            duration_ms,
            position_grid_m: self.settings.position_grid_m,
            limit_margin: self.settings.limit_margin,
            ..TransitionSettings::new(MotionLimits::from(limits), limits.min_separation_m, limits.downwash_scale)
        };
        let in_transition = |source: TransitionError| PlanError::Transition { transition: names.transition(), source };
        // Near the ground everybody stays in the column above its pad.
        let lowest_m = self.at_m.iter().chain(goals_m).map(|p| p.z).fold(f64::INFINITY, f64::min);
        let may_evade = lowest_m >= limits.min_navigation_altitude_m;
        let room = Room { may_evade, ..Room::of(limits, self.around) };
        let outcome =
            plan_transition(&self.at_m, goals_m, &settings, names, &room, self.reporter).map_err(in_transition)?;
        self.reporter.advance(1);
        let mut plan: TransitionPlan = match outcome {
            TransitionOutcome::Complete(plan) => *plan,
            TransitionOutcome::Infeasible(reason) => return Ok(Err(reason)),
        };
        for leg in &plan.legs {
            let pieces = leg.law.pieces();
            for (vehicle, writer) in self.writers.iter_mut().enumerate() {
                let write = writer.fly(leg, vehicle, &pieces, &self.grid);
                write.map_err(|source| PlanError::Write { vehicle, source })?;
                self.flown_m[vehicle] += leg.length_m(vehicle);
            }
            self.at_m.clone_from(&leg.to);
        }
        plan.report.start_ms = self.now_ms;
        plan.report.min_separation_t_ms += self.now_ms as f64;
        // A law that was slowed down may end a few milliseconds early: the rest of the time is a rest.
        self.rest(plan.report.duration_ms);
        Ok(Ok(plan))
    }

    fn battery(&self) -> Option<Infeasibility> {
        let (duration_s, allowed_s) = (self.now_ms as f64 / 1000.0, self.allowed_s());
        let reserve = self.storyboard.limits.battery_reserve;
        (duration_s > allowed_s).then_some(Infeasibility::BatteryTooSmall { duration_s, allowed_s, reserve })
    }

    fn allowed_s(&self) -> f64 {
        self.storyboard.fleet.profile.endurance_s * (1.0 - self.storyboard.limits.battery_reserve)
    }

    fn finish(self, fields: &Fields) -> Result<Planned, PlanError> {
        let storyboard = self.storyboard;
        let allowed_s = self.allowed_s();
        let lights: Vec<LightProgram> = self.lights.into_iter().map(LightScript::finish).collect();
        let digits = fields.pads.len().to_string().len().max(4);
        let mut vehicles = Vec::with_capacity(lights.len());
        for (i, (writer, lights)) in self.writers.into_iter().zip(lights).enumerate() {
            let trajectory = writer.finish().map_err(|source| PlanError::Write { vehicle: i, source })?;
            let name = format!("{:0digits$}", i + 1);
            vehicles.push(Vehicle { name, home_m: fields.pads[i], trajectory, lights });
        }
        let show = Show {
            title: storyboard.title.clone(),
            site: storyboard.site,
            environment: storyboard.environment.clone(),
            limits: storyboard.limits,
            profile: storyboard.fleet.profile.clone(),
            vehicles,
            chapters: self.chapters,
        };
        let (Some(takeoff), Some(descent)) = (self.takeoff, self.descent) else {
            return Err(PlanError::Unfinished);
        };
        let summary = PlanSummary::new(&takeoff, &descent, &self.transitions, &self.flown_m, self.now_ms, allowed_s);
        Ok(Planned::Complete(Box::new(Plan { show, takeoff, transitions: self.transitions, descent, summary })))
    }
}

//! From a storyboard to a show: take-off, transitions, holds, landing, lights, chapters.

mod clear;
mod curve;
mod excess;
mod fields;
mod gate;
mod join;
mod joining;
mod layers;
mod lights;
mod moving;
mod outcome;
mod places;
mod settings;
mod track;
mod vertical;

use kapok_show::{
    Chapter, ChapterKind, DVec3, Jet, LightProgram, Reporter, Rgb, Scene, Show, Storyboard, Trajectory,
    TransitionLights, Vehicle,
};

use crate::environment::{Room, Surroundings, with_holes_kept_out};
use crate::infeasible::{FormationName, Infeasibility, Place};
use crate::lattice::{PositionGrid, vehicle_rounding_m};
use crate::spatial::closest_pair;
use crate::transition::{
    Metric, MotionLimits, Names, TransitionError, TransitionOutcome, TransitionPlan, TransitionReport,
    TransitionSettings, plan_transition,
};
use clear::{Apart, clearance};
use fields::Fields;
use lights::LightScript;
use moving::Moving;
use places::Wishes;
use track::Track;
use vertical::Vertical;

pub use outcome::{Plan, PlanError, PlanSummary, Planned};
pub use settings::PlanSettings;

/// Parts by which the length of a curved piece is measured.
const PATH_STEPS: u32 = 16;
/// How far the closest pair is looked for where none is known, in multiples of the separation.
const FARTHEST_LOOK: f64 = 4.0;
/// How often a transition is slowed down until every vehicle group keeps its limits.
const GROUP_ROUNDS: usize = 8;
/// What snapping to the plan's grid may take from a spacing, metres.
const SNAPPED_M: f64 = 1e-3;
/// What a transition is slowed down by besides, for the whole milliseconds of its phases.
const SLOWER_MS: i64 = 10;

fn in_transition(names: &Names, source: impl Into<TransitionError>) -> PlanError {
    PlanError::Transition { transition: names.transition(), source: source.into() }
}

/// Plans a whole show.
///
/// Everybody rises straight up from the pads together; scene follows scene; at the end everybody flies above a pad and
/// comes straight down. All motion between two rests has one common jerk-limited time law; who flies where is the assignment
/// of least Σd² in the metric of the separation, with the longest trips shortened; where straight lines would come too close,
/// leave the geofence or cross a keep-out, vehicles fly detours ([`transition`](crate::transition)).
///
/// A scene that moves is flown on pieces of degree 5 (written as 7) that agree with its motion in place, velocity and
/// acceleration where they meet and stay within a millimetre of it in between. Where a motion is not eased, the transition beside it
/// is a piece of degree 5 for each vehicle that joins it with the same velocity and acceleration, as long as the limits
/// and the separation ask for.
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
    let environment = with_holes_kept_out(&storyboard.environment);
    let around = Surroundings { environment: &environment, margin_m: grid.rounding_m() };
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

/// The places of a scene at the start of its hold, with their motion.
fn first_places(scene: &Scene, grid: &PositionGrid) -> Vec<Jet> {
    match Moving::new(scene, *grid) {
        Some(moving) => moving.first(),
        None => scene.points.iter().map(|p| Jet { position: p.position_m, ..Jet::default() }).collect(),
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
    /// How every vehicle moves at this moment; nothing if all rest.
    motion: Option<Vec<Jet>>,
    /// What the rounding of the vehicles' own files takes from a distance, metres.
    file_rounding_m: f64,
    /// What every vehicle may do.
    limits: Vec<MotionLimits>,
    group_of_vehicle: Vec<u8>,
    /// Length of every vehicle's way so far.
    flown_m: Vec<f64>,
    writers: Vec<Track>,
    lights: Vec<LightScript>,
    chapters: Vec<Chapter>,
    takeoff: Option<TransitionReport>,
    descent: Option<TransitionReport>,
    transitions: Vec<TransitionReport>,
    /// Of scenes that move.
    moves: Vec<TransitionReport>,
}

/// Where a move leads and what is asked of it.
struct Move<'m> {
    goals: &'m [Jet],
    wishes: &'m Wishes,
    names: &'m Names,
    duration_ms: Option<i64>,
}

/// A move that was made: the place of each vehicle and the figures.
struct Made {
    place_of: Vec<u32>,
    report: TransitionReport,
}

/// A move from rest to rest that is not written yet.
struct Straight {
    place_of: Vec<u32>,
    report: TransitionReport,
    tracks: Vec<Trajectory>,
}

fn all_rest(jets: &[Jet]) -> bool {
    jets.iter().all(|j| j.first == DVec3::ZERO && j.second == DVec3::ZERO)
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
            .map(|(vehicle, &pad)| Track::starting_at(pad).map_err(|source| PlanError::Write { vehicle, source }))
            .collect::<Result<_, _>>()?;
        let places = storyboard.scenes.iter().flat_map(|s| s.points.iter().map(|p| p.position_m));
        let farthest_m = places.chain(pads_m.iter().copied()).fold(0.0, |m: f64, p| m.max(p.abs().max_element()));
        let group_of_vehicle = storyboard.group_of_vehicle();
        let limits = group_of_vehicle
            .iter()
            .map(|&group| match usize::from(group).checked_sub(1).and_then(|k| storyboard.fleet.groups.get(k)) {
                Some(group) => MotionLimits::from(&group.limits),
                None => MotionLimits::from(&storyboard.limits),
            })
            .collect();
        Ok(Self {
            storyboard,
            settings,
            grid,
            around,
            reporter,
            now_ms: 0,
            at_m: pads_m.to_vec(),
            motion: None,
            file_rounding_m: vehicle_rounding_m(farthest_m),
            limits,
            group_of_vehicle,
            flown_m: vec![0.0; pads_m.len()],
            writers,
            lights: vec![LightScript::default(); pads_m.len()],
            chapters: Vec::new(),
            takeoff: None,
            descent: None,
            transitions: Vec::new(),
            moves: Vec::new(),
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
        let look = self.look(&self.blank_report(&scene.name, &scene.name, 0));
        let limits = &self.storyboard.limits;
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

    fn blank_report(&self, from: &str, to: &str, duration_ms: i64) -> TransitionReport {
        TransitionReport {
            name: if from == to { from.to_owned() } else { format!("{from} → {to}") },
            from: from.to_owned(),
            to: to.to_owned(),
            start_ms: self.now_ms,
            duration_ms,
            shortest_ms: duration_ms,
            bound_ms: 0.0,
            ratio: 1.0,
            spread_factor: 1.0,
            lift_m: 0.0,
            reassigned_count: 0,
            detour_count: 0,
            longest_detour_m: 0.0,
            longest_trip_m: 0.0,
            bottleneck_m: 0.0,
            assignment_cost_m2: 0.0,
            assignment_gap_m2: 0.0,
            min_separation_m: f64::INFINITY,
            min_separation_pair: (0, 0),
            min_separation_t_ms: 0.0,
            peak_velocity_xy_m_s: 0.0,
            peak_velocity_up_m_s: 0.0,
            peak_velocity_down_m_s: 0.0,
            peak_acceleration_m_s2: 0.0,
            peak_jerk_m_s3: 0.0,
        }
    }

    /// How far the closest pair of a stretch must be looked for, in multiples of the separation, so that the closest pair of
    /// the show is known: as far as the closest pair that is known by now.
    fn look(&self, own: &TransitionReport) -> f64 {
        let reports = self.takeoff.iter().chain(&self.transitions).chain(&self.moves).chain([own]);
        let known_m = reports.map(|r| r.min_separation_m).fold(f64::INFINITY, f64::min);
        let look = known_m / self.storyboard.limits.min_separation_m;
        if look.is_finite() { look.max(1.0) } else { FARTHEST_LOOK }
    }

    /// Takes the closest pair of a stretch that starts now into its report.
    fn note_closest(&self, report: &mut TransitionReport, found: &clear::Clearance) {
        if let Some(closest) = found.closest {
            report.min_separation_m = closest.distance_m;
            report.min_separation_pair = closest.pair;
            report.min_separation_t_ms = self.now_ms as f64 + closest.t_ms;
        }
    }

    /// Appends tracks that start now, of all vehicles. Time does not move on.
    fn write(&mut self, tracks: &[Trajectory]) -> Result<(), PlanError> {
        for (vehicle, (writer, track)) in self.writers.iter_mut().zip(tracks).enumerate() {
            writer.append(self.now_ms, track).map_err(|source| PlanError::Write { vehicle, source })?;
            self.flown_m[vehicle] += track.path_length_m(PATH_STEPS);
            self.at_m[vehicle] = track.end_point_m();
        }
        Ok(())
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

    fn go_to_rest(
        &mut self,
        goals_m: &[DVec3],
        wishes: &Wishes,
        names: &Names,
        duration_ms: Option<i64>,
    ) -> Result<Result<Made, Infeasibility>, PlanError> {
        let goals: Vec<Jet> = goals_m.iter().map(|&position| Jet { position, ..Jet::default() }).collect();
        self.go(&Move { goals: &goals, wishes, names, duration_ms })
    }

    /// One move of everybody from where they are.
    fn go(&mut self, to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        let made =
            if self.motion.is_none() && all_rest(to.goals) { self.go_straight(to)? } else { self.go_joining(to)? };
        self.reporter.advance(1);
        Ok(made)
    }

    /// From rest to rest.
    fn go_straight(&mut self, to: &Move<'_>) -> Result<Result<Made, Infeasibility>, PlanError> {
        let Straight { place_of, mut report, tracks } = match self.straight(&self.at_m, to)? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        self.write(&tracks)?;
        report.start_ms = self.now_ms;
        report.min_separation_t_ms += self.now_ms as f64;
        // A law that was slowed down may end a few milliseconds early: the rest of the time is a rest.
        self.rest(report.duration_ms);
        Ok(Ok(Made { place_of, report }))
    }

    /// The move from rest at `from_m` to rest, not written yet; its times count from 0.
    fn straight(&self, from_m: &[DVec3], to: &Move<'_>) -> Result<Result<Straight, Infeasibility>, PlanError> {
        let goals_m: Vec<DVec3> = to.goals.iter().map(|j| j.position).collect();
        if to.wishes.is_free() {
            return self.straight_to(from_m, &goals_m, None, to);
        }
        let metric = Metric { downwash_scale: self.storyboard.limits.downwash_scale };
        let (near_from, near_goals) = (metric.scale(from_m), metric.scale(&goals_m));
        let chosen = to.wishes.choose(&near_from, &near_goals);
        let Some(mut place_of) = chosen.map_err(|source| in_transition(to.names, source))? else {
            return Ok(Err(Infeasibility::PinsContradict { transition: to.names.transition() }));
        };
        let at = |place_of: &[u32]| place_of.iter().map(|&p| goals_m[p as usize]).collect::<Vec<DVec3>>();
        let found = self.straight_to(from_m, &at(&place_of), Some(place_of.clone()), to)?;
        let conflict = matches!(found, Err(Infeasibility::PairsTooClose { .. } | Infeasibility::NoRoomToSpread { .. }));
        // What is fixed may run through those who are free: they make way.
        let needed_m = self.storyboard.limits.min_separation_m + 4.0 * self.grid.rounding_m();
        if conflict && to.wishes.repair(&near_from, &near_goals, &mut place_of, needed_m) {
            return self.straight_to(from_m, &at(&place_of), Some(place_of), to);
        }
        Ok(found)
    }

    /// The move to the goals, given by vehicle if `place_of` says whose place is whose, by place else.
    fn straight_to(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        place_of: Option<Vec<u32>>,
        to: &Move<'_>,
    ) -> Result<Result<Straight, Infeasibility>, PlanError> {
        let (plan, tracks) = match self.straight_plan(from_m, goals_m, place_of.is_some(), to, &self.limits)? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(Ok(Straight { place_of: place_of.unwrap_or(plan.goal_of_start), report: plan.report, tracks }))
    }

    /// The transition on straight ways, slowed down until every vehicle keeps its own limits (`own`, by vehicle).
    fn straight_plan(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        keep_order: bool,
        to: &Move<'_>,
        own: &[MotionLimits],
    ) -> Result<Result<(TransitionPlan, Vec<Trajectory>), Infeasibility>, PlanError> {
        let limits = &self.storyboard.limits;
        let mut settings = TransitionSettings {
            keep_order,
            duration_ms: to.duration_ms,
            position_grid_m: self.settings.position_grid_m,
            limit_margin: self.settings.limit_margin,
            ..TransitionSettings::new(MotionLimits::from(limits), limits.min_separation_m, limits.downwash_scale)
        };
        // Near the ground everybody stays in the column above its pad.
        let lowest_m = from_m.iter().chain(goals_m).map(|p| p.z).fold(f64::INFINITY, f64::min);
        let room = Room { may_evade: lowest_m >= limits.min_navigation_altitude_m, ..self.room() };
        // Vehicles fly files with a coarser grid than this plan's: where both ends leave room for its rounding, so do the ways.
        let metric = Metric { downwash_scale: limits.downwash_scale };
        let spacing = |points: &[DVec3]| closest_pair(&metric.scale(points)).map_or(f64::INFINITY, |p| p.2);
        let spare_m = spacing(from_m).min(spacing(goals_m)) - limits.min_separation_m - SNAPPED_M;
        let file_m = self.file_rounding_m.min(spare_m).max(0.0);
        settings.min_separation_m += file_m;
        for _ in 0..GROUP_ROUNDS {
            let outcome = plan_transition(from_m, goals_m, &settings, to.names, &room, self.reporter)
                .map_err(|source| in_transition(to.names, source))?;
            let plan: TransitionPlan = match outcome {
                TransitionOutcome::Complete(plan) => *plan,
                TransitionOutcome::Infeasible(_) if settings.min_separation_m > limits.min_separation_m => {
                    settings.min_separation_m = limits.min_separation_m;
                    continue;
                }
                TransitionOutcome::Infeasible(reason) => return Ok(Err(reason)),
            };
            let tracks = plan.trajectories().map_err(|source| in_transition(to.names, source))?;
            if self.storyboard.fleet.groups.is_empty() {
                return Ok(Ok((plan, tracks)));
            }
            let peaks = excess::all_peaks(&tracks);
            let factor = peaks.iter().zip(own).map(|(p, l)| excess::stretch(p, l)).fold(0.0, f64::max);
            if factor <= 1.0 {
                return Ok(Ok((plan, tracks)));
            }
            let needed_ms = (plan.report.duration_ms as f64 * factor).ceil() as i64 + SLOWER_MS;
            if let Some(asked_ms) = to.duration_ms {
                let transition = to.names.transition();
                return Ok(Err(Infeasibility::TransitionTooShort { transition, asked_ms, needed_ms }));
            }
            settings.duration_ms = Some(needed_ms);
        }
        Ok(Err(Infeasibility::GridTooCoarse {
            transition: to.names.transition(),
            position_grid_m: self.settings.position_grid_m,
        }))
    }

    fn room(&self) -> Room<'a> {
        Room::of(&self.storyboard.limits, self.around)
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
        let digits = (fields.pads.len() + fields.spares.len()).to_string().len().max(4);
        let mut vehicles = Vec::with_capacity(lights.len());
        for (i, (writer, lights)) in self.writers.into_iter().zip(lights).enumerate() {
            let trajectory = writer.finish().map_err(|source| PlanError::Write { vehicle: i, source })?;
            let name = format!("{:0digits$}", i + 1);
            let group = self.group_of_vehicle[i];
            vehicles.push(Vehicle { group, ..Vehicle::new(name, fields.pads[i], trajectory, lights) });
        }
        for (k, &spare) in fields.spares.iter().enumerate() {
            let vehicle = fields.pads.len() + k;
            let rest = || {
                let mut track = Track::starting_at(spare)?;
                track.rest_until(self.now_ms);
                track.finish()
            };
            let trajectory = rest().map_err(|source| PlanError::Write { vehicle, source })?;
            vehicles.push(Vehicle::new(format!("{:0digits$}", vehicle + 1), spare, trajectory, LightProgram::dark()));
        }
        if let Some(reason) = too_low_over_spares(storyboard, &vehicles, fields, &self.grid) {
            return Ok(Planned::Infeasible(reason));
        }
        let show = Show {
            title: storyboard.title.clone(),
            site: storyboard.site,
            environment: storyboard.environment.clone(),
            limits: storyboard.limits,
            profile: storyboard.fleet.profile.clone(),
            vehicles,
            chapters: self.chapters,
            audio: None,
        };
        let (Some(takeoff), Some(descent)) = (self.takeoff, self.descent) else {
            return Err(PlanError::Unfinished);
        };
        let summary = PlanSummary::new(
            &takeoff,
            &descent,
            [&self.transitions, &self.moves],
            &self.flown_m,
            self.now_ms,
            allowed_s,
        );
        let (transitions, motions) = (self.transitions, self.moves);
        Ok(Planned::Complete(Box::new(Plan { show, takeoff, transitions, motions, descent, summary })))
    }
}

/// Does anybody fly too close over vehicles that stay on the ground? Nobody who flies is below the minimum navigation
/// altitude but over its own pad, so that is a question only where the separation reaches so far down.
fn too_low_over_spares(
    storyboard: &Storyboard,
    vehicles: &[Vehicle],
    fields: &Fields,
    grid: &PositionGrid,
) -> Option<Infeasibility> {
    let limits = &storyboard.limits;
    let highest_m = fields.spares.iter().map(|p| p.z).reduce(f64::max)?;
    let above_m = (limits.min_navigation_altitude_m - highest_m) / limits.downwash_scale;
    if above_m >= limits.min_separation_m {
        return None;
    }
    let tracks: Vec<Trajectory> = vehicles.iter().map(|v| v.trajectory.clone()).collect();
    let end_ms = tracks.iter().map(Trajectory::end_ms).max().unwrap_or(0);
    let found = clearance(&tracks, end_ms, 1.0, &Apart::from(limits), grid);
    (found.conflict_count > 0).then(|| Infeasibility::TooCloseOnTheWay {
        transition: "over the spare vehicles".into(),
        pairs: found.pairs(),
        count: found.conflict_count,
        needed_m: limits.min_separation_m,
    })
}

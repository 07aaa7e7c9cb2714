//! The scenes: which places a formation has, which vehicles wait where, and whether all keep their distance.

use std::collections::BTreeMap;

use kapok_motion::Metric;
use kapok_motion::spatial::{Sieve, closest_pair_below};
use kapok_show::{
    DVec3, Environment, Fleet, LightProgram, Limits, MovingPart, PlaceChoice, Scene, SceneMotion, ScenePoint, Takeoff,
    Transition, TransitionLights, figure, figure_beside,
};
use rayon::prelude::*;

use super::super::document::Path;
use super::super::types::{AssignmentName, SceneTable, TransitionLightsName};
use super::checker::{Checker, NumberedScene};
use super::fleet::ms;
use super::formation::{Job, Stage, sure_spacing_m};
use super::motion::{start_m, ways_m};
use crate::formation::{Formation, FormationError};
use crate::reading::Reading;
use crate::seed;
use crate::story::{Room, grid_places, reserve_places, squarest_columns};
use crate::text_file;

fn scene_path(number: usize) -> Path {
    Path::default().key("scene").index(number)
}

fn part_path(number: usize, part: usize) -> Path {
    scene_path(number).key("formation").index(part)
}

impl Checker<'_> {
    /// No two scenes have the same name.
    pub(super) fn scene_names(&mut self, scenes: &[NumberedScene]) {
        let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, scene) in scenes {
            let first = *first_of.entry(&scene.name).or_insert(*number);
            if first != *number {
                let message = format!("two scenes have the name \"{}\"", scene.name);
                let help = format!("scene {} has it already; names are shown on the timeline", first + 1);
                self.report(&scene_path(*number).key("name"), message, help);
            }
        }
    }

    /// Only whether the files of the scenes can be read, for when nothing more can be said.
    pub(super) fn scene_files(&mut self, scenes: &[NumberedScene]) {
        for (number, scene) in scenes {
            for (part, formation) in scene.formation.iter().enumerate() {
                self.source(&self.shown.source_path(*number, part), &formation.source);
            }
        }
    }

    pub(super) fn scenes(
        &mut self,
        seed: u64,
        scenes: &[NumberedScene],
        environment: &Environment,
        limits: &Limits,
        fleet: &Fleet,
        takeoff: &Takeoff,
    ) -> Vec<Scene> {
        let columns_m = fleet.pads_m.iter().map(|&pad_m| pad_m + takeoff.altitude_m * DVec3::Z).collect();
        let room = Room::new(environment, limits);
        let stage = Stage { seed, limits, room, audiences: &environment.audiences, groups: &fleet.groups, columns_m };
        let jobs: Vec<Job> = scenes
            .iter()
            .enumerate()
            .flat_map(|(index, (number, scene))| self.jobs(index, *number, scene, &stage))
            .collect();
        self.reporter.phase("sampling formations", jobs.len() as u64);
        let (reporter, memory) = (self.reporter, self.memory);
        memory.begin();
        let formations: Vec<Result<(Formation, Option<Reading>), FormationError>> = jobs
            .par_iter()
            .map(|job| {
                let read = memory.sample(&job.source, job.count, job.spacing_m, job.seed);
                reporter.advance(1);
                read
            })
            .collect();
        let mut sampled: Vec<Vec<Option<Formation>>> =
            scenes.iter().map(|(_, scene)| scene.formation.iter().map(|_| None).collect()).collect();
        let mut worst: Vec<Option<Reading>> = vec![None; scenes.len()];
        for (job, formation) in jobs.iter().zip(formations) {
            let (number, scene) = &scenes[job.scene];
            let path = self.shown.source_path(*number, job.part);
            match formation {
                Ok((formation, reading)) => {
                    if let Some(reading) = reading {
                        let least = &mut worst[job.scene];
                        *least = Some(least.filter(|known| known.score <= reading.score).unwrap_or(reading));
                        self.warn_of_reading(&path, &reading, job);
                    }
                    let lights = &scene.formation[job.part].lights;
                    self.warn_of_picture(&path, &scene.formation[job.part].source, lights, &formation);
                    sampled[job.scene][job.part] = Some(formation);
                }
                Err(error) => {
                    let scale = scene.formation[job.part].place.scale;
                    self.report_formation_error(&path, &error, scale);
                }
            }
        }
        self.reporter.phase("checking scenes", scenes.len() as u64);
        scenes
            .iter()
            .zip(sampled.into_iter().zip(worst))
            .map(|((number, table), (formations, reading))| {
                let scene = Scene {
                    readability: reading.map(|r| r.score),
                    readable_count: reading.and_then(|r| r.count_needed),
                    ..self.scene(*number, table, &formations, &stage)
                };
                self.reporter.advance(1);
                scene
            })
            .collect()
    }

    /// The scene's formations as jobs for the sampler. Those that make no sense are reported and left out.
    fn jobs(&mut self, scene: usize, number: usize, table: &SceneTable, stage: &Stage<'_>) -> Vec<Job> {
        let counts = self.counts(number, table, stage.columns_m.len());
        let mut jobs = Vec::new();
        for (part, formation) in table.formation.iter().enumerate() {
            let path = part_path(number, part);
            let source = self.source(&self.shown.source_path(number, part), &formation.source);
            let spacing_m = self.spacing_m(&path, formation, stage.limits);
            let count = counts.as_ref().and_then(|counts| counts.get(part).copied());
            if let (Some(source), Some(spacing_m), Some(count)) = (source, spacing_m, count) {
                let spacing_m = spacing_m / formation.place.scale;
                let own = part_seed(stage.seed, &table.name, part);
                let seed = self.shown.seed(number, part, stage.seed).unwrap_or(own);
                jobs.push(Job { scene, part, source, count, spacing_m, seed });
            }
        }
        jobs
    }

    /// How many vehicles each formation has.
    fn counts(&mut self, number: usize, table: &SceneTable, fleet: usize) -> Option<Vec<usize>> {
        let open: Vec<usize> =
            table.formation.iter().enumerate().filter(|(_, f)| f.count.is_none()).map(|(part, _)| part).collect();
        let given: usize = table.formation.iter().filter_map(|f| f.count).map(|count| count as usize).sum();
        if let [_, second, ..] = open.as_slice() {
            let message = "only one formation of a scene can take the vehicles that are left";
            self.report(&part_path(number, *second), message, "give it a `count`".to_owned());
            return None;
        }
        let left = fleet.checked_sub(given);
        match (left, open.first()) {
            (None, _) => {
                let last = table.formation.iter().rposition(|f| f.count.is_some()).unwrap_or(0);
                let message =
                    format!("the formations of scene \"{}\" need {given} vehicles, the fleet has {fleet}", table.name);
                self.report(&part_path(number, last).key("count"), message, format!("leave out {}", given - fleet));
                None
            }
            (Some(0), Some(part)) => {
                let message = format!("no vehicle is left for this formation: the others take all {fleet}");
                self.report(&part_path(number, *part), message, "lower the `count` of another one".to_owned());
                None
            }
            (Some(left), _) => {
                Some(table.formation.iter().map(|f| f.count.map_or(left, |count| count as usize)).collect())
            }
        }
    }

    fn scene(
        &mut self,
        number: usize,
        table: &SceneTable,
        formations: &[Option<Formation>],
        stage: &Stage<'_>,
    ) -> Scene {
        let before = self.items.len();
        let hold_ms = ms(table.hold_s);
        let mut points = Vec::with_capacity(stage.columns_m.len());
        let mut part_ends = Vec::new();
        let mut parts = Vec::new();
        // Places at the start of the hold.
        let mut starts_m = Vec::new();
        for (part, (part_table, formation)) in table.formation.iter().zip(formations).enumerate() {
            if let Some(formation) = formation {
                let (path, seed) = (part_path(number, part), part_seed(stage.seed, &table.name, part));
                let placed = self.placed(&path, part_table, formation, hold_ms, seed, stage);
                let bases_m: Vec<DVec3> = placed.iter().map(|p| p.position_m).collect();
                let steps = self.steps(&path, &self.shown.source_path(number, part), part_table, formation);
                let moving = MovingPart { first: points.len(), count: placed.len(), steps };
                let from_m = start_m(&moving, &bases_m);
                self.check_room(&path.key("place").key("centre_m"), &from_m, stage);
                self.warn_of_sight(&path.key("place").key("centre_m"), &from_m, stage.audiences);
                if !moving.steps.is_empty() {
                    parts.push(moving);
                }
                starts_m.extend(from_m);
                points.extend(placed);
            }
            part_ends.push(points.len());
        }
        let ease = self.ease(&scene_path(number), table, !parts.is_empty());
        self.check_separation(number, table, &starts_m, &part_ends, stage.limits);
        // Reserve places are counted and checked against whole pictures only.
        if self.items.len() == before && formations.iter().all(Option::is_some) {
            let mut taken_m = starts_m;
            if points.len() < stage.columns_m.len() {
                for part in &parts {
                    let bases_m: Vec<DVec3> =
                        points[part.first..part.first + part.count].iter().map(|p| p.position_m).collect();
                    taken_m.extend(ways_m(part, &bases_m, 0.8 * stage.limits.min_separation_m));
                }
            }
            let places_m = self.reserve(number, table, points.len(), &taken_m, stage);
            points.extend(places_m.into_iter().map(|position_m| ScenePoint {
                position_m,
                lights: LightProgram::dark(),
                group: 0,
            }));
        }
        let transition = Transition {
            duration_ms: table.transition.duration_s.map(ms),
            lights: match table.transition.lights {
                TransitionLightsName::Fade => TransitionLights::Fade,
                TransitionLightsName::Dark => TransitionLights::Dark,
            },
            places: self.place_choice(number, table, stage.columns_m.len()),
        };
        self.check_groups(number, table, &points, stage);
        let motion = (!parts.is_empty()).then_some(SceneMotion { ease, parts });
        Scene { name: table.name.clone(), points, transition, hold_ms, motion, readability: None, readable_count: None }
    }

    /// Do the groups have enough vehicles for the places that ask for them?
    fn check_groups(&mut self, number: usize, table: &SceneTable, points: &[ScenePoint], stage: &Stage<'_>) {
        for (k, group) in (1u8..=u8::MAX).zip(stage.groups) {
            let asked = points.iter().filter(|p| p.group == k).count();
            if asked > group.vehicles.len() {
                let part = table.formation.iter().rposition(|f| f.group.as_ref() == Some(&group.name)).unwrap_or(0);
                let message = format!(
                    "{asked} places of scene \"{}\" ask for group \"{}\", which has {} vehicles",
                    table.name,
                    group.name,
                    group.vehicles.len()
                );
                self.report(&part_path(number, part).key("group"), message, "lower the `count`".to_owned());
            }
        }
    }

    /// Which vehicle flies where, as the transition says.
    fn place_choice(&mut self, number: usize, table: &SceneTable, vehicles: usize) -> PlaceChoice {
        let (transition, path) = (&table.transition, scene_path(number).key("transition"));
        let keeps = transition.assignment == AssignmentName::Keep;
        let said =
            [keeps, transition.assignment_file.is_some(), !transition.pins.is_empty()].iter().filter(|x| **x).count();
        if said > 1 {
            let message = "`assignment`, `assignment_file` and `pins` each say which vehicle flies where";
            self.report(&path, message, "keep one".to_owned());
            return PlaceChoice::Free;
        }
        if let Some(file) = &transition.assignment_file {
            return self.listed_places(&path.key("assignment_file"), file, vehicles);
        }
        if keeps {
            return PlaceChoice::Keep;
        }
        let path = path.key("pins");
        let mut taken = [vec![false; vehicles], vec![false; vehicles]];
        for (index, pin) in transition.pins.iter().enumerate() {
            for (side, what) in [(0, "vehicle"), (1, "place")] {
                let found = (pin[side] as usize).checked_sub(1).and_then(|k| taken[side].get_mut(k));
                let why = match found {
                    None => format!("there is no {what} {}: the fleet has {vehicles}", pin[side]),
                    Some(slot) if *slot => format!("{what} {} is pinned twice", pin[side]),
                    Some(slot) => {
                        *slot = true;
                        continue;
                    }
                };
                self.report(&path.index(index), why, "a pin is [vehicle, place], counted from 1".to_owned());
                return PlaceChoice::Free;
            }
        }
        if transition.pins.is_empty() {
            return PlaceChoice::Free;
        }
        PlaceChoice::Pinned(transition.pins.iter().map(|&[vehicle, place]| (vehicle - 1, place - 1)).collect())
    }

    fn listed_places(&mut self, path: &Path, file: &str, vehicles: usize) -> PlaceChoice {
        let Some(bytes) = self.read(path, file) else { return PlaceChoice::Free };
        let bytes = match text_file::unmarked(&bytes) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.report(path, format!("\"{file}\": {why}"), None);
                return PlaceChoice::Free;
            }
        };
        let mut taken = vec![false; vehicles];
        let mut places = Vec::new();
        for (line, field) in text_file::lines(bytes) {
            let field = String::from_utf8_lossy(field);
            let field = field.trim();
            if field.is_empty() || line == 1 && field == "place" {
                continue;
            }
            let place = field.parse::<u32>().ok().filter(|p| (1..=vehicles).contains(&(*p as usize)));
            let why = match place {
                None => {
                    let shown: String = field.chars().take(40).collect();
                    format!("line {line} of \"{file}\" is \"{shown}\", no place from 1 to {vehicles}")
                }
                Some(p) if taken[p as usize - 1] => format!("line {line} of \"{file}\" names place {p} again"),
                Some(p) => {
                    taken[p as usize - 1] = true;
                    places.push(p - 1);
                    continue;
                }
            };
            self.report(path, why, "one line per vehicle with the number of its place".to_owned());
            return PlaceChoice::Free;
        }
        if places.len() != vehicles {
            let message = format!("\"{file}\" has {} places for {vehicles} vehicles", places.len());
            self.report(path, message, "one line per vehicle with the number of its place".to_owned());
            return PlaceChoice::Free;
        }
        PlaceChoice::Listed(places)
    }

    fn check_separation(
        &mut self,
        number: usize,
        table: &SceneTable,
        positions_m: &[DVec3],
        part_ends: &[usize],
        limits: &Limits,
    ) {
        let least_m = limits.min_separation_m;
        let Some((i, j, distance_m)) = closest_pair_below(positions_m, Metric::from(limits), least_m * (1.0 - 1e-9))
        else {
            return;
        };
        let part_of = |index: usize| part_ends.partition_point(|&end| end <= index);
        let (first, second) = (part_of(i), part_of(j));
        let at_m = positions_m[j];
        let place = format!("at ({:.1}, {:.1}, {:.1})", at_m.x, at_m.y, at_m.z);
        let path = part_path(number, second);
        let (distance, least) = (figure_beside(distance_m, least_m), figure(least_m));
        let metric = match limits.downwash_scale {
            scale if scale > 1.0 => format!(" with heights counted {} times less (`downwash_scale`)", figure(scale)),
            _ => String::new(),
        };
        if first == second {
            let message = format!(
                "points of this formation are {distance} m apart {place}{metric}, but the minimum separation is {least} m"
            );
            let spacing_m = sure_spacing_m(limits) * limits.downwash_scale;
            self.report(
                &path.key("spacing_m"),
                message,
                format!("a `spacing_m` of {} is safe in any direction", figure((spacing_m * 1000.0).ceil() / 1000.0)),
            );
        } else {
            let message = format!(
                "formations {} and {} of scene \"{}\" are {distance} m apart {place}{metric}, but the minimum separation is \
                 {least} m",
                first + 1,
                second + 1,
                table.name
            );
            self.report(&path.key("place").key("centre_m"), message, "move one of them".to_owned());
        }
    }

    /// Places for the vehicles that no formation of the scene uses.
    fn reserve(
        &mut self,
        number: usize,
        table: &SceneTable,
        used: usize,
        taken_m: &[DVec3],
        stage: &Stage<'_>,
    ) -> Vec<DVec3> {
        let limits = stage.limits;
        let count = stage.columns_m.len().saturating_sub(used);
        let metric = Metric::from(limits);
        if count == 0 {
            return Vec::new();
        }
        if let Some(reserve) = &table.reserve {
            let path = scene_path(number).key("reserve");
            let spacing_m = reserve.spacing_m.unwrap_or_else(|| sure_spacing_m(limits));
            let columns = reserve.columns.map_or_else(|| squarest_columns(count), |columns| columns as usize);
            let centre_m = DVec3::from_array(reserve.centre_m);
            let places_m = grid_places(count, columns, spacing_m, centre_m, reserve.yaw_deg.to_radians());
            self.check_room(&path.key("centre_m"), &places_m, stage);
            let needed_m = limits.min_separation_m * (1.0 - 1e-9);
            if let Some((among, distance_m)) = nearest_reserve(taken_m, &places_m, metric, needed_m) {
                let other = if among { "each other" } else { "a formation" };
                let message = format!(
                    "reserve places come as close as {} m to {other}, but the minimum separation is {} m",
                    figure_beside(distance_m, limits.min_separation_m),
                    figure(limits.min_separation_m)
                );
                self.report(&path, message, "move the grid or widen its `spacing_m`".to_owned());
            }
            return places_m;
        }
        let spacing_m = sure_spacing_m(limits);
        let found =
            reserve_places(count, &stage.columns_m, taken_m, &stage.room, metric, spacing_m, limits.max_altitude_m);
        found.unwrap_or_else(|fitting| {
            let message = format!(
                "{count} vehicles have no part in scene \"{}\", but only {fitting} reserve places fit {spacing_m:.2} m \
                 from everything else",
                table.name
            );
            let help = "give it more vehicles, a [scene.reserve], or the site a larger geofence";
            self.report(&scene_path(number).key("name"), message, help.to_owned());
            Vec::new()
        })
    }
}

/// Of reserve places that come closer than `needed_m` to each other (true) or to what is taken, the first found, with the
/// distance.
fn nearest_reserve(taken_m: &[DVec3], places_m: &[DVec3], metric: Metric, needed_m: f64) -> Option<(bool, f64)> {
    let mut taken = Sieve::new(metric, needed_m);
    for &p_m in taken_m {
        taken.insert(p_m);
    }
    let to_taken = places_m.iter().filter_map(|&p| taken.nearest_too_close(p)).map(|(_, d)| (false, d));
    let among = closest_pair_below(places_m, metric, needed_m).map(|(_, _, d)| (true, d));
    to_taken.chain(among).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Seed of a formation: of the scene's name, not its number, so that a new scene leaves the others as they are.
fn part_seed(seed: u64, scene: &str, part: usize) -> u64 {
    seed::mix(seed::mix_text(seed, scene), part as u64)
}

//! What a show shows: its scenes, where their lights stand, how close they are.

use std::collections::BTreeSet;

use kapok_motion::spatial::BucketGrid;
use kapok_show::{Chapter, ChapterKind, DVec3, Rgb, Show, math};
use rayon::prelude::*;

use crate::error::{FilmError, nearest};
use crate::framing::FRAMING;
use crate::light::is_lit;

/// Instants at which a scene is looked at for its brightest.
const LOOKS: i64 = 9;
/// Vehicles whose nearest neighbour is sought, at most, a scene.
const SPACING_SAMPLES: usize = 1000;

/// A scene of a show.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenePicture {
    /// Its name.
    pub name: String,
    /// When its formation stands, milliseconds.
    pub start_ms: i64,
    /// When it leaves, milliseconds.
    pub end_ms: i64,
    /// The brightest of nine instants between; of equal ones that nearest to the middle.
    pub best_ms: i64,
}

/// The scenes of a show with all that a camera must know of them.
#[derive(Clone, Debug)]
pub struct Pictures {
    scenes: Vec<ScenePicture>,
    outermost_m: Vec<DVec3>,
    flown_m: (DVec3, DVec3),
    spacing_m: f64,
    has_lights: bool,
}

impl Pictures {
    /// Looks through a show.
    ///
    /// # Complexity
    /// 15 evaluations of each vehicle for each scene, and its place along 96 directions at 5 of them.
    pub fn of(show: &Show) -> Self {
        let has_lights = show.vehicles.iter().any(|v| v.lights.keys().iter().any(|key| is_lit(key.colour)));
        let formations: Vec<_> = show.chapters.iter().filter(|c| c.kind == ChapterKind::Formation).collect();
        let scenes: Vec<ScenePicture> = formations
            .par_iter()
            .map(|chapter| ScenePicture {
                name: chapter.name.clone(),
                start_ms: chapter.start_ms,
                end_ms: chapter.end_ms,
                best_ms: brightest(show, chapter.start_ms, chapter.end_ms),
            })
            .collect();
        let outermost_m = outermost(show, &instants(show), has_lights);
        let closest = |scene: &ScenePicture| median_spacing(&lit_at(show, scene.best_ms as f64, has_lights), show);
        let spacings: Vec<f64> = scenes.par_iter().filter_map(closest).collect();
        let least_m = if show.limits.min_separation_m > 0.0 { show.limits.min_separation_m } else { 1.0 };
        let spacing_m = spacings.into_iter().reduce(f64::min).unwrap_or(least_m).clamp(0.05, 50.0);
        Self { scenes, flown_m: flown(show), outermost_m, spacing_m, has_lights }
    }

    /// The scenes in their order; none if the file names none.
    pub fn scenes(&self) -> &[ScenePicture] {
        &self.scenes
    }

    /// The first scene of that name; capital and small letters are the same if no name is exactly so.
    ///
    /// # Errors
    /// [`FilmError::NoScenes`], or [`FilmError::Scene`] with the names.
    pub fn scene(&self, name: &str) -> Result<&ScenePicture, FilmError> {
        if self.scenes.is_empty() {
            return Err(FilmError::NoScenes);
        }
        let lower = name.to_lowercase();
        let found = self.scenes.iter().find(|s| s.name == name);
        found.or_else(|| self.scenes.iter().find(|s| s.name.to_lowercase() == lower)).ok_or_else(|| FilmError::Scene {
            name: name.to_owned(),
            nearest: nearest(name, self.scenes.iter().map(|s| s.name.as_str())),
            known: self.scenes.iter().map(|s| s.name.clone()).collect(),
        })
    }

    /// The outermost lights of the scenes: what a camera shall frame. Never empty if there are vehicles.
    pub fn outermost_m(&self) -> &[DVec3] {
        &self.outermost_m
    }

    /// Least and greatest corner of the box around all that flies.
    pub const fn flown_m(&self) -> (DVec3, DVec3) {
        self.flown_m
    }

    /// How far lights are from their nearest neighbours in the densest scene, metres: the median there, or the show's least
    /// separation if there are no scenes.
    pub const fn spacing_m(&self) -> f64 {
        self.spacing_m
    }

    /// False if the file has no lights at all: its vehicles are then drawn white.
    pub const fn has_lights(&self) -> bool {
        self.has_lights
    }
}

fn brightest(show: &Show, start_ms: i64, end_ms: i64) -> i64 {
    let light = |t_ms: i64| -> u64 {
        let sum = |Rgb { r, g, b }: Rgb| u64::from(r) + u64::from(g) + u64::from(b);
        show.vehicles.iter().map(|v| sum(v.lights.sample(t_ms as f64))).sum()
    };
    let middle = LOOKS / 2;
    let at = |k: i64| start_ms + (end_ms - start_ms) * (k + 1) / (LOOKS + 1);
    let from_middle = |k: i64| (k - middle).abs();
    let mut order: Vec<i64> = (0..LOOKS).collect();
    order.sort_by_key(|&k| from_middle(k));
    let mut best = (0, at(middle));
    for (k, found) in order.into_iter().map(|k| (k, light(at(k)))) {
        // A little more light is not worth leaving the middle.
        if found > best.0 + best.0 / 50 {
            best = (found, at(k));
        }
    }
    best.1
}

/// Where lights are on at an instant, or where all vehicles are.
fn lit_at(show: &Show, t_ms: f64, only_lit: bool) -> Vec<DVec3> {
    let is_lit = |v: &&kapok_show::Vehicle| !only_lit || is_lit(v.lights.sample(t_ms));
    show.vehicles.iter().filter(is_lit).map(|v| v.trajectory.sample(t_ms).position_m).collect()
}

/// Instants at which pictures stand: evenly from start to end of each formation, or all along the show if none is named.
fn instants(show: &Show) -> Vec<f64> {
    let share = |k: u32| f64::from(k) / f64::from(FRAMING.instants - 1);
    let formations = show.chapters.iter().filter(|c| c.kind == ChapterKind::Formation);
    let within = |c: &Chapter| {
        let (start, long) = (c.start_ms as f64, (c.end_ms - c.start_ms) as f64);
        (0..FRAMING.instants).map(move |k| start + long * share(k))
    };
    let found: Vec<f64> = formations.flat_map(within).collect();
    if !found.is_empty() {
        return found;
    }
    let count = FRAMING.unnamed_instants;
    (0..count).map(|k| show.duration_ms() as f64 * (f64::from(k) + 0.5) / f64::from(count)).collect()
}

/// The outermost lights of all pictures in directions evenly spread over the sphere (Fibonacci's spiral); of a dark show, the
/// outermost vehicles. Each place once.
fn outermost(show: &Show, instants_ms: &[f64], has_lights: bool) -> Vec<DVec3> {
    let count = f64::from(FRAMING.directions);
    let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
    let directions: Vec<DVec3> = (0..FRAMING.directions)
        .map(|i| {
            let z = 1.0 - (2.0 * f64::from(i) + 1.0) / count;
            let (s, c) = math::sin_cos(golden * f64::from(i));
            let r = (1.0 - z * z).sqrt();
            DVec3::new(r * c, r * s, z)
        })
        .collect();
    let at = |only_lit: bool| -> Vec<DVec3> {
        let outer = |&t_ms: &f64| {
            let points = lit_at(show, t_ms, only_lit);
            let outer = |towards: &DVec3| {
                let along = points.iter().map(|p| p.dot(*towards));
                let first = along.enumerate().fold(None, |best: Option<(usize, f64)>, (i, along)| match best {
                    Some((_, most)) if along <= most => best,
                    _ => Some((i, along)),
                });
                first.map(|(i, _)| points[i])
            };
            directions.iter().filter_map(outer).collect::<Vec<_>>()
        };
        instants_ms.par_iter().flat_map_iter(outer).collect()
    };
    let lit = at(has_lights);
    let mut found = if lit.is_empty() { at(false) } else { lit };
    let mut known = BTreeSet::new();
    found.retain(|p| known.insert(p.to_array().map(f64::to_bits)));
    found
}

fn flown(show: &Show) -> (DVec3, DVec3) {
    let points = show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
    let (low, high) = points.fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)));
    if low.is_finite() { (low, high) } else { (DVec3::new(-50.0, -50.0, 0.0), DVec3::splat(50.0)) }
}

/// Median distance to the nearest neighbour; `None` for less than two lights.
fn median_spacing(points_m: &[DVec3], show: &Show) -> Option<f64> {
    let cell_m = 2.0 * show.limits.min_separation_m.clamp(0.1, 20.0);
    let grid = BucketGrid::new(points_m, cell_m);
    let every = points_m.len().div_ceil(SPACING_SAMPLES).max(1);
    let mut found: Vec<f64> = Vec::new();
    for (i, &p) in points_m.iter().enumerate().step_by(every) {
        let mut radius_m = cell_m;
        for _ in 0..6 {
            let mut nearest = f64::INFINITY;
            grid.near(p, radius_m, |j| {
                if j != i {
                    nearest = nearest.min(p.distance(points_m[j]));
                }
            });
            if nearest <= radius_m {
                found.push(nearest);
                break;
            }
            radius_m *= 2.0;
        }
    }
    found.sort_by(f64::total_cmp);
    found.get(found.len() / 2).copied().filter(|d| *d > 0.0)
}

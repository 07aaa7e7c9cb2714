//! What a show shows: its scenes, where their lights stand, how close they are.

use kapok_motion::spatial::BucketGrid;
use kapok_show::{ChapterKind, DVec3, Rgb, Show};
use rayon::prelude::*;

use crate::error::{FilmError, nearest};

/// A light below this share of full power is out.
pub const DARK: f32 = 0.02;

/// Instants at which a scene is looked at for its brightest.
const LOOKS: i64 = 9;
/// Instants of a show without scenes.
const LOOKS_WITHOUT_SCENES: i64 = 24;
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
    lit_m: Vec<DVec3>,
    flown_m: (DVec3, DVec3),
    spacing_m: f64,
    has_lights: bool,
}

impl Pictures {
    /// Looks through a show.
    ///
    /// # Complexity
    /// 12 evaluations of each vehicle for each scene.
    pub fn of(show: &Show) -> Self {
        let has_lights = show.vehicles.iter().any(|v| v.lights.keys().iter().any(|key| power(key.colour) > DARK));
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
        let duration_ms = show.duration_ms();
        let instants: Vec<i64> = if scenes.is_empty() {
            (0..=LOOKS_WITHOUT_SCENES).map(|k| duration_ms * k / LOOKS_WITHOUT_SCENES).collect()
        } else {
            scenes.iter().flat_map(|s| [s.start_ms, s.best_ms, s.end_ms]).collect()
        };
        let mut lit_m: Vec<DVec3> = instants.par_iter().flat_map_iter(|&t_ms| lit_at(show, t_ms, has_lights)).collect();
        if lit_m.is_empty() {
            lit_m = show.vehicles.iter().map(|v| v.trajectory.start_point_m()).collect();
        }
        let closest = |scene: &ScenePicture| median_spacing(&lit_at(show, scene.best_ms, has_lights), show);
        let spacings: Vec<f64> = scenes.par_iter().filter_map(closest).collect();
        let least_m = if show.limits.min_separation_m > 0.0 { show.limits.min_separation_m } else { 1.0 };
        let spacing_m = spacings.into_iter().reduce(f64::min).unwrap_or(least_m).clamp(0.05, 50.0);
        Self { scenes, flown_m: flown(show), lit_m, spacing_m, has_lights }
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

    /// Places of lights in the scenes: what a camera shall frame. Never empty if there are vehicles.
    pub fn lit_m(&self) -> &[DVec3] {
        &self.lit_m
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

/// The strongest channel of a colour, 0 to 1.
pub fn power(Rgb { r, g, b }: Rgb) -> f32 {
    f32::from(r.max(g).max(b)) / 255.0
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

fn lit_at(show: &Show, t_ms: i64, has_lights: bool) -> Vec<DVec3> {
    let t_ms = t_ms as f64;
    let is_lit = |v: &&kapok_show::Vehicle| !has_lights || power(v.lights.sample(t_ms)) > DARK;
    show.vehicles.iter().filter(is_lit).map(|v| v.trajectory.sample(t_ms).position_m).collect()
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

//! How formations move while they stand, and what of it can be judged before planning.

use kapok_show::{DVec3, Ease, MotionStep, MovingPart, Spline, figure, natural_order};

use super::super::document::Path;
use super::super::types::{EaseName, FormationTable, MotionTable, SceneTable, SourceTable};
use super::checker::Checker;
use super::fleet::ms;
use crate::formation::{Formation, ListedPoint};
use crate::story::Placement;

/// Longest ease that is taken if the script does not say, milliseconds.
const LONGEST_EASE_MS: i64 = 6000;
/// Most points of all keyframes of an animation together.
const MAX_KEYFRAME_POINTS: usize = 5_000_000;
/// Most instants at which the way of a place is looked at, for reserve places to keep away from it, and most points of all
/// ways together.
const MAX_INSTANTS: (usize, usize) = (400, 2_000_000);

impl Checker<'_> {
    /// The steps of a formation's motion; none if it rests or something is wrong, which is reported.
    pub(super) fn steps(
        &mut self,
        path: &Path,
        source: &Path,
        table: &FormationTable,
        formation: &Formation,
    ) -> Vec<MotionStep> {
        let centre_m = DVec3::from_array(table.place.centre_m);
        let mut steps = Vec::new();
        if let Some(step) = self.keyframes(source, table, formation) {
            steps.push(step);
        }
        for (index, motion) in table.motion.iter().enumerate() {
            let path = path.key("motion").index(index);
            if let Some(step) = self.step(&path, motion, centre_m) {
                steps.push(step);
            }
        }
        steps
    }

    fn step(&mut self, path: &Path, table: &MotionTable, centre_m: DVec3) -> Option<MotionStep> {
        let about = |point: &Option<[f64; 3]>| point.map_or(centre_m, DVec3::from_array);
        Some(match table {
            MotionTable::Rotate { angle_deg, axis, about_m } => {
                let axis = self.direction(&path.key("axis"), *axis)?;
                MotionStep::Rotate { about_m: about(about_m), axis, angle_rad: angle_deg.to_radians() }
            }
            MotionTable::Translate { offset_m } => MotionStep::Translate { offset_m: DVec3::from_array(*offset_m) },
            MotionTable::Scale { factor, about_m } => MotionStep::Scale { about_m: about(about_m), factor: *factor },
            MotionTable::Path { points_m, times_s } => {
                let points: Vec<DVec3> =
                    std::iter::once(centre_m).chain(points_m.iter().map(|p| DVec3::from_array(*p))).collect();
                let pace: Vec<f64> = points.windows(2).map(|w| w[0].distance(w[1])).collect();
                if let Some(k) = pace.iter().position(|d| *d <= 0.0) {
                    let message = "the path stays where it is: this point is the one before it";
                    let help = "the path begins at the formation's own centre; leave the point out";
                    self.report(&path.key("points_m").index(k), message, help.to_owned());
                    return None;
                }
                let shares = self.shares(path, times_s.as_deref(), &pace, "points_m")?;
                MotionStep::Path { along: self.spline(&path.key("points_m"), shares, points)? }
            }
            MotionTable::Wave { amplitude_m, wavelength_m, direction, cycles } => {
                let direction = self.direction(&path.key("direction"), *direction)?;
                MotionStep::Wave {
                    amplitude_m: DVec3::from_array(*amplitude_m),
                    cycles_per_m: direction / *wavelength_m,
                    cycles: *cycles,
                }
            }
        })
    }

    fn direction(&mut self, path: &Path, direction: [f64; 3]) -> Option<DVec3> {
        let found = DVec3::from_array(direction).try_normalize();
        if found.is_none() {
            self.report(path, "this direction has no length", "for example [0, 0, 1] for upwards".to_owned());
        }
        found
    }

    /// Shares of the motion at which points are passed: in the ratio of the times, or else of the lengths.
    fn shares(&mut self, path: &Path, times_s: Option<&[f64]>, pace: &[f64], points: &str) -> Option<Vec<f64>> {
        let Some(times_s) = times_s else {
            let total: f64 = pace.iter().sum();
            let mut sum = 0.0;
            let mut shares: Vec<f64> = std::iter::once(0.0)
                .chain(pace.iter().map(|d| {
                    sum += d;
                    sum / total
                }))
                .collect();
            if let Some(last) = shares.last_mut() {
                *last = 1.0;
            }
            return Some(shares);
        };
        let path = path.key("times_s");
        if times_s.len() != pace.len() {
            let message = format!("`times_s` has {} times for {} of `{points}`", times_s.len(), pace.len());
            self.report(
                &path,
                message,
                "one for each, the first one excepted that the formation starts from".to_owned(),
            );
            return None;
        }
        if let Some(k) = times_s.windows(2).position(|w| w[1] <= w[0]) {
            self.report(&path.index(k + 1), "times must increase", format!("more than {}", times_s[k]));
            return None;
        }
        let last = times_s.last().copied().unwrap_or(1.0);
        let mut shares: Vec<f64> = std::iter::once(0.0).chain(times_s.iter().map(|t| t / last)).collect();
        if let Some(end) = shares.last_mut() {
            *end = 1.0;
        }
        Some(shares)
    }

    fn spline(&mut self, path: &Path, shares: Vec<f64>, points: Vec<DVec3>) -> Option<Spline> {
        let spline = Spline::through(shares, points);
        if spline.is_none() {
            self.report(path, "no smooth curve runs through these points at these times", None);
        }
        spline
    }

    /// The names of an animation's files, in the order of time; with the field that names them.
    pub(super) fn keyframe_files(
        &mut self,
        path: &Path,
        files: Option<&[String]>,
        folder: Option<&str>,
    ) -> Option<(Vec<String>, Path)> {
        match (files, folder) {
            (Some(files), None) => Some((files.to_vec(), path.key("files"))),
            (None, Some(folder)) => {
                let path = path.key("folder");
                let names = self.list(&path, folder)?;
                let is_csv = |name: &String| {
                    std::path::Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"))
                };
                // What the Finder and office programs lay beside the files of others.
                let is_hidden = |name: &String| name.starts_with('.') || name.starts_with("~$");
                let (hidden, mut names): (Vec<String>, Vec<String>) =
                    names.into_iter().filter(is_csv).partition(is_hidden);
                if let Some(first) = hidden.first() {
                    self.warn(
                        &path,
                        format!("hidden files are no keyframes: {} left out, as \"{first}\"", hidden.len()),
                    );
                }
                names.sort_by(|a, b| natural_order(a, b));
                let folder = folder.trim_end_matches('/');
                let files: Vec<String> = names.into_iter().map(|name| format!("{folder}/{name}")).collect();
                if files.len() < 2 || files.len() > 1000 {
                    let message = format!("the folder \"{folder}\" has {} CSV files", files.len());
                    self.report(&path, message, "an animation takes 2 to 1000 keyframes".to_owned());
                    return None;
                }
                Some((files, path))
            }
            (Some(_), Some(_)) => {
                self.report(&path.key("folder"), "`files` and `folder` both name the keyframes", "keep one".to_owned());
                None
            }
            (None, None) => {
                self.report(path, "the animation has no keyframes", "give `files` or `folder`".to_owned());
                None
            }
        }
    }

    /// The ways of the points of an animation; nothing if the source is none.
    fn keyframes(&mut self, path: &Path, table: &FormationTable, formation: &Formation) -> Option<MotionStep> {
        let SourceTable::Animation { files, folder, times_s } = &table.source else { return None };
        let (names, at) = self.keyframe_files(path, files.as_deref(), folder.as_deref())?;
        let mut frames: Vec<Vec<ListedPoint>> = Vec::new();
        for name in &names {
            let bytes = self.read(&at, name)?;
            let points = self.listed_points(&at, name, &bytes)?;
            if let Some(first) = frames.first().filter(|first| first.len() != points.len()) {
                let message =
                    format!("\"{name}\" has {} points, but \"{}\" has {}", points.len(), names[0], first.len());
                self.report(&at, message, "every keyframe has the same points in the same order".to_owned());
                return None;
            }
            frames.push(points);
            if frames.len() * frames[0].len() > MAX_KEYFRAME_POINTS {
                let message = format!("the keyframes have more than {MAX_KEYFRAME_POINTS} points together");
                self.report(&at, message, None);
                return None;
            }
        }
        let even = vec![1.0; names.len() - 1];
        let shares = self.shares(path, times_s.as_deref(), &even, "files")?;
        // The sampler centres the first keyframe and keeps its points: each is found again by its place.
        let centred = centred(&frames[0]);
        let key = |p: DVec3| p.to_array().map(f64::to_bits);
        let index_of: std::collections::BTreeMap<[u64; 3], usize> =
            centred.points.iter().enumerate().map(|(k, &p)| (key(p), k)).collect();
        let placement = Placement::of(&table.place);
        let ways = formation.points.iter().map(|point| {
            let index = *index_of.get(&key(point.position_m))?;
            let at = |frame: &Vec<ListedPoint>| placement.site_from_local(frame[index].position_m - centred.centre_m);
            Spline::through(shares.clone(), frames.iter().map(at).collect())
        });
        let ways = ways.collect::<Option<Vec<Spline>>>();
        if ways.is_none() {
            self.report(&at, "no smooth curves run through these keyframes at these times", None);
        }
        Some(MotionStep::Keyframes { ways: ways? })
    }

    /// How the scene's motion begins and ends. What makes no sense is reported at `path`, that of the scene.
    pub(super) fn ease(&mut self, path: &Path, table: &SceneTable, moves: bool) -> Ease {
        let hold_ms = ms(table.hold_s);
        if !moves {
            if table.ease.is_some() && table.formation.iter().all(|f| f.motion.is_empty()) {
                let message = "`ease` says how a motion begins and ends, but nothing moves in this scene";
                self.report(&path.key("ease"), message, "give a formation a [[scene.formation.motion]]".to_owned());
            }
            return Ease::default();
        }
        let ease = table.ease.unwrap_or_default();
        let ends = [ease.start, ease.end].map(|name| name == EaseName::Smooth);
        let count = ends.iter().filter(|smooth| **smooth).count() as i64;
        let own_ms = ease.duration_s.map_or_else(|| (hold_ms / 4).min(LONGEST_EASE_MS), ms);
        if hold_ms == 0 {
            self.report(&path.key("hold_s"), "a motion needs time", "write a `hold_s` above 0".to_owned());
        } else if own_ms * count > hold_ms {
            let message = format!(
                "the ease of {} s at {count} {} is longer than the hold of {} s",
                figure(own_ms as f64 / 1000.0),
                if count == 1 { "end" } else { "ends" },
                figure(table.hold_s)
            );
            // Rounded down to the tick of light programs: more would not fit.
            let most_s = (hold_ms as f64 / 20.0 / count.max(1) as f64).floor() / 50.0;
            let help = format!("write at most {}", figure(most_s));
            self.report(&path.key("ease").key("duration_s"), message, help);
        }
        let of = |smooth: bool| if smooth { own_ms.max(1) } else { 0 };
        Ease { start_ms: of(ends[0]), end_ms: of(ends[1]) }
    }
}

/// Points with the middle of their bounding box at the origin, as the sampler of point lists centres them.
struct Centred {
    centre_m: DVec3,
    points: Vec<DVec3>,
}

fn centred(list: &[ListedPoint]) -> Centred {
    let start = list.first().map_or(DVec3::ZERO, |p| p.position_m);
    let (low, high) = list.iter().fold((start, start), |(l, h), p| (l.min(p.position_m), h.max(p.position_m)));
    let centre_m = 0.5 * (low + high);
    Centred { centre_m, points: list.iter().map(|p| p.position_m - centre_m).collect() }
}

/// Where the places of a part are at the start of the motion.
pub(super) fn start_m(part: &MovingPart, bases_m: &[DVec3]) -> Vec<DVec3> {
    bases_m.iter().enumerate().map(|(k, &base_m)| part.by_share(base_m, k, 0.0).position).collect()
}

/// Instants of all ways of a part, so close that steps between them are below `step_m`, as far as that takes no more than
/// [`MAX_INSTANTS`].
pub(super) fn ways_m(part: &MovingPart, bases_m: &[DVec3], step_m: f64) -> Vec<DVec3> {
    let rate =
        |s: f64| bases_m.iter().enumerate().map(|(k, &b)| part.by_share(b, k, s).first.length()).fold(0.0, f64::max);
    let fastest = (0..=16).map(|k| rate(f64::from(k) / 16.0)).fold(0.0, f64::max);
    let count = ((1.5 * fastest / step_m).ceil() as usize)
        .clamp(1, MAX_INSTANTS.0.min(MAX_INSTANTS.1 / bases_m.len().max(1)).max(1));
    (0..=count)
        .flat_map(|instant| {
            let s = instant as f64 / count as f64;
            bases_m.iter().enumerate().map(move |(k, &b)| part.by_share(b, k, s).position)
        })
        .collect()
}

//! A scene whose places move: the true motion as pieces of degree 5 that agree with it in place, velocity and
//! acceleration wherever they meet.

use kapok_motion::PositionGrid;
use kapok_motion::bezier::{Curve, quintic};
use kapok_motion::timing::MotionLimits;
use kapok_show::{DVec3, Jet, MAX_DEGREE, MotionStep, Scene, SceneMotion, Trajectory, TrajectoryFault};
use rayon::prelude::*;

use crate::limit_check::{all_peaks, stretch};

/// How far pieces may be from the true motion before control points are rounded, metres.
const TOLERANCE_M: f64 = 1e-3;
/// Pieces are not shorter than this: rounding of control points makes jerk of short pieces, milliseconds.
const SHORTEST_MS: i64 = 800;
/// Pieces are not longer than this, milliseconds.
const LONGEST_MS: i64 = 4000;
/// How often a longer hold is tried.
const ROUNDS: usize = 24;

/// The motion of a scene, flown.
pub struct MovingScene<'a> {
    scene: &'a Scene,
    motion: &'a SceneMotion,
    grid: PositionGrid,
}

impl<'a> MovingScene<'a> {
    /// Nothing if the scene rests.
    pub fn new(scene: &'a Scene, grid: PositionGrid) -> Option<Self> {
        scene.motion.as_ref().filter(|m| !m.parts.is_empty()).map(|motion| Self { scene, motion, grid })
    }

    /// Where a place is during a hold of `hold_ms`, its velocity and acceleration.
    fn jet(&self, place: usize, t_ms: f64, hold_ms: i64) -> Jet {
        let base_m = self.scene.points[place].position_m;
        match self.motion.part_of(place) {
            Some(part) => part.by_time(base_m, place - part.first, &self.motion.ease, t_ms, hold_ms),
            None => Jet { position: base_m, ..Jet::default() },
        }
    }

    fn jets(&self, t_ms: f64) -> Vec<Jet> {
        (0..self.scene.points.len()).map(|place| self.jet(place, t_ms, self.scene.hold_ms)).collect()
    }

    /// All places at the start of the hold.
    pub fn first(&self) -> Vec<Jet> {
        self.jets(0.0)
    }

    /// All places at the end of the hold.
    pub fn last(&self) -> Vec<Jet> {
        self.jets(self.scene.hold_ms as f64)
    }

    pub fn ends_at_rest(&self) -> bool {
        self.motion.ease.end_ms > 0
    }

    /// The tracks of all places, from 0 to the end of the hold, and how far they are from the true motion, with the place.
    ///
    /// Control points are rounded as offsets from the rounded first place, so that places that are only shifted keep
    /// their distances exactly.
    pub fn tracks(&self) -> Result<(Vec<Trajectory>, (f64, usize)), TrajectoryFault> {
        self.tracks_of(self.scene.hold_ms)
    }

    fn tracks_of(&self, hold_ms: i64) -> Result<(Vec<Trajectory>, (f64, usize)), TrajectoryFault> {
        let (times_ms, deviation) = self.times(hold_ms);
        let tracks = (0..self.scene.points.len())
            .into_par_iter()
            .map(|place| {
                let jet = |t_ms: i64| self.jet(place, t_ms as f64, hold_ms);
                let mut before = jet(0);
                let base_m = self.grid.snap(before.position);
                let true_base_m = before.position;
                let rounded = |p: DVec3| self.grid.snap(base_m + self.grid.snap(p - true_base_m));
                let mut track = Trajectory::starting_at(0, base_m)?;
                for w in times_ms.windows(2) {
                    let after = jet(w[1]);
                    let curve = piece(&before, &after, w[1] - w[0]).map(rounded);
                    track.push(w[1], &curve.control()[1..])?;
                    before = after;
                }
                Ok(track)
            })
            .collect::<Result<Vec<_>, TrajectoryFault>>()?;
        Ok((tracks, deviation))
    }

    /// When pieces meet: where the ease changes, at the corners of splines, and so often in between that the pieces
    /// follow the motion; with the largest deviation that is left.
    fn times(&self, hold_ms: i64) -> (Vec<i64>, (f64, usize)) {
        let ease = self.motion.ease;
        let mut corners = vec![0, hold_ms];
        let mut offer = |t_ms: i64| {
            if corners.iter().all(|&c| (c - t_ms).abs() >= SHORTEST_MS) {
                corners.push(t_ms);
            }
        };
        for t_ms in [ease.start_ms, hold_ms - ease.end_ms] {
            offer(t_ms);
        }
        for share in self.corner_shares() {
            // The ease never decreases.
            let (mut low, mut high) = (0, hold_ms);
            while high - low > 1 {
                let middle = i64::midpoint(low, high);
                if ease.share(middle as f64, hold_ms)[0] < share { low = middle } else { high = middle }
            }
            offer(high);
        }
        corners.sort_unstable();
        let mut times_ms = vec![0];
        let mut worst = (0.0, 0);
        for w in corners.windows(2) {
            let length_ms = w[1] - w[0];
            let cut = |parts: i64| -> Vec<i64> { (0..=parts).map(|k| w[0] + length_ms * k / parts).collect() };
            let most = (length_ms / SHORTEST_MS).max(1);
            let mut parts = (length_ms / LONGEST_MS + 1).min(most);
            loop {
                let times = cut(parts);
                let deviation = self.deviation(&times, hold_ms);
                if deviation.0 <= TOLERANCE_M || parts == most {
                    times_ms.extend_from_slice(&times[1..]);
                    if deviation.0 > worst.0 {
                        worst = deviation;
                    }
                    break;
                }
                parts = (parts * 2).min(most);
            }
        }
        (times_ms, worst)
    }

    /// Shares of the motion at which some spline has a corner of its third derivative.
    fn corner_shares(&self) -> Vec<f64> {
        let mut shares: Vec<f64> = Vec::new();
        for step in self.motion.parts.iter().flat_map(|part| &part.steps) {
            let spline = match step {
                MotionStep::Path { along } => Some(along),
                MotionStep::Keyframes { ways } => ways.first(),
                _ => None,
            };
            shares.extend(spline.into_iter().flat_map(|s| s.shares().iter().copied()));
        }
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        shares
    }

    /// The largest distance between pieces and motion, looked for at seven instants of every piece, with the place.
    fn deviation(&self, times_ms: &[i64], hold_ms: i64) -> (f64, usize) {
        let per_place: Vec<f64> = (0..self.scene.points.len())
            .into_par_iter()
            .map(|place| {
                if self.motion.part_of(place).is_none() {
                    return 0.0;
                }
                let mut most = 0.0f64;
                for w in times_ms.windows(2) {
                    let jet = |t_ms: f64| self.jet(place, t_ms, hold_ms);
                    let curve = piece(&jet(w[0] as f64), &jet(w[1] as f64), w[1] - w[0]);
                    for k in 1..8 {
                        let u = f64::from(k) / 8.0;
                        let t_ms = w[0] as f64 + (w[1] - w[0]) as f64 * u;
                        most = most.max(curve.split(u).0.end().distance(jet(t_ms).position));
                    }
                }
                most
            })
            .collect();
        per_place.into_iter().enumerate().fold((0.0, 0), |best, (p, d)| if d > best.0 { (d, p) } else { best })
    }

    /// Is this deviation too much?
    pub fn is_rough(deviation_m: f64) -> bool {
        deviation_m > TOLERANCE_M
    }

    /// The shortest hold found on the light raster of 20 ms that keeps the limits (by place), the eases as they are; nothing
    /// if even a day does not.
    pub fn hold_needed_ms(&self, limits: &[MotionLimits]) -> Result<Option<i64>, TrajectoryFault> {
        let mut hold_ms = self.scene.hold_ms;
        for _ in 0..ROUNDS {
            let (tracks, (deviation_m, _)) = self.tracks_of(hold_ms)?;
            let factor = all_peaks(&tracks).iter().zip(limits).map(|(p, l)| stretch(p, l)).fold(0.0, f64::max);
            if factor <= 1.0 && !Self::is_rough(deviation_m) {
                return Ok(Some(hold_ms));
            }
            let longer_ms = (hold_ms as f64 * factor.max(1.002)) as i64;
            hold_ms = (longer_ms / 20 + 1) * 20;
            if hold_ms > 86_400_000 {
                break;
            }
        }
        Ok(None)
    }
}

fn piece(from: &Jet, to: &Jet, duration_ms: i64) -> Curve {
    let ends = |j: &Jet| [j.position, j.first, j.second];
    Curve::new(&quintic(ends(from), ends(to), duration_ms as f64 / 1000.0)).raised(MAX_DEGREE)
}

/// The places of a scene at the start of its hold, with their motion.
pub fn first_places(scene: &Scene, grid: &PositionGrid) -> Vec<Jet> {
    match MovingScene::new(scene, *grid) {
        Some(moving) => moving.first(),
        None => scene.points.iter().map(|p| Jet { position: p.position_m, ..Jet::default() }).collect(),
    }
}

use kapok_show::{DVec2, DVec3, Environment, FenceLimits, Geofence, Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::kernel::area::{Inside, Outside};
use crate::kernel::polygon::Polygon;
use crate::kernel::rounding::{U, root_high, root_low};
use crate::kernel::search::{Objective, Poly};
use crate::kernel::tally::{Tally, Value, VehicleWorst};
use crate::kernel::track::Track;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// Inside the fence at every instant; the value is the least distance to it.
pub fn geofence(
    show: &Show,
    fence: Option<&Geofence>,
    limits: &FenceLimits,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> RuleReport {
    if fence.is_none() && limits.is_empty() {
        return without_cases(show, Rule::Geofence, 0.0, Verdict::NotApplicable, "The show has no geofence.");
    }
    let fence = match fence.map(Fence::new).transpose() {
        Ok(f) => f,
        Err(detail) => return without_cases(show, Rule::Geofence, 0.0, Verdict::Undecided, &detail),
    };
    let each: Vec<Option<VehicleWorst>> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let mut tally = Tally::new(0.0, 0.0, settings);
            if let Some(fence) = &fence {
                measure(&v.trajectory, fence, &mut tally);
            }
            FenceBounds::of(limits, v.home_m).measure(&v.trajectory, &mut tally);
            reporter.advance(1);
            tally.small()
        })
        .collect();
    let kept =
        "Every vehicle stays inside and out of its holes. The value is the least distance to the fence or a hole.";
    let mut report = fold(show, Rule::Geofence, (0.0, DECISION_SLACK), each.into_iter(), kept);
    if let (Some(why), Verdict::Proved) = (undecided(show, limits), report.verdict) {
        (report.verdict, report.detail) = (Verdict::Undecided, why);
    }
    report
}

/// What keeps the rule from being decided, in a sentence.
fn undecided(show: &Show, limits: &FenceLimits) -> Option<String> {
    if !limits.not_understood.is_empty() {
        let names = limits.not_understood.join("`, `");
        return Some(format!(
            "The fence states `{names}`, which is not understood here, so it cannot be held against the show."
        ));
    }
    let FenceLimits { min_altitude_m: Some(least_m), .. } = limits else { return None };
    let low = |p: &DVec3| p.z < *least_m;
    let below = show.vehicles.iter().any(|v| v.trajectory.control_points_m().iter().any(low));
    (*least_m > 0.0 && below).then(|| {
        format!(
            "The fence begins {least_m} m above the ground, and vehicles are below: from when on it counts for those that \
             take off and land, the file does not say."
        )
    })
}

/// Heights and distance of a fence for one vehicle, in the site frame.
///
/// Vehicles measure from their own pads, which is not what a file of heights above the origin means where pads are higher or
/// lower: the stricter reading counts.
pub struct FenceBounds {
    max_m: Option<f64>,
    min_m: Option<f64>,
    /// Centre and radius.
    within: Option<(DVec2, f64)>,
}

impl FenceBounds {
    pub fn of(limits: &FenceLimits, home_m: DVec3) -> Self {
        Self {
            max_m: limits.max_altitude_m.map(|m| m + home_m.z.min(0.0)),
            // One that begins above the ground cannot hold of those that take off: see `undecided`.
            min_m: limits.min_altitude_m.filter(|m| *m <= 0.0).map(|m| m + home_m.z.max(0.0)),
            within: limits.max_distance_m.map(|m| (home_m.truncate(), m)),
        }
    }

    /// The least distance to one of them at a place, negative beyond; infinite if there is none.
    pub fn distance_m(&self, p: DVec3) -> f64 {
        let up_m = self.max_m.map(|m| m - p.z);
        let down_m = self.min_m.map(|m| p.z - m);
        let aside_m = self.within.map(|(centre, m)| m - (p.truncate() - centre).length());
        [up_m, down_m, aside_m].into_iter().flatten().fold(f64::INFINITY, f64::min)
    }

    fn measure(&self, trajectory: &Trajectory, tally: &mut Tally) {
        if self.max_m.is_none() && self.min_m.is_none() && self.within.is_none() {
            return;
        }
        let track = Track::new(trajectory);
        for index in 0..=trajectory.segment_count() {
            let piece = track.piece(index);
            let window = piece.window_ms();
            let [x, y, z] = piece.curve(window.0, window.1);
            if let Some(max_m) = self.max_m {
                tally.add(window, [z.minus(max_m).times(-1.0).widen()], &Value);
            }
            if let Some(min_m) = self.min_m {
                tally.add(window, [z.minus(min_m).widen()], &Value);
            }
            if let Some((centre, radius_m)) = self.within {
                let square = x.minus(centre.x).squared().plus(&y.minus(centre.y).squared());
                tally.add(window, [square], &Within { radius_m });
            }
        }
    }
}

/// Distance inside a circle, from the square of that to its centre.
struct Within {
    radius_m: f64,
}

impl Objective<1> for Within {
    fn bound(&self, p: &[Poly; 1]) -> Option<f64> {
        Some(self.radius_m - root_high(p[0].high()))
    }

    fn value(&self, p: &[Poly; 1], at_end: bool) -> Option<f64> {
        Some(self.radius_m - root_low(if at_end { p[0].end() } else { p[0].start() } - p[0].err()))
    }
}

/// The outlines and what is cut out of them.
pub struct Fence {
    outlines: Vec<Polygon>,
    holes: Vec<Polygon>,
}

impl Fence {
    /// `Err` says in a sentence which outline is no polygon.
    pub fn new(fence: &Geofence) -> Result<Self, String> {
        let outline =
            |corners: &Vec<DVec2>| Polygon::new(corners).map_err(|why| format!("The geofence is no polygon: {why}."));
        let outlines =
            [&fence.polygon_m].into_iter().chain(&fence.also_inside_m).map(outline).collect::<Result<_, _>>()?;
        let hole = |(k, corners): (usize, &Vec<DVec2>)| {
            Polygon::new(corners).map_err(|why| format!("Hole {} of the geofence is no polygon: {why}.", k + 1))
        };
        let holes = fence.holes_m.iter().enumerate().map(hole).collect::<Result<_, _>>()?;
        Ok(Self { outlines, holes })
    }

    /// Distance to the outline or a hole, negative where no vehicle may be.
    pub fn distance_m(&self, p: DVec2) -> f64 {
        let inside = self.outlines.iter().map(|outline| {
            if outline.convex {
                // Outside, too, the nearest of the lines counts, as in `measure`.
                outline.edges.iter().map(|e| e.normal.dot(p - e.a)).fold(f64::INFINITY, f64::min)
            } else {
                outline.signed_m(p)
            }
        });
        inside.chain(self.holes.iter().map(|hole| -hole.signed_m(p))).fold(f64::INFINITY, f64::min)
    }
}

/// The value of the rule for a vehicle with this pad at one point; `None` if the fence is no polygon or there is none.
pub fn fence_distance_m(around: &Environment, home_m: DVec3, p: DVec3) -> Option<f64> {
    let fence = around.geofence.as_ref().map(Fence::new).transpose().ok()?;
    let outline_m = fence.map_or(f64::INFINITY, |f| f.distance_m(p.truncate()));
    Some(outline_m.min(FenceBounds::of(&around.fence_limits, home_m).distance_m(p))).filter(|m| m.is_finite())
}

/// Distance of a point to an area, negative inside; `None` if it is no polygon.
pub fn outside_m(corners: &[DVec2], p: DVec2) -> Option<f64> {
    Polygon::new(corners).ok().map(|area| -area.signed_m(p))
}

/// The least distance of one vehicle to the outlines and holes.
pub fn fence_margin(trajectory: &Trajectory, fence: &Fence, settings: &ProofSettings) -> Option<VehicleWorst> {
    let mut tally = Tally::new(0.0, 0.0, settings);
    measure(trajectory, fence, &mut tally);
    tally.small()
}

fn measure(trajectory: &Trajectory, fence: &Fence, tally: &mut Tally) {
    let track = Track::new(trajectory);
    let reach_m = trajectory.control_points_m().iter().fold(1.0f64, |m, p| m.max(p.abs().max_element()));
    for index in 0..=trajectory.segment_count() {
        let piece = track.piece(index);
        let window = piece.window_ms();
        let [x, y, _] = piece.curve(window.0, window.1);
        for polygon in &fence.outlines {
            if polygon.convex {
                for e in &polygon.edges {
                    let line = |p: DVec2| e.normal.dot(p - e.a);
                    let near = piece.control_m.iter().map(|c| line(c.truncate())).fold(f64::INFINITY, f64::min);
                    if near - 1e-6 >= tally.best() {
                        continue;
                    }
                    let distance = x.minus(e.a.x).times(e.normal.x).plus(&y.minus(e.a.y).times(e.normal.y));
                    tally.add(window, [distance.widen()], &Value);
                }
            } else {
                let degree = x.degree().max(y.degree());
                let slop_m = 64.0 * U * (reach_m + polygon.reach_m());
                let objective = Inside { polygon, slop_m };
                tally.add(window, [x.elevated(degree).widen(), y.elevated(degree).widen()], &objective);
            }
        }
        let (low, high) = piece.hull();
        let (low, high) = (low.truncate(), high.truncate());
        for hole in &fence.holes {
            let (hole_low, hole_high) = hole.hull();
            let gap = (hole_low - high).max(low - hole_high).max(DVec2::ZERO).length();
            if gap - 1e-6 >= tally.best() {
                continue;
            }
            let degree = x.degree().max(y.degree());
            let objective = Outside { polygon: hole, slop_m: 64.0 * U * (reach_m + hole.reach_m()) };
            tally.add(window, [x.elevated(degree).widen(), y.elevated(degree).widen()], &objective);
        }
    }
}

use kapok_show::{DVec2, Geofence, Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::bernstein::SQUARE;
use crate::report::{VehicleWorst, fold, without_cases};
use crate::rounding::U;
use crate::rule::{Rule, RuleReport, Verdict};
use crate::search::{Objective, Poly};
use crate::settings::{DECISION_SLACK, ProofSettings};
use crate::site::polygon::Polygon;
use crate::tally::{Tally, Value};
use crate::track::Track;

/// Inside the fence at every instant; the value is the least distance to it.
pub(crate) fn geofence(
    show: &Show,
    fence: Option<&Geofence>,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> RuleReport {
    let Some(fence) = fence else {
        return without_cases(show, Rule::Geofence, 0.0, Verdict::NotApplicable, "The show has no geofence.");
    };
    let fence = match Fence::new(fence) {
        Ok(f) => f,
        Err(detail) => return without_cases(show, Rule::Geofence, 0.0, Verdict::Undecided, &detail),
    };
    let each: Vec<Option<VehicleWorst>> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let found = fence_margin(&v.trajectory, &fence, settings);
            reporter.advance(1);
            found
        })
        .collect();
    let kept = "Everybody stays inside and out of its holes. The value is the least distance to the fence or a hole.";
    fold(show, Rule::Geofence, (0.0, DECISION_SLACK), each.into_iter(), kept)
}

/// The outline and what is cut out of it.
pub(crate) struct Fence {
    outline: Polygon,
    holes: Vec<Polygon>,
}

impl Fence {
    /// `Err` says in a sentence which outline is no polygon.
    pub fn new(fence: &Geofence) -> Result<Self, String> {
        let outline = Polygon::new(&fence.polygon_m).map_err(|why| format!("The geofence is no polygon: {why}."))?;
        let hole = |(k, corners): (usize, &Vec<DVec2>)| {
            Polygon::new(corners).map_err(|why| format!("Hole {} of the geofence is no polygon: {why}.", k + 1))
        };
        let holes = fence.holes_m.iter().enumerate().map(hole).collect::<Result<_, _>>()?;
        Ok(Self { outline, holes })
    }

    /// Distance to the outline or a hole, negative where nobody may be.
    pub fn distance_m(&self, p: DVec2) -> f64 {
        let outline = if self.outline.convex {
            // Outside, too, the nearest of the lines counts, as in `fence_margin`.
            self.outline.edges.iter().map(|e| e.normal.dot(p - e.a)).fold(f64::INFINITY, f64::min)
        } else {
            self.outline.signed_m(p)
        };
        self.holes.iter().fold(outline, |least, hole| least.min(-hole.signed_m(p)))
    }
}

/// The value of the rule at one point; `None` if the fence is no polygon.
pub(crate) fn fence_distance_m(fence: &Geofence, p: DVec2) -> Option<f64> {
    Fence::new(fence).ok().map(|f| f.distance_m(p))
}

/// Distance of a point to an area, negative inside; `None` if it is no polygon.
pub(crate) fn outside_m(corners: &[DVec2], p: DVec2) -> Option<f64> {
    Polygon::new(corners).ok().map(|area| -area.signed_m(p))
}

/// The least distance of one vehicle.
pub(crate) fn fence_margin(trajectory: &Trajectory, fence: &Fence, settings: &ProofSettings) -> Option<VehicleWorst> {
    let polygon = &fence.outline;
    let mut tally = Tally::new(0.0, 0.0, settings);
    let track = Track::new(trajectory);
    let reach_m = trajectory.control_points_m().iter().fold(1.0f64, |m, p| m.max(p.abs().max_element()));
    for index in 0..=trajectory.segment_count() {
        let piece = track.piece(index);
        let window = if index == 0 { (piece.end_ms, piece.end_ms + 1) } else { (piece.start_ms, piece.end_ms) };
        let [x, y, _] = piece.curve(window.0, window.1);
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
        let start = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        let (low, high) = piece.control_m.iter().fold(start, |(l, h), c| (l.min(c.truncate()), h.max(c.truncate())));
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
    tally.small()
}

/// Distance to the outline, positive inside.
struct Inside<'a> {
    polygon: &'a Polygon,
    slop_m: f64,
}

/// Control points in the plane of two coordinates of equal degree.
pub(crate) fn plane(x: &Poly, y: &Poly, room: &mut [DVec2; SQUARE]) -> usize {
    for (slot, (&x, &y)) in room.iter_mut().zip(x.coefficients().iter().zip(y.coefficients())) {
        *slot = DVec2::new(x, y);
    }
    x.coefficients().len().min(y.coefficients().len())
}

impl Objective<2> for Inside<'_> {
    fn bound(&self, p: &[Poly; 2]) -> Option<f64> {
        let mut room = [DVec2::ZERO; SQUARE];
        let count = plane(&p[0], &p[1], &mut room);
        Some(self.polygon.enclose_m(&room[..count]).0 - p[0].err() - p[1].err() - self.slop_m)
    }

    fn value(&self, p: &[Poly; 2], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        let point = DVec2::new(at(&p[0]), at(&p[1]));
        Some(self.polygon.signed_m(point) + p[0].err() + p[1].err() + self.slop_m)
    }
}

/// Distance to an outline, positive outside; for two coordinates of equal degree.
pub(crate) struct Outside<'a> {
    pub polygon: &'a Polygon,
    pub slop_m: f64,
}

impl Objective<2> for Outside<'_> {
    fn bound(&self, p: &[Poly; 2]) -> Option<f64> {
        let mut room = [DVec2::ZERO; SQUARE];
        let count = plane(&p[0], &p[1], &mut room);
        Some(-self.polygon.enclose_m(&room[..count]).1 - p[0].err() - p[1].err() - self.slop_m)
    }

    fn value(&self, p: &[Poly; 2], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        Some(p[0].err() + p[1].err() + self.slop_m - self.polygon.signed_m(DVec2::new(at(&p[0]), at(&p[1]))))
    }
}

use kapok_show::{DVec2, Geofence, Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::bernstein::SQUARE;
use crate::certificate::{Rule, RuleReport, Verdict};
use crate::report::{VehicleWorst, fold, without_cases};
use crate::rounding::U;
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
    let polygon = match Polygon::new(&fence.polygon_m) {
        Ok(p) => p,
        Err(why) => {
            let detail = format!("The geofence is no polygon: {why}.");
            return without_cases(show, Rule::Geofence, 0.0, Verdict::Undecided, &detail);
        }
    };
    let each: Vec<Option<VehicleWorst>> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let found = vehicle(&v.trajectory, &polygon, settings);
            reporter.advance(1);
            found
        })
        .collect();
    let kept = "Everybody stays inside. The value is the least distance to the fence.";
    fold(show, Rule::Geofence, (0.0, DECISION_SLACK), each.into_iter(), kept)
}

/// The value of the rule at one point; `None` if the fence is no polygon.
pub(crate) fn fence_distance_m(fence: &Geofence, p: DVec2) -> Option<f64> {
    let polygon = Polygon::new(&fence.polygon_m).ok()?;
    if polygon.convex {
        // Outside, too, the nearest of the lines counts, as in `vehicle`.
        return polygon.edges.iter().map(|e| e.normal.dot(p - e.a)).reduce(f64::min);
    }
    Some(polygon.signed_m(p))
}

fn vehicle(trajectory: &Trajectory, polygon: &Polygon, settings: &ProofSettings) -> Option<VehicleWorst> {
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
    }
    tally.small()
}

/// Distance to the outline, positive inside.
struct Inside<'a> {
    polygon: &'a Polygon,
    slop_m: f64,
}

/// Control points in the plane of two coordinates of equal degree.
pub(super) fn plane(x: &Poly, y: &Poly, room: &mut [DVec2; SQUARE]) -> usize {
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

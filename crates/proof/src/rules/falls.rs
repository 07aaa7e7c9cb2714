//! A vehicle that fails, wherever and whenever, comes down clear of spectators and roads.
//!
//! The footprint of a vehicle at an instant is the disc around the point below it that [`crate::kernel::fall`] bounds. The value
//! of both rules is the least distance from the footprint of any vehicle at any instant to an area.

use kapok_show::{DVec2, DVec3, Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::kernel::area::plane;
use crate::kernel::bernstein::SQUARE;
use crate::kernel::fall::{Fall, Speeds};
use crate::kernel::polygon::Polygon;
use crate::kernel::rounding::{U, root_high, root_low};
use crate::kernel::search::{Objective, Poly};
use crate::kernel::tally::{Tally, VehicleWorst};
use crate::kernel::track::Track;
use crate::report::{charge, fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::rules::separation::TIMES_MOVED;
use crate::settings::{DECISION_SLACK, ProofSettings};

/// How closely footprints are enclosed, metres; the bound itself is far coarser.
const TOLERANCE_M: f64 = 1e-3;

type Area<'a> = (&'a str, &'a [DVec2]);

/// Both rules of falling.
pub fn falls(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> [RuleReport; 2] {
    let e = &show.environment;
    let audiences: Vec<Area> = e.audience_areas().map(|a| (a.name.as_str(), a.polygon_m.as_slice())).collect();
    let roads: Vec<Area> = e.roads.iter().map(|r| (r.name.as_str(), r.polygon_m.as_slice())).collect();
    let kinds = [&audiences, &roads].iter().filter(|a| !a.is_empty()).count();
    reporter.phase("falls", (kinds * show.vehicles.len()) as u64);
    let fall = Fall::new(show, settings);
    let rule = |rule, areas: &[Area], none: &str| judge(show, rule, areas, fall.as_ref(), none, settings, reporter);
    [
        rule(Rule::FallOnAudience, &audiences, "The show has no audience areas."),
        rule(Rule::FallOnRoad, &roads, "The show has no roads."),
    ]
}

/// The outlines as polygons; `Err` says in a sentence which is none.
fn polygons(areas: &[Area]) -> Result<Vec<Polygon>, String> {
    let one = |(name, corners): &Area| {
        Polygon::new(corners).map_err(|why| format!("The area \"{name}\" is no polygon: {why}."))
    };
    areas.iter().map(one).collect()
}

#[allow(clippy::too_many_arguments, reason = "one call site in a closure; a struct would only rename them")]
fn judge(
    show: &Show,
    rule: Rule,
    areas: &[Area],
    fall: Result<&Fall, &String>,
    none: &str,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> RuleReport {
    if areas.is_empty() {
        return without_cases(show, rule, 0.0, Verdict::NotApplicable, none);
    }
    let ready = fall.map_err(Clone::clone).and_then(|f| polygons(areas).map(|p| (f, p)));
    let (fall, polygons) = match ready {
        Ok(ready) => ready,
        Err(why) => return without_cases(show, rule, 0.0, Verdict::Undecided, &why),
    };
    let each = margins(show, &polygons, Some(fall), settings, reporter);
    let kept = format!(
        "Wherever a vehicle fails, in wind up to {} m/s from any direction, it comes down clear. The value is the least \
         distance from where it can come down to the area, to a millimetre.",
        show.limits.max_wind_m_s
    );
    let report = fold(show, rule, (0.0, DECISION_SLACK), each.iter().map(|e| e.map(|m| m.0)), &kept);
    let mut report = charge(report, hurried_m(show, fall, settings), TIMES_MOVED);
    if let Some((_, area)) = report.worst.as_ref().and_then(|w| each[w.vehicles[0].index]) {
        report.detail = format!("{} Nearest is \"{}\".", report.detail, areas[area].0);
    }
    report
}

/// By how much further a fall can reach, because times that were moved hide speed.
fn hurried_m(show: &Show, fall: &Fall, settings: &ProofSettings) -> f64 {
    if settings.time_error_ms == 0.0 {
        return 0.0;
    }
    let pieces = show.vehicles.iter().flat_map(|v| v.trajectory.segments());
    pieces.fold(0.0f64, |m, s| {
        let stated = Speeds::of_piece(s.control_m, s.duration_s());
        let flown = stated.times(1.0 + settings.warp(s.end_ms - s.start_ms, 1));
        let top_m = s.control_m.iter().fold(f64::NEG_INFINITY, |z, p| z.max(p.z));
        let reach_m = |speeds: Speeds| fall.reach_m(top_m, speeds.xy_m_s, speeds.up_m_s);
        m.max(reach_m(flown) - reach_m(stated))
    })
}

/// Least distance from each vehicle's footprint (its own place, without a fall) to the areas, and which one.
pub fn margins(
    show: &Show,
    polygons: &[Polygon],
    fall: Option<&Fall>,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> Vec<Option<(VehicleWorst, usize)>> {
    let coarse = ProofSettings { tolerance: settings.tolerance.max(TOLERANCE_M), ..settings.clone() };
    let each = show.vehicles.par_iter().map(|v| {
        let found = vehicle(&v.trajectory, polygons, fall, &coarse);
        reporter.advance(1);
        found
    });
    each.collect()
}

fn vehicle(
    trajectory: &Trajectory,
    polygons: &[Polygon],
    fall: Option<&Fall>,
    settings: &ProofSettings,
) -> Option<(VehicleWorst, usize)> {
    let mut tally = Tally::new(0.0, 0.0, settings);
    let mut nearest = 0;
    let track = Track::new(trajectory);
    for index in 0..=trajectory.segment_count() {
        let piece = track.piece(index);
        let (window, (low, high)) = (piece.window_ms(), piece.hull());
        let duration_s = (window.1 - window.0) as f64 / 1000.0;
        let speeds = Speeds::of_piece(piece.control_m, duration_s);
        let reach_m = fall.map_or(0.0, |f| f.reach_m(high.z, speeds.xy_m_s, speeds.up_m_s));
        let mut polynomials = None;
        for (k, polygon) in polygons.iter().enumerate() {
            let (area_low, area_high) = polygon.hull();
            let gap = (area_low - high.truncate()).max(low.truncate() - area_high).max(DVec2::ZERO).length();
            if gap - reach_m - 1e-6 >= tally.best() {
                continue;
            }
            let p = *polynomials.get_or_insert_with(|| {
                let [x, y, z] = piece.curve(window.0, window.1);
                let degree = x.degree().max(y.degree());
                let [vx, vy, vz] = [x, y, z].map(|c| c.derivative(window.1 - window.0));
                let speed2 = vx.squared().plus(&vy.squared());
                [x.elevated(degree).widen(), y.elevated(degree).widen(), z.widen(), speed2, vz.widen()]
            });
            let slop_m = 64.0 * U * (high.abs().max(low.abs()).max_element() + polygon.reach_m());
            let before = tally.best();
            tally.add(window, p, &Clear { polygon, fall, slop_m });
            if tally.best() < before {
                nearest = k;
            }
        }
    }
    tally.small().map(|w| (w, nearest))
}

/// Distance of the footprint to an area. Polynomials: x, y of equal degree; altitude; squared horizontal speed; climb.
struct Clear<'a> {
    polygon: &'a Polygon,
    fall: Option<&'a Fall>,
    slop_m: f64,
}

impl Objective<5> for Clear<'_> {
    fn bound(&self, p: &[Poly; 5]) -> Option<f64> {
        let mut room = [DVec2::ZERO; SQUARE];
        let count = plane(&p[0], &p[1], &mut room);
        let outside_m = -self.polygon.enclose_m(&room[..count]).1 - p[0].err() - p[1].err();
        let reach_m = self.fall.map_or(0.0, |f| f.reach_m(p[2].high(), root_high(p[3].high()), p[4].high()));
        Some(outside_m - reach_m - self.slop_m)
    }

    fn value(&self, p: &[Poly; 5], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        let outside_m = -self.polygon.signed_m(DVec2::new(at(&p[0]), at(&p[1]))) + p[0].err() + p[1].err();
        let low = |q: &Poly| at(q) - q.err();
        let reach_m = self.fall.map_or(0.0, |f| f.reach_m(low(&p[2]), root_low(low(&p[3])), low(&p[4])));
        Some(outside_m - reach_m + self.slop_m)
    }
}

/// Distance of the footprint at an instant to the nearest of the areas; `None` if something makes no sense.
pub fn footprint_distance_m(
    show: &Show,
    areas: &[&[DVec2]],
    position_m: DVec3,
    velocity_m_s: DVec3,
    settings: &ProofSettings,
) -> Option<f64> {
    let reach_m = Fall::new(show, settings).ok()?.reach_at_m(position_m, velocity_m_s);
    let each = areas.iter().map(|a| Polygon::new(a).ok().map(|p| -p.signed_m(position_m.truncate()) - reach_m));
    each.collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::min)
}

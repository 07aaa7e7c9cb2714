//! If something fails: one vehicle anywhere at any instant, the satellites for one sector, more wind than expected.
//!
//! The footprint of a vehicle at an instant is the disc around the point below it that `fall` bounds. For audiences and
//! roads the least distance from the disc to the area is a rule; for water, and for losses of which the consequences
//! depend on the site's procedures, it is a figure.

use std::collections::BTreeMap;

use kapok_show::{DVec2, DVec3, Reporter, Show, Trajectory, math};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bernstein::SQUARE;
use crate::fall::{Fall, GRAVITY_M_S2, speeds};
use crate::loss::{Known, LossFigure, LossMode, Question, losses};
use crate::report::{VehicleWorst, charge, fold, without_cases};
use crate::rounding::{U, root_high, root_low};
use crate::rule::{Rule, RuleReport, VehicleRef, Verdict};
use crate::search::{Objective, Poly};
use crate::separation::TIMES_MOVED;
use crate::settings::{DECISION_SLACK, ProofSettings};
use crate::site::{Fence, Polygon, fence_margin, plane};
use crate::tally::Tally;
use crate::track::Track;

/// How closely footprints are enclosed, metres; the bound itself is far coarser.
const TOLERANCE_M: f64 = 1e-3;

/// What happens if something fails, beyond what the rules decide. Distances are lower bounds; negative: it is reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureFigures {
    /// Wind that was reckoned with, from any direction, m/s.
    pub wind_m_s: f64,
    /// Altitude at which falls end: the lowest of the site's origin and all starts and ends, metres.
    pub ground_m: f64,
    /// No vehicle comes down further than this from below the place where it fails, metres; absent if the profile
    /// makes no sense.
    pub largest_reach_m: Option<f64>,
    /// The footprint that comes nearest to water, or reaches furthest into it.
    pub water: Option<AreaFigure>,
    /// Time for which vehicles drift with the wind before they notice that they have lost their position, seconds.
    pub gnss_reaction_s: f64,
    /// One vehicle at a time is lost, whoever it is and whenever it flies, and all others fly on: it stops, drifts or
    /// falls.
    #[serde(default)]
    pub one_lost: Vec<LossFigure>,
    /// Loss of position for one sector at a time: the group of a vehicle, or the eighth of the compass around the
    /// site's origin in which its pad lies if there are no groups.
    pub sectors: Vec<SectorLoss>,
    /// What the wind leaves.
    pub wind: WindReserve,
}

/// How near a footprint comes to an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AreaFigure {
    /// Name of the area.
    pub name: String,
    /// Distance left, metres.
    pub distance_m: f64,
    /// When, milliseconds.
    pub t_ms: f64,
    /// Who.
    pub vehicle: VehicleRef,
}

/// What is left if the vehicles of one sector lose their position and drift with the wind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SectorLoss {
    /// Which.
    pub sector: String,
    /// How many vehicles.
    pub vehicles: usize,
    /// How far they drift before they land, metres.
    pub drift_m: f64,
    /// Distance to the fence that is left, metres; absent without one.
    pub fence_left_m: Option<f64>,
    /// Horizontal distance to spectators that is left, metres; absent without any.
    pub audience_left_m: Option<f64>,
    /// Distance to vehicles of other sectors that is left, metres; 0 if one can be touched. Absent if there are no others.
    pub others_left_m: Option<f64>,
    /// The same in full: for how long nobody is touched, and the worst case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<LossFigure>,
    /// After this time the first of them can be outside the fence or among the spectators, seconds.
    pub first_contact_s: Option<f64>,
}

/// What the wind leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WindReserve {
    /// Greatest horizontal speed of the show and of all returns to home plus the wind: what must be flown against the air, m/s.
    pub needed_airspeed_m_s: f64,
    /// Tilt that holds this airspeed and the largest acceleration together, degrees.
    pub needed_tilt_deg: f64,
    /// Airspeed at the tilt of the settings, m/s; absent if the profile makes no sense or has no drag.
    pub airspeed_at_max_tilt_m_s: Option<f64>,
    /// What is left of it; negative: with this wind the show cannot be flown.
    pub reserve_m_s: Option<f64>,
}

type Area<'a> = (&'a str, &'a [DVec2]);

/// Both rules of falling, and figures of what is not a rule.
pub(crate) fn failure(
    show: &Show,
    settings: &ProofSettings,
    reporter: &dyn Reporter,
) -> (Vec<RuleReport>, FailureFigures) {
    let e = &show.environment;
    let audiences: Vec<Area> = e.audience_areas().map(|a| (a.name.as_str(), a.polygon_m.as_slice())).collect();
    let roads: Vec<Area> = e.roads.iter().map(|r| (r.name.as_str(), r.polygon_m.as_slice())).collect();
    let waters: Vec<Area> = e.waters.iter().map(|w| (w.name.as_str(), w.polygon_m.as_slice())).collect();
    let kinds = [&audiences, &roads, &waters].iter().filter(|a| !a.is_empty()).count();
    reporter.phase("falls", (kinds * show.vehicles.len()) as u64);
    let fall = Fall::new(show, settings);
    let rule = |rule, areas: &[Area], none: &str| judge(show, rule, areas, fall.as_ref(), none, settings, reporter);
    let reports = vec![
        rule(Rule::FallOnAudience, &audiences, "The show has no audience areas."),
        rule(Rule::FallOnRoad, &roads, "The show has no roads."),
    ];
    let water = fall.as_ref().ok().and_then(|f| {
        let polygons = polygons(&waters).ok().filter(|p| !p.is_empty())?;
        let each = margins(show, &polygons, Some(f), settings, reporter);
        let named = each.iter().enumerate().filter_map(|(v, m)| m.map(|m| (v, m)));
        let (v, (worst, area)) = named.min_by(|a, b| a.1.0.bound.total_cmp(&b.1.0.bound))?;
        let vehicle = VehicleRef { index: v, name: show.vehicles[v].name.clone() };
        Some(AreaFigure { name: waters[area].0.into(), distance_m: worst.bound, t_ms: worst.t_ms, vehicle })
    });
    let largest = fall.as_ref().ok().map(|f| {
        let pieces = show.vehicles.iter().flat_map(|v| v.trajectory.segments());
        pieces.fold(0.0f64, |m, s| {
            let (xy, up, _) = speeds(s.control_m, s.duration_s());
            m.max(f.reach_m(s.control_m.iter().fold(f64::NEG_INFINITY, |z, p| z.max(p.z)), xy, up))
        })
    });
    let figures = FailureFigures {
        wind_m_s: show.limits.max_wind_m_s,
        ground_m: fall.as_ref().map_or(0.0, |f| f.ground_m),
        largest_reach_m: largest,
        water,
        gnss_reaction_s: settings.gnss_reaction_s,
        one_lost: Vec::new(),
        sectors: sectors(show, &audiences, settings, reporter),
        wind: WindReserve::default(),
    };
    (reports, figures)
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
        let (xy, up, _) = speeds(s.control_m, s.duration_s());
        let top_m = s.control_m.iter().fold(f64::NEG_INFINITY, |z, p| z.max(p.z));
        let faster = 1.0 + settings.warp(s.end_ms - s.start_ms, 1);
        m.max(fall.reach_m(top_m, xy * faster, up * faster) - fall.reach_m(top_m, xy, up))
    })
}

/// Least distance from each vehicle's footprint (its own place, without a fall) to the areas, and which one.
pub(crate) fn margins(
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
        let window = if index == 0 { (piece.end_ms, piece.end_ms + 1) } else { (piece.start_ms, piece.end_ms) };
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        let (low, high) = piece.control_m.iter().fold(start, |(l, h), &c| (l.min(c), h.max(c)));
        let (xy, up, _) = speeds(piece.control_m, (window.1 - window.0) as f64 / 1000.0);
        let reach_m = fall.map_or(0.0, |f| f.reach_m(high.z, xy, up));
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
pub(crate) fn footprint_distance_m(
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

/// Which sector a vehicle belongs to.
fn sector(show: &Show, vehicle: usize, grouped: bool) -> (u32, String) {
    let v = &show.vehicles[vehicle];
    if grouped {
        return (u32::from(v.group), format!("group {}", v.group));
    }
    let eighth = math::atan2(v.home_m.y, v.home_m.x).to_degrees().rem_euclid(360.0) / 45.0;
    let k = (eighth as u32).min(7);
    (k, format!("{} to {} degrees counter-clockwise from x", 45 * k, 45 * (k + 1)))
}

/// The sectors in order, and which of them each vehicle belongs to.
fn sector_of(show: &Show) -> (BTreeMap<u32, u32>, Vec<u32>) {
    let grouped = show.vehicles.iter().any(|v| v.group != 0);
    let keys: Vec<u32> = (0..show.vehicles.len()).map(|v| sector(show, v, grouped).0).collect();
    let mut places: BTreeMap<u32, u32> = keys.iter().map(|&key| (key, 0)).collect();
    for (place, slot) in (0..).zip(places.values_mut()) {
        *slot = place;
    }
    let figure_of = keys.iter().map(|key| places[key]).collect();
    (places, figure_of)
}

fn sectors(show: &Show, audiences: &[Area], settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<SectorLoss> {
    let drift_m = settings.gnss_reaction_s * show.limits.max_wind_m_s;
    let grouped = show.vehicles.iter().any(|v| v.group != 0);
    let fence = show.environment.geofence.as_ref().and_then(|f| Fence::new(f).ok());
    let stands = polygons(audiences).ok().filter(|p| !p.is_empty());
    let to_fence: Option<Vec<f64>> = fence.map(|f| {
        let bound =
            |v: &kapok_show::Vehicle| fence_margin(&v.trajectory, &f, settings).map_or(f64::INFINITY, |w| w.bound);
        show.vehicles.par_iter().map(bound).collect()
    });
    let to_stands = stands.map(|p| margins(show, &p, None, settings, reporter));
    let mut all: BTreeMap<u32, SectorLoss> = BTreeMap::new();
    let nearer = |slot: &mut Option<f64>, value: f64| *slot = Some(slot.map_or(value, |s| s.min(value)));
    for v in 0..show.vehicles.len() {
        let (key, sector) = sector(show, v, grouped);
        let entry = all.entry(key).or_insert(SectorLoss {
            sector,
            vehicles: 0,
            drift_m,
            fence_left_m: None,
            audience_left_m: None,
            others_left_m: None,
            others: None,
            first_contact_s: None,
        });
        entry.vehicles += 1;
        if let Some(m) = &to_fence {
            nearer(&mut entry.fence_left_m, m[v] - drift_m);
        }
        if let Some((w, _)) = to_stands.as_ref().and_then(|m| m[v]) {
            nearer(&mut entry.audience_left_m, w.bound - drift_m);
        }
    }
    let mut all: Vec<SectorLoss> = all.into_values().collect();
    let wind_m_s = show.limits.max_wind_m_s;
    for s in &mut all {
        let left = [s.fence_left_m, s.audience_left_m].into_iter().flatten().reduce(f64::min);
        s.first_contact_s = left.filter(|_| wind_m_s > 0.0).map(|l| ((l + drift_m) / wind_m_s).max(0.0));
    }
    all
}

/// What an airspeed asks of the vehicle, and what the vehicle has.
fn wind_reserve(show: &Show, needed_m_s: f64, settings: &ProofSettings) -> WindReserve {
    let (profile, acceleration_m_s2) = (&show.profile, show.limits.max_acceleration_m_s2);
    let kappa = 0.5 * settings.air_density_kg_m3 * profile.drag_area_m2 / profile.mass_kg;
    let sideways_m_s2 = kappa * needed_m_s * needed_m_s + acceleration_m_s2;
    let tilt = settings.max_tilt_deg.to_radians();
    let usable_m_s2 = GRAVITY_M_S2 * math::tan(tilt) - acceleration_m_s2;
    let airspeed = (kappa.is_finite() && kappa > 0.0).then(|| (usable_m_s2.max(0.0) / kappa).sqrt());
    WindReserve {
        needed_airspeed_m_s: needed_m_s,
        needed_tilt_deg: if kappa.is_finite() { math::atan2(sideways_m_s2, GRAVITY_M_S2).to_degrees() } else { 0.0 },
        airspeed_at_max_tilt_m_s: airspeed,
        reserve_m_s: airspeed.map(|a| a - needed_m_s),
    }
}

impl FailureFigures {
    /// Completes the figures with what a loss does to the others, for which the least distances are needed.
    pub(crate) fn with_losses(mut self, show: &Show, known: &Known, settings: &ProofSettings) -> Self {
        let n = show.vehicles.len();
        let alone = |mode| Question { mode, figure_of: vec![0; n], figures: 1, together: false };
        let mut questions: Vec<Question> =
            [LossMode::Stops, LossMode::Drifts, LossMode::Falls].into_iter().map(alone).collect();
        let (keys, figure_of) = sector_of(show);
        if keys.len() > 1 {
            questions.push(Question { mode: LossMode::Drifts, figures: keys.len(), figure_of, together: true });
        }
        let mut answers = losses(show, &questions, known, settings);
        if keys.len() > 1 {
            for (sector, figure) in self.sectors.iter_mut().zip(answers.pop().unwrap_or_default()) {
                sector.others_left_m = Some(figure.left_m);
                sector.others = Some(figure);
            }
        }
        self.one_lost = answers.into_iter().flatten().collect();
        self
    }

    /// The same with the greatest horizontal speed of the show and of all returns to home.
    pub(crate) fn with_speed(mut self, show: &Show, speed_m_s: f64, settings: &ProofSettings) -> Self {
        self.wind = wind_reserve(show, speed_m_s + show.limits.max_wind_m_s, settings);
        self
    }
}

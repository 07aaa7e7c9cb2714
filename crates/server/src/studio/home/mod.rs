//! Returns to home that keep clear of each other, in whole seconds.
//!
//! The add-on moves each drone along straight lines between the points of the answer, with keys at whole frames, and then
//! straight down. Everything here happens at whole seconds, which are whole frames at any whole frame rate: what is planned
//! is exactly what the add-on builds. Drones are sent one after the other, each along the first of a few ways (straight,
//! or up or down to a level, across, and to its target) on which it meets nobody. The result is proved before it is sent.

mod fleet;
mod way;

use kapok_certify::{Rule, Verdict, judge_motion};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::near::Near;
use super::points::{points, positive};
use fleet::Fleet;
use way::{Way, refuges, ways};

#[derive(Deserialize)]
pub(super) struct HomeRequest {
    source: Vec<[f64; 3]>,
    target: Vec<[f64; 3]>,
    max_velocity_xy: f64,
    max_velocity_z: f64,
    max_acceleration: f64,
    min_distance: f64,
    rth_model: String,
}

#[derive(Debug, Serialize)]
pub(super) struct HomeAnswer {
    version: u8,
    start_times: Vec<f64>,
    durations: Vec<f64>,
    inner_points: Vec<Vec<[f64; 4]>>,
}

/// What the planner works with.
#[derive(Clone, Copy, Debug)]
pub(super) struct HomeLimits {
    pub horizontal_m_s: f64,
    pub vertical_m_s: f64,
    pub acceleration_m_s2: f64,
    pub min_distance_m: f64,
    /// Speed of the descent that the add-on adds; `None`: the drones stay at their targets.
    pub landing_m_s: Option<f64>,
}

/// The add-on's own tolerance of its least distance, metres.
pub(super) const TOLERANCE_M: f64 = 0.01;
/// The add-on lands at most this fast, m/s.
const LANDING_M_S: f64 = 0.5;
/// The add-on takes so much off the velocities before it sends them, m/s.
const TAKEN_OFF_M_S: f64 = 0.002;
/// Most drones: more take longer than the add-on waits.
const MAX_DRONES: usize = 20_000;

pub(super) fn answer(request: &HomeRequest) -> Result<HomeAnswer, Fault> {
    let sources = points("source", &request.source)?;
    let targets = points("target", &request.target)?;
    if sources.len() != targets.len() {
        return Err(Fault::Bad(format!(
            "{} sources but {} targets: each drone has one of both",
            sources.len(),
            targets.len()
        )));
    }
    if sources.len() > MAX_DRONES {
        return Err(Fault::Bad(format!(
            "{} drones are more than the {MAX_DRONES} that a return is planned for",
            sources.len()
        )));
    }
    let vertical_m_s = positive("max_velocity_z", request.max_velocity_z)?;
    let landing_m_s = match request.rth_model.as_str() {
        "straight_line_with_neck" => Some((vertical_m_s + TAKEN_OFF_M_S).min(LANDING_M_S)),
        "straight_line_with_neck_to_layers" => None,
        other => {
            let other: String = other.chars().take(60).collect();
            return Err(Fault::Bad(format!("rth_model \"{other}\" is not known")));
        }
    };
    let limits = HomeLimits {
        horizontal_m_s: positive("max_velocity_xy", request.max_velocity_xy)?,
        vertical_m_s,
        acceleration_m_s2: positive("max_acceleration", request.max_acceleration)?,
        min_distance_m: positive("min_distance", request.min_distance)?,
        landing_m_s,
    };
    if limits.min_distance_m <= 2.0 * TOLERANCE_M {
        return Err(Fault::bad("min_distance must be above 0.02 m"));
    }
    check_places("source", &sources, &limits, true)?;
    check_places("target", &targets, &limits, landing_m_s.is_none())?;
    let flights = plan(&sources, &targets, &limits)?;
    judge(&sources, &flights, &limits)?;
    Ok(HomeAnswer {
        version: 1,
        start_times: flights.iter().map(|f| f.start_s as f64).collect(),
        durations: flights.iter().map(|f| f.way.arrival_s as f64).collect(),
        inner_points: flights.iter().map(Flight::inner_points).collect(),
    })
}

/// A way with its start.
#[derive(Clone, Debug)]
struct Flight {
    start_s: usize,
    way: Way,
}

impl Flight {
    /// The bends of the way between source and target, with their times from the start of the manoeuvre.
    fn inner_points(&self) -> Vec<[f64; 4]> {
        let p = &self.way.places_m[..=self.way.arrival_s];
        (1..p.len().saturating_sub(1))
            .filter(|&k| (p[k + 1] - p[k] - (p[k] - p[k - 1])).length() > 1e-9)
            .map(|k| [(self.start_s + k) as f64, p[k].x, p[k].y, p[k].z])
            .collect()
    }

    /// The motion that the add-on makes of it, its descent included.
    fn trajectory(&self, limits: &HomeLimits) -> Result<Trajectory, kapok_show::TrajectoryFault> {
        let mut t = Trajectory::starting_at(0, self.way.places_m[0])?;
        let ms = |s: usize| 1000 * s as i64;
        if self.start_s > 0 {
            t.push_hold(ms(self.start_s))?;
        }
        for [at_s, x, y, z] in self.inner_points() {
            t.push((1000.0 * at_s) as i64, &[DVec3::new(x, y, z)])?;
        }
        let target = self.way.places_m[self.way.arrival_s];
        t.push(ms(self.start_s + self.way.arrival_s), &[target])?;
        if let Some(speed_m_s) = limits.landing_m_s.filter(|_| target.z > 0.0) {
            let duration_ms = (1000.0 * target.z / speed_m_s).ceil() as i64;
            t.push(t.end_ms() + duration_ms, &[DVec3::new(target.x, target.y, 0.0)])?;
        }
        Ok(t)
    }
}

/// Drones that hover closer than the least distance have no way without a collision.
fn check_places(name: &str, places: &[DVec3], limits: &HomeLimits, together: bool) -> Result<(), Fault> {
    if let Some(index) = places.iter().position(|p| p.z < -1.0) {
        return Err(Fault::Bad(format!("{name} {index} is at {} m, below the ground", places[index].z)));
    }
    if !together {
        return Ok(());
    }
    let needed_m = limits.min_distance_m - TOLERANCE_M;
    let near = Near::new(places, needed_m);
    for (i, &p) in places.iter().enumerate().filter(|(_, p)| p.z >= limits.min_distance_m) {
        if let Some(j) = near.within(p, needed_m).find(|&j| j != i) {
            return Err(Fault::Bad(format!(
                "{name} {i} and {name} {j} are {:.2} m apart, but min_distance is {} m: no return can keep it",
                p.distance(places[j]),
                limits.min_distance_m
            )));
        }
    }
    Ok(())
}

/// Sends all drones home, in the first of a few orders in which nobody remains shut in.
fn plan(sources: &[DVec3], targets: &[DVec3], limits: &HomeLimits) -> Result<Vec<Flight>, Fault> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    let mut shut_in = Vec::new();
    for descending in [false, true] {
        order.sort_by(|&a, &b| {
            let by = |p: &[DVec3]| if descending { p[b].z.total_cmp(&p[a].z) } else { p[a].z.total_cmp(&p[b].z) };
            // At layers the lower places are taken first: whoever comes from above finds the way free.
            let layers = if limits.landing_m_s.is_none() {
                targets[a].z.total_cmp(&targets[b].z)
            } else {
                std::cmp::Ordering::Equal
            };
            layers.then(by(sources)).then(a.cmp(&b))
        });
        match send(sources, targets, limits, &order) {
            Ok(flights) => return Ok(flights),
            Err(left) => shut_in = left,
        }
    }
    let first = shut_in.first().copied().unwrap_or_default();
    Err(Fault::Bad(format!(
        "no return without a collision was found: {} drones are shut in by others, the first is number {first} (from 0). \
         More distance between the drones, or another return altitude, helps",
        shut_in.len()
    )))
}

/// One after the other; those that are shut in wait for the others to leave. Where all that are left shut each other in,
/// one of them goes aside to a free place in the air first. `Err`: those that remain shut in.
fn send(sources: &[DVec3], targets: &[DVec3], limits: &HomeLimits, order: &[usize]) -> Result<Vec<Flight>, Vec<usize>> {
    let mut fleet = Fleet::new(sources, *limits);
    let mut places = sources.to_vec();
    let mut arrivals_s = vec![0; sources.len()];
    let mut aside = vec![false; sources.len()];
    let mut left = order.to_vec();
    let levels = way::levels(sources, limits);
    let stays = limits.landing_m_s.is_none();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|&i| {
            let mut best: Option<(usize, Way)> = None;
            for way in ways(places[i], targets[i], &levels, limits) {
                let before_s = best.as_ref().map(|(start_s, w)| (start_s + w.arrival_s).saturating_sub(way.arrival_s));
                if let Some(start_s) = fleet.earliest_start_s(i, &way, before_s, stays) {
                    best = Some((start_s, way));
                }
            }
            let Some((start_s, way)) = best else { return true };
            fleet.add(i, start_s, &way, stays);
            arrivals_s[i] = start_s + way.arrival_s;
            false
        });
        if left.len() < before {
            continue;
        }
        let escape = left.iter().filter(|&&i| !aside[i]).find_map(|&i| {
            let mut found = refuges(places[i], targets[i], &levels, limits).into_iter();
            found.find_map(|way| Some((i, fleet.earliest_start_s(i, &way, None, true)?, way)))
        });
        let Some((i, start_s, way)) = escape else { return Err(left) };
        fleet.add(i, start_s, &way, true);
        (places[i], aside[i]) = (way.places_m[way.places_m.len() - 1], true);
    }
    let flights = fleet.into_tracks().zip(arrivals_s).map(|((start_s, places_m), arrival_s)| Flight {
        start_s,
        way: Way { places_m, arrival_s: arrival_s - start_s },
    });
    Ok(flights.collect())
}

/// Nothing leaves here that is not proved: the motion the add-on builds, in continuous time.
fn judge(sources: &[DVec3], flights: &[Flight], limits: &HomeLimits) -> Result<(), Fault> {
    if sources.is_empty() {
        return Ok(());
    }
    let mut vehicles = Vec::with_capacity(flights.len());
    for (i, flight) in flights.iter().enumerate() {
        let trajectory = flight.trajectory(limits).map_err(Fault::internal)?;
        vehicles.push(Vehicle::new(i.to_string(), sources[i], trajectory, LightProgram::dark()));
    }
    let show = Show {
        title: String::new(),
        site: Site { origin: Wgs84 { latitude_deg: 0.0, longitude_deg: 0.0, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits {
            min_separation_m: limits.min_distance_m - TOLERANCE_M,
            // Below the least distance drones start and land on pads that are closer; there they only go up and down.
            min_navigation_altitude_m: limits.min_distance_m,
            max_altitude_m: 1e6,
            max_velocity_xy_m_s: limits.horizontal_m_s,
            max_velocity_up_m_s: limits.vertical_m_s,
            max_velocity_down_m_s: limits.vertical_m_s + TAKEN_OFF_M_S,
            ..Limits::default()
        },
        profile: VehicleProfile::default(),
        vehicles,
        chapters: Vec::new(),
        audio: None,
    };
    let findings = judge_motion(&show, &Silent);
    for rule in [Rule::Separation, Rule::VelocityXy, Rule::VelocityUp, Rule::VelocityDown, Rule::GroundMotion] {
        let Some(report) = findings.rule(rule) else { continue };
        if !matches!(report.verdict, Verdict::Proved | Verdict::NotApplicable) {
            return Err(Fault::Internal(format!(
                "the planned return was not proved ({}: {})",
                report.title, report.detail
            )));
        }
    }
    Ok(())
}

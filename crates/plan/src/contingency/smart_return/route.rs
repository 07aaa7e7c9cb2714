use kapok_show::DVec3;

use super::limits::SmartReturnLimits;

/// Levels above and below the fleet that are tried for the flight across.
const LEVELS: i32 = 6;
/// Longest leg, seconds: beyond lies a mistake of scale.
const MAX_LEG_S: usize = 7200;

/// Where a vehicle is at each whole second after its start, straight lines between; landing included.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Route {
    pub places_m: Vec<DVec3>,
    /// When it is at its target, seconds after its start.
    pub arrival_s: usize,
}

impl Route {
    /// Where it ends.
    pub fn end_m(&self) -> DVec3 {
        self.places_m[self.places_m.len() - 1]
    }

    /// Seconds until it ends.
    pub fn duration_s(&self) -> usize {
        self.places_m.len() - 1
    }
}

/// Altitudes that are at least the least distance above or below all hovering vehicles.
pub(super) fn levels(sources: &[DVec3], limits: &SmartReturnLimits) -> Vec<f64> {
    let d = limits.min_distance_m;
    let airborne = || sources.iter().map(|p| p.z).filter(|z| *z >= d);
    let highest = sources.iter().map(|p| p.z).fold(d, f64::max);
    let above = (1..=LEVELS).map(|k| highest + f64::from(k) * d);
    let lowest = airborne().fold(f64::INFINITY, f64::min);
    let below = (1..=LEVELS).map(|k| lowest - f64::from(k) * d).filter(|z| *z >= d && z.is_finite());
    below.chain(above).collect()
}

/// Routes from a source to a target, the fastest first.
///
/// Below the least distance, where pads may be closer than it, a route only goes up and down.
pub(super) fn routes(source: DVec3, target: DVec3, levels: &[f64], limits: &SmartReturnLimits) -> Vec<Route> {
    let d = limits.min_distance_m;
    let raised = |p: DVec3| DVec3::new(p.x, p.y, p.z.max(d));
    let mut found: Vec<Route> = Vec::new();
    let mut add = |stops: &[DVec3]| {
        if let Some(route) = through(stops, limits)
            && !found.contains(&route)
        {
            found.push(route);
        }
    };
    if source.truncate() == target.truncate() {
        add(&[source, target]);
    } else {
        add(&[source, raised(source), raised(target), target]);
    }
    for &level in levels.iter().chain(&[raised(target).z, raised(source).z]) {
        let at = |p: DVec3| DVec3::new(p.x, p.y, level);
        add(&[source, at(source), at(target), target]);
    }
    found.sort_by_key(|route| route.arrival_s);
    found
}

/// Routes to a place where a vehicle can wait while others leave: its own column or that of its target, at each level.
pub(super) fn refuges(place: DVec3, target: DVec3, levels: &[f64], limits: &SmartReturnLimits) -> Vec<Route> {
    let hover = SmartReturnLimits { landing_m_s: None, ..*limits };
    let at = |p: DVec3, level: f64| DVec3::new(p.x, p.y, level);
    let own = levels.iter().filter_map(|&level| through(&[place, at(place, level)], &hover));
    let its = levels.iter().filter_map(|&level| through(&[place, at(place, level), at(target, level)], &hover));
    own.chain(its).collect()
}

/// The route through these stops, at rest in each; `None` if a leg takes too long.
fn through(stops: &[DVec3], limits: &SmartReturnLimits) -> Option<Route> {
    let mut places_m = vec![stops[0]];
    for leg in stops.windows(2) {
        push_leg(&mut places_m, leg[0], leg[1], limits)?;
    }
    if places_m.len() == 1 {
        // Start and arrival are two instants.
        places_m.push(stops[0]);
    }
    let arrival_s = places_m.len() - 1;
    let target = places_m[arrival_s];
    if let Some(speed_m_s) = limits.landing_m_s {
        let mut z = target.z;
        while z > 0.0 && places_m.len() < 4 * MAX_LEG_S {
            z = (z - speed_m_s).max(0.0);
            places_m.push(DVec3::new(target.x, target.y, z));
        }
    }
    Some(Route { places_m, arrival_s })
}

/// From rest to rest: constant acceleration, speed, deceleration, in whole seconds.
fn push_leg(places_m: &mut Vec<DVec3>, from: DVec3, to: DVec3, limits: &SmartReturnLimits) -> Option<()> {
    let trip = to - from;
    let length = trip.length();
    if length == 0.0 {
        return Some(());
    }
    let share = |limit: f64, part: f64| if part > 0.0 { limit * length / part } else { f64::INFINITY };
    let speed = share(limits.horizontal_m_s, trip.truncate().length()).min(share(limits.vertical_m_s, trip.z.abs()));
    let a = limits.acceleration_m_s2;
    let shortest = if length >= speed * speed / a { length / speed + speed / a } else { 2.0 * (length / a).sqrt() };
    if shortest > MAX_LEG_S as f64 {
        return None;
    }
    let duration = shortest.ceil().max(1.0);
    // length = cruise · (duration − cruise / a), solved without a difference of great numbers: a limit of acceleration that
    // binds nothing may be of any size.
    let cruise = 2.0 * length / (duration + (duration * duration - 4.0 * length / a).max(0.0).sqrt());
    let ramp = cruise / a;
    for k in 1..duration as usize {
        let t = k as f64;
        let done = if t < ramp {
            a * t * t / 2.0
        } else if t <= duration - ramp {
            cruise * (t - ramp / 2.0)
        } else {
            length - a * (duration - t) * (duration - t) / 2.0
        };
        places_m.push(from + trip * (done / length).clamp(0.0, 1.0));
    }
    places_m.push(to);
    Some(())
}

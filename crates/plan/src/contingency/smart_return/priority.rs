use std::cmp::Ordering;

use kapok_show::DVec3;

use super::flight::SmartReturn;
use super::limits::SmartReturnLimits;
use super::reservations::Reservations;
use super::route::{Route, levels, refuges, routes};

/// Flights in the first of a few priority orders in which no vehicle remains blocked. `Err`: the vehicles that remain blocked in
/// the last.
pub(super) fn prioritised(
    sources: &[DVec3],
    targets: &[DVec3],
    limits: &SmartReturnLimits,
) -> Result<Vec<SmartReturn>, Vec<usize>> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    let mut blocked = Vec::new();
    for descending in [false, true] {
        order.sort_by(|&a, &b| {
            let by = |p: &[DVec3]| if descending { p[b].z.total_cmp(&p[a].z) } else { p[a].z.total_cmp(&p[b].z) };
            // Where vehicles stay at their targets the lower ones are taken first: the way from above stays free.
            let layers =
                if limits.landing_m_s.is_none() { targets[a].z.total_cmp(&targets[b].z) } else { Ordering::Equal };
            layers.then(by(sources)).then(a.cmp(&b))
        });
        match in_order(sources, targets, limits, &order) {
            Ok(flights) => return Ok(flights),
            Err(left) => blocked = left,
        }
    }
    Err(blocked)
}

/// One vehicle after the other; blocked ones wait for the others to leave. Where all that are left block each other, one of
/// them first goes aside to a free place in the air. `Err`: the vehicles that remain blocked.
fn in_order(
    sources: &[DVec3],
    targets: &[DVec3],
    limits: &SmartReturnLimits,
    order: &[usize],
) -> Result<Vec<SmartReturn>, Vec<usize>> {
    let mut table = Reservations::new(sources, *limits);
    let mut places = sources.to_vec();
    let mut arrivals_s = vec![0; sources.len()];
    let mut aside = vec![false; sources.len()];
    let mut left = order.to_vec();
    let levels = levels(sources, limits);
    let stays = limits.landing_m_s.is_none();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|&i| {
            let mut best: Option<(usize, Route)> = None;
            for route in routes(places[i], targets[i], &levels, limits) {
                let before_s =
                    best.as_ref().map(|(start_s, r)| (start_s + r.arrival_s).saturating_sub(route.arrival_s));
                if let Some(start_s) = table.earliest_start_s(i, &route, before_s, stays) {
                    best = Some((start_s, route));
                }
            }
            let Some((start_s, route)) = best else { return true };
            table.add(i, start_s, &route, stays);
            arrivals_s[i] = start_s + route.arrival_s;
            false
        });
        if left.len() < before {
            continue;
        }
        let refuge = left.iter().filter(|&&i| !aside[i]).find_map(|&i| {
            let mut found = refuges(places[i], targets[i], &levels, limits).into_iter();
            found.find_map(|route| Some((i, table.earliest_start_s(i, &route, None, true)?, route)))
        });
        let Some((i, start_s, route)) = refuge else { return Err(left) };
        table.add(i, start_s, &route, true);
        (places[i], aside[i]) = (route.end_m(), true);
    }
    let flights = table.into_tracks().zip(arrivals_s).map(|(track, arrival_s)| {
        SmartReturn::new(track.start_s, Route { places_m: track.places_m, arrival_s: arrival_s - track.start_s })
    });
    Ok(flights.collect())
}

//! Rehearsals: a show flown by vehicles with physics, again and again.

mod answer;
mod histogram;
mod request;

use kapok_certify::{Options, Source};
use kapok_show::{Reporter, Show, math};
use kapok_sim::{
    EventKind, Fix, Fleet, GnssField, Pad, Phase, Profile, Random, ShowGuidance, Stream, Surroundings, TICK_S, WindSpec,
};

pub use answer::{RehearsalAnswer, RehearsalRun};
pub use request::{MAX_RUNS, RehearsalRequest};

use crate::error::JobError;
use histogram::Histogram;

/// Time on the pads before the show begins, seconds: estimators settle.
const BEFORE_S: f64 = 5.0;
/// Time after the last trajectory in which vehicles may still land, seconds: from 120 m at half a metre a second.
const AFTER_S: f64 = 240.0;
/// Temperature of the packs, °C.
const TEMPERATURE_C: f64 = 15.0;
/// Pairs are watched up to so many times the show's separation.
const WATCH: f64 = 2.0;

/// Flies a show of any format with simulated vehicles: rotors, wind with turbulence, satellite positioning, packs and the autopilots of
/// show boards. Nothing is proved: figures of what happened come out.
///
/// Every run has its own gusts, errors and direction of the wind, all from the seed. Vehicles start from their pads with full packs,
/// follow their trajectories by time, and land.
///
/// # Errors
/// [`JobError`] if the bytes are no show, or a setting is out of range.
///
/// # Complexity
/// For each run and vehicle about 200 ns a step, 200 steps a second of show.
///
/// # Determinism
/// The same source and request give the same answer on any number of threads.
pub fn rehearse(
    source: &Source,
    request: &RehearsalRequest,
    reporter: &dyn Reporter,
) -> Result<RehearsalAnswer, JobError> {
    // What is asked for must make sense before the long work begins.
    request.checked(1.0)?;
    reporter.phase("reading", 0);
    let show = source.decode(&Options::default())?.show;
    let profile = request.checked(show.profile.mass_kg)?;
    let seconds = show.duration_ms() as f64 / 1000.0;
    reporter.phase("rehearsing", u64::from(request.runs) * (seconds + BEFORE_S) as u64);
    let mut errors = Histogram::new();
    let each: Vec<RehearsalRun> = (1..=request.runs)
        .map(|run| {
            let flown = fly(&show, &profile, request, run, reporter);
            errors.merge(&flown.errors);
            flown.answer
        })
        .collect();
    let hit = each.iter().filter(|run| run.collisions > 0).count();
    let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
    let nearest = least(&mut each.iter().filter_map(|run| run.min_separation_m));
    Ok(RehearsalAnswer {
        title: show.title.clone(),
        runs: request.runs,
        vehicles: show.vehicles.len() as u32,
        seed: request.seed,
        wind_m_s: request.wind_m_s,
        profile: profile.name.clone(),
        landed: each.iter().map(|run| run.landed).min().unwrap_or_default(),
        collisions: each.iter().map(|run| run.collisions).sum(),
        collision_run_upper_95: upper_95(hit as u32, request.runs),
        min_separation_m: nearest.is_finite().then_some(nearest),
        separation_limit_m: show.limits.min_separation_m,
        tracking_error_p99_m: errors.quantile_m(0.99),
        tracking_error_max_m: errors.greatest_m(),
        energy_margin_min: least(&mut each.iter().map(|run| run.energy_margin_min)),
        failsafes: each.iter().map(|run| run.failsafes).sum(),
        each,
    })
}

/// One run, and how far its vehicles were from the plan.
struct Flown {
    answer: RehearsalRun,
    errors: Histogram,
}

fn fly(show: &Show, profile: &Profile, request: &RehearsalRequest, run: u32, reporter: &dyn Reporter) -> Flown {
    let random = Random::new(request.seed, run);
    let [direction, ..] = random.uniform(0, 0, Stream::Caller);
    let toward_rad = std::f64::consts::TAU * direction;
    let best = if show.environment.indoor { Fix::Indoor } else { profile.best_fix };
    let surroundings = Surroundings {
        wind: WindSpec { toward_rad, ..WindSpec::of(request.wind_m_s) },
        gnss: GnssField::clear(best),
        temperature_c: TEMPERATURE_C,
    };
    let pads: Vec<Pad> = show.vehicles.iter().map(|v| Pad::at(v.home_m)).collect();
    let mut fleet = Fleet::new(profile, &surroundings, &pads, random);
    fleet.watch(WATCH * show.limits.min_separation_m);
    let guidance = ShowGuidance::new(&show.vehicles, BEFORE_S);
    let end_s = show.duration_ms() as f64 / 1000.0 + BEFORE_S;
    let ground_rule_m = show.limits.ground_rule_altitude_m();
    let mut errors = Histogram::new();
    let mut answer = RehearsalRun {
        run,
        wind_toward_deg: toward_rad.to_degrees(),
        landed: 0,
        collisions: 0,
        min_separation_m: None,
        min_separation_s: None,
        min_separation_pair: None,
        tracking_error_p99_m: 0.0,
        energy_margin_min: 1.0,
        failsafes: 0,
    };
    let mut tick = 0u32;
    while fleet.t_s() < end_s + AFTER_S && reporter.go_on() {
        fleet.advance(&guidance);
        tick += 1;
        let show_s = fleet.t_s() - BEFORE_S;
        if fleet.t_s() <= end_s && f64::from(tick) * TICK_S % 1.0 < TICK_S {
            reporter.advance(1);
        }
        for event in fleet.events() {
            match event.kind {
                EventKind::Collided { other } if event.vehicle < other => answer.collisions += 1,
                EventKind::PositionLost | EventKind::BatteryCritical => answer.failsafes += 1,
                _ => {}
            }
        }
        for ((vehicle, body), craft) in show.vehicles.iter().zip(fleet.bodies()).zip(fleet.crafts()) {
            let flown = &vehicle.trajectory;
            let t_ms = show_s * 1000.0;
            if craft.phase == Phase::Flying && t_ms >= flown.start_ms() as f64 && t_ms <= flown.end_ms() as f64 {
                errors.add(body.position_m.distance(flown.sample(t_ms).position_m));
            }
        }
        for meeting in fleet.encounters() {
            let height = |i: u32| fleet.bodies()[i as usize].position_m.z;
            let in_flight = height(meeting.pair.0).max(height(meeting.pair.1)) >= ground_rule_m;
            if in_flight && answer.min_separation_m.is_none_or(|least| meeting.distance_m < least) {
                answer.min_separation_m = Some(meeting.distance_m);
                answer.min_separation_s = Some(show_s);
                let name = |i: u32| show.vehicles[i as usize].name.clone();
                answer.min_separation_pair = Some([name(meeting.pair.0), name(meeting.pair.1)]);
            }
        }
        if fleet.t_s() > end_s && !fleet.crafts().iter().any(kapok_sim::Craft::is_airborne) {
            break;
        }
    }
    answer.landed = fleet.crafts().iter().filter(|c| matches!(c.phase, Phase::Landed | Phase::Parked)).count() as u32;
    answer.tracking_error_p99_m = errors.quantile_m(0.99);
    let charge = fleet.batteries().iter().map(|b| b.charge).fold(1.0, f64::min);
    answer.energy_margin_min = charge - show.limits.battery_reserve;
    Flown { answer, errors }
}

/// The upper bound of Clopper and Pearson: the probability under which so few hits in so many runs have a chance of 2.5 %; for
/// none of n, and for all, the whole 5 % stands on one side.
fn upper_95(hits: u32, runs: u32) -> f64 {
    if hits >= runs {
        return 1.0;
    }
    let tail = if hits == 0 { 0.05 } else { 0.025 };
    // The chance of at most `hits` falls as p rises: halve the interval.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let p = 0.5 * (low + high);
        if at_most(hits, runs, p) > tail { low = p } else { high = p }
    }
    0.5 * (low + high)
}

/// Probability of at most k hits in n runs of probability p, in logarithms.
fn at_most(k: u32, n: u32, p: f64) -> f64 {
    let (hit, miss) = (math::ln(p), math::ln(1.0 - p));
    let mut log_choose = 0.0;
    let mut sum = 0.0;
    for i in 0..=k {
        sum += math::exp(log_choose + f64::from(i) * hit + f64::from(n - i) * miss);
        log_choose += math::ln(f64::from(n - i)) - math::ln(f64::from(i + 1));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of Clopper and Pearson; the rule of three.
    #[test]
    fn bounds_are_those_of_the_tables() {
        assert!((upper_95(0, 200) - (1.0 - math::pow(0.05, 1.0 / 200.0))).abs() < 1e-9);
        assert!((upper_95(0, 200) - 0.0149).abs() < 1e-4);
        assert!((upper_95(1, 10) - 0.4450).abs() < 1e-4, "{}", upper_95(1, 10));
        assert!((upper_95(5, 100) - 0.1128).abs() < 1e-4, "{}", upper_95(5, 100));
        assert_eq!(upper_95(3, 3), 1.0);
    }
}

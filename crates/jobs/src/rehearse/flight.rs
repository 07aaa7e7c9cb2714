use kapok_show::{DVec3, Reporter};
use kapok_sim::{
    EventKind, Failsafes, FaultTimeline, Fix, Fleet, GnssField, Pad, Phase, Random, Stream, Surroundings, TICK_S,
    WindSpec,
};

use super::campaign::Campaign;
use super::guidance::HeldShow;
use super::histogram::Histogram;
use super::protections::ShowWatch;
use super::record::{BAND_M, BANDS, EndKind, PERCENTS, RehearsalRun, RunRecord};

/// Time on the pads before the show begins, seconds: estimators settle.
pub const BEFORE_S: f64 = 5.0;
/// Time before the show at which the start is decided, seconds.
const GATE_S: f64 = 1.0;
/// Time after the last trajectory in which vehicles may still land, seconds: from 120 m at half a metre a second.
const AFTER_S: f64 = 240.0;
/// Temperature of the packs, °C.
const TEMPERATURE_C: f64 = 15.0;
/// Pairs are watched up to so many times the show's separation.
pub const WATCH: f64 = 2.0;
/// What lands further than this from the end of its plan came down elsewhere, metres.
const ASTRAY_M: f64 = 5.0;
/// Ticks between two looks at the fence.
const FENCE_TICKS: u32 = 5;

/// What is gathered while a run goes on.
struct Gathered {
    run: RehearsalRun,
    errors: Histogram,
    by_height: Vec<Histogram>,
    separation_m: Vec<Option<f64>>,
    flew: Vec<bool>,
    outside: Vec<bool>,
}

/// Looks on after every tick: the fleet, the time of the show in seconds, and whether it was stopped.
pub type Onlooker<'a> = dyn FnMut(&Fleet, f64, bool) + 'a;

/// Flies one run of a campaign.
pub fn fly(campaign: &Campaign, index: u32, onlooker: &mut Onlooker<'_>, reporter: &dyn Reporter) -> RunRecord {
    let (show, request, script) = (&campaign.show, &campaign.head.request, campaign.script.as_ref());
    let (run, wind_m_s) = campaign.run_of(index);
    let random = Random::new(request.seed, run);
    let [direction, ..] = random.uniform(0, 0, Stream::Caller);
    let toward_rad = std::f64::consts::TAU * direction;
    let best = if show.environment.indoor { Fix::Indoor } else { campaign.profile.best_fix };
    let mut surroundings = Surroundings {
        wind: WindSpec { toward_rad, ..WindSpec::of(wind_m_s) },
        gnss: GnssField::clear(best),
        temperature_c: TEMPERATURE_C,
    };
    if let Some(script) = script {
        script.disturb(&mut surroundings, BEFORE_S);
    }
    let mut fleet = Fleet::new(&campaign.profile, &surroundings, &pads(campaign, &random), random);
    fleet.watch(WATCH * show.limits.min_separation_m);
    let mut guidance = HeldShow::new(show, BEFORE_S, script);
    let mut timeline = script.map(|script| FaultTimeline::new(script, BEFORE_S));
    let mut watch = (script.is_some() && request.protections).then(|| ShowWatch::new(show, wind_m_s, best));
    if watch.is_some() {
        fleet.set_failsafes(Failsafes::ALL);
    }
    let end_s = show.duration_ms() as f64 / 1000.0 + BEFORE_S;
    let mut seen = Gathered::new(campaign, run, wind_m_s, toward_rad);
    let mast_m = DVec3::Z * campaign.height_m;
    let (mut tick, mut mast_m_s) = (0u32, 0.0);
    while fleet.t_s() < end_s + AFTER_S && reporter.go_on() {
        if let Some(timeline) = &mut timeline {
            timeline.apply(&mut fleet);
        }
        fleet.advance(&guidance);
        tick += 1;
        let show_s = fleet.t_s() - BEFORE_S;
        if fleet.t_s() <= end_s && f64::from(tick) * TICK_S % 1.0 < TICK_S {
            reporter.advance(1);
        }
        if let Some(watch) = &mut watch {
            mast_m_s += fleet.wind_m_s(mast_m).truncate().length();
            if (show_s + GATE_S).abs() < 0.5 * TICK_S {
                seen.run.refused = watch.refusal(&fleet, &guidance, mast_m_s / f64::from(tick), campaign.height_m);
            }
            if seen.run.refused.is_some() {
                break;
            }
            if !guidance.is_stopped()
                && let Some(why) = watch.stop(&fleet, TICK_S)
            {
                guidance.stop(show_s);
                (seen.run.stopped, seen.run.stopped_s) = (Some(why), Some(rounded(show_s)));
            }
        }
        seen.look(campaign, &fleet, show_s, guidance.is_stopped());
        onlooker(&fleet, show_s, guidance.is_stopped());
        if tick.is_multiple_of(FENCE_TICKS) {
            seen.look_at_fence(campaign, &fleet);
        }
        let is_over = fleet.t_s() > end_s || guidance.is_stopped() && show_s > 0.0;
        if is_over && !fleet.crafts().iter().any(kapok_sim::Craft::is_airborne) {
            break;
        }
    }
    seen.finish(campaign, &fleet, index)
}

/// Where the vehicles stand: at their pads, or off them as the request says.
fn pads(campaign: &Campaign, random: &Random) -> Vec<Pad> {
    let off_m = campaign.head.request.placement_m;
    let vehicles = campaign.show.vehicles.iter().zip(0u32..);
    vehicles
        .map(|(vehicle, i)| {
            if off_m == 0.0 {
                return Pad::at(vehicle.home_m);
            }
            let [x, y, ..] = random.normal(i, 1, Stream::Caller);
            Pad::at(vehicle.home_m + off_m * DVec3::new(x, y, 0.0))
        })
        .collect()
}

/// To the millimetre: what is written need not say more.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

impl Gathered {
    fn new(campaign: &Campaign, run: u32, wind_m_s: f64, toward_rad: f64) -> Self {
        let count = campaign.show.vehicles.len();
        let seconds = (campaign.show.duration_ms().max(0) as u64).div_ceil(1000) as usize + 1;
        let run = RehearsalRun {
            run,
            wind_m_s,
            wind_toward_deg: toward_rad.to_degrees(),
            refused: None,
            stopped: None,
            stopped_s: None,
            flew: 0,
            landed: 0,
            fallen: 0,
            aloft: 0,
            outside_fence: 0,
            among_spectators: 0,
            collisions: 0,
            min_separation_m: None,
            min_separation_s: None,
            min_separation_pair: None,
            tracking_error_p99_m: 0.0,
            tracking_error_max_m: 0.0,
            energy_margin_min: 1.0,
            failsafes: 0,
        };
        Self {
            run,
            errors: Histogram::fine(),
            by_height: vec![Histogram::coarse(); BANDS],
            separation_m: vec![None; seconds],
            flew: vec![false; count],
            outside: vec![false; count],
        }
    }

    /// One tick: events, distances to the plan, distances to each other.
    fn look(&mut self, campaign: &Campaign, fleet: &Fleet, show_s: f64, stopped: bool) {
        let show = &campaign.show;
        for event in fleet.events() {
            match event.kind {
                EventKind::TookOff => self.flew[event.vehicle as usize] = true,
                EventKind::Collided { other } if event.vehicle < other => self.run.collisions += 1,
                EventKind::PositionLost | EventKind::BatteryCritical | EventKind::LeftBubble => self.run.failsafes += 1,
                _ => {}
            }
        }
        // What flies home is not to be where the show wants it.
        if !stopped {
            for ((vehicle, body), craft) in show.vehicles.iter().zip(fleet.bodies()).zip(fleet.crafts()) {
                let flown = &vehicle.trajectory;
                let t_ms = show_s * 1000.0;
                if craft.phase == Phase::Flying && t_ms >= flown.start_ms() as f64 && t_ms <= flown.end_ms() as f64 {
                    let plan_m = flown.sample(t_ms).position_m;
                    let error_m = body.position_m.distance(plan_m);
                    self.errors.add(error_m);
                    let band = ((plan_m.z - vehicle.home_m.z).max(0.0) / BAND_M) as usize;
                    self.by_height[band.min(BANDS - 1)].add(error_m);
                }
            }
        }
        for meeting in fleet.encounters() {
            let height = |i: u32| fleet.bodies()[i as usize].position_m.z;
            let in_flight = height(meeting.pair.0).max(height(meeting.pair.1)) >= campaign.ground_rule_m;
            if !in_flight {
                continue;
            }
            let second = self.separation_m.get_mut(show_s.max(0.0) as usize);
            if let Some(least) = second
                && least.is_none_or(|least| meeting.distance_m < least)
            {
                *least = Some(meeting.distance_m);
            }
            if self.run.min_separation_m.is_none_or(|least| meeting.distance_m < least) {
                self.run.min_separation_m = Some(meeting.distance_m);
                self.run.min_separation_s = Some(show_s);
                let name = |i: u32| show.vehicles[i as usize].name.clone();
                self.run.min_separation_pair = Some([name(meeting.pair.0), name(meeting.pair.1)]);
            }
        }
    }

    fn look_at_fence(&mut self, campaign: &Campaign, fleet: &Fleet) {
        for ((body, craft), outside) in fleet.bodies().iter().zip(fleet.crafts()).zip(&mut self.outside) {
            if !*outside && craft.is_airborne() {
                *outside = campaign.areas.is_outside_fence(body.position_m.truncate());
            }
        }
    }

    fn finish(mut self, campaign: &Campaign, fleet: &Fleet, index: u32) -> RunRecord {
        let count = |which: &dyn Fn(Phase) -> bool| fleet.crafts().iter().filter(|c| which(c.phase)).count() as u32;
        self.run.landed = count(&|phase| matches!(phase, Phase::Landed | Phase::Parked));
        self.run.fallen = count(&|phase| phase == Phase::Down);
        self.run.aloft = count(&|phase| matches!(phase, Phase::Flying | Phase::Falling));
        self.run.flew = self.flew.iter().filter(|flew| **flew).count() as u32;
        self.run.outside_fence = self.outside.iter().filter(|outside| **outside).count() as u32;
        let mut ends_m = Vec::new();
        for (i, (craft, body)) in fleet.crafts().iter().zip(fleet.bodies()).enumerate().filter(|(i, _)| self.flew[*i]) {
            let place_m = body.position_m.truncate();
            let planned_m = campaign.show.vehicles[i].trajectory.end_point_m().truncate();
            let end = match craft.phase {
                Phase::Down => Some(EndKind::Fell),
                Phase::Flying | Phase::Falling => Some(EndKind::Aloft),
                Phase::Landed | Phase::Parked => (place_m.distance(planned_m) > ASTRAY_M).then_some(EndKind::Landed),
            };
            ends_m.extend(end.map(|end| (rounded(place_m.x), rounded(place_m.y), end)));
            if !craft.is_airborne() {
                self.run.among_spectators += u32::from(campaign.areas.is_among_spectators(place_m));
            }
        }
        self.run.tracking_error_p99_m = self.errors.quantile_m(0.99);
        self.run.tracking_error_max_m = self.errors.greatest_m();
        let least = fleet.batteries().iter().map(|b| b.charge).fold(1.0, f64::min);
        self.run.energy_margin_min = least - campaign.show.limits.battery_reserve;
        let mut charge = vec![0; PERCENTS];
        for battery in fleet.batteries() {
            charge[((100.0 * battery.charge) as usize).min(PERCENTS - 1)] += 1;
        }
        RunRecord {
            index,
            errors: self.errors.counts(),
            errors_by_height: self.by_height.iter().map(Histogram::counts).collect(),
            separation_m: self.separation_m.into_iter().map(|m| m.map(rounded)).collect(),
            charge,
            ends_m,
            run: self.run,
        }
    }
}

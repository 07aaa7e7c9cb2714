mod craft;
mod failsafes;
mod order;
mod tick;

use std::sync::Arc;

use glam::{DQuat, DVec3};
use kapok_show::math;
use rayon::prelude::*;

pub use craft::{Control, Craft, Event, EventKind, Phase};
pub use failsafes::Failsafes;
pub use order::{Guidance, Order, ShowGuidance};

use crate::cascade::CascadeState;
use crate::collision::{Encounter, encounters, struck};
use crate::downwash::Columns;
use crate::estimator::{Estimator, SensorFaults};
use crate::positioning::{Fix, GnssField, Receiver, Shared};
use crate::wind::{Wind, WindSpec};
use crate::{Battery, Body, Profile, Random, Stream};
use tick::{Model, Moment, Vehicle};

/// Step of the physics and the control, seconds: 200 Hz.
pub const STEP_S: f64 = 0.005;
/// Steps of a tick, in which vehicles do not see each other.
pub const STEPS_PER_TICK: u32 = 20;
/// A tick, seconds: 10 Hz, the rate of a show's setpoints.
pub const TICK_S: f64 = 0.1;

/// What a fleet flies in.
#[derive(Clone, Debug, PartialEq)]
pub struct Surroundings {
    /// The wind.
    pub wind: WindSpec,
    /// Satellite positioning.
    pub gnss: GnssField,
    /// Temperature of the packs, °C.
    pub temperature_c: f64,
}

/// Where a vehicle stands before the show, and to which base station and sector it belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pad {
    /// Where it stands, metres.
    pub place_m: DVec3,
    /// Where its nose points: the angle from the x axis towards y, radians.
    pub yaw_rad: f64,
    /// Index of its base station.
    pub station: u16,
    /// Index of its sector.
    pub sector: u16,
    /// Charge of its pack, 0 to 1.
    pub charge: f64,
    /// Health of its pack, 0 to 1.
    pub health: f64,
}

impl Pad {
    /// A place on the ground, nose along the x axis, the first station and sector, a full and new pack.
    pub fn at(place_m: DVec3) -> Self {
        Self { place_m, yaw_rad: 0.0, station: 0, sector: 0, charge: 1.0, health: 1.0 }
    }
}

/// A body on its pad.
fn standing(pad: &Pad) -> Body {
    let (sin, cos) = math::sin_cos(0.5 * pad.yaw_rad);
    Body { attitude: DQuat::from_xyzw(0.0, 0.0, sin, cos), ..Body::at_rest(pad.place_m) }
}

/// The air around one vehicle: a straight line between samples, and what sinks on it from above.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Air {
    now_m_s: DVec3,
    change_m_s: DVec3,
    sampled: bool,
    pub sink_m_s: f64,
}

impl Air {
    fn aim(&mut self, next_m_s: DVec3, steps: u32) {
        if !self.sampled {
            (self.now_m_s, self.sampled) = (next_m_s, true);
        }
        self.change_m_s = (next_m_s - self.now_m_s) / f64::from(steps);
    }

    fn step(&mut self) -> DVec3 {
        self.now_m_s += self.change_m_s;
        self.now_m_s - DVec3::Z * self.sink_m_s
    }
}

/// A fleet in the air: all its physics, from a seed, on any number of threads the same.
///
/// One array for each model (bodies, cascades, estimators, receivers, packs), so that a clone is a snapshot and a branch of a run.
/// [`Fleet::advance`] is a tick of 100 ms: twenty steps of physics and control for every vehicle, in parallel, between them what one
/// vehicle does to another: downwash and collisions.
///
/// # Determinism
/// The state after n ticks is a function of the arguments of [`Fleet::new`] and of the orders, bit for bit, whatever the number of
/// threads.
///
/// # Complexity
/// O(n log n) a tick, no memory beyond O(n).
///
/// ```
/// use kapok_sim::{Fix, Fleet, GnssField, Order, Pad, Phase, Profile, Random, Setpoint, Surroundings, WindSpec};
/// use kapok_show::DVec3;
///
/// let profile = Profile::builtin("show-1kg").expect("it ships with Kapok");
/// let air = Surroundings { wind: WindSpec::of(5.0), gnss: GnssField::clear(Fix::Fixed), temperature_c: 15.0 };
/// let mut fleet = Fleet::new(&profile, &air, &[Pad::at(DVec3::ZERO)], Random::new(7, 0));
/// let hover = |_vehicle: usize, _t_s: f64| Order::Fly(Setpoint {
///     position_m: DVec3::Z * 10.0,
///     velocity_m_s: DVec3::ZERO,
///     acceleration_m_s2: DVec3::ZERO,
///     yaw_rad: 0.0,
/// });
/// while fleet.t_s() < 25.0 {
///     fleet.advance(&hover);
/// }
/// assert_eq!(fleet.crafts()[0].phase, Phase::Flying);
/// assert!((fleet.bodies()[0].position_m - DVec3::Z * 10.0).length() < 1.0);
/// ```
#[derive(Clone, Debug)]
pub struct Fleet {
    model: Arc<Model>,
    wind: Arc<Wind>,
    gnss: GnssField,
    random: Random,
    tick: u32,
    shared: Shared,
    bodies: Vec<Body>,
    cascades: Vec<CascadeState>,
    estimators: Vec<Estimator>,
    receivers: Vec<Receiver>,
    batteries: Vec<Battery>,
    airs: Vec<Air>,
    crafts: Vec<Craft>,
    events: Vec<Event>,
    watch_m: f64,
    encounters: Vec<Encounter>,
    /// Room for the places before and after a tick, and the columns of the wakes.
    old: Vec<DVec3>,
    new: Vec<DVec3>,
    columns: Columns,
    sinks: Vec<f64>,
}

impl Fleet {
    /// A fleet on its pads: sensors settled, packs as the pads say, wind of that run.
    pub fn new(profile: &Profile, surroundings: &Surroundings, pads: &[Pad], random: Random) -> Self {
        let stand = profile.airframe.standing_height_m();
        let sectors = pads.iter().map(|p| usize::from(p.sector) + 1).max().unwrap_or(0);
        let places: Vec<DVec3> = pads.iter().map(|p| p.place_m).collect();
        let numbered = || pads.iter().zip(0u32..);
        let best = |p: &Pad| surroundings.gnss.best(p.station, p.place_m, 0.0);
        Self {
            model: Arc::new(Model::new(profile)),
            wind: Arc::new(Wind::new(&surroundings.wind, &random)),
            gnss: surroundings.gnss.clone(),
            random,
            tick: 0,
            shared: Shared::new(surroundings.gnss.stations.len(), sectors, &random),
            bodies: pads.iter().map(standing).collect(),
            cascades: pads.iter().map(|p| CascadeState::at(p.place_m, p.yaw_rad)).collect(),
            estimators: numbered().map(|(_, i)| Estimator::new(i, &random)).collect(),
            receivers: numbered().map(|(p, i)| Receiver::new(i, best(p), p.station, p.sector, &random)).collect(),
            batteries: pads
                .iter()
                .map(|p| Battery::new(&profile.pack, p.charge, p.health, surroundings.temperature_c))
                .collect(),
            airs: vec![Air::default(); pads.len()],
            crafts: pads.iter().map(|p| Craft::parked(p.place_m.z - stand)).collect(),
            events: Vec::new(),
            watch_m: profile.airframe.diameter_m,
            encounters: Vec::new(),
            old: places.clone(),
            new: places,
            columns: Columns::default(),
            sinks: vec![0.0; pads.len()],
        }
    }

    /// Seconds since the fleet began.
    pub fn t_s(&self) -> f64 {
        f64::from(self.tick) * TICK_S
    }

    /// Bodies in the order of the pads. A position is that of the centre of mass less the standing height, so that a vehicle that
    /// stands is at its pad.
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// What each vehicle is doing.
    pub fn crafts(&self) -> &[Craft] {
        &self.crafts
    }

    /// To break rotors and sensors.
    pub fn crafts_mut(&mut self) -> &mut [Craft] {
        &mut self.crafts
    }

    /// Makes a vehicle that has landed ready to take off again; others are left as they are.
    ///
    /// # Panics
    /// If there is no such vehicle.
    pub fn make_ready(&mut self, vehicle: usize) {
        let craft = &mut self.crafts[vehicle];
        if craft.phase == Phase::Landed {
            craft.phase = Phase::Parked;
        }
    }

    /// Other wind and positioning from here on; the turbulence is the same, packs keep their temperature.
    pub fn set_surroundings(&mut self, surroundings: &Surroundings) {
        self.wind = Arc::new(Wind::new(&surroundings.wind, &self.random));
        self.gnss = surroundings.gnss.clone();
    }

    /// Switches failsafes of the firmware on or off; a new fleet has none.
    pub fn set_failsafes(&mut self, failsafes: Failsafes) {
        Arc::make_mut(&mut self.model).failsafes = failsafes;
    }

    /// All sensors, rotors and receivers are sound again; packs stay as they are.
    pub(crate) fn forget_faults(&mut self) {
        for (craft, receiver) in self.crafts.iter_mut().zip(&mut self.receivers) {
            (craft.rotor_health, craft.faults) = ([1.0; 4], SensorFaults::default());
            (receiver.limit, receiver.deception) = (Fix::Indoor, None);
        }
    }

    /// The air around a vehicle as it moves over the ground, without wakes, m/s; still before its first flight.
    ///
    /// # Panics
    /// If there is no such vehicle.
    pub fn air_m_s(&self, vehicle: usize) -> DVec3 {
        self.airs[vehicle].now_m_s
    }

    /// The wind at a place now, metres above the ground, m/s: what a mast or a scout there measures.
    pub fn wind_m_s(&self, place_m: DVec3) -> DVec3 {
        self.wind.at(place_m, self.t_s())
    }

    /// Packs.
    pub fn batteries(&self) -> &[Battery] {
        &self.batteries
    }

    /// To weaken packs.
    pub fn batteries_mut(&mut self) -> &mut [Battery] {
        &mut self.batteries
    }

    /// Estimators: what each vehicle believes, as errors.
    pub fn estimators(&self) -> &[Estimator] {
        &self.estimators
    }

    /// Receivers.
    pub fn receivers(&self) -> &[Receiver] {
        &self.receivers
    }

    /// To disturb receivers.
    pub fn receivers_mut(&mut self) -> &mut [Receiver] {
        &mut self.receivers
    }

    /// The vehicle that all are.
    pub fn profile(&self) -> &Profile {
        &self.model.profile
    }

    /// What happened in the last tick, in the order of the vehicles.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Pairs that were nearer than [`Fleet::watch`] in the last tick, in the order of their indices; at the least all that touched.
    pub fn encounters(&self) -> &[Encounter] {
        &self.encounters
    }

    /// Reports pairs up to this distance, metres; never less than the vehicles' diameter.
    pub fn watch(&mut self, distance_m: f64) {
        self.watch_m = distance_m.max(self.model.profile.airframe.diameter_m);
    }

    /// From here on other random numbers: a branch of the run.
    pub fn branch(&mut self, branch: u32) {
        self.random = self.random.branched(branch);
    }

    /// Advances all by one tick.
    pub fn advance(&mut self, guidance: &(impl Guidance + ?Sized)) {
        /// Vehicles that a thread takes at a time.
        const BLOCK: usize = 64;
        self.tick += 1;
        self.shared.advance(TICK_S, self.tick, &self.random);
        self.old.clear();
        self.old.extend(self.bodies.iter().map(|b| b.position_m));
        let crafts = &self.crafts;
        self.columns.fill(&self.model.wake, &self.old, |i| crafts[i].phase == Phase::Flying);
        self.columns.sinks(&self.model.wake, &mut self.sinks);
        let moment = Moment {
            model: &self.model,
            guidance,
            wind: &self.wind,
            gnss: &self.gnss,
            shared: &self.shared,
            random: &self.random,
            sinks: &self.sinks,
            t_s: f64::from(self.tick) * TICK_S,
            tick: self.tick,
        };
        (
            &mut self.bodies,
            &mut self.cascades,
            &mut self.estimators,
            &mut self.receivers,
            &mut self.batteries,
            &mut self.airs,
            &mut self.crafts,
        )
            .into_par_iter()
            .enumerate()
            .with_min_len(BLOCK)
            .for_each(|(index, (body, cascade, estimator, receiver, battery, air, craft))| {
                moment.advance(Vehicle { index, body, cascade, estimator, receiver, battery, air, craft });
            });
        self.meet();
        self.report();
    }

    /// Collisions of the tick.
    fn meet(&mut self) {
        self.new.clear();
        self.new.extend(self.bodies.iter().map(|b| b.position_m));
        let crafts = &self.crafts;
        self.encounters = encounters(&self.old, &self.new, |i| crafts[i].is_airborne(), self.watch_m);
        for k in 0..self.encounters.len() {
            let Encounter { pair: (a, b), distance_m, .. } = self.encounters[k];
            let (i, j) = (a as usize, b as usize);
            let both_fall = self.crafts[i].phase == Phase::Falling && self.crafts[j].phase == Phase::Falling;
            if distance_m >= self.model.profile.airframe.diameter_m || both_fall {
                continue;
            }
            let places = (self.old[i], self.old[j]);
            let speeds = struck(places, (self.bodies[i].velocity_m_s, self.bodies[j].velocity_m_s));
            for (index, other, speed) in [(i, b, speeds.0), (j, a, speeds.1)] {
                /// How fast a hit makes a wreck tumble, rad/s.
                const TUMBLE_RAD_S: f64 = 8.0;
                let [x, y, z, _] = self.random.normal(index as u32, self.tick, Stream::Vehicle);
                let body = &mut self.bodies[index];
                body.velocity_m_s = speed;
                body.rate_rad_s += DVec3::new(x, y, z) * TUMBLE_RAD_S;
                self.crafts[index].phase = Phase::Falling;
                self.crafts[index].tell(EventKind::Collided { other });
            }
        }
    }

    /// Collects what happened.
    fn report(&mut self) {
        let t_s = self.t_s();
        self.events.clear();
        for ((craft, body), vehicle) in self.crafts.iter().zip(&self.bodies).zip(0u32..) {
            for kind in craft.news.into_iter().flatten() {
                self.events.push(Event { t_s, vehicle, place_m: body.position_m, kind });
            }
        }
    }
}

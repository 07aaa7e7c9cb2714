use glam::DVec3;

use super::craft::{Control, Craft, EventKind, Phase};
use super::failsafes::Failsafes;
use super::order::{Guidance, Order};
use super::{Air, STEP_S, STEPS_PER_TICK, TICK_S};
use crate::airframe::GRAVITY_M_S2;
use crate::cascade::{CascadeState, Horizontal, LostPosition, Seen, Setpoint, Shaper};
use crate::downwash::{AIR_KG_M3, Wake};
use crate::estimator::{Estimator, Observation, timetable};
use crate::positioning::{GnssField, Receiver, Shared};
use crate::wind::Wind;
use crate::{Battery, Body, Cascade, Profile, Random, Stepper};

/// Ticks of standing still that end a landing.
const STILL_TICKS: u8 = 3;
/// Ticks below the critical voltage that end a flight: two seconds, so that a moment's sag does not.
const WEAK_TICKS: u8 = 20;
/// Depth below its standing height from which a vehicle has hit the ground and does not stand on it, metres.
const CRASH_M: f64 = 0.06;
/// Height above its standing height below which a vehicle that lands touches the ground, metres.
const TOUCH_M: f64 = 0.02;

/// What is the same for all vehicles and does not change: worked out once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    pub profile: Profile,
    pub stepper: Stepper,
    pub cascade: Cascade,
    pub wake: Wake,
    /// Electric power of a rotor over the cube of its speed.
    pub power_s3: f64,
    pub gnss_ticks: u32,
    pub failsafes: Failsafes,
}

impl Model {
    pub fn new(profile: &Profile) -> Self {
        let frame = &profile.airframe;
        let area = std::f64::consts::PI * frame.rotor_radius_m * frame.rotor_radius_m;
        let thrust_15 = frame.thrust_n_s2 * frame.thrust_n_s2.sqrt();
        Self {
            profile: profile.clone(),
            stepper: Stepper::new(frame, STEP_S),
            cascade: Cascade::new(frame, &profile.gains, STEP_S),
            wake: Wake::of(frame),
            power_s3: thrust_15 / (2.0 * AIR_KG_M3 * area).sqrt() / profile.pack.efficiency,
            gnss_ticks: (profile.gains.gnss_period_s / TICK_S).round().max(1.0) as u32,
            failsafes: Failsafes::NONE,
        }
    }
}

/// What all vehicles see in a tick.
pub(crate) struct Moment<'a, G: ?Sized> {
    pub model: &'a Model,
    pub guidance: &'a G,
    pub wind: &'a Wind,
    pub gnss: &'a GnssField,
    pub shared: &'a Shared,
    pub random: &'a Random,
    /// Speed of the wakes on each vehicle.
    pub sinks: &'a [f64],
    pub t_s: f64,
    pub tick: u32,
}

/// One vehicle's states, each from its own array.
pub(crate) struct Vehicle<'a> {
    pub index: usize,
    pub body: &'a mut Body,
    pub cascade: &'a mut CascadeState,
    pub estimator: &'a mut Estimator,
    pub receiver: &'a mut Receiver,
    pub battery: &'a mut Battery,
    pub air: &'a mut Air,
    pub craft: &'a mut Craft,
}

impl<G: Guidance + ?Sized> Moment<'_, G> {
    /// Advances one vehicle by a tick.
    pub fn advance(&self, mut v: Vehicle) {
        v.craft.news = [None; 2];
        if v.craft.phase == Phase::Down {
            return;
        }
        self.navigate(&mut v);
        self.obey(&mut v);
        match v.craft.phase {
            Phase::Flying => {
                if self.guidance.has_failsafes() {
                    v.estimator.check();
                } else {
                    self.guard(&mut v);
                }
                self.flare(&mut v);
                self.breathe(&mut v);
                self.fly(&mut v);
            }
            Phase::Falling => {
                self.breathe(&mut v);
                self.fall(&mut v);
            }
            Phase::Parked | Phase::Landed | Phase::Down => {
                let pack = &self.model.profile.pack;
                v.battery.draw(pack, pack.avionics_w, TICK_S);
            }
        }
    }

    /// Receiver and estimator.
    fn navigate(&self, v: &mut Vehicle) {
        let (model, id) = (self.model, v.index as u32);
        let due = (self.tick + id).is_multiple_of(model.gnss_ticks);
        let clock = (self.t_s, self.tick, f64::from(model.gnss_ticks) * TICK_S);
        let measured = due
            .then(|| v.receiver.measure(id, clock, v.body.position_m, self.gnss, self.shared, self.random))
            .flatten();
        let seen = Observation {
            acceleration_m_s2: if v.craft.is_airborne() { v.body.acceleration_m_s2 } else { DVec3::ZERO },
            attitude: v.body.attitude,
            measured,
            fix: v.receiver.fix,
            height_from_gnss: model.profile.gains.height_from_gnss,
            fault_s: (self.t_s - v.craft.fault_since_s).max(0.0),
            faults: &v.craft.faults,
        };
        v.estimator.advance(id, self.tick, TICK_S, &seen, self.random);
    }

    /// The order of the moment.
    fn obey(&self, v: &mut Vehicle) {
        let order = self.guidance.order(v.index, self.t_s);
        match (v.craft.phase, order) {
            (Phase::Flying, Order::Cut) => v.craft.phase = Phase::Falling,
            (Phase::Parked, Order::Fly(setpoint)) if rises(&setpoint, v) => {
                v.craft.phase = Phase::Flying;
                v.craft.control = Control::Follow;
                v.craft.still = 0;
                let believed = v.body.position_m + v.estimator.position_m;
                *v.cascade = CascadeState::at(believed, setpoint.yaw_rad);
                v.cascade.aim(setpoint);
                v.craft.tell(EventKind::TookOff);
            }
            (Phase::Flying, _) if v.craft.control != Control::Follow && !self.guidance.has_failsafes() => {}
            (Phase::Flying, Order::Fly(setpoint)) => {
                resume(v, Control::Follow);
                v.cascade.aim(setpoint);
            }
            (Phase::Flying, Order::Land) => {
                let lost = v.estimator.has_failed() && self.guidance.has_failsafes();
                let control = if lost { Control::LandLevel } else { Control::Land };
                if v.craft.control != control {
                    resume(v, control);
                    self.land(v, control);
                }
            }
            (Phase::Flying, Order::HoldAltitude) if v.craft.control != Control::HoldAltitude => hold_altitude(v),
            (Phase::Flying, Order::Wait) => {
                let hold = Setpoint { velocity_m_s: DVec3::ZERO, acceleration_m_s2: DVec3::ZERO, ..v.cascade.setpoint };
                v.cascade.aim(hold);
            }
            _ => {}
        }
    }

    /// Turns a flying vehicle's control to a landing where its path is.
    fn land(&self, v: &mut Vehicle, control: Control) {
        v.craft.control = control;
        let gains = &self.model.profile.gains;
        let high = v.cascade.path.position_m.z - v.craft.ground_m > 10.0;
        let sink = gains.land_m_s[usize::from(high)];
        v.cascade.aim(Setpoint {
            position_m: v.cascade.path.position_m,
            velocity_m_s: DVec3::Z * -sink,
            acceleration_m_s2: DVec3::ZERO,
            yaw_rad: v.cascade.setpoint.yaw_rad,
        });
    }

    /// Failsafes of a flying vehicle: position, bubble, battery.
    fn guard(&self, v: &mut Vehicle) {
        let pack = &self.model.profile.pack;
        self.guard_position(v);
        self.guard_bubble(v);
        if v.battery.voltage_v < pack.low_v && !v.craft.warned {
            v.craft.warned = true;
            v.craft.tell(EventKind::BatteryLow);
        }
        v.craft.weak = if v.battery.voltage_v < pack.critical_v { v.craft.weak.saturating_add(1) } else { 0 };
        if v.craft.weak == WEAK_TICKS && matches!(v.craft.control, Control::Follow | Control::HoldAltitude) {
            v.craft.tell(EventKind::BatteryCritical);
            let control = if v.craft.control == Control::Follow { Control::Land } else { Control::LandLevel };
            self.land(v, control);
        }
    }

    /// The slow end of a landing.
    fn flare(&self, v: &mut Vehicle) {
        let lands = matches!(v.craft.control, Control::Land | Control::LandLevel);
        if lands && v.cascade.path.position_m.z - v.craft.ground_m < 10.0 {
            v.cascade.setpoint.velocity_m_s.z = -self.model.profile.gains.land_m_s[0];
        }
    }

    /// A position that is lost: what the board does, or a landing by dead reckoning first.
    fn guard_position(&self, v: &mut Vehicle) {
        let failed = v.estimator.check();
        if !matches!(v.craft.control, Control::Follow | Control::Land) {
            return;
        }
        let (reckons, unaided_s) = (self.model.failsafes.dead_reckoning_s > 0.0, v.estimator.unaided_s());
        if reckons && v.craft.control == Control::Follow && unaided_s >= Failsafes::RECKONING_ALARM_S {
            v.craft.tell(EventKind::PositionLost);
            self.land(v, Control::Land);
        }
        let trusted = (timetable::DEAD_RECKONING_S..self.model.failsafes.dead_reckoning_s).contains(&unaided_s);
        if !failed || trusted {
            return;
        }
        if !reckons || v.craft.control == Control::Follow {
            v.craft.tell(EventKind::PositionLost);
        }
        let lands = reckons || v.craft.control == Control::Land;
        match self.model.profile.gains.lost_position {
            LostPosition::HoldAltitude if !lands => hold_altitude(v),
            LostPosition::Land | LostPosition::HoldAltitude => self.land(v, Control::LandLevel),
        }
    }

    /// A vehicle that is too far from its setpoint for too long lands.
    fn guard_bubble(&self, v: &mut Vehicle) {
        if v.craft.control != Control::Follow {
            return;
        }
        let off = v.body.position_m + v.estimator.position_m - v.cascade.setpoint.position_m;
        let bubble_m = self.model.failsafes.bubble_m;
        let outside = off.truncate().length() > bubble_m || off.z.abs() > bubble_m;
        v.craft.astray = if outside { v.craft.astray.saturating_add(1) } else { 0 };
        if v.craft.astray >= Failsafes::BUBBLE_TICKS {
            v.craft.tell(EventKind::LeftBubble);
            self.land(v, Control::Land);
        }
    }

    /// The air that it meets: a sample ten times a second, a straight line between.
    fn breathe(&self, v: &mut Vehicle) {
        let place = v.body.position_m + v.body.velocity_m_s * TICK_S;
        let next = self.wind.at(place.with_z(place.z - v.craft.ground_m), self.t_s + TICK_S);
        v.air.aim(next, STEPS_PER_TICK);
        v.air.sink_m_s = self.sinks[v.index];
    }

    /// A tick under control.
    fn fly(&self, v: &mut Vehicle) {
        let (model, pack) = (self.model, &self.model.profile.pack);
        let most = model.profile.airframe.rotor_max_rad_s * (v.battery.voltage_v / pack.full_v()).min(1.0);
        let limits = v.craft.rotor_health.map(|h| most * h.sqrt());
        let horizontal = match v.craft.control {
            Control::Follow | Control::Land => Horizontal::Path,
            Control::LandLevel | Control::HoldAltitude => Horizontal::Level,
        };
        let (turn, slide) = (v.estimator.turn(), v.estimator.velocity_m_s * STEP_S);
        let mut off = v.estimator.position_m;
        let mut cubes = 0.0;
        for _ in 0..STEPS_PER_TICK {
            off += slide;
            let seen = Seen {
                position_m: v.body.position_m + off,
                velocity_m_s: v.body.velocity_m_s + v.estimator.velocity_m_s,
                acceleration_m_s2: v.body.acceleration_m_s2,
                attitude: turn * v.body.attitude,
                rate_rad_s: v.body.rate_rad_s,
            };
            let asked = model.cascade.control(v.cascade, &seen, horizontal);
            let command = [0, 1, 2, 3].map(|i| asked[i].min(limits[i]));
            let wind = v.air.step();
            model.stepper.step(v.body, &command, wind, v.craft.ground_m);
            cubes += v.body.rotor_rad_s.map(|w| w * w * w).iter().sum::<f64>();
        }
        let power_w = model.power_s3 * cubes / f64::from(STEPS_PER_TICK) + pack.avionics_w;
        v.battery.draw(pack, power_w, TICK_S);
        self.touch(v);
    }

    /// Has it come to stand, or hit the ground?
    fn touch(&self, v: &mut Vehicle) {
        let frame = &self.model.profile.airframe;
        let height_m = v.body.position_m.z - v.craft.ground_m - frame.standing_height_m();
        if height_m > 0.1 {
            v.craft.still = 0;
            return;
        }
        if height_m < -CRASH_M {
            crash(v);
            return;
        }
        if height_m < TOUCH_M && v.craft.control == Control::Land {
            // What may have landed no longer fights for its place, as the firmware's landing detector has it.
            v.craft.control = Control::LandLevel;
        }
        let thrust_n: f64 = v.body.rotor_rad_s.iter().map(|w| frame.thrust_n_s2 * w * w).sum();
        let rests = thrust_n < 0.7 * frame.weight_n()
            && v.body.velocity_m_s.length() < 0.3
            && v.craft.control != Control::HoldAltitude;
        v.craft.still = if rests { v.craft.still + 1 } else { 0 };
        if v.craft.still >= STILL_TICKS && v.cascade.path.velocity_m_s.z <= 0.0 {
            v.craft.phase = Phase::Landed;
            let stand = v.craft.ground_m + frame.standing_height_m();
            *v.body = Body { attitude: v.body.attitude, ..Body::at_rest(v.body.position_m.with_z(stand)) };
            v.craft.tell(EventKind::Landed);
        }
    }

    /// A tick of a wreck: rotors stopped, air and gravity alone.
    fn fall(&self, v: &mut Vehicle) {
        for _ in 0..STEPS_PER_TICK {
            let wind = v.air.step();
            self.model.stepper.step(v.body, &[0.0; 4], wind, f64::NEG_INFINITY);
            if v.body.position_m.z <= v.craft.ground_m {
                crash(v);
                return;
            }
        }
        let pack = &self.model.profile.pack;
        v.battery.draw(pack, pack.avionics_w, TICK_S);
    }
}

/// Turns a flying vehicle's control to its height alone.
fn hold_altitude(v: &mut Vehicle) {
    v.craft.control = Control::HoldAltitude;
    let stop = Setpoint { position_m: v.cascade.path.position_m, velocity_m_s: DVec3::ZERO, ..v.cascade.setpoint };
    v.cascade.aim(stop);
}

/// Takes another control; a path that the vehicle was not held to begins anew where it is.
fn resume(v: &mut Vehicle, control: Control) {
    let was_level = matches!(v.craft.control, Control::LandLevel | Control::HoldAltitude);
    if was_level && matches!(control, Control::Follow | Control::Land) {
        let believed_m = v.body.position_m + v.estimator.position_m;
        v.cascade.path = Shaper::at(believed_m, v.body.velocity_m_s + v.estimator.velocity_m_s);
    }
    v.craft.control = control;
}

/// Lies where it hit the ground.
fn crash(v: &mut Vehicle) {
    v.craft.phase = Phase::Down;
    v.craft.tell(EventKind::Crashed { speed_m_s: v.body.velocity_m_s.length() });
    *v.body = Body { attitude: v.body.attitude, ..Body::at_rest(v.body.position_m.with_z(v.craft.ground_m)) };
}

/// Does a setpoint lead off the ground?
fn rises(setpoint: &Setpoint, v: &Vehicle) -> bool {
    let above_m = setpoint.position_m.z - v.body.position_m.z;
    above_m > 0.02 || setpoint.velocity_m_s.z > 0.02 || setpoint.acceleration_m_s2.z > 0.02 * GRAVITY_M_S2
}

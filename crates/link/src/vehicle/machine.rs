use std::collections::VecDeque;
use std::sync::Arc;

use kapok_show::{Rgb, Site, Trajectory, Wgs84};

use super::body::{Body, Demand, Observation};
use super::clock::{GpsClock, ShowStart};
use super::config::VehicleConfig;
use super::lights::{LightSituation, Lights};
use super::mode::FlightMode;
use super::show_file::{FlightTimes, LoadedShow, SHOW_PATH};
use super::streams::Streams;
use crate::endpoint::{Endpoint, EndpointCounts, Outbox, Received};
use crate::fence::FenceReceiver;
use crate::ftp::{FileStore, FtpServer};
use crate::identity::{Identity, VehicleId};
use crate::message::Message;
use crate::params::{ParamTable, param_value};
use crate::show_packet::{Authorization, ShowStage};
use crate::signing::SigningTime;

/// Texts that wait to be sent; older ones are dropped.
const MAX_TEXTS: usize = 8;
/// Parameters of a list that go out in one tick, and between two such ticks, milliseconds: a request of 14 bytes must not bring two
/// kilobytes at once, or a datagram full of requests would bring megabytes.
const LISTED_A_TICK: usize = 8;
const LIST_STEP_MS: u64 = 20;
/// Between two looks at the world when nothing is near, milliseconds.
const SLOW_STEP_MS: u64 = 500;
/// The same near the start and in the air.
const FAST_STEP_MS: u64 = 100;

/// Time, as an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds from any origin; never goes back.
    pub ms: u64,
    /// For signatures.
    pub signing: SigningTime,
}

/// Is a vehicle awake?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Comes up, until that millisecond.
    Booting(u64),
    /// Works.
    Running,
    /// Saves power: says that it is there, hears the command to wake.
    Asleep,
    /// Silent until [`Vehicle::power_on`].
    Off,
}

/// A show and when it flies.
#[derive(Clone, Debug)]
pub(super) struct HeldShow {
    pub show: Arc<LoadedShow>,
    pub times: Option<FlightTimes>,
}

/// What the checks before the start have found, each second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Preflight {
    pub problem: Option<&'static str>,
    pub not_at_takeoff: bool,
    /// The autopilot's own reason.
    pub prearm: Option<&'static str>,
}

/// Which failsafe holds; a greater one is graver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FailsafeLevel {
    #[default]
    None,
    Ground,
    BatteryLow,
    BatteryCritical,
    Estimator,
}

/// What belongs to one flight.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default)]
pub(super) struct Flight {
    /// Where it stood when the home was set last.
    pub home: Option<Wgs84>,
    /// The frame of the show, as it was at take-off.
    pub site: Option<Site>,
    /// Where it looked when it was armed, degrees.
    pub heading_deg: f64,
    /// Where it took off, in the show's frame.
    pub from: Option<Wgs84>,
    /// The prepared way home that it is on.
    pub way_home: Option<Trajectory>,
    /// Only a test of take-off.
    pub takeoff_test: bool,
    /// How high it climbs in guided mode, above the sea.
    pub guided_climb_amsl_m: Option<f64>,
    /// Far from where it should be.
    pub drifted: bool,
    /// Since when it is outside its bubble.
    pub outside_bubble_ms: Option<u64>,
    /// It was outside long enough.
    pub bubble_breached: bool,
    /// The failsafe that holds.
    pub failsafe: FailsafeLevel,
    /// Outside its geofence.
    pub fence_breached: bool,
    /// Where it was when it left its geofence, and since when it is far from there: the hard fence.
    pub left_fence_at: Option<Wgs84>,
    pub far_outside_ms: Option<u64>,
    /// Since when the battery is low, and critical.
    pub battery_ms: [Option<u64>; 2],
}

/// A vehicle as the open show firmware makes one.
///
/// Takes bytes ([`Self::receive`]) or messages that the caller has decoded ([`Self::handle`]), time ([`Self::tick`]) and what its
/// [`Body`] observes; gives frames ([`Outbox`]), [`Self::deadline_ms`], a [`Demand`] on its body and the colour of its light.
///
/// # Guarantees
/// No bytes make it panic or grow: files, parameters, fence, texts and buffers are bounded. The same inputs at the same times
/// give the same outputs.
///
/// # Source
/// show-protocol, sections 2 to 13 and 17.
#[derive(Clone)]
pub struct Vehicle {
    pub(super) config: VehicleConfig,
    pub(super) own: Identity,
    pub(super) endpoint: Endpoint,
    pub(super) power: Power,
    pub(super) boots: u8,
    pub(super) booted_ms: u64,
    pub(super) params: ParamTable,
    pub(super) files: FileStore,
    pub(super) ftp: FtpServer,
    pub(super) fence: FenceReceiver,
    pub(super) clock: GpsClock,
    pub(super) start: ShowStart,
    pub(super) authorization: Authorization,
    pub(super) mode: FlightMode,
    pub(super) armed: bool,
    pub(super) armed_by_show: bool,
    pub(super) held: Option<HeldShow>,
    pub(super) stage: ShowStage,
    pub(super) flight: Flight,
    pub(super) preflight: Preflight,
    pub(super) next_check_ms: u64,
    pub(super) next_arm_ms: u64,
    pub(super) next_setpoint_ms: u64,
    pub(super) demand: Demand,
    pub(super) lights: Lights,
    pub(super) streams: Streams,
    pub(super) texts: VecDeque<String>,
    /// Which parameters are still to be listed, and for which asker.
    pub(super) listing: Option<(Identity, usize)>,
    pub(super) seen: Observation,
    pub(super) ground_heard_ms: Option<u64>,
    /// When corrections came in the last five seconds, and whether ever.
    pub(super) rtcm_ms: VecDeque<u64>,
    pub(super) rtcm_ever: bool,
}

impl Vehicle {
    /// A vehicle that is switched on now.
    pub fn new(config: VehicleConfig, now: Now) -> Self {
        let own = Identity::autopilot(config.id.system);
        let mut params = ParamTable::default();
        for (name, value) in &config.params {
            // A vehicle that does not take a value of its makers keeps its default.
            let _ = params.set(name, *value);
        }
        let endpoint = Endpoint::new(own, config.signing.clone());
        let mut vehicle = Self {
            own,
            endpoint,
            power: Power::Off,
            boots: 0,
            booted_ms: now.ms,
            params,
            files: FileStore::with_folders(&["collmot"]),
            ftp: FtpServer::default(),
            fence: FenceReceiver::default(),
            clock: GpsClock::default(),
            start: ShowStart::default(),
            authorization: Authorization::Revoked,
            mode: FlightMode::default(),
            armed: false,
            armed_by_show: false,
            held: None,
            stage: ShowStage::Off,
            flight: Flight::default(),
            preflight: Preflight::default(),
            next_check_ms: now.ms,
            next_arm_ms: now.ms,
            next_setpoint_ms: now.ms,
            demand: Demand::Off,
            lights: Lights::default(),
            streams: Streams::starting(now.ms, config.id.system),
            texts: VecDeque::new(),
            listing: None,
            seen: Observation::default(),
            ground_heard_ms: None,
            rtcm_ms: VecDeque::new(),
            rtcm_ever: false,
            config,
        };
        vehicle.power_on(now);
        vehicle
    }

    /// Boots: forgets start, authorization and what is in the air; keeps files, parameters, fence and the last time of signatures.
    pub fn power_on(&mut self, now: Now) {
        self.power = Power::Booting(now.ms + self.config.boot_ms);
        self.boots = self.boots.wrapping_add(1);
        self.booted_ms = now.ms;
        self.params.boot();
        self.ftp = FtpServer::default();
        (self.start, self.authorization) = (ShowStart::default(), Authorization::Revoked);
        (self.mode, self.stage) = (FlightMode::default(), ShowStage::Off);
        (self.armed, self.armed_by_show, self.demand) = (false, false, Demand::Off);
        (self.flight, self.preflight) = (Flight::default(), Preflight::default());
        (self.clock, self.lights) = (GpsClock::default(), Lights::default());
        self.streams = Streams::starting(now.ms, self.own.system);
        self.texts.clear();
        self.listing = None;
        (self.held, self.ground_heard_ms) = (None, None);
        self.rtcm_ms.clear();
        self.rtcm_ever = false;
    }

    /// Loses its show file, as a damaged card does; what it has read of it stays until the next boot.
    pub fn lose_show(&mut self) {
        // There may be none.
        let _ = self.files.remove(SHOW_PATH);
    }

    /// Takes the bytes of a datagram; what is answered is appended to `out`.
    pub fn receive(&mut self, now: Now, bytes: &[u8], body: &dyn Body, out: &mut Outbox) {
        let mut all = Vec::new();
        self.endpoint.receive(bytes, now.signing, |received| all.push(received));
        for received in &all {
            self.handle(now, received, body, out);
        }
    }

    /// Takes a message that has been decoded and believed already; for callers that decode once for many vehicles.
    pub fn handle(&mut self, now: Now, received: &Received, body: &dyn Body, out: &mut Outbox) {
        if received.is_for(self.own) && matches!(self.power, Power::Running | Power::Asleep) {
            self.obey(now, received, body, out);
        }
    }

    /// Does what is due: looks at its body, runs its show, sends its streams.
    pub fn tick(&mut self, now: Now, body: &dyn Body, out: &mut Outbox) {
        self.seen = body.observe();
        match self.power {
            Power::Off => return,
            Power::Booting(until_ms) if now.ms < until_ms => {}
            Power::Booting(_) => self.begin_running(now.ms),
            Power::Running | Power::Asleep => {}
        }
        if self.power == Power::Running {
            self.clock.set(now.ms, self.seen.gnss.time);
            self.start.resolve(self.clock.now(now.ms));
            self.rtcm_ms.retain(|&at_ms| at_ms + 5000 > now.ms);
            self.run(now.ms, body);
            while let Some((to, packet)) = self.ftp.poll(now.ms, &self.files) {
                self.send(packet.message(), to, now, out);
            }
            if let Some((to, message)) = self.fence.poll(now.ms) {
                self.send(message, to, now, out);
            }
            self.list_params(now, out);
            while let Some(text) = self.texts.pop_front() {
                self.send(Self::text_message(&text), Identity::ALL, now, out);
            }
        }
        while let Some(message_id) = self.streams.due(now.ms) {
            // One that sleeps or boots says only that it is there.
            if (self.power == Power::Running || message_id == 0)
                && let Some(message) = self.report(message_id, now.ms)
            {
                self.send(message, Identity::ALL, now, out);
            }
        }
    }

    /// When [`Self::tick`] has something to do; `None` for one that is off.
    pub fn deadline_ms(&self, now_ms: u64) -> Option<u64> {
        if self.power == Power::Off {
            return None;
        }
        let boot_ms = if let Power::Booting(until_ms) = self.power { Some(until_ms) } else { None };
        let to_takeoff_ms = self.to_takeoff_ms(now_ms);
        let near = self.armed || to_takeoff_ms.is_some_and(|ms| (-15_000..10_000).contains(&ms));
        let step_ms = now_ms + if near { FAST_STEP_MS } else { SLOW_STEP_MS };
        // Not to be late for the start.
        let start_ms = to_takeoff_ms.filter(|&ms| ms < 0).map(|ms| now_ms + ms.unsigned_abs());
        let setpoint_ms = (self.stage == ShowStage::Performing).then_some(self.next_setpoint_ms);
        let all = [
            boot_ms,
            Some(step_ms),
            start_ms,
            setpoint_ms,
            self.streams.next_ms(),
            self.ftp.deadline_ms(),
            self.fence.deadline_ms(),
            self.listing.map(|_| now_ms + LIST_STEP_MS),
        ];
        all.into_iter().flatten().min()
    }

    /// What its body has to do.
    pub fn demand(&self) -> Demand {
        self.demand
    }

    /// The colour of its light.
    pub fn light(&self, now_ms: u64) -> Rgb {
        if !matches!(self.power, Power::Running) {
            return Rgb::BLACK;
        }
        self.lights.colour(now_ms, &self.light_situation(now_ms))
    }

    /// Which one it is.
    pub fn id(&self) -> VehicleId {
        self.config.id
    }

    /// Is it awake?
    pub fn power(&self) -> Power {
        self.power
    }

    /// Its flight mode.
    pub fn mode(&self) -> FlightMode {
        self.mode
    }

    /// Where it is in its show.
    pub fn stage(&self) -> ShowStage {
        self.stage
    }

    /// May its motors run?
    pub fn is_armed(&self) -> bool {
        self.armed
    }

    /// Its parameters.
    pub fn params(&self) -> &ParamTable {
        &self.params
    }

    /// Its files.
    pub fn files(&self) -> &FileStore {
        &self.files
    }

    /// Its geofence.
    pub fn fence(&self) -> &FenceReceiver {
        &self.fence
    }

    /// What it did not believe or understand.
    pub fn counts(&self) -> EndpointCounts {
        self.endpoint.counts()
    }

    pub(super) fn send(&mut self, message: Message, to: Identity, now: Now, out: &mut Outbox) {
        self.endpoint.send(message, to, now.signing, out);
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        if self.texts.len() == MAX_TEXTS {
            self.texts.pop_front();
        }
        self.texts.push_back(text.into());
    }

    fn list_params(&mut self, now: Now, out: &mut Outbox) {
        for _ in 0..LISTED_A_TICK {
            let Some((to, index)) = self.listing else { return };
            let Some((definition, value)) = self.params.at(index) else {
                self.listing = None;
                return;
            };
            self.listing = Some((to, index + 1));
            self.send(param_value(definition, value, Some(index)), to, now, out);
        }
    }

    /// Milliseconds since the start.
    pub(super) fn elapsed_ms(&self, now_ms: u64) -> Option<i64> {
        let by_countdown = self.params.value("SHOW_SYNC_MODE") == 0.0;
        self.start.elapsed_ms(now_ms, self.clock.now(now_ms), by_countdown)
    }

    /// Milliseconds since the take-off time, negative before it.
    pub(super) fn to_takeoff_ms(&self, now_ms: u64) -> Option<i64> {
        let times = self.held.as_ref()?.times?;
        Some(self.elapsed_ms(now_ms)? - times.takeoff_ms)
    }

    /// Reads the show file again.
    pub(super) fn load_show(&mut self) {
        let show = self.files.file(SHOW_PATH).and_then(|file| self.config.show_reader.read(file));
        self.held = show.map(|show| HeldShow { show: Arc::new(show), times: None });
        self.time_show();
    }

    /// Says anew when the show flies: the take-off altitude is a parameter.
    pub(super) fn time_show(&mut self) {
        let takeoff_m = self.params.value("SHOW_TAKEOFF_ALT");
        let (speed, spool_ms) = (self.config.climb_speed_m_s.max(0.1), self.config.spool_ms);
        if let Some(held) = &mut self.held {
            held.times = held.show.flight_times(takeoff_m, speed, spool_ms);
        }
    }

    fn begin_running(&mut self, now_ms: u64) {
        self.power = Power::Running;
        self.load_show();
        self.next_check_ms = now_ms;
        if self.params.value("SHOW_MODE_BOOT") as u8 & 1 != 0 {
            self.set_mode(FlightMode::Show);
        }
    }

    fn light_situation(&self, now_ms: u64) -> LightSituation {
        let elapsed_ms = self.elapsed_ms(now_ms);
        let clock_ms = self.clock.now(now_ms).map_or(now_ms as i64, |time| i64::from(time.time_of_week_ms()));
        let show_colour = match (&self.held, elapsed_ms) {
            (Some(held), Some(ms)) => held.show.lights.sample(ms as f64),
            _ => Rgb::BLACK,
        };
        LightSituation {
            clock_ms,
            show_mode: self.mode == FlightMode::Show,
            stage: self.stage,
            on_ground: self.seen.on_ground,
            armed: self.armed,
            failsafe: self.flight.failsafe != FailsafeLevel::None,
            failsafe_lights: self.params.value("SHOW_OPTIONS") as u8 & 1 == 0,
            bubble_flash: self.flight.bubble_breached && self.params.value("SHOW_BFENCE_ACT") == 2.0,
            prearm_failed: self.preflight.prearm.is_some(),
            preflight_failed: self.preflight.problem.is_some() || self.preflight.not_at_takeoff,
            authorization: self.authorization,
            start_set: self.start.time_of_week_s().is_some(),
            elapsed_ms,
            to_takeoff_ms: self.to_takeoff_ms(now_ms),
            show_colour,
            pre_lights: self.params.value("SHOW_PRE_LIGHTS") as u8,
        }
    }
}

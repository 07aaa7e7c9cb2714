use std::net::SocketAddr;
use std::sync::Arc;

use kapok_link::{GpsTime, NETWORK_SIZE, Now, SigningTime, Vehicle, VehicleConfig, VehicleId};
use kapok_show::Site;
use kapok_sim::{
    Fix, Fleet, GnssField, Guidance, LostPosition, Order, Pad, Phase, Profile, Random, Stream, Surroundings, TICK_S,
    WindSpec,
};
use rayon::prelude::*;

use crate::datagrams::Datagrams;
use crate::drill::{Drill, start_s};
use crate::fault::FleetFault;
use crate::field::Field;
use crate::links::Links;
use crate::network::{Network, NetworkCounts};
use crate::reader::SkybReader;
use crate::report::StageCounts;
use crate::settings::FleetSettings;
use crate::vehicle_body::{World, yaw_rad};

/// Step of the protocol, milliseconds.
pub const STEP_MS: u64 = 20;
/// Tick of the physics, milliseconds.
const TICK_MS: u64 = (TICK_S * 1000.0) as u64;
/// Temperature of the packs, °C.
const TEMPERATURE_C: f64 = 15.0;
/// Standard deviation of the heading in which vehicles are put down, degrees; no more than three of them.
const HEADING_DEG: f64 = 1.0;
/// How long vehicles take from power to their first working second, milliseconds: from, and how much longer.
const BOOT_MS: (f64, f64) = (3000.0, 3000.0);
/// Speed of the first climb, m/s: the stock value of the firmware.
const CLIMB_M_S: f64 = 2.5;

/// A fleet that a ground station cannot tell from a real one, without sockets and clock.
///
/// ```
/// use kapok_fleet::{Field, FleetSettings, Ports, Twin};
/// use kapok_link::GpsTime;
///
/// let start = GpsTime::from_week(2420, 100_000_000);
/// let mut twin = Twin::new(&Field::grid(3)?, &FleetSettings::default(), &Ports::default(), start)?;
/// let mut datagrams = 0;
/// while twin.now_ms() < 10_000 {
///     twin.step();
///     twin.flush(|_network, sent, _listeners| datagrams += sent.len());
/// }
/// // Three vehicles that have booted say seven messages a second each.
/// assert!(datagrams > 100);
/// assert_eq!(twin.stages().waiting, 3);
/// # Ok::<(), kapok_fleet::FleetFault>(())
/// ```
///
/// # Determinism
/// The datagrams are a function of the arguments of [`Self::new`] and of what is received between which steps, on any number of
/// threads.
///
/// # Complexity
/// O(n log n) a tick of physics, O(n) a step of the protocol.
pub struct Twin {
    fleet: Fleet,
    site: Site,
    start: GpsTime,
    now_ms: u64,
    networks: Vec<Network>,
    orders: Vec<Order>,
    links: Links,
    drill: Option<Drill>,
}

/// Gives the orders that the pilots have made.
struct Pilots<'a>(&'a [Order]);

impl Guidance for Pilots<'_> {
    fn order(&self, vehicle: usize, _: f64) -> Order {
        self.0.get(vehicle).copied().unwrap_or(Order::Wait)
    }

    /// The protocol machines have them.
    fn has_failsafes(&self) -> bool {
        true
    }
}

impl Twin {
    /// A fleet that is switched on at `start`.
    ///
    /// # Errors
    /// [`FleetFault`] for a setting that makes no sense, and for more networks than there are ports.
    pub fn new(
        field: &Field,
        settings: &FleetSettings,
        ports: &crate::Ports,
        start: GpsTime,
    ) -> Result<Self, FleetFault> {
        let profile = settings.checked(field)?;
        let count = field.pads_m.len();
        let networks = count.div_ceil(NETWORK_SIZE as usize);
        ports.checked(networks)?;
        let random = Random::new(settings.seed, 0);
        let [direction, ..] = random.uniform(0, 0, Stream::Caller);
        let wind = WindSpec { toward_rad: std::f64::consts::TAU * direction, ..WindSpec::of(settings.wind_m_s) };
        let gnss = GnssField::clear(if field.indoor { Fix::Indoor } else { profile.best_fix });
        let surroundings = Surroundings { wind, gnss, temperature_c: TEMPERATURE_C };
        let pads: Vec<Pad> = (0..count).map(|i| pad(field, i, settings.placement_m, &random)).collect();
        let reader = Arc::new(SkybReader { rth_layout: settings.rth_layout });
        let now = Now { ms: 0, signing: SigningTime::from_unix_us(start.unix_ms().unsigned_abs() * 1000) };
        let config = |i: usize| {
            let id = VehicleId::from_index(i)?;
            let [boot, ..] = random.uniform(i as u32, 2, Stream::Caller);
            let mut config = VehicleConfig::new(id, Arc::clone(&reader) as _);
            config.strictness = settings.strictness;
            config.boot_ms = (BOOT_MS.0 + BOOT_MS.1 * boot) as u64;
            config.climb_speed_m_s = CLIMB_M_S.min(profile.gains.speed_m_s[1]);
            config.params.extend(params(&profile, id));
            Some(config)
        };
        let mode = settings.mode(count);
        let network = |number: u16| {
            let first = usize::from(number) * NETWORK_SIZE as usize;
            let configs = (first..count.min(first + NETWORK_SIZE as usize)).filter_map(config).collect();
            Network::new(number, configs, ports.ground(number), mode, settings.seed, now)
        };
        Ok(Self {
            fleet: Fleet::new(&profile, &surroundings, &pads, random),
            site: field.site,
            start,
            now_ms: 0,
            networks: (0..networks as u16).map(network).collect(),
            orders: vec![Order::Wait; count],
            links: Links::new(settings.link),
            drill: settings.faults.clone().map(|script| Drill::new(script, surroundings)),
        })
    }

    /// Time since the fleet was switched on, milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// The GPS time of the field.
    pub fn time(&self) -> GpsTime {
        self.start.plus_ms(self.now_ms as i64)
    }

    /// The physics: what is, not what the ground is told.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// The frame of the physics.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// How many networks there are.
    pub fn networks(&self) -> usize {
        self.networks.len()
    }

    /// The protocol machines in the order of the fleet.
    pub fn vehicles(&self) -> impl Iterator<Item = &Vehicle> {
        self.networks.iter().flat_map(Network::vehicles)
    }

    /// Takes a datagram that has come to a network; answers wait for [`Self::flush`].
    pub fn receive(&mut self, network: u16, from: SocketAddr, bytes: &[u8]) {
        let now = self.now();
        let world = World { fleet: &self.fleet, site: &self.site, time: self.start.plus_ms(now.ms as i64) };
        if let Some(network) = self.networks.get_mut(usize::from(network)) {
            network.receive(now, from, bytes, world, &self.links);
        }
    }

    /// Goes on by [`STEP_MS`].
    pub fn step(&mut self) {
        let tick_ms = self.now_ms;
        self.now_ms += STEP_MS;
        if self.now_ms.is_multiple_of(TICK_MS) {
            self.tick(tick_ms + STEP_MS - TICK_MS);
        }
        let now = self.now();
        let world = World { fleet: &self.fleet, site: &self.site, time: self.start.plus_ms(now.ms as i64) };
        let links = &self.links;
        self.networks.par_iter_mut().for_each(|network| network.step(now, world, links));
    }

    /// Hands over all datagrams that wait: the number of the network, its datagrams, and all that hear them.
    pub fn flush(&mut self, mut send: impl FnMut(u16, &Datagrams, &[SocketAddr])) {
        for (network, number) in self.networks.iter_mut().zip(0..) {
            network.flush(self.now_ms, |datagrams, listeners| send(number, datagrams, listeners));
        }
    }

    /// How many vehicles are where in their show.
    pub fn stages(&self) -> StageCounts {
        StageCounts::of(self.vehicles())
    }

    /// What has passed through the links.
    pub fn counts(&self) -> NetworkCounts {
        self.networks.iter().map(Network::counts).fold(NetworkCounts::default(), |a, b| a + b)
    }

    /// Seconds since the start of the show, negative before it, as the first network knows it.
    pub fn elapsed_s(&self) -> Option<i16> {
        self.networks.first()?.elapsed_s(self.now_ms)
    }

    fn now(&self) -> Now {
        let unix_us = self.time().unix_ms().unsigned_abs() * 1000;
        Now { ms: self.now_ms, signing: SigningTime::from_unix_us(unix_us) }
    }

    /// Brings about what goes wrong now.
    fn rehearse(&mut self) {
        let (now, now_s, count) = (self.now(), self.fleet.t_s(), self.orders.len());
        let time_of_week_ms = self.time().time_of_week_ms();
        let Some(drill) = &mut self.drill else { return };
        let status = self.networks.first().and_then(|network| network.status(now.ms));
        let start = status.and_then(|status| start_s(&status, now.ms as f64 / 1000.0, time_of_week_ms));
        for (index, forgets) in drill.play(start, &mut self.fleet) {
            if let Some(network) = self.networks.get_mut(index / NETWORK_SIZE as usize) {
                network.reboot(index, forgets, now);
            }
        }
        if let Some(show_s) = drill.show_s(now_s) {
            self.links.meet(drill.script(), show_s, count);
        }
    }

    /// A tick of the physics, from `from_ms` on.
    fn tick(&mut self, from_ms: u64) {
        let world = World { fleet: &self.fleet, site: &self.site, time: self.start.plus_ms(from_ms as i64) };
        let orders = self.orders.par_chunks_mut(NETWORK_SIZE as usize);
        self.networks.par_iter_mut().zip(orders).for_each(|(network, orders)| network.order(from_ms, world, orders));
        self.rehearse();
        self.fleet.advance(&Pilots(&self.orders));
        for network in &self.networks {
            for (vehicle, index) in network.vehicles().zip(network.range()) {
                if !vehicle.is_armed() && self.fleet.crafts()[index].phase == Phase::Landed {
                    self.fleet.make_ready(index);
                }
            }
        }
    }
}

/// Where a vehicle is put down: near its pad, looking nearly the way of the show.
fn pad(field: &Field, i: usize, placement_m: f64, random: &Random) -> Pad {
    let [x, y, turn, _] = random.normal(i as u32, 1, Stream::Caller).map(|n| n.clamp(-3.0, 3.0));
    let mut pad = Pad::at(field.pads_m[i]);
    pad.place_m.x += placement_m * x;
    pad.place_m.y += placement_m * y;
    pad.yaw_rad = yaw_rad(&field.site, field.site.heading_deg + HEADING_DEG * turn);
    pad.sector = (i / NETWORK_SIZE as usize) as u16;
    pad
}

/// What the maker of a vehicle sets.
fn params(profile: &Profile, id: VehicleId) -> Vec<(String, f64)> {
    let lost_position = match profile.gains.lost_position {
        LostPosition::Land => 1.0,
        LostPosition::HoldAltitude => 2.0,
    };
    let all = [
        ("SYSID_THISMAV", f64::from(id.system)),
        ("FS_EKF_ACTION", lost_position),
        ("BATT_LOW_VOLT", profile.pack.low_v),
        ("BATT_CRT_VOLT", profile.pack.critical_v),
        // 1: land where it is.
        ("BATT_FS_CRT_ACT", 1.0),
    ];
    all.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

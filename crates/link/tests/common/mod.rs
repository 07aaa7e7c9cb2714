//! A stand-in for a vehicle's body, a reader of show files, and a link that loses, doubles and reorders datagrams.

use std::fmt::Write;
use std::sync::Arc;

use kapok_format::{ReadBounds, read_skyb};
use kapok_link::{
    Battery, Body, Demand, Endpoint, Gnss, GnssFix, GpsTime, Identity, LoadedShow, Message, Now, Observation, Outbox,
    Received, ShowReader, SigningTime, Vehicle, VehicleConfig, VehicleId,
};
use kapok_show::{DVec3, Enu, Site, Wgs84};

/// The show that was observed (show-protocol, section 16): 8 m up in 6 s, 4 m ahead and back in 5 s each, down in 8 s; red, green
/// and blue for 5 s each.
pub const SHOW: &str = "736b79620201adbe6057011d00010000000000000000107017401f018813a00f018813000010401f000002130004ff0000fa010400ff00fa01040000fffa0100";

pub fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// Numbers from a seed (xorshift).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n.max(1)
    }
}

pub struct SkybReader;

impl ShowReader for SkybReader {
    fn read(&self, file: &[u8]) -> Option<LoadedShow> {
        let mut vehicles = read_skyb(file, "show.skyb", &ReadBounds::default()).ok()?.show.vehicles;
        let vehicle = vehicles.pop()?;
        Some(LoadedShow {
            trajectory: vehicle.trajectory,
            lights: vehicle.lights,
            yaw: vehicle.yaw,
            return_to_home: vehicle.return_to_home,
        })
    }
}

/// Where the tests' show stands.
pub fn site() -> Site {
    Site { origin: Wgs84 { latitude_deg: 23.106_4, longitude_deg: 113.324_5, amsl_m: 5.0 }, heading_deg: 30.0 }
}

/// A body that goes where it is told, at 3 m/s up and 1 m/s down.
#[derive(Clone)]
pub struct StandIn {
    pub at_m: DVec3,
    pub velocity_m_s: DVec3,
    pub heading_deg: f64,
    pub arming: Result<(), &'static str>,
    pub time: Option<GpsTime>,
    pub has_position: bool,
    pub motors_failed: bool,
    pub estimator_failed: bool,
    pub voltage_v: f64,
}

impl StandIn {
    pub fn at(at_m: DVec3, time: GpsTime) -> Self {
        Self {
            at_m,
            velocity_m_s: DVec3::ZERO,
            heading_deg: site().heading_deg,
            arming: Ok(()),
            time: Some(time),
            has_position: true,
            motors_failed: false,
            estimator_failed: false,
            voltage_v: 12.6,
        }
    }

    pub fn follow(&mut self, demand: Demand, dt_s: f64) {
        let before_m = self.at_m;
        match demand {
            Demand::Off | Demand::Idle if self.at_m.z <= 0.0 => {}
            Demand::Off | Demand::Idle => self.at_m.z -= 9.0 * dt_s,
            Demand::Climb { amsl_m } => {
                let target_m = amsl_m - site().origin.amsl_m;
                self.at_m.z += (target_m - self.at_m.z).clamp(-3.0 * dt_s, 3.0 * dt_s);
            }
            Demand::Follow { position_m, .. } => {
                let way_m = position_m - self.at_m;
                self.at_m += way_m.clamp_length_max(8.0 * dt_s);
            }
            Demand::Hold | Demand::HoldAltitude => {}
            Demand::Land => self.at_m.z -= dt_s,
            Demand::ReturnHome { home, .. } => {
                let home_m = site().site_from_wgs84(home).with_z(self.at_m.z);
                let way_m = home_m - self.at_m;
                if way_m.length() < 0.1 { self.at_m.z -= dt_s } else { self.at_m += way_m.clamp_length_max(3.0 * dt_s) }
            }
        }
        self.at_m.z = self.at_m.z.max(0.0);
        self.velocity_m_s = (self.at_m - before_m) / dt_s;
        self.time = self.time.map(|time| time.plus_ms((dt_s * 1000.0).round() as i64));
    }
}

impl Body for StandIn {
    fn observe(&self) -> Observation {
        let Enu(velocity_enu_m_s) = site().enu_from_site(self.velocity_m_s);
        Observation {
            position: self.has_position.then(|| site().wgs84_from_site(self.at_m)),
            velocity_enu_m_s,
            heading_deg: self.heading_deg,
            on_ground: self.at_m.z <= 0.0,
            motors_failed: self.motors_failed,
            estimator_failed: self.estimator_failed,
            unhealthy: 0,
            gnss: Gnss {
                fix: GnssFix::RtkFixed,
                satellites: 20,
                time: self.time,
                horizontal_m: 0.02,
                vertical_m: 0.03,
            },
            battery: Battery {
                voltage_v: self.voltage_v,
                current_a: 2.0,
                used_mah: 0.0,
                remaining_percent: 90.0,
                remaining_mah: 4500.0,
            },
        }
    }

    fn check_arming(&self) -> Result<(), &'static str> {
        self.arming
    }
}

/// 100,000 s into a GPS week.
pub fn monday() -> GpsTime {
    GpsTime::from_week(2420, 100_000_000)
}

pub fn config(system: u32) -> VehicleConfig {
    VehicleConfig::new(VehicleId { network: 0, system }, Arc::new(SkybReader))
}

/// The time of a tick; signatures run with it.
pub fn now(ms: u64) -> Now {
    Now { ms, signing: SigningTime::from_count(1_000_000_000 + ms * 100) }
}

/// What a link does to datagrams.
#[derive(Clone, Copy)]
pub struct LinkQuality {
    /// Lost, doubled and late ones of a hundred.
    pub lost: u64,
    pub doubled: u64,
    pub late: u64,
}

impl LinkQuality {
    pub const PERFECT: Self = Self { lost: 0, doubled: 0, late: 0 };

    pub fn losing(lost: u64) -> Self {
        Self { lost, doubled: 3, late: 10 }
    }
}

/// A vehicle and a ground station on a bad link.
pub struct Field {
    pub now_ms: u64,
    pub vehicle: Vehicle,
    pub body: StandIn,
    pub ground: Endpoint,
    pub quality: LinkQuality,
    pub random: Random,
    /// When, to the vehicle, what.
    air: Vec<(u64, bool, Vec<u8>)>,
    /// Frames in both directions.
    pub frames: usize,
}

/// Step of the field, milliseconds.
pub const STEP_MS: u64 = 20;

impl Field {
    pub fn new(config: VehicleConfig, quality: LinkQuality, seed: u64) -> Self {
        let body = StandIn::at(DVec3::ZERO, monday());
        let ground = Endpoint::new(Identity::GROUND, config.signing.clone());
        let vehicle = Vehicle::new(config, now(0));
        let random = Random(seed | 1);
        let mut field = Self { now_ms: 0, vehicle, body, ground, quality, random, air: Vec::new(), frames: 0 };
        field.run(4000);
        field
    }

    fn throw(&mut self, to_vehicle: bool, bytes: &[u8]) {
        self.frames += 1;
        if self.random.below(100) < self.quality.lost {
            return;
        }
        let copies = 1 + usize::from(self.random.below(100) < self.quality.doubled);
        for _ in 0..copies {
            let late = self.random.below(100) < self.quality.late;
            let delay_ms = 5 + if late { self.random.below(300) } else { 0 };
            self.air.push((self.now_ms + delay_ms, to_vehicle, bytes.to_vec()));
        }
    }

    /// Sends a message to the vehicle.
    pub fn send(&mut self, message: Message) {
        self.send_to(message, Identity::autopilot(self.vehicle.id().system));
    }

    pub fn send_to(&mut self, message: Message, to: Identity) {
        let mut out = Outbox::default();
        self.ground.send(message, to, now(self.now_ms).signing, &mut out);
        self.throw(true, out.bytes());
    }

    /// One step: what arrives, arrives; the vehicle ticks; what the ground has received comes back.
    pub fn step(&mut self) -> Vec<Received> {
        self.now_ms += STEP_MS;
        let (at, mut out, mut heard) = (now(self.now_ms), Outbox::default(), Vec::new());
        let mut due = Vec::new();
        self.air.retain(|entry| {
            let waits = entry.0 > at.ms;
            if !waits {
                due.push(entry.clone());
            }
            waits
        });
        due.sort_by_key(|entry| entry.0);
        for (_, to_vehicle, bytes) in due {
            if to_vehicle {
                self.vehicle.receive(at, &bytes, &self.body, &mut out);
            } else {
                self.ground.receive(&bytes, at.signing, |received| heard.push(received));
            }
        }
        self.body.follow(self.vehicle.demand(), STEP_MS as f64 / 1000.0);
        self.vehicle.tick(at, &self.body, &mut out);
        for frame in out.frames().map(<[u8]>::to_vec).collect::<Vec<_>>() {
            self.throw(false, &frame);
        }
        heard
    }

    /// Lets time pass; all that the ground has received.
    pub fn run(&mut self, ms: u64) -> Vec<Received> {
        (0..ms / STEP_MS).flat_map(|_| self.step()).collect()
    }

    /// Runs a machine of the ground until it is done, or the time is over.
    pub fn drive<M>(
        &mut self,
        machine: &mut M,
        limit_ms: u64,
        poll: impl Fn(&mut M, u64) -> Option<Message>,
        receive: impl Fn(&mut M, u64, &Message),
        is_done: impl Fn(&M) -> bool,
    ) {
        let end_ms = self.now_ms + limit_ms;
        while !is_done(machine) && self.now_ms < end_ms {
            while let Some(message) = poll(machine, self.now_ms) {
                self.send(message);
            }
            let now_ms = self.now_ms;
            for received in self.step() {
                receive(machine, now_ms, &received.message);
            }
        }
    }
}

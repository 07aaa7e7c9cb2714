//! A show of a few vehicles, and a ground station for their network: without sockets, or with one.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use kapok_fleet::{Field, FleetSettings, Ports, Sockets, Twin};
use kapok_format::skyb::SkybOptions;
use kapok_format::write_skyb;
use kapok_link::dialect::MavMessage;
use kapok_link::{
    Broadcaster, Endpoint, Fence, FenceArea, FencePoint, FleetRoster, GpsTime, Identity, Message, Outbox, Received,
    ShowSite, SigningTime, UploadPlan, UploadSettings, VehicleId, VehicleUpload,
};
use kapok_show::{
    DVec3, Environment, LightKey, LightProgram, Limits, Rgb, Show, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};

/// 100,000 s into a GPS week.
pub fn monday() -> GpsTime {
    GpsTime::from_week(2420, 100_000_000)
}

/// Where the tests' show stands.
pub fn site() -> Site {
    Site { origin: Wgs84 { latitude_deg: 23.106_4, longitude_deg: 113.324_5, amsl_m: 5.0 }, heading_deg: 30.0 }
}

/// A square of vehicles, 3 m apart, that rise to 12 m, shift 6 m, and come down where they are.
pub fn show(count: usize) -> Show {
    let vehicle = |i: usize| {
        let pad = DVec3::new((i % 5) as f64, (i / 5) as f64, 0.0) * 3.0;
        let (high, aside) = (pad + DVec3::Z * 12.0, pad + DVec3::new(6.0, 0.0, 12.0));
        let mut trajectory = Trajectory::starting_at(0, pad).unwrap();
        trajectory.push(8_000, &[pad, high, high]).unwrap();
        trajectory.push_hold(10_000).unwrap();
        trajectory.push(16_000, &[high, aside, aside]).unwrap();
        trajectory.push_hold(18_000).unwrap();
        trajectory.push(30_000, &[aside, aside.with_z(0.0), aside.with_z(0.0)]).unwrap();
        let red =
            LightProgram::from_keys(vec![LightKey { t_ms: 0, colour: Rgb::new(255, 0, 0), fade: false }]).unwrap();
        Vehicle::new(format!("v{i}"), pad, trajectory, red)
    };
    Show {
        title: "Square".into(),
        site: site(),
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: (0..count).map(vehicle).collect(),
        chapters: Vec::new(),
        audio: None,
        draft: false,
    }
}

/// What a vehicle of the show is given: its file, site and a fence around all.
pub fn plan(show: &Show, index: usize) -> UploadPlan {
    let Site { origin, heading_deg } = show.site;
    let e7 = |deg: f64| (deg * 1e7).round() as i32;
    let corner = |x: f64, y: f64| {
        let p = show.site.wgs84_from_site(DVec3::new(x, y, 0.0));
        FencePoint { latitude_e7: e7(p.latitude_deg), longitude_e7: e7(p.longitude_deg) }
    };
    let corners = vec![corner(-30.0, -30.0), corner(50.0, -30.0), corner(50.0, 50.0), corner(-30.0, 50.0)];
    UploadPlan {
        show: write_skyb(&show.vehicles[index], &SkybOptions::default()).unwrap().bytes,
        site: ShowSite {
            latitude_e7: e7(origin.latitude_deg),
            longitude_e7: e7(origin.longitude_deg),
            amsl_mm: Some((origin.amsl_m * 1000.0) as i32),
            orientation_deg: heading_deg as f32,
        },
        fence: Fence::new(vec![FenceArea::Inclusion(corners)]).unwrap(),
        max_altitude_m: 50.0,
        max_distance_m: 100.0,
        fence_action: 1,
    }
}

/// A twin and its ground station, without sockets: what is sent is there at once.
pub struct Range {
    pub twin: Twin,
    pub ground: Endpoint,
    address: SocketAddr,
}

impl Range {
    pub fn new(field: &Field, settings: &FleetSettings) -> Self {
        let ports = Ports::default();
        let twin = Twin::new(field, settings, &ports, monday()).unwrap();
        Self { twin, ground: Endpoint::new(Identity::GROUND, None), address: ports.ground(0) }
    }

    pub fn send(&mut self, message: impl Into<Message>, to: Identity) {
        let mut out = Outbox::default();
        self.ground.send(message.into(), to, SigningTime::default(), &mut out);
        self.twin.receive(0, self.address, out.bytes());
    }

    /// Lets time pass; all that the ground has received, of all networks.
    pub fn run(&mut self, ms: u64) -> Vec<Received> {
        let end_ms = self.twin.now_ms() + ms;
        let mut heard = Vec::new();
        while self.twin.now_ms() < end_ms {
            self.twin.step();
            let Self { twin, ground, .. } = self;
            twin.flush(|_, datagrams, _| {
                for datagram in datagrams.iter() {
                    ground.receive(datagram, SigningTime::default(), |received| heard.push(received));
                }
            });
        }
        heard
    }
}

/// What a station of a crew does, on a socket of its own.
pub struct Station {
    socket: UdpSocket,
    fleet: SocketAddr,
    endpoint: Endpoint,
    pub roster: FleetRoster,
    pub broadcaster: Broadcaster,
    pub uploads: BTreeMap<u32, VehicleUpload>,
    pub texts: Vec<String>,
}

impl Station {
    fn send(&mut self, message: Message, to: Identity) {
        let mut out = Outbox::default();
        self.endpoint.send(message, to, SigningTime::default(), &mut out);
        self.socket.send_to(out.bytes(), self.fleet).unwrap();
    }

    /// Reads what has come, says what is due; how many datagrams there were.
    fn work(&mut self, now_ms: u64, gps: GpsTime) -> usize {
        let (mut buffer, mut heard, mut count) = ([0; 2048], Vec::new(), 0);
        while let Ok((len, _)) = self.socket.recv_from(&mut buffer) {
            count += 1;
            self.endpoint.receive(&buffer[..len], SigningTime::default(), |received| heard.push(received));
        }
        for received in &heard {
            self.roster.receive(now_ms, 0, received);
            if let Some(upload) = self.uploads.get_mut(&received.from.system) {
                upload.receive(now_ms, &received.message);
            }
            if let Message::Other(MavMessage::STATUSTEXT(text)) = &received.message {
                self.texts.push(text.text.to_str().unwrap_or_default().to_owned());
            }
        }
        let mut out = Vec::new();
        self.roster.poll(now_ms, &mut out);
        for (id, message) in out {
            self.send(message, Identity::autopilot(id.system));
        }
        let mut due = Vec::new();
        for (system, upload) in &mut self.uploads {
            while let Some(message) = upload.poll(now_ms) {
                due.push((*system, message));
            }
        }
        for (system, message) in due {
            self.send(message, Identity::autopilot(system));
        }
        if let Some(message) = self.broadcaster.poll(now_ms, gps) {
            self.send(message, Identity::ALL);
        }
        count
    }
}

/// A twin of one network on real sockets, and its station, in stepped time.
pub struct Crew {
    pub twin: Twin,
    pub sockets: Sockets,
    pub station: Station,
}

impl Crew {
    pub fn new(field: &Field, settings: &FleetSettings) -> Self {
        let (ports, sockets, socket) = free_ports();
        let twin = Twin::new(field, settings, &ports, monday()).unwrap();
        let station = Station {
            socket,
            fleet: ports.fleet(0),
            endpoint: Endpoint::new(Identity::GROUND, None),
            roster: FleetRoster::new(false),
            broadcaster: Broadcaster::default(),
            uploads: BTreeMap::new(),
            texts: Vec::new(),
        };
        Self { twin, sockets, station }
    }

    /// One step: the twin goes on, then both speak until nothing more comes.
    pub fn step(&mut self) {
        let Self { twin, sockets, station } = self;
        twin.step();
        twin.flush(|network, datagrams, listeners| sockets.send(network, datagrams, listeners));
        for _ in 0..50 {
            let heard = station.work(twin.now_ms(), twin.time());
            let spoken = sockets.receive(Duration::ZERO, |network, from, bytes| twin.receive(network, from, bytes));
            twin.flush(|network, datagrams, listeners| sockets.send(network, datagrams, listeners));
            if heard == 0 && !spoken {
                break;
            }
        }
    }

    /// Steps until it is so.
    pub fn until(&mut self, limit_ms: u64, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end_ms = self.twin.now_ms() + limit_ms;
        while !is_so(self) {
            assert!(self.twin.now_ms() < end_ms, "{what}: not in {limit_ms} ms; {:?}", self.twin.stages());
            self.step();
        }
    }

    pub fn run(&mut self, ms: u64) {
        let end_ms = self.twin.now_ms() + ms;
        while self.twin.now_ms() < end_ms {
            self.step();
        }
    }

    /// Begins the upload of a show to all its vehicles.
    pub fn upload(&mut self, show: &Show, settings: UploadSettings) {
        for i in 0..show.vehicles.len() {
            let VehicleId { system, .. } = VehicleId::from_index(i).unwrap();
            let upload = VehicleUpload::new(plan(show, i), settings, 100 * system as u16).unwrap();
            self.station.uploads.insert(system, upload);
        }
    }
}

/// Sockets of a fleet of one network, and that of its ground station, at ports that are free.
pub fn free_ports() -> (Ports, Sockets, UdpSocket) {
    let start = 20_000 + (std::process::id() % 2000) as u16 * 10;
    for k in 0..500 {
        let ports = Ports { base: start + 10 * k, ..Ports::default() };
        let (Ok(sockets), Ok(socket)) = (Sockets::bind(&ports, 1), UdpSocket::bind(ports.ground(0))) else { continue };
        socket.set_nonblocking(true).unwrap();
        return (ports, sockets, socket);
    }
    panic!("no free ports");
}

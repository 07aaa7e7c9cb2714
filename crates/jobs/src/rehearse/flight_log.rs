use std::collections::BTreeMap;
use std::io::{Seek, Write};

use kapok_log::{
    ClosestPair, EventLevel, FleetFrame, FleetState, LogError, LogEvent, LogHead, LogWriter, VehicleMark, VehicleStatus,
};
use kapok_show::{DVec3, Rgb, Show};
use kapok_sim::{Control, Craft, Event, EventKind, Fleet, Phase, WIND_HEIGHT_M};
use serde_json::json;

use super::record::CampaignHead;

/// Ticks between two frames: twice a second.
const FRAME_TICKS: u32 = 5;

/// Writes a run as a flight log while it is flown.
pub struct FlightRecorder<'a, W: Write + Seek> {
    show: &'a Show,
    writer: LogWriter<W>,
    /// From which altitude on a pair counts as in flight, metres.
    ground_rule_m: f64,
    tick: u32,
    truth: Vec<VehicleMark>,
    reported: Vec<VehicleMark>,
}

impl<'a, W: Write + Seek> FlightRecorder<'a, W> {
    /// A recorder of a run: its number, the wind, and after how many seconds on the pads its show begins.
    pub fn new(
        (head, show): (&CampaignHead, &'a Show),
        (run, wind_m_s, before_s): (u32, f64, f64),
        ground_rule_m: f64,
        sink: W,
    ) -> Result<Self, LogError> {
        let mut about = BTreeMap::from([
            ("what".to_owned(), "rehearsal".to_owned()),
            ("kapok".to_owned(), head.kapok_version.clone()),
            ("run".to_owned(), run.to_string()),
            ("seed".to_owned(), head.request.seed.to_string()),
            ("wind, m/s".to_owned(), wind_m_s.to_string()),
            ("vehicle".to_owned(), head.profile.clone()),
        ]);
        if let Some(faults) = &head.faults {
            about.insert("faults".to_owned(), faults.title.clone());
            about.insert("protections".to_owned(), if faults.protections { "on" } else { "off" }.to_owned());
        }
        let head = LogHead {
            title: head.title.clone(),
            show_sha256: head.show_sha256.clone(),
            vehicles: head.vehicles,
            separation_m: head.separation_limit_m,
            show_start_ns: log_time(before_s),
            about,
        };
        let mut writer = LogWriter::new(sink, &head)?;
        if let Some(site) = site_of(show) {
            writer.site(0, &site)?;
        }
        let room = show.vehicles.len();
        let (truth, reported) = (Vec::with_capacity(room), Vec::with_capacity(room));
        Ok(Self { show, writer, ground_rule_m, tick: 0, truth, reported })
    }

    /// One tick: what happened, and at every fifth where vehicles are. `is_stopped`: they fly home.
    pub fn look(&mut self, fleet: &Fleet, show_s: f64, is_stopped: bool) -> Result<(), LogError> {
        for event in fleet.events() {
            self.writer.event(&event_of(self.show, event))?;
        }
        self.tick += 1;
        if !self.tick.is_multiple_of(FRAME_TICKS) {
            return Ok(());
        }
        let vehicles = self.show.vehicles.iter().zip(0u16..);
        let states = fleet.bodies().iter().zip(fleet.crafts()).zip(fleet.batteries()).zip(fleet.estimators());
        self.truth.clear();
        self.reported.clear();
        for ((vehicle, id), (((body, craft), battery), estimator)) in vehicles.zip(states) {
            let mark = VehicleMark {
                id,
                position_m: to_f32(body.position_m),
                light: if craft.is_airborne() { vehicle.lights.sample(1000.0 * show_s) } else { Rgb::BLACK },
                status: status_of(craft, is_stopped),
                charge_percent: Some((100.0 * battery.charge).round().clamp(0.0, 100.0) as u8),
            };
            self.truth.push(mark);
            // What fell reports no more.
            if craft.phase != Phase::Down {
                self.reported.push(VehicleMark { position_m: to_f32(body.position_m + estimator.position_m), ..mark });
            }
        }
        let height_m = |i: u32| fleet.bodies()[i as usize].position_m.z;
        let in_flight =
            fleet.encounters().iter().filter(|e| height_m(e.pair.0).max(height_m(e.pair.1)) >= self.ground_rule_m);
        let nearest = in_flight.min_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        let wind = fleet.wind_m_s(DVec3::Z * WIND_HEIGHT_M);
        let state = FleetState {
            show_s: Some((1000.0 * show_s).round() / 1000.0),
            closest: nearest
                .map(|n| ClosestPair { pair: [n.pair.0 as u16, n.pair.1 as u16], distance_m: n.distance_m }),
            wind_m_s: Some([wind.x, wind.y]),
        };
        let (truth, reported) = (&self.truth[..], &self.reported[..]);
        self.writer.frame(&FleetFrame { t_ns: log_time(fleet.t_s()), truth, reported, state: &state })
    }

    /// Ends the log.
    pub fn finish(self) -> Result<W, LogError> {
        self.writer.finish()
    }
}

/// Seconds as log time, to the millisecond.
fn log_time(t_s: f64) -> u64 {
    (1000.0 * t_s).round().max(0.0) as u64 * 1_000_000
}

fn to_f32(place_m: DVec3) -> [f32; 3] {
    [place_m.x as f32, place_m.y as f32, place_m.z as f32]
}

fn status_of(craft: &Craft, is_stopped: bool) -> VehicleStatus {
    match (craft.phase, craft.control) {
        (Phase::Parked, _) => VehicleStatus::Parked,
        (Phase::Landed, _) => VehicleStatus::Landed,
        (Phase::Falling | Phase::Down, _) => VehicleStatus::Fallen,
        (Phase::Flying, Control::Follow) if is_stopped => VehicleStatus::Returning,
        (Phase::Flying, Control::Follow) => VehicleStatus::Flying,
        (Phase::Flying, Control::Land) => VehicleStatus::Landing,
        (Phase::Flying, Control::LandLevel | Control::HoldAltitude) => VehicleStatus::Failsafe,
    }
}

fn event_of(show: &Show, event: &Event) -> LogEvent {
    let name = |index: u32| show.vehicles[index as usize].name.clone();
    let (level, message) = match event.kind {
        EventKind::TookOff => (EventLevel::Info, "takes off".to_owned()),
        EventKind::Landed => (EventLevel::Info, "lands".to_owned()),
        EventKind::Collided { other } => (EventLevel::Error, format!("collides with {}", name(other))),
        EventKind::Crashed { speed_m_s } => (EventLevel::Error, format!("hits the ground at {speed_m_s:.1} m/s")),
        EventKind::PositionLost => (EventLevel::Warning, "has lost its position".to_owned()),
        EventKind::LeftBubble => (EventLevel::Warning, "is too far from its place, and lands".to_owned()),
        EventKind::BatteryLow => (EventLevel::Warning, "has a low pack".to_owned()),
        EventKind::BatteryCritical => (EventLevel::Warning, "has an empty pack, and lands".to_owned()),
    };
    LogEvent { t_ns: log_time(event.t_s), level, subject: name(event.vehicle), message }
}

/// The geofence as GeoJSON, if the show has one.
fn site_of(show: &Show) -> Option<String> {
    let fence = show.environment.geofence.as_ref()?;
    let ring = |outline: &[kapok_show::DVec2]| -> Vec<[f64; 2]> {
        let closed = outline.iter().chain(outline.first());
        closed
            .map(|p| {
                let at = show.site.wgs84_from_site(p.extend(0.0));
                [at.longitude_deg, at.latitude_deg]
            })
            .collect()
    };
    let properties = json!({ "name": "geofence" });
    let geometry = json!({ "type": "Polygon", "coordinates": [ring(&fence.polygon_m)] });
    let feature = json!({ "type": "Feature", "properties": properties, "geometry": geometry });
    Some(json!({ "type": "FeatureCollection", "features": [feature] }).to_string())
}

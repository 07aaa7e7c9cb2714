use std::collections::BTreeMap;

use mavlink::dialects::ardupilotmega::{
    MavAutopilot, MavDataStream, MavMessage, MavState, MavType, REQUEST_DATA_STREAM_DATA,
};

use crate::command::{Command, CommandResult, command_number};
use crate::endpoint::Received;
use crate::identity::{NETWORK_SIZE, VehicleId};
use crate::message::Message;
use crate::show_packet::{ShowPacket, VehicleStatus};

/// A vehicle without a heartbeat for this long is lost, milliseconds (show-protocol, section 2).
const LOST_MS: u64 = 5000;
/// Between two questions for the capabilities, milliseconds.
const ASK_MS: u64 = 2000;
/// Without SYS_STATUS for this long the streams are asked for, milliseconds.
const STREAMS_MS: u64 = 5000;
/// What a show's vehicle can (show-protocol, section 3).
const SHOW_CAPABILITIES: u64 = 0x0400_21A2;
/// The most vehicles that are kept.
const MAX_CONTACTS: usize = 65_536;
/// Streams that are asked for: message and interval, microseconds.
const STREAMS: [(u32, f32); 3] = [(1, 1e6), (24, 1e6), (33, 5e5)];

/// What kind of vehicle it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VehicleKind {
    /// Not known yet: it has been asked.
    #[default]
    Unknown,
    /// Its firmware flies shows.
    Show,
    /// Any other.
    Other,
}

/// A vehicle that has been heard.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contact {
    /// When its last heartbeat came, milliseconds.
    pub heartbeat_ms: Option<u64>,
    /// What kind it is.
    pub kind: VehicleKind,
    /// Heartbeats are missing.
    pub lost: bool,
    /// It saves power, or is booting.
    pub asleep: bool,
    /// HEARTBEAT's `custom_mode`; 127 is the show.
    pub mode: u32,
    /// Its motors may run.
    pub armed: bool,
    /// Its last status, and when that came.
    pub status: Option<(VehicleStatus, u64)>,
    /// When SYS_STATUS came last.
    system_ms: u64,
    asked_ms: Option<u64>,
    streams_asked_ms: u64,
    /// It does not know SET_MESSAGE_INTERVAL.
    old_streams: bool,
}

/// What has changed in the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterEvent {
    /// Heard for the first time.
    Appeared(VehicleId),
    /// Its kind is known.
    Recognised(VehicleId, VehicleKind),
    /// No heartbeat for five seconds.
    Lost(VehicleId),
    /// Heard again.
    Back(VehicleId),
    /// Its boot count is another one: start and authorization are gone, an old origin may be there.
    Rebooted(VehicleId),
}

/// Which vehicles there are, and what they say of themselves.
///
/// # Guarantees
/// Bounded: ids beyond a network of [`NETWORK_SIZE`] are passed over unless 32-bit ids are allowed, and no more than 65,536 vehicles
/// are kept.
///
/// # Source
/// show-protocol, sections 1 to 3. The open server's test for reboots always says no; here the boot count of the status decides.
#[derive(Clone, Debug, Default)]
pub struct FleetRoster {
    contacts: BTreeMap<VehicleId, Contact>,
    long_ids: bool,
    events: Vec<RosterEvent>,
}

impl FleetRoster {
    /// An empty one; `long_ids`: system ids above 250 are vehicles too.
    pub fn new(long_ids: bool) -> Self {
        Self { long_ids, ..Self::default() }
    }

    /// All vehicles in the order of their ids.
    pub fn contacts(&self) -> impl Iterator<Item = (VehicleId, &Contact)> {
        self.contacts.iter().map(|(id, contact)| (*id, contact))
    }

    /// One vehicle.
    pub fn contact(&self, id: VehicleId) -> Option<&Contact> {
        self.contacts.get(&id)
    }

    /// What has changed since the last call.
    pub fn take_events(&mut self) -> Vec<RosterEvent> {
        std::mem::take(&mut self.events)
    }

    /// Takes what a vehicle of a network has said; which vehicle it is, if it is one.
    pub fn receive(&mut self, now_ms: u64, network: u16, received: &Received) -> Option<VehicleId> {
        let system = received.from.system;
        // Packets of other components than the autopilot are no vehicle's.
        if received.from.component != 1 || system == 0 || (system > NETWORK_SIZE && !self.long_ids) {
            return None;
        }
        let id = VehicleId { network, system };
        if let Message::Other(MavMessage::HEARTBEAT(heartbeat)) = &received.message
            && is_no_vehicle(heartbeat.mavtype)
        {
            return None;
        }
        if !self.contacts.contains_key(&id) {
            if self.contacts.len() >= MAX_CONTACTS {
                return None;
            }
            self.events.push(RosterEvent::Appeared(id));
        }
        let contact = self.contacts.entry(id).or_default();
        match &received.message {
            Message::Other(MavMessage::HEARTBEAT(heartbeat)) => {
                if std::mem::take(&mut contact.lost) {
                    self.events.push(RosterEvent::Back(id));
                }
                contact.heartbeat_ms = Some(now_ms);
                contact.asleep = matches!(
                    heartbeat.system_status,
                    MavState::MAV_STATE_BOOT | MavState::MAV_STATE_FLIGHT_TERMINATION
                );
                contact.mode = heartbeat.custom_mode;
                contact.armed = heartbeat.base_mode.bits() & 0x80 != 0;
                if heartbeat.autopilot != MavAutopilot::MAV_AUTOPILOT_ARDUPILOTMEGA
                    && contact.kind == VehicleKind::Unknown
                {
                    contact.kind = VehicleKind::Other;
                    self.events.push(RosterEvent::Recognised(id, VehicleKind::Other));
                }
            }
            Message::Other(MavMessage::AUTOPILOT_VERSION(version)) if contact.kind == VehicleKind::Unknown => {
                let flies_shows = version.capabilities.bits() & SHOW_CAPABILITIES == SHOW_CAPABILITIES;
                contact.kind = if flies_shows { VehicleKind::Show } else { VehicleKind::Other };
                self.events.push(RosterEvent::Recognised(id, contact.kind));
            }
            Message::Other(MavMessage::SYS_STATUS(_)) => contact.system_ms = now_ms,
            Message::CommandAck(ack) if ack.number == command_number::SET_MESSAGE_INTERVAL => {
                contact.old_streams |= ack.result == CommandResult::Unsupported;
            }
            Message::Other(message) => {
                let status = ShowPacket::from_message(message).and_then(|p| VehicleStatus::from_packet(&p));
                if let Some(status) = status {
                    let before = contact.status.replace((status, now_ms));
                    if before.is_some_and(|(before, _)| before.boot_count != status.boot_count) {
                        self.events.push(RosterEvent::Rebooted(id));
                    }
                }
            }
            _ => {}
        }
        Some(id)
    }

    /// Finds lost vehicles, asks what is not known; what is to be sent, and its addressee.
    pub fn poll(&mut self, now_ms: u64, out: &mut Vec<(VehicleId, Message)>) {
        for (&id, contact) in &mut self.contacts {
            let Some(heartbeat_ms) = contact.heartbeat_ms else { continue };
            if now_ms > heartbeat_ms + LOST_MS {
                if !std::mem::replace(&mut contact.lost, true) {
                    self.events.push(RosterEvent::Lost(id));
                }
                continue;
            }
            if contact.asleep {
                continue;
            }
            let asks = contact.asked_ms.is_none_or(|asked_ms| now_ms >= asked_ms + ASK_MS);
            if contact.kind == VehicleKind::Unknown && asks {
                contact.asked_ms = Some(now_ms);
                out.push((id, Command::long(command_number::REQUEST_CAPABILITIES, &[1.0]).into()));
            }
            let silent_ms = now_ms.saturating_sub(contact.system_ms.max(contact.streams_asked_ms));
            if contact.kind == VehicleKind::Show && silent_ms > STREAMS_MS {
                contact.streams_asked_ms = now_ms;
                if contact.old_streams {
                    let request = REQUEST_DATA_STREAM_DATA {
                        req_message_rate: 2,
                        req_stream_id: MavDataStream::MAV_DATA_STREAM_ALL,
                        start_stop: 1,
                        ..REQUEST_DATA_STREAM_DATA::DEFAULT
                    };
                    out.push((id, MavMessage::REQUEST_DATA_STREAM(request).into()));
                } else {
                    out.extend(STREAMS.map(|(message_id, interval_us)| {
                        let params = [message_id as f32, interval_us];
                        (id, Command::long(command_number::SET_MESSAGE_INTERVAL, &params).into())
                    }));
                }
            }
        }
    }
}

fn is_no_vehicle(mavtype: MavType) -> bool {
    matches!(
        mavtype,
        MavType::MAV_TYPE_GCS
            | MavType::MAV_TYPE_ONBOARD_CONTROLLER
            | MavType::MAV_TYPE_GIMBAL
            | MavType::MAV_TYPE_ADSB
            | MavType::MAV_TYPE_CAMERA
            | MavType::MAV_TYPE_CHARGING_STATION
            | MavType::MAV_TYPE_ANTENNA_TRACKER
    )
}

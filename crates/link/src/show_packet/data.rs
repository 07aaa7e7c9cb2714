use mavlink::dialects::ardupilotmega::{DATA16_DATA, DATA32_DATA, DATA64_DATA, DATA96_DATA, MavMessage};

use crate::message::Message;

/// From the ground to vehicles; the first byte of the data is the real type.
const TO_VEHICLES: u8 = 0x5C;
/// The status of a vehicle.
const STATUS: u8 = 0x5B;
/// From a vehicle, in reply; the first byte of the data is the real type.
const REPLY: u8 = 0x5D;

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowPacketKind {
    /// From the ground, with its real type.
    ToVehicles(u8),
    /// A vehicle's status.
    Status,
    /// A vehicle's reply, with its real type.
    Reply(u8),
}

impl ShowPacketKind {
    /// Start, authorization, countdown.
    pub const START_CONFIG: Self = Self::ToVehicles(1);
    /// Show time of a collective return.
    pub const COLLECTIVE_RETURN: Self = Self::ToVehicles(2);
    /// A whole fence in one packet.
    pub const SIMPLE_FENCE: Self = Self::ToVehicles(3);
    /// Acknowledgement of a packet that asks for one.
    pub const ACK: Self = Self::Reply(4);
}

/// A show's packet: its kind, and the bytes after the real type.
///
/// # Source
/// show-protocol, section 10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowPacket {
    /// What it is.
    pub kind: ShowPacketKind,
    /// All bytes that were sent, those beyond the stated length included (readers of acknowledgements need one).
    pub bytes: Vec<u8>,
    /// How many bytes the sender says there are.
    pub stated_len: usize,
}

impl ShowPacket {
    /// A packet whose stated length is its length.
    pub fn new(kind: ShowPacketKind, bytes: Vec<u8>) -> Self {
        let stated_len = bytes.len();
        Self { kind, bytes, stated_len }
    }

    /// From a message; `None` if it is none of the four, or of another type.
    pub fn from_message(message: &MavMessage) -> Option<Self> {
        let (outer, len, data): (u8, u8, &[u8]) = match message {
            MavMessage::DATA16(d) => (d.mavtype, d.len, &d.data),
            MavMessage::DATA32(d) => (d.mavtype, d.len, &d.data),
            MavMessage::DATA64(d) => (d.mavtype, d.len, &d.data),
            MavMessage::DATA96(d) => (d.mavtype, d.len, &d.data),
            _ => return None,
        };
        let len = usize::from(len);
        let inner = |kind: fn(u8) -> ShowPacketKind| {
            let (real, bytes) = data.split_first()?;
            Some(Self { kind: kind(*real), bytes: bytes.to_vec(), stated_len: len.checked_sub(1)?.min(bytes.len()) })
        };
        match outer {
            TO_VEHICLES => inner(ShowPacketKind::ToVehicles),
            REPLY => inner(ShowPacketKind::Reply),
            STATUS => {
                Some(Self { kind: ShowPacketKind::Status, bytes: data.to_vec(), stated_len: len.min(data.len()) })
            }
            _ => None,
        }
    }

    /// As the smallest of the four messages that holds it; `None` if it does not fit the largest.
    pub fn message(&self) -> Option<Message> {
        let (outer, real) = match self.kind {
            ShowPacketKind::ToVehicles(real) => (TO_VEHICLES, Some(real)),
            ShowPacketKind::Status => (STATUS, None),
            ShowPacketKind::Reply(real) => (REPLY, Some(real)),
        };
        let data: Vec<u8> = real.into_iter().chain(self.bytes.iter().copied()).collect();
        let (mavtype, len) = (outer, (self.stated_len + usize::from(real.is_some())) as u8);
        let message = match data.len() {
            0..=16 => MavMessage::DATA16(DATA16_DATA { mavtype, len, data: padded(&data)? }),
            17..=32 => MavMessage::DATA32(DATA32_DATA { mavtype, len, data: padded(&data)? }),
            33..=64 => MavMessage::DATA64(DATA64_DATA { mavtype, len, data: padded(&data)? }),
            _ => MavMessage::DATA96(DATA96_DATA { mavtype, len, data: padded(&data)? }),
        };
        Some(message.into())
    }
}

/// The data with zeros behind; `None` if it does not fit.
fn padded<const N: usize>(data: &[u8]) -> Option<[u8; N]> {
    let mut all = [0; N];
    all.get_mut(..data.len())?.copy_from_slice(data);
    Some(all)
}

use super::data::{ShowPacket, ShowPacketKind};
use crate::gps_time::WEEK_S;

/// What vehicles may do when the start time comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// Nothing.
    #[default]
    Revoked,
    /// Fly.
    Live,
    /// Rehearse; the public firmware starts no motors.
    Rehearsal,
    /// Play the lights on the ground.
    LightsOnly,
}

impl Authorization {
    /// From its number; unknown ones permit nothing.
    pub fn from_wire(value: u8) -> Self {
        match value {
            1 => Self::Live,
            2 => Self::Rehearsal,
            3 => Self::LightsOnly,
            _ => Self::Revoked,
        }
    }

    /// Its number.
    pub fn to_wire(self) -> u8 {
        match self {
            Self::Revoked => 0,
            Self::Live => 1,
            Self::Rehearsal => 2,
            Self::LightsOnly => 3,
        }
    }
}

/// What becomes of a start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartTime<T> {
    /// There is none any more.
    Clear,
    /// It stays as it is.
    Leave,
    /// It is this.
    At(T),
}

/// START_CONFIG: start time and authorization, for all vehicles at once.
///
/// # Source
/// show-protocol, section 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartConfig {
    /// Seconds of the GPS week.
    pub start: StartTime<u32>,
    /// What is permitted.
    pub authorization: Authorization,
    /// Milliseconds from reception; used by vehicles that do not follow GPS time.
    pub countdown_ms: Option<StartTime<u32>>,
    /// Milliseconds after `start`; the public firmware passes over them.
    pub offset_ms: Option<u16>,
}

/// Sent for "clear" and for "leave".
const CLEAR: i32 = i32::MIN;
const LEAVE: i32 = i32::MAX;
/// A countdown below this clears; one of this size or more leaves. Milliseconds.
const WEEK_MS: i32 = WEEK_S as i32 * 1000;

impl StartConfig {
    /// As a packet.
    pub fn packet(&self) -> ShowPacket {
        let wire = |time: StartTime<u32>| match time {
            StartTime::Clear => CLEAR,
            StartTime::Leave => LEAVE,
            StartTime::At(value) => i32::try_from(value).unwrap_or(LEAVE),
        };
        let mut bytes = wire(self.start).to_le_bytes().to_vec();
        bytes.push(self.authorization.to_wire());
        if let Some(countdown) = self.countdown_ms {
            bytes.extend(wire(countdown).to_le_bytes());
            bytes.extend(self.offset_ms.iter().flat_map(|offset| offset.to_le_bytes()));
        }
        ShowPacket::new(ShowPacketKind::START_CONFIG, bytes)
    }

    /// From a packet; `None` if it is another one or too short.
    pub fn from_packet(packet: &ShowPacket) -> Option<Self> {
        if packet.kind != ShowPacketKind::START_CONFIG {
            return None;
        }
        let bytes = packet.bytes.get(..packet.stated_len)?;
        let (start, rest) = bytes.split_first_chunk()?;
        let (authorization, rest) = rest.split_first()?;
        let start = match i32::from_le_bytes(*start) {
            ..0 => StartTime::Clear,
            value if value >= WEEK_S as i32 => StartTime::Leave,
            value => StartTime::At(value as u32),
        };
        let (countdown_ms, rest) = match rest.split_first_chunk() {
            Some((countdown, rest)) => (Some(i32::from_le_bytes(*countdown)), rest),
            None => (None, rest),
        };
        let countdown_ms = countdown_ms.map(|countdown| match countdown {
            value if value < -WEEK_MS => StartTime::Clear,
            value @ 0..WEEK_MS => StartTime::At(value as u32),
            _ => StartTime::Leave,
        });
        let offset_ms = countdown_ms.and_then(|_| rest.first_chunk()).map(|offset| u16::from_le_bytes(*offset));
        let authorization = Authorization::from_wire(*authorization);
        Some(Self { start, authorization, countdown_ms, offset_ms })
    }
}

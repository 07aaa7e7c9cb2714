use kapok_show::Rgb;

use super::data::{ShowPacket, ShowPacketKind};
use super::start_config::Authorization;

/// Where a vehicle is in its show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShowStage {
    /// Not in show mode.
    #[default]
    Off,
    /// Show mode has just been entered.
    Init,
    /// On its pad, before the start.
    WaitForStart,
    /// Climbs to the altitude where the show takes over.
    Takeoff,
    /// Flies its trajectory.
    Performing,
    /// Returns home.
    ReturnToHome,
    /// Stays where it is.
    Loiter,
    /// Descends.
    Landing,
    /// Has landed.
    Landed,
    /// Has given up; sticky in the public firmware.
    Error,
    /// Shows its lights for a test.
    TestingLights,
}

impl ShowStage {
    const ALL: [Self; 11] = [
        Self::Off,
        Self::Init,
        Self::WaitForStart,
        Self::Takeoff,
        Self::Performing,
        Self::ReturnToHome,
        Self::Loiter,
        Self::Landing,
        Self::Landed,
        Self::Error,
        Self::TestingLights,
    ];

    /// Its number.
    pub fn to_wire(self) -> u8 {
        Self::ALL.iter().position(|&stage| stage == self).unwrap_or_default() as u8
    }

    /// From its number.
    pub fn from_wire(value: u8) -> Option<Self> {
        Self::ALL.get(usize::from(value)).copied()
    }
}

/// How good a position is; the numbers of GPS_FIX_TYPE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum GnssFix {
    /// No receiver.
    None,
    /// No position.
    #[default]
    NoFix,
    /// Without height.
    TwoD,
    /// Single.
    ThreeD,
    /// Corrected by code.
    Differential,
    /// Corrected by carrier, not resolved.
    RtkFloat,
    /// Corrected by carrier, to centimetres.
    RtkFixed,
    /// Another number.
    Other,
}

impl GnssFix {
    const ALL: [Self; 8] = [
        Self::None,
        Self::NoFix,
        Self::TwoD,
        Self::ThreeD,
        Self::Differential,
        Self::RtkFloat,
        Self::RtkFixed,
        Self::Other,
    ];

    /// From its number.
    pub fn from_wire(value: u8) -> Self {
        Self::ALL.get(usize::from(value)).copied().unwrap_or(Self::Other)
    }

    /// Its number.
    pub fn to_wire(self) -> u8 {
        Self::ALL.iter().position(|&fix| fix == self).unwrap_or_default() as u8
    }
}

/// A vehicle's status, twice a second.
///
/// # Source
/// show-protocol, section 10.
#[allow(clippy::struct_excessive_bools, reason = "the bits of the packet")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VehicleStatus {
    /// Start, seconds of the GPS week, and milliseconds after it.
    pub start: Option<(u32, u16)>,
    /// Colour of the light; 5, 6 and 5 bits travel.
    pub light: Rgb,
    /// A show is loaded, with a valid take-off time.
    pub show_loaded: bool,
    /// A start time is set.
    pub start_set: bool,
    /// The origin is set.
    pub origin_set: bool,
    /// The orientation is set.
    pub orientation_set: bool,
    /// A geofence is on.
    pub fence_enabled: bool,
    /// GPS time is not known.
    pub time_bad: bool,
    /// A geofence is breached.
    pub fence_breached: bool,
    /// Where it is in its show.
    pub stage: ShowStage,
    /// It does not stand on its pad.
    pub not_at_takeoff: bool,
    /// How good its position is.
    pub fix: GnssFix,
    /// Satellites; 31 stands for 31 and more.
    pub satellites: u8,
    /// How often it has booted, modulo 4.
    pub boot_count: u8,
    /// What it may do.
    pub authorization: Authorization,
    /// Many errors of the speed controllers (newer firmware).
    pub esc_errors: bool,
    /// Far from where it should be.
    pub drifted: bool,
    /// Seconds since the start, negative before; `None`: no start.
    pub elapsed_s: Option<i16>,
    /// Correction messages in the last 5 s on both links; `None`: never any.
    pub rtcm: [Option<u8>; 2],
    /// What newer firmware adds.
    pub extended: Option<ExtendedStatus>,
}

/// What newer firmware adds to the status, in DATA64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtendedStatus {
    /// Latitude, 1e-7 degrees.
    pub latitude_e7: i32,
    /// Longitude, 1e-7 degrees.
    pub longitude_e7: i32,
    /// Height above the sea, millimetres.
    pub altitude_mm: i32,
    /// Height above home, millimetres.
    pub relative_altitude_mm: i32,
    /// Velocity north, east, down, cm/s.
    pub velocity_cm_s: [i16; 3],
    /// Heading, hundredths of a degree.
    pub heading_cdeg: u16,
    /// Uncertainty of the place, millimetres.
    pub horizontal_mm: u16,
    /// Uncertainty of the height, millimetres.
    pub vertical_mm: u16,
    /// Which show is loaded.
    pub show_id: u32,
    /// Which trajectory of it.
    pub trajectory_index: u16,
}

/// Bytes without the extension.
const BASIC_LEN: usize = 14;
/// Stated length from which on the scope of the authorization is stated.
const LEN_WITH_SCOPE: usize = 10;
/// Elapsed seconds that stand for "no start".
const NO_ELAPSED: i16 = i16::MIN;

fn rgb565(colour: Rgb) -> u16 {
    (u16::from(colour.r) >> 3) << 11 | (u16::from(colour.g) >> 2) << 5 | u16::from(colour.b) >> 3
}

fn from_rgb565(value: u16) -> Rgb {
    let (r, g, b) = (value >> 11 & 31, value >> 5 & 63, value & 31);
    Rgb::new((r * 255 / 31) as u8, (g * 255 / 63) as u8, (b * 255 / 31) as u8)
}

fn bit(set: bool, value: u8) -> u8 {
    if set { value } else { 0 }
}

impl VehicleStatus {
    /// As a packet of 14 bytes, or 48 with the extension.
    pub fn packet(&self) -> ShowPacket {
        let mut bytes = Vec::with_capacity(48);
        let start = self.start.map_or(u32::MAX, |(s, ms)| s & 0xf_ffff | u32::from(ms & 0xfff) << 20);
        bytes.extend(start.to_le_bytes());
        bytes.extend(rgb565(self.light).to_le_bytes());
        bytes.push(
            bit(self.show_loaded, 0x80)
                | bit(self.start_set, 0x40)
                | bit(self.origin_set, 0x20)
                | bit(self.orientation_set, 0x10)
                | bit(self.fence_enabled, 0x08)
                | bit(self.authorization != Authorization::Revoked, 0x04)
                | bit(self.time_bad, 0x02)
                | bit(self.fence_breached, 0x01),
        );
        bytes.push(self.stage.to_wire() | bit(self.not_at_takeoff, 0x80));
        bytes.push(self.fix.to_wire() & 7 | self.satellites.min(31) << 3);
        bytes.push(
            self.boot_count & 3
                | self.authorization.to_wire() << 2
                | bit(self.esc_errors, 0x40)
                | bit(self.drifted, 0x80),
        );
        bytes.extend(self.elapsed_s.unwrap_or(NO_ELAPSED).to_le_bytes());
        bytes.extend(self.rtcm.map(|count| count.map_or(0, |count| count.saturating_add(1))));
        if let Some(more) = &self.extended {
            for value in [more.latitude_e7, more.longitude_e7, more.altitude_mm, more.relative_altitude_mm] {
                bytes.extend(value.to_le_bytes());
            }
            bytes.extend(more.velocity_cm_s.iter().flat_map(|v| v.to_le_bytes()));
            for value in [more.heading_cdeg, more.horizontal_mm, more.vertical_mm] {
                bytes.extend(value.to_le_bytes());
            }
            bytes.extend(more.show_id.to_le_bytes());
            bytes.extend(more.trajectory_index.to_le_bytes());
        }
        ShowPacket::new(ShowPacketKind::Status, bytes)
    }

    /// From a packet; `None` if it is another one, too short, or has an unknown stage.
    pub fn from_packet(packet: &ShowPacket) -> Option<Self> {
        if packet.kind != ShowPacketKind::Status {
            return None;
        }
        let &[s0, s1, s2, s3, l0, l1, flags, stage, gnss, boot, e0, e1, r0, r1, ref rest @ ..] =
            packet.bytes.as_slice()
        else {
            return None;
        };
        let start = u32::from_le_bytes([s0, s1, s2, s3]);
        let elapsed_s = i16::from_le_bytes([e0, e1]);
        let authorized = flags & 0x04 != 0;
        let authorization = match (authorized, packet.stated_len < LEN_WITH_SCOPE) {
            (false, _) => Authorization::Revoked,
            (true, true) => Authorization::Live,
            (true, false) => Authorization::from_wire(boot >> 2 & 3),
        };
        Some(Self {
            start: (start != u32::MAX).then_some((start & 0xf_ffff, (start >> 20) as u16)),
            light: from_rgb565(u16::from_le_bytes([l0, l1])),
            show_loaded: flags & 0x80 != 0,
            start_set: flags & 0x40 != 0,
            origin_set: flags & 0x20 != 0,
            orientation_set: flags & 0x10 != 0,
            fence_enabled: flags & 0x08 != 0,
            time_bad: flags & 0x02 != 0,
            fence_breached: flags & 0x01 != 0,
            stage: ShowStage::from_wire(stage & 15)?,
            not_at_takeoff: stage & 0x80 != 0,
            fix: GnssFix::from_wire(gnss & 7),
            satellites: gnss >> 3,
            boot_count: boot & 3,
            authorization,
            esc_errors: boot & 0x40 != 0,
            drifted: boot & 0x80 != 0,
            elapsed_s: (elapsed_s != NO_ELAPSED).then_some(elapsed_s),
            rtcm: [r0.checked_sub(1), r1.checked_sub(1)],
            extended: extended(rest).filter(|_| packet.stated_len > BASIC_LEN),
        })
    }
}

fn extended(bytes: &[u8]) -> Option<ExtendedStatus> {
    let bytes = bytes.get(..34)?;
    let i32_at = |at: usize| i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    Some(ExtendedStatus {
        latitude_e7: i32_at(0),
        longitude_e7: i32_at(4),
        altitude_mm: i32_at(8),
        relative_altitude_mm: i32_at(12),
        velocity_cm_s: [16, 18, 20].map(|at| u16_at(at) as i16),
        heading_cdeg: u16_at(22),
        horizontal_mm: u16_at(24),
        vertical_mm: u16_at(26),
        show_id: i32_at(28) as u32,
        trajectory_index: u16_at(32),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_survives_the_wire() {
        let extended = ExtendedStatus {
            latitude_e7: -353_632_621,
            longitude_e7: 1_491_652_374,
            altitude_mm: 584_000,
            relative_altitude_mm: -5,
            velocity_cm_s: [-1, 2, -300],
            heading_cdeg: 35_999,
            horizontal_mm: 14,
            vertical_mm: 20,
            show_id: 0xdead_beef,
            trajectory_index: 499,
        };
        let status = VehicleStatus { extended: Some(extended), rtcm: [Some(0), None], ..VehicleStatus::default() };
        let packet = status.packet();
        assert_eq!(packet.bytes.len(), 48);
        assert_eq!(VehicleStatus::from_packet(&packet), Some(status));
    }

    #[test]
    fn unknown_stages_are_no_status() {
        let mut packet = VehicleStatus::default().packet();
        packet.bytes[7] = 11;
        assert_eq!(VehicleStatus::from_packet(&packet), None);
    }
}

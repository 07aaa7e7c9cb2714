use super::data::{ShowPacket, ShowPacketKind};

/// The most corners of a fence in one packet.
const MAX_CORNERS: usize = 21;
const HEAD_LEN: usize = 11;

/// SIMPLE_GEOFENCE: a whole fence in one packet, in the frame of the show.
///
/// # Source
/// show-protocol, section 10. Read in source there, never run; the open server does not use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimpleFence {
    /// Greatest height, decimetres.
    pub max_altitude_dm: u16,
    /// Greatest distance from home, decimetres.
    pub radius_dm: u16,
    /// Comes back in the acknowledgement.
    pub token: u16,
    /// FENCE_ACTION.
    pub action: u8,
    /// Corners in the frame of the show, x ahead and y to the left, decimetres; 21 at most.
    pub corners_dm: Vec<[i16; 2]>,
}

impl SimpleFence {
    /// As a packet; `None` with more than 21 corners.
    pub fn packet(&self) -> Option<ShowPacket> {
        if self.corners_dm.len() > MAX_CORNERS {
            return None;
        }
        let mut bytes = vec![self.corners_dm.len() as u8];
        for value in [self.max_altitude_dm, self.radius_dm, self.token] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend([self.action & 15, 0, 0, 0]);
        bytes.extend(self.corners_dm.iter().flatten().flat_map(|value| value.to_le_bytes()));
        Some(ShowPacket::new(ShowPacketKind::SIMPLE_FENCE, bytes))
    }

    /// From a packet; `None` if it is another one, or its corners are not there.
    pub fn from_packet(packet: &ShowPacket) -> Option<Self> {
        let [n, a0, a1, r0, r1, t0, t1, flags, _, _, _, ..] = packet.bytes[..] else { return None };
        let n = usize::from(n);
        if packet.kind != ShowPacketKind::SIMPLE_FENCE || n > MAX_CORNERS || packet.stated_len < HEAD_LEN + 4 * n {
            return None;
        }
        let corners = packet.bytes.get(HEAD_LEN..HEAD_LEN + 4 * n)?.chunks_exact(4);
        Some(Self {
            max_altitude_dm: u16::from_le_bytes([a0, a1]),
            radius_dm: u16::from_le_bytes([r0, r1]),
            token: u16::from_le_bytes([t0, t1]),
            action: flags & 15,
            corners_dm: corners.map(|c| [i16::from_le_bytes([c[0], c[1]]), i16::from_le_bytes([c[2], c[3]])]).collect(),
        })
    }

    /// The acknowledgement of one, with its token and a MAV_RESULT.
    pub fn ack(token: u16, result: u8) -> ShowPacket {
        let [t0, t1] = token.to_le_bytes();
        ShowPacket::new(ShowPacketKind::ACK, vec![t0, t1, result])
    }

    /// Token and MAV_RESULT of an acknowledgement, whatever length it states: firmware for small processors leaves the result
    /// out of it.
    pub fn ack_of(packet: &ShowPacket) -> Option<(u16, u8)> {
        let [t0, t1, result, ..] = packet.bytes[..] else { return None };
        (packet.kind == ShowPacketKind::ACK).then_some((u16::from_le_bytes([t0, t1]), result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_fence_fits_the_largest_packet() {
        let fence = SimpleFence {
            max_altitude_dm: 1200,
            radius_dm: 3000,
            token: 0xabcd,
            action: 2,
            corners_dm: (0..21).map(|i| [i * 100 - 900, -i]).collect(),
        };
        let packet = fence.packet().unwrap();
        assert_eq!(packet.bytes.len() + 1, 96);
        assert_eq!(SimpleFence::from_packet(&packet), Some(fence.clone()));
        let cut = ShowPacket { stated_len: 94, ..packet };
        assert_eq!(SimpleFence::from_packet(&cut), None, "a corner is missing");
        assert!(SimpleFence { corners_dm: vec![[0; 2]; 22], ..fence }.packet().is_none());
        let short = ShowPacket { stated_len: 2, ..SimpleFence::ack(7, 4) };
        assert_eq!(SimpleFence::ack_of(&short), Some((7, 4)), "the trap of the firmware's length");
    }
}

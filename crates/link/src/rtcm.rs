use mavlink::dialects::ardupilotmega::{GPS_RTCM_DATA_DATA, MavMessage};

use crate::message::Message;

/// Bytes of one fragment.
const FRAGMENT_LEN: usize = 180;
/// The longest message that four fragments carry, the last one not full.
pub const MAX_RTCM_LEN: usize = 4 * FRAGMENT_LEN - 1;

/// Cuts corrections into fragments.
///
/// # Source
/// show-protocol, section 12.
#[derive(Clone, Copy, Debug, Default)]
pub struct RtcmFragmenter {
    sequence: u8,
}

impl RtcmFragmenter {
    /// The fragments of one message, for all vehicles; `None` if it is longer than [`MAX_RTCM_LEN`].
    pub fn fragments(&mut self, rtcm: &[u8]) -> Option<Vec<Message>> {
        if rtcm.len() > MAX_RTCM_LEN {
            return None;
        }
        let message = |flags: u8, part: &[u8]| {
            let mut data = [0; FRAGMENT_LEN];
            data[..part.len()].copy_from_slice(part);
            MavMessage::GPS_RTCM_DATA(GPS_RTCM_DATA_DATA { flags, len: part.len() as u8, data }).into()
        };
        if rtcm.len() <= FRAGMENT_LEN {
            return Some(vec![message(0, rtcm)]);
        }
        // A last fragment that is full is followed by an empty one.
        let count = rtcm.len() / FRAGMENT_LEN + 1;
        let fragments = (0..count).map(|i| {
            let part = &rtcm[i * FRAGMENT_LEN..((i + 1) * FRAGMENT_LEN).min(rtcm.len())];
            message(self.sequence << 3 | (i as u8) << 1 | 1, part)
        });
        let fragments = fragments.collect();
        self.sequence = (self.sequence + 1) & 31;
        Some(fragments)
    }
}

/// Puts fragments together again.
#[derive(Clone, Debug, Default)]
pub struct RtcmAssembler {
    sequence: u8,
    parts: [Option<Vec<u8>>; 4],
}

impl RtcmAssembler {
    /// Takes a fragment; the message that it completes.
    pub fn take(&mut self, data: &GPS_RTCM_DATA_DATA) -> Option<Vec<u8>> {
        let part = data.data.get(..usize::from(data.len))?;
        if data.flags & 1 == 0 {
            return Some(part.to_vec());
        }
        let (sequence, index) = (data.flags >> 3, usize::from(data.flags >> 1 & 3));
        if sequence != self.sequence {
            (self.sequence, self.parts) = (sequence, Default::default());
        }
        self.parts[index] = Some(part.to_vec());
        // The first fragment that is not full is the last one.
        let mut whole = Vec::new();
        for part in &self.parts {
            let part = part.as_ref()?;
            whole.extend_from_slice(part);
            if part.len() < FRAGMENT_LEN {
                self.parts = Default::default();
                return Some(whole);
            }
        }
        self.parts = Default::default();
        Some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn data(message: &Message) -> GPS_RTCM_DATA_DATA {
        let Message::Other(MavMessage::GPS_RTCM_DATA(data)) = message else { panic!("corrections") };
        data.clone()
    }

    #[test]
    fn flags_and_counts() {
        let mut fragmenter = RtcmFragmenter::default();
        let mut shape = |len: usize| -> Option<Vec<(u8, u8)>> {
            Some(fragmenter.fragments(&vec![7; len])?.iter().map(|m| (data(m).flags, data(m).len)).collect())
        };
        assert_eq!(shape(180).unwrap(), [(0, 180)]);
        assert_eq!(shape(181).unwrap(), [(1, 180), (3, 1)]);
        assert_eq!(shape(360).unwrap(), [(9, 180), (11, 180), (13, 0)], "the second fragmented message");
        assert_eq!(shape(719).unwrap().len(), 4);
        assert_eq!(shape(720), None);
    }

    proptest! {
        #[test]
        fn any_order_gives_the_message(len in 0usize..=719, shift in 0usize..4) {
            let rtcm: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let mut fragments = RtcmFragmenter::default().fragments(&rtcm).unwrap();
            let shift = shift % fragments.len();
            fragments.rotate_left(shift);
            let mut assembler = RtcmAssembler::default();
            let whole: Vec<Vec<u8>> = fragments.iter().filter_map(|m| assembler.take(&data(m))).collect();
            prop_assert_eq!(whole, vec![rtcm]);
        }
    }
}

use mavlink::Message as _;
use mavlink::calculate_crc;
use mavlink::dialects::ardupilotmega::MavMessage;

/// First byte of every MAVLink 2 frame.
pub(crate) const STX: u8 = 0xFD;
/// `incompat_flags`: a signature of 13 bytes follows the checksum.
const SIGNED: u8 = 0x01;
/// `incompat_flags`: the source's system id has 4 bytes.
const SYSID32: u8 = 0x02;
/// `incompat_flags`: the target's system id follows the message id, 4 bytes.
const TARGET32: u8 = 0x04;
/// The shortest header, with STX: length, two bytes of flags, sequence, system, component, message id.
const HEADER_LEN: usize = 10;
const CHECKSUM_LEN: usize = 2;
/// Link id, timestamp of 6 bytes, 6 bytes of the hash.
pub(crate) const SIGNATURE_LEN: usize = 13;
/// The longest frame: header with both 32-bit ids, full payload, checksum, signature.
pub const MAX_FRAME_LEN: usize = HEADER_LEN + 3 + 4 + 255 + CHECKSUM_LEN + SIGNATURE_LEN;

/// What stands before a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bits a reader may ignore.
    pub compat_flags: u8,
    /// Counts the sender's frames, modulo 256.
    pub sequence: u8,
    /// Who sends; above 255 only in frames with the flag for it.
    pub system: u32,
    /// Which part of the sender.
    pub component: u8,
    /// What is sent, 24 bits.
    pub message_id: u32,
    /// Which system it is for, if the header says so (ids above 255; the payload's target is then 255).
    pub target: Option<u32>,
}

/// A frame whose length, flags and checksum are right. Its signature has not been looked at.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its header.
    pub header: Header,
    /// Its payload, trailing zeros cut off.
    pub payload: &'a [u8],
    /// All its bytes.
    pub bytes: &'a [u8],
    /// Link id, timestamp and hash, if it is signed.
    pub signature: Option<&'a [u8; SIGNATURE_LEN]>,
}

/// Why bytes do not begin with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// It could be one, but its end has not come yet.
    #[error("the frame has {len} of its {needed} bytes")]
    Short {
        /// Bytes there are.
        len: usize,
        /// Bytes there must be, as far as the header shows.
        needed: usize,
    },
    /// The first byte is not a frame's.
    #[error("a MAVLink 2 frame begins with 0xFD")]
    NoMarker,
    /// Flags that change the frame in a way which is not known here.
    #[error("unknown incompatibility flags {0:#04x}")]
    UnknownFlags(u8),
    /// The dialect has no such message, so its checksum cannot be told right from wrong.
    #[error("message {0} is not of the dialect ardupilotmega")]
    UnknownMessage(u32),
    /// Damaged, or no frame at all.
    #[error("the checksum of message {0} is wrong")]
    Checksum(u32),
}

/// The frame that stands at the beginning of `bytes`; more may follow it.
///
/// # Errors
/// Any [`FrameFault`].
///
/// # Source
/// MAVLink guide, "Packet serialization"; ids of 32 bits: simulation-and-control, section 4.
pub fn parse_frame(bytes: &[u8]) -> Result<Frame<'_>, FrameFault> {
    let [marker, length, incompat_flags, ..] = *bytes else {
        let marked = bytes.first().is_none_or(|&b| b == STX);
        return Err(if marked {
            FrameFault::Short { len: bytes.len(), needed: HEADER_LEN }
        } else {
            FrameFault::NoMarker
        });
    };
    if marker != STX {
        return Err(FrameFault::NoMarker);
    }
    if incompat_flags & !(SIGNED | SYSID32 | TARGET32) != 0 {
        return Err(FrameFault::UnknownFlags(incompat_flags));
    }
    let flag = |flag: u8, len: usize| if incompat_flags & flag == 0 { 0 } else { len };
    let header_len = HEADER_LEN + flag(SYSID32, 3) + flag(TARGET32, 4);
    let checked_len = header_len + usize::from(length);
    let signed_len = checked_len + CHECKSUM_LEN;
    let needed = signed_len + flag(SIGNED, SIGNATURE_LEN);
    let Some(bytes) = bytes.get(..needed) else {
        return Err(FrameFault::Short { len: bytes.len(), needed });
    };
    let mut rest = &bytes[3..header_len];
    let mut take = |n: usize| {
        let (head, tail) = rest.split_at(n);
        rest = tail;
        head.iter().rev().fold(0, |value, &b| value << 8 | u32::from(b))
    };
    let (compat_flags, sequence) = (take(1) as u8, take(1) as u8);
    let system = take(if incompat_flags & SYSID32 == 0 { 1 } else { 4 });
    let (component, message_id) = (take(1) as u8, take(3));
    let target = (incompat_flags & TARGET32 != 0).then(|| take(4));
    // The codec answers 0 for ids it does not know; no message that a show uses has this value.
    let extra = MavMessage::extra_crc(message_id);
    if extra == 0 {
        return Err(FrameFault::UnknownMessage(message_id));
    }
    let checksum = u16::from_le_bytes([bytes[checked_len], bytes[checked_len + 1]]);
    if checksum != calculate_crc(&bytes[1..checked_len], extra) {
        return Err(FrameFault::Checksum(message_id));
    }
    Ok(Frame {
        header: Header { compat_flags, sequence, system, component, message_id, target },
        payload: &bytes[header_len..checked_len],
        bytes,
        signature: bytes[signed_len..].first_chunk(),
    })
}

/// Appends a frame without signature; `signed` sets the flag for one that the caller appends.
///
/// Ids above 255 get the long form, others the short one. A payload beyond 255 bytes is cut: no message has one.
pub(crate) fn write_frame(out: &mut Vec<u8>, header: &Header, payload: &[u8], signed: bool) {
    let payload = payload.get(..255).unwrap_or(payload);
    let long_system = header.system > 255;
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    let incompat_flags = flag(signed, SIGNED) | flag(long_system, SYSID32) | flag(header.target.is_some(), TARGET32);
    let start = out.len();
    out.extend([STX, payload.len() as u8, incompat_flags, header.compat_flags, header.sequence]);
    out.extend(&header.system.to_le_bytes()[..if long_system { 4 } else { 1 }]);
    out.push(header.component);
    out.extend(&header.message_id.to_le_bytes()[..3]);
    out.extend(header.target.iter().flat_map(|target| target.to_le_bytes()));
    out.extend(payload);
    let checksum = calculate_crc(&out[start + 1..], MavMessage::extra_crc(header.message_id));
    out.extend(checksum.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(system: u32, target: Option<u32>) -> Header {
        Header { compat_flags: 0, sequence: 7, system, component: 1, message_id: 0, target }
    }

    /// All four header lengths, with and without signature, read back what was written.
    #[test]
    fn four_header_lengths() {
        for (system, target, len) in
            [(1, None, 10), (0x0a00_0001, None, 13), (1, Some(300), 14), (0x0a00_0001, Some(300), 17)]
        {
            for signed in [false, true] {
                let mut bytes = Vec::new();
                write_frame(&mut bytes, &header(system, target), &[1, 2, 3], signed);
                bytes.extend([9; 13].iter().take(if signed { 13 } else { 0 }));
                assert_eq!(bytes.len(), len + 3 + 2 + if signed { 13 } else { 0 });
                let frame = parse_frame(&bytes).unwrap();
                assert_eq!(frame.header, header(system, target));
                assert_eq!((frame.payload, frame.bytes.len()), (&[1, 2, 3][..], bytes.len()));
                assert_eq!(frame.signature.copied(), signed.then_some([9; 13]));
                for cut in 0..bytes.len() {
                    assert!(matches!(parse_frame(&bytes[..cut]), Err(FrameFault::Short { .. })), "{cut}");
                }
            }
        }
    }

    /// The first bytes of a frame with a long id as rust-mavlink 0.21 sends it (simulation-and-control, section 4).
    #[test]
    fn the_long_id_is_where_the_codec_puts_it() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &Header { sequence: 3 - 3, ..header(0x0a00_0001, None) }, &[1; 9], false);
        assert_eq!(bytes[..13], [0xfd, 9, 2, 0, 0, 1, 0, 0, 0x0a, 1, 0, 0, 0]);
    }

    #[test]
    fn what_is_no_frame_has_its_reason() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &header(1, None), &[0; 9], false);
        bytes[2] = 0x08;
        assert_eq!(parse_frame(&bytes).unwrap_err(), FrameFault::UnknownFlags(8));
        bytes[2] = 0;
        bytes[11] ^= 1;
        assert_eq!(parse_frame(&bytes).unwrap_err(), FrameFault::Checksum(0));
        bytes[7..10].copy_from_slice(&[255, 255, 255]);
        assert_eq!(parse_frame(&bytes).unwrap_err(), FrameFault::UnknownMessage(0xff_ffff));
        assert_eq!(parse_frame(&[0xfe, 9, 0]).unwrap_err(), FrameFault::NoMarker);
        assert_eq!(parse_frame(&[]).unwrap_err(), FrameFault::Short { len: 0, needed: 10 });
    }
}

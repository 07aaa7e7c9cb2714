use mavlink::dialects::ardupilotmega::{FILE_TRANSFER_PROTOCOL_DATA, MavMessage};

use crate::message::Message;

/// The most data of one packet.
pub const FTP_DATA_LEN: usize = 239;
/// What stands before the data.
const HEAD_LEN: usize = 12;

/// Operations and the two kinds of reply.
///
/// # Source
/// show-protocol, section 4; MAVLink guide, "File transfer protocol".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FtpOp {
    /// Nothing.
    None = 0,
    /// Ends a session.
    Terminate = 1,
    /// Ends all sessions.
    Reset = 2,
    /// Names in a folder.
    List = 3,
    /// Opens a file for reading.
    OpenRead = 4,
    /// Reads from an open file.
    Read = 5,
    /// Makes a file, or empties it, and opens it for writing.
    Create = 6,
    /// Writes to an open file.
    Write = 7,
    /// Removes a file.
    Remove = 8,
    /// Makes a folder.
    MakeFolder = 9,
    /// Removes a folder.
    RemoveFolder = 10,
    /// Opens a file for writing as it is.
    OpenWrite = 11,
    /// Cuts a file to the length in `offset`.
    Truncate = 12,
    /// Gives a file another name: both names, a zero between.
    Rename = 13,
    /// Checksum of a whole file.
    Crc32 = 14,
    /// Sends packets from a place on, unasked, until a burst is complete.
    BurstRead = 15,
    /// Reply: done.
    Ack = 128,
    /// Reply: not done; the error is in the data.
    Nak = 129,
}

impl FtpOp {
    fn from_wire(value: u8) -> Option<Self> {
        const ALL: [FtpOp; 18] = [
            FtpOp::None,
            FtpOp::Terminate,
            FtpOp::Reset,
            FtpOp::List,
            FtpOp::OpenRead,
            FtpOp::Read,
            FtpOp::Create,
            FtpOp::Write,
            FtpOp::Remove,
            FtpOp::MakeFolder,
            FtpOp::RemoveFolder,
            FtpOp::OpenWrite,
            FtpOp::Truncate,
            FtpOp::Rename,
            FtpOp::Crc32,
            FtpOp::BurstRead,
            FtpOp::Ack,
            FtpOp::Nak,
        ];
        ALL.into_iter().find(|&op| op as u8 == value)
    }
}

/// Why a request was refused; the first byte of a NAK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FtpError {
    /// For no stated reason.
    #[error("failed")]
    Failed,
    /// An error number of the file system.
    #[error("failed with error number {0}")]
    System(u8),
    /// The size in the packet is impossible.
    #[error("invalid data size")]
    DataSize,
    /// No such session is open.
    #[error("invalid session")]
    Session,
    /// All sessions are taken.
    #[error("no session free")]
    NoSession,
    /// The place is at or behind the end.
    #[error("end of file")]
    EndOfFile,
    /// The operation is not known.
    #[error("unknown operation")]
    UnknownOp,
    /// The file is there already.
    #[error("the file exists")]
    Exists,
    /// It may not be written.
    #[error("write protected")]
    Protected,
    /// There is no such file.
    #[error("not found")]
    NotFound,
    /// Any other number.
    #[error("error {0}")]
    Other(u8),
}

impl FtpError {
    /// The bytes of a NAK.
    fn to_wire(self) -> ([u8; 2], usize) {
        match self {
            Self::Failed => ([1, 0], 1),
            Self::System(number) => ([2, number], 2),
            Self::DataSize => ([3, 0], 1),
            Self::Session => ([4, 0], 1),
            Self::NoSession => ([5, 0], 1),
            Self::EndOfFile => ([6, 0], 1),
            Self::UnknownOp => ([7, 0], 1),
            Self::Exists => ([8, 0], 1),
            Self::Protected => ([9, 0], 1),
            Self::NotFound => ([10, 0], 1),
            Self::Other(number) => ([number, 0], 1),
        }
    }

    /// The error of a NAK.
    pub(super) fn from_data(data: &[u8]) -> Self {
        match *data {
            [2, number, ..] => Self::System(number),
            [1, ..] | [] => Self::Failed,
            [3, ..] => Self::DataSize,
            [4, ..] => Self::Session,
            [5, ..] => Self::NoSession,
            [6, ..] => Self::EndOfFile,
            [7, ..] => Self::UnknownOp,
            [8, ..] => Self::Exists,
            [9, ..] => Self::Protected,
            [10, ..] => Self::NotFound,
            [other, ..] => Self::Other(other),
        }
    }
}

/// The payload of FILE_TRANSFER_PROTOCOL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FtpPacket {
    /// Of the request; a reply has the request's plus 1.
    pub sequence: u16,
    /// Session number.
    pub session: u8,
    /// What to do, or how it went.
    pub op: FtpOp,
    /// In replies: of what.
    pub request_op: FtpOp,
    /// In replies to a burst: the last packet of it.
    pub burst_complete: bool,
    /// Place in the file, bytes.
    pub offset: u32,
    /// The size field: length of the data, or in reading requests how much is wanted.
    pub size: u8,
    pub(super) data: [u8; FTP_DATA_LEN],
}

impl FtpPacket {
    /// A request with data (cut to [`FTP_DATA_LEN`]).
    pub fn request(sequence: u16, op: FtpOp, offset: u32, data: &[u8]) -> Self {
        let mut packet = Self {
            sequence,
            session: 0,
            op,
            request_op: FtpOp::None,
            burst_complete: false,
            offset,
            size: 0,
            data: [0; FTP_DATA_LEN],
        };
        packet.set_data(data);
        packet
    }

    /// The reply to a request: done, with data; it states the place that the request states.
    pub(super) fn ack(&self, data: &[u8]) -> Self {
        let mut reply = Self::request(self.sequence.wrapping_add(1), FtpOp::Ack, self.offset, data);
        (reply.session, reply.request_op) = (self.session, self.op);
        reply
    }

    /// The reply to a request: not done.
    pub(super) fn nak(&self, error: FtpError) -> Self {
        let (data, len) = error.to_wire();
        Self { op: FtpOp::Nak, ..self.ack(&data[..len]) }
    }

    fn set_data(&mut self, data: &[u8]) {
        let len = data.len().min(FTP_DATA_LEN);
        self.data[..len].copy_from_slice(&data[..len]);
        self.size = len as u8;
    }

    /// The data, as long as the size field says.
    pub fn data(&self) -> &[u8] {
        &self.data[..usize::from(self.size).min(FTP_DATA_LEN)]
    }

    /// From the message's payload; `None` if the operation or the size is impossible.
    pub fn decode(payload: &[u8; 251]) -> Option<Self> {
        let [s0, s1, session, op, size, request_op, burst_complete, _, o0, o1, o2, o3, ..] = *payload;
        if usize::from(size) > FTP_DATA_LEN {
            return None;
        }
        let mut data = [0; FTP_DATA_LEN];
        data.copy_from_slice(&payload[HEAD_LEN..]);
        Some(Self {
            sequence: u16::from_le_bytes([s0, s1]),
            session,
            op: FtpOp::from_wire(op)?,
            request_op: FtpOp::from_wire(request_op)?,
            burst_complete: burst_complete != 0,
            offset: u32::from_le_bytes([o0, o1, o2, o3]),
            size,
            data,
        })
    }

    /// As the message's payload.
    pub fn encode(&self) -> [u8; 251] {
        let mut payload = [0; 251];
        payload[..2].copy_from_slice(&self.sequence.to_le_bytes());
        let head = [self.session, self.op as u8, self.size, self.request_op as u8, u8::from(self.burst_complete)];
        payload[2..7].copy_from_slice(&head);
        payload[8..HEAD_LEN].copy_from_slice(&self.offset.to_le_bytes());
        payload[HEAD_LEN..].copy_from_slice(&self.data);
        payload
    }

    /// As a message to be addressed later.
    pub fn message(&self) -> Message {
        MavMessage::FILE_TRANSFER_PROTOCOL(FILE_TRANSFER_PROTOCOL_DATA {
            payload: self.encode(),
            ..FILE_TRANSFER_PROTOCOL_DATA::DEFAULT
        })
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packets_survive_the_wire(sequence: u16, op in 0u8..16, offset: u32, data in prop::collection::vec(any::<u8>(), 0..=239)) {
            let packet = FtpPacket::request(sequence, FtpOp::from_wire(op).unwrap(), offset, &data);
            prop_assert_eq!(FtpPacket::decode(&packet.encode()), Some(packet));
            prop_assert_eq!(packet.data(), &data[..]);
        }

        #[test]
        fn any_payload_is_read(payload in prop::collection::vec(any::<u8>(), 251)) {
            let payload: [u8; 251] = payload.try_into().unwrap();
            if let Some(packet) = FtpPacket::decode(&payload) {
                prop_assert!(packet.data().len() <= FTP_DATA_LEN);
            }
        }
    }

    #[test]
    fn every_error_keeps_its_number() {
        let request = FtpPacket::request(65_535, FtpOp::Create, 0, b"x");
        for number in 1..=12 {
            let error = FtpError::from_data(&[number, 28]);
            let nak = request.nak(error);
            assert_eq!((nak.sequence, nak.op, nak.request_op), (0, FtpOp::Nak, FtpOp::Create));
            assert_eq!((nak.data()[0], FtpError::from_data(nak.data())), (number, error));
        }
    }
}

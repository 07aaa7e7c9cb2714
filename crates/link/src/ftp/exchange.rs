use super::packet::{FtpError, FtpOp, FtpPacket};
use crate::message::Message;

/// When a request is asked again.
///
/// The default is show-protocol, section 2: 0.1 s to 3 s, 600 tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FtpTiming {
    /// Time for the first answer, and the least one later, milliseconds.
    pub shortest_ms: u64,
    /// The longest time for an answer, milliseconds.
    pub longest_ms: u64,
    /// Sendings of one request, the first included.
    pub tries: u32,
    /// How often a transfer may begin again from its start: wrong checksum, session lost.
    pub restarts: u8,
}

impl Default for FtpTiming {
    fn default() -> Self {
        Self { shortest_ms: 100, longest_ms: 3000, tries: 600, restarts: 3 }
    }
}

/// Why a transfer was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FtpFailure {
    /// The vehicle does not answer.
    #[error("{op:?} was sent {tries} times and not answered")]
    NoAnswer {
        /// What was asked.
        op: FtpOp,
        /// How often.
        tries: u32,
    },
    /// The vehicle refuses.
    #[error("{op:?} was refused: {error}")]
    Refused {
        /// What was asked.
        op: FtpOp,
        /// Its reason.
        error: FtpError,
    },
    /// What the vehicle holds is not what was sent, or what came is not what it holds.
    #[error("the checksum is {found:#010x}, not {expected:#010x}")]
    Checksum {
        /// Ours.
        expected: u32,
        /// The vehicle's.
        found: u32,
    },
    /// The file is longer than the caller takes.
    #[error("the file is longer than {limit} bytes")]
    TooLong {
        /// The caller's limit.
        limit: usize,
    },
}

/// Numbers that the packets of a burst may take.
const BURST_SEQUENCES: u16 = 1024;

/// One request at a time: sent, sent again with growing pauses, answered.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    timing: FtpTiming,
    sequence: u16,
    /// Smoothed time for an answer, milliseconds.
    rtt_ms: u64,
    request: FtpPacket,
    tries: u32,
    sent_ms: u64,
    due_ms: u64,
}

/// A reply to the request that is outstanding.
#[allow(clippy::large_enum_variant, reason = "it is looked at once and not kept")]
#[derive(Clone, Copy, Debug)]
pub(super) enum Reply {
    Done(FtpPacket),
    Refused(FtpError),
}

impl Exchange {
    /// Begins with a request; its sequence number is `first_sequence`.
    pub(super) fn new(timing: FtpTiming, first_sequence: u16, op: FtpOp, offset: u32, data: &[u8]) -> Self {
        let request = FtpPacket::request(first_sequence, op, offset, data);
        Self { timing, sequence: first_sequence, rtt_ms: 0, request, tries: 0, sent_ms: 0, due_ms: 0 }
    }

    /// The next request; the one before is done with.
    pub(super) fn ask(&mut self, op: FtpOp, offset: u32, data: &[u8]) {
        // The reply has the number between; the packets of a burst have the numbers after.
        let step = if self.op() == FtpOp::BurstRead { BURST_SEQUENCES } else { 2 };
        self.sequence = self.sequence.wrapping_add(step);
        self.request = FtpPacket::request(self.sequence, op, offset, data);
        (self.tries, self.due_ms) = (0, 0);
    }

    /// A request that wants `size` bytes.
    pub(super) fn ask_bytes(&mut self, op: FtpOp, offset: u32, size: u8) {
        self.ask(op, offset, &[]);
        self.request.size = size;
    }

    pub(super) fn op(&self) -> FtpOp {
        self.request.op
    }

    pub(super) fn offset(&self) -> u32 {
        self.request.offset
    }

    /// What is to be sent now.
    pub(super) fn poll(&mut self, now_ms: u64) -> Result<Option<Message>, FtpFailure> {
        if self.tries > 0 && now_ms < self.due_ms {
            return Ok(None);
        }
        if self.tries >= self.timing.tries {
            return Err(FtpFailure::NoAnswer { op: self.op(), tries: self.tries });
        }
        let (shortest, longest) = (self.timing.shortest_ms, self.timing.longest_ms.max(self.timing.shortest_ms));
        let pause = (2 * self.rtt_ms).clamp(shortest, longest);
        // Half as long again each time.
        let pause = (0..self.tries.min(16)).fold(pause, |pause, _| (pause + pause / 2).min(longest));
        self.tries += 1;
        (self.sent_ms, self.due_ms) = (now_ms, now_ms + pause);
        Ok(Some(self.request.message()))
    }

    /// Is this the reply to the request?
    pub(super) fn receive(&mut self, now_ms: u64, packet: &FtpPacket) -> Option<Reply> {
        let expected = self.request.sequence.wrapping_add(1);
        if self.tries == 0 || packet.sequence != expected || packet.request_op != self.op() {
            return None;
        }
        // A reply to a request that was repeated may be the reply to its first sending.
        if self.tries == 1 {
            let rtt_ms = now_ms.saturating_sub(self.sent_ms);
            self.rtt_ms = if self.rtt_ms == 0 { rtt_ms } else { (7 * self.rtt_ms + rtt_ms) / 8 };
        }
        match packet.op {
            FtpOp::Ack => Some(Reply::Done(*packet)),
            FtpOp::Nak => Some(Reply::Refused(FtpError::from_data(packet.data()))),
            _ => None,
        }
    }

    /// Has the packet the number of the first reply?
    pub(super) fn is_first_reply(&self, packet: &FtpPacket) -> bool {
        packet.sequence == self.request.sequence.wrapping_add(1)
    }

    /// Something has come that the request asked for: the pause begins anew.
    pub(super) fn touch(&mut self, now_ms: u64) {
        self.due_ms = now_ms + self.timing.shortest_ms.max(2 * self.rtt_ms);
    }

    pub(super) fn deadline_ms(&self) -> u64 {
        if self.tries == 0 { 0 } else { self.due_ms }
    }
}

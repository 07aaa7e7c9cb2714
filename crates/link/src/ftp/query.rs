use super::exchange::{Exchange, FtpFailure, FtpTiming, Reply};
use super::packet::{FtpOp, FtpPacket};
use crate::message::Message;

/// Asks for the checksum of a file that the vehicle holds.
#[derive(Clone, Debug)]
pub struct FtpChecksum {
    exchange: Exchange,
    outcome: Option<Result<u32, FtpFailure>>,
}

impl FtpChecksum {
    /// Begins at the next [`Self::poll`] with a request of that sequence number.
    pub fn new(path: &str, timing: FtpTiming, first_sequence: u16) -> Self {
        Self { exchange: Exchange::new(timing, first_sequence, FtpOp::Crc32, 0, path.as_bytes()), outcome: None }
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if self.outcome.is_some() {
            return None;
        }
        self.exchange.poll(now_ms).unwrap_or_else(|failure| {
            self.outcome = Some(Err(failure));
            None
        })
    }

    /// Takes a packet from the vehicle.
    pub fn receive(&mut self, now_ms: u64, packet: &FtpPacket) {
        if self.outcome.is_some() {
            return;
        }
        self.outcome = match self.exchange.receive(now_ms, packet) {
            Some(Reply::Done(reply)) => reply.data().first_chunk().map(|crc| Ok(u32::from_le_bytes(*crc))),
            Some(Reply::Refused(error)) => Some(Err(FtpFailure::Refused { op: FtpOp::Crc32, error })),
            None => None,
        };
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        self.outcome.is_none().then(|| self.exchange.deadline_ms())
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<Result<u32, FtpFailure>> {
        self.outcome
    }
}

use super::checksum::file_crc32;
use super::exchange::{Exchange, FtpFailure, FtpTiming, Reply};
use super::packet::{FTP_DATA_LEN, FtpError, FtpOp, FtpPacket};
use crate::message::Message;

/// An upload that ended well: the vehicle's checksum is the file's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Checksum of both.
    pub crc32: u32,
    /// How often it began again.
    pub restarts: u8,
}

/// Sends a file: CREATE, WRITE until the end, TERMINATE, CALC_CRC32, RESET; one request at a time.
///
/// # Guarantees
/// Ends as [`Uploaded`] only if the vehicle has stated the checksum of exactly these bytes. Otherwise it ends with a reason, and
/// [`Self::resume`] goes on from [`Self::acknowledged`].
///
/// # Source
/// show-protocol, section 4.
#[derive(Clone, Debug)]
pub struct FtpUpload {
    path: String,
    bytes: Vec<u8>,
    exchange: Exchange,
    timing: FtpTiming,
    acknowledged: usize,
    restarts: u8,
    crc32: Option<u32>,
    outcome: Option<Result<Uploaded, FtpFailure>>,
}

impl FtpUpload {
    /// Begins at the next [`Self::poll`] with a request of that sequence number.
    pub fn new(path: &str, bytes: Vec<u8>, timing: FtpTiming, first_sequence: u16) -> Self {
        let exchange = Exchange::new(timing, first_sequence, FtpOp::Create, 0, path.as_bytes());
        let path = path.to_owned();
        Self { path, bytes, exchange, timing, acknowledged: 0, restarts: 0, crc32: None, outcome: None }
    }

    /// The same file again, from the byte that was acknowledged last; from the start if the vehicle has less.
    #[must_use]
    pub fn resume(self, first_sequence: u16) -> Self {
        let op = if self.acknowledged == 0 { FtpOp::Create } else { FtpOp::OpenWrite };
        let exchange = Exchange::new(self.timing, first_sequence, op, 0, self.path.as_bytes());
        Self { exchange, restarts: 0, outcome: None, crc32: None, ..self }
    }

    /// Bytes that the vehicle has acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged
    }

    /// Length of the file.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Is the file empty?
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if self.outcome.is_some() {
            return None;
        }
        match self.exchange.poll(now_ms) {
            Ok(message) => message,
            // The checksum has been stated; whether the session is closed does not matter.
            Err(FtpFailure::NoAnswer { op: FtpOp::Reset, .. }) => {
                self.finish();
                None
            }
            Err(failure) => {
                self.outcome = Some(Err(failure));
                None
            }
        }
    }

    /// Takes a packet from the vehicle.
    pub fn receive(&mut self, now_ms: u64, packet: &FtpPacket) {
        if self.outcome.is_some() {
            return;
        }
        let Some(reply) = self.exchange.receive(now_ms, packet) else { return };
        match (reply, self.exchange.op()) {
            (Reply::Done(_), FtpOp::Create) => self.write(0),
            (Reply::Done(reply), FtpOp::OpenWrite) => {
                let held = reply.data().first_chunk().map_or(0, |len| u32::from_le_bytes(*len));
                if (held as usize) < self.acknowledged || held as usize > self.bytes.len() {
                    self.restart(FtpFailure::Refused { op: FtpOp::OpenWrite, error: FtpError::Failed });
                } else {
                    self.write(self.acknowledged);
                }
            }
            (Reply::Done(_), FtpOp::Write) => {
                let end = (self.exchange.offset() as usize + FTP_DATA_LEN).min(self.bytes.len());
                self.acknowledged = self.acknowledged.max(end);
                self.write(end);
            }
            (Reply::Done(_) | Reply::Refused(FtpError::Session), FtpOp::Terminate) => {
                self.exchange.ask(FtpOp::Crc32, 0, self.path.as_bytes());
            }
            (Reply::Done(reply), FtpOp::Crc32) => {
                let expected = file_crc32(&self.bytes);
                match reply.data().first_chunk().map(|crc| u32::from_le_bytes(*crc)) {
                    Some(found) if found == expected => {
                        self.crc32 = Some(found);
                        self.exchange.ask(FtpOp::Reset, 0, &[]);
                    }
                    found => self.restart(FtpFailure::Checksum { expected, found: found.unwrap_or_default() }),
                }
            }
            (_, FtpOp::Reset) => self.finish(),
            // The session is lost when the vehicle reboots; the file may be gone.
            (Reply::Refused(error @ (FtpError::Session | FtpError::NotFound)), op)
                if matches!(op, FtpOp::Write | FtpOp::OpenWrite | FtpOp::Crc32) =>
            {
                self.restart(FtpFailure::Refused { op, error });
            }
            (Reply::Refused(error), op) => self.outcome = Some(Err(FtpFailure::Refused { op, error })),
            (Reply::Done(_), _) => {}
        }
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        self.outcome.is_none().then(|| self.exchange.deadline_ms())
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<Result<Uploaded, FtpFailure>> {
        self.outcome
    }

    fn write(&mut self, offset: usize) {
        if offset < self.bytes.len() {
            let end = (offset + FTP_DATA_LEN).min(self.bytes.len());
            self.exchange.ask(FtpOp::Write, offset as u32, &self.bytes[offset..end]);
        } else {
            self.exchange.ask(FtpOp::Terminate, 0, &[]);
        }
    }

    fn restart(&mut self, failure: FtpFailure) {
        if self.restarts >= self.timing.restarts {
            self.outcome = Some(Err(failure));
            return;
        }
        self.restarts += 1;
        self.acknowledged = 0;
        self.exchange.ask(FtpOp::Create, 0, self.path.as_bytes());
    }

    fn finish(&mut self) {
        let crc32 = self.crc32.unwrap_or_default();
        self.outcome = Some(Ok(Uploaded { crc32, restarts: self.restarts }));
    }
}

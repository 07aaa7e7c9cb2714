use super::checksum::file_crc32;
use super::exchange::{Exchange, FtpFailure, FtpTiming, Reply};
use super::packet::{FTP_DATA_LEN, FtpError, FtpOp, FtpPacket};
use crate::message::Message;

/// A file as the vehicle holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Its content.
    pub bytes: Vec<u8>,
    /// True: the vehicle has stated the same checksum. False: it was not asked, as for files that are made while they are read.
    pub verified: bool,
}

/// Fetches a file: OPEN, bursts, single reads for what was lost, TERMINATE and, unless told otherwise, CALC_CRC32.
///
/// # Guarantees
/// Takes no more than `max_len` bytes, whatever length is stated. Files whose stated length is too large (ArduPilot states 1 MB for
/// `@PARAM/param.pck`) end where the vehicle says that they end.
///
/// # Source
/// show-protocol, section 4; simulation-and-control, section 3 (gaps are filled, a retry does not start the burst anew).
#[derive(Clone, Debug)]
pub struct FtpDownload {
    path: String,
    exchange: Exchange,
    verify: bool,
    max_len: usize,
    restarts_left: u8,
    bytes: Vec<u8>,
    /// What has come, as separate ranges in order.
    ranges: Vec<(usize, usize)>,
    /// Where the file ends, once that is known.
    end: Option<usize>,
    outcome: Option<Result<Downloaded, FtpFailure>>,
}

impl FtpDownload {
    /// Begins at the next [`Self::poll`] with a request of that sequence number.
    pub fn new(path: &str, max_len: usize, verify: bool, timing: FtpTiming, first_sequence: u16) -> Self {
        Self {
            path: path.to_owned(),
            exchange: Exchange::new(timing, first_sequence, FtpOp::OpenRead, 0, path.as_bytes()),
            verify,
            max_len,
            restarts_left: timing.restarts,
            bytes: Vec::new(),
            ranges: Vec::new(),
            end: None,
            outcome: None,
        }
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if self.outcome.is_some() {
            return None;
        }
        let timed_out = self.exchange.op() == FtpOp::BurstRead && self.exchange.deadline_ms() <= now_ms;
        // What the burst has brought is kept; the rest is asked for from there.
        if timed_out && self.bytes.len() > self.exchange.offset() as usize {
            self.go_on();
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
        if packet.request_op == FtpOp::BurstRead {
            self.receive_burst(now_ms, packet);
            return;
        }
        let Some(reply) = self.exchange.receive(now_ms, packet) else { return };
        match (reply, self.exchange.op()) {
            (Reply::Done(_), FtpOp::OpenRead) => self.exchange.ask_bytes(FtpOp::BurstRead, 0, FTP_DATA_LEN as u8),
            (Reply::Done(reply), FtpOp::Read) => {
                if self.take(self.exchange.offset(), reply.data()) {
                    self.go_on();
                }
            }
            (Reply::Refused(FtpError::EndOfFile), FtpOp::Read) => {
                self.end = Some(self.exchange.offset() as usize);
                self.go_on();
            }
            (_, FtpOp::Terminate) if self.verify => self.exchange.ask(FtpOp::Crc32, 0, self.path.as_bytes()),
            (_, FtpOp::Terminate) => self.finish(false),
            (Reply::Done(reply), FtpOp::Crc32) => {
                let expected = file_crc32(&self.bytes);
                match reply.data().first_chunk().map(|crc| u32::from_le_bytes(*crc)) {
                    Some(found) if found == expected => self.finish(true),
                    found => self.restart(FtpFailure::Checksum { expected, found: found.unwrap_or_default() }),
                }
            }
            (Reply::Refused(FtpError::Session), FtpOp::Read) => {
                self.restart(FtpFailure::Refused { op: FtpOp::Read, error: FtpError::Session });
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
    pub fn outcome(&self) -> Option<&Result<Downloaded, FtpFailure>> {
        self.outcome.as_ref()
    }

    fn receive_burst(&mut self, now_ms: u64, packet: &FtpPacket) {
        if !matches!(self.exchange.op(), FtpOp::BurstRead | FtpOp::Read) {
            return;
        }
        let in_burst = self.exchange.op() == FtpOp::BurstRead;
        match packet.op {
            FtpOp::Ack => {
                if !self.take(packet.offset, packet.data()) || !in_burst {
                    return;
                }
                self.exchange.touch(now_ms);
                if packet.burst_complete {
                    self.go_on();
                }
            }
            // The end as the vehicle sees it; it does not say reliably where that is.
            FtpOp::Nak if in_burst => match FtpError::from_data(packet.data()) {
                FtpError::EndOfFile if self.exchange.is_first_reply(packet) => {
                    self.end = Some(self.exchange.offset() as usize);
                    self.go_on();
                }
                FtpError::EndOfFile if self.bytes.len() > self.exchange.offset() as usize => self.go_on(),
                // Left over from a burst before.
                FtpError::EndOfFile => {}
                FtpError::Session => {
                    self.restart(FtpFailure::Refused { op: FtpOp::BurstRead, error: FtpError::Session });
                }
                error => self.outcome = Some(Err(FtpFailure::Refused { op: FtpOp::BurstRead, error })),
            },
            _ => {}
        }
    }

    /// Keeps data; false if that ends the download.
    fn take(&mut self, offset: u32, data: &[u8]) -> bool {
        let (start, end) = (offset as usize, offset as usize + data.len());
        if end > self.max_len {
            self.outcome = Some(Err(FtpFailure::TooLong { limit: self.max_len }));
            return false;
        }
        if data.is_empty() {
            return true;
        }
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[start..end].copy_from_slice(data);
        // Ranges that touch become one.
        let mut merged = (start, end);
        self.ranges.retain(|&(a, b)| {
            let apart = b < merged.0 || merged.1 < a;
            if !apart {
                merged = (merged.0.min(a), merged.1.max(b));
            }
            apart
        });
        let at = self.ranges.partition_point(|range| *range < merged);
        self.ranges.insert(at, merged);
        true
    }

    /// The first byte that has not come.
    fn first_gap(&self) -> usize {
        self.ranges.first().filter(|range| range.0 == 0).map_or(0, |range| range.1)
    }

    /// Asks for what is missing: a gap by itself, the rest in a burst.
    fn go_on(&mut self) {
        let gap = self.first_gap();
        if self.end.is_some_and(|end| gap >= end) {
            self.bytes.truncate(gap);
            self.exchange.ask(FtpOp::Terminate, 0, &[]);
        } else if gap < self.bytes.len() {
            let next = self.ranges.iter().map(|range| range.0).find(|&start| start > gap).unwrap_or(self.bytes.len());
            self.exchange.ask_bytes(FtpOp::Read, gap as u32, (next - gap).min(FTP_DATA_LEN) as u8);
        } else {
            self.exchange.ask_bytes(FtpOp::BurstRead, gap as u32, FTP_DATA_LEN as u8);
        }
    }

    fn restart(&mut self, failure: FtpFailure) {
        let Some(left) = self.restarts_left.checked_sub(1) else {
            self.outcome = Some(Err(failure));
            return;
        };
        self.restarts_left = left;
        (self.bytes, self.ranges, self.end) = (Vec::new(), Vec::new(), None);
        self.exchange.ask(FtpOp::OpenRead, 0, self.path.as_bytes());
    }

    fn finish(&mut self, verified: bool) {
        self.outcome = Some(Ok(Downloaded { bytes: std::mem::take(&mut self.bytes), verified }));
    }
}

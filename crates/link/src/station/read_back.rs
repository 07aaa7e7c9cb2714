use sha2::{Digest, Sha256};

use super::held::{HeldState, ShowSite, UploadPlan};
use crate::fence::{Fence, FenceDownload, FenceFailure, FenceTiming};
use crate::ftp::{FtpChecksum, FtpDownload, FtpFailure, FtpPacket, FtpTiming, file_crc32};
use crate::message::Message;
use crate::params::{PACKED_PATH, PackedFault, PackedParam, unpack};
use crate::vehicle::SHOW_PATH;
use mavlink::dialects::ardupilotmega::MavMessage;

/// The longest bundle of parameters that is read: ArduPilot states 1 MB for it.
const MAX_PARAMS_LEN: usize = 1 << 20;
/// The longest show file that is read back.
const MAX_SHOW_LEN: usize = 4 << 20;

/// How a show file is read back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadBackDepth {
    /// The vehicle states its checksum: 32 bits, enough against accidents.
    #[default]
    Checksum,
    /// The whole file comes back and is hashed.
    WholeFile,
}

/// Why it is not known what a vehicle holds.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReadBackFailure {
    /// Its show file cannot be read.
    #[error("the show file cannot be read back: {0}")]
    Show(FtpFailure),
    /// Its parameters cannot be read.
    #[error("the parameters cannot be read back: {0}")]
    Params(FtpFailure),
    /// They make no sense.
    #[error("the parameters read back make no sense: {0}")]
    Bundle(PackedFault),
    /// The one that is needed is not among them.
    #[error("the parameters read back lack origin, orientation or fence")]
    Missing,
    /// Its fence cannot be read.
    #[error("the fence cannot be read back: {0}")]
    Fence(FenceFailure),
}

#[allow(clippy::large_enum_variant, reason = "one a vehicle that is being read")]
#[derive(Clone, Debug)]
enum Step {
    Checksum(FtpChecksum),
    Show(FtpDownload),
    Params(FtpDownload),
    Fence(FenceDownload),
}

/// Reads what a vehicle holds: show file, parameters in their own types, fence.
///
/// To be done after an upload and again after a reboot: an origin of an earlier show survives one.
#[derive(Clone, Debug)]
pub struct ReadBack {
    step: Step,
    ftp: FtpTiming,
    fence: FenceTiming,
    sequence: u16,
    show: Option<(u32, Option<Vec<u8>>)>,
    params: Option<Vec<PackedParam>>,
    outcome: Option<Result<HeldState, ReadBackFailure>>,
}

impl ReadBack {
    /// Begins at the next [`Self::poll`].
    pub fn new(depth: ReadBackDepth, ftp: FtpTiming, fence: FenceTiming, first_sequence: u16) -> Self {
        let step = match depth {
            ReadBackDepth::Checksum => Step::Checksum(FtpChecksum::new(SHOW_PATH, ftp, first_sequence)),
            ReadBackDepth::WholeFile => {
                Step::Show(FtpDownload::new(SHOW_PATH, MAX_SHOW_LEN, true, ftp, first_sequence))
            }
        };
        // Replies that are late must not fit the next machine's requests.
        let sequence = first_sequence.wrapping_add(0x4000);
        Self { step, ftp, fence, sequence, show: None, params: None, outcome: None }
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        let message = match &mut self.step {
            Step::Checksum(query) => query.poll(now_ms),
            Step::Show(download) | Step::Params(download) => download.poll(now_ms),
            Step::Fence(download) => download.poll(now_ms),
        };
        self.advance();
        message
    }

    /// Takes a message from the vehicle.
    pub fn receive(&mut self, now_ms: u64, message: &Message) {
        let packet = match message {
            Message::Other(MavMessage::FILE_TRANSFER_PROTOCOL(data)) => FtpPacket::decode(&data.payload),
            _ => None,
        };
        match (&mut self.step, packet) {
            (Step::Checksum(query), Some(packet)) => query.receive(now_ms, &packet),
            (Step::Show(download) | Step::Params(download), Some(packet)) => download.receive(now_ms, &packet),
            (Step::Fence(download), None) => download.receive(message),
            _ => {}
        }
        self.advance();
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        match &self.step {
            Step::Checksum(query) => query.deadline_ms(),
            Step::Show(download) | Step::Params(download) => download.deadline_ms(),
            Step::Fence(download) => download.deadline_ms(),
        }
    }

    /// What it holds, once that is known.
    pub fn outcome(&self) -> Option<&Result<HeldState, ReadBackFailure>> {
        self.outcome.as_ref()
    }

    /// Goes to the next step when this one is done.
    fn advance(&mut self) {
        if self.outcome.is_some() {
            return;
        }
        match &self.step {
            Step::Checksum(query) => match query.outcome() {
                None => {}
                Some(Ok(crc32)) => self.read_params((crc32, None)),
                Some(Err(failure)) => self.outcome = Some(Err(ReadBackFailure::Show(failure))),
            },
            Step::Show(download) => match download.outcome().cloned() {
                None => {}
                Some(Ok(file)) => self.read_params((file_crc32(&file.bytes), Some(file.bytes))),
                Some(Err(failure)) => self.outcome = Some(Err(ReadBackFailure::Show(failure))),
            },
            Step::Params(download) => match download.outcome() {
                None => {}
                Some(Ok(file)) => match unpack(&file.bytes) {
                    Ok(params) => {
                        self.params = Some(params);
                        self.step = Step::Fence(FenceDownload::new(self.fence));
                    }
                    Err(fault) => self.outcome = Some(Err(ReadBackFailure::Bundle(fault))),
                },
                Some(Err(failure)) => self.outcome = Some(Err(ReadBackFailure::Params(*failure))),
            },
            Step::Fence(download) => match download.outcome() {
                None => {}
                Some(Ok(fence)) => self.outcome = Some(self.held(fence.clone()).ok_or(ReadBackFailure::Missing)),
                Some(Err(failure)) => self.outcome = Some(Err(ReadBackFailure::Fence(*failure))),
            },
        }
    }

    fn read_params(&mut self, show: (u32, Option<Vec<u8>>)) {
        self.show = Some(show);
        let download = FtpDownload::new(PACKED_PATH, MAX_PARAMS_LEN, false, self.ftp, self.sequence);
        self.step = Step::Params(download);
    }

    fn held(&mut self, fence: Fence) -> Option<HeldState> {
        let (show_crc32, file) = self.show.take()?;
        let params = self.params.take()?;
        let value = |name: &str| params.iter().find(|p| p.name == name).map(|p| p.value as f32);
        let mut fence_params = [0.0; 5];
        for (slot, name) in fence_params.iter_mut().zip(UploadPlan::FENCE_PARAMS) {
            *slot = value(name)?;
        }
        Some(HeldState {
            show_crc32,
            show_len: file.as_ref().map(Vec::len),
            show_sha256: file.map(|bytes| Sha256::digest(&bytes).into()),
            site: ShowSite::from_params(&params)?,
            fence,
            fence_params,
        })
    }
}

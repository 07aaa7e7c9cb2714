use super::checksum::file_crc32;
use super::packet::{FTP_DATA_LEN, FtpError, FtpOp, FtpPacket};
use super::store::{FileStore, stored_path};
use crate::identity::Identity;
use crate::params::{PACKED_PATH, ParamTable, apply_packed, pack, pack_with_defaults};

/// Between packets of a burst, milliseconds (simulation-and-control, section 3: none is lost at 4 ms).
const BURST_SPACING_MS: u64 = 4;
/// Packets of a burst before it is declared complete.
const BURST_PACKETS: u8 = 32;
/// A session that was not used for this long can be taken over by another client, milliseconds.
const SESSION_IDLE_MS: u64 = 3000;
/// Requests this far behind the last one are late, not new: a CREATE that was doubled and held up would empty the file that came
/// after it.
const LATE_REQUESTS: u16 = 64;
/// Longest bundle of parameters that is taken (its length field has 16 bits).
const MAX_PACKED_LEN: usize = 65_535;

/// What a session has open.
#[derive(Clone, Debug)]
enum Opened {
    /// A file of the store.
    File(String),
    /// A file that was made for reading.
    Made(Vec<u8>),
    /// Parameters that are being written.
    Params(Vec<u8>),
}

#[derive(Clone, Debug)]
struct Session {
    owner: Identity,
    /// The number that the client has opened it with, as ArduPilot takes it.
    number: u8,
    opened: Opened,
    writes: bool,
    used_ms: u64,
}

/// The last request and its reply; none for a burst.
#[derive(Clone, Copy, Debug)]
struct Served {
    from: Identity,
    request: FtpPacket,
    reply: Option<FtpPacket>,
    at_ms: u64,
}

/// Packets that are still to be sent unasked.
#[derive(Clone, Copy, Debug)]
struct Burst {
    request: FtpPacket,
    block_len: usize,
    sequence: u16,
    offset: u32,
    left: u8,
    due_ms: u64,
}

/// A vehicle's server: one session, with the number that its client gives it, for one client at a time.
///
/// # Guarantees
/// A request that comes twice is answered twice and done once; one that comes late, after those that followed it, is passed over (the
/// firmware does it again). Sizes are bounded by [`FileStore`].
///
/// # Source
/// show-protocol, section 4; simulation-and-control, sections 2 and 3 (burst read, `@PARAM/param.pck`).
#[derive(Clone, Debug, Default)]
pub struct FtpServer {
    session: Option<Session>,
    last: Option<Served>,
    burst: Option<Burst>,
}

impl FtpServer {
    /// Does what a request asks; the reply to its sender.
    pub fn handle(
        &mut self,
        now_ms: u64,
        from: Identity,
        request: &FtpPacket,
        store: &mut FileStore,
        params: &mut ParamTable,
    ) -> Option<FtpPacket> {
        if matches!(request.op, FtpOp::Ack | FtpOp::Nak) {
            return None;
        }
        if let Some(last) = self.last.filter(|last| last.from == from) {
            if let Some(reply) = last.reply.filter(|_| last.request == *request) {
                return Some(reply);
            }
            let behind = last.request.sequence.wrapping_sub(request.sequence);
            if (1..=LATE_REQUESTS).contains(&behind) && now_ms.saturating_sub(last.at_ms) < SESSION_IDLE_MS {
                return None;
            }
        }
        let reply = if request.op == FtpOp::BurstRead {
            self.start_burst(now_ms, from, request).err().map(|error| request.nak(error))
        } else {
            let done = self.perform(now_ms, from, request, store, params);
            Some(done.unwrap_or_else(|error| request.nak(error)))
        };
        self.last = Some(Served { from, request: *request, reply, at_ms: now_ms });
        reply
    }

    /// The next packet of a burst, if it is due; ask until there is none.
    pub fn poll(&mut self, now_ms: u64, store: &FileStore) -> Option<(Identity, FtpPacket)> {
        let burst = self.burst.as_mut().filter(|burst| burst.due_ms <= now_ms)?;
        let (sequence, offset) = (burst.sequence, burst.offset);
        let Some(session) = &self.session else {
            self.burst = None;
            return None;
        };
        let owner = session.owner;
        match read(&session.opened, store, offset, burst.block_len) {
            Ok(data) => {
                burst.left -= 1;
                burst.sequence = sequence.wrapping_add(1);
                burst.offset = offset.saturating_add(data.len() as u32);
                burst.due_ms += BURST_SPACING_MS;
                let burst_complete = burst.left == 0;
                let packet = FtpPacket { sequence, burst_complete, offset, ..burst.request.ack(data) };
                if burst_complete {
                    self.burst = None;
                }
                Some((owner, packet))
            }
            Err(error) => {
                let packet = FtpPacket { sequence, burst_complete: true, offset, ..burst.request.nak(error) };
                self.burst = None;
                Some((owner, packet))
            }
        }
    }

    /// When [`Self::poll`] has something to send.
    pub fn deadline_ms(&self) -> Option<u64> {
        self.burst.map(|burst| burst.due_ms)
    }

    fn start_burst(&mut self, now_ms: u64, from: Identity, request: &FtpPacket) -> Result<(), FtpError> {
        self.session_of(now_ms, from, request)?;
        let block_len = match usize::from(request.size) {
            0 => FTP_DATA_LEN,
            size => size.min(FTP_DATA_LEN),
        };
        self.burst = Some(Burst {
            request: *request,
            block_len,
            sequence: request.sequence.wrapping_add(1),
            offset: request.offset,
            left: BURST_PACKETS,
            due_ms: now_ms,
        });
        Ok(())
    }

    fn perform(
        &mut self,
        now_ms: u64,
        from: Identity,
        request: &FtpPacket,
        store: &mut FileStore,
        params: &mut ParamTable,
    ) -> Result<FtpPacket, FtpError> {
        let path = || stored_path(request.data());
        match request.op {
            FtpOp::None => {}
            FtpOp::Terminate => {
                self.session_of(now_ms, from, request)?;
                self.close(params)?;
            }
            FtpOp::Reset => {
                if self.session.as_ref().is_some_and(|session| session.owner == from || session.is_idle(now_ms)) {
                    self.close(params)?;
                }
            }
            FtpOp::List => {
                let names = store.list(&path()?)?;
                let rest = names.get(request.offset as usize..).unwrap_or_default();
                let mut data = Vec::new();
                for name in rest {
                    if data.len() + name.len() + 1 > FTP_DATA_LEN {
                        break;
                    }
                    data.extend(name.as_bytes());
                    data.push(0);
                }
                return if data.is_empty() { Err(FtpError::EndOfFile) } else { Ok(request.ack(&data)) };
            }
            FtpOp::OpenRead => {
                let path = path()?;
                let opened = if is_packed(&path) {
                    Opened::Made(if asks_defaults(&path) { pack_with_defaults(params) } else { pack(params) })
                } else {
                    store.file(&path).ok_or(FtpError::NotFound)?;
                    Opened::File(path)
                };
                let len = content(&opened, store).len() as u32;
                self.open(now_ms, from, request.session, opened, false)?;
                return Ok(request.ack(&len.to_le_bytes()));
            }
            FtpOp::Create | FtpOp::OpenWrite => {
                let path = path()?;
                self.may_open(now_ms, from)?;
                let opened = if is_packed(&path) {
                    Opened::Params(Vec::new())
                } else if request.op == FtpOp::Create {
                    store.create(&path)?;
                    Opened::File(path)
                } else {
                    store.file(&path).ok_or(FtpError::NotFound)?;
                    Opened::File(path)
                };
                let len = content(&opened, store).len() as u32;
                self.open(now_ms, from, request.session, opened, true)?;
                if request.op == FtpOp::OpenWrite {
                    return Ok(request.ack(&len.to_le_bytes()));
                }
            }
            FtpOp::Read => {
                let session = self.session_of(now_ms, from, request)?;
                let wanted = if request.size == 0 { FTP_DATA_LEN } else { usize::from(request.size) };
                return Ok(request.ack(read(&session.opened, store, request.offset, wanted)?));
            }
            FtpOp::Write => {
                let session = self.session_of(now_ms, from, request)?;
                if !session.writes {
                    return Err(FtpError::Protected);
                }
                match &mut session.opened {
                    Opened::File(path) => store.write(path, request.offset, request.data())?,
                    Opened::Params(bytes) => {
                        let (start, end) = (request.offset as usize, request.offset as usize + request.data().len());
                        if end > MAX_PACKED_LEN {
                            return Err(FtpError::Failed);
                        }
                        bytes.resize(bytes.len().max(end), 0);
                        bytes[start..end].copy_from_slice(request.data());
                    }
                    Opened::Made(_) => return Err(FtpError::Protected),
                }
            }
            FtpOp::Remove => store.remove(&path()?)?,
            FtpOp::MakeFolder => store.make_folder(&path()?)?,
            FtpOp::RemoveFolder => store.remove_folder(&path()?)?,
            FtpOp::Truncate => store.truncate(&path()?, request.offset)?,
            FtpOp::Rename => {
                let mut names = request.data().split(|&b| b == 0);
                let (from, to) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
                store.rename(&stored_path(from)?, &stored_path(to)?)?;
            }
            FtpOp::Crc32 => {
                let path = path()?;
                let crc = if is_packed(&path) {
                    file_crc32(&pack(params))
                } else {
                    file_crc32(store.file(&path).ok_or(FtpError::NotFound)?)
                };
                return Ok(request.ack(&crc.to_le_bytes()));
            }
            FtpOp::BurstRead | FtpOp::Ack | FtpOp::Nak => return Err(FtpError::UnknownOp),
        }
        // With the place of a write: clients that have several on the way tell them apart by it.
        Ok(request.ack(&[]))
    }

    /// The session that a request means.
    fn session_of(&mut self, now_ms: u64, from: Identity, request: &FtpPacket) -> Result<&mut Session, FtpError> {
        let session = self.session.as_mut().filter(|s| s.owner == from && s.number == request.session);
        let session = session.ok_or(FtpError::Session)?;
        session.used_ms = now_ms;
        Ok(session)
    }

    fn may_open(&self, now_ms: u64, from: Identity) -> Result<(), FtpError> {
        let taken = self.session.as_ref().is_some_and(|s| s.owner != from && !s.is_idle(now_ms));
        if taken { Err(FtpError::NoSession) } else { Ok(()) }
    }

    /// A client that opens again has lost the reply, or has been started again: its old session ends.
    fn open(&mut self, now_ms: u64, from: Identity, number: u8, opened: Opened, writes: bool) -> Result<(), FtpError> {
        self.may_open(now_ms, from)?;
        self.burst = None;
        self.session = Some(Session { owner: from, number, opened, writes, used_ms: now_ms });
        Ok(())
    }

    /// Ends the session; parameters that were written count from then on.
    fn close(&mut self, params: &mut ParamTable) -> Result<(), FtpError> {
        self.burst = None;
        match self.session.take() {
            Some(Session { opened: Opened::Params(bytes), .. }) => {
                apply_packed(params, &bytes).map_err(|_| FtpError::Failed).map(|_| ())
            }
            _ => Ok(()),
        }
    }
}

impl Session {
    fn is_idle(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.used_ms) >= SESSION_IDLE_MS
    }
}

/// Is it the file of parameters, with or without wishes behind its name?
fn is_packed(path: &str) -> bool {
    path.split('?').next().is_some_and(|name| name.eq_ignore_ascii_case(PACKED_PATH))
}

/// MAVProxy and pymavlink ask for the defaults besides.
fn asks_defaults(path: &str) -> bool {
    path.split(['?', '&']).skip(1).any(|wish| wish == "withdefaults=1")
}

fn content<'a>(opened: &'a Opened, store: &'a FileStore) -> &'a [u8] {
    match opened {
        Opened::File(path) => store.file(path).unwrap_or_default(),
        Opened::Made(bytes) | Opened::Params(bytes) => bytes,
    }
}

fn read<'a>(opened: &'a Opened, store: &'a FileStore, offset: u32, len: usize) -> Result<&'a [u8], FtpError> {
    let bytes = content(opened, store);
    let rest = bytes.get(offset as usize..).filter(|rest| !rest.is_empty()).ok_or(FtpError::EndOfFile)?;
    Ok(&rest[..rest.len().min(len).min(FTP_DATA_LEN)])
}

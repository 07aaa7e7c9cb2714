//! The framing (magic, then records of a kind, a length and a body; chunks of such records) is read here: the library's own
//! reader subtracts lengths that a spoilt file states, and panics. Bodies of records are the library's.

use std::io::Read;

use mcap::records::{Channel, Record};
use mcap::{MAGIC, parse_record};
use prost::Message;

use crate::head::RECORD;
use crate::{FleetState, LogError, LogEvent, LogHead, VehicleMark, wire};

/// A record, a chunk included, is not longer than this, bytes: a second of the largest fleet has 20 MB.
const MAX_RECORD_BYTES: u64 = 64 << 20;
/// Positions that a log may hold to be read here: 2 GB of memory.
const MAX_MARKS: u64 = 80_000_000;
/// Events that are kept, at most.
const MAX_EVENTS: usize = 1_000_000;

/// One instant of a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoggedFrame {
    /// Log time, nanoseconds.
    pub t_ns: u64,
    /// The truth, in ascending order of the vehicles' numbers; empty where it is not known.
    pub truth: Vec<VehicleMark>,
    /// What vehicles reported, in the same order.
    pub reported: Vec<VehicleMark>,
    /// The fleet as a whole.
    pub state: FleetState,
}

impl LoggedFrame {
    /// The truth where it is known, else what was reported.
    pub fn marks(&self) -> &[VehicleMark] {
        if self.truth.is_empty() { &self.reported } else { &self.truth }
    }
}

/// A log that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct FlightLog {
    /// What it is of.
    pub head: LogHead,
    /// Its instants in the order of the file.
    pub frames: Vec<LoggedFrame>,
    /// What happened, in the order of the file.
    pub events: Vec<LogEvent>,
    /// The site as GeoJSON, if the log has it.
    pub site: Option<String>,
    /// Why the log ends before its end: its writer died, or the file was cut. What stands before is whole.
    pub cut: Option<String>,
}

/// What is known of a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Topic {
    Truth,
    Telemetry,
    State,
    Events,
    Site,
}

impl Topic {
    const ALL: [Self; 5] = [Self::Truth, Self::Telemetry, Self::State, Self::Events, Self::Site];

    fn name(self) -> &'static str {
        match self {
            Self::Truth => "/fleet",
            Self::Telemetry => "/telemetry",
            Self::State => "/state",
            Self::Events => "/events",
            Self::Site => "/site",
        }
    }

    fn of(channel: &Channel) -> Option<Self> {
        let json = channel.message_encoding == "json";
        Self::ALL.into_iter().find(|t| t.name() == channel.topic && json == (*t == Self::State))
    }
}

impl FlightLog {
    /// Reads a log, also one whose writer died: then up to its last whole chunk, and [`FlightLog::cut`] says why.
    ///
    /// # Errors
    /// [`LogError`] if the bytes are no log of Kapok, or a whole message is not what its channel announces.
    ///
    /// # Complexity
    /// One pass; memory for the positions, and for one chunk.
    pub fn read(mut source: impl Read) -> Result<Self, LogError> {
        let mut builder = Builder::default();
        let mut magic = [0; MAGIC.len()];
        if fill(&mut source, &mut magic)? != magic.len() || magic != *MAGIC {
            return Err(LogError::NoMcap);
        }
        let mut body = Vec::new();
        let cut = loop {
            let mut head = [0; HEAD_BYTES];
            if fill(&mut source, &mut head)? < head.len() {
                break Some("the file ends in the middle: its writer did not finish it".to_owned());
            }
            let (opcode, length) = record_head(head);
            if length > MAX_RECORD_BYTES {
                break Some(format!("a record says that it has {length} bytes"));
            }
            body.clear();
            source.by_ref().take(length).read_to_end(&mut body)?;
            if body.len() as u64 != length {
                break Some("the file ends in the middle: its writer did not finish it".to_owned());
            }
            match parse_record(opcode, &body) {
                Ok(Record::Chunk { header, data }) => {
                    if !header.compression.is_empty() {
                        return Err(LogError::Compressed(shown(&header.compression)));
                    }
                    if header.uncompressed_crc != 0 && header.uncompressed_crc != crc32fast::hash(&data) {
                        break Some("the checksum of a chunk is wrong".to_owned());
                    }
                    if let Err(why) = builder.chunk(&data)? {
                        break Some(why);
                    }
                }
                // The index follows, which this reader does not need.
                Ok(Record::DataEnd(_)) => break None,
                Ok(record) => builder.take(record)?,
                Err(error) => break Some(error.to_string()),
            }
        };
        builder.finish(cut)
    }
}

/// Bytes in front of a record's body: its kind, and the length of the body.
const HEAD_BYTES: usize = 9;

fn record_head(head: [u8; HEAD_BYTES]) -> (u8, u64) {
    let [opcode, length @ ..] = head;
    (opcode, u64::from_le_bytes(length))
}

/// Reads until the room is full or the source ends; how much it was.
fn fill(source: &mut impl Read, room: &mut [u8]) -> Result<usize, std::io::Error> {
    let mut got = 0;
    while got < room.len() {
        match source.read(&mut room[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

#[derive(Default)]
struct Builder {
    head: Option<LogHead>,
    channels: Vec<(u16, Topic)>,
    frames: Vec<LoggedFrame>,
    events: Vec<LogEvent>,
    site: Option<String>,
    messages: u64,
    marks: u64,
}

/// Text from a file, for a message.
fn shown(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

impl Builder {
    /// The records of a chunk; the reason if they are not whole.
    fn chunk(&mut self, mut rest: &[u8]) -> Result<Result<(), String>, LogError> {
        while let Some((head, behind)) = rest.split_first_chunk::<HEAD_BYTES>() {
            let (opcode, length) = record_head(*head);
            let length = usize::try_from(length).ok().filter(|&length| length <= behind.len());
            let Some(length) = length else {
                return Ok(Err("a record of a chunk is longer than the chunk".to_owned()));
            };
            let (body, after) = behind.split_at(length);
            match parse_record(opcode, body) {
                Ok(record) => self.take(record)?,
                Err(error) => return Ok(Err(error.to_string())),
            }
            rest = after;
        }
        Ok(if rest.is_empty() { Ok(()) } else { Err("a chunk ends within a record".to_owned()) })
    }

    fn take(&mut self, record: Record<'_>) -> Result<(), LogError> {
        match record {
            Record::Metadata(entry) if entry.name == RECORD && self.head.is_none() => {
                self.head = Some(LogHead::from_entries(entry.metadata)?);
            }
            Record::Channel(channel) => {
                if let Some(topic) = Topic::of(&channel)
                    && !self.channels.iter().any(|&(id, _)| id == channel.id)
                {
                    self.channels.push((channel.id, topic));
                }
            }
            Record::Message { header, data } => {
                self.messages += 1;
                let found = self.channels.iter().find(|&&(id, _)| id == header.channel_id);
                if let Some(&(_, topic)) = found {
                    self.message(topic, header.log_time, &data)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn message(&mut self, topic: Topic, t_ns: u64, data: &[u8]) -> Result<(), LogError> {
        let Some(head) = &self.head else { return Err(LogError::NoHead) };
        let vehicles = head.vehicles;
        let wrong = |why: String| LogError::Message { number: self.messages, channel: topic.name(), why };
        let proto = |error: prost::DecodeError| wrong(error.to_string());
        match topic {
            Topic::Truth | Topic::Telemetry => {
                let cloud = wire::PointCloud::decode(data).map_err(proto)?;
                let marks = wire::marks(&cloud, vehicles).map_err(wrong)?;
                self.marks += marks.len() as u64;
                if self.marks > MAX_MARKS {
                    return Err(LogError::TooLarge(MAX_MARKS));
                }
                let frame = self.frame(t_ns);
                *(if topic == Topic::Truth { &mut frame.truth } else { &mut frame.reported }) = marks;
            }
            Topic::State => {
                let state: FleetState = serde_json::from_slice(data).map_err(|e| wrong(e.to_string()))?;
                self.frame(t_ns).state = state;
            }
            Topic::Events => {
                let log = wire::Log::decode(data).map_err(proto)?;
                if self.events.len() < MAX_EVENTS {
                    self.events.push(wire::event(t_ns, log));
                }
            }
            Topic::Site => self.site = Some(wire::GeoJson::decode(data).map_err(proto)?.geojson),
        }
        Ok(())
    }

    /// The frame of an instant: the last one, or a new one.
    fn frame(&mut self, t_ns: u64) -> &mut LoggedFrame {
        if self.frames.last().is_none_or(|frame| frame.t_ns != t_ns) {
            self.frames.push(LoggedFrame { t_ns, ..LoggedFrame::default() });
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn finish(self, cut: Option<String>) -> Result<FlightLog, LogError> {
        let head = self.head.ok_or(LogError::NoHead)?;
        Ok(FlightLog { head, frames: self.frames, events: self.events, site: self.site, cut })
    }
}

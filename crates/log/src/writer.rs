use std::collections::BTreeMap;
use std::io::{Seek, Write};

use mcap::records::{MessageHeader, Metadata};
use mcap::{McapError, WriteOptions, Writer};
use prost::Message;

use crate::head::RECORD;
use crate::{FleetFrame, LogError, LogEvent, LogHead, wire};

/// Log time after which a chunk is closed, nanoseconds.
const CHUNK_NS: u64 = 1_000_000_000;

/// Numbers of the channels.
#[derive(Clone, Copy, Debug)]
struct Channels {
    truth: u16,
    telemetry: u16,
    state: u16,
    events: u16,
    site: u16,
}

/// Writes a flight log as the flight goes on.
///
/// Every second of log time what was written is closed and flushed: of the file of a writer that died no more than the last
/// second is lost. [`LogWriter::finish`] writes the index; a log without it is read all the same.
///
/// # Determinism
/// The same calls write the same bytes.
///
/// ```
/// use std::io::Cursor;
/// use kapok_log::{FleetFrame, FleetState, FlightLog, LogHead, LogWriter, VehicleMark, VehicleStatus};
/// use kapok_show::Rgb;
///
/// let head = LogHead {
///     title: "One light".into(),
///     show_sha256: "0".repeat(64),
///     vehicles: 1,
///     separation_m: 1.5,
///     show_start_ns: 0,
///     about: Default::default(),
/// };
/// let mut writer = LogWriter::new(Cursor::new(Vec::new()), &head)?;
/// let mark = VehicleMark {
///     id: 0,
///     position_m: [1.0, 2.0, 30.0],
///     light: Rgb::WHITE,
///     status: VehicleStatus::Flying,
///     charge_percent: Some(80),
/// };
/// writer.frame(&FleetFrame { t_ns: 500_000_000, truth: &[mark], reported: &[], state: &FleetState::default() })?;
/// let bytes = writer.finish()?.into_inner();
/// let log = FlightLog::read(&bytes[..])?;
/// assert_eq!(log.frames[0].truth, [mark]);
/// # Ok::<(), kapok_log::LogError>(())
/// ```
pub struct LogWriter<W: Write + Seek> {
    writer: Writer<W>,
    channels: Channels,
    /// Log time of the first message of the open chunk.
    chunk_begun_ns: Option<u64>,
    sequence: u32,
}

impl<W: Write + Seek> LogWriter<W> {
    /// Begins a log: its head is on the disk when this returns.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn new(sink: W, head: &LogHead) -> Result<Self, LogError> {
        let options = WriteOptions::new()
            .compression(None)
            .chunk_size(None)
            .profile("")
            .library(concat!("kapok ", env!("CARGO_PKG_VERSION")));
        let mut writer = options.create(sink).map_err(failed)?;
        let metadata = Metadata { name: RECORD.to_owned(), metadata: head.to_entries() };
        writer.write_metadata(&metadata).map_err(failed)?;
        let channels = Channels {
            truth: channel(&mut writer, "foxglove.PointCloud", wire::POINT_CLOUD, "/fleet")?,
            telemetry: channel(&mut writer, "foxglove.PointCloud", wire::POINT_CLOUD, "/telemetry")?,
            state: channel(&mut writer, "kapok.FleetState", wire::FLEET_STATE, "/state")?,
            events: channel(&mut writer, "foxglove.Log", wire::LOG, "/events")?,
            site: channel(&mut writer, "foxglove.GeoJSON", wire::GEO_JSON, "/site")?,
        };
        writer.flush().map_err(failed)?;
        Ok(Self { writer, channels, chunk_begun_ns: None, sequence: 0 })
    }

    /// The site as GeoJSON, for maps.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn site(&mut self, t_ns: u64, geojson: &str) -> Result<(), LogError> {
        self.message(self.channels.site, t_ns, &wire::GeoJson { geojson: geojson.to_owned() }.encode_to_vec())
    }

    /// Where the vehicles are.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn frame(&mut self, frame: &FleetFrame<'_>) -> Result<(), LogError> {
        let Channels { truth, telemetry, state, .. } = self.channels;
        for (channel, marks) in [(truth, frame.truth), (telemetry, frame.reported)] {
            if !marks.is_empty() {
                self.message(channel, frame.t_ns, &wire::cloud(frame.t_ns, marks).encode_to_vec())?;
            }
        }
        let text = serde_json::to_vec(frame.state).map_err(std::io::Error::other)?;
        self.message(state, frame.t_ns, &text)
    }

    /// What happened.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn event(&mut self, event: &LogEvent) -> Result<(), LogError> {
        self.message(self.channels.events, event.t_ns, &wire::log(event).encode_to_vec())
    }

    /// Ends the log with its index, and gives back what it was written to.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn finish(mut self) -> Result<W, LogError> {
        self.writer.finish().map_err(failed)?;
        Ok(self.writer.into_inner())
    }

    fn message(&mut self, channel_id: u16, t_ns: u64, data: &[u8]) -> Result<(), LogError> {
        if self.chunk_begun_ns.is_some_and(|begun| t_ns.abs_diff(begun) >= CHUNK_NS) {
            self.writer.flush().map_err(failed)?;
            self.chunk_begun_ns = None;
        }
        self.chunk_begun_ns.get_or_insert(t_ns);
        self.sequence = self.sequence.wrapping_add(1);
        let header = MessageHeader { channel_id, sequence: self.sequence, log_time: t_ns, publish_time: t_ns };
        self.writer.write_to_known_channel(&header, data).map_err(failed)
    }
}

/// Announces a channel with its schema.
fn channel<W: Write + Seek>(
    writer: &mut Writer<W>,
    schema: &str,
    descriptor: &[u8],
    topic: &str,
) -> Result<u16, LogError> {
    let (schemas, messages) =
        if schema.starts_with("foxglove.") { ("protobuf", "protobuf") } else { ("jsonschema", "json") };
    let id = writer.add_schema(schema, schemas, descriptor).map_err(failed)?;
    writer.add_channel(id, topic, messages, &BTreeMap::new()).map_err(failed)
}

fn failed(error: McapError) -> LogError {
    match error {
        McapError::Io(error) => LogError::Io(error),
        other => LogError::Container(other.to_string()),
    }
}

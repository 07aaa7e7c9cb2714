use kapok_show::seconds;

use super::crc::skyb_crc32;
use super::cursor::Cursor;
use super::trajectory::SkybTrajectory;
use crate::{Place, ReadBounds, ReadError, WriteError};

const MAGIC: &[u8; 4] = b"skyb";
/// Longest body of a block, bytes.
const MAX_BLOCK_BYTES: usize = 65_535;
/// Largest coordinate of the light set-up.
const MAX_PIXEL: i16 = 4095;

/// Head of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkybHeader {
    /// Version 1: no features.
    V1,
    /// Version 2 without a checksum.
    V2,
    /// Version 2 with a checksum, as ground stations write it.
    #[default]
    V2WithCrc,
}

/// A .skyb file, block by block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skyb {
    /// Head.
    pub header: SkybHeader,
    /// Block 1.
    pub trajectory: Option<SkybTrajectory>,
    /// Block 2: light byte code, see [`crate::light`].
    pub lights: Option<Vec<u8>>,
    /// Block 6, in the order of time.
    pub events: Option<Vec<SkybEvent>>,
    /// Block 4, undecoded: nothing in the file says which layout it has, see [`super::RthPlan`].
    pub rth: Option<Vec<u8>>,
    /// Block 5.
    pub yaw: Option<SkybYaw>,
    /// Block 3.
    pub comment: Option<Vec<u8>>,
    /// Block 7.
    pub light_setup: Option<LightSetup>,
    /// Block 8.
    pub metadata: Option<Metadata>,
    /// What was skipped while reading.
    pub notes: Vec<String>,
}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkybEvent {
    /// Show time, milliseconds.
    pub t_ms: u32,
    /// 1: pyrotechnics, 2: light.
    pub kind: u8,
    /// Pyrotechnics: the channel, from 0.
    pub subtype: u8,
    /// Pyrotechnics: all `ff` is off, anything else on.
    pub payload: [u8; 4],
}

impl SkybEvent {
    /// Switches a pyrotechnic channel on or off.
    pub fn pyro(t_ms: u32, channel: u8, on: bool) -> Self {
        Self { t_ms, kind: 1, subtype: channel, payload: if on { [0; 4] } else { [0xff; 4] } }
    }
}

/// Yaw over time: linear during each step, then held; clockwise, in tenths of a degree, not wrapped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkybYaw {
    /// The vehicle may choose its yaw.
    pub auto_yaw: bool,
    /// Yaw at time 0.
    pub start_decideg: i16,
    /// Duration in milliseconds and change of yaw, one after the other.
    pub steps: Vec<(u16, i16)>,
}

impl SkybYaw {
    /// Yaw at a time, degrees clockwise.
    pub fn sample_deg(&self, t_ms: f64) -> f64 {
        let mut yaw_decideg = f64::from(self.start_decideg);
        let mut start_ms = 0.0;
        for &(duration_ms, change_decideg) in &self.steps {
            let (duration_ms, change_decideg) = (f64::from(duration_ms), f64::from(change_decideg));
            if t_ms < start_ms + duration_ms {
                return (yaw_decideg + change_decideg * ((t_ms - start_ms) / duration_ms).max(0.0)) / 10.0;
            }
            yaw_decideg += change_decideg;
            start_ms += duration_ms;
        }
        yaw_decideg / 10.0
    }
}

/// Light control from the ground station.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LightSetup {
    /// The vehicle's pixel, each coordinate 0 to 4095.
    pub pixel: Option<[i16; 2]>,
    /// Colours.
    pub palette: Option<Vec<[u8; 3]>>,
    /// Width and height of the matrix, 0 to 4095.
    pub matrix: Option<[i16; 2]>,
}

/// Which show this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Identifies the show.
    pub show_id: Option<[u8; 4]>,
    /// Number of the drone in it.
    pub drone_index: Option<u16>,
}

impl Skyb {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] for a wrong checksum and anything cut off; [`ReadError::BadValue`] for unknown versions and
    /// features and for blocks that make no sense; [`ReadError::OverLimit`].
    pub fn decode(bytes: &[u8], bounds: &ReadBounds) -> Result<Self, ReadError> {
        let mut cursor = Cursor::new(bytes, "the .skyb file");
        let bad = |value: String, why: &str| ReadError::BadValue {
            place: Place::in_member("the .skyb file", "head"),
            value,
            why: why.into(),
            remedy: "export the file again",
        };
        if cursor.take(4).ok() != Some(MAGIC) {
            return Err(bad("the file".into(), "does not begin with `skyb`"));
        }
        let header = match cursor.u8()? {
            1 => SkybHeader::V1,
            2 => match cursor.u8()? {
                0 => SkybHeader::V2,
                1 => SkybHeader::V2WithCrc,
                features => return Err(bad(format!("features 0x{features:02x}"), "are not all known")),
            },
            version => return Err(bad(format!("version {version}"), "is not known (1 and 2 are)")),
        };
        if header == SkybHeader::V2WithCrc {
            let stated = cursor.u32()?;
            let mut zeroed = bytes.to_vec();
            zeroed[6..10].fill(0);
            let found = skyb_crc32(&zeroed);
            if stated != found {
                return Err(ReadError::Damaged {
                    place: Place::in_member("the .skyb file", "bytes 6 to 9"),
                    fault: format!("the checksum stated is {stated:08x}, that of the content is {found:08x}"),
                });
            }
        }
        let mut out = Self { header, ..Self::default() };
        while !cursor.is_at_end() {
            let kind = cursor.u8()?;
            if kind == 0 {
                break;
            }
            let length = usize::from(cursor.u16()?);
            out.add_block(kind, cursor.take(length)?, bounds)?;
        }
        Ok(out)
    }

    fn add_block(&mut self, kind: u8, body: &[u8], bounds: &ReadBounds) -> Result<(), ReadError> {
        let taken = match kind {
            1 => self.trajectory.is_some(),
            2 => self.lights.is_some(),
            3 => self.comment.is_some(),
            4 => self.rth.is_some(),
            5 => self.yaw.is_some(),
            6 => self.events.is_some(),
            7 => self.light_setup.is_some(),
            8 => self.metadata.is_some(),
            _ => {
                self.note(format!("a block of unknown type {kind} is left out"));
                return Ok(());
            }
        };
        if taken {
            self.note(format!("a second block of type {kind} is left out, as vehicles do it"));
            return Ok(());
        }
        match kind {
            1 => self.trajectory = Some(SkybTrajectory::decode(body, bounds)?),
            2 => self.lights = Some(body.to_vec()),
            3 => self.comment = Some(body.to_vec()),
            4 => self.rth = Some(body.to_vec()),
            5 => self.yaw = Some(decode_yaw(body)?),
            6 => self.events = Some(decode_events(body)?),
            7 => self.light_setup = Some(decode_light_setup(body)?),
            _ => self.metadata = Some(decode_metadata(body)?),
        }
        Ok(())
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The bytes of the file; blocks in the order 1, 2, 6, 4, 5, 3, 7, 8.
    ///
    /// # Guarantees
    /// [`Self::decode`] gives back an equal value, but for `notes`.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`] for a block above 65,535 bytes; [`WriteError::NotCarried`] for events out of order.
    pub fn encode(&self) -> Result<Vec<u8>, WriteError> {
        if let Some(events) = &self.events
            && !events.is_sorted_by_key(|e| e.t_ms)
        {
            return Err(WriteError::NotCarried {
                what: "a list of events that is not in the order of time".into(),
                format: ".skyb",
                why: "vehicles refuse it: sort the list",
            });
        }
        let mut out = MAGIC.to_vec();
        match self.header {
            SkybHeader::V1 => out.push(1),
            SkybHeader::V2 => out.extend_from_slice(&[2, 0]),
            SkybHeader::V2WithCrc => out.extend_from_slice(&[2, 1, 0, 0, 0, 0]),
        }
        let blocks = [
            (1, "the trajectory", self.trajectory.as_ref().map(SkybTrajectory::encode)),
            (2, "the light program", self.lights.clone()),
            (6, "the list of events", self.events.as_deref().map(encode_events)),
            (4, "the return plan", self.rth.clone()),
            (5, "the yaw control", self.yaw.as_ref().map(encode_yaw)),
            (3, "the comment", self.comment.clone()),
            (7, "the light set-up", self.light_setup.as_ref().map(encode_light_setup)),
            (8, "the show metadata", self.metadata.as_ref().map(encode_metadata)),
        ];
        for (kind, what, body) in blocks {
            let Some(body) = body else { continue };
            let Ok(length) = u16::try_from(body.len()) else {
                return Err(WriteError::TooLarge {
                    what: format!("{what}, in bytes,"),
                    value: body.len() as f64,
                    limit: MAX_BLOCK_BYTES as f64,
                    format: "a block of .skyb",
                    remedy: "fit the show with fewer pieces or keys, or split it",
                });
            };
            out.push(kind);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&body);
        }
        if self.header == SkybHeader::V2WithCrc {
            let crc = skyb_crc32(&out);
            out[6..10].copy_from_slice(&crc.to_le_bytes());
        }
        Ok(out)
    }
}

fn decode_yaw(body: &[u8]) -> Result<SkybYaw, ReadError> {
    let mut cursor = Cursor::new(body, "yaw block");
    let auto_yaw = cursor.u8()? & 1 == 1;
    let start_decideg = cursor.i16()?;
    let mut steps = Vec::with_capacity(cursor.remaining() / 4);
    while !cursor.is_at_end() {
        steps.push((cursor.u16()?, cursor.i16()?));
    }
    Ok(SkybYaw { auto_yaw, start_decideg, steps })
}

fn encode_yaw(yaw: &SkybYaw) -> Vec<u8> {
    let mut out = vec![u8::from(yaw.auto_yaw)];
    out.extend_from_slice(&yaw.start_decideg.to_le_bytes());
    for (duration_ms, change_decideg) in &yaw.steps {
        out.extend_from_slice(&duration_ms.to_le_bytes());
        out.extend_from_slice(&change_decideg.to_le_bytes());
    }
    out
}

fn decode_events(body: &[u8]) -> Result<Vec<SkybEvent>, ReadError> {
    let mut cursor = Cursor::new(body, "event block");
    let mut events: Vec<SkybEvent> = Vec::with_capacity(body.len() / 10);
    while !cursor.is_at_end() {
        let event =
            SkybEvent { t_ms: cursor.u32()?, kind: cursor.u8()?, subtype: cursor.u8()?, payload: cursor.array()? };
        if let Some(last) = events.last().filter(|last| last.t_ms > event.t_ms) {
            return Err(ReadError::BadValue {
                place: cursor.place(),
                value: format!("an event at {}", seconds(event.t_ms.into())),
                why: format!("comes after one at {}", seconds(last.t_ms.into())),
                remedy: "vehicles want events in the order of time: export the file again",
            });
        }
        events.push(event);
    }
    Ok(events)
}

fn encode_events(events: &[SkybEvent]) -> Vec<u8> {
    let mut out = Vec::with_capacity(10 * events.len());
    for event in events {
        out.extend_from_slice(&event.t_ms.to_le_bytes());
        out.extend_from_slice(&[event.kind, event.subtype]);
        out.extend_from_slice(&event.payload);
    }
    out
}

/// Calls `each` with tag and value of every record.
fn records(body: &[u8], what: &'static str, mut each: impl FnMut(u8, &[u8]) -> Option<()>) -> Result<(), ReadError> {
    let mut cursor = Cursor::new(body, what);
    while !cursor.is_at_end() {
        let tag = cursor.u8()?;
        let length = usize::from(cursor.u16()?);
        let place = cursor.place();
        if each(tag, cursor.take(length)?).is_none() {
            return Err(ReadError::BadValue {
                place,
                value: format!("record {tag} of {length} bytes"),
                why: "has a wrong length or value".into(),
                remedy: "export the file again",
            });
        }
    }
    Ok(())
}

fn pixel(value: &[u8]) -> Option<[i16; 2]> {
    let [a, b, c, d] = value.try_into().ok()?;
    let pair = [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])];
    pair.iter().all(|v| (0..=MAX_PIXEL).contains(v)).then_some(pair)
}

fn decode_light_setup(body: &[u8]) -> Result<LightSetup, ReadError> {
    let mut out = LightSetup::default();
    records(body, "light set-up block", |tag, value| {
        match tag {
            0 => out.pixel = Some(pixel(value)?),
            1 if value.len() % 3 == 0 => {
                out.palette = Some(value.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect());
            }
            1 => return None,
            2 => out.matrix = Some(pixel(value)?),
            _ => {}
        }
        Some(())
    })?;
    Ok(out)
}

fn push_record(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    // Longer than a block may be: encode() finds the block too large and refuses.
    out.push(tag);
    out.extend_from_slice(&(value.len().min(MAX_BLOCK_BYTES) as u16).to_le_bytes());
    out.extend_from_slice(value);
}

fn encode_light_setup(setup: &LightSetup) -> Vec<u8> {
    let mut out = Vec::new();
    let pair = |p: [i16; 2]| p.map(i16::to_le_bytes).concat();
    if let Some(p) = setup.pixel {
        push_record(&mut out, 0, &pair(p));
    }
    if let Some(palette) = &setup.palette {
        push_record(&mut out, 1, palette.as_flattened());
    }
    if let Some(p) = setup.matrix {
        push_record(&mut out, 2, &pair(p));
    }
    out
}

fn decode_metadata(body: &[u8]) -> Result<Metadata, ReadError> {
    let mut out = Metadata::default();
    records(body, "metadata block", |tag, value| {
        match tag {
            0 => out.show_id = Some(value.try_into().ok()?),
            1 => out.drone_index = Some(u16::from_le_bytes(value.try_into().ok()?)),
            _ => {}
        }
        Some(())
    })?;
    Ok(out)
}

fn encode_metadata(metadata: &Metadata) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(id) = metadata.show_id {
        push_record(&mut out, 0, &id);
    }
    if let Some(index) = metadata.drone_index {
        push_record(&mut out, 1, &index.to_le_bytes());
    }
    out
}

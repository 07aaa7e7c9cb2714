use crate::frame::{Header, write_frame};
use crate::frame_stream::{FrameStream, StreamCounts};
use crate::identity::Identity;
use crate::message::Message;
use crate::signing::{Signing, SigningTime};

/// A message and how it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Who sent it.
    pub from: Identity,
    /// Who it is for; `None`: it has no addressee.
    pub to: Option<Identity>,
    /// The sender's count of frames.
    pub sequence: u8,
    /// What it says.
    pub message: Message,
}

impl Received {
    /// Is it for this one: addressed to it, to all, or to none in particular?
    pub fn is_for(&self, own: Identity) -> bool {
        self.to.is_none_or(|to| {
            (to.system == 0 || to.system == own.system) && (to.component == 0 || to.component == own.component)
        })
    }

    /// Is it addressed to this one and to no other?
    pub fn is_only_for(&self, own: Identity) -> bool {
        self.to.is_some_and(|to| to.system == own.system) && self.is_for(own)
    }
}

/// Frames to be sent, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Outbox {
    /// All frames as one piece, for one datagram (of 65,507 bytes at most).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Each frame by itself.
    pub fn frames(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end])
    }

    /// How many frames there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Forgets all frames, keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// What an end did not believe or understand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointCounts {
    /// Of the bytes.
    pub stream: StreamCounts,
    /// Frames refused for their signature.
    pub refused_signatures: u64,
    /// Payloads that could not be decoded.
    pub malformed: u64,
}

/// One end of a link: reads what comes from one address, writes what goes out.
///
/// With [`Signing`], everything sent is signed and nothing unsigned, replayed or wrongly signed comes through.
#[derive(Clone, Debug)]
pub struct Endpoint {
    own: Identity,
    sequence: u8,
    stream: FrameStream,
    signing: Option<Signing>,
    refused_signatures: u64,
    malformed: u64,
}

impl Endpoint {
    /// An end that has sent nothing yet.
    pub fn new(own: Identity, signing: Option<Signing>) -> Self {
        Self { own, sequence: 0, stream: FrameStream::default(), signing, refused_signatures: 0, malformed: 0 }
    }

    /// Who it is.
    pub fn own(&self) -> Identity {
        self.own
    }

    /// The state of its signatures, for storing across restarts.
    pub fn signing(&self) -> Option<&Signing> {
        self.signing.as_ref()
    }

    /// What has been counted.
    pub fn counts(&self) -> EndpointCounts {
        EndpointCounts {
            stream: self.stream.counts(),
            refused_signatures: self.refused_signatures,
            malformed: self.malformed,
        }
    }

    /// Takes bytes and shows every message in them that is believed, its own or not.
    pub fn receive(&mut self, bytes: &[u8], now: SigningTime, mut each: impl FnMut(Received)) {
        let Self { stream, signing, refused_signatures, malformed, .. } = self;
        stream.push(bytes, |frame| {
            if let Some(signing) = signing
                && signing.verify(frame, now).is_err()
            {
                *refused_signatures += 1;
                return;
            }
            let Ok(message) = Message::decode(frame.header.message_id, frame.payload) else {
                *malformed += 1;
                return;
            };
            let to = message.addressee().map(|(system, component)| Identity {
                system: frame.header.target.unwrap_or(u32::from(system)),
                component,
            });
            let from = Identity { system: frame.header.system, component: frame.header.component };
            each(Received { from, to, sequence: frame.header.sequence, message });
        });
    }

    /// Appends a frame with a message for `to`; messages without an addressee are for all that hear them.
    pub fn send(&mut self, mut message: Message, to: Identity, now: SigningTime, out: &mut Outbox) {
        message.address(to.target_byte(), to.component);
        let target = message.addressee().and(to.target_header());
        let mut payload = [0; 255];
        let len = message.encode(&mut payload);
        let header = Header {
            compat_flags: 0,
            sequence: self.sequence,
            system: self.own.system,
            component: self.own.component,
            message_id: message.id(),
            target,
        };
        self.sequence = self.sequence.wrapping_add(1);
        let start = out.bytes.len();
        write_frame(&mut out.bytes, &header, &payload[..len], self.signing.is_some());
        if let Some(signing) = &mut self.signing {
            signing.sign(&mut out.bytes, start, now);
        }
        out.ends.push(out.bytes.len());
    }
}

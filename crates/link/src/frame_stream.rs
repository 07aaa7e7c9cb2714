use crate::frame::{Frame, FrameFault, MAX_FRAME_LEN, STX, parse_frame};

/// What one sender's bytes held besides good frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounts {
    /// Good frames.
    pub frames: u64,
    /// Bytes between frames, damaged frames included.
    pub skipped_bytes: u64,
    /// Frames with flags that are not known here.
    pub unknown_flags: u64,
    /// Frames of messages that the dialect does not have.
    pub unknown_messages: u64,
    /// Frames with a wrong checksum.
    pub wrong_checksums: u64,
}

/// Cuts the bytes of one sender into frames: several in one datagram, one over two datagrams, or a stream of any pieces.
///
/// # Guarantees
/// Keeps fewer than [`MAX_FRAME_LEN`] bytes. A datagram that begins with a whole frame is read from its beginning whatever came
/// before it: the beginning of a frame that never ends cannot swallow the frames that follow.
#[derive(Clone, Debug, Default)]
pub struct FrameStream {
    /// The beginning of a frame whose end has not come.
    pending: Vec<u8>,
    counts: StreamCounts,
}

impl FrameStream {
    /// Takes the next bytes and shows every frame they complete, in order.
    ///
    /// # Complexity
    /// Each byte is looked at once per frame it could belong to: at most [`MAX_FRAME_LEN`] times.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(&Frame<'_>)) {
        if self.pending.is_empty() || parse_frame(bytes).is_ok() {
            self.counts.skipped_bytes += self.pending.len() as u64;
            self.pending.clear();
            let rest = self.read(bytes, &mut each);
            self.pending.extend_from_slice(&bytes[rest..]);
        } else {
            let mut all = std::mem::take(&mut self.pending);
            all.extend_from_slice(bytes);
            let rest = self.read(&all, &mut each);
            all.drain(..rest);
            self.pending = all;
        }
        debug_assert!(self.pending.len() < MAX_FRAME_LEN, "a frame that could still come is shorter");
    }

    /// What has been counted.
    pub fn counts(&self) -> StreamCounts {
        self.counts
    }

    /// Reads frames from the beginning; returns where the bytes begin that may become one.
    fn read(&mut self, bytes: &[u8], each: &mut impl FnMut(&Frame<'_>)) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            match parse_frame(&bytes[at..]) {
                Ok(frame) => {
                    self.counts.frames += 1;
                    at += frame.bytes.len();
                    each(&frame);
                    continue;
                }
                Err(FrameFault::Short { .. }) => return at,
                Err(FrameFault::NoMarker) => {}
                Err(FrameFault::UnknownFlags(_)) => self.counts.unknown_flags += 1,
                Err(FrameFault::UnknownMessage(_)) => self.counts.unknown_messages += 1,
                Err(FrameFault::Checksum(_)) => self.counts.wrong_checksums += 1,
            }
            // A damaged frame can hide a good one behind its first byte.
            let next = bytes[at + 1..].iter().position(|&b| b == STX).map_or(bytes.len(), |i| at + 1 + i);
            self.counts.skipped_bytes += (next - at) as u64;
            at = next;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Header, write_frame};
    use proptest::prelude::*;

    fn frame(sequence: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let header = Header { compat_flags: 0, sequence, system: 1, component: 1, message_id: 0, target: None };
        write_frame(&mut bytes, &header, payload, false);
        bytes
    }

    fn sequences(stream: &mut FrameStream, bytes: &[u8]) -> Vec<u8> {
        let mut found = Vec::new();
        stream.push(bytes, |frame| found.push(frame.header.sequence));
        found
    }

    #[test]
    fn an_endless_frame_swallows_nothing() {
        let mut stream = FrameStream::default();
        assert!(sequences(&mut stream, &[STX, 255, 0, 0]).is_empty());
        assert_eq!(sequences(&mut stream, &frame(1, &[5; 9])), [1]);
        assert_eq!(sequences(&mut stream, &frame(2, &[5; 9])), [2]);
        assert_eq!(stream.counts().skipped_bytes, 4);
    }

    #[test]
    fn a_damaged_frame_hides_none_behind_it() {
        let inner = frame(4, &[1; 9]);
        let mut outer = frame(3, &[0; 40]);
        outer[10..10 + inner.len()].copy_from_slice(&inner);
        let mut stream = FrameStream::default();
        assert_eq!(sequences(&mut stream, &outer), [4]);
        assert_eq!(stream.counts().wrong_checksums, 1);
    }

    proptest! {
        /// Whatever the pieces, the frames of a clean stream come out once each, in order.
        #[test]
        fn pieces_do_not_matter(cuts in prop::collection::vec(1usize..40, 1..60)) {
            let sent: Vec<u8> = (0..20).collect();
            // Payloads without a marker: a piece that begins inside a frame cannot look like one.
            let bytes: Vec<u8> = sent.iter().flat_map(|&s| frame(s, &[s + 1; 21])).collect();
            let mut stream = FrameStream::default();
            let (mut at, mut found) = (0, Vec::new());
            for cut in cuts.iter().cycle() {
                let end = (at + cut).min(bytes.len());
                found.extend(sequences(&mut stream, &bytes[at..end]));
                at = end;
                if at == bytes.len() { break; }
            }
            prop_assert_eq!(found, sent);
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(prop::sample::select(vec![0u8, 1, 2, 4, 9, 0xfd, 0xff]), 0..900)) {
            let mut stream = FrameStream::default();
            for piece in bytes.chunks(97) {
                stream.push(piece, |_| {});
                prop_assert!(stream.pending.len() < MAX_FRAME_LEN);
            }
        }
    }
}

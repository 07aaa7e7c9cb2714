/// Bytes of a datagram, at most: below what Ethernet carries in one piece.
pub const MAX_DATAGRAM_LEN: usize = 1400;

/// What goes into a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatagramMode {
    /// The frames of a network and step together.
    Tick,
    /// One frame, as ArduPilot sends them.
    Message,
}

/// Datagrams of one network that wait to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Datagrams {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Datagrams {
    /// Each one.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Forgets all, keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds a frame: to the last datagram where it fits, or as one of its own.
    pub(crate) fn push(&mut self, frame: &[u8], mode: DatagramMode) {
        let start = self.ends.iter().rev().nth(1).copied().unwrap_or(0);
        let fits = mode == DatagramMode::Tick && self.bytes.len() - start + frame.len() <= MAX_DATAGRAM_LEN;
        if fits {
            self.ends.pop();
        }
        self.bytes.extend_from_slice(frame);
        self.ends.push(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(mode: DatagramMode, frames: &[usize]) -> Vec<usize> {
        let mut datagrams = Datagrams::default();
        for &len in frames {
            datagrams.push(&vec![7; len], mode);
        }
        assert_eq!(datagrams.len(), datagrams.iter().count());
        datagrams.iter().map(<[u8]>::len).collect()
    }

    #[test]
    fn frames_are_packed_and_never_cut() {
        assert_eq!(lengths(DatagramMode::Tick, &[300, 300, 801, 280, 280]), [600, 1361]);
        assert_eq!(lengths(DatagramMode::Tick, &[700, 700, 1]), [1400, 1]);
        assert_eq!(lengths(DatagramMode::Message, &[21, 30, 21]), [21, 30, 21]);
        assert_eq!(lengths(DatagramMode::Tick, &[]), [0; 0]);
    }
}

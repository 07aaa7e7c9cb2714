use std::net::SocketAddr;

use kapok_link::{Endpoint, EndpointCounts, Identity};

/// Addresses beside the ground's that hear a network, at most.
pub const MAX_GUESTS: usize = 8;
/// One that has been silent for this long may be forgotten, and hears nothing more, milliseconds.
const SILENT_MS: u64 = 10_000;

/// One that speaks to a network.
#[derive(Clone, Debug)]
struct Guest {
    address: SocketAddr,
    /// Cuts its bytes into frames; each sender has one, so that pieces of frames do not mix.
    endpoint: Endpoint,
    heard_ms: u64,
    /// It has said something that a vehicle understands.
    believed: bool,
}

/// Who speaks to a network, and who hears it: the ground always, others while they speak.
#[derive(Clone, Debug)]
pub struct Guests {
    ground: SocketAddr,
    list: Vec<Guest>,
    /// Of those that are forgotten.
    counts: EndpointCounts,
}

impl Guests {
    pub fn new(ground: SocketAddr) -> Self {
        Self { ground, list: Vec::new(), counts: EndpointCounts::default() }
    }

    /// The end of the link to that address; `None` if there are too many already.
    pub fn endpoint(&mut self, now_ms: u64, address: SocketAddr) -> Option<&mut Endpoint> {
        let ground = self.ground;
        let known = self.list.iter().position(|guest| guest.address == address);
        let is_guest = |guest: &&Guest| guest.address != ground;
        let at = match known {
            Some(at) => at,
            None if address == ground || self.list.iter().filter(is_guest).count() < MAX_GUESTS => self.list.len(),
            None => self.list.iter().position(|guest| is_guest(&guest) && guest.heard_ms + SILENT_MS <= now_ms)?,
        };
        if known.is_none() {
            let endpoint = Endpoint::new(Identity::ALL, None);
            let guest = Guest { address, endpoint, heard_ms: now_ms, believed: false };
            if let Some(forgotten) = self.list.get_mut(at) {
                self.counts = sum(self.counts, forgotten.endpoint.counts());
                *forgotten = guest;
            } else {
                self.list.push(guest);
            }
        }
        Some(&mut self.list[at].endpoint)
    }

    /// Notes that the address has said something that is understood.
    pub fn believe(&mut self, now_ms: u64, address: SocketAddr) {
        if let Some(guest) = self.list.iter_mut().find(|guest| guest.address == address) {
            (guest.heard_ms, guest.believed) = (now_ms, true);
        }
    }

    /// Who hears the network.
    pub fn listeners(&self, now_ms: u64) -> impl Iterator<Item = SocketAddr> {
        let speaks = move |guest: &&Guest| guest.believed && now_ms < guest.heard_ms + SILENT_MS;
        let ground = self.ground;
        let others = self.list.iter().filter(speaks).map(|guest| guest.address).filter(move |a| *a != ground);
        std::iter::once(ground).chain(others)
    }

    /// What was not understood.
    pub fn counts(&self) -> EndpointCounts {
        self.list.iter().fold(self.counts, |counts, guest| sum(counts, guest.endpoint.counts()))
    }
}

fn sum(mut a: EndpointCounts, b: EndpointCounts) -> EndpointCounts {
    a.stream.frames += b.stream.frames;
    a.stream.skipped_bytes += b.stream.skipped_bytes;
    a.stream.unknown_flags += b.stream.unknown_flags;
    a.stream.unknown_messages += b.stream.unknown_messages;
    a.stream.wrong_checksums += b.stream.wrong_checksums;
    a.refused_signatures += b.refused_signatures;
    a.malformed += b.malformed;
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn guests_hear_while_they_speak_and_are_bounded() {
        let mut guests = Guests::new(at(1));
        let heard = |guests: &Guests, now_ms| guests.listeners(now_ms).map(|a| a.port()).collect::<Vec<_>>();
        assert!(guests.endpoint(0, at(2)).is_some());
        assert_eq!(heard(&guests, 0), [1], "noise makes no listener");
        guests.believe(0, at(2));
        guests.endpoint(5, at(1));
        guests.believe(5, at(1));
        assert_eq!(heard(&guests, 9_999), [1, 2], "the ground once");
        assert_eq!(heard(&guests, 10_000), [1]);
        for port in 3..200 {
            guests.endpoint(6, at(port));
            guests.believe(6, at(port));
        }
        assert_eq!(guests.list.len(), MAX_GUESTS + 1);
        assert!(guests.endpoint(7, at(300)).is_none());
        assert!(guests.endpoint(7, at(1)).is_some(), "the ground is always heard");
        assert!(guests.endpoint(10_006, at(300)).is_some(), "the silent one made room");
        assert!(guests.list.iter().any(|guest| guest.address == at(1)), "the ground stays");
    }
}

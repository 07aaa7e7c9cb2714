use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::frame::{Frame, SIGNATURE_LEN};

/// 1 January 2015, 0 h UTC, as UNIX time in seconds: where timestamps of signatures begin.
const EPOCH_UNIX_S: u64 = 1_420_070_400;
/// A stream that is new may be this far behind: one minute.
const NEW_STREAM_BEHIND: u64 = 60 * 100_000;
/// Timestamps have 48 bits.
const MAX_TIMESTAMP: u64 = (1 << 48) - 1;
/// Streams that are remembered. Only holders of the key can make one.
const MAX_STREAMS: usize = 65_536;

/// The time of signatures: tens of microseconds since 1 January 2015, 48 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningTime(u64);

impl SigningTime {
    /// From UNIX time in microseconds; 2015 if it is earlier.
    pub fn from_unix_us(unix_us: u64) -> Self {
        Self((unix_us / 10).saturating_sub(EPOCH_UNIX_S * 100_000).min(MAX_TIMESTAMP))
    }

    /// From the stored count.
    pub fn from_count(count: u64) -> Self {
        Self(count.min(MAX_TIMESTAMP))
    }

    /// The count, to be stored.
    pub fn count(self) -> u64 {
        self.0
    }
}

/// The secret that two ends share. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// From its bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The first 48 bits of SHA-256 over key, frame, link id and timestamp.
    fn hash(&self, unsigned: &[u8], stamp: &[u8]) -> [u8; 6] {
        let hash = Sha256::new().chain_update(self.0).chain_update(unsigned).chain_update(stamp).finalize();
        let mut short = [0; 6];
        short.copy_from_slice(&hash[..6]);
        short
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(secret)")
    }
}

/// Why a frame is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// There is no signature.
    #[error("the frame is not signed")]
    Missing,
    /// The hash is another one.
    #[error("the signature is wrong")]
    Wrong,
    /// The stream has been further: a replay, or a frame that was overtaken.
    #[error("the frame is not newer than the last one of its stream")]
    Old,
    /// A new stream that begins in the past.
    #[error("the first frame of a stream is more than a minute behind")]
    Stale,
    /// There is no room for another stream.
    #[error("more than {MAX_STREAMS} streams")]
    TooManyStreams,
}

/// Signs and verifies frames.
///
/// A stream is what one component of one system sends over one link. Its timestamps must increase; a new one may be a minute
/// behind the newest time seen here. What is sent is stamped later than all that was sent or seen before.
///
/// # Guarantees
/// Time is an argument: the same frames at the same times are signed and judged the same. Keep [`Self::last`] and give it to
/// [`Self::new`] after a restart, or what was sent before can be replayed to it.
///
/// # Source
/// MAVLink guide, "Message signing (authentication)".
#[derive(Clone, Debug)]
pub struct Signing {
    key: SigningKey,
    link_id: u8,
    last: SigningTime,
    streams: BTreeMap<(u8, u32, u8), SigningTime>,
}

impl Signing {
    /// With what was the last time before a restart.
    pub fn new(key: SigningKey, link_id: u8, last: SigningTime) -> Self {
        Self { key, link_id, last, streams: BTreeMap::new() }
    }

    /// The newest time sent or seen.
    pub fn last(&self) -> SigningTime {
        self.last
    }

    /// Appends the signature to the frame that stands in `out` from `start` on, its flag for it set.
    pub(crate) fn sign(&mut self, out: &mut Vec<u8>, start: usize, now: SigningTime) {
        let stamp = SigningTime::from_count(now.0.max(self.last.0 + 1));
        self.last = stamp;
        let mut tail = [0; SIGNATURE_LEN];
        tail[0] = self.link_id;
        tail[1..7].copy_from_slice(&stamp.0.to_le_bytes()[..6]);
        let hash = self.key.hash(&out[start..], &tail[..7]);
        tail[7..].copy_from_slice(&hash);
        out.extend(tail);
    }

    /// Believes a frame or says why not; a frame that is believed is the newest of its stream from then on.
    ///
    /// # Errors
    /// Any [`SignatureFault`]; nothing has changed then.
    pub fn verify(&mut self, frame: &Frame<'_>, now: SigningTime) -> Result<(), SignatureFault> {
        let tail = frame.signature.ok_or(SignatureFault::Missing)?;
        let unsigned = &frame.bytes[..frame.bytes.len() - SIGNATURE_LEN];
        // All bytes are compared, whatever the first ones are.
        let expected = self.key.hash(unsigned, &tail[..7]);
        if expected.iter().zip(&tail[7..]).fold(0, |differ, (a, b)| differ | (a ^ b)) != 0 {
            return Err(SignatureFault::Wrong);
        }
        let stamp = SigningTime(tail[1..7].iter().rev().fold(0, |value, &b| value << 8 | u64::from(b)));
        let stream = (tail[0], frame.header.system, frame.header.component);
        if let Some(&last) = self.streams.get(&stream) {
            if stamp <= last {
                return Err(SignatureFault::Old);
            }
        } else if stamp.0 + NEW_STREAM_BEHIND < now.max(self.last).0 {
            return Err(SignatureFault::Stale);
        } else if self.streams.len() >= MAX_STREAMS {
            return Err(SignatureFault::TooManyStreams);
        }
        self.streams.insert(stream, stamp);
        self.last = self.last.max(stamp);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Header, parse_frame, write_frame};

    fn signing(link_id: u8) -> Signing {
        Signing::new(SigningKey::new([7; 32]), link_id, SigningTime::default())
    }

    fn signed(signing: &mut Signing, now: SigningTime) -> Vec<u8> {
        let header = Header { compat_flags: 0, sequence: 1, system: 254, component: 190, message_id: 0, target: None };
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &header, &[1; 9], true);
        signing.sign(&mut bytes, 0, now);
        bytes
    }

    fn verify(signing: &mut Signing, bytes: &[u8], now: SigningTime) -> Result<(), SignatureFault> {
        signing.verify(&parse_frame(bytes).unwrap(), now)
    }

    const NOW: SigningTime = SigningTime(1_000_000_000);

    #[test]
    fn replays_and_changes_are_refused() {
        let (mut sender, mut receiver) = (signing(3), signing(9));
        let (first, second) = (signed(&mut sender, NOW), signed(&mut sender, NOW));
        assert_eq!(verify(&mut receiver, &second, NOW), Ok(()));
        assert_eq!(verify(&mut receiver, &second, NOW), Err(SignatureFault::Old));
        assert_eq!(verify(&mut receiver, &first, NOW), Err(SignatureFault::Old), "overtaken");
        let third = signed(&mut sender, NOW);
        // The stamp, the link and the hash: all are signed.
        for at in third.len() - SIGNATURE_LEN..third.len() {
            let mut changed = third.clone();
            changed[at] ^= 0x10;
            assert_eq!(verify(&mut receiver, &changed, NOW), Err(SignatureFault::Wrong), "{at}");
        }
        assert_eq!(verify(&mut receiver, &third, NOW), Ok(()));
        let mut other_key = Signing::new(SigningKey::new([8; 32]), 3, NOW);
        assert_eq!(verify(&mut receiver, &signed(&mut other_key, NOW), NOW), Err(SignatureFault::Wrong));
    }

    #[test]
    fn a_new_stream_may_be_a_minute_behind() {
        let minute = 6_000_000;
        let old = |behind: u64| signed(&mut signing(4), SigningTime(NOW.0 - behind));
        assert_eq!(verify(&mut signing(9), &old(minute), NOW), Ok(()));
        assert_eq!(verify(&mut signing(9), &old(minute + 1), NOW), Err(SignatureFault::Stale));
        // A clock that stands still does not open the door: what was seen counts.
        let mut receiver = Signing::new(SigningKey::new([7; 32]), 9, NOW);
        assert_eq!(verify(&mut receiver, &old(minute + 1), SigningTime(0)), Err(SignatureFault::Stale));
    }

    #[test]
    fn stamps_increase_when_the_clock_does_not() {
        let mut sender = signing(1);
        signed(&mut sender, NOW);
        signed(&mut sender, NOW);
        signed(&mut sender, SigningTime(5));
        assert_eq!(sender.last().count(), NOW.count() + 2);
        assert_eq!(SigningTime::from_unix_us(1_420_070_400_000_050).count(), 5);
        assert_eq!(SigningTime::from_unix_us(0).count(), 0);
    }

    #[test]
    fn the_key_is_not_printed() {
        assert!(!format!("{:?}", signing(1)).contains('7'));
    }
}

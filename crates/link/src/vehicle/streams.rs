/// Shortest and longest pause between two messages of a stream, milliseconds.
const SHORTEST_MS: u64 = 20;
const LONGEST_MS: u64 = 3_600_000;

/// Messages that are sent unasked, and how often, milliseconds (show-protocol, section 2; TIMESYNC, section 2).
const DEFAULTS: [(u32, u64); 6] = [(0, 1000), (169, 500), (33, 500), (1, 1000), (24, 1000), (111, 10_000)];

#[derive(Clone, Copy, Debug)]
struct Stream {
    message_id: u32,
    /// `None`: off.
    interval_ms: Option<u64>,
    next_ms: u64,
}

/// When a vehicle sends what.
#[derive(Clone, Debug)]
pub(super) struct Streams([Stream; DEFAULTS.len()]);

impl Streams {
    /// From now on, at a phase of the vehicle's own, so that a fleet does not send in one instant.
    pub(super) fn starting(now_ms: u64, system: u32) -> Self {
        let next_ms = now_ms + u64::from(system) * 37 % 500;
        Self(DEFAULTS.map(|(message_id, ms)| Stream { message_id, interval_ms: Some(ms), next_ms }))
    }

    /// Sets how often a message is sent: microseconds, 0 for the default, negative for never; false if it is no stream.
    pub(super) fn set_interval(&mut self, now_ms: u64, message_id: u32, interval_us: f32) -> bool {
        let Some(i) = DEFAULTS.iter().position(|(id, _)| *id == message_id) else { return false };
        let stream = &mut self.0[i];
        stream.interval_ms = if interval_us == 0.0 {
            Some(DEFAULTS[i].1)
        } else if interval_us > 0.0 {
            Some(((interval_us / 1000.0) as u64).clamp(SHORTEST_MS, LONGEST_MS))
        } else {
            None
        };
        stream.next_ms = now_ms;
        true
    }

    /// The message that is due and has waited longest in the list's order; ask until there is none.
    pub(super) fn due(&mut self, now_ms: u64) -> Option<u32> {
        self.0.iter_mut().find_map(|stream| {
            let interval_ms = stream.interval_ms.filter(|_| stream.next_ms <= now_ms)?;
            // What was missed while the caller was away is not made up for.
            let missed = (now_ms - stream.next_ms) / interval_ms;
            stream.next_ms += (missed + 1) * interval_ms;
            Some(stream.message_id)
        })
    }

    pub(super) fn next_ms(&self) -> Option<u64> {
        self.0.iter().filter(|stream| stream.interval_ms.is_some()).map(|stream| stream.next_ms).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_messages_a_second() {
        let mut streams = Streams::starting(0, 1);
        let mut sent = Vec::new();
        for now_ms in 0..10_000 {
            while let Some(id) = streams.due(now_ms) {
                sent.push(id);
            }
        }
        let count = |id| sent.iter().filter(|&&i| i == id).count();
        assert_eq!([0, 169, 33, 1, 24, 111].map(count), [10, 20, 20, 10, 10, 1]);
    }

    #[test]
    fn intervals_are_bounded() {
        let mut streams = Streams::starting(0, 0);
        assert!(streams.set_interval(0, 169, 1.0) && streams.set_interval(0, 0, -1.0));
        assert!(!streams.set_interval(0, 30, 1.0));
        let sent = (0..1000).filter(|&now_ms| streams.due(now_ms) == Some(169)).count();
        assert!(sent <= 50, "{sent}");
        for strange in [f32::MAX, f32::INFINITY, f32::NAN] {
            assert!(streams.set_interval(0, 24, strange));
            assert_eq!(streams.due(0), (!strange.is_nan()).then_some(24), "{strange}");
        }
        // After a day away one message, not a day's.
        assert_eq!((0..5).filter(|_| streams.due(86_400_000) == Some(169)).count(), 1);
    }
}

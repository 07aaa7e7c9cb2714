use std::collections::BTreeMap;

use kapok_sim::{Random, Stream};

use crate::link_quality::LinkQuality;

/// Packets of a network that are on their way in one direction, at most; more are dropped.
pub const MAX_IN_THE_AIR: usize = 65_536;
/// A packet that would wait longer for its turn is dropped, milliseconds.
const MAX_QUEUE_MS: f64 = 1000.0;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the ground.
    Up,
    /// To the ground.
    Down,
}

/// What is on its way between the ground and the vehicles of a network, in one direction.
#[derive(Clone, Debug)]
pub struct Air<T> {
    random: Random,
    /// By arrival, then by the order of departure.
    packets: BTreeMap<(u64, u64), (usize, T)>,
    /// Until when the link of each vehicle is taken, milliseconds.
    busy_ms: Vec<f64>,
    departed: u64,
    lost: u64,
}

impl<T: Clone> Air<T> {
    pub fn new(seed: u64, network: u16, direction: Direction, vehicles: usize) -> Self {
        /// Draws of links are apart from those of the flight, which are run 0.
        const RUN: u32 = 0x4C49_4E4B;
        let branch = 2 * u32::from(network) + u32::from(direction == Direction::Up);
        Self {
            random: Random::new(seed, RUN).branched(branch),
            packets: BTreeMap::new(),
            busy_ms: vec![0.0; vehicles],
            departed: 0,
            lost: 0,
        }
    }

    /// Puts a packet of `len` bytes on the link of a vehicle.
    pub fn send(&mut self, now_ms: u64, vehicle: usize, len: usize, quality: &LinkQuality, packet: T) {
        self.departed += 1;
        let [lost, doubled, early, late] = self.random.uniform(vehicle as u32, self.departed as u32, Stream::Caller);
        let mut leaves_ms = now_ms as f64;
        if let Some(bit_s) = quality.bandwidth_bit_s {
            let begins_ms = leaves_ms.max(self.busy_ms[vehicle]);
            if begins_ms - leaves_ms > MAX_QUEUE_MS {
                self.lost += 1;
                return;
            }
            leaves_ms = begins_ms + 8000.0 * len as f64 / bit_s;
            self.busy_ms[vehicle] = leaves_ms;
        }
        if lost < quality.loss || self.packets.len() + 1 >= MAX_IN_THE_AIR {
            self.lost += 1;
            return;
        }
        let arrival_ms = |share: f64| (leaves_ms + quality.delay_ms + share * quality.jitter_ms).round() as u64;
        if doubled < quality.duplicates {
            self.packets.insert((arrival_ms(late), 2 * self.departed + 1), (vehicle, packet.clone()));
        }
        self.packets.insert((arrival_ms(early), 2 * self.departed), (vehicle, packet));
    }

    /// The next packet that has arrived, and whose it is.
    pub fn arrived(&mut self, now_ms: u64) -> Option<(usize, T)> {
        let first = self.packets.first_entry()?;
        (first.key().0 <= now_ms).then(|| first.remove())
    }

    /// How many were dropped.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When each of a thousand packets of 100 bytes, ten milliseconds apart, arrives.
    fn arrivals(quality: &LinkQuality, seed: u64) -> Vec<(u64, u64)> {
        let mut air = Air::new(seed, 3, Direction::Up, 1);
        let mut found = Vec::new();
        for now_ms in 0..20_000 {
            if now_ms % 10 == 0 && now_ms < 10_000 {
                air.send(now_ms, 0, 100, quality, now_ms);
            }
            while let Some((_, sent_ms)) = air.arrived(now_ms) {
                found.push((sent_ms, now_ms));
            }
        }
        found
    }

    #[test]
    fn loss_and_duplicates_are_as_often_as_stated() {
        let quality = LinkQuality { loss: 0.2, duplicates: 0.1, ..LinkQuality::PERFECT };
        let found = arrivals(&quality, 1);
        // 800 arrive, 80 of them twice; three standard deviations of both together are about 45.
        assert!((835..=925).contains(&found.len()), "{}", found.len());
        assert_eq!(found, arrivals(&quality, 1));
        assert_ne!(found, arrivals(&quality, 2));
        assert_eq!(arrivals(&LinkQuality { loss: 1.0, ..quality }, 1), []);
    }

    #[test]
    fn delay_and_jitter_are_within_their_bounds() {
        let quality = LinkQuality { delay_ms: 40.0, jitter_ms: 30.0, ..LinkQuality::PERFECT };
        let found = arrivals(&quality, 1);
        assert_eq!(found.len(), 1000);
        assert!(found.iter().all(|(sent_ms, at_ms)| (40..=70).contains(&(at_ms - sent_ms))), "{found:?}");
        assert!(found.windows(2).any(|pair| pair[0].0 > pair[1].0), "jitter changes the order");
    }

    /// 100 bytes each 10 ms are 80 kbit/s: through 40 kbit/s half of them pass, with a second of queue.
    #[test]
    fn a_narrow_link_delays_and_then_drops() {
        let quality = LinkQuality { bandwidth_bit_s: Some(40_000.0), ..LinkQuality::PERFECT };
        let found = arrivals(&quality, 1);
        assert!((540..=560).contains(&found.len()), "{}", found.len());
        let worst_ms = found.iter().map(|(sent_ms, at_ms)| at_ms - sent_ms).max().unwrap();
        assert!((1000..=1020).contains(&worst_ms), "{worst_ms}");
        let wide = LinkQuality { bandwidth_bit_s: Some(100_000.0), ..LinkQuality::PERFECT };
        assert!(arrivals(&wide, 1).iter().all(|(sent_ms, at_ms)| at_ms - sent_ms == 8));
    }
}

use serde::{Deserialize, Serialize};

/// Bins of a histogram: the last takes what is beyond.
const BINS: usize = 65_536;

/// Distances by the millimetre, or coarser: quantiles of any number of samples in fixed room.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    greatest_m: f64,
    per_m: f64,
}

/// A histogram as it is written: only the bins that have something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// For each bin that has something: how many bins after the one before, and how many samples.
    pub bins: Vec<(u32, u64)>,
    /// The greatest sample, metres.
    pub greatest_m: f64,
}

impl Histogram {
    /// By the millimetre, up to 65 m.
    pub fn fine() -> Self {
        Self { counts: vec![0; BINS], total: 0, greatest_m: 0.0, per_m: 1000.0 }
    }

    /// By two centimetres, up to 82 m.
    pub fn coarse() -> Self {
        Self { counts: vec![0; BINS / 16], total: 0, greatest_m: 0.0, per_m: 50.0 }
    }

    /// As it is written.
    pub fn counts(&self) -> Counts {
        let mut last = 0;
        let filled = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let bins = filled
            .map(|(bin, &count)| {
                let gap = bin - std::mem::replace(&mut last, bin);
                (gap as u32, count)
            })
            .collect();
        Counts { bins, greatest_m: self.greatest_m }
    }

    /// Adds what was written; false if that is no histogram of this kind.
    #[must_use]
    pub fn merge(&mut self, counts: &Counts) -> bool {
        let mut bin = 0usize;
        for &(gap, count) in &counts.bins {
            bin = bin.saturating_add(gap as usize);
            let Some(place) = self.counts.get_mut(bin) else { return false };
            let (Some(there), Some(total)) = (place.checked_add(count), self.total.checked_add(count)) else {
                return false;
            };
            (*place, self.total) = (there, total);
        }
        self.greatest_m = self.greatest_m.max(counts.greatest_m);
        counts.greatest_m.is_finite() && counts.greatest_m >= 0.0
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn add(&mut self, distance_m: f64) {
        let last = self.counts.len() - 1;
        self.counts[((distance_m * self.per_m) as usize).min(last)] += 1;
        self.total += 1;
        self.greatest_m = self.greatest_m.max(distance_m);
    }

    pub fn greatest_m(&self) -> f64 {
        self.greatest_m
    }

    /// The distance that this share of the samples does not exceed, to the bin above; 0 without samples.
    pub fn quantile_m(&self, share: f64) -> f64 {
        let needed = (share * self.total as f64).ceil() as u64;
        let mut below = 0;
        for (bin, count) in self.counts.iter().enumerate() {
            below += count;
            if below >= needed && below > 0 {
                return if bin == self.counts.len() - 1 {
                    self.greatest_m
                } else {
                    ((bin + 1) as f64 / self.per_m).min(self.greatest_m)
                };
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_samples() {
        let mut histogram = Histogram::fine();
        assert_eq!(histogram.quantile_m(0.99), 0.0);
        (1..=1000).for_each(|i| histogram.add(f64::from(i) * 0.01 - 0.0005));
        assert_eq!(histogram.quantile_m(0.99), 9.9);
        assert_eq!(histogram.quantile_m(0.5), 5.0);
        assert_eq!(histogram.quantile_m(1.0), 9.9995);
        histogram.add(200.0);
        assert_eq!((histogram.quantile_m(1.0), histogram.greatest_m()), (200.0, 200.0));
    }

    #[test]
    fn what_is_written_adds_up_to_the_same() {
        let (mut one, mut two, mut both) = (Histogram::coarse(), Histogram::coarse(), Histogram::coarse());
        for i in 0..500u32 {
            let distance_m = f64::from(i * i % 997) * 0.031;
            if i % 3 == 0 {
                one.add(distance_m);
            } else {
                two.add(distance_m);
            }
            both.add(distance_m);
        }
        assert_eq!(one.counts().bins.iter().map(|b| b.1).sum::<u64>(), one.total());
        assert!(one.merge(&two.counts()));
        assert_eq!((one.counts(), one), (both.counts(), both));
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        let bins = |bins: &[(u32, u64)]| Counts { bins: bins.to_vec(), greatest_m: 1.0 };
        for wrong in [bins(&[(u32::MAX, 1)]), bins(&[(0, u64::MAX), (0, 1)]), bins(&[(1, 1), (u32::MAX, 1)])] {
            assert!(!Histogram::coarse().merge(&wrong), "{wrong:?}");
        }
        assert!(!Histogram::coarse().merge(&Counts { bins: Vec::new(), greatest_m: f64::NAN }));
        assert!(Histogram::coarse().merge(&bins(&[])));
    }
}

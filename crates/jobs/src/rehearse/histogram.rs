/// Bins of a millimetre up to 65 m; the last takes what is beyond.
const BINS: usize = 65_536;
const PER_M: f64 = 1000.0;

/// Distances by the millimetre: quantiles of any number of samples in fixed room.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    greatest_m: f64,
}

impl Histogram {
    pub fn new() -> Self {
        Self { counts: vec![0; BINS], total: 0, greatest_m: 0.0 }
    }

    pub fn add(&mut self, distance_m: f64) {
        self.counts[((distance_m * PER_M) as usize).min(BINS - 1)] += 1;
        self.total += 1;
        self.greatest_m = self.greatest_m.max(distance_m);
    }

    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
        self.total += other.total;
        self.greatest_m = self.greatest_m.max(other.greatest_m);
    }

    pub fn greatest_m(&self) -> f64 {
        self.greatest_m
    }

    /// The distance that this share of the samples does not exceed, to the millimetre above; 0 without samples.
    pub fn quantile_m(&self, share: f64) -> f64 {
        let needed = (share * self.total as f64).ceil() as u64;
        let mut below = 0;
        for (bin, count) in self.counts.iter().enumerate() {
            below += count;
            if below >= needed && below > 0 {
                return if bin == BINS - 1 { self.greatest_m } else { ((bin + 1) as f64 / PER_M).min(self.greatest_m) };
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
        let mut histogram = Histogram::new();
        assert_eq!(histogram.quantile_m(0.99), 0.0);
        (1..=1000).for_each(|i| histogram.add(f64::from(i) * 0.01 - 0.0005));
        assert_eq!(histogram.quantile_m(0.99), 9.9);
        assert_eq!(histogram.quantile_m(0.5), 5.0);
        assert_eq!(histogram.quantile_m(1.0), 9.9995);
        histogram.add(200.0);
        assert_eq!((histogram.quantile_m(1.0), histogram.greatest_m()), (200.0, 200.0));
    }
}

/// Instants of a window in order: two for a mean velocity, three for an acceleration, four for a jerk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    at_ms: [i64; 4],
    count: usize,
}

impl Window {
    pub fn instants(&self) -> &[i64] {
        &self.at_ms[..self.count]
    }

    pub fn start_ms(&self) -> f64 {
        self.at_ms[0] as f64
    }

    /// Of up to four instants.
    pub fn of(instants_ms: impl ExactSizeIterator<Item = i64>) -> Self {
        let (mut at_ms, count) = ([0; 4], instants_ms.len());
        for (slot, t_ms) in at_ms.iter_mut().zip(instants_ms) {
            *slot = t_ms;
        }
        Self { at_ms, count }
    }
}

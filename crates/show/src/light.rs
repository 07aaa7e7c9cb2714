use serde::{Deserialize, Serialize};

use crate::Rgb;

/// One key of a light program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LightKey {
    /// When the colour is reached, milliseconds.
    pub t_ms: i64,
    /// The colour from then on.
    pub colour: Rgb,
    /// True: fades linearly from the previous key's colour to this one, arriving at `t_ms`. False: switches at `t_ms`.
    pub fade: bool,
}

/// What one vehicle's light does: keys in time order; black before the first.
///
/// Keys in the same millisecond are legal; the last one wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LightProgram {
    keys: Vec<LightKey>,
}

impl LightProgram {
    /// A program that is dark for ever.
    pub const fn dark() -> Self {
        Self { keys: Vec::new() }
    }

    /// A program from its keys; `None` if they are not in time order.
    pub fn from_keys(keys: Vec<LightKey>) -> Option<Self> {
        keys.is_sorted_by_key(|k| k.t_ms).then_some(Self { keys })
    }

    /// The keys, in time order.
    pub fn keys(&self) -> &[LightKey] {
        &self.keys
    }

    /// Appends a key.
    ///
    /// # Panics
    /// If the key is earlier than the last one: the caller builds programs forwards.
    pub fn push(&mut self, key: LightKey) {
        assert!(self.keys.last().is_none_or(|last| last.t_ms <= key.t_ms), "light keys must be in time order");
        self.keys.push(key);
    }

    /// The colour at a time. At the instant of a key that key's colour holds.
    pub fn sample(&self, t_ms: f64) -> Rgb {
        let next = self.keys.partition_point(|k| k.t_ms as f64 <= t_ms);
        let current =
            if next == 0 { (i64::MIN, Rgb::BLACK) } else { (self.keys[next - 1].t_ms, self.keys[next - 1].colour) };
        match self.keys.get(next) {
            Some(key) if key.fade => {
                let from_ms = if next == 0 { 0 } else { current.0 };
                if key.t_ms <= from_ms || t_ms <= from_ms as f64 {
                    return current.1;
                }
                current.1.lerp(key.colour, (t_ms - from_ms as f64) / (key.t_ms - from_ms) as f64)
            }
            _ => current.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_fades_and_holds() {
        let red = Rgb::new(255, 0, 0);
        let blue = Rgb::new(0, 0, 255);
        let program = LightProgram::from_keys(vec![
            LightKey { t_ms: 1000, colour: red, fade: false },
            LightKey { t_ms: 2000, colour: blue, fade: true },
        ])
        .unwrap();
        assert_eq!(program.sample(999.0), Rgb::BLACK);
        assert_eq!(program.sample(1000.0), red);
        assert_eq!(program.sample(1250.0), Rgb::new(191, 0, 63));
        assert_eq!(program.sample(2000.0), blue);
        assert_eq!(program.sample(1e9), blue);
    }

    #[test]
    fn first_fade_starts_at_time_zero_from_black() {
        let program = LightProgram::from_keys(vec![LightKey { t_ms: 1000, colour: Rgb::WHITE, fade: true }]).unwrap();
        assert_eq!(program.sample(-5.0), Rgb::BLACK);
        assert_eq!(program.sample(500.0), Rgb::new(127, 127, 127));
    }

    #[test]
    fn unordered_keys_are_refused() {
        let key = |t_ms| LightKey { t_ms, colour: Rgb::WHITE, fade: false };
        assert!(LightProgram::from_keys(vec![key(2), key(1)]).is_none());
    }
}

use serde::{Deserialize, Serialize};

/// One key of a yaw program.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct YawKey {
    /// When the yaw is reached, milliseconds.
    pub t_ms: i64,
    /// Degrees clockwise, seen from above, from the show's heading; not wrapped, so that 350 to 370 turns by 20.
    pub yaw_deg: f64,
}

/// Which way one vehicle looks: linear between keys, held before the first and after the last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct YawProgram {
    keys: Vec<YawKey>,
    /// `Some(offset)`: the vehicle follows its direction of flight, turned clockwise by this many degrees; the keys are
    /// then what a vehicle without that ability flies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_offset_deg: Option<f64>,
}

impl YawProgram {
    /// A program from its keys; `None` if their times do not increase strictly or a value is not finite.
    pub fn from_keys(keys: Vec<YawKey>, auto_offset_deg: Option<f64>) -> Option<Self> {
        let sorted = keys.windows(2).all(|w| w[0].t_ms < w[1].t_ms);
        let finite = keys.iter().map(|k| k.yaw_deg).chain(auto_offset_deg).all(f64::is_finite);
        (sorted && finite).then_some(Self { keys, auto_offset_deg })
    }

    /// The keys, in time order.
    pub fn keys(&self) -> &[YawKey] {
        &self.keys
    }

    /// Does the vehicle follow its direction of flight, and turned by how much?
    pub fn auto_offset_deg(&self) -> Option<f64> {
        self.auto_offset_deg
    }

    /// The yaw at a time, degrees; 0 if there are no keys.
    pub fn sample_deg(&self, t_ms: f64) -> f64 {
        let next = self.keys.partition_point(|k| k.t_ms as f64 <= t_ms);
        match (next.checked_sub(1).and_then(|i| self.keys.get(i)), self.keys.get(next)) {
            (Some(a), Some(b)) => {
                let u = (t_ms - a.t_ms as f64) / (b.t_ms - a.t_ms) as f64;
                a.yaw_deg * (1.0 - u) + b.yaw_deg * u
            }
            (Some(key), None) | (None, Some(key)) => key.yaw_deg,
            (None, None) => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaw_is_linear_between_keys_and_held_outside() {
        let key = |t_ms, yaw_deg| YawKey { t_ms, yaw_deg };
        let yaw = YawProgram::from_keys(vec![key(1000, 350.0), key(2000, 370.0)], None).unwrap();
        assert_eq!(
            [0.0, 1000.0, 1500.0, 2000.0, 9000.0].map(|t| yaw.sample_deg(t)),
            [350.0, 350.0, 360.0, 370.0, 370.0]
        );
        assert_eq!(YawProgram::from_keys(vec![key(5, 0.0), key(5, 1.0)], None), None, "times must increase");
        assert_eq!(YawProgram::from_keys(vec![key(5, f64::NAN)], None), None);
    }
}

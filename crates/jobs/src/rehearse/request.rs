use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;

/// Runs of a rehearsal, at most; those of all winds together.
pub const MAX_RUNS: u32 = 100_000;
/// Strongest mean wind, m/s: a hurricane's.
const MAX_WIND_M_S: f64 = 40.0;
/// Winds of a sweep, at most.
const MAX_WINDS: f64 = 200.0;
/// Greatest deviation of vehicles from their pads, metres.
const MAX_PLACEMENT_M: f64 = 5.0;
/// Shards of a campaign, at most.
const MAX_SHARDS: u32 = 10_000;

/// How a show is rehearsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RehearsalRequest {
    /// How often the show is flown in each wind, each time with other gusts, errors and directions of the wind.
    pub runs: u32,
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// Several winds in place of one.
    pub sweep: Option<WindSweep>,
    /// What the random numbers depend on.
    pub seed: u64,
    /// The kind of vehicle, by the name of a profile that ships with Kapok; `None`: the one nearest in mass to the show's.
    pub profile: Option<String>,
    /// Standard deviation of the vehicles' places from their pads, along x and along y, metres.
    pub placement_m: f64,
    /// With faults: the protections of crew and firmware are switched on.
    pub protections: bool,
    /// The part of the runs that is flown.
    pub shard: Shard,
}

impl Default for RehearsalRequest {
    fn default() -> Self {
        Self {
            runs: 1,
            wind_m_s: 0.0,
            sweep: None,
            seed: 0,
            profile: None,
            placement_m: 0.0,
            protections: true,
            shard: Shard::ALL,
        }
    }
}

/// Mean winds from one to another: `wind=0..14` or `wind=0..14:2`, m/s.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindSweep {
    /// The first, m/s.
    pub from_m_s: f64,
    /// The last, m/s.
    pub to_m_s: f64,
    /// From one to the next, m/s.
    pub step_m_s: f64,
}

impl FromStr for WindSweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no sweep: write wind=0..14, or wind=0..14:2 for steps of 2 m/s");
        let range = text.strip_prefix("wind=").ok_or_else(wrong)?;
        let (range, step) = range.split_once(':').unwrap_or((range, "1"));
        let (from, to) = range.split_once("..").ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
        Ok(Self { from_m_s: number(from)?, to_m_s: number(to)?, step_m_s: number(step)? })
    }
}

/// One of several parts of a campaign: `2/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// The whole.
    pub const ALL: Self = Self { number: 1, of: 1 };
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no shard: write 2/5 for the second of five");
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let parse = |text: &str| text.parse::<u32>().map_err(|_| wrong());
        Ok(Self { number: parse(number)?, of: parse(of)? })
    }
}

impl RehearsalRequest {
    /// Does it make sense?
    ///
    /// # Errors
    /// [`JobError::Setting`] for the first value that does not.
    pub(super) fn check(&self) -> Result<(), JobError> {
        let wrong = |field: &'static str, why: String| Err(JobError::Setting { field, why });
        let wind = 0.0..=MAX_WIND_M_S;
        if !(1..=MAX_RUNS).contains(&self.runs) {
            return wrong("runs", format!("is {}, but must be from 1 to {MAX_RUNS}", self.runs));
        }
        if !wind.contains(&self.wind_m_s) {
            return wrong("wind_m_s", format!("is {}, but must be a number from 0 to {MAX_WIND_M_S}", self.wind_m_s));
        }
        if !(0.0..=MAX_PLACEMENT_M).contains(&self.placement_m) {
            let why = format!("is {}, but must be a number from 0 to {MAX_PLACEMENT_M}", self.placement_m);
            return wrong("placement_m", why);
        }
        if let Some(WindSweep { from_m_s, to_m_s, step_m_s }) = self.sweep {
            if !wind.contains(&from_m_s) || !wind.contains(&to_m_s) || from_m_s > to_m_s {
                let why =
                    format!("goes from {from_m_s} to {to_m_s} m/s, but must rise, from 0 to {MAX_WIND_M_S} at most");
                return wrong("sweep", why);
            }
            if !step_m_s.is_finite() || step_m_s <= 0.0 || (to_m_s - from_m_s) / step_m_s > MAX_WINDS - 1.0 {
                let why = format!("has steps of {step_m_s} m/s, but must have 1 to {MAX_WINDS} winds");
                return wrong("sweep", why);
            }
        }
        let winds = self.winds_m_s().len() as u64;
        if u64::from(self.runs) * winds > u64::from(MAX_RUNS) {
            let why = format!("is {} in each of {winds} winds, but all together may be {MAX_RUNS}", self.runs);
            return wrong("runs", why);
        }
        let Shard { number, of } = self.shard;
        if !(1..=MAX_SHARDS).contains(&of) || !(1..=of).contains(&number) {
            let why = format!("is {}, but must be from 1/n to n/n, n at most {MAX_SHARDS}", self.shard);
            return wrong("shard", why);
        }
        Ok(())
    }

    /// The winds that are rehearsed, m/s, rising.
    pub(super) fn winds_m_s(&self) -> Vec<f64> {
        let Some(WindSweep { from_m_s, to_m_s, step_m_s }) = self.sweep else { return vec![self.wind_m_s] };
        let steps = ((to_m_s - from_m_s) / step_m_s + 1e-9).floor() as u32;
        (0..=steps).map(|k| from_m_s + f64::from(k) * step_m_s).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_and_shards_are_read_as_they_are_written() {
        let winds = |text: &str| {
            let request = RehearsalRequest { sweep: Some(text.parse().unwrap()), ..RehearsalRequest::default() };
            request.check().map(|()| request.winds_m_s()).map_err(|error| error.to_string())
        };
        assert_eq!(winds("wind=0..3").unwrap(), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(winds("wind=2..14:4").unwrap(), [2.0, 6.0, 10.0, 14.0]);
        assert_eq!(winds("wind=0..0.3:0.1").unwrap().len(), 4, "the last is in, whatever the rounding");
        assert_eq!(winds("wind=5..5").unwrap(), [5.0]);
        for (text, words) in [
            ("wind=3..1", "must rise"),
            ("wind=0..50", "from 0 to 40 at most"),
            ("wind=nan..4", "must rise"),
            ("wind=0..4:0", "must have 1 to 200 winds"),
            ("wind=0..4:nan", "must have 1 to 200 winds"),
            ("wind=0..40:0.001", "must have 1 to 200 winds"),
        ] {
            assert!(winds(text).unwrap_err().contains(words), "{text}: {:?}", winds(text));
        }
        for text in ["0..14", "wind=14", "wind=a..b", "wind=0..4:x", "rain=0..4", ""] {
            assert!(text.parse::<WindSweep>().unwrap_err().contains("write wind=0..14"), "{text}");
        }
        assert_eq!("2/5".parse(), Ok(Shard { number: 2, of: 5 }));
        for (number, of) in [(0, 5), (6, 5), (1, 0), (1, 10_001)] {
            let request = RehearsalRequest { shard: Shard { number, of }, ..RehearsalRequest::default() };
            assert!(request.check().unwrap_err().to_string().starts_with("shard is "), "{number}/{of}");
        }
        assert!("2-5".parse::<Shard>().is_err() && "-1/5".parse::<Shard>().is_err());
    }
}

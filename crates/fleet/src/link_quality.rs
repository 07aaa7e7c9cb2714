use std::str::FromStr;

use crate::fault::FleetFault;
use crate::settings::within;

/// Longest delay and jitter, milliseconds: a minute.
const MAX_DELAY_MS: f64 = 60_000.0;
/// Greatest bandwidth, bit/s.
const MAX_BANDWIDTH_BIT_S: f64 = 1e9;

/// What a link does to the packets of one vehicle and direction.
///
/// ```
/// use kapok_fleet::LinkQuality;
/// let link: LinkQuality = "loss=5%,delay=40ms,jitter=10ms,duplicates=1%,bandwidth=64kbit".parse()?;
/// assert_eq!((link.loss, link.delay_ms, link.bandwidth_bit_s), (0.05, 40.0, Some(64_000.0)));
/// assert!("loss=105%".parse::<LinkQuality>().is_err());
/// # Ok::<(), kapok_fleet::FleetFault>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkQuality {
    /// Probability that a packet is lost.
    pub loss: f64,
    /// Probability that it comes twice.
    pub duplicates: f64,
    /// Least time on the way, milliseconds.
    pub delay_ms: f64,
    /// Most that is added to it, evenly, milliseconds; more than the time between two packets changes their order.
    pub jitter_ms: f64,
    /// Bits that pass in a second; `None`: as many as there are.
    pub bandwidth_bit_s: Option<f64>,
}

impl LinkQuality {
    /// All arrives at once, once.
    pub const PERFECT: Self = Self { loss: 0.0, duplicates: 0.0, delay_ms: 0.0, jitter_ms: 0.0, bandwidth_bit_s: None };

    /// Does the link change nothing?
    pub fn is_perfect(&self) -> bool {
        *self == Self::PERFECT
    }

    pub(crate) fn checked(&self) -> Result<(), FleetFault> {
        within("link loss", self.loss, 1.0)?;
        within("link duplicates", self.duplicates, 1.0)?;
        within("link delay", self.delay_ms, MAX_DELAY_MS)?;
        within("link jitter", self.jitter_ms, MAX_DELAY_MS)?;
        match self.bandwidth_bit_s {
            Some(bit_s) if !(1.0..=MAX_BANDWIDTH_BIT_S).contains(&bit_s) => Err(FleetFault::Setting {
                field: "link bandwidth",
                why: format!("is {bit_s} bit/s, but must be from 1 to {MAX_BANDWIDTH_BIT_S}"),
            }),
            _ => Ok(()),
        }
    }
}

impl FromStr for LinkQuality {
    type Err = FleetFault;

    /// Reads `loss=5%,duplicates=1%,delay=40ms,jitter=10ms,bandwidth=64kbit`, in any order, each at most once.
    fn from_str(text: &str) -> Result<Self, FleetFault> {
        let wrong = |part: &str| FleetFault::Setting {
            field: "link",
            why: format!(
                "has the part {part:?}, but is made of loss=5%, duplicates=1%, delay=40ms, jitter=10ms and \
                 bandwidth=64kbit, with commas between them"
            ),
        };
        let mut link = Self::PERFECT;
        let mut seen = Vec::new();
        for part in text.split(',') {
            let (key, value) = part.trim().split_once('=').ok_or_else(|| wrong(part))?;
            let number = |units: &[(&str, f64)]| {
                let found = units.iter().find_map(|(unit, factor)| Some((value.strip_suffix(unit)?, factor)));
                let (digits, factor) = found.ok_or_else(|| wrong(part))?;
                digits.trim().parse::<f64>().map(|number| number * factor).map_err(|_| wrong(part))
            };
            let slot = match key {
                "loss" => &mut link.loss,
                "duplicates" => &mut link.duplicates,
                "delay" => &mut link.delay_ms,
                "jitter" => &mut link.jitter_ms,
                "bandwidth" => link.bandwidth_bit_s.insert(0.0),
                _ => return Err(wrong(part)),
            };
            *slot = match key {
                "loss" | "duplicates" => number(&[("%", 0.01)])?,
                "delay" | "jitter" => number(&[("ms", 1.0), ("s", 1000.0)])?,
                _ => number(&[("kbit", 1e3), ("Mbit", 1e6), ("bit", 1.0)])?,
            };
            if seen.contains(&key) {
                return Err(wrong(part));
            }
            seen.push(key);
        }
        link.checked()?;
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "loss",
            "loss=",
            "loss=5",
            "loss=-1%",
            "loss=nan%",
            "loss=101%",
            "delay=40",
            "delay=infms",
            "delay=2000s",
            "bandwidth=0bit",
            "bandwidth=-3kbit",
            "bandwidth=nanbit",
            "noise=3%",
            "loss=1%,loss=2%",
            "loss=1%,,delay=3ms",
        ] {
            let error = text.parse::<LinkQuality>().unwrap_err().to_string();
            assert!(error.starts_with("link"), "{text}: {error}");
        }
        let link: LinkQuality = " loss=50% , delay=0.5s,bandwidth=2Mbit".parse().unwrap();
        assert_eq!((link.loss, link.delay_ms, link.bandwidth_bit_s), (0.5, 500.0, Some(2e6)));
        assert!("loss=0%".parse::<LinkQuality>().unwrap().is_perfect());
    }
}

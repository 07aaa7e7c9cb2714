use kapok_show::Rgb;
use mavlink::dialects::ardupilotmega::{LED_CONTROL_DATA, MavMessage};

use crate::message::Message;

/// `instance` and `pattern` of the show's signals.
const SHOW: u8 = 42;
/// How long a colour without a stated time is shown, milliseconds.
const PLAIN_COLOUR_MS: u16 = 5000;

/// What a signal looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LightEffect {
    /// Ends the signal.
    Off,
    /// The colour.
    Solid,
    /// On and off.
    Blink,
    /// Up and down.
    Breathe,
}

/// Which vehicles a signal is for, among those it is addressed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LightGroup {
    /// All.
    #[default]
    All,
    /// Groups 0 to 7 by a bit each; no bit is all.
    Mask(u8),
    /// One group.
    One(u16),
}

impl LightGroup {
    /// Is the group among them?
    pub fn has(self, group: u8) -> bool {
        match self {
            Self::All | Self::Mask(0) => true,
            Self::Mask(mask) => group < 8 && mask >> group & 1 == 1,
            Self::One(index) => index == u16::from(group),
        }
    }
}

/// LED_CONTROL as shows use it.
///
/// # Source
/// show-protocol, section 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LightSignal {
    /// Five white flashes: which one is it?
    Flash(LightGroup),
    /// A colour for a time.
    Show {
        /// The colour.
        colour: Rgb,
        /// For how long, milliseconds; 0 ends the signal.
        duration_ms: u16,
        /// How.
        effect: LightEffect,
        /// For which.
        group: LightGroup,
    },
}

impl LightSignal {
    /// A colour that lasts 30 s, as the open server repeats it.
    pub fn solid(colour: Rgb) -> Self {
        Self::Show { colour, duration_ms: 30_000, effect: LightEffect::Solid, group: LightGroup::All }
    }

    /// The end of all signals.
    pub fn off() -> Self {
        Self::Show { colour: Rgb::BLACK, duration_ms: 0, effect: LightEffect::Off, group: LightGroup::All }
    }

    /// From a message; `None` if it is another one, or of a form that vehicles do not have.
    pub fn from_message(message: &MavMessage) -> Option<Self> {
        let MavMessage::LED_CONTROL(led) = message else { return None };
        if led.instance != SHOW || led.pattern != SHOW {
            return None;
        }
        let [r, g, b, t0, t1, effect, g0, g1, ..] = led.custom_bytes;
        let (colour, duration_ms) = (Rgb::new(r, g, b), u16::from_le_bytes([t0, t1]));
        let show = |duration_ms, effect, group| Some(Self::Show { colour, duration_ms, effect, group });
        let effect = match effect {
            1 => LightEffect::Solid,
            2 => LightEffect::Blink,
            3 => LightEffect::Breathe,
            _ => LightEffect::Off,
        };
        match led.custom_len {
            0 => Some(Self::Flash(LightGroup::All)),
            1 => Some(Self::Flash(LightGroup::Mask(r))),
            2 => Some(Self::Flash(LightGroup::One(u16::from_le_bytes([r, g])))),
            3 => show(PLAIN_COLOUR_MS, LightEffect::Solid, LightGroup::All),
            5 => show(duration_ms, LightEffect::Solid, LightGroup::All),
            6 => show(duration_ms, effect, LightGroup::All),
            7 => show(duration_ms, effect, LightGroup::Mask(g0)),
            8 => show(duration_ms, effect, LightGroup::One(u16::from_le_bytes([g0, g1]))),
            _ => None,
        }
    }

    /// As a message to be addressed later.
    pub fn message(&self) -> Message {
        let bytes = match *self {
            Self::Flash(LightGroup::All) => Vec::new(),
            Self::Flash(LightGroup::Mask(mask)) => vec![mask],
            Self::Flash(LightGroup::One(group)) => group.to_le_bytes().to_vec(),
            Self::Show { colour, duration_ms, effect, group } => {
                let [t0, t1] = duration_ms.to_le_bytes();
                let effect = match effect {
                    LightEffect::Off => 0,
                    LightEffect::Solid => 1,
                    LightEffect::Blink => 2,
                    LightEffect::Breathe => 3,
                };
                let mut bytes = vec![colour.r, colour.g, colour.b, t0, t1, effect];
                match group {
                    LightGroup::All => {}
                    LightGroup::Mask(mask) => bytes.push(mask),
                    LightGroup::One(group) => bytes.extend(group.to_le_bytes()),
                }
                bytes
            }
        };
        let mut custom_bytes = [0; 24];
        custom_bytes[..bytes.len()].copy_from_slice(&bytes);
        MavMessage::LED_CONTROL(LED_CONTROL_DATA {
            instance: SHOW,
            pattern: SHOW,
            custom_len: bytes.len() as u8,
            custom_bytes,
            ..LED_CONTROL_DATA::DEFAULT
        })
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_comes_back() {
        let colour = Rgb::new(255, 0, 128);
        let groups = [LightGroup::All, LightGroup::Mask(5), LightGroup::One(300)];
        let shows =
            groups.map(|group| LightSignal::Show { colour, duration_ms: 30_000, effect: LightEffect::Breathe, group });
        for signal in groups.map(LightSignal::Flash).into_iter().chain(shows) {
            let Message::Other(message) = signal.message() else { panic!() };
            assert_eq!(LightSignal::from_message(&message), Some(signal));
        }
        for custom_len in [4, 9, 24, 255] {
            let led = LED_CONTROL_DATA { instance: 42, pattern: 42, custom_len, ..LED_CONTROL_DATA::DEFAULT };
            assert_eq!(LightSignal::from_message(&MavMessage::LED_CONTROL(led)), None, "{custom_len}");
        }
    }

    #[test]
    fn masks_reach_eight_groups() {
        assert!(LightGroup::Mask(0).has(63) && LightGroup::Mask(0b100).has(2));
        assert!(!LightGroup::Mask(0b100).has(3) && !LightGroup::Mask(255).has(8));
        assert!(LightGroup::One(63).has(63) && !LightGroup::One(63).has(1));
    }
}

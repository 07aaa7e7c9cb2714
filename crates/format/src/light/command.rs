use kapok_show::Rgb;

/// Length of a tick of light programs, milliseconds.
pub const TICK_MS: i64 = 20;

pub(crate) const END: u8 = 0x00;
pub(crate) const NOP: u8 = 0x01;
pub(crate) const SLEEP: u8 = 0x02;
pub(crate) const WAIT_UNTIL: u8 = 0x03;
pub(crate) const SET_COLOR: u8 = 0x04;
pub(crate) const SET_GRAY: u8 = 0x05;
pub(crate) const SET_BLACK: u8 = 0x06;
pub(crate) const SET_WHITE: u8 = 0x07;
pub(crate) const FADE_TO_COLOR: u8 = 0x08;
pub(crate) const FADE_TO_GRAY: u8 = 0x09;
pub(crate) const FADE_TO_BLACK: u8 = 0x0a;
pub(crate) const FADE_TO_WHITE: u8 = 0x0b;
pub(crate) const LOOP_BEGIN: u8 = 0x0c;
pub(crate) const LOOP_END: u8 = 0x0d;
pub(crate) const RESET_CLOCK: u8 = 0x0e;
pub(crate) const JUMP: u8 = 0x12;
pub(crate) const TRIGGERED_JUMP: u8 = 0x13;
pub(crate) const SET_PYRO: u8 = 0x14;
pub(crate) const SET_PYRO_ALL: u8 = 0x15;

/// Deepest nesting of loops that players follow.
pub(crate) const MAX_LOOP_DEPTH: usize = 4;

/// A command that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Keep the colour.
    Sleep { ticks: u32 },
    /// Switch.
    Set { colour: Rgb, ticks: u32 },
    /// Blend.
    Fade { colour: Rgb, ticks: u32 },
}

impl Command {
    pub fn ticks(self) -> u32 {
        match self {
            Self::Sleep { ticks } | Self::Set { ticks, .. } | Self::Fade { ticks, .. } => ticks,
        }
    }

    /// Appends the shortest encoding.
    pub fn encode(self, out: &mut Vec<u8>) {
        match self {
            Self::Sleep { .. } => out.push(SLEEP),
            Self::Set { colour, .. } => encode_colour(out, colour, SET_COLOR),
            Self::Fade { colour, .. } => encode_colour(out, colour, FADE_TO_COLOR),
        }
        encode_varuint(out, self.ticks());
    }
}

/// Code and colour; the codes for gray, black and white follow the one for any colour.
fn encode_colour(out: &mut Vec<u8>, colour: Rgb, code: u8) {
    match colour {
        Rgb::BLACK => out.push(code + 2),
        Rgb::WHITE => out.push(code + 3),
        Rgb { r, g, b } if r == g && g == b => out.extend_from_slice(&[code + 1, r]),
        Rgb { r, g, b } => out.extend_from_slice(&[code, r, g, b]),
    }
}

/// Appends an unsigned number in groups of 7 bits, low group first.
pub(crate) fn encode_varuint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

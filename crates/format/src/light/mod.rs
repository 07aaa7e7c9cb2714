//! Light programs as the vehicles run them: a byte code on a clock of 20 ms.
//!
//! A program is a row of commands, each a code byte and arguments; durations are varuints (7 bits a byte, low group
//! first, at most 32 bits) in ticks of 20 ms. Set commands take effect now and last; fades run linearly from the
//! present colour; the program starts black at time 0 and its last colour holds for ever. Channels are truncated to
//! integers while fading. At the instant a fade ends the next command counts already.
//!
//! Written are only the commands every known player has (codes 00 to 0D), loops nested once. Read are these and jumps;
//! where a portable player stops (channel colours, unknown codes) the decoded program stops too, and says so.

mod command;
mod compile;
mod decode;
mod unending;

pub use command::TICK_MS;
pub(crate) use command::encode_varuint;
pub use compile::{CompiledLights, compile_lights};
pub use decode::{DecodedLights, LightNote, decode_lights, decode_lights_until};
pub(crate) use unending::{Unending, unroll};

use kapok_show::Rgb;

/// A colour of three channels for one with white light of its own: white is red, green and blue alike, none above full.
pub(crate) fn with_white(colour: Rgb, white: u8) -> Rgb {
    let [r, g, b] = [colour.r, colour.g, colour.b].map(|channel| channel.saturating_add(white));
    Rgb::new(r, g, b)
}

//! What the lights of a formation do while it stands: a base colour per point, effects that change it over time, and
//! the few keys that say so.
//!
//! The mathematics: every point has a base colour `B` (from its [`Paint`]) and every effect a level `s(t)` in 0..1 that
//! is piecewise linear in time. Bands with a colour of their own mix it into the base by `s`; every other effect
//! multiplies the brightness by `floor + (1 − floor)·s`. The program has a key wherever one of the levels bends, and the
//! vehicles fade linearly between keys.

mod bend;
mod check;
mod colour;
mod css;
mod dim;
mod effect;
mod lights;
mod lit;
mod paint;
mod program;
mod tick;

pub use check::LightsFault;
pub use colour::{BadColour, Colour};
pub use dim::dim_lamps;
pub use effect::{Bands, Effect, Pulse, Sweep, Twinkle};
pub use lights::Lights;
pub use paint::{Along, Paint};
pub use program::{MAX_KEYS_PER_S, programs};
pub use tick::LIGHT_TICK_MS;

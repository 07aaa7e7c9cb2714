mod field;
mod fix;
mod receiver;

pub use field::{GnssField, Jammer, Spoofer, Station};
pub use fix::{Fix, FixQuality};
pub use receiver::{Deception, Measurement, Receiver, Shared};
pub(crate) use receiver::{markov, normal3};

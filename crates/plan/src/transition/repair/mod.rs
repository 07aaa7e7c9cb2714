//! Detours that repair conflicts of straight ways.

mod evade;
mod relax;
mod search;
mod slow_down;
mod state;

pub use search::repaired;

//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

mod common;

mod core;
mod drills;
mod flight;
mod links;

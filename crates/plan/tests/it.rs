//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;
mod laws;
mod memory;
mod refusals;
mod return_to_home;
mod show;
mod uneven;

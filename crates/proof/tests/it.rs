//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod accidents;
#[path = "common/brute.rs"]
mod brute;
mod common;
mod effects;
mod ends;
mod falls;
mod fence_limits;
mod findings;
mod ground;
mod help;
mod laws;
mod motion;
mod mutations;
mod near_misses;
mod return_to_home;
mod safety_page;
mod site;
mod times;
mod wind;
mod windows;
mod witnesses;

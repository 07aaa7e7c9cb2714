//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]
#![allow(deprecated, reason = "as in the room: MISSION_REQUEST")]

mod common;
mod fences;
mod files;
mod golden;
mod hostile;
mod life;
mod parameters;
mod pymavlink;
mod station;

//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod live;
mod one_guard;
mod serves_one_show;
mod studio_hostile;
mod studio_replay;
mod support;

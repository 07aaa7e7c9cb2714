//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod pages;
mod pdf;
mod pdf_file;
mod rehearsal;

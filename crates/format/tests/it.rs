//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod apart;
mod crazyswarm;
mod csv_zip;
mod exports;
mod fit;
mod folder;
mod foreign_tables;
mod hostile;
mod laws;
mod one_reading;
mod second_readers;
mod skyb;
mod skyb_parts;
mod skyc_foreign;
mod skyc_round_trip;
mod support;

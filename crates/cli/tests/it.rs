//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod answers;
mod bad_input;
mod campaign;
mod check_inputs;
mod common;
mod convert;
mod demo_show;
mod diff;
mod every_certificate;
mod fleet;
mod fleet_clients;
mod flight_log;
mod help;
mod mistakes;
mod outputs;
mod outside_cases;
mod prove;
mod record_fleet;
mod rehearse;
mod render;
mod return_as_flown;
mod return_to_home;
mod sample_shows;
mod sarif;
mod streams;
mod studio;
mod terminal_text;
mod transition;
mod tutorial;
mod view;

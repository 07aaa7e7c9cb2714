//! The room through its public interface.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "what the room computes is compared with what is computed another way")]

mod controllers;
mod faults;
mod flight;
mod peers;
mod physics;
mod profiles;
mod support;
#[path = "../src/testing.rs"]
mod testing;

use kapok_sim::Airframe;

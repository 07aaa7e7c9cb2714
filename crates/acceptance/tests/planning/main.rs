//! Laws of planned shows with the proof as referee, which shares no code with the planner.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

#[path = "../../../plan/tests/common/mod.rs"]
mod common;

mod close_pads;
mod groups;
mod instances;
mod mesh_tower;
mod moving;
mod ways;

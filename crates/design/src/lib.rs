//! Show script to storyboard: what shall be shown, before it is planned how to fly it.
//!
//! Row of the architecture: **knows** the show script, formation sources, sampling, placement, light effects;
//! **imports** `show`, `motion`, `fonts`. The files a script names come through [`Assets`], which the caller gives.
//!
//! # The way of a script
//! TOML is parsed with the place of every value ([`load`]), walked along the JSON Schema that is generated from the
//! types ([`schema()`]), and read into them. Each formation's source is sampled to exactly the asked count, placed by a
//! similarity `site = centre + Rz(yaw)·Rx(pitch)·Ry(roll)·(scale·local)`, checked against fence, keep-outs, altitudes
//! and separation, and lit by piecewise linear light programs. Vehicles without a part in a scene get reserve places.
//! Meshes to keep out of become stacks of upright prisms that contain them ([`mesh`]).

pub mod formation;
pub mod light;
mod memory;
pub mod mesh;
pub mod points;
mod reading;
mod script;
mod seed;
mod starter;
mod story;
mod text_file;

pub use memory::FormationMemory;
pub use script::*;
pub use starter::{indoor_starter_script, starter_script};

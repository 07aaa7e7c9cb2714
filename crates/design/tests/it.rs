//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod foreign_svg;
mod foreign_text;
mod formation_counts;
mod formation_input;
mod formation_pictures;
mod formation_strokes;
mod formation_support;
mod listener;
mod mesh_laws;
mod script_diagnostics;
mod script_lights;
mod script_mesh;
mod script_motion;
mod script_pictures;
mod script_readability;
mod script_reserve;
mod script_robust;
mod script_schema;
mod script_shows;
mod script_sight;

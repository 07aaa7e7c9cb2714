//! Pictures, held by what is in them.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "what pictures are compared with is computed another way")]

mod cameras;
mod common;
mod encoders;
mod framing;
mod lights;
mod looks;

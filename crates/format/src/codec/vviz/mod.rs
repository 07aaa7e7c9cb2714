//! .vviz: the interchange format for visualising shows, JSON.
//!
//! # The format
//! The head states `defaultPositionRate` and `defaultColorRate` in samples a second and `timeOffsetSecs`. Each of the
//! `performances` has a home, where it is at the time offset, and a list of deltas `dx, dy, dz` (metres, each from the sample
//! before, the first from home), each with the time that it takes in `dt` seconds, one period of the rate if it is not stated.
//! Light payloads have colours `r, g, b` and, for lamps with white of its own, `w`, each held for `frames` periods of the colour
//! rate, one if not stated. Coordinates are `ogl`: x to the right, y up, z forward.
//!
//! # What the format leaves open
//! Whether colours and positions are blended between samples. The writer puts samples so that it does not matter on
//! rests (both ends of each are written); the reader takes straight lines between positions and holds colours, and says so.
//! Some programs take `frames` for the time since the colour before, and one writes z towards the audience: the reader says
//! what it takes. Nor is it said which way the optional headings `homeH` and `dh` turn: they are not written, and
//! left out with a note when read.
//!
//! # Source
//! Verge Aero, "VVIZ Format" (docs.verge.aero); Finale 3D, "Drone show file format specification (vviz)".

mod read;
mod write;

pub use read::read_vviz;
pub use write::{VvizExport, write_vviz};

pub(crate) use read::looks_like_vviz;

//! One folder a format of shows: its reader, its writer, and what only they know.

pub mod crazyswarm;
pub mod csv;
pub mod skyb;
pub mod skyb_folder;
pub mod skyc;
pub mod vviz;

//! ZIP archives: read with limits, written to the same bytes every time.

mod directory;
mod read;
mod write;

pub(crate) use read::Archive;
pub(crate) use write::{Effort, write_archive};

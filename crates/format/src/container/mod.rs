//! What holds several files: archives, folders, and a single file as a folder of one.

mod files;
pub mod zip;

pub(crate) use files::Files;

//! What holds several files: archives, folders, and a single file as a folder of one.

pub mod zip;

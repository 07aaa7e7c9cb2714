//! Which file a path means.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

/// Links followed one after the other, at most.
const MAX_LINKS: usize = 40;

/// A file, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A device, a pipe: nothing is replaced by writing to it.
    Stream,
    /// One that is there: its node, or where nodes are not told its one true path.
    #[cfg(unix)]
    Node(u64, u64),
    #[cfg(not(unix))]
    Node(PathBuf),
    /// One that is not there yet: its folder, and its name.
    New(PathBuf, OsString),
}

impl Identity {
    pub fn of(path: &Path) -> Self {
        match std::fs::metadata(path) {
            Ok(found) if is_stream(&found) => Self::Stream,
            #[cfg(unix)]
            Ok(found) => {
                use std::os::unix::fs::MetadataExt;
                Self::Node(found.dev(), found.ino())
            }
            #[cfg(not(unix))]
            Ok(_) => Self::Node(path.canonicalize().unwrap_or_else(|_| path.to_owned())),
            Err(_) => {
                let real = real(path);
                let folder = parent(&real);
                let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
                Self::New(folder, real.file_name().unwrap_or_default().to_owned())
            }
        }
    }
}

/// Neither a file nor a folder: it is written into, not replaced.
pub fn is_stream(found: &std::fs::Metadata) -> bool {
    !found.is_file() && !found.is_dir()
}

/// What a path leads to over all links, also if there is nothing yet.
pub fn real(path: &Path) -> PathBuf {
    let mut at = path.to_owned();
    for _ in 0..MAX_LINKS {
        match std::fs::read_link(&at) {
            // `join` of an absolute path is that path.
            Ok(target) => at = parent(&at).join(target),
            Err(_) => break,
        }
    }
    at
}

/// Why no file can be begun in a folder; the name of the file that was tried there is left out.
pub fn cannot_write_into(folder: &Path, error: &std::io::Error) -> anyhow::Error {
    let folder = folder.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => anyhow!("there is no folder {folder}: make it first"),
        kind => anyhow!("cannot write into the folder {folder}: {kind}"),
    }
}

/// The folder that a path names its file in.
pub fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

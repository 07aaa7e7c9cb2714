use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use super::batch::{ordinary, temporary};
use super::place::{cannot_write_into, is_stream, parent, real};
use super::unfinished::Unfinished;

/// A file that is written for a while, maybe by another program: it has a temporary name beside its own until that has ended well, and vanishes if it is
/// given up.
pub struct Reserved {
    target: PathBuf,
    file: NamedTempFile,
    unfinished: Unfinished,
}

impl Reserved {
    /// An empty file that shall have this name; a link is followed.
    ///
    /// # Errors
    /// If the folder is missing or not writable, or the path names a folder or a device.
    pub fn new(path: &Path) -> Result<Self> {
        if let Ok(found) = std::fs::metadata(path)
            && (found.is_dir() || is_stream(&found))
        {
            bail!("{} is no ordinary file, and what is written is written back and forth: give a file", path.display());
        }
        let target = real(path);
        let folder = parent(&target);
        let file = ordinary(&mut temporary()).tempfile_in(folder).map_err(|error| cannot_write_into(folder, &error))?;
        let unfinished = Unfinished::new(file.path());
        Ok(Self { target, file, unfinished })
    }

    /// Its present name.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Gives it its name, replacing what had it; its length in bytes.
    ///
    /// # Errors
    /// If it is gone or cannot be renamed.
    pub fn commit(self) -> Result<u64> {
        let Self { target, file, unfinished } = self;
        let bytes = file.path().metadata().with_context(|| format!("{} was not written", target.display()))?.len();
        file.persist(&target).with_context(|| format!("cannot write {}", target.display()))?;
        drop(unfinished);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        drop(Reserved::new(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let reserved = Reserved::new(&path).unwrap();
        std::fs::write(reserved.path(), b"film").unwrap();
        assert!(!path.exists());
        assert_eq!(reserved.commit().unwrap(), 4);
        assert_eq!(std::fs::read(&path).unwrap(), b"film");
        assert!(Reserved::new(folder.path()).is_err() && Reserved::new(&folder.path().join("no/film.mp4")).is_err());
    }
}

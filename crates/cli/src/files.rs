use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

/// Largest file that is read, bytes: above the largest show of 25,000 vehicles by far.
const MAX_INPUT_BYTES: u64 = 4 << 30;

/// A file's bytes.
///
/// # Errors
/// If it cannot be read or is larger than 4 GiB; the message names the file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_INPUT_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > MAX_INPUT_BYTES {
        bail!("{} is larger than 4 GiB, the largest file that is read", path.display());
    }
    Ok(bytes)
}

/// Files written together: each goes to a temporary name in its own folder first; only when all are complete are they
/// renamed, so that no half-written file ever carries a final name.
#[derive(Default)]
pub struct Batch {
    ready: Vec<(PathBuf, NamedTempFile)>,
}

impl Batch {
    /// Writes one file to its temporary name.
    ///
    /// # Errors
    /// If the folder is missing, not writable, or full.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut file = tempfile::Builder::new()
            .prefix(".kapok-")
            .suffix(".tmp")
            .tempfile_in(folder)
            .with_context(|| format!("cannot write into the folder {}", folder.display()))?;
        file.write_all(bytes)
            .and_then(|()| file.as_file().sync_all())
            .with_context(|| format!("cannot write {}", path.display()))?;
        self.ready.push((path.to_owned(), file));
        Ok(())
    }

    /// Gives every file its name, replacing what had it.
    ///
    /// # Errors
    /// If a file cannot be renamed; the message names it.
    pub fn commit(self) -> Result<()> {
        for (path, file) in self.ready {
            let kept = file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
            make_readable(&kept);
        }
        Ok(())
    }
}

/// Temporary files are private to their owner; shows are ordinary files.
#[cfg(unix)]
fn make_readable(file: &std::fs::File) {
    use std::os::unix::fs::PermissionsExt;
    // If the file system has no such permissions, the file is still complete.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn make_readable(_file: &std::fs::File) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_its_name_before_the_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("show.skyc");
        let mut batch = Batch::default();
        batch.add(&path, b"abc").unwrap();
        assert!(!path.exists());
        drop(batch);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "an abandoned batch leaves nothing");
        let mut batch = Batch::default();
        batch.add(&path, b"abc").unwrap();
        batch.commit().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = Batch::default().add(Path::new("/no/such/folder/x.skyc"), b"").unwrap_err();
        assert!(format!("{error:#}").contains("/no/such/folder"), "{error:#}");
    }
}

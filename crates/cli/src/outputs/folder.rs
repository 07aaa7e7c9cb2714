use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::batch::temporary;
use super::place::{cannot_write_into, parent, real};
use super::unfinished::Unfinished;

/// Only a folder that is new or empty may be filled: what stands in it would be lost or mixed with the new files.
///
/// # Errors
/// If there is a file of that name, or the folder has anything in it.
pub fn refuse_full_folder(folder: &Path) -> Result<()> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => bail!("the folder {} is not empty: give a new or an empty one", folder.display()),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("{} is no folder that can be filled", folder.display())),
    }
}

/// Writes a folder of files, whole or not at all.
///
/// # Errors
/// As [`Folder`].
pub fn write_folder(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let mut filled = Folder::new(folder)?;
    for (name, bytes) in files {
        filled.add(name, bytes)?;
    }
    filled.commit()
}

/// A folder that is filled file by file, whole or not at all: it has a temporary name beside its own until it is complete, and
/// vanishes if it is given up.
pub struct Folder {
    path: PathBuf,
    /// What stands behind a link is meant.
    place: PathBuf,
    filled: TempDir,
    unfinished: Unfinished,
}

impl Folder {
    /// An empty folder that shall have this name.
    ///
    /// # Errors
    /// If the folder is not new or empty, or the one around it is missing or not writable.
    pub fn new(folder: &Path) -> Result<Self> {
        refuse_full_folder(folder)?;
        let place = real(folder);
        let around = parent(&place);
        let filled = temporary().tempdir_in(around).map_err(|error| cannot_write_into(around, &error))?;
        let unfinished = Unfinished::new(filled.path());
        Ok(Self { path: folder.to_owned(), filled, unfinished, place })
    }

    /// Adds a file.
    ///
    /// # Errors
    /// If it cannot be written, because the disk is full or it is there.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let write = || {
            let mut file = std::fs::File::create_new(self.filled.path().join(name))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().with_context(|| format!("cannot write {}", self.path.join(name).display()))
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// If something was put there meanwhile.
    pub fn commit(self) -> Result<()> {
        let Self { path, place, filled, unfinished } = self;
        make_enterable(filled.path());
        if place.exists() {
            // Fails if something was put into it meanwhile.
            std::fs::remove_dir(&place).with_context(|| format!("cannot replace the folder {}", path.display()))?;
        }
        std::fs::rename(filled.path(), &place)
            .with_context(|| format!("cannot write the folder {}", path.display()))?;
        // It has its name now; the temporary one is not to be cleaned up.
        let _ = filled.keep();
        drop(unfinished);
        Ok(())
    }
}

#[cfg(unix)]
fn make_enterable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // If the file system has no such permissions, the folder is still complete.
    let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn make_enterable(_folder: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_filled_whole_or_not_at_all() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("show");
        let file = |name: &str| (name.to_owned(), b"abc".to_vec());
        assert!(write_folder(&folder, &[file("a"), file("no/such")]).is_err());
        assert_eq!(std::fs::read_dir(around.path()).unwrap().count(), 0, "a failed folder leaves nothing");
        std::fs::create_dir(&folder).unwrap();
        write_folder(&folder, &[file("a"), file("b")]).unwrap();
        assert_eq!(std::fs::read(folder.join("b")).unwrap(), b"abc");
        assert!(write_folder(&folder, &[file("c")]).unwrap_err().to_string().contains("not empty"));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
        assert_eq!(std::fs::read_dir(around.path()).unwrap().count(), 1);
    }
}

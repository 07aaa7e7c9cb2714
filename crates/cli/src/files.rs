use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

/// What each output is, by its ending; none may be given twice.
///
/// # Errors
/// If an ending is not among the known ones, or a path is repeated; the message names the path and the endings.
pub fn by_ending<T: Copy>(outputs: &[PathBuf], known: &[(&str, T)]) -> Result<Vec<(PathBuf, T)>> {
    let mut targets: Vec<(PathBuf, T)> = Vec::new();
    for path in outputs {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        let Some((_, target)) = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(ending)) else {
            let names: Vec<String> = known.iter().map(|(name, _)| format!(".{name}")).collect();
            bail!("{}: the ending says the format, and only {} are written", path.display(), names.join(" and "));
        };
        if targets.iter().any(|(other, _)| other == path) {
            bail!("{} is given twice", path.display());
        }
        targets.push((path.clone(), *target));
    }
    Ok(targets)
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

/// Writes a folder of files, whole or not at all: it is filled under a temporary name beside and then renamed.
///
/// # Errors
/// If the folder is not new or empty, or the one around it is missing, not writable or full.
pub fn write_folder(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    refuse_full_folder(folder)?;
    // Behind a link stands the folder that is meant.
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let around = match place.parent() {
        Some(around) if !around.as_os_str().is_empty() => around,
        _ => Path::new("."),
    };
    let filled = tempfile::Builder::new()
        .prefix(".kapok-")
        .suffix(".tmp")
        .tempdir_in(around)
        .with_context(|| format!("cannot write into the folder {}", around.display()))?;
    for (name, bytes) in files {
        let write = || {
            let mut file = std::fs::File::create_new(filled.path().join(name))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().with_context(|| format!("cannot write {}", folder.join(name).display()))?;
    }
    make_enterable(filled.path());
    if place.exists() {
        // Fails if something was put into it meanwhile.
        std::fs::remove_dir(&place).with_context(|| format!("cannot replace the folder {}", folder.display()))?;
    }
    std::fs::rename(filled.path(), &place).with_context(|| format!("cannot write the folder {}", folder.display()))?;
    // It has its name now; the temporary one is not to be cleaned up.
    let _ = filled.keep();
    Ok(())
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

    #[test]
    fn the_ending_says_the_format() {
        let of = |names: &[&str]| {
            by_ending(&names.iter().map(PathBuf::from).collect::<Vec<_>>(), &[("skyc", 'a'), ("zip", 'b')])
        };
        let good = of(&["a/b.skyc", "b.ZIP"]).unwrap();
        assert_eq!([good[0].1, good[1].1], ['a', 'b']);
        let unknown = of(&["show.vvizz"]).unwrap_err().to_string();
        assert!(unknown.contains("show.vvizz") && unknown.contains(".skyc and .zip"), "{unknown}");
        assert!(of(&["a.skyc", "a.skyc"]).unwrap_err().to_string().contains("twice"));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = Batch::default().add(Path::new("/no/such/folder/x.skyc"), b"").unwrap_err();
        assert!(format!("{error:#}").contains("/no/such/folder"), "{error:#}");
    }
}

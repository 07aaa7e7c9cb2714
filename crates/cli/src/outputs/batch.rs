use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use super::place::{cannot_write_into, is_stream, parent, real};
use super::unfinished::Unfinished;

/// Files written together: each goes to a temporary name in its own folder first; only when all are complete are they
/// renamed, so that no half-written file ever carries a final name.
///
/// A link is followed: what it leads to is replaced, the link stays. A pipe or a character device is written into; a disk,
/// a socket and a folder are refused.
#[derive(Default)]
pub struct Batch {
    ready: Vec<(PathBuf, NamedTempFile, Unfinished)>,
    streams: Vec<(PathBuf, Vec<u8>)>,
}

impl Batch {
    /// Writes one file to its temporary name.
    ///
    /// # Errors
    /// If the folder is missing, not writable, or full, or the path names nothing that can be written.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => bail!("{} is a folder, not a file to write", path.display()),
            Ok(found) if is_stream(&found) => {
                refuse_disks(path, &found)?;
                self.streams.push((path.to_owned(), bytes.to_owned()));
                return Ok(());
            }
            _ => {}
        }
        let target = real(path);
        let folder = parent(&target);
        let mut file =
            ordinary(&mut temporary()).tempfile_in(folder).map_err(|error| cannot_write_into(folder, &error))?;
        let unfinished = Unfinished::new(file.path());
        file.write_all(bytes)
            .and_then(|()| file.as_file().sync_all())
            .with_context(|| format!("cannot write {}", path.display()))?;
        self.ready.push((target, file, unfinished));
        Ok(())
    }

    /// Writes the pipes and devices, then gives every file its name, replacing what had it.
    ///
    /// # Errors
    /// If one cannot be written or renamed; the message names it.
    pub fn commit(self) -> Result<()> {
        for (path, bytes) in &self.streams {
            let write = || std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
            write().with_context(|| format!("cannot write {}", path.display()))?;
        }
        for (path, file, _) in self.ready {
            file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// What is not complete yet has such a name.
pub fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kapok-").suffix(".tmp");
    builder
}

/// Temporary files are private; these get the rights of ordinary new files, less what the user's mask forbids.
#[cfg(unix)]
pub fn ordinary<'a>(
    builder: &'a mut tempfile::Builder<'static, 'static>,
) -> &'a mut tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
pub fn ordinary<'a>(
    builder: &'a mut tempfile::Builder<'static, 'static>,
) -> &'a mut tempfile::Builder<'static, 'static> {
    builder
}

#[cfg(unix)]
fn refuse_disks(path: &Path, found: &std::fs::Metadata) -> Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let kind = found.file_type();
    if kind.is_block_device() || kind.is_socket() {
        bail!("{} is a disk or a socket: give a file, a pipe or a character device", path.display());
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_disks(_path: &Path, _found: &std::fs::Metadata) -> Result<()> {
    Ok(())
}

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

    #[cfg(unix)]
    #[test]
    fn links_stay_and_devices_are_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("there")).unwrap();
        std::fs::write(at("there/old"), b"old").unwrap();
        for (link, target) in [("a", "there/old"), ("b", "there/new"), ("c", "b")] {
            std::os::unix::fs::symlink(target, at(link)).unwrap();
        }
        for link in ["a", "c"] {
            let mut batch = Batch::default();
            batch.add(&at(link), link.as_bytes()).unwrap();
            batch.commit().unwrap();
        }
        assert_eq!(std::fs::read(at("there/old")).unwrap(), b"a");
        assert_eq!(std::fs::read(at("there/new")).unwrap(), b"c", "a link to nothing yet leads to the new file");
        assert!(["a", "b", "c"].iter().all(|link| at(link).is_symlink()));
        let null = Path::new("/dev/null");
        let mut batch = Batch::default();
        batch.add(null, b"gone").unwrap();
        batch.commit().unwrap();
        assert!(std::fs::metadata(null).unwrap().file_type().is_char_device());
        let error = Batch::default().add(folder.path(), b"").unwrap_err();
        assert!(error.to_string().contains("is a folder"), "{error}");
    }
}

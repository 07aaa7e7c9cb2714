use std::collections::{BTreeMap, BTreeSet};

use super::packet::FtpError;

/// Longest path, bytes.
const MAX_PATH_LEN: usize = 128;
/// Longest file, bytes: a .skyb holds blocks of 65,535 bytes at most, an hour's show takes about 200 kB.
const MAX_FILE_LEN: usize = 4 << 20;
/// Most files and most folders.
const MAX_ENTRIES: usize = 64;
/// Largest sum of all files, bytes.
const MAX_TOTAL_LEN: usize = 8 << 20;

/// The files of a vehicle: a small card whose names do not tell upper from lower case, like FAT.
///
/// # Guarantees
/// Bounded: paths, files, their number and their sum. What would go beyond is refused and changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileStore {
    files: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
}

/// A path as it is stored: lower case, without leading `/` or `./`.
///
/// # Errors
/// [`FtpError::NotFound`] for what no path can be.
pub(super) fn stored_path(path: &[u8]) -> Result<String, FtpError> {
    // Some clients end it with a zero.
    let path = path.split(|&b| b == 0).next().unwrap_or_default();
    let text = std::str::from_utf8(path).map_err(|_| FtpError::NotFound)?;
    let text = text.strip_prefix("./").unwrap_or(text).trim_matches('/');
    let good = text.len() <= MAX_PATH_LEN
        && text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        && text.split('/').all(|part| part != ".." && part != ".");
    if good { Ok(text.to_ascii_lowercase()) } else { Err(FtpError::NotFound) }
}

impl FileStore {
    /// A card with these folders.
    pub fn with_folders(folders: &[&str]) -> Self {
        Self { files: BTreeMap::new(), folders: folders.iter().map(|&folder| folder.to_ascii_lowercase()).collect() }
    }

    /// The content of a file.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(&stored_path(path.as_bytes()).ok()?).map(Vec::as_slice)
    }

    /// Puts a file there without the protocol.
    ///
    /// # Errors
    /// [`FtpError`] for an impossible path, or a file that does not fit.
    pub fn insert(&mut self, path: &str, bytes: &[u8]) -> Result<(), FtpError> {
        let path = stored_path(path.as_bytes())?;
        self.create(&path)?;
        self.write(&path, 0, bytes)
    }

    /// Makes a file or empties it; its folder must be there.
    pub(super) fn create(&mut self, path: &str) -> Result<(), FtpError> {
        if let Some(folder) = path.rsplit_once('/').map(|(folder, _)| folder)
            && !self.folders.contains(folder)
        {
            return Err(FtpError::NotFound);
        }
        if path.is_empty() || self.folders.contains(path) {
            return Err(FtpError::Protected);
        }
        if self.files.len() >= MAX_ENTRIES && !self.files.contains_key(path) {
            return Err(FtpError::Failed);
        }
        self.files.insert(path.to_owned(), Vec::new());
        Ok(())
    }

    /// Writes into a file; a gap before `offset` becomes zeros.
    pub(super) fn write(&mut self, path: &str, offset: u32, data: &[u8]) -> Result<(), FtpError> {
        let others: usize = self.files.iter().filter(|(name, _)| *name != path).map(|(_, f)| f.len()).sum();
        let file = self.files.get_mut(path).ok_or(FtpError::NotFound)?;
        let start = offset as usize;
        let end = start + data.len();
        if end > MAX_FILE_LEN || others + end > MAX_TOTAL_LEN {
            return Err(FtpError::Failed);
        }
        if file.len() < end {
            file.resize(end, 0);
        }
        file[start..end].copy_from_slice(data);
        Ok(())
    }

    pub(super) fn truncate(&mut self, path: &str, len: u32) -> Result<(), FtpError> {
        let file = self.files.get_mut(path).ok_or(FtpError::NotFound)?;
        file.truncate(len as usize);
        Ok(())
    }

    pub(crate) fn remove(&mut self, path: &str) -> Result<(), FtpError> {
        self.files.remove(path).map(|_| ()).ok_or(FtpError::NotFound)
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> Result<(), FtpError> {
        if !self.files.contains_key(from) {
            return Err(FtpError::NotFound);
        }
        if self.files.contains_key(to) {
            return Err(FtpError::Exists);
        }
        self.create(to)?;
        if let Some(bytes) = self.files.remove(from) {
            self.files.insert(to.to_owned(), bytes);
        }
        Ok(())
    }

    pub(super) fn make_folder(&mut self, path: &str) -> Result<(), FtpError> {
        if self.folders.contains(path) || self.files.contains_key(path) {
            return Err(FtpError::Exists);
        }
        if path.is_empty() || self.folders.len() >= MAX_ENTRIES {
            return Err(FtpError::Failed);
        }
        self.folders.insert(path.to_owned());
        Ok(())
    }

    pub(super) fn remove_folder(&mut self, path: &str) -> Result<(), FtpError> {
        if self.files.keys().any(|file| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))) {
            return Err(FtpError::Failed);
        }
        if self.folders.remove(path) { Ok(()) } else { Err(FtpError::NotFound) }
    }

    /// The names in a folder as LIST sends them: `D` and the name, or `F`, the name, a tab and the length.
    pub(super) fn list(&self, folder: &str) -> Result<Vec<String>, FtpError> {
        if !folder.is_empty() && !self.folders.contains(folder) {
            return Err(FtpError::NotFound);
        }
        let inside = |path: &str| -> Option<String> {
            let name = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
            (!name.contains('/')).then(|| name.to_owned())
        };
        let folders = self.folders.iter().filter_map(|path| inside(path)).map(|name| format!("D{name}"));
        let files =
            self.files.iter().filter_map(|(path, bytes)| inside(path).map(|name| format!("F{name}\t{}", bytes.len())));
        Ok(folders.chain(files).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_one_file_in_any_spelling() {
        let mut store = FileStore::with_folders(&["COLLMOT"]);
        store.insert("/collmot/show.skyb", b"abc").unwrap();
        assert_eq!(store.file("./COLLMOT/Show.skyb"), Some(&b"abc"[..]));
        assert_eq!(store.insert("elsewhere/x", b""), Err(FtpError::NotFound));
        for bad in ["../x", "a/../b", "a\u{7f}", "\u{e9}"] {
            assert_eq!(store.insert(bad, b""), Err(FtpError::NotFound), "{bad}");
        }
        assert_eq!(store.list("").unwrap(), ["Dcollmot"]);
        assert_eq!(store.list("collmot").unwrap(), ["Fshow.skyb\t3"]);
    }

    #[test]
    fn the_card_is_finite() {
        let mut store = FileStore::default();
        store.create("a").unwrap();
        assert_eq!(store.write("a", u32::MAX, &[1]), Err(FtpError::Failed));
        assert_eq!(store.file("a").unwrap().len(), 0, "refused without a change");
        assert_eq!(store.write("a", 5, &[1]), Ok(()));
        assert_eq!(store.file("a").unwrap(), [0, 0, 0, 0, 0, 1]);
        for i in 1..MAX_ENTRIES {
            store.create(&format!("f{i}")).unwrap();
        }
        assert_eq!(store.create("one more"), Err(FtpError::Failed));
        assert_eq!(store.create("a"), Ok(()), "emptied, not added");
    }
}

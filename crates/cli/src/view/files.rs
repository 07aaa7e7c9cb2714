//! The files of a script that is watched: itself, and what it names.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use kapok_certify::read_file;
use kapok_design::{AssetError, AssetFolder, Assets};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// A script, and the folders in which it and its art stand.
///
/// Folders are watched, not files: editors write a new file and rename it. Whether something changed is told by content, so that
/// what else happens in these folders is nothing.
pub struct ScriptFiles {
    path: PathBuf,
    assets: AssetFolder,
    folder: PathBuf,
    /// What the script named when it was last read, and the folders outside its own that it listed.
    named: BTreeSet<(String, Vec<String>)>,
    content: Option<u64>,
    watched: BTreeSet<PathBuf>,
    watcher: Option<RecommendedWatcher>,
}

/// Reads files of a folder and notes which.
struct Noted<'a> {
    folder: &'a AssetFolder,
    named: Mutex<BTreeSet<(String, Vec<String>)>>,
}

impl Noted<'_> {
    fn note(&self, name: String, folders: &[String]) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert((name, folders.to_vec()));
    }
}

impl Assets for Noted<'_> {
    fn read(&self, path: &str, folders: &[String]) -> Result<Vec<u8>, AssetError> {
        self.note(path.to_owned(), folders);
        self.folder.read(path, folders)
    }

    fn list(&self, folder: &str, folders: &[String]) -> Result<Vec<String>, AssetError> {
        // As a file of the folder, which need not be there: so the folder is watched.
        self.note(format!("{folder}/"), folders);
        self.folder.list(folder, folders)
    }
}

impl ScriptFiles {
    /// The script at this path.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn new(path: &Path) -> Result<Self> {
        read_file(path)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        Ok(Self {
            path: path.to_owned(),
            assets: AssetFolder::new(folder.clone()),
            folder,
            named: BTreeSet::new(),
            content: None,
            watched: BTreeSet::new(),
            watcher: None,
        })
    }

    /// What messages call it.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Calls back whenever something may have changed.
    ///
    /// # Errors
    /// If the system watches nothing, or no more.
    pub fn watch(&mut self, changed: impl Fn() + Send + 'static) -> Result<()> {
        let told = move |event: notify::Result<Event>| {
            // To read a file is no change; an error may hide one.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                changed();
            }
        };
        self.watcher = Some(notify::recommended_watcher(told).context("the system does not watch files")?);
        self.watch_folder(&self.folder.clone())
    }

    fn watch_folder(&mut self, folder: &Path) -> Result<()> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        if folder.is_dir() && self.watched.insert(folder.to_owned()) {
            let watched = watcher.watch(folder, RecursiveMode::NonRecursive);
            watched.with_context(|| format!("cannot watch the folder {}", folder.display()))?;
        }
        Ok(())
    }

    /// The script's bytes, if they or those of a file that it names have changed since the last time.
    ///
    /// # Errors
    /// If the script cannot be read.
    pub fn changed(&mut self) -> Result<Option<Vec<u8>>> {
        let bytes = read_file(&self.path)?;
        let content = self.content_of(&bytes);
        let is_new = self.content.replace(content) != Some(content);
        Ok(is_new.then_some(bytes))
    }

    fn content_of(&self, script: &[u8]) -> u64 {
        let mut all = DefaultHasher::new();
        script.hash(&mut all);
        for (name, folders) in &self.named {
            match name.strip_suffix('/') {
                Some(folder) => self.assets.list(folder, folders).map_err(|e| e.to_string()).hash(&mut all),
                None => self.assets.read(name, folders).map_err(|e| e.to_string()).hash(&mut all),
            }
        }
        all.finish()
    }

    /// Lets `read` read the script's files, and watches from now on what it read. `script` are the bytes of the script.
    ///
    /// # Errors
    /// If a folder cannot be watched; what was read is in the error's place lost.
    pub fn reading<T>(&mut self, script: &[u8], read: impl FnOnce(&(dyn Assets + Sync)) -> T) -> Result<T> {
        let noted = Noted { folder: &self.assets, named: Mutex::default() };
        let value = read(&noted);
        self.named = noted.named.into_inner().unwrap_or_else(PoisonError::into_inner);
        let folders: Vec<PathBuf> =
            self.named.iter().filter_map(|(name, _)| Some(self.folder.join(name).parent()?.to_owned())).collect();
        let listed = self.named.iter().filter(|(name, _)| name.ends_with('/'));
        let listed = listed.map(|(name, _)| self.folder.join(name)).collect();
        for folder in [folders, listed].concat() {
            self.watch_folder(&folder)?;
        }
        // What is named may be another than before: the next comparison is with what was read now.
        self.content = Some(self.content_of(script));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_by_content_of_the_script_and_of_what_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("show.toml"), "one").unwrap();
        std::fs::write(at("a.svg"), "art").unwrap();
        let mut files = ScriptFiles::new(&at("show.toml")).unwrap();
        let script = files.changed().unwrap().unwrap();
        files.reading(&script, |assets| assets.read("a.svg", &[]).unwrap()).unwrap();
        assert_eq!(files.changed().unwrap(), None, "nothing changed");
        std::fs::write(at("other.svg"), "not named").unwrap();
        assert_eq!(files.changed().unwrap(), None, "the script does not name it");
        std::fs::write(at("new"), "other art").unwrap();
        std::fs::rename(at("new"), at("a.svg")).unwrap();
        assert_eq!(files.changed().unwrap().as_deref(), Some(&b"one"[..]), "replaced by a rename");
        std::fs::write(at("show.toml"), "two").unwrap();
        assert_eq!(files.changed().unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(files.changed().unwrap(), None);
    }

    #[test]
    fn a_file_that_is_missing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("show.toml"), "one").unwrap();
        let mut files = ScriptFiles::new(&folder.path().join("show.toml")).unwrap();
        let script = files.changed().unwrap().unwrap();
        files.reading(&script, |assets| assert!(assets.read("art/late.svg", &[]).is_err())).unwrap();
        assert_eq!(files.changed().unwrap(), None);
        std::fs::create_dir(folder.path().join("art")).unwrap();
        std::fs::write(folder.path().join("art/late.svg"), "art").unwrap();
        assert!(files.changed().unwrap().is_some());
    }
}

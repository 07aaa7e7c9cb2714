use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Largest file a script may name, bytes.
pub const MAX_ASSET_BYTES: u64 = 32 << 20;

/// Where the files come from that a script names. The only input besides the script's text.
pub trait Assets {
    /// The bytes of a file, its path relative to the script, written with `/`. `folders` are those outside the script's own
    /// that it may name.
    ///
    /// # Errors
    /// [`AssetError`], which says why to the person who wrote the script.
    fn read(&self, path: &str, folders: &[String]) -> Result<Vec<u8>, AssetError>;

    /// The names of the files in a folder, sorted, without those of folders in it; at most [`MAX_LISTED_FILES`]. `folders` as
    /// in [`Self::read`].
    ///
    /// # Errors
    /// [`AssetError`].
    fn list(&self, folder: &str, folders: &[String]) -> Result<Vec<String>, AssetError>;
}

/// Most files of a folder that are looked at.
pub const MAX_LISTED_FILES: usize = 10_000;

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssetError {
    /// There is no such file.
    #[error("there is no file \"{path}\"{}", .folder.as_ref().map_or(String::new(), |folder| format!(" in {folder}")))]
    Missing {
        /// The path as written.
        path: String,
        /// Where it was looked for.
        folder: Option<String>,
    },
    /// The path leads out of the script's folder, and into none that it lists.
    #[error("the path \"{path}\" leads out of the script's folder")]
    Outside {
        /// The path as written.
        path: String,
    },
    /// The file is too large.
    #[error("the file \"{path}\" is larger than {MAX_ASSET_BYTES} bytes")]
    TooLarge {
        /// The path as written.
        path: String,
    },
    /// The folder has too many files.
    #[error("the folder \"{path}\" has more than {MAX_LISTED_FILES} files")]
    TooMany {
        /// The path as written.
        path: String,
    },
    /// The operating system says no.
    #[error("the file \"{path}\" cannot be read: {why}")]
    Unreadable {
        /// The path as written.
        path: String,
        /// What the system said.
        why: String,
    },
}

/// Files below a folder, usually that of the script. Paths that lead out of it are refused, but those into a folder that the
/// script lists.
#[derive(Clone, Debug)]
pub struct AssetFolder {
    folder: PathBuf,
}

impl AssetFolder {
    /// The files below `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }
}

impl AssetFolder {
    fn inside(&self, path: &str, folders: &[String]) -> Result<PathBuf, AssetError> {
        let stays =
            |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        // By what is written, so that a listed folder opens nothing beside it.
        let is_folder = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::ParentDir);
        let listed = |folder: &String| {
            Path::new(folder).components().any(is_folder) && Path::new(path).strip_prefix(folder).is_ok_and(stays)
        };
        let inside = stays(Path::new(path)) || folders.iter().any(listed);
        if inside { Ok(self.folder.join(path)) } else { Err(AssetError::Outside { path: path.into() }) }
    }

    fn unreadable(&self, path: &str, error: &std::io::Error) -> AssetError {
        if error.kind() == std::io::ErrorKind::NotFound {
            let folder = self.folder.display().to_string();
            AssetError::Missing { path: path.into(), folder: (!folder.is_empty()).then_some(folder) }
        } else {
            AssetError::Unreadable { path: path.into(), why: error.to_string() }
        }
    }
}

impl Assets for AssetFolder {
    fn read(&self, path: &str, folders: &[String]) -> Result<Vec<u8>, AssetError> {
        let at = self.inside(path, folders)?;
        let unreadable = |error: std::io::Error| self.unreadable(path, &error);
        let file = std::fs::File::open(at).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_ASSET_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_ASSET_BYTES { Err(AssetError::TooLarge { path: path.into() }) } else { Ok(bytes) }
    }

    fn list(&self, folder: &str, folders: &[String]) -> Result<Vec<String>, AssetError> {
        let at = self.inside(folder, folders)?;
        let unreadable = |error: std::io::Error| self.unreadable(folder, &error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(at).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if names.len() == MAX_LISTED_FILES {
                return Err(AssetError::TooMany { path: folder.into() });
            }
            if !entry.file_type().map_err(unreadable)?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Files in memory, by path.
impl Assets for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str, _folders: &[String]) -> Result<Vec<u8>, AssetError> {
        self.get(path).cloned().ok_or_else(|| AssetError::Missing { path: path.into(), folder: None })
    }

    fn list(&self, folder: &str, _folders: &[String]) -> Result<Vec<String>, AssetError> {
        let start = format!("{}/", folder.trim_end_matches('/'));
        let names = self.keys().filter_map(|path| path.strip_prefix(&start)).filter(|name| !name.contains('/'));
        let names: Vec<String> = names.take(MAX_LISTED_FILES + 1).map(str::to_owned).collect();
        match names.len() {
            0 => Err(AssetError::Missing { path: folder.into(), folder: None }),
            count if count > MAX_LISTED_FILES => Err(AssetError::TooMany { path: folder.into() }),
            _ => Ok(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_readers_inside() {
        let folder = AssetFolder::new(env!("CARGO_MANIFEST_DIR"));
        assert!(folder.read("Cargo.toml", &[]).is_ok());
        assert!(folder.read("./src/lib.rs", &[]).is_ok());
        for outside in ["../show/Cargo.toml", "/etc/hostname", "src/../../show/Cargo.toml"] {
            assert!(matches!(folder.read(outside, &[]), Err(AssetError::Outside { .. })), "{outside}");
        }
        assert!(matches!(folder.read("nothing.svg", &[]), Err(AssetError::Missing { .. })));
        assert!(matches!(folder.read("src", &[]), Err(AssetError::Unreadable { .. })));
        assert_eq!(folder.list("src/script/walk", &[]).unwrap(), ["expect.rs", "mod.rs", "names.rs", "number.rs"]);
        assert!(!folder.list("src", &[]).unwrap().contains(&"script".to_owned()), "folders are no files");
        assert!(matches!(folder.list("../show", &[]), Err(AssetError::Outside { .. })));
        assert!(matches!(folder.list("nothing", &[]), Err(AssetError::Missing { .. })));
    }

    #[test]
    fn a_listed_folder_opens_what_is_in_it_and_nothing_else() {
        let folder = AssetFolder::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
        let listed = |folders: &[&str], path: &str| {
            let folders: Vec<String> = folders.iter().map(|f| (*f).to_owned()).collect();
            folder.read(path, &folders).is_ok()
        };
        assert!(!listed(&[], "../Cargo.toml") && !listed(&["../tests"], "../Cargo.toml"));
        assert!(listed(&[".."], "../Cargo.toml") && listed(&["../assets", "../"], "../Cargo.toml"));
        assert!(
            listed(&["../../show"], "../../show/Cargo.toml") && listed(&["../../show/"], "../../show/./Cargo.toml")
        );
        for path in
            ["../../show/../plan/Cargo.toml", "../../show-script/Cargo.toml", "../../plan/Cargo.toml", "/etc/hostname"]
        {
            assert!(!listed(&["../../show", "", "/", "."], path), "{path}");
        }
        assert!(folder.list("../tests", &["../tests".to_owned()]).is_ok());
    }
}

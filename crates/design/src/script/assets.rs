use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Largest file a script may name, bytes.
pub const MAX_ASSET_BYTES: u64 = 32 << 20;

/// Where the files come from that a script names. The only input besides the script's text.
pub trait Assets {
    /// The bytes of a file, its path relative to the script, written with `/`.
    ///
    /// # Errors
    /// [`AssetError`], which says why to the person who wrote the script.
    fn read(&self, path: &str) -> Result<Vec<u8>, AssetError>;
}

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
    /// The path leads out of the script's folder.
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
    /// The operating system says no.
    #[error("the file \"{path}\" cannot be read: {why}")]
    Unreadable {
        /// The path as written.
        path: String,
        /// What the system said.
        why: String,
    },
}

/// Files below a folder, usually that of the script. Paths that lead out of it are refused.
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

impl Assets for AssetFolder {
    fn read(&self, path: &str) -> Result<Vec<u8>, AssetError> {
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Err(AssetError::Outside { path: path.into() });
        }
        let unreadable = |error: std::io::Error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                let folder = self.folder.display().to_string();
                AssetError::Missing { path: path.into(), folder: (!folder.is_empty()).then_some(folder) }
            } else {
                AssetError::Unreadable { path: path.into(), why: error.to_string() }
            }
        };
        let file = std::fs::File::open(self.folder.join(path)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_ASSET_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_ASSET_BYTES { Err(AssetError::TooLarge { path: path.into() }) } else { Ok(bytes) }
    }
}

/// Files in memory, by path.
impl Assets for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str) -> Result<Vec<u8>, AssetError> {
        self.get(path).cloned().ok_or_else(|| AssetError::Missing { path: path.into(), folder: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_readers_inside() {
        let folder = AssetFolder::new(env!("CARGO_MANIFEST_DIR"));
        assert!(folder.read("Cargo.toml").is_ok());
        assert!(folder.read("./src/lib.rs").is_ok());
        for outside in ["../show/Cargo.toml", "/etc/hostname", "src/../../show/Cargo.toml"] {
            assert!(matches!(folder.read(outside), Err(AssetError::Outside { .. })), "{outside}");
        }
        assert!(matches!(folder.read("nothing.svg"), Err(AssetError::Missing { .. })));
        assert!(matches!(folder.read("src"), Err(AssetError::Unreadable { .. })));
    }
}

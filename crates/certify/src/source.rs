use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use kapok_format::{
    Decoded, ReadBounds, ReadError, SITE_FILE_NAME, content_sha256, folder_sha256, read_folder, read_skyb_as,
};

use crate::certificate::FileId;
use crate::error::SourceError;
use crate::options::Options;

/// Largest file that is read, bytes: above the largest show of 25,000 vehicles by far.
const MAX_INPUT_BYTES: u64 = 4 << 30;

/// The bytes of a show, before anything makes sense of them: one file, or the files of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    id: FileId,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    File(Arc<Vec<u8>>),
    /// Name and bytes of each file that belongs to the show; how many other entries there are.
    Folder(Vec<(String, Vec<u8>)>, usize),
}

impl Source {
    /// One file.
    pub fn file(name: impl Into<String>, bytes: impl Into<Arc<Vec<u8>>>) -> Self {
        let bytes = bytes.into();
        let id = FileId { name: name.into(), sha256: content_sha256(&bytes), bytes: bytes.len() as u64 };
        Self { id, content: Content::File(bytes) }
    }

    /// The files of a folder that belong to a show, name and bytes each: one .skyb a vehicle with the site file, or one
    /// CSV a vehicle.
    pub fn folder(name: impl Into<String>, files: Vec<(String, Vec<u8>)>) -> Self {
        Self::of_folder(name.into(), files, 0)
    }

    fn of_folder(name: String, files: Vec<(String, Vec<u8>)>, others: usize) -> Self {
        let bytes = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        let id = FileId { name, sha256: folder_sha256(&files), bytes };
        Self { id, content: Content::Folder(files, others) }
    }

    /// Loads a file, or the files of a folder that belong to a show.
    ///
    /// # Errors
    /// If it cannot be read or is too large, or a folder holds nothing of a show; the message names the path.
    pub fn load(path: &Path) -> Result<Self, SourceError> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() { load_folder(path, name) } else { Ok(Self::file(name, read_file(path)?)) }
    }

    /// Name, hash and size.
    pub const fn id(&self) -> &FileId {
        &self.id
    }

    /// The same bytes under another name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.id.name);
        self
    }

    /// Makes a show of the bytes. Where the options replace limits, those of the file need not make sense yet.
    ///
    /// # Errors
    /// What the reader of the format says; a limit that makes no sense, where none is replaced.
    pub fn decode(&self, options: &Options) -> Result<Decoded, ReadError> {
        let limits = ReadBounds::default();
        let decoded = match &self.content {
            Content::File(bytes) if bytes.starts_with(b"skyb") => {
                read_skyb_as(bytes, &self.id.name, options.rth_layout, &limits)
            }
            Content::File(bytes) => kapok_format::read(bytes, &self.id.name, &limits),
            Content::Folder(files, others) => {
                let mut decoded = read_folder(files, &self.id.name, options.rth_layout, &limits)?;
                if *others > 0 {
                    let note = format!("{others} other files and folders in the folder were left out");
                    decoded.notes.push(note.clone());
                    decoded.left_out.push(note);
                }
                Ok(decoded)
            }
        }?;
        match &decoded.limits_from_file.illegal {
            Some(illegal) if options.limits.is_empty() => Err(illegal.error.clone()),
            _ => Ok(decoded),
        }
    }
}

/// A file's bytes.
///
/// # Errors
/// If it cannot be read or is larger than 4 GiB; the message names the file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, SourceError> {
    let io = |what| move |source| SourceError::Io { what, path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(io("open"))?;
    let mut bytes = Vec::new();
    file.take(MAX_INPUT_BYTES + 1).read_to_end(&mut bytes).map_err(io("read"))?;
    if bytes.len() as u64 > MAX_INPUT_BYTES {
        return Err(SourceError::FileTooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}

fn ends_with(file: &str, ending: &str) -> bool {
    Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

fn load_folder(path: &Path, name: String) -> Result<Source, SourceError> {
    let io = |what| move |source| SourceError::Io { what, path: path.to_owned(), source };
    let most = ReadBounds::default().max_members;
    let mut names = Vec::new();
    let mut others = 0;
    for entry in std::fs::read_dir(path).map_err(io("open the folder"))? {
        let entry = entry.map_err(io("read the folder"))?;
        if names.len() + others > most {
            return Err(SourceError::TooManyFiles { path: path.to_owned(), most });
        }
        let file = entry.file_name().into_string().map_err(|_| SourceError::Name { path: entry.path() })?;
        names.push(file);
    }
    names.sort();
    let is_skyb = names.iter().any(|file| ends_with(file, "skyb"));
    let mut files = Vec::new();
    let mut total = 0;
    for file in names {
        let wanted = if is_skyb { ends_with(&file, "skyb") || file == SITE_FILE_NAME } else { ends_with(&file, "csv") };
        if !wanted {
            others += 1;
            continue;
        }
        let bytes = read_file(&path.join(&file))?;
        total += bytes.len() as u64;
        if total > MAX_INPUT_BYTES {
            return Err(SourceError::FolderTooLarge { path: path.to_owned() });
        }
        files.push((file, bytes));
    }
    if files.is_empty() {
        return Err(SourceError::NoShow { path: path.to_owned() });
    }
    Ok(Source::of_folder(name, files, others))
}

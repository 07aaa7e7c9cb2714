use std::borrow::Cow;
use std::collections::BTreeMap;

use super::zip::Archive;
use crate::text::json::text_of;
use crate::{Place, ReadError};

/// The files of a show, wherever they stand.
pub(crate) enum Files<'a> {
    Archive(&'a Archive<'a>),
    Folder(BTreeMap<&'a str, &'a [u8]>),
    /// One file that is a vehicle, whatever its name.
    Single(&'a str, &'a [u8]),
}

impl<'a> Files<'a> {
    /// The files of a folder, name and bytes each.
    pub fn of_folder(files: &'a [(String, Vec<u8>)]) -> Self {
        Self::Folder(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect())
    }

    pub fn names(&self) -> Vec<&'a str> {
        match self {
            Self::Archive(archive) => archive.members().map(|(name, _)| name).collect(),
            Self::Folder(files) => files.keys().copied().collect(),
            Self::Single(name, _) => vec![name],
        }
    }

    pub fn place(&self) -> Place {
        let whole = match self {
            Self::Archive(_) => "the archive",
            Self::Folder(_) => "the folder",
            Self::Single(name, _) => name,
        };
        Place::in_member(whole, "")
    }

    /// The text of a file.
    pub fn text(&self, name: &str) -> Result<Cow<'a, str>, ReadError> {
        let bytes = match self {
            Self::Archive(archive) => return archive.read_text(name).map(Cow::Owned),
            Self::Folder(files) => files.get(name).copied(),
            Self::Single(_, bytes) => Some(*bytes),
        };
        text_of(bytes.unwrap_or_default(), || Place::in_member(name, "")).map(Cow::Borrowed)
    }
}

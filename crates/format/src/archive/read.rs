use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::error::shortened;
use crate::{Place, ReadError, ReadLimits};

/// Content below this size is not looked at for its compression ratio.
const RATIO_FLOOR_BYTES: u64 = 16 << 20;

/// An opened archive. Names are only keys here: nothing is ever written to a disk, so `../..` leads nowhere.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Index and declared size of each member; directories left out.
    members: BTreeMap<String, (usize, u64)>,
    max_member_bytes: u64,
}

fn damaged(member: &str, fault: impl std::fmt::Display) -> ReadError {
    ReadError::Damaged { place: Place::in_member(member, ""), fault: shortened(&fault.to_string()) }
}

impl<'a> Archive<'a> {
    /// Opens an archive and checks its directory: number of members, sizes as declared, repeated names, overlaps.
    ///
    /// # Errors
    /// [`ReadError::Damaged`], [`ReadError::OverLimit`], [`ReadError::BadValue`].
    pub fn open(bytes: &'a [u8], limits: &ReadLimits) -> Result<Self, ReadError> {
        const WHOLE: &str = "the archive";
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(WHOLE, e))?;
        let over = |what, value: u64, limit: u64, field| {
            Err(ReadError::OverLimit { place: Place::in_member(WHOLE, ""), what, value, limit, field })
        };
        if zip.len() > limits.max_members {
            return over("the number of members", zip.len() as u64, limits.max_members as u64, "max_members");
        }
        if zip.has_duplicate_names() {
            return Err(ReadError::BadValue {
                place: Place::in_member(WHOLE, "directory"),
                value: "one member name".into(),
                why: "occurs twice, and programs differ in which of the two they take".into(),
                remedy: "remove one of them",
            });
        }
        let mut members = BTreeMap::new();
        let mut total: u64 = 0;
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index).map_err(|e| damaged(WHOLE, e))?;
            let name = file.name().map_err(|e| damaged(WHOLE, e))?.into_owned();
            total = total.saturating_add(file.size());
            if !file.is_dir() {
                members.insert(name, (index, file.size()));
            }
        }
        if total > limits.max_total_bytes {
            return over("the decompressed size in bytes", total, limits.max_total_bytes, "max_total_bytes");
        }
        let ratio = total / (bytes.len() as u64).max(1);
        if total > RATIO_FLOOR_BYTES && ratio > limits.max_compression_ratio {
            return over(
                "the compression ratio (a ZIP bomb?)",
                ratio,
                limits.max_compression_ratio,
                "max_compression_ratio",
            );
        }
        if zip.has_overlapping_entries().map_err(|e| damaged(WHOLE, e))? {
            return Err(damaged(WHOLE, "members overlap each other, as ZIP bombs do"));
        }
        Ok(Self { zip, members, max_member_bytes: limits.max_member_bytes })
    }

    /// Names and declared sizes of all members, in alphabetical order.
    pub fn members(&self) -> impl Iterator<Item = (&str, u64)> {
        self.members.iter().map(|(name, &(_, size))| (name.as_str(), size))
    }

    /// Declared size of a member, if there is such a member.
    pub fn size_of(&self, name: &str) -> Option<u64> {
        self.members.get(name).map(|&(_, size)| size)
    }

    /// The content of a member; checked against its declared size and its checksum.
    ///
    /// # Errors
    /// [`ReadError::Missing`], [`ReadError::OverLimit`], [`ReadError::Damaged`].
    pub fn read(&self, name: &str) -> Result<Vec<u8>, ReadError> {
        let Some(&(index, size)) = self.members.get(name) else {
            return Err(ReadError::Missing {
                place: Place::in_member("the archive", ""),
                what: format!("member \"{}\"", shortened(name)),
                remedy: "export the file again",
            });
        };
        if size > self.max_member_bytes {
            return Err(ReadError::OverLimit {
                place: Place::in_member(name, ""),
                what: "the decompressed size in bytes",
                value: size,
                limit: self.max_member_bytes,
                field: "max_member_bytes",
            });
        }
        let mut zip = self.zip.clone();
        let file = zip.by_index(index).map_err(|e| damaged(name, e))?;
        // The declared size is a claim: memory grows with what really comes, and never past the claim.
        let mut content = Vec::with_capacity(size.min(1 << 20) as usize);
        file.take(size.saturating_add(1)).read_to_end(&mut content).map_err(|e| damaged(name, e))?;
        if content.len() as u64 != size {
            return Err(damaged(
                name,
                format!("the directory states {size} bytes, but the member holds another number"),
            ));
        }
        Ok(content)
    }

    /// The content of a member as text.
    ///
    /// # Errors
    /// As [`Self::read`], and [`ReadError::Damaged`] if it is not UTF-8. A byte order mark is removed.
    pub fn read_text(&self, name: &str) -> Result<String, ReadError> {
        let mut text = String::from_utf8(self.read(name)?)
            .map_err(|e| damaged(name, format!("the text is not UTF-8 at byte {}", e.utf8_error().valid_up_to())))?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok(text)
    }
}

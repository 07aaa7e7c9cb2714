use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use zip::ZipArchive;

use super::directory::{Entry, directory};
use crate::error::shortened;
use crate::text::json::text_of;
use crate::{Place, ReadBounds, ReadError};

/// Content below this size is not looked at for its compression ratio.
const RATIO_FLOOR_BYTES: u64 = 16 << 20;

/// An opened archive. Names are only keys here: nothing is ever written to a disk, so `../..` leads nowhere.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// The members; folders left out.
    members: BTreeMap<String, Member>,
    max_member_bytes: u64,
}

/// What the directory says of a member, and whether it was read.
struct Member {
    index: usize,
    size: u64,
    is_read: AtomicBool,
}

fn damaged(member: &str, fault: impl std::fmt::Display) -> ReadError {
    ReadError::Damaged { place: Place::in_member(member, ""), fault: shortened(&fault.to_string()) }
}

impl<'a> Archive<'a> {
    /// Opens an archive and checks its directory: it can be read in one way only, and stays within the limits.
    ///
    /// # Errors
    /// [`ReadError::Damaged`], [`ReadError::OverLimit`], [`ReadError::BadValue`].
    pub fn open(bytes: &'a [u8], bounds: &ReadBounds) -> Result<Self, ReadError> {
        const WHOLE: &str = "the archive";
        let over = |what, value: u64, limit: u64, field| {
            Err(ReadError::OverLimit { place: Place::in_member(WHOLE, ""), what, value, limit, field })
        };
        let entries = directory(bytes, bounds)?;
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(WHOLE, e))?;
        let mut members = BTreeMap::new();
        let mut total: u64 = 0;
        for (index, Entry { name, size }) in entries.iter().enumerate() {
            // The library that unpacks is one more reader of the directory: it must see the same.
            let file = zip.by_index_raw(index).map_err(|e| damaged(WHOLE, e))?;
            if file.name().ok().as_deref() != Some(name) || file.size() != *size {
                return Err(damaged(name, "the directory can be read in two ways"));
            }
            total = total.saturating_add(*size);
            if !name.ends_with('/') {
                members.insert(name.clone(), Member { index, size: *size, is_read: AtomicBool::new(false) });
            }
        }
        if zip.len() != entries.len() {
            return Err(damaged(WHOLE, "the directory can be read in two ways"));
        }
        if total > bounds.max_total_bytes {
            return over("the decompressed size in bytes", total, bounds.max_total_bytes, "max_total_bytes");
        }
        let ratio = total / (bytes.len() as u64).max(1);
        if total > RATIO_FLOOR_BYTES && ratio > bounds.max_compression_ratio {
            return over(
                "the compression ratio (a ZIP bomb?)",
                ratio,
                bounds.max_compression_ratio,
                "max_compression_ratio",
            );
        }
        Ok(Self { zip, members, max_member_bytes: bounds.max_member_bytes })
    }

    /// Names and declared sizes of all members, in alphabetical order.
    pub fn members(&self) -> impl Iterator<Item = (&str, u64)> {
        self.members.iter().map(|(name, member)| (name.as_str(), member.size))
    }

    /// Names of the members that were not read so far, in alphabetical order.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter(|(_, member)| !member.is_read.load(Ordering::Relaxed)).map(|(name, _)| name.as_str())
    }

    /// Declared size of a member, if there is such a member.
    pub fn size_of(&self, name: &str) -> Option<u64> {
        self.members.get(name).map(|member| member.size)
    }

    /// The content of a member; checked against its declared size and its checksum.
    ///
    /// # Errors
    /// [`ReadError::Missing`], [`ReadError::OverLimit`], [`ReadError::Damaged`].
    pub fn read(&self, name: &str) -> Result<Vec<u8>, ReadError> {
        let Some(Member { index, size, is_read }) = self.members.get(name) else {
            return Err(ReadError::Missing {
                place: Place::in_member("the archive", ""),
                what: format!("member \"{}\"", shortened(name)),
                remedy: "export the file again",
            });
        };
        let (index, size) = (*index, *size);
        is_read.store(true, Ordering::Relaxed);
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
    /// As [`Self::read`], and [`ReadError::Encoding`] if it is not UTF-8. A byte order mark is removed.
    pub fn read_text(&self, name: &str) -> Result<String, ReadError> {
        let bytes = self.read(name)?;
        let text = text_of(&bytes, || Place::in_member(name, ""))?;
        Ok(text.to_owned())
    }
}

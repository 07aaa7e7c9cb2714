//! The directory of a ZIP archive, taken only if it can be read in one way.
//!
//! A ZIP says nearly everything twice: in the directory at its end and in a header before each member; and it has three ways
//! to state a name and two to state a number. Programs differ in which of them they believe. A show must be the same in all, so
//! everything that is said twice must agree here, the parts must cover the file without a gap, and names must be in a form
//! that no program changes.
//!
//! # Source
//! PKWARE APPNOTE 6.3.10; what Python's `zipfile`, jszip, `unzip` and the crate `zip` take where it leaves room.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::error::shortened;
use crate::{Place, ReadBounds, ReadError};

const LOCAL: &[u8] = b"PK\x03\x04";
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Bytes of the records, without their names, comments and extra fields.
const LOCAL_BYTES: usize = 30;
const ENTRY_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END_64_BYTES: usize = 56;
const LOCATOR_64_BYTES: usize = 20;
/// Longest comment behind the end record.
const MAX_COMMENT: usize = 0xffff;

/// Bits of the flags: a data descriptor follows the member, and the name is UTF-8.
const DESCRIPTOR_FOLLOWS: u16 = 1 << 3;
const NAME_IS_UTF8: u16 = 1 << 11;
/// Bits that only tell how hard the content was compressed.
const EFFORT: u16 = 3 << 1;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Kinds of extra fields: sizes of 64 bits, and the name in UTF-8.
const EXTRA_ZIP64: u16 = 0x0001;
const EXTRA_UNICODE_NAME: u16 = 0x7075;

/// What the attributes of a file say of its kind: in the upper half under Unix, in one bit elsewhere.
const UNIX_KINDS: u32 = 0xf000;
const UNIX_FILE: u32 = 0x8000;
const UNIX_FOLDER: u32 = 0x4000;
const DOS_FOLDER: u32 = 0x10;
/// Systems that write the upper half: Unix and macOS.
const UNIX_SYSTEMS: [u8; 2] = [3, 19];

const WHOLE: &str = "the archive";

/// One member as the directory states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name; ends with `/` if it is a folder.
    pub name: String,
    /// Decompressed size, bytes.
    pub size: u64,
}

/// The members in the order of the directory.
///
/// # Errors
/// [`ReadError::BadValue`] for everything that programs could read in two ways, [`ReadError::Damaged`] for what is cut off,
/// [`ReadError::OverLimit`] for too many members.
///
/// # Complexity
/// Linear in the number of members, times its logarithm; no content is looked at.
pub(super) fn directory(bytes: &[u8], bounds: &ReadBounds) -> Result<Vec<Entry>, ReadError> {
    let end = End::find(bytes)?;
    if end.count > bounds.max_members as u64 {
        return Err(ReadError::OverLimit {
            place: Place::in_member(WHOLE, ""),
            what: "the number of members",
            value: end.count,
            limit: bounds.max_members as u64,
            field: "max_members",
        });
    }
    let mut records = Vec::new();
    let mut at = end.from;
    while at < end.until {
        let record = Record::at(bytes, at, end.until)?;
        at = record.next;
        records.push(record);
    }
    if records.len() as u64 != end.count {
        let value = format!("{} members", end.count);
        return Err(twofold(
            "",
            value,
            &format!("are counted by the end record, the directory lists {}", records.len()),
        ));
    }
    cover_the_file(bytes, &records, end.from)?;
    if let Some((name, why)) = name_fault(records.iter().map(|r| r.name.as_str())) {
        return Err(ReadError::BadValue {
            place: Place::in_member(WHOLE, "directory"),
            value: format!("the name \"{}\"", shortened(name)),
            why: format!("{why}: programs differ in what they read"),
            remedy: "rename it or remove one of them",
        });
    }
    Ok(records.into_iter().map(|r| Entry { name: r.name, size: r.size }).collect())
}

fn damaged(fault: impl Into<String>) -> ReadError {
    ReadError::Damaged { place: Place::in_member(WHOLE, ""), fault: fault.into() }
}

/// Something that programs read in different ways.
fn twofold(name: &str, value: String, why: &str) -> ReadError {
    let place =
        if name.is_empty() { Place::in_member(WHOLE, "directory") } else { Place::in_member(name, "ZIP directory") };
    ReadError::BadValue {
        place,
        value,
        why: format!("{why}: programs differ in what they read"),
        remedy: "unpack the archive, look at what is in it, and zip it again",
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Where the directory lies, and how many members it should have.
struct End {
    from: usize,
    until: usize,
    count: u64,
}

impl End {
    fn find(bytes: &[u8]) -> Result<Self, ReadError> {
        let from = bytes.len().saturating_sub(END_BYTES + MAX_COMMENT);
        let tail = &bytes[from..];
        let signature = tail.windows(END.len()).rposition(|w| w == END).map(|k| from + k);
        let Some((at, record)) = signature.and_then(|at| bytes.get(at..at + END_BYTES).map(|record| (at, record)))
        else {
            return Err(damaged("it has no end record"));
        };
        let field = |k| u64::from(u16_at(record, k));
        let [disk, first_disk, here, count] = [4, 6, 8, 10].map(field);
        let [size, start] = [12, 16].map(|k| u64::from(u32_at(record, k)));
        let comment = field(20);
        let bad = |value: String, why| Err(twofold("", value, why));
        if (at + END_BYTES) as u64 + comment != bytes.len() as u64 {
            let behind = bytes.len() - at - END_BYTES;
            return bad(format!("{behind} bytes behind the end record"), "are not the comment that it announces");
        }
        let before = at.checked_sub(LOCATOR_64_BYTES).filter(|&k| bytes[k..].starts_with(LOCATOR_64));
        let stated = [disk, first_disk, here, count, size, start];
        let (whole, end) = match before {
            None => (stated, at),
            Some(locator) => {
                let largest = [0xffff, 0xffff, 0xffff, 0xffff, 0xffff_ffff, 0xffff_ffff];
                let record_64 = u64_at(bytes, locator + 8);
                let Some(end) = locator.checked_sub(END_64_BYTES).filter(|&k| {
                    k as u64 == record_64
                        && bytes[k..].starts_with(END_64)
                        && u64_at(bytes, k + 4) == END_64_BYTES as u64 - 12
                }) else {
                    return bad("a ZIP64 locator".into(), "does not lead to a ZIP64 end record in front of it");
                };
                let disks = [u32_at(bytes, end + 16), u32_at(bytes, end + 20)].map(u64::from);
                let [here, count, size, start] = [24, 32, 40, 48].map(|k| u64_at(bytes, end + k));
                let whole = [disks[0], disks[1], here, count, size, start];
                let differs = (0..stated.len()).any(|k| stated[k] != largest[k] && stated[k] != whole[k]);
                let needed = (0..stated.len()).any(|k| stated[k] == largest[k]);
                if differs || !needed || u32_at(bytes, locator + 4) != 0 || u32_at(bytes, locator + 16) != 1 {
                    return bad("a ZIP64 end record".into(), "stands beside an end record that says all by itself");
                }
                (whole, end)
            }
        };
        let [disk, first_disk, here, count, size, start] = whole;
        if disk != 0 || first_disk != 0 || here != count {
            return bad("an archive of several disks".into(), "cannot be told from a damaged one");
        }
        if start.checked_add(size) != Some(end as u64) {
            let value = format!("a directory of {size} bytes at {start}");
            return bad(value, &format!("does not end where the end record begins, at {end}"));
        }
        // `start` is at most `end`, which is an index.
        Ok(Self { from: start as usize, until: end, count })
    }
}

/// One entry of the directory.
struct Record<'a> {
    name: String,
    raw_name: &'a [u8],
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    local_at: usize,
    /// Where the next entry begins.
    next: usize,
}

impl<'a> Record<'a> {
    fn at(bytes: &'a [u8], at: usize, end: usize) -> Result<Self, ReadError> {
        let head = bytes.get(at..at + ENTRY_BYTES).filter(|head| head.starts_with(ENTRY) && at + ENTRY_BYTES <= end);
        let Some(head) = head else {
            return Err(damaged("its directory is cut off or holds something else"));
        };
        let lengths = [28, 30, 32].map(|k| usize::from(u16_at(head, k)));
        let next = at + ENTRY_BYTES + lengths.iter().sum::<usize>();
        if next > end {
            return Err(damaged("the last entry of its directory is cut off"));
        }
        let raw_name = &bytes[at + ENTRY_BYTES..][..lengths[0]];
        let extra = &bytes[at + ENTRY_BYTES + lengths[0]..][..lengths[1]];
        let flags = u16_at(head, 8);
        let name = name_of(raw_name, flags)?;
        let bad = |value: String, why| Err(twofold(&name, value, why));
        let method = u16_at(head, 10);
        if flags & !(DESCRIPTOR_FOLLOWS | NAME_IS_UTF8 | EFFORT) != 0 {
            return bad(
                format!("flags 0x{flags:04x}"),
                "say that it is encrypted, or something that few programs know",
            );
        }
        if ![STORED, DEFLATED].contains(&method) {
            return bad(format!("method {method}"), "is neither stored nor deflated");
        }
        if head[6] > 63 {
            return bad(format!("version {}", head[6]), "is above all published ones");
        }
        if u16_at(head, 34) != 0 {
            return bad("its place on another disk".into(), "cannot be read");
        }
        let attributes = u32_at(head, 38);
        let is_folder = name.ends_with('/');
        let kind = if UNIX_SYSTEMS.contains(&head[5]) { (attributes >> 16) & UNIX_KINDS } else { 0 };
        let plain = if is_folder { UNIX_FOLDER } else { UNIX_FILE };
        if ![0, plain].contains(&kind) || (attributes & DOS_FOLDER != 0 && !is_folder) {
            let value = format!("attributes 0x{attributes:08x}");
            return bad(value, "say that it is a symbolic link, a folder or a device, its name says something else");
        }
        check_extra(&name, raw_name, extra)?;
        let [packed, size, local_at] = [20, 24, 42].map(|k| u64::from(u32_at(head, k)));
        if method == STORED && packed != size {
            return bad(format!("{packed} stored bytes"), &format!("are not the {size} that they should be"));
        }
        if is_folder && size != 0 {
            return bad("a folder".into(), "has content");
        }
        let crc = u32_at(head, 16);
        Ok(Self { name, raw_name, flags, method, crc, packed, size, local_at: local_at as usize, next })
    }
}

/// The name, which must be the same in every encoding that programs assume.
fn name_of(raw: &[u8], flags: u16) -> Result<String, ReadError> {
    let lossy = || String::from_utf8_lossy(raw).into_owned();
    match std::str::from_utf8(raw) {
        Ok(name) if name.is_ascii() || flags & NAME_IS_UTF8 != 0 => Ok(name.to_owned()),
        _ => Err(ReadError::BadValue {
            place: Place::in_member(WHOLE, "directory"),
            value: format!("the name \"{}\"", shortened(&lossy())),
            why: "is not marked as UTF-8: programs differ in what they read".into(),
            remedy: "name the files with plain letters and digits, or zip them with a program that marks UTF-8",
        }),
    }
}

/// Extra fields must be whole, and say nothing of name and sizes that is said already.
fn check_extra(name: &str, raw_name: &[u8], mut extra: &[u8]) -> Result<(), ReadError> {
    while !extra.is_empty() {
        let (kind, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(body) = extra.get(4..4 + length) else {
            return Err(twofold(name, "its extra fields".into(), "are cut off"));
        };
        match kind {
            EXTRA_ZIP64 => {
                return Err(twofold(name, "its sizes of 64 bits (ZIP64)".into(), "stand beside those of 32 bits"));
            }
            EXTRA_UNICODE_NAME if body.get(5..) != Some(raw_name) => {
                let second = String::from_utf8_lossy(body.get(5..).unwrap_or_default()).into_owned();
                return Err(twofold(name, format!("its second name \"{}\"", shortened(&second)), "is not its name"));
            }
            _ => {}
        }
        extra = &extra[4 + length..];
    }
    Ok(())
}

/// The members, each behind its own header, must cover the file from its beginning to the directory without gap or overlap,
/// and each header must say what the directory says.
fn cover_the_file(bytes: &[u8], records: &[Record], directory_at: usize) -> Result<(), ReadError> {
    let mut order: Vec<&Record> = records.iter().collect();
    order.sort_by_key(|r| r.local_at);
    let mut at = 0;
    for (k, record) in order.iter().enumerate() {
        let following = order.get(k + 1).map_or(directory_at, |next| next.local_at);
        let bad = |value: String, why: &str| Err(twofold(&record.name, value, why));
        if record.local_at != at {
            let (why, value) = (format!("is not where the member before it ends, at {at}"), record.local_at);
            return bad(format!("its header at {value}"), &why);
        }
        let head = bytes.get(at..at + LOCAL_BYTES).filter(|head| head.starts_with(LOCAL));
        let Some(head) = head else {
            return bad("its header".into(), "is not where the directory says");
        };
        let (name_length, extra_length) = (usize::from(u16_at(head, 26)), usize::from(u16_at(head, 28)));
        let content_at = at + LOCAL_BYTES + name_length + extra_length;
        let content_end = content_at as u64 + record.packed;
        if content_end > following as u64 || following > directory_at {
            return bad(format!("{} bytes of content", record.packed), "run into what follows them");
        }
        let name = &bytes[at + LOCAL_BYTES..][..name_length];
        if name != record.raw_name || u16_at(head, 6) != record.flags || u16_at(head, 8) != record.method {
            return bad("name, flags or method".into(), "are not the same in its header and in the directory");
        }
        check_extra(&record.name, record.raw_name, &bytes[at + LOCAL_BYTES + name_length..][..extra_length])?;
        let stated = [14, 18, 22].map(|k| u64::from(u32_at(head, k)));
        let true_values = [u64::from(record.crc), record.packed, record.size];
        let has_descriptor = record.flags & DESCRIPTOR_FOLLOWS != 0;
        let agrees = |value: u64, other: u64| value == other || (has_descriptor && value == 0);
        if !stated.iter().zip(true_values).all(|(&a, b)| agrees(a, b)) {
            return bad("checksum and sizes".into(), "are not the same in its header and in the directory");
        }
        // `following` is an index, and so is what is not above it.
        let behind = &bytes[content_end as usize..following];
        let descriptor = behind.strip_prefix(DESCRIPTOR).filter(|rest| rest.len() == 12).unwrap_or(behind);
        let described = descriptor.len() == 12 && [0, 4, 8].map(|k| u64::from(u32_at(descriptor, k))) == true_values;
        if if has_descriptor { !described } else { !behind.is_empty() } {
            return bad(format!("{} bytes behind its content", behind.len()), "are not what the directory says of it");
        }
        at = following;
    }
    if at != directory_at {
        return Err(twofold("", format!("{} bytes before the directory", directory_at - at), "belong to no member"));
    }
    Ok(())
}

/// A name that programs change or mix up with another, and why: names must be in the form that every program leaves as it is,
/// and stay apart where programs fold case, accents, or points and spaces at the end.
pub(super) fn name_fault<'a>(names: impl Iterator<Item = &'a str>) -> Option<(&'a str, String)> {
    let mut files: BTreeMap<String, &str> = BTreeMap::new();
    let mut folders: BTreeSet<String> = BTreeSet::new();
    for name in names {
        let path = name.strip_suffix('/').unwrap_or(name);
        let plain = |part: &str| !matches!(part, "" | "." | "..");
        let is_drive = path.as_bytes().get(1) == Some(&b':');
        // A folder's own icon has a control character in its name, always the same.
        let is_control = |c: char| c == '\\' || c.is_control();
        let has_control = path.split('/').any(|part| part != "Icon\r" && part.contains(is_control));
        if !path.split('/').all(plain) || is_drive || has_control {
            return Some((name, "is not a plain relative path".into()));
        }
        let folded: Vec<String> = path.split('/').map(folded).collect();
        if let Some(first) = files.get(&folded.join("/")) {
            let twin = format!("is that of \"{}\" too", shortened(first));
            return Some((name, if *first == name { "occurs twice".into() } else { twin }));
        }
        files.insert(folded.join("/"), name);
        for end in 1..folded.len() + usize::from(name.ends_with('/')) {
            folders.insert(folded[..end].join("/"));
        }
    }
    let (_, name) = files.iter().find(|(folded, name)| !name.ends_with('/') && folders.contains(*folded))?;
    Some((name, "is that of a file and of a folder".into()))
}

/// What the least careful file system keeps of a name.
fn folded(part: &str) -> String {
    part.nfc().collect::<String>().to_lowercase().nfc().collect::<String>().trim_end_matches(['.', ' ']).to_owned()
}

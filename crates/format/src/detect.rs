use crate::codec::skyb::RthLayout;
use crate::codec::vviz::looks_like_vviz;
use crate::codec::{crazyswarm, csv, skyc};
use crate::container::Files;
use crate::container::zip::Archive;
use crate::error::shortened;
use crate::swarm::clutter::{ends_with, is_clutter};
use crate::text::header::{is_polynomials, is_samples};
use crate::text::json::text_of;
use crate::{Decoded, Format, Place, ReadBounds, ReadError, read_skyb, read_skyb_folder, read_vviz};

/// Bytes of a text that are looked at.
const MAX_HEAD_BYTES: usize = 4096;

/// Which format a file is in: by its content, the name is not asked. `None` if it is none that can be read.
pub fn detect(bytes: &[u8], bounds: &ReadBounds) -> Option<Format> {
    if bytes.starts_with(b"skyb") {
        return Some(Format::Skyb);
    }
    if looks_like_vviz(bytes) {
        return Some(Format::Vviz);
    }
    if let Some(format) = format_of_text(bytes) {
        return Some(format);
    }
    let archive = looks_like_zip(bytes).then(|| Archive::open(bytes, bounds).ok()).flatten()?;
    format_of(&archive)
}

/// The format of a single CSV file. An archive may hold one as it stands.
fn format_of_text(bytes: &[u8]) -> Option<Format> {
    if looks_like_zip(bytes) {
        return None;
    }
    let head = bytes.get(..MAX_HEAD_BYTES).unwrap_or(bytes);
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    if is_polynomials(&text) {
        return Some(Format::Crazyswarm);
    }
    is_samples(&text).then_some(Format::CsvZip)
}

/// Reads a show file of any format that can be read.
///
/// # Errors
/// [`ReadError::UnknownFormat`], or what the reader of the format says. `file_name` is only for messages and for the
/// title of a show that has none.
pub fn read(bytes: &[u8], file_name: &str, bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    if bytes.starts_with(b"skyb") {
        return read_skyb(bytes, file_name, bounds);
    }
    if looks_like_vviz(bytes) {
        return read_vviz(bytes, bounds);
    }
    if let Some(format) = format_of_text(bytes) {
        if bytes.len() as u64 > bounds.max_member_bytes {
            return Err(ReadError::OverLimit {
                place: Place::in_member(file_name, ""),
                what: "its size in bytes",
                value: bytes.len() as u64,
                limit: bounds.max_member_bytes,
                field: "max_member_bytes",
            });
        }
        return read_tables(format, &Files::Single(file_name, bytes), file_name, bounds);
    }
    if looks_like_zip(bytes) {
        let archive = Archive::open(bytes, bounds)?;
        match format_of(&archive) {
            Some(Format::Skyc) => return skyc::read_archive(&archive, bounds),
            Some(format) => return read_tables(format, &Files::Archive(&archive), file_name, bounds),
            None => {}
        }
    }
    if ends_with(file_name, "csv") || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        text_of(bytes, || Place::in_member(file_name, ""))?;
    }
    let begins_with = match bytes {
        [] => "nothing: it is empty".to_owned(),
        _ if looks_like_zip(bytes) => "a ZIP archive without show.json and without .csv members".to_owned(),
        _ => format!("{:02x?}", &bytes[..bytes.len().min(8)]),
    };
    Err(ReadError::UnknownFormat { file_name: shortened(file_name), begins_with })
}

/// Local header, or the end record of an empty archive.
fn looks_like_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

fn format_of(archive: &Archive) -> Option<Format> {
    if archive.size_of("show.json").is_some() {
        return Some(Format::Skyc);
    }
    format_of_tables(&Files::Archive(archive))
}

/// What the first CSV file is says what all are.
fn format_of_tables(files: &Files) -> Option<Format> {
    let first = files.names().into_iter().filter(|name| ends_with(name, "csv") && !is_clutter(name)).min()?;
    // A file that cannot be read is for the reader to complain about.
    let polynomials = files.text(first).is_ok_and(|text| is_polynomials(&text));
    Some(if polynomials { Format::Crazyswarm } else { Format::CsvZip })
}

fn read_tables(format: Format, files: &Files, name: &str, bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    match format {
        Format::Crazyswarm => crazyswarm::read_files(files, name, bounds),
        _ => csv::read_files(files, name, bounds),
    }
}

/// Reads a show from the files of a folder, name and bytes each, in any order: one .skyb a vehicle with `site.json` beside
/// them, or one CSV file a vehicle, of samples or of polynomials. `rth_layout` is the layout of return plans if the caller states
/// it.
///
/// # Errors
/// What the reader of the format says.
pub fn read_folder(
    files: &[(String, Vec<u8>)],
    folder_name: &str,
    rth_layout: Option<RthLayout>,
    bounds: &ReadBounds,
) -> Result<Decoded, ReadError> {
    if files.iter().any(|(name, _)| ends_with(name, "skyb") && !is_clutter(name)) {
        return read_skyb_folder(files, rth_layout, bounds);
    }
    let files = Files::of_folder(files);
    let format = format_of_tables(&files).unwrap_or(Format::CsvZip);
    read_tables(format, &files, folder_name, bounds)
}

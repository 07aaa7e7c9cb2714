use crate::archive::Archive;
use crate::error::shortened;
use crate::vviz::looks_like_vviz;
use crate::{Decoded, ReadError, ReadLimits, crazyswarm, csv_zip, read_skyb, read_vviz, skyc};

/// A file format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ZIP with show.json, see [`crate::read_skyc`].
    Skyc,
    /// One vehicle's binary file, see [`crate::read_skyb`].
    Skyb,
    /// Interchange JSON, see [`crate::read_vviz`].
    Vviz,
    /// ZIP of one CSV file per drone, see [`crate::read_csv_zip`].
    CsvZip,
    /// ZIP or folder of one polynomial CSV a vehicle, see [`crate::read_crazyswarm`].
    Crazyswarm,
    /// Folder of one .skyb a vehicle, see [`crate::read_skyb_folder`]. Never the format of a single file.
    SkybFolder,
}

/// Which format a file is in: by its content, the name is not asked. `None` if it is none that can be read.
pub fn detect(bytes: &[u8], limits: &ReadLimits) -> Option<Format> {
    if bytes.starts_with(b"skyb") {
        return Some(Format::Skyb);
    }
    if looks_like_vviz(bytes) {
        return Some(Format::Vviz);
    }
    let archive = looks_like_zip(bytes).then(|| Archive::open(bytes, limits).ok()).flatten()?;
    format_of(&archive)
}

/// Reads a show file of any format that can be read.
///
/// # Errors
/// [`ReadError::UnknownFormat`], or what the reader of the format says. `file_name` is only for messages and for the
/// title of a show that has none.
pub fn read(bytes: &[u8], file_name: &str, limits: &ReadLimits) -> Result<Decoded, ReadError> {
    if bytes.starts_with(b"skyb") {
        return read_skyb(bytes, file_name, limits);
    }
    if looks_like_vviz(bytes) {
        return read_vviz(bytes, limits);
    }
    if looks_like_zip(bytes) {
        let archive = Archive::open(bytes, limits)?;
        match format_of(&archive) {
            Some(Format::Skyc) => return skyc::read_archive(&archive, limits),
            Some(Format::Crazyswarm) => return crazyswarm::read_archive(&archive, file_name, limits),
            Some(Format::CsvZip) => return csv_zip::read_archive(&archive, file_name, limits),
            _ => {}
        }
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
    let (first, _) = archive.members().find(|(name, _)| csv_zip::is_csv(name))?;
    // A member that cannot be read is for the reader to complain about.
    let polynomials = archive.read_text(first).is_ok_and(|text| crazyswarm::looks_like_crazyswarm(&text));
    Some(if polynomials { Format::Crazyswarm } else { Format::CsvZip })
}

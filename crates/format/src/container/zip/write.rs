use std::io::Cursor;

use rayon::prelude::*;
use zip::write::{PreparedZipFile, SimpleFileOptions};
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::directory::name_fault;
use crate::WriteError;
use crate::error::shortened;

/// Members compressed at once; bounds the memory that uncompressed text takes.
const BATCH: usize = 256;

/// How hard members are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Level 5: half the time of 6, and rows of numbers become no more than 1 % larger.
    Quick = 5,
    /// Level 6.
    Usual = 6,
}

/// A ZIP archive of `count` members in the given order, each made by `member` (name, content) and compressed in
/// parallel; members of the folder `assets` are stored as they are: music is compressed already.
///
/// # Determinism
/// Time stamps are fixed (1980-01-01), as are order, compression level, permissions and the stated system.
pub(crate) fn write_archive<F>(count: usize, effort: Effort, member: F) -> Result<Vec<u8>, WriteError>
where
    F: Fn(usize) -> Result<(String, Vec<u8>), WriteError> + Sync,
{
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(effort as i64))
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut names = Vec::with_capacity(count);
    for start in (0..count).step_by(BATCH) {
        let prepared: Vec<Result<(String, PreparedZipFile), WriteError>> = (start..count.min(start + BATCH))
            .into_par_iter()
            .map(|i| {
                let (name, content) = member(i)?;
                let options = if name.starts_with("assets/") {
                    options.compression_method(CompressionMethod::Stored).compression_level(None)
                } else {
                    options
                };
                let file = PreparedZipFile::from_data(&name, options, &content)
                    .map_err(|e| WriteError::Archive { member: name.clone(), fault: e.to_string() })?;
                Ok((name, file))
            })
            .collect();
        for item in prepared {
            let (name, file) = item?;
            zip.add_prepared_file(file)
                .map_err(|e| WriteError::Archive { member: name.clone(), fault: e.to_string() })?;
            names.push(name);
        }
    }
    if let Some((name, why)) = name_fault(names.iter().map(String::as_str)) {
        let fault = format!("this name {why}, for some programs: rename the vehicle");
        return Err(WriteError::Archive { member: shortened(name), fault });
    }
    let cursor = zip.finish().map_err(|e| WriteError::Archive { member: "directory".into(), fault: e.to_string() })?;
    Ok(cursor.into_inner())
}

use std::path::{Path, PathBuf};

use kapok_format::content_sha256;
use kapok_show::BadSetting;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::JobError;

/// Name and bytes of each of several files.
pub type NamedFiles = Vec<(String, Vec<u8>)>;

/// A file that a job made. The caller writes it, or hands it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeFile {
    /// Where the request wants it.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A file that was made, as an answer names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileRecord {
    /// Where it is written.
    pub path: String,
    /// Length in bytes.
    pub bytes: usize,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What it is, where the ending does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl MadeFile {
    /// A file for that place.
    pub fn new(path: &Path, bytes: Vec<u8>) -> Self {
        Self { path: path.to_owned(), bytes }
    }

    /// The file as an answer names it.
    pub fn record(&self) -> FileRecord {
        FileRecord::of(&self.path, &self.bytes)
    }
}

impl FileRecord {
    /// A file as an answer names it.
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        Self { path: path.display().to_string(), bytes: bytes.len(), sha256: content_sha256(bytes), note: None }
    }

    /// The same with a note.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// Most rows per second of a CSV file: times are whole milliseconds.
const MAX_CSV_RATE_HZ: u32 = 1000;

/// Rows per second that a CSV file can have?
pub fn check_csv_rate(csv_rate_hz: u32) -> Result<(), JobError> {
    if (1..=MAX_CSV_RATE_HZ).contains(&csv_rate_hz) {
        return Ok(());
    }
    let value = f64::from(csv_rate_hz);
    Err(BadSetting { field: "csv_rate_hz", value, why: "it must be from 1 to 1000" }.into())
}

/// Where the certificate of a .skyc stands: beside it.
pub fn certificate_path(skyc: &Path) -> PathBuf {
    skyc.with_extension("certificate.json")
}

/// A path without its folders.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What each output is, by its ending.
pub fn by_ending<T: Copy>(outputs: &[PathBuf], known: &[(&str, T)]) -> Result<Vec<(PathBuf, T)>, JobError> {
    outputs
        .iter()
        .map(|path| {
            let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
            let found = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(ending));
            let names = || known.iter().map(|(name, _)| format!(".{name}")).collect::<Vec<_>>().join(" and ");
            match found {
                Some((_, format)) => Ok((path.clone(), *format)),
                None => Err(JobError::Ending { path: path.clone(), known: names() }),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        let of = |names: &[&str]| {
            by_ending(&names.iter().map(PathBuf::from).collect::<Vec<_>>(), &[("skyc", 'a'), ("zip", 'b')])
        };
        let good = of(&["a/b.skyc", "b.ZIP"]).unwrap();
        assert_eq!([good[0].1, good[1].1], ['a', 'b']);
        let unknown = of(&["show.vvizz"]).unwrap_err().to_string();
        assert!(unknown.contains("show.vvizz") && unknown.contains(".skyc and .zip"), "{unknown}");
    }
}

//! The result for machines.

use std::path::Path;

use kapok_certify::{Certificate, Verdict};
use kapok_format::{content_sha256, folder_sha256};
use serde::Serialize;

use super::loss::Loss;
use super::{Made, format_name};
use crate::args::ConvertArgs;

/// The result as JSON.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    #[serde(rename = "in")]
    source: SourceAnswer<'a>,
    out: String,
    format: &'static str,
    vehicle_count: usize,
    bytes: usize,
    /// Of the one file, or of all files of the folder together.
    sha256: String,
    files: Vec<FileAnswer>,
    loss: &'a Loss,
    interpolation: Option<&'static str>,
    /// `null` for formats that cannot be read back.
    verdict: Option<Verdict>,
    limits_of_source: Option<bool>,
    coordinate_step_m: Option<f64>,
    result_notes: &'a [String],
    certificate: Option<&'a Certificate>,
}

#[derive(Serialize)]
struct SourceAnswer<'a> {
    path: String,
    format: &'static str,
    bytes: u64,
    sha256: &'a str,
    notes: &'a [String],
}

#[derive(Serialize)]
struct FileAnswer {
    path: String,
    bytes: usize,
    sha256: String,
}

impl Made {
    /// The result for machines.
    pub(super) fn answer<'a>(&'a self, args: &ConvertArgs, out: &Path) -> Answer<'a> {
        let in_folder = self.target.is_folder();
        let files: Vec<FileAnswer> = self
            .files
            .iter()
            .map(|(name, bytes)| FileAnswer {
                path: if in_folder { out.join(name) } else { out.to_owned() }.display().to_string(),
                bytes: bytes.len(),
                sha256: content_sha256(bytes),
            })
            .collect();
        Answer {
            source: SourceAnswer {
                path: args.input.display().to_string(),
                format: format_name(self.origin.decoded.format),
                bytes: self.origin.id.bytes,
                sha256: &self.origin.id.sha256,
                notes: &self.origin.decoded.notes,
            },
            out: out.display().to_string(),
            format: self.target.name(),
            vehicle_count: self.origin.decoded.show.vehicles.len(),
            bytes: self.byte_count(),
            sha256: if in_folder { folder_sha256(&self.files) } else { content_sha256(&self.files[0].1) },
            files,
            loss: &self.loss,
            interpolation: self.interpolation(),
            verdict: self.judged.as_ref().map(|j| j.certified.certificate().verdict),
            limits_of_source: self.judged.as_ref().map(|j| j.limits_of_source),
            coordinate_step_m: self.judged.as_ref().map(|j| j.certified.settings().coordinate_step_m),
            result_notes: self.judged.as_ref().map(|j| j.certified.notes()).unwrap_or_default(),
            certificate: self.judged.as_ref().map(|j| j.certified.certificate()),
        }
    }
}

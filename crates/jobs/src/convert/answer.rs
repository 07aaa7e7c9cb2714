use std::path::Path;

use kapok_certify::{Certificate, Verdict};
use kapok_format::{content_sha256, folder_sha256};
use schemars::JsonSchema;
use serde::Serialize;

use super::judge::JudgedConversion;
use super::loss::Loss;
use super::origin::{Origin, format_name, is_sampled};
use super::request::ConversionRequest;
use super::target::Target;
use crate::file::{FileRecord, NamedFiles};

/// What is assumed between samples, and what the proof can therefore not say.
const STRAIGHT_LINES: &str = "\
Between samples straight lines at constant speed and held colours are assumed: the format does not say. So acceleration \
and jerk between two samples cannot be judged here; their means over windows of samples are. A bend between samples counts as a jump \
only if no motion through the samples keeps the limit of acceleration.";

/// The same after curves were fitted.
const FITTED_CURVES: &str = "\
Between samples curves were fitted: smooth, close to each sample and to the straight lines between samples, rests kept as \
they are. They are one way to fly the samples; the program that made the samples may mean another. The proof is about \
these curves.";

/// A conversion: what it lost, and what is proved of the result.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ConversionAnswer {
    /// The source.
    #[serde(rename = "in")]
    pub source: ConversionSource,
    /// File or folder that is written.
    pub out: String,
    /// Format of the result.
    pub format: &'static str,
    /// Title of the show.
    pub title: String,
    /// Vehicles.
    pub vehicle_count: usize,
    /// End of the last motion of the source, milliseconds of show time.
    pub duration_ms: i64,
    /// Length of all files together.
    pub bytes: usize,
    /// Of the one file, or of all files of the folder together.
    pub sha256: String,
    /// The files.
    pub files: Vec<FileRecord>,
    /// What the new format lost.
    pub loss: Loss,
    /// What is assumed between samples, if source or result consists of samples.
    pub interpolation: Option<&'static str>,
    /// What the proof says of the decoded result; `null` for formats that cannot be read back.
    pub verdict: Option<Verdict>,
    /// Are limits, site and surroundings those of the source, because the format has no place for them?
    pub limits_of_source: Option<bool>,
    /// Step of the coordinates in the result, metres: what rounding to it explains is excused.
    pub coordinate_step_m: Option<f64>,
    /// What the reader of the result had to assume, round or leave out.
    pub result_notes: Vec<String>,
    /// The certificate of the result.
    pub certificate: Option<Certificate>,
}

/// What was converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConversionSource {
    /// Its path.
    pub path: String,
    /// Its format.
    pub format: &'static str,
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// What its reader had to assume, round or leave out.
    pub notes: Vec<String>,
}

impl ConversionAnswer {
    pub(super) fn of(
        origin: &Origin,
        request: &ConversionRequest,
        (output, target): (&Path, Target),
        files: &NamedFiles,
        loss: Loss,
        conversion: Option<&JudgedConversion>,
    ) -> Self {
        let Origin { decoded, id } = origin;
        let in_folder = target.is_folder();
        let path = |name: &str| if in_folder { output.join(name) } else { output.to_owned() };
        let interpolation = match loss.fit {
            Some(_) => Some(FITTED_CURVES),
            None => (is_sampled(decoded.format) || target.is_sampled()).then_some(STRAIGHT_LINES),
        };
        let judged = conversion.map(|c| &c.judged);
        Self {
            source: ConversionSource {
                path: request.input.clone(),
                format: format_name(decoded.format),
                bytes: id.bytes,
                sha256: id.sha256.clone(),
                notes: decoded.notes.clone(),
            },
            out: output.display().to_string(),
            format: target.name(),
            title: decoded.show.title.clone(),
            vehicle_count: decoded.show.vehicles.len(),
            duration_ms: decoded.show.duration_ms(),
            bytes: files.iter().map(|(_, bytes)| bytes.len()).sum(),
            sha256: if in_folder { folder_sha256(files) } else { content_sha256(&files[0].1) },
            files: files.iter().map(|(name, bytes)| FileRecord::of(&path(name), bytes)).collect(),
            loss,
            interpolation,
            verdict: judged.map(|c| c.certificate().verdict),
            limits_of_source: conversion.map(|j| j.limits_of_source),
            coordinate_step_m: judged.map(|c| c.settings().coordinate_step_m),
            result_notes: judged.map(|c| c.notes().to_vec()).unwrap_or_default(),
            certificate: judged.map(|c| c.certificate().clone()),
        }
    }
}

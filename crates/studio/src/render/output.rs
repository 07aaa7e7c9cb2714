use std::fmt;
use std::io::{Cursor, Write};

use kapok_format::{GltfOptions, KmlOptions, write_csv_zip, write_glb, write_kml, write_kmz, write_vviz};
use serde::Deserialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::judged::Judged;
use crate::refusal::{Refusal, shortened};

/// A file that can be written, by the add-on's names and two more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Skyc,
    Csv,
    Plot,
    Vviz,
    Kmz,
    Kml,
    Glb,
}

/// Parameters of all formats together; each takes those it knows.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    fps: Option<f64>,
    #[serde(default)]
    light_fps: Option<f64>,
    #[serde(default)]
    time_offset: Option<f64>,
}

/// Samples a second where the request states none: as the add-on does.
const DEFAULT_FPS: f64 = 4.0;
const DEFAULT_LIGHT_FPS: f64 = 24.0;

impl Format {
    pub fn of(name: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "skyc" => Self::Skyc,
            "csv" => Self::Csv,
            "plot" => Self::Plot,
            "vviz" => Self::Vviz,
            "kmz" => Self::Kmz,
            "kml" => Self::Kml,
            "glb" => Self::Glb,
            "dac" | "ddsf" | "drotek" | "dss" | "dss3" | "evsky" | "finale-csv" | "litebee" => {
                return Err(Refusal::BadRequest(format!(
                    "the format \"{name}\" cannot be written: its maker has not published what its bytes mean. Export .skyc, \
                     .csv, .vviz, .kmz or the PDF instead"
                )));
            }
            other => {
                let other = shortened(other);
                return Err(Refusal::BadRequest(format!("the format \"{other}\" is not known")));
            }
        })
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Skyc => "skyc",
            Self::Csv => "zip",
            Self::Plot => "pdf",
            Self::Vviz => "vviz",
            Self::Kmz => "kmz",
            Self::Kml => "kml",
            Self::Glb => "glb",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "csv",
            Self::Plot => "plot",
            other => other.ending(),
        })
    }
}

impl Parameters {
    /// Before a show is read and proved for nothing.
    pub fn check(&self, format: Format) -> Result<(), Refusal> {
        for (name, value) in [("fps", self.fps), ("light_fps", self.light_fps)] {
            if let Some(value) = value.filter(|v| !(0.1..=1000.0).contains(v)) {
                return Err(Refusal::BadRequest(format!("{name} is {value:?}, but it must be from 0.1 to 1000")));
            }
        }
        if format == Format::Vviz && self.time_offset.is_some_and(|t| t != 0.0) {
            return Err(Refusal::bad("a time offset other than 0 is not written to .vviz: move the show in the scene"));
        }
        Ok(())
    }
}

/// A written file.
pub struct Written {
    pub bytes: Vec<u8>,
    /// What the format lost.
    pub note: Option<String>,
}

pub fn write(format: Format, parameters: &Parameters, judged: &Judged) -> Result<Written, Refusal> {
    let show = judged.show();
    let fps = parameters.fps.unwrap_or(DEFAULT_FPS);
    let plain = |bytes| Written { bytes, note: None };
    let kml = KmlOptions { rate_hz: fps, ..KmlOptions::default() };
    let lines = |max_m: f64| {
        Some(format!("straight lines between the samples are up to {max_m:.3} m off the curves that were judged"))
    };
    Ok(match format {
        Format::Skyc => plain(judged.skyc().to_vec()),
        Format::Csv => {
            let export = write_csv_zip(show, fps).map_err(Refusal::bad)?;
            Written { bytes: export.bytes, note: lines(export.max_deviation_m) }
        }
        Format::Vviz => {
            let light_fps = parameters.light_fps.unwrap_or(DEFAULT_LIGHT_FPS);
            let export = write_vviz(show, fps, light_fps).map_err(Refusal::bad)?;
            Written { bytes: export.bytes, note: lines(export.max_deviation_m) }
        }
        Format::Kmz => plain(write_kmz(show, &kml).map_err(Refusal::bad)?),
        Format::Kml => plain(write_kml(show, &kml).map_err(Refusal::bad)?),
        Format::Glb => plain(write_glb(show, &GltfOptions::default()).map_err(Refusal::bad)?),
        Format::Plot => {
            // The report names the .skyc that the same request gives, for that is what is flown.
            plain(kapok_report::report_pdf(show, judged.certificate()).map_err(Refusal::internal)?)
        }
    })
}

/// A ZIP archive of the files, named after the show.
pub fn archive(stem: &str, files: &[(Format, Vec<u8>)]) -> Result<Vec<u8>, Refusal> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, (format, bytes)) in files.iter().enumerate() {
        // Most members are archives themselves; to compress them again would only take time.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default());
        let repeated = files[..index].iter().any(|(other, _)| other == format);
        let number = if repeated { format!("_{}", index + 1) } else { String::new() };
        zip.start_file(format!("{stem}{number}.{}", format.ending()), options).map_err(Refusal::internal)?;
        zip.write_all(bytes).map_err(Refusal::internal)?;
    }
    Ok(zip.finish().map_err(Refusal::internal)?.into_inner())
}

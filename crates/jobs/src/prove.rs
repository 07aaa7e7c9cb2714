use std::path::{Path, PathBuf};

use kapok_certify::{Judged, Options, Source, certify, sarif};
use kapok_report::{report_pdf, separation_svg, svg_to_png};
use kapok_show::Reporter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::file::MadeFile;

/// Pixels to a unit of the drawing: sharp on paper too.
const PNG_SCALE: f32 = 2.0;

/// How a show is proved, and what is made of the proof.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProofRequest {
    /// What is set beside the bytes.
    pub options: Options,
    /// What messages and findings call the show: its path.
    pub name: String,
    /// The certificate, to this file.
    pub certificate: Option<PathBuf>,
    /// The least separation in each second as a drawing (.svg, .png), or the whole report (.pdf), to this file.
    pub plot: Option<PathBuf>,
    /// Figures over time and place, to this file: those of the safety page.
    pub safety: Option<PathBuf>,
    /// What is not proved, as SARIF 2.1.0, to this file.
    pub sarif: Option<PathBuf>,
}

/// A show that was judged.
#[derive(Clone, Debug)]
pub struct ProvedShow {
    /// The show as it was judged, and its certificate, which is the answer.
    pub judged: Judged,
    /// The files of the request.
    pub files: Vec<MadeFile>,
}

#[derive(Clone, Copy)]
enum PlotFormat {
    Svg,
    Png,
    Pdf,
}

impl PlotFormat {
    fn of(path: &Path) -> Result<Self, JobError> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "svg" => Ok(Self::Svg),
            "png" => Ok(Self::Png),
            "pdf" => Ok(Self::Pdf),
            _ => Err(JobError::Output {
                path: path.to_owned(),
                why: "plots are written as .svg, .png or .pdf".to_owned(),
            }),
        }
    }

    fn draw(self, judged: &Judged) -> Result<Vec<u8>, JobError> {
        let certificate = judged.certificate();
        Ok(match self {
            Self::Svg => separation_svg(certificate).into_bytes(),
            Self::Png => svg_to_png(&separation_svg(certificate), PNG_SCALE)?,
            Self::Pdf => report_pdf(judged.show(), certificate)?,
        })
    }
}

impl ProofRequest {
    /// Every file that the job makes.
    ///
    /// # Errors
    /// [`JobError::Output`] for a plot with an ending that is not written.
    pub fn paths(&self) -> Result<Vec<PathBuf>, JobError> {
        if let Some(plot) = &self.plot {
            PlotFormat::of(plot)?;
        }
        Ok(self.certificate.iter().chain(&self.plot).chain(&self.safety).chain(&self.sarif).cloned().collect())
    }
}

/// Proves the bytes of a show, and makes certificate, plot, figures and findings of the proof.
///
/// # Guarantees
/// Those of [`kapok_certify::certify`]. The files are made whatever the verdict is.
///
/// # Errors
/// [`JobError`] if the bytes are no show, an option is illegal, or a plot has an ending that is not written.
///
/// # Complexity
/// Of [`kapok_certify::certify`]; the figures of the safety page add time linear in vehicles and duration.
///
/// # Determinism
/// The same source and request give the same answer and the same bytes on any number of threads.
pub fn prove(source: &Source, request: &ProofRequest, reporter: &dyn Reporter) -> Result<ProvedShow, JobError> {
    let plot = request.plot.as_ref().map(|path| Ok::<_, JobError>((path, PlotFormat::of(path)?))).transpose()?;
    let judged = certify(source, &request.options, reporter)?;
    let certificate = judged.certificate();
    let mut files = Vec::new();
    if let Some(path) = &request.certificate {
        files.push(MadeFile::new(path, certificate.to_json()?));
    }
    if let Some((path, format)) = plot {
        files.push(MadeFile::new(path, format.draw(&judged)?));
    }
    if let Some(path) = &request.safety {
        files.push(MadeFile::new(path, serde_json::to_vec(&judged.safety(reporter))?));
    }
    if let Some(path) = &request.sarif {
        files.push(MadeFile::new(path, serde_json::to_vec_pretty(&sarif(certificate, &request.name))?));
    }
    Ok(ProvedShow { judged, files })
}

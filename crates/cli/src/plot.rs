use std::path::Path;

use anyhow::{Result, bail};
use kapok_certify::Certificate;
use kapok_report::{report_pdf, separation_svg, svg_to_png};
use kapok_show::Show;

/// Pixels to a unit of the drawing: sharp on paper too.
const PNG_SCALE: f32 = 2.0;

/// What a plot is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotFormat {
    /// The least separation in each second, as a drawing.
    Svg,
    /// The same, as pixels.
    Png,
    /// The whole report.
    Pdf,
}

impl PlotFormat {
    /// By the ending of the file's name.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        Ok(match ending.as_str() {
            "svg" => Self::Svg,
            "png" => Self::Png,
            "pdf" => Self::Pdf,
            _ => bail!("{}: plots are written as .svg, .png or .pdf", path.display()),
        })
    }
}

/// The bytes of a plot.
pub fn plot(format: PlotFormat, show: &Show, certificate: &Certificate) -> Result<Vec<u8>> {
    Ok(match format {
        PlotFormat::Svg => separation_svg(certificate).into_bytes(),
        PlotFormat::Png => svg_to_png(&separation_svg(certificate), PNG_SCALE)?,
        PlotFormat::Pdf => report_pdf(show, certificate)?,
    })
}

//! A show from one format into another, with what that loses and the proof of the result.

mod answer;
mod encode;
mod fit;
mod judge;
mod loss;
mod names;
mod origin;
mod request;
mod skyb;
mod target;

use std::path::PathBuf;

use kapok_certify::{Options, Source};
use kapok_format::altitude_note;
use kapok_show::Reporter;

use crate::error::JobError;
use crate::file::{NamedFiles, file_name};

pub use answer::{ConversionAnswer, ConversionSource};
pub use loss::{FitLoss, Loss, SkybLoss};
pub use request::ConversionRequest;
pub use target::Target;

use encode::encode;
use fit::fit;
use judge::judge;
use origin::Origin;

/// Why a draft is not converted into a format that vehicles fly from.
const DRAFT: &str = "the show is a draft, not proved, and this format has no place that says so: convert it to .skyc, or to a \
                     format for looking (.glb, .kml, .kmz, .geojson)";

/// A converted show. What is violated or undecided is converted all the same, and says so.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// What the output is.
    pub target: Target,
    /// Where the request wants it: a file, or a folder.
    pub output: PathBuf,
    /// Name and bytes of each file; in a folder more than one.
    pub files: NamedFiles,
    /// What was lost, and what is proved of the result.
    pub answer: ConversionAnswer,
}

/// Converts a show, reads the result back and proves it.
///
/// # Guarantees
/// The loss is measured by the writer of the format. The result is proved against the limits of the source, or against its own
/// where the format has a place for them; a format that cannot be read back is not judged.
///
/// # Errors
/// [`JobError`] if the source is no show, cannot be written in the format, or a setting is of another format.
///
/// # Complexity
/// Of reading, writing and [`kapok_certify::certify`].
///
/// # Determinism
/// The same source and request give the same answer and the same bytes on any number of threads.
pub fn convert(source: &Source, request: &ConversionRequest, reporter: &dyn Reporter) -> Result<Conversion, JobError> {
    let (output, target) = request.target()?;
    reporter.phase("decoding", 0);
    let id = source.id().clone();
    let mut decoded = source.decode(&Options { rth_layout: request.rth_layout, ..Options::default() })?;
    if (request.rth_layout.is_some() || request.without_return_to_home)
        && !target.is_skyb()
        && !origin::is_skyb(decoded.format)
    {
        let why = "is for .skyb files, read or written".to_owned();
        let field = if request.rth_layout.is_some() { "rth_layout" } else { "without_return_to_home" };
        return Err(JobError::Setting { field, why });
    }
    if decoded.show.draft && target != Target::Skyc && !target.is_for_looking() {
        return Err(JobError::Output { path: output, why: DRAFT.to_owned() });
    }
    for note in &decoded.notes {
        reporter.warn(note);
    }
    let fit = fit(&mut decoded, target, request.fit_tolerance_m)?;
    reporter.phase("writing", 0);
    let name = file_name(&output);
    let (files, mut loss) = encode(&decoded.show, target, request, &name)?;
    if matches!(target, Target::Kml | Target::Kmz)
        && let Some(note) = altitude_note(&decoded.show.site)
    {
        reporter.warn(note);
    }
    if let Some(fit) = &fit {
        // A vehicle is off its source by what fitting and what writing moved it.
        loss.max_deviation_m = loss.max_deviation_m.map(|off_m| off_m + fit.max_deviation_m);
        loss.worst_vehicle = loss.max_deviation_m.map(|_| fit.worst_vehicle.clone());
    }
    loss.fit = fit;
    reporter.phase("decoding the result", 0);
    let origin = Origin { decoded, id };
    let judged = judge(&origin, target, (&name, &files), request, reporter)?;
    let answer = ConversionAnswer::of(&origin, request, (&output, target), &files, loss, judged.as_ref());
    Ok(Conversion { target, output, files, answer })
}

use kapok_certify::{Judged, Options, Source, Surroundings, certify};
use kapok_show::{DVec3, Reporter, Vehicle, pad_below};

use super::origin::Origin;
use super::request::ConversionRequest;
use super::target::Target;
use crate::error::JobError;

/// What the proof says of the decoded result.
pub struct JudgedConversion {
    pub judged: Judged,
    /// Are site, surroundings, limits, profile and pads those of the source, because the format has no place for them?
    pub limits_of_source: bool,
}

/// Decodes the result and proves it, if the format can be read back.
pub fn judge(
    origin: &Origin,
    target: Target,
    (name, files): (&str, &[(String, Vec<u8>)]),
    request: &ConversionRequest,
    reporter: &dyn Reporter,
) -> Result<Option<JudgedConversion>, JobError> {
    let written = match (target, files) {
        (Target::Skyb | Target::Skyc | Target::CsvZip | Target::Vviz | Target::PolynomialZip, [(name, bytes)]) => {
            Source::file(name.as_str(), bytes.clone())
        }
        (Target::SkybFolder | Target::PolynomialFolder, files) => Source::folder(name, files.to_vec()),
        _ => return Ok(None),
    };
    let show = &origin.decoded.show;
    let limits_of_source = !matches!(target, Target::Skyc | Target::SkybFolder);
    let surroundings = limits_of_source.then(|| Surroundings {
        from: format!("\"{}\" (sha256 {})", origin.id.name, origin.id.sha256),
        title: show.title.clone(),
        site: show.site,
        environment: show.environment.clone(),
        limits: show.limits,
        profile: show.profile.clone(),
        pads_m: stated_pads(&show.vehicles),
    });
    let options = Options {
        rth_layout: request.rth_layout,
        surroundings,
        airborne_ends: request.airborne_ends,
        ..Options::default()
    };
    let judged = certify(&written, &options, reporter)?;
    if target == Target::Skyc && judged.show().vehicles != show.vehicles {
        return Err(JobError::NotReadBack);
    }
    Ok(Some(JudgedConversion { judged, limits_of_source }))
}

/// The pads, if they are others than a reader assumes who is told none.
fn stated_pads(vehicles: &[Vehicle]) -> Vec<DVec3> {
    let assumed = vehicles.iter().all(|v| v.home_m == pad_below(v.trajectory.start_point_m()));
    if assumed { Vec::new() } else { vehicles.iter().map(|v| v.home_m).collect() }
}

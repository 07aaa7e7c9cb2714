//! The result decoded again, and proved.

use anyhow::{Result, bail};
use kapok_format::skyb::RthLayout;
use kapok_format::{Decoded, ReadLimits, content_sha256, read_crazyswarm_files, read_skyb_as, read_skyb_folder};
use kapok_proof::{Certificate, FileId, ProofSettings, prove};
use kapok_show::Reporter;

use super::target::Target;

/// What the proof says of the decoded result.
pub(super) struct Judged {
    pub(super) certificate: Certificate,
    /// What its reader had to assume.
    pub(super) notes: Vec<String>,
    /// Are site, surroundings, limits and profile those of the source, because the format has no place for them?
    pub(super) limits_of_source: bool,
    /// Rounding step the proof was told of, metres.
    pub(super) coordinate_step_m: f64,
}

/// Decodes the result and proves it, if the format can be read back.
pub(super) fn judge(
    Decoded { show: source, .. }: &Decoded,
    target: Target,
    files: &[(String, Vec<u8>)],
    rth_layout: Option<RthLayout>,
    reporter: &dyn Reporter,
) -> Result<Option<Judged>> {
    let limits = ReadLimits::default();
    let decoded = match (target, files) {
        (Target::Skyb, [(name, bytes)]) => read_skyb_as(bytes, name, rth_layout, &limits)?,
        (Target::Skyc | Target::CsvZip | Target::Vviz | Target::PolynomialZip, [(name, bytes)]) => {
            kapok_format::read(bytes, name, &limits)?
        }
        (Target::SkybFolder, files) => read_skyb_folder(files, rth_layout, &limits)?,
        (Target::PolynomialFolder, files) => read_crazyswarm_files(files, "", &limits)?,
        _ => return Ok(None),
    };
    let (coordinate_step_m, samples) = (decoded.coordinate_step_m(), decoded.is_sampled());
    let (mut show, notes) = (decoded.show, decoded.notes);
    if target == Target::Skyc && show.vehicles != source.vehicles {
        bail!("the .skyc file does not read back as what was written: nothing was written");
    }
    let limits_of_source = !matches!(target, Target::Skyc | Target::SkybFolder);
    if limits_of_source {
        show.title.clone_from(&source.title);
        show.site = source.site;
        show.environment.clone_from(&source.environment);
        show.limits = source.limits;
        show.profile.clone_from(&source.profile);
    }
    let settings = ProofSettings { coordinate_step_m, samples, ..ProofSettings::default() };
    let mut certificate = prove(&show, &settings, reporter);
    if let (false, [(name, bytes)]) = (target.is_folder(), files) {
        let file = FileId { name: name.clone(), sha256: content_sha256(bytes), bytes: bytes.len() as u64 };
        certificate = certificate.for_file(file);
    }
    Ok(Some(Judged { certificate, notes, limits_of_source, coordinate_step_m }))
}

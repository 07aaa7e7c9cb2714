use kapok_format::{
    DEFAULT_CSV_RATE_HZ, GltfOptions, KmlOptions, write_crazyswarm, write_csv_zip, write_geojson, write_glb, write_kml,
    write_kmz, write_skyc, write_vviz,
};
use kapok_show::Show;

use super::loss::Loss;
use super::names::file_stems;
use super::request::ConversionRequest;
use super::skyb::encode_skyb;
use super::target::Target;
use crate::error::JobError;
use crate::file::NamedFiles;

/// The show in the new format, and what that lost.
pub fn encode(
    show: &Show,
    target: Target,
    request: &ConversionRequest,
    name: &str,
) -> Result<(NamedFiles, Loss), JobError> {
    let left_out = target.left_out().to_owned();
    let rate_hz = request.rate_hz.unwrap_or(match target {
        Target::Kml | Target::Kmz => KmlOptions::default().rate_hz,
        _ => DEFAULT_CSV_RATE_HZ,
    });
    let sampled = Loss { rate_hz: Some(rate_hz), left_out: left_out.clone(), ..Loss::default() };
    let period_ms = Some((1000.0 / rate_hz).ceil());
    let kml = KmlOptions { rate_hz, ..KmlOptions::default() };
    let (bytes, loss) = match target {
        Target::Skyc => {
            // Lossless by the writer's guarantee; `judge` holds the decoded file against it.
            let none =
                Loss { max_deviation_m: Some(0.0), worst_light_shift_ms: Some(0.0), left_out, ..Loss::default() };
            (write_skyc(show)?, none)
        }
        Target::CsvZip => {
            let csv = write_csv_zip(show, rate_hz)?;
            let (max_deviation_m, worst_vehicle) = (Some(csv.max_deviation_m), Some(csv.worst_at.0));
            (csv.bytes, Loss { max_deviation_m, worst_vehicle, worst_light_shift_ms: period_ms, ..sampled })
        }
        Target::Vviz => {
            let vviz = write_vviz(show, rate_hz, rate_hz)?;
            let (max_deviation_m, worst_vehicle) = (Some(vviz.max_deviation_m), Some(vviz.worst_vehicle));
            (vviz.bytes, Loss { max_deviation_m, worst_vehicle, worst_light_shift_ms: period_ms, ..sampled })
        }
        Target::Glb => (write_glb(show, &GltfOptions::default())?, Loss { left_out, ..Loss::default() }),
        Target::Kml => (write_kml(show, &kml)?, sampled),
        Target::Kmz => (write_kmz(show, &kml)?, sampled),
        Target::Geojson => (write_geojson(show)?, Loss { left_out, ..Loss::default() }),
        Target::Skyb | Target::SkybFolder => return encode_skyb(show, target, request, name),
        Target::PolynomialZip | Target::PolynomialFolder => {
            let export = write_crazyswarm(show, &file_stems(show)?)?;
            let loss = Loss { max_deviation_m: Some(export.max_error_m), left_out, ..Loss::default() };
            if target == Target::PolynomialFolder {
                return Ok((export.files, loss));
            }
            (export.to_zip()?, loss)
        }
    };
    Ok((vec![(name.to_owned(), bytes)], loss))
}

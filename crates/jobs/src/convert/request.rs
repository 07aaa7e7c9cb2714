use std::path::PathBuf;

use kapok_format::skyb::RthLayout;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::error::JobError;

/// What a show is converted into.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct ConversionRequest {
    /// What the answer calls the source: its path.
    pub input: String,
    /// File to be made; its ending says the format.
    pub output: PathBuf,
    /// The output is a folder: one .skyb per vehicle, or one polynomial CSV.
    pub into_folder: bool,
    /// One polynomial CSV per vehicle, as Crazyswarm reads it.
    pub crazyswarm: bool,
    /// Samples per second in CSV, .vviz (25 if not given), KML and KMZ (4).
    pub rate_hz: Option<f64>,
    /// From samples to curves: greatest distance of a curve from a sample, metres; 0 keeps straight lines. 0.01 if not given.
    pub fit_tolerance_m: Option<f64>,
    /// Layout of return plans in .skyb files, read or written.
    pub rth_layout: Option<RthLayout>,
    /// Leave return plans out of .skyb files, knowingly.
    pub without_return_to_home: bool,
    /// The motion is a part of a show that may begin and end in the air.
    pub airborne_ends: bool,
}

impl ConversionRequest {
    /// Where the result goes, and what it is: by its ending, or because it is a folder.
    ///
    /// # Errors
    /// [`JobError::Output`] for an ending that is not written; [`JobError::Setting`] for a rate where nothing is sampled.
    pub fn target(&self) -> Result<(PathBuf, Target), JobError> {
        let (output, target) = self.named_target()?;
        if self.rate_hz.is_some() && !target.is_sampled() {
            let why = format!("is for formats of samples (.zip, .vviz, .kml, .kmz); {} has none", target.name());
            return Err(JobError::Setting { field: "rate_hz", why });
        }
        Ok((output, target))
    }

    fn named_target(&self) -> Result<(PathBuf, Target), JobError> {
        let bad = |why: &str| Err(JobError::Output { path: self.output.clone(), why: why.to_owned() });
        if self.into_folder {
            // Without the separator at the end.
            let folder: PathBuf = self.output.components().collect();
            if folder.file_name().is_none() {
                return bad("give the name of a folder that is new or empty");
            }
            return Ok((folder, if self.crazyswarm { Target::PolynomialFolder } else { Target::SkybFolder }));
        }
        let ending = self.output.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        if self.crazyswarm && ending != "zip" {
            return bad("polynomial CSV is written as a .zip, or into a folder (its name ends with a slash)");
        }
        let target = match ending.as_str() {
            "zip" if self.crazyswarm => Target::PolynomialZip,
            "skyc" => Target::Skyc,
            "zip" => Target::CsvZip,
            "vviz" => Target::Vviz,
            "glb" => Target::Glb,
            "kml" => Target::Kml,
            "kmz" => Target::Kmz,
            "geojson" => Target::Geojson,
            "skyb" => Target::Skyb,
            _ => {
                return bad(
                    "the ending says the format: .skyc, .zip (CSV), .vviz, .skyb, .glb, .kml, .kmz, .geojson, or a folder \
                     (its name ends with a slash) for one .skyb per vehicle",
                );
            }
        };
        Ok((self.output.clone(), target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        let target = |name: &str, crazyswarm: bool| {
            let into_folder = name == "x" || name.ends_with('/');
            let request = ConversionRequest { output: name.into(), into_folder, crazyswarm, ..Default::default() };
            request.target()
        };
        let of = |name: &str| target(name, false).map(|(path, t)| (path.display().to_string(), t));
        let polynomials = |name: &str| target(name, true).map(|(_, t)| t);
        assert_eq!(polynomials("a.zip").unwrap(), Target::PolynomialZip);
        assert_eq!(polynomials("no-such-folder/").unwrap(), Target::PolynomialFolder);
        assert!(polynomials("a.skyc").is_err());
        assert_eq!(of("a/b.SKYC").unwrap(), ("a/b.SKYC".into(), Target::Skyc));
        assert_eq!(of("no-such-folder/").unwrap(), ("no-such-folder".into(), Target::SkybFolder));
        assert_eq!(of("x.skyb").unwrap().1, Target::Skyb);
        assert_eq!(of("x").unwrap().1, Target::SkybFolder);
        for bad in ["show.docx", "show", "/", ".."] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}

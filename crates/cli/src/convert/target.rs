//! What OUT is, and what its format can hold.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::args::ConvertArgs;

/// What the command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Skyc,
    CsvZip,
    Vviz,
    Glb,
    Kml,
    Kmz,
    Geojson,
    /// One file, for a show of one vehicle.
    Skyb,
    /// One file per vehicle, and the site file.
    SkybFolder,
    /// One polynomial CSV per vehicle, zipped or in a folder.
    PolynomialZip,
    PolynomialFolder,
}

/// What OUT is: by its ending, or because it is a folder.
pub(super) fn target(out: &Path, args: &ConvertArgs) -> Result<(PathBuf, Target)> {
    let ends_with_separator = out.to_string_lossy().ends_with(std::path::is_separator);
    if args.skyb_folder || ends_with_separator || out.is_dir() {
        // Without the separator at the end.
        let folder: PathBuf = out.components().collect();
        if folder.file_name().is_none() {
            bail!("{}: give the name of a folder that is new or empty", out.display());
        }
        return Ok((folder, if args.crazyswarm { Target::PolynomialFolder } else { Target::SkybFolder }));
    }
    let ending = out.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if args.crazyswarm && ending != "zip" {
        bail!("{}: --crazyswarm writes a .zip, or a folder (its name ends with a slash)", out.display());
    }
    let target = match ending.as_str() {
        "zip" if args.crazyswarm => Target::PolynomialZip,
        "skyc" => Target::Skyc,
        "zip" => Target::CsvZip,
        "vviz" => Target::Vviz,
        "glb" => Target::Glb,
        "kml" => Target::Kml,
        "kmz" => Target::Kmz,
        "geojson" => Target::Geojson,
        "skyb" => Target::Skyb,
        _ => bail!(
            "{}: the ending says the format: .skyc, .zip (CSV), .vviz, .skyb, .glb, .kml, .kmz, .geojson, or a folder \
             (its name ends with a slash) for one .skyb per vehicle",
            out.display()
        ),
    };
    Ok((out.to_owned(), target))
}

impl Target {
    pub(super) const fn is_sampled(self) -> bool {
        matches!(self, Self::CsvZip | Self::Vviz | Self::Kml | Self::Kmz)
    }

    /// Has the format pieces that bend?
    pub(super) const fn has_curves(self) -> bool {
        !self.is_sampled() && !matches!(self, Self::Geojson)
    }

    pub(super) const fn is_skyb(self) -> bool {
        matches!(self, Self::Skyb | Self::SkybFolder)
    }

    pub(super) const fn is_folder(self) -> bool {
        matches!(self, Self::SkybFolder | Self::PolynomialFolder)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Skyc => ".skyc",
            Self::CsvZip => "zipped CSV",
            Self::Vviz => ".vviz",
            Self::Glb => "binary glTF",
            Self::Kml => "KML",
            Self::Kmz => "KMZ",
            Self::Geojson => "GeoJSON",
            Self::Skyb => ".skyb",
            Self::SkybFolder => "one .skyb per vehicle",
            Self::PolynomialZip | Self::PolynomialFolder => "one polynomial CSV per vehicle",
        }
    }

    /// What the format has no place for.
    pub(super) const fn left_out(self) -> &'static str {
        match self {
            Self::Skyc => "nothing of what was read",
            Self::CsvZip => {
                "site, surroundings, limits, vehicle profile, chapters, pads apart from the first row, yaw, pyrotechnics, \
                 return plans, groups, music"
            }
            Self::Vviz => {
                "heading, surroundings, limits, vehicle profile, chapters, pads apart from the first sample, yaw, \
                 pyrotechnics, return plans, groups, music"
            }
            Self::Skyb => {
                "site, surroundings, limits, vehicle profile, chapters, pads apart from the first point, groups, music"
            }
            Self::SkybFolder => "music",
            Self::PolynomialZip | Self::PolynomialFolder => {
                "lights, site, surroundings, limits, vehicle profile, chapters, pads apart from the first point, \
                 pyrotechnics, return plans, groups, music"
            }
            Self::Glb => {
                "site, surroundings, limits, vehicle profile, chapters, pads, yaw, pyrotechnics, return plans, groups, music"
            }
            Self::Kml | Self::Kmz => {
                "colours, surroundings, limits, vehicle profile, chapters, pads, yaw, pyrotechnics, return plans, groups, \
                 music"
            }
            Self::Geojson => {
                "all motion, light and music; kept are flight volume, fence, keep-outs, audiences, waters, pads"
            }
        }
    }

    pub(super) const fn positions_sentence(self) -> &'static str {
        match self {
            Self::Glb => {
                "not measured: 32-bit floats; pieces of degree 1 to 3 exact but for these, higher ones in 16 cubic parts"
            }
            Self::Kml | Self::Kmz => "not measured: sampled, 1e-8 degrees and millimetres",
            _ => "not written",
        }
    }

    pub(super) const fn lights_sentence(self) -> &'static str {
        match self {
            Self::Glb => "not measured: fades in steps of 40 ms",
            _ => "not written",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        let args = |name: &str, crazyswarm: bool| ConvertArgs {
            input: PathBuf::new(),
            output: name.into(),
            rate: None,
            fit: None,
            rth_layout: None,
            crazyswarm,
            airborne_ends: false,
            skyb_folder: name == "x",
            threads: None,
            json: false,
        };
        let of =
            |name: &str| target(Path::new(name), &args(name, false)).map(|(path, t)| (path.display().to_string(), t));
        let polynomials = |name: &str| target(Path::new(name), &args(name, true)).map(|(_, t)| t);
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

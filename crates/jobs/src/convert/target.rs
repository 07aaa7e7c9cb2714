/// What a show is converted into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The format that holds everything.
    Skyc,
    /// Zipped CSV, one file per vehicle.
    CsvZip,
    /// VVIZ.
    Vviz,
    /// Binary glTF.
    Glb,
    /// KML.
    Kml,
    /// Zipped KML.
    Kmz,
    /// The flight volume as GeoJSON.
    Geojson,
    /// One file, for a show of one vehicle.
    Skyb,
    /// One file per vehicle, and the site file.
    SkybFolder,
    /// One polynomial CSV per vehicle, zipped.
    PolynomialZip,
    /// One polynomial CSV per vehicle, in a folder.
    PolynomialFolder,
}

impl Target {
    /// Does the format consist of samples?
    pub const fn is_sampled(self) -> bool {
        matches!(self, Self::CsvZip | Self::Vviz | Self::Kml | Self::Kmz)
    }

    /// Has the format pieces that bend?
    pub const fn has_curves(self) -> bool {
        !self.is_sampled() && !matches!(self, Self::Geojson)
    }

    /// Is it made of .skyb files?
    pub const fn is_skyb(self) -> bool {
        matches!(self, Self::Skyb | Self::SkybFolder)
    }

    /// Does nothing fly from it?
    pub const fn is_for_looking(self) -> bool {
        matches!(self, Self::Glb | Self::Kml | Self::Kmz | Self::Geojson)
    }

    /// Is the result a folder of files?
    pub const fn is_folder(self) -> bool {
        matches!(self, Self::SkybFolder | Self::PolynomialFolder)
    }

    /// What people call the format.
    pub const fn name(self) -> &'static str {
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
    pub const fn left_out(self) -> &'static str {
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

    /// What becomes of positions where the writer does not measure it.
    pub const fn positions_sentence(self) -> &'static str {
        match self {
            Self::Glb => {
                "not measured: 32-bit floats; pieces of degree 1 to 3 exact but for these, higher ones in 16 cubic parts"
            }
            Self::Kml | Self::Kmz => "not measured: sampled, 1e-8 degrees and millimetres",
            _ => "not written",
        }
    }

    /// What becomes of lights where the writer does not measure it.
    pub const fn lights_sentence(self) -> &'static str {
        match self {
            Self::Glb => "not measured: fades in steps of 40 ms",
            _ => "not written",
        }
    }
}

use kapok_certify::FileId;
use kapok_format::{Decoded, Format};

/// What is converted.
pub struct Origin {
    pub decoded: Decoded,
    pub id: FileId,
}

/// Does a file of this format consist of samples?
pub const fn is_sampled(format: Format) -> bool {
    matches!(format, Format::CsvZip | Format::Vviz)
}

/// Is it made of .skyb files?
pub const fn is_skyb(format: Format) -> bool {
    matches!(format, Format::Skyb | Format::SkybFolder)
}

/// What people call it.
pub const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Skyc => ".skyc",
        Format::Skyb => ".skyb",
        Format::Vviz => ".vviz",
        Format::CsvZip => "zipped CSV",
        Format::Crazyswarm => "polynomial CSV",
        Format::SkybFolder => "folder of .skyb",
    }
}

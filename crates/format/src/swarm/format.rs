/// A file format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ZIP with show.json, see [`crate::read_skyc`].
    Skyc,
    /// One vehicle's binary file, see [`crate::read_skyb`].
    Skyb,
    /// Interchange JSON, see [`crate::read_vviz`].
    Vviz,
    /// One CSV file per drone, in a ZIP, a folder, or a single one, see [`crate::read_csv_zip`].
    CsvZip,
    /// One polynomial CSV a vehicle, in a ZIP, a folder, or a single one, see [`crate::read_crazyswarm`].
    Crazyswarm,
    /// Folder of one .skyb a vehicle, see [`crate::read_skyb_folder`]. Never the format of a single file.
    SkybFolder,
}

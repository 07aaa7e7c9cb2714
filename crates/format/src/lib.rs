//! Readers and writers of drone show files.
//!
//! Row of the architecture: **knows** readers and writers of every file format, sans I/O (bytes in, bytes out);
//! **imports** `show`, `motion`.
//!
//! | format | read | write | loss |
//! |---|---|---|---|
//! | .skyc | [`read_skyc`] | [`write_skyc`] | none |
//! | .skyb | [`read_skyb`] | [`write_skyb`] | rounded to the finest grid that fits; bound returned |
//! | folder of .skyb | [`read_skyb_folder`] | [`write_skyb`], [`write_site_file`] | as .skyb |
//! | polynomial CSV | [`read_crazyswarm`], [`read_folder`] | [`write_crazyswarm`] | no lights; rounding of `f64` measured and returned |
//! | show CSV | [`read_csv_zip`], [`read_folder`] | [`write_csv_zip`] | sampled; bound measured and returned |
//! | .vviz | [`read_vviz`] | [`write_vviz`] | sampled; bound measured and returned |
//! | binary glTF | – | [`write_glb`] | 32-bit floats; fades in steps of 40 ms |
//! | KML, KMZ | – | [`write_kml`], [`write_kmz`] | sampled; no colours |
//! | GeoJSON | – | [`write_geojson`] | only the volumes and pads |
//!
//! [`fit`] makes curves of samples. [`read`] takes any single file, [`read_folder`] any folder. Every reader says in [`Decoded::notes`] what it had to assume, round or
//! leave out; what it left out stands in [`Decoded::left_out`] too.
//!
//! # Input from outside
//! Readers trust nothing: [`ReadBounds`] bounds members, sizes, counts and depth; text is parsed with place and value in
//! each error; nothing panics, nothing allocates by a number that a file merely claims. One file is one show: what two readers
//! could read in two ways is refused, by one door for JSON ([`read_json`]) and one for ZIP.
//!
//! # Frames and times
//! Show files are north-west-up ([`kapok_show::Nwu`]), the vocabulary is in the site frame; the change only swaps and
//! negates axes, so it is exact. Stored times are whole milliseconds.
//!
//! # Determinism
//! Writers give the same bytes for the same show, readers the same result or the same error for the same bytes, on any
//! number of threads.

mod codec;
mod container;
mod detect;
mod error;
mod export;
pub mod fit;
mod hash;
pub mod light;
mod sampled;
mod swarm;
mod text;

pub use codec::crazyswarm::{CrazyswarmExport, read_crazyswarm, read_crazyswarm_files, write_crazyswarm};
pub use codec::csv::{CsvExport, DEFAULT_CSV_RATE_HZ, read_csv_zip, write_csv_zip};
pub use codec::skyb::{self, read_skyb, read_skyb_as, write_skyb};
pub use codec::skyb_folder::{SITE_FILE_NAME, read_skyb_folder, write_site_file};
pub use codec::skyc::{read_skyc, write_skyc};
pub use codec::vviz::{VvizExport, read_vviz, write_vviz};
pub use detect::{detect, read, read_folder};
pub use error::{Place, ReadError, WriteError};
pub use export::{
    FlightVolume, GltfOptions, KmlOptions, altitude_note, flight_volume, write_geojson, write_glb, write_kml, write_kmz,
};
pub use hash::{content_sha256, folder_sha256, vehicle_sha256};
pub use light::{compile_lights, decode_lights};
pub use swarm::{Decoded, Format, IllegalLimit, LimitSources, ReadBounds, SAMPLE_STEP_M, SKYC_STEP_M};
pub use text::json::read_json;

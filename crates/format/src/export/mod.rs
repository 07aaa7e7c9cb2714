//! Formats that are written only: for looking at a show, not for flying it.

mod geojson;
mod gltf;
mod kml;

pub use geojson::{FlightVolume, flight_volume, write_geojson};
pub use gltf::{GltfOptions, write_glb};
pub use kml::{KmlOptions, altitude_note, write_kml, write_kmz};

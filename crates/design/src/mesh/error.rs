use thiserror::Error;

use super::triangle::{MAX_LAYERS, MAX_TRIANGLES};

/// Why a file gives no mesh, or a mesh no stack of prisms.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum MeshError {
    /// A line of a text file is wrong.
    #[error("line {line}: {why}")]
    BadLine {
        /// Line, from 1.
        line: usize,
        /// What is wrong with which value, and what to do.
        why: String,
    },
    /// A triangle of a binary file is wrong.
    #[error("triangle {triangle}, corner {corner}: {why}")]
    BadTriangle {
        /// Triangle, from 1.
        triangle: usize,
        /// Corner, from 1.
        corner: usize,
        /// What is wrong with which value, and what to do.
        why: String,
    },
    /// The file is no STL file.
    #[error(
        "this is no STL: it does not begin with \"solid\", and binary STL of {triangles} triangles has {expected} bytes, \
         not {found}; export it again"
    )]
    NotStl {
        /// Number of triangles that the head speaks of.
        triangles: u64,
        /// Bytes that so many have.
        expected: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// More triangles than are accepted.
    #[error("the mesh has more than {MAX_TRIANGLES} triangles; export a simpler one: an obstacle needs no ornament")]
    TooManyTriangles,
    /// Nothing to keep out of.
    #[error("the mesh has no faces")]
    Empty,
    /// A corner is not finite or too far away once the mesh is placed.
    #[error("a corner lies at {at_m:.0} m, farther than 100 km from the origin; are scale and place right?")]
    TooFar {
        /// Largest coordinate without sign, metres.
        at_m: f64,
    },
    /// A setting is outside its legal range.
    #[error("{field} is {value}: {why}")]
    BadSetting {
        /// The field of the settings.
        field: &'static str,
        /// What it was.
        value: f64,
        /// Its legal range.
        why: &'static str,
    },
    /// The layers are too thin for the mesh.
    #[error(
        "{height_m:.1} m in layers of {layer_m} m are more than {MAX_LAYERS} layers; give layers of {needed_m:.2} m or more"
    )]
    TooManyLayers {
        /// Height of the mesh, metres.
        height_m: f64,
        /// Height of a layer, metres.
        layer_m: f64,
        /// Least height that is accepted.
        needed_m: f64,
    },
    /// The mesh falls into too many pieces.
    #[error(
        "layers of {layer_m:.2} m make {found} {what}, more than {max}; give higher layers, or export a simpler mesh"
    )]
    TooManyPieces {
        /// Height of a layer, metres.
        layer_m: f64,
        /// What there is too much of.
        what: &'static str,
        /// How many there are at least.
        found: usize,
        /// How many are accepted.
        max: usize,
    },
}

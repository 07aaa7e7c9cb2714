//! Meshes to keep out of: a triangle mesh becomes a stack of upright prisms that contains it.
//!
//! # How
//! The mesh is cut into layers, at every large level face and in between where a layer would be too high. In each layer the
//! triangles are clipped to it and projected to the ground. Pieces that touch or come as close as the tolerance are one part,
//! and so are parts whose convex hulls do, until none do. The hull of each part, grown by the clearance and a millimetre for
//! rounding, is the outline of a prism. Layers with nearly equal hulls are joined, and outlines are simplified by taking
//! sides away and lengthening their neighbours, which only adds area.
//!
//! # Why it contains the mesh
//! A point of a triangle is in the clipped piece of its layer and so in a hull. A point inside a closed mesh is surrounded,
//! at its own altitude, by closed curves of the surface; consecutive triangles of a curve touch, so each curve is in one
//! part, and the hull of the part contains what it surrounds. Every later step only adds.
//!
//! # What it adds
//! Courtyards, arches and other hollows of a part. [`Stack::excess_m`] bounds how far any point of the prisms' surface is
//! from the mesh: a branch and bound on the surface, in which the largest distance of a triangle of it from one of the mesh
//! is that of a corner, because the distance from a convex set is convex.

mod error;
mod excess;
mod hull;
mod layers;
mod nearest;
mod obj;
mod prism;
mod stack;
mod stl;
mod triangle;

pub use error::MeshError;
pub use prism::Prism;
pub use stack::{Stack, StackSettings, stack};
pub use triangle::{MAX_LAYERS, MAX_TRIANGLES, Triangle, bounds};

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeshFormat {
    /// Wavefront OBJ.
    Obj,
    /// STL, text or binary.
    Stl,
}

impl MeshFormat {
    /// By the end of the file's name.
    pub fn of(file_name: &str) -> Option<Self> {
        let (_, end) = file_name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "obj" => Some(Self::Obj),
            "stl" => Some(Self::Stl),
            _ => None,
        }
    }
}

/// Reads a mesh: its triangles in the file's own units and axes, at least one.
///
/// # Guarantees
/// All coordinates are finite and at most 10⁹. Materials, normals and textures are passed over; everything that has a shape
/// is read or refused.
///
/// # Errors
/// [`MeshError`] with the line or the triangle.
///
/// # Panics
/// Never, whatever the bytes are.
///
/// # Complexity
/// O(bytes).
pub fn read_mesh(bytes: &[u8], format: MeshFormat) -> Result<Vec<Triangle>, MeshError> {
    let triangles = match format {
        MeshFormat::Obj => obj::read(bytes),
        MeshFormat::Stl => stl::read(bytes),
    }?;
    if triangles.is_empty() { Err(MeshError::Empty) } else { Ok(triangles) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_name_says_the_format() {
        assert_eq!(MeshFormat::of("art/tower.v2.OBJ"), Some(MeshFormat::Obj));
        assert_eq!(MeshFormat::of("a.stl"), Some(MeshFormat::Stl));
        assert_eq!(MeshFormat::of("obj"), None);
        assert_eq!(MeshFormat::of("a.glb"), None);
    }

    #[test]
    fn a_file_without_faces_is_refused() {
        assert_eq!(read_mesh(b"v 0 0 0\n", MeshFormat::Obj), Err(MeshError::Empty));
        assert_eq!(read_mesh(b"solid\nendsolid\n", MeshFormat::Stl), Err(MeshError::Empty));
    }
}

//! Triangles, bounds of their number and of their coordinates.

use kapok_show::DVec3;

/// Corners of a triangle, in either direction; it may be without area.
pub type Triangle = [DVec3; 3];

/// Most triangles of a mesh.
pub const MAX_TRIANGLES: usize = 200_000;
/// Most layers a mesh is cut into for its height, besides those for level faces.
pub const MAX_LAYERS: usize = 400;

/// Farthest coordinate in a file, in its units.
const FARTHEST: f64 = 1e9;

/// The box around points of triangles.
pub fn bounds(triangles: &[Triangle]) -> (DVec3, DVec3) {
    let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    triangles.iter().flatten().fold(start, |(low, high), &p| (low.min(p), high.max(p)))
}

pub fn number(text: &str) -> Result<f64, String> {
    let shown: String = text.chars().take(40).collect();
    let value: f64 = text.parse().map_err(|_| format!("\"{shown}\" is no number; export the mesh again"))?;
    finite(value, &shown)
}

pub fn finite(value: f64, text: &str) -> Result<f64, String> {
    if !value.is_finite() {
        return Err(format!("\"{text}\" is not finite; repair the mesh and export it again"));
    }
    if value.abs() > FARTHEST {
        return Err(format!("{text} is farther than {FARTHEST} units from the origin; move the mesh there"));
    }
    Ok(value)
}

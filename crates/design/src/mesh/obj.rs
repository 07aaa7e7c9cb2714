use kapok_show::DVec3;

use super::error::MeshError;
use super::triangle::{MAX_TRIANGLES, Triangle, number};
use crate::text_file;

/// Statements that do not change the shape.
const WITHOUT_SHAPE: [&str; 21] = [
    "vt",
    "vn",
    "vp",
    "o",
    "g",
    "s",
    "mg",
    "usemtl",
    "mtllib",
    "usemap",
    "maplib",
    "lod",
    "bevel",
    "c_interp",
    "d_interp",
    "shadow_obj",
    "trace_obj",
    "cstype",
    "deg",
    "ctech",
    "stech",
];
/// Statements of curves and curved surfaces.
const FREE_FORM: [&str; 11] = ["curv", "curv2", "surf", "parm", "trim", "hole", "scrv", "sp", "end", "con", "bmat"];

/// The triangles of a Wavefront OBJ file. Polygons become fans: whatever the polygon, its fan covers it. Lines and points
/// become triangles without area, for a mast may be drawn as a line.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Triangle>, MeshError> {
    let mut vertices: Vec<DVec3> = Vec::new();
    let mut triangles: Vec<Triangle> = Vec::new();
    let mut corners: Vec<DVec3> = Vec::new();
    let bytes = text_file::unmarked(bytes).map_err(|why| MeshError::BadLine { line: 1, why: why.to_owned() })?;
    let mut lines = text_file::lines(bytes);
    while let Some((number_of_line, line)) = lines.next() {
        let bad = |why: String| MeshError::BadLine { line: number_of_line, why };
        let mut statement = String::new();
        let mut rest = line;
        loop {
            let text = rest.split(|&b| b == b'#').next().unwrap_or_default();
            let text = String::from_utf8_lossy(text);
            let text = text.trim_end();
            let Some(continued) = text.strip_suffix('\\') else {
                statement.push_str(text);
                break;
            };
            statement.push_str(continued);
            statement.push(' ');
            let Some((_, next)) = lines.next() else { break };
            rest = next;
        }
        let mut words = statement.split_whitespace();
        let Some(keyword) = words.next() else { continue };
        match keyword {
            "v" => {
                let values = words.map(number).collect::<Result<Vec<f64>, String>>().map_err(bad)?;
                // A weight or a colour may follow.
                let (&[x, y, z], 3 | 4 | 6 | 7) = (values.first_chunk().unwrap_or(&[0.0; 3]), values.len()) else {
                    let found = values.len();
                    return Err(bad(format!("a vertex has {found} numbers; write `v x y z`")));
                };
                vertices.push(DVec3::new(x, y, z));
            }
            "f" | "l" | "p" => {
                corners.clear();
                for word in words {
                    corners.push(vertex(word, &vertices).map_err(bad)?);
                }
                let least = match keyword {
                    "f" => 3,
                    "l" => 2,
                    _ => 1,
                };
                let found = corners.len();
                if found < least {
                    return Err(bad(format!("`{keyword}` has {found} corners and needs {least} or more")));
                }
                if triangles.len() + found > MAX_TRIANGLES + least {
                    return Err(MeshError::TooManyTriangles);
                }
                match keyword {
                    "f" => triangles.extend(corners[1..].windows(2).map(|w| [corners[0], w[0], w[1]])),
                    "l" => triangles.extend(corners.windows(2).map(|w| [w[0], w[1], w[1]])),
                    _ => triangles.extend(corners.iter().map(|&p| [p; 3])),
                }
            }
            other if WITHOUT_SHAPE.contains(&other) => {}
            other if FREE_FORM.contains(&other) => {
                return Err(bad(format!("`{other}` belongs to a curved surface; export the mesh as polygons")));
            }
            other => {
                let other: String = other.chars().take(40).collect();
                return Err(bad(format!("`{other}` is no statement of Wavefront OBJ; is this another format?")));
            }
        }
    }
    if triangles.len() > MAX_TRIANGLES {
        return Err(MeshError::TooManyTriangles);
    }
    Ok(triangles)
}

/// The vertex of a corner `v`, `v/vt`, `v//vn` or `v/vt/vn`: counted from 1, or backwards from −1.
fn vertex(word: &str, vertices: &[DVec3]) -> Result<DVec3, String> {
    let first = word.split('/').next().unwrap_or_default();
    let shown: String = word.chars().take(40).collect();
    let at: i64 = first.parse().map_err(|_| format!("\"{shown}\" is no number of a vertex"))?;
    let index = if at > 0 { at.checked_sub(1) } else { at.checked_add(vertices.len() as i64).filter(|_| at < 0) };
    let found = index.and_then(|index| usize::try_from(index).ok()).and_then(|index| vertices.get(index));
    found.copied().ok_or_else(|| {
        let count = vertices.len();
        format!("there is no vertex {at}: {count} are written before; they count from 1, or backwards from -1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn faces_lines_points_and_every_way_to_name_a_vertex() {
        let text = "# a comment\nmtllib a.mtl\no thing\nv 0 0 0\nv 1 0 0 1.0\nv 1 1 0 0.5 0.5 0.5\r\nv 0 1 \\\n 2 # not 0\n\
                    vt 0 0\nvn 0 0 1\nf 1/1/1 2//1 3/1 -1\nl 1 2 3\np 4\n";
        let triangles = read(text.as_bytes()).unwrap();
        let v = [DVec3::ZERO, DVec3::X, DVec3::new(1.0, 1.0, 0.0), DVec3::new(0.0, 1.0, 2.0)];
        let expected =
            [[v[0], v[1], v[2]], [v[0], v[2], v[3]], [v[0], v[1], v[1]], [v[1], v[2], v[2]], [v[3], v[3], v[3]]];
        assert_eq!(triangles, expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        assert!(refused("v 0 0 0\nv 0 nan 0\n").starts_with("line 2: \"nan\" is not finite"));
        assert!(refused("v 0 0 1e99\n").starts_with("line 1: 1e99 is farther"));
        assert!(refused("v 0 x 1\n").starts_with("line 1: \"x\" is no number"));
        assert!(refused("v 0 1\n").starts_with("line 1: a vertex has 2 numbers"));
        assert!(refused("v 0 0 0\nf 1 2 3\n").starts_with("line 2: there is no vertex 2: 1 are"));
        assert!(refused("v 0 0 0\nf 1 1 0\n").starts_with("line 2: there is no vertex 0"));
        assert!(refused("v 0 0 0\nf 1 1 -2\n").starts_with("line 2: there is no vertex -2"));
        assert!(refused("v 0 0 0\nf 1 1 -9223372036854775808\n").starts_with("line 2: there is no vertex -9"));
        assert!(refused("v 0 0 0\nf 1 1\n").starts_with("line 2: `f` has 2 corners"));
        assert!(refused("\nsurf 0 1\n").starts_with("line 2: `surf` belongs to a curved surface"));
        assert!(refused("PK\u{3}\u{4}\n").contains("is no statement of Wavefront OBJ"));
    }

    #[test]
    fn more_triangles_than_are_accepted_are_refused_before_they_fill_the_memory() {
        let face = format!("v 0 0 0\nf {}\n", "1 ".repeat(MAX_TRIANGLES + 2));
        assert_eq!(read(face.as_bytes()).map(|t| t.len()), Ok(MAX_TRIANGLES));
        let face = format!("v 0 0 0\nf {}\n", "1 ".repeat(MAX_TRIANGLES + 3));
        assert_eq!(read(face.as_bytes()), Err(MeshError::TooManyTriangles));
    }
}

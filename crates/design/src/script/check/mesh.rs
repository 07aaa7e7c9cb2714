//! Keep-outs from meshes: which file, where it stands, and the prisms that stand for it.

use kapok_show::{DVec3, KeepOut, KeepOutShape, Site, figure, math};

use super::super::document::Path;
use super::super::types::{MeshTable, UpName};
use super::checker::Checker;
use crate::mesh::{MeshError, MeshFormat, StackSettings, Triangle, bounds, read_mesh, stack};

/// Least altitude of a mesh and highest, metres.
const ALTITUDES_M: (f64, f64) = (-1000.0, 10_000.0);

impl Checker<'_> {
    pub(super) fn mesh(&mut self, path: &Path, table: &MeshTable, site: &Site) -> Option<Vec<KeepOut>> {
        let file_path = path.key("file");
        let triangles = self.triangles(&file_path, &table.file);
        let at_m = self.place_of_mesh(path, table, site);
        let (mut triangles, (mut at_m, is_origin)) = (triangles?, at_m?);
        let upright = |p: DVec3| match table.up {
            UpName::Z => p,
            UpName::Y => DVec3::new(p.x, -p.z, p.y),
        };
        triangles.iter_mut().flatten().for_each(|p| *p = upright(*p) * table.scale);
        let (low_m, high_m) = bounds(&triangles);
        let foot_m = if is_origin { DVec3::ZERO } else { low_m.midpoint(high_m).with_z(low_m.z) };
        let (sin, cos) = math::sin_cos(table.yaw_deg.to_radians());
        for p in triangles.iter_mut().flatten() {
            let o = *p - foot_m;
            *p = at_m + DVec3::new(cos * o.x - sin * o.y, sin * o.x + cos * o.y, o.z);
        }
        at_m.z += low_m.z - foot_m.z;
        let top_m = at_m.z + high_m.z - low_m.z;
        if at_m.z < ALTITUDES_M.0 || top_m > ALTITUDES_M.1 {
            let message = format!("the mesh reaches from {:.1} m up to {top_m:.1} m", at_m.z);
            let help = "−1000 m to 10 000 m are accepted; are `scale` (metres to a unit) and `up` right?";
            self.report(path, message, help.to_owned());
            return None;
        }
        let settings = StackSettings { layer_m: table.layer_m, clearance_m: table.clearance_m };
        match stack(&triangles, &settings) {
            Ok(found) => {
                let size_m = high_m - low_m;
                self.note(
                    path,
                    format!(
                        "the mesh of \"{}\", {:.1} × {:.1} × {:.1} m, is approximated by {} in layers of up to {} m, which are up \
                         to {} m larger",
                        table.name,
                        size_m.x,
                        size_m.y,
                        size_m.z,
                        if found.prisms.len() == 1 { "1 prism".to_owned() } else { format!("{} prisms", found.prisms.len()) },
                        figure(found.layer_m),
                        figure((found.excess_m * 100.0).ceil() / 100.0)
                    ),
                );
                let keep_out = |prism: crate::mesh::Prism| KeepOut {
                    name: table.name.clone(),
                    shape: KeepOutShape::Prism {
                        polygon_m: prism.outline_m,
                        bottom_m: prism.bottom_m,
                        top_m: prism.top_m,
                    },
                };
                Some(found.prisms.into_iter().map(keep_out).collect())
            }
            Err(error) => {
                let field = match &error {
                    MeshError::TooManyLayers { .. } | MeshError::TooManyPieces { .. } => "layer_m",
                    MeshError::TooFar { .. } => "scale",
                    MeshError::BadSetting { field, .. } => field,
                    _ => "file",
                };
                self.report(&path.key(field), error.to_string(), None);
                None
            }
        }
    }

    fn triangles(&mut self, path: &Path, file: &str) -> Option<Vec<Triangle>> {
        let Some(format) = MeshFormat::of(file) else {
            let message = format!("\"{file}\" ends neither in .obj nor in .stl");
            self.report(path, message, "export the mesh as Wavefront OBJ or as STL".to_owned());
            return None;
        };
        let bytes = self.read(path, file)?;
        match read_mesh(&bytes, format) {
            Ok(triangles) => Some(triangles),
            Err(error) => {
                self.report(path, format!("the mesh \"{file}\" cannot be used: {error}"), None);
                None
            }
        }
    }

    /// Where the middle of the mesh's foot stands, or, if true, the origin of its file.
    fn place_of_mesh(&mut self, path: &Path, table: &MeshTable, site: &Site) -> Option<(DVec3, bool)> {
        let Some(origin_m) = table.origin_m else {
            let centre_m = self.point(path, table.centre_m, table.centre_lat_lon_deg, site)?;
            return Some((centre_m.extend(table.bottom_m.unwrap_or(0.0)), false));
        };
        let others = [
            ("centre_m", table.centre_m.is_some()),
            ("centre_lat_lon_deg", table.centre_lat_lon_deg.is_some()),
            ("bottom_m", table.bottom_m.is_some()),
        ];
        if let Some((name, _)) = others.into_iter().find(|(_, is_given)| *is_given) {
            let message = format!("`origin_m` and `{name}` both say where the mesh stands");
            self.report(&path.key(name), message, "keep one of the two".to_owned());
            return None;
        }
        Some((DVec3::from_array(origin_m), true))
    }
}

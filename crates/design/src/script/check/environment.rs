use kapok_show::{
    Audience, DVec2, DVec3, Environment, Geofence, KeepOut, KeepOutShape, Landmark, LandmarkShape, Road, Site, Water,
    Wgs84,
};

use super::super::document::Path;
use super::super::types::{EnvironmentTable, KeepOutTable, LandmarkTable};
use super::checker::Checker;
use crate::story::Polygon;

/// Farthest from the origin that anything may stand, metres.
const FARTHEST_M: f64 = 100_000.0;
/// Most keep-out volumes, the prisms of meshes counted one by one.
const MAX_VOLUMES: usize = 1000;

impl Checker<'_> {
    /// The environment in the site frame. What is wrong is reported and left out.
    pub(super) fn environment(&mut self, table: &EnvironmentTable, site: &Site) -> Environment {
        let top = Path::default().key("environment");
        let geofence = table.geofence.as_ref().and_then(|fence| {
            let path = top.key("geofence");
            let polygon_m =
                self.polygon(&path, fence.polygon_m.as_deref(), fence.polygon_lat_lon_deg.as_deref(), site)?;
            let holes_m = fence
                .hole
                .iter()
                .enumerate()
                .filter_map(|(index, hole)| {
                    let path = path.key("hole").index(index);
                    self.polygon(&path, hole.polygon_m.as_deref(), hole.polygon_lat_lon_deg.as_deref(), site)
                })
                .collect();
            Some(Geofence { holes_m, ..Geofence::around(polygon_m) })
        });
        let mut environment = Environment { geofence, indoor: table.indoor, ..Environment::default() };
        for (index, keep_out) in table.keep_out.iter().enumerate() {
            let path = top.key("keep_out").index(index);
            let volumes = self.keep_out(&path, keep_out, site);
            let found = environment.keep_outs.len() + volumes.len();
            if found > MAX_VOLUMES {
                let message = format!("with this keep-out there are {found} volumes, more than {MAX_VOLUMES}");
                self.report(&path, message, "give meshes a larger `layer_m`, or leave keep-outs out".to_owned());
                break;
            }
            environment.keep_outs.extend(volumes);
        }
        for (index, audience) in table.audience.iter().enumerate() {
            let path = top.key("audience").index(index);
            let metres = audience.polygon_m.as_deref();
            let Some(polygon_m) = self.polygon(&path, metres, audience.polygon_lat_lon_deg.as_deref(), site) else {
                continue;
            };
            let (eye_m, look_at_m) = (DVec3::from_array(audience.eye_m), DVec3::from_array(audience.look_at_m));
            if eye_m == look_at_m {
                self.report(&path.key("look_at_m"), "the audience camera looks at its own eye", None);
            }
            let (name, fov_deg) = (audience.name.clone(), audience.fov_deg);
            environment.audiences.push(Audience { name, polygon_m, eye_m, look_at_m, fov_deg });
        }
        for (index, water) in table.water.iter().enumerate() {
            let path = top.key("water").index(index);
            let metres = water.polygon_m.as_deref();
            let polygon = self.polygon(&path, metres, water.polygon_lat_lon_deg.as_deref(), site);
            environment.waters.extend(polygon.map(|polygon_m| Water { name: water.name.clone(), polygon_m }));
        }
        for (index, road) in table.road.iter().enumerate() {
            let path = top.key("road").index(index);
            let metres = road.polygon_m.as_deref();
            let polygon = self.polygon(&path, metres, road.polygon_lat_lon_deg.as_deref(), site);
            environment.roads.extend(polygon.map(|polygon_m| Road { name: road.name.clone(), polygon_m }));
        }
        for (index, landmark) in table.landmark.iter().enumerate() {
            environment.landmarks.extend(self.landmark(&top.key("landmark").index(index), landmark, site));
        }
        environment
    }

    /// One keep-out, or those that stand for a mesh.
    fn keep_out(&mut self, path: &Path, table: &KeepOutTable, site: &Site) -> Vec<KeepOut> {
        let (name, bottom_m, top_m) = match table {
            KeepOutTable::Cylinder { name, bottom_m, top_m, .. }
            | KeepOutTable::Prism { name, bottom_m, top_m, .. } => (name.clone(), *bottom_m, *top_m),
            KeepOutTable::Mesh(mesh) => return self.mesh(path, mesh, site).unwrap_or_default(),
        };
        if bottom_m >= top_m {
            let message = format!("the keep-out ends at {top_m} m, not above its lower end at {bottom_m} m");
            self.report(&path.key("top_m"), message, "make `top_m` larger than `bottom_m`".to_owned());
        }
        let shape = match table {
            KeepOutTable::Cylinder { centre_m, centre_lat_lon_deg, radius_m, .. } => {
                let centre_m = self.point(path, *centre_m, *centre_lat_lon_deg, site);
                centre_m.map(|centre_m| KeepOutShape::Cylinder { centre_m, radius_m: *radius_m, bottom_m, top_m })
            }
            KeepOutTable::Prism { polygon_m, polygon_lat_lon_deg, .. } => {
                let polygon_m = self.polygon(path, polygon_m.as_deref(), polygon_lat_lon_deg.as_deref(), site);
                polygon_m.map(|polygon_m| KeepOutShape::Prism { polygon_m, bottom_m, top_m })
            }
            KeepOutTable::Mesh(_) => None,
        };
        shape.map(|shape| KeepOut { name, shape }).into_iter().collect()
    }

    fn landmark(&mut self, path: &Path, table: &LandmarkTable, site: &Site) -> Option<Landmark> {
        match table {
            LandmarkTable::HyperboloidTower(tower) => {
                if tower.total_height_m < tower.body_height_m {
                    let message = format!(
                        "the mast's tip at {} m is below the top of the lattice at {} m",
                        tower.total_height_m, tower.body_height_m
                    );
                    self.report(&path.key("total_height_m"), message, None);
                }
                let centre_m = self.point(path, tower.centre_m, tower.centre_lat_lon_deg, site)?;
                let shape = LandmarkShape::HyperboloidTower {
                    base_radii_m: DVec2::from_array(tower.base_radii_m),
                    top_radii_m: DVec2::from_array(tower.top_radii_m),
                    twist_deg: tower.twist_deg,
                    body_height_m: tower.body_height_m,
                    total_height_m: tower.total_height_m,
                    columns: tower.columns,
                    rings: tower.rings,
                };
                Some(Landmark { name: tower.name.clone(), centre_m, shape })
            }
            LandmarkTable::Block(block) => {
                let centre_m = self.point(path, block.centre_m, block.centre_lat_lon_deg, site)?;
                let shape = LandmarkShape::Block { size_m: DVec3::from_array(block.size_m) };
                Some(Landmark { name: block.name.clone(), centre_m, shape })
            }
        }
    }

    /// A place given in metres or in degrees, but not both.
    pub(super) fn point(
        &mut self,
        path: &Path,
        metres: Option<[f64; 2]>,
        degrees: Option<[f64; 2]>,
        site: &Site,
    ) -> Option<DVec2> {
        self.one_of(path, "centre", metres.is_some(), degrees.is_some())?;
        match (metres, degrees) {
            (Some(at_m), _) => self.near_enough(&path.key("centre_m"), DVec2::from_array(at_m)),
            (None, Some(at_deg)) => self.geodetic(&path.key("centre_lat_lon_deg"), at_deg, site),
            (None, None) => None,
        }
    }

    /// A simple polygon given in metres or in degrees, but not both.
    fn polygon(
        &mut self,
        path: &Path,
        metres: Option<&[[f64; 2]]>,
        degrees: Option<&[[f64; 2]]>,
        site: &Site,
    ) -> Option<Vec<DVec2>> {
        self.one_of(path, "polygon", metres.is_some(), degrees.is_some())?;
        let name = if metres.is_some() { "polygon_m" } else { "polygon_lat_lon_deg" };
        let path = path.key(name);
        let corners: Vec<Option<DVec2>> = metres
            .or(degrees)?
            .iter()
            .enumerate()
            .map(|(index, &corner)| {
                let path = path.index(index);
                if metres.is_some() {
                    self.near_enough(&path, DVec2::from_array(corner))
                } else {
                    self.geodetic(&path, corner, site)
                }
            })
            .collect();
        let corners_m: Vec<DVec2> = corners.into_iter().collect::<Option<_>>()?;
        if let Some((i, j)) = Polygon::new(corners_m.clone()).crossing() {
            let message = format!("the polygon crosses itself: edges {} and {} meet", i + 1, j + 1);
            let help = "give the corners in order around the area; the first one is not repeated at the end";
            self.report(&path, message, help.to_owned());
            return None;
        }
        Some(corners_m)
    }

    fn one_of(&mut self, path: &Path, what: &str, metres: bool, degrees: bool) -> Option<()> {
        if metres != degrees {
            return Some(());
        }
        let message = if metres {
            format!("`{path}` has both `{what}_m` and `{what}_lat_lon_deg`")
        } else {
            format!("`{path}` lacks `{what}_m` or `{what}_lat_lon_deg`")
        };
        self.report(path, message, "give one of them: [x, y] in the site frame or [latitude, longitude]".to_owned());
        None
    }

    fn geodetic(&mut self, path: &Path, [latitude_deg, longitude_deg]: [f64; 2], site: &Site) -> Option<DVec2> {
        if latitude_deg.abs() > 90.0 || longitude_deg.abs() > 180.0 {
            let message = format!("[{latitude_deg}, {longitude_deg}] is no latitude and longitude");
            self.report(
                path,
                message,
                "the latitude comes first, −90 to 90, then the longitude, −180 to 180".to_owned(),
            );
            return None;
        }
        let at = Wgs84 { latitude_deg, longitude_deg, amsl_m: site.origin.amsl_m };
        self.near_enough(path, site.site_from_wgs84(at).truncate())
    }

    fn near_enough(&mut self, path: &Path, at_m: DVec2) -> Option<DVec2> {
        if at_m.length() <= FARTHEST_M {
            return Some(at_m);
        }
        let message = format!("this is {:.0} km from the site's origin, farther than 100 km", at_m.length() / 1000.0);
        self.report(path, message, "are latitude and longitude in this order, and the origin right?".to_owned());
        None
    }
}

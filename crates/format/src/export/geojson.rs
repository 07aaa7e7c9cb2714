use kapok_show::{DVec2, DVec3, KeepOutShape, Show, Site};
use serde_json::{Value, json};

use crate::WriteError;

/// Corners of the polygon that stands for a circle, outside it.
const CIRCLE_CORNERS: usize = 48;

/// The space a show needs: an upright prism that holds every trajectory.
#[derive(Clone, Debug, PartialEq)]
pub struct FlightVolume {
    /// Outline, convex, counter-clockwise from above, site frame, metres.
    pub polygon_m: Vec<DVec2>,
    /// Lowest altitude above the site's origin, metres.
    pub bottom_m: f64,
    /// Highest altitude above the site's origin, metres.
    pub top_m: f64,
}

/// The least upright convex prism around all control points, hence around all trajectories.
///
/// The outline has fewer than three corners if the show moves on a line or stands on a point.
///
/// # Source
/// A. M. Andrew, "Another efficient algorithm for convex hulls in two dimensions", 1979.
pub fn flight_volume(show: &Show) -> FlightVolume {
    let all = || show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
    let bottom_m = all().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let top_m = all().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    FlightVolume { polygon_m: convex_hull(all().map(|p| p.truncate()).collect()), bottom_m, top_m }
}

fn convex_hull(mut points: Vec<DVec2>) -> Vec<DVec2> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut hull: Vec<DVec2> = Vec::new();
    let chain = |hull: &mut Vec<DVec2>, keep: usize, p: DVec2| {
        while hull.len() >= keep + 2
            && (hull[hull.len() - 1] - hull[hull.len() - 2]).perp_dot(p - hull[hull.len() - 1]) <= 0.0
        {
            hull.pop();
        }
        hull.push(p);
    };
    for &p in &points {
        chain(&mut hull, 0, p);
    }
    let lower = hull.len() - 1;
    for &p in points.iter().rev().skip(1) {
        chain(&mut hull, lower, p);
    }
    hull.pop();
    hull
}

/// Writes the ground plan of a show as GeoJSON: flight volume, fence, keep-out volumes, audiences, waters and pads.
///
/// Each feature has `kind` and `name`; volumes state `bottom_m` and `top_m` above the site's origin, the flight volume
/// also the altitude of that origin and the number of vehicles. Positions are WGS-84, longitude first, 8 decimals (1 mm).
/// The flight volume is the least upright prism around all trajectories; circles become polygons around them.
///
/// # Errors
/// [`WriteError::Show`]; [`WriteError::NotFinite`] for a coordinate that is not a number.
///
/// # Source
/// RFC 7946.
pub fn write_geojson(show: &Show) -> Result<Vec<u8>, WriteError> {
    show.check()?;
    if !is_finite(show) {
        return Err(WriteError::NotFinite { what: "site, environment or a pad".into() });
    }
    let site = &show.site;
    let mut features = Vec::new();
    let volume = flight_volume(show);
    let ground = |properties: Value, outline: &[DVec2]| feature(&properties, &outline_geometry(site, outline));
    features.push(ground(
        json!({
            "kind": "flight-volume", "name": show.title, "bottom_m": volume.bottom_m, "top_m": volume.top_m,
            "origin_amsl_m": site.origin.amsl_m, "vehicles": show.vehicles.len(),
        }),
        &volume.polygon_m,
    ));
    let around = &show.environment;
    if let Some(fence) = &around.geofence {
        features.push(ground(json!({ "kind": "geofence", "name": "geofence" }), &fence.polygon_m));
    }
    for keep_out in &around.keep_outs {
        let (outline, bottom_m, top_m) = match &keep_out.shape {
            KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                (circle(*centre_m, *radius_m), *bottom_m, *top_m)
            }
            KeepOutShape::Prism { polygon_m, bottom_m, top_m } => (polygon_m.clone(), *bottom_m, *top_m),
        };
        let properties = json!({ "kind": "keep-out", "name": keep_out.name, "bottom_m": bottom_m, "top_m": top_m });
        features.push(ground(properties, &outline));
    }
    for audience in around.audience_areas() {
        features.push(ground(json!({ "kind": "audience", "name": audience.name }), &audience.polygon_m));
    }
    for water in &around.waters {
        features.push(ground(json!({ "kind": "water", "name": water.name }), &water.polygon_m));
    }
    let pads: Vec<Value> = show.vehicles.iter().map(|v| position(site, v.home_m)).collect();
    let names: Vec<&str> = show.vehicles.iter().map(|v| v.name.as_str()).collect();
    features.push(feature(
        &json!({ "kind": "pads", "name": "pads", "vehicles": names }),
        &json!({ "type": "MultiPoint", "coordinates": pads }),
    ));
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[\n");
    let features: Vec<String> = features.iter().map(Value::to_string).collect();
    text.push_str(&features.join(",\n"));
    text.push_str("\n]}\n");
    Ok(text.into_bytes())
}

fn is_finite(show: &Show) -> bool {
    let around = &show.environment;
    let outlines = around
        .geofence
        .iter()
        .map(|f| &f.polygon_m)
        .chain(around.audiences.iter().map(|a| &a.polygon_m))
        .chain(around.waters.iter().map(|w| &w.polygon_m));
    let origin = show.site.origin;
    [origin.latitude_deg, origin.longitude_deg, origin.amsl_m, show.site.heading_deg].iter().all(|v| v.is_finite())
        && outlines.flatten().all(|p| p.is_finite())
        && show.vehicles.iter().all(|v| v.home_m.is_finite())
        && around.keep_outs.iter().all(|k| match &k.shape {
            KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                centre_m.is_finite() && [radius_m, bottom_m, top_m].iter().all(|v| v.is_finite())
            }
            KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                polygon_m.iter().all(|p| p.is_finite()) && bottom_m.is_finite() && top_m.is_finite()
            }
        })
}

fn feature(properties: &Value, geometry: &Value) -> Value {
    json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}

/// Longitude and latitude, 8 decimals.
fn position(site: &Site, p_m: DVec3) -> Value {
    let p = site.wgs84_from_site(p_m);
    json!([p.longitude_deg, p.latitude_deg].map(|deg| (deg * 1e8).round() / 1e8))
}

/// A polygon, counter-clockwise and closed; a line or point if there are fewer than three corners, nothing for none.
fn outline_geometry(site: &Site, outline: &[DVec2]) -> Value {
    let mut points = outline.to_vec();
    let area: f64 =
        points.iter().zip(points.iter().cycle().skip(1)).map(|(a, b)| a.perp_dot(*b)).fold(0.0, |sum, a| sum + a);
    if area < 0.0 {
        points.reverse();
    }
    let mut ring: Vec<Value> = points.iter().map(|p| position(site, p.extend(0.0))).collect();
    match ring.len() {
        0 => Value::Null,
        1 => json!({ "type": "Point", "coordinates": ring[0] }),
        2 => json!({ "type": "LineString", "coordinates": ring }),
        _ => {
            ring.push(ring[0].clone());
            json!({ "type": "Polygon", "coordinates": [ring] })
        }
    }
}

fn circle(centre_m: DVec2, radius_m: f64) -> Vec<DVec2> {
    let step_rad = std::f64::consts::TAU / CIRCLE_CORNERS as f64;
    let reach_m = radius_m / kapok_show::math::cos(step_rad / 2.0);
    (0..CIRCLE_CORNERS)
        .map(|k| {
            let (s, c) = kapok_show::math::sin_cos(step_rad * k as f64);
            centre_m + reach_m * DVec2::new(c, s)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_hull_is_convex_and_holds_every_point(
            coords in prop::collection::vec((-9i32..9, -9i32..9), 1..40),
        ) {
            let points: Vec<DVec2> = coords.iter().map(|&(x, y)| DVec2::new(f64::from(x), f64::from(y))).collect();
            let hull = convex_hull(points.clone());
            prop_assert!(hull.iter().all(|h| points.contains(h)));
            for (a, b) in hull.iter().zip(hull.iter().cycle().skip(1)) {
                if hull.len() >= 3 {
                    for p in &points {
                        prop_assert!((*b - *a).perp_dot(*p - *a) >= 0.0, "{p} is outside {hull:?}");
                    }
                }
            }
        }
    }
}

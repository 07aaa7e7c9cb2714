//! Site, limits and fence as the standard members state them.

use std::collections::BTreeMap;

use kapok_show::{DVec2, DVec3, Environment, FenceLimits, Geofence, LimitField, Limits, Nwu, Site, Wgs84};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::shortened;
use crate::text::json::Known;

/// `environment.location`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct LocationJson {
    pub origin: Vec<f64>,
    #[serde(default)]
    pub orientation: Option<Orientation>,
}

/// Degrees, as a number or (in old files) as text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Orientation {
    Number(f64),
    Text(String),
}

/// Latitude and longitude in 1e-7 degree, altitude in millimetres, all whole; orientation in degrees, unrounded.
pub(super) fn location(site: &Site) -> Value {
    let origin = [site.origin.latitude_deg * 1e7, site.origin.longitude_deg * 1e7, site.origin.amsl_m * 1e3];
    json!({ "origin": origin.map(|c| c.round() as i64), "orientation": site.heading_deg })
}

/// The site, or the value that makes no sense.
pub(super) fn site(location: &LocationJson) -> Result<Site, String> {
    let (latitude, longitude, amsl) = match location.origin[..] {
        [latitude, longitude] => (latitude, longitude, 0.0),
        [latitude, longitude, amsl] => (latitude, longitude, amsl),
        _ => return Err(format!("an origin of {} numbers", location.origin.len())),
    };
    let heading_deg = match &location.orientation {
        None => 0.0,
        Some(Orientation::Number(deg)) => *deg,
        Some(Orientation::Text(text)) => {
            text.trim().parse().map_err(|_| format!("orientation \"{}\"", shortened(text)))?
        }
    };
    let origin = Wgs84 { latitude_deg: latitude / 1e7, longitude_deg: longitude / 1e7, amsl_m: amsl / 1e3 };
    if !(origin.latitude_deg.abs() <= 90.0 && origin.longitude_deg.abs() <= 180.0 && origin.amsl_m.abs() <= 12_000.0) {
        return Err(format!("origin {:?}", location.origin));
    }
    if !(-720.0..=720.0).contains(&heading_deg) {
        return Err(format!("orientation {heading_deg}"));
    }
    Ok(Site { origin, heading_deg })
}

/// `settings.validation`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ValidationJson {
    pub max_altitude: Option<f64>,
    #[serde(rename = "maxVelocityXY")]
    pub max_velocity_xy: Option<f64>,
    pub max_velocity_z: Option<f64>,
    pub max_velocity_z_up: Option<f64>,
    pub min_distance: Option<f64>,
    #[serde(rename = "maxAccelerationXY")]
    pub max_acceleration_xy: Option<f64>,
    pub max_acceleration_z: Option<f64>,
    pub min_nav_altitude: Option<f64>,
    pub max_yaw_rate: Option<f64>,
}

impl ValidationJson {
    /// Only the values that are not those of `other`; where two members make one limit, both or none.
    pub fn differing_from(&self, other: &Self) -> Self {
        let unlike = |a: Option<f64>, b: Option<f64>| a.filter(|_| a != b);
        let accelerations_differ = self.max_acceleration_xy != other.max_acceleration_xy
            || self.max_acceleration_z != other.max_acceleration_z;
        let max_velocity_z = unlike(self.max_velocity_z, other.max_velocity_z);
        Self {
            max_altitude: unlike(self.max_altitude, other.max_altitude),
            max_velocity_xy: unlike(self.max_velocity_xy, other.max_velocity_xy),
            max_velocity_z,
            max_velocity_z_up: self
                .max_velocity_z_up
                .filter(|_| max_velocity_z.is_some() || self.max_velocity_z_up != other.max_velocity_z_up),
            min_distance: unlike(self.min_distance, other.min_distance),
            max_acceleration_xy: self.max_acceleration_xy.filter(|_| accelerations_differ),
            max_acceleration_z: self.max_acceleration_z.filter(|_| accelerations_differ),
            min_nav_altitude: unlike(self.min_nav_altitude, other.min_nav_altitude),
            max_yaw_rate: unlike(self.max_yaw_rate, other.max_yaw_rate),
        }
    }
}

/// The limits that the format can say. The length of the acceleration bounds both of its parts.
pub(super) fn validation(limits: &Limits) -> Value {
    json!({
        "maxAltitude": limits.max_altitude_m,
        "maxVelocityXY": limits.max_velocity_xy_m_s,
        "maxVelocityZ": limits.max_velocity_down_m_s,
        "maxVelocityZUp": limits.max_velocity_up_m_s,
        "minDistance": limits.min_separation_m,
        "maxAccelerationXY": limits.max_acceleration_m_s2,
        "maxAccelerationZ": limits.max_acceleration_m_s2,
        "minNavAltitude": limits.min_navigation_altitude_m,
        "maxYawRate": limits.max_yaw_rate_deg_s,
    })
}

/// Overrides the limits that the file states; returns which.
pub(super) fn apply(stated: &ValidationJson, limits: &mut Limits) -> Vec<LimitField> {
    let acceleration = match (stated.max_acceleration_xy, stated.max_acceleration_z) {
        (Some(xy), Some(z)) => Some(xy.min(z)),
        (xy, z) => xy.or(z),
    };
    let values = [
        (LimitField::MaxAltitude, stated.max_altitude),
        (LimitField::MaxVelocityXy, stated.max_velocity_xy),
        (LimitField::MaxVelocityDown, stated.max_velocity_z),
        (LimitField::MaxVelocityUp, stated.max_velocity_z_up.or(stated.max_velocity_z)),
        (LimitField::MinSeparation, stated.min_distance),
        (LimitField::MaxAcceleration, acceleration),
        (LimitField::MinNavigationAltitude, stated.min_nav_altitude),
        (LimitField::MaxYawRate, stated.max_yaw_rate),
    ];
    let mut from_file = Vec::new();
    for (field, value) in values {
        if let Some(value) = value {
            field.set(limits, value);
            from_file.push(field);
        }
    }
    from_file
}

/// `settings.geofence`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GeofenceJson {
    #[serde(default)]
    pub version: Known,
    #[serde(default)]
    pub polygons: Vec<PolygonJson>,
    #[serde(default)]
    pub enabled: Option<bool>,
    /// What a vehicle does that breaks the fence.
    #[serde(default)]
    pub action: Option<String>,
    #[serde(default)]
    max_altitude: Option<f64>,
    #[serde(default)]
    min_altitude: Option<f64>,
    #[serde(default)]
    max_distance: Option<f64>,
    /// Places to fly to where the fence is broken.
    #[serde(default)]
    pub rally_points: Option<Value>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

impl GeofenceJson {
    /// Heights, the distance, and what is not understood.
    pub fn limits(&self) -> FenceLimits {
        let stated = |others: &BTreeMap<String, Value>, at: &str| -> Vec<String> {
            others
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, _)| format!("{at}{}", shortened(name)))
                .collect()
        };
        let mut not_understood = stated(&self.others, "");
        for polygon in &self.polygons {
            not_understood.extend(stated(&polygon.others, "polygons."));
        }
        not_understood.sort();
        not_understood.dedup();
        FenceLimits {
            max_altitude_m: self.max_altitude,
            min_altitude_m: self.min_altitude,
            max_distance_m: self.max_distance,
            not_understood,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolygonJson {
    #[serde(default = "yes")]
    pub is_inclusion: bool,
    pub points: Vec<[f64; 2]>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

fn yes() -> bool {
    true
}

fn nwu_xy(p: DVec2) -> [f64; 2] {
    let nwu = Nwu::from_site(DVec3::new(p.x, p.y, 0.0)).0;
    [nwu.x + 0.0, nwu.y + 0.0]
}

fn site_xy(p: [f64; 2]) -> DVec2 {
    Nwu(DVec3::new(p[0], p[1], 0.0)).to_site().truncate() + 0.0
}

/// What files say that a vehicle does which breaks the fence.
pub(super) const FENCE_ACTION: &str = "return";

/// The fence as inclusion polygons and its holes as exclusion polygons, with its heights; breaking it sends the vehicle home.
/// `None` if there is nothing to say.
pub(super) fn geofence(around: &Environment) -> Option<Value> {
    let limits = &around.fence_limits;
    if around.geofence.is_none() && limits.is_empty() {
        return None;
    }
    let polygon = |is_inclusion: bool, corners: &[DVec2]| {
        let points: Vec<[f64; 2]> = corners.iter().map(|&p| nwu_xy(p)).collect();
        json!({ "isInclusion": is_inclusion, "points": points })
    };
    let mut polygons = Vec::new();
    if let Some(fence) = &around.geofence {
        polygons.push(polygon(true, &fence.polygon_m));
        polygons.extend(fence.also_inside_m.iter().map(|outline| polygon(true, outline)));
        polygons.extend(fence.holes_m.iter().map(|hole| polygon(false, hole)));
    }
    let mut stated = json!({ "version": 1, "polygons": polygons, "action": FENCE_ACTION });
    let heights = [
        ("maxAltitude", limits.max_altitude_m),
        ("minAltitude", limits.min_altitude_m),
        ("maxDistance", limits.max_distance_m),
    ];
    for (name, value) in heights.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        stated[name] = json!(value);
    }
    Some(stated)
}

/// What the polygons of a fence mean.
pub(super) struct FenceParts {
    /// The inclusion polygons, with the exclusion polygons inside the only one as holes.
    pub fence: Option<Geofence>,
    /// Exclusion polygons that are no holes.
    pub outside: Vec<Vec<DVec2>>,
}

/// Takes the polygons of a fence apart.
pub(super) fn polygons(fence: &GeofenceJson) -> FenceParts {
    let corners = |polygon: &PolygonJson| {
        let mut corners: Vec<DVec2> = polygon.points.iter().map(|&p| site_xy(p)).collect();
        // Outlines that end where they begin, and corners that are said twice, are the same outlines.
        corners.dedup();
        if corners.len() > 3 && corners.first() == corners.last() {
            corners.pop();
        }
        corners
    };
    let (inside, excluded): (Vec<&PolygonJson>, Vec<&PolygonJson>) =
        fence.polygons.iter().partition(|p| p.is_inclusion);
    let mut out = FenceParts {
        fence: inside.first().map(|p| Geofence {
            also_inside_m: inside[1..].iter().map(|p| corners(p)).collect(),
            ..Geofence::around(corners(p))
        }),
        outside: Vec::new(),
    };
    for hole in excluded.into_iter().map(corners) {
        match &mut out.fence {
            Some(fence) if inside.len() == 1 && lies_inside(&hole, &fence.polygon_m) => fence.holes_m.push(hole),
            _ => out.outside.push(hole),
        }
    }
    out
}

/// Does one outline lie inside another, without touching it?
fn lies_inside(inner: &[DVec2], outer: &[DVec2]) -> bool {
    let edges = |p: &[DVec2]| p.iter().copied().zip(p.iter().copied().cycle().skip(1)).collect::<Vec<_>>();
    let (inner_edges, outer_edges) = (edges(inner), edges(outer));
    let Some(&corner) = inner.first() else { return false };
    // Even-odd rule along the line to the right of one corner; the others follow if no edges meet.
    let to_the_right = outer_edges.iter().filter(|(a, b)| {
        (a.y > corner.y) != (b.y > corner.y) && corner.x < a.x + (corner.y - a.y) / (b.y - a.y) * (b.x - a.x)
    });
    to_the_right.count() % 2 == 1 && !inner_edges.iter().any(|a| outer_edges.iter().any(|b| meet(*a, *b)))
}

/// Do two closed line segments have a point in common? Rounding may say so of segments that nearly touch.
fn meet((a, b): (DVec2, DVec2), (c, d): (DVec2, DVec2)) -> bool {
    let side = |p: DVec2, q: DVec2, r: DVec2| (q - p).perp_dot(r - p);
    let overlap = |p: f64, q: f64, r: f64, s: f64| p.min(q) <= r.max(s) && r.min(s) <= p.max(q);
    side(a, b, c) * side(a, b, d) <= 0.0
        && side(c, d, a) * side(c, d, b) <= 0.0
        && overlap(a.x, b.x, c.x, d.x)
        && overlap(a.y, b.y, c.y, d.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_wholly_inside_is_a_hole() {
        let outline = |p: &[(f64, f64)]| p.iter().map(|&p| DVec2::from(p)).collect::<Vec<_>>();
        let horseshoe =
            outline(&[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (6.0, 9.0), (6.0, 3.0), (3.0, 3.0), (3.0, 9.0), (0.0, 9.0)]);
        for (hole, expected) in [
            (outline(&[(1.0, 1.0), (2.0, 1.0), (1.0, 2.0)]), true),
            (outline(&[(4.0, 5.0), (5.0, 5.0), (4.0, 6.0)]), false),
            // All corners inside, but across the gap.
            (outline(&[(1.0, 5.0), (8.0, 5.0), (8.0, 6.0), (1.0, 6.0)]), false),
            (outline(&[(0.0, 1.0), (2.0, 1.0), (1.0, 2.0)]), false),
            (outline(&[(-5.0, -5.0), (20.0, -5.0), (20.0, 20.0), (-5.0, 20.0)]), false),
        ] {
            assert_eq!(lies_inside(&hole, &horseshoe), expected, "{hole:?}");
        }
    }
}

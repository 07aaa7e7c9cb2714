use glam::{DMat3, DVec3};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::math;

/// Semi-major axis of WGS-84, metres.
const WGS84_A_M: f64 = 6_378_137.0;
/// Flattening of WGS-84.
const WGS84_F: f64 = 1.0 / 298.257_223_563;

/// A geodetic position on WGS-84.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Wgs84 {
    /// Geodetic latitude, degrees north, −90 to 90.
    pub latitude_deg: f64,
    /// Longitude, degrees east, −180 to 180.
    pub longitude_deg: f64,
    /// Height above mean sea level, metres. The geoid's height above the ellipsoid is left out: only differences
    /// inside one site are used.
    pub amsl_m: f64,
}

/// Earth-centred, earth-fixed position, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ecef(pub DVec3);

/// East, north, up of a site's origin, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enu(pub DVec3);

/// North-west-up as show files use it: x along the show's heading, y to the left of it, z up; metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nwu(pub DVec3);

/// Where the show stands and which way it looks. By default at latitude and longitude 0, at sea level, northwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Site {
    /// Origin of the site frame.
    pub origin: Wgs84,
    /// Compass bearing of the site frame's y axis: degrees from north towards east, 0 to 360.
    pub heading_deg: f64,
}

impl Site {
    /// The same point in east, north, up.
    pub fn enu_from_site(&self, p_m: DVec3) -> Enu {
        let (s, c) = math::sin_cos(self.heading_deg.to_radians());
        Enu(DVec3::new(c * p_m.x + s * p_m.y, -s * p_m.x + c * p_m.y, p_m.z))
    }

    /// The same point in the site frame.
    pub fn site_from_enu(&self, p: Enu) -> DVec3 {
        let (s, c) = math::sin_cos(self.heading_deg.to_radians());
        DVec3::new(c * p.0.x - s * p.0.y, s * p.0.x + c * p.0.y, p.0.z)
    }

    /// A geodetic position seen from the site, by way of earth-centred coordinates.
    pub fn site_from_wgs84(&self, p: Wgs84) -> DVec3 {
        let delta = p.to_ecef().0 - self.origin.to_ecef().0;
        self.site_from_enu(Enu(ecef_from_enu(self.origin).transpose() * delta))
    }

    /// The geodetic position of a point of the site frame.
    pub fn wgs84_from_site(&self, p_m: DVec3) -> Wgs84 {
        let enu = self.enu_from_site(p_m);
        Ecef(self.origin.to_ecef().0 + ecef_from_enu(self.origin) * enu.0).to_wgs84()
    }
}

impl Nwu {
    /// From the site frame. Exact: axes are only swapped and negated.
    pub fn from_site(p_m: DVec3) -> Self {
        Self(DVec3::new(p_m.y, -p_m.x, p_m.z))
    }

    /// To the site frame. Exact.
    pub fn to_site(self) -> DVec3 {
        DVec3::new(-self.0.y, self.0.x, self.0.z)
    }
}

impl Wgs84 {
    /// Earth-centred coordinates (closed form).
    pub fn to_ecef(self) -> Ecef {
        let e2 = WGS84_F * (2.0 - WGS84_F);
        let (s_lat, c_lat) = math::sin_cos(self.latitude_deg.to_radians());
        let (s_lon, c_lon) = math::sin_cos(self.longitude_deg.to_radians());
        let n = WGS84_A_M / (1.0 - e2 * s_lat * s_lat).sqrt();
        let r = (n + self.amsl_m) * c_lat;
        Ecef(DVec3::new(r * c_lon, r * s_lon, (n * (1.0 - e2) + self.amsl_m) * s_lat))
    }
}

impl Ecef {
    /// Geodetic coordinates by Bowring's iteration; below a nanometre after four rounds at the heights of aviation.
    ///
    /// # Source
    /// B. R. Bowring, "Transformation from spatial to geographical coordinates", Survey Review 181 (1976).
    pub fn to_wgs84(self) -> Wgs84 {
        let e2 = WGS84_F * (2.0 - WGS84_F);
        let b = WGS84_A_M * (1.0 - WGS84_F);
        let ep2 = e2 / (1.0 - e2);
        let p = math::hypot(self.0.x, self.0.y);
        let mut beta = math::atan2(self.0.z * WGS84_A_M, p * b);
        let mut lat = 0.0;
        for _ in 0..4 {
            let (s, c) = math::sin_cos(beta);
            lat = math::atan2(self.0.z + ep2 * b * s * s * s, p - e2 * WGS84_A_M * c * c * c);
            let (s_lat, c_lat) = math::sin_cos(lat);
            beta = math::atan2((1.0 - WGS84_F) * s_lat, c_lat);
        }
        let (s_lat, c_lat) = math::sin_cos(lat);
        let n = WGS84_A_M / (1.0 - e2 * s_lat * s_lat).sqrt();
        // The form that is well conditioned at the equator and at the poles alike.
        let amsl_m = p * c_lat + self.0.z * s_lat - WGS84_A_M * WGS84_A_M / n;
        Wgs84 { latitude_deg: lat.to_degrees(), longitude_deg: math::atan2(self.0.y, self.0.x).to_degrees(), amsl_m }
    }
}

/// Rotation whose columns are east, north and up at `origin`, in earth-centred axes.
fn ecef_from_enu(origin: Wgs84) -> DMat3 {
    let (s_lat, c_lat) = math::sin_cos(origin.latitude_deg.to_radians());
    let (s_lon, c_lon) = math::sin_cos(origin.longitude_deg.to_radians());
    DMat3::from_cols(
        DVec3::new(-s_lon, c_lon, 0.0),
        DVec3::new(-s_lat * c_lon, -s_lat * s_lon, c_lat),
        DVec3::new(c_lat * c_lon, c_lat * s_lon, s_lat),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn heading_is_the_bearing_of_the_y_axis() {
        let site = Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 5.0 }, heading_deg: 90.0 };
        let ahead = site.enu_from_site(DVec3::new(0.0, 10.0, 0.0)).0;
        assert!((ahead - DVec3::new(10.0, 0.0, 0.0)).length() < 1e-12, "ahead is east: {ahead}");
        let right = site.enu_from_site(DVec3::new(10.0, 0.0, 0.0)).0;
        assert!((right - DVec3::new(0.0, -10.0, 0.0)).length() < 1e-12, "right is south: {right}");
    }

    #[test]
    fn a_thousandth_of_a_degree_of_latitude_in_guangzhou() {
        // Meridian radius at 23.1 degrees: a(1-e2)/(1-e2 sin2)^1.5 = 6 345 246 m, so 0.001 degree is 110.745 m.
        let site = Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 0.0 }, heading_deg: 0.0 };
        let p = site.site_from_wgs84(Wgs84 { latitude_deg: 23.101, longitude_deg: 113.3, amsl_m: 0.0 });
        assert!((p.y - 110.745).abs() < 0.01 && p.x.abs() < 1e-6, "{p}");
    }

    proptest! {
        #[test]
        fn geodetic_round_trip(lat in -89.9..89.9f64, lon in -179.9..179.9f64, h in -100.0..5000.0f64,
                               x in -4000.0..4000.0f64, y in -4000.0..4000.0f64, z in 0.0..600.0f64, heading in 0.0..360.0f64) {
            let site = Site { origin: Wgs84 { latitude_deg: lat, longitude_deg: lon, amsl_m: h }, heading_deg: heading };
            let p = DVec3::new(x, y, z);
            let back = site.site_from_wgs84(site.wgs84_from_site(p));
            prop_assert!((back - p).length() < 1e-6, "{p} came back as {back}");
            prop_assert_eq!(Nwu::from_site(p).to_site(), p);
        }
    }
}

use kapok_show::{DVec2, Site, Wgs84};

use crate::fence::{Fence, FenceArea, FencePoint};
use crate::params::ParamTable;

/// Bits of FENCE_TYPE (show-protocol, section 6).
const ALTITUDE: u8 = 1;
const CIRCLE: u8 = 2;
const POLYGON: u8 = 4;
const FLOOR: u8 = 8;

/// Is the vehicle outside its geofence? Heights and distances are from home.
pub(super) fn is_breached(params: &ParamTable, fence: &Fence, home: Wgs84, at: Wgs84) -> bool {
    if params.value("FENCE_ENABLE") == 0.0 {
        return false;
    }
    let types = params.value("FENCE_TYPE") as u8;
    let local = Site { origin: home, heading_deg: 0.0 };
    let from_home = local.site_from_wgs84(at);
    let height_m = at.amsl_m - home.amsl_m;
    (types & ALTITUDE != 0 && height_m > params.value("FENCE_ALT_MAX"))
        || (types & FLOOR != 0 && height_m < params.value("FENCE_ALT_MIN"))
        || (types & CIRCLE != 0 && from_home.truncate().length() > params.value("FENCE_RADIUS"))
        || (types & POLYGON != 0 && !fence.areas().iter().all(|area| allows(area, &local, from_home.truncate())))
}

fn allows(area: &FenceArea, local: &Site, p: DVec2) -> bool {
    let place = |point: &FencePoint| {
        let (latitude_deg, longitude_deg) = (f64::from(point.latitude_e7) / 1e7, f64::from(point.longitude_e7) / 1e7);
        local.site_from_wgs84(Wgs84 { latitude_deg, longitude_deg, amsl_m: local.origin.amsl_m }).truncate()
    };
    match area {
        FenceArea::Inclusion(corners) => contains(&corners.iter().map(place).collect::<Vec<_>>(), p),
        FenceArea::Exclusion(corners) => !contains(&corners.iter().map(place).collect::<Vec<_>>(), p),
        FenceArea::InclusionCircle(centre, radius_m) => place(centre).distance(p) <= f64::from(*radius_m),
        FenceArea::ExclusionCircle(centre, radius_m) => place(centre).distance(p) >= f64::from(*radius_m),
    }
}

/// Even-odd rule: how many sides lie to the right.
fn contains(corners: &[DVec2], p: DVec2) -> bool {
    let next = corners.iter().cycle().skip(1);
    let crossed = corners
        .iter()
        .zip(next)
        .filter(|(a, b)| (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x));
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_fence_has_two_sides() {
        let home = Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 5.0 };
        let local = Site { origin: home, heading_deg: 0.0 };
        let at = |x: f64, y: f64, z: f64| local.wgs84_from_site(kapok_show::DVec3::new(x, y, z));
        let corner = |x, y| {
            let p = at(x, y, 0.0);
            FencePoint { latitude_e7: (p.latitude_deg * 1e7) as i32, longitude_e7: (p.longitude_deg * 1e7) as i32 }
        };
        let square = vec![corner(-50.0, -50.0), corner(50.0, -50.0), corner(50.0, 50.0), corner(-50.0, 50.0)];
        let hole = FenceArea::ExclusionCircle(corner(20.0, 0.0), 5.0);
        let fence = Fence::new(vec![FenceArea::Inclusion(square), hole]).unwrap();
        let mut params = ParamTable::default();
        for (name, value) in [("FENCE_TYPE", 15.0), ("FENCE_RADIUS", 60.0), ("FENCE_ALT_MAX", 100.0)] {
            params.set(name, value).unwrap();
        }
        let breached = |params: &ParamTable, x, y, z| is_breached(params, &fence, home, at(x, y, z));
        assert!(!breached(&params, 500.0, 0.0, 500.0), "not enabled");
        params.set("FENCE_ENABLE", 1.0).unwrap();
        for (x, y, z, out) in [
            (0.0, 0.0, 10.0, false),
            (49.0, -49.0, 10.0, true),
            (49.0, 0.0, 10.0, false),
            (51.0, 0.0, 10.0, true),
            (22.0, 3.0, 10.0, true),
            (0.0, 0.0, 100.5, true),
            (0.0, 0.0, -10.5, true),
        ] {
            assert_eq!(breached(&params, x, y, z), out, "{x} {y} {z}");
        }
        // The corner of the square is 69 m away, outside the circle of 60 m; without it, inside.
        params.set("FENCE_TYPE", 4.0).unwrap();
        assert!(!breached(&params, 49.0, -49.0, 10.0));
    }
}

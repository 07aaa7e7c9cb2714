use kapok_show::{DVec3, math};

use crate::script::PlaceTable;

/// Where a formation stands: local points are scaled, turned by roll, pitch and yaw, then moved.
///
/// # Shapes, units and frames
/// Local frame: x right, y away from the audience, z up. `site = centre + Rz(yaw)·Rx(pitch)·Ry(roll)·(scale·local)`.
pub(crate) struct Placement {
    centre_m: DVec3,
    /// Images of the local axes.
    axes: [DVec3; 3],
    scale: f64,
}

impl Placement {
    pub(crate) fn of(place: &PlaceTable) -> Self {
        Self::new(DVec3::from_array(place.centre_m), place.yaw_deg, place.pitch_deg, place.roll_deg, place.scale)
    }

    pub(crate) fn new(centre_m: DVec3, yaw_deg: f64, pitch_deg: f64, roll_deg: f64, scale: f64) -> Self {
        let about = |angle_deg: f64| math::sin_cos(angle_deg.to_radians());
        let ((sy, cy), (sp, cp), (sr, cr)) = (about(yaw_deg), about(pitch_deg), about(roll_deg));
        let turn = |v: DVec3| {
            let rolled = DVec3::new(cr * v.x + sr * v.z, v.y, cr * v.z - sr * v.x);
            let pitched = DVec3::new(rolled.x, cp * rolled.y - sp * rolled.z, sp * rolled.y + cp * rolled.z);
            DVec3::new(cy * pitched.x - sy * pitched.y, sy * pitched.x + cy * pitched.y, pitched.z)
        };
        Self { centre_m, axes: [turn(DVec3::X), turn(DVec3::Y), turn(DVec3::Z)], scale }
    }

    pub(crate) fn site_from_local(&self, local_m: DVec3) -> DVec3 {
        let [x, y, z] = self.axes;
        self.centre_m + self.scale * (local_m.x * x + local_m.y * y + local_m.z * z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(yaw: f64, pitch: f64, roll: f64, local: DVec3) -> DVec3 {
        Placement::new(DVec3::ZERO, yaw, pitch, roll, 1.0).site_from_local(local)
    }

    #[test]
    fn turns_go_the_way_the_script_says() {
        let near = |a: DVec3, b: DVec3| assert!((a - b).length() < 1e-12, "{a} is not {b}");
        near(placed(90.0, 0.0, 0.0, DVec3::X), DVec3::Y); // counter-clockwise from above: right goes ahead
        near(placed(0.0, 90.0, 0.0, DVec3::Z), -DVec3::Y); // the top leans towards the audience
        near(placed(0.0, 0.0, 90.0, DVec3::Z), DVec3::X); // the top turns to the right: clockwise for the audience
        near(placed(90.0, 0.0, 90.0, DVec3::Z), DVec3::Y); // roll first, then yaw
    }

    #[test]
    fn scale_then_shift() {
        let placement = Placement::new(DVec3::new(1.0, 2.0, 3.0), 0.0, 0.0, 0.0, 2.0);
        assert_eq!(placement.site_from_local(DVec3::new(1.0, 0.0, -1.0)), DVec3::new(3.0, 2.0, 1.0));
    }
}

//! Cameras: at rest they look along −z with +x to the right and +y up; the quaternion turns that into NWU.

use kapok_show::{Audience, DVec3, Nwu};
use serde::Deserialize;
use serde_json::{Value, json};

/// Distance at which a camera that only has a direction is taken to look at something, metres.
const LOOK_AHEAD_M: f64 = 100.0;

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct CameraJson {
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub position: Option<[f64; 3]>,
    #[serde(default)]
    pub orientation: Option<[f64; 4]>,
    #[serde(default)]
    pub default: Option<bool>,
}

/// The audiences' cameras, the first one the default.
pub(super) fn cameras(audiences: &[Audience]) -> Value {
    let list = audiences.iter().enumerate().map(|(i, audience)| {
        let eye = Nwu::from_site(audience.eye_m).0;
        let at = Nwu::from_site(audience.look_at_m).0;
        json!({
            "type": "perspective",
            "name": audience.name,
            "position": eye.to_array().map(|c| c + 0.0),
            "orientation": orientation_towards(at - eye),
            "default": i == 0,
        })
    });
    Value::Array(list.collect())
}

/// What can be told of the audiences from cameras alone, the default camera first.
pub(super) fn audiences(cameras: &[CameraJson]) -> Vec<Audience> {
    let mut list: Vec<&CameraJson> =
        cameras.iter().filter(|c| c.kind.as_deref().is_none_or(|kind| kind == "perspective")).collect();
    list.sort_by_key(|c| c.default != Some(true));
    list.iter()
        .enumerate()
        .map(|(i, camera)| {
            let eye = DVec3::from_array(camera.position.unwrap_or_default());
            let ahead = direction_of(camera.orientation.unwrap_or([1.0, 0.0, 0.0, 0.0]));
            Audience {
                name: camera.name.clone().unwrap_or_else(|| format!("camera {}", i + 1)),
                polygon_m: Vec::new(),
                eye_m: Nwu(eye).to_site() + 0.0,
                look_at_m: Nwu(eye + LOOK_AHEAD_M * ahead).to_site() + 0.0,
                fov_deg: None,
            }
        })
        .collect()
}

/// Quaternion (w, x, y, z) of an upright camera that looks along `ahead`; along +x if that has no direction.
fn orientation_towards(ahead: DVec3) -> [f64; 4] {
    let forward = ahead.try_normalize().unwrap_or(DVec3::X);
    // Looking straight up or down, the top of the picture points along +x or −x.
    let right = forward.cross(DVec3::Z).try_normalize().unwrap_or(-DVec3::Y);
    let up = right.cross(forward);
    let back = -forward;
    // Rotation matrix with columns right, up, back; the largest component first, so that nothing is lost (Shepperd).
    let trace = right.x + up.y + back.z;
    let q = if trace > 0.0 {
        let s = 2.0 * (1.0 + trace).sqrt();
        [s / 4.0, (up.z - back.y) / s, (back.x - right.z) / s, (right.y - up.x) / s]
    } else if right.x > up.y && right.x > back.z {
        let s = 2.0 * (1.0 + right.x - up.y - back.z).sqrt();
        [(up.z - back.y) / s, s / 4.0, (up.x + right.y) / s, (back.x + right.z) / s]
    } else if up.y > back.z {
        let s = 2.0 * (1.0 + up.y - right.x - back.z).sqrt();
        [(back.x - right.z) / s, (up.x + right.y) / s, s / 4.0, (back.y + up.z) / s]
    } else {
        let s = 2.0 * (1.0 + back.z - right.x - up.y).sqrt();
        [(right.y - up.x) / s, (back.x + right.z) / s, (back.y + up.z) / s, s / 4.0]
    };
    q.map(|c| c + 0.0)
}

/// Where a camera of this orientation looks: −z turned by the quaternion, whatever its length; −z if it has none.
fn direction_of([w, x, y, z]: [f64; 4]) -> DVec3 {
    let turned = DVec3::new(2.0 * (x * z + w * y), 2.0 * (y * z - w * x), w * w - x * x - y * y + z * z);
    -turned.try_normalize().unwrap_or(DVec3::Z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_identity_looks_down_and_ahead_is_a_turn_of_both_axes() {
        assert_eq!(direction_of([1.0, 0.0, 0.0, 0.0]), -DVec3::Z);
        // Looking along +x (the show's heading) with z up: right is −y.
        let q = orientation_towards(DVec3::X * 7.0);
        assert!((direction_of(q) - DVec3::X).length() < 1e-12);
        for c in q {
            assert!((c.abs() - 0.5).abs() < 1e-12, "{q:?}");
        }
    }

    proptest! {
        /// The turned axes, computed by the textbook product q v q*, are the wanted ones: looks ahead, horizon level.
        #[test]
        fn cameras_look_ahead_and_stand_upright(x in -9.0..9.0f64, y in -9.0..9.0f64, z in -9.0..9.0f64) {
            let ahead = DVec3::new(x, y, z);
            prop_assume!(ahead.length() > 0.1 && (x * x + y * y) > 1e-4);
            let [w, qx, qy, qz] = orientation_towards(ahead);
            let v = DVec3::new(qx, qy, qz);
            let turn = |p: DVec3| p + 2.0 * v.cross(v.cross(p) + w * p);
            prop_assert!((turn(-DVec3::Z) - ahead.normalize()).length() < 1e-9);
            prop_assert!(turn(DVec3::X).z.abs() < 1e-9, "level horizon");
            prop_assert!(turn(DVec3::Y).z >= -1e-9, "head up");
            prop_assert!((direction_of([w, qx, qy, qz]) - ahead.normalize()).length() < 1e-9);
        }
    }
}

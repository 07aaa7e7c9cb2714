//! The cases of framing that the viewer's cameras are held to as well. `KAPOK_STORE_FRAMING=1` writes what is found: the web
//! app's test must then still pass.

use std::path::Path;

use kapok_film::{Camera, Pictures, View};
use kapok_show::{Audience, DVec2, DVec3, Geofence, Rgb, Show};
use serde::{Deserialize, Serialize};

use crate::common::{size, still};

#[derive(Serialize, Deserialize)]
struct Case {
    name: String,
    camera: String,
    size_px: (u32, u32),
    lights_m: Vec<DVec3>,
    audience: Option<Seat>,
    fence_m: Option<Vec<DVec2>>,
    #[serde(default)]
    found: Option<Found>,
}

#[derive(Serialize, Deserialize)]
struct Seat {
    eye_m: DVec3,
    look_at_m: DVec3,
    fov_deg: Option<f64>,
}

/// Where the camera stands, how it is turned, and its vertical field of view.
#[derive(Serialize, Deserialize)]
struct Found {
    eye_m: DVec3,
    yaw_deg: f64,
    pitch_deg: f64,
    fov_deg: f64,
}

fn show(case: &Case) -> Show {
    let mut show = still(&case.lights_m.iter().map(|&at| (at, Rgb::WHITE)).collect::<Vec<_>>());
    let audience = |eye: &Seat| Audience {
        name: "Lawn".into(),
        polygon_m: Vec::new(),
        eye_m: eye.eye_m,
        look_at_m: eye.look_at_m,
        fov_deg: eye.fov_deg,
    };
    show.environment.audiences = case.audience.iter().map(audience).collect();
    show.environment.geofence = case.fence_m.clone().map(Geofence::around);
    show
}

fn found(case: &Case) -> Found {
    let show = show(case);
    let (width, height) = case.size_px;
    let view = View::from_name(&case.camera, &show).unwrap();
    let camera = Camera::of_view(&show, &Pictures::of(&show), view, None, size(width, height)).unwrap();
    let ahead = camera.ray(f64::from(width) / 2.0, f64::from(height) / 2.0);
    let fov = 2.0 * (f64::from(height) / 2.0 / camera.focal_px()).atan();
    let yaw_deg = if ahead.truncate().length() < 1e-9 { 0.0 } else { ahead.x.atan2(ahead.y).to_degrees() };
    Found { eye_m: camera.eye_m(), yaw_deg, pitch_deg: ahead.z.asin().to_degrees(), fov_deg: fov.to_degrees() }
}

#[test]
fn cameras_frame_as_those_of_the_viewer() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/tests/unit/framing-cases.json");
    let mut cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    if std::env::var_os("KAPOK_STORE_FRAMING").is_some() {
        for case in &mut cases {
            case.found = Some(found(case));
        }
        std::fs::write(&path, serde_json::to_string_pretty(&cases).unwrap() + "\n").unwrap();
    }
    assert!(cases.len() > 15);
    for case in &cases {
        let (stored, found) = (case.found.as_ref().unwrap(), found(case));
        let angles =
            [(stored.yaw_deg, found.yaw_deg), (stored.pitch_deg, found.pitch_deg), (stored.fov_deg, found.fov_deg)];
        let near = angles.iter().all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(
            near && stored.eye_m.distance(found.eye_m) < 1e-6 * stored.eye_m.length().max(1.0),
            "{}: {angles:?}, {} and {}",
            case.name,
            stored.eye_m,
            found.eye_m
        );
    }
}

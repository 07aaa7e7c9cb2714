//! Every camera in every mood, beside a stored picture. `KAPOK_STORE_PICTURES=1` stores what is drawn: look at it first.

use std::path::Path;

use kapok_film::{Camera, Frame, Mood, Pictures, View, png};
use kapok_show::{
    Audience, DVec2, DVec3, Environment, Geofence, KeepOut, KeepOutShape, Landmark, LandmarkShape, Rgb, Road, Show,
    Water,
};

use crate::common::{draw, of_view, size, still, wall};

const CELL: (u32, u32) = (192, 108);

fn polygon(corners: &[(f64, f64)]) -> Vec<DVec2> {
    corners.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
}

/// A ring of 60 lights over a site that has one of everything.
fn site() -> Show {
    let ring = (0..60).map(|k| {
        let angle = f64::from(k) * std::f64::consts::TAU / 60.0;
        let at = DVec3::new(30.0 * angle.cos(), 20.0 + 4.0 * angle.sin(), 45.0 + 22.0 * angle.sin());
        (at, Rgb::new(255, (4 * k) as u8, 40))
    });
    let block = |x: f64, y: f64, height: f64| Landmark {
        name: "Block".into(),
        centre_m: DVec2::new(x, y),
        shape: LandmarkShape::Block { size_m: DVec3::new(40.0, 30.0, height) },
    };
    let tower = Landmark {
        name: "Tower".into(),
        centre_m: DVec2::new(-110.0, 160.0),
        shape: LandmarkShape::HyperboloidTower {
            base_radii_m: DVec2::new(14.0, 18.0),
            top_radii_m: DVec2::new(9.0, 12.0),
            twist_deg: 130.0,
            body_height_m: 110.0,
            total_height_m: 140.0,
            columns: 16,
            rings: 12,
        },
    };
    let cylinder =
        KeepOutShape::Cylinder { centre_m: DVec2::new(45.0, 60.0), radius_m: 9.0, bottom_m: -50.0, top_m: 40.0 };
    let around_tower =
        KeepOutShape::Cylinder { centre_m: DVec2::new(-110.0, 160.0), radius_m: 30.0, bottom_m: -100.0, top_m: 200.0 };
    let environment = Environment {
        geofence: Some(Geofence::around(polygon(&[(-70.0, -30.0), (70.0, -30.0), (70.0, 90.0), (-70.0, 90.0)]))),
        keep_outs: vec![
            KeepOut { name: "Mast".into(), shape: cylinder },
            KeepOut { name: "Tower".into(), shape: around_tower },
            wall(DVec2::new(-45.0, 50.0), DVec2::new(8.0, 8.0), 0.0, 18.0),
            wall(DVec2::new(-45.0, 50.0), DVec2::new(5.0, 5.0), 18.0, 28.0),
        ],
        audiences: vec![Audience {
            name: "Lawn".into(),
            polygon_m: polygon(&[(-30.0, -90.0), (30.0, -90.0), (30.0, -60.0), (-30.0, -60.0)]),
            eye_m: DVec3::new(0.0, -75.0, 3.0),
            look_at_m: DVec3::new(0.0, 20.0, 36.0),
            fov_deg: None,
        }],
        waters: vec![Water {
            name: "River".into(),
            polygon_m: polygon(&[(-400.0, -50.0), (400.0, -50.0), (400.0, 5.0), (-400.0, 5.0)]),
        }],
        roads: vec![Road {
            name: "Road".into(),
            polygon_m: polygon(&[(-300.0, 100.0), (300.0, 100.0), (300.0, 108.0), (-300.0, 108.0)]),
        }],
        landmarks: vec![block(70.0, 220.0, 40.0), block(20.0, 260.0, 60.0), block(130.0, 240.0, 30.0), tower],
        ..Environment::default()
    };
    Show { environment, ..still(&ring.collect::<Vec<_>>()) }
}

fn decoded(bytes: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    pixels
}

/// Mean and greatest difference of two pictures.
fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len(), "the pictures have different sizes");
    let each = || a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    (each().map(f64::from).sum::<f64>() / a.len() as f64, each().max().unwrap_or(0))
}

#[test]
fn every_camera_in_every_mood_looks_as_it_did() {
    let show = site();
    let mut drawn: Vec<(String, Frame)> = Vec::new();
    for mood in Mood::ALL {
        for name in ["audience", "orbit", "top", "side"] {
            let camera = of_view(&show, name, size(CELL.0, CELL.1));
            drawn.push((format!("{}-{name}", mood.name()), draw(&show, camera, mood)));
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    for (name, frame) in &drawn {
        let path = folder.join(format!("{name}.png"));
        if std::env::var_os("KAPOK_STORE_PICTURES").is_some() {
            std::fs::write(&path, png(frame).unwrap()).unwrap();
        }
        let stored = decoded(&std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
        let (mean, most) = difference(&stored, frame.rgb());
        assert!(mean < 0.5 && most < 48, "{name} differs from its stored picture: {mean} in the mean, {most} at most");
    }
    // No two of them are alike, so none is stored in the place of another.
    for (i, (name, a)) in drawn.iter().enumerate() {
        for (other, b) in &drawn[..i] {
            assert!(difference(a.rgb(), b.rgb()).0 > 1.0, "{name} and {other}");
        }
    }
}

#[test]
fn moods_differ_as_their_names_say() {
    let show = site();
    let camera = of_view(&show, "audience", size(CELL.0, CELL.1));
    let mean = |mood: Mood| {
        let frame = draw(&show, camera, mood);
        let upper = &frame.rgb()[..frame.rgb().len() / 4];
        upper.iter().map(|&v| f64::from(v)).sum::<f64>() / upper.len() as f64
    };
    let (day, dusk, night, hall) = (mean(Mood::Day), mean(Mood::Dusk), mean(Mood::Night), mean(Mood::Hall));
    assert!(day > 2.0 * dusk && dusk > 2.0 * night && night < 40.0 && hall < 40.0, "{day} {dusk} {night} {hall}");
}

#[test]
fn bodies_stand_in_front_of_the_sky() {
    let show = site();
    let camera = Camera::of_view(&show, &Pictures::of(&show), View::Audience(0), Some(110.0), size(640, 360)).unwrap();
    let bare = Show { environment: Environment { keep_outs: Vec::new(), ..show.environment.clone() }, ..show.clone() };
    let (with, without) = (draw(&show, camera, Mood::Dusk), draw(&bare, camera, Mood::Dusk));
    let pixel = |p: DVec3| camera.project(p).map(|(x, y, _)| (x as usize, y as usize)).unwrap();
    let differ = |(x, y): (usize, usize)| with.pixel(x, y) != without.pixel(x, y);
    assert!(differ(pixel(DVec3::new(45.0, 51.0, 35.0))), "the mast");
    assert!(differ(pixel(DVec3::new(-45.0, 42.0, 10.0))), "the building of two volumes");
    assert!(!differ(pixel(DVec3::new(-110.0, 130.0, 100.0))), "a keep-out around a landmark is drawn as the landmark");
}

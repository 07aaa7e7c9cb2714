//! Cameras: which there are, what they frame.

use kapok_film::{Camera, FilmError, Frame, Mood, Pictures, View, contact_sheet};
use kapok_show::{Audience, Chapter, ChapterKind, DVec3, Rgb, Show, Silent};

use crate::common::{HELD_MS, draw, of_view, size, still};

fn audience(name: &str, eye_m: DVec3) -> Audience {
    Audience { name: name.into(), polygon_m: Vec::new(), eye_m, look_at_m: DVec3::new(0.0, 0.0, 40.0), fov_deg: None }
}

/// Lights on the corners of a picture 80 m wide and 30 m high, 40 m up.
fn picture() -> Show {
    let at = |x: f64, z: f64| (DVec3::new(x, 0.0, z), Rgb::WHITE);
    let mut show = still(&[at(-40.0, 25.0), at(40.0, 25.0), at(-40.0, 55.0), at(40.0, 55.0), at(0.0, 40.0)]);
    show.environment.audiences =
        vec![audience("Lawn", DVec3::new(0.0, -120.0, 2.0)), audience("Far bank", DVec3::new(90.0, -400.0, 12.0))];
    show
}

#[test]
fn every_picture_is_framed_wide_and_upright() {
    let show = picture();
    for (width, height) in [(320, 180), (180, 320), (200, 200), (640, 90)] {
        for name in ["audience", "Far bank", "orbit"] {
            let camera = of_view(&show, name, size(width, height));
            let reach = show.vehicles.iter().map(|v| {
                let (x, y, _) = camera.project(v.trajectory.start_point_m()).unwrap();
                let (half_width, half_height) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
                ((x - half_width).abs() / half_width).max((y - half_height).abs() / half_height)
            });
            let reach = reach.fold(0.0, f64::max);
            assert!((0.65..0.9).contains(&reach), "{name} {width} × {height}: {reach}");
        }
    }
}

#[test]
fn top_and_side_show_their_axes() {
    let show = picture();
    let at = |name: &str, p: DVec3| of_view(&show, name, size(320, 180)).project(p).unwrap();
    let middle = at("top", DVec3::new(0.0, 0.0, 40.0));
    assert!(at("top", DVec3::new(9.0, 0.0, 40.0)).0 > middle.0 && at("top", DVec3::new(0.0, 9.0, 40.0)).1 < middle.1);
    let middle = at("side", DVec3::new(0.0, 0.0, 40.0));
    assert!(at("side", DVec3::new(0.0, 9.0, 40.0)).0 > middle.0 && at("side", DVec3::new(0.0, 0.0, 49.0)).1 < middle.1);
}

#[test]
fn cameras_have_names() {
    let show = picture();
    let view = |name: &str| View::from_name(name, &show);
    assert_eq!(view("audience"), Ok(View::Audience(0)));
    assert_eq!(view("audience-2"), Ok(View::Audience(1)));
    assert_eq!(view("far BANK"), Ok(View::Audience(1)));
    assert_eq!((view("Orbit"), view("top"), view("side")), (Ok(View::Orbit), Ok(View::Top), Ok(View::Side)));
    let error = view("far bnak").unwrap_err();
    assert!(matches!(&error, FilmError::Camera { nearest: Some(near), .. } if near == "Far bank"), "{error:?}");
    let text = view("audience-3").unwrap_err().to_string();
    assert!(text.contains("\"audience-2\"") && text.contains("\"Lawn\"") && text.contains("\"orbit\""), "{text}");
    let none = still(&[(DVec3::Z, Rgb::WHITE)]);
    assert_eq!(View::from_name("audience", &none), Ok(View::Audience(0)), "there is a place in front of every show");
    assert!(View::from_name("audience-2", &none).is_err());
}

#[test]
fn a_field_of_view_is_kept_or_refused() {
    let show = picture();
    let pictures = Pictures::of(&show);
    let of = |fov: f64| Camera::of_view(&show, &pictures, View::Audience(0), Some(fov), size(320, 180));
    assert!((of(37.0).unwrap().fov_deg() - 37.0).abs() < 1e-9);
    let mut stated = show.clone();
    stated.environment.audiences[0].fov_deg = Some(50.0);
    let of_file = of_view(&stated, "audience", size(320, 180));
    assert!((of_file.fov_deg() - 50.0).abs() < 1e-9, "the file's own");
    for bad in [0.0, 1.9, 121.0, -5.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(of(bad), Err(FilmError::Fov { .. })), "{bad}");
    }
}

#[test]
fn an_eye_below_the_ground_stands_on_it() {
    let mut show = picture();
    show.environment.audiences[0].eye_m.z = -20.0;
    assert!(of_view(&show, "audience", size(320, 180)).eye_m().z > 0.0);
}

/// Two scenes: the first is brightest at its end, the second everywhere alike.
fn two_scenes() -> Show {
    let mut show = picture();
    let scene =
        |name: &str, start_ms, end_ms| Chapter { name: name.into(), kind: ChapterKind::Formation, start_ms, end_ms };
    show.chapters = vec![scene("Ring of 福", 0, 4000), scene("Star", 4000, HELD_MS)];
    for vehicle in &mut show.vehicles {
        let key = |t_ms, v: u8, fade| kapok_show::LightKey { t_ms, colour: Rgb::new(v, v, v), fade };
        vehicle.lights = kapok_show::LightProgram::from_keys(vec![key(0, 20, false), key(3900, 255, true)]).unwrap();
    }
    show
}

#[test]
fn scenes_have_names_and_a_brightest_instant() {
    let pictures = Pictures::of(&two_scenes());
    assert_eq!(pictures.scene("star").unwrap().best_ms, 7000, "the middle, if all are alike");
    assert!(pictures.scene("Ring of 福").unwrap().best_ms >= 3200);
    let error = pictures.scene("Stra").unwrap_err().to_string();
    assert!(error.contains("did you mean \"Star\"?") && error.contains("\"Ring of 福\""), "{error}");
    let unnamed = Show { chapters: Vec::new(), ..picture() };
    assert_eq!(Pictures::of(&unnamed).scene("Star"), Err(FilmError::NoScenes));
    assert!((pictures.spacing_m() - 30.0).abs() < 1e-9, "{}", pictures.spacing_m());
}

#[test]
fn a_sheet_has_a_cell_for_every_scene() {
    let show = two_scenes();
    let pictures = Pictures::of(&show);
    let camera = of_view(&show, "audience", size(160, 90));
    let film = kapok_film::Film::new(&show, &pictures, camera, Mood::Night, None);
    let sheet = contact_sheet(&film, pictures.scenes(), "Two scenes", &Silent).unwrap();
    for scene in pictures.scenes() {
        let cell = film.frame(scene.best_ms as f64);
        assert!(holds(&sheet, &cell), "{}", scene.name);
    }
    assert_eq!(contact_sheet(&film, &[], "None", &Silent), Err(FilmError::NoScenes));
    let many = vec![pictures.scenes()[0].clone(); 61];
    assert!(matches!(contact_sheet(&film, &many, "Many", &Silent), Err(FilmError::TooMany { found: 61, .. })));
}

fn holds(sheet: &Frame, cell: &Frame) -> bool {
    let (wide, narrow) = (sheet.size().width(), cell.size().width());
    let row = |frame: &'_ Frame, width: usize, x: usize, y: usize| {
        let from = 3 * (y * width + x);
        frame.rgb()[from..from + 3 * narrow].to_vec()
    };
    (0..=sheet.size().height() - cell.size().height()).any(|y| {
        (0..=wide - narrow)
            .any(|x| (0..cell.size().height()).all(|r| row(sheet, wide, x, y + r) == row(cell, narrow, 0, r)))
    })
}

#[test]
fn a_mark_is_in_the_picture() {
    let show = picture();
    let pictures = Pictures::of(&show);
    let camera = of_view(&show, "audience", size(320, 180));
    let marked = kapok_film::Film::new(&show, &pictures, camera, Mood::Night, Some("DRAFT")).frame(0.0);
    let plain = draw(&show, camera, Mood::Night);
    let changed = |x: usize, y: usize| marked.pixel(x, y) != plain.pixel(x, y);
    let corner = (0..60).flat_map(|x| (0..30).map(move |y| (x, y))).filter(|&(x, y)| changed(x, y)).count();
    let rest = (60..320).flat_map(|x| (30..180).map(move |y| (x, y))).filter(|&(x, y)| changed(x, y)).count();
    assert!(corner > 40 && rest == 0, "{corner} {rest}");
}

#[test]
fn far_places_are_no_trouble() {
    let far = still(&[(DVec3::splat(1e7), Rgb::WHITE), (DVec3::splat(-1e7), Rgb::WHITE)]);
    for name in ["audience", "orbit", "top", "side"] {
        draw(&far, of_view(&far, name, size(64, 36)), Mood::Night);
    }
    let flat = still(&[(DVec3::new(0.0, 0.0, 0.0), Rgb::WHITE)]);
    assert!(of_view(&flat, "orbit", size(64, 36)).eye_m().is_finite());
}

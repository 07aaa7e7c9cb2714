//! Lights: where they are, what hides them, how bright and how large they are.

use kapok_film::{Camera, Film, Mood, Pictures};
use kapok_show::{DVec2, DVec3, Rgb, Show};

use crate::common::{added, ahead, draw, size, still, wall, with_keep_outs, with_others};

const GREEN: Rgb = Rgb::new(0, 255, 0);

/// The camera is at (0, −100, 50) and looks along +y, so a light at (x, y, z) is seen by its angles alone.
#[test]
fn a_light_is_where_its_angles_say_in_its_colour() {
    let (width, height) = (320, 180);
    for (at, colour) in [
        (DVec3::new(0.0, 0.0, 50.0), Rgb::new(255, 0, 0)),
        (DVec3::new(40.0, 20.0, 80.0), Rgb::new(0, 255, 0)),
        (DVec3::new(-70.0, 60.0, 30.0), Rgb::new(0, 0, 255)),
    ] {
        let camera = ahead(size(width, height));
        let (frame, stars) =
            (draw(&still(&[(at, colour)]), camera, Mood::Night), draw(&still(&[]), camera, Mood::Night));
        let (right, up) = ((at.x / (at.y + 100.0)).atan(), ((at.z - 50.0) / (at.y + 100.0)).atan());
        let half = f64::from(height) / 2.0;
        let focal = half / 30f64.to_radians().tan();
        let x = (f64::from(width) / 2.0 + focal * right.tan()) as usize;
        let y = (half - focal * up.tan()) as usize;
        let brightest = (0..width as usize * height as usize)
            .max_by_key(|i| {
                let (x, y) = (i % width as usize, i / width as usize);
                let sum = |frame: &kapok_film::Frame| frame.pixel(x, y).map(u32::from).iter().sum::<u32>();
                sum(&frame) - sum(&stars).min(sum(&frame))
            })
            .unwrap();
        let found = (brightest % width as usize, brightest / width as usize);
        assert!(found.0.abs_diff(x) <= 1 && found.1.abs_diff(y) <= 1, "{at}: {found:?}, not ({x}, {y})");
        let pixel = frame.pixel(found.0, found.1);
        let strongest = [colour.r, colour.g, colour.b].iter().position(|&c| c == 255).unwrap();
        let others = (0..3).filter(|&k| k != strongest).map(|k| pixel[k]).max().unwrap();
        assert!(pixel[strongest] > 190 && others < pixel[strongest] - 60, "{at}: {pixel:?}");
    }
}

#[test]
fn what_is_behind_a_body_or_under_the_ground_is_not_seen() {
    let camera = ahead(size(160, 90));
    let light = |y: f64, z: f64| still(&[(DVec3::new(0.0, y, z), GREEN)]);
    let wall_at = |bottom_m: f64, top_m: f64| wall(DVec2::ZERO, DVec2::new(40.0, 1.0), bottom_m, top_m);
    let walled = |show: Show| with_keep_outs(show, vec![wall_at(0.0, 90.0)]);
    assert!(added(&walled(light(-20.0, 70.0)), camera) > 0.2, "in front of the wall");
    assert_eq!(added(&walled(light(20.0, 75.0)), camera), 0.0, "behind the wall");
    assert!(added(&light(20.0, 75.0), camera) > 0.2, "without the wall");
    assert!(added(&walled(light(200.0, 185.0)), camera) > 0.05, "over the wall");
    let raised = with_keep_outs(light(20.0, 75.0), vec![wall_at(85.0, 120.0)]);
    assert!(added(&raised, camera) > 0.2, "under a volume that begins above");
}

#[test]
fn nothing_is_drawn_through_the_ground() {
    // The eye looks down at an angle of 45 degrees.
    let camera = Camera::new(size(160, 90), DVec3::new(0.0, -30.0, 30.0), 0.0, -45f64.to_radians(), 1.0);
    let at = |z: f64| draw(&with_others(still(&[(DVec3::new(0.0, -z, z), GREEN)]), Rgb::BLACK), camera, Mood::Night);
    let middle = |z: f64| at(z).pixel(80, 45)[1];
    assert!(middle(2.0) > 200, "above the ground");
    assert!(middle(-3.0) < 60 && middle(-300.0) < 60, "below it");
    let deep = |bottom_m: f64| {
        let volume = wall(DVec2::new(0.0, 5.0), DVec2::splat(2.0), bottom_m, 4.0);
        draw(&with_keep_outs(still(&[]), vec![volume]), camera, Mood::Day)
    };
    assert!(deep(-100.0) == deep(0.0), "a volume that reaches below the ground ends at it");
}

#[test]
fn no_body_stands_where_the_eye_is() {
    let camera = ahead(size(160, 90));
    let light = still(&[(DVec3::new(0.0, 20.0, 75.0), GREEN)]);
    let around_eye = wall(DVec2::new(0.0, -100.0), DVec2::splat(10.0), 0.0, 100.0);
    assert!(added(&with_keep_outs(light, vec![around_eye]), camera) > 0.2);
}

#[test]
fn brightness_falls_with_distance() {
    let camera = ahead(size(640, 360));
    let at = |distance: f64| still(&[(DVec3::new(0.0, distance - 100.0, 50.0 + 0.25 * distance), Rgb::WHITE)]);
    let sums = [10.0, 60.0, 180.0, 540.0, 1600.0, 4000.0].map(|distance| added(&at(distance), camera));
    assert!(sums.windows(2).all(|pair| pair[0] > pair[1]), "{sums:?}");
    assert!(sums[3] > 0.5 && sums[5] > 0.0, "far lights are still seen: {sums:?}");
}

#[test]
fn dim_lights_are_dimmer_and_dark_ones_hardly_seen() {
    let camera = ahead(size(320, 180));
    let light = |v: u8| still(&[(DVec3::new(0.0, 0.0, 75.0), Rgb::new(v, v, v))]);
    let of = |v: u8| added(&with_others(light(v), Rgb::WHITE), camera);
    let (full, half, off) = (of(255), of(128), of(0));
    assert!(full > 1.5 * half && half > 10.0 * off, "{full} {half} {off}");
}

/// 12 × 12 lights 1.5 m apart.
fn field(distance_m: f64, colour: Rgb, spacing_m: f64) -> Show {
    let at = |k: i32| {
        DVec3::new(f64::from(k % 12 - 6) * spacing_m, distance_m - 100.0, 50.0 + f64::from(k / 12 - 6) * spacing_m)
    };
    still(&(0..144).map(|k| (at(k), colour)).collect::<Vec<_>>())
}

#[test]
fn near_lights_stay_apart_and_far_ones_keep_their_colour() {
    let camera = ahead(size(640, 360));
    // 12 m away a spacing of 1.5 m is 39 pixels: between two lights it is dark.
    let near = draw(&field(12.0, Rgb::WHITE, 1.5), camera, Mood::Night);
    let row: Vec<u8> = (260..380).map(|x| near.pixel(x, 180)[1]).collect();
    let (most, least) = (row.iter().max().unwrap(), row.iter().min().unwrap());
    assert!(*most > 230 && *least < 90, "{row:?}");
    // 2 km away twelve of them are less than three pixels: they merge, and stay orange.
    let far = draw(&field(2000.0, Rgb::new(255, 90, 0), 1.5), camera, Mood::Night);
    let brightest = (0..640 * 360).map(|i| far.pixel(i % 640, i / 640)).max_by_key(|p| p[0]).unwrap();
    assert!(brightest[0] > 90, "{brightest:?}: still seen");
    assert!(
        f64::from(brightest[1]) < 0.75 * f64::from(brightest[0]) && brightest[2] < brightest[1] + 20,
        "{brightest:?}"
    );
}

#[test]
fn a_light_grows_with_its_vehicle_as_long_as_the_next_light_is_far() {
    let bright = |diameter_m: f64, spacing_m: f64| {
        let mut show = field(20.0, Rgb::WHITE, spacing_m);
        show.profile.diameter_m = diameter_m;
        let frame = draw(&show, ahead(size(1280, 720)), Mood::Night);
        frame.rgb().chunks(3).filter(|p| p[1] > 235).count() as f64
    };
    // The core has 0.6 of the diameter: four times that has about sixteen times the area.
    assert!(bright(0.4, 6.0) > 3.0 * bright(0.1, 6.0), "{} {}", bright(0.4, 6.0), bright(0.1, 6.0));
    assert!(bright(0.4, 0.5) < 1.3 * bright(0.1, 0.5), "close lights end where the next begin");
}

#[test]
fn a_small_show_is_no_blob() {
    // A hall: vehicles of 12 cm, 1.2 m apart, 20 m away.
    let mut show = field(20.0, Rgb::WHITE, 1.2);
    show.profile.diameter_m = 0.12;
    let frame = draw(&show, ahead(size(1280, 720)), Mood::Hall);
    let bright = frame.rgb().chunks(3).filter(|p| p[1] > 128).count();
    // 37 pixels from light to light: at most an eighth of the area shines.
    assert!(bright > 144 * 4 && bright < 144 * 37 * 37 / 8, "{bright}");
}

#[test]
fn water_mirrors_lights_and_land_does_not() {
    let camera = Camera::new(size(320, 180), DVec3::new(0.0, -100.0, 5.0), 0.0, 0.0, 60f64.to_radians());
    let light = with_others(still(&[(DVec3::new(0.0, 0.0, 20.0), Rgb::new(255, 0, 0))]), Rgb::BLACK);
    let mut wet = light.clone();
    let polygon_m =
        [(-80.0, -90.0), (80.0, -90.0), (80.0, 90.0), (-80.0, 90.0)].map(|(x, y)| DVec2::new(x, y)).to_vec();
    wet.environment.waters.push(kapok_show::Water { name: "Lake".into(), polygon_m });
    let lower = |show: &Show| {
        let dark = Show { vehicles: Vec::new(), ..show.clone() };
        let (lit, dark) = (draw(show, camera, Mood::Night), draw(&dark, camera, Mood::Night));
        (100..180)
            .flat_map(|y| (0..320).map(move |x| (x, y)))
            .map(|(x, y)| lit.pixel(x, y)[0].abs_diff(dark.pixel(x, y)[0]))
            .max()
    };
    assert!(lower(&wet) > Some(12), "{:?}", lower(&wet));
    assert!(lower(&light) < Some(8), "{:?}", lower(&light));
}

#[test]
fn by_day_a_vehicle_is_a_dark_speck() {
    let camera = ahead(size(320, 180));
    let show = still(&[(DVec3::new(0.0, -80.0, 55.0), Rgb::BLACK), (DVec3::new(5.0, -80.0, 55.0), Rgb::WHITE)]);
    let dark = Show { vehicles: Vec::new(), ..show.clone() };
    let (seen, sky) = (draw(&show, camera, Mood::Day), draw(&dark, camera, Mood::Day));
    let (x, y, _) = camera.project(DVec3::new(0.0, -80.0, 55.0)).unwrap();
    let at = (x as usize, y as usize);
    assert!(seen.pixel(at.0, at.1)[2] < sky.pixel(at.0, at.1)[2] - 40);
}

#[test]
fn a_file_without_lights_shines_white() {
    let mut show = field(60.0, Rgb::BLACK, 3.0);
    assert!(!Pictures::of(&show).has_lights());
    let frame = draw(&show, ahead(size(320, 180)), Mood::Night);
    assert!(frame.rgb().chunks(3).filter(|p| p.iter().all(|&v| v > 200)).count() > 50);
    // One light is a choice: the others stay dark.
    show.vehicles[0].lights = still(&[(DVec3::ZERO, Rgb::WHITE)]).vehicles[0].lights.clone();
    assert!(Pictures::of(&show).has_lights());
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    let show = with_keep_outs(
        field(40.0, Rgb::new(250, 140, 30), 1.5),
        vec![wall(DVec2::ZERO, DVec2::new(4.0, 1.0), 0.0, 52.0)],
    );
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| draw(&show, ahead(size(331, 187)), Mood::Night))
    };
    let one = on(1);
    assert!(one == on(2) && one == on(5));
    let pictures = Pictures::of(&show);
    let film = Film::new(&show, &pictures, ahead(size(331, 187)), Mood::Night, None);
    assert!(film.frame(5000.0) == one && film.frame(5000.0) == one, "a frame leaves no trace in the next");
}

#[test]
fn no_vehicles_are_no_trouble() {
    let empty = still(&[]);
    for mood in Mood::ALL {
        let frame = draw(&empty, ahead(size(64, 36)), mood);
        assert_eq!(frame.rgb().len(), 64 * 36 * 3);
    }
}

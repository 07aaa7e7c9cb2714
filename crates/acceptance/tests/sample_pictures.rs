//! The pictures of every sample show and starter script, as the script places them, beside stored ones.
//! `KAPOK_STORE_PICTURES=1` stores what is drawn: look at it first.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use std::path::Path;

use kapok_design::{AssetFolder, indoor_starter_script, load, starter_script};
use kapok_film::{Camera, Film, Frame, FrameSize, Mood, Pictures, View, contact_sheet, png};
use kapok_show::{Chapter, ChapterKind, LightKey, LightProgram, Rgb, Show, Silent, Storyboard, Trajectory, Vehicle};

/// A show that jumps from picture to picture: what is drawn of a script needs no plan.
fn standing(board: &Storyboard) -> Show {
    let count = board.scenes[0].points.len();
    let mut chapters = Vec::new();
    let mut start_ms = 0;
    let mut flights: Vec<Trajectory> =
        (0..count).map(|i| Trajectory::starting_at(0, board.scenes[0].points[i].position_m).unwrap()).collect();
    let mut keys: Vec<Vec<LightKey>> = vec![Vec::new(); count];
    for scene in &board.scenes {
        let (from_ms, end_ms) = (start_ms + 1000, start_ms + 1000 + scene.hold_ms);
        for (i, point) in scene.points.iter().enumerate() {
            flights[i].push(from_ms, &[point.position_m]).unwrap();
            flights[i].push_hold(end_ms).unwrap();
            let moved = |key: &LightKey| LightKey { t_ms: from_ms + key.t_ms, ..*key };
            keys[i].extend(point.lights.keys().iter().map(moved).filter(|key| key.t_ms <= end_ms));
        }
        chapters.push(Chapter { name: scene.name.clone(), kind: ChapterKind::Formation, start_ms: from_ms, end_ms });
        start_ms = end_ms;
    }
    let vehicle = |(i, (flight, keys)): (usize, (Trajectory, Vec<LightKey>))| {
        let home_m = flight.start_point_m().with_z(0.0);
        Vehicle::new(i.to_string(), home_m, flight, LightProgram::from_keys(keys).unwrap())
    };
    Show {
        title: board.title.clone(),
        environment: board.environment.clone(),
        limits: board.limits,
        profile: board.fleet.profile.clone(),
        chapters,
        ..Show::of_vehicles(flights.into_iter().zip(keys).enumerate().map(vehicle).collect())
    }
}

fn sheet(name: &str, text: &str, folder: &Path) -> (Show, Frame) {
    let board = load(text, name, &AssetFolder::new(folder), &Silent).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let show = standing(&board);
    let pictures = Pictures::of(&show);
    let size = FrameSize::new(240, 135).unwrap();
    let camera = Camera::of_view(&show, &pictures, View::Audience(0), None, size).unwrap();
    let mood = if show.environment.indoor { Mood::Hall } else { Mood::Night };
    let film = Film::new(&show, &pictures, camera, mood, None);
    let sheet = contact_sheet(&film, pictures.scenes(), &show.title, &Silent).unwrap();
    (show, sheet)
}

fn decoded(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    pixels
}

#[test]
fn every_sample_looks_as_it_did() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shows = own.join("../../shows");
    let script = |name: &str| std::fs::read_to_string(shows.join(format!("{name}.toml"))).unwrap();
    let samples = [
        ("guangzhou-2017", script("guangzhou-2017")),
        ("dragon-field", script("dragon-field")),
        ("pagoda", script("pagoda")),
        ("launch", script("launch")),
        ("hall", script("hall")),
        ("new-year", script("new-year")),
        ("starter", starter_script().to_owned()),
        ("starter-indoor", indoor_starter_script().to_owned()),
    ];
    for (name, text) in samples {
        let (show, sheet) = sheet(name, &text, &shows);
        let path = own.join(format!("tests/pictures/{name}.png"));
        if std::env::var_os("KAPOK_STORE_PICTURES").is_some() {
            std::fs::write(&path, png(&sheet).unwrap()).unwrap();
        }
        let stored = decoded(&path);
        assert_eq!(stored.len(), sheet.rgb().len(), "{name}");
        let off = stored.iter().zip(sheet.rgb()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>();
        let mean = off / stored.len() as f64;
        assert!(mean < 0.6, "{name} differs from its stored picture by {mean} in the mean");
        // Every light of every scene is in the audience's picture.
        let pictures = Pictures::of(&show);
        let size = FrameSize::new(240, 135).unwrap();
        let camera = Camera::of_view(&show, &pictures, View::Audience(0), None, size).unwrap();
        for t_ms in pictures.scenes().iter().flat_map(|s| [s.start_ms, s.best_ms, s.end_ms]).map(|t_ms| t_ms as f64) {
            for vehicle in &show.vehicles {
                let (p, colour) = (vehicle.trajectory.sample(t_ms).position_m, vehicle.lights.sample(t_ms));
                let (x, y, _) = camera.project(p).unwrap();
                let inside = (0.0..240.0).contains(&x) && (0.0..135.0).contains(&y);
                assert!(inside || colour == Rgb::BLACK, "{name}: {p} is seen at ({x}, {y})");
            }
        }
    }
}

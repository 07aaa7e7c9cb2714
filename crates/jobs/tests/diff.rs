//! What changed between two shows: crafted pairs, each with one change.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::PathBuf;

use kapok_certify::Source;
use kapok_design::{AssetFolder, starter_script};
use kapok_format::{write_csv_zip, write_skyc, write_vviz};
use kapok_jobs::{
    DiffAnswer, DiffRequest, DiffSource, Document, JobError, SCHEMAS, SceneChange, ScriptSource, ShowDiff, diff,
};
use kapok_show::{
    Audience, Chapter, ChapterKind, DVec3, Environment, LightKey, LightProgram, Rgb, Show, Silent, Trajectory, Vehicle,
};

use crate::schema::assert_described;

const RED: Rgb = Rgb::new(255, 40, 0);

/// Where vehicle i stands in each of three scenes.
fn place(scene: usize, i: usize) -> DVec3 {
    let (x, k) = (4.0 * i as f64 - 18.0, i as f64);
    match scene {
        0 => DVec3::new(x, 0.0, 30.0),
        1 => DVec3::new(x, 5.0, 30.0 + 2.0 * k),
        _ => DVec3::new(0.6 * x, -5.0, 50.0 - k),
    }
}

const NAMES: [&str; 3] = ["Line", "Stairs", "Wedge"];

/// Ten vehicles that stand in these scenes, each as long, after flights of five seconds.
fn show(scenes: &[(usize, i64)]) -> Show {
    let mut chapters = Vec::new();
    let mut flights: Vec<Trajectory> =
        (0..10).map(|i| Trajectory::starting_at(0, place(0, i).with_z(0.0)).unwrap()).collect();
    let mut now_ms = 0;
    for &(scene, hold_ms) in scenes {
        let (start_ms, end_ms) = (now_ms + 5000, now_ms + 5000 + hold_ms);
        for (i, flight) in flights.iter_mut().enumerate() {
            flight.push(start_ms, &[place(scene, i)]).unwrap();
            flight.push_hold(end_ms).unwrap();
        }
        chapters.push(Chapter { name: NAMES[scene].into(), kind: ChapterKind::Formation, start_ms, end_ms });
        now_ms = end_ms;
    }
    let vehicle = |(i, flight): (usize, Trajectory)| {
        let keys = [(0, Rgb::BLACK, false), (4000, RED, false), (9000, Rgb::new(0, 90, 255), true)];
        let keys = keys.map(|(t_ms, colour, fade)| LightKey { t_ms, colour, fade }).to_vec();
        let pad = flight.start_point_m();
        Vehicle::new(format!("{i:04}"), pad, flight, LightProgram::from_keys(keys).unwrap())
    };
    let audience = Audience {
        name: "Lawn".into(),
        polygon_m: Vec::new(),
        eye_m: DVec3::new(0.0, -70.0, 2.0),
        look_at_m: DVec3::new(0.0, 0.0, 30.0),
        fov_deg: None,
    };
    Show {
        title: "Three".into(),
        chapters,
        environment: Environment { audiences: vec![audience], ..Environment::default() },
        ..Show::of_vehicles(flights.into_iter().enumerate().map(vehicle).collect())
    }
}

fn three() -> Show {
    show(&[(0, 6000), (1, 6000), (2, 6000)])
}

fn skyc(show: &Show) -> Source {
    Source::file("show.skyc", write_skyc(show).unwrap())
}

fn compared(a: &Source, b: &Source, request: &DiffRequest) -> ShowDiff {
    diff([DiffSource::Show(a), DiffSource::Show(b)], ["old", "new"], request, &Silent).unwrap()
}

fn changes(a: &Show, b: &Show) -> DiffAnswer {
    let answer = compared(&skyc(a), &skyc(b), &DiffRequest::default()).answer;
    let schema = SCHEMAS.iter().find(|(name, _)| *name == "diff").unwrap().1();
    assert_described(&serde_json::to_value(Document::of(&answer)).unwrap(), &schema);
    answer
}

#[test]
fn a_show_is_the_same_as_itself_and_in_another_format() {
    let show = three();
    let same = changes(&show, &show);
    assert!(same.same && same.motion.largest_m == 0.0 && same.notes.is_empty(), "{same:?}");
    for (name, bytes) in [
        ("show.zip", write_csv_zip(&show, 25.0).unwrap().bytes),
        ("show.vviz", write_vviz(&show, 10.0, 25.0).unwrap().bytes),
    ] {
        let answer = compared(&skyc(&show), &Source::file(name, bytes), &DiffRequest::default()).answer;
        assert!(answer.same, "{name}: {answer:?}");
        assert!(answer.notes.iter().any(|note| note.contains("not compared")), "{:?}", answer.notes);
    }
}

#[test]
fn one_vehicle_a_centimetre_away_is_found() {
    let (old, mut new) = (three(), three());
    let moved = place(1, 3) + DVec3::new(0.0, 0.01, 0.0);
    let mut flight = Trajectory::starting_at(0, place(0, 3).with_z(0.0)).unwrap();
    flight.push(5000, &[place(0, 3)]).unwrap();
    flight.push_hold(11_000).unwrap();
    flight.push(16_000, &[moved]).unwrap();
    flight.push_hold(22_000).unwrap();
    flight.push(27_000, &[place(2, 3)]).unwrap();
    flight.push_hold(33_000).unwrap();
    new.vehicles[3].trajectory = flight;
    let answer = changes(&old, &new);
    assert!(!answer.same && answer.motion.changed == 1 && answer.facts.is_empty() && answer.lights.is_none());
    let most = &answer.motion.vehicles[0];
    assert_eq!(most.name, "0003");
    assert!((most.largest_m - 0.01).abs() < 2e-4 && (15_999.0..=22_001.0).contains(&most.t_ms), "{most:?}");
    let [SceneChange::Changed { name, shape_m: Some(shape_m), hold_ms: None, before_ms: None, order: None, .. }] =
        &answer.scenes[..]
    else {
        panic!("{:?}", answer.scenes)
    };
    assert!(name == "Stairs" && (shape_m - 0.01).abs() < 2e-4);
    let loose = DiffRequest { tolerance_m: 0.02, ..DiffRequest::default() };
    assert!(compared(&skyc(&old), &skyc(&new), &loose).answer.same);
    let fine = DiffRequest { tolerance_m: 0.0, ..DiffRequest::default() };
    assert_eq!(compared(&skyc(&old), &skyc(&new), &fine).answer.motion.changed, 1);
}

#[test]
fn the_largest_distance_may_lie_between_the_ends_of_pieces() {
    let (old, mut new) = (three(), three());
    // The same places at the same times, by a bow of 0.75 of the control points' 4 m.
    let mut flight = Trajectory::starting_at(0, place(0, 0).with_z(0.0)).unwrap();
    let (from, to) = (place(0, 0).with_z(0.0), place(0, 0));
    let aside = |share: f64| from + share * (to - from) + DVec3::new(4.0, 0.0, 0.0);
    flight.push(5000, &[aside(1.0 / 3.0), aside(2.0 / 3.0), to]).unwrap();
    for (scene, start_ms, end_ms) in [(0, 5000, 11_000), (1, 16_000, 22_000), (2, 27_000, 33_000)] {
        if scene > 0 {
            flight.push(start_ms, &[place(scene, 0)]).unwrap();
        }
        flight.push_hold(end_ms).unwrap();
    }
    new.vehicles[0].trajectory = flight;
    let answer = changes(&old, &new);
    let most = &answer.motion.vehicles[0];
    assert!((most.largest_m - 3.0).abs() < 2e-3 && (most.t_ms - 2500.0).abs() < 20.0, "{most:?}");
    assert!(answer.scenes.is_empty(), "{:?}", answer.scenes);
}

#[test]
fn one_colour_is_found_with_its_share() {
    let (old, mut new) = (three(), three());
    let key = |t_ms, colour, fade| LightKey { t_ms, colour, fade };
    let keys = vec![
        key(0, Rgb::BLACK, false),
        key(4000, RED, false),
        key(9000, Rgb::new(0, 90, 255), true),
        key(20_000, Rgb::WHITE, false),
        key(23_300, Rgb::new(0, 90, 255), false),
    ];
    new.vehicles[7].lights = LightProgram::from_keys(keys).unwrap();
    let answer = changes(&old, &new);
    let lights = answer.lights.as_ref().unwrap();
    assert!(!answer.same && answer.motion.is_same() && answer.scenes.is_empty() && answer.facts.is_empty());
    assert_eq!((lights.vehicles, lights.first_ms), (1, 20_000.0));
    assert!((lights.vehicle_seconds - 3.3).abs() < 1e-6 && (lights.share - 0.01).abs() < 1e-6, "{lights:?}");
    assert!((20_000..=23_300).contains(&lights.most_ms));
}

#[test]
fn scenes_are_retimed_added_removed_and_moved() {
    let old = three();
    let retimed = changes(&old, &show(&[(0, 6000), (1, 8000), (2, 6000)]));
    let [SceneChange::Changed { name, hold_ms, before_ms: None, order: None, shape_m: None, .. }] = &retimed.scenes[..]
    else {
        panic!("{:?}", retimed.scenes)
    };
    assert_eq!((name.as_str(), *hold_ms), ("Stairs", Some([6000, 8000])));
    assert!(
        retimed.facts.iter().any(|f| f.fact == "duration" && f.a == "33 s" && f.b == "35 s"),
        "{:?}",
        retimed.facts
    );

    let without = changes(&old, &show(&[(0, 6000), (2, 6000)]));
    assert!(matches!(&without.scenes[..], [SceneChange::Removed { name, start_ms: 16_000 }] if name == "Stairs"));
    let with = changes(&show(&[(0, 6000), (2, 6000)]), &old);
    assert!(matches!(&with.scenes[..], [SceneChange::Added { name, .. }] if name == "Stairs"));

    let moved = changes(&old, &show(&[(2, 6000), (0, 6000), (1, 6000)]));
    let [SceneChange::Changed { name, order: Some([3, 1]), .. }] = &moved.scenes[..] else {
        panic!("{:?}", moved.scenes)
    };
    assert_eq!(name, "Wedge");
}

#[test]
fn facts_are_told_with_their_units() {
    let (old, mut new) = (three(), three());
    new.title = "Three again".into();
    new.site.heading_deg = 90.0;
    new.limits.min_separation_m = 2.0;
    new.vehicles.pop();
    new.environment.audiences[0].eye_m.z = 5.0;
    let answer = changes(&old, &new);
    let of = |fact: &str| answer.facts.iter().find(|f| f.fact == fact).map(|f| (f.a.as_str(), f.b.as_str()));
    assert_eq!(of("title"), Some(("Three", "Three again")));
    assert_eq!(of("heading"), Some(("0 °", "90 °")));
    assert_eq!(of("limit: Separation in flight"), Some(("1.5 m", "2 m")));
    assert_eq!(of("vehicles"), Some(("10", "9")));
    assert_eq!(of("audiences"), Some(("1", "1, changed")));
    assert_eq!(answer.facts.len(), 5, "{:?}", answer.facts);
    assert_eq!((answer.motion.removed, answer.motion.added, answer.motion.changed), (1, 0, 0));
}

#[test]
fn the_picture_shows_what_moved_in_two_colours() {
    let (old, mut new) = (three(), three());
    for vehicle in &mut new.vehicles {
        let shifted = |p: DVec3| p + DVec3::new(0.0, 0.0, 12.0);
        let mut flight = Trajectory::starting_at(0, vehicle.home_m).unwrap();
        flight.push(5000, &[shifted(vehicle.trajectory.sample(5000.0).position_m)]).unwrap();
        flight.push_hold(33_000).unwrap();
        vehicle.trajectory = flight;
    }
    let request = DiffRequest { output: Some("changes.png".into()), size_px: (320, 180), ..DiffRequest::default() };
    assert_eq!(request.paths().unwrap(), [PathBuf::from("changes.png")]);
    let ShowDiff { answer, file } = compared(&skyc(&old), &skyc(&new), &request);
    let pixels = decoded(&file.unwrap().bytes);
    let orange = pixels.chunks(3).filter(|p| p[0] > 150 && p[1] < p[0] - 40 && p[2] < 90).count();
    let blue = pixels.chunks(3).filter(|p| p[2] > 150 && p[0] < 100).count();
    assert!(orange > 30 && blue > 30, "{orange} orange, {blue} blue pixels");
    assert!(answer.t_ms.is_some() && answer.file.is_some());
    let nothing = compared(&skyc(&old), &skyc(&old), &request);
    assert!(nothing.file.is_none() && nothing.answer.notes[0].contains("no picture"), "{:?}", nothing.answer.notes);
}

fn decoded(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    pixels
}

#[test]
fn scripts_are_planned_and_verdicts_compared() {
    let script = starter_script();
    let closer = script.replacen("hold_s = 8", "hold_s = 9", 1);
    assert_ne!(closer, script);
    let assets = AssetFolder::new(".");
    let of = |text: &'static str| {
        DiffSource::Script(ScriptSource { name: "show.toml", bytes: text.as_bytes(), assets: &assets })
    };
    let closer: &'static str = closer.leak();
    let request = DiffRequest { prove: true, ..DiffRequest::default() };
    let answer = diff([of(script), of(closer)], ["a.toml", "b.toml"], &request, &Silent).unwrap().answer;
    assert!(!answer.same && answer.scenes.len() == 1, "{:?}", answer.scenes);
    let verdicts = answer.verdicts.unwrap();
    assert_eq!((verdicts.a, verdicts.b), (kapok_certify::Verdict::Proved, kapok_certify::Verdict::Proved));
    let hasty =
        script.replacen("name = \"Hello\"\n", "name = \"Hello\"\ntransition = { duration_s = 0.5 }\n", 1).leak();
    let error = diff([of(script), of(hasty)], ["a.toml", "b.toml"], &DiffRequest::default(), &Silent).unwrap_err();
    assert!(matches!(&error, JobError::NoPlan { name, .. } if name == "b.toml"), "{error}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for tolerance_m in [-0.1, 11.0, f64::NAN, f64::INFINITY] {
        let request = DiffRequest { tolerance_m, ..DiffRequest::default() };
        assert!(matches!(request.paths(), Err(JobError::Setting { field: "tolerance_m", .. })), "{tolerance_m}");
    }
    let request = DiffRequest { output: Some("changes.gif".into()), ..DiffRequest::default() };
    assert!(matches!(request.paths(), Err(JobError::Ending { .. })));
}

//! What a script says about motion, groups, pins, boxes and spare vehicles, as the storyboard has it.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::collections::BTreeMap;

use kapok_design::load;
use kapok_show::{DVec3, Ease, MotionStep, PlaceChoice, Silent, Storyboard};

const HEAD: &str = r#"
title = "Test"
[site]
origin = { latitude_deg = 23.1, longitude_deg = 113.3 }
heading_deg = 0
"#;

fn story_with(text: &str, files: &[(&str, &str)]) -> Storyboard {
    let assets: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    load(&format!("{HEAD}{text}"), "test.toml", &assets, &Silent).unwrap_or_else(|d| panic!("{d}"))
}

fn story(text: &str) -> Storyboard {
    story_with(text, &[])
}

#[test]
fn steps_are_done_in_the_order_they_are_written() {
    let storyboard = story(
        r#"
[fleet]
count = 12
[[scene]]
name = "globe"
hold_s = 40
ease = { end = "none", duration_s = 5 }
[[scene.formation]]
source = { kind = "circle", radius_m = 10 }
place = { centre_m = [0, 40, 50] }
count = 10
[[scene.formation.motion]]
kind = "rotate"
angle_deg = 90
[[scene.formation.motion]]
kind = "path"
points_m = [[10, 40, 50], [20, 40, 60]]
times_s = [1, 4]
[[scene.formation.motion]]
kind = "scale"
factor = 2
about_m = [0, 0, 0]
"#,
    );
    let scene = &storyboard.scenes[0];
    let motion = scene.motion.as_ref().unwrap();
    assert_eq!(motion.ease, Ease { start_ms: 5000, end_ms: 0 });
    let [part] = motion.parts.as_slice() else { panic!("one formation moves") };
    assert_eq!((part.first, part.count, part.steps.len()), (0, 10, 3), "reserve places rest");
    let base_m = scene.points[0].position_m;
    let turned = DVec3::new(0.0, 40.0, 50.0) + DVec3::new(-(base_m.y - 40.0), base_m.x, base_m.z - 50.0);
    let end_m = (turned + DVec3::new(20.0, 0.0, 10.0)) * 2.0;
    assert!((part.by_share(base_m, 0, 1.0).position - end_m).length() < 1e-9);
    let MotionStep::Path { along } = &part.steps[1] else { panic!("the second step is the path") };
    assert_eq!(along.shares(), [0.0, 0.25, 1.0]);
}

#[test]
fn an_ease_that_is_not_said_is_a_quarter_of_the_hold_and_at_most_six_seconds() {
    let ease = |hold_s: u32| {
        let text = format!(
            "[fleet]\ncount = 4\n[[scene]]\nname = \"a\"\nhold_s = {hold_s}\n[[scene.formation]]\n\
             source = {{ kind = \"circle\", radius_m = 10 }}\nplace = {{ centre_m = [0, 40, 50] }}\n\
             [[scene.formation.motion]]\nkind = \"translate\"\noffset_m = [1, 0, 0]\n"
        );
        story(&text).scenes[0].motion.clone().unwrap().ease
    };
    assert_eq!(ease(8), Ease { start_ms: 2000, end_ms: 2000 });
    assert_eq!(ease(60), Ease { start_ms: 6000, end_ms: 6000 });
}

const FRAMES: [(&str, &str); 4] = [
    ("wings/1.csv", "x,y,z\n0,0,0\n4,0,0\n8,0,0\n"),
    ("wings/2.csv", "x,y,z\n0,0,3\n4,0,0\n8,0,3\n"),
    ("wings/3.csv", "x,y,z\n0,0,0\n4,0,0\n8,0,0\n"),
    ("wings/read.me", "no keyframe"),
];

#[test]
fn an_animation_passes_its_keyframes_placed_as_the_first() {
    let text = r#"
[fleet]
count = 3
[[scene]]
name = "wings"
hold_s = 12
[[scene.formation]]
source = { kind = "animation", SOURCE }
place = { centre_m = [1, 40, 50], yaw_deg = 90, scale = 2 }
"#;
    let by_folder = story_with(&text.replace("SOURCE", "folder = \"wings\""), &FRAMES);
    let by_files =
        story_with(&text.replace("SOURCE", "files = [\"wings/1.csv\", \"wings/2.csv\", \"wings/3.csv\"]"), &FRAMES);
    assert_eq!(by_folder.scenes, by_files.scenes);
    let scene = &by_folder.scenes[0];
    let part = &scene.motion.as_ref().unwrap().parts[0];
    for (k, p) in scene.points.iter().enumerate() {
        let at = |s: f64| part.by_share(p.position_m, k, s).position;
        assert!((at(0.0) - p.position_m).length() < 1e-9 && (at(1.0) - p.position_m).length() < 1e-9);
        // The outer two are 3 m higher in the second keyframe, twice that in the site; the middle one rests.
        let outer = (p.position_m - DVec3::new(1.0, 40.0, 50.0)).length() > 1.0;
        let rise = at(0.5) - p.position_m;
        assert!((rise - DVec3::Z * if outer { 6.0 } else { 0.0 }).length() < 1e-9, "{rise}");
    }
}

#[test]
fn reserve_places_keep_out_of_the_way_of_what_moves() {
    let storyboard = story(
        r#"
[fleet]
count = 40
[takeoff]
altitude_m = 30
[[scene]]
name = "sweep"
hold_s = 60
[[scene.formation]]
source = { kind = "line", length_m = 20 }
place = { centre_m = [-30, 0, 30] }
count = 9
[[scene.formation.motion]]
kind = "translate"
offset_m = [60, 0, 0]
"#,
    );
    let scene = &storyboard.scenes[0];
    let part = &scene.motion.as_ref().unwrap().parts[0];
    for p in &scene.points[9..] {
        for k in 0..9 {
            for s in 0..=600 {
                let at = part.by_share(scene.points[k].position_m, k, f64::from(s) / 600.0).position;
                assert!(at.distance(p.position_m) >= 1.5, "{} is in the way", p.position_m);
            }
        }
    }
}

#[test]
fn boxes_spares_groups_and_pins_arrive() {
    let storyboard = story_with(
        r#"
[fleet]
count = 10
spares = 2
[fleet.grid]
columns = 2
spacing_m = 3
slot = { columns = 2, rows = 2, spacing_m = 0.5 }
[[fleet.group]]
name = "pyro"
vehicles = [10]
range = [2, 3]
max_velocity_xy_m_s = 3
[[scene]]
name = "a"
hold_s = 4
transition = { pins = [[1, 10]] }
[[scene.formation]]
source = { kind = "circle", radius_m = 10 }
place = { centre_m = [0, 40, 50] }
count = 2
group = "pyro"
[[scene.formation]]
source = { kind = "circle", radius_m = 10 }
place = { centre_m = [0, 70, 50] }
[[scene]]
name = "b"
hold_s = 4
transition = { assignment = "keep" }
[[scene.formation]]
source = { kind = "circle", radius_m = 10 }
place = { centre_m = [0, 40, 50] }
[[scene]]
name = "c"
hold_s = 4
transition = { assignment_file = "who.csv" }
[[scene.formation]]
source = { kind = "circle", radius_m = 10 }
place = { centre_m = [0, 40, 50] }
"#,
        &[("who.csv", "place\n2\n1\n3\n4\n5\n6\n7\n8\n10\n9\n")],
    );
    let fleet = &storyboard.fleet;
    assert_eq!((fleet.pads_m.len(), fleet.spare_pads_m.len()), (10, 2));
    assert!((fleet.pads_m[0].distance(fleet.pads_m[1]) - 0.5).abs() < 1e-9, "in a box");
    assert!((fleet.pads_m[0].distance(fleet.pads_m[4]) - 3.0).abs() < 1e-9, "from box to box");
    assert_eq!(fleet.groups[0].vehicles, [1, 2, 9]);
    assert_eq!(fleet.groups[0].limits.max_velocity_xy_m_s, 3.0);
    assert_eq!(fleet.groups[0].limits.max_velocity_up_m_s, storyboard.limits.max_velocity_up_m_s);
    let groups: Vec<u8> = storyboard.scenes[0].points.iter().map(|p| p.group).collect();
    assert_eq!(groups, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(storyboard.scenes[0].transition.places, PlaceChoice::Pinned(vec![(0, 9)]));
    assert_eq!(storyboard.scenes[1].transition.places, PlaceChoice::Keep);
    assert_eq!(storyboard.scenes[2].transition.places, PlaceChoice::Listed(vec![1, 0, 2, 3, 4, 5, 6, 7, 9, 8]));
}

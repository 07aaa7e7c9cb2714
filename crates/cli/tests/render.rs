//! `kapok render`: pictures, sheets and films of a show, and what is told where there is none.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kapok_show::{
    Audience, Chapter, ChapterKind, DVec3, Environment, LightKey, LightProgram, Rgb, Show, Trajectory, Vehicle,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::show_of;

/// Five lights that rise for four seconds and stand for six, in the scenes "Ring" and "福".
fn folder() -> TempDir {
    let vehicle = |i: u32| {
        let pad = DVec3::new(6.0 * f64::from(i) - 12.0, 0.0, 0.0);
        let mut trajectory = Trajectory::starting_at(0, pad).unwrap();
        trajectory.push(4000, &[pad.with_z(20.0)]).unwrap();
        trajectory.push_hold(10_000).unwrap();
        let key = |t_ms, colour| LightKey { t_ms, colour, fade: false };
        let keys = vec![key(3000, Rgb::new(255, 120, 0)), key(8000, Rgb::new(0, 200, 255))];
        Vehicle::new(format!("v{i}"), pad, trajectory, LightProgram::from_keys(keys).unwrap())
    };
    let scene =
        |name: &str, start_ms, end_ms| Chapter { name: name.into(), kind: ChapterKind::Formation, start_ms, end_ms };
    let audience = Audience {
        name: "Lawn".into(),
        polygon_m: Vec::new(),
        eye_m: DVec3::new(0.0, -60.0, 2.0),
        look_at_m: DVec3::new(0.0, 0.0, 20.0),
        fov_deg: None,
    };
    let show = Show {
        chapters: vec![scene("Ring", 4000, 7000), scene("福", 7000, 10_000)],
        environment: Environment { audiences: vec![audience], ..Environment::default() },
        ..show_of("Five lights", (0..5).map(vehicle).collect())
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("show.skyc"), kapok_format::write_skyc(&show).unwrap()).unwrap();
    folder
}

fn command(at: &Path, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
    command.current_dir(at).args(["render", "show.skyc"]).args(args.split_whitespace());
    command
}

fn done(at: &Path, args: &str) -> String {
    let output = command(at, args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(0), "{args}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

/// The names in a folder.
fn names(at: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(at).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Width and height of a PNG, from its first chunk.
fn png_size(path: PathBuf) -> (u32, u32) {
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

#[test]
fn pictures_have_the_size_that_is_asked_for() {
    let folder = folder();
    let at = folder.path();
    let text = done(at, "--scene Ring -o ring.png");
    assert_eq!(png_size(at.join("ring.png")), (1280, 720));
    assert!(
        text.contains("scene \"Ring\" at 0:05") && text.contains("Lawn") && text.contains("wrote ring.png"),
        "{text}"
    );
    done(at, "--at 0:08.5 --camera top --mood dusk --size 200x160 -o top.png");
    assert_eq!(png_size(at.join("top.png")), (200, 160));
    let text = done(at, "--sheet --size 96x54 -o sheet.png");
    assert!(text.contains("Ring") && text.contains("福") && text.contains("drawn at"), "{text}");
    let (width, height) = png_size(at.join("sheet.png"));
    assert!(width > 2 * 96 && height > 54, "{width} × {height}");
    assert_eq!(names(at), ["ring.png", "sheet.png", "show.skyc", "top.png"]);
}

#[test]
fn the_answer_tells_what_was_drawn() {
    let folder = folder();
    let at = folder.path();
    let json = |args: &str| serde_json::from_str::<Value>(&done(at, args)).unwrap();
    let picture = json("--scene 福 --size 96x54 --fov 40 -o a.png --json");
    assert_eq!(picture["schema"], "kapok-render/1");
    assert_eq!(
        (&picture["camera"], &picture["mood"], &picture["medium"]),
        (&"Lawn".into(), &"night".into(), &"png".into())
    );
    assert_eq!((picture["t_ms"].as_i64(), picture["scenes"][0]["name"].as_str()), (Some(8500), Some("福")));
    assert!((picture["fov_deg"].as_f64().unwrap() - 40.0).abs() < 1e-9);
    let bytes = std::fs::read(at.join("a.png")).unwrap();
    assert_eq!(picture["file"]["bytes"].as_u64(), Some(bytes.len() as u64));
    let film = json("--film --size 96x54 --from 4 --to 6 --speed 2 --fps 10 -o a.gif --json");
    assert_eq!((film["film"]["frames"].as_u64(), film["film"]["speed"].as_f64()), (Some(10), Some(2.0)));
    assert!(film["t_ms"].is_null() && film["file"]["bytes"].as_u64() > Some(100));
    assert!(std::fs::read(at.join("a.gif")).unwrap().starts_with(b"GIF89a"));
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    let folder = folder();
    let at = folder.path();
    for threads in [1, 3] {
        done(at, &format!("--at 5 --size 160x90 --threads {threads} -o {threads}.png"));
        done(at, &format!("--film --size 96x54 --fps 5 --threads {threads} -o {threads}.gif"));
    }
    for ending in ["png", "gif"] {
        let read = |name: u32| std::fs::read(at.join(format!("{name}.{ending}"))).unwrap();
        assert!(read(1) == read(3), "{ending}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("script.toml"), "title = 1\n").unwrap();
    for (args, words) in [
        ("--scene Rign -o a.png", "did you mean \"Ring\"?"),
        ("--scene x -o a.png", "the scenes are \"Ring\", \"福\""),
        ("--camera lwan --at 1 -o a.png", "did you mean \"Lawn\"?"),
        ("--camera audience-2 --at 1 -o a.png", "\"orbit\""),
        ("--at 10.1 -o a.png", "10.1 s is not within the show, which lasts 10 s"),
        ("--at 1:60 -o a.png", "minutes and seconds"),
        ("--at -1 -o a.png", "unexpected argument"),
        ("--film --from 9 --to 3 -o a.gif", "--to is before"),
        ("--film --fps 0 -o a.gif", "--fps is 0, but"),
        ("--film --fps 60 -o a.gif", "1 to 50"),
        ("--film --speed 0 -o a.gif", "--speed is 0, but"),
        ("--film --speed 0.01 --fps 50 -o a.gif", "50000 frames is not written: at most 2000"),
        ("--at 1 --size 5000x100 -o a.png", "each side is 16 to 4096"),
        ("--at 1 --size 99999999x99999999 -o a.png", "each side is 16 to 4096"),
        ("--at 1 --size big -o a.png", "1920x1080"),
        ("--at 1 --fov 1 -o a.png", "2 to 120"),
        ("--at 1 --mood noon -o a.png", "possible values"),
        ("--at 1 -o a.gif", "only .png are written"),
        ("--film -o a.png", ".mp4 and .gif"),
        ("--at 1 -o frames/", "a folder is for the frames of a film"),
        ("--at 1 -o show.skyc", ".png"),
        ("--film -o nowhere/a.gif", "nowhere"),
        ("-o a.png", "required"),
        ("--at 1 --sheet -o a.png", "cannot be used with"),
        ("--at 1 --fps 3 -o a.png", "cannot be used with"),
    ] {
        let stderr = refused(&command(at, args).output().unwrap());
        assert!(stderr.contains(words), "{args}: {stderr}");
    }
    let script = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .current_dir(at)
        .args(["render", "script.toml", "--sheet", "-o", "a.png"])
        .output()
        .unwrap();
    assert!(refused(&script).contains("plan it first"));
    assert_eq!(names(at), ["script.toml", "show.skyc"], "nothing is written");
}

#[test]
fn a_folder_holds_the_frames() {
    let folder = folder();
    let at = folder.path();
    let text = done(at, "--film --size 64x36 --from 4 --to 5 --fps 5 -o frames/");
    assert!(
        text.contains("frame-000001.png") && text.contains("5 files") && text.contains("ffmpeg -framerate 5"),
        "{text}"
    );
    let expected: Vec<String> = (1..=5).map(|k| format!("frame-{k:06}.png")).collect();
    assert_eq!(names(&at.join("frames")), expected);
    assert_eq!(png_size(at.join("frames/frame-000005.png")), (64, 36));
    assert!(refused(&command(at, "--film -o frames/").output().unwrap()).contains("not empty"));
}

#[test]
fn without_an_encoder_there_are_frames_and_a_word_on_it() {
    let folder = folder();
    let at = folder.path();
    let nothing = tempfile::tempdir().unwrap();
    let args = "--film --size 64x36 --from 4 --to 5 --fps 4 -o film.mp4 --json";
    let output = command(at, args).env("PATH", nothing.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["medium"], &answer["out"]), (&"frames".into(), &"film".into()));
    assert!(answer["notes"][0].as_str().unwrap().contains("no ffmpeg"), "{answer}");
    assert_eq!(names(at), ["film", "show.skyc"]);
    assert_eq!(names(&at.join("film")).len(), 4);
}

/// A program named `ffmpeg` in a folder of its own, and a path that begins there.
#[cfg(unix)]
fn encoder(script: &str) -> (TempDir, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ffmpeg");
    std::fs::write(&program, format!("#!/bin/sh\n[ \"$1\" = -version ] && exit 0\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    (folder, path)
}

#[cfg(unix)]
#[test]
fn an_encoder_gets_every_frame() {
    let folder = folder();
    let at = folder.path();
    let (_program, path) = encoder("for last in \"$@\"; do :; done; cat > \"${last#file:}\"; echo \"$@\" >&2");
    let output =
        command(at, "--film --size 64x36 --from 6 --to 9 --fps 5 -o film.mp4").env("PATH", &path).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let raw = std::fs::read(at.join("film.mp4")).unwrap();
    assert_eq!(raw.len(), 15 * 64 * 36 * 3);
    // Each frame is that of its instant.
    for (k, second) in [(0, "6"), (5, "7"), (14, "8.8")] {
        let one = format!("--film --size 64x36 --from {second} --to {second} --fps 5 -o one.mp4");
        assert!(command(at, &one).env("PATH", &path).status().unwrap().success());
        assert!(std::fs::read(at.join("one.mp4")).unwrap() == raw[k * 6912..(k + 1) * 6912], "frame {k}");
    }
    assert!(raw[..6912] != raw[14 * 6912..], "the colour changes between the first and the last");
}

#[cfg(unix)]
#[test]
fn a_failing_encoder_is_an_error_and_leaves_nothing() {
    let folder = folder();
    let at = folder.path();
    for script in [
        // It takes a part of the film, and ends.
        "head -c 5000 > /dev/null; echo 'Conversion failed: no space' >&2; exit 3",
        // It takes all of it, and fails at the end.
        "cat > /dev/null; echo 'Conversion failed: no space' >&2; exit 1",
        // It complains more than a pipe holds.
        "yes complaint | head -c 300000 >&2; echo 'Conversion failed: no space' >&2; exit 1",
    ] {
        let (_program, path) = encoder(script);
        let output = command(at, "--film --size 320x180 --fps 30 -o film.mp4").env("PATH", path).output().unwrap();
        let stderr = refused(&output);
        assert!(stderr.contains("ffmpeg failed (exit status"), "{stderr}");
        assert!(stderr.contains("Conversion failed: no space") || script.starts_with("yes"), "{stderr}");
        assert_eq!(names(at), ["show.skyc"], "{script}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_nothing() {
    let folder = folder();
    let mut child = command(folder.path(), "--at 5 --size 64x36 -o a.png --json")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("a.png").exists());
}

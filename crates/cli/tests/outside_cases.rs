//! What other programs write, and what a hand could make of it: for each input the exit code and the words that are right.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Name of the input, the exit codes that are right, words of the output, and words that it must not have.
///
/// More than one code stands where more than one answer is honest: to read the input by its meaning, or to refuse it.
type Case = (&'static str, &'static [i32], &'static [&'static str], &'static [&'static str]);

/// Parts of a show, which begin or end in the air.
const PARTS: &[&str] =
    &["2-05-csv-columns-id-first.zip", "2-05-csv-columns-swapped.zip", "2-08-poly-macos.zip", "2-16-poly-comments.csv"];

/// Zipped show CSV, polynomial CSV and folders.
#[rustfmt::skip]
const CSV: &[Case] = &[
    ("2-01-csv-crlf-bom.zip", &[0], &["PROVED"], &[]),
    ("2-01-csv-good.zip", &[0], &["PROVED"], &[]),
    ("2-02-csv-semicolon-decimal-comma.zip", &[2], &["Drone 1.csv", "line"], &[]),
    ("2-02-csv-semicolon.zip", &[2], &["Drone 1.csv", "semicolon"], &[]),
    ("2-02-csv-tab.zip", &[2], &["Drone 1.csv", "tab"], &[]),
    ("2-02-csv-utf16.zip", &[2], &["UTF-8"], &["damaged"]),
    ("2-03-csv-seconds-nohead.zip", &[1, 2], &[], &[]),
    ("2-03-csv-seconds-under-msec.zip", &[2], &["line 3"], &[]),
    ("2-03-csv-seconds.zip", &[0, 2], &[], &[]),
    ("2-03-csv-whole-seconds-under-msec.zip", &[1], &["VIOLATED"], &[]),
    ("2-04-csv-header-centimetres.zip", &[0, 1, 2], &[], &["5.000 m"]),
    ("2-04-csv-header-feet.zip", &[1, 2], &[], &[]),
    ("2-05-csv-columns-id-first.zip", &[0, 2], &[], &[]),
    ("2-05-csv-columns-swapped.zip", &[0, 2], &[], &[]),
    ("2-05-csv-columns-y-up.zip", &[0, 2], &[], &[]),
    ("2-06-csv-extra-yaw.zip", &[0, 2], &[], &[]),
    ("2-07-csv-comment-line.zip", &[0, 2], &[], &[]),
    ("2-07-csv-excel-empty-rows.zip", &[0, 2], &[], &[]),
    ("2-07-csv-trailing-comma.zip", &[0], &["PROVED"], &[]),
    ("2-08-csv-hidden-office-lock.zip", &[0], &["PROVED", "~$Drone 1.csv"], &[]),
    ("2-08-csv-macos-finder.zip", &[0], &["PROVED", "__MACOSX"], &[]),
    ("2-08-csv-nested-folders.zip", &[0], &["PROVED"], &[]),
    ("2-08-csv-summary-member.zip", &[2], &["summary.csv"], &[]),
    ("2-08-poly-macos.zip", &[0], &["PROVED", "__MACOSX"], &[]),
    ("2-09-csv-colour-floats.zip", &[2], &["255.0"], &[]),
    ("2-09-csv-repeated-time.zip", &[2], &["line 102"], &[]),
    ("2-10-single-drone.csv", &[0, 2], &[], &["begins with ["]),
    ("2-11-csv-swap-between-samples.zip", &[1], &["VIOLATED", "0.000 m"], &[]),
    ("2-12-csv-ground-grid-1m.zip", &[1], &["VIOLATED", "2.693 m"], &[]),
    ("2-13-csv-blank-lines-line-number.zip", &[2], &["oops"], &[]),
    ("2-14-zip-backslash-paths.zip", &[0, 2], &[], &[]),
    ("2-14-zip-gbk-names.zip", &[0, 2], &[], &[]),
    ("2-14-zip-latin1-names.zip", &[0, 2], &[], &[]),
    ("2-14-zip-same-name-two-folders.zip", &[2], &["a/Drone.csv", "b/Drone.csv"], &[]),
    ("2-14-zip-txt-members.zip", &[2], &[], &[]),
    ("2-14-zip-uppercase.zip", &[0], &["PROVED"], &[]),
    ("2-14-zip-utf8-names.zip", &[0], &["PROVED"], &[]),
    ("2-15-csv-cr-only.zip", &[0], &["PROVED"], &[]),
    ("2-15-csv-hash-header.zip", &[0, 2], &[], &[]),
    ("2-15-csv-late-start.zip", &[0], &["PROVED"], &[]),
    ("2-15-csv-quoted.zip", &[0], &["PROVED"], &[]),
    ("2-15-csv-sep-line.zip", &[0, 2], &[], &[]),
    ("2-15-csv-short-header.zip", &[0, 2], &[], &[]),
    ("2-16-poly-comments.csv", &[0], &["PROVED"], &[]),
    ("2-16-poly-crlf-trailing-comma.csv", &[0, 1], &[], &[]),
    ("2-16-poly-single-piece.csv", &[0, 1], &[], &[]),
    ("2-17-csv-ends-early-in-the-way.zip", &[1], &["VIOLATED"], &[]),
    ("2-17-folder-of-show-csv", &[0, 2], &[], &["no piece"]),
    ("s-21-csv-6-at-50Hz.zip", &[1], &[], &[]),
    ("s-24-csv-10-at-50Hz-mm.zip", &[1], &[], &[]),
];

/// Files of other designers.
#[rustfmt::skip]
const VVIZ: &[Case] = &[
    ("2-20-vviz-first-step-crosses.vviz", &[1], &["VIOLATED", "0.000 m"], &[]),
    ("2-20-vviz-first-step-moves.vviz", &[0, 1], &[], &[]),
    ("2-20-vviz-first-step-no-dt.vviz", &[0, 1, 2], &[], &[]),
    ("2-20-vviz-first-step-slow-rate.vviz", &[1, 2], &[], &["PROVED"]),
    ("2-20-vviz-first-step-waits.vviz", &[0], &["PROVED"], &[]),
    ("2-21-vviz-offset-negative.vviz", &[0, 1, 2], &[], &["0:-"]),
    ("2-21-vviz-offset.vviz", &[0], &["PROVED"], &[]),
    ("2-22-vviz-id-text.vviz", &[0], &["PROVED"], &[]),
    ("2-22-vviz-null-members.vviz", &[0], &["PROVED"], &[]),
    ("2-22-vviz-version-number.vviz", &[0], &["PROVED"], &[]),
    ("2-23-vviz-light-hold.vviz", &[0], &["PROVED"], &[]),
    ("2-24-vviz-pyro.vviz", &[0], &["PROVED"], &[]),
    ("2-25-vviz-bom.vviz", &[0], &["PROVED"], &[]),
    ("2-25-vviz-duplicate-id.vviz", &[2], &["Drone 0"], &[]),
    ("2-25-vviz-negative-dt.vviz", &[2], &["Drone 0"], &[]),
    ("2-25-vviz-white-channel.vviz", &[0], &["white"], &[]),
    ("2-50-title-escape.vviz", &[1], &["Harbour\\u{1b}", "VIOLATED"], &[]),
    ("2-50-title-newline.vviz", &[1], &["Harbour: PROVED", "\\n"], &[]),
    ("2-61-vviz-home-elsewhere.vviz", &[1], &[], &[]),
];

/// Show files with something missing, doubled or out of place.
#[rustfmt::skip]
const SKYC: &[Case] = &[
    ("2-60-skyc-good.skyc", &[0], &["PROVED"], &[]),
    ("2-61-skyc-ends-in-air.skyc", &[1], &[], &[]),
    ("2-61-skyc-home-elsewhere.skyc", &[1], &[], &[]),
    ("2-61-skyc-home-height.skyc", &[1], &[], &[]),
    ("2-61-skyc-starts-in-air.skyc", &[1], &[], &[]),
    ("2-62-skyc-takeoff-negative.skyc", &[0], &["PROVED"], &[]),
    ("2-62-skyc-takeoff-time.skyc", &[0], &["PROVED"], &[]),
    ("2-63-skyc-repeated-time-same.skyc", &[2], &["that one is at 20 s"], &[]),
    ("2-63-skyc-teleport.skyc", &[2], &["that one is at 20 s"], &[]),
    ("2-63-skyc-unsorted.skyc", &[2], &["that one is at 30 s"], &[]),
    ("2-64-skyc-duplicate-names.skyc", &[2], &["a name of its own"], &[]),
    ("2-64-skyc-empty-drones.skyc", &[2], &["needs drones"], &[]),
    ("2-64-skyc-nan.skyc", &[2], &["NaN"], &[]),
    ("2-64-skyc-two-on-one-pad.skyc", &[1], &["VIOLATED"], &[]),
    ("2-64-skyc-version-2.skyc", &[2], &["version"], &[]),
    ("2-65-skyc-fence-closed-ring.skyc", &[0, 1], &[], &[]),
    ("2-65-skyc-fence-disabled.skyc", &[0], &["PROVED"], &[]),
    ("2-65-skyc-fence-good.skyc", &[0], &["PROVED"], &[]),
    ("2-65-skyc-fence-max-altitude.skyc", &[1], &[], &[]),
    ("2-65-skyc-fence-repeated-corner.skyc", &[0, 1], &[], &[]),
    ("2-65-skyc-fence-two-inclusions.skyc", &[1], &[], &[]),
    ("2-66-skyc-ends-early-in-the-way.skyc", &[1], &["VIOLATED"], &[]),
    ("2-66-skyc-home-in-the-way.skyc", &[1], &[], &[]),
    ("2-66-skyc-late-in-the-way.skyc", &[1], &["VIOLATED"], &[]),
    ("s-01-acceleration-15-cubic-40ms.skyc", &[1], &[], &[]),
    ("s-02-acceleration-10-lines-20ms.skyc", &[1], &[], &[]),
    ("s-04-ground-creep-4m.skyc", &[1], &[], &[]),
    ("s-06-escaped-ref.skyc", &[2], &["$ref"], &[]),
    ("s-07-zip-count-1-of-2.skyc", &[2], &[], &[]),
    ("s-08-zip-dot-slash-twin.skyc", &[2], &["./show.json"], &[]),
    ("s-10-zip-unicode-path-swap.skyc", &[2], &[], &[]),
    ("s-13-two-vehicles-one-home.skyc", &[1], &[], &[]),
    ("s-14-lands-50m-below-ground.skyc", &[1], &[], &[]),
    ("s-16-fence-max-altitude-dropped.skyc", &[1], &[], &[]),
];

/// Drawings of other programs, in a formation of 40.
#[rustfmt::skip]
const SVG: &[Case] = &[
    ("2-30-svg-doctype-bare.svg", &[0], &["PROVED"], &[]),
    ("2-30-svg-doctype.svg", &[0], &["PROVED"], &[]),
    ("2-30-svg-entity-bomb.svg", &[2], &[], &[]),
    ("2-31-svg-empty-text.svg", &[0], &["PROVED"], &[]),
    ("2-31-svg-hidden-text.svg", &[0], &["PROVED"], &[]),
    ("2-31-svg-illustrator-switch.svg", &[0], &["PROVED"], &[]),
    ("2-31-svg-unused-pattern.svg", &[0], &["PROVED"], &[]),
    ("2-32-svg-black-default-fill.svg", &[0], &["PROVED"], &[]),
    ("2-32-svg-black-stroke.svg", &[0], &["PROVED"], &[]),
    ("2-32-svg-currentcolor.svg", &[0], &["PROVED"], &[]),
    ("2-32-svg-dark-almost.svg", &[0], &["PROVED"], &[]),
    ("2-32-svg-dark-grey20.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-32-svg-dark-k100.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-32-svg-half-black.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-32-svg-near-black-stroke.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-33-svg-white-background.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-bom.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-css-class.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-gzipped.svg", &[0, 2], &[], &[]),
    ("2-34-svg-latin1.svg", &[0, 2], &[], &[]),
    ("2-34-svg-mm-viewbox.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-no-namespace.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-no-size.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-prefixed.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-use-symbol.svg", &[0], &["PROVED"], &[]),
    ("2-34-svg-utf16.svg", &[0, 2], &[], &[]),
    ("2-35-svg-empty.svg", &[2], &["paints no shapes"], &[]),
    ("2-35-svg-hairline.svg", &[2], &["too many for this picture"], &[]),
    ("2-35-svg-mask.svg", &[2], &["<mask>"], &[]),
    ("2-35-svg-opacity-zero.svg", &[0], &["PROVED"], &[]),
    ("2-35-svg-open-path-fill.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-clip-ok.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-clip-on-clip.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-css-inset.svg", &[0, 2], &[], &[]),
    ("2-36-svg-css-variable.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-36-svg-dash.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-gradient.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-hidden-layer.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-hsl.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-html.svg", &[2], &[], &[]),
    ("2-36-svg-huge-viewbox.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-icc-colour.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-marker.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-mirrored.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-missing-gradient-fallback.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-missing-gradient.svg", &[0, 2], &[], &[]),
    ("2-36-svg-nested-clip-shape.svg", &[2], &["clip"], &[]),
    ("2-36-svg-nested-clip.svg", &[2], &[], &[]),
    ("2-36-svg-oklch.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-outside-viewbox.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-rgb-percent.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-rgba8.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-tiny-viewbox.svg", &[0], &["PROVED"], &[]),
    ("2-36-svg-trailing-junk.svg", &[2], &["2:1"], &[]),
    ("2-36-svg-two-roots.svg", &[2], &["1:128"], &[]),
    ("2-36-svg-undefined-entity.svg", &[2], &["nbsp"], &[]),
    ("2-37-svg-half-currentcolor.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-37-svg-half-dark-grey.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-37-svg-half-default.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-37-svg-half-display-p3.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-37-svg-half-oklch.svg", &[0], &["PROVED", "warning"], &[]),
    ("2-37-svg-half-rgba-fraction.svg", &[0], &["PROVED"], &[]),
    ("2-37-svg-half-variable.svg", &[0], &["PROVED", "warning"], &[]),
];

/// Meshes of other programs, as something to be kept out of.
#[rustfmt::skip]
const MESH: &[Case] = &[
    ("2-40-obj-colours.obj", &[0], &["PROVED"], &[]),
    ("2-40-obj-double-slash-vt.obj", &[0], &["PROVED"], &[]),
    ("2-40-obj-good.obj", &[0], &["PROVED"], &[]),
    ("2-40-obj-interleaved-negative.obj", &[0], &["PROVED"], &[]),
    ("2-40-obj-negative.obj", &[0], &["PROVED"], &[]),
    ("2-40-obj-slashes.obj", &[0], &["PROVED"], &[]),
    ("2-41-obj-bom-comment.obj", &[0], &["PROVED"], &[]),
    ("2-41-obj-bom.obj", &[0], &["PROVED"], &[]),
    ("2-41-obj-cr.obj", &[0, 2], &[], &[]),
    ("2-41-obj-crlf.obj", &[0], &["PROVED"], &[]),
    ("2-41-obj-decimal-comma.obj", &[2], &["line 1"], &[]),
    ("2-41-obj-face-first.obj", &[2], &["line 1"], &[]),
    ("2-41-obj-only-vertices.obj", &[2], &["no faces"], &[]),
    ("2-41-obj-unknown-keyword.obj", &[2], &["line 2"], &[]),
    ("2-41-obj-utf16.obj", &[2], &[], &[]),
    ("2-42-stl-ascii-cr.stl", &[0, 2], &[], &[]),
    ("2-42-stl-ascii-leading-space.stl", &[0], &["PROVED"], &[]),
    ("2-42-stl-ascii-no-endsolid.stl", &[2], &["line 85"], &[]),
    ("2-42-stl-ascii-upper.stl", &[0], &["PROVED"], &[]),
    ("2-42-stl-ascii.stl", &[0], &["PROVED"], &[]),
    ("2-43-stl-binary-count-zero.stl", &[2], &["684"], &[]),
    ("2-43-stl-binary-solid-head.stl", &[0], &["PROVED"], &[]),
    ("2-43-stl-binary-solid-trailing.stl", &[2], &[], &[]),
    ("2-43-stl-binary-trailing.stl", &[2], &["684 bytes, not 686"], &[]),
    ("2-43-stl-binary-wrong-count.stl", &[2], &["684"], &[]),
    ("2-43-stl-binary.stl", &[0], &["PROVED"], &[]),
    ("2-43-stl-truncated.stl", &[2], &["684 bytes, not 654"], &[]),
];

/// Scripts with fonts, frames and points of their own.
#[rustfmt::skip]
const SCRIPT: &[Case] = &[
    ("2-70-bidi-latin-first.toml", &[0], &["PROVED"], &[]),
    ("2-70-bidi-number.toml", &[0], &["PROVED"], &[]),
    ("2-71-frames-unpadded.toml", &[0], &["PROVED"], &[]),
    ("2-72-pads-as-documented.toml", &[0], &["PROVED"], &[]),
    ("2-72-pads-no-header.toml", &[0], &["PROVED"], &[]),
    ("2-72-pads-xyz-control.toml", &[0], &["PROVED"], &[]),
];

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn kapok(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).current_dir(folder).output().unwrap()
}

/// All cases of a table, and all faults at once.
fn hold(table: &[Case], run: impl Fn(&Path, &str) -> Output) {
    let mut faults = Vec::new();
    for (name, codes, words, never) in table {
        let folder = TempDir::new().unwrap();
        let output = run(folder.path(), name);
        let text = [output.stdout.as_slice(), output.stderr.as_slice()].map(String::from_utf8_lossy).concat();
        let code = output.status.code();
        let first = text.lines().next().unwrap_or_default();
        if !code.is_some_and(|code| codes.contains(&code)) {
            faults.push(format!("{name}: exit code {code:?} in place of {codes:?}: {first}"));
        }
        if code == Some(2) && !text.contains("error") {
            faults.push(format!("{name}: refused without a word"));
        }
        for word in words.iter().filter(|word| !text.contains(**word)) {
            faults.push(format!("{name}: nothing says \"{word}\": {first}"));
        }
        for word in never.iter().filter(|word| text.contains(**word)) {
            faults.push(format!("{name}: it says \"{word}\""));
        }
        if let Some(c) = text.chars().find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}')) {
            faults.push(format!("{name}: the output holds the control character {c:?}"));
        }
    }
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), table.len(), faults.join("\n"));
}

fn prove(folder: &Path, name: &str) -> Output {
    let input = cases().join(name);
    // Polynomial CSV is a folder with a file for each vehicle.
    let is_polynomial = name.starts_with("2-16-");
    if is_polynomial {
        std::fs::copy(&input, folder.join(name)).unwrap();
    }
    let mut args = vec!["prove", if is_polynomial { "." } else { input.to_str().unwrap() }];
    if PARTS.contains(&name) {
        args.push("--airborne-ends");
    }
    kapok(folder, &args)
}

fn plan(folder: &Path, script: &Path) -> Output {
    let show = folder.join("out.skyc");
    kapok(folder, &["plan", script.to_str().unwrap(), "-o", show.to_str().unwrap()])
}

/// Plans a script in which a name was put in place of another.
fn plan_with(folder: &Path, base: &str, placeholder: &str, name: &str) -> Output {
    let text = std::fs::read_to_string(cases().join(base)).unwrap().replace(placeholder, name);
    std::fs::copy(cases().join(name), folder.join(name)).unwrap();
    let script = folder.join("run.toml");
    std::fs::write(&script, text).unwrap();
    plan(folder, &script)
}

#[test]
fn csv() {
    hold(CSV, prove);
}

#[test]
fn vviz() {
    hold(VVIZ, prove);
}

#[test]
fn skyc() {
    hold(SKYC, prove);
}

#[test]
fn svg() {
    hold(SVG, |folder, name| plan_with(folder, "2-base-svg.toml", "CASE.svg", name));
}

#[test]
fn meshes() {
    hold(MESH, |folder, name| plan_with(folder, "2-base-mesh.toml", "CASE", name));
}

#[test]
fn scripts() {
    hold(SCRIPT, |folder, name| plan(folder, &cases().join(name)));
}

/// Every input is in a table, and every table speaks of inputs that are there.
#[test]
fn every_case_has_its_row() {
    let rows: Vec<&str> = [CSV, VVIZ, SKYC, SVG, MESH, SCRIPT].concat().iter().map(|case| case.0).collect();
    for row in &rows {
        assert!(cases().join(row).exists(), "{row}");
    }
    // Parts of scripts, and what has a test of its own.
    let others = [
        "README.md",
        "2-base-mesh.toml",
        "2-base-svg.toml",
        "2-70-bidi.ttf",
        "2-71-frames-unpadded",
        ZIPPED_FOLDER,
        SWELLING,
    ];
    for entry in std::fs::read_dir(cases()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let points = name.starts_with("2-72-") && Path::new(&name).extension().is_some_and(|ending| ending == "csv");
        assert!(rows.contains(&name.as_str()) || others.contains(&name.as_str()) || points, "{name} has no row");
    }
}

const ZIPPED_FOLDER: &str = "s-12-site-json-limit-twice.folder.zip";
const SWELLING: &str = "s-18-memory-305-bytes.skyc";

/// A folder whose `site.json` states one limit twice.
#[test]
fn a_limit_that_is_stated_twice_is_refused() {
    let folder = TempDir::new().unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(cases().join(ZIPPED_FOLDER)).unwrap()).unwrap();
    archive.extract(folder.path()).unwrap();
    let output = kapok(folder.path(), &["prove", "."]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("min_separation_m"), "{stderr}");
}

/// A small file may not take gigabytes.
#[cfg(target_os = "linux")]
#[test]
fn a_small_file_does_not_swell() {
    let file = cases().join(SWELLING);
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 3000000; exec \"$0\" prove \"$1\" --threads 1", env!("CARGO_BIN_EXE_kapok")])
        .arg(file)
        .output()
        .unwrap();
    let code = output.status.code();
    assert!(code.is_some_and(|code| code <= 2), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// What is violated as samples does not become proved by writing the same lines as another format.
#[test]
fn a_conversion_does_not_make_a_violated_show_proved() {
    for name in ["s-21-csv-6-at-50Hz.zip", "s-24-csv-10-at-50Hz-mm.zip"] {
        let folder = TempDir::new().unwrap();
        let input = cases().join(name);
        kapok(folder.path(), &["convert", input.to_str().unwrap(), "x.skyc", "--fit", "0"]);
        if folder.path().join("x.skyc").exists() {
            let output = kapok(folder.path(), &["prove", "x.skyc"]);
            assert_eq!(output.status.code(), Some(1), "{name}: {}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

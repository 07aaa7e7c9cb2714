//! The walls of the house: which room imports which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The right column of the table in ARCHITECTURE.md. A dependency points towards `show` only; `proof` knows nothing of
/// how a show was planned.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("kapok-show", &[]),
    ("kapok-motion", &["kapok-show"]),
    ("kapok-fonts", &[]),
    ("kapok-design", &["kapok-show", "kapok-motion", "kapok-fonts"]),
    ("kapok-plan", &["kapok-show", "kapok-motion"]),
    ("kapok-proof", &["kapok-show"]),
    ("kapok-link", &["kapok-show"]),
    ("kapok-log", &["kapok-show"]),
    ("kapok-format", &["kapok-show", "kapok-motion"]),
    ("kapok-sim", &["kapok-show", "kapok-motion"]),
    ("kapok-risk", &["kapok-show", "kapok-proof"]),
    ("kapok-film", &["kapok-show", "kapok-motion", "kapok-fonts"]),
    ("kapok-certify", &["kapok-show", "kapok-format", "kapok-proof", "kapok-risk"]),
    ("kapok-report", &["kapok-show", "kapok-certify", "kapok-fonts"]),
    (
        "kapok-studio",
        &["kapok-show", "kapok-motion", "kapok-design", "kapok-plan", "kapok-format", "kapok-certify", "kapok-report"],
    ),
    ("kapok-fleet", &["kapok-show", "kapok-format", "kapok-sim", "kapok-link"]),
    ("kapok-server", &["kapok-show", "kapok-log", "kapok-certify", "kapok-studio"]),
    (
        "kapok-jobs",
        &[
            "kapok-show",
            "kapok-design",
            "kapok-plan",
            "kapok-format",
            "kapok-certify",
            "kapok-report",
            "kapok-film",
            "kapok-sim",
            "kapok-fleet",
            "kapok-log",
        ],
    ),
    (
        "kapok-cli",
        &["kapok-show", "kapok-log", "kapok-design", "kapok-certify", "kapok-jobs", "kapok-server", "kapok-fleet"],
    ),
    ("kapok-acceptance", &[]),
    ("xtask", &[]),
];

/// The manifests of this workspace alone: they are read from the checkout, no package cache and no network is asked.
fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path("../Cargo.toml").no_deps().exec().expect("cargo metadata")
}

#[test]
fn imports_follow_the_table() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let metadata = metadata();
    let members = metadata.workspace_packages();
    let names: BTreeSet<&str> = members.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, allowed.keys().copied().collect(), "every room has its row in MAY_IMPORT");
    for package in members {
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            let name = dependency.name.as_str();
            if name.starts_with("kapok-") {
                assert!(allowed[package.name.as_str()].contains(&name), "{} must not import {name}", package.name);
            }
        }
    }
}

/// ARCHITECTURE.md shows newcomers the same table.
#[test]
fn the_table_in_the_architecture_is_this_one() {
    let text = std::fs::read_to_string("../ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, room, _, imports] = cells[..] else { continue };
        let Some(room) = room.strip_prefix('`').and_then(|r| r.strip_suffix('`')) else { continue };
        // What stands in brackets or behind a semicolon explains.
        let imports = imports.split(['(', ';']).next().unwrap_or_default();
        let list = imports.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "none" | "nothing of ours"));
        shown.insert(format!("kapok-{room}"), list.map(|name| format!("kapok-{name}")).collect());
    }
    for (room, imports) in MAY_IMPORT.iter().filter(|(room, _)| *room != "xtask") {
        let imports: BTreeSet<String> = imports.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(shown.get(*room), Some(&imports), "{room}");
    }
}

/// A path that the docs name leads to a file.
#[test]
fn the_paths_in_the_docs_exist() {
    let mut named = 0;
    let docs = std::fs::read_dir("../docs").expect("docs").map(|entry| entry.expect("an entry").path());
    let pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SAFETY.md"].map(|name| Path::new("..").join(name));
    for page in docs.filter(|path| path.extension().is_some_and(|e| e == "md")).chain(pages) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path = ["crates/", "xtask/", "docs/", "shows/"].iter().any(|start| quoted.starts_with(start));
            if is_path && !quoted.contains([' ', '*', '<']) {
                named += 1;
                assert!(Path::new("..").join(quoted).exists(), "{} names {quoted}", page.display());
            }
        }
    }
    assert!(named > 10, "the scan found {named}: it looks in the wrong place");
}

#[test]
fn the_proof_is_tested_without_the_planner() {
    let metadata = metadata();
    let proof = metadata.packages.iter().find(|p| p.name.as_str() == "kapok-proof").expect("kapok-proof");
    let ours: Vec<_> =
        proof.dependencies.iter().filter(|d| d.name.starts_with("kapok-")).map(|d| d.name.as_str()).collect();
    assert!(ours.iter().all(|&name| name == "kapok-show"), "{ours:?}");
}

/// Verdicts come from one room, with one set of settings for the same bytes: the sources of no other room but `risk`, which takes
/// enclosed values from it, name the proof, and one file of `certify` calls it. Tests may, as a referee.
#[test]
fn certify_alone_calls_the_proof() {
    let mut callers = Vec::new();
    for room in std::fs::read_dir("../crates").expect("crates") {
        let room = room.expect("a room").path();
        if room.ends_with("proof") {
            continue;
        }
        for part in ["src", "examples", "benches"] {
            for file in rust_files(&room.join(part)) {
                let source = std::fs::read_to_string(&file).expect("a source file");
                // Examples in docs are tests.
                let text: String = source.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
                let inside = room.ends_with("certify") || room.ends_with("risk");
                assert!(inside || !text.contains("kapok_proof"), "{}: verdicts come from certify", file.display());
                let imports = text.split("use kapok_proof::").skip(1).filter_map(|rest| rest.split(';').next());
                let words = |list: &str| list.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "prove");
                if imports.into_iter().any(words) || text.contains("kapok_proof::prove(") {
                    callers.push(file);
                }
            }
        }
    }
    assert_eq!(callers, [Path::new("../crates/certify/src/certify.rs")]);
}

/// The files of Rust in a folder and the folders below it; none if there is no such folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

/// A room's tests are one binary, `tests/it.rs`, and a file that it does not name would not run.
#[test]
fn every_file_of_tests_runs() {
    for room in std::fs::read_dir("../crates").expect("crates") {
        let tests = room.expect("a room").path().join("tests");
        let Ok(list) = std::fs::read_to_string(tests.join("it.rs")) else { continue };
        for entry in tests.read_dir().expect("a folder of tests") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|e| e == "rs") && name != "it" {
                assert!(list.contains(&format!("\nmod {name};")), "{} does not name {name}", tests.display());
            }
        }
    }
}

/// Subjects are vehicles, callers and readers, not persons without a name.
#[test]
fn the_words_are_those_of_the_field() {
    let words = ["everybody", "nobody", "somebody", "anybody", "whoever", "whom", "aloud", "reckon", "reckoned"];
    let mut found = Vec::new();
    let mut files = rust_files(Path::new("../crates"));
    let docs = std::fs::read_dir("../docs").expect("docs").map(|entry| entry.expect("an entry").path());
    files.extend(docs.filter(|path| path.extension().is_some_and(|e| e == "md")));
    files.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SAFETY.md"].map(|name| Path::new("..").join(name)),
    );
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text file");
        for (line, text) in text.lines().enumerate() {
            let mut parts = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            if parts.any(|word| words.contains(&word.to_lowercase().as_str())) {
                found.push(format!("{}:{}: {}", file.display(), line + 1, text.trim()));
            }
        }
    }
    assert!(found.is_empty(), "plain words:\n{}", found.join("\n"));
}

/// `include_bytes!` and `include_str!` reach around the manifest, so they are held too: what a crate embeds lies in it.
#[test]
fn no_crate_embeds_files_of_another() {
    let crates = std::fs::canonicalize("../crates").expect("crates");
    let mut embedded = 0;
    for file in rust_files(&crates) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let own: PathBuf = file.components().take(crates.components().count() + 1).collect();
        let parts = text.split("include_bytes!(").skip(1).chain(text.split("include_str!(").skip(1));
        for part in parts {
            let Some(path) = part.strip_prefix('"').and_then(|p| p.split('"').next()) else { continue };
            let target = std::fs::canonicalize(file.with_file_name(path)).expect("an embedded file");
            let foreign = target.starts_with(&crates) && !target.starts_with(&own);
            assert!(!foreign, "{} embeds {}", file.display(), target.display());
            embedded += 1;
        }
    }
    assert!(embedded > 0, "the scan found nothing: it looks in the wrong place");
}

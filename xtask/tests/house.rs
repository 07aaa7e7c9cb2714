//! The walls of the house: which room imports which, and which licences and packages may come in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use serde::Deserialize;

/// The right column of the table in ARCHITECTURE.md. A dependency points towards `show` only; `proof` knows nothing of
/// how a show was planned.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("kapok-show", &[]),
    ("kapok-design", &["kapok-show"]),
    ("kapok-plan", &["kapok-show"]),
    ("kapok-proof", &["kapok-show"]),
    ("kapok-format", &["kapok-show"]),
    ("kapok-certify", &["kapok-show", "kapok-format", "kapok-proof"]),
    ("kapok-report", &["kapok-show", "kapok-certify"]),
    ("kapok-server", &["kapok-show", "kapok-design", "kapok-plan", "kapok-format", "kapok-certify", "kapok-report"]),
    (
        "kapok-cli",
        &["kapok-show", "kapok-design", "kapok-plan", "kapok-format", "kapok-certify", "kapok-report", "kapok-server"],
    ),
    ("xtask", &[]),
];

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
    #[serde(default)]
    wrappers: Vec<String>,
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path("../Cargo.toml")
        .other_options(vec!["--locked".into()])
        .exec()
        .expect("cargo metadata")
}

fn deny() -> Deny {
    toml::from_str(&std::fs::read_to_string("../deny.toml").expect("deny.toml")).expect("deny.toml parses")
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

#[test]
fn the_proof_is_tested_without_the_planner() {
    let metadata = metadata();
    let proof = metadata.packages.iter().find(|p| p.name.as_str() == "kapok-proof").expect("kapok-proof");
    let ours: Vec<_> =
        proof.dependencies.iter().filter(|d| d.name.starts_with("kapok-")).map(|d| d.name.as_str()).collect();
    assert!(ours.iter().all(|&name| name == "kapok-show"), "{ours:?}");
}

/// Verdicts come from one room, with one set of settings for the same bytes: the sources of no other room name the proof, and
/// within `certify` one file calls it. Tests may, as a referee.
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
                let text = std::fs::read_to_string(&file).expect("a source file");
                let inside = room.ends_with("certify");
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

#[test]
fn every_licence_is_allowed() {
    let allowed = deny().licenses.allow;
    let refused: Vec<String> = metadata()
        .packages
        .iter()
        .filter(|p| !licence_is_allowed(p, &allowed))
        .map(|p| format!("{} {}: {:?}", p.name, p.version, p.license))
        .collect();
    assert!(refused.is_empty(), "licences outside the list of deny.toml:\n{}", refused.join("\n"));
}

/// Enough of SPDX for what packages write: alternatives of conjunctions, brackets ignored where they only group ORs.
fn licence_is_allowed(package: &Package, allowed: &BTreeSet<String>) -> bool {
    let Some(text) = package.license.as_deref() else { return false };
    let text = text.replace(" / ", "/").replace('/', " OR ");
    let all = |clause: &str| {
        clause.split(" AND ").all(|part| {
            let part = part.trim().trim_start_matches('(').trim_end_matches(')');
            part.split(" OR ").any(|one| allowed.contains(one.trim()))
        })
    };
    if text.contains(" AND ") && text.contains('(') { all(&text) } else { text.split(" OR ").any(all) }
}

#[test]
fn banned_packages_stay_out() {
    let metadata = metadata();
    for ban in deny().bans.deny {
        assert!(!ban.reason.is_empty(), "the ban on {} gives no reason", ban.name);
        let users: Vec<&str> = metadata
            .packages
            .iter()
            .filter(|p| p.dependencies.iter().any(|d| d.name == ban.name && !d.optional))
            .map(|p| p.name.as_str())
            .filter(|user| !ban.wrappers.iter().any(|w| w == user))
            .collect();
        let present = metadata.packages.iter().any(|p| p.name.as_str() == ban.name);
        assert!(!present || users.is_empty(), "{} is banned ({}), but used by {users:?}", ban.name, ban.reason);
    }
}

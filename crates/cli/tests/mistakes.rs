//! The mistakes of a script as people read them: place, line and mark of each, held by snapshots.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::Path;
use std::process::Command;

/// What `kapok plan` says of a script; it runs in `folder`.
fn said(folder: &Path, script: &str) -> String {
    let mut kapok = Command::new(env!("CARGO_BIN_EXE_kapok"));
    let output = kapok.current_dir(folder).args(["plan", script, "-o", "x.skyc"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{script}");
    assert!(output.stdout.is_empty(), "{script}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn every_mistake_is_shown_in_its_line() {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("../design");
    let mut names: Vec<String> = std::fs::read_dir(room.join("tests/script_bad"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "toml"))
        .collect();
    names.sort();
    assert!(names.len() >= 18, "the bad scripts are there");
    for name in names {
        let text = said(&room, &format!("tests/script_bad/{name}"));
        insta::assert_snapshot!(name.trim_end_matches(".toml"), text);
    }
}

#[test]
fn tabs_wide_characters_and_long_lines_are_marked_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let said = |text: &str| {
        std::fs::write(folder.path().join("a.toml"), text).unwrap();
        said(folder.path(), "a.toml")
    };
    let marked = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| line.contains('^')).unwrap();
        let columns = lines[at].find('^').unwrap();
        (lines[at - 1].to_owned(), columns, lines[at].matches('^').count())
    };
    let (line, columns, count) = marked(&said("\ttitle = \"福\"\tbroken\n"));
    assert_eq!(line.replace(' ', ""), "1|title=\"福\"broken");
    // Four columns of the gutter, four of a tab, nine to the quotation mark, four of the word, and a tab.
    assert!(columns > 20 && count > 0, "{line} {columns} {count}");
    let long = said(&format!("title = \"{}\" x\nsite = {{}}\n", "a".repeat(5000)));
    assert!(long.lines().all(|line| line.chars().count() < 200), "{long}");
    assert!(marked(&long).0.contains('x') && long.contains("a.toml:1:5012"), "{long}");
    // A script of one long line with many mistakes is still answered at once.
    let many = (0..20_000).map(|k| format!("k{k} = 1")).collect::<Vec<_>>().join(", ");
    let text = said(&format!("x = {{ {many} }}"));
    assert!(text.contains("a.toml:1:"), "{}", &text[..200]);
}

#[test]
fn nothing_in_a_script_commands_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), "title = \"\u{202e}\u{9b}2J\" x\n\"a\u{7f}\" = 1\n").unwrap();
    let text = said(folder.path(), "a.toml");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{text:?}");
}

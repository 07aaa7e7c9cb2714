//! The help can be read in 80 columns, and its examples can be copied.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::process::Command;

const COMMANDS: [&str; 15] = [
    "",
    "plan",
    "prove",
    "convert",
    "diff",
    "view",
    "rehearse",
    "fleet",
    "render",
    "new",
    "transition",
    "studio",
    "schema",
    "completions",
    "man",
];

fn kapok(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kapok")).args(args).env("COLUMNS", "80").output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn help(command: &str) -> String {
    let args: Vec<&str> = command.split(' ').filter(|a| !a.is_empty()).chain(["--help"]).collect();
    let (code, text, stderr) = kapok(&args);
    assert_eq!(code, Some(0), "{command}: {stderr}");
    text
}

/// The commands under "Examples:", a line that ends in a backslash or a pipe joined with the next.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| !line.trim().is_empty());
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        let text = line.trim().trim_end_matches('\\');
        match out.last_mut() {
            Some(last) if open => *last = format!("{last} {text}"),
            _ => out.push(text.to_owned()),
        }
        open = line.ends_with('\\') || line.ends_with('|');
    }
    out
}

#[test]
fn every_command_has_examples_that_fit_80_columns() {
    for command in COMMANDS {
        let text = help(command);
        assert!(!examples(&text).is_empty(), "{command} has no example:\n{text}");
        let example = text.lines().skip_while(|line| *line != "Examples:");
        for line in example {
            assert!(line.chars().count() <= 80, "{command}: {line:?}");
        }
    }
}

/// Each example is taken apart as its command would; only its files are not there.
#[test]
fn every_example_is_a_command_that_is_understood() {
    for command in COMMANDS {
        for example in examples(&help(command)) {
            // What stands behind a gap explains; what stands behind a pipe or a bracket is for the shell.
            let own = example.split(" | ").next().unwrap().split(" > ").next().unwrap();
            let own = own.split("   ").next().unwrap();
            let mut words: Vec<&str> = own.split_whitespace().collect();
            assert_eq!(words.remove(0), "kapok", "{example}");
            if own.contains("...") {
                continue;
            }
            // `--help` at the end: everything before must be known, nothing is done.
            words.push("--help");
            let (code, _, stderr) = kapok(&words);
            assert_eq!(code, Some(0), "{example}: {stderr}");
        }
    }
}

#[test]
fn threads_have_an_upper_bound() {
    for count in ["1025", "5000", "100000", "-1", "1.5", "many", "99999999999999999999"] {
        let (code, _, stderr) = kapok(&["prove", "x.skyc", &format!("--threads={count}")]);
        assert_eq!(code, Some(2), "{count}");
        assert!(stderr.contains("--threads") && stderr.contains("to 1024"), "{count}: {stderr}");
    }
    let (_, _, stderr) = kapok(&["prove", "no-such.skyc", "--threads", "1024"]);
    assert!(stderr.contains("no-such.skyc"), "{stderr}");
}

#[test]
fn a_file_of_the_wrong_kind_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let script = folder.path().join("show.toml").display().to_string();
    assert_eq!(kapok(&["new", &script]).0, Some(0));
    let out = folder.path().join("out.zip").display().to_string();
    for args in [&["prove", script.as_str()][..], &["convert", &script, &out]] {
        let (code, _, stderr) = kapok(args);
        assert_eq!(code, Some(2), "{args:?}");
        assert!(stderr.contains("plan it first") && stderr.contains("kapok plan"), "{args:?}: {stderr}");
    }
    // It is watched by kapok view, which has no certificate of it to leave aside.
    let (code, _, stderr) = kapok(&["view", &script, "--prove"]);
    assert!(code == Some(2) && stderr.contains("--prove are for show files"), "{stderr}");
    for file in ["show.skyc", "logo.svg"] {
        let (code, _, stderr) = kapok(&["plan", file, "-o", &out]);
        assert_eq!((code, stderr.lines().count()), (Some(2), 1), "{stderr}");
        assert!(stderr.contains(file), "{stderr}");
    }
}

#[test]
fn an_address_in_use_is_said_once() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, _, stderr) = kapok(&["studio", "--port", &port]);
    assert_eq!(code, Some(2));
    assert_eq!(stderr.to_lowercase().matches("in use").count(), 1, "{stderr}");
    assert!(stderr.contains("--port"), "{stderr}");
}

#[test]
fn shells_and_manuals_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, stderr) = kapok(&["completions", shell]);
        assert_eq!(code, Some(0), "{shell}: {stderr}");
        assert!(script.contains("kapok") && script.contains("transition"), "{shell}");
    }
    let (code, page, _) = kapok(&["man"]);
    assert_eq!(code, Some(0));
    assert!(page.contains(".TH kapok 1") && page.contains("transition"), "{page}");
    let folder = tempfile::TempDir::new().unwrap();
    let (code, _, stderr) = kapok(&["man", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(0), "{stderr}");
    for command in &COMMANDS[1..] {
        let page = std::fs::read_to_string(folder.path().join(format!("kapok-{command}.1"))).unwrap();
        assert!(page.contains(&format!(".TH kapok-{command} 1")), "{command}: {}", page.lines().nth(2).unwrap_or(""));
    }
    assert!(folder.path().join("kapok.1").exists());
    let (code, _, stderr) = kapok(&["man", "no/such/folder"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("make it first"), "{stderr}");
}

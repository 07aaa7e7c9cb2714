//! No command writes over what it reads, whatever the file is called; links are followed, devices and pipes written into.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("show.toml"), kapok_design::starter_script()).unwrap();
    let skyc = common::plan_to_skyc(&at("show.toml"));
    // Endings are not what makes a file the same.
    for name in ["show.skyc", "in.svg", "in.zip", "in.csv"] {
        std::fs::write(at(name), &skyc).unwrap();
    }
    std::fs::write(at("a.csv"), "0,0,0\n5,0,0\n").unwrap();
    std::fs::write(at("b.csv"), "0,0,9\n5,0,9\n").unwrap();
    symlink("show.skyc", at("link.skyc")).unwrap();
    symlink(".", at("here")).unwrap();
    symlink("a.csv", at("link.csv")).unwrap();
    folder
}

fn kapok(folder: &Path, command: &str) -> Output {
    let command = command.replace("$PWD", folder.to_str().unwrap());
    Command::new(env!("CARGO_BIN_EXE_kapok")).args(command.split(' ')).current_dir(folder).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const MOVE: &str = "transition a.csv b.csv --separation 1 --max-velocity 6 --max-acceleration 3 --max-jerk 6";

/// One row for each way in which a command could write over a file.
#[test]
fn what_is_read_is_never_written_over() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::hard_link(at("show.skyc"), at("hard.skyc")).unwrap();
    std::fs::hard_link(at("show.toml"), at("script.zip")).unwrap();
    let files = ["show.skyc", "show.toml", "in.svg", "in.zip", "a.csv", "b.csv"];
    let before = files.map(|name| std::fs::read(at(name)).unwrap());
    let transition = |outputs: &str| format!("{MOVE} {outputs}");
    let refused = [
        "prove show.skyc --certificate show.skyc".to_owned(),
        "prove show.skyc --certificate ./show.skyc".to_owned(),
        "prove show.skyc --certificate $PWD/show.skyc".to_owned(),
        "prove show.skyc --certificate here/show.skyc".to_owned(),
        "prove show.skyc --certificate link.skyc".to_owned(),
        "prove link.skyc --certificate show.skyc".to_owned(),
        "prove show.skyc --certificate hard.skyc".to_owned(),
        "prove show.skyc --safety ./show.skyc".to_owned(),
        "prove show.skyc --sarif here/show.skyc".to_owned(),
        "prove in.svg --plot ./in.svg".to_owned(),
        "prove show.skyc --certificate new.svg --plot ./new.svg".to_owned(),
        "prove show.skyc --certificate new.json --safety here/new.json".to_owned(),
        "prove show.skyc --safety new.json --sarif $PWD/new.json".to_owned(),
        "convert show.skyc show.skyc".to_owned(),
        "convert show.skyc ./show.skyc".to_owned(),
        "convert show.skyc link.skyc".to_owned(),
        "convert show.skyc here/show.skyc".to_owned(),
        "plan show.toml -o out.skyc -o ./out.skyc".to_owned(),
        "plan show.toml -o out.skyc -o $PWD/out.skyc".to_owned(),
        "plan show.toml -o script.zip".to_owned(),
        transition("-o ./a.csv"),
        transition("-o here/b.csv"),
        transition("-o link.csv"),
        transition("-o new.csv -o ./new.csv"),
    ];
    for command in refused {
        let output = kapok(folder.path(), &command);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains("cannot be written") || said.contains("is given twice"), "{command}: {said}");
    }
    for (name, bytes) in files.iter().zip(before) {
        assert!(std::fs::read(at(name)).unwrap() == bytes, "{name} was changed");
    }
    for name in ["new.svg", "new.json", "out.skyc", "new.csv"] {
        assert!(!at(name).exists(), "{name} was written");
    }
}

/// A script that is called as the certificate of its own show would be.
#[test]
fn what_is_written_beside_the_outputs_spares_the_inputs_too() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::copy(at("show.toml"), at("x.certificate.json")).unwrap();
    std::fs::copy(at("a.csv"), at("y.certificate.json")).unwrap();
    symlink("x.certificate.json", at("z.toml")).unwrap();
    for command in [
        "plan z.toml -o x.skyc",
        "transition y.certificate.json b.csv --separation 1 --max-velocity 6 --max-acceleration 3 --max-jerk 6 -o y.skyc",
    ] {
        let output = kapok(folder.path(), command);
        assert_eq!(output.status.code(), Some(2), "{command}: {}", stderr(&output));
        assert!(stderr(&output).contains("cannot be written"), "{command}: {}", stderr(&output));
    }
}

#[test]
fn the_files_of_a_folder_that_is_read_are_spared() {
    let folder = folder();
    assert_eq!(kapok(folder.path(), "convert show.skyc vehicles/").status.code(), Some(0));
    for part in ["vehicles/0001.skyb", "vehicles/site.json", "vehicles/new.skyb"] {
        let output = kapok(folder.path(), &format!("prove vehicles --certificate {part}"));
        assert_eq!(output.status.code(), Some(2), "{part}: {}", stderr(&output));
        assert!(stderr(&output).contains("which is read"), "{part}: {}", stderr(&output));
    }
    assert_eq!(kapok(folder.path(), "prove vehicles --certificate vehicles/c.json").status.code(), Some(0));
}

#[test]
fn links_are_followed_and_stay() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("archive")).unwrap();
    symlink("archive/c.json", at("c.json")).unwrap();
    assert_eq!(kapok(folder.path(), "prove show.skyc --certificate c.json").status.code(), Some(0));
    assert!(at("c.json").is_symlink());
    assert!(std::fs::read(at("archive/c.json")).unwrap().starts_with(b"{"));
}

#[test]
fn devices_and_pipes_are_written_into() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for command in
        ["prove show.skyc --certificate /dev/null", "prove show.skyc --certificate /dev/null --sarif /dev/null"]
    {
        let output = kapok(folder.path(), command);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", stderr(&output));
    }
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let pipe = at("pipe");
    let reader = std::thread::spawn(move || std::fs::read(pipe).unwrap());
    let output = kapok(folder.path(), "prove show.skyc --certificate pipe");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let read: serde_json::Value = serde_json::from_slice(&reader.join().unwrap()).unwrap();
    assert_eq!(read["verdict"], "proved");
    assert!(std::fs::metadata(at("pipe")).unwrap().file_type().is_fifo());
    let output = kapok(folder.path(), "prove show.skyc --certificate here");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is a folder"), "{}", stderr(&output));
    let output = kapok(folder.path(), "prove show.skyc --certificate -");
    assert!(stderr(&output).contains("--json"), "{}", stderr(&output));
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().contains(".tmp"))
            .count(),
        0
    );
}

/// A file that grows beyond what is allowed leaves nothing behind, and what had its name stays.
#[test]
fn a_file_that_may_not_grow_leaves_nothing() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("c.json"), "old").unwrap();
    for command in ["prove show.skyc --certificate c.json", "convert show.skyc out/"] {
        let output = Command::new("sh")
            .args(["-c", &format!("ulimit -f 1; exec \"$0\" {command}"), env!("CARGO_BIN_EXE_kapok")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {output:?}");
        assert!(stderr(&output).contains("too large"), "{command}: {}", stderr(&output));
    }
    assert_eq!(std::fs::read(at("c.json")).unwrap(), b"old");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("kapok-")) && !at("out").exists(), "{left:?}");
}

#[test]
fn a_folder_that_is_missing_is_named_with_the_remedy() {
    let folder = folder();
    for (command, missing) in [
        ("prove show.skyc --certificate no/c.json".to_owned(), "there is no folder no: make it first"),
        (format!("{MOVE} -o no/t.skyc"), "there is no folder no: make it first"),
        (format!("{MOVE} -o a.csv/t.skyc"), "cannot write into the folder a.csv: not a directory"),
    ] {
        let output = kapok(folder.path(), &command);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains(missing) && !said.contains(".tmp"), "{command}: {said}");
    }
}

//! A closed or full standard output, whatever the command.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder with a script, a show and points.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("show.toml"), kapok_design::starter_script()).unwrap();
    std::fs::write(at("show.skyc"), common::plan_to_skyc(&at("show.toml"))).unwrap();
    std::fs::write(at("a.csv"), "0,0,0\n5,0,0\n").unwrap();
    std::fs::write(at("b.csv"), "0,0,9\n5,0,9\n").unwrap();
    folder
}

/// Every command that ends by itself, with the file it is to write.
const COMMANDS: &[(&str, Option<&str>)] = &[
    ("--help", None),
    ("--version", None),
    ("help plan", None),
    ("plan --help", None),
    ("schema", None),
    ("completions bash", None),
    ("man", None),
    ("new fresh.toml", Some("fresh.toml")),
    ("plan show.toml -o out.skyc", Some("out.skyc")),
    ("plan show.toml -o out.skyc --json", Some("out.skyc")),
    ("prove show.skyc --certificate c.json", Some("c.json")),
    ("prove show.skyc --certificate c.json --json", Some("c.json")),
    ("prove show.skyc --separation 9", None),
    ("convert show.skyc out.zip", Some("out.zip")),
    ("convert show.skyc out.zip --json", Some("out.zip")),
    (
        "transition a.csv b.csv --separation 1 --max-velocity 6 --max-acceleration 3 --max-jerk 6 -o m.csv",
        Some("m.csv"),
    ),
    (
        "transition a.csv b.csv --separation 1 --max-velocity 6 --max-acceleration 3 --max-jerk 6 --json -o m.csv",
        Some("m.csv"),
    ),
];

fn run(folder: &Path, command: &str, stdout: Stdio) -> Output {
    let mut kapok = Command::new(env!("CARGO_BIN_EXE_kapok"));
    kapok.args(command.split(' ')).current_dir(folder).stdout(stdout).stderr(Stdio::piped()).output().unwrap()
}

/// Runs every command with such a standard output; gives its exit code, the usual one and what it says on stderr.
fn each(stdout: impl Fn() -> Stdio, check: impl Fn(&str, i32, i32, &str)) {
    let folder = folder();
    for (command, written) in COMMANDS {
        let remove = || written.map(|name| std::fs::remove_file(folder.path().join(name)));
        let usual = run(folder.path(), command, Stdio::null()).status.code().unwrap();
        let whole = written.map(|name| std::fs::read(folder.path().join(name)).unwrap());
        remove();
        let output = run(folder.path(), command, stdout());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "{command}: {stderr}");
        check(command, output.status.code().expect("no signal"), usual, &stderr);
        let found = written.map(|name| std::fs::read(folder.path().join(name)).unwrap_or_default());
        assert_eq!(found, whole, "{command}: the file that was asked for is whole");
        remove();
    }
}

#[test]
fn a_reader_that_has_gone_ends_nothing() {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    each(closed, |command, code, usual, stderr| {
        assert_eq!(code, usual, "{command}: {stderr}");
        assert!(!stderr.contains("standard output"), "{command}: {stderr}");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = || Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap());
    each(full, |command, code, _, stderr| {
        assert_eq!(code, 2, "{command}: {stderr}");
        assert!(stderr.contains("cannot write to standard output"), "{command}: {stderr}");
    });
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(folder: &Path, arguments: &[&str], stdout: Stdio) -> Self {
        let mut kapok = Command::new(env!("CARGO_BIN_EXE_kapok"));
        kapok.args(arguments).current_dir(folder).stdout(stdout).stderr(Stdio::null());
        Self(kapok.spawn().unwrap())
    }

    /// Sends a signal, and waits for the end.
    #[allow(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
    fn signal(&mut self, name: &str) -> Duration {
        let begin = Instant::now();
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
        while self.0.try_wait().unwrap().is_none() {
            assert!(begin.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        begin.elapsed()
    }
}

/// Ctrl-C ends a server whatever its clients do: one with half a head, one that takes no answer, one that is idle.
#[test]
fn a_signal_ends_every_server() {
    let folder = folder();
    for arguments in [&["view", "show.skyc", "--json"][..], &["studio", "--port", "0", "--json"]] {
        for signal in ["-INT", "-TERM"] {
            let mut server = Running::start(folder.path(), arguments, Stdio::piped());
            let mut line = String::new();
            BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let url: serde_json::Value = serde_json::from_str(&line).unwrap();
            let address = url["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned();
            let mut clients = Vec::new();
            for text in [
                "GET /api/v1/show HTTP/1.1\r\nHost: loc",
                "GET /api/v1/trajectories HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "",
            ] {
                let mut client = TcpStream::connect(&address).unwrap();
                client.write_all(text.as_bytes()).unwrap();
                clients.push(client);
            }
            std::thread::sleep(Duration::from_millis(200));
            let took = server.signal(signal);
            assert!(took < Duration::from_secs(1), "{arguments:?} {signal}: {took:?}");
        }
    }
}

/// A server whose terminal is gone or full goes on.
#[cfg(target_os = "linux")]
#[test]
fn a_server_outlives_its_terminal() {
    let folder = folder();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut server = Running::start(folder.path(), &["studio", "--port", "0"], Stdio::from(writer));
    std::thread::sleep(Duration::from_millis(700));
    assert!(server.0.try_wait().unwrap().is_none(), "it has ended");
    server.signal("-INT");
}

/// What cannot be written on standard error is lost, and ends nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_error_ends_nothing() {
    let folder = folder();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(["prove", "no-such.skyc"])
        .current_dir(folder.path())
        .stderr(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

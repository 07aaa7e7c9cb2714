//! The command serves the add-on on loopback, and no other machine without a key.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(address: &str, path: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{more}Connection: close\r\n\r\n").unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    all
}

fn start(arguments: &[&str]) -> (Running, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(["studio", "--port", "0", "--json"])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = url["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned();
    (Running(child), address)
}

#[test]
fn serves_until_it_is_ended() {
    let (_running, address) = start(&[]);
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(ask(&address, "/queries/version", "").ends_with("{\"version\":\"2.43.0\"}"));
}

#[test]
fn the_key_comes_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.txt");
    std::fs::write(&key, "demo-key.123\n").unwrap();
    let (_running, address) = start(&["--api-key-file", key.to_str().unwrap()]);
    assert!(ask(&address, "/queries/version", "").starts_with("HTTP/1.1 403"));
    assert!(ask(&address, "/queries/version", "X-Skybrush-API-Key: demo-key.123\r\n").starts_with("HTTP/1.1 200"));
}

#[test]
fn other_addresses_and_bad_keys_are_refused() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kapok")).arg("studio").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run(&["--host", "0.0.0.0", "--port", "0"]).contains("--api-key-file"));
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.txt");
    std::fs::write(&key, "not a key").unwrap();
    assert!(run(&["--port", "0", "--api-key-file", key.to_str().unwrap()]).contains("8 to 256"));
}

/// What a server with these arguments prints on standard error about requests: one that is answered, and one whose text would
/// command the terminal.
fn told(arguments: &[&str]) -> Vec<String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(["studio", "--port", "0", "--json"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let url: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = url["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned();
    assert!(ask(&address, "/queries/version", "").starts_with("HTTP/1.1 200"));
    let body = "{\"version\": 1, \"source\": [], \"target\": [], \"\u{9b}2J\u{202e}PROVED\": 1, \"\u{9b}2J\u{202e}PROVED\": 2}";
    let mut stream = TcpStream::connect(&address).unwrap();
    let length = body.len();
    write!(stream, "POST /operations/match-points HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let mut running = Running(child);
    let stderr = running.0.stderr.take().unwrap();
    drop(running);
    assert_eq!(std::io::read_to_string(stdout).unwrap(), "", "events are no answers");
    BufReader::new(stderr).lines().map(Result::unwrap).collect()
}

#[test]
fn refusals_are_told_on_standard_error_and_all_requests_if_asked_for() {
    let lines = told(&[]);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(line.starts_with("warning: /operations/match-points: 400 the request cannot be read"), "{line}");
    assert!(line.contains("occurs twice") && !line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");

    let lines = told(&["--verbose"]);
    assert!(lines.contains(line), "{lines:?}");
    let answered = |request: &str| lines.iter().any(|l| l.starts_with(&format!("debug: {request} answered status=")));
    assert!(answered("GET /queries/version") && answered("POST /operations/match-points"), "{lines:?}");
}

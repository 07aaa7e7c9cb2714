//! `kapok view`: certificates beside files, drafts, and a script that is edited while it is watched.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// How long to wait for something on a busy machine, in waits of 100 ms.
const WAITS: u32 = 900;

fn kapok(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok")).current_dir(folder).args(arguments).output().unwrap()
}

pub(crate) struct Viewer {
    child: Child,
    address: String,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Viewer {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
        command.current_dir(folder).arg("view").args(arguments).arg("--json").stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url: Value = serde_json::from_str(&line).unwrap();
        let address = url["url"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, address }
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let at = all.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        serde_json::from_slice(&all[at..]).unwrap()
    }

    /// What every page is told now.
    fn live(&self) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut lines = BufReader::new(stream).lines();
        let line = lines.find_map(|line| line.unwrap().strip_prefix("data: ").map(str::to_owned)).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Waits until it holds.
    pub(crate) fn until(&self, holds: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..WAITS {
            let live = self.live();
            if holds(&live) {
                return live;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("in vain: {}", self.live());
    }
}

/// The starter script, with spectators below its pictures if so: it can be planned, and what falls reaches them.
fn script(with_spectators: bool) -> String {
    let starter = kapok_design::starter_script();
    let below = "\n[[environment.audience]]\nname = \"below\"\npolygon_m = [[-40, 20], [40, 20], [40, 90], [-40, 90]]\neye_m = [0, -60, 1.7]\nlook_at_m = [0, 60, 45]\n";
    let at = starter.find("\n[[scene]]").unwrap();
    format!("{}{}{}", &starter[..at], if with_spectators { below } else { "" }, &starter[at..])
}

#[test]
fn a_certificate_beside_a_file_is_checked_and_what_does_not_agree_is_proved() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("show.toml"), script(false)).unwrap();
    assert_eq!(kapok(folder.path(), &["plan", "show.toml", "-o", "show.skyc"]).status.code(), Some(0));
    let standing = |arguments: &[&str]| {
        let viewer = Viewer::start(folder.path(), arguments);
        assert_eq!(viewer.get("certificate")["verdict"], "proved");
        viewer.get("show")["standing"].clone()
    };
    assert_eq!(standing(&["show.skyc"]), "checked");
    assert_eq!(standing(&["show.skyc", "--prove"]), "judged");
    // The safety page needs the proof, which says what the certificate says.
    assert_eq!(Viewer::start(folder.path(), &["show.skyc"]).get("safety")["version"], 1);
    let path = folder.path().join("show.certificate.json");
    let honest = std::fs::read_to_string(&path).unwrap();
    let hash = serde_json::from_str::<Value>(&honest).unwrap()["file"]["sha256"].as_str().unwrap().to_owned();
    std::fs::write(&path, honest.replace(&hash, &"0".repeat(64))).unwrap();
    assert_eq!(standing(&["show.skyc"]), "judged", "it is of other bytes");
    // A false figure that no check without a proof finds is found where the proof is made.
    let false_figure = honest.replacen("\"margin\": ", "\"margin\": 9", 1);
    std::fs::write(&path, false_figure).unwrap();
    let viewer = Viewer::start(folder.path(), &["show.skyc"]);
    assert_eq!(viewer.get("show")["standing"], "checked");
    assert!(viewer.get("safety")["detail"].as_str().unwrap().contains("--prove"));
}

#[test]
fn a_draft_is_written_when_asked_for_and_is_proved_by_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("show.toml"), script(true)).unwrap();
    let plain = kapok(at, &["plan", "show.toml", "-o", "show.skyc"]);
    let said = String::from_utf8_lossy(&plain.stderr).into_owned();
    assert_eq!(plain.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing was written") && said.contains("help: ") && !at.join("show.skyc").exists());
    let draft = kapok(at, &["plan", "show.toml", "-o", "show.skyc", "--draft"]);
    let said = String::from_utf8_lossy(&draft.stderr).into_owned();
    assert_eq!(draft.status.code(), Some(1));
    assert!(said.contains("DRAFT, VIOLATED") && said.contains("wrote show.skyc"), "{said}");
    for arguments in [
        &["prove", "show.skyc"][..],
        &["prove", "show.skyc", "--check", "show.certificate.json"],
        // Even where flags would have every rule hold.
        &["prove", "show.skyc", "--max-wind", "0"],
    ] {
        let judged = kapok(at, arguments);
        let said = String::from_utf8_lossy(&judged.stdout).into_owned();
        assert_eq!(judged.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("DRAFT"), "{arguments:?}: {said}");
    }
    assert_eq!(kapok(at, &["convert", "show.skyc", "rows.zip"]).status.code(), Some(2));
    let viewer = Viewer::start(at, &["show.skyc"]);
    assert_eq!(viewer.get("certificate")["draft"], true);
}

#[test]
fn a_script_is_watched_by_content_and_every_page_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("show.toml");
    let save = |text: &str| {
        std::fs::write(folder.path().join("new"), text).unwrap();
        std::fs::rename(folder.path().join("new"), &path).unwrap();
    };
    // It begins with a mistake: there is nothing to show, and the page says where it is.
    let wrong = script(false).replace("hold_s = 8", "hold = 8");
    save(&wrong);
    let viewer = Viewer::start(folder.path(), &["show.toml"]);
    let live = viewer.until(|live| !live["trouble"].is_null());
    assert_eq!((&live["version"], &viewer.get("show")), (&Value::from(0), &Value::Null));
    let mistake = &live["trouble"]["mistakes"][0];
    let line = wrong.lines().position(|line| line == "hold = 8").unwrap() + 1;
    assert_eq!((mistake["line"].as_u64(), mistake["column"].as_u64()), (Some(line as u64), Some(1)));
    assert_eq!((&mistake["marked"], &mistake["after"]), (&Value::from("hold"), &Value::from(" = 8")));
    save(&script(false));
    let live = viewer.until(|live| live["version"].as_u64() > Some(0) && live["work"] == "idle");
    assert!(live["trouble"].is_null());
    assert_eq!(viewer.get("show")["standing"], "judged");
    assert_eq!(viewer.get("certificate")["verdict"], "proved");
    // The next mistake leaves that show where it is.
    save(&wrong);
    let after = viewer.until(|live| !live["trouble"].is_null());
    assert_eq!(after["version"], live["version"]);
    assert_eq!(viewer.get("show")["standing"], "judged");
    save(&script(true));
    viewer.until(|live| live["version"].as_u64() > after["version"].as_u64() && live["work"] == "idle");
    assert_ne!(viewer.get("certificate")["verdict"], "proved", "spectators below");
}

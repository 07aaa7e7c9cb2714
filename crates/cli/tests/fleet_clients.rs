//! Ground stations of others against `kapok fleet`, each a program of its own: pymavlink, MAVSDK, MAVProxy.
//!
//! Ignored unless asked for: they are installed from the Python package index into folders of their own. MAVProxy is under the GPL:
//! it is run beside Kapok, never linked.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::fleet::free_port;

/// The show that was observed (show-protocol, section 16): 8 m up, 4 m ahead and back, down; 24 s.
const SHOW: &str = "736b79620201adbe6057011d00010000000000000000107017401f018813a00f018813000010401f000002130004ff0000fa010400ff00fa01040000fffa0100";

/// A folder with these packages installed, once.
fn environment(name: &str, installs: &[&[&str]]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if !folder.join("ready").exists() {
        let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
        run(Command::new("python3").arg("-m").arg("venv").arg(&folder));
        for packages in installs {
            run(Command::new(folder.join("bin/python")).args(["-m", "pip", "install", "--quiet"]).args(*packages));
        }
        std::fs::write(folder.join("ready"), "").unwrap();
    }
    folder.join("bin")
}

/// A fleet of three that runs until it is dropped.
struct Fleet {
    child: Child,
    port: u16,
}

impl Fleet {
    fn start(arguments: &[&str]) -> Self {
        let (port, ground) = free_port();
        drop(ground);
        let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
        command.args(["fleet", "--count", "3", "--base-port", &port.to_string()]).args(arguments);
        Self { child: command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), port }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a script to its end.
fn script(python: &Path, name: &str, arguments: &[String]) -> Output {
    let script = Path::new("tests/fleet_clients").join(name);
    let output = Command::new("timeout").arg("240").arg(python).arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
#[ignore = "installs pymavlink; takes a minute"]
fn pymavlink_flies_a_show() {
    let bin = environment("fleet-pymavlink-2.4.50", &[&["pymavlink==2.4.50"]]);
    for datagram in ["message", "tick"] {
        let fleet = Fleet::start(&["--speed", "4", "--wind", "3", "--datagram", datagram]);
        let arguments = [fleet.port.to_string(), SHOW.to_owned(), "4".to_owned()];
        let said = text(&script(&bin.join("python"), "pymavlink_ground.py", &arguments).stdout);
        assert!(said.trim_end().ends_with("landed"), "{said}");
    }
}

#[test]
#[ignore = "installs MAVSDK; takes a minute"]
fn mavsdk_takes_off_and_lands() {
    let bin = environment("fleet-mavsdk-4.1.0", &[&["mavsdk==4.1.0"]]);
    let fleet = Fleet::start(&[]);
    let said = text(&script(&bin.join("python"), "mavsdk_ground.py", &[fleet.port.to_string()]).stdout);
    assert!(said.trim_end().ends_with("landed"), "{said}");
}

/// MAVProxy with commands on its standard input: parameters, a command, arming, a mode.
#[test]
#[ignore = "installs MAVProxy; takes a minute"]
fn mavproxy_reads_parameters_and_commands() {
    let bin = environment(
        "fleet-mavproxy-1.8.75",
        &[&["pymavlink==2.4.50", "pyserial", "defusedxml", "numpy", "pynmeagps"], &["--no-deps", "MAVProxy==1.8.75"]],
    );
    let fleet = Fleet::start(&["--speed", "4"]);
    let state = tempfile::tempdir().unwrap();
    let mut proxy = Command::new(bin.join("python"))
        .arg(bin.join("mavproxy.py"))
        .arg(format!("--master=udp:127.0.0.1:{}", fleet.port))
        .arg("--default-modules=link,param,ftp,cmdlong,arm,mode,signing")
        .arg(format!("--state-basedir={}", state.path().display()))
        .arg("--aircraft=one")
        .current_dir(state.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut commands = proxy.stdin.take().unwrap();
    // Ten seconds for its parameters; the field's half minute until the vehicle can be armed has passed then.
    for (wait_s, command) in [
        (14, "param show SHOW_TAKEOFF_ALT"),
        (1, "param set SHOW_TAKEOFF_ALT 4"),
        (2, "param show SHOW_TAKEOFF_ALT"),
        (1, "long 31010 0 0 0 0 0 0 0"),
        (1, "arm throttle"),
        (2, "disarm"),
        (1, "mode LAND"),
        (2, "exit"),
    ] {
        std::thread::sleep(Duration::from_secs(wait_s));
        writeln!(commands, "{command}").unwrap();
    }
    drop(commands);
    let said = text(&proxy.wait_with_output().unwrap().stdout);
    for words in ["SHOW_TAKEOFF_ALT 2.5", "SHOW_TAKEOFF_ALT 4.0", "ARMED", "DISARMED", "Mode LAND"] {
        assert!(said.contains(words), "{words}:\n{said}");
    }
}

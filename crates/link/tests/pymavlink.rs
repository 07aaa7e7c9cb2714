//! pymavlink as the ground station, a program of its own on a real socket: connects, reads and sets parameters, uploads a show by
//! MAVFTP (by hand, and with the client that MAVProxy has) and asks for its checksum, sets the origin, starts the show and watches it fly and land.
//!
//! Ignored unless asked for: it installs pymavlink 2.4.50 from the Python package index into a folder of its own.

use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kapok_link::{Outbox, Vehicle};
use kapok_show::DVec3;

use crate::common::{SHOW, StandIn, config, monday, now};

/// Show seconds a second.
const SPEED: u64 = 4;
const STEP_MS: u64 = 10;

/// The Python that has pymavlink; installs it once.
fn python() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pymavlink-2.4.50");
    let python = folder.join("bin/python");
    if !folder.join("ready").exists() {
        let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
        run(Command::new("python3").arg("-m").arg("venv").arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "pymavlink==2.4.50"]));
        std::fs::write(folder.join("ready"), "").unwrap();
    }
    python
}

#[test]
#[ignore = "installs pymavlink; takes half a minute"]
#[allow(clippy::disallowed_methods, reason = "a real program on a real socket needs real time")]
fn pymavlink_flies_a_show() {
    let python = python();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let ground = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut child = Command::new(python)
        .arg("tests/pymavlink/ground.py")
        .args([ground.port().to_string(), SHOW.to_owned(), SPEED.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut body = StandIn::at(DVec3::ZERO, monday());
    let mut vehicle = Vehicle::new(config(7), now(0));
    let (begun, mut ms, mut out) = (Instant::now(), 0, Outbox::default());
    let mut buffer = [0; 2048];
    let mut highest_m = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_mins(2), "the ground station does not end");
        while ms < begun.elapsed().as_millis() as u64 * SPEED {
            ms += STEP_MS;
            body.follow(vehicle.demand(), STEP_MS as f64 / 1000.0);
            vehicle.tick(now(ms), &body, &mut out);
            highest_m = highest_m.max(body.at_m.z);
        }
        if let Ok((len, _)) = socket.recv_from(&mut buffer) {
            vehicle.receive(now(ms), &buffer[..len], &body, &mut out);
        }
        if !out.is_empty() {
            // All frames of a tick in one datagram.
            let _ = socket.send_to(out.bytes(), ground);
            out.clear();
        }
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.trim_end().ends_with("landed"), "{said}");
    assert!((highest_m - 8.0).abs() < 0.3 && !vehicle.is_armed(), "{highest_m}");
}

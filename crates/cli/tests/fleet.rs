//! `kapok fleet`: a simulated fleet on sockets, its lines, its end, and what is told where nothing is started.

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use kapok_show::{DVec3, LightProgram, Trajectory, Vehicle};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::show_of;

/// A show of three vehicles.
fn folder() -> TempDir {
    let vehicle = |i: u32| {
        let pad = DVec3::new(3.0 * f64::from(i), 0.0, 0.0);
        let mut trajectory = Trajectory::starting_at(0, pad).unwrap();
        trajectory.push(10_000, &[pad, pad + DVec3::Z * 12.0, pad + DVec3::Z * 12.0]).unwrap();
        trajectory.push(25_000, &[pad + DVec3::Z * 12.0, pad, pad]).unwrap();
        Vehicle::new(format!("v{i}"), pad, trajectory, LightProgram::dark())
    };
    let folder = tempfile::tempdir().unwrap();
    let show = show_of("Three", (0..3).map(vehicle).collect());
    std::fs::write(folder.path().join("show.skyc"), kapok_format::write_skyc(&show).unwrap()).unwrap();
    std::fs::write(folder.path().join("no.skyc"), "no show").unwrap();
    std::fs::write(folder.path().join("show.toml"), "").unwrap();
    let drill = "title = \"A drill\"\n\n[[reboot]]\nat_s = -5\nvehicles = [4]\n";
    std::fs::write(folder.path().join("drill.toml"), drill).unwrap();
    folder
}

fn kapok(at: &Path, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
    command.current_dir(at).arg("fleet").args(args.split_whitespace());
    command
}

/// A port that is free for a ground station, with one for its fleet five further on.
pub fn free_port() -> (u16, UdpSocket) {
    for k in 0..500 {
        let port = 22_000 + (std::process::id() % 1500 * 20) as u16 + 10 * k;
        let fleet = UdpSocket::bind(("127.0.0.1", port + 5));
        if let (Ok(ground), Ok(_)) = (UdpSocket::bind(("127.0.0.1", port)), fleet) {
            return (port, ground);
        }
    }
    panic!("no free port");
}

/// A fleet that runs, killed when dropped.
struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    fn start(at: &Path, args: &str) -> Self {
        let mut child = kapok(at, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_fleet_says_each_second_how_it_stands() {
    let folder = folder();
    let (port, ground) = free_port();
    let args = format!("--show show.skyc --base-port {port} --speed 8 --json");
    let mut running = Running::start(folder.path(), &args);
    let first: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!((&first["schema"], &first["vehicles"]), (&"kapok-fleet/1".into(), &3.into()));
    assert_eq!((&first["stages"]["booting"], &first["t_s"]), (&3.into(), &0.0.into()), "{first}");
    let mut last = first;
    for _ in 0..3 {
        last = serde_json::from_str(&running.line()).unwrap();
    }
    assert_eq!(last["stages"]["waiting"], 3, "{last}");
    assert!(last["t_s"].as_f64().unwrap() > 12.0 && last["messages_out_per_s"].as_f64().unwrap() > 80.0, "{last}");
    // What it says is MAVLink 2, from the port where it listens.
    let mut buffer = [0; 2048];
    let (len, from) = ground.recv_from(&mut buffer).unwrap();
    assert_eq!((buffer[0], from.port()), (0xFD, port + 5), "{len}");
}

#[test]
fn a_closed_pipe_ends_it() {
    let folder = folder();
    let (port, _ground) = free_port();
    let mut child =
        kapok(folder.path(), &format!("--count 2 --base-port {port} --json")).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(wait(&mut child), Some(0));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_a_last_line() {
    let folder = folder();
    for signal in ["-INT", "-TERM"] {
        let (port, _ground) = free_port();
        let mut running = Running::start(folder.path(), &format!("--show show.skyc --base-port {port}"));
        let first = running.line();
        assert!(first.starts_with("3 vehicles of \"Three\", each a show-") && first.contains("127.0.0.1:"), "{first}");
        assert!(Command::new("kill").args([signal, &running.child.id().to_string()]).status().unwrap().success());
        assert_eq!(wait(&mut running.child), Some(0), "{signal}");
        let last = running.line();
        assert!(last.contains("3 booting") && last.contains("0 dropped"), "{last}");
    }
}

#[allow(clippy::disallowed_methods, reason = "a real program needs real time")]
fn wait(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if begun.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_makes_no_sense_is_one_clear_error_and_nothing_is_started() {
    let folder = folder();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port() - 5;
    let in_use = format!("--count 1 --base-port {port}");
    for (args, words) in [
        ("", "--show <FILE>|--count <N>"),
        ("--count 0", "--count is 0, but must be from 1 to 50000"),
        ("--count 50001", "--count is 50001"),
        ("--count -1", "invalid value"),
        ("--count 3 --show show.skyc", "cannot be used with"),
        ("--count 1 --wind nan", "--wind is NaN, but must be a number from 0 to 40"),
        ("--count 1 --wind -2", "--wind is -2"),
        ("--count 1 --placement inf", "--placement is inf"),
        ("--count 1 --profile balloon", "--profile is \"balloon\", but there are only show-280g, show-1kg, indoor-30g"),
        ("--count 1 --speed 0", "give max, or a number above 0"),
        ("--count 1 --speed nan", "give max, or a number above 0"),
        ("--count 1 --link loss=200%", "link loss is 2, but must be a number from 0 to 1"),
        ("--count 1 --link fog", "has the part \"fog\""),
        ("--count 1 --datagram all", "possible values: tick, message"),
        ("--count 22580 --base-port 65000", "need ports up to 65905"),
        ("--count 1 --base-port 0", "port"),
        ("--count 1 --ground ::1", "both must be IPv4, or both IPv6"),
        (&in_use, "in use"),
        ("--count 3 --faults none.toml", "none.toml"),
        ("--count 3 --faults drill.toml", "drill.toml:5:13"),
        ("--show none.skyc", "none.skyc"),
        ("--show no.skyc", "cannot simulate the fleet of no.skyc"),
        ("--show show.toml", "plan it first"),
    ] {
        let Output { status, stdout, stderr } = kapok(folder.path(), args).output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{args}: {stderr}");
        assert!(stderr.contains(words) && !stderr.contains("panicked"), "{args}: {stderr}");
    }
    let Output { stdout, .. } = kapok(folder.path(), "--count 0 --json").output().unwrap();
    let error: Value = serde_json::from_slice(&stdout).unwrap();
    assert_eq!(error["error"]["message"], "--count is 0, but must be from 1 to 50000");
}

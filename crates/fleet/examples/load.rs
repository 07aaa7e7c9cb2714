//! What a fleet and a receiver of all that it says cost on one machine:
//! `cargo run --release -p kapok-fleet --example load [VEHICLES [tick|message [SECONDS]]]`.
//!
//! The example starts itself a second time as the receiver: a process of its own with a socket a network, which reads every frame,
//! and counts by the sequence numbers of the vehicles what did not come. The fleet stands on its pads in the wind, seven messages a
//! second and vehicle, in real time. At the end: messages asked for, sent and received, what was lost, memory, processor time, and the
//! load of the machine.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "an example that measures ends where it cannot"
)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use kapok_fleet::{DatagramMode, Field, FleetSettings, Pace, Ports, Sockets, Twin, gps_now, run};
use kapok_link::{NETWORK_SIZE, parse_frame};

/// Vehicles boot and settle before the count begins, seconds.
const BEFORE_S: f64 = 10.0;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "22580".to_owned());
    if first == "receive" {
        return receive(arguments.next().unwrap().parse().unwrap(), arguments.next().unwrap().parse().unwrap());
    }
    let vehicles: usize = first.parse().unwrap();
    let mode = arguments.next().unwrap_or_else(|| "tick".to_owned());
    let seconds: f64 = arguments.next().map_or(60.0, |text| text.parse().unwrap());
    let ports = Ports { base: 30_000, ..Ports::default() };
    let datagram = Some(if mode == "tick" { DatagramMode::Tick } else { DatagramMode::Message });
    let settings = FleetSettings { wind_m_s: 5.0, datagram, ..FleetSettings::default() };
    let mut twin = Twin::new(&Field::grid(vehicles).unwrap(), &settings, &ports, gps_now()).unwrap();
    let mut sockets = Sockets::bind(&ports, twin.networks()).unwrap();
    let networks = vehicles.div_ceil(NETWORK_SIZE as usize);
    let mut receiver = Command::new(std::env::current_exe().unwrap())
        .args(["receive".to_owned(), networks.to_string(), (BEFORE_S + seconds).to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(receiver.stdout.take().unwrap());
    let mut ready = String::new();
    lines.read_line(&mut ready).unwrap();
    let begun = Instant::now();
    let (mut before, mut slowest) = (None, f64::INFINITY);
    let (stop, mut cpu_s) = (AtomicBool::new(false), 0.0);
    run(&mut twin, &mut sockets, Pace::Times(1.0), &stop, |report| {
        let at_s = begun.elapsed().as_secs_f64();
        if at_s > BEFORE_S && before.is_none() {
            (before, cpu_s) = (Some((report.t_s, at_s)), processor_s());
        } else if before.is_some() {
            slowest = slowest.min(report.real_time_factor);
        }
        at_s < BEFORE_S + seconds
    });
    let (field_s, clock_s) = before.unwrap();
    let (end_s, cpu_s) = (begun.elapsed().as_secs_f64(), processor_s() - cpu_s);
    let counts = twin.counts();
    let mut said = String::new();
    lines.read_line(&mut said).unwrap();
    receiver.wait().unwrap();
    println!(
        "{vehicles} vehicles, {mode} datagrams, {seconds:.0} s after {BEFORE_S:.0} s; load of the machine {}",
        load()
    );
    println!(
        "fleet: {:.3} x real time, slowest second {slowest:.3} x; {} messages in {} datagrams sent, {} not; {:.2} cores, {:.2} GB",
        (twin.now_ms() as f64 / 1000.0 - field_s) / (end_s - clock_s),
        counts.messages_out,
        counts.datagrams_out,
        sockets.dropped(),
        cpu_s / (end_s - clock_s),
        memory_gb(),
    );
    println!("receiver: {}", said.trim_end());
}

/// Reads all that a fleet says, and tells at the end what did not come.
fn receive(networks: usize, seconds: f64) {
    let ports = Ports { base: 30_000, ..Ports::default() };
    // The ground's ports are those of a fleet that is five ports further down.
    let ground = Ports { base: ports.base - 5, ..ports };
    let mut sockets = Sockets::bind(&ground, networks).unwrap();
    println!("ready");
    let mut next: Vec<[Option<u8>; 256]> = vec![[None; 256]; networks];
    let (mut datagrams, mut messages, mut missing, mut bad) = (0u64, 0u64, 0u64, 0u64);
    let begun = Instant::now();
    // A little longer than the fleet, so that its last words are heard.
    while begun.elapsed().as_secs_f64() < seconds + 3.0 {
        sockets.receive(Duration::from_millis(2), |network, _, bytes| {
            datagrams += 1;
            let mut rest = bytes;
            while !rest.is_empty() {
                let Ok(frame) = parse_frame(rest) else {
                    bad += 1;
                    return;
                };
                messages += 1;
                let expected = &mut next[usize::from(network)][frame.header.system as usize & 255];
                if let Some(expected) = *expected {
                    missing += u64::from(frame.header.sequence.wrapping_sub(expected));
                }
                *expected = Some(frame.header.sequence.wrapping_add(1));
                rest = &rest[frame.bytes.len()..];
            }
        });
    }
    println!(
        "{messages} messages in {datagrams} datagrams, {missing} messages missing, {bad} damaged, {} datagrams dropped by the system; {:.2} cores",
        sockets.dropped(),
        processor_s() / begun.elapsed().as_secs_f64(),
    );
}

/// Processor time of this process so far, where the system tells it.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|text| text.parse::<f64>().ok()).unwrap_or(f64::NAN);
    (ticks(11) + ticks(12)) / 100.0
}

/// Memory of this process, where the system tells it.
fn memory_gb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e6
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

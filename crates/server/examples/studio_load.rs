//! How long the planning server takes for a large show in the add-on's own wire format.
//!
//! `cargo run --release --example studio_load -- [DRONES] [SECONDS]`: a fleet rises from a grid, flies between two pictures for
//! so many seconds and lands, 4 samples a second, as the add-on sends it, compressed. Each request goes over a socket to a
//! server in the same process. Wall times, and the largest memory the process had.

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::io::Write;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use kapok_server::{Mount, ServerSettings, bind, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().skip(1).map(|a| a.parse::<usize>());
    let drones = numbers.next().transpose()?.unwrap_or(1000);
    let seconds = numbers.next().transpose()?.unwrap_or(600);
    let settings = ServerSettings::default();
    let listener = bind("127.0.0.1:0".parse()?, &settings).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move { serve(listener, [Mount::Studio], settings, std::future::pending()).await });

    let columns = drones.isqrt().max(1);
    let grid = |i: usize, step: f64| (step * (i % columns) as f64, step * (i / columns) as f64);
    let pads: Vec<[f64; 3]> = (0..drones)
        .map(|i| {
            let (x, y) = grid(i, 3.0);
            [x, y, 0.0]
        })
        .collect();
    let up: Vec<[f64; 3]> = pads.iter().map(|p| [p[0], p[1], 10.0]).collect();
    let wide = 2 * columns;
    let wall: Vec<[f64; 3]> =
        (0..drones).map(|i| [3.2 * (i % wide) as f64, 40.0, 20.0 + 3.2 * (i / wide) as f64]).collect();
    // A disc, in an order of its own.
    let disc: Vec<[f64; 3]> = (0..drones)
        .map(|i| {
            let k = (i * 7919) % drones;
            let r = 2.2 * (k as f64 + 0.5).sqrt();
            let (s, c) = kapok_show::math::sin_cos(2.399_963_229_728_653 * k as f64);
            [60.0 + r * c, 30.0 + r * s, 60.0]
        })
        .collect();
    let motion = json!({ "max_velocity_xy": 8, "max_velocity_z": 2, "max_acceleration": 4 });
    let with = |mut body: Value, more: &Value| {
        for (k, v) in more.as_object().into_iter().flatten() {
            body[k] = v.clone();
        }
        body
    };
    let wall = flown(port, &up, &wall).await?;
    let disc = flown(port, &wall, &disc).await?;
    let fewer = json!({ "version": 1, "source": wall, "target": disc[..drones * 9 / 10], "radius": 0 });
    ask(port, "match-points", &fewer).await?;
    let transition = json!({ "version": 1, "source": wall, "target": disc, "transition_method": "const_jerk", "matching_method": "optimal" });
    ask(port, "plan-transition", &with(transition, &motion)).await?;
    let close: Vec<[f64; 3]> = (0..drones)
        .map(|i| {
            let (x, y) = grid(i, 1.0);
            [x, y, 0.0]
        })
        .collect();
    let groups: Value = serde_json::from_slice(
        &ask(port, "plan-takeoff", &json!({ "version": 1, "points": close, "min_distance": 3 })).await?,
    )?;
    let groups: Vec<usize> = serde_json::from_value(groups["groups"].clone())?;
    let layers = groups.iter().max().unwrap_or(&0) + 1;
    println!("    {layers} layers");
    let hover: Vec<[f64; 3]> =
        close.iter().zip(&groups).map(|(p, g)| [p[0], p[1], 10.0 + 5.0 * (layers - g - 1) as f64]).collect();
    let landing = json!({ "version": 1, "points": hover, "min_distance": 3, "velocity": 1, "target_altitude": 0, "spindown_time": 5 });
    ask(port, "plan-landing", &landing).await?;
    let back = json!({ "version": 1, "source": disc, "target": up, "min_distance": 2, "rth_model": "straight_line_with_neck" });
    match ask(port, "plan-smart-rth", &with(back, &motion)).await {
        Ok(answer) => {
            let answer: Value = serde_json::from_slice(&answer)?;
            let last = (0..drones).map(|i| {
                answer["start_times"][i].as_f64().unwrap_or(0.0) + answer["durations"][i].as_f64().unwrap_or(0.0)
            });
            println!("    the last arrives after {:.0} s", last.fold(0.0, f64::max));
        }
        Err(error) => println!("    {error}"),
    }
    for format in ["skyc", "csv", "plot"] {
        let output = json!({ "format": format, "parameters": { "fps": 4 } });
        let body = json!({ "input": show([&pads, &up, &wall, &disc], seconds), "output": output });
        ask(port, "render", &body).await?;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("largest memory: not known here"));
    Ok(())
}

/// The targets in the order of the drones that the server sends there.
async fn flown(port: u16, source: &[[f64; 3]], target: &[[f64; 3]]) -> Result<Vec<[f64; 3]>, Failure> {
    let request = json!({ "version": 1, "source": source, "target": target, "radius": 0 });
    let answer: Value = serde_json::from_slice(&ask(port, "match-points", &request).await?)?;
    println!("    clearance {}", answer["clearance"]);
    let mapping: Vec<usize> = serde_json::from_value(answer["mapping"].clone())?;
    let mut goals = source.to_vec();
    for (&drone, &place) in mapping.iter().zip(target) {
        goals[drone] = place;
    }
    Ok(goals)
}

/// A show as the add-on sends it: runs of equal places have their two ends only.
fn show([pads, up, wall, disc]: [&[[f64; 3]]; 4], seconds: usize) -> Value {
    let ease = |u: f64| u * u * (3.0 - 2.0 * u);
    let between =
        |a: [f64; 3], b: [f64; 3], u: f64| -> [f64; 3] { std::array::from_fn(|k| a[k] + (b[k] - a[k]) * ease(u)) };
    let legs = (seconds / 60).max(1);
    let drones: Vec<Value> = (0..pads.len())
        .map(|i| {
            let mut stops = vec![pads[i], up[i], wall[i]];
            for _ in 2..legs / 2 {
                stops.extend([disc[i], wall[i]]);
            }
            stops.extend([up[i], pads[i]]);
            let mut bytes = Vec::new();
            let mut push = |t: f64, p: [f64; 3]| {
                for c in [t, p[0], p[1], p[2]] {
                    bytes.extend((c as f32).to_le_bytes());
                }
            };
            for (k, pair) in stops.windows(2).enumerate() {
                let start = 60.0 * k as f64;
                push(start, pair[0]);
                for step in 1..200 {
                    push(start + 0.25 * f64::from(step), between(pair[0], pair[1], f64::from(step) / 200.0));
                }
                push(start + 50.0, pair[1]);
            }
            let lights: Vec<Value> = (0..seconds / 5).map(|k| json!([5 * k, [(k * 37) % 256, (i * 3) % 256, 40], k % 2])).collect();
            json!({ "type": "generic", "settings": { "name": format!("Drone {}", i + 1),
                "lights": { "version": 1, "data": lights }, "trajectory": { "version": 2, "points": STANDARD.encode(bytes) } } })
        })
        .collect();
    json!({ "format": "json", "data": { "version": 1, "environment": { "type": "outdoor" },
        "settings": { "cues": { "version": 1, "items": [] }, "validation": { "maxAltitude": 150, "maxVelocityXY": 8, "maxVelocityZ": 2,
            "maxAccelerationXY": 4, "maxAccelerationZ": 4, "minDistance": 2, "minNavAltitude": 2.5, "maxYawRate": 30 } },
        "swarm": { "drones": drones }, "meta": { "title": "load" }, "media": {} } })
}

/// Sends a request and prints how long its answer took.
async fn ask(port: u16, operation: &str, body: &Value) -> Result<Vec<u8>, Failure> {
    let text = serde_json::to_vec(body)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&text)?;
    let packed = encoder.finish()?;
    let head = format!(
        "POST /operations/{operation} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        packed.len()
    );
    let begun = tokio::time::Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&packed).await?;
    let mut all = Vec::new();
    tokio::time::timeout(Duration::from_mins(15), stream.read_to_end(&mut all)).await??;
    let took = begun.elapsed();
    let split = all.windows(4).position(|w| w == b"\r\n\r\n").ok_or("no answer")?;
    let (head, answer) = (String::from_utf8_lossy(&all[..split]).into_owned(), all[split + 4..].to_vec());
    let format = body["output"]["format"].as_str().unwrap_or_default();
    let verdict = head.lines().find_map(|l| l.strip_prefix("x-kapok-verdict: ")).unwrap_or_default();
    println!(
        "{operation:16} {format:5} {:8.2} s   {:.1} MB sent, {:.1} MB decoded, {:.1} MB back {verdict}",
        took.as_secs_f64(),
        packed.len() as f64 / 1e6,
        text.len() as f64 / 1e6,
        answer.len() as f64 / 1e6
    );
    if let Some(why) = head.lines().find(|l| l.starts_with("x-kapok-violations")) {
        println!("    {}", &why[..why.len().min(300)]);
    }
    if head.starts_with("HTTP/1.1 200") {
        Ok(answer)
    } else {
        Err(String::from_utf8_lossy(&answer).into_owned().into())
    }
}

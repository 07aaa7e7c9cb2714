//! What a vehicle-step costs with all models on: `cargo run --release -p kapok-sim --example cost [VEHICLES [SECONDS]]`.
//!
//! A wall of vehicles, 1.5 m apart across and 2 m above each other, that sways in five metres a second of wind: turbulence,
//! downwash, receivers, estimators, packs and the search for collisions all work. One line for one thread and one for all; the cost is
//! processor time where the system tells it (Linux), so that other work on the machine does not count.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "the times are what is asked for"
)]

use std::time::Instant;

use kapok_show::DVec3;
use kapok_sim::{
    Fix, Fleet, GnssField, Order, Pad, Profile, Random, STEPS_PER_TICK, Setpoint, Surroundings, TICK_S, WindSpec,
};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>().unwrap());
    let vehicles = arguments.next().unwrap_or(1000);
    let seconds = arguments.next().unwrap_or(20);
    let profile = Profile::builtin("show-1kg").unwrap();
    let air = Surroundings { wind: WindSpec::of(5.0), gnss: GnssField::clear(Fix::Fixed), temperature_c: 15.0 };
    // A third as high as wide, in layers of depth.
    let columns = ((vehicles as f64).sqrt() * 1.2).ceil() as usize;
    let place = move |i: usize| {
        let (row, column) = (i / columns, i % columns);
        DVec3::new(column as f64 * 1.5, (row % 3) as f64 * 2.0, 5.0 + (row / 3) as f64 * 2.0)
    };
    let pads: Vec<Pad> =
        (0..vehicles).map(|i| Pad::at(place(i).with_z(0.0) + DVec3::Y * (i / columns) as f64 * 2.0)).collect();
    let sway = move |i: usize, t_s: f64| {
        let (sin, cos) = (0.6 * t_s).sin_cos();
        Order::Fly(Setpoint {
            position_m: place(i) + DVec3::new(2.0 * sin, 0.0, 0.5 * cos),
            velocity_m_s: DVec3::new(1.2 * cos, 0.0, -0.3 * sin),
            acceleration_m_s2: DVec3::ZERO,
            yaw_rad: 0.0,
        })
    };
    for threads in [1, std::thread::available_parallelism().map_or(1, usize::from)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut fleet = Fleet::new(&profile, &air, &pads, Random::new(1, 0));
            for _ in 0..200 {
                fleet.advance(&sway);
            }
            let ticks = (seconds as f64 / TICK_S) as usize;
            let (start, spent) = (Instant::now(), processor_s());
            for _ in 0..ticks {
                fleet.advance(&sway);
            }
            let wall_s = start.elapsed().as_secs_f64();
            let busy_s = processor_s().zip(spent).map_or(wall_s * threads as f64, |(now, then)| now - then);
            let steps = (ticks * STEPS_PER_TICK as usize * vehicles) as f64;
            println!(
                "{vehicles} vehicles, {threads} threads: {:.0} ns a vehicle-step and thread, {:.1} x real time of {threads} idle cores, \
                 {:.1} x by the clock",
                busy_s / steps * 1e9,
                seconds as f64 * threads as f64 / busy_s,
                seconds as f64 / wall_s,
            );
        });
    }
}

/// Processor time of this process so far, seconds, in hundredths; `None` where there is no `/proc`.
fn processor_s() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kapok_link::GpsTime;
use kapok_sim::Phase;

use crate::network::NetworkCounts;
use crate::report::FleetReport;
use crate::sockets::Sockets;
use crate::twin::{STEP_MS, Twin};

/// Between two reports.
const REPORT: Duration = Duration::from_secs(1);
/// A twin that is further behind than this does not try to catch up, milliseconds of the field.
const MAX_BEHIND_MS: f64 = 500.0;

/// How fast the time of the field runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many seconds of the field a second; above 0.
    Times(f64),
    /// As fast as the machine can.
    Max,
}

/// The GPS time of the machine's clock; the epoch on a machine whose clock is before it.
#[allow(clippy::disallowed_methods, reason = "the shell of the twin is where the wall clock is")]
pub fn gps_now() -> GpsTime {
    let unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    GpsTime::from_unix_ms(unix_ms).unwrap_or(GpsTime::from_week(0, 0))
}

/// Runs a twin on its sockets until `stop`, or until `report`, which is told at once and each second how it stands, says false.
///
/// Everything happens on the caller's thread but the physics and the protocol machines, which rayon's threads share; none is made for
/// a vehicle or a network.
#[allow(clippy::disallowed_methods, reason = "the shell of the twin is where the wall clock is")]
pub fn run(
    twin: &mut Twin,
    sockets: &mut Sockets,
    pace: Pace,
    stop: &AtomicBool,
    mut report: impl FnMut(&FleetReport) -> bool,
) {
    let mut begun = Instant::now();
    let mut begun_ms = twin.now_ms();
    let mut told = Told { at: begun, ms: begun_ms, counts: twin.counts() };
    if !report(&reported(twin, sockets, &told, &told)) {
        return;
    }
    while !stop.load(Ordering::Relaxed) {
        let behind_ms = match pace {
            Pace::Times(times) => begun.elapsed().as_secs_f64() * 1000.0 * times - (twin.now_ms() - begun_ms) as f64,
            Pace::Max => STEP_MS as f64,
        };
        let ahead_ms = STEP_MS as f64 - behind_ms;
        let rest = match pace {
            Pace::Times(times) if ahead_ms > 0.0 => Duration::from_secs_f64((ahead_ms / times / 1000.0).min(0.1)),
            _ => Duration::ZERO,
        };
        if sockets.receive(rest, |network, from, bytes| twin.receive(network, from, bytes)) {
            twin.flush(|network, datagrams, listeners| sockets.send(network, datagrams, listeners));
        }
        if ahead_ms <= 0.0 {
            twin.step();
            twin.flush(|network, datagrams, listeners| sockets.send(network, datagrams, listeners));
        }
        if behind_ms > MAX_BEHIND_MS && pace != Pace::Max {
            (begun, begun_ms) = (Instant::now(), twin.now_ms());
        }
        if told.at.elapsed() >= REPORT {
            let next = Told { at: Instant::now(), ms: twin.now_ms(), counts: twin.counts() };
            if !report(&reported(twin, sockets, &told, &next)) {
                return;
            }
            told = next;
        }
    }
}

/// How it stood when it was told.
struct Told {
    at: Instant,
    ms: u64,
    counts: NetworkCounts,
}

fn reported(twin: &Twin, sockets: &Sockets, before: &Told, now: &Told) -> FleetReport {
    let seconds = (now.at - before.at).as_secs_f64().max(1e-3);
    let rate = |count: fn(&NetworkCounts) -> u64| (count(&now.counts) - count(&before.counts)) as f64 / seconds;
    let crafts = twin.fleet().crafts();
    FleetReport {
        t_s: now.ms as f64 / 1000.0,
        time_of_week_s: f64::from(twin.time().time_of_week_ms()) / 1000.0,
        elapsed_s: twin.elapsed_s(),
        vehicles: crafts.len() as u32,
        networks: twin.networks() as u32,
        stages: twin.stages(),
        airborne: crafts.iter().filter(|craft| craft.is_airborne()).count() as u32,
        crashed: crafts.iter().filter(|craft| craft.phase == Phase::Down).count() as u32,
        datagrams_out_per_s: rate(|counts| counts.datagrams_out),
        messages_out_per_s: rate(|counts| counts.messages_out),
        bytes_out_per_s: rate(|counts| counts.bytes_out),
        datagrams_in_per_s: rate(|counts| counts.datagrams_in),
        lost: now.counts.lost,
        dropped: sockets.dropped(),
        refused: now.counts.refused,
        real_time_factor: (now.ms - before.ms) as f64 / 1000.0 / seconds,
    }
}

//! Logs written, read, cut and spoilt.

use std::collections::BTreeMap;
use std::io::Cursor;

use kapok_log::{
    ClosestPair, EventLevel, FleetFrame, FleetState, FlightLog, LogError, LogEvent, LogHead, LogWriter, LoggedFrame,
    VehicleMark, VehicleStatus,
};
use kapok_show::Rgb;
use proptest::prelude::*;

pub fn head_of(vehicles: u32) -> LogHead {
    LogHead {
        title: "花城 — night".to_owned(),
        show_sha256: "ab".repeat(32),
        vehicles,
        separation_m: 1.5,
        show_start_ns: 5_000_000_000,
        about: BTreeMap::from([("seed".to_owned(), "7".to_owned())]),
    }
}

fn mark(id: u16, x: f32, status: VehicleStatus) -> VehicleMark {
    let charge_percent = if id == 1 { None } else { Some(80) };
    VehicleMark { id, position_m: [x, -2.0, 30.25], light: Rgb::new(1, 2, 3), status, charge_percent }
}

/// Two frames a second for some seconds, an event in each second, and the site.
pub fn sample(seconds: u64) -> (Vec<LoggedFrame>, Vec<LogEvent>, Vec<u8>) {
    let mut writer = LogWriter::new(Cursor::new(Vec::new()), &head_of(3)).expect("memory");
    writer.site(0, "{\"type\":\"FeatureCollection\",\"features\":[]}").expect("memory");
    let (mut frames, mut events) = (Vec::new(), Vec::new());
    for half in 0..2 * seconds {
        let t_ns = half * 500_000_000;
        let x = half as f32;
        let frame = LoggedFrame {
            t_ns,
            truth: vec![
                mark(0, x, VehicleStatus::Flying),
                mark(1, x + 2.0, VehicleStatus::Returning),
                mark(2, 0.5, VehicleStatus::Fallen),
            ],
            reported: vec![mark(0, x + 0.1, VehicleStatus::Flying), mark(2, 0.5, VehicleStatus::Silent)],
            state: FleetState {
                show_s: Some(t_ns as f64 * 1e-9 - 5.0),
                closest: Some(ClosestPair { pair: [0, 1], distance_m: 2.0 }),
                wind_m_s: Some([3.0, -0.5]),
            },
        };
        writer
            .frame(&FleetFrame { t_ns, truth: &frame.truth, reported: &frame.reported, state: &frame.state })
            .expect("memory");
        frames.push(frame);
        if half % 2 == 0 {
            let level = [EventLevel::Info, EventLevel::Warning, EventLevel::Error][(half / 2 % 3) as usize];
            let event =
                LogEvent { t_ns, level, subject: "D 2".to_owned(), message: format!("event {half}\nof two lines") };
            writer.event(&event).expect("memory");
            events.push(event);
        }
    }
    (frames, events, writer.finish().expect("memory").into_inner())
}

#[test]
fn a_log_is_read_as_it_was_written() {
    let (frames, events, bytes) = sample(9);
    let log = FlightLog::read(&bytes[..]).expect("a log");
    assert_eq!(log.head, head_of(3));
    assert_eq!(log.frames, frames);
    assert_eq!(log.events, events);
    assert!(log.site.is_some_and(|site| site.contains("FeatureCollection")));
    assert_eq!(log.cut, None);
    assert_eq!(sample(9).2, bytes, "the same calls write the same bytes");
}

/// A writer that dies loses the last second at most.
#[test]
fn a_log_that_was_cut_anywhere_is_read_up_to_its_last_whole_second() {
    let (frames, _, bytes) = sample(9);
    let mut begun = 0;
    for length in (0..bytes.len()).step_by(37) {
        match FlightLog::read(&bytes[..length]) {
            Ok(log) => {
                begun += 1;
                assert!(
                    log.cut.is_some() || log.frames == frames,
                    "a cut of the data is said: {length} of {}",
                    bytes.len()
                );
                assert_eq!(log.frames[..], frames[..log.frames.len()], "what is read is what was written");
            }
            Err(error) => assert!(matches!(error, LogError::NoHead | LogError::NoMcap), "{length}: {error}"),
        }
    }
    assert!(begun > 100);
    let log = FlightLog::read(&bytes[..bytes.len() * 3 / 4]).expect("a log");
    assert!(log.frames.len() >= 6, "only {} frames in three quarters", log.frames.len());
}

#[test]
fn what_was_never_finished_is_whole_up_to_the_flush() {
    let (frames, ..) = sample(4);
    let mut disk = Vec::new();
    let mut writer = LogWriter::new(Cursor::new(&mut disk), &head_of(3)).expect("memory");
    for frame in &frames {
        writer
            .frame(&FleetFrame {
                t_ns: frame.t_ns,
                truth: &frame.truth,
                reported: &frame.reported,
                state: &frame.state,
            })
            .expect("memory");
    }
    // It dies: nothing is closed.
    std::mem::forget(writer);
    let log = FlightLog::read(&disk[..]).expect("a log");
    assert!(log.cut.is_some());
    assert!(
        log.frames.len() >= frames.len() - 2 && log.frames[..] == frames[..log.frames.len()],
        "{}",
        log.frames.len()
    );
}

#[test]
fn what_is_no_log_is_refused_with_a_reason() {
    for (bytes, says) in [
        (&b""[..], "no flight log"),
        (b"PK\x03\x04 a zip, not a log", "no flight log"),
        (b"\x89MCAP0\r\n", "has no metadata"),
    ] {
        let error = FlightLog::read(bytes).expect_err("no log");
        assert!(error.to_string().contains(says), "{bytes:?}: {error}");
    }
    let (_, _, good) = sample(2);
    let at = |text: &str| good.windows(text.len()).position(|w| w == text.as_bytes()).expect("in the log");
    let with = |place: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[place] = byte;
        FlightLog::read(&bytes[..])
    };
    // The length of the hash, and the number of vehicles.
    let hash = at("abababab");
    assert!(with(hash, b'x').expect_err("no digit").to_string().contains("show_sha256"));
    let vehicles = at("vehicles") + "vehicles".len() + 4;
    assert!(with(vehicles, b'0').expect_err("none").to_string().contains("vehicles"));
    // A point beyond the vehicles of the head.
    let fewer = with(vehicles, b'2').expect_err("vehicle 2 of 2");
    assert!(fewer.to_string().contains("/fleet"), "{fewer}");
}

proptest! {
    /// No bytes make the reader panic, and what it takes from a spoilt log is in the bounds of the head.
    #[test]
    fn spoilt_bytes_are_no_danger(changes in prop::collection::vec((0usize..10_000, any::<u8>()), 1..20)) {
        let (_, _, mut bytes) = sample(3);
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(log) = FlightLog::read(&bytes[..]) {
            for mark in log.frames.iter().flat_map(|f| f.truth.iter().chain(&f.reported)) {
                prop_assert!(u32::from(mark.id) < log.head.vehicles);
                prop_assert!(mark.position_m.iter().all(|m| m.is_finite()));
            }
        }
    }
}

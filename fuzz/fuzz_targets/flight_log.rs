#![no_main]

use std::io::Cursor;

use kapok_log::{FleetFrame, FlightLog, LogWriter};
use libfuzzer_sys::fuzz_target;

// What was read can be written, and reads the same.
fuzz_target!(|bytes: &[u8]| {
    let Ok(log) = FlightLog::read(bytes) else { return };
    let mut writer = LogWriter::new(Cursor::new(Vec::new()), &log.head).expect("memory");
    for frame in &log.frames {
        let (truth, reported, state) = (&frame.truth[..], &frame.reported[..], &frame.state);
        writer.frame(&FleetFrame { t_ns: frame.t_ns, truth, reported, state }).expect("memory");
    }
    let written = writer.finish().expect("memory").into_inner();
    let again = FlightLog::read(&written[..]).expect("what was written is read");
    assert_eq!(again.head.title, log.head.title);
    assert_eq!(again.frames, log.frames);
});

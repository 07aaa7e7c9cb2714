#![no_main]

use std::io::{Cursor, Write};

use kapok_format::{ReadBounds, read_skyc, write_skyc};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

fuzz_target!(|bytes: &[u8]| {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("show.json", stored).unwrap();
    zip.write_all(bytes).unwrap();
    let archive = zip.finish().unwrap().into_inner();
    let limits = ReadBounds { max_light_commands: 10_000, ..ReadBounds::default() };
    let Ok(decoded) = read_skyc(&archive, &limits) else { return };
    assert_eq!(decoded.show.check(), Ok(()));
    // What was read can be written, and then nothing is lost any more.
    if let Ok(written) = write_skyc(&decoded.show) {
        let again = read_skyc(&written, &limits).unwrap();
        assert_eq!(again.show, decoded.show);
        // A place to land that the trajectory does not reach is part of the show, for the proof to judge.
        let lost: Vec<_> = again.notes.iter().filter(|note| !note.contains("its place to land is not where")).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
});

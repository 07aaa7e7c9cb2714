#![no_main]

use std::io::{Cursor, Write};

use kapok_format::{ReadBounds, read_skyc};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

const SHOW: &str = r#"{"version":1,"swarm":{"drones":[{"settings":{"trajectory":{"$ref":"t.json"}}}]}}"#;

fuzz_target!(|bytes: &[u8]| {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("show.json", SHOW.as_bytes()), ("t.json", bytes)] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(content).unwrap();
    }
    let archive = zip.finish().unwrap().into_inner();
    let _ = read_skyc(&archive, &ReadBounds::default());
});

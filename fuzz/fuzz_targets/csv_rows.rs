#![no_main]

use std::io::{Cursor, Write};

use kapok_format::{ReadBounds, read_csv_zip};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

fuzz_target!(|bytes: &[u8]| {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("d.csv", stored).unwrap();
    zip.write_all(bytes).unwrap();
    let archive = zip.finish().unwrap().into_inner();
    if let Ok(decoded) = read_csv_zip(&archive, &ReadBounds::default()) {
        assert_eq!(decoded.show.check(), Ok(()));
    }
});

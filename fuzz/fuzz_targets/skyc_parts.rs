#![no_main]

use std::io::{Cursor, Write};

use kapok_format::{ReadBounds, WriteError, read_skyc, write_skyc};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

const LINE: &str = r#"{"points":[[0,[0,0,0],[]],[9,[0,0,9],[]]]}"#;

/// `show.json` with one part in the member `p.json`: the first byte says which part.
fn show_json(part: u8) -> String {
    let settings = |more: &str| {
        format!(r#"{{"version":1,"swarm":{{"drones":[{{"settings":{{"trajectory":{LINE}{more}}}}}]}}}}"#)
    };
    let head = |more: &str| settings("").replacen('{', &format!("{{{more},"), 1);
    let reference = r#"{"$ref":"p.json"}"#;
    match part % 5 {
        0 => settings(&format!(r#","yawControl":{reference}"#)),
        1 => settings(&format!(r#","pyro":{reference}"#)),
        2 => settings(&format!(r#","rthPlan":{reference}"#)),
        3 => head(&format!(r#""media":{reference}"#)),
        _ => head(&format!(r#""settings":{reference}"#)),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&part, text)) = bytes.split_first() else { return };
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("show.json", show_json(part).as_bytes()), ("p.json", text)] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(content).unwrap();
    }
    let archive = zip.finish().unwrap().into_inner();
    let limits = ReadBounds::default();
    let Ok(decoded) = read_skyc(&archive, &limits) else { return };
    let written = match write_skyc(&decoded.show) {
        // A limit that makes no sense is read, so that a flag can stand in for it, and never written.
        Err(WriteError::Setting(_)) => return,
        written => written.unwrap(),
    };
    assert_eq!(read_skyc(&written, &limits).unwrap().show, decoded.show);
});

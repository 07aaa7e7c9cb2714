#![no_main]

use kapok_format::skyb::Skyb;
use kapok_format::{ReadBounds, read_skyb};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|blocks: &[u8]| {
    let bytes = [b"skyb\x01", blocks].concat();
    let limits = ReadBounds { max_light_commands: 10_000, ..ReadBounds::default() };
    let _ = read_skyb(&bytes, "fuzz.skyb", &limits);
    let Ok(file) = Skyb::decode(&bytes, &limits) else { return };
    let written = file.encode().unwrap();
    assert_eq!(Skyb::decode(&written, &limits).unwrap().encode().unwrap(), written);
});

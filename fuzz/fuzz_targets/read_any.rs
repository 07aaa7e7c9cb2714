#![no_main]

use kapok_format::{ReadBounds, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = ReadBounds { max_total_bytes: 1 << 24, max_light_commands: 10_000, ..ReadBounds::default() };
    if let Ok(decoded) = read(bytes, "fuzz", &limits) {
        assert_eq!(decoded.show.check(), Ok(()));
    }
});

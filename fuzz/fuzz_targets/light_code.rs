#![no_main]

use kapok_format::light::{compile_lights, decode_lights_until};
use kapok_format::ReadBounds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = ReadBounds { max_light_commands: 10_000, ..ReadBounds::default() };
    let Ok(decoded) = decode_lights_until(bytes, 100_000, &limits) else { return };
    // Decoded programs are on the grid of ticks, so they compile to something that decodes to the same colours.
    let Ok(compiled) = compile_lights(&decoded.program) else { return };
    assert_eq!(compiled.worst_shift_ms, 0);
    let again = decode_lights_until(&compiled.bytes, i64::MAX, &ReadBounds::default()).unwrap();
    assert_eq!(again.program, decoded.program);
});

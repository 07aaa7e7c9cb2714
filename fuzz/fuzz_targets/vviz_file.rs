#![no_main]

use kapok_format::{ReadBounds, read_vviz};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(decoded) = read_vviz(bytes, &ReadBounds::default()) {
        assert_eq!(decoded.show.check(), Ok(()));
    }
});

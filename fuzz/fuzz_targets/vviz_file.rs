#![no_main]

use kapok_format::{ReadLimits, read_vviz};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(decoded) = read_vviz(bytes, &ReadLimits::default()) {
        assert_eq!(decoded.show.check(), Ok(()));
    }
});

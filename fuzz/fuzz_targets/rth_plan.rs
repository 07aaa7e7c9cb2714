#![no_main]

use kapok_format::skyb::{RthLayout, RthPlan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for layout in RthLayout::ALL {
        let Ok(plan) = RthPlan::decode(bytes, layout) else { continue };
        let written = plan.encode(layout).unwrap();
        assert_eq!(RthPlan::decode(&written, layout).unwrap(), plan);
    }
});

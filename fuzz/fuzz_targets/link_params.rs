#![no_main]

use kapok_link::{ParamTable, apply_packed, pack, pack_bundle, unpack};
use libfuzzer_sys::fuzz_target;

// What was read can be written, but for names that are there twice, and reads the same; a vehicle's table stays readable.
fuzz_target!(|bytes: &[u8]| {
    let Ok(mut params) = unpack(bytes) else { return };
    if let Some(written) = pack_bundle(&params) {
        let again = unpack(&written).expect("what was written is read");
        params.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(format!("{again:?}"), format!("{params:?}"));
    }
    let mut table = ParamTable::default();
    let before = table.clone();
    if apply_packed(&mut table, bytes).is_err() {
        assert_eq!(table, before);
    }
    assert_eq!(unpack(&pack(&table)).map(|all| all.len()), Ok(ParamTable::count()));
});

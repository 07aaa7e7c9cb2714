#![no_main]

use kapok_show::DVec3;
use kapok_sim::{FaultScript, MAX_FAULTS};
use libfuzzer_sys::fuzz_target;

// A fleet of twelve: whatever a script says, it is read for these vehicles or refused with its places.
fuzz_target!(|text: &str| {
    let (names, pads): (Vec<String>, Vec<DVec3>) =
        (0..12).map(|i| (format!("v{i}"), DVec3::new(f64::from(i % 4), f64::from(i / 4), 0.0))).unzip();
    match FaultScript::read("drill.toml", text, &names, &pads) {
        Ok(script) => {
            assert!(script.faults.len() <= MAX_FAULTS);
            for timed in &script.faults {
                assert!(timed.at_s.is_finite() && timed.until_s > timed.at_s);
                assert!(timed.vehicles.indices(12).all(|i| i < 12));
            }
            assert!(script.faults.windows(2).all(|w| w[0].at_s <= w[1].at_s));
        }
        Err(errors) => {
            assert!(!errors.items().is_empty() && !errors.to_string().is_empty());
            for item in errors.items() {
                assert!(item.line >= 1 && item.column >= 1 && item.line <= 1 + text.len() && item.help.is_some());
                let (line, marked) = errors.line_of(item);
                assert!(line.get(marked).is_some());
            }
        }
    }
});

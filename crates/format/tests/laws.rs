//! Laws of readers and writers, on random shows.

mod support;

use kapok_format::light::{TICK_MS, compile_lights, decode_lights_until};
use kapok_format::{ReadLimits, decode_lights, read, read_csv_zip, read_skyc, write_csv_zip, write_skyc};
use kapok_show::{LightKey, LightProgram};
use proptest::prelude::*;
use support::{lights, show_of, trajectory};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A show written as .skyc and read is the same show, whatever its times, degrees and light keys.
    #[test]
    fn skyc_gives_back_the_show(
        parts in prop::collection::vec((trajectory(), prop_oneof![lights(TICK_MS), lights(7)]), 1..5),
    ) {
        let show = show_of(parts);
        let bytes = write_skyc(&show).unwrap();
        let decoded = read_skyc(&bytes, &ReadLimits::default()).unwrap();
        prop_assert_eq!(&decoded.show, &show);
        prop_assert!(decoded.notes.is_empty(), "{:?}", decoded.notes);
        prop_assert_eq!(write_skyc(&decoded.show).unwrap(), bytes);
    }

    /// Light programs on the grid of ticks come back key by key.
    #[test]
    fn light_code_gives_back_the_keys(program in lights(TICK_MS)) {
        let compiled = compile_lights(&program).unwrap();
        prop_assert_eq!(compiled.worst_shift_ms, 0);
        prop_assert_eq!(decode_lights(&compiled.bytes, &ReadLimits::default()).unwrap(), program);
    }

    /// Off the grid, every key is found within half a tick, and fades are off by no more than that shift explains.
    #[test]
    fn light_code_of_odd_times_shows_the_same_colours(program in lights(13)) {
        let compiled = compile_lights(&program).unwrap();
        prop_assert!(compiled.worst_shift_ms <= TICK_MS / 2);
        let back = decode_lights(&compiled.bytes, &ReadLimits::default()).unwrap();
        // Away from keys, beyond the shift, switched colours agree.
        let keys = program.keys();
        for pair in keys.windows(2).filter(|w| !w[1].fade && w[1].t_ms - w[0].t_ms > 4 * TICK_MS) {
            let t_ms = (pair[0].t_ms + pair[1].t_ms) as f64 / 2.0;
            prop_assert_eq!(back.sample(t_ms), program.sample(t_ms), "at {}", t_ms);
        }
        let end_ms = keys.last().map_or(0, |k| k.t_ms) as f64 + 100.0;
        prop_assert_eq!(back.sample(end_ms), program.sample(end_ms));
    }

    /// Any bytes at all are a program or an error, and a program has its keys in order.
    #[test]
    fn any_bytes_are_a_light_program_or_an_error(bytes in prop::collection::vec(prop_oneof![0u8..0x18, any::<u8>()], 0..60)) {
        let limits = ReadLimits { max_light_commands: 5_000, ..ReadLimits::default() };
        if let Ok(decoded) = decode_lights_until(&bytes, 10_000, &limits) {
            prop_assert!(decoded.program.keys().is_sorted_by_key(|k| k.t_ms));
            prop_assert!(decoded.program.keys().len() <= 10_000);
        }
    }

    /// CSV read back lies within the stated deviation of the true curves.
    #[test]
    fn csv_keeps_its_stated_deviation(
        parts in prop::collection::vec((small_trajectory(), lights(TICK_MS)), 1..4),
        rate_hz in prop_oneof![Just(25.0), Just(24.0), Just(4.0), 1.0..200.0f64],
    ) {
        let show = show_of(parts);
        let export = write_csv_zip(&show, rate_hz).unwrap();
        let back = read_csv_zip(&export.bytes, &ReadLimits::default()).unwrap().show;
        prop_assert_eq!(back.vehicles.len(), show.vehicles.len());
        let period_ms = 1000.0 / rate_hz;
        for (a, b) in show.vehicles.iter().zip(&back.vehicles) {
            prop_assert_eq!(&a.name, &b.name);
            for k in 0..400 {
                let t_ms = -1000.0 + show.duration_ms() as f64 * f64::from(k) / 380.0;
                let off_m = a.trajectory.sample(t_ms).position_m.distance(b.trajectory.sample(t_ms).position_m);
                prop_assert!(off_m <= export.max_deviation_m + 1e-6, "{off_m} m at {t_ms} ms");
            }
            for row in 0..20 {
                let t_ms = (f64::from(row) * period_ms).round();
                prop_assert_eq!(a.lights.sample(t_ms), b.lights.sample(t_ms), "row at {}", t_ms);
            }
        }
    }

    /// No damage to a file makes a reader panic, and what it accepts is well formed.
    #[test]
    fn damaged_files_are_refused_or_read(
        parts in prop::collection::vec((trajectory(), lights(TICK_MS)), 1..3),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = write_skyc(&show_of(parts)).unwrap();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(decoded) = read(&bytes, "x.skyc", &ReadLimits::default()) {
            prop_assert!(decoded.show.check().is_ok());
        }
        bytes.truncate(cut.index(bytes.len()));
        prop_assert!(read(&bytes, "x.skyc", &ReadLimits::default()).is_err());
    }
}

/// Motions of ordinary size, so that CSV can hold them.
fn small_trajectory() -> impl Strategy<Value = kapok_show::Trajectory> {
    trajectory()
        .prop_filter("within a kilometre", |t| t.control_points_m().iter().all(|p| p.abs().max_element() < 1000.0))
}

#[test]
fn a_fade_that_starts_late_gets_a_key_of_its_own() {
    // Red at once for 1 s, then fade to blue for 1 s: the fade starts where nothing else happens.
    let decoded = decode_lights(&[4, 255, 0, 0, 50, 8, 0, 0, 255, 50, 0], &ReadLimits::default()).unwrap();
    let key = |t_ms, colour: [u8; 3], fade| LightKey { t_ms, colour: colour.into(), fade };
    let expected = vec![key(0, [255, 0, 0], false), key(1000, [255, 0, 0], false), key(2000, [0, 0, 255], true)];
    assert_eq!(decoded, LightProgram::from_keys(expected).unwrap());
}

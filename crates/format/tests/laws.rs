//! Laws of readers and writers, on random shows.

use crate::support;

use kapok_format::light::{TICK_MS, compile_lights, decode_lights_until};
use kapok_format::skyb::{RthLayout, RthPlan, Skyb, SkybOptions};
use kapok_format::{
    ReadBounds, decode_lights, read, read_csv_zip, read_skyb, read_skyc, write_csv_zip, write_skyb, write_skyc,
};
use kapok_show::{DVec3, LightKey, LightProgram};
use proptest::prelude::*;
use support::{audio, extras, fence, lights, show_of, trajectory, trajectory_of};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A show written as .skyc and read is the same show, whatever its times, degrees, light keys, yaw, pyrotechnics,
    /// returns to home, groups, music and holes in the fence.
    #[test]
    fn skyc_gives_back_the_show(
        parts in prop::collection::vec((trajectory(), prop_oneof![lights(TICK_MS), lights(7)]), 1..5),
        more in prop::collection::vec(extras(), 5),
        audio in audio(),
        fence in fence(),
    ) {
        let mut show = show_of(parts);
        for (vehicle, (yaw, pyro, return_to_home, group)) in show.vehicles.iter_mut().zip(more) {
            (vehicle.yaw, vehicle.pyro, vehicle.return_to_home, vehicle.group) = (yaw, pyro, return_to_home, group);
        }
        show.audio = audio;
        show.environment.geofence = fence;
        let bytes = write_skyc(&show).unwrap();
        let decoded = read_skyc(&bytes, &ReadBounds::default()).unwrap();
        prop_assert_eq!(&decoded.show, &show);
        prop_assert!(decoded.notes.is_empty(), "{:?}", decoded.notes);
        prop_assert_eq!(write_skyc(&decoded.show).unwrap(), bytes);
    }

    /// Light programs on the grid of ticks come back key by key.
    #[test]
    fn light_code_gives_back_the_keys(program in lights(TICK_MS)) {
        let compiled = compile_lights(&program).unwrap();
        prop_assert_eq!(compiled.worst_shift_ms, 0);
        prop_assert_eq!(decode_lights(&compiled.bytes, &ReadBounds::default()).unwrap(), program);
    }

    /// Off the grid, every key is found within half a tick, and fades are off by no more than that shift explains.
    #[test]
    fn light_code_of_odd_times_shows_the_same_colours(program in lights(13)) {
        let compiled = compile_lights(&program).unwrap();
        prop_assert!(compiled.worst_shift_ms <= TICK_MS / 2);
        let back = decode_lights(&compiled.bytes, &ReadBounds::default()).unwrap();
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
        let limits = ReadBounds { max_light_commands: 5_000, ..ReadBounds::default() };
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
        let back = read_csv_zip(&export.bytes, &ReadBounds::default()).unwrap().show;
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

    /// .skyb read back lies within its stated error of the true curve at every instant, and writes to the same bytes.
    #[test]
    fn skyb_keeps_its_stated_error(
        mut t in small_trajectory().prop_filter("begins at 0 or later", |t| t.start_ms() >= 0),
        hold_ms in 1i64..300_000,
        program in lights(TICK_MS),
    ) {
        t.push_hold(t.end_ms() + hold_ms).unwrap();
        let vehicle = show_of(vec![(t, program)]).vehicles.remove(0);
        let export = write_skyb(&vehicle, &SkybOptions::default()).unwrap();
        let half_unit_m = f64::from(export.scale) / 2000.0;
        prop_assert!(export.max_error_m <= 3f64.sqrt() * half_unit_m + 1e-9);
        let back = read_skyb(&export.bytes, "d0.skyb", &ReadBounds::default()).unwrap().show.vehicles.remove(0);
        prop_assert_eq!(&back.lights, &vehicle.lights);
        prop_assert_eq!(back.trajectory.end_ms(), vehicle.trajectory.end_ms());
        for k in 0..300 {
            let t_ms = vehicle.trajectory.end_ms() as f64 * f64::from(k) / 299.0;
            let (a, b) = (vehicle.trajectory.sample(t_ms).position_m, back.trajectory.sample(t_ms).position_m);
            prop_assert!(a.distance(b) <= export.max_error_m + 1e-9, "{} m at {t_ms} ms", a.distance(b));
        }
        let again = write_skyb(&back, &SkybOptions { min_scale: export.scale, ..SkybOptions::default() }).unwrap();
        prop_assert!(again.max_error_m < 1e-9, "what was read is on the grid");
    }

    /// Any bytes after the head of a .skyb file are a file or an error.
    #[test]
    fn any_skyb_blocks_are_read_or_refused(
        blocks in prop::collection::vec((0u8..10, prop::collection::vec(any::<u8>(), 0..40)), 0..5),
    ) {
        let mut bytes = b"skyb\x01".to_vec();
        for (kind, body) in blocks {
            bytes.push(kind);
            bytes.extend_from_slice(&(body.len() as u16).to_le_bytes());
            bytes.extend_from_slice(&body);
            for layout in RthLayout::ALL {
                // What a layout reads strictly, it writes to the same meaning.
                if let Ok(plan) = RthPlan::decode(&body, layout) {
                    let written = plan.encode(layout).unwrap();
                    prop_assert_eq!(RthPlan::decode(&written, layout).unwrap(), plan);
                }
            }
        }
        let limits = ReadBounds { max_light_commands: 10_000, ..ReadBounds::default() };
        if let Ok(file) = Skyb::decode(&bytes, &limits) {
            let again = Skyb::decode(&file.encode().unwrap(), &limits).unwrap();
            let mut expected = file;
            expected.notes.clear();
            if let Some(t) = &mut expected.trajectory {
                t.has_retired_yaw = false;
            }
            prop_assert_eq!(again, expected);
        }
        let _ = read(&bytes, "x.skyb", &limits);
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
        if let Ok(decoded) = read(&bytes, "x.skyc", &ReadBounds::default()) {
            prop_assert!(decoded.show.check().is_ok());
        }
        bytes.truncate(cut.index(bytes.len()));
        prop_assert!(read(&bytes, "x.skyc", &ReadBounds::default()).is_err());
    }
}

/// Motions of ordinary size and length, as CSV and the vehicles' own format can hold them.
fn small_trajectory() -> impl Strategy<Value = kapok_show::Trajectory> {
    let point = prop::array::uniform3(-400.0..400.0f64).prop_map(DVec3::from_array);
    trajectory_of(5_000, point)
}

#[test]
fn a_fade_that_starts_late_gets_a_key_of_its_own() {
    // Red at once for 1 s, then fade to blue for 1 s: the fade starts where nothing else happens.
    let decoded = decode_lights(&[4, 255, 0, 0, 50, 8, 0, 0, 255, 50, 0], &ReadBounds::default()).unwrap();
    let key = |t_ms, colour: [u8; 3], fade| LightKey { t_ms, colour: colour.into(), fade };
    let expected = vec![key(0, [255, 0, 0], false), key(1000, [255, 0, 0], false), key(2000, [0, 0, 255], true)];
    assert_eq!(decoded, LightProgram::from_keys(expected).unwrap());
}

#[test]
fn repetitions_beyond_one_loop_are_kept() {
    // A loop counts to 255 at most, and 0 would mean for ever.
    for rounds in [2, 3, 254, 255, 256, 257, 600] {
        let mut program = LightProgram::dark();
        for i in 0..rounds {
            program.push(LightKey { t_ms: 100 * i, colour: [255, 255, 255].into(), fade: false });
            program.push(LightKey { t_ms: 100 * i + 40, colour: [1, 2, 3].into(), fade: true });
        }
        let compiled = compile_lights(&program).unwrap();
        assert!(compiled.bytes.len() < 60, "{rounds} rounds take {} bytes", compiled.bytes.len());
        assert_eq!(decode_lights(&compiled.bytes, &ReadBounds::default()).unwrap(), program, "{rounds} rounds");
    }
}

//! .skyb against published bytes, and its own losses.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use kapok_format::light::decode_lights_until;
use kapok_format::skyb::{
    Axis, LightSetup, Metadata, RthEntry, RthLayout, RthPlan, RthWriting, Skyb, SkybEvent, SkybHeader, SkybOptions,
    SkybTrajectory, SkybYaw,
};
use kapok_format::{Format, ReadBounds, ReadError, WriteError, detect, read, read_skyb, write_skyb};
use kapok_show::{DVec3, LightKey, LightProgram, Nwu, Rgb, Trajectory, Vehicle};

/// Bytes from hexadecimal text.
fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|b| u8::from_str_radix(b, 16).unwrap()).collect()
}

/// Hold, curve, line; lights with a fade and a loop; two events; yaw.
fn example() -> Vec<u8> {
    hex("73 6b 79 62 02 01 69 41 18 7c
         01 1c 00  02 00 00 00 00 00 00 00 00  00 dc 05  12 a0 0f 00 00 d0 07 d0 07 88 13  04 d1 07 24 fa
         02 14 00  04 ff 00 00 32  08 00 00 ff 32  06 19  0c 02  07 05  06 05  0d  00
         06 14 00  e0 2e 00 00 01 00 00 00 00 00  10 a4 00 00 01 00 ff ff ff ff
         05 0b 00  00 c2 01  d0 07 84 03  e8 03 d4 fe")
}

/// The motion of the example in the site frame, from north-west-up metres.
fn example_motion() -> Trajectory {
    let p = |x, y, z| Nwu(DVec3::new(x, y, z)).to_site();
    let third = 10.0 / 3.0;
    let mut t = Trajectory::starting_at(1500, p(0.0, 0.0, 0.0)).unwrap();
    t.push(5500, &[p(0.0, 0.0, third), p(4.0, 0.0, 2.0 * third), p(4.0, 0.0, 10.0)]).unwrap();
    t.push(7501, &[p(4.0, -3.0, 10.0)]).unwrap();
    t
}

fn example_yaw() -> SkybYaw {
    SkybYaw { auto_yaw: false, start_decideg: 450, steps: vec![(2000, 900), (1000, -300)] }
}

#[test]
fn the_published_example_is_read() {
    let file = Skyb::decode(&example(), &ReadBounds::default()).unwrap();
    let t = file.trajectory.as_ref().unwrap().to_trajectory().unwrap();
    for (t_s, x, y, z) in [
        (0.0, 0.0, 0.0, 0.0),
        (1.5, 0.0, 0.0, 0.0),
        (2.5, 0.625, 0.0, 2.5),
        (3.5, 2.0, 0.0, 5.0),
        (5.5, 4.0, 0.0, 10.0),
        (6.5005, 4.0, -1.5, 10.0),
        (7.501, 4.0, -3.0, 10.0),
        (9.0, 4.0, -3.0, 10.0),
    ] {
        let found = Nwu::from_site(t.sample(t_s * 1000.0).position_m).0;
        assert!((found - DVec3::new(x, y, z)).length() < 1e-12, "{found} at {t_s} s");
    }
    assert_eq!(t.end_ms(), 7501);
    let lights = decode_lights_until(file.lights.as_ref().unwrap(), 10_000, &ReadBounds::default()).unwrap();
    assert!(lights.notes.is_empty());
    for (t_ms, colour) in [
        (0, [255, 0, 0]),
        (1000, [255, 0, 0]),
        (1250, [191, 0, 63]),
        (1500, [127, 0, 127]),
        (1750, [63, 0, 191]),
        (1999, [0, 0, 254]),
        (2000, [0, 0, 0]),
        (2499, [0, 0, 0]),
        (2550, [255, 255, 255]),
        (2600, [0, 0, 0]),
        (2650, [0, 0, 0]),
        (2750, [255, 255, 255]),
        (2850, [0, 0, 0]),
        (5000, [0, 0, 0]),
    ] {
        assert_eq!(lights.program.sample(f64::from(t_ms)), Rgb::from(colour), "at {t_ms} ms");
    }
    assert_eq!(file.events, Some(vec![SkybEvent::pyro(12_000, 0, true), SkybEvent::pyro(42_000, 0, false)]));
    let yaw = file.yaw.unwrap();
    assert_eq!(yaw, example_yaw());
    for (t_s, deg) in [(0.0, 45.0), (1.0, 90.0), (2.0, 135.0), (2.5, 120.0), (3.0, 105.0), (9.0, 105.0)] {
        assert_eq!(yaw.sample_deg(t_s * 1000.0), deg, "at {t_s} s");
    }
}

#[test]
fn the_published_example_is_written_byte_for_byte() {
    let (trajectory, max_error_m) = SkybTrajectory::from_trajectory(&example_motion(), 2).unwrap();
    assert!(max_error_m < 1e-12, "every point is on the grid, the straight height too");
    assert_eq!(trajectory.segments[1].axes[2], Axis::Linear([5000]));
    let file = Skyb {
        trajectory: Some(trajectory),
        lights: Some(hex("04 ff 00 00 32  08 00 00 ff 32  06 19  0c 02  07 05  06 05  0d  00")),
        events: Some(vec![SkybEvent::pyro(12_000, 0, true), SkybEvent::pyro(42_000, 0, false)]),
        yaw: Some(example_yaw()),
        ..Skyb::default()
    };
    assert_eq!(file.encode().unwrap(), example());
    assert_eq!(Skyb::decode(&example(), &ReadBounds::default()).unwrap().encode().unwrap(), example());
}

#[test]
fn two_published_drones_are_written_byte_for_byte() {
    let drone = |from: f64, y: f64| {
        let p = |x: f64| Nwu(DVec3::new(x, y, 20.0)).to_site();
        let mut trajectory = Trajectory::starting_at(0, p(from)).unwrap();
        trajectory.push(10_200, &[p(-from)]).unwrap();
        let white = LightKey { t_ms: 0, colour: Rgb::WHITE, fade: false };
        let lights = LightProgram::from_keys(vec![white]).unwrap();
        Vehicle::new("d", p(from), trajectory, lights)
    };
    let options = SkybOptions::default();
    let first = write_skyb(&drone(-51.0, 0.0), &options).unwrap();
    assert_eq!(
        first.bytes,
        hex("73 6b 79 62 02 01 fa d7 e6 49 01 0e 00 02 64 9c 00 00 10 27 00 00 01 d8 27 9c 63 02 03 00 07 00 00")
    );
    assert_eq!((first.scale, first.max_error_m), (2, 0.0));
    let second = write_skyb(&drone(51.0, 2.3), &options).unwrap();
    assert_eq!(
        second.bytes,
        hex("73 6b 79 62 02 01 15 5a fd 7c 01 0e 00 02 9c 63 7e 04 10 27 00 00 01 d8 27 64 9c 02 03 00 07 00 00")
    );
    let decoded = read(&second.bytes, "shows/drone 2.skyb", &ReadBounds::default()).unwrap();
    assert_eq!(decoded.format, Format::Skyb);
    assert_eq!(detect(&second.bytes, &ReadBounds::default()), Some(Format::Skyb));
    assert_eq!(decoded.show.vehicles[0].name, "drone 2");
    assert_eq!(
        decoded.show.vehicles[0].trajectory.sample(5100.0).position_m,
        Nwu(DVec3::new(0.0, 2.3, 20.0)).to_site()
    );
}

/// The published plan; at 30 s "as before", which in the two older layouts drops the delays.
fn plan(layout: RthLayout) -> RthPlan {
    let go = RthEntry {
        time_s: 15,
        neck: Some((500, 3)),
        point: Some(0),
        altitude: Some(1200),
        duration_s: 50,
        pre_delay_s: 2,
        post_delay_s: 4,
        landing_altitude: None,
    };
    let keeps_delays = layout == RthLayout::Crate01;
    let again = RthEntry {
        time_s: 30,
        pre_delay_s: if keeps_delays { 2 } else { 0 },
        post_delay_s: if keeps_delays { 4 } else { 0 },
        ..go
    };
    RthPlan {
        scale: 10,
        max_acceleration_mm_s2: if layout == RthLayout::Released4 { 0 } else { 2000 },
        landing_velocity_mm_s: if keeps_delays { 1000 } else { 0 },
        landing_altitude: 0,
        points: vec![[3000, 4000, 0], [-400, -300, 0]],
        entries: vec![
            RthEntry::default(),
            go,
            again,
            RthEntry { time_s: 45, point: Some(1), duration_s: 30, ..RthEntry::default() },
        ],
    }
}

const PLANS: [(RthLayout, &str); 3] = [
    (
        RthLayout::Released4,
        "0a 02 00  b8 0b a0 0f  70 fe d4 fe  04 00
         10 00   33 0f 00 b0 04 f4 01 03 32 02 04   00 0f 32   20 0f 01 1e",
    ),
    (
        RthLayout::Main2026,
        "00 0a d0 07 02 00  b8 0b a0 0f 00 00  70 fe d4 fe 00 00  04 00
         10 00   33 0f 00 b0 04 f4 01 03 32 02 04   00 0f 32   20 0f 01 1e",
    ),
    (
        RthLayout::Crate01,
        "00 0a d0 07 e8 03 00 00 02 00  b8 0b a0 0f  70 fe d4 fe  04 00
         00 00   37 0f f4 01 03 00 b0 04 32 02 04   00 0f   02 0f 01 1e",
    ),
];

#[test]
fn the_published_return_to_home_in_all_three_layouts() {
    for (layout, bytes) in PLANS {
        let bytes = hex(bytes);
        assert_eq!(plan(layout).encode(layout).unwrap(), bytes, "{layout:?}");
        assert_eq!(RthPlan::decode(&bytes, layout).unwrap(), plan(layout), "{layout:?}");
        assert_eq!(RthPlan::decode_unstated(&bytes).unwrap(), (layout, plan(layout)), "{layout:?}");
        assert_eq!(RthLayout::from_name(layout.name()), Some(layout));
        for end in 0..bytes.len() {
            assert!(RthPlan::decode(&bytes[..end], layout).is_err() || end == 18, "{layout:?} cut at {end}");
        }
    }
    let plan = plan(RthLayout::Crate01);
    let at = |t_s: f64| plan.entry_at(t_s).map(|e| e.time_s);
    assert_eq!(
        [-1.0, 0.0, 10.0, 15.0, 16.0, 30.0, 31.0, 45.0, 46.0].map(at),
        [None, Some(0), Some(15), Some(15), Some(30), Some(30), Some(45), Some(45), None]
    );
}

#[test]
fn what_a_layout_cannot_say_is_refused() {
    let full = plan(RthLayout::Crate01);
    for layout in [RthLayout::Released4, RthLayout::Main2026] {
        assert!(matches!(full.encode(layout), Err(WriteError::NotCarried { .. })), "{layout:?}");
    }
    let mut plan = plan(RthLayout::Crate01);
    plan.entries[3].point = Some(2);
    assert!(matches!(plan.encode(RthLayout::Crate01), Err(WriteError::NotCarried { .. })));
    plan.entries[3].point = Some(1);
    plan.entries[3].time_s = 30;
    assert!(matches!(plan.encode(RthLayout::Crate01), Err(WriteError::NotCarried { .. })));
    // Land in place after a move must not read as "the same again".
    plan.entries[3] = RthEntry { time_s: 60, ..RthEntry::default() };
    let bytes = plan.encode(RthLayout::Crate01).unwrap();
    assert_eq!(RthPlan::decode(&bytes, RthLayout::Crate01).unwrap(), plan);
    let empty = RthPlan { scale: 1, ..RthPlan::default() };
    let bytes = empty.encode(RthLayout::Released4).unwrap();
    assert_eq!(RthPlan::decode(&bytes, RthLayout::Released4).unwrap(), empty);
}

#[test]
fn rounding_goes_to_the_nearest_unit_of_the_finest_scale() {
    let at = |x_mm: f64| {
        let start = Nwu(DVec3::new(x_mm / 1000.0, 0.0, 0.0)).to_site();
        SkybTrajectory::from_trajectory(&Trajectory::starting_at(0, start).unwrap(), 1).unwrap()
    };
    for (x_mm, scale, unit) in
        [(32_767.4, 1, 32_767), (32_767.6, 2, 16_384), (-1.6, 1, -2), (131_070.0, 5, 26_214), (300_000.0, 10, 30_000)]
    {
        let (t, error_m) = at(x_mm);
        assert_eq!((t.scale, t.start[0]), (scale, unit), "{x_mm} mm");
        assert!(error_m <= f64::from(scale) / 2000.0 + 1e-12);
    }
    let far = Trajectory::starting_at(0, DVec3::new(4200.0, 0.0, 0.0)).unwrap();
    assert!(matches!(SkybTrajectory::from_trajectory(&far, 1), Err(WriteError::TooLarge { .. })));
    let early = Trajectory::starting_at(-1, DVec3::ZERO).unwrap();
    assert!(matches!(SkybTrajectory::from_trajectory(&early, 1), Err(WriteError::NotCarried { .. })));
}

#[test]
fn durations_do_not_drift() {
    // A thousand pieces of 1.001 s: programs that multiply rounded differences lose a millisecond in each.
    let mut t = Trajectory::starting_at(1001, DVec3::ZERO).unwrap();
    for i in 1..=1000 {
        t.push(1001 * (i + 1), &[DVec3::new(0.0, 0.0, (i % 2) as f64)]).unwrap();
    }
    let back = SkybTrajectory::from_trajectory(&t, 1).unwrap().0.to_trajectory().unwrap();
    assert_eq!(back.end_ms(), t.end_ms());
    assert!(back.segments().skip(1).zip(t.segments()).all(|(a, b)| a.start_ms == b.start_ms));
}

#[test]
fn pieces_longer_than_a_minute_are_split() {
    let mut t = Trajectory::starting_at(200_000, DVec3::ZERO).unwrap();
    t.push(361_234, &[DVec3::new(9.0, 0.0, 30.0), DVec3::new(-9.0, 40.0, 30.0), DVec3::new(0.0, 0.0, 60.0)]).unwrap();
    let (stored, error_m) = SkybTrajectory::from_trajectory(&t, 1).unwrap();
    assert!(stored.segments.iter().all(|s| s.duration_ms <= 60_000));
    assert_eq!(stored.segments.len(), 4 + 3);
    let back = stored.to_trajectory().unwrap();
    assert_eq!(back.end_ms(), t.end_ms());
    for k in 0..=500 {
        let t_ms = 362_000.0 * f64::from(k) / 500.0;
        let off_m = back.sample(t_ms).position_m.distance(t.sample(t_ms).position_m);
        assert!(off_m <= error_m + 1e-9 && error_m < 0.0009, "{off_m} at {t_ms}, stated {error_m}");
    }
}

#[test]
fn all_blocks_come_back_in_all_versions() {
    let metadata = Some(Metadata { show_id: Some(*b"KAPK"), drone_index: Some(999) });
    for header in [SkybHeader::V1, SkybHeader::V2, SkybHeader::V2WithCrc] {
        let file = Skyb {
            header,
            trajectory: Some(SkybTrajectory::from_trajectory(&example_motion(), 3).unwrap().0),
            lights: Some(vec![0]),
            events: Some(vec![SkybEvent { t_ms: 5, kind: 2, subtype: 7, payload: [1, 2, 3, 4] }]),
            rth: Some(plan(RthLayout::Crate01).encode(RthLayout::Crate01).unwrap()),
            yaw: Some(example_yaw()),
            comment: Some(b"by hand".to_vec()),
            light_setup: Some(LightSetup { pixel: Some([0, 4095]), palette: Some(vec![[1, 2, 3]]), matrix: None }),
            metadata,
            notes: Vec::new(),
        };
        let bytes = file.encode().unwrap();
        let decoded = Skyb::decode(&bytes, &ReadBounds::default()).unwrap();
        assert_eq!(decoded, file);
        assert_eq!(decoded.encode().unwrap(), bytes);
        let decoded = read_skyb(&bytes, "d.skyb", &ReadBounds::default()).unwrap();
        for text in ["1 events are no pyro", "only \"crate-0.1\" fits", "comment", "light set-up", "metadata"] {
            assert!(decoded.notes.iter().any(|n| n.contains(text)), "{text}: {:?}", decoded.notes);
        }
        let vehicle = &decoded.show.vehicles[0];
        assert_eq!(vehicle.return_to_home.as_ref().unwrap().entries.len(), 4);
        let options = SkybOptions { header, metadata, rth: RthWriting::LeaveOut, ..SkybOptions::default() };
        let again = Skyb::decode(&write_skyb(vehicle, &options).unwrap().bytes, &ReadBounds::default()).unwrap();
        assert_eq!((again.header, again.metadata, again.yaw, again.rth), (header, metadata, file.yaw, None));
    }
}

#[test]
fn damage_is_found() {
    let bytes = example();
    for i in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[i] ^= 0x40;
        assert!(Skyb::decode(&changed, &ReadBounds::default()).is_err(), "byte {i}");
        assert!(Skyb::decode(&bytes[..i], &ReadBounds::default()).is_err(), "cut at {i}");
    }
    let plain = |body: &str| {
        let mut file = hex("73 6b 79 62 01");
        file.extend(hex(body));
        read_skyb(&file, "x.skyb", &ReadBounds::default())
    };
    assert!(matches!(plain(""), Err(ReadError::Missing { .. })));
    assert!(matches!(plain("01 08 00 01 00 00 00 00 00 00 00"), Err(ReadError::Damaged { .. })));
    // A segment cut off, scale 0 with a segment, a jump of 0 ms.
    assert!(matches!(plain("01 0c 00 01 00 00 00 00 00 00 00 00 01 e8 03"), Err(ReadError::Damaged { .. })));
    assert!(matches!(plain("01 0c 00 00 00 00 00 00 00 00 00 00 00 e8 03"), Err(ReadError::BadValue { .. })));
    assert!(matches!(plain("01 0e 00 01 00 00 00 00 00 00 00 00 01 00 00 05 00"), Err(ReadError::BadValue { .. })));
    // Yaw values inside the trajectory are skipped, unknown and second blocks too, type 0 ends the file.
    let decoded =
        plain("63 01 00 ff  01 10 00 81 00 00 00 00 00 00 05 00 41 e8 03 05 00 09 00  01 00 00  00 ff ff").unwrap();
    assert_eq!(decoded.show.vehicles[0].trajectory.end_point_m(), Nwu(DVec3::new(0.005, 0.0, 0.0)).to_site());
    for text in ["unknown type 99", "second block of type 1", "yaw inside"] {
        assert!(decoded.notes.iter().any(|n| n.contains(text)), "{text}: {:?}", decoded.notes);
    }
}

#[test]
fn a_block_that_is_too_long_is_refused() {
    let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
    for i in 1..=7300 {
        t.push(100 * i, &[DVec3::new((i % 2) as f64, (i % 3) as f64, (i % 5) as f64)]).unwrap();
    }
    let vehicle = Vehicle::new("d", DVec3::ZERO, t, LightProgram::dark());
    let error = write_skyb(&vehicle, &SkybOptions::default()).unwrap_err();
    assert!(matches!(error, WriteError::TooLarge { .. }));
    assert!(error.to_string().contains("vehicle \"d\": the trajectory, in bytes,"), "{error}");
}

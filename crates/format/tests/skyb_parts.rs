//! Yaw, pyrotechnics and returns to home in .skyb: exact on the grid of the file, within the stated loss beside it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use kapok_format::skyb::{
    ReturnToHomeLoss, RthLayout, RthPlan, RthWriting, Skyb, SkybEvent, SkybExport, SkybOptions, SkybYaw,
    events_from_pyro, pyro_from_events, read_skyb_as, write_skyb,
};
use kapok_format::{ReadBounds, ReadError, WriteError, read_skyb};
use kapok_show::{
    DVec2, DVec3, LightProgram, Neck, Nwu, PyroEvent, PyroPayload, PyroProgram, ReturnAction, ReturnEntry,
    ReturnToHomePlan, Trajectory, Vehicle, YawKey, YawProgram,
};
use proptest::prelude::*;

fn yaw_of(keys: &[(i64, f64)]) -> YawProgram {
    YawProgram::from_keys(keys.iter().map(|&(t_ms, yaw_deg)| YawKey { t_ms, yaw_deg }).collect(), None).unwrap()
}

fn flight() -> Trajectory {
    let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
    t.push(10_000, &[DVec3::new(0.0, 0.0, 20.0)]).unwrap();
    t.push(60_000, &[DVec3::new(25.0, 10.0, 20.0)]).unwrap();
    t
}

fn vehicle() -> Vehicle {
    Vehicle::new("d", DVec3::ZERO, flight(), LightProgram::dark())
}

#[test]
fn the_published_yaw_and_events_are_those_of_a_program() {
    let yaw = yaw_of(&[(0, 45.0), (2000, 135.0), (3000, 105.0)]);
    let stored = SkybYaw { auto_yaw: false, start_decideg: 450, steps: vec![(2000, 900), (1000, -300)] };
    assert_eq!(SkybYaw::from_program(&yaw).unwrap(), (stored.clone(), 0.0));
    assert_eq!(stored.to_program().unwrap(), yaw);
    let payload = PyroPayload { prefire_ms: Some(500), duration_ms: Some(29_500), ..PyroPayload::default() };
    let event = PyroEvent { t_ms: 12_000, channel: 0, payload: "gerb".into() };
    let pyro = PyroProgram { events: vec![event], payloads: [("gerb".to_owned(), payload)].into() };
    let events = vec![SkybEvent::pyro(12_000, 0, true), SkybEvent::pyro(42_000, 0, false)];
    assert_eq!(events_from_pyro(&pyro).unwrap(), events);
    let (back, notes) = pyro_from_events(&events);
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(events_from_pyro(&back.unwrap()).unwrap(), events);
}

#[test]
fn yaw_of_any_shape_is_divided_into_steps() {
    // Before time 0, a long rest, a long slow turn, many circles at once.
    let yaw = yaw_of(&[(-1000, -30.0), (1000, 30.0), (200_001, 30.0), (400_000, 31.07), (410_000, -9000.0)]);
    let (stored, error_deg) = SkybYaw::from_program(&yaw).unwrap();
    assert!(error_deg <= 0.05 + 1e-9, "{error_deg}");
    assert_eq!(stored.start_decideg, 0);
    assert_eq!(stored.steps.iter().map(|s| i64::from(s.0)).sum::<i64>(), 410_000);
    let back = stored.to_program().unwrap();
    for k in 0..=4200 {
        let t_ms = f64::from(k) * 100.0;
        assert!((back.sample_deg(t_ms) - yaw.sample_deg(t_ms)).abs() <= error_deg + 1e-9, "at {t_ms} ms");
        assert!((stored.sample_deg(t_ms) - back.sample_deg(t_ms)).abs() < 1e-9, "at {t_ms} ms");
    }
    for (keys, word) in [
        (&[(0, 3277.0)][..], "3277 degrees"),
        (&[(0, 0.0), (1, 4000.0)], "4000 degrees in 1 ms"),
        (&[(0, 0.0), (i64::MAX, 1.0)], "steps"),
    ] {
        let error = SkybYaw::from_program(&yaw_of(keys)).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    let jump = SkybYaw { steps: vec![(10, 5), (0, 5)], ..SkybYaw::default() };
    assert!(matches!(jump.to_program(), Err(ReadError::BadValue { .. })));
    let pause = SkybYaw { steps: vec![(10, 5), (0, 0)], auto_yaw: true, ..SkybYaw::default() };
    assert_eq!(pause.to_program().unwrap().auto_offset_deg(), Some(0.0));
}

#[test]
fn channels_fired_again_stay_on_to_the_later_end() {
    let payload = |duration_ms| PyroPayload { duration_ms, ..PyroPayload::default() };
    let program = |events: &[(i64, u8, &str)]| PyroProgram {
        events: events.iter().map(|&(t_ms, channel, p)| PyroEvent { t_ms, channel, payload: p.into() }).collect(),
        payloads: [
            ("long".into(), payload(Some(10_000))),
            ("short".into(), payload(Some(1000))),
            ("on".into(), payload(None)),
        ]
        .into(),
    };
    let written = |events: &[(i64, u8, &str)]| {
        let events = events_from_pyro(&program(events)).unwrap();
        events.iter().map(|e| (e.t_ms, e.subtype, e.payload == [0; 4])).collect::<Vec<_>>()
    };
    assert_eq!(
        written(&[(0, 1, "long"), (5000, 1, "short"), (6000, 2, "short"), (9000, 1, "short")]),
        [(0, 1, true), (5000, 1, true), (6000, 2, true), (7000, 2, false), (9000, 1, true), (10_000, 1, false)]
    );
    // One ends as the next begins: off, then on.
    assert_eq!(
        written(&[(0, 1, "short"), (1000, 1, "short")]),
        [(0, 1, true), (1000, 1, false), (1000, 1, true), (2000, 1, false)]
    );
    assert_eq!(written(&[(0, 1, "long"), (5, 1, "on")]), [(0, 1, true), (5, 1, true)]);
    for events in [&[(-1, 0, "on")][..], &[(1 << 32, 0, "on")], &[((1 << 32) - 500, 0, "short")], &[(5, 0, "?")]] {
        assert!(matches!(events_from_pyro(&program(events)), Err(WriteError::NotCarried { .. })), "{events:?}");
    }
    let stray = [SkybEvent::pyro(1, 0, false), SkybEvent { t_ms: 2, kind: 9, subtype: 0, payload: [0; 4] }];
    let (none, notes) = pyro_from_events(&stray);
    assert_eq!((none, notes.len()), (None, 2));
}

fn entry(time_s: u32, action: ReturnAction) -> ReturnEntry {
    ReturnEntry { time_s, action, pre_delay_ms: 0, post_delay_ms: 0, landing_altitude_m: None }
}

/// The published plan, in the words of the vocabulary.
fn published_plan() -> ReturnToHomePlan {
    let target = |x, y, z| Nwu(DVec3::new(x, y, z)).to_site();
    let neck = Some(Neck { height_m: 5.0, duration_ms: 3000 });
    let go = ReturnAction::Straight { target_m: target(30.0, 40.0, 12.0), duration_ms: 50_000, neck };
    let delayed = ReturnEntry { pre_delay_ms: 2000, post_delay_ms: 4000, ..entry(15, go) };
    let above = ReturnAction::KeepAltitude { target_m: target(-4.0, -3.0, 0.0).truncate(), duration_ms: 30_000 };
    ReturnToHomePlan {
        landing_speed_m_s: 1.0,
        landing_altitude_m: 0.0,
        max_acceleration_m_s2: Some(2.0),
        entries: vec![entry(0, ReturnAction::Land), delayed, ReturnEntry { time_s: 30, ..delayed }, entry(45, above)],
    }
}

#[test]
fn the_published_plan_is_read_as_it_is_meant() {
    let hex = |text: &str| -> Vec<u8> { text.split_whitespace().map(|b| u8::from_str_radix(b, 16).unwrap()).collect() };
    let body = hex("00 0a d0 07 e8 03 00 00 02 00  b8 0b a0 0f  70 fe d4 fe  04 00
                    00 00   37 0f f4 01 03 00 b0 04 32 02 04   00 0f   02 0f 01 1e");
    let (plan, notes) =
        RthPlan::decode(&body, RthLayout::Crate01).unwrap().to_plan(RthLayout::Crate01, &flight(), None);
    assert_eq!((plan, notes), (published_plan(), vec![]));
    let body = hex("0a 02 00  b8 0b a0 0f  70 fe d4 fe  04 00
                    10 00   33 0f 00 b0 04 f4 01 03 32 02 04   00 0f 32   20 0f 01 1e");
    let (plan, notes) =
        RthPlan::decode(&body, RthLayout::Released4).unwrap().to_plan(RthLayout::Released4, &flight(), None);
    assert_eq!((plan.landing_speed_m_s, plan.max_acceleration_m_s2), (0.5, None));
    assert_eq!(plan.entries[1], published_plan().entries[1]);
    assert!(notes.iter().any(|n| n.contains("0.5 m/s")) && notes.iter().any(|n| n.contains("for ever")), "{notes:?}");
}

/// Written in a layout and read back: the plan itself, but for what the layout lacks.
#[test]
fn a_plan_on_the_grid_comes_back_in_every_layout() {
    let mut vehicle = vehicle();
    let plan = ReturnToHomePlan {
        landing_altitude_m: 0.5,
        entries: vec![
            ReturnEntry { landing_altitude_m: Some(-1.0), ..published_plan().entries[1] },
            published_plan().entries[3],
        ],
        ..published_plan()
    };
    vehicle.return_to_home = Some(plan.clone());
    for layout in RthLayout::ALL {
        let options = SkybOptions { rth: RthWriting::Layout(layout), ..SkybOptions::default() };
        let SkybExport { bytes, return_to_home, left_out, .. } = write_skyb(&vehicle, &options).unwrap();
        let ReturnToHomeLoss { max_error_m, max_shift_ms, left_out: lacking } = return_to_home.unwrap();
        assert!(max_error_m < 1e-9 && max_shift_ms == 0 && left_out.is_empty(), "{layout:?}: {max_error_m}");
        let decoded = read_skyb_as(&bytes, "d.skyb", Some(layout), &ReadBounds::default()).unwrap();
        let found = decoded.show.vehicles[0].return_to_home.clone().unwrap();
        let mut expected = plan.clone();
        match layout {
            RthLayout::Crate01 => assert_eq!(lacking.len(), 0),
            RthLayout::Main2026 => {
                // The altitude of the descent goes with the target.
                assert_eq!(lacking.len(), 1);
                (expected.landing_speed_m_s, expected.landing_altitude_m) = (0.5, 0.0);
                expected.entries[1].landing_altitude_m = Some(0.5);
            }
            RthLayout::Released4 => {
                assert_eq!(lacking.len(), 3);
                (expected.landing_speed_m_s, expected.landing_altitude_m) = (0.5, 0.0);
                expected.max_acceleration_m_s2 = None;
                expected.entries[0].landing_altitude_m = None;
                // Its readers would fly the last entry for ever.
                expected.entries.push(entry(46, ReturnAction::Land));
            }
        }
        assert_eq!(found, expected, "{layout:?}");
        let again = write_skyb(&decoded.show.vehicles[0], &options).unwrap();
        assert_eq!(again.bytes, bytes, "{layout:?}");
    }
}

#[test]
fn a_plan_needs_a_layout_or_a_decision() {
    let mut vehicle = vehicle();
    vehicle.return_to_home = Some(published_plan());
    let error = write_skyb(&vehicle, &SkybOptions::default()).unwrap_err().to_string();
    assert!(error.contains("vehicle \"d\"") && error.contains("name the layout"), "{error}");
    let options = SkybOptions { rth: RthWriting::LeaveOut, ..SkybOptions::default() };
    let export = write_skyb(&vehicle, &options).unwrap();
    assert!(export.left_out.iter().any(|what| what.contains("return plan")), "{:?}", export.left_out);
    assert_eq!(Skyb::decode(&export.bytes, &ReadBounds::default()).unwrap().rth, None);
    // A plan without entries says what no plan says.
    vehicle.return_to_home = Some(ReturnToHomePlan { entries: Vec::new(), ..published_plan() });
    assert_eq!(write_skyb(&vehicle, &SkybOptions::default()).unwrap().left_out, Vec::<&str>::new());
}

#[test]
fn a_plan_that_fits_no_layout_or_several_is_refused() {
    let limits = ReadBounds::default();
    let with_plan = |body: &[u8]| {
        let mut file = Skyb::decode(&write_skyb(&vehicle(), &SkybOptions::default()).unwrap().bytes, &limits).unwrap();
        file.rth = Some(body.to_vec());
        file.encode().unwrap()
    };
    let none = with_plan(&[1, 2, 3]);
    assert!(matches!(read_skyb(&none, "d.skyb", &limits), Err(ReadError::BadValue { .. })));
    // One entry without points: land at 0 s. It is of the oldest layout only.
    let one = with_plan(&[1, 0, 0, 1, 0, 0x10, 0]);
    assert_eq!(
        read_skyb(&one, "d.skyb", &limits).unwrap().show.vehicles[0].return_to_home.as_ref().unwrap().entries.len(),
        1
    );
    assert!(matches!(read_skyb_as(&one, "d.skyb", Some(RthLayout::Crate01), &limits), Err(ReadError::BadValue { .. })));
}

#[test]
fn durations_are_rounded_so_that_no_move_is_faster() {
    let mut plan = published_plan();
    plan.entries[3].action = ReturnAction::KeepAltitude { target_m: DVec2::new(0.000_4, 3000.0), duration_ms: 30_001 };
    plan.entries[3].pre_delay_ms = 1499;
    let (stored, loss) = RthPlan::from_plan(&plan, RthLayout::Crate01).unwrap();
    assert_eq!((stored.scale, stored.entries[3].duration_s, stored.entries[3].pre_delay_s), (92, 31, 1));
    assert_eq!(loss.max_shift_ms, 999);
    assert!((0.01..=0.046 * 3f64.sqrt()).contains(&loss.max_error_m), "{loss:?}");
    plan.landing_speed_m_s = 70.0;
    assert!(matches!(RthPlan::from_plan(&plan, RthLayout::Crate01), Err(WriteError::NotCarried { .. })));
    plan.entries[3].action = ReturnAction::KeepAltitude { target_m: DVec2::new(0.0, 5000.0), duration_ms: 1 };
    assert!(matches!(RthPlan::from_plan(&plan, RthLayout::Crate01), Err(WriteError::TooLarge { .. })));
    plan.entries[3].action = ReturnAction::KeepAltitude { target_m: DVec2::NAN, duration_ms: 1 };
    assert!(matches!(RthPlan::from_plan(&plan, RthLayout::Crate01), Err(WriteError::NotFinite { .. })));
}

fn any_entry() -> impl Strategy<Value = ReturnEntry> {
    let target = (-200.0..200.0f64, -200.0..200.0f64, 0.0..100.0f64).prop_map(DVec3::from);
    let neck =
        prop::option::of((-3.0..9.0f64, 1i64..9000).prop_map(|(height_m, duration_ms)| Neck { height_m, duration_ms }));
    let action = (0..3, target, 0i64..90_000, neck).prop_map(|(kind, target_m, duration_ms, neck)| match kind {
        0 => ReturnAction::Land,
        1 => ReturnAction::KeepAltitude { target_m: target_m.truncate(), duration_ms },
        _ => ReturnAction::Straight { target_m, duration_ms, neck },
    });
    (1u32..30, action, 0i64..9000, 0i64..9000, prop::option::of(-1.0..9.0f64)).prop_map(
        |(time_s, action, pre_delay_ms, post_delay_ms, landing_altitude_m)| ReturnEntry {
            time_s,
            action,
            pre_delay_ms,
            post_delay_ms,
            landing_altitude_m,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever the program: the yaw read back is within the stated error, and what was read is on the grid.
    #[test]
    fn yaw_keeps_its_stated_error(
        start_ms in -5000i64..100_000,
        steps in prop::collection::vec((1i64..150_000, -700.0..700.0f64), 1..20),
        auto in prop::option::of(Just(0.0)),
    ) {
        let mut t_ms = start_ms;
        let mut keys = Vec::new();
        for (ms, yaw_deg) in steps {
            keys.push(YawKey { t_ms, yaw_deg });
            t_ms += ms;
        }
        let yaw = YawProgram::from_keys(keys, auto).unwrap();
        let (stored, error_deg) = SkybYaw::from_program(&yaw).unwrap();
        prop_assert!(error_deg <= 0.05 + 1e-9);
        let back = stored.to_program().unwrap();
        prop_assert_eq!(back.auto_offset_deg(), auto);
        for k in 0..500 {
            let at_ms = t_ms as f64 * f64::from(k) / 450.0;
            prop_assert!((back.sample_deg(at_ms) - yaw.sample_deg(at_ms)).abs() <= error_deg + 1e-6, "at {} ms", at_ms);
        }
        let (again, more_deg) = SkybYaw::from_program(&back).unwrap();
        prop_assert!(more_deg < 1e-9);
        let again = again.to_program().unwrap();
        for k in 0..100 {
            let at_ms = t_ms as f64 * f64::from(k) / 90.0;
            prop_assert!((back.sample_deg(at_ms) - again.sample_deg(at_ms)).abs() < 1e-9);
        }
    }

    /// Pyrotechnic events come back to the same bytes.
    #[test]
    fn pyro_comes_back_to_the_same_events(
        events in prop::collection::vec((0i64..9000, 0u8..4, 0usize..4), 0..30),
        durations in prop::array::uniform4(prop::option::of(0i64..5000)),
    ) {
        let mut events: Vec<PyroEvent> = events
            .into_iter()
            .map(|(t_ms, channel, p)| PyroEvent { t_ms, channel, payload: format!("p{p}") })
            .collect();
        events.sort_by_key(|e| e.t_ms);
        let payloads = (0..4)
            .map(|p| (format!("p{p}"), PyroPayload { duration_ms: durations[p], ..PyroPayload::default() }))
            .collect();
        let written = events_from_pyro(&PyroProgram { events: events.clone(), payloads }).unwrap();
        prop_assert!(written.is_sorted_by_key(|e| e.t_ms));
        let (back, notes) = pyro_from_events(&written);
        prop_assert!(notes.is_empty(), "{:?}", notes);
        let back = back.unwrap_or_default();
        let fired = |events: &[PyroEvent]| events.iter().map(|e| (e.t_ms, e.channel)).collect::<Vec<_>>();
        prop_assert_eq!(fired(&back.events), fired(&events));
        prop_assert_eq!(events_from_pyro(&back).unwrap(), written);
    }

    /// A plan read back flies within the stated loss of the written one, never faster, in the newest layout.
    #[test]
    fn return_to_home_keep_their_stated_loss(mut entries in prop::collection::vec(any_entry(), 1..8)) {
        let mut time_s = 0;
        for entry in &mut entries {
            time_s += entry.time_s;
            entry.time_s = time_s;
        }
        let plan = ReturnToHomePlan { entries, landing_altitude_m: 0.123, max_acceleration_m_s2: None, ..published_plan() };
        let mut vehicle = vehicle();
        vehicle.return_to_home = Some(plan.clone());
        for layout in RthLayout::ALL {
            let options = SkybOptions { rth: RthWriting::Layout(layout), ..SkybOptions::default() };
            let export = write_skyb(&vehicle, &options).unwrap();
            let loss = export.return_to_home.unwrap();
            let decoded = read_skyb_as(&export.bytes, "d.skyb", Some(layout), &ReadBounds::default()).unwrap();
            let back = decoded.show.vehicles[0].return_to_home.clone().unwrap();
            prop_assert_eq!(&write_skyb(&decoded.show.vehicles[0], &options).unwrap().bytes, &export.bytes);
            for (a, b) in plan.entries.iter().zip(&back.entries) {
                prop_assert_eq!(a.time_s, b.time_s);
                prop_assert!((a.pre_delay_ms - b.pre_delay_ms).abs() <= loss.max_shift_ms.min(500));
                if layout == RthLayout::Crate01 {
                    let way = |plan: &ReturnToHomePlan, e: &ReturnEntry| plan.trajectory_of(e, &flight()).unwrap().end_point_m();
                    prop_assert!(way(&plan, a).distance(way(&back, b)) <= 2.0 * loss.max_error_m + 1e-9);
                }
                match (a.action, b.action) {
                    (ReturnAction::Land, ReturnAction::Land) => {}
                    (
                        ReturnAction::KeepAltitude { target_m: p, duration_ms: d },
                        ReturnAction::KeepAltitude { target_m: q, duration_ms: e },
                    ) => {
                        prop_assert!(p.distance(q) <= loss.max_error_m + 1e-9);
                        prop_assert!(e >= d && e - d <= loss.max_shift_ms);
                    }
                    (
                        ReturnAction::Straight { target_m: p, duration_ms: d, neck: n },
                        ReturnAction::Straight { target_m: q, duration_ms: e, neck: m },
                    ) => {
                        prop_assert!(p.distance(q) <= 2.0 * loss.max_error_m + 1e-9);
                        prop_assert!(e >= d && e - d <= loss.max_shift_ms);
                        prop_assert_eq!(n.is_some(), m.is_some());
                    }
                    (a, b) => prop_assert!(false, "{a:?} became {b:?}"),
                }
            }
        }
    }
}

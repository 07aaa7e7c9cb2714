//! A vehicle through a show's life, second by second as the open firmware was seen to go (show-protocol, section 13), and where this
//! one is stricter.

use kapok_link::dialect::MavMessage;
use kapok_link::{
    Authorization, Command, CommandResult, Demand, FlightMode, FtpPacket, FtpTiming, FtpUpload, GpsTime, Identity,
    LightEffect, LightGroup, LightSignal, Message, Power, Received, SHOW_PATH, ShowPacket, ShowStage, StartConfig,
    StartTime, Strictness, VehicleConfig, VehicleStatus,
};
use kapok_show::{DVec3, Rgb};

use crate::common::{Field, LinkQuality, SHOW, bytes, config, site};

fn start_config(start_s: Option<u32>, authorization: Authorization) -> Message {
    let start = start_s.map_or(StartTime::Clear, StartTime::At);
    StartConfig { start, authorization, countdown_ms: None, offset_ms: None }.packet().message().unwrap()
}

/// Uploads the observed show, sets origin and orientation, loads it.
fn uploaded(config: VehicleConfig) -> Field {
    let mut field = Field::new(config, LinkQuality::PERFECT, 1);
    upload(&mut field);
    field
}

fn upload(field: &mut Field) {
    let mut upload = FtpUpload::new(SHOW_PATH, bytes(SHOW), FtpTiming::default(), 0);
    let receive = |u: &mut FtpUpload, now_ms, message: &Message| {
        if let Message::Other(MavMessage::FILE_TRANSFER_PROTOCOL(data)) = message {
            u.receive(now_ms, &FtpPacket::decode(&data.payload).unwrap());
        }
    };
    field.drive(&mut upload, 20_000, FtpUpload::poll, receive, |u| u.outcome().is_some());
    assert!(upload.outcome().unwrap().is_ok());
    let origin = site().origin;
    let (x, y) = ((origin.latitude_deg * 1e7).round() as i32, (origin.longitude_deg * 1e7).round() as i32);
    field.send(Command::int(31011, [0.0, 0.0, 0.0, 30.0], x, y, 5000.0).into());
    field.send(Command::long(31010, &[0.0]).into());
    field.run(1000);
}

const ONE_SHOW: [ShowStage; 5] =
    [ShowStage::WaitForStart, ShowStage::Takeoff, ShowStage::Performing, ShowStage::Landing, ShowStage::Landed];
const ONE_AGAIN: [ShowStage; 4] = [ShowStage::Init, ShowStage::WaitForStart, ShowStage::Takeoff, ShowStage::Performing];

/// Seconds of the week now.
fn time_s(field: &Field) -> u32 {
    field.body.time.unwrap().time_of_week_ms() / 1000
}

/// Start in `ahead` seconds; stages and their first instants in seconds since the start.
fn stages(field: &mut Field, ahead: u32, authorization: Authorization, until_s: i64) -> Vec<(ShowStage, i64)> {
    let start_s = time_s(field) + ahead;
    let start = GpsTime::from_week(2420, start_s * 1000);
    let mut seen: Vec<(ShowStage, i64)> = vec![(field.vehicle.stage(), 0)];
    seen.clear();
    let mut next_send = field.now_ms;
    loop {
        let elapsed_ms = field.body.time.unwrap().ms_since(start);
        if field.now_ms >= next_send && elapsed_ms < 0 {
            field.send_to(start_config(Some(start_s), authorization), Identity::ALL);
            next_send += 1000;
        }
        field.step();
        if seen.last().is_none_or(|(stage, _)| *stage != field.vehicle.stage()) {
            seen.push((field.vehicle.stage(), elapsed_ms.div_euclid(1000)));
        }
        if elapsed_ms >= until_s * 1000 {
            return seen;
        }
    }
}

fn status_of(field: &mut Field) -> VehicleStatus {
    let heard = field.run(1000);
    let mut statuses = heard.iter().rev().filter_map(|r| match &r.message {
        Message::Other(message) => VehicleStatus::from_packet(&ShowPacket::from_message(message)?),
        _ => None,
    });
    statuses.next().unwrap()
}

fn acks(heard: &[Received], number: u16) -> Vec<CommandResult> {
    let acks = heard.iter().filter_map(|r| match &r.message {
        Message::CommandAck(ack) if ack.number == number => Some(ack.result),
        _ => None,
    });
    acks.collect()
}

fn texts(heard: &[Received]) -> Vec<String> {
    let texts = heard.iter().filter_map(|r| match &r.message {
        Message::Other(MavMessage::STATUSTEXT(text)) => Some(text.text.to_str().unwrap().to_owned()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn one_good_show() {
    let mut field = uploaded(config(1));
    let status = status_of(&mut field);
    assert!(status.show_loaded && status.origin_set && status.orientation_set && !status.start_set, "{status:?}");
    assert_eq!((status.stage, status.boot_count, status.elapsed_s), (ShowStage::WaitForStart, 1, None));
    let start_s = time_s(&field) + 20;
    field.send_to(start_config(Some(start_s), Authorization::Live), Identity::ALL);
    let mut armed_at = None;
    let mut colours = Vec::new();
    let mut highest = 0.0_f64;
    let mut seen = Vec::new();
    for _ in 0..60_000 / 20 {
        field.step();
        let elapsed_ms = field.body.time.unwrap().ms_since(GpsTime::from_week(2420, start_s * 1000));
        if field.vehicle.is_armed() && armed_at.is_none() {
            armed_at = Some(elapsed_ms);
        }
        if [2000, 7000, 12_000].contains(&elapsed_ms) {
            colours.push(field.vehicle.light(field.now_ms));
        }
        highest = highest.max(field.body.at_m.z);
        if seen.last().is_none_or(|(stage, _)| *stage != field.vehicle.stage()) {
            seen.push((field.vehicle.stage(), elapsed_ms / 1000));
        }
    }
    // Armed within a second of T-8 s + the take-off time of 0.375 s.
    assert!((-7700..=-6600).contains(&armed_at.unwrap()), "{armed_at:?}");
    assert_eq!(colours, [Rgb::new(255, 0, 0), Rgb::new(0, 255, 0), Rgb::new(0, 0, 255)]);
    assert!((highest - 8.0).abs() < 0.3, "{highest}");
    let order: Vec<ShowStage> = seen.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(order, ONE_SHOW);
    let at: Vec<i64> = seen.iter().map(|(_, s)| *s).collect();
    assert!(at[1] == 0 && at[2] <= 2 && (21..=22).contains(&at[3]) && at[4] <= 30, "{seen:?}");
    assert!(!field.vehicle.is_armed() && field.body.at_m.truncate().length() < 0.5);
    // Landed is not sticky: a new start, ten seconds ahead and more.
    let again = stages(&mut field, 30, Authorization::Live, 3);
    assert_eq!(again.iter().map(|(s, _)| *s).collect::<Vec<_>>(), ONE_AGAIN);
}

#[test]
fn without_authorization_nothing_flies() {
    for (authorization, colour) in [
        (Authorization::Revoked, None),
        (Authorization::Rehearsal, None),
        (Authorization::LightsOnly, Some(Rgb::new(0, 255, 0))),
    ] {
        let mut field = uploaded(config(1));
        let seen = stages(&mut field, 20, authorization, 7);
        assert_eq!(
            seen.iter().map(|(s, _)| *s).collect::<Vec<_>>(),
            [ShowStage::WaitForStart, ShowStage::Landed],
            "{authorization:?}"
        );
        assert_eq!(seen[1].1, 6, "landed six seconds after the take-off time");
        assert_eq!((field.body.at_m, field.vehicle.is_armed()), (DVec3::ZERO, false));
        if let Some(colour) = colour {
            // Half as bright on the ground.
            assert_eq!(field.vehicle.light(field.now_ms), colour.scaled(0.5));
        }
    }
}

/// Observed: misplaced by 5 m it never arms, gives up 5 s after the take-off time, and stays there.
#[test]
fn a_misplaced_vehicle_gives_up_and_the_error_is_sticky() {
    for strict in [false, true] {
        let strictness = if strict { Strictness::default() } else { Strictness::FIRMWARE };
        let mut field = uploaded(VehicleConfig { strictness, ..config(1) });
        field.body.at_m = DVec3::new(5.0, 0.0, 0.0);
        field.run(1500);
        assert!(status_of(&mut field).not_at_takeoff);
        let seen = stages(&mut field, 20, Authorization::Live, 8);
        assert_eq!(seen, [(ShowStage::WaitForStart, -20), (ShowStage::Error, 5)]);
        let status = status_of(&mut field);
        assert_eq!((status.stage, status.elapsed_s.unwrap() >= 8), (ShowStage::Error, true), "the clock goes on");
        // Put right, uploaded again, started again.
        field.body.at_m = DVec3::ZERO;
        upload(&mut field);
        let seen = stages(&mut field, 20, Authorization::Live, 3);
        let flown = seen.iter().any(|(stage, _)| *stage == ShowStage::Performing);
        assert_eq!(flown, strict, "{seen:?}");
        if !strict {
            assert_eq!(seen, [(ShowStage::Error, -20)]);
            // What the firmware wants: out of the mode and back.
            field.send(Command::long(176, &[1.0, 5.0]).into());
            field.send(Command::long(176, &[1.0, 127.0]).into());
            let seen = stages(&mut field, 20, Authorization::Live, 3);
            assert_eq!(seen.last().unwrap().0, ShowStage::Performing, "{seen:?}");
        }
    }
}

#[test]
fn a_site_that_is_turned_is_no_start() {
    for (strictness, flies) in [(Strictness::default(), false), (Strictness::FIRMWARE, true)] {
        let mut field = uploaded(VehicleConfig { strictness, ..config(1) });
        // The crew has placed it by the plan; the site that was uploaded is turned by 7 degrees.
        field.body.heading_deg = 23.0;
        let seen = stages(&mut field, 20, Authorization::Live, 8);
        assert_eq!(seen.iter().any(|(stage, _)| *stage == ShowStage::Performing), flies, "{seen:?}");
    }
    let mut field = uploaded(config(1));
    field.body.heading_deg = 30.0 - 4.9 + 360.0;
    let seen = stages(&mut field, 20, Authorization::Live, 8);
    assert!(seen.iter().any(|(stage, _)| *stage == ShowStage::Performing), "a compass may be off: {seen:?}");
}

/// Observed: revoked at +9 s, the firmware flew on.
#[test]
fn revoked_in_flight() {
    for (strictness, stage) in
        [(Strictness::FIRMWARE, ShowStage::Performing), (Strictness::default(), ShowStage::ReturnToHome)]
    {
        let mut field = uploaded(VehicleConfig { strictness, ..config(1) });
        let start_s = time_s(&field) + 20;
        stages(&mut field, 20, Authorization::Live, 9);
        field.send_to(start_config(Some(start_s), Authorization::Revoked), Identity::ALL);
        field.run(200);
        assert_eq!(field.vehicle.stage(), stage);
        assert_eq!(status_of(&mut field).authorization, Authorization::Revoked);
        field.run(40_000);
        assert_eq!((field.vehicle.stage(), field.body.at_m.z), (ShowStage::Landed, 0.0));
    }
    // Before the take-off it disarms what it has armed.
    let mut field = uploaded(config(1));
    stages(&mut field, 20, Authorization::Live, -3);
    assert!(field.vehicle.is_armed());
    field.send_to(start_config(None, Authorization::Revoked), Identity::ALL);
    field.run(200);
    assert!(!field.vehicle.is_armed());
}

/// Observed: return to all at +14 s, landed 23 s later; those on the ground leave show mode and come back when authorization is
/// granted.
#[test]
fn the_abort_is_a_mode() {
    let mut field = uploaded(config(1));
    stages(&mut field, 20, Authorization::Live, 14);
    for _ in 0..10 {
        field.send_to(Command::long(20, &[]).into(), Identity::ALL);
    }
    let heard = field.run(1000);
    assert_eq!(acks(&heard, 20), [CommandResult::Accepted; 10], "an answer to each copy");
    assert_eq!((field.vehicle.mode(), field.vehicle.stage()), (FlightMode::ReturnToLaunch, ShowStage::Off));
    field.run(30_000);
    assert_eq!((field.vehicle.is_armed(), field.vehicle.mode()), (false, FlightMode::ReturnToLaunch));
    field.send_to(start_config(None, Authorization::Live), Identity::ALL);
    field.run(200);
    assert_eq!(field.vehicle.mode(), FlightMode::ReturnToLaunch, "live before, live now: no change");
    field.send_to(start_config(None, Authorization::Revoked), Identity::ALL);
    field.send_to(start_config(None, Authorization::Live), Identity::ALL);
    field.run(200);
    assert_eq!((field.vehicle.mode(), field.vehicle.stage()), (FlightMode::Show, ShowStage::WaitForStart));
}

#[test]
fn a_reboot_forgets_the_start_and_keeps_the_site() {
    let mut field = uploaded(config(1));
    field.send_to(start_config(Some(time_s(&field) + 600), Authorization::Live), Identity::ALL);
    let before = status_of(&mut field);
    assert!(before.start_set && before.authorization == Authorization::Live);
    field.send(Command::long(246, &[1.0]).into());
    let heard = field.run(1000);
    assert_eq!(acks(&heard, 246), [CommandResult::Accepted]);
    assert!(matches!(field.vehicle.power(), Power::Booting(_)));
    field.run(4000);
    let after = status_of(&mut field);
    assert_eq!(after.boot_count, before.boot_count + 1);
    assert!(!after.start_set && after.authorization == Authorization::Revoked);
    assert!(after.show_loaded && after.origin_set && after.orientation_set, "an old origin survives");
    assert_eq!(after.stage, ShowStage::WaitForStart);
}

#[test]
fn sleep_and_wake() {
    let mut field = uploaded(config(1));
    field.send(Command::long(246, &[126.0]).into());
    field.run(100);
    let heard = field.run(5000);
    assert!(
        heard.iter().all(|r| matches!(&r.message, Message::Other(MavMessage::HEARTBEAT(_)))),
        "only that it is there"
    );
    assert_eq!(heard.len(), 5);
    field.send(Command::long(20, &[]).into());
    assert_eq!(acks(&field.run(100), 20), [CommandResult::TemporarilyRejected]);
    field.send(Command::long(246, &[127.0]).into());
    field.run(200);
    assert_eq!(field.vehicle.power(), Power::Running);
}

#[test]
fn motors_that_fail_in_the_air_are_an_error() {
    let mut field = uploaded(config(1));
    stages(&mut field, 20, Authorization::Live, 9);
    field.body.motors_failed = true;
    let heard = field.run(400);
    assert_eq!((field.vehicle.stage(), field.vehicle.demand()), (ShowStage::Error, Demand::Off));
    assert!(texts(&heard).contains(&"Motors stopped".to_owned()));
}

#[test]
fn failsafes_leave_the_show() {
    for (name, value, mode) in [
        ("FS_EKF_ACTION", 1.0, FlightMode::Land),
        ("FS_EKF_ACTION", 2.0, FlightMode::AltHold),
        ("BATT_FS_CRT_ACT", 1.0, FlightMode::Land),
        ("BATT_FS_CRT_ACT", 2.0, FlightMode::ReturnToLaunch),
    ] {
        let mut params = config(1).params;
        params.extend([(name.to_owned(), value), ("BATT_CRT_VOLT".to_owned(), 11.0)]);
        let mut field = uploaded(VehicleConfig { params, ..config(1) });
        stages(&mut field, 20, Authorization::Live, 7);
        assert_eq!(field.vehicle.mode(), FlightMode::Show);
        if name == "FS_EKF_ACTION" {
            (field.body.estimator_failed, field.body.has_position) = (true, false);
            field.run(100);
        } else {
            field.body.voltage_v = 10.9;
            field.run(9500);
            assert_eq!(field.vehicle.mode(), FlightMode::Show, "ten seconds");
            field.run(1000);
        }
        assert_eq!(field.vehicle.mode(), mode, "{name} {value}");
        if mode == FlightMode::AltHold {
            assert_eq!(field.vehicle.demand(), Demand::HoldAltitude, "drifts with the wind");
        }
    }
}

/// The geofence acts by its own action; the hard fence stops the motors of one that goes on.
#[test]
fn fences_hold_what_leaves() {
    for (action, hard, mode) in
        [(0.0, 0.0, FlightMode::Show), (2.0, 0.0, FlightMode::Land), (0.0, 1.0, FlightMode::Show)]
    {
        let mut params = config(1).params;
        params.extend(
            [
                ("FENCE_ENABLE", 1.0),
                ("FENCE_TYPE", 2.0),
                ("FENCE_RADIUS", 30.0),
                ("FENCE_ACTION", action),
                ("SHOW_HFENCE_EN", hard),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let mut field = uploaded(VehicleConfig { params, ..config(1) });
        stages(&mut field, 20, Authorization::Live, 7);
        assert!(!status_of(&mut field).fence_breached);
        // Carried away: 31 m, where it has left the fence, then 60 m.
        let carry = |field: &mut Field, x_m: f64, ms: u64| {
            for _ in 0..ms / 20 {
                field.body.at_m = field.body.at_m.with_x(x_m);
                field.step();
            }
        };
        carry(&mut field, 31.0, 400);
        assert!(field.vehicle.status(field.now_ms).fence_breached);
        assert_eq!(field.vehicle.mode(), mode, "{action} {hard}");
        carry(&mut field, 60.0, 4800);
        assert!(field.vehicle.is_armed());
        carry(&mut field, 60.0, 400);
        assert_eq!(field.vehicle.is_armed(), hard == 0.0);
    }
}

#[test]
fn the_take_off_test_and_arming() {
    let mut field = uploaded(config(1));
    field.body.arming = Err("Compass not calibrated");
    field.send(Command::long(400, &[1.0]).into());
    let heard = field.run(200);
    assert_eq!(acks(&heard, 400), [CommandResult::Failed]);
    assert!(texts(&heard).contains(&"Arm: Compass not calibrated".to_owned()));
    field.body.arming = Ok(());
    field.send(Command::long(400, &[1.0]).into());
    field.run(100);
    field.send(Command::long(22, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0]).into());
    field.run(5000);
    assert_eq!((field.vehicle.stage(), field.vehicle.demand()), (ShowStage::Loiter, Demand::Hold));
    assert!(field.body.at_m.z < 2.6, "not to 50 m: {}", field.body.at_m.z);
    field.send(Command::long(400, &[0.0]).into());
    assert_eq!(acks(&field.run(200), 400), [CommandResult::Failed], "not in the air");
}

#[test]
fn unknown_commands_are_answered() {
    let mut field = uploaded(config(1));
    for number in [30_001, 2, 65_535] {
        field.send(Command::long(number, &[]).into());
        assert_eq!(acks(&field.run(200), number), [CommandResult::Unsupported]);
    }
    // 520 and 512 bring the version.
    for command in [Command::long(520, &[1.0]), Command::long(512, &[148.0])] {
        field.send(command.into());
        let heard = field.run(200);
        assert_eq!(acks(&heard, command.number), [CommandResult::Accepted]);
        assert!(heard.iter().any(|r| matches!(&r.message, Message::Other(MavMessage::AUTOPILOT_VERSION(v)) if v.capabilities.bits() == 0x0400_f9ef)));
    }
    field.send(Command::long(512, &[242.0]).into());
    assert!(field.run(200).iter().any(|r| matches!(&r.message, Message::Other(MavMessage::HOME_POSITION(_)))));
    // For another group: accepted, and nothing done.
    field.send_to(Command::int(31010, [3.0, 0.0, 0.0, 0.0], 0, 0x0006_0014, 0.0).into(), Identity::ALL);
    assert_eq!(acks(&field.run(200), 31010), [CommandResult::Accepted]);
    assert_eq!(field.vehicle.mode(), FlightMode::Show);
    field.send_to(Command::int(31010, [3.0, 0.0, 0.0, 0.0], 0, 0x0001_0014, 0.0).into(), Identity::ALL);
    field.run(200);
    assert_eq!(field.vehicle.mode(), FlightMode::ReturnToLaunch, "group 0 is its own");
}

#[test]
fn signals_outshine_the_light_code() {
    let mut field = uploaded(config(1));
    let colour = Rgb::new(10, 20, 30);
    field.send(LightSignal::solid(colour).message());
    field.run(100);
    let to_all = LightSignal::Show {
        colour: Rgb::WHITE,
        duration_ms: 30_000,
        effect: LightEffect::Solid,
        group: LightGroup::All,
    };
    field.send_to(to_all.message(), Identity::ALL);
    field.run(100);
    assert_eq!(field.vehicle.light(field.now_ms), colour, "one to this vehicle alone comes first");
    field.run(30_500);
    assert_ne!(field.vehicle.light(field.now_ms), colour);
    field.send_to(to_all.message(), Identity::ALL);
    field.run(100);
    assert_eq!(field.vehicle.light(field.now_ms), Rgb::WHITE);
    field.send_to(LightSignal::off().message(), Identity::ALL);
    field.run(100);
    assert_ne!(field.vehicle.light(field.now_ms), Rgb::WHITE);
}

#[test]
fn a_start_that_has_passed_means_next_week() {
    let mut field = uploaded(config(1));
    field.send_to(start_config(Some(time_s(&field) - 5), Authorization::Live), Identity::ALL);
    let status = status_of(&mut field);
    assert_eq!(status.elapsed_s, Some(-32_767), "a week is more than the field holds");
    field.run(12_000);
    assert_eq!((field.vehicle.stage(), field.vehicle.is_armed()), (ShowStage::WaitForStart, false));
    // Time of week at 604800 or above leaves, the countdown is for vehicles in countdown mode.
    field.send_to(start_config(Some(700_000), Authorization::Live), Identity::ALL);
    assert!(status_of(&mut field).start_set);
}

#[test]
fn countdown_mode_starts_by_reception() {
    let mut params = config(1).params;
    params.push(("SHOW_SYNC_MODE".to_owned(), 0.0));
    let mut field = uploaded(VehicleConfig { params, ..config(1) });
    let countdown = StartConfig {
        start: StartTime::Leave,
        authorization: Authorization::Live,
        countdown_ms: Some(StartTime::At(12_000)),
        offset_ms: None,
    };
    field.send_to(countdown.packet().message().unwrap(), Identity::ALL);
    field.run(12_000);
    assert_eq!(field.vehicle.stage(), ShowStage::WaitForStart);
    field.run(3000);
    assert!(matches!(field.vehicle.stage(), ShowStage::Takeoff | ShowStage::Performing), "{:?}", field.vehicle.stage());
}

/// The same inputs at the same times give the same frames.
#[test]
fn a_life_is_repeatable() {
    let life = || {
        let mut field = Field::new(config(3), LinkQuality::losing(20), 42);
        upload(&mut field);
        field.send_to(start_config(Some(time_s(&field) + 15), Authorization::Live), Identity::ALL);
        format!("{:?}", field.run(30_000))
    };
    assert_eq!(life(), life());
}

/// Guided by commands, as a plain script does it: up to the altitude that is asked for, not from another mode, not below the ground.
#[test]
fn a_guided_take_off_goes_to_the_altitude_asked_for() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    field.send(Command::long(400, &[1.0]).into());
    field.run(200);
    let takeoff = |height_m: f32| Command::long(22, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, height_m]);
    let results = |heard: Vec<Received>| -> Vec<CommandResult> {
        let ack = |received: &Received| match &received.message {
            Message::CommandAck(ack) => Some(ack.result),
            _ => None,
        };
        heard.iter().filter_map(ack).collect()
    };
    field.send(Command::long(176, &[1.0, 5.0]).into());
    field.run(200);
    field.send(takeoff(9.5).into());
    assert_eq!(results(field.run(200)), [CommandResult::Failed], "not in loiter");
    field.send(Command::long(176, &[1.0, 4.0]).into());
    field.run(200);
    for wrong in [0.0, -3.0, f32::NAN, f32::INFINITY] {
        field.send(takeoff(wrong).into());
        assert_eq!(results(field.run(200)), [CommandResult::Failed], "{wrong}");
    }
    field.send(takeoff(9.5).into());
    assert_eq!(results(field.run(200)), [CommandResult::Accepted]);
    field.run(8000);
    assert!((field.body.at_m.z - 9.5).abs() < 0.6, "{}", field.body.at_m);
    assert_eq!((field.vehicle.demand(), field.vehicle.mode()), (Demand::Hold, FlightMode::Guided));
    field.send(Command::long(21, &[]).into());
    field.run(15_000);
    assert!(!field.vehicle.is_armed() && field.body.at_m.z <= 0.0);
}

//! The ground's machines against real vehicles of this room: fleet, uploads with read-back, what is said to all.

use kapok_link::dialect::MavMessage;
use kapok_link::{
    Authorization, Broadcaster, Command, CommandResult, Fence, FenceArea, FencePoint, FenceTiming, FleetRoster,
    FtpTiming, GpsTime, HeldState, Identity, LightSignal, Message, ReadBack, ReadBackDepth, RosterEvent, ShowPacket,
    ShowSite, ShowStage, StartConfig, StartPlan, StartTime, UploadFailure, UploadPlan, UploadSettings, VehicleConfig,
    VehicleId, VehicleKind, VehicleUpload,
};
use kapok_show::Rgb;
use proptest::prelude::*;

use crate::common::{Field, LinkQuality, SHOW, bytes, config, monday, site};

fn plan() -> UploadPlan {
    let origin = site().origin;
    let e7 = |deg: f64| (deg * 1e7).round() as i32;
    let (latitude_e7, longitude_e7) = (e7(origin.latitude_deg), e7(origin.longitude_deg));
    let corner = |dx: i32, dy: i32| FencePoint {
        latitude_e7: latitude_e7 + dx * 10_000,
        longitude_e7: longitude_e7 + dy * 10_000,
    };
    let corners = vec![corner(-1, -1), corner(-1, 1), corner(1, 1), corner(1, -1)];
    UploadPlan {
        show: bytes(SHOW),
        site: ShowSite { latitude_e7, longitude_e7, amsl_mm: Some(5000), orientation_deg: 30.0 },
        fence: Fence::new(vec![FenceArea::Inclusion(corners)]).unwrap(),
        max_altitude_m: 60.0,
        max_distance_m: 200.0,
        fence_action: 2,
    }
}

fn upload(field: &mut Field, plan: UploadPlan, settings: UploadSettings) -> Option<Result<HeldState, UploadFailure>> {
    let mut upload = VehicleUpload::new(plan, settings, 1).unwrap();
    field.drive(&mut upload, 900_000, VehicleUpload::poll, VehicleUpload::receive, |u| u.outcome().is_some());
    upload.outcome().cloned()
}

fn read_back(field: &mut Field, depth: ReadBackDepth) -> HeldState {
    let mut read = ReadBack::new(depth, FtpTiming::default(), FenceTiming::default(), 77);
    field.drive(&mut read, 900_000, ReadBack::poll, ReadBack::receive, |r| r.outcome().is_some());
    read.outcome().unwrap().clone().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn an_upload_through_loss_is_complete_or_has_its_reason(seed: u64, heavy: bool, whole: bool) {
        let mut field = Field::new(config(1), LinkQuality::losing(if heavy { 30 } else { 5 }), seed);
        let depth = if whole { ReadBackDepth::WholeFile } else { ReadBackDepth::Checksum };
        let settings = UploadSettings { read_back: Some(depth), ..UploadSettings::default() };
        let outcome = upload(&mut field, plan(), settings);
        prop_assert!(outcome.is_some(), "it ends");
        let outcome = outcome.unwrap();
        prop_assert!(heavy || outcome.is_ok(), "{:?}", outcome);
        if let Ok(held) = outcome {
            prop_assert_eq!(held.fingerprint(), plan().held().fingerprint());
            prop_assert_eq!(held.show_len, whole.then_some(64));
            let status = field.vehicle.status(field.now_ms);
            prop_assert!(status.show_loaded && status.origin_set && status.fence_enabled);
        }
    }
}

/// The accident of Orlando in small: a reboot, another show's site on board, all lights green.
#[test]
fn what_a_vehicle_holds_is_read_not_believed() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 3);
    assert!(upload(&mut field, plan(), UploadSettings::default()).unwrap().is_ok());
    let planned = plan();
    for depth in [ReadBackDepth::Checksum, ReadBackDepth::WholeFile] {
        assert_eq!(read_back(&mut field, depth).difference(&planned), None);
    }
    // One digit of the latitude: 1 cm, less than PARAM_VALUE could show.
    let moved = UploadPlan { site: ShowSite { latitude_e7: planned.site.latitude_e7 + 1, ..planned.site }, ..plan() };
    assert!(upload(&mut field, moved, UploadSettings::default()).unwrap().is_ok());
    field.send(Command::long(246, &[1.0]).into());
    field.run(5000);
    let held = read_back(&mut field, ReadBackDepth::Checksum);
    assert_eq!(held.difference(&planned), Some("site"));
    assert_ne!(held.fingerprint(), planned.held().fingerprint());
    // Another fence, another show.
    let wider = UploadPlan { max_distance_m: 250.0, ..plan() };
    assert_eq!(wider.held().difference(&planned), Some("fence"));
    let mut other = bytes(SHOW);
    other[20] ^= 1;
    assert_eq!(UploadPlan { show: other, ..plan() }.held().difference(&planned), Some("show"));
}

#[test]
fn sites_that_vehicles_cannot_hold_are_refused_before_anything_is_sent() {
    let site = plan().site;
    for bad in [
        ShowSite { latitude_e7: 0, ..site },
        ShowSite { orientation_deg: 360.0, ..site },
        ShowSite { orientation_deg: f32::NAN, ..site },
        ShowSite { amsl_mm: Some(10_000_000), ..site },
    ] {
        let refused = VehicleUpload::new(UploadPlan { site: bad, ..plan() }, UploadSettings::default(), 0);
        assert_eq!(refused.unwrap_err(), UploadFailure::Site);
    }
}

#[test]
fn a_fleet_is_found_lost_and_found_again() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 3);
    let mut roster = FleetRoster::new(false);
    let id = VehicleId { network: 4, system: 1 };
    let watch = |field: &mut Field, roster: &mut FleetRoster, ms: u64, hears: bool| {
        for _ in 0..ms / 20 {
            let heard = field.step();
            for received in heard.iter().filter(|_| hears) {
                roster.receive(field.now_ms, 4, received);
            }
            let mut out = Vec::new();
            roster.poll(field.now_ms, &mut out);
            for (to, message) in out {
                assert_eq!(to, id);
                field.send(message);
            }
        }
    };
    watch(&mut field, &mut roster, 3000, true);
    assert_eq!(roster.take_events(), [RosterEvent::Appeared(id), RosterEvent::Recognised(id, VehicleKind::Show)]);
    let contact = roster.contact(id).unwrap();
    assert_eq!((contact.mode, contact.armed, contact.lost), (127, false, false));
    assert_eq!(contact.status.unwrap().0.stage, ShowStage::WaitForStart);
    watch(&mut field, &mut roster, 6100, false);
    assert_eq!(roster.take_events(), [RosterEvent::Lost(id)]);
    field.send(Command::long(246, &[1.0]).into());
    watch(&mut field, &mut roster, 8000, true);
    assert_eq!(roster.take_events(), [RosterEvent::Back(id), RosterEvent::Rebooted(id)]);
}

#[test]
fn streams_that_are_off_are_asked_for() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 3);
    for id in [1.0, 24.0, 33.0] {
        field.send(Command::long(511, &[id, -1.0]).into());
    }
    field.run(100);
    let mut roster = FleetRoster::new(false);
    let mut asked = Vec::new();
    for _ in 0..15_000 / 20 {
        for received in field.step() {
            roster.receive(field.now_ms, 0, &received);
        }
        let mut out = Vec::new();
        roster.poll(field.now_ms, &mut out);
        for (_, message) in out {
            if let Message::Command(command) = &message {
                asked.push((command.number, command.params[0]));
            }
            field.send(message);
        }
    }
    assert_eq!(asked, [(520, 1.0), (511, 1.0), (511, 24.0), (511, 33.0)]);
    let heard = field.run(2000);
    let positions = heard.iter().filter(|r| matches!(&r.message, Message::Other(MavMessage::GLOBAL_POSITION_INT(_))));
    assert_eq!(positions.count(), 4);
}

/// A flood of ids makes no more vehicles than a network has.
#[test]
fn giant_fleets_are_bounded() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 3);
    let heartbeat =
        field.run(1000).into_iter().find(|r| matches!(&r.message, Message::Other(MavMessage::HEARTBEAT(_)))).unwrap();
    let (mut short, mut long) = (FleetRoster::new(false), FleetRoster::new(true));
    for system in 0..70_000 {
        let mut received = heartbeat.clone();
        received.from = Identity { system, component: 1 };
        short.receive(0, 0, &received);
        long.receive(0, 0, &received);
        received.from.component = 240;
        assert_eq!(long.receive(0, 1, &received), None);
    }
    assert_eq!((short.contacts().count(), long.contacts().count()), (250, 65_536));
}

/// What goes out in the given time: when, and what.
fn broadcast(all: &mut Broadcaster, from_ms: u64, to_ms: u64, gps: GpsTime) -> Vec<(u64, Message)> {
    let mut out = Vec::new();
    for now_ms in from_ms..to_ms {
        if let Some(message) = all.poll(now_ms, gps.plus_ms((now_ms - from_ms) as i64)) {
            out.push((now_ms, message));
        }
    }
    out
}

fn config_of(message: &Message) -> Option<StartConfig> {
    let Message::Other(message) = message else { return None };
    StartConfig::from_packet(&ShowPacket::from_message(message)?)
}

#[test]
fn the_start_is_said_each_second_until_it_has_come() {
    let mut all = Broadcaster::default();
    let start = monday().plus_ms(3500);
    all.set_start(StartPlan { start: Some(start), authorization: Authorization::Live });
    let sent = broadcast(&mut all, 0, 8000, monday());
    let configs: Vec<(u64, StartConfig)> = sent.iter().filter_map(|(ms, m)| Some((*ms, config_of(m)?))).collect();
    assert_eq!(configs.len(), 4);
    for (ms, config) in configs {
        assert_eq!((config.start, config.offset_ms), (StartTime::At(100_003), Some(500)));
        assert_eq!(config.countdown_ms, Some(StartTime::At(3500 - ms as u32)));
    }
    all.set_start(StartPlan::default());
    let cleared = broadcast(&mut all, 8000, 11_000, monday().plus_ms(8000));
    let clears = cleared.iter().filter_map(|(_, m)| config_of(m)).filter(|c| c.start == StartTime::Clear);
    assert_eq!(clears.count(), 3, "a cleared start is said on and on");
    let heartbeats = sent.iter().filter(|(_, m)| matches!(m, Message::Other(MavMessage::HEARTBEAT(_))));
    assert_eq!(heartbeats.count(), 8);
}

#[test]
fn commands_come_ten_times_first_and_never_too_close() {
    let mut all = Broadcaster::default();
    all.light(0, Some(Rgb::WHITE));
    all.set_start(StartPlan::default());
    assert!(all.command(Command::long(20, &[])) && all.command(Command::long(21, &[])));
    let sent = broadcast(&mut all, 0, 10_000, monday());
    assert!(sent.windows(2).all(|w| w[1].0 - w[0].0 >= 5));
    let times = |number: u16| -> Vec<u64> {
        sent.iter().filter(|(_, m)| matches!(m, Message::Command(c) if c.number == number)).map(|(ms, _)| *ms).collect()
    };
    assert_eq!((times(20).len(), times(20)[0], times(21).len(), times(21)[0]), (10, 0, 10, 5));
    assert!(times(20).windows(2).all(|w| w[1] - w[0] == 100));
    let lights = sent.iter().filter(|(_, m)| *m == LightSignal::solid(Rgb::WHITE).message()).count();
    assert!((26..=28).contains(&lights), "each 0.2 s for 5 s, then each 3 s: {lights}");
}

/// All of it: found, uploaded, read back, authorised and started by the ground's machines over a bad link; flown; landed.
#[test]
fn a_fleet_of_five_through_a_show() {
    let mut fields: Vec<Field> =
        (1..=5).map(|system| Field::new(config(system), LinkQuality::losing(5), u64::from(system) * 11)).collect();
    for field in &mut fields {
        let held = upload(field, plan(), UploadSettings::default()).unwrap();
        assert_eq!(held.unwrap().fingerprint(), plan().held().fingerprint());
    }
    // Their clocks have run apart while they were uploaded to; the start is far enough for all.
    let latest = fields.iter().map(|f| f.body.time.unwrap()).max().unwrap();
    let start = GpsTime::from_week(2420, (latest.time_of_week_ms() / 1000 + 20) * 1000);
    for field in &mut fields {
        let mut all = Broadcaster::default();
        all.set_start(StartPlan { start: Some(start), authorization: Authorization::Live });
        let (mut stages, mut highest_m) = (Vec::new(), 0.0_f64);
        while field.body.time.unwrap() < start.plus_ms(40_000) {
            if let Some(message) = all.poll(field.now_ms, field.body.time.unwrap()) {
                field.send_to(message, Identity::ALL);
            }
            field.step();
            highest_m = highest_m.max(field.body.at_m.z);
            if stages.last() != Some(&field.vehicle.stage()) {
                stages.push(field.vehicle.stage());
            }
        }
        let order =
            [ShowStage::WaitForStart, ShowStage::Takeoff, ShowStage::Performing, ShowStage::Landing, ShowStage::Landed];
        assert_eq!(stages, order);
        assert!((highest_m - 8.0).abs() < 0.3);
    }
}

/// Firmware that does not know the command for the origin gets it by parameters.
#[test]
fn an_unsupported_origin_goes_by_parameters() {
    let mut field = Field::new(VehicleConfig { ..config(1) }, LinkQuality::PERFECT, 3);
    let mut upload =
        VehicleUpload::new(plan(), UploadSettings { read_back: None, ..UploadSettings::default() }, 1).unwrap();
    let receive = |u: &mut VehicleUpload, now_ms, message: &Message| {
        let mut message = message.clone();
        if let Message::CommandAck(ack) = &mut message
            && ack.number == 31011
        {
            ack.result = CommandResult::Unsupported;
        }
        u.receive(now_ms, &message);
    };
    // The vehicle never hears the command.
    let poll = |u: &mut VehicleUpload, now_ms| {
        u.poll(now_ms).map(|m| {
            if matches!(&m, Message::Command(c) if c.number == 31011) {
                Command::int(31011, [9.0; 4], 0, 0, 0.0).into()
            } else {
                m
            }
        })
    };
    field.drive(&mut upload, 60_000, poll, receive, |u| u.outcome().is_some());
    assert!(upload.outcome().unwrap().is_ok(), "{:?}", upload.outcome());
    let params = field.vehicle.params();
    assert_eq!(params.get("SHOW_ORIENTATION"), Some(30.0));
    // As exact as a 32-bit float.
    let off = params.get("SHOW_ORIGIN_LNG").unwrap() - f64::from(plan().site.longitude_e7);
    assert!(off.abs() <= 64.0, "{off}");
}

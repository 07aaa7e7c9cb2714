//! Datagrams from anywhere: nothing panics, nothing grows, and with signatures nothing changes.

use kapok_link::{
    Authorization, Command, Endpoint, FlightMode, FtpOp, FtpPacket, Identity, Message, Outbox, Signing, SigningKey,
    SigningTime, StartConfig, StartTime, Vehicle, VehicleConfig, parse_frame,
};
use proptest::prelude::*;

use crate::common::{Field, LinkQuality, config, now};

fn key(byte: u8, link_id: u8) -> Signing {
    Signing::new(SigningKey::new([byte; 32]), link_id, SigningTime::default())
}

fn signed_config() -> VehicleConfig {
    VehicleConfig { signing: Some(key(1, 0)), ..config(1) }
}

/// What an attacker would like to change.
fn state(vehicle: &Vehicle, now_ms: u64) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        vehicle.mode(),
        vehicle.stage(),
        vehicle.is_armed(),
        vehicle.params(),
        vehicle.files(),
        vehicle.fence().fence(),
        vehicle.status(now_ms).authorization,
    )
}

/// Messages that would change a vehicle.
fn attacks() -> Vec<Message> {
    let start = StartConfig {
        start: StartTime::At(200_000),
        authorization: Authorization::Live,
        countdown_ms: None,
        offset_ms: None,
    };
    vec![
        Command::long(20, &[]).into(),
        Command::long(400, &[1.0, 21_196.0]).into(),
        Command::long(31010, &[1.0]).into(),
        Command::int(31011, [0.0, 0.0, 0.0, 10.0], 5, 5, 0.0).into(),
        kapok_link::param_set("SHOW_TAKEOFF_ALT", 5.0, kapok_link::dialect::MavParamType::MAV_PARAM_TYPE_REAL32),
        FtpPacket::request(1, FtpOp::Create, 0, b"collmot/show.skyb").message(),
        start.packet().message().unwrap(),
    ]
}

fn datagrams(from: &mut Endpoint, to: Identity, at_ms: u64) -> Vec<Vec<u8>> {
    let mut out = Outbox::default();
    for message in attacks() {
        from.send(message, to, now(at_ms).signing, &mut out);
    }
    out.frames().map(<[u8]>::to_vec).collect()
}

#[test]
fn with_signatures_hostile_datagrams_change_nothing() {
    let mut field = Field::new(signed_config(), LinkQuality::PERFECT, 1);
    let vehicle = Identity::autopilot(1);
    // What the real ground has said before, recorded by the attacker.
    let mut ground = Endpoint::new(Identity::GROUND, Some(key(1, 4)));
    let recorded = datagrams(&mut ground, Identity::autopilot(2), field.now_ms);
    let mut harmless = Outbox::default();
    ground.send(Command::long(520, &[1.0]).into(), vehicle, now(field.now_ms).signing, &mut harmless);
    let mut answers = Outbox::default();
    field.vehicle.receive(now(field.now_ms), harmless.bytes(), &field.body, &mut answers);
    assert_eq!(answers.len(), 2, "the key's holder is heard");
    let before = state(&field.vehicle, field.now_ms);

    let unsigned = datagrams(&mut Endpoint::new(Identity::GROUND, None), vehicle, field.now_ms);
    let wrong_key = datagrams(&mut Endpoint::new(Identity::GROUND, Some(key(2, 4))), vehicle, field.now_ms);
    let foreign =
        datagrams(&mut Endpoint::new(Identity { system: 255, component: 1 }, Some(key(2, 9))), Identity::ALL, 0);
    // Recorded long ago, from a stream that this vehicle does not know.
    let stale = datagrams(&mut Endpoint::new(Identity { system: 253, component: 190 }, Some(key(1, 7))), vehicle, 0);
    let mut changed = datagrams(&mut Endpoint::new(Identity::GROUND, Some(key(1, 4))), vehicle, field.now_ms + 50);
    for bytes in &mut changed {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x40;
    }
    let later_ms = field.now_ms + 120_000;
    field.body.follow(field.vehicle.demand(), 0.0001);
    let mut answers = Outbox::default();
    for bytes in [&recorded, &unsigned, &wrong_key, &foreign, &stale, &changed].into_iter().flatten() {
        field.vehicle.receive(now(later_ms), bytes, &field.body, &mut answers);
    }
    field.vehicle.receive(now(later_ms), harmless.bytes(), &field.body, &mut answers);
    assert!(answers.is_empty(), "nothing is answered either: {} frames", answers.len());
    assert_eq!(state(&field.vehicle, field.now_ms), before);
    let refused = field.vehicle.counts().refused_signatures;
    assert_eq!(refused as usize, recorded.len() + unsigned.len() + wrong_key.len() + foreign.len() + stale.len() + 1);
    assert_eq!(field.vehicle.counts().stream.wrong_checksums as usize, changed.len());
}

/// A signature that was believed is not believed again after a reboot.
#[test]
fn a_reboot_does_not_open_the_door_to_replays() {
    let mut field = Field::new(signed_config(), LinkQuality::PERFECT, 1);
    let mut ground = Endpoint::new(Identity::GROUND, Some(key(1, 4)));
    let mut out = Outbox::default();
    ground.send(Command::long(176, &[1.0, 5.0]).into(), Identity::autopilot(1), now(field.now_ms).signing, &mut out);
    let recorded = out.bytes().to_vec();
    let mut answers = Outbox::default();
    field.vehicle.receive(now(field.now_ms), &recorded, &field.body, &mut answers);
    assert_eq!(field.vehicle.mode(), FlightMode::Loiter);
    field.vehicle.power_on(now(field.now_ms));
    field.run(4000);
    assert_eq!(field.vehicle.mode(), FlightMode::Show);
    field.vehicle.receive(now(field.now_ms), &recorded, &field.body, &mut answers);
    assert_eq!(field.vehicle.mode(), FlightMode::Show);
}

#[test]
fn those_for_others_are_passed_over() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    let before = state(&field.vehicle, field.now_ms);
    let mut answers = Outbox::default();
    for to in [Identity::autopilot(2), Identity { system: 1, component: 154 }, Identity { system: 300, component: 1 }] {
        for bytes in datagrams(&mut Endpoint::new(Identity::GROUND, None), to, 0) {
            // Start and authorization have no addressee: they are for all.
            if parse_frame(&bytes).unwrap().header.message_id != 169 {
                field.vehicle.receive(now(field.now_ms), &bytes, &field.body, &mut answers);
            }
        }
    }
    assert!(answers.is_empty());
    assert_eq!(state(&field.vehicle, field.now_ms), before);
}

/// A vehicle with a long id is reached by the header's target; one with the id 255 is not meant by it.
#[test]
fn long_ids_reach_their_vehicle_only() {
    let mut ground = Endpoint::new(Identity::GROUND, None);
    let mut out = Outbox::default();
    ground.send(Command::long(20, &[]).into(), Identity::autopilot(70_000), now(0).signing, &mut out);
    for (system, mode) in [(70_000, FlightMode::ReturnToLaunch), (255, FlightMode::Show)] {
        let mut field = Field::new(config(system), LinkQuality::PERFECT, 1);
        let mut answers = Outbox::default();
        field.vehicle.receive(now(field.now_ms), out.bytes(), &field.body, &mut answers);
        assert_eq!((field.vehicle.mode(), answers.len()), (mode, usize::from(system == 70_000)));
        for frame in answers.frames() {
            assert_eq!(parse_frame(frame).unwrap().header.system, 70_000);
        }
    }
}

/// A frame with any payload.
fn frame(message_id: u32, payload: &[u8]) -> Vec<u8> {
    use kapok_link::dialect::MavMessage;
    use mavlink::Message as _;
    let mut bytes = vec![0xfd, payload.len() as u8, 0, 0, 1, 254, 190];
    bytes.extend(&message_id.to_le_bytes()[..3]);
    bytes.extend(payload);
    let crc = mavlink::calculate_crc(&bytes[1..], MavMessage::extra_crc(message_id));
    bytes.extend(crc.to_le_bytes());
    bytes
}

const HEARD: [u32; 24] =
    [0, 20, 21, 23, 40, 43, 44, 45, 47, 51, 66, 73, 75, 76, 77, 110, 111, 169, 170, 171, 172, 186, 233, 253];

/// A datagram full of the requests with the largest answers brings back no more than a few of them.
#[test]
fn small_requests_bring_no_flood() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    let list = frame(21, &[1, 1]).repeat(4000);
    let mut answers = Outbox::default();
    field.vehicle.receive(now(field.now_ms), &list, &field.body, &mut answers);
    field.vehicle.tick(now(field.now_ms + 20), &field.body, &mut answers);
    assert!(answers.bytes().len() < 1000, "{} bytes", answers.bytes().len());
}

proptest! {
    #[test]
    fn any_payload_of_any_message_is_survived(frames in prop::collection::vec(
        (prop::sample::select(HEARD.to_vec()), prop::collection::vec(any::<u8>(), 0..=255), any::<bool>()), 1..40))
    {
        let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
        let mut answers = Outbox::default();
        for (message_id, mut payload, aimed) in frames {
            // Half of them carry a target where most messages have it, so that more is reached.
            if aimed {
                for at in [1, 2, 4, 5, 30, 31, 32, 33] {
                    if let Some(byte) = payload.get_mut(at) { *byte = u8::from(at % 2 == 0 || at == 1 || at == 5); }
                }
            }
            field.vehicle.receive(now(field.now_ms), &frame(message_id, &payload), &field.body, &mut answers);
            answers.clear();
            field.step();
        }
        field.run(2000);
        field.vehicle.status(field.now_ms);
    }

    #[test]
    fn any_bytes_are_survived(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 1..20)) {
        let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
        let mut answers = Outbox::default();
        for bytes in &datagrams {
            field.vehicle.receive(now(field.now_ms), bytes, &field.body, &mut answers);
        }
        prop_assert!(answers.is_empty());
    }
}

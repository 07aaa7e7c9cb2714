//! Frames byte for byte as the open server and the open firmware were seen to send them (show-protocol, section 16), and a signed
//! one as pymavlink signs it.

use kapok_link::dialect::{
    AUTOPILOT_VERSION_DATA, HEARTBEAT_DATA, MavAutopilot, MavMessage, MavModeFlag, MavParamType, MavProtocolCapability,
    MavState, MavSysStatusSensor, MavSysStatusSensorExtended, MavType, SYS_STATUS_DATA,
};
use kapok_link::{
    Authorization, Command, CommandAck, CommandResult, Endpoint, Fence, FenceArea, FencePoint, FenceReceiver,
    FenceTiming, FenceUpload, FtpOp, FtpPacket, FtpTiming, FtpUpload, GnssFix, Identity, LightSignal, Message, Outbox,
    ShowPacket, ShowStage, Signing, SigningKey, SigningTime, StartConfig, StartTime, VehicleStatus, file_crc32,
    param_request, param_set, parse_frame,
};
use kapok_show::Rgb;

use crate::common::{SHOW, bytes, hex};

const VEHICLE: Identity = Identity::autopilot(1);

/// The frame's own sequence number, sender and addressee, its message decoded and encoded again: the same bytes.
fn resent(frame: &str) -> (Message, String) {
    let wire = bytes(frame);
    let header = parse_frame(&wire).unwrap().header;
    let from = Identity { system: header.system, component: header.component };
    let mut received = None;
    Endpoint::new(VEHICLE, None).receive(&wire, SigningTime::default(), |r| received = Some(r));
    let received = received.unwrap();
    let to = received.to.unwrap_or(Identity::ALL);
    (received.message.clone(), sent(received.message, from, to, header.sequence))
}

/// A message as the given end sends it.
fn sent(message: Message, from: Identity, to: Identity, sequence: u8) -> String {
    let mut endpoint = Endpoint::new(from, None);
    let (mut out, now) = (Outbox::default(), SigningTime::default());
    for _ in 0..sequence {
        endpoint.send(Command::long(0, &[]).into(), Identity::ALL, now, &mut out);
    }
    out.clear();
    endpoint.send(message, to, now, &mut out);
    hex(out.bytes())
}

fn from_ground(message: Message, to: Identity, sequence: u8) -> String {
    sent(message, Identity::GROUND, to, sequence)
}

fn from_vehicle(message: Message, sequence: u8) -> String {
    sent(message, VEHICLE, Identity::GROUND, sequence)
}

const HEARTBEAT: &str = "fd09000005febe000000000000000608000303602a";
const CAPABILITIES_520: &str =
    "fd20000000febe4c00000000803f00000000000000000000000000000000000000000000000008020101aea5";
const STREAM_511: &str = "fd20000001febe4c00000000803f002474490000000000000000000000000000000000000000ff0101014b78";
const VERSION: &str = "fd4d0000260101940000eff90004000000000000000000000000ff020604000000000000000000000000000000006430653965353666000000000000000000000000000000003364313231396337633463353430346161497e";
const CREATE: &str = "fd20000006febe6e0000000101a0cf00061100000000000000636f6c6c6d6f742f73686f772e736b7962c01d";
const CREATE_ACK: &str = "fd0900006f01016e000000febea1cf00800006be8a";
const WRITE: &str = "fd4e000007febe6e0000000101a2cf00074000000000000000736b79620201adbe6057011d00010000000000000000107017401f018813a00f018813000010401f000002130004ff0000fa010400ff00fa01040000fffa0100e1";
const WRITE_ACK: &str = "fd0900007001016e000000febea3cf00800007d2e7";
const TERMINATE: &str = "fd07000008febe6e0000000101a4cf000100f1";
const CRC: &str = "fd20000009febe6e0000000101a6cf000e1100000000000000636f6c6c6d6f742f73686f772e736b796241e6";
const CRC_ACK: &str = "fd1300007201016e000000febea7cf0080040e000000000000de0a94f140d5";
const RESET: &str = "fd0700000afebe6e0000000101a8cf00028c51";
const ORIGIN: &str = "fd2000000bfebe4b00000000000000000000000000000000000093feebea16cfe8580000facb23790101c230";
const ORIGIN_ACK: &str = "fd0a00007401014d00002379000000000000febeffca";
const PARAM_READ: &str = "fd1100000cfebe140000ffff010146454e43455f414c545f4d41584a78";
const PARAM_VALUE: &str = "fd1900007901011600000000c8429005ffff46454e43455f414c545f4d415800000009abdf";
const PARAM_SET: &str = "fd1700000dfebe17000000002042010146454e43455f414c545f4d415800000009a043";
const MISSION_COUNT: &str = "fd05000010febe2c00000400010101b29b";
const MISSION_REQUEST: &str = "fd0500007d01012800000000febe01b369";
const MISSION_ITEM: &str =
    "fd26000011febe4900000000804000000000000000000000000074e9ebeadfe8e85800000000000089130101000000016de2";
const MISSION_ACK: &str = "fd0400008101012f0000febe00016e25";
const RELOAD: &str = "fd2000001bfebe4c00000000000000000000000000000000000000000000000000000000000022790101145d";
const RELOAD_ACK: &str = "fd0a00008a01014d00002279000000000000febe9b02";
const START_CLEARED: &str = "fd0c000007febea900005c0c0100000080000000008003af";
const START_LIVE: &str = "fd0e000073febea900005c0c015984020001683d00004902533e";
const LIGHTS_OFF: &str = "fd05000002febeba000000002a2a06d6e8";
const SET_MODE_5: &str = "fd20000004febe4c00000000803f0000a0400000000000000000000000000000000000000000b0000101c503";
const RETURN_ALL: &str = "fd1d0000a1febe4c000000000000000000000000000000000000000000000000000000000000142ede";
const FLYING: &str = "fd0900001e01010000007f0000000203d904030e99";
const FLYING_SYSTEM: &str = "fd1f00001f01010100002ffc30532ffc30532ffc305700003831670b0000000000000000000000006330e8";
const STATUS_NOTHING: &str = "fd0e00002b0101a900005b0effffffff000082020001008050ad";
const STATUS_WAITING: &str = "fd0e00008f0101a900005b0e598402000000fc025605f1ffdd1d";
const STATUS_TAKEOFF: &str = "fd0c00000b0101a900005b0e598402000000fc035605a5c1";
const STATUS_PERFORMING: &str = "fd0d0000140101a900005b0e5984020000f8fc04560501401c";
const STATUS_RETURNED: &str = "fd0d0000760101a900005b0e5984020000fcfc0056050eee3e";

#[test]
fn every_frame_is_read_and_written_as_it_was() {
    for frame in [
        HEARTBEAT,
        CAPABILITIES_520,
        STREAM_511,
        VERSION,
        CREATE,
        CREATE_ACK,
        WRITE,
        WRITE_ACK,
        TERMINATE,
        CRC,
        CRC_ACK,
        RESET,
        ORIGIN,
        ORIGIN_ACK,
        PARAM_READ,
        PARAM_VALUE,
        PARAM_SET,
        MISSION_COUNT,
        MISSION_REQUEST,
        MISSION_ITEM,
        MISSION_ACK,
        RELOAD,
        RELOAD_ACK,
        START_CLEARED,
        START_LIVE,
        LIGHTS_OFF,
        SET_MODE_5,
        RETURN_ALL,
        FLYING,
        FLYING_SYSTEM,
        STATUS_NOTHING,
        STATUS_WAITING,
        STATUS_TAKEOFF,
        STATUS_PERFORMING,
        STATUS_RETURNED,
    ] {
        assert_eq!(resent(frame).1, frame);
    }
}

#[test]
fn what_the_ground_says() {
    assert_eq!(from_ground(Command::long(520, &[1.0]).into(), VEHICLE, 0), CAPABILITIES_520);
    assert_eq!(
        from_ground(Command::int(31011, [0.0; 4], -353_632_621, 1_491_652_374, -32_768_000.0).into(), VEHICLE, 11),
        ORIGIN
    );
    assert_eq!(from_ground(Command::long(31010, &[]).into(), VEHICLE, 27), RELOAD);
    assert_eq!(from_ground(Command::long(176, &[1.0, 5.0]).into(), VEHICLE, 4), SET_MODE_5);
    assert_eq!(from_ground(Command::long(20, &[]).into(), Identity::ALL, 161), RETURN_ALL);
    assert_eq!(from_ground(LightSignal::off().message(), Identity::ALL, 2), LIGHTS_OFF);
    assert_eq!(from_ground(param_request("FENCE_ALT_MAX"), VEHICLE, 12), PARAM_READ);
    assert_eq!(
        from_ground(param_set("FENCE_ALT_MAX", 40.0, MavParamType::MAV_PARAM_TYPE_REAL32), VEHICLE, 13),
        PARAM_SET
    );
    let live = StartConfig {
        start: StartTime::At(164_953),
        authorization: Authorization::Live,
        countdown_ms: Some(StartTime::At(15_720)),
        offset_ms: Some(585),
    };
    assert_eq!(from_ground(live.packet().message().unwrap(), Identity::ALL, 0x73), START_LIVE);
    let cleared = StartConfig {
        start: StartTime::Clear,
        authorization: Authorization::Revoked,
        countdown_ms: Some(StartTime::Clear),
        offset_ms: Some(0),
    };
    assert_eq!(from_ground(cleared.packet().message().unwrap(), Identity::ALL, 7), START_CLEARED);
    for (frame, config) in [(START_LIVE, live), (START_CLEARED, cleared)] {
        let (Message::Other(message), _) = resent(frame) else { panic!() };
        assert_eq!(StartConfig::from_packet(&ShowPacket::from_message(&message).unwrap()), Some(config));
    }
}

/// The station's own machine, not a copy of it, sends the observed upload and takes the observed answers.
#[test]
fn an_upload_is_the_observed_exchange() {
    let show = bytes(SHOW);
    let mut upload = FtpUpload::new("collmot/show.skyb", show.clone(), FtpTiming::default(), 0xcfa0);
    let mut expected = [(6, CREATE), (7, WRITE), (8, TERMINATE), (9, CRC), (10, RESET)].into_iter();
    let answer = |op, data: &[u8], sequence| {
        let mut reply = FtpPacket::request(sequence, FtpOp::Ack, 0, data);
        reply.request_op = op;
        (reply, op)
    };
    let crc = 0xf194_0ade_u32.to_le_bytes();
    let answers = [
        answer(FtpOp::Create, &[], 0xcfa1),
        answer(FtpOp::Write, &[], 0xcfa3),
        answer(FtpOp::Terminate, &[], 0xcfa5),
        answer(FtpOp::Crc32, &crc, 0xcfa7),
        answer(FtpOp::Reset, &[], 0xcfa9),
    ];
    for (reply, op) in answers {
        let (sequence, frame) = expected.next().unwrap();
        assert_eq!(from_ground(upload.poll(0).unwrap(), VEHICLE, sequence), frame);
        let seen = match op {
            FtpOp::Create => Some((0x6f, CREATE_ACK)),
            FtpOp::Write => Some((0x70, WRITE_ACK)),
            FtpOp::Crc32 => Some((0x72, CRC_ACK)),
            _ => None,
        };
        if let Some((sequence, frame)) = seen {
            assert_eq!(from_vehicle(reply.message(), sequence), frame);
        }
        upload.receive(1, &reply);
    }
    assert_eq!(upload.outcome().unwrap().unwrap().crc32, 0xf194_0ade);
    assert_eq!(file_crc32(&show), 0xf194_0ade);
}

#[test]
fn what_vehicles_say() {
    assert_eq!(from_vehicle(CommandAck::new(31011, CommandResult::Accepted).into(), 0x74), ORIGIN_ACK);
    assert_eq!(from_vehicle(CommandAck::new(31010, CommandResult::Accepted).into(), 0x8a), RELOAD_ACK);
    let heartbeat = MavMessage::HEARTBEAT(HEARTBEAT_DATA {
        custom_mode: 127,
        mavtype: MavType::MAV_TYPE_QUADROTOR,
        autopilot: MavAutopilot::MAV_AUTOPILOT_ARDUPILOTMEGA,
        base_mode: MavModeFlag::from_bits_retain(0xd9),
        system_status: MavState::MAV_STATE_ACTIVE,
        mavlink_version: 3,
    });
    assert_eq!(from_vehicle(heartbeat.into(), 0x1e), FLYING);
    let version = MavMessage::AUTOPILOT_VERSION(AUTOPILOT_VERSION_DATA {
        capabilities: MavProtocolCapability::from_bits_retain(0x0400_f9ef),
        flight_sw_version: 0x0406_02ff,
        flight_custom_version: *b"d0e9e56f",
        os_custom_version: *b"3d1219c7",
        ..AUTOPILOT_VERSION_DATA::DEFAULT
    });
    let (Message::Other(MavMessage::AUTOPILOT_VERSION(seen)), _) = resent(VERSION) else { panic!() };
    let MavMessage::AUTOPILOT_VERSION(ours) = version else { panic!() };
    assert_eq!((seen.capabilities, seen.flight_sw_version), (ours.capabilities, ours.flight_sw_version));
    let sensors = MavSysStatusSensor::from_bits_retain;
    let system = MavMessage::SYS_STATUS(SYS_STATUS_DATA {
        onboard_control_sensors_present: sensors(0x5330_fc2f),
        onboard_control_sensors_enabled: sensors(0x5330_fc2f),
        onboard_control_sensors_health: sensors(0x5730_fc2f),
        onboard_control_sensors_present_extended: MavSysStatusSensorExtended::empty(),
        onboard_control_sensors_enabled_extended: MavSysStatusSensorExtended::empty(),
        onboard_control_sensors_health_extended: MavSysStatusSensorExtended::empty(),
        voltage_battery: 12_600,
        current_battery: 2919,
        battery_remaining: 99,
        ..SYS_STATUS_DATA::DEFAULT
    });
    assert_eq!(from_vehicle(system.into(), 0x1f), FLYING_SYSTEM);
}

#[test]
fn statuses_say_what_was_seen() {
    let flying = VehicleStatus {
        start: Some((164_953, 0)),
        show_loaded: true,
        start_set: true,
        origin_set: true,
        orientation_set: true,
        fence_enabled: true,
        stage: ShowStage::WaitForStart,
        fix: GnssFix::RtkFixed,
        satellites: 10,
        boot_count: 1,
        authorization: Authorization::Live,
        elapsed_s: Some(-15),
        ..VehicleStatus::default()
    };
    let nothing = VehicleStatus {
        orientation_set: false,
        show_loaded: true,
        time_bad: true,
        stage: ShowStage::WaitForStart,
        fix: GnssFix::None,
        boot_count: 1,
        ..VehicleStatus::default()
    };
    let red = Rgb::new(255, 0, 0);
    for (frame, sequence, status) in [
        (STATUS_WAITING, 0x8f, flying),
        (STATUS_NOTHING, 0x2b, nothing),
        (STATUS_TAKEOFF, 0x0b, VehicleStatus { stage: ShowStage::Takeoff, elapsed_s: Some(0), ..flying }),
        (
            STATUS_PERFORMING,
            0x14,
            VehicleStatus { stage: ShowStage::Performing, elapsed_s: Some(1), light: red, ..flying },
        ),
    ] {
        assert_eq!(from_vehicle(status.packet().message().unwrap(), sequence), frame);
        let (Message::Other(message), _) = resent(frame) else { panic!() };
        assert_eq!(VehicleStatus::from_packet(&ShowPacket::from_message(&message).unwrap()), Some(status));
    }
}

#[test]
fn a_fence_goes_as_observed() {
    let corner = |latitude_e7, longitude_e7| FencePoint { latitude_e7, longitude_e7 };
    // The first corner is the observed one.
    let first = corner(i32::from_le_bytes([0x74, 0xe9, 0xeb, 0xea]), i32::from_le_bytes([0xdf, 0xe8, 0xe8, 0x58]));
    let others =
        [corner(-353_630_000, 1_491_658_000), corner(-353_640_000, 1_491_660_000), corner(-353_640_000, 1_491_650_000)];
    let corners = std::iter::once(first).chain(others).collect();
    let fence = Fence::new(vec![FenceArea::Inclusion(corners)]).unwrap();
    let (mut upload, mut receiver) = (FenceUpload::new(&fence, FenceTiming::default()), FenceReceiver::default());
    let mut heard = Vec::new();
    for now_ms in 0..20 {
        let Some(message) = upload.poll(now_ms) else { break };
        heard.push(from_ground(message.clone(), VEHICLE, 0x10 + now_ms as u8));
        let Message::Other(mav) = &message else { panic!() };
        let answer = receiver.receive(now_ms, Identity::GROUND, mav).unwrap();
        heard.push(from_vehicle(answer.clone(), if now_ms == 0 { 0x7d } else { 0x81 }));
        upload.receive(now_ms, &answer);
    }
    assert_eq!(heard[..3], [MISSION_COUNT, MISSION_REQUEST, MISSION_ITEM]);
    assert_eq!(heard.last().unwrap(), MISSION_ACK);
    assert_eq!(heard.len(), 10, "count, four items, an answer to each");
    assert_eq!((upload.outcome(), receiver.fence()), (Some(Ok(())), &fence));
}

/// Signed by pymavlink 2.4.50: key 00 to 1f, link 5, timestamp 0x123456789a and the next.
#[test]
fn a_signature_is_pymavlinks() {
    let theirs = "fd09010000febe000000000000000608000303f574059a7856341200ddf626b81f8ffd20010001febe4c0000000000000000000000000000000000000000000000000000000000001400010186d3059b78563412009ca93191f325";
    let key = || SigningKey::new(std::array::from_fn(|i| i as u8));
    let mut ours = Endpoint::new(Identity::GROUND, Some(Signing::new(key(), 5, SigningTime::default())));
    let mut out = Outbox::default();
    let stamp = SigningTime::from_count(0x12_3456_789a);
    let (heartbeat, _) = resent(HEARTBEAT);
    ours.send(heartbeat, Identity::ALL, stamp, &mut out);
    ours.send(Command::long(20, &[]).into(), VEHICLE, stamp, &mut out);
    assert_eq!(hex(out.bytes()), theirs);
    let mut vehicle = Endpoint::new(VEHICLE, Some(Signing::new(key(), 0, SigningTime::default())));
    let mut heard = 0;
    vehicle.receive(&bytes(theirs), stamp, |_| heard += 1);
    vehicle.receive(&bytes(theirs), stamp, |_| heard += 1);
    assert_eq!((heard, vehicle.counts().refused_signatures), (2, 2), "once, not twice");
}

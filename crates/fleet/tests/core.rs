//! The twin without sockets.

use std::net::SocketAddr;

use kapok_fleet::{Field, FleetSettings, MAX_DATAGRAM_LEN, Ports, Twin};
use kapok_link::dialect::MavMessage;
use kapok_link::{Command, CommandResult, FlightMode, Identity, Message, Received, command_number};
use kapok_sim::Phase;

use crate::common::{Range, monday, show};

fn vehicle(system: u32) -> Identity {
    Identity::autopilot(system)
}

fn acks(heard: &[Received], number: u16) -> Vec<(u32, CommandResult)> {
    let ack = |received: &Received| match &received.message {
        Message::CommandAck(ack) if ack.number == number => Some((received.from.system, ack.result)),
        _ => None,
    };
    heard.iter().filter_map(ack).collect()
}

/// All datagrams of a minute in which vehicles are commanded, on so many threads.
fn minute(seed: u64, threads: usize) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let settings = FleetSettings {
            seed,
            wind_m_s: 4.0,
            link: "loss=3%,delay=20ms,jitter=50ms".parse().unwrap(),
            ..FleetSettings::default()
        };
        let mut range = Range::new(&Field::grid(300).unwrap(), &settings);
        let mut all = Vec::new();
        for second in 0..60 {
            match second {
                38 => range.send(Command::long(command_number::ARM_DISARM, &[1.0]), Identity::ALL),
                41 => range.send(Command::long(command_number::TAKEOFF, &[]), Identity::ALL),
                50 => range.send(Command::long(command_number::LAND, &[]), vehicle(3)),
                _ => {}
            }
            for _ in 0..50 {
                range.twin.step();
                range.twin.flush(|_, datagrams, _| datagrams.iter().for_each(|bytes| all.extend_from_slice(bytes)));
            }
        }
        assert!(range.twin.fleet().crafts()[..250].iter().filter(|craft| craft.is_airborne()).count() > 200);
        all
    })
}

#[test]
fn the_datagrams_are_a_function_of_the_seed() {
    let first = minute(1, 1);
    assert!(first == minute(1, 2), "the number of threads changes nothing");
    assert!(first != minute(2, 2));
}

#[test]
fn vehicles_boot_and_say_seven_messages_a_second() {
    let mut range = Range::new(&Field::of_show(&show(20)).unwrap(), &FleetSettings::default());
    let heard = range.run(1000);
    assert!(
        heard
            .iter()
            .all(|r| matches!(&r.message, Message::Other(MavMessage::HEARTBEAT(h)) if h.system_status as u8 == 1))
    );
    range.run(9000);
    assert_eq!(range.twin.stages().waiting, 20);
    let heard = range.run(10_000);
    let of = |system: u32| heard.iter().filter(move |received| received.from.system == system);
    for system in 1..=20 {
        // TIMESYNC every ten seconds comes on top.
        assert_eq!(of(system).count(), 71, "{system}");
    }
    let position = of(7).rev().find_map(|received| match &received.message {
        Message::Other(MavMessage::GLOBAL_POSITION_INT(position)) => Some(position),
        _ => None,
    });
    let place = kapok_show::Wgs84 {
        latitude_deg: f64::from(position.unwrap().lat) / 1e7,
        longitude_deg: f64::from(position.unwrap().lon) / 1e7,
        amsl_m: f64::from(position.unwrap().alt) / 1000.0,
    };
    let off = range.twin.site().site_from_wgs84(place) - range.twin.fleet().bodies()[6].position_m;
    assert!(off.length() < 0.2, "{off}");
    let heading_deg = f64::from(position.unwrap().hdg) / 100.0;
    assert!((heading_deg - 30.0).abs() < 5.0, "the heading of the show: {heading_deg}");
}

#[test]
fn vehicles_refuse_sleep_wake_and_reboot() {
    let mut range = Range::new(&Field::grid(2).unwrap(), &FleetSettings::default());
    range.run(10_000);
    range.send(Command::long(command_number::ARM_DISARM, &[1.0]), vehicle(1));
    let heard = range.run(1000);
    assert_eq!(acks(&heard, 400), [(1, CommandResult::Failed)], "its filters have not settled");
    range.run(40_000);
    range.send(Command::long(command_number::ARM_DISARM, &[1.0]), vehicle(1));
    assert_eq!(acks(&range.run(1000), 400), [(1, CommandResult::Accepted)]);
    // Armed, it does not reboot; the other one does, and sleeps, and wakes.
    range.send(Command::long(command_number::REBOOT_SHUTDOWN, &[1.0]), vehicle(1));
    range.send(Command::long(command_number::REBOOT_SHUTDOWN, &[126.0]), vehicle(2));
    let heard = range.run(1000);
    assert_eq!(
        acks(&heard, 246),
        [(1, CommandResult::TemporarilyRejected), (2, CommandResult::Accepted)],
        "{:?}",
        range.twin.stages()
    );
    assert_eq!((range.twin.stages().waiting, range.twin.stages().asleep), (1, 1));
    range.send(Command::long(command_number::REBOOT_SHUTDOWN, &[127.0]), vehicle(2));
    range.run(1000);
    assert_eq!(range.twin.stages().waiting, 2);
    range.send(Command::long(command_number::REBOOT_SHUTDOWN, &[1.0]), vehicle(2));
    range.run(1000);
    assert_eq!(range.twin.stages().booting, 1);
    let heard = range.run(9000);
    assert!(heard.iter().any(|r| r.from.system == 2 && !matches!(r.message, Message::Other(MavMessage::HEARTBEAT(_)))));
}

/// A test of take-off in show mode, a hold, and a landing by command.
#[test]
fn a_vehicle_takes_off_holds_and_lands_by_command() {
    let settings = FleetSettings { wind_m_s: 5.0, ..FleetSettings::default() };
    let mut range = Range::new(&Field::grid(3).unwrap(), &settings);
    range.run(45_000);
    for command in [Command::long(command_number::ARM_DISARM, &[1.0]), Command::long(command_number::TAKEOFF, &[])] {
        range.send(command, vehicle(2));
        range.run(200);
    }
    range.run(15_000);
    let pad = range.twin.fleet().bodies()[0].position_m;
    let off = |range: &Range| range.twin.fleet().bodies()[1].position_m - (pad + kapok_show::DVec3::X * 2.0);
    assert!((off(&range).z - 2.5).abs() < 0.6 && off(&range).truncate().length() < 1.5, "{}", off(&range));
    assert_eq!(range.twin.stages().loitering, 1);
    // AltHold lets the wind have it, PosHold stops it.
    range.send(Command::long(command_number::SET_MODE, &[1.0, 2.0]), vehicle(2));
    range.run(6000);
    let drifted = off(&range).truncate().length();
    assert!(drifted > 3.0, "{drifted}");
    range.send(Command::long(command_number::SET_MODE, &[1.0, 16.0]), vehicle(2));
    range.run(5000);
    let stopped = off(&range);
    range.run(5000);
    assert!((off(&range) - stopped).length() < 0.6, "{} {stopped}", off(&range));
    range.send(Command::long(command_number::LAND, &[]), vehicle(2));
    range.run(30_000);
    assert_eq!(range.twin.fleet().crafts()[1].phase, Phase::Parked);
    let landed = range.twin.vehicles().nth(1).unwrap();
    assert!(!landed.is_armed() && landed.mode() == FlightMode::Land);
}

/// Motors that are stopped in the air by force stop: it falls, and does not arm again.
#[test]
fn a_vehicle_that_is_disarmed_in_the_air_falls() {
    let mut range = Range::new(&Field::grid(1).unwrap(), &FleetSettings::default());
    range.run(45_000);
    range.send(Command::long(command_number::ARM_DISARM, &[1.0]), vehicle(1));
    range.run(200);
    range.send(Command::long(command_number::TAKEOFF, &[]), vehicle(1));
    range.run(10_000);
    range.send(Command::long(command_number::ARM_DISARM, &[0.0]), vehicle(1));
    assert_eq!(acks(&range.run(200), 400), [(1, CommandResult::Failed)], "not without force");
    range.send(Command::long(command_number::ARM_DISARM, &[0.0, 21_196.0]), vehicle(1));
    range.run(5000);
    assert_eq!(range.twin.fleet().crafts()[0].phase, Phase::Down);
    range.send(Command::long(command_number::ARM_DISARM, &[1.0]), vehicle(1));
    assert_eq!(acks(&range.run(200), 400), [(1, CommandResult::Failed)]);
}

#[test]
fn what_is_not_for_the_fleet_changes_nothing() {
    let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let run = |hostile: bool| {
        let mut twin =
            Twin::new(&Field::grid(5).unwrap(), &FleetSettings::default(), &Ports::default(), monday()).unwrap();
        let mut all = Vec::new();
        for step in 0..500u32 {
            if hostile {
                let noise: Vec<u8> =
                    (0..600u32).map(|i| (i.wrapping_mul(step).wrapping_mul(2_654_435_761) >> 13) as u8).collect();
                twin.receive(0, address(40_000 + (step % 200) as u16), &noise);
                twin.receive(7, address(1), &noise);
                twin.receive(0, address(2), &[0xFD; 3]);
                // A system that is not there.
                let mut out = kapok_link::Outbox::default();
                let mut ground = kapok_link::Endpoint::new(Identity::GROUND, None);
                let reboot = Command::long(command_number::REBOOT_SHUTDOWN, &[1.0]);
                for system in [6, 200, 255, 70_000] {
                    ground.send(reboot.into(), vehicle(system), kapok_link::SigningTime::default(), &mut out);
                }
                twin.receive(0, address(14_550), out.bytes());
            }
            twin.step();
            twin.flush(|_, datagrams, listeners| {
                assert_eq!(listeners, [address(14_550)], "noise makes no listener");
                assert!(datagrams.iter().all(|bytes| bytes.len() <= MAX_DATAGRAM_LEN));
                datagrams.iter().for_each(|bytes| all.extend_from_slice(bytes));
            });
        }
        (all, twin.counts())
    };
    let (quiet, _) = run(false);
    let (loud, counts) = run(true);
    assert!(quiet == loud, "the vehicles say the same");
    assert!(counts.datagrams_in == 1500 && counts.refused > 100, "{counts:?}");
}

#[test]
fn settings_that_make_no_sense_are_named() {
    let field = Field::grid(3).unwrap();
    let good = FleetSettings::default();
    let bad = [
        (FleetSettings { wind_m_s: f64::NAN, ..good.clone() }, "wind_m_s is NaN"),
        (FleetSettings { wind_m_s: 41.0, ..good.clone() }, "wind_m_s is 41"),
        (FleetSettings { placement_m: -1.0, ..good.clone() }, "placement_m is -1"),
        (
            FleetSettings { profile: Some("balloon".into()), ..good.clone() },
            "profile is \"balloon\", but there are only",
        ),
    ];
    for (settings, words) in bad {
        let Err(fault) = Twin::new(&field, &settings, &Ports::default(), monday()) else { panic!("{words}") };
        assert!(fault.to_string().contains(words), "{fault}");
    }
    let ports = Ports { base: 65_000, ..Ports::default() };
    assert!(Twin::new(&Field::grid(22_580).unwrap(), &good, &ports, monday()).is_err());
}

//! What goes wrong by the time of the show.

use kapok_fleet::{FaultScript, Field, FleetSettings};
use kapok_link::dialect::MavMessage;
use kapok_link::{Authorization, Identity, Message, Received, StartConfig, StartTime};
use kapok_sim::Fix;

use crate::common::Range;

const DRILL: &str = "\
title = 'All at once'
[[reboot]]
at_s = -5
vehicles = [3]
[[link]]
at_s = 2
for_s = 4
vehicles = [2]
loss = 1.0
[[gnss_loss]]
at_s = 3
for_s = 2
vehicles = ['1']
[[battery]]
at_s = 1
vehicles = [4]
charge = 0.1
[[wind]]
at_s = 0
speed_m_s = 12
over_s = 1
";

fn start(range: &mut Range, ahead_s: u32) {
    let start_s = range.twin.time().time_of_week_ms() / 1000 + ahead_s;
    let authorization = Authorization::Revoked;
    let config = StartConfig { start: StartTime::At(start_s), authorization, countdown_ms: None, offset_ms: None };
    range.send(config.packet().message().unwrap(), Identity::ALL);
}

fn of(heard: &[Received], system: u32) -> usize {
    heard.iter().filter(|received| received.from.system == system).count()
}

#[test]
fn faults_count_from_the_start_that_the_ground_sets() {
    let field = Field::grid(4).unwrap();
    let faults = FaultScript::read("drill.toml", DRILL, &field.names, &field.pads_m).unwrap();
    let settings = FleetSettings { faults: Some(faults), ..FleetSettings::default() };
    let mut range = Range::new(&field, &settings);
    range.run(30_000);
    assert_eq!(
        (range.twin.stages().waiting, range.twin.fleet().wind_m_s(kapok_show::DVec3::Z * 10.0).length()),
        (4, 0.0)
    );
    // A start that is put off before it has come: nothing of the first one happens.
    start(&mut range, 8);
    range.run(1000);
    start(&mut range, 20);
    range.run(14_000);
    assert_eq!(range.twin.stages().waiting, 4, "5.x s before the start");
    range.run(1500);
    assert_eq!((range.twin.stages().waiting, range.twin.stages().booting), (3, 1));
    // Four seconds after the start: no word of the second, no fix of the first, a weak pack, wind.
    range.run(8000);
    let heard = range.run(1000);
    assert_eq!(of(&heard, 2), 0);
    assert!(of(&heard, 1) >= 7 && of(&heard, 4) >= 7);
    let fleet = range.twin.fleet();
    assert_eq!((fleet.receivers()[0].fix, fleet.receivers()[1].fix), (Fix::None, Fix::Fixed));
    assert!((fleet.batteries()[3].charge - 0.1).abs() < 0.01 && fleet.batteries()[0].charge > 0.9);
    let wind = fleet.wind_m_s(kapok_show::DVec3::Z * 10.0).length();
    assert!((6.0..18.0).contains(&wind), "{wind}");
    let fix = heard.iter().rev().find_map(|received| match &received.message {
        Message::Other(MavMessage::GPS_RAW_INT(gps)) if received.from.system == 1 => Some(gps.fix_type as u8),
        _ => None,
    });
    assert_eq!(fix, Some(1), "the ground is told");
    range.run(10_000);
    assert!(of(&range.run(1000), 2) >= 7, "it speaks again");
    assert_eq!(range.twin.fleet().receivers()[0].fix, Fix::Float, "ten seconds after the jam");
}

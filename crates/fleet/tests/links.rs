//! What links do to what is said.

use kapok_fleet::{DatagramMode, Field, FleetSettings, LinkQuality};
use kapok_link::{Command, Identity, Message, command_number};

use crate::common::Range;

fn range(link: &str, datagram: DatagramMode) -> Range {
    let link: LinkQuality = link.parse().unwrap();
    let settings = FleetSettings { link, datagram: Some(datagram), ..FleetSettings::default() };
    Range::new(&Field::grid(250).unwrap(), &settings)
}

/// A tenth of what is said is not heard, each vehicle by itself, in both directions.
#[test]
fn each_vehicle_loses_its_own_packets() {
    let mut range = range("loss=10%", DatagramMode::Message);
    range.run(10_000);
    let heard = range.run(10_000);
    let share = heard.len() as f64 / (250.0 * 71.0);
    assert!((0.89..0.91).contains(&share), "{share}");
    range.send(Command::long(command_number::LAND, &[]), Identity::ALL);
    let heard = range.run(500);
    let answered = heard.iter().filter(|r| matches!(r.message, Message::CommandAck(_))).count();
    // 0.9 · 0.9 · 250 = 202 ± 6.
    assert!((180..=222).contains(&answered), "{answered}");
    let obeyed = range.twin.stages().other_mode;
    assert!((205..=243).contains(&obeyed) && obeyed as usize >= answered, "{obeyed}");
}

/// With delay the fleet is as late as the link, and no frame is lost or cut when many share a datagram.
#[test]
fn delay_makes_late_and_loses_nothing() {
    let mut range = range("delay=500ms", DatagramMode::Tick);
    assert!(range.run(480).is_empty());
    range.run(10_020);
    assert_eq!(range.run(10_000).len(), 250 * 71);
    range.send(Command::long(command_number::LAND, &[]), Identity::ALL);
    let is_ack = |r: &kapok_link::Received| matches!(r.message, Message::CommandAck(_));
    assert!(!range.run(900).iter().any(is_ack));
    assert_eq!(range.run(200).iter().filter(|r| is_ack(r)).count(), 250);
    assert_eq!(range.twin.counts().lost, 0);
}

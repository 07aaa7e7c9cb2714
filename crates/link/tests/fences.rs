//! Fences through bad links: the vehicle asks again, changes its fence as a whole, and shows what it holds.

use kapok_link::dialect::{MISSION_COUNT_DATA, MavMessage, MavMissionResult, MavMissionType};
use kapok_link::{
    Fence, FenceArea, FenceDownload, FenceFailure, FencePoint, FenceReceiver, FenceTiming, FenceUpload, Identity,
    MAX_FENCE_ITEMS, Message,
};
use proptest::prelude::*;

use crate::common::{Field, LinkQuality, config};

fn fence(corners: i32) -> Fence {
    let corner = |i: i32| FencePoint { latitude_e7: 231_064_000 + i * 1000, longitude_e7: 1_133_245_000 - i * i };
    let circle = FenceArea::ExclusionCircle(corner(500), 12.5);
    Fence::new(vec![FenceArea::Inclusion((0..corners).map(corner).collect()), circle]).unwrap()
}

fn send(field: &mut Field, fence: &Fence, limit_ms: u64) -> Option<Result<(), FenceFailure>> {
    let mut upload = FenceUpload::new(fence, FenceTiming::default());
    field.drive(&mut upload, limit_ms, FenceUpload::poll, FenceUpload::receive, |u| u.outcome().is_some());
    upload.outcome()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_fence_survives_loss(seed: u64, corners in 3i32..30, heavy: bool) {
        let mut field = Field::new(config(1), LinkQuality::losing(if heavy { 30 } else { 5 }), seed);
        let wanted = fence(corners);
        match send(&mut field, &wanted, 600_000) {
            // Ends with the fence there, or with a reason and the old one or the new one, never a part.
            Some(Ok(())) => prop_assert_eq!(field.vehicle.fence().fence(), &wanted),
            Some(Err(_)) => prop_assert!([&wanted, &Fence::default()].contains(&field.vehicle.fence().fence())),
            None => prop_assert!(false, "it did not end"),
        }
        let held = field.vehicle.fence().fence().clone();
        let mut download = FenceDownload::new(FenceTiming { retries: 40, ..FenceTiming::default() });
        field.drive(&mut download, 600_000, FenceDownload::poll, |d, _, m| d.receive(m), |d| d.outcome().is_some());
        prop_assert_eq!(download.outcome(), Some(&Ok(held)));
    }
}

#[test]
fn mostly_fences_get_there() {
    let wanted = fence(12);
    let wanted = &wanted;
    let done = |lost: u64| {
        (0..20).filter(move |&seed| {
            let mut field = Field::new(config(1), LinkQuality::losing(lost), seed * 7 + 1);
            send(&mut field, wanted, 600_000) == Some(Ok(()))
        })
    };
    assert_eq!(done(5).count(), 20);
    assert!(done(30).count() >= 15, "{}", done(30).count());
}

fn count(n: u16, mission_type: MavMissionType) -> MavMessage {
    MavMessage::MISSION_COUNT(MISSION_COUNT_DATA { count: n, mission_type, ..MISSION_COUNT_DATA::DEFAULT })
}

fn result(answer: Option<Message>) -> MavMissionResult {
    let Some(Message::Other(MavMessage::MISSION_ACK(ack))) = answer else { panic!("{answer:?}") };
    ack.mavtype
}

#[test]
fn giant_counts_and_strange_missions_are_refused() {
    const FENCE: MavMissionType = MavMissionType::MAV_MISSION_TYPE_FENCE;
    let mut receiver = FenceReceiver::default();
    let mut say = |from, message: &MavMessage| receiver.receive(0, from, message);
    let ground = Identity::GROUND;
    for n in [MAX_FENCE_ITEMS as u16 + 1, u16::MAX] {
        assert_eq!(result(say(ground, &count(n, FENCE))), MavMissionResult::MAV_MISSION_NO_SPACE);
    }
    let mission = count(5, MavMissionType::MAV_MISSION_TYPE_MISSION);
    assert_eq!(result(say(ground, &mission)), MavMissionResult::MAV_MISSION_UNSUPPORTED);
    assert!(say(ground, &count(3, FENCE)).is_some());
    let other = Identity { system: 253, component: 190 };
    assert_eq!(result(say(other, &count(3, FENCE))), MavMissionResult::MAV_MISSION_DENIED, "one at a time");
    assert_eq!(result(say(ground, &count(0, FENCE))), MavMissionResult::MAV_MISSION_ACCEPTED);
}

#[test]
fn a_silent_ground_is_given_up_and_the_old_fence_holds() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    let (old, new) = (fence(5), fence(9));
    assert_eq!(send(&mut field, &old, 60_000), Some(Ok(())));
    let mut upload = FenceUpload::new(&new, FenceTiming::default());
    field.send(upload.poll(field.now_ms).unwrap());
    let heard = field.run(12_000);
    let asked = heard.iter().filter(|r| matches!(&r.message, Message::Other(MavMessage::MISSION_REQUEST(_)))).count();
    assert!((8..=9).contains(&asked), "once, then each second: {asked}");
    let end = heard.iter().find_map(|r| match &r.message {
        Message::Other(MavMessage::MISSION_ACK(ack)) => Some(ack.mavtype),
        _ => None,
    });
    assert_eq!(end, Some(MavMissionResult::MAV_MISSION_OPERATION_CANCELLED));
    assert_eq!(field.vehicle.fence().fence(), &old);
}

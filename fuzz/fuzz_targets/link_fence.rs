#![no_main]

use kapok_link::dialect::{
    MISSION_COUNT_DATA, MISSION_ITEM_INT_DATA, MavCmd, MavFrame, MavMessage, MavMissionType,
};
use kapok_link::{Fence, FenceDownload, FenceReceiver, FenceTiming, Identity, Message};
use libfuzzer_sys::fuzz_target;

const FENCE: MavMissionType = MavMissionType::MAV_MISSION_TYPE_FENCE;

// A fence that a vehicle has taken is one that can be built, and reads back the same.
fuzz_target!(|input: &[u8]| {
    let Some((&count, items)) = input.split_first() else { return };
    let mut vehicle = FenceReceiver::default();
    let from = Identity::GROUND;
    let begin = MISSION_COUNT_DATA { count: u16::from(count), mission_type: FENCE, ..MISSION_COUNT_DATA::DEFAULT };
    vehicle.receive(0, from, &MavMessage::MISSION_COUNT(begin));
    for (seq, item) in items.chunks_exact(12).enumerate() {
        let f = |at: usize| [item[at], item[at + 1], item[at + 2], item[at + 3]];
        let command = match item[0] & 7 {
            0 | 4 | 5 => MavCmd::MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION,
            1 => MavCmd::MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
            2 => MavCmd::MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION,
            3 => MavCmd::MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION,
            _ => MavCmd::MAV_CMD_NAV_WAYPOINT,
        };
        // Small whole numbers, or any bits.
        let param1 = if item[0] & 8 == 0 { f32::from(item[3]) } else { f32::from_le_bytes(f(0)) };
        let data = MISSION_ITEM_INT_DATA {
            param1,
            x: i32::from_le_bytes(f(4)),
            y: i32::from_le_bytes(f(8)),
            seq: seq as u16,
            command,
            frame: MavFrame::MAV_FRAME_GLOBAL,
            mission_type: FENCE,
            ..MISSION_ITEM_INT_DATA::DEFAULT
        };
        vehicle.receive(seq as u64, from, &MavMessage::MISSION_ITEM_INT(data));
    }
    let fence = vehicle.fence().clone();
    assert_eq!(Fence::new(fence.areas().to_vec()), Ok(fence.clone()));
    let mut download = FenceDownload::new(FenceTiming::default());
    for now_ms in 0..1000 {
        let Some(Message::Other(message)) = download.poll(now_ms) else { break };
        if let Some(answer) = vehicle.receive(now_ms, from, &message) {
            download.receive(&answer);
        }
    }
    assert_eq!(download.outcome(), Some(&Ok(fence)));
});

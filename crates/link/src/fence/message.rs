use mavlink::dialects::ardupilotmega::{
    MISSION_ACK_DATA, MISSION_COUNT_DATA, MISSION_ITEM_INT_DATA, MISSION_REQUEST_DATA, MISSION_REQUEST_LIST_DATA,
    MavCmd, MavFrame, MavMessage, MavMissionResult, MavMissionType,
};

use super::area::{FenceItem, FencePoint};
use crate::message::Message;

const FENCE: MavMissionType = MavMissionType::MAV_MISSION_TYPE_FENCE;

/// MISSION_COUNT.
pub(super) fn count(count: usize) -> Message {
    MavMessage::MISSION_COUNT(MISSION_COUNT_DATA {
        count: count as u16,
        mission_type: FENCE,
        ..MISSION_COUNT_DATA::DEFAULT
    })
    .into()
}

/// MISSION_REQUEST: the open server does not hear MISSION_REQUEST_INT (show-protocol, section 9).
pub(super) fn request(seq: usize) -> Message {
    MavMessage::MISSION_REQUEST(MISSION_REQUEST_DATA {
        seq: seq as u16,
        mission_type: FENCE,
        ..MISSION_REQUEST_DATA::DEFAULT
    })
    .into()
}

/// MISSION_REQUEST_LIST.
pub(super) fn request_list() -> Message {
    MavMessage::MISSION_REQUEST_LIST(MISSION_REQUEST_LIST_DATA {
        mission_type: FENCE,
        ..MISSION_REQUEST_LIST_DATA::DEFAULT
    })
    .into()
}

/// MISSION_ACK about a mission of any type.
pub(super) fn ack(result: MavMissionResult, mission_type: MavMissionType) -> Message {
    MavMessage::MISSION_ACK(MISSION_ACK_DATA { mavtype: result, mission_type, ..MISSION_ACK_DATA::DEFAULT }).into()
}

/// MISSION_ITEM_INT.
pub(super) fn item(seq: usize, item: &FenceItem) -> Message {
    let command = match item.command {
        5001 => MavCmd::MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION,
        5002 => MavCmd::MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
        5003 => MavCmd::MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION,
        _ => MavCmd::MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION,
    };
    MavMessage::MISSION_ITEM_INT(MISSION_ITEM_INT_DATA {
        param1: item.p1,
        x: item.point.latitude_e7,
        y: item.point.longitude_e7,
        seq: seq as u16,
        command,
        frame: MavFrame::MAV_FRAME_GLOBAL,
        mission_type: FENCE,
        ..MISSION_ITEM_INT_DATA::DEFAULT
    })
    .into()
}

/// Number and content of an item of a fence; `None` for items of other missions or in another frame.
pub(super) fn item_of(data: &MISSION_ITEM_INT_DATA) -> Option<(usize, FenceItem)> {
    let global = matches!(data.frame, MavFrame::MAV_FRAME_GLOBAL | MavFrame::MAV_FRAME_GLOBAL_INT);
    let point = FencePoint { latitude_e7: data.x, longitude_e7: data.y };
    let item = FenceItem { command: data.command as u32 as u16, p1: data.param1, point };
    (data.mission_type == FENCE && global).then_some((usize::from(data.seq), item))
}

/// Is the mission a fence?
pub(super) fn is_fence(mission_type: MavMissionType) -> bool {
    mission_type == FENCE
}

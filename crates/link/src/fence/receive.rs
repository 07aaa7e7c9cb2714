use mavlink::dialects::ardupilotmega::{MavMessage, MavMissionResult, MavMissionType};

use super::area::{Fence, FenceItem, MAX_FENCE_ITEMS};
use super::message::{ack, count, is_fence, item, item_of, request};
use crate::identity::Identity;
use crate::message::Message;

/// Pause after which an item is asked for again, milliseconds; ArduPilot's.
const ASK_AGAIN_MS: u64 = 1000;
/// Pause after which an upload is given up, milliseconds; ArduPilot's.
const GIVE_UP_MS: u64 = 8000;

#[derive(Clone, Debug)]
struct Incoming {
    from: Identity,
    count: usize,
    items: Vec<FenceItem>,
    ask_ms: u64,
    last_ms: u64,
}

/// A vehicle's end: takes a fence item by item, asks again for items that are lost, shows the fence it has.
///
/// # Guarantees
/// The fence changes as a whole, when all its items have come and make one; until then, and if the upload ends early, the one before
/// holds. A number of items beyond [`MAX_FENCE_ITEMS`] is refused before anything is kept.
///
/// # Source
/// show-protocol, section 9.
#[derive(Clone, Debug, Default)]
pub struct FenceReceiver {
    fence: Fence,
    incoming: Option<Incoming>,
}

impl FenceReceiver {
    /// The fence that holds.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// Puts a fence there without the protocol.
    pub fn set_fence(&mut self, fence: Fence) {
        self.fence = fence;
    }

    /// Takes a message of the mission protocol; the answer to its sender.
    pub fn receive(&mut self, now_ms: u64, from: Identity, message: &MavMessage) -> Option<Message> {
        match message {
            MavMessage::MISSION_COUNT(data) if !is_fence(data.mission_type) => {
                Some(ack(MavMissionResult::MAV_MISSION_UNSUPPORTED, data.mission_type))
            }
            MavMessage::MISSION_COUNT(data) => self.begin(now_ms, from, usize::from(data.count)),
            MavMessage::MISSION_ITEM_INT(data) => self.take(now_ms, from, item_of(data)?),
            MavMessage::MISSION_CLEAR_ALL(data) => {
                let ours = is_fence(data.mission_type) || data.mission_type == MavMissionType::MAV_MISSION_TYPE_ALL;
                if ours {
                    (self.fence, self.incoming) = (Fence::default(), None);
                }
                Some(ack(MavMissionResult::MAV_MISSION_ACCEPTED, data.mission_type))
            }
            MavMessage::MISSION_REQUEST_LIST(data) => {
                let items = if is_fence(data.mission_type) { self.fence.items().len() } else { 0 };
                let Message::Other(MavMessage::MISSION_COUNT(mut answer)) = count(items) else { return None };
                answer.mission_type = data.mission_type;
                Some(MavMessage::MISSION_COUNT(answer).into())
            }
            MavMessage::MISSION_REQUEST(data) if is_fence(data.mission_type) => Some(self.show(data.seq)),
            MavMessage::MISSION_REQUEST_INT(data) if is_fence(data.mission_type) => Some(self.show(data.seq)),
            _ => None,
        }
    }

    /// Asks again for an item that does not come, or gives the upload up; the message and who it is for.
    pub fn poll(&mut self, now_ms: u64) -> Option<(Identity, Message)> {
        let incoming = self.incoming.as_mut().filter(|incoming| incoming.ask_ms <= now_ms)?;
        let from = incoming.from;
        if now_ms.saturating_sub(incoming.last_ms) >= GIVE_UP_MS {
            self.incoming = None;
            let cancelled = MavMissionResult::MAV_MISSION_OPERATION_CANCELLED;
            return Some((from, ack(cancelled, MavMissionType::MAV_MISSION_TYPE_FENCE)));
        }
        incoming.ask_ms = now_ms + ASK_AGAIN_MS;
        Some((from, request(incoming.items.len())))
    }

    /// When [`Self::poll`] has something to send.
    pub fn deadline_ms(&self) -> Option<u64> {
        self.incoming.as_ref().map(|incoming| incoming.ask_ms)
    }

    fn begin(&mut self, now_ms: u64, from: Identity, count: usize) -> Option<Message> {
        let answer = |result| Some(ack(result, MavMissionType::MAV_MISSION_TYPE_FENCE));
        if self.incoming.as_ref().is_some_and(|i| i.from != from && now_ms.saturating_sub(i.last_ms) < GIVE_UP_MS) {
            return answer(MavMissionResult::MAV_MISSION_DENIED);
        }
        if count > MAX_FENCE_ITEMS {
            return answer(MavMissionResult::MAV_MISSION_NO_SPACE);
        }
        if count == 0 {
            (self.fence, self.incoming) = (Fence::default(), None);
            return answer(MavMissionResult::MAV_MISSION_ACCEPTED);
        }
        let ask_ms = now_ms + ASK_AGAIN_MS;
        self.incoming = Some(Incoming { from, count, items: Vec::new(), ask_ms, last_ms: now_ms });
        Some(request(0))
    }

    fn take(&mut self, now_ms: u64, from: Identity, (seq, item): (usize, FenceItem)) -> Option<Message> {
        let incoming = self.incoming.as_mut().filter(|incoming| incoming.from == from)?;
        // Another one than asked for is late or doubled: the pause goes on.
        if seq != incoming.items.len() {
            return None;
        }
        incoming.items.push(item);
        (incoming.ask_ms, incoming.last_ms) = (now_ms + ASK_AGAIN_MS, now_ms);
        if incoming.items.len() < incoming.count {
            return Some(request(incoming.items.len()));
        }
        let fence = Fence::from_items(&incoming.items);
        self.incoming = None;
        let result = match fence {
            Ok(fence) => {
                self.fence = fence;
                MavMissionResult::MAV_MISSION_ACCEPTED
            }
            Err(_) => MavMissionResult::MAV_MISSION_INVALID,
        };
        Some(ack(result, MavMissionType::MAV_MISSION_TYPE_FENCE))
    }

    fn show(&self, seq: u16) -> Message {
        match self.fence.items().get(usize::from(seq)) {
            Some(shown) => item(usize::from(seq), shown),
            None => ack(MavMissionResult::MAV_MISSION_INVALID_SEQUENCE, MavMissionType::MAV_MISSION_TYPE_FENCE),
        }
    }
}

use mavlink::dialects::ardupilotmega::{MavMessage, MavMissionResult, MavMissionType};

use super::area::{Fence, FenceFault, FenceItem, MAX_FENCE_ITEMS};
use super::message::{ack, is_fence, item_of, request, request_list};
use super::upload::{FenceFailure, FenceTiming};
use crate::message::Message;

/// Reads the fence that a vehicle holds: MISSION_REQUEST_LIST, an item at a time, MISSION_ACK.
#[derive(Clone, Debug)]
pub struct FenceDownload {
    timing: FenceTiming,
    /// How many there are, once that is known.
    count: Option<usize>,
    items: Vec<FenceItem>,
    sent: u8,
    due_ms: u64,
    thanks: bool,
    outcome: Option<Result<Fence, FenceFailure>>,
}

impl FenceDownload {
    /// Begins at the next [`Self::poll`].
    pub fn new(timing: FenceTiming) -> Self {
        Self { timing, count: None, items: Vec::new(), sent: 0, due_ms: 0, thanks: false, outcome: None }
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if std::mem::take(&mut self.thanks) {
            return Some(ack(MavMissionResult::MAV_MISSION_ACCEPTED, MavMissionType::MAV_MISSION_TYPE_FENCE));
        }
        if self.outcome.is_some() || (self.sent > 0 && now_ms < self.due_ms) {
            return None;
        }
        if self.sent > self.timing.retries {
            self.outcome = Some(Err(FenceFailure::NoAnswer { sent: self.sent }));
            return None;
        }
        self.sent += 1;
        self.due_ms = now_ms + self.timing.first_ms;
        Some(if self.count.is_some() { request(self.items.len()) } else { request_list() })
    }

    /// Takes a message from the vehicle.
    pub fn receive(&mut self, message: &Message) {
        let Message::Other(message) = message else { return };
        if self.outcome.is_some() || self.sent == 0 {
            return;
        }
        match message {
            MavMessage::MISSION_COUNT(data) if is_fence(data.mission_type) && self.count.is_none() => {
                if usize::from(data.count) > MAX_FENCE_ITEMS {
                    let fault = FenceFault::TooMany(usize::from(data.count));
                    self.outcome = Some(Err(FenceFailure::NoFence(fault)));
                    return;
                }
                self.count = Some(usize::from(data.count));
            }
            MavMessage::MISSION_ITEM_INT(data) if self.count.is_some() => match item_of(data) {
                Some((seq, item)) if seq == self.items.len() => self.items.push(item),
                _ => return,
            },
            MavMessage::MISSION_ACK(data)
                if is_fence(data.mission_type) && data.mavtype != MavMissionResult::MAV_MISSION_ACCEPTED =>
            {
                self.outcome = Some(Err(FenceFailure::Refused(data.mavtype as u32 as u8)));
                return;
            }
            _ => return,
        }
        (self.sent, self.due_ms) = (0, 0);
        if self.count == Some(self.items.len()) {
            self.thanks = true;
            self.outcome = Some(Fence::from_items(&self.items).map_err(FenceFailure::NoFence));
        }
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        if self.thanks {
            return Some(0);
        }
        self.outcome.is_none().then_some(if self.sent == 0 { 0 } else { self.due_ms })
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Result<Fence, FenceFailure>> {
        self.outcome.as_ref()
    }
}

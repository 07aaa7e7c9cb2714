use mavlink::dialects::ardupilotmega::{MavMessage, MavMissionResult};

use super::area::{Fence, FenceFault, FenceItem};
use super::message::{count, is_fence, item};
use crate::message::Message;

/// When the count is sent again, and how long requests are awaited.
///
/// The default is show-protocol, section 2; starting anew after a pause is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FenceTiming {
    /// Time for the first request, or for an item when reading, milliseconds.
    pub first_ms: u64,
    /// Sendings of the same message after the first.
    pub retries: u8,
    /// Time for the next request or the end, milliseconds.
    pub next_ms: u64,
    /// How often the whole is begun again when a request does not come.
    pub restarts: u8,
}

impl Default for FenceTiming {
    fn default() -> Self {
        Self { first_ms: 1500, retries: 5, next_ms: 5000, restarts: 3 }
    }
}

/// Why a fence did not get there, or back.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FenceFailure {
    /// The vehicle does not answer.
    #[error("the vehicle does not answer about the fence ({sent} times asked)")]
    NoAnswer {
        /// How often.
        sent: u8,
    },
    /// It stopped asking for items.
    #[error("the vehicle stopped at item {0} of the fence")]
    Stopped(usize),
    /// It refuses, MAV_MISSION_RESULT.
    #[error("the vehicle refuses the fence with result {0}")]
    Refused(u8),
    /// What it shows is no fence.
    #[error("the vehicle shows something that is no fence: {0}")]
    NoFence(FenceFault),
}

/// Sends a fence: MISSION_COUNT, then every item that the vehicle asks for, as often as it asks.
#[derive(Clone, Debug)]
pub struct FenceUpload {
    items: Vec<FenceItem>,
    timing: FenceTiming,
    sent: u8,
    restarts: u8,
    /// The last item asked for.
    asked: Option<usize>,
    due_ms: u64,
    answer: Option<Message>,
    outcome: Option<Result<(), FenceFailure>>,
}

impl FenceUpload {
    /// Begins at the next [`Self::poll`].
    pub fn new(fence: &Fence, timing: FenceTiming) -> Self {
        let items = fence.items();
        Self { items, timing, sent: 0, restarts: 0, asked: None, due_ms: 0, answer: None, outcome: None }
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if self.outcome.is_some() {
            return None;
        }
        if self.answer.is_some() {
            return self.answer.take();
        }
        if self.sent > 0 && now_ms < self.due_ms {
            return None;
        }
        if let Some(asked) = self.asked {
            if self.restarts >= self.timing.restarts {
                self.outcome = Some(Err(FenceFailure::Stopped(asked)));
                return None;
            }
            self.restarts += 1;
            (self.asked, self.sent) = (None, 0);
        }
        if self.sent > self.timing.retries {
            self.outcome = Some(Err(FenceFailure::NoAnswer { sent: self.sent }));
            return None;
        }
        self.sent += 1;
        self.due_ms = now_ms + self.timing.first_ms;
        Some(count(self.items.len()))
    }

    /// Takes a message from the vehicle.
    pub fn receive(&mut self, now_ms: u64, message: &Message) {
        let Message::Other(message) = message else { return };
        if self.outcome.is_some() || self.sent == 0 {
            return;
        }
        let asked = match message {
            MavMessage::MISSION_REQUEST(data) if is_fence(data.mission_type) => data.seq,
            MavMessage::MISSION_REQUEST_INT(data) if is_fence(data.mission_type) => data.seq,
            MavMessage::MISSION_ACK(data) if is_fence(data.mission_type) => {
                self.outcome = match data.mavtype {
                    // Accepted before the last item was asked for: left over from another upload.
                    MavMissionResult::MAV_MISSION_ACCEPTED if self.asked.map_or(0, |i| i + 1) == self.items.len() => {
                        Some(Ok(()))
                    }
                    MavMissionResult::MAV_MISSION_ACCEPTED | MavMissionResult::MAV_MISSION_INVALID_SEQUENCE => None,
                    refused => Some(Err(FenceFailure::Refused(refused as u32 as u8))),
                };
                return;
            }
            _ => return,
        };
        if let Some(asked_item) = self.items.get(usize::from(asked)) {
            self.asked = Some(usize::from(asked));
            self.due_ms = now_ms + self.timing.next_ms;
            self.answer = Some(item(usize::from(asked), asked_item));
        }
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        let now = self.answer.is_some() || self.sent == 0;
        self.outcome.is_none().then_some(if now { 0 } else { self.due_ms })
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<Result<(), FenceFailure>> {
        self.outcome
    }
}

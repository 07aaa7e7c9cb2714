use mavlink::dialects::ardupilotmega::{MavMessage, MavParamType};

use super::message::{name_of, param_request, param_set};
use crate::message::Message;

/// When a parameter is asked for again.
///
/// The default is show-protocol, section 2: 0.7 s; eleven sendings of each message, as for commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamTiming {
    /// Time for an answer, milliseconds.
    pub timeout_ms: u64,
    /// Sendings of each message.
    pub tries: u8,
}

impl Default for ParamTiming {
    fn default() -> Self {
        Self { timeout_ms: 700, tries: 11 }
    }
}

/// What a vehicle says that it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamHeld {
    /// The value; whole numbers above 2^24 are rounded (show-protocol, section 6).
    pub value: f32,
    /// Its type there.
    pub param_type: MavParamType,
}

/// Why a parameter is not known or not set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParamFailure {
    /// The vehicle does not answer: it is not there, or it has no such parameter.
    #[error("{name} was asked for {tries} times and not answered")]
    NoAnswer {
        /// Which one.
        name: String,
        /// How often.
        tries: u8,
    },
    /// The vehicle holds another value than it was given.
    #[error("{name} is {held} on the vehicle, not {wanted}")]
    Differs {
        /// Which one.
        name: String,
        /// What it was given.
        wanted: f32,
        /// What it holds.
        held: f32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Its type, or only its value, is asked.
    Read,
    Set(MavParamType),
    /// The value was given and not confirmed.
    ReadBack,
}

/// Reads one parameter, or sets it: reads it for its type, gives the value, waits for the value to come back, else reads it again
/// and gives it again.
///
/// # Guarantees
/// Ends well only when the vehicle has stated the value.
///
/// # Source
/// show-protocol, section 6.
#[derive(Clone, Debug)]
pub struct ParamClient {
    name: String,
    wanted: Option<f32>,
    timing: ParamTiming,
    step: Step,
    tries: u8,
    /// How often the value was given.
    given: u8,
    due_ms: u64,
    outcome: Option<Result<ParamHeld, ParamFailure>>,
}

impl ParamClient {
    /// Reads one.
    pub fn read(name: &str, timing: ParamTiming) -> Self {
        let name = name.to_owned();
        Self { name, wanted: None, timing, step: Step::Read, tries: 0, given: 0, due_ms: 0, outcome: None }
    }

    /// Sets one.
    pub fn set(name: &str, value: f32, timing: ParamTiming) -> Self {
        Self { wanted: Some(value), ..Self::read(name, timing) }
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if self.outcome.is_some() || (self.tries > 0 && now_ms < self.due_ms) {
            return None;
        }
        if self.tries > 0 && matches!(self.step, Step::Set(_)) {
            // Not confirmed: asked before it is given again.
            (self.step, self.tries) = (Step::ReadBack, 0);
        }
        if self.tries >= self.timing.tries {
            let failure = ParamFailure::NoAnswer { name: self.name.clone(), tries: self.tries };
            self.outcome = Some(Err(failure));
            return None;
        }
        self.tries += 1;
        self.due_ms = now_ms + self.timing.timeout_ms;
        Some(match (self.step, self.wanted) {
            (Step::Set(param_type), Some(wanted)) => {
                self.given += 1;
                param_set(&self.name, wanted, param_type)
            }
            _ => param_request(&self.name),
        })
    }

    /// Takes a message from the vehicle.
    pub fn receive(&mut self, message: &Message) {
        let Message::Other(MavMessage::PARAM_VALUE(value)) = message else { return };
        if self.outcome.is_some() || self.tries == 0 || name_of(&value.param_id) != self.name {
            return;
        }
        let held = ParamHeld { value: value.param_value, param_type: value.param_type };
        match (self.step, self.wanted) {
            (_, None) => self.outcome = Some(Ok(held)),
            (Step::Read | Step::ReadBack, Some(wanted)) if held.value != wanted && self.given < self.timing.tries => {
                (self.step, self.tries) = (Step::Set(held.param_type), 0);
            }
            // A late answer to the first reading: the one to the setting can still come.
            (Step::Set(_), Some(wanted)) if held.value != wanted => {}
            (_, Some(wanted)) if held.value == wanted => self.outcome = Some(Ok(held)),
            (_, Some(wanted)) => {
                let failure = ParamFailure::Differs { name: self.name.clone(), wanted, held: held.value };
                self.outcome = Some(Err(failure));
            }
        }
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        self.outcome.is_none().then_some(if self.tries == 0 { 0 } else { self.due_ms })
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Result<ParamHeld, ParamFailure>> {
        self.outcome.as_ref()
    }
}

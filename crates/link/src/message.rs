use mavlink::dialects::ardupilotmega::MavMessage;
use mavlink::{MavlinkVersion, Message as _};

use crate::command::{Command, CommandAck};

/// A decoded message.
///
/// Commands and their acknowledgements have types of their own: the codec knows the commands of its dialect only, but one that is
/// unknown has to be answered with UNSUPPORTED.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a message lives for one call and is not kept")]
pub enum Message {
    /// COMMAND_LONG or COMMAND_INT.
    Command(Command),
    /// COMMAND_ACK.
    CommandAck(CommandAck),
    /// Any other message of the dialect, as the codec has it.
    Other(MavMessage),
}

/// A payload that its message cannot have: a value outside an enumeration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("message {message_id} cannot be decoded: {reason}")]
pub struct MessageFault {
    /// Which message.
    pub message_id: u32,
    /// The codec's words.
    pub reason: String,
}

impl From<MavMessage> for Message {
    fn from(message: MavMessage) -> Self {
        Self::Other(message)
    }
}

impl From<Command> for Message {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<CommandAck> for Message {
    fn from(ack: CommandAck) -> Self {
        Self::CommandAck(ack)
    }
}

impl Message {
    /// Reads a payload; zeros that MAVLink 2 has cut off are put back.
    ///
    /// # Errors
    /// [`MessageFault`] for values outside an enumeration.
    pub fn decode(message_id: u32, payload: &[u8]) -> Result<Self, MessageFault> {
        match message_id {
            Command::LONG_ID | Command::INT_ID => Ok(Self::Command(Command::decode(message_id, payload))),
            CommandAck::ID => Ok(Self::CommandAck(CommandAck::decode(payload))),
            _ => MavMessage::parse(MavlinkVersion::V2, message_id, payload)
                .map(Self::Other)
                .map_err(|e| MessageFault { message_id, reason: e.to_string() }),
        }
    }

    /// Writes the payload without its trailing zeros; its length.
    pub(crate) fn encode(&self, payload: &mut [u8; 255]) -> usize {
        match self {
            Self::Command(command) => command.encode(payload),
            Self::CommandAck(ack) => ack.encode(payload),
            Self::Other(message) => message.ser(MavlinkVersion::V2, payload),
        }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        match self {
            Self::Command(command) => command.message_id(),
            Self::CommandAck(_) => CommandAck::ID,
            Self::Other(message) => message.message_id(),
        }
    }

    /// System and component that it is for; 0 is all. `None` for messages without an addressee.
    pub fn addressee(&self) -> Option<(u8, u8)> {
        match self {
            Self::Command(command) => Some((command.target_system, command.target_component)),
            Self::CommandAck(ack) => Some((ack.target_system, ack.target_component)),
            Self::Other(message) => Some((message.target_system_id()?, message.target_component_id()?)),
        }
    }

    /// Writes system and component into a message that has an addressee.
    pub(crate) fn address(&mut self, system: u8, component: u8) {
        match self {
            Self::Command(command) => (command.target_system, command.target_component) = (system, component),
            Self::CommandAck(ack) => (ack.target_system, ack.target_component) = (system, component),
            Self::Other(message) => {
                if let Some(target) = message.target_system_id_mut() {
                    *target = system;
                }
                if let Some(target) = message.target_component_id_mut() {
                    *target = component;
                }
            }
        }
    }
}

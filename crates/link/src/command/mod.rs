//! Commands: what is asked, how it is answered, who asks again.

mod client;
mod codec;
mod number;

pub use client::{CommandClient, CommandFailure, CommandOutcome, CommandTiming};
pub use codec::{Command, CommandAck, CommandPlace, CommandResult};
pub use number::{command_number, inner_group};

use super::codec::{Command, CommandAck, CommandPlace, CommandResult};
use crate::message::Message;

/// When a command is asked again.
///
/// The default is show-protocol, section 2: 2 s, ten retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandTiming {
    /// Time for an answer, milliseconds.
    pub timeout_ms: u64,
    /// Sendings after the first.
    pub retries: u8,
}

impl Default for CommandTiming {
    fn default() -> Self {
        Self { timeout_ms: 2000, retries: 10 }
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// It was answered so; never [`CommandResult::InProgress`].
    Answered(CommandResult),
    /// It was not answered.
    Failed(CommandFailure),
}

/// Why a command has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("command {number} was sent {sent} times and not answered")]
pub struct CommandFailure {
    /// Which command.
    pub number: u16,
    /// How often it was sent.
    pub sent: u8,
}

/// One command to one vehicle: sent, sent again, answered.
///
/// Messages that [`Self::poll`] gives are not addressed; time is the caller's, milliseconds from any origin.
#[derive(Clone, Debug)]
pub struct CommandClient {
    command: Command,
    timing: CommandTiming,
    sent: u8,
    due_ms: u64,
    outcome: Option<CommandOutcome>,
}

impl CommandClient {
    /// Begins at the next [`Self::poll`].
    pub fn new(command: Command, timing: CommandTiming) -> Self {
        Self { command, timing, sent: 0, due_ms: 0, outcome: None }
    }

    /// Which command it is.
    pub fn number(&self) -> u16 {
        self.command.number
    }

    /// What is to be sent now, if anything.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        if self.outcome.is_some() || (self.sent > 0 && now_ms < self.due_ms) {
            return None;
        }
        if self.sent > self.timing.retries {
            let failure = CommandFailure { number: self.command.number, sent: self.sent };
            self.outcome = Some(CommandOutcome::Failed(failure));
            return None;
        }
        let mut command = self.command;
        if let CommandPlace::Long { confirmation, .. } = &mut command.place {
            *confirmation = self.sent;
        }
        self.sent += 1;
        self.due_ms = now_ms + self.timing.timeout_ms;
        Some(command.into())
    }

    /// Takes an acknowledgement from the vehicle; others' are passed over.
    pub fn receive(&mut self, now_ms: u64, ack: &CommandAck) {
        if self.outcome.is_some() || self.sent == 0 || ack.number != self.command.number {
            return;
        }
        if ack.result == CommandResult::InProgress {
            self.due_ms = now_ms + self.timing.timeout_ms;
        } else {
            self.outcome = Some(CommandOutcome::Answered(ack.result));
        }
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        self.outcome.is_none().then_some(if self.sent == 0 { 0 } else { self.due_ms })
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<CommandOutcome> {
        self.outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_times_then_the_reason() {
        let mut client = CommandClient::new(Command::long(20, &[]), CommandTiming::default());
        let mut confirmations = Vec::new();
        let mut now = 0;
        while let Some(due) = client.deadline_ms() {
            now = due;
            if let Some(Message::Command(c)) = client.poll(now) {
                let CommandPlace::Long { confirmation, .. } = c.place else { panic!("a long command") };
                confirmations.push(confirmation);
                assert_eq!(client.poll(now + 1999), None, "one at a time");
            }
        }
        assert_eq!(confirmations, (0..=10).collect::<Vec<_>>());
        assert_eq!(client.outcome(), Some(CommandOutcome::Failed(CommandFailure { number: 20, sent: 11 })));
        assert_eq!(now, 22_000);
    }

    #[test]
    fn its_own_answer_ends_it() {
        let mut client = CommandClient::new(Command::long(20, &[]), CommandTiming::default());
        client.receive(0, &CommandAck::new(20, CommandResult::Accepted));
        assert_eq!(client.outcome(), None, "an answer before the question");
        client.poll(0);
        client.receive(1, &CommandAck::new(21, CommandResult::Denied));
        client.receive(1500, &CommandAck::new(20, CommandResult::InProgress));
        assert_eq!(client.deadline_ms(), Some(3500));
        client.receive(3000, &CommandAck::new(20, CommandResult::Denied));
        assert_eq!(client.outcome(), Some(CommandOutcome::Answered(CommandResult::Denied)));
    }
}

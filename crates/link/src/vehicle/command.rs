use mavlink::dialects::ardupilotmega::MavMessage;

use super::body::Body;
use super::machine::{Now, Power, Vehicle};
use super::mode::FlightMode;
use super::show_file::SHOW_PATH;
use crate::command::{Command, CommandPlace, CommandResult, command_number as number, inner_group};
use crate::message::Message;
use crate::show_packet::ShowStage;

/// p2 of arming and disarming by force.
const FORCE: f32 = 21_196.0;
/// z of an origin without altitude, millimetres.
const NO_AMSL_MM: f32 = -32_768_000.0;
/// What SHOW_ORIGIN_AMSL says then.
const UNSET_AMSL_MM: f64 = -10_000_000.0;

/// What a command does besides its result.
pub(super) struct Obeyed {
    pub result: CommandResult,
    /// Messages to be sent after the acknowledgement.
    pub then: Option<Message>,
}

impl Vehicle {
    /// Does what a command says.
    ///
    /// # Source
    /// show-protocol, section 8; REQUEST_MESSAGE: simulation-and-control, section 2.
    pub(super) fn obey_command(&mut self, now: Now, command: &Command, body: &dyn Body) -> Obeyed {
        let wakes = command.number == number::REBOOT_SHUTDOWN && command.params[0] == 127.0;
        if self.power == Power::Asleep && !wakes {
            return CommandResult::TemporarilyRejected.into();
        }
        if let Some((group, inner)) = inner_group(command) {
            let own = self.params.value("SHOW_GROUP") as u16;
            // A group inside a group is not looked into.
            if group.is_some_and(|group| group != own) || inner_group(&inner).is_some() {
                return CommandResult::Accepted.into();
            }
            return self.obey_one(now, &inner, body);
        }
        self.obey_one(now, command, body)
    }

    fn obey_one(&mut self, now: Now, command: &Command, body: &dyn Body) -> Obeyed {
        let [p1, p2, ..] = command.params;
        let result = match command.number {
            number::RETURN_TO_LAUNCH => self.enter(FlightMode::ReturnToLaunch),
            number::LAND => self.enter(FlightMode::Land),
            number::TAKEOFF => self.take_off_as_told(command),
            number::SET_MODE => match FlightMode::from_number(p2) {
                Some(mode) if p1 == 1.0 => self.enter(mode),
                _ => CommandResult::Denied,
            },
            number::SET_HOME => {
                self.flight.home = self.seen.position;
                CommandResult::Accepted
            }
            number::ARM_DISARM => self.arm_or_disarm(p1, p2 == FORCE, body),
            number::REBOOT_SHUTDOWN => self.reboot(now, p1),
            number::SET_MESSAGE_INTERVAL => {
                if self.streams.set_interval(now.ms, p1 as u32, p2) {
                    CommandResult::Accepted
                } else {
                    CommandResult::Failed
                }
            }
            number::REQUEST_CAPABILITIES | number::REQUEST_MESSAGE => {
                let wanted = if command.number == number::REQUEST_MESSAGE { p1 as u32 } else { 148 };
                return match self.report(wanted, now.ms) {
                    then @ Some(_) => Obeyed { result: CommandResult::Accepted, then },
                    None => CommandResult::Failed.into(),
                };
            }
            number::SHOW_FILE => self.show_file(now.ms, p1),
            number::SHOW_ORIGIN => self.set_origin(command),
            // Calibrations, motor and servo tests: done at once, on the ground.
            241 | 42_424..=42_426 | 42_429 | 209 | 183 if !self.armed => CommandResult::Accepted,
            241 | 42_424..=42_426 | 42_429 | 209 | 183 => CommandResult::TemporarilyRejected,
            _ => CommandResult::Unsupported,
        };
        result.into()
    }

    fn enter(&mut self, mode: FlightMode) -> CommandResult {
        self.set_mode(mode);
        CommandResult::Accepted
    }

    /// In guided mode up to the altitude that is asked for; in show mode a take-off is a test: up to the show's altitude, whatever is
    /// asked for. Then it stays.
    fn take_off_as_told(&mut self, command: &Command) -> CommandResult {
        if !self.armed || !self.seen.on_ground {
            return CommandResult::Failed;
        }
        match self.mode {
            FlightMode::Show => {
                self.flight.takeoff_test = true;
                self.stage = ShowStage::Takeoff;
                self.climb();
                CommandResult::Accepted
            }
            FlightMode::Guided => {
                let height_m = match command.place {
                    CommandPlace::Long { params: [_, _, height_m], .. } => height_m,
                    CommandPlace::Int { z, .. } => z,
                };
                let Some(position) = self.seen.position.filter(|_| height_m > 0.0 && height_m.is_finite()) else {
                    return CommandResult::Failed;
                };
                self.flight.home = Some(position);
                self.flight.guided_climb_amsl_m = Some(position.amsl_m + f64::from(height_m));
                CommandResult::Accepted
            }
            _ => CommandResult::Failed,
        }
    }

    fn arm_or_disarm(&mut self, p1: f32, by_force: bool, body: &dyn Body) -> CommandResult {
        let seen = self.seen;
        if p1 == 0.0 {
            if !seen.on_ground && !by_force {
                return CommandResult::Failed;
            }
            self.disarm();
            return CommandResult::Accepted;
        }
        if p1 != 1.0 {
            return CommandResult::Denied;
        }
        if !by_force && let Err(reason) = body.check_arming() {
            self.say(format!("Arm: {reason}"));
            return CommandResult::Failed;
        }
        self.arm(&seen);
        CommandResult::Accepted
    }

    fn reboot(&mut self, now: Now, p1: f32) -> CommandResult {
        if self.armed {
            return CommandResult::TemporarilyRejected;
        }
        match p1 {
            // It boots when the acknowledgement is out: see `obey`.
            1.0 | 2.0 | 3.0 => {}
            126.0 => self.power = Power::Asleep,
            127.0 if self.power == Power::Asleep => self.power = Power::Booting(now.ms),
            127.0 => {}
            _ => return CommandResult::Denied,
        }
        CommandResult::Accepted
    }

    fn show_file(&mut self, now_ms: u64, p1: f32) -> CommandResult {
        if self.armed {
            return CommandResult::TemporarilyRejected;
        }
        match p1 {
            // Accepted without a file too: the status says whether there is a show.
            0.0 => {
                self.load_show();
                let fresh = self.held.as_ref().is_some_and(|held| held.times.is_some());
                let clears = self.config.strictness.upload_clears_error;
                if self.stage == ShowStage::Error && fresh && clears && self.seen.on_ground {
                    // A start that has passed would be an error again: as after a landing, the next one counts.
                    let passed = self.to_takeoff_ms(now_ms).is_some_and(|ms| ms >= 0);
                    self.stage = if passed { ShowStage::Landed } else { ShowStage::Init };
                }
                CommandResult::Accepted
            }
            1.0 => {
                // There may be none.
                let _ = self.files.remove(SHOW_PATH);
                self.held = None;
                CommandResult::Accepted
            }
            2.0 => CommandResult::Accepted,
            _ => CommandResult::Denied,
        }
    }

    fn set_origin(&mut self, command: &Command) -> CommandResult {
        let CommandPlace::Int { x, y, z, .. } = command.place else { return CommandResult::Unsupported };
        if command.params[0] != 0.0 {
            return CommandResult::Unsupported;
        }
        let amsl_mm = if z == NO_AMSL_MM { UNSET_AMSL_MM } else { f64::from(z) };
        let orientation_deg = f64::from(command.params[3]).rem_euclid(360.0);
        let wanted = [
            ("SHOW_ORIGIN_LAT", f64::from(x)),
            ("SHOW_ORIGIN_LNG", f64::from(y)),
            ("SHOW_ORIGIN_AMSL", amsl_mm),
            ("SHOW_ORIENTATION", orientation_deg),
        ];
        let mut changed = self.params.clone();
        if wanted.into_iter().any(|(name, value)| changed.set(name, value).is_err()) {
            return CommandResult::Denied;
        }
        self.params = changed;
        CommandResult::Accepted
    }

    /// What a text becomes.
    pub(super) fn text_message(text: &str) -> Message {
        use mavlink::dialects::ardupilotmega::{MavSeverity, STATUSTEXT_DATA};
        let mut bytes = [0; 50];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        MavMessage::STATUSTEXT(STATUSTEXT_DATA {
            severity: MavSeverity::MAV_SEVERITY_CRITICAL,
            text: mavlink::types::CharArray::new(bytes),
            ..STATUSTEXT_DATA::DEFAULT
        })
        .into()
    }
}

impl From<CommandResult> for Obeyed {
    fn from(result: CommandResult) -> Self {
        Self { result, then: None }
    }
}

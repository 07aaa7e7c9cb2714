use std::collections::VecDeque;

use kapok_show::Rgb;
use mavlink::dialects::ardupilotmega::{HEARTBEAT_DATA, MavAutopilot, MavMessage, MavModeFlag, MavState, MavType};

use crate::command::Command;
use crate::gps_time::GpsTime;
use crate::light_signal::LightSignal;
use crate::message::Message;
use crate::show_packet::{Authorization, StartConfig, StartTime};

/// Between two packets to all, milliseconds (show-protocol, section 2).
const SPACING_MS: u64 = 5;
/// A command to all is sent this often, this far apart, milliseconds.
const COMMAND_COPIES: u8 = 10;
const COMMAND_SPACING_MS: u64 = 100;
/// The station's heartbeat and START_CONFIG, milliseconds.
const SECOND_MS: u64 = 1000;
/// A changed light is repeated often at first, then seldom, milliseconds.
const LIGHT_OFTEN_MS: u64 = 200;
const LIGHT_OFTEN_FOR_MS: u64 = 5000;
const LIGHT_SELDOM_MS: u64 = 3000;
/// Corrections that wait; older ones are dropped.
const MAX_WAITING: usize = 64;
/// Commands to all at the same time.
const MAX_COMMANDS: usize = 8;

/// What START_CONFIG says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartPlan {
    /// The start.
    pub start: Option<GpsTime>,
    /// What vehicles may do.
    pub authorization: Authorization,
}

impl StartPlan {
    fn config(self, now: GpsTime) -> StartConfig {
        let (start, countdown, offset_ms) = match self.start {
            None => (StartTime::Clear, StartTime::Clear, 0),
            Some(start) => {
                let to_start_ms = start.ms_since(now).max(0);
                let time_of_week_ms = start.time_of_week_ms();
                let countdown = u32::try_from(to_start_ms).map_or(StartTime::Leave, StartTime::At);
                (StartTime::At(time_of_week_ms / 1000), countdown, (time_of_week_ms % 1000) as u16)
            }
        };
        let (authorization, countdown_ms) = (self.authorization, Some(countdown));
        StartConfig { start, authorization, countdown_ms, offset_ms: Some(offset_ms) }
    }
}

#[derive(Clone, Copy, Debug)]
struct Repeated {
    command: Command,
    left: u8,
    due_ms: u64,
}

/// What the ground says to all vehicles of a network at once: its heartbeat, start and authorization, commands, lights, corrections.
///
/// START_CONFIG goes out each second until the start has passed, as the open server does it; START_CONFIG without a start goes on.
///
/// # Guarantees
/// One packet at a time, 5 ms apart; commands first.
///
/// # Source
/// show-protocol, sections 2, 10 and 11.
#[derive(Clone, Debug, Default)]
pub struct Broadcaster {
    free_ms: u64,
    heartbeat_ms: u64,
    plan: Option<StartPlan>,
    start_ms: u64,
    commands: Vec<Repeated>,
    light: Option<(LightSignal, u64)>,
    light_ms: u64,
    corrections: VecDeque<Message>,
}

impl Broadcaster {
    /// Sets start and authorization; sent at once, then each second.
    pub fn set_start(&mut self, plan: StartPlan) {
        (self.plan, self.start_ms) = (Some(plan), 0);
    }

    /// Sends a command ten times. The same again begins anew; false if too many run already.
    pub fn command(&mut self, command: Command) -> bool {
        self.commands.retain(|repeated| repeated.command != command);
        if self.commands.len() >= MAX_COMMANDS {
            return false;
        }
        self.commands.push(Repeated { command, left: COMMAND_COPIES, due_ms: 0 });
        true
    }

    /// Shows a colour on all lights, or gives them back to the show.
    pub fn light(&mut self, now_ms: u64, colour: Option<Rgb>) {
        let signal = colour.map_or(LightSignal::off(), LightSignal::solid);
        (self.light, self.light_ms) = (Some((signal, now_ms)), now_ms);
    }

    /// Adds fragments of corrections.
    pub fn corrections(&mut self, fragments: Vec<Message>) {
        self.corrections.extend(fragments);
        while self.corrections.len() > MAX_WAITING {
            self.corrections.pop_front();
        }
    }

    /// What is to be sent to all now; ask again 5 ms later.
    pub fn poll(&mut self, now_ms: u64, gps: GpsTime) -> Option<Message> {
        if now_ms < self.free_ms {
            return None;
        }
        let message = self.next(now_ms, gps)?;
        self.free_ms = now_ms + SPACING_MS;
        Some(message)
    }

    fn next(&mut self, now_ms: u64, gps: GpsTime) -> Option<Message> {
        self.commands.retain(|repeated| repeated.left > 0);
        if let Some(due) = self.commands.iter_mut().find(|repeated| repeated.due_ms <= now_ms) {
            due.left -= 1;
            due.due_ms = now_ms + COMMAND_SPACING_MS;
            return Some(due.command.into());
        }
        if self.heartbeat_ms <= now_ms {
            self.heartbeat_ms = now_ms + SECOND_MS;
            return Some(Self::heartbeat());
        }
        if self.start_ms <= now_ms
            && let Some(plan) = self.plan
        {
            self.start_ms = now_ms + SECOND_MS;
            if plan.start.is_none_or(|start| start >= gps) {
                return plan.config(gps).packet().message();
            }
        }
        if let Some((signal, since_ms)) = self.light
            && self.light_ms <= now_ms
        {
            let often = now_ms < since_ms + LIGHT_OFTEN_FOR_MS;
            self.light_ms = now_ms + if often { LIGHT_OFTEN_MS } else { LIGHT_SELDOM_MS };
            if !often && signal == LightSignal::off() {
                self.light = None;
            }
            return Some(signal.message());
        }
        self.corrections.pop_front()
    }

    /// The station's heartbeat.
    fn heartbeat() -> Message {
        MavMessage::HEARTBEAT(HEARTBEAT_DATA {
            custom_mode: 0,
            mavtype: MavType::MAV_TYPE_GCS,
            autopilot: MavAutopilot::MAV_AUTOPILOT_INVALID,
            base_mode: MavModeFlag::empty(),
            system_status: MavState::MAV_STATE_STANDBY,
            mavlink_version: 3,
        })
        .into()
    }
}

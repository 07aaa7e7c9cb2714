use mavlink::dialects::ardupilotmega::MavMessage;

use super::held::{HeldState, UploadPlan};
use super::read_back::{ReadBack, ReadBackDepth, ReadBackFailure};
use crate::command::{
    Command, CommandClient, CommandFailure, CommandOutcome, CommandResult, CommandTiming, command_number,
};
use crate::fence::{FenceFailure, FenceTiming, FenceUpload};
use crate::ftp::{FtpFailure, FtpPacket, FtpTiming, FtpUpload};
use crate::message::Message;
use crate::params::{ParamClient, ParamFailure, ParamTiming};
use crate::vehicle::SHOW_PATH;

/// How an upload is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadSettings {
    /// Files.
    pub ftp: FtpTiming,
    /// Commands.
    pub command: CommandTiming,
    /// Parameters.
    pub param: ParamTiming,
    /// Fences.
    pub fence: FenceTiming,
    /// Reading back what the vehicle holds; `None`: it is believed, as the open server does.
    pub read_back: Option<ReadBackDepth>,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self {
            ftp: FtpTiming::default(),
            command: CommandTiming::default(),
            param: ParamTiming::default(),
            fence: FenceTiming::default(),
            read_back: Some(ReadBackDepth::default()),
        }
    }
}

/// Why a vehicle does not hold what it should.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UploadFailure {
    /// No vehicle can hold this site.
    #[error("the site cannot be stored: origin at 0°, altitude beyond ±10 km or orientation outside 0° to 360°")]
    Site,
    /// The show file did not get there.
    #[error("show file: {0}")]
    File(FtpFailure),
    /// A command was not answered.
    #[error(transparent)]
    Command(CommandFailure),
    /// A command was refused.
    #[error("command {number} was answered with {result:?}")]
    Refused {
        /// Which one.
        number: u16,
        /// How.
        result: CommandResult,
    },
    /// A parameter was not set.
    #[error(transparent)]
    Param(ParamFailure),
    /// The fence did not get there.
    #[error("fence: {0}")]
    Fence(FenceFailure),
    /// What it holds could not be read.
    #[error(transparent)]
    ReadBack(ReadBackFailure),
    /// It holds something else: `show`, `site` or `fence`.
    #[error("the vehicle holds another {0} than it was given")]
    Differs(&'static str),
}

#[allow(clippy::large_enum_variant, reason = "one a vehicle that is being uploaded to")]
#[derive(Clone, Debug)]
enum Step {
    File(FtpUpload),
    Command(CommandClient),
    Param(ParamClient),
    Fence(FenceUpload),
    ReadBack(ReadBack),
}

/// What is still to be done after the present step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Task {
    Origin(Command),
    Param(&'static str, f32),
    Fence,
    Reload,
    ReadBack(ReadBackDepth),
}

/// All that one vehicle is given, in the order of the open server: file, origin, fence, reload; then what it holds is read back and
/// compared.
///
/// # Guarantees
/// Ends well only if the vehicle has confirmed every part; with reading back (the default) only if what it holds is what the plan
/// says, the origin to the last digit. Otherwise it ends with the reason.
///
/// # Source
/// show-protocol, section 15.
#[derive(Clone, Debug)]
pub struct VehicleUpload {
    plan: UploadPlan,
    settings: UploadSettings,
    sequence: u16,
    step: Step,
    tasks: Vec<Task>,
    outcome: Option<Result<HeldState, UploadFailure>>,
}

impl VehicleUpload {
    /// Begins at the next [`Self::poll`].
    ///
    /// # Errors
    /// [`UploadFailure::Site`].
    pub fn new(plan: UploadPlan, settings: UploadSettings, first_sequence: u16) -> Result<Self, UploadFailure> {
        let origin = plan.site.command().ok_or(UploadFailure::Site)?;
        let upload = FtpUpload::new(SHOW_PATH, plan.show.clone(), settings.ftp, first_sequence);
        let [altitude, distance, action, types, enable] = plan.fence_params();
        let names = UploadPlan::FENCE_PARAMS;
        let mut tasks = vec![
            Task::Origin(origin),
            Task::Param(names[0], altitude),
            Task::Param(names[1], distance),
            Task::Fence,
            Task::Param(names[2], action),
            Task::Param(names[3], types),
            Task::Param(names[4], enable),
            Task::Reload,
        ];
        tasks.extend(settings.read_back.map(Task::ReadBack));
        tasks.reverse();
        let sequence = first_sequence.wrapping_add(0x4000);
        Ok(Self { plan, settings, sequence, step: Step::File(upload), tasks, outcome: None })
    }

    /// What is to be sent now, to be addressed to the vehicle.
    pub fn poll(&mut self, now_ms: u64) -> Option<Message> {
        let message = match &mut self.step {
            Step::File(upload) => upload.poll(now_ms),
            Step::Command(client) => client.poll(now_ms),
            Step::Param(client) => client.poll(now_ms),
            Step::Fence(upload) => upload.poll(now_ms),
            Step::ReadBack(read_back) => read_back.poll(now_ms),
        };
        self.advance();
        message
    }

    /// Takes a message from the vehicle.
    pub fn receive(&mut self, now_ms: u64, message: &Message) {
        match (&mut self.step, message) {
            (Step::File(upload), Message::Other(MavMessage::FILE_TRANSFER_PROTOCOL(data))) => {
                if let Some(packet) = FtpPacket::decode(&data.payload) {
                    upload.receive(now_ms, &packet);
                }
            }
            (Step::Command(client), Message::CommandAck(ack)) => client.receive(now_ms, ack),
            (Step::Param(client), message) => client.receive(message),
            (Step::Fence(upload), message) => upload.receive(now_ms, message),
            (Step::ReadBack(read_back), message) => read_back.receive(now_ms, message),
            _ => {}
        }
        self.advance();
    }

    /// When [`Self::poll`] has something to do; `None` at the end.
    pub fn deadline_ms(&self) -> Option<u64> {
        if self.outcome.is_some() {
            return None;
        }
        match &self.step {
            Step::File(upload) => upload.deadline_ms(),
            Step::Command(client) => client.deadline_ms(),
            Step::Param(client) => client.deadline_ms(),
            Step::Fence(upload) => upload.deadline_ms(),
            Step::ReadBack(read_back) => read_back.deadline_ms(),
        }
    }

    /// Share of the file that the vehicle has acknowledged, 0 to 1.
    pub fn progress(&self) -> f64 {
        match &self.step {
            Step::File(upload) => upload.acknowledged() as f64 / upload.len().max(1) as f64,
            _ => 1.0,
        }
    }

    /// What the vehicle holds, once that is known; without reading back, what it was given.
    pub fn outcome(&self) -> Option<&Result<HeldState, UploadFailure>> {
        self.outcome.as_ref()
    }

    fn advance(&mut self) {
        if self.outcome.is_some() {
            return;
        }
        let done = match &self.step {
            Step::File(upload) => upload.outcome().map(|end| end.map(|_| ()).map_err(UploadFailure::File)),
            Step::Command(client) => match client.outcome() {
                None => None,
                Some(CommandOutcome::Answered(CommandResult::Accepted)) => Some(Ok(())),
                Some(CommandOutcome::Answered(CommandResult::Unsupported))
                    if client.number() == command_number::SHOW_ORIGIN =>
                {
                    // Older firmware: the same by parameters.
                    self.tasks.extend(self.plan.site.params().map(|(name, value)| Task::Param(name, value)));
                    Some(Ok(()))
                }
                Some(CommandOutcome::Answered(result)) => {
                    Some(Err(UploadFailure::Refused { number: client.number(), result }))
                }
                Some(CommandOutcome::Failed(failure)) => Some(Err(UploadFailure::Command(failure))),
            },
            Step::Param(client) => client.outcome().map(|end| end.clone().map(|_| ()).map_err(UploadFailure::Param)),
            Step::Fence(upload) => upload.outcome().map(|end| end.map_err(UploadFailure::Fence)),
            Step::ReadBack(read_back) => match read_back.outcome() {
                None => None,
                Some(Ok(held)) => {
                    self.outcome = Some(match held.difference(&self.plan) {
                        None => Ok(held.clone()),
                        Some(what) => Err(UploadFailure::Differs(what)),
                    });
                    return;
                }
                Some(Err(failure)) => Some(Err(UploadFailure::ReadBack(failure.clone()))),
            },
        };
        match done {
            None => {}
            Some(Err(failure)) => self.outcome = Some(Err(failure)),
            Some(Ok(())) => self.begin_next(),
        }
    }

    fn begin_next(&mut self) {
        let Some(task) = self.tasks.pop() else {
            self.outcome = Some(Ok(self.plan.held()));
            return;
        };
        let command = |command| Step::Command(CommandClient::new(command, self.settings.command));
        self.step = match task {
            Task::Origin(origin) => command(origin),
            Task::Param(name, value) => Step::Param(ParamClient::set(name, value, self.settings.param)),
            Task::Fence => Step::Fence(FenceUpload::new(&self.plan.fence, self.settings.fence)),
            Task::Reload => command(Command::long(command_number::SHOW_FILE, &[0.0])),
            Task::ReadBack(depth) => {
                Step::ReadBack(ReadBack::new(depth, self.settings.ftp, self.settings.fence, self.sequence))
            }
        };
    }
}

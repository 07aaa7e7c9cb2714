/// COMMAND_LONG or COMMAND_INT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Command {
    /// MAV_CMD number, see [`crate::command_number`].
    pub number: u16,
    /// Parameters 1 to 4.
    pub params: [f32; 4],
    /// Parameters 5 to 7, and which of the two messages it is.
    pub place: CommandPlace,
    /// System it is for; 0 is all.
    pub target_system: u8,
    /// Component it is for; 0 is all.
    pub target_component: u8,
}

/// Parameters 5 to 7.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CommandPlace {
    /// COMMAND_LONG.
    Long {
        /// Parameters 5, 6, 7.
        params: [f32; 3],
        /// 0 for the first sending, then how often it was sent before.
        confirmation: u8,
    },
    /// COMMAND_INT.
    Int {
        /// Frame of the coordinates, MAV_FRAME.
        frame: u8,
        /// First coordinate, for places latitude, 1e-7 degrees.
        x: i32,
        /// Second coordinate, for places longitude, 1e-7 degrees.
        y: i32,
        /// Third coordinate, metres.
        z: f32,
    },
}

/// Reads little-endian fields; beyond the end there are zeros, as MAVLink 2 cuts them off.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0; N];
        let n = N.min(self.0.len());
        field[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        field
    }

    fn f32(&mut self) -> f32 {
        f32::from_le_bytes(self.bytes())
    }

    fn i32(&mut self) -> i32 {
        i32::from_le_bytes(self.bytes())
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.bytes())
    }
}

/// Writes the fields; the length without trailing zeros, at least 1.
fn write(payload: &mut [u8; 255], fields: &[&[u8]]) -> usize {
    let mut at = 0;
    for field in fields {
        payload[at..at + field.len()].copy_from_slice(field);
        at += field.len();
    }
    payload[..at].iter().rposition(|&b| b != 0).map_or(1, |last| last + 1)
}

impl Command {
    pub(crate) const INT_ID: u32 = 75;
    pub(crate) const LONG_ID: u32 = 76;

    /// A COMMAND_LONG to be addressed later; parameters that are not given are 0.
    pub fn long(number: u16, params: &[f32]) -> Self {
        let mut all = [0.0; 7];
        for (slot, value) in all.iter_mut().zip(params) {
            *slot = *value;
        }
        let [p1, p2, p3, p4, rest @ ..] = all;
        Self {
            number,
            params: [p1, p2, p3, p4],
            place: CommandPlace::Long { params: rest, confirmation: 0 },
            target_system: 0,
            target_component: 0,
        }
    }

    /// A COMMAND_INT in the global frame, to be addressed later.
    pub fn int(number: u16, params: [f32; 4], x: i32, y: i32, z: f32) -> Self {
        let place = CommandPlace::Int { frame: 0, x, y, z };
        Self { number, params, place, target_system: 0, target_component: 0 }
    }

    /// Which of the two messages it is.
    pub(crate) fn message_id(&self) -> u32 {
        match self.place {
            CommandPlace::Long { .. } => Self::LONG_ID,
            CommandPlace::Int { .. } => Self::INT_ID,
        }
    }

    pub(crate) fn decode(message_id: u32, payload: &[u8]) -> Self {
        let mut fields = Fields(payload);
        let params = std::array::from_fn(|_| fields.f32());
        if message_id == Self::INT_ID {
            let (x, y, z) = (fields.i32(), fields.i32(), fields.f32());
            let (number, target_system, target_component) = (fields.u16(), fields.u8(), fields.u8());
            let place = CommandPlace::Int { frame: fields.u8(), x, y, z };
            return Self { number, params, place, target_system, target_component };
        }
        let rest = std::array::from_fn(|_| fields.f32());
        let (number, target_system, target_component) = (fields.u16(), fields.u8(), fields.u8());
        let place = CommandPlace::Long { params: rest, confirmation: fields.u8() };
        Self { number, params, place, target_system, target_component }
    }

    pub(crate) fn encode(&self, payload: &mut [u8; 255]) -> usize {
        let [p1, p2, p3, p4] = self.params.map(f32::to_le_bytes);
        let (number, target) = (self.number.to_le_bytes(), [self.target_system, self.target_component]);
        match self.place {
            CommandPlace::Long { params, confirmation } => {
                let [p5, p6, p7] = params.map(f32::to_le_bytes);
                write(payload, &[&p1, &p2, &p3, &p4, &p5, &p6, &p7, &number, &target, &[confirmation]])
            }
            CommandPlace::Int { frame, x, y, z } => {
                let (x, y, z) = (x.to_le_bytes(), y.to_le_bytes(), z.to_le_bytes());
                // The last two fields, current and autocontinue, have no meaning for commands.
                write(payload, &[&p1, &p2, &p3, &p4, &x, &y, &z, &number, &target, &[frame]])
            }
        }
    }
}

/// How a command went, MAV_RESULT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandResult {
    /// Done.
    Accepted,
    /// Not now.
    TemporarilyRejected,
    /// Never with these parameters.
    Denied,
    /// There is no such command.
    Unsupported,
    /// Tried in vain.
    Failed,
    /// Begun; another acknowledgement follows.
    InProgress,
    /// Any other number.
    Other(u8),
}

impl CommandResult {
    fn from_wire(value: u8) -> Self {
        match value {
            0 => Self::Accepted,
            1 => Self::TemporarilyRejected,
            2 => Self::Denied,
            3 => Self::Unsupported,
            4 => Self::Failed,
            5 => Self::InProgress,
            other => Self::Other(other),
        }
    }

    /// Its MAV_RESULT number.
    pub fn to_wire(self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::TemporarilyRejected => 1,
            Self::Denied => 2,
            Self::Unsupported => 3,
            Self::Failed => 4,
            Self::InProgress => 5,
            Self::Other(value) => value,
        }
    }
}

/// COMMAND_ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandAck {
    /// Which command it is about, MAV_CMD.
    pub number: u16,
    /// How it went.
    pub result: CommandResult,
    /// System that asked.
    pub target_system: u8,
    /// Component that asked.
    pub target_component: u8,
}

impl CommandAck {
    pub(crate) const ID: u32 = 77;

    /// An acknowledgement to be addressed later.
    pub fn new(number: u16, result: CommandResult) -> Self {
        Self { number, result, target_system: 0, target_component: 0 }
    }

    pub(crate) fn decode(payload: &[u8]) -> Self {
        let mut fields = Fields(payload);
        let (number, result) = (fields.u16(), CommandResult::from_wire(fields.u8()));
        // Progress and a second result.
        let _: [u8; 5] = fields.bytes();
        Self { number, result, target_system: fields.u8(), target_component: fields.u8() }
    }

    pub(crate) fn encode(self, payload: &mut [u8; 255]) -> usize {
        let target = [self.target_system, self.target_component];
        write(payload, &[&self.number.to_le_bytes(), &[self.result.to_wire()], &[0; 5], &target])
    }
}

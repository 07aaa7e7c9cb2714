use kapok_show::Rgb;
use serde::{Deserialize, Serialize};

/// What a vehicle was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum VehicleStatus {
    /// It stands and has not taken off.
    Parked = 0,
    /// It flies what it shall.
    Flying = 1,
    /// It comes down where it shall.
    Landing = 2,
    /// It has landed.
    Landed = 3,
    /// It flies its prepared way home.
    Returning = 4,
    /// A failsafe took over: it comes down, or drifts, where it is.
    Failsafe = 5,
    /// It falls, or lies broken.
    Fallen = 6,
    /// It is no more heard of.
    Silent = 7,
}

impl VehicleStatus {
    /// In the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Parked,
        Self::Flying,
        Self::Landing,
        Self::Landed,
        Self::Returning,
        Self::Failsafe,
        Self::Fallen,
        Self::Silent,
    ];

    /// The status of a number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// One vehicle at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VehicleMark {
    /// Its number in the show, from 0.
    pub id: u16,
    /// Where it is, metres, the show's frame.
    pub position_m: [f32; 3],
    /// Its light.
    pub light: Rgb,
    /// What it is doing.
    pub status: VehicleStatus,
    /// Charge of its pack, per cent; `None` if it is not known.
    pub charge_percent: Option<u8>,
}

/// Two vehicles and how near they are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosestPair {
    /// Their numbers in the show, from 0.
    pub pair: [u16; 2],
    /// Distance of their centres, metres.
    pub distance_m: f64,
}

/// The fleet as a whole at one instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FleetState {
    /// Time of the show, seconds: before its beginning negative; `None` while no start is set.
    pub show_s: Option<f64>,
    /// The closest pair in flight, if it is near enough to be watched.
    pub closest: Option<ClosestPair>,
    /// Wind 10 m above the ground, metres a second towards x and y of the show; `None` if it is not known.
    pub wind_m_s: Option<[f64; 2]>,
}

/// All that is known of one instant.
#[derive(Clone, Copy, Debug)]
pub struct FleetFrame<'a> {
    /// Log time, nanoseconds: since 1970 for a real flight, since its beginning for a simulated one.
    pub t_ns: u64,
    /// The truth, where it is known; empty otherwise.
    pub truth: &'a [VehicleMark],
    /// What the vehicles report; empty where nothing is received.
    pub reported: &'a [VehicleMark],
    /// The fleet as a whole.
    pub state: &'a FleetState,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventLevel {
    /// It was meant to happen.
    Info,
    /// Something is worth a look.
    Warning,
    /// A vehicle is lost, or a limit was broken.
    Error,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEvent {
    /// Log time, nanoseconds.
    pub t_ns: u64,
    /// How much it matters.
    pub level: EventLevel,
    /// What it is about: a vehicle's name, "fleet", an operator.
    pub subject: String,
    /// What happened.
    pub message: String,
}

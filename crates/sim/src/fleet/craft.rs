use glam::DVec3;

use crate::estimator::SensorFaults;

/// What a vehicle is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Stands, rotors at rest, has not flown.
    Parked,
    /// Flies under control.
    Flying,
    /// Stands after its flight.
    Landed,
    /// Falls with its rotors stopped: hit, or cut.
    Falling,
    /// Lies where it fell.
    Down,
}

/// What a flying vehicle's control does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Follows its orders.
    Follow,
    /// Lands at the place where it is.
    Land,
    /// Lands level, without a position: the wind carries it.
    LandLevel,
    /// Holds its height, without a position: the wind carries it.
    HoldAltitude,
}

/// Something that happened to a vehicle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When, seconds.
    pub t_s: f64,
    /// The vehicle.
    pub vehicle: u32,
    /// Where, metres.
    pub place_m: DVec3,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventKind {
    /// The rotors began to turn.
    TookOff,
    /// It stands again.
    Landed,
    /// It touched another vehicle; both fall. Stated for each of the two.
    Collided {
        /// The other.
        other: u32,
    },
    /// It hit the ground.
    Crashed {
        /// Speed just before, m/s.
        speed_m_s: f64,
    },
    /// Its estimator was given up, or it lands by dead reckoning.
    PositionLost,
    /// It was too far from its setpoint for too long; it lands.
    LeftBubble,
    /// The voltage fell to the first alarm.
    BatteryLow,
    /// The voltage fell to the end of the flight; it lands.
    BatteryCritical,
}

/// One vehicle's state beside its physics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Craft {
    /// What it is doing.
    pub phase: Phase,
    /// What its control does.
    pub control: Control,
    /// Height of the centre of mass when it stands, less its standing height: the ground below it, metres.
    pub ground_m: f64,
    /// Thrust of each rotor over that of a sound one, by the square of the speed it still reaches; 0: lost.
    pub rotor_health: [f64; 4],
    /// What is wrong with its sensors.
    pub faults: SensorFaults,
    /// Since when, seconds.
    pub fault_since_s: f64,
    /// Ticks in a row in which it stood still on the ground.
    pub(crate) still: u8,
    /// Ticks in a row with a voltage below the critical one.
    pub(crate) weak: u8,
    /// Ticks in a row outside its bubble.
    pub(crate) astray: u8,
    /// The first alarm has been given.
    pub(crate) warned: bool,
    /// What happened in the last tick, at most two things.
    pub(crate) news: [Option<EventKind>; 2],
}

impl Craft {
    pub(crate) fn parked(ground_m: f64) -> Self {
        Self {
            phase: Phase::Parked,
            control: Control::Follow,
            ground_m,
            rotor_health: [1.0; 4],
            faults: SensorFaults::default(),
            fault_since_s: 0.0,
            still: 0,
            weak: 0,
            astray: 0,
            warned: false,
            news: [None; 2],
        }
    }

    /// Is it in the air?
    pub fn is_airborne(&self) -> bool {
        matches!(self.phase, Phase::Flying | Phase::Falling)
    }

    pub(crate) fn tell(&mut self, kind: EventKind) {
        let free = usize::from(self.news[0].is_some());
        self.news[free] = Some(kind);
    }
}

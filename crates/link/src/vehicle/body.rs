use kapok_show::{DVec3, Site, Wgs84};

use crate::gps_time::GpsTime;
use crate::show_packet::GnssFix;

/// What the receiver for satellite positions says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gnss {
    /// How good the position is.
    pub fix: GnssFix,
    /// Satellites used.
    pub satellites: u8,
    /// The time, if the receiver knows it.
    pub time: Option<GpsTime>,
    /// Uncertainty of the place, metres.
    pub horizontal_m: f64,
    /// Uncertainty of the height, metres.
    pub vertical_m: f64,
}

/// What the battery says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Battery {
    /// Volts.
    pub voltage_v: f64,
    /// Amperes.
    pub current_a: f64,
    /// Charge used since it was full, milliampere hours.
    pub used_mah: f64,
    /// What is left of the capacity, percent.
    pub remaining_percent: f64,
    /// Capacity left, milliampere hours.
    pub remaining_mah: f64,
}

/// What a vehicle knows of itself at an instant: estimates, not the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observation {
    /// Where it believes to be; `None`: it has no position.
    pub position: Option<Wgs84>,
    /// Velocity east, north, up, m/s.
    pub velocity_enu_m_s: DVec3,
    /// Heading, degrees clockwise from north.
    pub heading_deg: f64,
    /// It stands on something.
    pub on_ground: bool,
    /// Its motors cannot run any more: a rotor is lost, or it has crashed.
    pub motors_failed: bool,
    /// The estimator has given its position up (for a second and more, as `ekf_check` counts).
    pub estimator_failed: bool,
    /// Bits of MAV_SYS_STATUS_SENSOR that are not healthy.
    pub unhealthy: u32,
    /// Satellite positions.
    pub gnss: Gnss,
    /// Battery.
    pub battery: Battery,
}

/// The vehicle below the autopilot: a simulation, or a stand-in of a test.
pub trait Body {
    /// What it knows of itself now.
    fn observe(&self) -> Observation;

    /// The autopilot's own checks before motors may run.
    ///
    /// # Errors
    /// The first reason against it, in the autopilot's words.
    fn check_arming(&self) -> Result<(), &'static str>;
}

/// What the autopilot wants from its body until it says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Demand {
    /// Motors stand.
    #[default]
    Off,
    /// Motors run, it stays on the ground.
    Idle,
    /// Straight up to this height above the sea, metres.
    Climb {
        /// Where to.
        amsl_m: f64,
    },
    /// This place, velocity and acceleration at this instant.
    Follow {
        /// The frame of the next three.
        site: Site,
        /// Where it should be, metres.
        position_m: DVec3,
        /// How fast it should be, m/s; zero where the parameter says so.
        velocity_m_s: DVec3,
        /// Acceleration, m/s²; zero where the parameter says so.
        acceleration_m_s2: DVec3,
        /// Where it should look, degrees clockwise from north.
        heading_deg: f64,
        /// When the setpoint was made, milliseconds of the caller's time.
        at_ms: u64,
    },
    /// Stay here.
    Hold,
    /// Keep the height, drift with the wind: for want of a position.
    HoldAltitude,
    /// Straight down.
    Land,
    /// Up to the height, to home, down.
    ReturnHome {
        /// Where home is.
        home: Wgs84,
        /// Height above home on the way, metres.
        altitude_m: f64,
    },
}

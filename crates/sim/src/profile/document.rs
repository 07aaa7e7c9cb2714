use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// A figure and where it is from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure<T> {
    /// The value, in the unit that the key names.
    #[schemars(with = "T")]
    pub(crate) value: Spanned<T>,
    /// Where it is from: a data sheet, a paper, a parameter file; or that it is a choice, and why.
    #[schemars(with = "String")]
    pub(crate) source: Spanned<String>,
}

type Number = Figure<f64>;
type Two = Figure<[f64; 2]>;
type Three = Figure<[f64; 3]>;

/// A vehicle profile as a file: TOML, every figure with its source.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileDocument {
    /// Where editors find the schema.
    #[serde(rename = "$schema")]
    pub(crate) _schema: Option<String>,
    /// Name of the profile.
    pub(crate) name: String,
    /// What it is, in a sentence.
    pub(crate) summary: String,
    /// Mass and size.
    pub(crate) body: BodyTable,
    /// Rotors and motors.
    pub(crate) rotors: RotorTable,
    /// Drag.
    pub(crate) drag: DragTable,
    /// Pack and consumers.
    pub(crate) pack: PackTable,
    /// Autopilot.
    pub(crate) control: ControlTable,
    /// Receiver and height.
    pub(crate) positioning: PositioningTable,
}

/// Mass and size.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyTable {
    /// Mass at take-off.
    pub(crate) mass_kg: Number,
    /// Principal moments of inertia about x (ahead), y (left), z (up).
    pub(crate) inertia_kg_m2: Three,
    /// From the centre to the axis of a rotor.
    pub(crate) arm_m: Number,
    /// Greatest extent, rotor tip to rotor tip.
    pub(crate) diameter_m: Number,
}

/// Rotors and motors; four in X.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotorTable {
    /// Radius.
    pub(crate) radius_m: Number,
    /// Thrust over the square of the speed, kT.
    pub(crate) thrust_n_s2: Number,
    /// Torque over the square of the speed, kM.
    pub(crate) torque_n_m_s2: Number,
    /// Moment of inertia of rotor and bell.
    pub(crate) inertia_kg_m2: Number,
    /// Time constants of speeding up and of slowing down.
    pub(crate) lag_s: Two,
    /// Greatest speed with a full pack.
    pub(crate) max_rad_s: Number,
}

/// Drag, along x, y, z of the body.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DragTable {
    /// Of each rotor, over its speed and the air's.
    pub(crate) rotor_kg: Three,
    /// Lift of each rotor over the square of the airspeed in its plane.
    pub(crate) translational_lift_kg_m: Number,
    /// Of the frame, linear in airspeed.
    pub(crate) linear_n_s_m: Three,
    /// Of the frame, quadratic in airspeed.
    pub(crate) quadratic_n_s2_m2: Three,
}

/// Pack and consumers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackTable {
    /// Cells in series.
    pub(crate) cells: Number,
    /// Capacity.
    pub(crate) capacity_ah: Number,
    /// Ohmic resistance at 20 °C.
    pub(crate) resistance_ohm: Number,
    /// Resistance of the slow branch at 20 °C.
    pub(crate) slow_resistance_ohm: Number,
    /// Time constant of the slow branch.
    pub(crate) slow_s: Number,
    /// Induced power over the electric power that it takes.
    pub(crate) efficiency: Number,
    /// Everything but the rotors.
    pub(crate) avionics_w: Number,
    /// First alarm.
    pub(crate) low_v: Number,
    /// End of the flight.
    pub(crate) critical_v: Number,
}

/// Autopilot: gains in the units of ArduCopter's parameters.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlTable {
    /// Position to velocity: horizontal, vertical.
    pub(crate) position_per_s: Two,
    /// Velocity to acceleration, horizontal: P, I, D.
    pub(crate) velocity_xy: Three,
    /// Velocity to acceleration, vertical.
    pub(crate) velocity_z_per_s: Number,
    /// Vertical acceleration to throttle: P, I.
    pub(crate) acceleration_z: Two,
    /// Angle to rate: roll and pitch, yaw.
    pub(crate) attitude_per_s: Two,
    /// Rate to share of thrust, roll and pitch: P, I, D.
    pub(crate) rate: Three,
    /// Rate to share of thrust, yaw: P, I.
    pub(crate) rate_yaw: Two,
    /// Greatest jerk: horizontal, vertical.
    pub(crate) jerk_m_s3: Two,
    /// Greatest acceleration: horizontal, vertical.
    pub(crate) acceleration_m_s2: Two,
    /// Greatest speed: horizontal, up, down.
    pub(crate) speed_m_s: Three,
    /// Greatest lean.
    pub(crate) tilt_deg: Number,
    /// Shares of the show's velocity and acceleration that are fed forward.
    pub(crate) feed_forward: Two,
    /// Speed of a landing: near the ground, above ten metres.
    pub(crate) land_m_s: Two,
    /// What a lost position leads to.
    pub(crate) lost_position: Figure<LostPositionName>,
}

/// What a lost position leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LostPositionName {
    /// Sinks level, wherever the wind carries it.
    Land,
    /// Holds its height and drifts with the wind.
    HoldAltitude,
}

/// Receiver and height.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PositioningTable {
    /// The best fix that it reaches.
    pub(crate) best: Figure<FixName>,
    /// Period of its measurements.
    pub(crate) period_s: Number,
    /// What height is taken from.
    pub(crate) height: Figure<HeightName>,
}

/// A fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FixName {
    /// Satellites alone.
    Single,
    /// Carrier phases with unresolved ambiguities.
    Float,
    /// Carrier phases with whole ambiguities.
    Fixed,
    /// A motion-capture system.
    Indoor,
}

/// What height is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeightName {
    /// The receiver.
    Gnss,
    /// The barometer.
    Barometer,
}

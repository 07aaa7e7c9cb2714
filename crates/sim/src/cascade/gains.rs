/// Gains and limits of an autopilot, in the units of its parameters: what a board's parameter file states.
///
/// Throttle and the outputs of the rate loop are shares of the greatest thrust, as ArduCopter has them after its thrust curve is
/// linearised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gains {
    /// Position to velocity, horizontal, 1/s.
    pub position_xy_per_s: f64,
    /// Position to velocity, vertical, 1/s.
    pub position_z_per_s: f64,
    /// Velocity to acceleration, horizontal: proportional 1/s, integral 1/s², derivative without unit.
    pub velocity_xy: [f64; 3],
    /// Velocity to acceleration, vertical, 1/s.
    pub velocity_z_per_s: f64,
    /// Vertical acceleration to throttle: proportional and integral, thousandths of throttle for each cm/s² (and second).
    pub acceleration_z: [f64; 2],
    /// Angle to rate, roll and pitch, 1/s.
    pub attitude_per_s: f64,
    /// Angle to rate, yaw, 1/s.
    pub attitude_yaw_per_s: f64,
    /// Rate to share of thrust, roll and pitch: proportional, integral, derivative.
    pub rate: [f64; 3],
    /// Rate to share of thrust, yaw: proportional, integral.
    pub rate_yaw: [f64; 2],
    /// Greatest jerk of the shaped path, horizontal and vertical, m/s³.
    pub jerk_m_s3: [f64; 2],
    /// Greatest acceleration of the shaped path, horizontal and vertical, m/s².
    pub acceleration_m_s2: [f64; 2],
    /// Greatest speed: horizontal, up, down, m/s.
    pub speed_m_s: [f64; 3],
    /// Greatest lean, radians.
    pub tilt_rad: f64,
    /// Share of the show's velocity that is fed forward.
    pub velocity_feed_forward: f64,
    /// Share of the show's acceleration that is fed forward; the field's boards feed none.
    pub acceleration_feed_forward: f64,
    /// Speed of a landing near the ground and above ten metres, m/s.
    pub land_m_s: [f64; 2],
    /// Height comes from the receiver; from the barometer otherwise.
    pub height_from_gnss: bool,
    /// Period of the receiver, seconds.
    pub gnss_period_s: f64,
    /// What a lost position leads to.
    pub lost_position: LostPosition,
}

/// What an autopilot does when its estimator is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostPosition {
    /// Sinks level, wherever the wind carries it.
    Land,
    /// Holds its height and drifts with the wind.
    HoldAltitude,
}

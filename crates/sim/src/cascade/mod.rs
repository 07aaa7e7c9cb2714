mod gains;
mod mixer;
mod shaper;

pub use gains::{Gains, LostPosition};
pub use shaper::{Chase, Shaper};

use glam::{DMat3, DQuat, DVec2, DVec3};
use kapok_show::math;

use crate::Airframe;
use crate::airframe::GRAVITY_M_S2;

/// Where a vehicle shall be: what a ground station or the show on board asks for, ten times a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setpoint {
    /// Place, metres, site frame.
    pub position_m: DVec3,
    /// Velocity, m/s.
    pub velocity_m_s: DVec3,
    /// Acceleration, m/s²; used as far as the gains feed it forward.
    pub acceleration_m_s2: DVec3,
    /// Where the nose shall point: the angle from the x axis towards y, radians.
    pub yaw_rad: f64,
}

/// What the control sees of the vehicle: truth plus the estimator's errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Place, metres.
    pub position_m: DVec3,
    /// Velocity, m/s.
    pub velocity_m_s: DVec3,
    /// Acceleration, m/s².
    pub acceleration_m_s2: DVec3,
    /// Body to site.
    pub attitude: DQuat,
    /// Rate of turn, rad/s, body axes.
    pub rate_rad_s: DVec3,
}

/// How the horizontal channels are controlled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Horizontal {
    /// On the shaped path.
    Path,
    /// Level: the vehicle goes where the wind carries it.
    Level,
}

/// The cascade of an autopilot: constants, worked out once for a vehicle and a step.
///
/// Shaped path, then position (P) → velocity (PID, horizontal; P and PI of acceleration, vertical) → direction of thrust within the
/// greatest lean → attitude (P) → rate (PID) → mixer → rotor speeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cascade {
    gains: Gains,
    chase: Chase,
    dt_s: f64,
    /// 1 / dt.
    rate_hz: f64,
    hover: f64,
    max_horizontal_m_s2: f64,
    /// Rotor speed at the whole thrust, rad/s.
    full_rad_s: f64,
    /// What is left of the old value of a filter after a step: vertical acceleration, velocity error, rate error.
    old: [f64; 3],
}

/// The state of one vehicle's cascade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CascadeState {
    /// The shaped path.
    pub path: Shaper,
    /// The setpoint that the path chases; moves on with its velocity between updates.
    pub setpoint: Setpoint,
    /// Cosine and sine of the yaw asked for.
    facing: DVec2,
    velocity_integral_m_s2: DVec2,
    velocity_slope_m_s2: DVec2,
    lift_integral: f64,
    felt_m_s2: f64,
    rate_integral: DVec3,
    rate_error_rad_s: DVec3,
}

impl CascadeState {
    /// At rest at a place.
    pub fn at(position_m: DVec3, yaw_rad: f64) -> Self {
        let setpoint = Setpoint { position_m, velocity_m_s: DVec3::ZERO, acceleration_m_s2: DVec3::ZERO, yaw_rad };
        let (sin, cos) = math::sin_cos(yaw_rad);
        Self {
            path: Shaper::at(position_m, DVec3::ZERO),
            setpoint,
            facing: DVec2::new(cos, sin),
            velocity_integral_m_s2: DVec2::ZERO,
            velocity_slope_m_s2: DVec2::ZERO,
            lift_integral: 0.0,
            felt_m_s2: 0.0,
            rate_integral: DVec3::ZERO,
            rate_error_rad_s: DVec3::ZERO,
        }
    }

    /// Takes a new setpoint.
    pub fn aim(&mut self, setpoint: Setpoint) {
        if setpoint.yaw_rad != self.setpoint.yaw_rad {
            let (sin, cos) = math::sin_cos(setpoint.yaw_rad);
            self.facing = DVec2::new(cos, sin);
        }
        self.setpoint = setpoint;
    }
}

/// Greatest rate asked of roll and pitch, rad/s: 220 °/s, as autopilots limit it.
const MAX_RATE_RAD_S: f64 = 3.84;
/// Greatest integral of the velocity loop, m/s², and of the rate loop, share of thrust.
const MAX_VELOCITY_INTEGRAL_M_S2: f64 = 10.0;
const MAX_RATE_INTEGRAL: f64 = 0.5;
/// Thousandths of throttle for each cm/s², in throttle for each m/s².
const PER_MILLE_CM: f64 = 0.1;

impl Cascade {
    /// For a vehicle, gains and a step of `dt_s` seconds.
    pub fn new(airframe: &Airframe, gains: &Gains, dt_s: f64) -> Self {
        /// Corner frequencies of the filters: acceleration, slope of the velocity error, rate error for the derivative; Hz.
        const CORNERS_HZ: [f64; 3] = [20.0, 5.0, 20.0];
        Self {
            gains: *gains,
            chase: Chase::new(gains, dt_s),
            dt_s,
            rate_hz: dt_s.recip(),
            hover: airframe.hover_throttle(),
            max_horizontal_m_s2: GRAVITY_M_S2 * math::tan(gains.tilt_rad),
            full_rad_s: airframe.rotor_max_rad_s,
            old: CORNERS_HZ.map(|hz| math::exp(-std::f64::consts::TAU * hz * dt_s)),
        }
    }

    /// The gains.
    pub fn gains(&self) -> &Gains {
        &self.gains
    }

    /// One step: rotor speeds asked for, rad/s.
    #[inline]
    pub fn control(&self, state: &mut CascadeState, seen: &Seen, horizontal: Horizontal) -> [f64; 4] {
        let (gains, dt) = (&self.gains, self.dt_s);
        state.setpoint.position_m += state.setpoint.velocity_m_s * dt;
        let setpoint = state.setpoint;
        state.path.chase(&setpoint, &self.chase);
        let path = state.path;
        let off = path.position_m - seen.position_m;
        let behind = path.velocity_m_s - seen.velocity_m_s;

        // Horizontal: the acceleration asked for.
        let pull = match horizontal {
            Horizontal::Path => {
                let [p, i, d] = gains.velocity_xy;
                let error = behind.truncate() + gains.position_xy_per_s * off.truncate();
                let slope = path.acceleration_m_s2.truncate() - seen.acceleration_m_s2.truncate();
                state.velocity_slope_m_s2 = slope + (state.velocity_slope_m_s2 - slope) * self.old[1];
                let asked = path.acceleration_m_s2.truncate()
                    + p * error
                    + state.velocity_integral_m_s2
                    + d * state.velocity_slope_m_s2;
                let pull = asked.clamp_length_max(self.max_horizontal_m_s2);
                // The integral does not run on against the limit.
                if pull == asked || state.velocity_integral_m_s2.dot(error) < 0.0 {
                    state.velocity_integral_m_s2 =
                        (state.velocity_integral_m_s2 + i * dt * error).clamp_length_max(MAX_VELOCITY_INTEGRAL_M_S2);
                }
                pull
            }
            Horizontal::Level => DVec2::ZERO,
        };

        // Vertical: throttle.
        let climb = behind.z + gains.position_z_per_s * off.z;
        let lift = path.acceleration_m_s2.z + gains.velocity_z_per_s * climb;
        state.felt_m_s2 = seen.acceleration_m_s2.z + (state.felt_m_s2 - seen.acceleration_m_s2.z) * self.old[0];
        let error = lift - state.felt_m_s2;
        let [p, i] = gains.acceleration_z;
        let upright = self.hover + PER_MILLE_CM * p * error + state.lift_integral;
        if (0.0..1.0).contains(&upright) || state.lift_integral * error < 0.0 {
            state.lift_integral = (state.lift_integral + PER_MILLE_CM * i * error * dt).clamp(-self.hover, 1.0);
        }

        // Direction of thrust, as a turn in body axes: 2 tan(half the angle) about the axis that leads there.
        let rotation = DMat3::from_quat(seen.attitude);
        let wanted = DVec3::new(pull.x, pull.y, GRAVITY_M_S2);
        let wanted = wanted * (1.0 / wanted.length());
        let (now, ahead) = (rotation.z_axis, rotation.x_axis);
        let cos = now.dot(wanted);
        let lean = rotation.transpose() * now.cross(wanted) * (2.0 / (1.0 + cos).max(0.1));
        // Heading: the nose's direction on the ground against the one asked for, by the sine of the angle between them.
        let along = ahead.x * state.facing.x + ahead.y * state.facing.y;
        let sin = ahead.x * state.facing.y - ahead.y * state.facing.x;
        let heading = if along > 0.0 { sin } else { (2.0 - sin.abs()).copysign(sin) };
        let wanted_rate = DVec3::new(
            (gains.attitude_per_s * lean.x).clamp(-MAX_RATE_RAD_S, MAX_RATE_RAD_S),
            (gains.attitude_per_s * lean.y).clamp(-MAX_RATE_RAD_S, MAX_RATE_RAD_S),
            (gains.attitude_yaw_per_s * heading).clamp(-MAX_RATE_RAD_S, MAX_RATE_RAD_S),
        );

        // Rates.
        let error = wanted_rate - seen.rate_rad_s;
        let smooth = error + (state.rate_error_rad_s - error) * self.old[2];
        let slope = (smooth - state.rate_error_rad_s) * self.rate_hz;
        state.rate_error_rad_s = smooth;
        let [p, i, d] = gains.rate;
        let [p_yaw, i_yaw] = gains.rate_yaw;
        let grown = state.rate_integral + DVec3::new(i, i, i_yaw) * error * dt;
        state.rate_integral = grown.clamp(DVec3::splat(-MAX_RATE_INTEGRAL), DVec3::splat(MAX_RATE_INTEGRAL));
        let moment = DVec3::new(p, p, p_yaw) * error + state.rate_integral + DVec3::new(d, d, 0.0) * slope;

        // Thrust lost to the lean is added, up to sixty degrees.
        let throttle = upright.max(0.0) / cos_of_lean(now.z);
        let share = mixer::mix(throttle.clamp(0.0, 1.0), moment.x, moment.y, moment.z);
        share.map(|s| self.full_rad_s * s.sqrt())
    }
}

/// The vertical part of the thrust's direction, at least half.
#[inline]
fn cos_of_lean(z: f64) -> f64 {
    z.clamp(0.5, 1.0)
}

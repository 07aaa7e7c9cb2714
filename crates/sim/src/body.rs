use glam::{DQuat, DVec3};
use kapok_show::math;

use crate::Airframe;
use crate::airframe::{GRAVITY_M_S2, ROTOR_TURN};
use crate::contact::Ground;

/// The rigid body and its rotors: what the equations of motion integrate.
///
/// Site frame for position and velocity, body axes for the rate of turn; `attitude` turns body axes into site axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Place of the centre of mass, metres.
    pub position_m: DVec3,
    /// Velocity, m/s.
    pub velocity_m_s: DVec3,
    /// Body to site, a unit quaternion.
    pub attitude: DQuat,
    /// Rate of turn in body axes, rad/s.
    pub rate_rad_s: DVec3,
    /// Speeds of the rotors, rad/s.
    pub rotor_rad_s: [f64; 4],
    /// Acceleration over the last step, m/s².
    pub acceleration_m_s2: DVec3,
    /// Angular acceleration over the last step in body axes, rad/s².
    pub spin_up_rad_s2: DVec3,
}

impl Body {
    /// At rest at a place, level, looking along x, rotors at rest.
    pub fn at_rest(position_m: DVec3) -> Self {
        Self {
            position_m,
            velocity_m_s: DVec3::ZERO,
            attitude: DQuat::IDENTITY,
            rate_rad_s: DVec3::ZERO,
            rotor_rad_s: [0.0; 4],
            acceleration_m_s2: DVec3::ZERO,
            spin_up_rad_s2: DVec3::ZERO,
        }
    }

    /// The same, in hover: rotors at the speed that carries the weight.
    pub fn hovering(position_m: DVec3, airframe: &Airframe) -> Self {
        Self { rotor_rad_s: [airframe.hover_rotor_rad_s(); 4], ..Self::at_rest(position_m) }
    }

    /// Kinetic energy of translation and rotation, joules; that of the rotors' spin is not in it.
    pub fn kinetic_energy_j(&self, airframe: &Airframe) -> f64 {
        let spin = airframe.inertia_kg_m2 * self.rate_rad_s * self.rate_rad_s;
        0.5 * (airframe.mass_kg * self.velocity_m_s.length_squared() + spin.element_sum())
    }
}

/// An airframe and a step: the constants of the integration, worked out once.
///
/// # Method
/// Forces are evaluated once a step, at its predicted middle: rotor speeds by the exact exponential, velocity and rate of turn with
/// the acceleration of the step before, attitude with half a step's turn. Velocity and position follow; the rate of turn by the
/// classical Runge–Kutta scheme under that constant moment, the attitude by the fourth-order Magnus expansion of it. Second order
/// in the step; a body without forces keeps |J ω| and its energy to fourth order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stepper {
    airframe: Airframe,
    dt_s: f64,
    /// 1 / dt.
    rate_hz: f64,
    /// What is left of a rotor's difference to its command after half and after the whole step: rising, falling.
    left: [(f64, f64); 2],
    /// 1 / m.
    inverse_mass: f64,
    /// 1 / J.
    inverse_inertia: DVec3,
    /// (Jz − Jy) / Jx and so on.
    gyration: DVec3,
    ground: Ground,
}

impl Stepper {
    /// For steps of `dt_s` seconds.
    pub fn new(airframe: &Airframe, dt_s: f64) -> Self {
        let left = |tau_s: f64| (math::exp(-0.5 * dt_s / tau_s), math::exp(-dt_s / tau_s));
        let j = airframe.inertia_kg_m2;
        Self {
            airframe: *airframe,
            dt_s,
            rate_hz: dt_s.recip(),
            left: [left(airframe.rotor_rise_s), left(airframe.rotor_fall_s)],
            inverse_mass: airframe.mass_kg.recip(),
            inverse_inertia: j.recip(),
            gyration: DVec3::new((j.z - j.y) / j.x, (j.x - j.z) / j.y, (j.y - j.x) / j.z),
            ground: Ground::of(airframe),
        }
    }

    /// The airframe.
    pub fn airframe(&self) -> &Airframe {
        &self.airframe
    }

    /// The step, seconds.
    pub fn dt_s(&self) -> f64 {
        self.dt_s
    }

    /// Advances a body by one step under commanded rotor speeds, in air that moves at `wind_m_s` (site frame), over level ground at
    /// `ground_m`; −∞ for none.
    #[inline]
    pub fn step(&self, body: &mut Body, command_rad_s: &[f64; 4], wind_m_s: DVec3, ground_m: f64) {
        let (dt, half) = (self.dt_s, 0.5 * self.dt_s);
        let mut middle = [0.0; 4];
        let mut spin_up = 0.0;
        for i in 0..4 {
            let (command, now) = (command_rad_s[i], body.rotor_rad_s[i]);
            let left = self.left[usize::from(command < now)];
            middle[i] = command + (now - command) * left.0;
            body.rotor_rad_s[i] = command + (now - command) * left.1;
            spin_up += ROTOR_TURN[i] * (body.rotor_rad_s[i] - now);
        }
        let velocity = body.velocity_m_s + half * body.acceleration_m_s2;
        let rate = body.rate_rad_s + half * body.spin_up_rad_s2;
        let attitude = turned(body.attitude, 0.5 * dt * body.rate_rad_s + 0.125 * dt * dt * body.spin_up_rad_s2);
        let rotation = glam::DMat3::from_quat(attitude);
        let height_m = body.position_m.z + half * body.velocity_m_s.z - ground_m;
        let gain = self.airframe.ground_effect(height_m);
        let mut wrench = self.airframe.wrench(&middle, rotation.transpose() * (velocity - wind_m_s), rate, gain);
        wrench.moment_n_m.z += self.airframe.rotor_inertia_kg_m2 * spin_up * self.rate_hz;
        let mut force = rotation * wrench.force_n;
        if self.ground.reaches(height_m) {
            let push = self.ground.push(height_m, &rotation, velocity, rate);
            force += push.force_n;
            wrench.moment_n_m += push.moment_n_m;
        }
        let acceleration = force * self.inverse_mass - DVec3::Z * GRAVITY_M_S2;
        body.position_m += dt * (body.velocity_m_s + half * acceleration);
        body.velocity_m_s += dt * acceleration;
        body.acceleration_m_s2 = acceleration;
        self.turn(body, wrench.moment_n_m);
    }

    /// The rotation over one step under a constant moment in body axes.
    #[inline]
    fn turn(&self, body: &mut Body, moment_n_m: DVec3) {
        let (dt, start) = (self.dt_s, body.rate_rad_s);
        let push = moment_n_m * self.inverse_inertia;
        let slope = |w: DVec3| push - self.gyration * DVec3::new(w.y * w.z, w.z * w.x, w.x * w.y);
        let k1 = slope(start);
        let k2 = slope(start + 0.5 * dt * k1);
        let k3 = slope(start + 0.5 * dt * k2);
        let k4 = slope(start + dt * k3);
        let sixth = dt * (1.0 / 6.0);
        let end = start + sixth * (k1 + 2.0 * (k2 + k3) + k4);
        // Hermite's value in the middle; Simpson's mean and the commutator of the ends.
        let middle = 0.5 * (start + end) + 0.125 * dt * (k1 - slope(end));
        let angle = sixth * (start + 4.0 * middle + end) + 0.5 * dt * sixth * start.cross(end);
        body.attitude = turned(body.attitude, angle);
        body.spin_up_rad_s2 = (end - start) * self.rate_hz;
        body.rate_rad_s = end;
    }
}

/// An attitude after a turn by the vector `angle` in body axes, radians; a unit quaternion again.
///
/// Series for half an angle below about one radian, which is what a step turns a tumbling wreck at most.
#[inline]
pub(crate) fn turned(attitude: DQuat, angle: DVec3) -> DQuat {
    let half = 0.5 * angle;
    let s = half.length_squared();
    // Written with factors: a division by a constant is a division.
    let sinc = 1.0 - s * (1.0 / 6.0) * (1.0 - s * 0.05 * (1.0 - s * (1.0 / 42.0) * (1.0 - s * (1.0 / 72.0))));
    let cos = 1.0 - s * 0.5 * (1.0 - s * (1.0 / 12.0) * (1.0 - s * (1.0 / 30.0) * (1.0 - s * (1.0 / 56.0))));
    let v = sinc * half;
    let q = attitude * DQuat::from_xyzw(v.x, v.y, v.z, cos);
    // One step of Newton's for 1/|q| keeps a length that is off by rounding only; a longer turn is normalised in full.
    let length = q.length_squared();
    if (length - 1.0).abs() < 1e-6 { q * (1.5 - 0.5 * length) } else { q * (1.0 / length.sqrt()) }
}

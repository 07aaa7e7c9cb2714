//! The controllers of the peers, so that a difference in figures is a difference in physics.

use glam::{DMat3, DVec3};
use kapok_sim::{Airframe, Body, GRAVITY_M_S2};

/// What a trajectory asks for at an instant.
#[derive(Clone, Copy)]
pub struct Flat {
    pub position: DVec3,
    pub velocity: DVec3,
    pub acceleration: DVec3,
}

/// A level circle about the z axis.
pub fn circle(radius: f64, speed: f64, height: f64, t: f64) -> Flat {
    let omega = speed / radius;
    let (sin, cos) = (omega * t).sin_cos();
    Flat {
        position: DVec3::new(radius * cos, radius * sin, height),
        velocity: speed * DVec3::new(-sin, cos, 0.0),
        acceleration: -omega * speed * DVec3::new(cos, sin, 0.0),
    }
}

/// Antisymmetric part of Rdᵀ R − Rᵀ Rd as a vector.
fn vee(desired: DMat3, actual: DMat3) -> DVec3 {
    let d = desired.transpose() * actual;
    let e = d - d.transpose();
    DVec3::new(e.col(1).z, e.col(2).x, e.col(0).y)
}

/// Axes with z along a force, looking along x.
fn facing(force: DVec3) -> DMat3 {
    let z = force.normalize();
    let y = z.cross(DVec3::X).normalize();
    DMat3::from_cols(y.cross(z), y, z)
}

/// RotorPy's `SE3Control` (Lee, Leok, McClamroch 2010): rotor speeds, negative where it asks for negative thrust.
pub fn se3(frame: &Airframe, attitude_gain: f64, rate_gain: f64, body: &Body, flat: &Flat) -> [f64; 4] {
    let (kp, kd) = (DVec3::new(6.5, 6.5, 15.0), DVec3::new(4.0, 4.0, 9.0));
    let gravity = DVec3::Z * GRAVITY_M_S2;
    let (ep, ev) = (body.position_m - flat.position, body.velocity_m_s - flat.velocity);
    let force = frame.mass_kg * (flat.acceleration + gravity - kp * ep - kd * ev);
    let rotation = DMat3::from_quat(body.attitude);
    let thrust = force.dot(rotation.col(2));
    let error = 0.5 * vee(facing(force), rotation);
    let (j, w) = (frame.inertia_kg_m2, body.rate_rad_s);
    let moment = j * (-attitude_gain * error - rate_gain * w) + w.cross(j * w);
    let d = frame.arm_m * std::f64::consts::FRAC_1_SQRT_2;
    let ratio = frame.torque_n_m_s2 / frame.thrust_n_s2;
    let place = [(1.0, 1.0, 1.0), (1.0, -1.0, -1.0), (-1.0, -1.0, 1.0), (-1.0, 1.0, -1.0)];
    place.map(|(x, y, turn)| {
        let f = 0.25 * (thrust + y * moment.x / d - x * moment.y / d + turn * moment.z / ratio);
        (f.abs() / frame.thrust_n_s2).sqrt() * f.signum()
    })
}

/// The Crazyflie firmware's Mellinger controller as Crazyflow 0.4.0 has it for `cf21B_500`, its wrong mass included: position at
/// 100 Hz, attitude at 500 Hz.
#[derive(Default)]
pub struct Mellinger {
    position_integral: DVec3,
    turn_integral: DVec3,
    last_rate: DVec3,
    desired: DMat3,
    thrust: f64,
}

impl Mellinger {
    const THRUST_MAX: f64 = 0.2;
    const THRUST_MIN: f64 = 0.021_362_63;
    const PWM_MAX: f64 = 65_535.0;

    pub fn position(&mut self, body: &Body, flat: &Flat) {
        let mass = 0.0393;
        let (kp, kd, ki) = (DVec3::new(0.4, 0.4, 1.25), DVec3::new(0.2, 0.2, 0.5), DVec3::splat(0.05));
        let (ep, ev) = (flat.position - body.position_m, flat.velocity - body.velocity_m_s);
        let most = DVec3::new(2.0, 2.0, 0.4);
        self.position_integral = (self.position_integral + ep * 0.01).clamp(-most, most);
        let force = mass * (flat.acceleration + DVec3::Z * 9.81) + kp * ep + kd * ev + ki * self.position_integral;
        let along = force.dot(body.attitude * DVec3::Z);
        self.thrust = 132_000.0 * along / Self::PWM_MAX * Self::THRUST_MAX * 4.0;
        self.desired = facing(force);
    }

    pub fn attitude(&mut self, frame: &Airframe, body: &Body) -> [f64; 4] {
        let dt = 1.0 / 500.0;
        let (k_r, k_w) = (DVec3::new(70_000.0, 70_000.0, 60_000.0), DVec3::new(20_000.0, 20_000.0, 12_000.0));
        let error = vee(self.desired, DMat3::from_quat(body.attitude));
        let change = (-(body.rate_rad_s - self.last_rate) / dt).with_z(0.0);
        let most = DVec3::new(1.0, 1.0, 1500.0);
        self.turn_integral = (self.turn_integral - error * dt).clamp(-most, most);
        let torque = -k_r * error - k_w * body.rate_rad_s
            + DVec3::new(0.0, 0.0, 500.0) * self.turn_integral
            + DVec3::new(200.0, 200.0, 0.0) * change;
        self.last_rate = body.rate_rad_s;
        let torque = torque.clamp(DVec3::splat(-32_000.0), DVec3::splat(32_000.0));
        let base = self.thrust / 4.0 / Self::THRUST_MAX * Self::PWM_MAX;
        // Front left, front right, rear right, rear left.
        let mixing = [(1.0, -1.0, 1.0), (-1.0, -1.0, -1.0), (-1.0, 1.0, 1.0), (1.0, 1.0, -1.0)];
        mixing.map(|(roll, pitch, yaw)| {
            let pwm = base + roll * torque.x / 2.0 + pitch * torque.y / 2.0 + yaw * torque.z;
            let thrust = pwm.clamp(7000.0, Self::PWM_MAX) / Self::PWM_MAX * Self::THRUST_MAX;
            (thrust.clamp(Self::THRUST_MIN, Self::THRUST_MAX) / frame.thrust_n_s2).sqrt()
        })
    }
}

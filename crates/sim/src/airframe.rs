use glam::DVec3;

/// Gravity, m/s²: what autopilots and the peers compute with; it is 9.780 at the equator and 9.832 at the poles.
pub const GRAVITY_M_S2: f64 = 9.81;

/// Signs of the rotors' places and of the torque that each exerts on the body, in the order front left, front right, rear right,
/// rear left (body axes: x ahead, y left, z up).
pub(crate) const ROTOR_X: [f64; 4] = [1.0, 1.0, -1.0, -1.0];
pub(crate) const ROTOR_Y: [f64; 4] = [1.0, -1.0, -1.0, 1.0];
pub(crate) const ROTOR_TURN: [f64; 4] = [1.0, -1.0, 1.0, -1.0];

/// The body and the rotors of a quadrotor in X.
///
/// Rotor i at speed W has the thrust `kT W²` along the body's z axis and exerts the torque `± kM W²` about it. See the crate's
/// page for the equations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Airframe {
    /// Mass, kg.
    pub mass_kg: f64,
    /// Principal moments of inertia about the body's axes, kg m².
    pub inertia_kg_m2: DVec3,
    /// From the centre of mass to the axis of a rotor, metres.
    pub arm_m: f64,
    /// Radius of a rotor, metres.
    pub rotor_radius_m: f64,
    /// Greatest extent, rotor tip to rotor tip, metres: what collides.
    pub diameter_m: f64,
    /// Thrust of a rotor over its speed squared, kT, N s².
    pub thrust_n_s2: f64,
    /// Torque of a rotor over its speed squared, kM, N m s².
    pub torque_n_m_s2: f64,
    /// Moment of inertia of a rotor with its motor's bell about the shaft, kg m²; 0 leaves gyroscopic moments out.
    pub rotor_inertia_kg_m2: f64,
    /// Time constant of a rotor that speeds up, seconds.
    pub rotor_rise_s: f64,
    /// Time constant of a rotor that slows down, seconds.
    pub rotor_fall_s: f64,
    /// Greatest speed of a rotor at full voltage, rad/s.
    pub rotor_max_rad_s: f64,
    /// Drag of a rotor over its speed and the air's, along the body's axes, kg: blades and induced flow, linear in airspeed.
    pub rotor_drag_kg: DVec3,
    /// Lift of a rotor over the square of the airspeed in its plane, kg/m.
    pub translational_lift_kg_m: f64,
    /// Drag of the frame that is linear in airspeed, N s/m.
    pub linear_drag_n_s_m: DVec3,
    /// Drag of the frame that is quadratic in airspeed, N s²/m².
    pub quadratic_drag_n_s2_m2: DVec3,
}

impl Airframe {
    /// Weight, newtons.
    pub fn weight_n(&self) -> f64 {
        self.mass_kg * GRAVITY_M_S2
    }

    /// Greatest thrust of one rotor at full voltage, newtons.
    pub fn max_rotor_thrust_n(&self) -> f64 {
        self.thrust_n_s2 * self.rotor_max_rad_s * self.rotor_max_rad_s
    }

    /// Speed of the rotors in hover in still air, rad/s: `√(m g / 4 kT)`.
    pub fn hover_rotor_rad_s(&self) -> f64 {
        (self.weight_n() / (4.0 * self.thrust_n_s2)).sqrt()
    }

    /// Share of the greatest thrust that hover takes, 0 to 1: the hover throttle of an autopilot with a linearised thrust curve.
    pub fn hover_throttle(&self) -> f64 {
        self.weight_n() / (4.0 * self.max_rotor_thrust_n())
    }

    /// Speed of a level fall with the rotors at rest, m/s: `√(m g / c_z)`; infinite without quadratic drag.
    pub fn terminal_speed_m_s(&self) -> f64 {
        (self.weight_n() / self.quadratic_drag_n_s2_m2.z).sqrt()
    }

    /// Height of the rotor plane above the ground when the vehicle stands, metres: a rotor's radius, at least 2 cm.
    pub fn standing_height_m(&self) -> f64 {
        self.rotor_radius_m.max(0.02)
    }
}

/// Force and moment on the body, body axes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wrench {
    /// Force, newtons.
    pub force_n: DVec3,
    /// Moment about the centre of mass, N m.
    pub moment_n_m: DVec3,
}

impl Airframe {
    /// What air and rotors exert on the body.
    ///
    /// `air_m_s` is the velocity of the body relative to the air, `rate_rad_s` its rate of turn, both in body axes; `thrust_gain`
    /// multiplies `kT` (ground effect; 1 in free air).
    #[inline]
    pub fn wrench(&self, rotor_rad_s: &[f64; 4], air_m_s: DVec3, rate_rad_s: DVec3, thrust_gain: f64) -> Wrench {
        let place_m = self.arm_m * std::f64::consts::FRAC_1_SQRT_2;
        let thrust = self.thrust_n_s2 * thrust_gain;
        let drag = self.rotor_drag_kg;
        let mut force = DVec3::ZERO;
        let mut moment = DVec3::ZERO;
        for i in 0..4 {
            let (x, y) = (place_m * ROTOR_X[i], place_m * ROTOR_Y[i]);
            let w = rotor_rad_s[i];
            // Velocity of the hub through the air: v + ω × r.
            let u = DVec3::new(
                air_m_s.x - rate_rad_s.z * y,
                air_m_s.y + rate_rad_s.z * x,
                air_m_s.z + rate_rad_s.x * y - rate_rad_s.y * x,
            );
            let lift = self.translational_lift_kg_m * (u.x * u.x + u.y * u.y);
            let f = DVec3::new(-drag.x * w * u.x, -drag.y * w * u.y, thrust * w * w + lift - drag.z * w * u.z);
            force += f;
            moment += DVec3::new(y * f.z, -x * f.z, x * f.y - y * f.x + ROTOR_TURN[i] * self.torque_n_m_s2 * w * w);
        }
        force -= self.linear_drag_n_s_m * air_m_s + self.quadratic_drag_n_s2_m2 * air_m_s * air_m_s.length();
        if self.rotor_inertia_kg_m2 > 0.0 {
            // A rotor that pushes the body one way turns the other way.
            let spin: f64 = (0..4).map(|i| ROTOR_TURN[i] * rotor_rad_s[i]).sum::<f64>() * self.rotor_inertia_kg_m2;
            moment += DVec3::new(rate_rad_s.y * spin, -rate_rad_s.x * spin, 0.0);
        }
        Wrench { force_n: force, moment_n_m: moment }
    }

    /// Ground effect: the gain of thrust of a rotor plane `height_m` above the ground.
    ///
    /// `1 / (1 − (R / 4 z)²)`, held at its value at z = R/2 below that (Cheeseman and Bennett, 1955); 1 above eight radii, where
    /// less than 0.1 % is left.
    #[inline]
    pub fn ground_effect(&self, height_m: f64) -> f64 {
        let radius = self.rotor_radius_m;
        if height_m > 8.0 * radius {
            return 1.0;
        }
        let ratio = radius / (4.0 * height_m.max(0.5 * radius));
        1.0 / (1.0 - ratio * ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::HUMMINGBIRD;

    #[test]
    fn hover_carries_the_weight_and_turns_nothing() {
        let speed = HUMMINGBIRD.hover_rotor_rad_s();
        let wrench = HUMMINGBIRD.wrench(&[speed; 4], DVec3::ZERO, DVec3::ZERO, 1.0);
        assert!((wrench.force_n - DVec3::Z * HUMMINGBIRD.weight_n()).length() < 1e-12);
        assert!(wrench.moment_n_m.length() < 1e-15);
    }

    #[test]
    fn a_stronger_left_side_rolls_to_the_right_and_a_stronger_rear_pitches_down() {
        let (slow, fast) = (400.0, 500.0);
        let moment = |rotors: [f64; 4]| HUMMINGBIRD.wrench(&rotors, DVec3::ZERO, DVec3::ZERO, 1.0).moment_n_m;
        // About +x the left side (y > 0) rises.
        let left = moment([fast, slow, slow, fast]);
        assert!(left.x > 0.1 && left.y.abs() < 1e-12 && left.z.abs() < 1e-12, "{left}");
        // About +y the nose falls.
        let rear = moment([slow, slow, fast, fast]);
        assert!(rear.y > 0.1 && rear.x.abs() < 1e-12, "{rear}");
        let turn = moment([fast, slow, fast, slow]);
        assert!((turn.z - 2.0 * HUMMINGBIRD.torque_n_m_s2 * (fast * fast - slow * slow)).abs() < 1e-12, "{turn}");
    }

    #[test]
    fn ground_effect_falls_with_height_and_is_capped() {
        let radius = HUMMINGBIRD.rotor_radius_m;
        assert_eq!(HUMMINGBIRD.ground_effect(100.0), 1.0);
        assert!((HUMMINGBIRD.ground_effect(radius) - 16.0 / 15.0).abs() < 1e-12);
        assert_eq!(HUMMINGBIRD.ground_effect(0.0), HUMMINGBIRD.ground_effect(0.5 * radius));
        assert!((HUMMINGBIRD.ground_effect(0.0) - 4.0 / 3.0).abs() < 1e-12);
        assert!(HUMMINGBIRD.ground_effect(7.99 * radius) - 1.0 < 1e-3);
    }
}

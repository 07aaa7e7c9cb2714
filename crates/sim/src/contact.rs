use glam::{DMat3, DVec3};

use crate::Airframe;
use crate::airframe::{GRAVITY_M_S2, ROTOR_X, ROTOR_Y, Wrench};

/// Natural frequency of the legs, Hz: soft enough for a step of 5 ms, stiff enough to sink by 1.6 cm only.
const LEG_HZ: f64 = 4.0;
/// Damping of the legs over critical damping.
const LEG_DAMPING: f64 = 0.7;
/// Friction of a foot over its load.
const FRICTION: f64 = 0.6;
/// Below this speed friction grows linearly, m/s.
const CREEP_M_S: f64 = 0.3;

/// Four legs below the rotors on level ground: springs with dampers that push and never pull, and Coulomb friction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ground {
    /// From the centre to a foot along each axis, metres.
    foot: f64,
    /// From the centre down to an unloaded foot, metres.
    leg: f64,
    /// Of one leg, N/m.
    stiffness: f64,
    /// Of one leg, N s/m.
    damping: f64,
    /// Height from which a foot can touch, metres.
    reach: f64,
}

impl Ground {
    /// For an airframe whose centre of mass is one standing height above its feet.
    pub fn of(airframe: &Airframe) -> Self {
        let omega = std::f64::consts::TAU * LEG_HZ;
        let leg = airframe.standing_height_m() + GRAVITY_M_S2 / (omega * omega);
        Self {
            foot: airframe.arm_m * std::f64::consts::FRAC_1_SQRT_2,
            // So that the loaded vehicle stands at its standing height.
            leg,
            stiffness: 0.25 * airframe.mass_kg * omega * omega,
            damping: 0.5 * LEG_DAMPING * airframe.mass_kg * omega,
            reach: leg + airframe.arm_m,
        }
    }

    /// Can a foot touch the ground from this height of the centre of mass?
    #[inline]
    pub fn reaches(&self, height_m: f64) -> bool {
        height_m < self.reach
    }

    /// What the ground exerts: the force in site axes, the moment in body axes.
    pub fn push(&self, height_m: f64, rotation: &DMat3, velocity_m_s: DVec3, rate_rad_s: DVec3) -> Wrench {
        let mut total = Wrench::default();
        for i in 0..4 {
            let arm = DVec3::new(self.foot * ROTOR_X[i], self.foot * ROTOR_Y[i], -self.leg);
            let depth_m = -(height_m + (*rotation * arm).z);
            if depth_m <= 0.0 {
                continue;
            }
            let speed = velocity_m_s + *rotation * rate_rad_s.cross(arm);
            let load = (self.stiffness * depth_m - self.damping * speed.z).max(0.0);
            let slip = speed.with_z(0.0);
            let force = DVec3::Z * load - slip * (FRICTION * load / slip.length().max(CREEP_M_S));
            total.force_n += force;
            total.moment_n_m += arm.cross(rotation.transpose() * force);
        }
        total
    }
}

//! The vehicle of the unit tests; those of the room as a whole read this file too.

use glam::DVec3;

use crate::Airframe;

/// AscTec Hummingbird, RotorPy 3.0.0 `hummingbird_params.py`.
pub const HUMMINGBIRD: Airframe = Airframe {
    mass_kg: 0.5,
    inertia_kg_m2: DVec3::new(3.65e-3, 3.68e-3, 7.03e-3),
    arm_m: 0.17,
    rotor_radius_m: 0.10,
    diameter_m: 0.54,
    thrust_n_s2: 5.57e-6,
    torque_n_m_s2: 1.36e-7,
    rotor_inertia_kg_m2: 0.0,
    rotor_rise_s: 0.005,
    rotor_fall_s: 0.005,
    rotor_max_rad_s: 1500.0,
    rotor_drag_kg: DVec3::new(1.19e-4, 1.19e-4, 2.32e-4),
    translational_lift_kg_m: 3.39e-3,
    linear_drag_n_s_m: DVec3::ZERO,
    quadratic_drag_n_s2_m2: DVec3::new(0.5e-2, 0.5e-2, 1e-2),
};

//! Vehicles of the peers, as their programs state them.

use kapok_show::DVec3;
use kapok_sim::Airframe;

/// Crazyflie 2.x, RotorPy 3.0.0 `crazyflie_params.py`.
pub const CRAZYFLIE: Airframe = Airframe {
    mass_kg: 0.03,
    inertia_kg_m2: DVec3::new(1.43e-5, 1.43e-5, 2.89e-5),
    arm_m: 0.043,
    rotor_radius_m: 0.0231,
    diameter_m: 0.132,
    thrust_n_s2: 2.3e-8,
    torque_n_m_s2: 7.8e-10,
    rotor_inertia_kg_m2: 0.0,
    rotor_rise_s: 0.072,
    rotor_fall_s: 0.072,
    rotor_max_rad_s: 2500.0,
    rotor_drag_kg: DVec3::new(10.2506e-7, 10.2506e-7, 7.553e-7),
    translational_lift_kg_m: 0.0,
    linear_drag_n_s_m: DVec3::ZERO,
    quadratic_drag_n_s2_m2: DVec3::ZERO,
};

/// Crazyflie 2.1 brushless, Crazyflow 0.4.0 `cf21B_500`: thrust and torque curves as one power each around hover, rotor lags as time
/// constants around hover.
pub const BRUSHLESS: Airframe = Airframe {
    mass_kg: 0.0434,
    inertia_kg_m2: DVec3::new(25e-6, 28e-6, 49e-6),
    arm_m: 0.05,
    rotor_radius_m: 0.0275,
    diameter_m: 0.155,
    thrust_n_s2: 3.841e-8,
    torque_n_m_s2: 2.346e-10,
    rotor_inertia_kg_m2: 38.93e-9,
    rotor_rise_s: 0.057,
    rotor_fall_s: 0.062,
    rotor_max_rad_s: 3100.0,
    rotor_drag_kg: DVec3::ZERO,
    translational_lift_kg_m: 0.0,
    linear_drag_n_s_m: DVec3::new(0.021_643_64, 0.021_643_64, 0.024_771_39),
    quadratic_drag_n_s2_m2: DVec3::ZERO,
};

//! Closed forms and the order of the method.

use glam::{DQuat, DVec3};
use kapok_sim::{Airframe, Body, GRAVITY_M_S2, Stepper};
use proptest::prelude::*;

use crate::support::CRAZYFLIE;
use crate::testing::HUMMINGBIRD;

const STEP_S: f64 = 0.005;
const NO_GROUND: f64 = f64::NEG_INFINITY;

fn fly(airframe: &Airframe, mut body: Body, command: [f64; 4], wind: DVec3, dt_s: f64, steps: usize) -> Body {
    let stepper = Stepper::new(airframe, dt_s);
    for _ in 0..steps {
        stepper.step(&mut body, &command, wind, NO_GROUND);
    }
    body
}

#[test]
fn hover_stays() {
    for airframe in [HUMMINGBIRD, CRAZYFLIE] {
        let start = Body::hovering(DVec3::new(1.0, 2.0, 30.0), &airframe);
        let end = fly(&airframe, start, [airframe.hover_rotor_rad_s(); 4], DVec3::ZERO, STEP_S, 2000);
        assert!((end.position_m - start.position_m).length() < 1e-9, "{}", end.position_m);
        assert!(end.attitude.is_normalized());
    }
}

#[test]
fn a_fall_without_rotors_reaches_the_terminal_speed_as_a_hyperbolic_tangent() {
    let stated = HUMMINGBIRD.terminal_speed_m_s();
    let fall = |seconds: f64| {
        let body = Body::at_rest(DVec3::Z * 500.0);
        -fly(&HUMMINGBIRD, body, [0.0; 4], DVec3::ZERO, STEP_S, (seconds / STEP_S) as usize).velocity_m_s.z
    };
    for seconds in [0.5, 1.5, 4.0] {
        let exact = stated * (GRAVITY_M_S2 * seconds / stated).tanh();
        assert!((fall(seconds) - exact).abs() < 1e-3, "{seconds} s: {} against {exact}", fall(seconds));
    }
    assert!((fall(30.0) - stated).abs() < 1e-9);
}

/// Level flight at a tilt: thrust carries the weight, and tan(tilt) = drag / (m g). The speed is found by a bisection on the balance
/// of forces that knows nothing of the integrator.
#[test]
fn a_held_tilt_drifts_at_the_speed_where_drag_balances_it() {
    let airframe = Airframe { translational_lift_kg_m: 0.0, rotor_drag_kg: DVec3::ZERO, ..HUMMINGBIRD };
    let airframe =
        Airframe { linear_drag_n_s_m: DVec3::splat(0.2), quadratic_drag_n_s2_m2: DVec3::splat(0.01), ..airframe };
    let tilt: f64 = 0.2;
    let drag = airframe.weight_n() * tilt.tan();
    let (mut low, mut high) = (0.0, 50.0);
    for _ in 0..100 {
        let v = 0.5 * (low + high);
        if 0.2 * v + 0.01 * v * v < drag { low = v } else { high = v }
    }
    // Thrust such that the vertical balance holds with the drag along x (drag is isotropic here, so it is along x in any axes).
    let thrust = airframe.weight_n() / tilt.cos();
    let speed = (thrust / (4.0 * airframe.thrust_n_s2)).sqrt();
    let body =
        Body { attitude: DQuat::from_rotation_y(tilt), rotor_rad_s: [speed; 4], ..Body::at_rest(DVec3::Z * 100.0) };
    let end = fly(&airframe, body, [speed; 4], DVec3::ZERO, STEP_S, 12_000);
    assert!((end.velocity_m_s.x - low).abs() < 1e-6, "{} against {low}", end.velocity_m_s.x);
    assert!(end.velocity_m_s.z.abs() < 1e-6);
}

#[test]
fn a_yaw_step_turns_up_by_its_torque() {
    // Without the blades' drag, which would brake the turn.
    let airframe = Airframe { rotor_drag_kg: DVec3::ZERO, ..HUMMINGBIRD };
    let hover = airframe.hover_rotor_rad_s();
    let (more, less) = (hover * 1.1, hover * (2.0_f64 - 1.21).sqrt());
    let rotors = [more, less, more, less];
    let body = Body { rotor_rad_s: rotors, ..Body::hovering(DVec3::Z * 50.0, &airframe) };
    let torque = airframe.torque_n_m_s2 * 2.0 * (more * more - less * less);
    let end = fly(&airframe, body, rotors, DVec3::ZERO, STEP_S, 100);
    // The first step turns by the moment of its middle, and so does every other: exact.
    let exact = torque / airframe.inertia_kg_m2.z * 0.5;
    assert!((end.rate_rad_s.z - exact).abs() < 1e-9 * exact, "{} against {exact}", end.rate_rad_s.z);
    // Greatest yaw moment: two rotors at their greatest speed, two at rest.
    let most = [airframe.rotor_max_rad_s, 0.0, airframe.rotor_max_rad_s, 0.0];
    let moment = airframe.wrench(&most, DVec3::ZERO, DVec3::ZERO, 1.0).moment_n_m.z;
    assert!((moment - 2.0 * airframe.torque_n_m_s2 * airframe.rotor_max_rad_s.powi(2)).abs() < 1e-12);
}

/// A free body: MuJoCo 4.0.0 with RK4 ends at this attitude after 10 s of the tennis-racket motion.
#[test]
fn free_tumbling_ends_where_mujoco_ends() {
    let airframe = Airframe {
        inertia_kg_m2: DVec3::new(3.65e-3, 5.0e-3, 7.03e-3),
        rotor_drag_kg: DVec3::ZERO,
        translational_lift_kg_m: 0.0,
        quadratic_drag_n_s2_m2: DVec3::ZERO,
        ..HUMMINGBIRD
    };
    let start = Body { rate_rad_s: DVec3::new(0.05, 5.0, 0.05), ..Body::at_rest(DVec3::ZERO) };
    let end = fly(&airframe, start, [0.0; 4], DVec3::ZERO, STEP_S, 2000);
    // w, x, y, z = (-0.0004, -0.6218, -0.3218, -0.7140) to its four digits; all digits in bench/twin.py.
    let oracle = DQuat::from_xyzw(-0.6218, -0.3218, -0.7140, -0.0004).normalize();
    let angle = 2.0 * (end.attitude.conjugate() * oracle).xyz().length().asin();
    assert!(angle < 1e-3, "{angle} rad from {:?}", end.attitude);
    let energy =
        |body: &Body| body.kinetic_energy_j(&airframe) - 0.5 * airframe.mass_kg * body.velocity_m_s.length_squared();
    assert!((energy(&end) / energy(&start) - 1.0).abs() < 1e-7, "{}", energy(&end) / energy(&start) - 1.0);
}

/// Twice as many steps, a quarter of the error: second order, in flight with everything on.
#[test]
fn halving_the_step_quarters_the_error() {
    let end = |halvings: u32| {
        let steps = 200 << halvings;
        let stepper = Stepper::new(&HUMMINGBIRD, 1.0 / f64::from(steps));
        let mut body = Body { rate_rad_s: DVec3::new(1.0, -2.0, 0.5), ..Body::hovering(DVec3::Z * 50.0, &HUMMINGBIRD) };
        body.velocity_m_s = DVec3::new(4.0, -1.0, 0.5);
        // The scheme looks one step back: let it start with the right past.
        let mut first = body;
        Stepper::new(&HUMMINGBIRD, 1e-7).step(&mut first, &[480.0, 470.0, 460.0, 475.0], DVec3::X * 3.0, NO_GROUND);
        (body.acceleration_m_s2, body.spin_up_rad_s2) = (first.acceleration_m_s2, first.spin_up_rad_s2);
        for _ in 0..steps {
            stepper.step(&mut body, &[480.0, 470.0, 460.0, 475.0], DVec3::X * 3.0, NO_GROUND);
        }
        body
    };
    let exact = end(6);
    let errors: Vec<f64> = (0..3).map(|h| (end(h).position_m - exact.position_m).length()).collect();
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((1.7..2.6).contains(&order), "order {order} of {errors:?}");
    }
    assert!(errors[0] < 2e-3, "{errors:?}");
}

#[test]
fn a_dropped_vehicle_comes_to_rest_on_its_feet() {
    let stepper = Stepper::new(&HUMMINGBIRD, STEP_S);
    let ground_m = 3.0;
    let mut body = Body::at_rest(DVec3::Z * (ground_m + HUMMINGBIRD.standing_height_m() + 0.3));
    body.velocity_m_s.x = 0.5;
    for _ in 0..600 {
        stepper.step(&mut body, &[0.0; 4], DVec3::ZERO, ground_m);
    }
    assert!((body.position_m.z - ground_m - HUMMINGBIRD.standing_height_m()).abs() < 2e-3, "{}", body.position_m.z);
    assert!(body.velocity_m_s.length() < 1e-2 && body.rate_rad_s.length() < 1e-2, "{body:?}");
    assert!((0.0..0.4).contains(&body.position_m.x), "friction stops it: {}", body.position_m.x);
}

proptest! {
    /// Without forces the length of the angular momentum and the energy stay, whatever the inertia and the spin.
    #[test]
    fn tumbling_keeps_momentum_and_energy(
        jx in 1e-3..2e-2f64, jy in 1e-3..2e-2f64, share in 0.1..0.95f64,
        wx in -8.0..8.0f64, wy in -8.0..8.0f64, wz in -8.0..8.0f64,
    ) {
        // A body's moments obey the triangle inequality.
        let inertia = DVec3::new(jx, jy, (jx - jy).abs() + share * (jx + jy - (jx - jy).abs()));
        let airframe = Airframe { inertia_kg_m2: inertia, rotor_drag_kg: DVec3::ZERO, ..CRAZYFLIE };
        let start = Body { rate_rad_s: DVec3::new(wx, wy, wz), ..Body::at_rest(DVec3::ZERO) };
        let end = fly(&airframe, start, [0.0; 4], DVec3::ZERO, STEP_S, 1000);
        let momentum = |b: &Body| (inertia * b.rate_rad_s).length();
        let spin = |b: &Body| (inertia * b.rate_rad_s * b.rate_rad_s).element_sum();
        prop_assert!((momentum(&end) - momentum(&start)).abs() <= 1e-5 * momentum(&start) + 1e-12);
        prop_assert!((spin(&end) - spin(&start)).abs() <= 1e-5 * spin(&start) + 1e-12);
        // And its direction in the site stays.
        let turned = |b: &Body| b.attitude * (inertia * b.rate_rad_s);
        prop_assert!((turned(&end) - turned(&start)).length() <= 1e-4 * momentum(&start) + 1e-12);
    }

    /// Nothing that a profile allows makes the state other than finite.
    #[test]
    fn the_state_stays_finite(
        commands in prop::array::uniform4(0.0..1500.0f64), wind in prop::array::uniform3(-40.0..40.0f64), steps in 1..400usize,
    ) {
        let start = Body::hovering(DVec3::Z * 20.0, &HUMMINGBIRD);
        let end = fly(&HUMMINGBIRD, start, commands, DVec3::from_array(wind), STEP_S, steps);
        prop_assert!(end.position_m.is_finite() && end.velocity_m_s.is_finite() && end.rate_rad_s.is_finite());
        prop_assert!((end.attitude.length() - 1.0).abs() < 1e-5);
    }
}

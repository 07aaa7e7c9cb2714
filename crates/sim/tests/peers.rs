//! Side by side with other simulators, by kept figures; `bench/twin.py` runs the peers themselves.

use glam::DVec3;
use kapok_sim::{Airframe, Body, Stepper};

use crate::controllers::{Flat, Mellinger, circle, se3};
use crate::support::{BRUSHLESS, CRAZYFLIE};
use crate::testing::HUMMINGBIRD;

const NO_GROUND: f64 = f64::NEG_INFINITY;
/// Rotors below rest are at rest: the peer clips commands so.
fn clipped(frame: &Airframe, command: [f64; 4]) -> [f64; 4] {
    command.map(|w| w.clamp(0.0, frame.rotor_max_rad_s))
}

/// RotorPy's rotor commands, 100 a second for two seconds, give RotorPy's path to a millimetre.
#[test]
fn rotorpys_commands_give_rotorpys_path() {
    let log = include_str!("data/rotorpy_open_loop.csv");
    let rows: Vec<Vec<f64>> = log.lines().map(|l| l.split(',').map(|v| v.parse().unwrap()).collect()).collect();
    let parts = 16;
    let stepper = Stepper::new(&HUMMINGBIRD, 0.01 / f64::from(parts));
    let at = |row: &[f64]| DVec3::new(row[5], row[6], row[7]);
    let mut body = Body { velocity_m_s: DVec3::Y * 3.0, ..Body::hovering(at(&rows[0]), &HUMMINGBIRD) };
    let mut worst: f64 = 0.0;
    for pair in rows.windows(2) {
        let command = clipped(&HUMMINGBIRD, [pair[0][1], pair[0][2], pair[0][3], pair[0][4]]);
        for _ in 0..parts {
            stepper.step(&mut body, &command, DVec3::ZERO, NO_GROUND);
        }
        worst = worst.max((body.position_m - at(&pair[1])).length());
    }
    assert_eq!(rows.len(), 201);
    assert!(worst < 1e-3, "{worst} m apart");
}

/// Mean distance to a circle, 5 to 20 s, the controller at 100 Hz as in the peer's run.
fn circling(frame: &Airframe, gains: (f64, f64), radius: f64, speed: f64, wind: DVec3) -> (f64, f64) {
    let parts = 4;
    let stepper = Stepper::new(frame, 0.01 / f64::from(parts));
    let start = circle(radius, speed, 10.0, 0.0);
    let mut body = Body { velocity_m_s: start.velocity, ..Body::hovering(start.position, frame) };
    let (mut sum, mut worst, mut count) = (0.0, 0.0_f64, 0.0);
    for k in 0..2000 {
        let flat = circle(radius, speed, 10.0, f64::from(k) * 0.01);
        if k >= 500 {
            let error = (body.position_m - flat.position).length();
            (sum, worst, count) = (sum + error, worst.max(error), count + 1.0);
        }
        let command = clipped(frame, se3(frame, gains.0, gains.1, &body, &flat));
        for _ in 0..parts {
            stepper.step(&mut body, &command, wind, NO_GROUND);
        }
    }
    (sum / count, worst)
}

#[track_caller]
fn assert_near(found: f64, kept: f64, share: f64) {
    assert!((found / kept - 1.0).abs() < share, "{found} against {kept}");
}

#[test]
fn a_hummingbird_circles_as_in_rotorpy() {
    let (mean, worst) = circling(&HUMMINGBIRD, (544.0, 46.64), 5.0, 3.0, DVec3::ZERO);
    assert_near(mean, 0.2010, 0.02);
    assert_near(worst, 0.2010, 0.02);
    let (mean, worst) = circling(&HUMMINGBIRD, (544.0, 46.64), 5.0, 3.0, DVec3::X * 5.0);
    assert_near(mean, 0.402, 0.02);
    assert_near(worst, 0.699, 0.02);
}

#[test]
fn a_crazyflie_circles_as_in_rotorpy() {
    let (mean, _) = circling(&CRAZYFLIE, (310.0, 57.0), 1.0, 1.0, DVec3::ZERO);
    assert_near(mean, 0.0107, 0.02);
    let (mean, worst) = circling(&CRAZYFLIE, (310.0, 57.0), 1.0, 1.0, DVec3::X * 2.0);
    assert_near(mean, 0.0756, 0.02);
    assert_near(worst, 0.0860, 0.02);
}

/// The firmware's controller on Crazyflow's vehicle: horizontal distance to the circle, and the height that its wrong mass costs.
#[test]
fn a_brushless_crazyflie_circles_as_in_crazyflow() {
    let stepper = Stepper::new(&BRUSHLESS, 1.0 / 500.0);
    let at = |t: f64| -> Flat { circle(1.0, 1.0, 1.0, t) };
    let mut body = Body { velocity_m_s: at(0.0).velocity, ..Body::hovering(at(0.0).position, &BRUSHLESS) };
    let mut controller = Mellinger::default();
    let (mut flat_error, mut height, mut count) = (0.0, 0.0, 0.0);
    for k in 0..10_000 {
        let wanted = at(f64::from(k) / 500.0);
        if k % 5 == 0 {
            controller.position(&body, &wanted);
        }
        let command = controller.attitude(&BRUSHLESS, &body);
        stepper.step(&mut body, &command, DVec3::ZERO, NO_GROUND);
        if k >= 2500 {
            let error = body.position_m - wanted.position;
            flat_error += error.truncate().length();
            height += error.z;
            count += 1.0;
        }
    }
    assert_near(flat_error / count, 0.0345, 0.10);
    assert!((height / count - 0.081).abs() < 0.03, "{}", height / count);
}

use glam::{DQuat, DVec3};

use crate::airframe::GRAVITY_M_S2;
use crate::positioning::{Fix, Measurement, markov, normal3};
use crate::{Random, Stream};

/// Noise of gyroscopes, rad/s/√Hz: ICM-20602, 0.004 °/s/√Hz; doubled as Gazebo's models do for vibration.
const GYRO_NOISE: f64 = 1.4e-4;
/// Bias of accelerometers that calibration leaves, m/s², and its time constant, seconds. Their white noise, 4 mm/s²/√Hz, makes
/// 1 cm/s in eight seconds and is left out.
const ACCELEROMETER_BIAS_M_S2: f64 = 0.05;
const ACCELEROMETER_BIAS_S: f64 = 300.0;
/// Bias of gyroscopes that calibration leaves, rad/s.
const GYRO_BIAS_RAD_S: f64 = 5e-4;
/// Noise of a barometer, metres, its slow drift, metres, and the time constant of that, seconds: a choice, no figure is published.
const BAROMETER_NOISE_M: f64 = 0.15;
const BAROMETER_DRIFT_M: f64 = 0.3;
const BAROMETER_DRIFT_S: f64 = 120.0;
/// Gains on an innovation: of height (1/s), of climb (1/s²) and of heading (1/s); of tilt (rad per m/s), accelerometer bias (1/s) and
/// gyroscope bias (rad/s per m/s) on a measured velocity.
const HEIGHT_GAIN: f64 = 1.0;
const CLIMB_GAIN: f64 = 0.6;
const HEADING_GAIN: f64 = 1.0;
const TILT_GAIN: f64 = 0.02;
const ACCELEROMETER_GAIN: f64 = 0.01;
const GYRO_GAIN: f64 = 0.001;
/// Gates of the innovations, in standard deviations.
const GATE: f64 = 5.0;

/// The timetable of ArduPilot when aiding is lost, as the show firmware has it.
pub mod timetable {
    /// Position is called dead reckoning after so many seconds without a position.
    pub const DEAD_RECKONING_S: f64 = 1.0;
    /// Position is given up after so many seconds without velocity.
    pub const LOST_WITHOUT_VELOCITY_S: f64 = 7.0;
    /// Position is given up after so many seconds without position while velocity is there.
    pub const LOST_WITHOUT_POSITION_S: f64 = 10.0;
    /// The check of the estimator runs at 10 Hz, and so many failures in a row are a failsafe.
    pub const CHECK_FAILURES: u8 = 10;
    /// Variances above this fail the check where two of three are.
    pub const THRESHOLD: f64 = 0.8;
}

/// How an estimator stands with its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aiding {
    /// Position and velocity are measured.
    Aided,
    /// Integrated from inertial sensors for more than a second.
    DeadReckoning,
    /// Given up: there is no position.
    Lost,
}

/// Faults of a vehicle's sensors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SensorFaults {
    /// The compass reads so many radians too far to the left (counter-clockwise from above).
    pub compass_rad: f64,
    /// The barometer reads so many metres too high.
    pub barometer_m: f64,
    /// And drifts by so many m/s more since the fault began.
    pub barometer_drift_m_s: f64,
}

/// An estimator as a model of its errors: what it believes minus what is.
///
/// Fifteen numbers (position, velocity, turn, accelerometer and gyroscope bias) with the dynamics of an inertial filter and fixed
/// gains a fix, in place of a filter with covariances a vehicle:
/// `ṗ = v`, `v̇ = θ × (a + g ẑ) + R b_a + n`, `θ̇ = R b_g + n`; a measurement with error m moves the errors by gains times m − e.
/// Without measurements they integrate freely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimator {
    /// Error of the position, metres, site frame.
    pub position_m: DVec3,
    /// Error of the velocity, m/s, site frame.
    pub velocity_m_s: DVec3,
    /// Error of the attitude: the small turn from the true to the believed, radians, site frame.
    pub turn_rad: DVec3,
    /// Bias of the accelerometers beyond what is corrected, m/s², body axes.
    accelerometer_m_s2: DVec3,
    /// The biases as they are, of unit variance; corrections are in the field above.
    bias_process: DVec3,
    /// Bias of the gyroscopes beyond what is corrected, rad/s, body axes.
    gyroscope_rad_s: DVec3,
    /// Slow drift of the barometer, of unit variance.
    barometer: f64,
    without_position_s: f64,
    without_velocity_s: f64,
    /// Innovations over their gates: position, velocity, compass.
    ratios: DVec3,
    failures: u8,
}

/// What an estimator is told in a tick.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// Mean acceleration over the tick, m/s², site frame.
    pub acceleration_m_s2: DVec3,
    /// Body to site.
    pub attitude: DQuat,
    /// What the receiver says, if it says anything in this tick.
    pub measured: Option<Measurement>,
    /// Its fix.
    pub fix: Fix,
    /// Height is taken from the receiver; from the barometer otherwise, and whenever there is no fix.
    pub height_from_gnss: bool,
    /// Seconds since the vehicle's faults began.
    pub fault_s: f64,
    /// What is wrong with the sensors.
    pub faults: &'a SensorFaults,
}

impl Estimator {
    /// An estimator that has settled on the ground.
    pub fn new(vehicle: u32, random: &Random) -> Self {
        let draw = |tick: u32| normal3(random, vehicle, tick, Stream::Vehicle);
        let [barometer, ..] = random.normal(vehicle, 3, Stream::Vehicle);
        Self {
            position_m: DVec3::ZERO,
            velocity_m_s: DVec3::ZERO,
            turn_rad: DVec3::ZERO,
            accelerometer_m_s2: draw(0) * (0.2 * ACCELEROMETER_BIAS_M_S2),
            bias_process: draw(0),
            gyroscope_rad_s: draw(1) * (0.2 * GYRO_BIAS_RAD_S),
            barometer,
            without_position_s: 0.0,
            without_velocity_s: 0.0,
            ratios: DVec3::ZERO,
            failures: 0,
        }
    }

    /// How the position stands.
    pub fn aiding(&self) -> Aiding {
        use timetable::{DEAD_RECKONING_S, LOST_WITHOUT_POSITION_S, LOST_WITHOUT_VELOCITY_S};
        let lost =
            self.without_velocity_s >= LOST_WITHOUT_VELOCITY_S || self.without_position_s >= LOST_WITHOUT_POSITION_S;
        if lost {
            Aiding::Lost
        } else if self.without_position_s >= DEAD_RECKONING_S {
            Aiding::DeadReckoning
        } else {
            Aiding::Aided
        }
    }

    /// For how long no position has been taken in, seconds.
    pub fn unaided_s(&self) -> f64 {
        self.without_position_s
    }

    /// The check of the autopilot, to be made at 10 Hz: true when the failsafe is due.
    pub fn check(&mut self) -> bool {
        let high = |ratio: f64| u8::from(ratio >= timetable::THRESHOLD);
        let two = high(self.ratios.x) + high(self.ratios.y) + high(self.ratios.z) >= 2;
        if two || self.ratios.y >= 2.0 * timetable::THRESHOLD || self.aiding() == Aiding::Lost {
            self.failures = (self.failures + 1).min(timetable::CHECK_FAILURES);
        } else {
            self.failures = self.failures.saturating_sub(1);
        }
        self.has_failed()
    }

    /// Did the last check ask for the failsafe?
    pub fn has_failed(&self) -> bool {
        self.failures >= timetable::CHECK_FAILURES
    }

    /// Advances by a tick of `dt_s`; `tick` counts from 1.
    pub fn advance(&mut self, vehicle: u32, tick: u32, dt_s: f64, seen: &Observation, random: &Random) {
        let root = dt_s.sqrt();
        let gyro = normal3(random, vehicle, tick, Stream::Gyroscope);
        // Biases wander; what they change by is what the filter does not know.
        let fresh = normal3(random, vehicle, tick, Stream::Accelerometer);
        let process = markov(self.bias_process, dt_s, ACCELEROMETER_BIAS_S, fresh);
        self.accelerometer_m_s2 += ACCELEROMETER_BIAS_M_S2 * (process - self.bias_process);
        self.bias_process = process;
        let force = seen.acceleration_m_s2 + DVec3::Z * GRAVITY_M_S2;
        self.position_m += self.velocity_m_s * dt_s;
        self.velocity_m_s += (self.turn_rad.cross(force) + seen.attitude * self.accelerometer_m_s2) * dt_s;
        self.turn_rad += (seen.attitude * self.gyroscope_rad_s) * dt_s + gyro * (GYRO_NOISE * root);
        self.turn_rad.z += HEADING_GAIN * dt_s * (seen.faults.compass_rad - self.turn_rad.z);
        let heading = (seen.faults.compass_rad - self.turn_rad.z).abs() / (GATE * 0.1);
        self.ratios.z += 0.5 * (heading - self.ratios.z);
        self.without_position_s += dt_s;
        self.without_velocity_s += dt_s;
        if let Some(measured) = seen.measured {
            self.correct(&measured, seen);
        }
        if !(seen.height_from_gnss && seen.fix != Fix::None) {
            let [white, slow, ..] = random.normal(vehicle, tick, Stream::Barometer);
            self.climb([white, slow], dt_s, seen);
        }
    }

    /// Takes in what the receiver says, if the gates let it pass.
    fn correct(&mut self, measured: &Measurement, seen: &Observation) {
        let quality = seen.fix.quality();
        let off = measured.position_m - self.position_m;
        let speed_off = measured.velocity_m_s - self.velocity_m_s;
        let sigma_m = (quality.white_m.x * quality.white_m.x + quality.slow_m.x * quality.slow_m.x + 0.09).sqrt();
        let sigma_m_s = (quality.velocity_m_s.x * quality.velocity_m_s.x + 0.09).sqrt();
        let position_ratio = off.truncate().length() / (GATE * sigma_m);
        let velocity_ratio = speed_off.truncate().length() / (GATE * sigma_m_s);
        self.ratios.x += 0.5 * (position_ratio - self.ratios.x);
        self.ratios.y += 0.5 * (velocity_ratio - self.ratios.y);
        if velocity_ratio < 1.0 || self.aiding() == Aiding::Lost {
            self.without_velocity_s = 0.0;
            let xy = speed_off.with_z(if seen.height_from_gnss { speed_off.z } else { 0.0 });
            self.velocity_m_s += quality.velocity_gain * xy;
            // A velocity that lags behind along +x is a believed thrust that leans too little that way: turn about +y.
            let lean = DVec3::new(-xy.y, xy.x, 0.0);
            self.turn_rad += TILT_GAIN * lean;
            let body = seen.attitude.conjugate();
            self.accelerometer_m_s2 += ACCELEROMETER_GAIN * (body * xy);
            self.gyroscope_rad_s += GYRO_GAIN * (body * lean);
        }
        if position_ratio < 1.0 {
            self.without_position_s = 0.0;
            self.position_m += quality.position_gain * off.with_z(if seen.height_from_gnss { off.z } else { 0.0 });
        } else if self.aiding() == Aiding::Lost {
            // The filter starts again where the receiver says.
            self.without_position_s = 0.0;
            self.position_m = measured.position_m.with_z(self.position_m.z);
        }
    }

    /// Height by the barometer.
    fn climb(&mut self, noise: [f64; 2], dt_s: f64, seen: &Observation) {
        self.barometer = markov(DVec3::X * self.barometer, dt_s, BAROMETER_DRIFT_S, DVec3::X * noise[1]).x;
        let fault = seen.faults.barometer_m + seen.faults.barometer_drift_m_s * seen.fault_s;
        let off = fault + BAROMETER_DRIFT_M * self.barometer + BAROMETER_NOISE_M * noise[0] - self.position_m.z;
        self.position_m.z += HEIGHT_GAIN * dt_s * off;
        self.velocity_m_s.z += CLIMB_GAIN * dt_s * off;
    }

    /// The turn from true to believed attitude as a quaternion, for errors of any size.
    pub fn turn(&self) -> DQuat {
        let half = 0.5 * self.turn_rad;
        let angle = half.length();
        if angle < 1e-9 {
            return DQuat::IDENTITY;
        }
        let (sin, cos) = kapok_show::math::sin_cos(angle);
        let axis = half * (sin / angle);
        DQuat::from_xyzw(axis.x, axis.y, axis.z, cos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::positioning::{GnssField, Jammer, Receiver, Shared};

    const DT_S: f64 = 0.05;

    struct Flight {
        estimator: Estimator,
        receiver: Receiver,
        shared: Shared,
        field: GnssField,
        faults: SensorFaults,
        height_from_gnss: bool,
        random: Random,
        tick: u32,
    }

    impl Flight {
        fn new(seed: u64, fix: Fix) -> Self {
            let random = Random::new(seed, 0);
            Self {
                estimator: Estimator::new(0, &random),
                receiver: Receiver::new(0, fix, 0, 0, &random),
                shared: Shared::new(1, 1, &random),
                field: GnssField::clear(fix),
                faults: SensorFaults::default(),
                height_from_gnss: true,
                random,
                tick: 0,
            }
        }

        fn run(&mut self, seconds: f64) {
            for _ in 0..(seconds / DT_S) as u32 {
                self.tick += 1;
                let t_s = f64::from(self.tick) * DT_S;
                let measured = self
                    .tick
                    .is_multiple_of(4)
                    .then(|| {
                        self.receiver.measure(
                            0,
                            (t_s, self.tick, 0.2),
                            DVec3::ZERO,
                            &self.field,
                            &self.shared,
                            &self.random,
                        )
                    })
                    .flatten();
                let seen = Observation {
                    acceleration_m_s2: DVec3::ZERO,
                    attitude: DQuat::IDENTITY,
                    measured,
                    fix: self.receiver.fix,
                    height_from_gnss: self.height_from_gnss,
                    fault_s: t_s,
                    faults: &self.faults,
                };
                self.estimator.advance(0, self.tick, DT_S, &seen, &self.random);
            }
        }
    }

    #[test]
    fn a_fixed_solution_holds_the_errors_at_centimetres() {
        let mut squares = DVec3::ZERO;
        let mut count = 0.0;
        for seed in 0..20 {
            let mut flight = Flight::new(seed, Fix::Fixed);
            flight.run(60.0);
            for _ in 0..20 {
                flight.run(3.0);
                squares += flight.estimator.position_m * flight.estimator.position_m;
                count += 1.0;
            }
        }
        let deviation = DVec3::new((squares.x / count).sqrt(), (squares.y / count).sqrt(), (squares.z / count).sqrt());
        assert!(deviation.max_element() < 0.05 && deviation.min_element() > 0.005, "{deviation}");
    }

    /// One second to dead reckoning, seven to no position, one more to the failsafe.
    #[test]
    fn lost_aiding_follows_the_timetable() {
        let mut flight = Flight::new(5, Fix::Fixed);
        flight.run(30.0);
        let forever = (0.0, f64::INFINITY);
        flight.field.jammers.push(Jammer { place_m: DVec3::ZERO, active_s: forever, lost_m: 10.0, degraded_m: 10.0 });
        let (mut reckoning, mut lost, mut failsafe) = (None, None, None);
        for tenth in 1..150 {
            flight.run(0.1);
            let aiding = flight.estimator.aiding();
            let now = f64::from(tenth) * 0.1;
            if aiding != Aiding::Aided {
                reckoning.get_or_insert(now);
            }
            if aiding == Aiding::Lost {
                lost.get_or_insert(now);
            }
            if flight.estimator.check() {
                failsafe.get_or_insert(now);
            }
        }
        // The last measurement is up to 0.2 s old when the jammer comes.
        let near = |found: Option<f64>, stated: f64| (found.unwrap() - stated).abs() <= 0.25;
        assert!(near(reckoning, 1.0) && near(lost, 7.0) && near(failsafe, 7.9), "{reckoning:?} {lost:?} {failsafe:?}");
    }

    /// Dead reckoning leaves with the square of time: metres after seconds.
    #[test]
    fn without_aiding_the_error_grows_faster_than_time() {
        let (mut at_4, mut at_8) = (0.0, 0.0);
        for seed in 0..40 {
            let mut flight = Flight::new(seed, Fix::Fixed);
            flight.run(60.0);
            let start = flight.estimator.position_m;
            let forever = (0.0, f64::INFINITY);
            flight.field.jammers.push(Jammer {
                place_m: DVec3::ZERO,
                active_s: forever,
                lost_m: 10.0,
                degraded_m: 10.0,
            });
            flight.run(4.0);
            at_4 += (flight.estimator.position_m - start).truncate().length() / 40.0;
            flight.run(4.0);
            at_8 += (flight.estimator.position_m - start).truncate().length() / 40.0;
        }
        assert!(at_8 > 2.2 * at_4 && (0.05..10.0).contains(&at_8), "{at_4} m after 4 s, {at_8} m after 8 s");
    }

    /// A barometer that reads five metres too high moves a belief that rests on it, and no other.
    #[test]
    fn a_barometer_fault_moves_the_height_that_rests_on_it() {
        let height = |height_from_gnss: bool| {
            let mut flight = Flight { height_from_gnss, ..Flight::new(3, Fix::Fixed) };
            flight.faults = SensorFaults { barometer_m: 5.0, ..SensorFaults::default() };
            flight.run(30.0);
            flight.estimator.position_m.z
        };
        assert!((height(false) - 5.0).abs() < 1.2, "{}", height(false));
        assert!(height(true).abs() < 0.1, "{}", height(true));
        let mut flight = Flight { height_from_gnss: false, ..Flight::new(3, Fix::Fixed) };
        flight.faults.barometer_drift_m_s = 0.1;
        flight.run(60.0);
        assert!((flight.estimator.position_m.z - 6.0).abs() < 1.2, "{}", flight.estimator.position_m.z);
    }

    #[test]
    fn a_compass_fault_turns_the_belief() {
        let mut flight = Flight::new(2, Fix::Fixed);
        flight.faults.compass_rad = 0.6;
        flight.run(20.0);
        assert!((flight.estimator.turn_rad.z - 0.6).abs() < 0.02, "{}", flight.estimator.turn_rad);
    }
}

use kapok_show::{Vehicle, YawProgram};

use crate::Setpoint;

/// What a vehicle is asked to do at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// Stand on the pad, rotors at rest; a vehicle that flies holds its place.
    Wait,
    /// Be there.
    Fly(Setpoint),
    /// Sink where it is and stop the rotors on the ground; level, where it has no position.
    Land,
    /// Hold the height, level: the wind carries it.
    HoldAltitude,
    /// Stop the rotors wherever it is.
    Cut,
}

/// Gives the orders: the show on board, a ground station, a test.
///
/// It is asked ten times a second for every vehicle, in any order and from any thread: the answer depends on its arguments alone.
pub trait Guidance: Sync {
    /// The order of a vehicle at `t_s` seconds after the fleet began.
    fn order(&self, vehicle: usize, t_s: f64) -> Order;

    /// Does it act itself when a position or a pack is lost, and may it take a landing back? Otherwise the fleet's own failsafes act,
    /// and a landing that has begun is finished.
    fn has_failsafes(&self) -> bool {
        false
    }
}

impl<F: Fn(usize, f64) -> Order + Sync> Guidance for F {
    fn order(&self, vehicle: usize, t_s: f64) -> Order {
        self(vehicle, t_s)
    }
}

/// Flies the vehicles of a show as their files say: waits, flies the trajectory, then lands, by time alone.
#[derive(Clone, Copy, Debug)]
pub struct ShowGuidance<'a> {
    vehicles: &'a [Vehicle],
    start_s: f64,
}

impl<'a> ShowGuidance<'a> {
    /// Show time 0 is `start_s` after the fleet began.
    pub fn new(vehicles: &'a [Vehicle], start_s: f64) -> Self {
        Self { vehicles, start_s }
    }
}

impl Guidance for ShowGuidance<'_> {
    fn order(&self, vehicle: usize, t_s: f64) -> Order {
        let Some(vehicle) = self.vehicles.get(vehicle) else { return Order::Wait };
        let t_ms = (t_s - self.start_s) * 1000.0;
        let trajectory = &vehicle.trajectory;
        if trajectory.segment_count() == 0 || t_ms < trajectory.start_ms() as f64 {
            return Order::Wait;
        }
        if t_ms > trajectory.end_ms() as f64 {
            return Order::Land;
        }
        let motion = trajectory.sample(t_ms);
        Order::Fly(Setpoint {
            position_m: motion.position_m,
            velocity_m_s: motion.velocity_m_s,
            acceleration_m_s2: motion.acceleration_m_s2,
            yaw_rad: vehicle.yaw.as_ref().map_or(0.0, |yaw| facing_rad(yaw, t_ms)),
        })
    }
}

/// A show's yaw turns clockwise from the y axis, an attitude's counter-clockwise from the x axis.
fn facing_rad(yaw: &YawProgram, t_ms: f64) -> f64 {
    std::f64::consts::FRAC_PI_2 - yaw.sample_deg(t_ms).to_radians()
}

use kapok_show::{DVec3, Show, Trajectory, math};
use kapok_sim::{Fault, FaultScript, Guidance, Order, Setpoint, ShowGuidance};

/// What a vehicle holds in place of its show.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    /// Cosine and sine of the turn about the origin, and the turn, radians.
    turn: (f64, f64, f64),
    shifted_m: DVec3,
    late_s: f64,
}

/// Flies the vehicles of a show by what they hold: the show, an earlier upload, or nothing; and home when it is stopped.
pub struct HeldShow<'a> {
    show: &'a Show,
    flown: ShowGuidance<'a>,
    start_s: f64,
    /// Vehicles whose upload is not the show's.
    held: Vec<Option<Held>>,
    /// Vehicles that hold nothing.
    empty: Vec<bool>,
    /// When the show was stopped, show time in seconds.
    stopped_s: Option<f64>,
    /// The prepared ways home from there.
    ways: Vec<Option<Trajectory>>,
}

impl<'a> HeldShow<'a> {
    /// For a show that begins `start_s` after the fleet, with what a script says of uploads.
    pub fn new(show: &'a Show, start_s: f64, script: Option<&FaultScript>) -> Self {
        let count = show.vehicles.len();
        let (mut held, mut empty) = (vec![None; count], vec![false; count]);
        for timed in script.iter().flat_map(|s| &s.faults).filter(|f| f.at_s <= 0.0) {
            for i in timed.vehicles.indices(count) {
                match timed.fault {
                    Fault::StaleUpload { turned_rad, shifted_m, late_s } => {
                        let (sin, cos) = math::sin_cos(turned_rad);
                        held[i] = Some(Held { turn: (cos, sin, turned_rad), shifted_m, late_s });
                    }
                    Fault::Reboot { forgets: true } => empty[i] = true,
                    _ => {}
                }
            }
        }
        let flown = ShowGuidance::new(&show.vehicles, start_s);
        Self { show, flown, start_s, held, empty, stopped_s: None, ways: Vec::new() }
    }

    /// How many vehicles hold no show, and how many another than was meant.
    pub fn wrong_uploads(&self) -> (usize, usize) {
        let empty = self.empty.iter().filter(|empty| **empty).count();
        let other = self.held.iter().zip(&self.empty).filter(|(held, empty)| held.is_some() && !**empty).count();
        (empty, other)
    }

    /// Is the show stopped?
    pub fn is_stopped(&self) -> bool {
        self.stopped_s.is_some()
    }

    /// Stops the show: vehicles fly their prepared ways home, or land where they are if they have none.
    pub fn stop(&mut self, show_s: f64) {
        let way = |vehicle: &kapok_show::Vehicle| {
            let plan = vehicle.return_to_home.as_ref()?;
            plan.trajectory_of(plan.entry_at(show_s * 1000.0)?, &vehicle.trajectory).ok()
        };
        self.ways = self.show.vehicles.iter().map(way).collect();
        self.stopped_s = Some(show_s);
    }

    /// What the vehicle does by its show at an instant of its own.
    fn by_show(&self, vehicle: usize, t_s: f64) -> Order {
        let show_ms = (t_s - self.start_s) * 1000.0;
        let Some(stopped_s) = self.stopped_s else { return self.flown.order(vehicle, t_s) };
        let trajectory = &self.show.vehicles[vehicle].trajectory;
        let home = self.ways.get(vehicle).and_then(Option::as_ref);
        match home {
            // Up to the entry's time the show goes on.
            Some(way) if show_ms < way.start_ms() as f64 => self.flown.order(vehicle, t_s),
            Some(way) if show_ms <= way.end_ms() as f64 => {
                let motion = way.sample(show_ms);
                Order::Fly(Setpoint {
                    position_m: motion.position_m,
                    velocity_m_s: motion.velocity_m_s,
                    acceleration_m_s2: motion.acceleration_m_s2,
                    yaw_rad: 0.0,
                })
            }
            // What has not taken off stays.
            _ if stopped_s * 1000.0 < trajectory.start_ms() as f64 => Order::Wait,
            _ => Order::Land,
        }
    }
}

impl Guidance for HeldShow<'_> {
    fn order(&self, vehicle: usize, t_s: f64) -> Order {
        if self.empty.get(vehicle).is_none_or(|empty| *empty) {
            return Order::Wait;
        }
        let Some(held) = self.held[vehicle] else { return self.by_show(vehicle, t_s) };
        let order = self.by_show(vehicle, t_s - held.late_s);
        let Order::Fly(setpoint) = order else { return order };
        let (cos, sin, turned_rad) = held.turn;
        let turned = |v: DVec3| DVec3::new(cos * v.x - sin * v.y, sin * v.x + cos * v.y, v.z);
        Order::Fly(Setpoint {
            position_m: turned(setpoint.position_m) + held.shifted_m,
            velocity_m_s: turned(setpoint.velocity_m_s),
            acceleration_m_s2: turned(setpoint.acceleration_m_s2),
            yaw_rad: setpoint.yaw_rad + turned_rad,
        })
    }
}
